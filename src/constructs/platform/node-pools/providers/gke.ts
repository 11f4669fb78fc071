import { SizeRoundingBehavior } from 'cdk8s';
import type { Capacity, NodePoolIntent } from '../intent';
import { namesOf, type Unknown } from '../models';
import type { NodePoolProvider, ProvidedPool } from '../provider';

/** What nodes of GKE are made of. */
export interface ComputeClassProps {
  /** The machine family, where no machine type is told: `n4`, `c3`, `g2`. @default - as GKE decides */
  readonly machineFamily?: string | undefined;
  /** The service account of Google Cloud that nodes are. @default - the project's default */
  readonly serviceAccount?: string | undefined;
  /** @default 'cos_containerd' */
  readonly imageType?: string | undefined;
  /** The driver of accelerators: GKE installs it. @default 'default' */
  readonly driverVersion?: 'default' | 'latest' | undefined;
  /** Reservations by name, for pools with `reserved`. @default - any that fits */
  readonly reservations?: readonly string[] | undefined;
}

/** What nodes of a node pool of GKE's own are made of. */
export interface GkeNodePoolProps extends Omit<ComputeClassProps, 'machineFamily' | 'reservations'> {
  /** The cluster: its ContainerCluster, by name, or Google Cloud's own name of it. */
  readonly cluster: string | { readonly external: string };
  /** The cluster's region or zone. */
  readonly location: string;
}

const CLASS_LABEL = 'cloud.google.com/compute-class';

/**
 * GKE's ComputeClass `cloud.google.com/v1`: GKE makes node pools by it, first for the capacity that comes first.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/reference/crds/computeclass
 */
export function computeClass(props: ComputeClassProps = {}): NodePoolProvider {
  return {
    name: "GKE's compute classes",
    provide(intent): ProvidedPool {
      const { names, unknown } = namesOf('gke', intent.accelerator?.models ?? []);
      const { zones, labels, taints, disruption, diskSize } = intent;
      const { serviceAccount, imageType = 'cos_containerd' } = props;
      const minutes = Math.max(1, Math.round(disruption.after.toMinutes({ integral: false })));
      return {
        nodeSelector: { [CLASS_LABEL]: intent.name },
        // GKE itself keeps other pods away from the nodes of a class.
        taints: [{ key: CLASS_LABEL, value: intent.name, effect: 'NoSchedule' }],
        problems: [...unknown, ...unlimited(intent, 'a compute class')],
        objects: [
          {
            apiVersion: 'cloud.google.com/v1',
            kind: 'ComputeClass',
            clusterScoped: true,
            fields: {
              spec: {
                priorities: prioritiesOf(intent, props, names),
                ...((zones.length > 0 || diskSize) && {
                  priorityDefaults: {
                    ...(zones.length > 0 && { location: { zones: [...zones] } }),
                  },
                }),
                nodePoolAutoCreation: { enabled: true },
                nodePoolConfig: {
                  imageType,
                  ...(serviceAccount !== undefined && { serviceAccount }),
                  ...(Object.keys(labels).length > 0 && { nodeLabels: { ...labels } }),
                  ...(taints.length > 0 && { taints: taints.map((taint) => ({ ...taint })) }),
                },
                autoscalingPolicy: { consolidationDelayMinutes: minutes },
                whenUnsatisfiable: 'DoNotScaleUp',
              },
            },
          },
        ],
      };
    },
  };
}

/** One rule for each capacity, machine type and accelerator, in that order. */
function prioritiesOf(intent: NodePoolIntent, props: ComputeClassProps, names: readonly string[]): object[] {
  const { capacity, machineTypes, minimum, accelerator, diskSize } = intent;
  const { machineFamily, driverVersion = 'default', reservations } = props;
  const machines =
    machineTypes.length > 0
      ? machineTypes.map((machineType) => ({ machineType }))
      : [machineFamily === undefined ? {} : { machineFamily }];
  const accelerators =
    names.length > 0 ? names.map((type) => ({ gpu: { type, count: accelerator?.perNode ?? 1, driverVersion } })) : [{}];
  return capacity.flatMap((each) =>
    machines.flatMap((machine) =>
      accelerators.map((gpu) => ({
        ...machine,
        ...gpu,
        ...(machineTypes.length === 0 && minimum.cpu !== undefined && { minCores: minimum.cpu }),
        ...(machineTypes.length === 0 &&
          minimum.memory && { minMemoryGb: minimum.memory.toGibibytes({ rounding: SizeRoundingBehavior.FLOOR }) }),
        ...(diskSize && { storage: { bootDiskSize: diskSize.toGibibytes({ rounding: SizeRoundingBehavior.FLOOR }) } }),
        ...paidBy(each, reservations),
      })),
    ),
  );
}

function paidBy(capacity: Capacity, reservations: readonly string[] | undefined): object {
  if (capacity === 'spot') return { spot: true };
  if (capacity === 'on-demand') return { spot: false };
  return {
    reservations: reservations
      ? { affinity: 'Specific', specific: reservations.map((name) => ({ name })) }
      : { affinity: 'AnyBestEffort' },
  };
}

/**
 * A node pool of GKE's as an object: Config Connector's ContainerNodePool `container.cnrm.cloud.google.com/v1beta1`. Most of it
 * cannot be changed later: a change of these makes a new pool under a new name.
 *
 * @see https://cloud.google.com/config-connector/docs/reference/resource-docs/container/containernodepool
 */
export function gkeNodePool(props: GkeNodePoolProps): NodePoolProvider {
  return {
    name: "GKE's node pools",
    provide(intent): ProvidedPool {
      const { names, unknown } = namesOf('gke', intent.accelerator?.models ?? []);
      const { zones, limits } = intent;
      return {
        nodeSelector: { 'cloud.google.com/gke-nodepool': intent.name },
        problems: [...unknown, ...onlyOne(intent), ...(limits.nodes === undefined ? [UNBOUNDED] : [])],
        objects: [
          {
            apiVersion: 'container.cnrm.cloud.google.com/v1beta1',
            kind: 'ContainerNodePool',
            fields: {
              spec: {
                clusterRef: typeof props.cluster === 'string' ? { name: props.cluster } : { ...props.cluster },
                location: props.location,
                ...(zones.length > 0 && { nodeLocations: [...zones] }),
                initialNodeCount: 0,
                autoscaling: { totalMinNodeCount: 0, totalMaxNodeCount: limits.nodes ?? 0, locationPolicy: 'ANY' },
                management: { autoRepair: true, autoUpgrade: true },
                nodeConfig: nodeConfigOf(intent, props, names[0]),
              },
            },
          },
        ],
      };
    },
  };
}

function nodeConfigOf(intent: NodePoolIntent, props: GkeNodePoolProps, type: string | undefined): object {
  const { capacity, machineTypes, labels, taints, diskSize, accelerator } = intent;
  const { serviceAccount, imageType = 'cos_containerd', driverVersion = 'default' } = props;
  const gpuDriverVersion = driverVersion.toUpperCase();
  return {
    machineType: machineTypes[0],
    imageType: imageType.toUpperCase(),
    ...(capacity[0] === 'spot' && { spot: true }),
    ...(diskSize && { diskSizeGb: diskSize.toGibibytes({ rounding: SizeRoundingBehavior.FLOOR }) }),
    ...(type !== undefined && {
      guestAccelerator: [{ type, count: accelerator?.perNode ?? 1, gpuDriverInstallationConfig: { gpuDriverVersion } }],
    }),
    ...(Object.keys(labels).length > 0 && { labels: { ...labels } }),
    // Google Cloud's names of the effects.
    ...(taints.length > 0 && {
      taint: taints.map(({ key, value = '', effect }) => ({ key, value, effect: EFFECTS[effect] ?? effect })),
    }),
    ...(serviceAccount !== undefined && { serviceAccountRef: { external: serviceAccount } }),
    workloadMetadataConfig: { mode: 'GKE_METADATA' },
    shieldedInstanceConfig: { enableIntegrityMonitoring: true, enableSecureBoot: true },
  };
}

const EFFECTS: Readonly<Record<string, string>> = {
  NoSchedule: 'NO_SCHEDULE',
  PreferNoSchedule: 'PREFER_NO_SCHEDULE',
  NoExecute: 'NO_EXECUTE',
};

const UNBOUNDED: Unknown = {
  message: 'a node pool of GKE must be told how many nodes it may have',
  mend: 'give `limits: { nodes: … }`',
};

/** A node pool has one kind of machine. */
function onlyOne({ capacity, machineTypes, accelerator }: NodePoolIntent): Unknown[] {
  const wrong = [
    ...(machineTypes.length === 1 ? [] : [`${machineTypes.length} machine types`]),
    ...(capacity.length === 1 ? [] : [`${capacity.length} capacities`]),
    ...((accelerator?.models.length ?? 1) === 1 ? [] : [`${accelerator?.models.length} accelerators`]),
  ];
  return wrong.length === 0
    ? []
    : [
        {
          message: `a node pool of GKE has one kind of machine, and this one ${wrong.join(' and ')}`,
          mend: 'make a pool of each, or take Gke.computeClass()',
        },
      ];
}

/** What cannot be limited there. */
function unlimited({ limits }: NodePoolIntent, what: string): Unknown[] {
  const given = Object.entries(limits).filter(([, limit]) => limit !== undefined);
  return given.length === 0
    ? []
    : [
        {
          message: `${what} has no limits of its own`,
          mend: "limit the cluster's auto-provisioning, or quotas of the namespaces",
        },
      ];
}
