import type { Construct } from 'constructs';
import type { Struct } from '../values/types';
import { Value } from '../values/value';
import { FlowNode } from './flow-node';
import type { SubPipeline } from './sub-pipeline';
import type { Task } from './task';
import { becomeTaskScope, enterScope, membersOf, taskScopeOf } from './task-scope';

/**
 * Runs what is created under it, and then its {@link OnExit}, whether that succeeded, failed or was stopped: KFP's
 * `ExitHandler`. A pipeline can have several, anywhere.
 *
 * ```ts
 * const cluster = new ExitHandler(pipeline, 'cluster');
 * new Task(cluster, 'train', { component: train, inputs: { … } });
 * new OnExit(cluster, 'tear-down', { component: tearDown, inputs: { … } });
 * ```
 *
 * What its tasks give may be read outside: that waits for the handler. Where one of them fails, the handler has failed
 * and so has the run. A failing exit task fails nothing; let it be tried again where that matters.
 */
export class ExitHandler extends FlowNode {
  public readonly kind = 'exit-handler';
  /** How the tasks ended, for an input of the exit task: a dict with `state`, `error` and names, as KFP's. */
  public readonly finalStatus: Value<Struct>;

  private exitNode: Task | SubPipeline | undefined;

  /**
   * @param scope a Pipeline, a branch, a loop, or any construct under one
   * @param id the handler's name in its scope
   * @throws where the scope is in no pipeline, or its pipeline was already synthesised
   */
  public constructor(scope: Construct, id: string) {
    super(scope, id, new.target);
    this.finalStatus = Value.of({ kind: 'status', of: this, type: 'TASK_FINAL_STATUS' });
    becomeTaskScope(this, membersOf(taskScopeOf(scope)).pipeline);
    enterScope(this);
  }

  /** What runs at the end, where there is something. */
  public get exit(): Task | SubPipeline | undefined {
    return this.exitNode;
  }

  /** Takes the exit task. @internal */
  public setOnExit(onExit: Task | SubPipeline): void {
    membersOf(this).pipeline.assertOpen(`'${onExit.node.path}' was created`);
    if (this.exitNode) {
      throw new Error(
        `The exit handler '${this.node.path}' already has the exit task '${this.exitNode.node.id}'; it can have one.`,
      );
    }
    this.exitNode = onExit;
  }
}
