import type { Diagnostic } from '../../diagnostic';
import { bodiesOf, type Dag, type GraphNode, type PipelineGraph } from '../graph';
import { expressionsOf, subexpressions } from '../walk';

/** No node waits for itself, directly or through others. */
export function cycles(graph: PipelineGraph): readonly Diagnostic[] {
  const inside = readInside(graph);
  return [...inside.values(), ...cyclesIn(graph.root, new Set(inside.keys()))];
}

/** What is inside of a loop or an If and reads what that gives, by the id of the loop or the If. */
function readInside(graph: PipelineGraph): ReadonlyMap<string, Diagnostic> {
  const found = new Map<string, Diagnostic>();
  for (const { expression, site, reader, around } of expressionsOf(graph)) {
    if (around.length === 0) continue;
    for (const part of subexpressions(expression)) {
      const node = part.kind === 'output' ? around.find(({ id }) => id === part.task) : undefined;
      if (!node || found.has(node.id)) continue;
      found.set(node.id, {
        code: 'KFP1224',
        path: site.path,
        message: `${reader} reads what '${node.path}' gives when it has ended, inside of that`,
        mend: 'create the reader outside of it, or let it read the output itself',
      });
    }
  }
  return found;
}

/** @param known ids of nodes whose waiting for themselves is told of where it comes from */
function cyclesIn(dag: Dag, known: ReadonlySet<string>): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const node of dag.nodes) {
    if (node.kind === 'task') continue;
    for (const body of bodiesOf(node)) diagnostics.push(...cyclesIn(body, known));
  }
  // Most pipelines are written in an order in which they could run.
  if (isInOrder(dag.nodes)) return diagnostics;
  for (let stuck = withoutRunnable(dag.nodes); stuck.size > 0; ) {
    const cycle = findCycle(stuck);
    const first = cycle[0]!;
    const isKnown = cycle.length === 1 && known.has(first.id);
    if (!isKnown)
      diagnostics.push({
        code: 'KFP1224',
        path: first.path,
        message: `waits for itself: ${[...cycle, first].map(({ path }) => `'${path}'`).join(' after ')}`,
        mend: 'take out one of the `.after(…)` calls',
      });
    const reported = new Set(cycle);
    stuck = withoutRunnable([...stuck.values()].filter((node) => !reported.has(node)));
  }
  return diagnostics;
}

/** True where each node waits for nodes before it only: then there is no cycle. What is waited for elsewhere is not known here. */
function isInOrder(nodes: readonly GraphNode[]): boolean {
  const before = new Set<string>();
  for (const { id, dependsOn } of nodes) {
    for (const other of dependsOn) if (!before.has(other)) return false;
    before.add(id);
  }
  return true;
}

/** Takes out every node that could run, again and again; what stays is on a cycle or behind one. */
function withoutRunnable(nodes: readonly GraphNode[]): Map<string, GraphNode> {
  const left = new Map(nodes.map((node) => [node.id, node]));
  const waitingFor = new Map<string, number>();
  const waiting = new Map<string, string[]>();
  for (const node of nodes) {
    const known = node.dependsOn.filter((id) => left.has(id));
    waitingFor.set(node.id, known.length);
    for (const id of known) {
      const others = waiting.get(id);
      if (others) others.push(node.id);
      else waiting.set(id, [node.id]);
    }
  }
  const runnable = nodes.filter(({ id }) => waitingFor.get(id) === 0).map(({ id }) => id);
  for (let id = runnable.pop(); id !== undefined; id = runnable.pop()) {
    left.delete(id);
    for (const next of waiting.get(id) ?? []) {
      const count = waitingFor.get(next)! - 1;
      waitingFor.set(next, count);
      if (count === 0) runnable.push(next);
    }
  }
  return left;
}

function findCycle(stuck: ReadonlyMap<string, GraphNode>): GraphNode[] {
  const trail: GraphNode[] = [];
  let node = stuck.values().next().value as GraphNode;
  while (!trail.includes(node)) {
    trail.push(node);
    node = stuck.get(node.dependsOn.find((id) => stuck.has(id))!)!;
  }
  return trail.slice(trail.indexOf(node));
}
