import type { Json, ParameterType } from '../components/definition';
import { ABSENT, decodeValue, encodeJson, encodeValue, escapeJson } from '../values/codec';
import { isArtifactType, type ValueType } from '../values/expression';

/** Absence has a text of its own, which no reader of an expression should see. */
export function present(text: string | undefined): string | undefined {
  return text === undefined || text === ABSENT ? undefined : text;
}

/** The text of a value that is no artifact. One of unknown type is written as what it is. */
export function encodeText(type: ValueType, value: Json): string {
  if (type !== 'UNKNOWN') return encodeValue(type as ParameterType, value);
  return encodeValue(typeof value === 'string' ? 'STRING' : 'STRUCT', value);
}

/**
 * The value of a text that is no artifact's; undefined where it is absent. A text of unknown type is what it says as JSON,
 * and a string where it is none.
 *
 * @throws where the text is no value of the type
 */
export function decodeText(type: ValueType, text: string): Json | undefined {
  if (type !== 'UNKNOWN') return decodeValue(type as ParameterType, text);
  const body = unprefixed(text);
  if (body === '') return text === ABSENT ? undefined : '';
  try {
    const value = JSON.parse(body) as Json;
    return typeof value === 'string' && body === text ? text : value;
  } catch {
    return text;
  }
}

/**
 * The texts of a list's elements.
 *
 * @param itemType what the elements are
 * @throws where the text is no list
 */
export function elementsOf(text: string, itemType: ValueType): readonly string[] {
  const list = decodeValue('LIST', text);
  if (!Array.isArray(list)) throw new TypeError('the list of items is None');
  if (isArtifactType(itemType)) {
    return list.map((element) => (typeof element === 'string' ? element : escapeJson(encodeJson(element as Json))));
  }
  if (itemType === 'NUMBER_INTEGER') {
    // Taken from the text, which has the digits that a large number would lose.
    const numbers = unprefixed(text).slice(1, -1).split(',');
    if (numbers.every((number) => /^-?\d+$/.test(number))) return numbers;
  }
  return list.map((element) => encodeText(itemType, element as Json));
}

/** The text of the list of values of one type: of references, where they are artifacts'. */
export function listText(type: ValueType, texts: readonly string[]): string {
  if (isArtifactType(type)) return `[${texts.map(unprefixed).join(',')}]`;
  const values = texts.map((text): Json | bigint => {
    const value = decodeText(type, text) ?? null;
    // A list cannot hold a number that is not finite, and a large one would lose digits.
    if (typeof value === 'number' && !Number.isFinite(value)) return null;
    const digits = unprefixed(text);
    return type === 'NUMBER_INTEGER' && /^-?\d+$/.test(digits) ? BigInt(digits) : value;
  });
  return encodeValue('LIST', values as readonly Json[]);
}

/** The text of the list of the elements of several lists. They are joined as texts, which have all digits of large numbers. */
export function joinedLists(texts: readonly string[]): string {
  const lists = texts.filter((text) => decodeValue('LIST', text) !== null);
  const elements = lists.map((text) => unprefixed(text).slice(1, -1)).filter((text) => text !== '');
  return `${lists.some((text) => text.startsWith(ABSENT)) ? ABSENT : ''}[${elements.join(',')}]`;
}

function unprefixed(text: string): string {
  return text.startsWith(ABSENT) ? text.slice(ABSENT.length) : text;
}
