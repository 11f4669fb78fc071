import type { Expression } from '../../values/expression';
import { bodiesOf, type GraphNode } from '../graph';
import { memberOf } from '../member';

type Output = Extract<Expression, { kind: 'output' }>;

/** What an output is in the user's words: the output of the task that gives it, through however many groups it is read. */
export function originOf({ task, output }: Output, nodeOf: (id: string) => GraphNode | undefined): string {
  const node = nodeOf(task);
  if (!node) return `'${task.replace(/^\//, '')}.${output}'`;
  const inner = bodiesOf(node).flatMap((body) => memberOf(body.outputs, output) ?? []);
  const origins = inner.flatMap((each) => (each.kind === 'output' ? [originOf(each, nodeOf)] : []));
  return origins.length > 0 ? [...new Set(origins)].join(' or ') : `'${node.path}.${output}'`;
}
