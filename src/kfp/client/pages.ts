import type { Connection } from './connection';

/** The most that a server gives at once. */
const PAGE_SIZE = 200;
/** A million objects. */
const PAGE_LIMIT = 5000;

/** What to list. */
export interface ListRequest {
  readonly path: string;
  /** The answer's field that holds the objects. */
  readonly field: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Only what has this display name. */
  readonly displayName?: string | undefined;
  /** How many at most. @default - all */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How lists are bounded. */
export interface KfpListOptions {
  /** How many at most, the newest first. @default - all */
  readonly limit?: number | undefined;
  /** Ends the call. @default - nothing does */
  readonly signal?: AbortSignal | undefined;
}

/** All pages of a list, the newest object first. @throws KfpError */
export async function list<T extends object>(connection: Connection, request: ListRequest): Promise<readonly T[]> {
  const { path, field, query, displayName, limit = Number.POSITIVE_INFINITY, signal } = request;
  // The server takes a filter out of its URL encoding once more than other fields.
  const filter =
    displayName === undefined
      ? undefined
      : encodeURIComponent(
          JSON.stringify({ predicates: [{ operation: 'EQUALS', key: 'display_name', string_value: displayName }] }),
        );
  const found: T[] = [];
  const tokens = new Set<string>();
  for (let token = ''; found.length < limit; ) {
    const answer = await connection.json<Readonly<Record<string, unknown>>>({
      method: 'GET',
      path,
      query: {
        ...query,
        page_size: Math.min(PAGE_SIZE, limit - found.length),
        page_token: token,
        sort_by: 'created_at desc',
        filter,
      },
      isRepeatable: true,
      signal,
    });
    const page = answer[field] ?? [];
    const isList = Array.isArray(page) && page.every((each) => typeof each === 'object' && each !== null);
    if (!isList) throw connection.notKfp({ method: 'GET', path }, `no list of ${field}`);
    found.push(...(page as T[]));
    const next = answer.next_page_token;
    if (typeof next !== 'string' || next === '') break;
    // A server that gives one page for ever would be asked for ever.
    if (tokens.has(next)) throw connection.notKfp({ method: 'GET', path }, 'the same page again and again');
    if (tokens.size === PAGE_LIMIT) throw connection.notKfp({ method: 'GET', path }, 'pages without end');
    tokens.add(next);
    token = next;
  }
  return found.slice(0, limit);
}
