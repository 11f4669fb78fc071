import { Construct } from 'constructs';
import type { Passthrough } from '../components/definition';
import type { GraphNode, NodeState } from '../graph/graph';
import { Value } from '../values/value';
import { type CallSite, callSite } from './call-site';
import { Dependency } from './dependency';
import type { Elif, Else } from './if';
import type { ScopeNode } from './task-scope';
import { membersOf, taskScopeOf } from './task-scope';

/** What can be waited for. An Elif or Else stands for its If. */
export type Awaitable = FlowNode | Elif | Else;

/**
 * Something that runs in a pipeline, in an order that data and `after` give: a task, an If, a loop, …. It starts when
 * everything whose outputs it reads has succeeded.
 */
export abstract class FlowNode extends Construct {
  /** What it becomes in the compiled graph. */
  public abstract readonly kind: GraphNode['kind'];

  /** What the KFP document that it came from says of it besides. @internal */
  public kfp: Passthrough | undefined;
  /** Gives `file:line` of what it came from, where that is a KFP document. @internal */
  public origin: (() => string) | undefined;

  private readonly site: CallSite;
  private readonly awaited: (ScopeNode | Dependency)[] = [];
  private lenient = false;
  private mayFail = false;

  /** @internal */
  protected constructor(scope: Construct, id: string, callee: Function) {
    super(scope, id);
    this.site = callSite(callee);
  }

  /** `file:line` of the code that created this, where it is known. */
  public get at(): string | undefined {
    return this.origin ? this.origin() : this.site.at;
  }

  /** What it was told to run after, besides what its values come from. */
  public get upstream(): readonly (FlowNode | Dependency)[] {
    return this.awaited as readonly (FlowNode | Dependency)[];
  }

  /** True where {@link ignoreUpstreamFailure} was called. */
  public get ignoresUpstreamFailure(): boolean {
    return this.lenient;
  }

  /** True where {@link continueOnFailure} was called. */
  public get continuesOnFailure(): boolean {
    return this.mayFail;
  }

  /** Holds when this has succeeded; an approval, when it was given. */
  public get succeeded(): Dependency {
    return this.ending('Succeeded');
  }

  /** Holds when this has failed. */
  public get failed(): Dependency {
    return this.ending('Failed');
  }

  /**
   * Holds when this did not run, because what it waits for did not come about; for an approval, when it was not given. An
   * If of which no branch was taken has succeeded.
   */
  public get skipped(): Dependency {
    return this.ending('Skipped');
  }

  /** Holds when this has ended, however it did. */
  public get ended(): Dependency {
    return this.ending('Succeeded', 'Failed', 'Skipped');
  }

  /**
   * Runs this after others have succeeded, although it reads none of their outputs. After an If, it runs when the branch
   * that was taken has succeeded, or when none was taken; after an {@link Approval}, when it was approved.
   *
   * Given a condition such as `train.failed`, it runs when that holds. A failure that something waits for is a failure
   * all the same: the run ends as Failed, unless {@link continueOnFailure} says otherwise.
   *
   * @throws where the pipeline was already synthesised
   */
  public after(...others: readonly (Awaitable | Dependency)[]): this {
    this.assertOpen('was told to run after others');
    for (const other of others) {
      if (!(other instanceof Dependency) && !Construct.isConstruct(other)) {
        throw new Error(
          `'${this.node.path}' is told to run after ${(other as unknown) instanceof Value ? 'a value' : String(other)}: give tasks, Ifs, loops and the like, as they are.`,
        );
      }
      this.awaited.push('chain' in other ? other.chain : (other as ScopeNode | Dependency));
    }
    return this;
  }

  /**
   * Runs this when everything upstream has ended, however it did: KFP's `ignore_upstream_failure`. What it reads from
   * there may be absent, so those inputs must be optional. The run ends as Failed all the same where something failed.
   *
   * @throws where the pipeline was already synthesised
   */
  public ignoreUpstreamFailure(): this {
    this.assertOpen('was told to ignore failures');
    this.lenient = true;
    return this;
  }

  /**
   * Lets the run go on where this fails, as if it had succeeded: a failure of it fails nothing else. Its outputs are
   * absent then, so inputs that read them must be optional.
   *
   * @throws where the pipeline was already synthesised
   */
  public continueOnFailure(): this {
    this.assertOpen('was told to continue on failure');
    this.mayFail = true;
    return this;
  }

  /** Refuses a change after the pipeline was synthesised. @internal */
  protected assertOpen(change: string): void {
    membersOf(taskScopeOf(this)).pipeline.assertOpen(`'${this.node.path}' ${change}`);
  }

  private ending(...states: readonly NodeState[]): Dependency {
    return new Dependency({ kind: 'ended', node: this, states });
  }
}
