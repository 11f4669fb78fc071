import type { Json } from '../../components/definition';
import type { Diagnostic } from '../../diagnostic';
import { type Expression, isArtifactType } from '../../values/expression';
import type { LoopNode, PipelineGraph } from '../graph';
import { describeType, literalProblem } from '../literal';
import { memberOf } from '../member';
import { nearest } from '../names';
import { compoundExpressionsOf, notableNodesOf, subexpressions } from '../walk';
import { assignable } from './types';

type Dict = Readonly<Record<string, Json>>;
type Problem = { readonly message: string; readonly mend: string };

const ONE_SHAPE = 'give all items one type, and all dicts the same keys';

/** Loops run over lists, whose literal items are of one shape: the one that is declared, and that is read. */
export function loops(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const literals = new Map<string, LoopNode>();
  for (const { node } of notableNodesOf(graph)) {
    if (node.kind !== 'loop') continue;
    const problem = itemsProblem(node);
    if (problem) diagnostics.push({ code: 'KFP1262', path: node.path, ...problem });
    else if (node.items.kind === 'literal') literals.set(node.id, node);
  }
  for (const { expression, site, reader } of compoundExpressionsOf(graph)) {
    for (const part of subexpressions(expression)) {
      if (part.kind !== 'field' || part.of.kind !== 'loop' || part.of.field !== 'item') continue;
      const loop = literals.get(part.of.loop);
      const problem = loop && fieldProblem(part, loop);
      if (problem)
        diagnostics.push({ code: 'KFP1262', path: site.path, ...problem, message: `${reader} ${problem.message}` });
    }
  }
  return diagnostics;
}

function itemsProblem({ items, itemType, elementType }: LoopNode): Problem | undefined {
  if (items.kind !== 'literal') {
    if (items.type === 'LIST' || items.type === 'UNKNOWN' || items.type.endsWith('[]')) {
      if (elementType === undefined || assignable(elementType, itemType)) return undefined;
      const message = `the list holds ${describeType(elementType)} at each place, not ${describeType(itemType)}`;
      return { message, mend: 'declare `item` as the list says, or leave it out' };
    }
    return { message: `the items are ${describeType(items.type)}, not a list`, mend: 'loop over a list' };
  }
  const all = Array.from(items.value as readonly Json[]);
  const odd = all.findIndex((item) => literalProblem({ kind: 'parameter', type: 'LIST' }, [item]) !== undefined);
  if (odd >= 0) {
    return {
      message: `the item at ${odd} is, or holds, what JSON cannot hold`,
      mend: 'give strings, finite numbers, booleans, null, lists and dicts; values of the run come as one list that a task gives',
    };
  }
  const [a, b] = severalOf(all, kindOf);
  if (b) return { message: `the items are of several shapes: ${a} and ${b}`, mend: ONE_SHAPE };
  if (itemType !== 'UNKNOWN' && !isArtifactType(itemType)) {
    const wrong = firstProblem(itemType, all);
    if (wrong)
      return { message: `among the items, ${wrong}`, mend: 'change the item, or the type that `item` declares' };
  }
  for (const field of isDict(all[0]) ? Object.keys(all[0]) : []) {
    const members = all.map((item) => (item as Dict)[field]!).filter((member) => member !== null);
    const [a, b] = severalOf(members, typeOf);
    if (b) return { message: `the field '${field}' of the items is of several types: ${a} and ${b}`, mend: ONE_SHAPE };
  }
  return undefined;
}

/** What is wrong with a field that is read of the items of a loop. */
function fieldProblem(
  { name, type }: Extract<Expression, { kind: 'field' }>,
  { path, items }: LoopNode,
): Problem | undefined {
  const all = (items as Extract<Expression, { kind: 'literal' }>).value as readonly Json[];
  const first = all[0];
  // What is no dict has no field in any case, which is told of by the types; so are names that are no text.
  if (!isDict(first) || typeof name !== 'string') return undefined;
  if (memberOf(first, name) === undefined) {
    const known = Object.keys(first);
    const meant = nearest(name, known);
    return {
      message: `reads the field '${name}' of the items of '${path}', which they do not have`,
      mend: meant ? `did you mean '${meant}'?` : `their fields are: ${known.join(', ') || 'none'}`,
    };
  }
  if (type === 'UNKNOWN') return undefined;
  const wrong = firstProblem(
    type,
    all.map((item) => (item as Dict)[name]!).filter((member) => member !== null),
  );
  if (!wrong) return undefined;
  return {
    message: `reads the field '${name}' of the items of '${path}': ${wrong}`,
    mend: 'change the item, or the type that `item` declares',
  };
}

function firstProblem(type: string, values: readonly Json[]): string | undefined {
  const port = { kind: 'parameter', type } as { kind: 'parameter'; type: 'STRING' };
  return values.map((value) => literalProblem(port, value)).find(Boolean);
}

/** Two different descriptions among those of some values, where there are two. */
function severalOf(values: readonly Json[], describe: (value: Json) => string): readonly string[] {
  return [...new Set(values.map(describe))];
}

function kindOf(item: Json): string {
  if (!isDict(item)) return typeOf(item);
  // A member that is undefined is not there.
  const keys = Object.keys(item).filter((key) => item[key] !== undefined);
  return keys.length === 0
    ? 'an empty dict'
    : `a dict of ${keys
        .sort()
        .map((key) => `'${key}'`)
        .join(', ')}`;
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a dict' : `a ${typeof value}`;
}

function isDict(value: Json | undefined): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
