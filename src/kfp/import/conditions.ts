import { encodeJson } from '../../values/codec';
import { Value } from '../../values/value';
import { type Condition, type ConditionOperand, printCondition } from '../ir/condition';
import type { Tree } from './values';
import { treeOfGiven } from './values';

/** What is known of an input that a condition reads. */
export interface ConditionInput {
  /** A literal or a value of the run; undefined where it is absent. */
  readonly given: unknown;
  /** The type that the document declares. */
  readonly type: string | undefined;
}

/** Why a condition cannot be told in this library's terms. */
export class ConditionProblem extends Error {
  public constructor(
    message: string,
    /** How to mend it. */
    public readonly mend = 'compare values of one type: KFP’s own backend fails on this when the pipeline runs',
  ) {
    super(message);
  }
}

const NUMBERS: ReadonlySet<string> = new Set(['NUMBER_INTEGER', 'NUMBER_DOUBLE']);
const WORDS: Readonly<Record<string, string>> = {
  STRING: 'text',
  NUMBER_INTEGER: 'an int',
  NUMBER_DOUBLE: 'a float',
  BOOLEAN: 'a boolean',
};

/**
 * A condition over the inputs of the task that has it, as a value.
 *
 * @throws ConditionProblem where it compares what KFP's backend cannot compare either, or what cannot be compared here
 */
export function conditionValue(condition: Condition, input: (name: string) => ConditionInput): Value<boolean> {
  return Value.of(treeOf(condition, input));
}

function treeOf(condition: Condition, input: (name: string) => ConditionInput): Tree {
  switch (condition.kind) {
    case 'compare': {
      const { operator } = condition;
      const [left, right] = [operandOf(condition.left, input), operandOf(condition.right, input)];
      refuseMixture(condition, left.type, right.type);
      return { kind: 'compare', operator, left, right, type: 'BOOLEAN' };
    }
    case 'not':
      return { kind: 'not', operand: treeOf(condition.operand, input), type: 'BOOLEAN' };
    case 'value': {
      const operand = operandOf(condition.operand, input);
      if (operand.type === 'BOOLEAN' || operand.type === 'UNKNOWN') return operand;
      throw new ConditionProblem(`${printCondition(condition)} is ${words(operand.type)}, and no condition`);
    }
    default:
      return { kind: condition.kind, operands: condition.operands.map((each) => treeOf(each, input)), type: 'BOOLEAN' };
  }
}

function refuseMixture(condition: Extract<Condition, { kind: 'compare' }>, left: string, right: string): void {
  for (const type of [left, right]) {
    if (type === 'UNKNOWN' || Object.hasOwn(WORDS, type)) continue;
    throw new ConditionProblem(`'${printCondition(condition)}' compares ${words(type)}`);
  }
  if (left === 'UNKNOWN' || right === 'UNKNOWN') return;
  const areNumbers = NUMBERS.has(left) && NUMBERS.has(right);
  if (left !== right && !areNumbers) {
    throw new ConditionProblem(`'${printCondition(condition)}' compares ${words(left)} with ${words(right)}`);
  }
  if (left !== 'BOOLEAN' || condition.operator === '==' || condition.operator === '!=') return;
  throw new ConditionProblem(
    `'${printCondition(condition)}' asks which of two booleans is greater`,
    'compare it by == or !=, or compare numbers or texts',
  );
}

function words(type: string): string {
  return WORDS[type] ?? (type === 'LIST' ? 'a list' : type === 'STRUCT' ? 'a dict' : `a ${type}`);
}

function operandOf(operand: ConditionOperand, input: (name: string) => ConditionInput): Tree {
  if ('literal' in operand) {
    const literal = treeOfGiven(operand.literal);
    return operand.double ? ({ ...literal, type: 'NUMBER_DOUBLE' } as Tree) : literal;
  }
  const { given, type } = input(operand.input);
  if (given === undefined) throw new ConditionProblem(`the condition reads '${operand.input}', which is absent`);
  let tree = asDeclared(treeOfGiven(given), type);
  for (const cast of [operand.inner, operand.cast]) if (cast) tree = casted(tree, cast, operand.input);
  return tree;
}

/** What nobody declared is of the type that the document gives it: KFP makes text of what is to be text. */
function asDeclared(tree: Tree, type: string | undefined): Tree {
  // The SDK calls the members of items text, whatever these are; of one that is known to be none, an export says the same.
  if (type === 'STRING' && tree.type !== 'STRING' && Object.hasOwn(WORDS, tree.type)) {
    return tree.kind === 'literal' ? treeOfGiven(encodeJson(tree.value)) : asText({ ...tree, type: 'UNKNOWN' } as Tree);
  }
  if (tree.type !== 'UNKNOWN' || type === undefined || !Object.hasOwn(WORDS, type)) return tree;
  if (type === 'STRING' && tree.kind === 'field') return asText(tree);
  return { ...tree, type } as Tree;
}

function asText(tree: Tree): Tree {
  return { kind: 'text', parts: [tree], type: 'STRING' };
}

function casted(tree: Tree, cast: 'int' | 'double' | 'string' | 'bool', name: string): Tree {
  const { type } = tree;
  const refuse = (): never => {
    throw new ConditionProblem(`the condition makes ${words(type)}, the input '${name}', be ${cast}`);
  };
  switch (cast) {
    case 'int':
      return type === 'NUMBER_INTEGER'
        ? tree
        : type === 'UNKNOWN'
          ? ({ ...tree, type: 'NUMBER_INTEGER' } as Tree)
          : refuse();
    case 'double':
      return NUMBERS.has(type) ? tree : type === 'UNKNOWN' ? ({ ...tree, type: 'NUMBER_DOUBLE' } as Tree) : refuse();
    case 'string':
      return type === 'STRING' ? tree : type in WORDS || type === 'UNKNOWN' ? asText(tree) : refuse();
    case 'bool':
      return type === 'BOOLEAN' ? tree : type === 'UNKNOWN' ? ({ ...tree, type: 'BOOLEAN' } as Tree) : refuse();
  }
}

/** A branch of a chain of If, Elif and Else: its key, and its own condition; the Else has none. */
export interface ChainBranch {
  readonly key: string;
  readonly condition?: Condition;
}

/**
 * The chain that some conditions are: each branch says that none before it holds, and what it asks itself. Undefined where they
 * are none.
 */
export function chainOf(conditions: ReadonlyMap<string, Condition>): readonly ChainBranch[] | undefined {
  const left = new Map([...conditions].map(([key, condition]) => [key, conjuncts(condition)]));
  const branches: ChainBranch[] = [];
  const before: string[] = [];
  while (left.size > 0) {
    const next = nextBranch(left, before);
    if (!next) return undefined;
    left.delete(next.key);
    branches.push(next);
    if (next.condition) before.push(printCondition({ kind: 'not', operand: next.condition }));
    else if (left.size > 0) return undefined;
  }
  return branches;
}

/** The branch that all others are told to come after. */
function nextBranch(
  left: ReadonlyMap<string, readonly Condition[]>,
  before: readonly string[],
): ChainBranch | undefined {
  for (const [key, parts] of left) {
    const texts = parts.map(printCondition);
    if (!before.every((text, place) => texts[place] === text)) continue;
    const own = parts.slice(before.length);
    if (own.length === 0) {
      if (left.size === 1) return { key };
      continue;
    }
    const condition: Condition = own.length === 1 ? own[0]! : { kind: 'and', operands: own };
    const negated = printCondition({ kind: 'not', operand: condition });
    const areAfter = [...left].every(
      ([other, its]) => other === key || (its[before.length] && printCondition(its[before.length]!) === negated),
    );
    if (areAfter) return { key, condition };
  }
  return undefined;
}

function conjuncts(condition: Condition): readonly Condition[] {
  return condition.kind === 'and' ? condition.operands.flatMap(conjuncts) : [condition];
}
