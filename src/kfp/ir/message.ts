import type { Json } from '../../components/definition';

/** Where something stands in a document: keys and places in lists, from the top. */
export type IrPath = readonly (string | number)[];

/** A value of protobuf's JSON form, as far as it is told apart here. */
export type Shape =
  | { readonly kind: 'text'; readonly pattern?: RegExp; readonly expected?: string }
  | { readonly kind: 'flag' | 'whole' | 'real' | 'json' | 'struct' }
  /** The names by protobuf's numbers, and those that cannot stand here: protobuf takes both for what they name. */
  | { readonly kind: 'choice'; readonly names: readonly string[]; readonly unspecified: boolean }
  | { readonly kind: 'list' | 'map'; readonly of: Shape }
  | MessageShape;

/** An object with fields. */
export interface MessageShape {
  readonly kind: 'message';
  readonly fields: Readonly<Record<string, Shape>>;
  readonly required: readonly string[];
  /** Fields of which one may be given, and whether one must. */
  readonly oneOf: readonly { readonly fields: readonly string[]; readonly required: boolean }[];
}

/** What is found while a value is read. */
export interface ShapeReport {
  /** What is wrong at a place. */
  problem(path: IrPath, message: string): void;
  /** Several fields of which one may be given. */
  ambiguous(path: IrPath, fields: readonly string[]): void;
  /** A field that no shape knows. */
  unknown(path: IrPath, value: Json): void;
}

/** Text. */
export const text: Shape = { kind: 'text' };
/** A boolean. */
export const flag: Shape = { kind: 'flag' };
/** A whole number; protobuf prints those of 64 bits as text. */
export const whole: Shape = { kind: 'whole' };
/** A number. */
export const real: Shape = { kind: 'real' };
/** Any JSON: protobuf's Value. */
export const json: Shape = { kind: 'json' };
/** A JSON object: protobuf's Struct. */
export const struct: Shape = { kind: 'struct' };
/** Protobuf's Duration: seconds as text. */
export const duration: Shape = {
  kind: 'text',
  pattern: /^-?\d+(\.\d{1,9})?s$/,
  expected: "a duration in seconds such as '60s'",
};

/** A list of what a shape describes. */
export const listOf = (of: Shape): Shape => ({ kind: 'list', of });

/** A map from names to what a shape describes. */
export const mapOf = (of: Shape): Shape => ({ kind: 'map', of });

/** One of several names; the first one, protobuf's zero, says that nothing is said. */
export const choice = (names: readonly string[], unspecified = false): Shape => ({
  kind: 'choice',
  names,
  unspecified,
});

/** An object with fields. */
export function message(
  fields: Readonly<Record<string, Shape>>,
  rules: { readonly required?: readonly string[]; readonly oneOf?: MessageShape['oneOf'] } = {},
): MessageShape {
  return { kind: 'message', fields, required: rules.required ?? [], oneOf: rules.oneOf ?? [] };
}

/**
 * Reads a value as protobuf reads its JSON form: fields in camelCase or in snake_case, where null is as good as nothing; whole
 * numbers as numbers or text; choices by name or by number. What comes back has camelCase names and known fields alone, and is
 * undefined where something is wrong with all of it.
 *
 * @param path where the value stands
 * @see https://protobuf.dev/programming-guides/json/
 */
export function readShape(shape: Shape, value: Json, path: IrPath, report: ShapeReport): Json | undefined {
  return new ShapeReader([...path], report).read(shape, value);
}

class ShapeReader {
  /** @param path where the reader is: it grows and shrinks, because a copy for each value costs more than all else */
  public constructor(
    private readonly path: (string | number)[],
    private readonly report: ShapeReport,
  ) {}

  public read(shape: Shape, value: Json): Json | undefined {
    switch (shape.kind) {
      case 'json':
        return value;
      case 'text':
        if (typeof value !== 'string') return this.wrong('text', value);
        return shape.pattern && !shape.pattern.test(value) ? this.wrong(shape.expected!, value) : value;
      case 'flag':
        return typeof value === 'boolean' ? value : this.wrong('true or false', value);
      case 'real':
        return numberOf(value) ?? this.wrong('a number', value);
      case 'whole': {
        const number = numberOf(value);
        return Number.isSafeInteger(number) ? number : this.wrong('a whole number', value);
      }
      case 'choice': {
        const name = typeof value === 'number' ? shape.names[value] : value;
        const place = typeof name === 'string' ? shape.names.indexOf(name) : -1;
        if (place >= (shape.unspecified ? 0 : 1)) return name;
        return this.wrong(`one of ${shape.names.slice(1).join(', ')}`, value);
      }
      case 'list':
        return Array.isArray(value) ? this.list(shape.of, value as readonly Json[]) : this.wrong('a list', value);
      case 'struct':
        return isObject(value) ? value : this.wrong('an object', value);
      case 'map':
        return isObject(value) ? this.map(shape.of, value) : this.wrong('an object', value);
      default:
        return isObject(value) ? this.message(shape, value) : this.wrong('an object', value);
    }
  }

  private list(of: Shape, items: readonly Json[]): Json {
    const result: Json[] = [];
    for (const [place, item] of items.entries()) {
      const read = this.below(place, of, item);
      if (read !== undefined) result.push(read);
    }
    return result;
  }

  private map(of: Shape, value: JsonObject): Json {
    const result: Record<string, Json> = {};
    for (const key of Object.keys(value)) {
      const read = this.below(key, of, value[key]!);
      if (read !== undefined) result[key] = read;
    }
    return result;
  }

  private message({ fields, required, oneOf }: MessageShape, value: JsonObject): Json {
    const result: Record<string, Json> = {};
    const given = new Set<string>();
    for (const key of Object.keys(value)) {
      const member = value[key]!;
      const name = Object.hasOwn(fields, key) ? key : camelCase(key);
      if (!Object.hasOwn(fields, name)) {
        this.report.unknown([...this.path, key], member);
        continue;
      }
      const field = fields[name]!;
      if (member === null && field.kind !== 'json') continue;
      if (given.has(name)) this.report.problem([...this.path, key], `'${name}' is given twice`);
      given.add(name);
      const read = this.below(name, field, member);
      if (read !== undefined) result[name] = read;
    }
    for (const name of required) {
      if (!given.has(name)) this.report.problem([...this.path], `'${name}' is missing here`);
    }
    for (const { fields: names, required: one } of oneOf) {
      const found = names.filter((name) => given.has(name));
      if (found.length > 1) this.report.ambiguous([...this.path], found);
      if (one && found.length === 0) {
        const quoted = names.map((name) => `'${name}'`).join(', ');
        this.report.problem([...this.path], `one of ${quoted} is missing here`);
      }
    }
    return result;
  }

  private below(key: string | number, shape: Shape, value: Json): Json | undefined {
    this.path.push(key);
    const read = this.read(shape, value);
    this.path.pop();
    return read;
  }

  private wrong(expected: string, value: Json): undefined {
    this.report.problem([...this.path], `${expected} is expected here, and this is ${described(value)}`);
  }
}

/** The name that protobuf's JSON form gives a field. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** True for a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value in the words of a diagnostic. */
function described(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return shown.length > 60 ? `${shown.slice(0, 57)}…` : shown;
}

function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) return undefined;
  return Number(value);
}
