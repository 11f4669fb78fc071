import { bodiesOf, type Dag, type ExitNode, type GraphNode } from '../graph/graph';
import { runValuesOf } from '../graph/settings';
import { subexpressions } from '../graph/walk';
import type { Expression } from '../values/expression';
import type { Leaf } from './expression-printer';

/** A value from outside of a DAG that something inside of it reads: it becomes an input of the DAG. */
export type Outer = Extract<Leaf, { kind: 'output' | 'loop' | 'parameter' }>;

/** What the DAGs of a pipeline read from outside. */
export class Closure {
  private readonly known = new Map<Dag | GraphNode, readonly Outer[]>();

  /**
   * @param groups ids of nodes whose outputs are those of what is inside of them
   * @param parametersAreGlobal true where parameters are read by their global names
   */
  public constructor(
    private readonly groups: ReadonlySet<string>,
    private readonly parametersAreGlobal: boolean,
  ) {}

  /** The name of the input that stands for an outer value. An id has no two hyphens in a row: names are never shared. */
  public nameOf(outer: Outer): string {
    switch (outer.kind) {
      case 'parameter':
        return outer.name;
      case 'loop':
        return `${outer.loop}--${outer.field}`;
      case 'output':
        return this.groups.has(outer.task) ? outer.output : `${outer.task}--${outer.output}`;
    }
  }

  /** What a DAG reads from outside, in reading order. */
  public ofDag(dag: Dag): readonly Outer[] {
    return this.remember(dag, () => {
      const inside = new Set(dag.nodes.map(({ id }) => id));
      const all = [
        ...dag.nodes.flatMap((node) => this.ofNode(node)),
        ...Object.values(dag.outputs).flatMap((each) => this.in(each)),
      ];
      return all.filter((outer) => outer.kind !== 'output' || !inside.has(outer.task));
    });
  }

  /** What a node, and everything inside of it, reads from where it stands. */
  public ofNode(node: GraphNode): readonly Outer[] {
    return this.remember(node, () => [...this.ownOf(node), ...this.ofBodies(node), ...this.ofExit(node)]);
  }

  /** What the DAGs inside of a node read: what its own template is called with. */
  public ofBodies(node: GraphNode): readonly Outer[] {
    const inner = bodiesOf(node).flatMap((body) => this.ofDag(body));
    return this.distinct(inner.filter((outer) => outer.kind !== 'loop' || outer.loop !== node.id));
  }

  /** What a node's own expressions read. */
  public ownOf(node: GraphNode): readonly Outer[] {
    switch (node.kind) {
      case 'task': {
        const given = runValuesOf(node.settings).map(({ value }) => value.expression);
        return [...Object.values(node.inputs), ...given].flatMap((each) => this.in(each));
      }
      case 'pipeline':
      case 'repeat':
        return Object.values(node.inputs).flatMap((each) => this.in(each));
      case 'if':
        return node.branches.flatMap(({ condition }) => (condition ? this.in(condition) : []));
      case 'loop':
        return this.in(node.items);
      case 'approval':
        return node.message ? this.in(node.message) : [];
      case 'exit-handler':
        return [];
    }
  }

  private ofExit(node: GraphNode): readonly Outer[] {
    return node.kind === 'exit-handler' && node.onExit ? this.ownOf(node.onExit satisfies ExitNode) : [];
  }

  private in(expression: Expression): readonly Outer[] {
    return subexpressions(expression).filter(
      (part): part is Outer =>
        part.kind === 'output' || part.kind === 'loop' || (part.kind === 'parameter' && !this.parametersAreGlobal),
    );
  }

  private distinct(outer: readonly Outer[]): readonly Outer[] {
    return [...new Map(outer.map((each) => [this.nameOf(each), each])).values()];
  }

  private remember(key: Dag | GraphNode, find: () => readonly Outer[]): readonly Outer[] {
    let found = this.known.get(key);
    if (!found) {
      found = this.distinct(find());
      this.known.set(key, found);
    }
    return found;
  }
}
