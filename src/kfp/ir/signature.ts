/** A parameter of a Python function, as its `def` has it. */
export interface SignatureParameter {
  readonly name: string;
  /** The text of its annotation; empty where it has none. */
  readonly annotation: string;
}

/**
 * The parameters of a function at the top of a module, read from its `def` alone; undefined where the text has no such
 * function, or it cannot be followed. Nothing is evaluated.
 */
export function parametersOf(module: string, name: string): readonly SignatureParameter[] | undefined {
  const found = new RegExp(`^(?:async[ \\t]+)?def[ \\t]+${name}[ \\t]*\\(`, 'm').exec(module);
  if (!found) return undefined;
  const parts = splitArguments(module, found.index + found[0].length);
  return parts?.flatMap(({ code, colon, equals }) => {
    const end = equals ?? code.length;
    const parameter = code.slice(0, colon !== undefined && colon < end ? colon : end).trim();
    if (parameter === '' || parameter === '*' || parameter === '/') return [];
    return [
      { name: parameter, annotation: colon !== undefined && colon < end ? code.slice(colon + 1, end).trim() : '' },
    ];
  });
}

/** True for an annotation by which the function gets a path: `InputPath(…)`, `dsl.OutputPath(…)`, either of them optional. */
export function isPathAnnotation(annotation: string): boolean {
  return /(^|[^\w'"])(InputPath|OutputPath)\b/.test(annotation);
}

/** The text of one parameter, without comments; strings are blank but for their quotes. */
interface Part {
  readonly code: string;
  /** Where its annotation and its default begin. */
  readonly colon?: number;
  readonly equals?: number;
}

const STRING = /[A-Za-z]{0,2}("""|'''|"|')/y;

/** The texts between an opening bracket and its closing one, split at commas. */
function splitArguments(text: string, start: number): readonly Part[] | undefined {
  const parts: Part[] = [];
  let [code, depth]: [string, number] = ['', 0];
  let [colon, equals]: [number | undefined, number | undefined] = [undefined, undefined];
  const finish = () => {
    parts.push({ code, ...(colon !== undefined && { colon }), ...(equals !== undefined && { equals }) });
    [code, colon, equals] = ['', undefined, undefined];
  };
  for (let at = start; at < text.length; at++) {
    const character = text[at]!;
    STRING.lastIndex = at;
    // Looked up in the text: to look at the end of what grows costs the square of its length.
    const string = /[A-Za-z'"]/.test(character) && !/\w/.test(text[at - 1]!) ? STRING.exec(text) : null;
    if (string) {
      const end = endOfString(text, STRING.lastIndex, string[1]!);
      if (end === undefined) return undefined;
      code += `${string[1]}${string[1]}`;
      at = end - 1;
    } else if (character === '#') {
      const end = text.indexOf('\n', at);
      if (end < 0) return undefined;
      at = end - 1;
    } else if (depth === 0 && character === ')') {
      finish();
      return parts;
    } else if (depth === 0 && character === ',') {
      finish();
    } else {
      if (depth === 0 && character === ':') colon ??= code.length;
      if (depth === 0 && character === '=') equals ??= code.length;
      if ('([{'.includes(character)) depth++;
      if (')]}'.includes(character)) depth--;
      if (depth < 0) return undefined;
      code += character;
    }
  }
  return undefined;
}

/** The place after a string's closing quotes. */
function endOfString(text: string, start: number, quotes: string): number | undefined {
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text.startsWith(quotes, at)) return at + quotes.length;
    else if (text[at] === '\n' && quotes.length === 1) return undefined;
  }
  return undefined;
}
