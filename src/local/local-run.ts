import type { Json } from '../components/definition';

/** How a run ended. It is Stopped where it was interrupted. */
export type RunState = 'Succeeded' | 'Failed' | 'Stopped';

/**
 * How a task ended: Skipped where it is inside of a branch that was not taken, Omitted where something upstream did not
 * succeed, so that it never started.
 */
export type TaskState = 'Succeeded' | 'Failed' | 'Skipped' | 'Omitted' | 'Stopped';

/** An artifact that a task made. */
export interface LocalArtifact {
  /** The file or folder that holds the data. It does not exist where the task wrote none, as with metrics. */
  readonly path: string;
  readonly uri: string;
  /** KFP's schema title. */
  readonly type: string;
  readonly metadata: Readonly<Record<string, Json>>;
}

/** What became of a task. */
export interface TaskResult {
  readonly state: TaskState;
  /** Values of output parameters; one that the task did not write is missing. */
  readonly outputs: Readonly<Record<string, Json>>;
  readonly artifacts: Readonly<Record<string, LocalArtifact>>;
  /** What went wrong, in one line where that is possible. */
  readonly error?: string;
  /** The last lines that the last attempt wrote on stderr: a traceback at user code where it raised. */
  readonly traceback?: string;
  /** The exit code of the last attempt. */
  readonly exitCode?: number;
  /** The log of the last attempt; empty where there was none. */
  readonly logs: string;
  /** When the first attempt started, as RFC 3339 text; empty where there was none. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** How many attempts there were. */
  readonly attempts: number;
  /** The earlier run that this result was taken from, in a rerun. */
  readonly reusedFrom?: string;
}

/** What became of an If: the branch that was taken, where one was. */
export interface GroupResult {
  readonly state: TaskState;
  readonly branch?: string;
  readonly error?: string;
}

/** A run of a pipeline on this machine. */
export interface LocalRun {
  /** The run's name. */
  readonly name: string;
  /** The pipeline's name. */
  readonly pipeline: string;
  readonly state: RunState;
  /** Results by task id, those inside of branches and the exit task's included. */
  readonly tasks: Readonly<Record<string, TaskResult>>;
  /** Results of Ifs, by id. */
  readonly groups: Readonly<Record<string, GroupResult>>;
  /** The parameters' values. */
  readonly arguments: Readonly<Record<string, Json>>;
  /** The folder that holds everything about the run. */
  readonly folder: string;
}

/** The result of a task that never ran. */
export function notRun(state: 'Skipped' | 'Omitted' | 'Failed' | 'Stopped', error?: string): TaskResult {
  return {
    state,
    outputs: {},
    artifacts: {},
    ...(error !== undefined && { error }),
    logs: '',
    startedAt: '',
    durationMs: 0,
    attempts: 0,
  };
}
