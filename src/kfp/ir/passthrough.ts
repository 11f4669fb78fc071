import type { Json, Passthrough } from '../../components/definition';

/** A JSON pointer (RFC 6901) of keys. */
export function pointer(path: readonly (string | number)[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The keys of a JSON pointer. */
export function keysOf(text: string): readonly string[] {
  return text
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * A copy of an object with what was passed through put back at its place; places that do not exist are made, and what stands
 * there already is replaced.
 */
export function withPassthrough<T extends object>(object: T, passthrough: Passthrough | undefined, below = ''): T {
  let result: unknown = object;
  for (const [place, value] of Object.entries(passthrough ?? {})) {
    if (place.startsWith(`${below}/`)) result = put(result, keysOf(place.slice(below.length)), value);
  }
  return result as T;
}

function put(into: unknown, [key, ...rest]: readonly string[], value: Json): unknown {
  if (key === undefined) return value;
  if (Array.isArray(into)) {
    const copy = [...into];
    copy[Number(key)] = put(copy[Number(key)], rest, value);
    return copy;
  }
  const copy: Record<string, unknown> = { ...(into as object | undefined) };
  // A plain assignment to `__proto__` would change the object's prototype.
  const member = put(Object.hasOwn(copy, key) ? copy[key] : undefined, rest, value);
  Object.defineProperty(copy, key, { value: member, enumerable: true, configurable: true, writable: true });
  return copy;
}
