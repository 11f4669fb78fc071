import type { Branch, Dag, GraphNode, IfNode, TaskNode } from '../graph/graph';
import { tasksOf } from '../graph/graph';
import type { GroupResult, TaskState } from './local-run';

/** What is done with the nodes of a graph when their turn has come. */
export interface NodeRunner {
  /** Runs a task to its end. */
  task(node: TaskNode): Promise<TaskState>;
  /** Is told of a task that does not run. */
  passOver(node: TaskNode, state: 'Skipped' | 'Omitted'): void;
  /** The result of an If that an earlier run has; undefined where it is to be run. */
  reuse(node: IfNode): GroupResult | undefined;
  /**
   * The branch that is taken; undefined where no condition holds.
   *
   * @throws where a condition cannot be evaluated
   */
  branch(node: IfNode): Branch | undefined;
  /** Is told the result of an If. */
  group(node: IfNode, result: GroupResult): void;
  /** True when nothing more is to be started. */
  isStopped(): boolean;
}

/**
 * Runs the nodes of a DAG by the rules of the Argo manifests: a node starts when all that it depends on has succeeded, and
 * is omitted where that cannot happen any more; other branches go on.
 */
export async function runDag(dag: Dag, runner: NodeRunner): Promise<TaskState> {
  const states = new Map<string, Deferred<TaskState>>(dag.nodes.map(({ id }) => [id, new Deferred()]));
  const ended = dag.nodes.map(async (node) => {
    const upstream = await Promise.all(node.dependsOn.map((id) => states.get(id)?.promise));
    const state =
      runner.isStopped() || upstream.some((state) => state !== 'Succeeded')
        ? passOverAll(node, 'Omitted', runner)
        : await runNode(node, runner);
    states.get(node.id)!.resolve(state);
    return state;
  });
  return worst(await Promise.all(ended));
}

async function runNode(node: GraphNode, runner: NodeRunner): Promise<TaskState> {
  if (node.kind === 'task') return runner.task(node);
  const reused = runner.reuse(node);
  if (reused) return reused.state;
  let taken: Branch | undefined;
  try {
    taken = runner.branch(node);
  } catch (error) {
    for (const branch of node.branches) passOverDag(branch.body, 'Omitted', runner);
    runner.group(node, { state: 'Failed', error: (error as Error).message });
    return 'Failed';
  }
  for (const branch of node.branches) if (branch !== taken) passOverDag(branch.body, 'Skipped', runner);
  const state = taken ? await runDag(taken.body, runner) : 'Succeeded';
  runner.group(node, { state, ...(taken && { branch: taken.id }) });
  return state;
}

function passOverAll(node: GraphNode, state: 'Skipped' | 'Omitted', runner: NodeRunner): TaskState {
  if (node.kind === 'task') runner.passOver(node, state);
  else {
    for (const branch of node.branches) passOverDag(branch.body, state, runner);
    runner.group(node, { state });
  }
  return state;
}

function passOverDag(dag: Dag, state: 'Skipped' | 'Omitted', runner: NodeRunner): void {
  for (const node of dag.nodes) passOverAll(node, state, runner);
}

/** The state of a DAG. What was omitted was so because of something that failed, or was stopped, beside it. */
function worst(states: readonly TaskState[]): TaskState {
  if (states.includes('Failed')) return 'Failed';
  if (states.includes('Stopped')) return 'Stopped';
  return states.includes('Omitted') ? 'Omitted' : 'Succeeded';
}

/** The tasks of a node. */
export function tasksOfNode(node: GraphNode): readonly TaskNode[] {
  return tasksOf({ nodes: [node] });
}

/** Lets so many things happen at the same time, in the order in which they asked. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  public constructor(private free: number) {}

  /** Does something when a slot is free. */
  public async use<T>(action: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await action();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}

class Deferred<T> {
  public resolve!: (value: T) => void;
  public readonly promise = new Promise<T>((resolve) => {
    this.resolve = resolve;
  });
}
