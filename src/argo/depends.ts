import { type Dag, type Dependency, endingsIn, type GraphNode, type NodeState } from '../graph/graph';
import type { DagTask } from './types';

/** The template that does nothing, at once and without a pod. */
export const NO_OP = 'no-op';

/** Ids hold no two hyphens in a row: a name with them is no node's. */
const APPROVED = '--approved';
const GATE = '--gate';
const DONE = '--done';
const FAILED = '--failed';

/** What a node waits for, as Argo's `depends`; undefined where that is nothing. */
export function depends({ dependsOn, runsWhen }: GraphNode, nodes: ReadonlyMap<string, GraphNode>): string | undefined {
  if (runsWhen) return condition(runsWhen, nodes);
  if (dependsOn.length === 0) return undefined;
  return dependsOn.map((id) => `${goingOn(nodes.get(id)!)}.Succeeded`).join(' && ');
}

function condition(dependency: Dependency, nodes: ReadonlyMap<string, GraphNode>): string {
  switch (dependency.kind) {
    case 'ended':
      return ended(nodes.get(dependency.node)!, dependency.states).join(' || ');
    case 'not':
      return `!(${condition(dependency.operand, nodes)})`;
    default: {
      const operator = dependency.kind === 'and' ? ' && ' : ' || ';
      return dependency.operands
        .map((operand) => {
          const printed = condition(operand, nodes);
          return dependency.operands.length > 1 && / (&&|\|\|) /.test(printed) ? `(${printed})` : printed;
        })
        .join(operator);
    }
  }
}

/** The task whose success says that what waits for a node goes on: the node, or one that tells of it. */
function goingOn({ id, kind, continueOnFailure }: GraphNode): string {
  if (kind === 'approval') return `${id}${APPROVED}`;
  return continueOnFailure ? `${id}${DONE}` : id;
}

/** How a node ended, by itself or by the tasks that tell it. */
function ended(node: GraphNode, states: readonly NodeState[]): readonly string[] {
  const { id, kind, continueOnFailure } = node;
  const has = (state: NodeState) => states.includes(state);
  if (kind === 'approval' && isDecided(states)) {
    return has('Failed') ? [`${id}.Succeeded`, `${id}.Failed`, `${id}.Errored`, `${id}.Omitted`] : [`${id}.Succeeded`];
  }
  const success = goingOn(node);
  const failure = continueOnFailure ? [`${id}${FAILED}.Succeeded`] : [`${id}.Failed`, `${id}.Errored`];
  return [
    ...(has('Succeeded') ? [`${success}.Succeeded`] : []),
    ...(has('Failed') && !(continueOnFailure && has('Succeeded')) ? failure : []),
    ...(has('Skipped') ? [`${success}.Skipped`, `${success}.Omitted`] : []),
  ];
}

/** Whether all that is asked of an approval is that it was decided. */
function isDecided(states: readonly NodeState[]): boolean {
  return states.includes('Succeeded') && states.includes('Skipped');
}

/**
 * For a node, tasks without a pod that give a DAG the outcome that its nodes have. Argo takes a DAG's from its last tasks: a
 * failure that something goes on after would be forgotten, and one that is allowed would not.
 */
export function outcomeTasks({ nodes }: Dag): (node: GraphNode) => readonly DagTask[] {
  const special = new Map<string, NodeState[][]>();
  for (const { id, kind, continueOnFailure } of nodes)
    if (kind === 'approval' || continueOnFailure) special.set(id, []);
  const approvals = new Set(nodes.filter(({ kind }) => kind === 'approval').map(({ id }) => id));
  const tolerated = new Set<string>();
  for (const { dependsOn, runsWhen } of nodes) {
    if (!runsWhen) for (const id of dependsOn) special.get(id)?.push(['Succeeded']);
    else {
      for (const { node, states } of endingsIn(runsWhen)) special.get(node)?.push([...states]);
      for (const id of toleratedBy(runsWhen, approvals)) tolerated.add(id);
    }
  }
  return (node) => {
    const { id, kind, continueOnFailure } = node;
    if (!special.has(id) && !tolerated.has(id)) return [];
    const asked = special.get(id) ?? [];
    const isGated = kind === 'approval' && asked.some((states) => !isDecided(states));
    const isFailureAsked = asked.some((states) => states.includes('Failed') && !states.includes('Succeeded'));
    const task = (suffix: string, after: string, when?: string): DagTask => ({
      name: `${id}${suffix}`,
      template: NO_OP,
      depends: after,
      ...(when !== undefined && { when }),
    });
    const last = continueOnFailure ? `${id}${DONE}` : isGated ? goingOn(node) : id;
    return [
      ...(isGated
        ? [task(APPROVED, `${id}.Succeeded`, `{{=tasks['${id}'].outputs.parameters['decision'] == 'approved'}}`)]
        : []),
      // Left out where all is well, and else it inherits the failure.
      ...(tolerated.has(id) ? [task(GATE, `${last}.Succeeded`, 'false')] : []),
      ...(continueOnFailure ? [task(DONE, `${id}.Succeeded || ${id}.Failed || ${id}.Errored`)] : []),
      ...(continueOnFailure && isFailureAsked ? [task(FAILED, `${id}.Failed || ${id}.Errored`)] : []),
    ];
  };
}

/** The nodes that a condition may hold in spite of: all but those whose success it needs. */
function toleratedBy(dependency: Dependency, approvals: ReadonlySet<string>): readonly string[] {
  if (dependency.kind === 'and') return dependency.operands.flatMap((operand) => toleratedBy(operand, approvals));
  if (dependency.kind !== 'ended') return endingsIn(dependency).map(({ node }) => node);
  const { node, states } = dependency;
  const needed = approvals.has(node) ? ['Succeeded', 'Skipped'] : ['Succeeded'];
  return states.every((state) => needed.includes(state)) && states.includes('Succeeded') ? [] : [node];
}
