import type { Branch, IfNode, PipelineGraph, TaskNode } from '../graph/graph';
import { memberOf } from '../graph/member';
import { encodeValue } from '../values/codec';
import type { Expression } from '../values/expression';
import { describe, isTrue, textOf } from './evaluate';
import { type GroupResult, notRun, type RunState, type TaskState } from './local-run';
import type { Rerun } from './rerun';
import type { RunRecord } from './run-record';
import { type NodeRunner, runDag, tasksOfNode } from './scheduler';
import type { StoredTask } from './store';
import { stubOf } from './stub';
import { runTask, type TaskEnvironment } from './task-runner';

/** Runs a graph: the part of it that is asked for, then the exit task. */
export class LocalRunner implements NodeRunner {
  private readonly warned = new Set<string>();

  public constructor(
    private readonly graph: PipelineGraph,
    private readonly record: RunRecord,
    private readonly rerun: Rerun | undefined,
    private readonly signal: AbortSignal | undefined,
    private readonly environment: TaskEnvironment,
  ) {}

  /** Runs everything that is to run. */
  public async run(): Promise<RunState> {
    const { rerun, graph } = this;
    if (rerun?.only) return this.runOnly(rerun, rerun.only);
    const ended = await runDag(graph.root, this);
    const state: RunState =
      this.isStopped() && ended !== 'Succeeded' ? 'Stopped' : ended === 'Succeeded' ? 'Succeeded' : 'Failed';
    if (!graph.onExit) return state;
    this.record.setFinalStatus(state);
    // It runs however the run ended: what stopped the run does not stop it.
    const exit = await this.start(graph.onExit, undefined);
    return exit === 'Succeeded' || state === 'Stopped' ? state : 'Failed';
  }

  /** Runs a task on the last run's results, all of which are kept, so that a further rerun finds them. */
  private async runOnly({ last }: Rerun, only: TaskNode): Promise<RunState> {
    this.record.reuse(
      last,
      (id) => id !== only.id,
      () => true,
    );
    this.record.setFinalStatus(last.state ?? 'Failed');
    const state = await this.start(only, this.signal);
    return state === 'Succeeded' || state === 'Stopped' ? state : 'Failed';
  }

  public isStopped(): boolean {
    return this.signal?.aborted ?? false;
  }

  public async task(node: TaskNode): Promise<TaskState> {
    if (!this.rerun || this.rerun.tasks.has(node.id)) return this.start(node, this.signal);
    this.record.reuse(
      this.rerun.last,
      (id) => id === node.id,
      () => false,
    );
    return this.record.task(node.id)?.state ?? this.passOver(node, 'Omitted');
  }

  public passOver(node: TaskNode, state: 'Skipped' | 'Omitted'): TaskState {
    return this.end(node, stored(notRun(state)));
  }

  public reuse(node: IfNode): GroupResult | undefined {
    if (!this.rerun || tasksOfNode(node).some(({ id }) => this.rerun!.tasks.has(id))) return undefined;
    const { last } = this.rerun;
    const ids = new Set([node.id, ...tasksOfNode(node).map(({ id }) => id), ...groupIds(node)]);
    this.record.reuse(
      last,
      (id) => ids.has(id),
      (id) => ids.has(id),
    );
    return memberOf(last.groups, node.id) ?? { state: 'Omitted' };
  }

  public branch(node: IfNode): Branch | undefined {
    return node.branches.find(({ condition }) => condition === undefined || isTrue(condition, this.record));
  }

  public group(node: IfNode, result: GroupResult): void {
    this.record.setGroup(node.id, result);
    if (result.error !== undefined) {
      this.environment.reporter.warning?.(`${node.id}: its condition could not be evaluated: ${result.error}`);
    }
  }

  private async start(node: TaskNode, signal: AbortSignal | undefined): Promise<TaskState> {
    const component = this.graph.components[node.component]!;
    let result: StoredTask;
    try {
      const inputs = this.inputsOf(node);
      await this.warnOfInterpreter(node);
      result = await runTask(node, component, inputs, this.environment, signal);
    } catch (error) {
      // Whatever it is, other tasks go on.
      result = stored(notRun('Failed', (error as Error).message));
    }
    return this.end(node, result);
  }

  /** Texts of the inputs that have a value. As on the engine, a default stands for what is left out, not for what is absent. */
  private inputsOf(node: TaskNode): Readonly<Record<string, string>> {
    const component = this.graph.components[node.component]!;
    const texts: Record<string, string> = {};
    for (const [name, port] of Object.entries(component.inputs)) {
      const expression = memberOf(node.inputs, name);
      const text = expression && textOf(expression, this.record);
      if (text !== undefined) texts[name] = text;
      else if (!expression && port.kind === 'parameter' && port.default !== undefined) {
        texts[name] = encodeValue(port.type, port.default);
      } else if (expression && !port.optional)
        throw new Error(`input '${name}' has no value: ${this.absence(expression)}`);
    }
    return texts;
  }

  private absence(expression: Expression): string {
    const state = expression.kind === 'output' ? this.record.task(expression.task)?.state : undefined;
    if (state === undefined) return `${describe(expression)} is absent`;
    return state === 'Succeeded'
      ? `task '${(expression as { task: string }).task}' returned None for its ${describe(expression).split(' of ')[0]}`
      : `${describe(expression)} is absent, as the task was ${state}`;
  }

  /** Says once for each component that its image has another Python than this machine. */
  private async warnOfInterpreter(node: TaskNode): Promise<void> {
    const name = node.component;
    const { implementation } = this.graph.components[name]!;
    if (implementation.kind !== 'python' || stubOf(node, this.environment.stubs) !== undefined) return;
    const { warning } = await this.environment.interpreters.for(implementation.image);
    if (!warning || this.warned.has(name)) return;
    this.warned.add(name);
    this.environment.reporter.warning?.(`${name}: ${warning}`);
  }

  private end(node: TaskNode, result: StoredTask): TaskState {
    this.record.setTask(node.id, result);
    this.environment.reporter.taskEnded?.(node.id, this.record.result(node.id));
    return result.state;
  }
}

function stored({ outputs: _, artifacts: __, ...result }: ReturnType<typeof notRun>): StoredTask {
  return { ...result, texts: {} };
}

/** The Ifs inside of an If. */
function groupIds(node: IfNode): readonly string[] {
  return node.branches.flatMap(({ body }) =>
    body.nodes.flatMap((inner) => (inner.kind === 'if' ? [inner.id, ...groupIds(inner)] : [])),
  );
}
