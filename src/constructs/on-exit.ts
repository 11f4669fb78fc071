import type { Construct } from 'constructs';
import { Task, type TaskProps } from './task';
import { membersOf, taskScopeOf } from './task-scope';

/**
 * A task that runs when the run ends, whether it succeeded, failed or was stopped: Argo's `hooks.exit` on the workflow.
 * It reads parameters and facts of the run, and its component may take a `PipelineTaskFinalStatus`; outputs of tasks it
 * cannot read, because they may not exist.
 */
export class OnExit<I = Record<string, unknown>, O = unknown, R = unknown> extends Task<I, O, R> {
  /**
   * @param scope the Pipeline itself, or a construct of the user's own directly under it
   * @param id the task's name
   * @throws where the pipeline already has an exit task, or the scope is a branch
   */
  public constructor(scope: Construct, id: string, props: TaskProps<I, O, R>) {
    super(scope, id, props);
  }

  /** @internal */
  protected override register(): void {
    const scope = taskScopeOf(this.node.scope as Construct);
    const { pipeline } = membersOf(scope);
    if (scope !== (pipeline as Construct)) {
      throw new Error(
        `The exit task '${this.node.path}' is inside the branch '${scope.node.path}': create it under the Pipeline, where it runs at the end of every run.`,
      );
    }
    pipeline.setOnExit(this as unknown as OnExit<never, unknown, unknown>);
    pipeline.useComponent(this as unknown as Task);
  }
}
