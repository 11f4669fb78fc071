import type { GraphEnvVar, Tree } from '../../graph/settings';
import type { Float } from '../../values/types';
import type { Value } from '../../values/value';
import { loweredName, loweredObject, loweredText, type NamedObject, nameOf, SCALARS } from './setting-value';

/** Where Kubernetes finds the value of an environment variable. Made by {@link Env}. */
export class EnvSource {
  /** Use {@link Env}. @internal */
  public constructor(public readonly valueFrom: Readonly<Record<string, unknown>>) {}
}

/** What an environment variable holds: text, a value of the run, or a place where Kubernetes finds it. */
export type EnvValue = string | Value<string | boolean | Float> | EnvSource;

/** Options of a key of a Secret or ConfigMap. */
export interface KeyOptions {
  /** True where the variable may be missing. @default false: the pod waits until the key exists */
  readonly optional?: boolean | undefined;
}

/**
 * Values of environment variables that only the cluster knows. Nothing of them stands in the manifest.
 *
 * @see https://kubernetes.io/docs/tasks/inject-data-application/
 */
export class Env {
  /** A key of a Secret. */
  public static secret(secret: NamedObject, key: string, options: KeyOptions = {}): EnvSource {
    return new EnvSource({ secretKeyRef: keyRef(secret, key, options) });
  }

  /** A key of a ConfigMap. */
  public static configMap(configMap: NamedObject, key: string, options: KeyOptions = {}): EnvSource {
    return new EnvSource({ configMapKeyRef: keyRef(configMap, key, options) });
  }

  /** A field of the pod, by the downward API: `metadata.name`, `spec.nodeName`, `status.podIP`, `metadata.labels['x']`. */
  public static field(fieldPath: string): EnvSource {
    return new EnvSource({ fieldRef: { fieldPath } });
  }

  /** A resource of the main container, by the downward API: `limits.memory`, `requests.cpu`. */
  public static resource(resource: string, divisor?: string): EnvSource {
    return new EnvSource({
      resourceFieldRef: { containerName: 'main', resource, ...(divisor !== undefined && { divisor }) },
    });
  }

  private constructor() {}
}

/** A Secret or ConfigMap all of whose keys become environment variables. */
export type EnvFrom =
  | (EnvFromOptions & { readonly secret: NamedObject })
  | (EnvFromOptions & { readonly configMap: NamedObject });

/** Options of {@link EnvFrom}. */
export interface EnvFromOptions {
  /** Put before each key. @default - nothing */
  readonly prefix?: string | undefined;
  /** True where the object may be missing. @default false */
  readonly optional?: boolean | undefined;
}

/** The environment of a task's main container. */
export interface TaskEnvironment {
  /**
   * Environment variables. Layers are merged by name.
   *
   * ```ts
   * env: { LOG_LEVEL: 'debug', HF_TOKEN: Env.secret('model-hub', 'token'), REGION: pipeline.parameters.region }
   * ```
   * @default - none
   */
  readonly env?: { readonly [name: string]: EnvValue } | undefined;
  /** Secrets and ConfigMaps all of whose keys become variables. Layers add up. @default - none */
  readonly envFrom?: readonly EnvFrom[] | undefined;
}

/** The variables of several layers. */
export function lowerEnv(layers: readonly TaskEnvironment[]): GraphEnvVar[] {
  const env: Record<string, EnvValue> = Object.assign({}, ...layers.map((layer) => layer.env ?? {}));
  return Object.entries(env)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => lowerEnvVar(name, value));
}

/** An environment variable. */
function lowerEnvVar(name: string, value: EnvValue): GraphEnvVar {
  if (value instanceof EnvSource) return { name, valueFrom: loweredObject(value.valueFrom) };
  return { name, value: loweredText(value as string | Value<unknown>, SCALARS, true) };
}

/** The objects whose keys become variables, of several layers. */
export function lowerEnvFrom(layers: readonly TaskEnvironment[]): Tree[] {
  return layers
    .flatMap((layer) => layer.envFrom ?? [])
    .map((from) => {
      const { prefix, optional } = from;
      const [kind, object] =
        'secret' in from ? (['secretRef', from.secret] as const) : (['configMapRef', from.configMap] as const);
      return {
        ...(prefix !== undefined && { prefix }),
        [kind]: { name: loweredName(nameOf(object)), ...(optional && { optional }) },
      };
    });
}

function keyRef(object: NamedObject, key: string, { optional }: KeyOptions) {
  return { name: loweredName(nameOf(object)), key, ...(optional && { optional }) };
}
