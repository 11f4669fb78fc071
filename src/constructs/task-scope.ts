import { Construct } from 'constructs';
import type { If } from './if';
import type { Pipeline } from './pipeline';
import type { Awaitable, Task } from './task';

const TASK_SCOPE = Symbol.for('cdk8s-kfp.TaskScope');

/** What stands in a {@link TaskScope}: tasks, and Ifs with their branches. */
export type ScopeNode = Task | If;

/**
 * A construct that runs what is created under it: a Pipeline, or a branch of an If. Constructs of the user's own may
 * stand between; they only add to names.
 */
export interface TaskScope extends Construct {
  readonly [TASK_SCOPE]: ScopeMembers;
}

/** Tasks and Ifs of one scope, in creation order. */
export interface ScopeMembers {
  readonly pipeline: Pipeline;
  readonly nodes: ScopeNode[];
}

/** Makes `construct` a task scope. */
export function becomeTaskScope(construct: Construct, pipeline: Pipeline): void {
  const members: ScopeMembers = { pipeline, nodes: [] };
  Object.defineProperty(construct, TASK_SCOPE, { value: members });
}

/**
 * What a node was told to run after.
 *
 * @throws where something is no task and no branch
 */
export function awaitable(node: Construct, others: readonly Awaitable[]): readonly Awaitable[] {
  for (const other of others) {
    if (Construct.isConstruct(other)) continue;
    throw new Error(`'${node.node.path}' is told to run after ${String(other)}: give tasks or Ifs, as they are.`);
  }
  return others;
}

/** The members of a scope, in creation order. */
export function membersOf(scope: Construct): ScopeMembers {
  return (scope as TaskScope)[TASK_SCOPE];
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
    `'${construct.node.path}' is not inside a Pipeline: create tasks and Ifs under a Pipeline, an If, an Elif or an Else.`,
  );
}

/**
 * Adds a new node to the scope that runs it.
 *
 * @throws where the pipeline was already compiled
 */
export function enterScope(node: ScopeNode): void {
  const scope = taskScopeOf(node.node.scope as Construct);
  const { pipeline, nodes } = membersOf(scope);
  pipeline.assertOpen(`'${node.node.path}' was created`);
  nodes.push(node);
  if (!('branches' in node)) pipeline.useComponent(node);
}
