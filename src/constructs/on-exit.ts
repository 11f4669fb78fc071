import type { Construct } from 'constructs';
import type { ReturnPorts } from '../components/ports';
import type { ExitHandler } from './exit-handler';
import type { Pipeline, PipelineParameters } from './pipeline';
import { SubPipeline, type SubPipelineProps } from './sub-pipeline';
import { Task, type TaskProps } from './task';
import { membersOf, taskScopeOf } from './task-scope';

/**
 * A task that runs when something has ended, whether it succeeded, failed or was stopped. Under a Pipeline that is the
 * run (Argo's `hooks.exit` on the workflow), under an {@link ExitHandler} what the handler holds.
 *
 * It reads parameters, facts of the run and a loop's item, and its component may take a `PipelineTaskFinalStatus`; outputs
 * of tasks it cannot read, because they may not exist.
 */
export class OnExit<I = Record<string, unknown>, O = unknown, R = unknown> extends Task<I, O, R> {
  /**
   * @param scope the Pipeline or an ExitHandler, or a construct of the user's own directly under one
   * @param id the task's name
   * @throws where there is an exit task already, or the scope is another one
   */
  public constructor(scope: Construct, id: string, props: TaskProps<I, O, R>) {
    super(scope, id, props);
  }

  /** @internal */
  protected override register(): void {
    const task = this as unknown as Task;
    setOnExit(task);
    membersOf(taskScopeOf(this)).pipeline.useComponent(task);
  }
}

/** A pipeline that runs when something has ended: what {@link OnExit} is for a component. */
export class OnExitPipeline<
  const P extends PipelineParameters = PipelineParameters,
  const O extends ReturnPorts = ReturnPorts,
> extends SubPipeline<P, O> {
  /**
   * @param scope the Pipeline or an ExitHandler, or a construct of the user's own directly under one
   * @param id the name
   * @throws where there is an exit task already, or the scope is another one
   */
  public constructor(scope: Construct, id: string, props: SubPipelineProps<P, O>) {
    super(scope, id, props);
  }

  /** @internal */
  protected override register(): void {
    setOnExit(this as unknown as SubPipeline);
  }
}

function setOnExit(node: Task | SubPipeline): void {
  const scope = taskScopeOf(node.node.scope as Construct);
  if ('setOnExit' in scope) (scope as unknown as Pipeline | ExitHandler).setOnExit(node);
  else {
    throw new Error(
      `The exit task '${node.node.path}' is inside of '${scope.node.path}': create it under the Pipeline, where it runs at the end of every run, or under an ExitHandler.`,
    );
  }
}
