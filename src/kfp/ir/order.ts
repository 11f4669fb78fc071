import type { IrDag, IrTask, IrTaskParameter } from './types';

/** The keys of the tasks beside it that a task waits for: those it names, and those it reads from. */
export function upstreamOf({ inputs = {}, dependentTasks = [] }: IrTask): readonly string[] {
  const keys = new Set(dependentTasks);
  for (const input of Object.values(inputs.parameters ?? {})) {
    const key = producerOf(input);
    if (key !== undefined) keys.add(key);
  }
  for (const { taskOutputArtifact } of Object.values(inputs.artifacts ?? {})) {
    if (taskOutputArtifact) keys.add(taskOutputArtifact.producerTask);
  }
  return [...keys];
}

/** The key of the task that a parameter comes from. */
function producerOf({ taskOutputParameter, taskFinalStatus }: IrTaskParameter): string | undefined {
  return taskOutputParameter?.producerTask ?? taskFinalStatus?.producerTask;
}

/**
 * The keys of a DAG's tasks, each after what it waits for; of those that could come next, the one is next that could first, by the
 * document's order.
 */
export function orderOf({ tasks = {} }: IrDag): readonly string[] {
  const waiting = new Map<string, number>();
  const dependents = new Map<string, string[]>();
  for (const key in tasks) {
    const upstream = upstreamOf(tasks[key]!).filter((other) => Object.hasOwn(tasks, other));
    waiting.set(key, upstream.length);
    for (const other of upstream) {
      const known = dependents.get(other);
      if (known) known.push(key);
      else dependents.set(other, [key]);
    }
  }
  const ordered = [...waiting.keys()].filter((key) => waiting.get(key) === 0);
  // It grows while it is gone through.
  for (const key of ordered) {
    for (const next of dependents.get(key) ?? []) {
      const left = waiting.get(next)! - 1;
      waiting.set(next, left);
      if (left === 0) ordered.push(next);
    }
  }
  return ordered;
}
