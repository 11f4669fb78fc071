/** A member of a record that users name, where it has one of its own: a port may well be called `constructor`. */
export function memberOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
