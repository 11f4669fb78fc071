import type { Json, ParameterType } from '../components/definition';
import { memberOf } from '../graph/member';
import { decodeValue, encodeJson, encodeValue } from '../values/codec';
import type { ComparisonOperator, Expression, RunField } from '../values/expression';
import { decodeReference } from './reference';

/** Where the values of expressions come from: texts, as they pass between tasks. Undefined is an absent value. */
export interface Values {
  parameter(name: string): string | undefined;
  output(task: string, output: string): string | undefined;
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
    case 'literal':
      return encodeValue(expression.type as ParameterType, expression.value);
    default: {
      const value = evaluate(expression, values);
      return value === undefined ? undefined : encodeValue(expression.type as ParameterType, value);
    }
  }
}

/**
 * The value of an expression that is no artifact; undefined where it is absent.
 *
 * @throws EvaluationError where an operand is missing or of the wrong type
 */
export function evaluate(expression: Expression, values: Values): Json | undefined {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'parameter':
    case 'output': {
      const text = textOf(expression, values);
      return text === undefined ? undefined : decode(expression.type as ParameterType, text, describe(expression));
    }
    case 'run': {
      const text = values.run(expression.field);
      return expression.field === 'finalStatus' ? decode('TASK_FINAL_STATUS', text, 'the final status') : text;
    }
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
  }
}

/**
 * Whether a condition holds.
 *
 * @throws EvaluationError where it cannot be told
 */
export function isTrue(condition: Expression, values: Values): boolean {
  const value = evaluate(condition, values);
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

/** A value inside of text: a string as it is, anything else as canonical JSON, nothing for None. */
function printed(part: Expression, values: Values): string {
  const value = evaluate(part, values);
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  // The text, where there is one, has the digits that a large whole number would lose.
  if (part.type === 'NUMBER_INTEGER') return textOf(part, values)!.replace(/^json:/, '');
  return typeof value === 'number' ? encodeValue('NUMBER_DOUBLE', value) : encodeJson(value);
}

function compare(operator: ComparisonOperator, left: Expression, right: Expression, values: Values): boolean {
  const [a, b] = [evaluate(left, values), evaluate(right, values)];
  const equality = operator === '==' || operator === '!=';
  if (equality && !isNumber(left) && !isNumber(right)) return isEqual(a, b) === (operator === '==');
  for (const [side, value] of [[left, a] as const, [right, b] as const]) {
    if (typeof value !== 'number') {
      throw new EvaluationError(`${describe(side)} is ${show(value)}, which '${operator}' cannot compare`);
    }
  }
  const [x, y] = [a as number, b as number];
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

function isNumber({ type }: Expression): boolean {
  return type === 'NUMBER_INTEGER' || type === 'NUMBER_DOUBLE';
}

function isEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return (a ?? null) === (b ?? null);
  return encodeJson(a) === encodeJson(b);
}

function decode(type: ParameterType, text: string, what: string): Json | undefined {
  try {
    return decodeValue(type, text);
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
    default:
      return 'the expression';
  }
}
