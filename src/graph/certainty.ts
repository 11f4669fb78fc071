import type { Dag, Dependency, GraphNode, NodeState } from './graph';
import { once } from './once';

/**
 * Whether what a node reads from another one beside it is certain to exist: the other has succeeded wherever this runs.
 */
export function isCertain(node: Pick<GraphNode, 'runsWhen'>, upstream: GraphNode): boolean {
  if (upstream.continueOnFailure) return false;
  if (!node.runsWhen) return true;
  return conjuncts(node.runsWhen).some(
    (term) => term.kind === 'ended' && term.node === upstream.id && isSuccess(term.states, upstream),
  );
}

/** An approval decides also where it does not approve. */
function isSuccess(states: readonly NodeState[], { kind }: GraphNode): boolean {
  return states.every((state) => state === 'Succeeded' || (kind === 'approval' && state === 'Skipped'));
}

/**
 * Whether a node may not have run, or not to its end, although what it stands in has succeeded: so what it gives to the
 * outside may be absent.
 */
export function mayBeMissing(node: GraphNode, dag: Dag): boolean {
  return missingIn(dag).has(node);
}

/** Found once for each DAG: every output of it asks. */
const missingIn = once(({ nodes }: Dag): ReadonlySet<GraphNode> => {
  const byId = new Map(nodes.map((each) => [each.id, each]));
  const known = new Map<string, boolean>();
  const isSureToRun = (id: string): boolean => {
    const each = byId.get(id);
    const found = known.get(id);
    if (!each || found !== undefined) return found ?? true;
    // A cycle is refused as one.
    known.set(id, true);
    const sure = each.runsWhen ? holds(each.runsWhen) : each.dependsOn.every((upstream) => succeeds(upstream));
    known.set(id, sure);
    return sure;
  };
  const succeeds = (id: string) => byId.get(id)?.kind !== 'approval' && isSureToRun(id);
  const holds = (condition: Dependency): boolean => {
    switch (condition.kind) {
      case 'ended': {
        const { node: id, states } = condition;
        return states.includes('Succeeded') && (states.includes('Skipped') || succeeds(id));
      }
      case 'and':
        return condition.operands.every(holds);
      case 'or':
        return condition.operands.some(holds);
      case 'not':
        return false;
    }
  };
  return new Set(nodes.filter(({ id, continueOnFailure }) => continueOnFailure || !isSureToRun(id)));
});

/** The conditions that must all hold. */
function conjuncts(condition: Dependency): readonly Dependency[] {
  return condition.kind === 'and' ? condition.operands.flatMap(conjuncts) : [condition];
}
