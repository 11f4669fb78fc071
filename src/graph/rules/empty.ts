import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';
import { nodesOf } from '../walk';

/** A pipeline has a task, and so has every branch: Argo refuses a DAG without one. */
export function empty(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  if (graph.root.nodes.length === 0) {
    diagnostics.push({
      code: 'KFP1200',
      path: graph.path,
      message: 'the pipeline has no task',
      mend: 'create a Task under it',
    });
  }
  for (const { node } of nodesOf(graph)) {
    if (node.kind !== 'if') continue;
    for (const branch of node.branches) {
      if (branch.body.nodes.length > 0) continue;
      diagnostics.push({
        code: 'KFP1201',
        path: branch.path,
        message: 'the branch has no task',
        mend: 'create a Task under it, or leave the branch out',
      });
    }
  }
  return diagnostics;
}
