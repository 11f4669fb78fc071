import type { Dag } from '../graph/graph';
import { type Ended, mayStart } from './dependency';
import type { Frame, NodeEnd } from './frame';
import type { TaskState } from './local-run';
import type { NodeRunner } from './node-runner';

/**
 * Runs the nodes of a DAG by the rules of the Argo manifests: when all that a node depends on has ended, it starts or is
 * omitted; others go on.
 */
export async function runDag(dag: Dag, frame: Frame, runner: NodeRunner): Promise<TaskState> {
  const nodes = new Map(dag.nodes.map((node) => [node.id, node]));
  const turns = new Map<string, Deferred<NodeEnd>>(dag.nodes.map(({ id }) => [id, new Deferred()]));
  const ended = dag.nodes.map(async (node): Promise<Ended> => {
    const upstream = new Map<string, Ended>();
    for (const id of node.dependsOn) {
      const turn = turns.get(id);
      if (turn) upstream.set(id, { node: nodes.get(id)!, end: await turn.promise });
    }
    const incomplete = frame.isStopped || [...upstream.values()].some(({ end }) => isIncomplete(end));
    const end =
      incomplete || !mayStart(node, upstream)
        ? runner.passOver(node, frame, 'Omitted', incomplete)
        : await runner.run(node, frame);
    frame.ends.set(node.id, end);
    turns.get(node.id)!.resolve(end);
    return { node, end };
  });
  return stateOf(await Promise.all(ended));
}

function isIncomplete({ state, incomplete }: NodeEnd): boolean {
  return state === 'Stopped' || incomplete === true;
}

function stateOf(ended: readonly Ended[]): TaskState {
  return worst(
    ended.map(({ node, end }) => {
      if (end.state === 'Failed') return node.continueOnFailure ? 'Succeeded' : 'Failed';
      return end.state === 'Stopped' || !isIncomplete(end) ? end.state : 'Incomplete';
    }),
  );
}

/** The state of what consists of parts. What the pipeline itself skips or omits does not count. */
export function worst(states: readonly (TaskState | 'Incomplete')[]): TaskState {
  if (states.includes('Failed')) return 'Failed';
  if (states.includes('Stopped')) return 'Stopped';
  return states.includes('Incomplete') ? 'Omitted' : 'Succeeded';
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
