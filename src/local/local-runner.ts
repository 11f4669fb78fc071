import { bodiesOf, type ExitNode, type GraphNode, type PipelineGraph } from '../graph/graph';
import { type Decisions, runApproval } from './approval';
import { runBranches } from './branches';
import { callPipeline, repeatPipeline } from './call';
import { Frame, type NodeEnd } from './frame';
import { instancesOf, withInner } from './instance';
import type { RunState } from './local-run';
import { runLoop } from './loop';
import type { GroupEnd, NodeRunner } from './node-runner';
import { outputTexts } from './outputs';
import type { Rerun } from './rerun';
import type { RunRecord } from './run-record';
import { runDag } from './scheduler';
import type { StoredGroup, StoredTask } from './store';
import type { TaskEnvironment } from './task-runner';
import { storedTask, TaskStarter } from './task-starter';

/** How a run ended, and the texts of what the pipeline returned. */
export interface RunEnd {
  readonly state: RunState;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs a graph: the part of it that is asked for, then the exit task. */
export class LocalRunner implements NodeRunner {
  private readonly root: Frame;
  private readonly tasks: TaskStarter;

  public constructor(
    public readonly graph: PipelineGraph,
    private readonly record: RunRecord,
    private readonly rerun: Rerun | undefined,
    signal: AbortSignal | undefined,
    private readonly environment: TaskEnvironment,
    private readonly decisions: Decisions,
  ) {
    const execution = { pipeline: graph, prefix: '', parameters: record.arguments, finalStatus: '' };
    this.root = new Frame(execution, signal, record);
    this.tasks = new TaskStarter(graph, environment);
  }

  /** Runs everything that is to run. */
  public async runAll(): Promise<RunEnd> {
    const { rerun, root, graph } = this;
    if (rerun?.only) return { state: await this.runOnly(rerun, rerun.only), outputs: {} };
    const ended = await runDag(graph.root, root, this);
    const state: RunState =
      root.isStopped && ended !== 'Succeeded' ? 'Stopped' : ended === 'Succeeded' ? 'Succeeded' : 'Failed';
    const outputs = state === 'Succeeded' ? outputTexts(graph.root, root) : {};
    if (!graph.onExit) return { state, outputs };
    this.setFinalStatus(root, state);
    // It runs however the run ended: what stopped the run does not stop it.
    const exit = await this.execute(graph.onExit, root.unstoppable());
    return { state: exit.state === 'Succeeded' || state === 'Stopped' ? state : 'Failed', outputs };
  }

  /** Runs a node on the last run's results, all of which are kept, so that a further rerun finds them. */
  private async runOnly({ last }: Rerun, only: GraphNode): Promise<RunState> {
    const runsAgain = instancesOf(only);
    this.record.reuse(last, (key) => !runsAgain(key));
    for (const [id, end] of this.record.plainEnds()) this.root.ends.set(id, end);
    this.setFinalStatus(this.root, last.state ?? 'Failed');
    const { state } = await this.execute(only, this.root);
    if (state === 'Stopped') return state;
    // What was not approved is skipped, and no failure.
    return state === 'Succeeded' || state === 'Skipped' ? 'Succeeded' : 'Failed';
  }

  public async run(node: GraphNode, frame: Frame): Promise<NodeEnd> {
    return this.reused(node, frame) ?? this.execute(node, frame);
  }

  public async runExit(node: ExitNode, frame: Frame): Promise<void> {
    const end = await this.execute(node, frame.unstoppable());
    frame.ends.set(node.id, end);
    if (end.state === 'Succeeded') return;
    this.warn(`${frame.keyOf(node.id)} runs on exit: that it was ${end.state} does not make the run fail`);
  }

  public passOver(node: GraphNode, frame: Frame, state: 'Skipped' | 'Omitted', incomplete = false): NodeEnd {
    const marks = incomplete ? { incomplete } : {};
    const key = frame.keyOf(node.id);
    if (node.kind === 'task') return this.endTask(key, { ...storedTask(state), ...marks });
    // What is inside of a loop or a call has no instance.
    const bodies = node.kind === 'loop' ? [] : bodiesOf(node);
    for (const inner of bodies.flatMap(({ nodes }) => nodes)) this.passOver(inner, frame, state, incomplete);
    if (node.kind === 'exit-handler' && node.onExit) this.passOver(node.onExit, frame, state, incomplete);
    return this.endGroup(key, { state, ...marks });
  }

  public setFinalStatus(frame: Frame, state: NodeEnd['state']): void {
    frame.execution.finalStatus = this.record.statusOfExecution(frame, state);
  }

  /** How a node ended in the last run, where a rerun takes that over; undefined where it is to be run. */
  private reused(node: GraphNode, frame: Frame): NodeEnd | undefined {
    const { rerun } = this;
    // A call that runs again runs as a whole.
    if (!rerun || frame.execution.prefix !== '' || rerun.nodes.has(node.id)) return undefined;
    if (node.kind === 'if' && withInner(node).some(({ id }) => rerun.nodes.has(id))) return undefined;
    this.record.reuse(rerun.last, instancesOf(node));
    const end = this.record.endOf(node.id);
    if (end) return end;
    if (node.kind === 'task') return this.passOver(node, frame, 'Omitted', true);
    return { state: 'Omitted', texts: {}, incomplete: true };
  }

  private async execute(node: GraphNode, frame: Frame): Promise<NodeEnd> {
    const key = frame.keyOf(node.id);
    if (node.kind === 'task') return this.endTask(key, await this.tasks.start(node, frame));
    let result: StoredGroup;
    try {
      const { texts, ...ended } = await this.runGroup(node, frame);
      const marks = ended.state === 'Omitted' ? { incomplete: true } : {};
      result = { ...ended, ...marks, ...(texts && Object.keys(texts).length > 0 && { texts }) };
    } catch (error) {
      result = { state: 'Failed', error: (error as Error).message };
    }
    if (result.state === 'Failed' && result.error !== undefined) this.warn(`${key} failed: ${result.error}`);
    const end = this.endGroup(key, result);
    if (node.kind === 'exit-handler' && node.onExit) {
      // What runs on exit may ask how the handler ended.
      frame.ends.set(node.id, end);
      await this.runExit(node.onExit, frame);
    }
    return end;
  }

  private async runGroup(node: Exclude<GraphNode, { kind: 'task' }>, frame: Frame): Promise<GroupEnd> {
    switch (node.kind) {
      case 'if':
        return runBranches(node, frame, this);
      case 'loop':
        return runLoop(node, frame, this);
      case 'pipeline':
        return callPipeline(node, frame, this);
      case 'repeat':
        return repeatPipeline(node, frame, this);
      case 'approval':
        return runApproval(node, frame, this.decisions);
      case 'exit-handler': {
        const body = frame.inside();
        const state = await runDag(node.body, body, this);
        return { state, texts: state === 'Succeeded' ? outputTexts(node.body, body) : {} };
      }
    }
  }

  private endTask(key: string, result: StoredTask): NodeEnd {
    this.record.setTask(key, result);
    this.environment.reporter.taskEnded?.(key, this.record.result(key));
    return this.record.endOf(key)!;
  }

  private endGroup(key: string, result: StoredGroup): NodeEnd {
    this.record.setGroup(key, result);
    this.environment.reporter.groupEnded?.(key, this.record.group(key));
    return this.record.endOf(key)!;
  }

  private warn(message: string): void {
    this.environment.reporter.warning?.(message);
  }
}
