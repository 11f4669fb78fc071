import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as readline from 'node:readline';
import type { Readable } from 'node:stream';

/** A program to run in a process group of its own. */
export interface GroupCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
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

/** Programs that are running: whatever ends this process ends them. */
const running = new Map<number, (() => void) | undefined>();
let guarded = false;

/**
 * Runs a program to its end. Whatever it started ends with it: the whole process group is killed when the program exits,
 * when it is stopped, and when this process exits.
 */
export async function runGroup(options: GroupCommand): Promise<GroupExit> {
  if (options.signal?.aborted) return { exitCode: 130, timedOut: false, stopped: true, stderr: [] };
  guard();
  const child = spawn(options.command, [...options.args], {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const group = child.pid;
  if (group === undefined)
    return { exitCode: 127, timedOut: false, stopped: false, stderr: [await startFailure(ended)] };
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
      : setTimeout(() => {
          timedOut = true;
          stop();
        }, options.timeoutMs);
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
  if (guarded) return;
  guarded = true;
  process.once('exit', killAllGroups);
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
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

async function startFailure(ended: Promise<unknown>): Promise<string> {
  try {
    await ended;
    return 'the program did not start';
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'E2BIG' ? 'the inputs are too large to be passed in environment variables' : message;
  }
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

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === 'SIGKILL' ? 9 : signal === 'SIGTERM' ? 15 : signal === 'SIGINT' ? 2 : signal === 'SIGSEGV' ? 11 : 0;
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
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
