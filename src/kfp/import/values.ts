import type { Construct } from 'constructs';
import type { Json, ParameterType } from '../../components/definition';
import type { FlowNode } from '../../constructs/flow-node';
import { shapeOf } from '../../constructs/shape-of';
import { membersOf, taskScopeOf } from '../../constructs/task-scope';
import { memberOf } from '../../graph/member';
import { type Expression, operandsOf, type RunField } from '../../values/expression';
import { runFact } from '../../values/run-facts';
import { Value } from '../../values/value';
import { type IrPart, type IrPlaceholder, type IrPlaceholderKind, parsePlaceholders } from '../ir/placeholders';

/** An expression over constructs. */
export type Tree = Expression<FlowNode>;

/** What a constant of a task may speak of. */
export interface ConstantContext {
  /** The task's key. */
  readonly task: string;
  /** What an input of the task is: a literal or a value of the run; undefined where it is absent. */
  input(name: string): unknown;
  /** Is told of a placeholder that stays as it is. */
  literal(placeholder: string): void;
}

/** What KFP fills in, as facts of the run. */
const FACTS: Readonly<Partial<Record<IrPlaceholderKind, RunField>>> = {
  'job-name': 'name',
  'job-resource-name': 'name',
  'job-id': 'id',
  'create-time': 'creationTime',
  'schedule-time': 'scheduledTime',
};

/** A constant whose value alone does not tell what it was: several facts have one value here. */
export function isKept(constant: Json | undefined): boolean {
  if (typeof constant !== 'string' || !constant.startsWith('{{$')) return false;
  const [only, ...others] = parsePlaceholders(constant);
  return others.length === 0 && typeof only === 'object' && ['job-resource-name', 'task-name'].includes(only.kind);
}

/** A constant of a document: itself, or a value of the run where inputs or facts stand in it. */
export function constantValue(constant: Json, context: ConstantContext): unknown {
  if (typeof constant === 'string') return textValue(constant, context);
  if (!holdsMark(constant)) return constant;
  return asGiven(treeOf(constant, context));
}

/** Whether a placeholder may stand anywhere in a list or a dict. */
function holdsMark(value: Json): boolean {
  if (typeof value === 'string') return value.includes('{{$');
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsMark);
}

/** A text is filled in as a whole, or has inputs and the workspace's path inside of it; KFP leaves other placeholders. */
function textValue(text: string, context: ConstantContext): unknown {
  if (!text.includes('{{$')) return text;
  const parts = parsePlaceholders(text);
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'object') {
    if (only.kind === 'task-name') return context.task;
    const field = FACTS[only.kind];
    if (field) return runFact(field);
    if (only.kind === 'workspace-path') return runFact('workspacePath');
  }
  return asGiven(textTree(parts, context));
}

function textTree(parts: readonly IrPart[], context: ConstantContext): Tree {
  const pieces: (string | Tree)[] = [];
  for (const part of parts) {
    const piece = typeof part === 'string' ? part : filledIn(part, context);
    const last = pieces.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') pieces[pieces.length - 1] = last + piece;
    else pieces.push(piece);
  }
  return { kind: 'text', parts: pieces, type: 'STRING' };
}

function filledIn(part: IrPlaceholder, { input, literal }: ConstantContext): string | Tree {
  if (part.kind === 'workspace-path') return Value.expressionOf(runFact('workspacePath'));
  if (part.kind === 'input-parameter') {
    const given = input(part.input!);
    if (given instanceof Value) return Value.expressionOf(given);
    return typeof given === 'string' ? given : given === undefined || given === null ? '' : JSON.stringify(given);
  }
  const text = `{{$${part.placeholder}}}`;
  literal(text);
  return text;
}

function treeOf(value: Json, context: ConstantContext): Tree {
  if (typeof value === 'string') return treeOfGiven(textValue(value, context));
  if (Array.isArray(value)) {
    return { kind: 'list', items: value.map((item: Json) => treeOf(item, context)), type: 'LIST' };
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, member]) => [name, treeOf(member, context)]);
    return { kind: 'dict', members: Object.fromEntries(members), type: 'STRUCT' };
  }
  return treeOfGiven(value);
}

/** What a task is given for an expression: text without a value in it is a literal. */
function asGiven(tree: Tree): unknown {
  if (tree.kind !== 'text' || tree.parts.some((part) => typeof part !== 'string')) return Value.of(tree);
  return tree.parts.join('');
}

/** The expression of what a task is given. */
export function treeOfGiven(given: unknown): Tree {
  if (given instanceof Value) return Value.expressionOf(given);
  return { kind: 'literal', type: typeOfLiteral(given as Json), value: given as Json };
}

/** The type that a literal shows to be of. */
function typeOfLiteral(value: Json): ParameterType {
  switch (typeof value) {
    case 'string':
      return 'STRING';
    case 'boolean':
      return 'BOOLEAN';
    case 'number':
      return Number.isInteger(value) ? 'NUMBER_INTEGER' : 'NUMBER_DOUBLE';
    default:
      return Array.isArray(value) ? 'LIST' : 'STRUCT';
  }
}

/** `parseJson(string_value)["key"]`, which is all that KFP's SDK writes. */
const SELECTOR = /^\s*parseJson\(\s*string_value\s*\)\s*\[\s*(?:("(?:[^"\\]|\\.)*")|'([^'\\]*)')\s*\]\s*$/;

/** The member that a selector reads; undefined where it is another expression. */
export function selectedKey(selector: string): string | undefined {
  const [, quoted, plain] = SELECTOR.exec(selector) ?? [];
  if (quoted === undefined) return plain;
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}

/** A member of what a task is given. */
export function memberOfGiven(given: unknown, name: string, scope: Construct): unknown {
  if (given instanceof Value) {
    const of = Value.expressionOf(given);
    const { fields = {} } = shapeOf(of, membersOf(taskScopeOf(scope)).pipeline);
    return Value.of({ kind: 'field', of, name, type: memberOf(fields, name)?.type ?? 'UNKNOWN' });
  }
  const dict = typeof given === 'string' ? parsed(given) : given;
  return typeof dict === 'object' && dict !== null
    ? memberOf(dict as Readonly<Record<string, unknown>>, name)
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The names of the pipeline's parameters that a value is made of. */
export function parametersIn(tree: Tree): readonly string[] {
  if (tree.kind === 'parameter') return [tree.name];
  return operandsOf(tree).flatMap(parametersIn);
}

/** What stands for a condition that could not be read. */
export function literalTrue(): Value<boolean> {
  return Value.of({ kind: 'literal', type: 'BOOLEAN', value: true });
}
