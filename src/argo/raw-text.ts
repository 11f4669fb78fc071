import type { Json, ParameterDefinition } from '../components/definition';
import { encodeJson } from '../values/codec';
import { isNothing, string, tag } from './expression-printer';
import type { EnvVar } from './types';

/**
 * A variable that holds one brace. Argo has no escape for `{{`; but Kubernetes puts variables in after Argo is done, so
 * that two of them become what Argo would have expanded.
 */
const BRACE = { name: 'KFP_BRACE', value: '{' };
const BRACE_VARIABLE = `$(${BRACE.name})`;

/** Puts the variable that holds a brace before all variables, where one of them or of the other texts refers to it. */
export function withBrace(env: readonly EnvVar[], texts: readonly string[]): EnvVar[] {
  const used = [...env.map((variable) => ('value' in variable ? variable.value : '')), ...texts].some((text) =>
    text.includes(BRACE_VARIABLE),
  );
  return used ? [{ ...BRACE }, ...env] : [...env];
}

/** Text that neither Argo (`{{`) nor Kubernetes (`$(NAME)`, `$$`) changes on its way to the program. */
export function literalText(text: string): string {
  const escaped = withDollars(text);
  return escaped.includes('{{') ? withoutBraces(escaped) : escaped;
}

/** An expression for a text that stands in an argument or a variable: the same for what a tag gives. */
export function inArgument(expression: string): string {
  return `replace(replace(${expression}, '$', '$$'), '{', '${BRACE_VARIABLE}')`;
}

/** Text that Kubernetes (`$(NAME)`, `$$`) does not change, where Argo does not look. */
export function withDollars(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** Text beside a tag, or beside what comes out of one, where a brace would begin another tag. */
export function textBesideTags(text: string): string {
  return withoutBraces(withDollars(text));
}

function withoutBraces(text: string): string {
  return text.replaceAll('{', () => BRACE_VARIABLE);
}

/** Text in which no tag can begin: where Argo expands text and has no escape, braces are set apart. */
export function textWithoutTags(text: string): string {
  return text.replace(/\{(?=\{)/g, '{ ');
}

/** The same for what an expression gives. One replacement would leave two braces of three together. */
export function withoutTags(expression: string): string {
  const once = `replace(${expression}, '{' + '{', '{ {')`;
  return `replace(${once}, '{' + '{', '{ {')`;
}

/**
 * An expression for the raw text of an encoded parameter, for a program that does not know the encoding.
 *
 * @param expanded whether Kubernetes looks through the text for variables
 */
export function rawText(variable: string, port: ParameterDefinition, expanded = true): string {
  const { type, optional, default: standard } = port;
  // A default stands for what is absent, as in a Python component; None is nothing.
  const fallback = standard === undefined || standard === null ? '' : rawLiteral(standard, expanded);
  const none =
    fallback === ''
      ? `${isNothing(variable)} ? '' : `
      : `${variable} == 'json:' ? ${string(fallback)} : ${variable} == 'json:null' ? '' : `;
  if (type === 'NUMBER_INTEGER' || type === 'NUMBER_DOUBLE' || type === 'BOOLEAN') {
    return optional ? `${none}${variable}` : `string(${variable})`;
  }
  // JSON keeps its escapes: a program that reads JSON undoes them.
  const decoded = type === 'STRING' ? `fromJSON(${variable}[5:])` : `${variable}[5:]`;
  const value = `${variable} startsWith 'json:' ? ${decoded} : ${variable}`;
  const safe = expanded ? inArgument(value) : value;
  return optional ? `${none}${safe}` : safe;
}

/**
 * The raw text of an encoded parameter, as a file. Argo looks through it several times on its way there, and has no escape for
 * what would be a tag: a text with two braces in a row is refused, rather than changed. The JSON of values has its escapes.
 */
export function fileText(variable: string, port: ParameterDefinition): string {
  const text = rawText(variable, port, false);
  const refusal = `sprig.fail('the input is read from a file, and holds two opening braces in a row')`;
  const isNumber = port.type === 'NUMBER_INTEGER' || port.type === 'NUMBER_DOUBLE' || port.type === 'BOOLEAN';
  const safe = isNumber ? text : `map([${text}], # contains '{' + '{' ? ${refusal} : #)[0]`;
  return tag(`replace(${safe}, '$', '$$')`);
}

/** A default as a program takes it, with `$` and braces as the other texts have them. */
function rawLiteral(value: Json, expanded: boolean): string {
  const text = typeof value === 'string' ? value : encodeJson(value);
  return expanded ? textBesideTags(text) : text;
}
