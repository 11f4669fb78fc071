import type { Duration } from 'cdk8s';
import type { GraphRetry } from '../../graph/settings';
import { seconds } from './setting-value';

/** Which failures are retried, where not all of them are. What matches one of these is. */
export interface RetryOn {
  /** Exit codes of the program; 137 is what a container has that used too much memory. @default - none */
  readonly exitCodes?: readonly number[] | undefined;
  /** The pod was lost: deleted, evicted, its node gone. @default false */
  readonly lost?: boolean | undefined;
  /** Whether a container that used too much memory is retried, whatever its exit code. @default - as its exit code, 137, says */
  readonly outOfMemory?: boolean | undefined;
}

/** Waiting time between attempts. */
export interface RetryBackoff {
  /** The first wait. */
  readonly duration: Duration;
  /** What each further wait is multiplied by: a whole number. @default 2 */
  readonly factor?: number | undefined;
  /** The longest wait; needs Argo 3.7 or newer, older engines do not cap. @default - none */
  readonly cap?: Duration | undefined;
}

/**
 * When an attempt is retried.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/retries/
 */
export interface TaskRetry {
  /** How many times to try again after the first attempt. */
  readonly retries: number;
  /**
   * Which failures are retried, in Argo's words: `OnFailure` (the program failed), `OnError` (the pod was lost),
   * `Always` (both), `OnTransientError`.
   * @default 'Always'
   */
  readonly policy?: 'Always' | 'OnFailure' | 'OnError' | 'OnTransientError' | undefined;
  /** Waiting time between attempts. @default - none */
  readonly backoff?: RetryBackoff | undefined;
  /** Of the failures that the policy covers, only these are retried. @default - all */
  readonly on?: RetryOn | undefined;
  /**
   * A condition in Argo's expression language over `lastRetry`, instead of `on`. It stands in the manifest as it is; a local
   * run takes it for true.
   * @default - none
   */
  readonly expression?: string | undefined;
  /**
   * Gives each further attempt this many times the memory of the one before: 2 doubles it. It raises request and limit. The
   * task must ask for memory.
   * @default 1
   */
  readonly memoryFactor?: number | undefined;
  /** Runs each further attempt on another node. @default false */
  readonly otherNode?: boolean | undefined;
}

/** How often and how long a task is tried. */
export interface TaskTiming {
  /** Retries. Layers are merged field by field, over those of presets. @default - none */
  readonly retry?: TaskRetry | undefined;
  /** The longest an attempt may take, from when its pod was scheduled. @default - no limit */
  readonly timeout?: Duration | undefined;
  /** The longest all attempts may take together, with the waits between them. @default - no limit */
  readonly totalTimeout?: Duration | undefined;
}

/** Retries of several layers, the later over the earlier, field by field. */
export function lowerRetry(layers: readonly TaskRetry[]): GraphRetry {
  const given = layers.map((layer) =>
    Object.fromEntries(Object.entries(layer).filter(([, each]) => each !== undefined)),
  );
  const on = layers.some((layer) => layer.on) && Object.assign({}, ...layers.map((layer) => layer.on));
  return lowered({ ...Object.assign({}, ...given), ...(on && { on }) });
}

/** Retries, as plain data. Parts of a second are kept, for a rule to refuse. */
function lowered({
  retries,
  policy = 'Always',
  backoff,
  on,
  expression,
  memoryFactor,
  otherNode,
}: TaskRetry): GraphRetry {
  return {
    retries,
    policy,
    ...(backoff && {
      backoffSeconds: seconds(backoff.duration),
      backoffFactor: backoff.factor ?? 2,
      ...(backoff.cap && { backoffCapSeconds: seconds(backoff.cap) }),
    }),
    ...(on && {
      when: {
        exitCodes: [...(on.exitCodes ?? [])],
        lost: on.lost ?? false,
        ...(on.outOfMemory !== undefined && { outOfMemory: on.outOfMemory }),
      },
    }),
    ...(expression !== undefined && { expression }),
    ...(memoryFactor !== undefined && { memoryFactor }),
    ...(otherNode && { otherNode }),
  };
}
