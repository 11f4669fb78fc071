import type { Dependency, GraphNode, NodeState } from '../graph/graph';
import type { NodeEnd } from './frame';

/**
 * Whether a node starts, when all that it depends on has ended.
 *
 * @param upstream what it depends on, by id, with how it ended
 */
export function mayStart(node: GraphNode, upstream: ReadonlyMap<string, Ended>): boolean {
  if (node.runsWhen) return holds(node.runsWhen, upstream);
  return node.dependsOn.every((id) => hasEndedAs(upstream.get(id), ['Succeeded']));
}

/** A node, and how it ended. */
export interface Ended {
  readonly node: GraphNode;
  readonly end: NodeEnd;
}

function holds(dependency: Dependency, upstream: ReadonlyMap<string, Ended>): boolean {
  switch (dependency.kind) {
    case 'ended':
      return hasEndedAs(upstream.get(dependency.node), dependency.states);
    case 'and':
      return dependency.operands.every((operand) => holds(operand, upstream));
    case 'or':
      return dependency.operands.some((operand) => holds(operand, upstream));
    case 'not':
      return !holds(dependency.operand, upstream);
  }
}

function hasEndedAs(ended: Ended | undefined, states: readonly NodeState[]): boolean {
  if (!ended) return false;
  switch (ended.end.state) {
    case 'Succeeded':
      return states.includes('Succeeded');
    case 'Omitted':
      // Who goes on whatever was decided reads the decision, and nothing was; who does not mind a failure need not.
      if (ended.node.kind === 'approval' && states.includes('Succeeded') && !states.includes('Failed')) return false;
      return states.includes('Skipped');
    case 'Skipped':
      return states.includes('Skipped');
    case 'Failed':
      // What goes on in spite of a failure takes it for a success, and may still ask for it.
      return states.includes('Failed') || (ended.node.continueOnFailure === true && states.includes('Succeeded'));
    case 'Stopped':
      return false;
  }
}
