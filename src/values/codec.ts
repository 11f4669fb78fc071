import type { Json, ParameterType } from '../components/definition';

/**
 * How values are written as the texts of parameters (docs/runtime-contract.md). Texts are compared with each other, so
 * there is one form for each value, whoever writes it: this library, the runtime in a pod, or the engine itself.
 */

const PREFIX = 'json:';

/** The text of a value that is absent. */
export const ABSENT = PREFIX;

/** Numbers that JSON cannot write. */
const WORDS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** What Go escapes in strings although JSON does not ask for it: HTML's special characters and line separators. */
const GO_ESCAPES = /[<>&\u2028\u2029]/g;

/**
 * Canonical JSON, as Go's encoding/json prints it: no spaces, keys sorted by code point, `<`, `>`, `&` escaped. Members
 * that are undefined are left out.
 *
 * @throws where a number is not finite, or the value is not JSON
 */
export function encodeJson(value: Json | bigint | undefined): string {
  switch (typeof value) {
    case 'string':
      return encodeString(value);
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be written inside a list or a dict`);
      return JSON.stringify(value);
    case 'object': {
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map((item: Json) => encodeJson(item)).join(',')}]`;
      const members = Object.entries(value as { readonly [key: string]: Json | undefined })
        .filter(([, member]) => member !== undefined)
        .sort(([a], [b]) => compareCodePoints(a, b))
        .map(([key, member]) => `${encodeString(key)}:${encodeJson(member)}`);
      return `{${members.join(',')}}`;
    }
    default:
      throw new TypeError(`${String(value)} is not JSON`);
  }
}

/** Hides what Argo (`{{`) or Kubernetes (`$`) would rewrite, in JSON: both occur in its strings only. */
export function escapeJson(json: string): string {
  return json.replaceAll('{{', '{\\u007b').replaceAll('$', '\\u0024').replace(UNSAFE, escapeUnit);
}

/**
 * What YAML 1.1 refuses or takes for a line break (C1 controls, U+2028, U+2029, U+FFFE, U+FFFF), and what Argo writes in Go's
 * notation instead of JSON's when it replaces a tag (DEL, and some of what is beyond the BMP).
 */
const UNSAFE = /[\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]/g;
/** The same for control characters, which JSON itself escapes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\0-\x07\x0b\x0e-\x1f]/;

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * The text of a parameter's value. An undefined value is absent, null is Python's None.
 *
 * @throws where the value cannot be written
 */
export function encodeValue(type: ParameterType, value: Json | bigint | undefined): string {
  if (value === undefined) return PREFIX;
  if (value === null) return `${PREFIX}null`;
  if (type === 'STRING') {
    if (typeof value === 'string' && isPlain(value)) return value;
    return PREFIX + escapeJson(encodeJson(value));
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  const json = encodeJson(value);
  const escaped = escapeJson(json);
  return escaped !== json || holdsLargeInteger(value) ? PREFIX + escaped : json;
}

/**
 * The value of a parameter's text; undefined where the text says that it is absent. Whole numbers beyond 2^53 lose
 * digits here, so pass the text on where the value itself is not needed.
 *
 * @throws where the text is no value of the type
 */
export function decodeValue(type: ParameterType, text: string): Json | undefined {
  if (text === PREFIX) return undefined;
  const prefixed = text.startsWith(PREFIX);
  if (type === 'STRING' && !prefixed) return text;
  const body = prefixed ? text.slice(PREFIX.length) : text;
  const value = parse(type, body);
  if (value === null) return null;
  if (type === 'STRING') return typeof value === 'string' ? value : encodeJson(value);
  if (!isOfType(type, value)) throw new TypeError(notA(type, body));
  return value;
}

function parse(type: ParameterType, body: string): Json {
  const word = type === 'NUMBER_DOUBLE' && Object.hasOwn(WORDS, body) ? WORDS[body] : undefined;
  if (word !== undefined) return word;
  try {
    return JSON.parse(body) as Json;
  } catch {
    throw new TypeError(notA(type, body));
  }
}

function isOfType(type: ParameterType, value: Json): boolean {
  switch (type) {
    case 'STRING':
      return typeof value === 'string';
    case 'NUMBER_INTEGER':
      return Number.isInteger(value);
    case 'NUMBER_DOUBLE':
      return typeof value === 'number';
    case 'BOOLEAN':
      return typeof value === 'boolean';
    case 'LIST':
      return Array.isArray(value);
    case 'STRUCT':
    case 'TASK_FINAL_STATUS':
    case 'TASK_CONFIG':
      return typeof value === 'object' && !Array.isArray(value);
  }
}

const WORDS_OF_TYPES: Readonly<Record<ParameterType, string>> = {
  STRING: 'a string',
  NUMBER_INTEGER: 'an int',
  NUMBER_DOUBLE: 'a float',
  BOOLEAN: 'a boolean (true or false)',
  LIST: 'a JSON list',
  STRUCT: 'a JSON object',
  TASK_FINAL_STATUS: 'a final status',
  TASK_CONFIG: "a task's configuration",
};

function notA(type: ParameterType, body: string): string {
  const shown = body.length > 60 ? `${body.slice(0, 57)}…` : body;
  return `${JSON.stringify(shown)} is not ${WORDS_OF_TYPES[type]}`;
}

/** Whether nothing between the writer and the reader of a string would rewrite it, or take it for something else. */
function isPlain(value: string): boolean {
  // Argo cuts the line break off the end of what it reads from a file.
  return !/\{\{|\$|^[{[]|^json:|[\r\n]$/.test(value) && !CONTROLS.test(value) && value.search(UNSAFE) < 0;
}

function encodeString(value: string): string {
  return JSON.stringify(value).replace(
    GO_ESCAPES,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The engine decodes and prints lists and dicts again, and rounds such integers where it does. */
function holdsLargeInteger(value: Json | bigint): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((member: Json | bigint) => isLargeInteger(member) || holdsLargeInteger(member));
}

function isLargeInteger(value: Json | bigint): boolean {
  if (typeof value === 'bigint') return value > 2n ** 53n || value < -(2n ** 53n);
  // From 1e21 on, numbers are printed with an exponent, which nothing takes for an integer.
  return typeof value === 'number' && Math.abs(value) > 2 ** 53 && Math.abs(value) < 1e21;
}

/** UTF-16 order is code point order but for surrogates, which stand for code points above all others. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const [x, y] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
