import { typeOfPort } from '../components/port-type';
import { definitionOfPort } from '../components/ports';
import { Value } from '../values/value';
import type { FlowNode } from './flow-node';
import type { Pipeline } from './pipeline';
import { membersOf, taskScopeOf } from './task-scope';

/** A call of a pipeline, as the constructs that make one hold it. */
export interface PipelineCall {
  readonly pipeline: Pipeline;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, Value<unknown>>>;
}

/**
 * Makes `node` a call of a pipeline: its outputs, and the sources that the called tasks need in the caller's chart.
 *
 * @throws where `pipeline` is none
 */
export function callPipeline(node: FlowNode, pipeline: Pipeline, inputs: unknown): PipelineCall {
  // By shape, because importing the class would close a circle of modules.
  if (typeof pipeline?.usedBy !== 'function') {
    throw new Error(
      `'${node.node.path}' calls ${String(pipeline)}, which is no Pipeline. Is it imported by its right name?`,
    );
  }
  const outputs = Object.entries(pipeline.props.outputs ?? {}).map(([output, port]) => [
    output,
    Value.of({ kind: 'output', task: node, output, type: typeOfPort(definitionOfPort(port)) }),
  ]);
  pipeline.usedBy(membersOf(taskScopeOf(node)).pipeline);
  return {
    pipeline,
    inputs: { ...(inputs as Record<string, unknown> | undefined) },
    outputs: Object.fromEntries(outputs),
  };
}
