import { Dependency as Condition } from '../constructs/dependency';
import type { ScopeNode } from '../constructs/task-scope';
import { type Dependency, endingsIn, type NodeState } from './graph';
import type { Scopes } from './scope';

/** Nodes whose outputs are read, and nodes that were named to be waited for. */
export interface Upstream {
  readonly read: ScopeNode[];
  readonly awaited: ScopeNode[];
}

/** None yet. */
export function upstream(): Upstream {
  return { read: [], awaited: [] };
}

/** What a node waits for, in the graph's terms. */
export interface Waiting {
  readonly dependsOn: readonly string[];
  readonly runsWhen?: Dependency;
}

const ENDED: readonly NodeState[] = ['Succeeded', 'Failed', 'Skipped'];

/**
 * What a node waits for: of everything upstream, the node that stands beside it, because a task inside of an If is waited
 * for by waiting for the If. What shares no scope with it, being in another pipeline or an exit task, is kept by its path
 * for the rules to refuse.
 *
 * @param inside what it reads, and what is read and awaited inside of it
 */
export function waitingOf(node: ScopeNode, inside: Upstream, scopes: Scopes): Waiting {
  const { read, awaited } = inside;
  const isPlain = awaited.length === 0 && node.upstream.length === 0 && !node.ignoresUpstreamFailure;
  return isPlain && !read.some(isApproval)
    ? { dependsOn: besideIds(node, read, scopes) }
    : conditional(node, inside, scopes);
}

/** Most nodes read something and were told nothing: they wait for all that they read. */
function besideIds(node: ScopeNode, read: readonly ScopeNode[], scopes: Scopes): readonly string[] {
  if (read.length === 1) {
    const id = besideId(node, read[0]!, scopes);
    return id === undefined ? [] : [id];
  }
  const ids = new Set<string>();
  for (const other of read) {
    const id = besideId(node, other, scopes);
    if (id !== undefined) ids.add(id);
  }
  return [...ids];
}

function isApproval({ kind }: ScopeNode): boolean {
  return kind === 'approval';
}

function conditional(node: ScopeNode, { read, awaited }: Upstream, scopes: Scopes): Waiting {
  const { upstream, ignoresUpstreamFailure } = node;
  const data = new Set<string>();
  const order = new Set<string>();
  const conditions: Dependency[] = [];
  const approvals = new Set<string>();
  for (const other of read) {
    const id = besideId(node, other, scopes);
    if (id === undefined) continue;
    data.add(id);
    if (isApproval(other) && isBeside(node, other, scopes)) approvals.add(id);
  }
  for (const other of awaited) {
    const id = besideId(node, other, scopes);
    if (id !== undefined) order.add(id);
  }
  for (const other of upstream) {
    if (!(other instanceof Condition)) {
      // How something ended can be asked of what is beside only: a failure of anything else is not ignored, and whether
      // an approval was given is not known outside of what it stands in.
      const isAsked = ignoresUpstreamFailure || (other as ScopeNode).kind === 'approval';
      const id =
        isAsked && !isAroundOrBeside(node, other as ScopeNode, scopes, ignoresUpstreamFailure)
          ? `/${other.node.path}`
          : besideId(node, other as ScopeNode, scopes);
      if (id !== undefined) order.add(id);
    } else conditions.push(lower(other.tree, node, scopes));
  }
  const named = new Set(conditions.flatMap(endingsIn).map((ending) => ending.node));
  const dependsOn = [...new Set([...data, ...order, ...named])];
  // A decision exists whatever it is; only what runs after the approval asks that it was given.
  const decided = [...data].filter((id) => approvals.has(id) && !order.has(id) && !named.has(id));
  if (!ignoresUpstreamFailure && conditions.length === 0 && decided.length === 0) return { dependsOn };
  const terms = dependsOn
    .filter((id) => order.has(id) || !named.has(id))
    .map((id): Dependency => {
      const states = ignoresUpstreamFailure
        ? ENDED
        : decided.includes(id)
          ? ENDED.filter((s) => s !== 'Failed')
          : ['Succeeded' as const];
      return { kind: 'ended', node: id, states };
    });
  const operands = [...terms, ...conditions];
  if (operands.length === 0) return { dependsOn };
  return { dependsOn, runsWhen: operands.length === 1 ? operands[0]! : { kind: 'and', operands } };
}

/** The id of the node beside; undefined for what is around or inside of the node itself, for which it does not wait. */
function besideId(node: ScopeNode, other: ScopeNode, scopes: Scopes): string | undefined {
  if (!scopes.homeOf(other)) return `/${other.node.path}`;
  const found = scopes.beside(node, other);
  // What a node reads from inside of itself is no edge; being told to run after itself is, and is refused as a cycle.
  return found && (found !== node || other === node) ? scopes.idOf(found) : undefined;
}

function isBeside(node: ScopeNode, other: ScopeNode, scopes: Scopes): boolean {
  return scopes.homeOf(other) !== undefined && scopes.homeOf(other) === scopes.homeOf(node);
}

/** Whether a node can wait for another one as that is: beside it, or further out, for which all that is round it waits. */
function isAroundOrBeside(node: ScopeNode, other: ScopeNode, scopes: Scopes, besideOnly: boolean): boolean {
  const home = scopes.homeOf(other);
  if (!home || besideOnly) return isBeside(node, other, scopes);
  return scopes.homeOf(node)!.chain.includes(home);
}

/** A condition over ids. How something ended that is not beside the node cannot be asked: it keeps its path. */
function lower(tree: Condition['tree'], node: ScopeNode, scopes: Scopes): Dependency {
  switch (tree.kind) {
    case 'ended': {
      const other = tree.node as ScopeNode;
      return { ...tree, node: isBeside(node, other, scopes) ? scopes.idOf(other) : `/${other.node.path}` };
    }
    case 'not':
      return { kind: 'not', operand: lower(tree.operand, node, scopes) };
    default:
      return { kind: tree.kind, operands: tree.operands.map((operand) => lower(operand, node, scopes)) };
  }
}
