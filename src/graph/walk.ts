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

/** Every node of a pipeline with the DAGs around it; the exit task comes last. */
export function* nodesOf(
  graph: PipelineGraph,
): Generator<{ readonly node: GraphNode; readonly scopes: readonly Dag[] }> {
  yield* nodesIn(graph.root, []);
  if (graph.onExit) yield { node: graph.onExit, scopes: [] };
}

function* nodesIn(
  dag: Dag,
  around: readonly Dag[],
): Generator<{ readonly node: GraphNode; readonly scopes: readonly Dag[] }> {
  const scopes = [...around, dag];
  for (const node of dag.nodes) {
    yield { node, scopes };
    if (node.kind === 'if') for (const branch of node.branches) yield* nodesIn(branch.body, scopes);
  }
}

/** Every expression that a pipeline's tasks and conditions read. */
export function* expressionsOf(graph: PipelineGraph): Generator<ExpressionUse> {
  for (const { node, scopes } of nodesOf(graph)) {
    if (node.kind === 'task') {
      for (const [input, expression] of Object.entries(node.inputs)) {
        yield { expression, site: node, input, task: node, scopes, onExit: node === graph.onExit };
      }
    } else {
      for (const branch of node.branches) {
        if (branch.condition) yield { expression: branch.condition, site: branch, scopes, onExit: false };
      }
    }
  }
}

/** An expression and all expressions inside of it. */
export function* subexpressions(expression: Expression): Generator<Expression> {
  yield expression;
  for (const operand of operandsOf(expression)) yield* subexpressions(operand);
}
