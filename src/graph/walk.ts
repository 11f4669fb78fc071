import { type Expression, operandsOf } from '../values/expression';
import type { Branch, Dag, GraphNode, IfNode, PipelineGraph, TaskNode } from './graph';

/** A node or branch that has something to say about itself: rules report at it. */
export type Site = Pick<TaskNode | IfNode | Branch, 'path'>;

/** An expression of a pipeline, and where it is read. */
export interface ExpressionUse {
  readonly expression: Expression;
  /** The task, If or branch that reads it. */
  readonly site: Site;
  /** The task's input that it is given to; undefined for a condition. */
  readonly input?: string;
  readonly task?: TaskNode;
  /** The DAGs around the reader, outermost first: outputs of their tasks may be read. */
  readonly scopes: readonly Dag[];
  /** True for the pipeline's exit task. */
  readonly onExit: boolean;
}

/** A node, and the DAGs around it, outermost first. */
export interface NodeUse {
  readonly node: GraphNode;
  readonly scopes: readonly Dag[];
}

/** What was found in a graph: every rule asks for the same. */
const NODES = new WeakMap<PipelineGraph, readonly NodeUse[]>();
const EXPRESSIONS = new WeakMap<PipelineGraph, readonly ExpressionUse[]>();

/** Every node of a pipeline with the DAGs around it; the exit task comes last. */
export function nodesOf(graph: PipelineGraph): readonly NodeUse[] {
  let nodes = NODES.get(graph);
  if (!nodes) {
    const found: NodeUse[] = [];
    collectNodes(graph.root, [], found);
    if (graph.onExit) found.push({ node: graph.onExit, scopes: [] });
    nodes = found;
    NODES.set(graph, nodes);
  }
  return nodes;
}

function collectNodes(dag: Dag, around: readonly Dag[], found: NodeUse[]): void {
  const scopes = [...around, dag];
  for (const node of dag.nodes) {
    found.push({ node, scopes });
    if (node.kind === 'if') for (const branch of node.branches) collectNodes(branch.body, scopes, found);
  }
}

/** Every expression that a pipeline's tasks and conditions read. */
export function expressionsOf(graph: PipelineGraph): readonly ExpressionUse[] {
  let expressions = EXPRESSIONS.get(graph);
  if (!expressions) {
    expressions = nodesOf(graph).flatMap(({ node, scopes }): ExpressionUse[] => {
      const onExit = node === graph.onExit;
      if (node.kind === 'task') {
        return Object.entries(node.inputs).map(([input, expression]) => ({
          expression,
          site: node,
          input,
          task: node,
          scopes,
          onExit,
        }));
      }
      return node.branches.flatMap((branch) =>
        branch.condition ? [{ expression: branch.condition, site: branch, scopes, onExit }] : [],
      );
    });
    EXPRESSIONS.set(graph, expressions);
  }
  return expressions;
}

/** An expression and all expressions inside of it. */
export function subexpressions(expression: Expression): readonly Expression[] {
  const operands = operandsOf(expression);
  return operands.length === 0 ? [expression] : [expression, ...operands.flatMap(subexpressions)];
}
