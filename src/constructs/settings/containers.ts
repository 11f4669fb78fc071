import type * as kubernetes from 'kubernetes-types/core/v1';
import type { Json } from '../../components/definition';
import type { SecurityLevel, TreeObject } from '../../graph/settings';
import { type EnvFrom, type EnvValue, lowerEnv, lowerEnvFrom } from './environment';
import { lowerResources, type TaskResources } from './resources';
import { loweredName, loweredObject, loweredText, type NamedObject, type SettingText } from './setting-value';
import { lowerMounts, type PodVolumes, type TaskVolumes } from './volume';

/** A container beside the task's own. */
export interface SideContainer extends TaskVolumes {
  /** Its name, other than `main`, `init` and `wait`. */
  readonly name: string;
  /** The image, with a tag or a digest. */
  readonly image: SettingText;
  /** The program to run. Argo needs to know it where it cannot ask the image's registry. @default - the image's own */
  readonly command?: readonly SettingText[] | undefined;
  /** Its arguments. @default - none */
  readonly args?: readonly SettingText[] | undefined;
  /** Environment variables. @default - none */
  readonly env?: { readonly [name: string]: EnvValue } | undefined;
  /** Secrets and ConfigMaps all of whose keys become variables. @default - none */
  readonly envFrom?: readonly EnvFrom[] | undefined;
  /** True to mount all that the main container mounts, at the same paths. @default false */
  readonly mirrorVolumes?: boolean | undefined;
  /** Compute resources. @default - the namespace's defaults */
  readonly resources?: TaskResources | undefined;
  /** Any other field of a container: ports, probes, securityContext, … @default - none */
  readonly extra?: Partial<kubernetes.Container> | undefined;
}

/** A container that runs before the task's own. */
export interface InitContainer extends SideContainer {
  /**
   * True for a native sidecar of Kubernetes: it starts before the task, and runs on beside it. @default false
   *
   * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
   */
  readonly sidecar?: boolean | undefined;
}

/** The containers of a task's pod, and who they run as. */
export interface TaskContainers {
  /** The image, where it is not the component's. @default - the component's */
  readonly image?: SettingText | undefined;
  /** Containers that run to their end, one after the other, before the task. Layers add up. @default - none */
  readonly initContainers?: readonly InitContainer[] | undefined;
  /** Containers that run beside the task, and are stopped when it has ended. Layers add up. @default - none */
  readonly sidecars?: readonly SideContainer[] | undefined;
  /** When the image is pulled. @default - `IfNotPresent`, for the tag `latest` and none `Always` */
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | undefined;
  /** Secrets with credentials of image registries. Layers add up. @default - the service account's */
  readonly imagePullSecrets?: readonly NamedObject[] | undefined;
  /** Labels of the pod. Layers are merged by name. @default - none */
  readonly labels?: { readonly [key: string]: SettingText } | undefined;
  /** Annotations of the pod. Layers are merged by name. @default - none */
  readonly annotations?: { readonly [key: string]: SettingText } | undefined;
  /** The folder that the program starts in. @default - the image's */
  readonly workingDir?: string | undefined;
  /** What runs when the container has started, and before it is stopped. @default - nothing */
  readonly lifecycle?: kubernetes.Lifecycle | undefined;
  /**
   * How much the pod is confined.
   * - `restricted`: Kubernetes' Pod Security level of that name, as user 1000
   * - `confined`: the image's user, but without capabilities, and without a way to gain more rights; what KFP does
   * - `none`: as the image and the cluster have it
   * @default - `restricted` for Python components, `confined` for containers
   *
   * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
   */
  readonly security?: SecurityLevel | undefined;
  /** Security settings of the main container, over those that `security` gives. @default - none */
  readonly securityContext?: kubernetes.SecurityContext | undefined;
  /** Security settings of the pod, over those that `security` gives. @default - none */
  readonly podSecurityContext?: kubernetes.PodSecurityContext | undefined;
  /**
   * Fields of the pod's spec that have no setting here: hostAliases, dnsConfig, …. Merged as Kubernetes merges patches.
   * @default - none
   */
  readonly extraPodSpec?: Partial<kubernetes.PodSpec> | undefined;
  /** Fields of the main container that have no setting here: ports, probes, tty, …. @default - none */
  readonly extraContainerSpec?: Partial<kubernetes.Container> | undefined;
  /**
   * Fields of Argo's template, over everything the library writes there; null removes one. Nothing in it is checked or escaped.
   * @default - none
   */
  readonly templateOverrides?: { readonly [key: string]: Json } | undefined;
  /**
   * Keeps the pod for a look with `kubectl exec`, before the program starts or after it has ended. It goes on when somebody
   * creates the file `/var/run/argo/ctr/main/before` (or `after`) in the main container. Time limits do not hold then.
   * @default - never
   *
   * @see https://argo-workflows.readthedocs.io/en/latest/debug-pause/
   */
  readonly debugPause?: readonly ('before' | 'after')[] | undefined;
}

/** A container beside the task's own. The pod has the volumes that it mounts. */
export function lowerSideContainer(given: SideContainer | InitContainer, pod: PodVolumes): TreeObject {
  const { name, image, command, args, resources, mirrorVolumes, extra } = given;
  const mounts = lowerMounts(given.volumes ?? {}, pod);
  const env = lowerEnv([given]);
  const envFrom = lowerEnvFrom([given]);
  const asked = resources && lowerResources([resources]);
  const container = {
    name,
    image: loweredName(image),
    ...(command && { command: command.map((each) => loweredText(each)) }),
    ...(args && { args: args.map((each) => loweredText(each)) }),
    ...(env.length > 0 && { env }),
    ...(envFrom.length > 0 && { envFrom }),
    ...(asked && { resources: { requests: asked.requests, limits: asked.limits } }),
    ...(mounts.length > 0 && {
      volumeMounts: mounts.map(({ volume, path, ...rest }) => ({ name: volume, mountPath: path, ...rest })),
    }),
    ...(mirrorVolumes && { mirrorVolumeMounts: true }),
    ...('sidecar' in given && given.sidecar && { restartPolicy: 'Always' }),
    ...loweredObject(extra ?? {}),
  };
  return container as unknown as TreeObject;
}
