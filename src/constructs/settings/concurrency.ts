import type { Text } from '../../graph/settings';
import { loweredText, type SettingText } from './setting-value';

/** A limited number of places, kept in a ConfigMap: a `Semaphore`, or any object of this shape. */
export interface ISemaphore {
  /** The ConfigMap. */
  readonly name: string;
  /** The key that holds how many places there are. */
  readonly key: string;
}

/** What a task waits for before its pod starts, besides other tasks. */
export interface TaskConcurrency {
  /**
   * Names of locks: of all tasks in the namespace that name the same, one runs at a time. A name may be a value of the run.
   * @default - none
   */
  readonly mutexes?: readonly SettingText[] | undefined;
  /** Semaphores: of all tasks that name one, so many run at a time. @default - none */
  readonly semaphores?: readonly ISemaphore[] | undefined;
}

/** Locks of several layers. */
export function lowerMutexes(layers: readonly TaskConcurrency[]): Text[] {
  return layers.flatMap(({ mutexes }) => mutexes ?? []).map((name) => loweredText(name));
}

/** Semaphores of several layers. */
export function lowerSemaphores(layers: readonly TaskConcurrency[]) {
  return layers
    .flatMap(({ semaphores }) => semaphores ?? [])
    .map((semaphore) => {
      const { name, key } = semaphore;
      if (typeof name !== 'string' || typeof key !== 'string') {
        throw new Error(`${String(semaphore)} is no semaphore: give a Semaphore, or { name, key }`);
      }
      return { name, key };
    });
}
