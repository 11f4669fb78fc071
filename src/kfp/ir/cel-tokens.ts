/** A token of CEL's text: where it begins (0-based), and what it says. */
export type CelToken =
  | { readonly kind: 'name' | 'operator'; readonly start: number; readonly text: string }
  | { readonly kind: 'string'; readonly start: number; readonly value: string }
  | { readonly kind: 'number'; readonly start: number; readonly value: number; readonly double: boolean }
  | { readonly kind: 'end'; readonly start: number };

/** Why a text is not CEL, and where (0-based). */
export class CelError extends Error {
  /**
   * @param message what is wrong
   * @param start where in the text
   */
  public constructor(
    message: string,
    public readonly start: number,
  ) {
    super(message);
  }
}

const SPACE = /[ \t\r\n\f]+/y;
const NAME = /[A-Za-z_]\w*/y;
const NUMBER = /0x[0-9a-fA-F]+|(?:\d*\.\d+|\d+)(?:[eE][+-]?\d+)?/y;
const OPERATOR = /==|!=|<=|>=|&&|\|\||[<>!()[\].,+\-*/%?:{}]/y;
/** The rest of a string, up to its closing quotes. */
const STRINGS: Readonly<Record<string, RegExp>> = {
  "'''": /[^\\]*?(?:\\[\s\S][^\\]*?)*?'''/y,
  '"""': /[^\\]*?(?:\\[\s\S][^\\]*?)*?"""/y,
  "'": /[^\\'\r\n]*(?:\\.[^\\'\r\n]*)*'/y,
  '"': /[^\\"\r\n]*(?:\\.[^\\"\r\n]*)*"/y,
};
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]))/g;
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '?': '?',
  '"': '"',
  "'": "'",
  '`': '`',
};

/**
 * The tokens of a text of CEL, Google's Common Expression Language, in which KFP writes conditions.
 *
 * @throws CelError where the text holds what is no token
 * @see https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
 */
export function celTokens(text: string): readonly CelToken[] {
  const tokens: CelToken[] = [];
  let at = match(SPACE, text, 0)?.length ?? 0;
  while (at < text.length) {
    const [token, length] = tokenAt(text, at);
    if (token.kind === 'name' && /['"]/.test(text[at - 1] ?? '')) {
      throw new CelError('the text before this ends too early: quotes in it are not escaped', at);
    }
    tokens.push(token);
    at += length;
    at += match(SPACE, text, at)?.length ?? 0;
  }
  return [...tokens, { kind: 'end', start: text.length }];
}

function tokenAt(text: string, start: number): readonly [CelToken, number] {
  const quotes = /'''|"""|'|"/y;
  const opening = match(quotes, text, start);
  if (opening) return stringAt(text, start, opening);
  const number = match(NUMBER, text, start);
  if (number !== undefined) return [numberToken(number, text, start), number.length];
  const name = match(NAME, text, start);
  if (name !== undefined) {
    if (/^([rR]|[bB]|[rR][bB]|[bB][rR])$/.test(name) && /['"]/.test(text[start + name.length] ?? '')) {
      throw new CelError('raw strings and bytes are not read', start);
    }
    return [{ kind: 'name', start, text: name }, name.length];
  }
  const operator = match(OPERATOR, text, start);
  if (operator !== undefined) return [{ kind: 'operator', start, text: operator }, operator.length];
  throw new CelError(`'${String.fromCodePoint(text.codePointAt(start)!)}' is no character of an expression`, start);
}

function numberToken(number: string, text: string, start: number): CelToken {
  const next = text[start + number.length] ?? '';
  if (/[\w.]/.test(next)) throw new CelError('this is no number', start);
  const double = !number.startsWith('0x') && /[.eE]/.test(number);
  const value = Number(number);
  if (!Number.isFinite(value) || (!double && !Number.isSafeInteger(value))) {
    throw new CelError('the number is too large', start);
  }
  return { kind: 'number', start, value, double };
}

function stringAt(text: string, start: number, quotes: string): readonly [CelToken, number] {
  const rest = match(STRINGS[quotes]!, text, start + quotes.length);
  if (rest === undefined) throw new CelError('the text that begins here does not end', start);
  const value = rest.slice(0, -quotes.length).replace(ESCAPE, (whole, ...groups) => {
    const offset = groups[5] as number;
    const [x, u, long, octal, letter] = groups as readonly (string | undefined)[];
    const hex = x ?? u ?? long;
    if (hex !== undefined || octal !== undefined) {
      const point = hex !== undefined ? Number.parseInt(hex, 16) : Number.parseInt(octal!, 8);
      if (point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)) return String.fromCodePoint(point);
    } else if (Object.hasOwn(ESCAPES, letter!)) {
      return ESCAPES[letter!]!;
    }
    throw new CelError(`'${whole}' is no escape sequence of CEL`, start + quotes.length + offset);
  });
  return [{ kind: 'string', start, value }, quotes.length + rest.length];
}

/** What a sticky expression finds at a place. */
function match(expression: RegExp, text: string, start: number): string | undefined {
  expression.lastIndex = start;
  return expression.exec(text)?.[0];
}
