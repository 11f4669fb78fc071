import type { Duration } from 'cdk8s';
import type { GraphCaching } from '../../graph/settings';
import { loweredText, type SettingText, seconds } from './setting-value';

/** How what an equal task gave before is reused. */
export interface CachingOptions {
  /** Whether it is. @default true */
  readonly enabled?: boolean | undefined;
  /**
   * Stands for everything that makes two tasks equal otherwise: tasks of one component with one key share a result, whatever
   * their inputs. KFP's `cache_key`.
   * @default - the component's image, code and packages, and the values and artifacts that the task reads
   */
  readonly key?: SettingText | undefined;
  /** How old a result may be. @default - any age */
  readonly maxAge?: Duration | undefined;
  /** Names of environment variables whose values make a difference: those given by text or value, not from Secrets. @default - none */
  readonly env?: readonly string[] | undefined;
}

/** Whether and how a task's results are reused. */
export interface TaskCaching {
  /** True, false, or how. A task's own stands for the pipeline's. @default false */
  readonly caching?: boolean | CachingOptions | undefined;
}

/** Caching as plain data; undefined where it is off. */
export function lowerCaching(given: boolean | CachingOptions | undefined): GraphCaching | undefined {
  if (given === undefined || given === false) return undefined;
  if (given !== true && (typeof given !== 'object' || given === null)) {
    throw new Error(`caching is ${String(given)}: give true, false, or { maxAge, key, env }`);
  }
  const { enabled = true, key, maxAge, env = [] } = given === true ? {} : given;
  if (!enabled) return undefined;
  return {
    ...(key !== undefined && { key: loweredText(key) }),
    ...(maxAge && { maxAgeSeconds: seconds(maxAge) }),
    env: [...env],
  };
}
