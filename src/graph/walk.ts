import type { ParameterType, PortDefinition } from '../components/definition';
import { type Expression, operandsOf } from '../values/expression';
import { type Branch, bodiesOf, type Dag, type GraphNode, type PipelineGraph, type PipelineParameter } from './graph';

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
  readonly exitOf?: string;
}

/** An expression of a pipeline, and where it is read. */
export interface ExpressionUse extends Omit<NodeUse, 'node'> {
  readonly expression: Expression;
  /** The node or branch that reads it, or the pipeline that returns it. */
  readonly site: Site;
  /** What it is given to, in words: `the input 'x'`, `the condition`. */
  readonly reader: string;
  /** What an input takes, where the expression is given to one that exists. */
  readonly port?: PortDefinition;
  /** The component or pipeline whose input it is given to. */
  readonly of?: string;
  /** True for the condition of a branch. */
  readonly isCondition?: boolean;
}

/** What was found in a graph: every rule asks for the same. */
const NODES = new WeakMap<PipelineGraph, readonly NodeUse[]>();
const EXPRESSIONS = new WeakMap<PipelineGraph, readonly ExpressionUse[]>();

/** Every node of a pipeline with what is around it; an exit task comes after what it waits for. */
export function nodesOf(graph: PipelineGraph): readonly NodeUse[] {
  let nodes = NODES.get(graph);
  if (!nodes) {
    const found: NodeUse[] = [];
    collectNodes(graph.root, [], [], found);
    if (graph.onExit) found.push({ node: graph.onExit, scopes: [], around: [], exitOf: '' });
    nodes = found;
    NODES.set(graph, nodes);
  }
  return nodes;
}

function collectNodes(dag: Dag, outer: readonly Dag[], around: readonly GraphNode[], found: NodeUse[]): void {
  const scopes = [...outer, dag];
  for (const node of dag.nodes) {
    found.push({ node, scopes, around });
    const bodies = bodiesOf(node);
    if (bodies.length === 0) continue;
    const inside = [...around, node];
    for (const body of bodies) collectNodes(body, scopes, inside, found);
    if (node.kind === 'exit-handler' && node.onExit) found.push({ node: node.onExit, scopes, around, exitOf: node.id });
  }
}

/** Every expression that is read in a pipeline: inputs, conditions, items, messages, what is returned. */
export function expressionsOf(graph: PipelineGraph): readonly ExpressionUse[] {
  let expressions = EXPRESSIONS.get(graph);
  if (!expressions) {
    const returned = Object.entries(graph.root.outputs).map(
      ([name, expression]): ExpressionUse => ({
        expression,
        site: graph,
        reader: `the output '${name}'`,
        scopes: [graph.root],
        around: [],
        ...(Object.hasOwn(graph.returns, name) && { port: graph.returns[name]!, of: graph.name }),
      }),
    );
    expressions = [...nodesOf(graph).flatMap((use) => expressionsOfNode(use, graph)), ...returned];
    EXPRESSIONS.set(graph, expressions);
  }
  return expressions;
}

function expressionsOfNode({ node, ...where }: NodeUse, graph: PipelineGraph): readonly ExpressionUse[] {
  switch (node.kind) {
    case 'task':
    case 'pipeline':
    case 'repeat': {
      const { name, inputs } = calleeOf(node, graph);
      return Object.entries(node.inputs).map(([input, expression]) => ({
        ...where,
        expression,
        site: node,
        reader: `the input '${input}'`,
        of: name,
        ...(Object.hasOwn(inputs, input) && { port: inputs[input]! }),
      }));
    }
    case 'if':
      return node.branches.flatMap(({ condition, path }): readonly ExpressionUse[] =>
        condition
          ? [{ ...where, expression: condition, site: { path }, reader: 'the condition', isCondition: true }]
          : [],
      );
    case 'loop':
      return [{ ...where, expression: node.items, site: node, reader: 'the list of items' }];
    case 'approval':
      return node.message
        ? [{ ...where, expression: node.message, site: node, reader: 'the message', port: MESSAGE }]
        : [];
    case 'exit-handler':
      return [];
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
  if (type.includes('.')) {
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

/** An expression and all expressions inside of it. */
export function subexpressions(expression: Expression): readonly Expression[] {
  const operands = operandsOf(expression);
  return operands.length === 0 ? [expression] : [expression, ...operands.flatMap(subexpressions)];
}
