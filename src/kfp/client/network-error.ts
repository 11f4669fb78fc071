import { KfpError, type KfpRequestLine, printable } from './errors';

/** Why there was no answer. */
export interface NetworkFailure {
  /** Node's code, such as ECONNREFUSED; that of the timeout is ETIMEDOUT. */
  readonly code: string;
  readonly text: string;
  /** True where the server cannot have got the request. */
  readonly isUnsent: boolean;
  /** True where another attempt may do. */
  readonly isRetryable: boolean;
}

/** The connection never stood. */
const UNSENT = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const TLS =
  /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_OSSL_|HOSTNAME_MISMATCH|EPROTO|INVALID_CA)/;

interface Nested extends Error {
  readonly code?: string;
  readonly cause?: Nested;
  readonly errors?: readonly Nested[];
}

/** What lies behind an error that `fetch` throws. */
export function networkFailure(error: unknown): NetworkFailure {
  // Errors of undici say "fetch failed", and why in their cause; several addresses give an AggregateError.
  let inner = error as Nested;
  for (let next = inner.cause ?? inner.errors?.[0]; next; next = inner.cause ?? inner.errors?.[0]) inner = next;
  const isTimeout = inner.name === 'TimeoutError';
  const code = isTimeout ? 'ETIMEDOUT' : (inner.code ?? inner.name);
  const isTls = TLS.test(code);
  // What `fetch` says of the ports of other protocols, before it sends anything; it has no code.
  const isBadPort = inner.message === 'bad port';
  return {
    code,
    text: isTimeout ? 'no answer within the time limit' : inner.message || code,
    isUnsent: UNSENT.has(code) || isTls || isBadPort,
    isRetryable: !isTls && !isBadPort && code !== 'ENOTFOUND',
  };
}

/** The error that a failure stands for. */
export function networkError(
  request: KfpRequestLine,
  host: string,
  { code, text, isUnsent }: NetworkFailure,
  attempts: number,
): KfpError {
  const tries = attempts > 1 ? ` (${attempts} attempts)` : '';
  const isTls = TLS.test(code);
  const why = isTls
    ? `the TLS connection to ${host} is refused`
    : code === 'ENOTFOUND'
      ? `there is no host ${host}`
      : code === 'ECONNREFUSED'
        ? `nothing listens at ${host}`
        : `the connection to ${host} failed`;
  const mend = isTls
    ? "name the server's certificate authority with --ca-file (caFile); or, if it speaks plain HTTP, write http://"
    : code === 'ENOTFOUND'
      ? 'look at the host; a service of a cluster has a name only inside of it'
      : 'look at the host and port, at a `kubectl port-forward` if there is one, and at the network';
  const message = `${request.method} ${request.path}: ${why}: ${printable(text)}${tries}`;
  return new KfpError(
    { code: isTls ? 'KFP1805' : 'KFP1804', message, mend },
    { request, isAmbiguous: !isUnsent && request.method !== 'GET' },
  );
}
