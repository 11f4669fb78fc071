/**
 * A value as Python's json.dumps(sort_keys=True) prints it, by which digests of facts are made.
 *
 * @param {[string, string]} separators between items, and after a key
 */
export function pythonJson(value, separators) {
  const [between, colon] = separators;
  const print = (each) => pythonJson(each, separators);
  if (Array.isArray(value)) return `[${value.map(print).join(between)}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.keys(value).sort(byCodePoint);
    return `{${fields.map((key) => `${text(key)}${colon}${print(value[key])}`).join(between)}}`;
  }
  // Fractions, which Python writes in a form of its own, are in none of these objects.
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'string' ? text(value) : JSON.stringify(value);
}

/** Short ones, which lists are sorted by, and the shortest, of which digests are made. */
export const SORTING = [', ', ': '];
export const SHORTEST = [',', ':'];

/** Python's order of texts; JavaScript's own differs beyond the first 65536 characters. */
export function byCodePoint(one, other) {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function text(value) {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
