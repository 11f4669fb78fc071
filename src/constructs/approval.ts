import type { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ApprovalDecision } from '../graph/graph';
import { Value } from '../values/value';
import { FlowNode } from './flow-node';
import { enterScope } from './task-scope';

/** Props of {@link Approval}. */
export interface ApprovalProps {
  /** What a person is asked; values of the run go into it by {@link text}. @default - none */
  readonly message?: string | Value<string> | undefined;
  /** How long to wait; then nobody has approved. @default - for ever */
  readonly timeout?: Duration | undefined;
}

/**
 * Waits for a person: no pod runs meanwhile. What runs `after` it runs only where it was approved; else that is skipped,
 * and the run goes on without it. The decision is also a value, for conditions.
 *
 * ```ts
 * const approval = new Approval(pipeline, 'go-live', { message: text`Deploy with accuracy ${accuracy}?`, timeout: Duration.days(2) });
 * new Task(pipeline, 'deploy', { component: deploy, inputs: { model } }).after(approval);
 * ```
 *
 * In Argo's UI, set the output `decision` and resume; or by its command line:
 * `argo node set RUN --node-field-selector displayName=go-live --output-parameter decision=approved`, then
 * `argo resume RUN --node-field-selector displayName=go-live`.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/intermediate-inputs/
 */
export class Approval extends FlowNode {
  public readonly kind = 'approval';
  /** What was decided. It exists in each case. */
  public readonly decision: Value<ApprovalDecision>;
  /** True where it was approved. */
  public readonly approved: Value<boolean>;
  /** What it was created with. @internal */
  public readonly props: ApprovalProps;

  /**
   * @param scope a Pipeline, a branch, a loop, or any construct under one
   * @param id the name in its scope
   * @throws where the scope is in no pipeline, or its pipeline was already synthesised
   */
  public constructor(scope: Construct, id: string, props: ApprovalProps = {}) {
    super(scope, id, new.target);
    if (props?.timeout !== undefined && typeof props.timeout.toSeconds !== 'function') {
      throw new Error(
        `The timeout of '${this.node.path}' is ${String(props.timeout)}: give a Duration, such as Duration.days(2).`,
      );
    }
    this.props = props ?? {};
    this.decision = Value.of({ kind: 'output', task: this, output: 'decision', type: 'STRING' });
    this.approved = this.decision.eq('approved');
    enterScope(this);
  }
}
