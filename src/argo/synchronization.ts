import type { Text } from '../graph/settings';
import type { Template } from './types';

/** What a task, or a run, waits for and holds: locks by their names, and places of semaphores. */
interface Waiting {
  readonly mutexes?: readonly Text[];
  readonly semaphores?: readonly Semaphore[];
}

interface Semaphore {
  readonly name: string;
  readonly key: string;
}

/** Argo's field for it, where there is something; `print` gives the text of a lock's name. */
export function synchronization(
  { mutexes, semaphores }: Waiting,
  print: (name: Text) => string,
): Pick<Template, 'synchronization'> {
  if (!mutexes && !semaphores) return {};
  return {
    synchronization: {
      ...(mutexes && { mutexes: mutexes.map((name) => ({ name: print(name) })) }),
      ...(semaphores && { semaphores: semaphores.map(semaphoreReference) }),
    },
  };
}

/** A place of a semaphore, as Argo refers to it from 3.6 on. */
export function semaphoreReference({ name, key }: Semaphore) {
  return { configMapKeyRef: { name, key } };
}
