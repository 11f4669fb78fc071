import type { GroupResult, LocalRun, TaskResult } from './local-run';

/** Is told what happens while a pipeline runs. Tasks and groups are named by the keys of their instances. */
export interface Reporter {
  /** A run began: its name and its folder. */
  runStarted?(run: Pick<LocalRun, 'name' | 'pipeline' | 'folder'>): void;
  /** A task began an attempt, 1 being the first. */
  taskStarted?(task: string, attempt: number): void;
  /** Something about a task that is going on: packages are installed, an attempt failed. */
  note?(task: string, message: string): void;
  /** A task printed a line. */
  log?(task: string, line: string): void;
  /** A task ended, or was skipped or omitted. */
  taskEnded?(task: string, result: TaskResult): void;
  /** A node that is no task ended, or was skipped or omitted. */
  groupEnded?(group: string, result: GroupResult): void;
  /** Something doubtful that does not stop the run. */
  warning?(message: string): void;
  /** The run ended. */
  runEnded?(run: LocalRun): void;
}
