import { Construct } from 'constructs';
import type { Passthrough } from '../components/definition';
import { Value } from '../values/value';
import { type CallSite, callSite } from './call-site';
import { FlowNode } from './flow-node';
import { becomeTaskScope, enterScope, membersOf, taskScopeOf } from './task-scope';

/** Props of {@link If} and {@link Elif}. */
export interface ConditionProps {
  /** When the branch is taken. */
  readonly condition: Value<boolean>;
}

/**
 * What is created under an If runs only when its condition holds. {@link elif} and {@link else} add further branches: at
 * most one of them runs, the first whose condition holds.
 */
export class If extends FlowNode {
  public readonly kind = 'if';
  /** When the branch is taken. */
  public readonly condition: Value<boolean>;
  /** The branches: this If, its Elifs, its Else. */
  public readonly branches: readonly (If | Elif | Else)[];
  /** What the KFP document says of this branch, where another task of it holds all branches. @internal */
  public branchKfp: Passthrough | undefined;

  /**
   * @param scope a Pipeline, a branch, a loop, or any construct under one
   * @param id the branch's name in its scope; it names the whole chain
   * @throws where the scope is in no pipeline, or its pipeline was already synthesised
   */
  public constructor(scope: Construct, id: string, props: ConditionProps) {
    super(scope, id, new.target);
    this.condition = conditionOf(this, props);
    this.branches = [this];
    becomeTaskScope(this, membersOf(taskScopeOf(scope)).pipeline);
    enterScope(this);
  }

  /**
   * Adds a branch that is taken when its condition holds and none before it did. It is a sibling of this If.
   *
   * @throws where the chain already has an Else
   */
  public elif(id: string, props: ConditionProps): Elif {
    const branch = new Elif(this.node.scope as Construct, id, props, this, this.elif);
    this.addBranch(branch, 'Elif');
    return branch;
  }

  /**
   * Adds the branch that is taken when none of the conditions holds. It is a sibling of this If.
   *
   * @throws where the chain already has an Else
   */
  public else(id: string): Else {
    const branch = new Else(this.node.scope as Construct, id, this, this.else);
    this.addBranch(branch, 'Else');
    return branch;
  }

  private addBranch(branch: Elif | Else, kind: string): void {
    membersOf(this).pipeline.assertOpen(`'${branch.node.path}' was created`);
    if (this.branches.at(-1) instanceof Else) {
      throw new Error(
        `The If '${this.node.path}' already has its Else; add the ${kind} '${branch.node.id}' before it.`,
      );
    }
    (this.branches as (If | Elif | Else)[]).push(branch);
  }
}

/** A further branch of an {@link If}, made by {@link If.elif}. */
export class Elif extends Construct {
  /** When the branch is taken, if none before it was. */
  public readonly condition: Value<boolean>;
  /** What the KFP document that it came from says of it besides. @internal */
  public kfp: Passthrough | undefined;
  /** Gives `file:line` of what it came from, where that is a KFP document. @internal */
  public origin: (() => string) | undefined;
  private readonly site: CallSite;

  /** Use {@link If.elif}. @internal */
  public constructor(
    scope: Construct,
    id: string,
    props: ConditionProps,
    /** The If it belongs to. */
    public readonly chain: If,
    maker: Function,
  ) {
    super(scope, id);
    this.site = callSite(maker);
    this.condition = conditionOf(this, props);
    becomeTaskScope(this, membersOf(taskScopeOf(scope)).pipeline);
  }

  /** `file:line` of the code that created this branch, where it is known. */
  public get at(): string | undefined {
    return this.origin ? this.origin() : this.site.at;
  }
}

/** The last branch of an {@link If}, made by {@link If.else}. */
export class Else extends Construct {
  /** What the KFP document that it came from says of it besides. @internal */
  public kfp: Passthrough | undefined;
  /** Gives `file:line` of what it came from, where that is a KFP document. @internal */
  public origin: (() => string) | undefined;
  private readonly site: CallSite;

  /** Use {@link If.else}. @internal */
  public constructor(
    scope: Construct,
    id: string,
    /** The If it belongs to. */
    public readonly chain: If,
    maker: Function,
  ) {
    super(scope, id);
    this.site = callSite(maker);
    becomeTaskScope(this, membersOf(taskScopeOf(scope)).pipeline);
  }

  /** `file:line` of the code that created this branch, where it is known. */
  public get at(): string | undefined {
    return this.origin ? this.origin() : this.site.at;
  }
}

function conditionOf(branch: Construct, { condition }: ConditionProps): Value<boolean> {
  if (condition instanceof Value) return condition;
  throw new Error(
    `The condition of '${branch.node.path}' is ${String(condition)}: give a comparison of values, such as task.output.gte(0.9).`,
  );
}
