import { nearest } from '../graph/names';
import type { FlowNode } from './flow-node';
import type { Pipeline } from './pipeline';
import type { Task } from './task';
import { nodesUnder, type ScopeNode } from './task-scope';

/**
 * A task of a pipeline, or of one that it calls, by its path below the pipeline, or by as much of the path's end as no other task
 * has.
 *
 * @throws where there is none, or there are several
 */
export function findTask(pipeline: Pipeline, path: string): Task {
  const known = importedNode(pipeline, path);
  if (known?.kind === 'task') return known as Task;
  const tasks = tasksByPath(pipeline);
  const exact = tasks.get(path);
  if (exact) return exact;
  const fitting = [...tasks].filter(([each]) => each.endsWith(`/${path}`));
  const found = new Set(fitting.map(([, task]) => task));
  if (found.size === 1) return fitting[0]![1];
  const where = `The pipeline '${pipeline.node.path}' has`;
  if (found.size > 1) {
    const paths = fitting.map(([each]) => `'${each}'`).join(', ');
    throw new Error(`${where} several tasks '${path}': give the path of one of ${paths}.`);
  }
  if (known) throw new Error(`${where} no task '${path}': that is what others stand in. Give the path of a task.`);
  const names = [...tasks.keys()];
  const meant = nearest(path, [...names, ...names.map((each) => each.slice(each.lastIndexOf('/') + 1))]);
  const mend = meant ? `Did you mean '${meant}'?` : `Its tasks are: ${names.slice(0, 20).join(', ') || 'none'}.`;
  throw new Error(`${where} no task '${path}'. ${mend}`);
}

/** What has a name in the KFP document that the pipeline came from; what is in a pipeline that it calls is below the call. */
function importedNode(pipeline: Pipeline, path: string): FlowNode | undefined {
  const { imported } = pipeline;
  const node = imported?.get(path);
  if (node || !imported) return node;
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const { pipeline: called } = (imported.get(path.slice(0, end)) ?? {}) as { readonly pipeline?: Pipeline };
    if (called) return importedNode(called, path.slice(end + 1));
  }
  return undefined;
}

/** Every task by its path: those of called pipelines are below what calls them. */
function tasksByPath(pipeline: Pipeline): ReadonlyMap<string, Task> {
  const found = new Map<string, Task>();
  const collect = (of: Pipeline, before: string, around: ReadonlySet<Pipeline>) => {
    const nodes: readonly (ScopeNode | FlowNode)[] = [...nodesUnder(of), ...(of.exit ? [of.exit] : [])];
    for (const node of nodes) {
      const path = before + node.node.path.slice(of.node.path.length + 1);
      if (node.kind === 'task') found.set(path, node as Task);
      const { pipeline: called } = node as { readonly pipeline?: Pipeline };
      // A pipeline that calls itself is refused elsewhere.
      if (called && !around.has(called)) collect(called, `${path}/`, new Set([...around, called]));
    }
  };
  collect(pipeline, '', new Set([pipeline]));
  return found;
}
