import type { Construct } from 'constructs';
import type { InputsOf, OutputsOf, ReturnPorts } from '../components/ports';
import type { Parameter } from '../values/parameter';
import type { Int } from '../values/types';
import { Value } from '../values/value';
import { callPipeline } from './call-pipeline';
import { FlowNode } from './flow-node';
import type { Pipeline, PipelineParameters } from './pipeline';
import type { SubPipelineBaseProps } from './sub-pipeline';
import type { TaskInputs } from './task';
import { enterScope, type ScopeNode } from './task-scope';

type BooleanNames<O extends ReturnPorts> = {
  [K in keyof O]: O[K] extends Parameter<infer T, boolean> ? ([T] extends [boolean] ? K : never) : never;
}[keyof O];

/** Props of {@link RepeatUntil} but its pipeline and inputs. */
export interface RepeatUntilBaseProps<O extends ReturnPorts> {
  /** The name of a boolean output: no further iteration starts when it is true. */
  readonly until: NoInfer<BooleanNames<O>>;
  /** How many iterations there are at most, from 1 to 20. */
  readonly maxIterations: number;
}

/** Props of {@link RepeatUntil}. */
export type RepeatUntilProps<P extends PipelineParameters, O extends ReturnPorts> = SubPipelineBaseProps<P, O> &
  RepeatUntilBaseProps<O> &
  TaskInputs<InputsOf<P>>;

/**
 * Runs a pipeline again and again, one iteration after the other, until one of its outputs says that it is enough. An
 * output that has the name of a parameter is that parameter's value in the next iteration.
 *
 * ```ts
 * const refine = new Pipeline(chart, 'refine', {
 *   parameters: { model: Model }, outputs: { model: Model, good: bool() }, standalone: false,
 * });
 * const best = new RepeatUntil(pipeline, 'tune', {
 *   pipeline: refine, inputs: { model: first.outputs.model }, until: 'good', maxIterations: 5,
 * });
 * ```
 *
 * A failing iteration fails it.
 */
export class RepeatUntil<
  const P extends PipelineParameters = PipelineParameters,
  const O extends ReturnPorts = ReturnPorts,
> extends FlowNode {
  public readonly kind = 'repeat';
  /** What the last iteration returned. */
  public readonly outputs: OutputsOf<O>;
  /** How many iterations there were. */
  public readonly iterations: Value<Int>;
  /** The values of the first iteration's parameters, by name. */
  public readonly inputs: Readonly<Record<string, unknown>>;
  /** The pipeline that runs. */
  public readonly pipeline: Pipeline;
  /** The output that ends it. */
  public readonly until: string;
  /** How many iterations there are at most. */
  public readonly maxIterations: number;

  /**
   * @param scope a Pipeline, a branch, a loop, or any construct under one
   * @param id the name in its scope
   * @throws where the scope is in no pipeline, or its pipeline was already synthesised
   */
  public constructor(scope: Construct, id: string, props: RepeatUntilProps<P, O>) {
    super(scope, id, new.target);
    const call = callPipeline(this, props.pipeline as unknown as Pipeline, props.inputs);
    this.pipeline = call.pipeline;
    this.inputs = call.inputs;
    this.outputs = call.outputs as OutputsOf<O>;
    this.iterations = Value.of({ kind: 'output', task: this, output: 'iterations', type: 'NUMBER_INTEGER' });
    this.until = String(props.until);
    this.maxIterations = props.maxIterations;
    enterScope(this as unknown as ScopeNode);
  }
}
