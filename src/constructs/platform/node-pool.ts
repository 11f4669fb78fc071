import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import type { Toleration } from 'kubernetes-types/core/v1';
import { renderDiagnostic } from '../../diagnostic';
import { kebab } from '../../graph/names';
import { callSite } from '../call-site';
import { Manifest } from '../manifest';
import type { INodePool, PoolUse } from '../settings/placement';
import { factsOf } from './facts';
import type { NodePoolIntent, NodePoolProps, PoolAccelerator, PoolTaint } from './node-pools/intent';
import type { ProvidedPool } from './node-pools/provider';

/**
 * Nodes that tasks run on, made as they are needed and taken away when nothing runs on them. Tasks refer to the pool, not to its
 * labels and taints:
 *
 * ```ts
 * const spot = new NodePool(chart, 'spot', {
 *   provider: Karpenter.eksAuto(),
 *   capacity: 'spot',
 *   taints: [{ key: 'spot', effect: 'NoSchedule' }],
 *   limits: { cpu: 200 },
 * });
 * new Task(pipeline, 'clean', { component: clean, inputs: { … }, runOn: spot });
 * ```
 */
export class NodePool extends Construct implements INodePool {
  /** The pool's name. */
  public readonly name: string;
  public readonly nodeSelector: { readonly [label: string]: string };
  public readonly tolerations: readonly Toleration[];
  public readonly accelerator: { readonly [resource: string]: number } | undefined;
  /** What was wanted, every default applied. */
  public readonly intent: NodePoolIntent;
  /** Every taint of the nodes. */
  public readonly taints: readonly PoolTaint[];

  /** @throws where there is no provider */
  public constructor(scope: Construct, id: string, props: NodePoolProps & { readonly accelerator?: PoolAccelerator }) {
    super(scope, id);
    if (typeof props.provider?.provide !== 'function') {
      throw new Error(
        `The pool '${this.node.path}' has no provider: give Karpenter.aws(…), Gke.computeClass() or the like.`,
      );
    }
    this.name = props.name ?? kebab(id);
    this.intent = intentOf(this.name, props);
    const provided = props.provider.provide(this.intent);
    this.nodeSelector = provided.nodeSelector;
    this.taints = [...this.intent.taints, ...(provided.taints ?? [])];
    this.tolerations = this.taints.map(tolerationOf);
    this.accelerator = this.intent.accelerator && { [this.intent.accelerator.resource]: 1 };
    for (const { apiVersion, kind, clusterScoped, annotations, fields } of provided.objects) {
      new Manifest(this, kind, {
        apiVersion,
        kind,
        name: this.name,
        ...(clusterScoped && { namespace: 'none' }),
        ...(annotations && { annotations }),
        body: () => ({ fields: structuredClone(fields) }),
      });
    }
    factsOf(this).pools.push(this);
    const found = problemsOf(props, provided);
    const { at } = callSite(new.target);
    this.node.addValidation({
      validate: () => found.map((each) => renderDiagnostic({ code: 'KFP1710', ...each, ...(at && { at }) })),
    });
  }
}

/** Props of {@link GpuNodePool}. */
export interface GpuNodePoolProps extends NodePoolProps {
  /** The accelerators of its nodes. */
  readonly accelerator: PoolAccelerator;
}

/**
 * Nodes with GPUs, or other accelerators.
 *
 * ```ts
 * const a100 = new GpuNodePool(chart, 'a100', {
 *   provider: Karpenter.aws({ role: 'nodes', clusterName: 'ml', image: 'bottlerocket@1.49.0' }),
 *   accelerator: { model: 'a100-80gb', perNode: 8 },
 *   capacity: ['reserved', 'spot'],
 *   limits: { accelerators: 16 },
 * });
 * new Task(pipeline, 'train', { component: train, inputs: { … }, runOn: a100.gpus(2) });
 * ```
 */
export class GpuNodePool extends NodePool {
  /** @throws where there is no provider */
  public constructor(scope: Construct, id: string, props: GpuNodePoolProps) {
    super(scope, id, { taints: [GPU_TAINT], ...props });
  }

  /**
   * So many of the pool's accelerators: what a task's `runOn` takes. The request, the selector and the tolerations are in it.
   *
   * @throws where it is no whole number from 1, or a node has fewer
   */
  public gpus(count: number): PoolUse {
    const { perNode } = this.intent.accelerator!;
    if (!Number.isInteger(count) || count < 1) {
      throw new Error(`${count} accelerators of '${this.node.path}': give a whole number from 1.`);
    }
    if (perNode !== undefined && count > perNode) {
      throw new Error(
        `${count} accelerators of '${this.node.path}': its nodes have ${perNode}, and a pod is on one node.`,
      );
    }
    return { pool: this, accelerators: count };
  }
}

/** What GKE, and most who run GPUs, put on nodes that have some. */
const GPU_TAINT: PoolTaint = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' };

function intentOf(name: string, props: NodePoolProps & { readonly accelerator?: PoolAccelerator }): NodePoolIntent {
  const { capacity = 'on-demand', accelerator, disruption = {} } = props;
  return {
    name,
    capacity: typeof capacity === 'string' ? [capacity] : capacity,
    zones: props.zones ?? [],
    architectures: props.architectures ?? ['amd64'],
    machineTypes: props.machineTypes ?? [],
    minimum: props.minimum ?? {},
    labels: props.labels ?? {},
    taints: props.taints ?? [],
    limits: props.limits ?? {},
    disruption: {
      consolidate: disruption.consolidate ?? 'empty',
      after: disruption.after ?? Duration.minutes(5),
      expireAfter: disruption.expireAfter,
      atOnce: disruption.atOnce ?? '10%',
    },
    diskSize: props.diskSize,
    ...(accelerator && {
      accelerator: {
        models: typeof accelerator.model === 'string' ? [accelerator.model] : accelerator.model,
        perNode: accelerator.perNode,
        memory: accelerator.memory,
        resource: accelerator.resource ?? 'nvidia.com/gpu',
      },
    }),
  };
}

function tolerationOf({ key, value, effect }: PoolTaint): Toleration {
  return value === undefined || value === ''
    ? { key, operator: 'Exists', effect }
    : { key, operator: 'Equal', value, effect };
}

function problemsOf(props: NodePoolProps, { problems = [] }: ProvidedPool) {
  const { limits: { nodes, accelerators } = {}, capacity } = props;
  const wrong = [...problems];
  for (const [what, limit] of Object.entries({ nodes, accelerators })) {
    if (limit === undefined || (Number.isInteger(limit) && limit > 0)) continue;
    wrong.push({ message: `the pool may have ${limit} ${what}`, mend: 'give a whole number from 1' });
  }
  if (Array.isArray(capacity) && capacity.length === 0) {
    wrong.push({ message: 'the pool has no capacity', mend: "give 'spot', 'on-demand' or 'reserved'" });
  }
  return wrong;
}
