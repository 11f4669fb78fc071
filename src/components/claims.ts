import { dict, list, str } from '../values/parameter';
import { text } from '../values/text';
import { optional } from './ports';
import { ResourceComponent, type ResourceManifest, type ResourceValues } from './resource-component';

/** Whether what is created outlives the run. */
export interface KeptOptions {
  /** True where it stays until somebody deletes it. Else it is removed with the run's Workflow. @default false */
  readonly keep?: boolean | undefined;
}

const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' } as const;
const SNAPSHOT = { apiVersion: 'snapshot.storage.k8s.io/v1', kind: 'VolumeSnapshot' } as const;

/** The name of the object: to be mounted, or deleted, by what runs after. */
const NAME = { name: { type: str(), jsonPath: '{.metadata.name}' } } as const;

/** What a claim asks of storage. */
const CLAIM_INPUTS = {
  /** How much space: `10Gi`. */
  size: str(),
  access_modes: list(['ReadWriteOnce']),
  /** The cluster's default class where it is absent. */
  storage_class_name: optional(str()),
  /** The PersistentVolume to bind to. */
  volume_name: optional(str()),
  annotations: optional(dict()),
  /** A VolumeSnapshot, or another claim, to begin as. */
  data_source: optional(dict()),
} as const;

/**
 * A component that creates a PersistentVolumeClaim: kfp-kubernetes' `CreatePVC`, KFP v1's `VolumeOp`. Its output fits
 * `Volume.claim(task.outputs.name)`, and what mounts that runs after it.
 *
 * A claim for each run that nobody needs afterwards is `Volume.perRun(…)`, without a task.
 */
export function createClaim({ keep = false }: KeptOptions = {}) {
  const { size, access_modes, ...more } = CLAIM_INPUTS;
  return new ResourceComponent({
    name: keep ? 'create-kept-claim' : 'create-claim',
    description: 'Creates a PersistentVolumeClaim.',
    inputs: {
      size,
      access_modes,
      /** The claim's name. Where it is absent, the run's name and a few letters, so that there can be several. */
      pvc_name: optional(str()),
      ...more,
    },
    outputs: NAME,
    setOwnerReference: !keep,
    manifest: ({ inputs, run }) =>
      claim(inputs, { name: inputs.pvc_name, generateName: text`${run.name}-`, annotations: inputs.annotations }),
  });
}

/**
 * The same for a claim that stays, whose name is the run's with a suffix, and a few letters, so that there can be several:
 * kfp-kubernetes' `pvc_name_suffix`.
 *
 * @internal
 */
export function createSuffixedClaim() {
  return new ResourceComponent({
    name: 'create-suffixed-claim',
    description: 'Creates a PersistentVolumeClaim.',
    inputs: { ...CLAIM_INPUTS, pvc_name_suffix: str() },
    outputs: NAME,
    setOwnerReference: false,
    manifest: ({ inputs, run }) =>
      claim(inputs, { generateName: text`${run.name}${inputs.pvc_name_suffix}-`, annotations: inputs.annotations }),
  });
}

type ClaimValues = ResourceValues<typeof CLAIM_INPUTS>['inputs'];

function claim(inputs: ClaimValues, metadata: NonNullable<ResourceManifest['metadata']>): ResourceManifest {
  return {
    ...CLAIM,
    metadata,
    spec: {
      accessModes: inputs.access_modes,
      resources: { requests: { storage: inputs.size } },
      storageClassName: inputs.storage_class_name,
      volumeName: inputs.volume_name,
      dataSource: inputs.data_source,
    },
  };
}

/** A component that deletes a PersistentVolumeClaim: kfp-kubernetes' `DeletePVC`. It does not wait until the claim is gone. */
export function deleteClaim() {
  return new ResourceComponent({
    name: 'delete-claim',
    description: 'Deletes a PersistentVolumeClaim.',
    action: 'delete',
    inputs: { pvc_name: str() },
    manifest: ({ inputs }) => ({ ...CLAIM, metadata: { name: inputs.pvc_name } }),
  });
}

/**
 * A component that makes a VolumeSnapshot of a claim, and waits until it can be used: KFP v1's `VolumeSnapshotOp`. Its output
 * fits a claim's `dataSource`.
 */
export function createSnapshot({ keep = false }: KeptOptions = {}) {
  return new ResourceComponent({
    name: keep ? 'create-kept-snapshot' : 'create-snapshot',
    description: 'Makes a VolumeSnapshot of a PersistentVolumeClaim.',
    inputs: {
      pvc_name: str(),
      /** The snapshot's name. Where it is absent, the run's name and a few letters. */
      name: optional(str()),
      /** The cluster's default class where it is absent. */
      snapshot_class_name: optional(str()),
    },
    outputs: NAME,
    setOwnerReference: !keep,
    successCondition: 'status.readyToUse == true',
    manifest: ({ inputs, run }) => ({
      ...SNAPSHOT,
      metadata: { name: inputs.name, generateName: text`${run.name}-` },
      spec: {
        volumeSnapshotClassName: inputs.snapshot_class_name,
        source: { persistentVolumeClaimName: inputs.pvc_name },
      },
    }),
  });
}
