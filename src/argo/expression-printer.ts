import type { ParameterType } from '../components/definition';
import { WORKSPACE_DIR } from '../graph/settings';
import { ABSENT, encodeValue } from '../values/codec';
import type { Expression, ValueType } from '../values/expression';

/** A reference to the text of a value, as both of Argo's notations write it. */
export interface Reference {
  /** Inside of `{{…}}`. */
  readonly tag: string;
  /** Inside of `{{=…}}` and `valueFrom.expression`. */
  readonly variable: string;
  /** True where the variable is an expression, for which no tag can stand. */
  readonly computed?: boolean;
  /** True where the value may not exist: the variable, which is computed, is the text of an absent one then. */
  readonly optional?: boolean;
  /**
   * True where the text was written by a container that does not know the library's encoding: it is the value itself,
   * and Argo could expand it.
   */
  readonly raw?: boolean;
}

/** An expression that is no more than a reference. */
export type Leaf = Extract<Expression, { kind: 'parameter' | 'output' | 'loop' | 'run' | 'status' }>;

/** How a value of the pipeline is referred to at the place where an expression is printed. */
export type Resolve = (leaf: Leaf) => Reference;

/** A reference to a parameter in one of Argo's maps: `inputs.parameters`, `workflow.parameters`, …. */
export function reference(map: string, name: string): Reference {
  return { tag: `${map}.${name}`, variable: `${map}['${name}']` };
}

/** The encoded text of an expression's value, as the value of an argument. */
export function printArgument(expression: Expression, resolve: Resolve): string {
  switch (expression.kind) {
    case 'literal':
      return encodeValue(expression.type as ParameterType, expression.value);
    case 'parameter':
    case 'output':
    case 'loop': {
      const target = resolve(expression);
      return target.raw || target.computed ? tag(textOf(expression, resolve)) : `{{${target.tag}}}`;
    }
    case 'run':
      if (expression.field === 'workspacePath') return WORKSPACE_DIR;
      if (expression.field !== 'finalStatus' && !resolve(expression).computed) return `{{${resolve(expression).tag}}}`;
      return tag(textOf(expression, resolve));
    default:
      return tag(textOf(expression, resolve));
  }
}

/** The encoded text of an expression's value, in Argo's expression language. */
export function textOf(expression: Expression, resolve: Resolve): string {
  switch (expression.kind) {
    case 'literal':
      return string(encodeValue(expression.type as ParameterType, expression.value));
    case 'parameter':
    case 'output':
    case 'loop': {
      const { raw, optional, variable } = resolve(expression);
      if (!raw) return variable;
      const written = encoded(expression.type, typed(expression, resolve));
      return optional ? `${variable} == '${ABSENT}' ? '${ABSENT}' : ${written}` : written;
    }
    case 'run':
      return expression.field === 'finalStatus'
        ? encoded('STRUCT', resolve(expression).variable)
        : resolve(expression).variable;
    case 'status':
      return encoded('STRUCT', resolve(expression).variable);
    default:
      return encoded(expression.type, typed(expression, resolve));
  }
}

/** An expression in Argo's expression language, its operands cast by their declared types. */
export function typed(expression: Expression, resolve: Resolve): string {
  switch (expression.kind) {
    case 'literal':
      return literal(expression.value);
    case 'run':
    case 'status':
      return resolve(expression).variable;
    case 'parameter':
    case 'output':
    case 'loop':
      return decoded(expression.type, resolve(expression));
    case 'field':
      return cast(expression.type, `${typed(asDict(expression.of), resolve)}[${string(expression.name)}]`);
    case 'in':
      return `${comparable(expression.value, resolve)} in ${typed(asList(expression.list), resolve)}`;
    case 'dict':
      return dict(Object.entries(expression.members).map(([name, member]) => [name, typed(member, resolve)]));
    case 'list':
      return `[${expression.items.map((item) => typed(item, resolve)).join(', ')}]`;
    case 'collect':
    case 'one-of':
      throw new Error(`a ${expression.kind} stands in a graph that the rules refuse`);
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

/** What nobody declared is taken for what it is used as. */
function asDict(expression: Expression): Expression {
  return expression.type === 'UNKNOWN' ? ({ ...expression, type: 'STRUCT' } as Expression) : expression;
}

function asList(expression: Expression): Expression {
  return expression.type === 'UNKNOWN' ? ({ ...expression, type: 'LIST' } as Expression) : expression;
}

/** A value among those of a list, which have the types of JSON. */
function comparable(expression: Expression, resolve: Resolve): string {
  const printed = typed(expression, resolve);
  return expression.type === 'BOOLEAN' ? `(${printed})` : printed;
}

/** Numbers of JSON are all of one type. */
function cast(type: ValueType, member: string): string {
  if (type === 'NUMBER_INTEGER') return `int(${member})`;
  return type === 'NUMBER_DOUBLE' ? `float(${member})` : member;
}

/** A condition: what nobody declared holds where it is true. */
export function condition(expression: Expression, resolve: Resolve): string {
  if (expression.type !== 'UNKNOWN') return typed(expression, resolve);
  if (expression.kind === 'field') return `${typed(expression, resolve)} == true`;
  return typed({ ...expression, type: 'BOOLEAN' } as Expression, resolve);
}

/** The negation of a condition. */
export function negated(expression: Expression, resolve: Resolve): string {
  return `!(${condition(expression, resolve)})`;
}

/** An operand of `&&` or `||`: these two are set apart from each other by parentheses. */
export function operand(part: Expression, resolve: Resolve): string {
  const printed = condition(part, resolve);
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

/** Whether a variable holds the text of what is absent or None. */
export function isNothing(variable: string): string {
  return `${variable} in ['${ABSENT}', '${ABSENT}null']`;
}

/** The value behind the encoded text that a variable holds, of its type. */
export function textValue(type: ValueType, variable: string): string {
  return decoded(type, { tag: variable, variable });
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
    case 'UNKNOWN':
      return raw ? text : `(${text} startsWith 'json:' ? fromJSON(${text}[5:]) : ${text})`;
    default:
      return raw ? `fromJSON(${text})` : `fromJSON(${text} startsWith 'json:' ? ${text}[5:] : ${text})`;
  }
}

/**
 * The encoded text of a value that an expression computes: the rule that values/codec.ts follows, so that a value has the
 * same text whoever wrote it. A closure over a list of one stands for a variable, which Argo's tags do not allow.
 */
export function encoded(type: ValueType, expression: string): string {
  switch (type) {
    case 'UNKNOWN':
      return `map([${expression}], # == nil ? '${ABSENT}null' : type(#) == 'string' ? ${encoded('STRING', '#')} : ${encoded('STRUCT', '#')})[0]`;
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

/** JSON with escapes for what Argo or Kubernetes would rewrite. */
export function escaped(json: string): string {
  return `replace(replace(replace(${json}, '{' + '{', '{\\\\u007b'), '$', '\\\\u0024'), '\\x7f', '\\\\u007f')`;
}

function variableOf(expression: Expression, resolve: Resolve): string {
  if (expression.kind === 'parameter' || expression.kind === 'output' || expression.kind === 'loop') {
    return resolve(expression).variable;
  }
  throw new Error(`a ${expression.kind} is no reference to an artifact`);
}

/** A value as it appears in text: numbers as JSON numbers, booleans as words. */
function inText(part: Expression, resolve: Resolve): string {
  const value = typed(part, resolve);
  if (part.type === 'STRING') return part.kind === 'text' ? `(${value})` : value;
  if (part.type === 'UNKNOWN') return `map([${value}], # == nil ? '' : type(#) == 'string' ? # : toJson(#))[0]`;
  if (part.type === 'LIST' || part.type === 'STRUCT') return `toJson(${value})`;
  return part.type === 'NUMBER_DOUBLE' ? `toJson(${value})` : `string(${value})`;
}

function comparison(
  { operator, left: l, right: r }: Extract<Expression, { kind: 'compare' }>,
  resolve: Resolve,
): string {
  const [left, right] = [knownAs(l, r), knownAs(r, l)];
  const isEquality = operator === '==' || operator === '!=';
  // The text of a boolean is compared, not its value: `x == 'true'` rather than `(x == 'true') == true`.
  const side = left.type === 'BOOLEAN' ? booleanSide : isEquality ? equatedSide : orderedSide;
  return `${side(left, right, resolve)} ${operator} ${side(right, left, resolve)}`;
}

/** A value of unknown type is taken for one of the type that it is compared with. */
function knownAs(side: Expression, other: Expression): Expression {
  return side.type === 'UNKNOWN' ? ({ ...side, type: other.type } as Expression) : side;
}

function booleanSide(side: Expression, _other: Expression, resolve: Resolve): string {
  if (side.kind === 'literal') return string(String(side.value));
  if (side.kind !== 'parameter' && side.kind !== 'output' && side.kind !== 'loop') {
    return `string(${typed(side, resolve)})`;
  }
  const { variable, raw } = resolve(side);
  return raw ? `trim(${variable})` : variable;
}

/** Texts are ordered by their bytes in UTF-8, as KFP orders them: by those of the value, and not of its encoding. */
function orderedSide(side: Expression, _other: Expression, resolve: Resolve): string {
  return typed(side, resolve);
}

function equatedSide(side: Expression, other: Expression, resolve: Resolve): string {
  // An ordinary string has one text, encoded or not: comparing that reads better than decoding first.
  const ordinary =
    other.kind === 'literal' && other.type === 'STRING' && encodeValue('STRING', other.value) === other.value;
  if (ordinary && (side.kind === 'parameter' || side.kind === 'output' || side.kind === 'loop')) {
    return resolve(side).variable;
  }
  return typed(side, resolve);
}

/** A dict in Argo's expression language. Two braces in a row would begin or end a tag. */
export function dict(members: readonly (readonly [name: string, value: string])[]): string {
  // A key that is put together is an expression, and stands in parentheses.
  const key = (name: string) => (/\{\{|\}\}/.test(name) ? `(${string(name)})` : string(name));
  return `{ ${members.map(([name, value]) => `${key(name)}: ${value}`).join(', ')} }`;
}

/** A JSON value in Argo's expression language. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return string(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value === null) return 'nil';
  if (typeof value === 'object') return dict(Object.entries(value).map(([name, member]) => [name, literal(member)]));
  if (typeof value === 'number' && !Number.isFinite(value)) return `float('${value}')`;
  // A whole number beyond int64 has to look like a float.
  if (typeof value === 'number' && Math.abs(value) >= 2 ** 63) return value.toExponential();
  return JSON.stringify(value);
}
