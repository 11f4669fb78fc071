import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as readline from 'node:readline';
import type { Readable } from 'node:stream';
import type { Environment } from './environment';

/** Node's timers take no more, and fire at once where they are given more: about 25 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A program to run in a process group of its own. */
export interface GroupCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  /** Everything the program prints is written there. */
  readonly log?: string;
  /** Called for each line it prints. */
  readonly onLine?: (line: string) => void;
  /** Stops the program when aborted: SIGTERM first, SIGKILL after a grace period. */
  readonly signal?: AbortSignal;
  /** The longest it may run; then it is stopped likewise. */
  readonly timeoutMs?: number;
  /** How long it may take to end after SIGTERM. @default 5000 */
  readonly graceMs?: number;
  /** Ends what is not in the process group, such as a container. It must be synchronous. */
  readonly cleanup?: () => void;
}

/** How a program ended. */
export interface GroupExit {
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly stopped: boolean;
  /** The last lines on stderr. */
  readonly stderr: readonly string[];
}

const KEPT_LINES = 60;

/** How long a program's output is awaited after its group is gone: a process that left the group may hold it open. */
const DRAIN_MS = 1000;

/** Signals that end a process which does not handle them. */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Programs that are running: whatever ends this process ends them. */
const running = new Map<number, (() => void) | undefined>();
let guards = 0;

/**
 * Runs a program to its end. Whatever it started ends with it: the whole process group is killed when the program exits,
 * when it is stopped, and when this process exits.
 */
export async function runGroup(options: GroupCommand): Promise<GroupExit> {
  if (options.signal?.aborted) return { exitCode: 130, timedOut: false, stopped: true, stderr: [] };
  guard();
  try {
    return await runGuarded(options);
  } finally {
    unguard();
  }
}

async function runGuarded(options: GroupCommand): Promise<GroupExit> {
  let child: ChildProcessByStdio<null, Readable, Readable>;
  try {
    child = spawn(options.command, [...options.args], {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    return notStarted(error);
  }
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const group = child.pid;
  if (group === undefined) return notStarted(await ended.catch((error: unknown) => error));
  running.set(group, options.cleanup);

  const log = options.log === undefined ? undefined : fs.createWriteStream(options.log);
  const stderr: string[] = [];
  const drained = [child.stdout, child.stderr].map((stream) =>
    eachLine(stream, (line) => {
      log?.write(`${line}\n`);
      options.onLine?.(line);
      if (stream !== child.stderr) return;
      stderr.push(line);
      if (stderr.length > KEPT_LINES) stderr.shift();
    }),
  );

  let [stopped, timedOut] = [false, false];
  let kill: NodeJS.Timeout | undefined;
  const stop = () => {
    signalGroup(group, 'SIGTERM');
    kill ??= setTimeout(() => {
      signalGroup(group, 'SIGKILL');
      options.cleanup?.();
    }, options.graceMs ?? 5000);
  };
  const onAbort = () => {
    stopped = true;
    stop();
  };
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const timeout =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(
          () => {
            timedOut = true;
            stop();
          },
          Math.min(options.timeoutMs, LONGEST_TIMER),
        );
  try {
    const { code, signal } = await ended;
    return { exitCode: code ?? 128 + signalNumber(signal), timedOut, stopped, stderr };
  } finally {
    clearTimeout(timeout);
    options.signal?.removeEventListener('abort', onAbort);
    // A program that was asked to end may have left others behind that are still ending: they have their grace too.
    if (kill) await groupGone(group, options.graceMs ?? 5000);
    clearTimeout(kill);
    signalGroup(group, 'SIGKILL');
    if (stopped || timedOut) options.cleanup?.();
    running.delete(group);
    await drain(child, drained);
    await new Promise<void>((resolve) => (log ? log.end(resolve) : resolve()));
  }
}

/** Kills all programs at once, without grace. */
export function killAllGroups(): void {
  for (const [group, cleanup] of running) {
    signalGroup(group, 'SIGKILL');
    cleanup?.();
  }
  running.clear();
}

function guard(): void {
  guards += 1;
  if (guards > 1) return;
  process.on('exit', killAllGroups);
  for (const name of ENDING_SIGNALS) process.prependListener(name, onSignal);
}

function unguard(): void {
  guards -= 1;
  if (guards === 0) removeGuard();
}

function removeGuard(): void {
  process.off('exit', killAllGroups);
  for (const name of ENDING_SIGNALS) process.off(name, onSignal);
}

/** A signal that nobody else handles ends this process without an `exit` event. */
function onSignal(name: NodeJS.Signals): void {
  if (process.listenerCount(name) > 1) return;
  killAllGroups();
  removeGuard();
  process.kill(process.pid, name);
}

/** Sends a signal to a process group, where it is still there. */
export function signalGroup(group: number, signal: string): void {
  try {
    process.kill(-group, signal);
  } catch {
    // It is gone.
  }
}

async function groupGone(group: number, graceMs: number): Promise<void> {
  for (const deadline = Date.now() + graceMs; Date.now() < deadline; await sleep(20)) {
    try {
      process.kill(-group, 0);
    } catch {
      return;
    }
  }
}

function notStarted(error: unknown): GroupExit {
  const { code, message = 'the program did not start' } = error as Partial<NodeJS.ErrnoException>;
  const reason = code === 'E2BIG' ? 'the inputs are too large to be passed in environment variables' : message;
  return { exitCode: 127, timedOut: false, stopped: false, stderr: [reason] };
}

function eachLine(stream: Readable, onLine: (line: string) => void): Promise<void> {
  return new Promise((resolve) => {
    const lines = readline.createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on('line', onLine);
    lines.once('close', resolve);
  });
}

async function drain(child: ChildProcess, drained: readonly Promise<void>[]): Promise<void> {
  const limit = new AbortController();
  await Promise.race([Promise.all(drained), sleep(DRAIN_MS, limit.signal)]);
  limit.abort();
  child.stdout?.destroy();
  child.stderr?.destroy();
}

/** The number of a signal: 128 and this is what a shell gives for what it ended. */
export function signalNumber(signal: string | null): number {
  return signal === null ? 0 : os.constants.signals[signal as keyof typeof os.constants.signals];
}

/** Waits; an aborted signal ends the wait early. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(ms, LONGEST_TIMER));
    signal?.addEventListener('abort', done, { once: true });
  });
}
