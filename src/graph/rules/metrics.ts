import type { Diagnostic } from '../../diagnostic';
import { type PipelineGraph, tasksOf } from '../graph';
import { memberOf } from '../member';
import { nearest } from '../names';
import { expressionsOf, subexpressions } from '../walk';

/**
 * A metric that is read is one that the component's source logs, where the source names any. A warning, because a source
 * may also compute names.
 */
export function metrics(graph: PipelineGraph): readonly Diagnostic[] {
  const components = new Map(tasksOf(graph.root).map(({ id, component }) => [id, graph.components[component]!]));
  const diagnostics: Diagnostic[] = [];
  for (const { expression, site } of expressionsOf(graph)) {
    for (const part of subexpressions(expression)) {
      if (part.kind !== 'metric' || part.artifact.kind !== 'output') continue;
      const { task, output } = part.artifact;
      const port = memberOf(components.get(task)?.outputs ?? {}, output);
      if (port?.kind !== 'artifact' || !port.metrics?.length || port.metrics.includes(part.name)) continue;
      const meant = nearest(part.name, port.metrics);
      diagnostics.push({
        code: 'KFP1227',
        severity: 'warning',
        path: site.path,
        message: `the metric '${part.name}' is read, which the source of '${components.get(task)!.name}' does not log on '${output}'`,
        mend: meant ? `did you mean '${meant}'?` : `it logs: ${port.metrics.join(', ')}`,
      });
    }
  }
  return diagnostics;
}
