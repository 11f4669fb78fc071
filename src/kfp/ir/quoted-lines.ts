/** A text whose quoted scalars are indented, and where its parts stood before. */
export interface IndentedText {
  readonly text: string;
  /** The offset that something had which stands at an offset now. */
  original(offset: number): number;
}

/** Spaces that were put in, by the offset after them. */
interface Inserted {
  readonly end: number;
  /** All spaces so far. */
  readonly count: number;
}

/**
 * Indents the lines of quoted scalars that YAML's grammar wants further in. PyYAML takes such a line at any indentation, and some
 * that print YAML count on that; spaces before it are no part of the scalar.
 *
 * @returns undefined where no scalar is indented too little, or where that cannot be mended
 */
export function indentQuoted(yaml: typeof import('yaml'), text: string, lexemeLimit: number): IndentedText | undefined {
  const parts: string[] = [];
  const inserted: Inserted[] = [];
  let [rest, length, count, lexemes] = [text, 0, 0, 0];
  const add = (part: string) => {
    parts.push(part);
    length += part.length;
  };
  for (;;) {
    const start = cutScalar(yaml, rest, () => ++lexemes > lexemeLimit);
    if (start === undefined) break;
    const end = endOfQuoted(rest, start) + 1;
    const indentation = ' '.repeat(indentationAt(rest, start));
    const [first, ...others] = rest.slice(start, end).split('\n');
    add(rest.slice(0, start) + first);
    for (const line of others) {
      // The end of a document ends it in quotes as well, and says that they are not closed.
      if (/^(?:---|\.\.\.)(?:\s|$)/.test(line)) return undefined;
      const missing = line.trim() === '' ? '' : indentation.slice(/^ */.exec(line)![0].length);
      add(`\n${missing}`);
      count += missing.length;
      if (count > text.length) return undefined;
      if (missing !== '') inserted.push({ end: length, count });
      add(line);
    }
    // The library was right where there is no closing quote, or no further line.
    if (others.length === 0) return undefined;
    rest = rest.slice(end);
  }
  if (inserted.length === 0 || lexemes > lexemeLimit) return undefined;
  add(rest);
  return { text: parts.join(''), original: (offset) => offset - spacesBefore(inserted, offset) };
}

/** Where the first quoted scalar begins that the library takes to end before its closing quote. */
function cutScalar(yaml: typeof import('yaml'), text: string, isTooMuch: () => boolean): number | undefined {
  const { DOCUMENT, FLOW_END, SCALAR } = yaml.CST;
  let [offset, before] = [0, ''];
  for (const lexeme of new yaml.Lexer().lex(text)) {
    if (isTooMuch()) return undefined;
    const isQuoted = before !== SCALAR && /^["']/.test(lexeme);
    if (isQuoted && endOfQuoted(text, offset) !== offset + lexeme.length - 1) return offset;
    before = lexeme;
    // These are the library's own, and not of the text.
    if (lexeme !== DOCUMENT && lexeme !== FLOW_END && lexeme !== SCALAR) offset += lexeme.length;
  }
  return undefined;
}

/** Where the closing quote of a scalar stands; -1 where there is none. */
function endOfQuoted(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let at = text.indexOf(quote, start + 1); at >= 0; at = text.indexOf(quote, at + 1)) {
    if (quote === "'") {
      if (text[at + 1] !== quote) return at;
      at += 1;
    } else {
      let before = at;
      while (before > start + 1 && text[before - 1] === '\\') before -= 1;
      if ((at - before) % 2 === 0) return at;
    }
  }
  return -1;
}

/** How far in the lines of a scalar must stand: further than what it is a member of. */
function indentationAt(text: string, start: number): number {
  const line = text.slice(text.lastIndexOf('\n', start) + 1, start);
  return /^[ ?-]*/.exec(line)![0].length + 1;
}

/** How many of the spaces that were put in stand before an offset. */
function spacesBefore(inserted: readonly Inserted[], offset: number): number {
  let [low, high] = [0, inserted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (inserted[middle]!.end <= offset) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : inserted[low - 1]!.count;
}
