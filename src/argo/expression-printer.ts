import type { ParameterType } from '../components/definition';
import { encodeValue } from '../values/codec';
import type { Expression, ValueType } from '../values/expression';

/** A reference to the text of a value, as both of Argo's notations write it. */
export interface Reference {
  /** Inside of `{{…}}`. */
  readonly tag: string;
  /** Inside of `{{=…}}` and `valueFrom.expression`. */
  readonly variable: string;
  /**
   * True where the text was written by a container that does not know the library's encoding: it is the value itself,
   * and Argo could expand it.
   */
  readonly raw?: boolean;
}

/** How a value of the pipeline is referred to at the place where an expression is printed. */
export type Resolve = (leaf: Extract<Expression, { kind: 'parameter' | 'output' | 'run' }>) => Reference;

/** A reference to a parameter in one of Argo's maps: `inputs.parameters`, `workflow.parameters`, …. */
export function reference(map: string, name: string): Reference {
  return { tag: `${map}.${name}`, variable: `${map}['${name}']` };
}

/** The encoded text of an expression's value, as the value of an argument. */
export function printArgument(expression: Expression, resolve: Resolve): string {
  switch (expression.kind) {
    case 'literal':
      return encodeValue(expression.type as ParameterType, expression.value);
    case 'run':
      if (expression.field === 'finalStatus') return tag(encoded('STRUCT', resolve(expression).variable));
      return `{{${resolve(expression).tag}}}`;
    case 'parameter':
    case 'output': {
      const target = resolve(expression);
      return target.raw ? tag(encoded(expression.type, typed(expression, resolve))) : `{{${target.tag}}}`;
    }
    default:
      return tag(encoded(expression.type, typed(expression, resolve)));
  }
}

/** An expression in Argo's expression language, its operands cast by their declared types. */
export function typed(expression: Expression, resolve: Resolve): string {
  switch (expression.kind) {
    case 'literal':
      return literal(expression.value);
    case 'run':
      return resolve(expression).variable;
    case 'parameter':
    case 'output':
      return decoded(expression.type, resolve(expression));
    case 'metric':
      return `float(fromJSON(fromJSON(${variableOf(expression.artifact, resolve)}).metadata)[${string(expression.name)}])`;
    case 'text':
      if (expression.parts.length === 0) return string('');
      return expression.parts
        .map((part) => (typeof part === 'string' ? string(part) : inText(part, resolve)))
        .join(' + ');
    case 'compare':
      return comparison(expression, resolve);
    case 'and':
    case 'or':
      return expression.operands
        .map((part) => operand(part, resolve))
        .join(expression.kind === 'and' ? ' && ' : ' || ');
    case 'not':
      return negated(expression.operand, resolve);
  }
}

/** The negation of a condition. */
export function negated(condition: Expression, resolve: Resolve): string {
  return `!(${typed(condition, resolve)})`;
}

/** An operand of `&&` or `||`: these two are set apart from each other by parentheses. */
export function operand(part: Expression, resolve: Resolve): string {
  const printed = typed(part, resolve);
  return part.kind === 'and' || part.kind === 'or' ? `(${printed})` : printed;
}

/** `{{=…}}` round an expression. */
export function tag(expression: string): string {
  return `{{=${expression}}}`;
}

/**
 * A string literal of Argo's expression language that holds neither `{{` nor `}}`, which would begin or end a tag.
 */
export function string(text: string): string {
  const escaped = text
    .replace(/\\/g, '\\\\')
    .replace(/'/g, "\\'")
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t')
    .replace(/\{(?=\{)/g, "{' + '")
    .replace(/\}(?=\})/g, "}' + '");
  return `'${escaped}'`;
}

/** The value behind an encoded text, of its type. */
function decoded(type: ValueType, { variable, raw }: Reference): string {
  const text = raw && type !== 'STRING' ? `trim(${variable})` : variable;
  switch (type) {
    case 'NUMBER_INTEGER':
      return `int(${text})`;
    case 'NUMBER_DOUBLE':
      return `float(${text})`;
    case 'BOOLEAN':
      return `${text} == 'true'`;
    case 'STRING':
      return raw ? text : `(${text} startsWith 'json:' ? fromJSON(${text}[5:]) : ${text})`;
    default:
      return raw ? `fromJSON(${text})` : `fromJSON(${text} startsWith 'json:' ? ${text}[5:] : ${text})`;
  }
}

/**
 * The encoded text of a value that an expression computes: the rule that values/codec.ts follows, so that a value has the
 * same text whoever wrote it. A closure over a list of one stands for a variable, which Argo's tags do not allow.
 */
function encoded(type: ValueType, expression: string): string {
  switch (type) {
    case 'STRING':
      return `map([${expression}], (${REWRITABLE} || # matches '^(json:|[{\\\\[])|[\\\\r\\\\n]$|[\\\\x00-\\\\x07\\\\x0b\\\\x0e-\\\\x1f\\\\x7f]') ? 'json:' + ${escaped('toJson(#)')} : #)[0]`;
    case 'NUMBER_INTEGER':
    case 'BOOLEAN':
      return `string(${expression})`;
    case 'NUMBER_DOUBLE':
      return `toJson(${expression})`;
    default:
      return `map([toJson(${expression})], (${REWRITABLE}) ? 'json:' + ${escaped('#')} : #)[0]`;
  }
}

const REWRITABLE = "# contains '{' + '{' || # contains '$' || # contains '\\x7f'";

function escaped(json: string): string {
  return `replace(replace(replace(${json}, '{' + '{', '{\\\\u007b'), '$', '\\\\u0024'), '\\x7f', '\\\\u007f')`;
}

function variableOf(expression: Expression, resolve: Resolve): string {
  if (expression.kind === 'parameter' || expression.kind === 'output' || expression.kind === 'run') {
    return resolve(expression).variable;
  }
  throw new Error(`a ${expression.kind} is no reference to an artifact`);
}

/** A value as it appears in text: numbers as JSON numbers, booleans as words. */
function inText(part: Expression, resolve: Resolve): string {
  const value = typed(part, resolve);
  if (part.type === 'STRING') return part.kind === 'text' ? `(${value})` : value;
  return part.type === 'NUMBER_DOUBLE' ? `toJson(${value})` : `string(${value})`;
}

function comparison({ operator, left, right }: Extract<Expression, { kind: 'compare' }>, resolve: Resolve): string {
  // The text of a boolean is compared, not its value: `x == 'true'` rather than `(x == 'true') == true`.
  const side = left.type === 'BOOLEAN' ? booleanSide : comparedSide;
  return `${side(left, right, resolve)} ${operator} ${side(right, left, resolve)}`;
}

function booleanSide(side: Expression, _other: Expression, resolve: Resolve): string {
  if (side.kind === 'literal') return string(String(side.value));
  if (side.kind !== 'parameter' && side.kind !== 'output') return `string(${typed(side, resolve)})`;
  const { variable, raw } = resolve(side);
  return raw ? `trim(${variable})` : variable;
}

function comparedSide(side: Expression, other: Expression, resolve: Resolve): string {
  // An ordinary string has one text, encoded or not: comparing that reads better than decoding first.
  const ordinary =
    other.kind === 'literal' && other.type === 'STRING' && encodeValue('STRING', other.value) === other.value;
  if (ordinary && (side.kind === 'parameter' || side.kind === 'output')) return resolve(side).variable;
  return typed(side, resolve);
}

function literal(value: unknown): string {
  if (typeof value === 'string') return string(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return `float('${value}')`;
  // A whole number beyond int64 has to look like a float.
  if (typeof value === 'number' && Math.abs(value) >= 2 ** 63) return value.toExponential();
  return JSON.stringify(value);
}
