import { Duration } from 'cdk8s';
import type { TaskRetry } from '../../constructs/settings/retry';
import type { IrTask } from '../ir/types';

/** Retries of a task; undefined where there are none. */
export function retrySetting(policy: IrTask['retryPolicy']): TaskRetry | undefined {
  const retries = policy?.maxRetryCount;
  if (!retries) return undefined;
  const duration = secondsOf(policy.backoffDuration);
  const cap = secondsOf(policy.backoffMaxDuration);
  return {
    retries,
    ...(duration > 0 && {
      backoff: {
        duration: Duration.seconds(duration),
        // KFP's default as well as ours; Argo takes whole numbers only.
        factor: Math.max(1, Math.round(policy.backoffFactor ?? 2)),
        ...(cap > 0 && { cap: Duration.seconds(cap) }),
      },
    }),
  };
}

/** True where the engine cannot multiply by what the policy says. */
export function isRounded(policy: IrTask['retryPolicy']): boolean {
  return policy?.backoffFactor !== undefined && policy.backoffFactor > 0 && !Number.isInteger(policy.backoffFactor);
}

/** A duration of protobuf's: `3600s`, `1.5s`. Those below a second are one. */
function secondsOf(duration: string | undefined): number {
  const seconds = Number(/^(\d+(?:\.\d+)?)s$/.exec(duration ?? '')?.[1] ?? 0);
  return seconds > 0 ? Math.max(1, Math.round(seconds)) : 0;
}
