import { type Duration, SizeRoundingBehavior } from 'cdk8s';
import type { NodePoolIntent } from '../intent';
import { MEMORY, namesOf } from '../models';
import type { NodePoolProvider, ProvidedObject, ProvidedPool } from '../provider';

/** How a NodePool refers to what its nodes are made of. */
interface NodeClass {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/** A cloud, as Karpenter knows it: its node class, and its labels of accelerators and sizes. */
export interface KarpenterCloud {
  readonly name: string;
  /** Whose names of accelerators these are. */
  readonly models: 'aws' | 'azure';
  readonly labels: {
    readonly accelerator: string;
    readonly accelerators: string;
    /** In MiB. */
    readonly acceleratorMemory?: string;
    readonly cpu: string;
    /** In MiB. */
    readonly memory: string;
  };
  /** What nodes are made of: an object beside the NodePool, or one that exists. */
  nodeClass(intent: NodePoolIntent): {
    readonly reference: NodeClass;
    readonly object?: ProvidedObject;
    readonly problems?: ProvidedPool['problems'];
  };
}

/**
 * Karpenter's NodePool `karpenter.sh/v1`, whichever the cloud.
 *
 * @see https://karpenter.sh/docs/concepts/nodepools/
 */
export function karpenter(cloud: KarpenterCloud): NodePoolProvider {
  return {
    name: `Karpenter on ${cloud.name}`,
    provide(intent): ProvidedPool {
      const { reference, object, problems = [] } = cloud.nodeClass(intent);
      const { requirements, unknown } = requirementsOf(intent, cloud);
      const { taints, labels, disruption, limits, accelerator } = intent;
      return {
        nodeSelector: { 'karpenter.sh/nodepool': intent.name },
        problems: [...problems, ...unknown],
        objects: [
          {
            apiVersion: 'karpenter.sh/v1',
            kind: 'NodePool',
            clusterScoped: true,
            fields: {
              spec: {
                template: {
                  ...(Object.keys(labels).length > 0 && { metadata: { labels: { ...labels } } }),
                  spec: {
                    nodeClassRef: reference,
                    requirements,
                    ...(taints.length > 0 && { taints: taints.map((taint) => ({ ...taint })) }),
                    expireAfter: disruption.expireAfter ? age(disruption.expireAfter) : 'Never',
                  },
                },
                disruption: {
                  consolidationPolicy: disruption.consolidate === 'empty' ? 'WhenEmpty' : 'WhenEmptyOrUnderutilized',
                  consolidateAfter: age(disruption.after),
                  budgets: [{ nodes: String(disruption.atOnce) }],
                },
                ...limitsOf(limits, accelerator?.resource),
              },
            },
          },
          ...(object ? [object] : []),
        ],
      };
    },
  };
}

function requirementsOf(intent: NodePoolIntent, { labels, models }: KarpenterCloud) {
  const { capacity, zones, architectures, machineTypes, minimum, accelerator } = intent;
  const { names, unknown } = namesOf(models, accelerator?.models ?? []);
  const isIn = (key: string, values: readonly string[]) => ({ key, operator: 'In', values: [...values] });
  // Karpenter knows no "at least" in all its versions.
  const atLeast = (key: string, least: number) => ({ key, operator: 'Gt', values: [String(least - 1)] });
  const memory = Math.max(
    accelerator?.memory?.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }) ?? 0,
    accelerator?.models.length === 1 ? (MEMORY[accelerator.models[0]!] ?? 0) : 0,
  );
  const requirements = [
    isIn('karpenter.sh/capacity-type', capacity),
    isIn('kubernetes.io/arch', architectures),
    isIn('kubernetes.io/os', ['linux']),
    ...(zones.length > 0 ? [isIn('topology.kubernetes.io/zone', zones)] : []),
    ...(machineTypes.length > 0 ? [isIn('node.kubernetes.io/instance-type', machineTypes)] : []),
    ...(names.length > 0 ? [isIn(labels.accelerator, names)] : []),
    ...(accelerator?.perNode === undefined ? [] : [isIn(labels.accelerators, [String(accelerator.perNode)])]),
    ...(memory > 0 && labels.acceleratorMemory ? [atLeast(labels.acceleratorMemory, memory)] : []),
    // Every node has one, and Karpenter compares with positive numbers alone.
    ...(minimum.cpu === undefined || minimum.cpu === 1 ? [] : [atLeast(labels.cpu, minimum.cpu)]),
    ...(minimum.memory
      ? [atLeast(labels.memory, minimum.memory.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }))]
      : []),
  ];
  return { requirements, unknown };
}

function limitsOf({ cpu, memory, accelerators, nodes }: NodePoolIntent['limits'], resource = 'nvidia.com/gpu') {
  const limits = {
    ...(cpu !== undefined && { cpu: String(cpu) }),
    ...(memory !== undefined && { memory: typeof memory === 'string' ? memory : memory.asString() }),
    ...(accelerators !== undefined && { [resource]: String(accelerators) }),
    ...(nodes !== undefined && { nodes: String(nodes) }),
  };
  return Object.keys(limits).length > 0 ? { limits } : {};
}

/** A duration as Go writes it. */
export function age(duration: Duration): string {
  return `${duration.toSeconds({ integral: false })}s`;
}
