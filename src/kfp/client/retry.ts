/** How often, and when, a request is made again that failed in a way that may pass. */
export interface KfpRetry {
  /** How often a request is made at most. @default 5 */
  readonly attempts?: number | undefined;
  /** The longest wait before the second attempt, in milliseconds; it doubles each time. @default 500 */
  readonly baseDelayMs?: number | undefined;
  /** The longest wait, also where the server asks for a longer one. @default 30000 */
  readonly maxDelayMs?: number | undefined;
}

/** Statuses that may pass by themselves. */
export const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * How long to wait before the next attempt: anything up to the exponential limit, so that clients that failed together do
 * not come back together; and what the server asks for, where it does.
 *
 * @param attempt how many attempts there were
 * @param retryAfter the header Retry-After: seconds, or a date
 */
export function delayOf(
  attempt: number,
  { baseDelayMs = 500, maxDelayMs = 30_000 }: KfpRetry,
  retryAfter?: string | null,
): number {
  const limit = Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
  const asked = retryAfter ? askedFor(retryAfter) : undefined;
  return asked === undefined ? Math.random() * limit : Math.min(maxDelayMs, asked + (Math.random() * limit) / 10);
}

function askedFor(retryAfter: string): number | undefined {
  if (/^\d+$/.test(retryAfter.trim())) return Number(retryAfter) * 1000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** Waits; ends at once, with the signal's reason, where it is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}
