import type { Json } from '../components/definition';
import type { ApprovalDecision } from '../graph/graph';

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
  /** The run whose result was reused, because an equal task had been run there: there was no attempt. */
  readonly cachedFrom?: string;
}

/** An artifact, or a list of some; of lists, where loops are nested. */
export type LocalArtifacts = LocalArtifact | readonly LocalArtifacts[];

/** What became of a node that is no task: an If, a loop, an exit handler, a call, a repeat or an approval. */
export interface GroupResult {
  readonly state: TaskState;
  /** The branch of an If that was taken, where one was. */
  readonly branch?: string;
  /** How many iterations a loop had, or how many calls a repeat. */
  readonly iterations?: number;
  /** What was decided about an approval. */
  readonly decision?: ApprovalDecision;
  /** Values of its outputs, where it has some. */
  readonly outputs?: Readonly<Record<string, Json>>;
  /** Artifacts among its outputs. */
  readonly artifacts?: Readonly<Record<string, LocalArtifacts>>;
  readonly error?: string;
  /** The earlier run that this result was taken from, in a rerun. */
  readonly reusedFrom?: string;
}

/** A run of a pipeline on this machine. */
export interface LocalRun {
  /** The run's name. */
  readonly name: string;
  /** The pipeline's name. */
  readonly pipeline: string;
  readonly state: RunState;
  /**
   * Results of tasks, exit tasks included, by key: the task's id, with `[i]` for each loop around it, after the key of the
   * call and a slash where it is in a called pipeline (`train`, `search-train[2]`, `first/load`). They are in the order of the
   * graph, iterations by number.
   */
  readonly tasks: Readonly<Record<string, TaskResult>>;
  /** Results of all other nodes, by key. */
  readonly groups: Readonly<Record<string, GroupResult>>;
  /** What the pipeline returned; what is absent is missing. */
  readonly outputs: Readonly<Record<string, Json>>;
  /** Artifacts that the pipeline returned. */
  readonly artifacts: Readonly<Record<string, LocalArtifacts>>;
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
