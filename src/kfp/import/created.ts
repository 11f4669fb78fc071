import type { Construct } from 'constructs';
import type { Json, Passthrough } from '../../components/definition';
import { pointer } from '../ir/passthrough';
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

/** A node's bag, where there is something in it. */
export function addToBag(node: { kfp: Passthrough | undefined }, ...bags: readonly (Passthrough | undefined)[]): void {
  const all = Object.assign({}, ...bags) as Passthrough;
  if (Object.keys(all).length > 0) node.kfp = { ...node.kfp, ...all };
}

/** The id of a construct, which no other one has in its scope. */
export function freeId(scope: Construct, wanted: string): string {
  let id = wanted;
  for (let count = 2; scope.node.tryFindChild(id); count++) id = `${wanted}-${count}`;
  return id;
}
