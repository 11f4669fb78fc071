import type { Diagnostic } from '../../../diagnostic';
import { bodiesOf, type Dag, type GraphNode, type PipelineGraph, type TaskNode } from '../../../graph/graph';
import type { ClaimFact } from '../facts';

/** Where a task stands: the DAGs around it, from the outermost, and the node of each that it is, or is inside of. */
interface Place {
  readonly task: TaskNode;
  readonly steps: readonly { readonly dag: Dag; readonly node: GraphNode }[];
}

/** Where tasks that may run at the same time mount a claim of this app that one node, or one pod, has at a time. */
export function volumeProblems(graph: PipelineGraph, claims: readonly ClaimFact[]): readonly Diagnostic[] {
  const narrow = claims.filter(
    ({ accessModes, namespace }) => namespace === graph.namespace && !accessModes.some(isShared),
  );
  if (narrow.length === 0) return [];
  const places = placesIn(graph.root, []);
  return narrow.flatMap(({ name, accessModes }): Diagnostic[] => {
    const mounting = places.filter(({ task }) => mounts(task, name));
    const together = mounting.find(({ steps }) =>
      steps.some(({ node }) => node.kind === 'loop' && node.parallelism !== 1),
    );
    const pair = together ? undefined : pairOf(mounting);
    const found = together ?? pair?.[1];
    if (!found) return [];
    const onePod = accessModes.includes('ReadWriteOncePod');
    const others = pair ? `as '${pair[0].task.id}' may` : 'in several iterations';
    return [
      {
        code: 'KFP1722',
        ...(!onePod && { severity: 'warning' as const }),
        path: found.task.path,
        message: `mounts '${name}' at the same time ${others}, but one ${onePod ? 'pod' : 'node'} has it at a time (${accessModes.join(', ')})`,
        mend: "give the volume accessModes: ['ReadWriteMany'], or run the tasks one after the other",
      },
    ];
  });
}

function isShared(mode: string): boolean {
  return mode === 'ReadWriteMany' || mode === 'ReadOnlyMany';
}

function mounts({ settings }: TaskNode, claim: string): boolean {
  return (settings.volumes ?? []).some(
    ({ source }) =>
      (source?.persistentVolumeClaim as { readonly claimName?: unknown } | undefined)?.claimName === claim,
  );
}

function placesIn(dag: Dag, around: Place['steps']): Place[] {
  return dag.nodes.flatMap((node) => {
    const steps = [...around, { dag, node }];
    return node.kind === 'task' ? [{ task: node, steps }] : bodiesOf(node).flatMap((body) => placesIn(body, steps));
  });
}

/** Two that nothing makes run one after the other. */
function pairOf(places: readonly Place[]): readonly [Place, Place] | undefined {
  for (const [index, one] of places.entries()) {
    for (const other of places.slice(index + 1)) if (!ordered(one, other)) return [one, other];
  }
  return undefined;
}

function ordered(one: Place, other: Place): boolean {
  const level = one.steps.findIndex(({ node }, index) => other.steps[index]?.node !== node);
  const [a, b] = [one.steps[level], other.steps[level]];
  // Branches of one If: at most one of them runs.
  if (!a || !b || a.dag !== b.dag) return true;
  return leadsTo(a.dag, a.node.id, b.node.id) || leadsTo(a.dag, b.node.id, a.node.id);
}

/** Whether one node of a DAG must have ended before another starts. */
function leadsTo({ nodes }: Dag, from: string, to: string): boolean {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const seen = new Set<string>();
  const open = [to];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === from) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(byId.get(id)?.dependsOn ?? []));
  }
  return false;
}
