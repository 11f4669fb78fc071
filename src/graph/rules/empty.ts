import type { Diagnostic } from '../../diagnostic';
import type { GraphNode, PipelineGraph } from '../graph';
import { notableNodesOf } from '../walk';

/** A pipeline has a task, and so has every branch, loop and exit handler: Argo refuses a DAG without one. */
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
  for (const { node } of notableNodesOf(graph)) {
    for (const { what, path } of emptyIn(node)) {
      diagnostics.push({
        code: 'KFP1201',
        path,
        message: `the ${what} has no task`,
        mend: `create a Task under it, or leave the ${what} out`,
      });
    }
  }
  return diagnostics;
}

function emptyIn(node: GraphNode): readonly { readonly what: string; readonly path: string }[] {
  if (node.kind === 'if') {
    const empty = node.branches.filter(({ body }) => body.nodes.length === 0);
    return empty.map(({ path }) => ({ what: 'branch', path }));
  }
  if (node.kind !== 'loop' && node.kind !== 'exit-handler') return [];
  if (node.body.nodes.length > 0) return [];
  return [{ what: node.kind === 'loop' ? 'loop' : 'exit handler', path: node.path }];
}
