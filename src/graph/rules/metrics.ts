import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';
import { memberOf } from '../member';
import { nearest } from '../names';
import { compoundExpressionsOf, nodesById, subexpressions } from '../walk';

/**
 * A metric that is read is one that the component's source logs, where the source names any. A warning, because a source
 * may also compute names.
 */
export function metrics(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const { expression, site } of compoundExpressionsOf(graph)) {
    for (const part of subexpressions(expression)) {
      if (part.kind !== 'metric' || part.artifact.kind !== 'output') continue;
      const { task, output } = part.artifact;
      const node = nodesById(graph).get(task)?.node;
      const component = node?.kind === 'task' ? graph.components[node.component] : undefined;
      const port = memberOf(component?.outputs ?? {}, output);
      if (port?.kind !== 'artifact' || !port.metrics?.length || port.metrics.includes(part.name)) continue;
      const meant = nearest(part.name, port.metrics);
      diagnostics.push({
        code: 'KFP1227',
        severity: 'warning',
        path: site.path,
        message: `the metric '${part.name}' is read, which the source of '${component!.name}' does not log on '${output}'`,
        mend: meant ? `did you mean '${meant}'?` : `it logs: ${port.metrics.join(', ')}`,
      });
    }
  }
  return diagnostics;
}
