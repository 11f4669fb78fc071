import type { Duration, Size } from 'cdk8s';
import type { GraphTaskSettings } from '../graph/graph';

/** Compute resources of a task: the pod requests what it may use, unless a limit is given apart. */
export interface TaskResources {
  /** CPU cores, as a number (`4`, `0.5`) or a Kubernetes quantity (`'500m'`). @default - none */
  readonly cpu?: number | string | undefined;
  /** Memory. @default - none */
  readonly memory?: Size | string | undefined;
  /** CPU limit, where it differs from `cpu`. @default - the same as `cpu` */
  readonly cpuLimit?: number | string | undefined;
  /** Memory limit, where it differs from `memory`. @default - the same as `memory` */
  readonly memoryLimit?: Size | string | undefined;
}

/** When an attempt is retried. */
export interface TaskRetry {
  /** How many times to try again after the first attempt. */
  readonly retries: number;
  /**
   * Which failures are retried, in Argo's words: `OnFailure` (the program failed), `OnError` (the pod was lost),
   * `Always` (both), `OnTransientError`.
   * @default 'Always'
   */
  readonly policy?: 'Always' | 'OnFailure' | 'OnError' | 'OnTransientError' | undefined;
  /** Waiting time between attempts. @default - none */
  readonly backoff?:
    | {
        /** The first wait. */
        readonly duration: Duration;
        /** What each further wait is multiplied by. @default 2 */
        readonly factor?: number | undefined;
        /** The longest wait; needs Argo 3.7 or newer, older engines do not cap. @default - none */
        readonly cap?: Duration | undefined;
      }
    | undefined;
}

/** What a task may ask of its pod. */
export interface TaskSettings {
  /** Compute resources. @default - the namespace's defaults */
  readonly resources?: TaskResources | undefined;
  /** Retries. @default - none */
  readonly retry?: TaskRetry | undefined;
  /** The longest an attempt may take. @default - no limit */
  readonly timeout?: Duration | undefined;
  /** Environment variables of the main container. @default - none */
  readonly env?: { readonly [name: string]: string } | undefined;
}

/** Parts of a second are kept, for a rule to refuse. */
const seconds = (duration: Duration) => duration.toSeconds({ integral: false });

const memory = (size: Size | string) => (typeof size === 'string' ? size : size.asString());

/** Settings as plain data. `env` is merged by name, everything else is replaced as a whole by later settings. */
export function lowerSettings(layers: readonly TaskSettings[]): GraphTaskSettings {
  if (layers.every(isEmpty)) return {};
  const settings = Object.assign({}, ...layers.map(definedOnly)) as TaskSettings;
  const env = Object.assign({}, ...layers.map((layer) => layer.env ?? {})) as Record<string, string>;
  const { resources, retry, timeout } = settings;
  return {
    ...(resources && {
      resources: {
        requests: quantities(resources.cpu, resources.memory),
        limits: quantities(resources.cpuLimit ?? resources.cpu, resources.memoryLimit ?? resources.memory),
      },
    }),
    ...(retry && {
      retry: {
        retries: retry.retries,
        policy: retry.policy ?? 'Always',
        ...(retry.backoff && {
          backoffSeconds: seconds(retry.backoff.duration),
          backoffFactor: retry.backoff.factor ?? 2,
          ...(retry.backoff.cap && { backoffCapSeconds: seconds(retry.backoff.cap) }),
        }),
      },
    }),
    ...(timeout && { timeoutSeconds: seconds(timeout) }),
    ...(Object.keys(env).length > 0 && { env }),
  };
}

function quantities(cpu: number | string | undefined, size: Size | string | undefined): Record<string, string> {
  return {
    ...(cpu !== undefined && { cpu: String(cpu) }),
    ...(size !== undefined && { memory: memory(size) }),
  };
}

function isEmpty({ resources, retry, timeout, env }: TaskSettings): boolean {
  return resources === undefined && retry === undefined && timeout === undefined && env === undefined;
}

function definedOnly(settings: TaskSettings): TaskSettings {
  const { resources, retry, timeout } = settings;
  return { ...(resources && { resources }), ...(retry && { retry }), ...(timeout && { timeout }) };
}
