import type * as graph from '../graph/graph';
import type { FlowNode } from './flow-node';

/**
 * A condition on how others have ended: what `after` takes where success is not what is waited for.
 *
 * ```ts
 * rollback.after(deploy.failed);
 * report.after(train.ended, evaluate.succeeded.or(fallback.succeeded));
 * ```
 *
 * It is asked when all that it names have ended. Argo's `depends`.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/enhanced-depends-logic/
 */
export class Dependency {
  /** Use the properties of a task: `task.failed`, `task.ended`, …. @internal */
  public constructor(
    /** The condition as data. @internal */
    public readonly tree: graph.Dependency<FlowNode>,
  ) {}

  /** Holds when this and all `others` hold. */
  public and(...others: readonly Dependency[]): Dependency {
    return new Dependency({ kind: 'and', operands: [this, ...others].map(treeOf) });
  }

  /** Holds when this or one of `others` holds. */
  public or(...others: readonly Dependency[]): Dependency {
    return new Dependency({ kind: 'or', operands: [this, ...others].map(treeOf) });
  }

  /** Holds when this does not. */
  public not(): Dependency {
    return new Dependency({ kind: 'not', operand: this.tree });
  }
}

function treeOf(dependency: Dependency): Dependency['tree'] {
  if (dependency instanceof Dependency) return dependency.tree;
  throw new Error('What is joined are conditions on how others have ended, such as task.failed or task.ended.');
}
