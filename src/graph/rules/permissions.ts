import { missingRules } from '../../components/resource-rules';
import type { Diagnostic } from '../../diagnostic';
import { allTasks, type PipelineGraph, pipelinesOf } from '../graph';

/**
 * Where it is known what the account of a task may do, it may do what its resource component does. Asked of a pipeline with
 * all that it calls, because called pipelines run as the caller.
 */
export function permissions(graph: PipelineGraph): readonly Diagnostic[] {
  if (!Object.values(graph.components).some(({ implementation }) => implementation.kind === 'resource')) return [];
  return pipelinesOf(graph)
    .flatMap(allTasks)
    .flatMap(({ path, component, settings }): Diagnostic[] => {
      const definition = graph.components[component];
      const account = settings.serviceAccount ?? graph.runner;
      if (definition?.implementation.kind !== 'resource' || !account?.rules) return [];
      const missing = missingRules(definition.implementation.rules, account.rules);
      if (missing.length === 0) return [];
      const message = `the account '${account.serviceAccountName}' may not ${missing.join(', ')}, which '${component}' does`;
      return [{ code: 'KFP1287', path, message, mend: 'let it: runner.allow(component)' }];
    });
}
