import type { FlowNode } from '../../constructs/flow-node';
import type { SubPipeline } from '../../constructs/sub-pipeline';
import type { Task } from '../../constructs/task';
import { isArtifactType } from '../../values/expression';
import { Value } from '../../values/value';
import { addToBag } from './created';
import type { DocumentImport } from './document-import';
import type { Tree } from './values';

/**
 * Lets nothing be reused of the tasks whose artifacts a loop collects: the list is fetched from the folder of the run, in which
 * those of earlier runs are not.
 */
export function reuseNothing(collected: unknown, { cached, notReused }: DocumentImport): void {
  if (!(collected instanceof Value)) return;
  const tree = Value.expressionOf(collected);
  if (!isArtifactType(tree.type)) return;
  for (const node of producersOf(tree)) {
    const found = cached.get(node);
    if (!found) continue;
    cached.delete(node);
    (node as Task).configure({ caching: false });
    addToBag(node, { '/task/cachingOptions': { ...found.options } });
    notReused.push(found.path);
  }
}

/** Says once of which tasks nothing is reused: it changes no result. */
export function reportNotReused({ notReused, report }: DocumentImport): void {
  const [first] = notReused;
  if (!first) return;
  const names = [...new Set(notReused.map((path) => `'${path.at(-1)}'`))].join(', ');
  const message = `results of ${names} are not reused: loops collect their artifacts, from the folder of the run`;
  report.warning('KFP1531', [...first, 'cachingOptions'], message);
}

/** The tasks whose artifact a value may be. */
function producersOf(tree: Tree): readonly FlowNode[] {
  switch (tree.kind) {
    case 'output': {
      if (tree.task.kind !== 'pipeline') return [tree.task];
      const returned = (tree.task as SubPipeline).pipeline.results[tree.output];
      return returned instanceof Value ? producersOf(Value.expressionOf(returned)) : [];
    }
    case 'collect':
      return producersOf(tree.value);
    case 'one-of':
      return tree.values.flatMap(producersOf);
    default:
      return [];
  }
}
