import { createHash } from 'node:crypto';
import type { Json } from '../../src/components/definition';
import { encodeJson } from '../../src/values/codec';
import { type Ast, parse } from './expression-parser';

/** A value in the controller: whole numbers are bigints, as expr-lang tells them from floats. */
export type Any = string | number | bigint | boolean | null | readonly Any[] | AnyMap;
interface AnyMap {
  readonly [key: string]: Any;
}

/** The value of an expression. `names` are the variables. */
export function evaluate(text: string, names: AnyMap): Any {
  return evaluated(parse(text), { names });
}

interface Scope {
  readonly names: AnyMap;
  /** What `#` stands for, inside of a closure. */
  readonly item?: Any;
}

/** Ends the evaluation of a chain of members: a `?.` found nothing. */
const NOTHING = Symbol('nothing');

function evaluated(ast: Ast, scope: Scope): Any {
  switch (ast.kind) {
    case 'constant':
      return ast.value;
    case 'name': {
      const value = member(scope.names, ast.name);
      if (value === undefined) throw new Error(`unknown name ${ast.name}`);
      return value;
    }
    case 'item':
      if (scope.item === undefined) throw new Error('# stands outside of a closure');
      return scope.item;
    case 'list':
      return ast.items.map((item) => evaluated(item, scope));
    case 'map':
      return Object.fromEntries(
        ast.members.map(([key, value]) => [string(evaluated(key, scope)), evaluated(value, scope)]),
      );
    case 'chain':
      try {
        return evaluated(ast.of, scope);
      } catch (error) {
        if (error === NOTHING) return null;
        throw error;
      }
    case 'member':
      return memberOf(evaluated(ast.of, scope), evaluated(ast.key, scope), ast.optional);
    case 'slice':
      return slice(
        evaluated(ast.of, scope),
        ast.from && evaluated(ast.from, scope),
        ast.to && evaluated(ast.to, scope),
      );
    case 'ternary':
      return evaluated(boolean(evaluated(ast.condition, scope)) ? ast.then : ast.otherwise, scope);
    case 'unary': {
      const operand = evaluated(ast.operand, scope);
      if (ast.operator === '!') return !boolean(operand);
      // There is no negative zero among whole numbers.
      return typeof operand === 'bigint' ? -operand : -number(operand);
    }
    case 'binary':
      return binary(ast, scope);
    case 'call':
      return call(ast.name, ast.args, scope);
  }
}

function member(map: AnyMap, key: string): Any | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function memberOf(value: Any, key: Any, optional: boolean): Any {
  if (value === null && optional) throw NOTHING;
  if (Array.isArray(value)) {
    const index = Number(number(key));
    const found: Any | undefined = value[index < 0 ? value.length + index : index];
    if (found === undefined) throw new Error(`index ${index} is out of range`);
    return found;
  }
  if (typeof value !== 'object' || value === null) throw new Error(`cannot fetch ${String(key)} from ${show(value)}`);
  return member(value as AnyMap, string(key)) ?? null;
}

function slice(value: Any, from: Any | undefined, to: Any | undefined): Any {
  const [start, end] = [from, to].map((each) => (each === undefined ? undefined : Number(number(each))));
  if (typeof value === 'string' || Array.isArray(value)) return value.slice(start, end) as Any;
  throw new Error(`cannot slice ${show(value)}`);
}

function binary({ operator, left, right }: Extract<Ast, { kind: 'binary' }>, scope: Scope): Any {
  switch (operator) {
    case '&&':
      return boolean(evaluated(left, scope)) && boolean(evaluated(right, scope));
    case '||':
      return boolean(evaluated(left, scope)) || boolean(evaluated(right, scope));
    case '??':
      return evaluated(left, scope) ?? evaluated(right, scope);
  }
  const [a, b] = [evaluated(left, scope), evaluated(right, scope)];
  switch (operator) {
    case '==':
      return equal(a, b);
    case '!=':
      return !equal(a, b);
    case 'in':
      return isTextList(right) ? isAmong(a, b) : isIn(a, b);
    case 'startsWith':
      return string(a).startsWith(string(b));
    case 'contains':
      return string(a).includes(string(b));
    case 'matches':
      return new RegExp(string(b)).test(string(a));
    case '+':
      if (typeof a === 'string' && typeof b === 'string') return a + b;
      return typeof a === 'bigint' && typeof b === 'bigint' ? a + b : Number(number(a)) + Number(number(b));
    case '-':
      return typeof a === 'bigint' && typeof b === 'bigint' ? a - b : Number(number(a)) - Number(number(b));
    case '*':
      return typeof a === 'bigint' && typeof b === 'bigint' ? a * b : Number(number(a)) * Number(number(b));
    case '^':
      return Number(number(a)) ** Number(number(b));
    default: {
      const texts = typeof a === 'string' && typeof b === 'string';
      // Go compares bytes.
      const [x, y] = texts ? [Buffer.compare(Buffer.from(a), Buffer.from(b)), 0] : [number(a), number(b)];
      if (operator === '<') return x < y;
      if (operator === '<=') return x <= y;
      return operator === '>' ? x > y : x >= y;
    }
  }
}

/** Whole numbers and floats are compared as floats. */
function equal(a: Any, b: Any): boolean {
  if (typeof a === 'bigint' && typeof b === 'number') return Number(a) === b;
  if (typeof a === 'number' && typeof b === 'bigint') return a === Number(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal((a as AnyMap)[key]!, (b as AnyMap)[key]!))
  );
}

/** expr-lang makes a set of such a list, in which nil is the empty text, and for which nothing else but texts will do. */
function isTextList(ast: Ast): boolean {
  if (ast.kind !== 'list' || ast.items.length === 0) return false;
  return ast.items.every((item) => item.kind === 'constant' && typeof item.value === 'string');
}

function isAmong(value: Any, texts: Any): boolean {
  return isIn(value === null ? '' : string(value), texts);
}

function isIn(value: Any, list: Any): boolean {
  if (list === null) return false;
  if (Array.isArray(list)) return list.some((each: Any) => equal(each, value));
  if (typeof list === 'object') return Object.hasOwn(list, string(value));
  throw new Error(`${show(list)} holds nothing`);
}

function call(name: string, args: readonly Ast[], scope: Scope): Any {
  const value = evaluated(args[0]!, scope);
  const argument = (at: number) => string(evaluated(args[at]!, scope));
  const closure = (item: Any) => evaluated(args[1]!, { ...scope, item });
  switch (name) {
    case 'int':
      return int(value);
    case 'float':
      return float(value);
    case 'string':
      return printed(value);
    case 'toJson':
      return toJson(value);
    case 'fromJSON':
      return fromJson(string(value));
    case 'map':
      return list(value).map(closure);
    case 'filter':
      return list(value).filter((item) => boolean(closure(item)));
    case 'join':
      return list(value).map(string).join(argument(1));
    case 'replace':
      return string(value).replaceAll(argument(1), () => argument(2));
    case 'split':
      return string(value).split(argument(1));
    case 'last':
      return list(value).at(-1) ?? null;
    case 'trim':
      return string(value).replace(/^[\s\x85]+|[\s\x85]+$/gu, '');
    case 'sprig.sha256sum':
      return createHash('sha256').update(string(value)).digest('hex');
    case 'sprig.regexFind':
      return new RegExp(string(value)).exec(argument(1))?.[0] ?? '';
    case 'sprig.fail':
      throw new Error(string(value));
    case 'len':
      return BigInt(typeof value === 'string' ? [...value].length : list(value).length);
    case 'uniq': {
      const all = list(value);
      return all.filter((each, at) => all.findIndex((other) => equal(other, each)) === at);
    }
    case 'flatten':
      return flat(value);
    case 'sprig.omit': {
      const omitted = args.slice(1).map((_, at) => argument(at + 1));
      return Object.fromEntries(Object.entries(value as AnyMap).filter(([key]) => !omitted.includes(key)));
    }
    case 'type':
      return typeOf(value);
    default:
      throw new Error(`unknown function ${name}`);
  }
}

function flat(value: Any): readonly Any[] {
  return list(value).flatMap((each) => (Array.isArray(each) ? flat(each) : [each]));
}

function int(value: Any): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(Math.trunc(value));
  if (typeof value !== 'string' || !/^[+-]?\d+$/.test(value)) throw new Error(`int of ${show(value)}`);
  const whole = BigInt(value.replace('+', ''));
  if (BigInt.asIntN(64, whole) !== whole) throw new Error(`int of ${value}, which is out of range`);
  return whole;
}

function float(value: Any): number {
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value);
  if (typeof value !== 'string') throw new Error(`float of ${show(value)}`);
  const word = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i.exec(value);
  if (word?.[2] && word[1] === '') return Number.NaN;
  if (word && !word[2]) return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) throw new Error(`float of ${show(value)}`);
  if (!Number.isFinite(Number(value))) throw new Error(`float of ${value}, which is out of range`);
  return Number(value);
}

/** What Go's `%v` prints. */
function printed(value: Any): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') throw new Error(`the text of ${show(value)} is not what the library prints`);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power >= -4 && power < 6) return Object.is(value, -0) ? '-0' : String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

function toJson(value: Any): string {
  if (Object.is(value, -0)) return '-0';
  return encodeJson(value as Json);
}

/** All numbers are floats, and a half of a surrogate pair is no character. */
function fromJson(text: string): Any {
  const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
  return JSON.parse(text, (_, value) => {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('a number is out of range');
    return typeof value === 'string' ? value.replace(lone, '\ufffd') : value;
  }) as Any;
}

function typeOf(value: Any): string {
  if (value === null) return 'nil';
  if (Array.isArray(value)) return 'array';
  return { string: 'string', number: 'float', bigint: 'int', boolean: 'bool' }[typeof value as string] ?? 'map';
}

function string(value: Any): string {
  if (typeof value !== 'string') throw new Error(`${show(value)} is no string`);
  return value;
}

function number(value: Any): number | bigint {
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new Error(`${show(value)} is no number`);
  return value;
}

function boolean(value: Any): boolean {
  if (typeof value !== 'boolean') throw new Error(`${show(value)} is no boolean`);
  return value;
}

function list(value: Any): readonly Any[] {
  if (!Array.isArray(value)) throw new Error(`${show(value)} is no list`);
  return value;
}

function show(value: Any): string {
  return value === null ? 'nil' : typeof value === 'object' ? typeOf(value) : JSON.stringify(String(value));
}
