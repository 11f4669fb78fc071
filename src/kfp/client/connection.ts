import { type Fetch, fetchTrusting } from './ca-fetch';
import type { KfpClientProps } from './client';
import { KfpError, type KfpRequestLine, kfpProblem, messageOf, printable, statusError } from './errors';
import { below, isLocal } from './host';
import { networkError, networkFailure } from './network-error';
import { delayOf, RETRYABLE, sleep } from './retry';
import { readToken } from './token';

/** How a server is spoken to. */
export interface ConnectionProps
  extends Pick<KfpClientProps, 'token' | 'headers' | 'caFile' | 'allowPlainHttp' | 'timeoutMs' | 'retry'> {
  /** The server's URL, of which paths are below. */
  readonly base: URL;
}

/** A request of the API. */
export interface KfpRequest extends KfpRequestLine {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly json?: unknown;
  /** A file of a form. */
  readonly file?: { readonly field: string; readonly name: string; readonly text: string };
  /** A message in a form that is not JSON. */
  readonly bytes?: { readonly type: string; readonly data: Uint8Array };
  /**
   * True where making it twice does no more than making it once, as with all that read. Others are made again only where
   * the server cannot have got them.
   */
  readonly isRepeatable: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** An answer whose status says that all is well. */
export interface KfpAnswer {
  readonly headers: Headers;
  readonly data: Uint8Array;
}

/** Speaks HTTP with one server: token, TLS, time limits, retries. It never follows a redirection. */
export class Connection {
  /** Truly private: what prints or serialises a client prints no token. */
  readonly #props: ConnectionProps;
  private readonly fetch: Fetch;

  /** @throws KfpError where a secret would go over plain HTTP, or the CA file holds no certificate */
  public constructor(props: ConnectionProps) {
    this.#props = props;
    const { base, caFile, headers = {} } = props;
    const isSecret = props.token !== undefined || Object.keys(headers).some(isCredential);
    if (isSecret && base.protocol === 'http:' && !isLocal(base) && !props.allowPlainHttp) {
      const mend =
        'use https; or, where the network itself is trusted, as inside of a cluster, say so: --allow-plain-http (allowPlainHttp)';
      throw kfpProblem('KFP1801', `the token would go to ${base.origin} over plain HTTP, for all to read`, mend);
    }
    this.fetch = caFile === undefined ? (url, init) => fetch(url, init) : fetchTrusting(caFile);
  }

  /** The object that the server answers with. @throws KfpError */
  public async json<T extends object>(request: KfpRequest): Promise<T> {
    const { data } = await this.send(request);
    const text = Buffer.from(data).toString('utf8');
    try {
      const value: unknown = text.trim() === '' ? {} : JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T;
    } catch {
      // Told of below.
    }
    throw this.notKfp(request, /<html|<!doctype/i.test(text) ? 'a page of HTML' : 'what is no JSON object');
  }

  /** The error for an answer that KFP would not give. */
  public notKfp(request: KfpRequestLine, what: string): KfpError {
    const message = `${request.method} ${request.path}: ${this.#props.base.origin} answered with ${what}`;
    const mend =
      'look at the host, which must be that of KFP with the path that it is served at; and at the token, if what answered is a login page';
    return new KfpError({ code: 'KFP1809', message, mend }, { request });
  }

  /** Makes a request, again where that may help. @throws KfpError */
  public async send(request: KfpRequest): Promise<KfpAnswer> {
    const { retry = {} } = this.#props;
    const { attempts = 5 } = retry;
    let wasAmbiguous = false;
    for (let attempt = 1; ; attempt++) {
      const result = await this.attempt(request, attempt);
      if (!('error' in result)) return result;
      // An earlier attempt removed it, and only its answer was lost.
      const isGone = request.method === 'DELETE' && result.error.status === 404 && wasAmbiguous;
      if (isGone) return { headers: new Headers(), data: new Uint8Array() };
      wasAmbiguous ||= result.error.isAmbiguous;
      const mayHelp = result.isRetryable && (request.isRepeatable || result.isUnsent);
      if (!mayHelp || attempt >= attempts) throw result.error;
      await sleep(delayOf(attempt, retry, result.retryAfter), request.signal);
    }
  }

  private async attempt(request: KfpRequest, attempt: number): Promise<KfpAnswer | Failure> {
    const line = { method: request.method, path: request.path };
    const { base, token, headers = {} } = this.#props;
    const secret = token === undefined ? undefined : await readToken(token);
    const secrets = [...(secret === undefined ? [] : [secret]), ...credentialsIn(headers)];
    const limit = AbortSignal.timeout(this.#props.timeoutMs ?? 60_000);
    const signal = request.signal ? AbortSignal.any([limit, request.signal]) : limit;
    const { body, type } = bodyOf(request);
    try {
      const response = await this.fetch(`${below(base, request.path)}${queryOf(request.query)}`, {
        method: request.method,
        redirect: 'manual',
        signal,
        headers: {
          accept: 'application/json',
          ...headers,
          ...(type && { 'content-type': type }),
          ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
        },
        ...(body !== undefined && { body }),
      });
      const data = await contentOf(response);
      if (!data) return final(this.notKfp(line, `more than ${SIZE_LIMIT / 1024 / 1024} MB`));
      const { status } = response;
      if (response.ok) return { headers: response.headers, data };
      if (status >= 300 && status < 400) return final(this.redirected(line, response.headers.get('location')));
      const said = messageOf(Buffer.from(data).toString('utf8'), secrets);
      const isUnsent = status === 429;
      const isRetryable = RETRYABLE.has(status);
      const isAmbiguous = isRetryable && !isUnsent && request.method !== 'GET';
      const error = statusError(line, status, said, { isAmbiguous, attempts: attempt });
      return { error, isRetryable, isUnsent, retryAfter: response.headers.get('retry-after') };
    } catch (error) {
      if (request.signal?.aborted) throw request.signal.reason;
      const { text, ...rest } = networkFailure(error);
      // What is wrong with a header is told with what it says.
      const failure = { ...rest, text: printable(text, secrets) };
      return { ...failure, error: networkError(line, base.host, failure, attempt) };
    }
  }

  /** A redirection leads to a login page, or to where the token must not go. */
  private redirected(request: KfpRequestLine, location: string | null): KfpError {
    let to = 'elsewhere';
    if (location !== null && URL.canParse(location, this.#props.base.href)) {
      // What a login page is told stands in the query.
      const { origin, pathname } = new URL(location, this.#props.base);
      to = printable(`${origin}${pathname}`);
    }
    const message = `${request.method} ${request.path}: ${this.#props.base.origin} redirects to ${to}, which is not followed`;
    const mend = 'if that is a login page, give a token; else give that URL, without the part from /apis, as the host';
    return new KfpError({ code: 'KFP1808', message, mend }, { request });
  }
}

/** More than any list of KFP's, also where each of its objects holds a pipeline. What gzip packed can be far larger than what came. */
const SIZE_LIMIT = 256 * 1024 * 1024;

/** What an answer holds; undefined where that is too much. */
async function contentOf({ body }: Response): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > SIZE_LIMIT) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Whether a header tells who asks. */
function isCredential(name: string): boolean {
  return /auth|cookie|token|secret|key|jwt/i.test(name);
}

/** What headers say that must not be said again: whole, and word by word, as a cookie of several values may be repeated. */
function credentialsIn(headers: Readonly<Record<string, string>>): readonly string[] {
  const values = Object.entries(headers).flatMap(([name, value]) => (isCredential(name) ? [value] : []));
  const words = values.flatMap((value) => value.split(/[\s;,]+|=/)).filter((word) => word.length >= 8);
  return [...values, ...words].filter((value) => value !== '');
}

interface Failure {
  readonly error: KfpError;
  readonly isRetryable: boolean;
  readonly isUnsent: boolean;
  readonly retryAfter?: string | null;
}

function final(error: KfpError): Failure {
  return { error, isRetryable: false, isUnsent: false };
}

function bodyOf({ json, file, bytes }: KfpRequest): { readonly body?: RequestInit['body']; readonly type?: string } {
  if (json !== undefined) return { body: JSON.stringify(json), type: 'application/json' };
  if (bytes) return { body: bytes.data, type: bytes.type };
  if (!file) return {};
  const form = new FormData();
  form.set(file.field, new Blob([file.text], { type: 'application/yaml' }), file.name);
  return { body: form };
}

function queryOf(query: KfpRequest['query']): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : '';
}
