import type { ElementType, Json, PortDefinition } from '../components/definition';
import { typeOfPort } from '../components/port-type';
import { listTypeOf, type ValueType } from './expression';

/** The type of a value, and of what is inside of it as far as that is known. */
export interface Shape {
  readonly type: ValueType;
  /** What a list holds. */
  readonly element?: Shape;
  /** What a dict holds. */
  readonly fields?: Readonly<Record<string, Shape>>;
}

/** What nobody declared. It fits every parameter. */
export const UNKNOWN: Shape = { type: 'UNKNOWN' };

/** The shape of what a port carries. */
export function shapeOfPort(port: PortDefinition): Shape {
  if (port.kind === 'parameter')
    return { type: port.type, ...(port.element && { element: shapeOfElement(port.element) }) };
  return shapeOfType(typeOfPort(port));
}

/** The shape that a type alone tells: a list of artifacts knows its elements. */
export function shapeOfType(type: ValueType): Shape {
  return type.endsWith('[]') ? { type, element: shapeOfType(type.slice(0, -2) as ValueType) } : { type };
}

function shapeOfElement({ type, element }: ElementType): Shape {
  return { type, ...(element && { element: shapeOfElement(element) }) };
}

/** The shape of a list of such elements. */
export function shapeOfList(element: Shape): Shape {
  return { type: listTypeOf(element.type), element };
}

/** The shape that all of some literals have. Whole numbers are ints, as long as all are; null says nothing. */
export function shapeOfLiterals(values: readonly Json[], depth = 0): Shape {
  if (depth > DEEPEST) return UNKNOWN;
  // Array.from, because `map` passes over the holes of a sparse array.
  const shapes = Array.from(values, (value) => (value === undefined ? UNKNOWN : shapeOfLiteral(value, depth + 1)));
  return shapes.length === 0 ? UNKNOWN : shapes.reduce(common);
}

/** Deeper than this, values are taken to hold themselves; a rule refuses them. */
const DEEPEST = 100;

function shapeOfLiteral(value: Json, depth: number): Shape {
  if (typeof value === 'string') return { type: 'STRING' };
  if (typeof value === 'boolean') return { type: 'BOOLEAN' };
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'NUMBER_INTEGER' : 'NUMBER_DOUBLE' };
  if (Array.isArray(value)) return { type: 'LIST', element: shapeOfLiterals(value, depth) };
  // An object of a class is no literal, and may hold a whole app.
  if (typeof value !== 'object' || value === null || ![Object.prototype, null].includes(Object.getPrototypeOf(value)))
    return UNKNOWN;
  const members = Object.entries(value as Readonly<Record<string, Json>>);
  return {
    type: 'STRUCT',
    fields: Object.fromEntries(members.map(([name, member]) => [name, shapeOfLiterals([member], depth)])),
  };
}

/** What two shapes have in common; nothing is known of what they differ in. */
function common(a: Shape, b: Shape): Shape {
  if (isNumber(a) && isNumber(b)) return a.type === b.type ? a : { type: 'NUMBER_DOUBLE' };
  if (a.type !== b.type) return UNKNOWN;
  if (a.element && b.element) return { type: a.type, element: common(a.element, b.element) };
  if (!a.fields || !b.fields) return { type: a.type };
  const names = Object.keys(a.fields).filter((name) => Object.hasOwn(b.fields!, name));
  return {
    type: a.type,
    fields: Object.fromEntries(names.map((name) => [name, common(a.fields![name]!, b.fields![name]!)])),
  };
}

function isNumber({ type }: Shape): boolean {
  return type === 'NUMBER_INTEGER' || type === 'NUMBER_DOUBLE';
}
