import type { Diagnostic } from '../../../diagnostic';
import {
  allTasks,
  bodiesOf,
  type Dag,
  type GraphNode,
  type PipelineGraph,
  pipelinesOf,
  type TaskNode,
} from '../../../graph/graph';
import type { ClaimFact } from '../facts';

/** Two tasks that may run at the same time; one where it is several iterations of it. */
interface Clash {
  readonly task: TaskNode;
  readonly other?: TaskNode;
}

/** What a node does with a claim: the first of its tasks that mounts it, and those that may at the same time. */
interface Use {
  readonly task: TaskNode;
  readonly clash: Clash | undefined;
}

/** Where tasks that may run at the same time mount a claim of this app that one node, or one pod, has at a time. */
export function volumeProblems(graph: PipelineGraph, claims: readonly ClaimFact[]): readonly Diagnostic[] {
  return claims
    .filter(({ accessModes, namespace }) => namespace === graph.namespace && !accessModes.some(isShared))
    .flatMap(({ name, accessModes }): Diagnostic[] => {
      const clash = new ClaimUses(graph, name).in(graph.root)?.clash;
      if (!clash || isLocked(graph, name)) return [];
      const onePod = accessModes.includes('ReadWriteOncePod');
      const others = clash.other ? `as '${clash.other.id}' may` : 'in several iterations';
      return [
        {
          code: 'KFP1722',
          ...(!onePod && { severity: 'warning' as const }),
          path: clash.task.path,
          message: `mounts '${name}' at the same time ${others}, but one ${onePod ? 'pod' : 'node'} has it at a time (${accessModes.join(', ')})`,
          mend: "give the volume accessModes: ['ReadWriteMany'], or run the tasks one after the other",
        },
      ];
    });
}

function isShared(mode: string): boolean {
  return mode === 'ReadWriteMany' || mode === 'ReadOnlyMany';
}

/** How one claim is used in a pipeline, and in those that it calls. */
class ClaimUses {
  private readonly calls = new Map<string, Use | undefined>();

  public constructor(
    private readonly graph: PipelineGraph,
    private readonly claim: string,
  ) {}

  /** Undefined where nothing mounts it. */
  public in(dag: Dag): Use | undefined {
    const users = dag.nodes.flatMap((node) => {
      const use = this.of(node);
      return use ? [{ node, use }] : [];
    });
    const [first] = users;
    if (!first) return undefined;
    const inside = users.find(({ use }) => use.clash)?.use.clash;
    return { task: first.use.task, clash: inside ?? sideBySide(dag, users) };
  }

  private of(node: GraphNode): Use | undefined {
    switch (node.kind) {
      case 'task':
        return mounts(node, this.claim) ? { task: node, clash: undefined } : undefined;
      case 'pipeline':
      case 'repeat':
        return this.ofCall(node.pipeline);
      case 'loop': {
        const use = this.in(node.body);
        if (!use || use.clash || node.parallelism === 1) return use;
        return { task: use.task, clash: { task: use.task } };
      }
      default: {
        // Of the branches of an If, one runs at most.
        const uses = bodiesOf(node).flatMap((body) => this.in(body) ?? []);
        return uses.find(({ clash }) => clash) ?? uses[0];
      }
    }
  }

  private ofCall(name: string): Use | undefined {
    if (!this.calls.has(name)) {
      // One that calls itself is refused elsewhere.
      this.calls.set(name, undefined);
      const called = this.graph.pipelines[name];
      this.calls.set(name, called && this.in(called.root));
    }
    return this.calls.get(name);
  }
}

function mounts({ settings }: TaskNode, claim: string): boolean {
  return (settings.volumes ?? []).some(
    ({ source }) =>
      (source?.persistentVolumeClaim as { readonly claimName?: unknown } | undefined)?.claimName === claim,
  );
}

/** Two of a DAG's users that nothing makes run one after the other. */
function sideBySide(dag: Dag, users: readonly { readonly node: GraphNode; readonly use: Use }[]): Clash | undefined {
  if (users.length < 2) return undefined;
  const depths = depthsOf(dag);
  const depth = ({ id }: GraphNode) => depths.get(id) ?? 0;
  const byId = new Map(dag.nodes.map((node) => [node.id, node]));
  // Where each leads to the next deeper one, each leads to all that are deeper: pairs need not be looked at.
  const sorted = [...users].sort((a, b) => depth(a.node) - depth(b.node));
  for (const [index, { node, use }] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before && !leadsTo(before.node, node, byId, depth)) return { task: use.task, other: before.use.task };
  }
  return undefined;
}

/** How long the longest way to each node is. */
function depthsOf({ nodes }: Dag): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  const waiting = new Map(nodes.map(({ id, dependsOn }) => [id, new Set(dependsOn).size]));
  const followers = new Map<string, string[]>();
  for (const { id, dependsOn } of nodes) {
    for (const other of new Set(dependsOn)) {
      const known = followers.get(other);
      if (known) known.push(id);
      else followers.set(other, [id]);
    }
  }
  const open = nodes.filter(({ dependsOn }) => dependsOn.length === 0).map(({ id }) => id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const next = (depths.get(id) ?? 0) + 1;
    for (const follower of followers.get(id) ?? []) {
      depths.set(follower, Math.max(next, depths.get(follower) ?? 0));
      const left = waiting.get(follower)! - 1;
      waiting.set(follower, left);
      if (left === 0) open.push(follower);
    }
  }
  return depths;
}

/** Whether one node of a DAG must have ended before another starts. */
function leadsTo(
  from: GraphNode,
  to: GraphNode,
  byId: ReadonlyMap<string, GraphNode>,
  depth: (node: GraphNode) => number,
): boolean {
  const seen = new Set<GraphNode>();
  const open = [to];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node === from) return true;
    // What is no deeper than where it should come from cannot come from there.
    if (seen.has(node) || depth(node) <= depth(from)) continue;
    seen.add(node);
    open.push(...node.dependsOn.flatMap((id) => byId.get(id) ?? []));
  }
  return false;
}

/** Whether one lock keeps all tasks that mount a claim apart. */
function isLocked(graph: PipelineGraph, claim: string): boolean {
  const [first, ...others] = pipelinesOf(graph)
    .flatMap(allTasks)
    .filter((task) => mounts(task, claim))
    .map(({ settings }) => settings.mutexes ?? []);
  return (first ?? []).some((name) => typeof name === 'string' && others.every((names) => names.includes(name)));
}
