import type { Dag, Dependency, GraphNode, NodeState } from '../graph/graph';
import type { DagTask } from './types';

/** The template that does nothing, at once and without a pod. */
export const NO_OP = 'no-op';

/** Ids hold no two hyphens in a row: a name with them is no node's. */
const APPROVED = '--approved';
const GATE = '--gate';
const DONE = '--done';

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

/** A node that may fail counts as having succeeded then; an approval that was not given as skipped. */
function ended({ id, kind, continueOnFailure }: GraphNode, states: readonly NodeState[]): readonly string[] {
  const approval = kind === 'approval';
  const [succeeded, failed, skipped] = (['Succeeded', 'Failed', 'Skipped'] as const).map((state) =>
    states.includes(state),
  );
  if (approval && succeeded && skipped)
    return failed ? [`${id}.Succeeded`, `${id}.Failed`, `${id}.Errored`, `${id}.Omitted`] : [`${id}.Succeeded`];
  const gate = approval ? `${id}${APPROVED}` : id;
  return [
    ...(succeeded ? [`${gate}.Succeeded`] : []),
    ...(failed || (succeeded && continueOnFailure) ? [`${id}.Failed`, `${id}.Errored`] : []),
    ...(skipped ? [`${gate}.Skipped`, `${gate}.Omitted`] : []),
  ];
}

function grouped(terms: readonly string[]): string {
  return terms.length > 1 ? `(${terms.join(' || ')})` : terms[0]!;
}

/**
 * For a node, tasks without a pod that give a DAG the outcome that its nodes have. Argo takes a DAG's from its last tasks: a failure
 * that something goes on after would be forgotten, and one that is allowed would not.
 */
export function outcomeTasks({ nodes }: Dag): (node: GraphNode) => readonly DagTask[] {
  const conditions = nodes.flatMap(({ runsWhen }) => (runsWhen ? endings(runsWhen) : []));
  const tolerated = new Set(conditions.filter(({ states }) => states.includes('Failed')).map(({ node }) => node));
  const awaited = new Set(nodes.flatMap(({ dependsOn }) => dependsOn));
  return (node) => {
    const { id, continueOnFailure } = node;
    const [success] = ended({ ...node, continueOnFailure: false }, ['Succeeded']);
    return [
      ...(node.kind === 'approval' && needsGate(node, nodes)
        ? [
            {
              name: `${id}${APPROVED}`,
              template: NO_OP,
              depends: `${id}.Succeeded`,
              when: `{{=tasks['${id}'].outputs.parameters['decision'] == 'approved'}}`,
            },
          ]
        : []),
      // Left out where all is well, and else it inherits the failure.
      ...(tolerated.has(id) && !continueOnFailure
        ? [
            {
              name: `${id}${GATE}`,
              template: NO_OP,
              depends: node.kind === 'approval' ? `${id}.Succeeded` : success!,
              when: 'false',
            },
          ]
        : []),
      ...(continueOnFailure && !awaited.has(id)
        ? [{ name: `${id}${DONE}`, template: NO_OP, depends: `${id}.Succeeded || ${id}.Failed || ${id}.Errored` }]
        : []),
    ];
  };
}

/** Whether something asks if the approval was given, and not only that it was decided. */
function needsGate({ id }: GraphNode, nodes: readonly GraphNode[]): boolean {
  return nodes.some(({ dependsOn, runsWhen }) => {
    if (!runsWhen) return dependsOn.includes(id);
    return endings(runsWhen).some(
      ({ node, states }) => node === id && states.includes('Succeeded') !== states.includes('Skipped'),
    );
  });
}

function endings(dependency: Dependency): readonly Extract<Dependency, { kind: 'ended' }>[] {
  switch (dependency.kind) {
    case 'ended':
      return [dependency];
    case 'not':
      // What must not have been may have been anything else.
      return endings(dependency.operand).map((each) => ({ ...each, states: ['Succeeded', 'Failed', 'Skipped'] }));
    default:
      return dependency.operands.flatMap(endings);
  }
}
