import { styleText } from 'node:util';
import type { Json } from '../components/definition';
import { allTasks, type PipelineGraph } from '../graph/graph';
import type { Environment } from './environment';
import type { LocalRun, TaskResult, TaskState } from './local-run';
import type { Reporter } from './reporter';

/** Styles that are used in texts. */
export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';

/** Puts a style on text, where the output shows styles. */
export type Paint = (style: Style, text: string) => string;

/** Styles for a stream: none where it is no terminal, or where the user wants none. */
export function paintFor(stream: { readonly isTTY?: boolean }, env: Environment = process.env): Paint {
  const plain = !stream.isTTY || (env.NO_COLOR ?? '') !== '';
  return plain ? (_style, text) => text : (style, text) => styleText(style, text);
}

const MARKS: Readonly<Record<TaskState, readonly [mark: string, style: Style]>> = {
  Succeeded: ['✔', 'green'],
  Failed: ['✖', 'red'],
  Skipped: ['-', 'dim'],
  Omitted: ['-', 'dim'],
  Stopped: ['■', 'yellow'],
};

/** A state with its mark: `✔ succeeded`. */
export function showState(state: TaskState, paint: Paint): string {
  const [mark, style] = MARKS[state];
  return paint(style, `${mark} ${state.toLowerCase()}`);
}

/** A duration as people read it. */
export function showDuration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)}s`;
  return `${Math.floor(ms / 60_000)}m${String(Math.floor((ms % 60_000) / 1000)).padStart(2, '0')}s`;
}

/** Values in one line, long ones cut off. */
export function showValues(values: Readonly<Record<string, Json>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
      return `${name}=${text.length > 60 ? `${text.slice(0, 57)}…` : text}`;
    })
    .join('  ');
}

/** Reports a run line by line: what tasks do, and what they print, each line with the task's name. */
export class LineReporter implements Reporter {
  private readonly functions: ReadonlyMap<string, string>;

  /**
   * @param graph the pipeline
   * @param write writes a line
   * @param paint puts styles on text
   */
  public constructor(
    graph: PipelineGraph,
    private readonly write: (line: string) => void,
    private readonly paint: Paint,
  ) {
    const tasks = allTasks(graph);
    this.functions = new Map(
      tasks.map(({ id, component }) => {
        const { implementation } = graph.components[component]!;
        return [
          id,
          implementation.kind === 'python'
            ? `${implementation.file}:${implementation.line} ${implementation.function}`
            : `image ${implementation.image}`,
        ];
      }),
    );
  }

  public runStarted({ name, folder }: Pick<LocalRun, 'name' | 'pipeline' | 'folder'>): void {
    this.write(`${this.paint('bold', name)}  ${this.paint('dim', folder)}`);
  }

  public taskStarted(task: string, attempt: number): void {
    this.write(`${task}  running${attempt > 1 ? ` (attempt ${attempt})` : ''}`);
  }

  public note(task: string, message: string): void {
    this.write(`${task}  ${this.paint('yellow', message)}`);
  }

  public log(task: string, line: string): void {
    this.write(`${this.paint('dim', `[${task}]`)} ${line}`);
  }

  public taskEnded(task: string, result: TaskResult): void {
    const { state, attempts, durationMs, error, outputs } = result;
    const time = attempts > 0 ? ` in ${showDuration(durationMs)}` : '';
    const values = showValues(outputs);
    this.write(`${task}  ${showState(state, this.paint)}${time}${values && `  ${values}`}`);
    if (state === 'Failed') this.write(`${task}  ${this.functions.get(task)}: ${error}`);
  }

  public warning(message: string): void {
    this.write(`${this.paint('yellow', 'warning:')} ${message}`);
  }
}
