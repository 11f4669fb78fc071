import type { ElementType, Json, ParameterDefinition, ParameterType } from '../components/definition';
import { Value } from '../values/value';

const WHAT: Readonly<Record<ParameterType, string>> = {
  STRING: 'a string',
  NUMBER_INTEGER: 'an int',
  NUMBER_DOUBLE: 'a float',
  BOOLEAN: 'a boolean',
  LIST: 'a list',
  STRUCT: 'a dict',
  TASK_FINAL_STATUS: 'a final status',
  TASK_CONFIG: "a task's configuration",
};

/** A parameter type in the user's words. */
export function describeType(type: string): string {
  if (type === 'UNKNOWN') return 'a value of unknown type';
  return WHAT[type as ParameterType] ?? (type.endsWith('[]') ? `a list of ${type.slice(0, -2)}` : `a ${type}`);
}

/**
 * What is wrong with a literal given to a parameter; undefined where nothing is.
 *
 * TypeScript cannot tell an int from a float, nor see untyped components: this can.
 */
export function literalProblem(port: ParameterDefinition, value: unknown): string | undefined {
  if (value === null && port.optional) return undefined;
  const holds = port.type === 'LIST' || port.type === 'STRUCT' || port.type === 'TASK_CONFIG';
  if (holds && holdsValue(value))
    return `${WHAT[port.type]} of literals holds no value of the run: give each an input of its own`;
  if (!fits(port.type, value)) return `${show(value)} is not ${WHAT[port.type]}`;
  const wrong = port.element && (value as readonly Json[]).find((member) => elementProblem(port.element!, member));
  if (wrong !== undefined) return `${show(value)} is not a list whose elements are each ${WHAT[port.element!.type]}`;
  if (port.literals && !port.literals.includes(value as string)) {
    return `${show(value)} is not one of ${port.literals.map(show).join(', ')}`;
  }
  return undefined;
}

function elementProblem({ type, element }: ElementType, value: Json): boolean {
  return literalProblem({ kind: 'parameter', type, ...(element && { element }) }, value) !== undefined;
}

function fits(type: ParameterType, value: unknown): boolean {
  switch (type) {
    case 'STRING':
      return typeof value === 'string';
    case 'NUMBER_INTEGER':
      return Number.isSafeInteger(value);
    case 'NUMBER_DOUBLE':
      return typeof value === 'number';
    case 'BOOLEAN':
      return typeof value === 'boolean';
    case 'LIST':
      return Array.isArray(value) && isJson(value);
    case 'STRUCT':
    case 'TASK_CONFIG':
      return isPlainObject(value) && isJson(value);
    case 'TASK_FINAL_STATUS':
      return false;
  }
}

/** Deeper than this, values are taken to hold themselves. */
const DEEPEST = 100;

function isJson(value: unknown, depth = 0): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (depth > DEEPEST) return false;
  // Array.from, because `every` passes over the holes of a sparse array.
  if (Array.isArray(value)) return Array.from(value).every((member) => isJson(member, depth + 1));
  if (!isPlainObject(value)) return false;
  return Object.values(value as object).every((member) => member === undefined || isJson(member, depth + 1));
}

/** Whether a list or dict holds a value that exists only while the pipeline runs. */
function holdsValue(value: unknown, depth = 0): boolean {
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return false;
  const members = Array.isArray(value) ? value : isPlainObject(value) ? Object.values(value) : [];
  return members.some((member) => member instanceof Value || holdsValue(member, depth + 1));
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A literal as a diagnostic shows it, cut off where it is long. It never throws, whatever it is given. */
function show(value: unknown): string {
  if (value instanceof Value) return 'a value of the run';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (holdsValue(value)) return Array.isArray(value) ? 'a list' : 'an object';
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = Array.isArray(value) ? 'a list' : 'an object';
  }
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
