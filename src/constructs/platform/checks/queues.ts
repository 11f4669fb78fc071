import type { Diagnostic } from '../../../diagnostic';
import type { TaskNode } from '../../../graph/graph';
import { amountOf } from '../../../graph/quantity';
import type { QueueFact } from '../facts';

/** Kueue's label of pods: the queue that they wait in. */
export const QUEUE_LABEL = 'kueue.x-k8s.io/queue-name';

/** The queue of the app that a task waits in. */
export function queueOf({ settings }: TaskNode, queues: readonly QueueFact[]): QueueFact | undefined {
  const name = settings.labels?.[QUEUE_LABEL];
  return name === undefined ? undefined : queues.find((queue) => queue.name === name);
}

/** Where a task asks its queue for what it never gives out: it would wait for ever. */
export function queueProblems(task: TaskNode, queues: readonly QueueFact[]): readonly Diagnostic[] {
  const queue = queueOf(task, queues);
  if (!queue) return [];
  const { requests = {}, limits = {} } = task.settings.resources ?? {};
  return Object.entries({ ...limits, ...requests }).flatMap(([resource, amount]): Diagnostic[] => {
    const asked = amountOf(amount);
    const most = queue.most.get(resource);
    if (asked === undefined || asked === 0 || (most !== undefined && asked <= most)) return [];
    const isCovered = most !== undefined;
    return [
      {
        code: 'KFP1726',
        // Kueue may be told to overlook a resource.
        ...(!isCovered && { severity: 'warning' as const }),
        path: task.path,
        message: isCovered
          ? `asks for ${amount} of ${resource}, but the queue '${queue.name}' gives ${most} to one task at most`
          : `asks for ${resource}, of which the queue '${queue.name}' gives out none`,
        mend: "ask for less, or raise the queue's quotas",
      },
    ];
  });
}
