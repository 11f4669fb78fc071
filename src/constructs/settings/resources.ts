import type { GraphResources, Text } from '../../graph/settings';
import type { Int } from '../../values/types';
import { Value } from '../../values/value';
import { loweredName, loweredQuantity, type Quantity, runValue, type SettingText } from './setting-value';

/** A claim of dynamic resource allocation, made from a template for the pod or existing already. */
export interface ResourceClaim {
  /** Names it in the pod. */
  readonly name: string;
  /** The ResourceClaimTemplate to make it from. @default - none */
  readonly template?: string | { readonly name: string } | undefined;
  /** The ResourceClaim that exists. @default - none */
  readonly claim?: string | { readonly name: string } | undefined;
  /** Which of the claim's requests the container gets. @default - all */
  readonly request?: string | undefined;
}

/**
 * Compute resources of a task: the pod requests what it may use, unless a limit is given apart.
 *
 * A quantity may be a value of the run, such as a parameter; where that is absent or None, nothing is asked for.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 */
export interface TaskResources {
  /** CPU cores, as a number (`4`, `0.5`) or a Kubernetes quantity (`'500m'`). @default - none */
  readonly cpu?: Quantity | undefined;
  /** CPU limit, where it differs from `cpu`; null for none. @default - the same as `cpu` */
  readonly cpuLimit?: Quantity | null | undefined;
  /** Memory; a bare number is bytes. @default - none */
  readonly memory?: Quantity | undefined;
  /** Memory limit, where it differs from `memory`; null for none. @default - the same as `memory` */
  readonly memoryLimit?: Quantity | null | undefined;
  /** Disk space for what the pod writes outside of volumes, and for emptyDirs. @default - none */
  readonly ephemeralStorage?: Quantity | undefined;
  /** Limit of that space, where it differs; null for none. @default - the same as `ephemeralStorage` */
  readonly ephemeralStorageLimit?: Quantity | null | undefined;
  /** How many GPUs. @default - none */
  readonly gpus?: number | Value<Int> | Value<string> | undefined;
  /** Which resource GPUs are: `nvidia.com/gpu`, `amd.com/gpu`, `nvidia.com/mig-1g.10gb`, … @default 'nvidia.com/gpu' */
  readonly gpuResource?: SettingText | undefined;
  /** Amounts of any other extended resource, by its name: `{ 'google.com/tpu': 4 }`. @default - none */
  readonly extended?: { readonly [resource: string]: Quantity } | undefined;
  /** Claims of dynamic resource allocation; needs Kubernetes 1.34, or its beta enabled. @default - none */
  readonly claims?: readonly ResourceClaim[] | undefined;
}

/** What Kubernetes calls the GPUs that NVIDIA's device plugin offers. */
const NVIDIA = 'nvidia.com/gpu';

/** Resources of several layers, the later over the earlier, field by field. */
export function lowerResources(layers: readonly TaskResources[]): GraphResources {
  const given: TaskResources = Object.assign({}, ...layers.map(defined));
  const requests: Record<string, Text> = {};
  const limits: Record<string, Text> = {};
  const ask = (resource: string, request: Quantity | undefined, limit: Quantity | null | undefined) => {
    if (request !== undefined) requests[resource] = loweredQuantity(request);
    const most = limit === undefined ? request : limit;
    if (most !== undefined && most !== null) limits[resource] = loweredQuantity(most);
  };
  ask('cpu', given.cpu, given.cpuLimit);
  ask('memory', given.memory, given.memoryLimit);
  ask('ephemeral-storage', given.ephemeralStorage, given.ephemeralStorageLimit);
  const extended: Record<string, Quantity> = Object.assign({}, ...layers.map((layer) => layer.extended ?? {}));
  // Kubernetes takes the limit of an extended resource for its request too.
  for (const [resource, amount] of Object.entries(extended)) limits[resource] = loweredQuantity(amount);
  const { gpus, gpuResource = NVIDIA } = given;
  const isLate = gpuResource instanceof Value;
  if (gpus !== undefined && !isLate) limits[gpuResource] = loweredQuantity(gpus);
  const claims = layers.flatMap((layer) => layer.claims ?? []);
  return {
    requests,
    limits,
    ...(gpus !== undefined &&
      isLate && {
        accelerator: { resource: { ...runValue(gpuResource, ['STRING']), plain: true }, count: loweredQuantity(gpus) },
      }),
    ...(claims.length > 0 && { claims: claims.map(lowerClaim) }),
  };
}

function lowerClaim({ name, template, claim, request }: ResourceClaim): Readonly<Record<string, Text>> {
  const objectName = (object: string | { readonly name: string }) =>
    loweredName(typeof object === 'string' ? object : object.name);
  return {
    name,
    ...(template !== undefined && { resourceClaimTemplateName: objectName(template) }),
    ...(claim !== undefined && { resourceClaimName: objectName(claim) }),
    ...(request !== undefined && { request }),
  };
}

function defined<T extends object>(layer: T): Partial<T> {
  return Object.fromEntries(Object.entries(layer).filter(([, value]) => value !== undefined)) as Partial<T>;
}
