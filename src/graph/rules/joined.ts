import type { Expression } from '../../values/expression';
import { type ExpressionUse, type NodeUse, subexpressions } from '../walk';
import { originOf } from './origin';

type Nodes = ReadonlyMap<string, NodeUse>;
type Joined = Extract<Expression, { kind: 'collect' | 'one-of' }>;
type Problem = readonly [code: string, message: string, mend: string];

const INNER = 'of an If or a loop inside of it, what the oneOf(…) or collect(…) of that gives';

/** Why what a loop collects, or what the branches of an If give, could not be made a value of the reader. */
export function unreachable(part: Joined, use: ExpressionUse, nodes: Nodes): Problem {
  const { reader } = use;
  const foreign = subexpressions(part).find((each) => each.kind === 'output' && !nodes.has(each.task));
  if (foreign?.kind === 'output') {
    return [
      'KFP1221',
      `${reader} reads '${foreign.output}' of '${foreign.task.slice(1)}', which is not a task of this pipeline`,
      'create the producing task under the same Pipeline, or return the value from its own',
    ];
  }
  const anchor = anchorOf(part, nodes);
  if (anchor && !use.scopes.includes(anchor.scopes.at(-1)!)) {
    const [what, mend] = outside(anchor, use);
    const gives = part.kind === 'collect' ? 'collects' : 'gives';
    return ['KFP1220', `${reader} reads what '${anchor.node.path}' ${gives} from outside the ${what} it is in`, mend];
  }
  if (part.kind === 'collect') {
    const path = anchor?.node.path ?? part.loop.slice(1);
    return [
      'KFP1263',
      `${reader} collects by '${path}' what is not given in that loop`,
      `give collect(…) an output of a task in the loop; ${INNER}: outer.collect(inner.collect(…))`,
    ];
  }
  const hidden = anchor && part.values.find((value) => isFurtherIn(value, anchor, nodes));
  if (hidden?.kind === 'output') {
    const origin = originOf(hidden, (id) => nodes.get(id)?.node);
    return [
      'KFP1260',
      `${reader} reads oneOf(…) of ${origin}, which is in a further branch or loop inside of its branch`,
      `give oneOf(…) an output of a task in each branch; ${INNER}`,
    ];
  }
  return [
    'KFP1260',
    `${reader} reads oneOf(…) of values that are not one in each branch of one If`,
    'give it one output of a task in each branch: `oneOf(a.output, b.output)`',
  ];
}

/** The node that a value is an output of: a task, the loop that collects, the If whose branches it comes from. */
function anchorOf(value: Expression, nodes: Nodes): NodeUse | undefined {
  switch (value.kind) {
    case 'output':
      return nodes.get(value.task);
    case 'collect':
      return nodes.get(value.loop);
    case 'one-of':
      return commonIf(value.values, nodes);
    case 'metric':
      return anchorOf(value.artifact, nodes);
    case 'field':
      return anchorOf(value.of, nodes);
    default:
      return undefined;
  }
}

/** The innermost If of which each value is in another branch. */
function commonIf(values: readonly Expression[], nodes: Nodes): NodeUse | undefined {
  const anchors = values.map((value) => anchorOf(value, nodes));
  for (const node of [...(anchors[0]?.around ?? [])].reverse()) {
    if (node.kind !== 'if') continue;
    const branches = anchors.map((anchor) => node.branches.find(({ body }) => anchor?.scopes.includes(body)));
    if (!branches.includes(undefined) && new Set(branches).size === values.length) return nodes.get(node.id);
  }
  return undefined;
}

/** Whether something other than an exit handler is between a branch of the If and the value. */
function isFurtherIn(value: Expression, { node: owner }: NodeUse, nodes: Nodes): boolean {
  const around = anchorOf(value, nodes)?.around ?? [];
  return around.slice(around.indexOf(owner) + 1).some(({ kind }) => kind !== 'exit-handler');
}

/** What a value cannot come out of as it is: the outermost thing round it that is not round its reader. */
export function outside({ around }: NodeUse, use: ExpressionUse): readonly [what: string, mend: string] {
  const barrier = around.find((node) => !use.around.includes(node) || node.kind === 'if');
  const loop = around.find((node) => node.kind === 'loop' && !use.around.includes(node));
  if (loop && (barrier === loop || barrier?.kind === 'exit-handler')) {
    return ['loop', 'read the list of what all iterations give: loop.collect(…), or create the reader in the loop'];
  }
  return [
    'branch',
    'create the reader in the same branch, or join what the branches give with oneOf(…): outside of it, the task may not have run',
  ];
}
