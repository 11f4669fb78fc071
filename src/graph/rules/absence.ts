import type { Diagnostic } from '../../diagnostic';
import type { Expression } from '../../values/expression';
import { isCertain, mayBeMissing } from '../certainty';
import type { Dag, GraphNode, PipelineGraph } from '../graph';
import { lastName } from '../names';
import {
  type ExpressionUse,
  expressionsOf,
  isLeaf,
  type NodeUse,
  nodesById,
  notableNodesOf,
  subexpressions,
} from '../walk';

/** What may be absent when it is read is given, as it is, to inputs that may be left out. */
export function absence(graph: PipelineGraph): readonly Diagnostic[] {
  const uses = nodesById(graph);
  const diagnostics: Diagnostic[] = [];
  const report = (path: string, message: string, mend: string) =>
    diagnostics.push({ code: 'KFP1229', path, message, mend });
  for (const use of expressionsOf(graph)) {
    const { expression } = use;
    if (isLeaf(expression)) {
      const why = reasonOf(expression, use, uses, graph);
      if (why && !mayBeAbsent(use)) report(use.site.path, `${use.reader} reads ${why}`, mendOf(use));
      continue;
    }
    const parts = subexpressions(expression);
    // What is not in reach is refused as that.
    if (parts.some(({ kind }) => kind === 'one-of' || kind === 'collect')) continue;
    const found: string[] = [];
    for (const part of parts) {
      const why = reasonOf(part, use, uses, graph);
      if (why && !(part === expression && mayBeAbsent(use))) found.push(why);
    }
    // What is read twice in one place is one mistake.
    for (const why of new Set(found)) report(use.site.path, `${use.reader} reads ${why}`, mendOf(use));
  }
  for (const { node } of notableNodesOf(graph)) {
    for (const [dag, name] of certainOutputs(node)) {
      const missing = missingIn(dag, name);
      if (missing) report(missing.path, readFromOutside, OUTSIDE_MEND);
    }
  }
  for (const name of Object.keys(graph.root.outputs)) {
    const missing = missingIn(graph.root, name);
    if (missing)
      report(missing.path, `the pipeline returns '${name}', which is absent where this does not run`, OUTSIDE_MEND);
  }
  return diagnostics;
}

const readFromOutside =
  'what it gives is read outside of what it stands in, and is absent where it fails or does not run';
const OUTSIDE_MEND = 'read it where it stands, or make sure that it runs';

/** What is read from outside as certain: all of an exit handler's outputs, and those of an If that a oneOf reads. */
function certainOutputs(node: GraphNode): readonly (readonly [Dag, string])[] {
  if (node.kind === 'exit-handler') return Object.keys(node.body.outputs).map((name) => [node.body, name] as const);
  if (node.kind !== 'if') return [];
  return node.branches.flatMap(({ body }) => (node.certain ?? []).map((name) => [body, name] as const));
}

/** The node that an output of a DAG comes from, where it may not have run although the DAG has succeeded. */
function missingIn(dag: Dag, name: string): GraphNode | undefined {
  const value = Object.hasOwn(dag.outputs, name) ? dag.outputs[name] : undefined;
  if (value?.kind !== 'output') return undefined;
  const node = dag.nodes.find(({ id }) => id === value.task);
  return node && mayBeMissing(node, dag) ? node : undefined;
}

function mendOf({ port, node }: ExpressionUse): string {
  if (!port) return 'make sure that it exists: only an input that may be left out can be given what is absent';
  const called = node?.kind !== 'task' && 'default' in port;
  if (called) return 'declare that parameter as optional(…) instead: what is absent is no reason for its default';
  return 'give it to an input that may be left out, or make sure that it exists';
}

/** An argument that is absent stands before a default of a pipeline that is called, so that one needs a value. */
function mayBeAbsent({ port, node }: ExpressionUse): boolean {
  if (!port?.optional) return false;
  return node?.kind === 'task' || !('default' in port);
}

/** Why a value may be absent; undefined where it is certain. */
function reasonOf(
  part: Expression,
  { node, scopes, around }: ExpressionUse,
  uses: ReadonlyMap<string, NodeUse>,
  graph: PipelineGraph,
): string | undefined {
  if (part.kind === 'parameter') {
    const parameter = graph.parameters[part.name];
    return parameter?.optional ? `the parameter '${part.name}', which may be left out` : undefined;
  }
  if (part.kind !== 'output') return undefined;
  const found = uses.get(part.task);
  const depth = found ? scopes.indexOf(found.scopes.at(-1)!) : -1;
  if (!found || depth < 0) return undefined;
  const { node: upstream } = found;
  // What is read inside of a group is waited for by the group.
  const reader = around[depth] ?? node;
  if (!reader || upstream === reader || isCertain(reader, upstream)) return undefined;
  return `'${lastName(part.output)}' of '${upstream.path}', which is absent where that fails or does not run`;
}
