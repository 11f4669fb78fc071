import { isDeepStrictEqual } from 'node:util';
import type { Size } from 'cdk8s';
import type * as kubernetes from 'kubernetes-types/core/v1';
import { contentHash } from '../../graph/content-hash';
import { kebab } from '../../graph/names';
import type { GraphMount, GraphVolume, Text, TreeObject } from '../../graph/settings';
import type { Value } from '../../values/value';
import type { FlowNode } from '../flow-node';
import {
  loweredName,
  loweredObject,
  loweredQuantity,
  loweredText,
  type NamedObject,
  nameOf,
  type SettingText,
} from './setting-value';

/** What a claim asks of storage. */
export interface ClaimProps {
  /** How much space. */
  readonly size: Size | string | Value<string>;
  /** The storage class. @default - the cluster's default class */
  readonly storageClass?: SettingText | undefined;
  /**
   * Who may mount it at the same time. One node at a time is what most storage offers; tasks that run side by side on
   * several nodes need `ReadWriteMany`.
   * @default ['ReadWriteOnce']
   */
  readonly accessModes?:
    | readonly ('ReadWriteOnce' | 'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOncePod')[]
    | undefined;
  /** What the volume begins as: a VolumeSnapshot, or another claim to clone. @default - empty */
  readonly dataSource?: { readonly snapshot: string } | { readonly claim: string } | undefined;
  /** The PersistentVolume to bind to. @default - any */
  readonly volumeName?: SettingText | undefined;
}

/** Which keys of a Secret or ConfigMap become which files. */
export interface ObjectVolumeOptions {
  /** Key → path below the mount. @default - all keys, as files of their names */
  readonly items?: { readonly [key: string]: string } | undefined;
  /** True where the object may be missing: the folder is empty then. @default false */
  readonly optional?: boolean | undefined;
  /** Permissions of the files, as a number: `0o400`. @default 0o644 */
  readonly mode?: number | undefined;
}

/** Options of a claim that exists. */
export interface ClaimVolumeOptions {
  /** True where no pod of the run writes to it. @default false */
  readonly readOnly?: boolean | undefined;
}

interface VolumeState {
  /** What the volume is called in the pod; undefined where its mount path says. */
  readonly name?: string;
  readonly source?: TreeObject;
  /** The claim that the run has, where it is one of these. */
  readonly claim?: TreeObject;
  readonly awaited: readonly FlowNode[];
}

/**
 * A volume that tasks mount: `volumes: { '/data': Volume.claim('datasets') }`. A plain value; any number of tasks mount one.
 *
 * @see https://kubernetes.io/docs/concepts/storage/volumes/
 */
export class Volume {
  /** A PersistentVolumeClaim that exists. */
  public static claim(claim: NamedObject, { readOnly }: ClaimVolumeOptions = {}): Volume {
    const name = loweredName(nameOf(claim));
    return Volume.of('claim', name, { persistentVolumeClaim: { claimName: name, ...(readOnly && { readOnly }) } });
  }

  /**
   * A claim that each run makes for itself, and that is removed when the run has ended, however it did. All tasks of the run
   * that mount a volume of this name share it, those of called pipelines included.
   */
  public static perRun(name: string, props: ClaimProps): Volume {
    return new Volume({ name: `run-${name}`, claim: claimSpec(props), awaited: [] });
  }

  /** The pipeline's workspace: no volume that a user names. @internal */
  public static workspace(props: ClaimProps): Volume {
    return new Volume({ name: 'workspace', claim: claimSpec(props), awaited: [] });
  }

  /** A claim that each pod makes for itself, and that is removed with it: a large scratch disk. */
  public static ephemeral(props: ClaimProps): Volume {
    return Volume.of('ephemeral', undefined, { ephemeral: { volumeClaimTemplate: { spec: claimSpec(props) } } });
  }

  /** An empty folder on the node's disk, for as long as the pod is there. */
  public static emptyDir(options: { readonly sizeLimit?: Size | string | Value<string> | undefined } = {}): Volume {
    const { sizeLimit } = options;
    return Volume.of('empty', undefined, {
      emptyDir: { ...(sizeLimit !== undefined && { sizeLimit: loweredQuantity(sizeLimit) }) },
    });
  }

  /** A folder in memory, which counts as the container's: `'/dev/shm': Volume.memory('16Gi')`. */
  public static memory(sizeLimit?: Size | string | Value<string>): Volume {
    return Volume.of('memory', undefined, {
      emptyDir: { medium: 'Memory', ...(sizeLimit !== undefined && { sizeLimit: loweredQuantity(sizeLimit) }) },
    });
  }

  /** The keys of a Secret, as files. */
  public static secret(secret: NamedObject, options: ObjectVolumeOptions = {}): Volume {
    const name = loweredName(nameOf(secret));
    return Volume.of('secret', name, { secret: { secretName: name, ...objectOptions(options) } });
  }

  /** The keys of a ConfigMap, as files. */
  public static configMap(configMap: NamedObject, options: ObjectVolumeOptions = {}): Volume {
    const name = loweredName(nameOf(configMap));
    return Volume.of('config', name, { configMap: { name, ...objectOptions(options) } });
  }

  /** Any other volume, as Kubernetes writes it but its name: `{ nfs: {…} }`, `{ csi: {…} }`, `{ projected: {…} }`. */
  public static of(kind: string, name: Text | undefined, source: Omit<kubernetes.Volume, 'name'> | object): Volume {
    const lowered = loweredObject(source);
    // What has a name only when the pipeline runs is told apart by where it is mounted.
    const known = typeof name === 'string' ? { name: volumeName(kind, name) } : {};
    return new Volume({ ...known, source: lowered, awaited: [] }, kind);
  }

  /** A volume of cdk8s-plus, of whatever version. */
  public static fromPlus(volume: object): Volume {
    const print = (volume as { _toKube?: () => Record<string, unknown> })._toKube;
    if (typeof print !== 'function') throw new Error(`${String(volume)} is no volume of cdk8s-plus.`);
    const { name, ...source } = print.call(volume);
    return new Volume({ name: String(name), source: loweredObject(plain(source) as object), awaited: [] });
  }

  private constructor(
    private readonly state: VolumeState,
    private readonly kind = 'volume',
  ) {}

  /**
   * The same volume, for tasks that must run after others, because they read what those wrote: whoever mounts it runs after
   * them. As KFP v1's `PipelineVolume.after`.
   */
  public after(...nodes: readonly FlowNode[]): Volume {
    return new Volume({ ...this.state, awaited: [...this.state.awaited, ...nodes] }, this.kind);
  }

  /** What mounting it waits for. @internal */
  public get awaited(): readonly FlowNode[] {
    return this.state.awaited;
  }

  /** True where it has no name but that of where it is mounted. @internal */
  public get isNamedByPath(): boolean {
    return this.state.name === undefined;
  }

  /** The volume as the graph has it. @internal */
  public lower(mountPath: string): GraphVolume {
    const { name, source, claim } = this.state;
    return {
      name: name ?? volumeName(this.kind, mountPath),
      ...(source && { source }),
      ...(claim && { claim }),
    };
  }
}

/** A volume with how it is mounted. */
export interface VolumeMount {
  /** What is mounted. */
  readonly volume: Volume;
  /** A folder or file of the volume to mount in place of its root. @default - the root */
  readonly subPath?: SettingText | undefined;
  /** True where the task cannot write to it. @default false */
  readonly readOnly?: boolean | undefined;
}

/** The volumes of a task's main container. */
export interface TaskVolumes {
  /**
   * What is mounted, by path. Layers are merged by path.
   * @default - none
   */
  readonly volumes?: { readonly [mountPath: string]: Volume | VolumeMount } | undefined;
}

/** The volumes of a pod: one that is mounted twice is one volume, and those that differ have names that do. */
export class PodVolumes {
  private readonly known: { readonly given: GraphVolume; readonly path: string | undefined; readonly name: string }[] =
    [];

  /** Those that were taken, each once. */
  public get all(): readonly GraphVolume[] {
    return this.known.map(({ given, name }) => ({ ...given, name }));
  }

  /** A volume under its name in the pod. */
  public take(volume: Volume, mountPath: string): GraphVolume {
    const given = volume.lower(mountPath);
    // What is named by its path alone is another volume at another path.
    const path = volume.isNamedByPath ? mountPath : undefined;
    let same = this.known.find((other) => other.path === path && isDeepStrictEqual(other.given, given));
    if (!same) {
      const isTaken = this.known.some(({ name }) => name === given.name);
      const name = isTaken ? `${given.name}-${contentHash(mountPath).slice(0, 4)}` : given.name;
      same = { given, path, name };
      this.known.push(same);
    }
    return { ...given, name: same.name };
  }
}

/** What a container mounts. The pod has the volumes that it needs for it. */
export function lowerMounts(volumes: NonNullable<TaskVolumes['volumes']>, pod: PodVolumes): readonly GraphMount[] {
  return Object.entries(volumes).map(([path, given]) => {
    const { volume, subPath, readOnly } = mountOf(given, path);
    return {
      volume: pod.take(volume, path).name,
      path,
      ...(subPath !== undefined && { subPath: loweredText(subPath) }),
      ...(readOnly && { readOnly }),
    };
  });
}

/**
 * A volume, mounted as a whole where nothing else is said.
 *
 * @throws where that is none
 */
export function mountOf(given: Volume | VolumeMount, path: string): VolumeMount {
  const mount = given instanceof Volume ? { volume: given } : given;
  if (mount?.volume instanceof Volume) return mount;
  throw new Error(`what is mounted at '${path}' is ${String(given)}: give a Volume, or { volume, subPath, readOnly }`);
}

/** Kubernetes' PersistentVolumeClaimSpec. */
/** What a claim asks, as Kubernetes writes it. */
export function claimSpec({ size, storageClass, accessModes, dataSource, volumeName: bound }: ClaimProps): TreeObject {
  return {
    accessModes: [...(accessModes ?? ['ReadWriteOnce'])],
    resources: { requests: { storage: loweredQuantity(size) } },
    ...(storageClass !== undefined && { storageClassName: loweredName(storageClass) }),
    ...(bound !== undefined && { volumeName: loweredName(bound) }),
    ...(dataSource && {
      dataSource:
        'snapshot' in dataSource
          ? { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: dataSource.snapshot }
          : { kind: 'PersistentVolumeClaim', name: dataSource.claim },
    }),
  };
}

function objectOptions({ items, optional, mode }: ObjectVolumeOptions) {
  return {
    ...(items && { items: Object.entries(items).map(([key, path]) => ({ key, path })) }),
    ...(optional && { optional }),
    ...(mode !== undefined && { defaultMode: mode }),
  };
}

/**
 * A volume's name in the pod: a DNS label that says what it is. Objects of different kinds may have one name, and names may
 * hold dots: so the kind comes first, and what had to be changed is told apart by a hash.
 */
function volumeName(kind: string, of: string): string {
  const name = kebab(of.replace(/^\//, '')).slice(0, 40).replace(/-+$/, '');
  const isSame = name === of || name === of.slice(1).replaceAll('/', '-');
  return [kind, name, ...(isSame ? [] : [contentHash(of).slice(0, 4)])].filter((part) => part !== '').join('-');
}

/** Objects of cdk8s' imported types as plain ones: a quantity is a class with one field there. */
function plain(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(plain);
  if (typeof given !== 'object' || given === null) return given;
  if (Object.getPrototypeOf(given) !== Object.prototype && 'value' in given) return given.value;
  return Object.fromEntries(Object.entries(given).map(([key, each]) => [key, plain(each)]));
}
