import type { ParameterType, PortDefinition } from '../components/definition';
import { type Expression, isArtifactType, operandsOf } from '../values/expression';
import {
  asksForSomething,
  type Branch,
  bodiesOf,
  type Dag,
  type GraphNode,
  type PipelineGraph,
  type PipelineParameter,
} from './graph';
import { once } from './once';
import { type NamedRunValue, runValuesOf } from './settings';

/** A node or branch that has something to say about itself: rules report at it. */
export type Site = Pick<GraphNode | Branch, 'path'>;

/** A node, and where it stands. */
export interface NodeUse {
  readonly node: GraphNode;
  /** The DAGs around it, outermost first: what stands in one of them may be read. */
  readonly scopes: readonly Dag[];
  /** The nodes around it, outermost first. */
  readonly around: readonly GraphNode[];
  /** What it is the exit task of: an exit handler's id, or '' for the pipeline. */
  readonly exitOf?: string | undefined;
}

/** An expression of a pipeline, and where it is read. */
export interface ExpressionUse extends Omit<NodeUse, 'node'> {
  readonly expression: Expression;
  /** The node that reads it, an If for its branches; undefined for the pipeline. */
  readonly node?: GraphNode;
  /** The node or branch that reads it, or the pipeline that returns it. */
  readonly site: Site;
  /** What it is given to, in words: `the input 'x'`, `the condition`. */
  readonly reader: string;
  /** What an input takes, where the expression is given to one that exists. */
  readonly port?: PortDefinition | undefined;
  /** The component or pipeline whose input it is given to. */
  readonly of?: string;
  /** True for the condition of a branch. */
  readonly isCondition?: boolean;
}

/** Every node of a pipeline with what is around it; an exit task comes after what it waits for. */
export const nodesOf = once((graph: PipelineGraph): readonly NodeUse[] => {
  const found: NodeUse[] = [];
  collectNodes(graph.root, [], [], found);
  if (graph.onExit) found.push({ node: graph.onExit, scopes: [], around: [], exitOf: '' });
  return found;
});

function collectNodes(dag: Dag, outer: readonly Dag[], around: readonly GraphNode[], found: NodeUse[]): void {
  const scopes = [...outer, dag];
  for (const node of dag.nodes) {
    found.push({ node, scopes, around });
    if (node.kind === 'task') continue;
    const bodies = bodiesOf(node);
    if (bodies.length === 0) continue;
    const inside = [...around, node];
    for (const body of bodies) collectNodes(body, scopes, inside, found);
    if (node.kind === 'exit-handler' && node.onExit) found.push({ node: node.onExit, scopes, around, exitOf: node.id });
  }
}

/**
 * Every node of a pipeline but tasks that ask for nothing. Of thousands of tasks most are so, and most rules have nothing to say
 * of them.
 */
export const notableNodesOf = once((graph: PipelineGraph): readonly NodeUse[] =>
  nodesOf(graph).filter(({ node }) => node.kind !== 'task' || asksForSomething(node)),
);

/** Every node of a pipeline by its id. */
export const nodesById = once((graph: PipelineGraph): ReadonlyMap<string, NodeUse> => {
  const found = new Map<string, NodeUse>();
  for (const use of nodesOf(graph)) found.set(use.node.id, use);
  return found;
});

/** Every expression that is read in a pipeline: inputs, conditions, items, messages, what is returned. */
export const expressionsOf = once((graph: PipelineGraph): readonly ExpressionUse[] => {
  const found: ExpressionUse[] = [];
  const readers = new Map<string, string>();
  for (const use of nodesOf(graph)) collectExpressions(use, graph, readers, found);
  for (const { value, place } of settingsOfRuns(graph)) {
    const { expression, port } = value;
    found.push({
      expression,
      site: graph,
      reader: `the run's setting '${place}'`,
      port,
      scopes: [graph.root],
      around: [],
    });
  }
  for (const [name, expression] of Object.entries(graph.root.outputs)) {
    found.push({
      expression,
      site: graph,
      reader: `the output '${name}'`,
      scopes: [graph.root],
      around: [],
      ...(Object.hasOwn(graph.returns, name) && { port: graph.returns[name]!, of: graph.name }),
    });
  }
  return found;
});

/** Those of {@link expressionsOf} that have others inside of them. */
export const compoundExpressionsOf = once((graph: PipelineGraph): readonly ExpressionUse[] =>
  expressionsOf(graph).filter(({ expression }) => !isLeaf(expression)),
);

/** The values of the run among what all of a run has in common. */
function settingsOfRuns({ run, artifactRepository }: PipelineGraph): readonly NamedRunValue[] {
  return [run, artifactRepository].flatMap((settings) => (settings ? runValuesOf(settings) : []));
}

/** There are thousands of tasks with plain inputs: their objects are written out, which is faster than to spread them. */
function collectExpressions(
  { node, scopes, around, exitOf }: NodeUse,
  graph: PipelineGraph,
  readers: Map<string, string>,
  found: ExpressionUse[],
): void {
  switch (node.kind) {
    case 'task':
    case 'pipeline':
    case 'repeat': {
      const { name: of, inputs } = calleeOf(node, graph);
      for (const input of Object.keys(node.inputs)) {
        const port = Object.hasOwn(inputs, input) ? inputs[input] : undefined;
        const expression = node.inputs[input]!;
        let reader = readers.get(input);
        if (reader === undefined) {
          reader = `the input '${input}'`;
          readers.set(input, reader);
        }
        found.push({ expression, node, site: node, reader, port, of, scopes, around, exitOf });
      }
      if (node.kind === 'task') {
        for (const { value, place } of runValuesOf(node.settings)) {
          found.push({
            node,
            scopes,
            around,
            exitOf,
            expression: value.expression,
            site: node,
            reader: `the setting '${place}'`,
            port: value.port,
          });
        }
      }
      break;
    }
    case 'if':
      for (const { condition: expression, path } of node.branches) {
        if (expression)
          found.push({
            node,
            scopes,
            around,
            exitOf,
            expression,
            site: { path },
            reader: 'the condition',
            isCondition: true,
          });
      }
      break;
    case 'loop':
      found.push({ node, scopes, around, exitOf, expression: node.items, site: node, reader: 'the list of items' });
      break;
    case 'approval':
      if (node.message)
        found.push({
          node,
          scopes,
          around,
          exitOf,
          expression: node.message,
          site: node,
          reader: 'the message',
          port: MESSAGE,
        });
  }
}

const MESSAGE: PortDefinition = { kind: 'parameter', type: 'STRING' };

/** What a node runs, with its interface; a pipeline's parameters are its inputs. */
export function calleeOf(
  node: Extract<GraphNode, { kind: 'task' | 'pipeline' | 'repeat' }>,
  graph: PipelineGraph,
): { readonly name: string; readonly inputs: Readonly<Record<string, PortDefinition>> } {
  if (node.kind === 'task') return graph.components[node.component]!;
  const called = graph.pipelines[node.pipeline];
  const parameters = Object.entries(called?.parameters ?? {}).map(([name, parameter]) => [name, portOf(parameter)]);
  return { name: node.pipeline, inputs: Object.fromEntries(parameters) };
}

/** What a parameter of a pipeline takes. */
export function portOf({
  type,
  element,
  default: value,
  optional,
  choices,
  description,
}: PipelineParameter): PortDefinition {
  const shared = {
    ...((optional || value !== undefined) && { optional: true }),
    ...(description !== undefined && { description }),
  };
  if (isArtifactType(type)) {
    const list = type.endsWith('[]');
    return { kind: 'artifact', type: list ? type.slice(0, -2) : type, ...(list && { list }), ...shared };
  }
  return {
    kind: 'parameter',
    type: type as ParameterType,
    ...(element && { element }),
    ...(value !== undefined && { default: value }),
    ...(choices && { literals: choices }),
    ...shared,
  };
}

/** True for an expression with nothing inside of it. */
export function isLeaf({ kind }: Expression): boolean {
  return LEAVES.has(kind);
}

const LEAVES: ReadonlySet<Expression['kind']> = new Set(['literal', 'parameter', 'output', 'loop', 'status', 'run']);

/** An expression and all expressions inside of it. */
export function subexpressions(expression: Expression): readonly Expression[] {
  const operands = operandsOf(expression);
  return operands.length === 0 ? [expression] : [expression, ...operands.flatMap(subexpressions)];
}
