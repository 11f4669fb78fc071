import * as fs from 'node:fs';
import * as path from 'node:path';
import { bodiesOf, type Dag, type GraphNode, type PipelineGraph } from '../graph/graph';
import { memberOf } from '../graph/member';
import { expressionsOf, subexpressions } from '../graph/walk';
import { nodesOfPipeline, withInner } from './instance';
import { placesOf } from './reference';
import type { Store, StoredRun } from './store';

/** What a rerun asks of a result of the last run: that there is one, or that it can be built upon. */
export type Need = 'ended' | 'usable';

/** A node, everything that depends on it, and what these need of other nodes. */
export function dependentsOf(
  root: Dag,
  target: string,
): { readonly nodes: ReadonlySet<string>; readonly needed: ReadonlyMap<GraphNode, Need> } {
  const affectedNodes = new Set<string>();
  const needed = new Map<GraphNode, Need>();
  const visit = (dag: Dag) => {
    const nodes = new Map(dag.nodes.map((node) => [node.id, node]));
    const memo = new Map<string, boolean>();
    const holdsTarget = (node: GraphNode) => withInner(node).some(({ id }) => id === target);
    const isAffected = (node: GraphNode): boolean => {
      let affected = memo.get(node.id);
      if (affected === undefined) {
        affected = node.id === target || node.dependsOn.some((id) => reaches(nodes.get(id)!));
        memo.set(node.id, affected);
      }
      return affected;
    };
    const reaches = (node: GraphNode): boolean => isAffected(node) || holdsTarget(node);
    for (const node of dag.nodes) {
      if (!reaches(node)) continue;
      for (const id of node.dependsOn) {
        const upstream = nodes.get(id)!;
        if (reaches(upstream) || needed.get(upstream) === 'usable') continue;
        needed.set(upstream, node.runsWhen ? 'ended' : 'usable');
      }
      if (isAffected(node)) for (const { id } of withInner(node)) affectedNodes.add(id);
      else for (const body of bodiesOf(node)) visit(body);
    }
  };
  visit(root);
  return { nodes: affectedNodes, needed };
}

/** The nodes whose outputs a node, or what is inside of it, reads. */
export function producersOf(node: GraphNode, graph: PipelineGraph): ReadonlyMap<GraphNode, Need> {
  const inside = withInner(node);
  const paths = new Set(inside.flatMap((inner) => [inner.path, ...(inner.kind === 'if' ? branchPaths(inner) : [])]));
  const read = expressionsOf(graph)
    .filter(({ site }) => paths.has(site.path))
    .flatMap(({ expression }) => subexpressions(expression))
    .flatMap((part) => (part.kind === 'output' ? [part.task] : []));
  const producers = nodesOfPipeline(graph).filter((other) => read.includes(other.id) && !inside.includes(other));
  return new Map(producers.map((producer) => [producer, 'usable']));
}

function branchPaths(node: Extract<GraphNode, { kind: 'if' }>): readonly string[] {
  return node.branches.map(({ path }) => path);
}

/** What the last run lacks of a node that a rerun needs, in words. */
export function whatIsMissing(node: GraphNode, need: Need, last: StoredRun, store: Store): readonly string[] {
  const { id } = node;
  const result = memberOf(last.tasks, id) ?? memberOf(last.groups, id);
  if (!result) return [`it does not know '${id}'`];
  const { state } = result;
  const isUsable =
    state === 'Succeeded' ||
    (state === 'Failed' && (node.continueOnFailure || need === 'ended')) ||
    (state === 'Skipped' && (node.kind === 'approval' || need === 'ended')) ||
    (state === 'Omitted' && need === 'ended' && !result.incomplete);
  if (!isUsable) return [`there '${id}' was ${state}`];
  const texts = Object.values(result.texts ?? {}).filter((text) => /^(json:)?\[*\{"key":/.test(text));
  const deleted = texts
    .flatMap(placesOf)
    .some(({ reference }) => !fs.existsSync(path.dirname(store.pathOf(reference.key))));
  return deleted ? [`the artifacts of '${id}' were deleted`] : [];
}
