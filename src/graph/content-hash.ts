import { createHash } from 'node:crypto';

/** Eight hexadecimal digits that change with a JSON value: for names of objects that say what they hold. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);
}
