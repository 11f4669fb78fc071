import type { Pipeline } from './pipeline';
import type { TaskSettings } from './settings/task-settings';
import type { Task } from './task';
import { nodesUnder } from './task-scope';

/**
 * Every task of a pipeline, those inside of branches and loops included, present and future; those of the pipelines that
 * it calls are not among them.
 */
export class TaskView implements Iterable<Task> {
  private readonly layers: TaskSettings[];

  /** Use {@link Pipeline.tasks}. @internal */
  public constructor(
    private readonly pipeline: Pipeline,
    settings: TaskSettings | undefined,
  ) {
    this.layers = settings ? [settings] : [];
  }

  /** The tasks that exist so far, in creation order. */
  public *[Symbol.iterator](): Iterator<Task> {
    for (const node of nodesUnder(this.pipeline)) if (node.kind === 'task') yield node;
    if (this.pipeline.exit?.kind === 'task') yield this.pipeline.exit;
  }

  /**
   * Gives settings to all present and future tasks. A task's own settings win; of two calls, the later wins.
   *
   * @throws where the pipeline was already synthesised
   */
  public configure(settings: TaskSettings): this {
    this.pipeline.assertOpen(`its tasks were configured`);
    this.layers.push(settings);
    return this;
  }

  /** What every task is given, earliest first. */
  public get settings(): readonly TaskSettings[] {
    return this.layers;
  }
}
