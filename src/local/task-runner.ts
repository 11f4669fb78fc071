import * as fs from 'node:fs';
import type { ComponentDefinition } from '../components/definition';
import type { TaskNode } from '../graph/graph';
import { type Attempt, prepareAttempt, readOutputs, readRawOutputs } from './attempt';
import type { LocalCache } from './cache';
import { type ContainerEngine, containerCommand } from './container-attempt';
import { importArtifact, whatIsElsewhere } from './importer';
import type { Interpreters } from './interpreter';
import { type GroupCommand, runGroup, sleep } from './process-group';
import { pythonCommand, RUNTIME, terminationLog } from './python-attempt';
import type { Reporter } from './reporter';
import { attemptTimeout, waitBeforeRetry } from './retry';
import type { Slots } from './scheduler';
import { imageOf } from './settings';
import type { Store, StoredTask } from './store';
import { callStub, type Stub, stubCommand, stubOf } from './stub';
import { InstallError, type Venvs } from './venv';

/** What the tasks of a run share. */
export interface TaskEnvironment {
  readonly run: string;
  readonly store: Store;
  readonly reporter: Reporter;
  readonly interpreters: Interpreters;
  readonly venvs: Venvs;
  readonly slots: Slots;
  readonly cache: LocalCache;
  /** Stubs by instance, task id or component name: functions, or paths of programs. */
  readonly stubs: Readonly<Record<string, Stub | string>>;
  readonly engine?: ContainerEngine;
  /** The folder of the Python runtime. */
  readonly runtime?: string;
  /** How long a program may take to end after SIGTERM. */
  readonly graceMs?: number;
}

interface Failure {
  readonly error: string;
  readonly traceback?: string;
  readonly exitCode?: number;
  readonly stopped?: boolean;
  /** True where another attempt would fail likewise. */
  readonly final?: boolean;
}

type Outcome = { readonly texts: Readonly<Record<string, string>> } | Failure;

/** Runs an instance of a task: its attempts, until one succeeds or none is left. `signal` stops it. */
export async function runTask(
  node: TaskNode,
  key: string,
  component: ComponentDefinition,
  inputs: Readonly<Record<string, string>>,
  environment: TaskEnvironment,
  signal: AbortSignal | undefined,
): Promise<StoredTask> {
  const started = Date.now();
  for (let number = 1; ; number++) {
    const timeoutSeconds = attemptTimeout(node.settings, Date.now() - started);
    const attempt = prepareAttempt({
      node: timeoutSeconds === undefined ? node : { ...node, settings: { ...node.settings, timeoutSeconds } },
      key,
      component,
      inputs,
      number,
      run: environment.run,
      store: environment.store,
    });
    const outcome = await environment.slots.use(() => runAttempt(attempt, environment, signal));
    const result = {
      logs: attempt.log,
      startedAt: new Date(started).toISOString(),
      durationMs: Date.now() - started,
      attempts: number,
    };
    if ('texts' in outcome) return { ...result, state: 'Succeeded', texts: outcome.texts, exitCode: 0 };
    const { traceback, exitCode } = outcome;
    const error = outcome.stopped ? outcome.error : outcome.error + whatIsElsewhere(attempt);
    const ended = {
      ...result,
      texts: {},
      error,
      ...(traceback && { traceback }),
      ...(exitCode !== undefined && { exitCode }),
    };
    if (outcome.stopped) return { ...ended, state: 'Stopped' };
    const wait = outcome.final ? undefined : waitBeforeRetry(node.settings, { number, exitCode }, Date.now() - started);
    if (wait === undefined) return { ...ended, state: 'Failed' };
    environment.reporter.note?.(
      key,
      `attempt ${number} failed: ${error}; retrying${wait > 0 ? ` in ${wait / 1000}s` : ''}`,
    );
    await sleep(wait, signal);
    if (signal?.aborted) return { ...ended, state: 'Stopped' };
  }
}

async function runAttempt(
  attempt: Attempt,
  environment: TaskEnvironment,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  if (signal?.aborted) return { error: 'stopped', stopped: true };
  environment.reporter.taskStarted?.(attempt.key, attempt.number);
  const { implementation } = attempt.component;
  const stub = stubOf({ ...attempt.node, key: attempt.key }, environment.stubs);
  try {
    if (typeof stub === 'function') return await stubOutcome(stub, attempt, signal);
    if (typeof stub === 'string') {
      const python = await environment.interpreters.for(imageOf(attempt.node.settings, implementation));
      return await commandOutcome(
        stubCommand(attempt, stub, python.executable),
        readRawOutputs,
        attempt,
        environment,
        signal,
      );
    }
    if (implementation.kind === 'container') {
      if (!environment.engine)
        throw new Error('neither docker nor podman works here, and no stub stands in for the task');
      const { collect, ...command } = containerCommand(attempt, implementation, environment.engine);
      const read = (each: Attempt) => {
        collect?.();
        return readRawOutputs(each);
      };
      try {
        return await commandOutcome(command, read, attempt, environment, signal);
      } finally {
        if (collect) command.cleanup?.();
      }
    }
    if (implementation.kind === 'resource') {
      throw new Error('there is no cluster here, and no stub stands in for the task');
    }
    if (implementation.kind === 'importer') return { texts: await importArtifact(attempt, signal) };
    const interpreter = await environment.interpreters.for(imageOf(attempt.node.settings, implementation));
    const installing = () => {
      const names = implementation.packages?.join(', ') ?? 'nothing yet';
      environment.reporter.note?.(attempt.key, `installing ${names} for Python ${interpreter.version}`);
    };
    // A program installs what it needs by itself, which must be in nobody else's way.
    const owner = implementation.program && JSON.stringify([attempt.key, implementation.program]);
    const packages = owner === undefined ? implementation : { ...implementation, owner };
    const python = await environment.venvs.python(interpreter, packages, installing, signal);
    const command = pythonCommand(attempt, implementation, python, environment.runtime ?? RUNTIME);
    return await commandOutcome(command, readOutputs, attempt, environment, signal);
  } catch (error) {
    const stopped = signal?.aborted ?? false;
    const { message, exitCode } = error as Error & { readonly exitCode?: unknown };
    return {
      error: message,
      stopped,
      final: error instanceof InstallError,
      ...(typeof exitCode === 'number' && { exitCode }),
    };
  }
}

async function commandOutcome(
  command: Pick<GroupCommand, 'command' | 'args' | 'cwd' | 'env' | 'cleanup'>,
  read: (attempt: Attempt) => Readonly<Record<string, string>>,
  attempt: Attempt,
  { reporter, graceMs }: TaskEnvironment,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const { timeoutSeconds } = attempt.node.settings;
  const exit = await runGroup({
    ...command,
    log: attempt.log,
    onLine: (line) => reporter.log?.(attempt.key, line),
    ...(signal && { signal }),
    ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1000 }),
    ...(graceMs !== undefined && { graceMs }),
  });
  const { exitCode } = exit;
  if (exit.stopped) return { error: 'stopped', stopped: true, exitCode };
  const traceback = exit.stderr.join('\n');
  if (exit.timedOut) return { error: `timed out after ${timeoutSeconds}s`, traceback, exitCode };
  if (exitCode !== 0) return { error: failureMessage(attempt, exit.stderr, exitCode), traceback, exitCode };
  return { texts: read(attempt) };
}

/** What a program said last: the runtime's own message, else the last line on stderr. */
function failureMessage(attempt: Attempt, stderr: readonly string[], exitCode: number): string {
  const file = terminationLog(attempt);
  const message = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : '';
  return (
    message ||
    stderr
      .filter((line) => line.trim() !== '')
      .at(-1)
      ?.trim() ||
    `it ended with exit code ${exitCode}`
  );
}

async function stubOutcome(stub: Stub, attempt: Attempt, signal: AbortSignal | undefined): Promise<Outcome> {
  const { timeoutSeconds } = attempt.node.settings;
  const over = new AbortController();
  const interrupted = sleep(
    timeoutSeconds === undefined ? 2 ** 31 - 1 : timeoutSeconds * 1000,
    AbortSignal.any([over.signal, ...(signal ? [signal] : [])]),
  );
  try {
    const texts = await Promise.race([callStub(stub, attempt), interrupted.then(() => undefined)]);
    if (texts) return { texts };
    return signal?.aborted ? { error: 'stopped', stopped: true } : { error: `timed out after ${timeoutSeconds}s` };
  } finally {
    over.abort();
  }
}
