import type { Json } from '../components/definition';
import { definitionOfPort } from '../components/ports';
import { memberOf } from '../graph/member';
import type { Expression } from '../values/expression';
import { type Shape, shapeOfList, shapeOfLiterals, shapeOfPort, shapeOfType, UNKNOWN } from '../values/shape';
import type { FlowNode } from './flow-node';
import type { ParallelFor } from './parallel-for';
import type { Pipeline } from './pipeline';
import type { ScopeNode } from './task-scope';

/** What is known of a value's type and of what is inside of it. */
export function shapeOf(expression: Expression<FlowNode>, pipeline: Pipeline): Shape {
  switch (expression.kind) {
    case 'literal':
      return expression.type === 'LIST'
        ? shapeOfList(shapeOfLiterals(expression.value as Json[]))
        : shapeOfType(expression.type);
    case 'parameter': {
      const port = memberOf(pipeline.props.parameters ?? {}, expression.name);
      return port ? shapeOfPort(definitionOfPort(port)) : shapeOfType(expression.type);
    }
    case 'output':
      return shapeOfOutput(expression.task as ScopeNode, expression.output) ?? shapeOfType(expression.type);
    case 'loop':
      return expression.field === 'item'
        ? (expression.loop as unknown as ParallelFor).shape
        : { type: 'NUMBER_INTEGER' };
    case 'field':
      return memberOf(shapeOf(expression.of, pipeline).fields ?? {}, expression.name) ?? UNKNOWN;
    case 'collect':
      return expression.flat ? shapeOf(expression.value, pipeline) : shapeOfList(shapeOf(expression.value, pipeline));
    case 'one-of':
      return shapeOf(expression.values[0]!, pipeline);
    default:
      return shapeOfType(expression.type);
  }
}

function shapeOfOutput(node: ScopeNode, output: string): Shape | undefined {
  if (node.kind === 'task') {
    const port = memberOf(node.component.outputs, output);
    return port && shapeOfPort(port);
  }
  if (node.kind !== 'pipeline' && node.kind !== 'repeat') return undefined;
  const port = memberOf(node.pipeline.props.outputs ?? {}, output);
  return port && shapeOfPort(definitionOfPort(port));
}
