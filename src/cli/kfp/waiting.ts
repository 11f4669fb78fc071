import type { Command } from 'commander';
import type { KfpClient } from '../../kfp/client/client';
import { printable } from '../../kfp/client/errors';
import type { KfpApiRun, KfpApiTaskDetail } from '../../kfp/client/types';
import { hasEnded, userTasks } from '../../kfp/client/wait';
import { ENDING_SIGNALS } from '../../local/process-group';
import { InterruptedError } from '../interrupted-error';
import { seconds } from '../option-values';

/** Options of a wait. */
export interface WaitOptions {
  readonly poll?: number;
  readonly waitTimeout?: number;
  readonly output: 'text' | 'json';
}

/** Adds the options of a wait. */
export function withWait(command: Command): Command {
  return command
    .option('--poll <seconds>', 'how long between two looks (default: 5)', seconds)
    .option('--wait-timeout <seconds>', 'when to give up; the run goes on (default: never)', seconds);
}

/** Waits for a run and tells of its progress. The exit code is 1 where it did not succeed. A signal ends the wait alone. */
export async function waitForRun(client: KfpClient, id: string, options: WaitOptions): Promise<KfpApiRun> {
  const progress = options.output === 'json' ? process.stderr : process.stdout;
  const say = (line: string) => void progress.write(`${printable(line)}\n`);
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => controller.abort(new InterruptedError(signal));
  for (const signal of ENDING_SIGNALS) process.on(signal, stop);
  let last: string | undefined;
  try {
    const run = await client.runs.wait(id, {
      ...(options.poll !== undefined && { pollMs: options.poll * 1000 }),
      ...(options.waitTimeout !== undefined && { timeoutMs: options.waitTimeout * 1000 }),
      signal: controller.signal,
      onProgress: (run, changed) => {
        const { state = 'PENDING' } = run;
        const lines = userTasks(changed).map(taskLine);
        const news = state === last ? [] : [`the run is ${state}`];
        // That it has ended comes last.
        for (const line of hasEnded(run) ? [...lines, ...news] : [...news, ...lines]) say(line);
        last = state;
      },
    });
    if (run.error?.message) process.stderr.write(`${printable(run.error.message)}\n`);
    if (run.state !== 'SUCCEEDED') process.exitCode = 1;
    return run;
  } catch (error) {
    if (error instanceof InterruptedError) {
      process.stderr.write(`the run goes on: cdk8s-kfp kfp wait ${id}\n`);
    }
    throw error;
  } finally {
    for (const signal of ENDING_SIGNALS) process.off(signal, stop);
  }
}

function taskLine({ display_name = '', state = 'PENDING', error }: KfpApiTaskDetail): string {
  return `${display_name}  ${state}${error?.message ? `  ${error.message}` : ''}`;
}
