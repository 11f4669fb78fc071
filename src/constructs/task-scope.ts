import type { Construct } from 'constructs';
import type { Approval } from './approval';
import type { ExitHandler } from './exit-handler';
import type { If } from './if';
import type { ParallelFor } from './parallel-for';
import type { Pipeline } from './pipeline';
import type { RepeatUntil } from './repeat-until';
import type { SubPipeline } from './sub-pipeline';
import type { Task } from './task';

const TASK_SCOPE = Symbol.for('cdk8s-kfp.TaskScope');

/** What stands in a {@link TaskScope}. */
export type ScopeNode = Task | If | ParallelFor | ExitHandler | SubPipeline | RepeatUntil | Approval;

/**
 * A construct that runs what is created under it: a Pipeline, a branch of an If, a ParallelFor, an ExitHandler.
 * Constructs of the user's own may stand between; they only add to names.
 */
export interface TaskScope extends Construct {
  readonly [TASK_SCOPE]: ScopeMembers;
}

/** The nodes of one scope, in creation order. */
export interface ScopeMembers {
  readonly pipeline: Pipeline;
  readonly nodes: ScopeNode[];
}

/** Makes `construct` a task scope. */
export function becomeTaskScope(construct: Construct, pipeline: Pipeline): void {
  const members: ScopeMembers = { pipeline, nodes: [] };
  Object.defineProperty(construct, TASK_SCOPE, { value: members });
}

/** The members of a scope, in creation order. */
export function membersOf(scope: Construct): ScopeMembers {
  return (scope as TaskScope)[TASK_SCOPE];
}

/** The scopes directly inside of a node. */
export function scopesOf(node: ScopeNode): readonly Construct[] {
  switch (node.kind) {
    case 'if':
      return node.branches;
    case 'loop':
    case 'exit-handler':
      return [node];
    default:
      return [];
  }
}

/** Every node under a scope, in creation order; an exit task comes after what it waits for. */
export function* nodesUnder(scope: Construct): Generator<ScopeNode> {
  for (const node of membersOf(scope).nodes) {
    yield node;
    for (const inner of scopesOf(node)) yield* nodesUnder(inner);
    if (node.kind === 'exit-handler' && node.exit) yield node.exit;
  }
}

/**
 * The scope that runs what is created under `construct`: itself or the nearest ancestor that is one.
 *
 * @throws where there is none
 */
export function taskScopeOf(construct: Construct): TaskScope {
  for (let at: Construct | undefined = construct; at; at = at.node.scope as Construct | undefined) {
    if (TASK_SCOPE in at) return at as TaskScope;
  }
  throw new Error(
    `'${construct.node.path}' is not inside a Pipeline: create tasks under a Pipeline, a branch of an If, a ParallelFor or an ExitHandler.`,
  );
}

/**
 * Adds a new node to the scope that runs it, and gives the pipeline.
 *
 * @throws where the pipeline was already compiled
 */
export function enterScope(node: ScopeNode): Pipeline {
  const { pipeline, nodes } = membersOf(taskScopeOf(node.node.scope as Construct));
  pipeline.assertOpen(`'${node.node.path}' was created`);
  nodes.push(node);
  return pipeline;
}
