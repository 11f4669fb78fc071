import type { NodePoolIntent } from '../intent';
import type { Unknown } from '../models';
import type { NodePoolProvider, ProvidedPool } from '../provider';

/** An object of Cluster API's, in the pool's namespace. */
export interface ClusterApiReference {
  readonly apiGroup: string;
  readonly kind: string;
  readonly name: string;
}

/** What machines of Cluster API are made of. */
export interface MachinePoolProps {
  /** The Cluster. */
  readonly clusterName: string;
  /** What the machines are: an object of the infrastructure's provider, which says their type and accelerators. */
  readonly infrastructure: ClusterApiReference;
  /** How a machine becomes a node. */
  readonly bootstrap: ClusterApiReference | { readonly dataSecretName: string };
  /** Kubernetes' version: `v1.34.2`. @default - the cluster's */
  readonly version?: string | undefined;
  /** How many machines, where no autoscaler is told otherwise. @default 0 */
  readonly replicas?: number | undefined;
}

const POOL_LABEL = 'node.cluster.x-k8s.io/pool';
const AUTOSCALER = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group';

/**
 * Cluster API's MachinePool `cluster.x-k8s.io/v1beta2`. What a machine is, its infrastructure says; the pool adds labels, taints,
 * zones and bounds of the autoscaler.
 *
 * @see https://cluster-api.sigs.k8s.io/tasks/experimental-features/machine-pools
 */
export function machinePool(props: MachinePoolProps): NodePoolProvider {
  return {
    name: 'Cluster API',
    provide(intent): ProvidedPool {
      const { name, labels, taints, zones, limits } = intent;
      const { clusterName, infrastructure, bootstrap, version, replicas = 0 } = props;
      return {
        nodeSelector: { [POOL_LABEL]: name },
        problems: sayElsewhere(intent),
        objects: [
          {
            apiVersion: 'cluster.x-k8s.io/v1beta2',
            kind: 'MachinePool',
            annotations: boundsOf(limits.nodes),
            fields: {
              spec: {
                clusterName,
                // An autoscaler that has bounds sets it; a manifest that did as well would undo that.
                ...(limits.nodes === undefined && { replicas }),
                ...(zones.length > 0 && { failureDomains: [...zones] }),
                template: {
                  metadata: { labels: { ...labels, [POOL_LABEL]: name } },
                  spec: {
                    clusterName,
                    bootstrap: 'dataSecretName' in bootstrap ? { ...bootstrap } : { configRef: { ...bootstrap } },
                    infrastructureRef: { ...infrastructure },
                    ...(version !== undefined && { version }),
                    ...(taints.length > 0 && { taints: taints.map((taint) => ({ ...taint, propagation: 'Always' })) }),
                  },
                },
              },
            },
          },
        ],
      };
    },
  };
}

/** Between which numbers of machines the autoscaler keeps the pool. */
function boundsOf(nodes: number | undefined): Record<string, string> {
  return nodes === undefined ? {} : { [`${AUTOSCALER}-min-size`]: '0', [`${AUTOSCALER}-max-size`]: String(nodes) };
}

/** What the infrastructure's object says, and this one cannot. */
function sayElsewhere({ capacity, machineTypes, minimum, diskSize }: NodePoolIntent): Unknown[] {
  const given = [
    ...(capacity.join() === 'on-demand' ? [] : ['capacity']),
    ...(machineTypes.length > 0 ? ['machineTypes'] : []),
    ...(minimum.cpu !== undefined || minimum.memory ? ['minimum'] : []),
    ...(diskSize ? ['diskSize'] : []),
  ];
  return given.length === 0
    ? []
    : [
        {
          message: `a MachinePool says nothing of ${given.join(', ')}`,
          mend: "say it in the infrastructure's object, and leave it out here",
        },
      ];
}
