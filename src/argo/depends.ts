import { type Dag, type Dependency, type Ending, endingsIn, type GraphNode, type NodeState } from '../graph/graph';
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
  return dependsOn.map((id) => grouped(ended(nodes.get(id)!, ['Succeeded']))).join(' && ');
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

/** How a node ended, by itself or by the tasks that tell it. */
function ended({ id, kind, continueOnFailure }: GraphNode, states: readonly NodeState[]): readonly string[] {
  const has = (state: NodeState) => states.includes(state);
  if (kind === 'approval' && isDecided(states)) {
    return has('Failed') ? [`${id}.Succeeded`, `${id}.Failed`, `${id}.Errored`, `${id}.Omitted`] : [`${id}.Succeeded`];
  }
  // What may fail, and an approval, which may not be given, have a task that says whether to go on.
  const success = kind === 'approval' ? `${id}${APPROVED}` : continueOnFailure ? `${id}${DONE}` : id;
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

function grouped(terms: readonly string[]): string {
  return terms.length > 1 ? `(${terms.join(' || ')})` : terms[0]!;
}

/**
 * For a node, tasks without a pod that give a DAG the outcome that its nodes have. Argo takes a DAG's from its last tasks: a
 * failure that something goes on after would be forgotten, and one that is allowed would not.
 */
export function outcomeTasks({ nodes }: Dag): (node: GraphNode) => readonly DagTask[] {
  const asked = nodes.flatMap(({ dependsOn, runsWhen }) =>
    runsWhen ? endingsIn(runsWhen) : dependsOn.map((node): Ending => ({ kind: 'ended', node, states: ['Succeeded'] })),
  );
  const approvals = new Set(nodes.filter(({ kind }) => kind === 'approval').map(({ id }) => id));
  const tolerated = new Set(nodes.flatMap(({ runsWhen }) => (runsWhen ? toleratedBy(runsWhen, approvals) : [])));
  const isAsked = (id: string, how: (states: readonly NodeState[]) => boolean) =>
    asked.some(({ node, states }) => node === id && how(states));
  return ({ id, kind, continueOnFailure }) => {
    const success = kind === 'approval' ? `${id}${APPROVED}` : id;
    const task = (suffix: string, after: string, when?: string): DagTask => ({
      name: `${id}${suffix}`,
      template: NO_OP,
      depends: after,
      ...(when !== undefined && { when }),
    });
    return [
      ...(kind === 'approval' && isAsked(id, (states) => !isDecided(states))
        ? [task(APPROVED, `${id}.Succeeded`, `{{=tasks['${id}'].outputs.parameters['decision'] == 'approved'}}`)]
        : []),
      // Left out where all is well, and else it inherits the failure.
      ...(tolerated.has(id) && !continueOnFailure
        ? [
            task(
              GATE,
              isAsked(id, (states) => !isDecided(states)) ? `${success}.Succeeded` : `${id}.Succeeded`,
              'false',
            ),
          ]
        : []),
      ...(tolerated.has(id) && continueOnFailure ? [task(GATE, `${id}${DONE}.Succeeded`, 'false')] : []),
      ...(continueOnFailure ? [task(DONE, `${id}.Succeeded || ${id}.Failed || ${id}.Errored`)] : []),
      ...(continueOnFailure && isAsked(id, (states) => states.includes('Failed') && !states.includes('Succeeded'))
        ? [task(FAILED, `${id}.Failed || ${id}.Errored`)]
        : []),
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
