import { kfpProblem } from './errors';
import { sleep } from './retry';
import type { KfpApiRun, KfpApiState, KfpApiTaskDetail } from './types';

/** How a run is waited for. */
export interface KfpWaitOptions {
  /** How long between two looks, in milliseconds. @default 5000 */
  readonly pollMs?: number | undefined;
  /** When to give up, in milliseconds. @default - never */
  readonly timeoutMs?: number | undefined;
  /** Is told of each change: the run, and the tasks whose state is another one than before. @default - nobody is told */
  readonly onProgress?: ((run: KfpApiRun, changed: readonly KfpApiTaskDetail[]) => void) | undefined;
  /** Ends the wait, not the run. @default - nothing does */
  readonly signal?: AbortSignal | undefined;
}

const ENDED: ReadonlySet<KfpApiState> = new Set(['SUCCEEDED', 'FAILED', 'SKIPPED', 'CANCELED']);

/** True where a run does not go on. */
export function hasEnded(run: KfpApiRun): boolean {
  return run.state !== undefined && ENDED.has(run.state);
}

/** Looks at a run until it has ended. @throws KfpError where the time is up; and what `get` throws */
export async function waitFor(
  get: (signal: AbortSignal | undefined) => Promise<KfpApiRun>,
  { pollMs = 5000, timeoutMs, onProgress, signal }: KfpWaitOptions,
): Promise<KfpApiRun> {
  const until = timeoutMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutMs;
  const states = new Map<string, KfpApiState | undefined>();
  let last: KfpApiState | undefined;
  for (let look = 0; ; look++) {
    const run = await get(signal);
    const changed = (run.run_details?.task_details ?? []).filter(({ task_id = '', state }) => {
      const isNew = states.get(task_id) !== state;
      states.set(task_id, state);
      return isNew;
    });
    if (look === 0 || changed.length > 0 || run.state !== last) onProgress?.(run, changed);
    last = run.state;
    if (hasEnded(run)) return run;
    const left = until - Date.now();
    if (left <= 0) {
      const message = `the run '${run.display_name ?? run.run_id}' has not ended in time: it is ${run.state ?? 'of no state'}`;
      throw kfpProblem('KFP1829', message, 'wait longer; the run goes on');
    }
    await sleep(Math.min(pollMs, left), signal);
  }
}

/** The tasks that a user knows of: without the drivers and executors that KFP adds. */
export function userTasks(tasks: readonly KfpApiTaskDetail[]): readonly KfpApiTaskDetail[] {
  return tasks.filter(({ display_name = '' }) => !/^(root|executor|driver)$|-driver$/.test(display_name));
}
