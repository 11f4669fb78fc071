import type { GraphRetry, GraphTaskSettings } from '../graph/settings';

/** A failed attempt. */
export interface FailedAttempt {
  /** 1 for the first. */
  readonly number: number;
  readonly exitCode?: number | undefined;
}

/** How long to wait before a task is tried again, in milliseconds; undefined where it is not. */
export function waitBeforeRetry(
  { retry, totalTimeoutSeconds }: GraphTaskSettings,
  { number, exitCode }: FailedAttempt,
  elapsedMs: number,
): number | undefined {
  if (!retry || number > retry.retries || !covers(retry, exitCode)) return undefined;
  const seconds = (retry.backoffSeconds ?? 0) * (retry.backoffFactor ?? 1) ** (number - 1);
  const wait = Math.min(seconds, retry.backoffCapSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  return totalTimeoutSeconds !== undefined && elapsedMs + wait >= totalTimeoutSeconds * 1000 ? undefined : wait;
}

/** Programs that fail are retried by these policies; the others are about pods that are lost, which no process is. */
function covers({ policy, when }: GraphRetry, exitCode: number | undefined): boolean {
  if (policy !== 'Always' && policy !== 'OnFailure') return false;
  return when === undefined || (exitCode !== undefined && when.exitCodes.includes(exitCode));
}

/** The longest that the next attempt may take, in seconds; undefined where there is no limit. */
export function attemptTimeout(
  { timeoutSeconds, totalTimeoutSeconds }: GraphTaskSettings,
  elapsedMs: number,
): number | undefined {
  const limits = [timeoutSeconds, totalTimeoutSeconds && totalTimeoutSeconds - elapsedMs / 1000];
  const known = limits.filter((limit) => limit !== undefined);
  return known.length > 0 ? Math.max(0.001, Math.min(...known)) : undefined;
}
