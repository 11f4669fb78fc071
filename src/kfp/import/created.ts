import type { Construct } from 'constructs';
import type { Json, Passthrough } from '../../components/definition';
import type { FlowNode } from '../../constructs/flow-node';
import { pointer } from '../ir/passthrough';
import { isLoop } from '../ir/shapes';
import type { IrTask } from '../ir/types';
import { isKept } from './values';

/** What a document calls a task, where that is not its key. */
export function saidOfName(key: string, { taskInfo }: IrTask): Passthrough {
  const name = taskInfo?.name;
  return name !== undefined && name !== key ? { '/task/taskInfo/name': name } : {};
}

/** What a document says of a group or of a call that has no place in the construct. */
export function saidOfGroup(key: string, task: IrTask): Passthrough {
  const { retryPolicy } = task;
  return { ...saidOfName(key, task), ...(retryPolicy && { '/task/retryPolicy': { ...retryPolicy } as Json }) };
}

/** What a task is given that its inputs do not tell. */
export function saidOfInputs({ inputs = {} }: IrTask): Passthrough {
  const kept: Record<string, Json> = {};
  for (const [name, { runtimeValue }] of Object.entries(inputs.parameters ?? {})) {
    if (!isKept(runtimeValue?.constant)) continue;
    kept[pointer(['task', 'inputs', 'parameters', name, 'runtimeValue', 'constant'])] = runtimeValue!.constant!;
  }
  return kept;
}

/** One bag of several; undefined where there is nothing in them. */
export function bagOf(...bags: readonly (Passthrough | undefined)[]): Passthrough | undefined {
  const all = Object.assign({}, ...bags) as Passthrough;
  return Object.keys(all).length > 0 ? all : undefined;
}

/** Adds to a node's bag. */
export function addToBag(node: { kfp: Passthrough | undefined }, ...bags: readonly (Passthrough | undefined)[]): void {
  node.kfp = bagOf(node.kfp, ...bags);
}

/** Where a task's iterator is said. */
const ITERATION = /^\/task\/(parameterIterator|artifactIterator|iteratorPolicy)\//;

/**
 * What of a task's unknown fields belongs to one of the constructs that it becomes, where it is no group: its condition and its
 * iterator are constructs around what it runs.
 */
export function unknownOfPart(unknown: Passthrough, kind: FlowNode['kind'], task: IrTask): Passthrough {
  const isConditional = task.triggerPolicy?.condition !== undefined;
  const owner = (field: string) => {
    if (isConditional && field.startsWith('/task/triggerPolicy/')) return 'if';
    return isLoop(task) && ITERATION.test(field) ? 'loop' : 'run';
  };
  const part = kind === 'if' || kind === 'loop' ? kind : 'run';
  return Object.fromEntries(Object.entries(unknown).filter(([field]) => owner(field) === part));
}

/** The id of a construct, which no other one has in its scope. */
export function freeId(scope: Construct, wanted: string): string {
  let id = wanted;
  for (let count = 2; scope.node.tryFindChild(id); count++) id = `${wanted}-${count}`;
  return id;
}
