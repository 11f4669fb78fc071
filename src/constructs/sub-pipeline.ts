import type { Construct } from 'constructs';
import type { InputsOf, OutputsOf, ReturnPorts } from '../components/ports';
import { callPipeline } from './call-pipeline';
import { FlowNode } from './flow-node';
import type { Pipeline, PipelineParameters } from './pipeline';
import type { TaskInputs } from './task';
import { enterScope, type ScopeNode } from './task-scope';

/** Props of {@link SubPipeline} but its inputs. */
export interface SubPipelineBaseProps<P extends PipelineParameters, O extends ReturnPorts> {
  /** The pipeline to run. */
  readonly pipeline: Pipeline<P, O>;
}

/** Props of {@link SubPipeline}. */
export type SubPipelineProps<P extends PipelineParameters, O extends ReturnPorts> = SubPipelineBaseProps<P, O> &
  TaskInputs<InputsOf<P>>;

/**
 * A pipeline that runs as a part of another one. It stands in the other's manifest once, however often it is used, and
 * its pods are its tasks' alone.
 *
 * It runs with the service account, the artifact repository and the limits of the pipeline that it is a part of.
 */
export class SubPipeline<
  const P extends PipelineParameters = PipelineParameters,
  const O extends ReturnPorts = ReturnPorts,
> extends FlowNode {
  public readonly kind = 'pipeline';
  /** What the pipeline returns. */
  public readonly outputs: OutputsOf<O>;
  /** The values given to the pipeline's parameters, by name. */
  public readonly inputs: Readonly<Record<string, unknown>>;
  /** The pipeline that runs. */
  public readonly pipeline: Pipeline;

  /**
   * @param scope a Pipeline, a branch, a loop, or any construct under one
   * @param id the name in its scope
   * @throws where the scope is in no pipeline, or its pipeline was already synthesised
   */
  public constructor(scope: Construct, id: string, props: SubPipelineProps<P, O>) {
    super(scope, id, new.target);
    const call = callPipeline(this, props.pipeline as unknown as Pipeline, props.inputs);
    this.pipeline = call.pipeline;
    this.inputs = call.inputs;
    this.outputs = call.outputs as OutputsOf<O>;
    this.register();
  }

  /** Takes its place among the nodes of its scope. @internal */
  protected register(): void {
    enterScope(this as unknown as ScopeNode);
  }
}
