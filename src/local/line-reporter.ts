import { styleText } from 'node:util';
import type { Json } from '../components/definition';
import type { PipelineGraph } from '../graph/graph';
import type { Environment } from './environment';
import { Instances } from './instance';
import type { GroupResult, LocalRun, TaskResult, TaskState } from './local-run';
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

/** What a loop, a repeat or an approval came to, in words; empty for other nodes, which say nothing of their own. */
export function showGroup({ iterations, decision }: GroupResult): string {
  if (iterations !== undefined) return `${iterations} iteration${iterations === 1 ? '' : 's'}`;
  return decision ?? '';
}

/** Reports a run line by line: what tasks do, and what they print, each line with the task's name. */
export class LineReporter implements Reporter {
  private readonly instances: Instances;

  /**
   * @param graph the pipeline
   * @param write writes a line
   * @param paint puts styles on text
   */
  public constructor(
    private readonly graph: PipelineGraph,
    private readonly write: (line: string) => void,
    private readonly paint: Paint,
  ) {
    this.instances = new Instances(graph);
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
    const { state, attempts, durationMs, error, outputs, cachedFrom } = result;
    const cached = cachedFrom === undefined ? '' : `  cached from ${cachedFrom}`;
    const time = attempts > 0 ? ` in ${showDuration(durationMs)}` : cached;
    const values = showValues(outputs);
    this.write(`${task}  ${showState(state, this.paint)}${time}${values && `  ${values}`}`);
    if (state === 'Failed') this.write(`${task}  ${this.programOf(task)}: ${error}`);
  }

  public groupEnded(group: string, result: GroupResult): void {
    const what = showGroup(result);
    if (what) this.write(`${group}  ${showState(result.state, this.paint)}  ${what}`);
  }

  public warning(message: string): void {
    this.write(`${this.paint('yellow', 'warning:')} ${message}`);
  }

  /** Where to look for what a task runs. */
  private programOf(task: string): string {
    const node = this.instances.nodeAt(task);
    if (node?.kind !== 'task') return task;
    const { implementation } = this.graph.components[node.component]!;
    if (implementation.kind === 'resource') return `${implementation.action} of an object of the cluster`;
    if (implementation.kind === 'importer') return 'an artifact that exists already';
    return implementation.kind === 'python'
      ? `${implementation.file}:${implementation.line} ${implementation.function}`
      : `image ${implementation.image}`;
  }
}
