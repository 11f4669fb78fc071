import type { Json } from '../../components/definition';
import { camelCase, type IrPath, isObject } from './message';
import { DEPTH_LIMIT, type SourceMap, type SourceProblem } from './source-map';

/**
 * Reads JSON, far faster than YAML does; undefined where the text is none. A key that stands twice is a problem, as it is to
 * protobuf.
 */
export function jsonSource(text: string): SourceMap | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  const problems: SourceProblem[] = [];
  check(value, 0, problems);
  if (problems.length === 0) {
    scan(text, (path, offset, twice) => {
      if (twice) problems.push({ message: `the key '${path.at(-1)}' stands here twice`, offset });
      return problems.length < 20;
    });
  }
  let offsets: ReadonlyMap<string, number> | undefined;
  const offset = (_: number, path: IrPath) => {
    offsets ??= offsetsOf(text);
    return offsetOf(offsets, path);
  };
  return { documents: [value], problems, offset };
}

function check(value: Json, depth: number, problems: SourceProblem[]): void {
  if (problems.length > 0) return;
  if (depth > DEPTH_LIMIT) {
    problems.push({ message: 'the document is nested too deeply', offset: 0 });
  } else if (typeof value === 'number' && !Number.isFinite(value)) {
    problems.push({ message: 'a number is too large', offset: 0 });
  } else if (Array.isArray(value)) {
    for (const item of value) check(item, depth + 1, problems);
  } else if (isObject(value)) {
    if (Object.hasOwn(value, '__proto__')) problems.push({ message: "'__proto__' is no name", offset: 0 });
    for (const member of Object.values(value)) check(member, depth + 1, problems);
  }
}

/** The offsets of all members, by their paths; also by the paths in camelCase. */
function offsetsOf(text: string): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  scan(text, (path, offset) => {
    // An element of a list begins after the bracket or the comma before it.
    const at = /[[,]/.test(text[offset]!) ? offset + 1 + text.slice(offset + 1, offset + 200).search(/\S|$/) : offset;
    const keys = [path.join('\0'), path.map((key) => camelCase(String(key))).join('\0')];
    for (const key of keys) if (!offsets.has(key)) offsets.set(key, at);
    return true;
  });
  return offsets;
}

/** The offset of a member, or of the last one on the way to it that exists. */
function offsetOf(offsets: ReadonlyMap<string, number>, path: IrPath): number {
  for (let length = path.length; length > 0; length -= 1) {
    const found = offsets.get(path.slice(0, length).join('\0'));
    if (found !== undefined) return found;
  }
  return 0;
}

/** Strings and signs of a text that is known to be JSON, and where they begin. */
function* tokensOf(text: string): Generator<readonly [token: string, index: number]> {
  const sign = /["{}[\],]/g;
  for (let found = sign.exec(text); found; found = sign.exec(text)) {
    const { index } = found;
    // A regular expression for the whole string runs out of stack where it holds millions of escapes.
    if (found[0] === '"') sign.lastIndex = endOfString(text, index + 1);
    yield [text.slice(index, sign.lastIndex), index];
  }
}

/** The place after the closing quote: the first one with no backslash, or an even number of them, before it. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start); ; quote = text.indexOf('"', quote + 1)) {
    let before = quote;
    while (text[before - 1] === '\\') before -= 1;
    if ((quote - before) % 2 === 0) return quote + 1;
  }
}

/**
 * Goes through a text that is known to be JSON, and tells of each key and each element of a list, until the answer is false.
 *
 * @param visit is given the path, which it must not keep, the offset, and whether the key stood there before
 */
function scan(text: string, visit: (path: IrPath, offset: number, twice: boolean) => boolean): void {
  const path: (string | number)[] = [];
  /** The keys that were seen, of each object that is open; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  let keyIsNext = false;
  for (const [token, index] of tokensOf(text)) {
    const keys = open.at(-1);
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : undefined);
      path.push(token === '{' ? '' : 0);
      keyIsNext = token === '{';
      if (token === '[' && !visit(path, index, false)) return;
    } else if (token === '}' || token === ']') {
      open.pop();
      path.pop();
      keyIsNext = false;
    } else if (token === ',') {
      keyIsNext = keys !== undefined;
      if (keys) continue;
      path.push((path.pop() as number) + 1);
      if (!visit(path, index, false)) return;
    } else if (keyIsNext && keys) {
      const key = JSON.parse(token) as string;
      path[path.length - 1] = key;
      const twice = keys.has(key);
      keys.add(key);
      keyIsNext = false;
      if (!visit(path, index, twice)) return;
    }
  }
}
