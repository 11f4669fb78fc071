import type { Json } from '../components/definition';
import { memberOf } from '../graph/member';
import { encodeJson, encodeValue } from '../values/codec';
import type { ComparisonOperator, Expression, RunField, ValueType } from '../values/expression';
import { decodeReference } from './reference';
import { decodeText, encodeText } from './value-text';

/** Where the values of expressions come from: texts, as they pass between tasks. Undefined is an absent value. */
export interface Values {
  parameter(name: string): string | undefined;
  output(task: string, output: string): string | undefined;
  /** The item of the enclosing iteration of a loop, or its index. */
  loop(loop: string, field: 'item' | 'index'): string | undefined;
  /** How a node ended. */
  status(node: string): string | undefined;
  run(field: RunField): string;
}

/** An expression could not be evaluated, for example because a value that it compares is absent. */
export class EvaluationError extends Error {}

/** The text of an expression, as an input's; undefined where its value is absent. */
export function textOf(expression: Expression, values: Values): string | undefined {
  switch (expression.kind) {
    case 'output':
      return values.output(expression.task, expression.output);
    case 'parameter':
      return values.parameter(expression.name);
    case 'loop':
      return values.loop(expression.loop, expression.field);
    case 'status':
      return values.status(expression.of);
    case 'literal':
      return encodeText(expression.type, expression.value);
    default: {
      const value = evaluate(expression, values);
      return value === undefined ? undefined : encodeText(expression.type, value);
    }
  }
}

/**
 * The value of an expression that is no artifact; undefined where it is absent.
 *
 * @param as what a value of unknown type is taken for
 * @throws EvaluationError where an operand is missing or of the wrong type
 */
export function evaluate(expression: Expression, values: Values, as: ValueType = 'UNKNOWN'): Json | undefined {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'parameter':
    case 'output':
    case 'loop':
    case 'status': {
      const text = textOf(expression, values);
      const type = expression.type === 'UNKNOWN' ? as : expression.type;
      return text === undefined ? undefined : decode(type, text, describe(expression));
    }
    case 'run': {
      const text = values.run(expression.field);
      return expression.field === 'finalStatus' ? decode('TASK_FINAL_STATUS', text, 'the final status') : text;
    }
    case 'field': {
      const dict = evaluate(expression.of, values, 'STRUCT');
      if (typeof dict !== 'object' || dict === null || Array.isArray(dict)) {
        throw new EvaluationError(
          `${describe(expression.of)} is ${show(dict)}, which has no member '${expression.name}'`,
        );
      }
      const member = memberOf(dict as Readonly<Record<string, Json>>, expression.name) ?? null;
      if (member === null && expression.type !== 'UNKNOWN') {
        throw new EvaluationError(`${describe(expression)} is None, although it is declared as ${expression.type}`);
      }
      return member;
    }
    case 'in':
      return isMember(expression.value, expression.list, values);
    case 'dict': {
      const members = Object.entries(expression.members).map(([name, member]) => [name, evaluate(member, values)]);
      return Object.fromEntries(members.filter(([, value]) => value !== undefined)) as Json;
    }
    case 'list':
      return expression.items.map((item) => evaluate(item, values) ?? null);
    case 'metric':
      return metric(expression, values);
    case 'text':
      return expression.parts.map((part) => (typeof part === 'string' ? part : printed(part, values))).join('');
    case 'compare':
      return compare(expression.operator, expression.left, expression.right, values);
    case 'and':
      return expression.operands.every((operand) => isTrue(operand, values));
    case 'or':
      return expression.operands.some((operand) => isTrue(operand, values));
    case 'not':
      return !isTrue(expression.operand, values);
    case 'collect':
    case 'one-of':
      throw new Error(`a ${expression.kind} stands in a graph that the rules refuse`);
  }
}

/**
 * Whether a condition holds.
 *
 * @throws EvaluationError where it cannot be told
 */
export function isTrue(condition: Expression, values: Values): boolean {
  const value = evaluate(condition, values, 'BOOLEAN');
  // The manifests compare a boolean's text with 'true', which None's is not.
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw new EvaluationError(`${describe(condition)} is ${show(value)}, not a boolean`);
  return value;
}

function metric(expression: Extract<Expression, { kind: 'metric' }>, values: Values): number {
  const text = textOf(expression.artifact, values);
  const metadata = text === undefined ? undefined : decodeReference(text).metadata;
  const value = metadata && memberOf(metadata, expression.name);
  const number = typeof value === 'string' ? floatOf(value) : value;
  if (typeof number === 'number') return number;
  if (value !== undefined) {
    throw new EvaluationError(
      `metric '${expression.name}' on ${describe(expression.artifact)} is ${show(value)}, not a number`,
    );
  }
  const logged = Object.keys(metadata ?? {});
  throw new EvaluationError(
    `metric '${expression.name}' was not logged on ${describe(expression.artifact)}` +
      (logged.length > 0 ? `; it has ${logged.join(', ')}` : ''),
  );
}

/** The number in a text, or the word for one that is not finite, as the engine's `float` reads it. */
function floatOf(text: string): number | undefined {
  const word = /^(?:nan|([+-]?)inf(?:inity)?)$/i.exec(text);
  if (word)
    return /nan/i.test(text) ? Number.NaN : word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/**
 * A value inside of text: a string as it is, anything else as canonical JSON.
 *
 * @throws EvaluationError where it is None, except as the manifests have it
 */
function printed(part: Expression, values: Values): string {
  const value = evaluate(part, values, 'STRING');
  if (value === undefined || value === null) {
    if (part.type === 'UNKNOWN') return '';
    if (part.type === 'BOOLEAN') return 'false';
    throw new EvaluationError(`${describe(part)} is None, which text cannot hold`);
  }
  if (typeof value === 'string') return value;
  // The text, where there is one, has the digits that a large whole number would lose.
  if (part.type === 'NUMBER_INTEGER') return textOf(part, values)!.replace(/^json:/, '');
  return typeof value === 'number' ? encodeValue('NUMBER_DOUBLE', value) : encodeJson(value);
}

function compare(operator: ComparisonOperator, left: Expression, right: Expression, values: Values): boolean {
  const [a, b] = [evaluate(left, values, comparedAs(right)), evaluate(right, values, comparedAs(left))];
  const equality = operator === '==' || operator === '!=';
  const numbers = isNumber(left) || isNumber(right) || (typeof a === 'number' && typeof b === 'number');
  if (equality && !numbers) return isEqual(a, b) === (operator === '==');
  // As on the engine, texts are ordered by their bytes in UTF-8.
  if (!numbers && typeof a === 'string' && typeof b === 'string') {
    return ordered(operator, Buffer.compare(Buffer.from(a), Buffer.from(b)), 0);
  }
  for (const [side, value] of [[left, a] as const, [right, b] as const]) {
    if (typeof value !== 'number') {
      throw new EvaluationError(`${describe(side)} is ${show(value)}, which '${operator}' cannot compare`);
    }
  }
  return ordered(operator, a as number, b as number);
}

function ordered(operator: ComparisonOperator, x: number, y: number): boolean {
  switch (operator) {
    case '==':
      return x === y;
    case '!=':
      return x !== y;
    case '<':
      return x < y;
    case '<=':
      return x <= y;
    case '>':
      return x > y;
    case '>=':
      return x >= y;
  }
}

/** What a value of unknown type is taken for beside another: a whole number may well be compared with a fraction. */
function comparedAs(other: Expression): ValueType {
  return isNumber(other) ? 'NUMBER_DOUBLE' : other.type;
}

function isMember(value: Expression, list: Expression, values: Values): boolean {
  const members = evaluate(list, values, 'LIST');
  if (!Array.isArray(members)) throw new EvaluationError(`${describe(list)} is ${show(members)}, not a list`);
  const [wanted, text] = [evaluate(value, values), evaluate(value, values, 'STRING')];
  return members.some((member) => isEqual(member, typeof member === 'string' ? text : wanted));
}

function isNumber({ type }: Expression): boolean {
  return type === 'NUMBER_INTEGER' || type === 'NUMBER_DOUBLE';
}

function isEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return (a ?? null) === (b ?? null);
  return encodeJson(a) === encodeJson(b);
}

function decode(type: ValueType, text: string, what: string): Json | undefined {
  try {
    return decodeText(type, text);
  } catch (error) {
    throw new EvaluationError(`${what}: ${(error as Error).message}`);
  }
}

function show(value: Json | undefined): string {
  return value === undefined || value === null ? 'None' : JSON.stringify(value);
}

/** An expression in words, for messages. */
export function describe(expression: Expression): string {
  switch (expression.kind) {
    case 'output':
      return `output '${expression.output}' of task '${expression.task}'`;
    case 'parameter':
      return `parameter '${expression.name}'`;
    case 'metric':
      return `metric '${expression.name}'`;
    case 'run':
      return `the run's ${expression.field}`;
    case 'loop':
      return `the ${expression.field} of loop '${expression.loop}'`;
    case 'field':
      return `the member '${expression.name}' of ${describe(expression.of)}`;
    case 'status':
      return `the status of '${expression.of}'`;
    default:
      return 'the expression';
  }
}
