import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { readIfPresent } from './read-if-present';

/** How often a holder says that it is still there, and after how long without it is taken to be gone. */
const BEAT_MS = 5_000;
const GONE_MS = 60_000;

/**
 * Does something that no other holder of the lock does at the same time, in this process or another. The lock of a process
 * that was killed is taken over.
 *
 * @param file the lock
 * @param wait is called again and again while another one holds it, with the number of calls before
 * @param signal where it is aborted, the wait ends, and the action begins, which has to ask for itself
 */
export async function exclusively<T>(
  file: string,
  wait: (waited: number) => Promise<void>,
  signal: AbortSignal | undefined,
  action: () => Promise<T>,
): Promise<T> {
  let isHeld = take(file);
  for (let waited = 0; !isHeld && !signal?.aborted; waited++) {
    await wait(waited);
    // Where two find it abandoned at once, both may go on: what is locked here is safe to be done twice.
    if (isAbandoned(file)) fs.rmSync(file, { force: true });
    isHeld = take(file);
  }
  if (!isHeld) return action();
  const beat = setInterval(() => touch(file), BEAT_MS);
  beat.unref();
  try {
    return await action();
  } finally {
    clearInterval(beat);
    fs.rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  try {
    fs.writeFileSync(file, `${process.pid} ${os.hostname()}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAbandoned(file: string): boolean {
  const touched = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (touched === undefined) return false;
  const [pid, host] = readIfPresent(file)?.trim().split(' ') ?? [];
  return Date.now() - touched > GONE_MS || (host === os.hostname() && !isRunning(Number(pid)));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function touch(file: string): void {
  try {
    const now = new Date();
    fs.utimesSync(file, now, now);
  } catch {
    // Somebody removed it: the others go on without waiting.
  }
}
