import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import type { Toleration } from 'kubernetes-types/core/v1';
import { kebab } from '../../graph/names';
import { Manifest } from '../manifest';
import type { INodePool, PoolUse } from '../settings/placement';
import { factsOf } from './facts';
import { expectKinds } from './kinds';
import type { NodePoolIntent, NodePoolProps, PoolAccelerator, PoolTaint } from './node-pools/intent';
import { intentProblems } from './node-pools/problems';
import { complain, nameProblems } from './problems';
import { unshared } from './unshared';

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

  /** @throws where there is no provider, or a prop is of another kind */
  public constructor(scope: Construct, id: string, props: NodePoolProps & { readonly accelerator?: PoolAccelerator }) {
    super(scope, id);
    if (typeof props?.provider?.provide !== 'function') {
      throw new Error(
        `The pool '${this.node.path}' has no provider: give Karpenter.aws(…), Gke.computeClass() or the like.`,
      );
    }
    expectKinds(this, props, {
      name: 'a text',
      zones: 'a list',
      architectures: 'a list',
      machineTypes: 'a list',
      taints: 'a list',
      labels: 'an object',
      diskSize: 'a Size of cdk8s',
    });
    expectKinds(
      this,
      props.disruption,
      { after: 'a Duration of cdk8s', expireAfter: 'a Duration of cdk8s' },
      'disruption',
    );
    expectKinds(this, props.minimum, { memory: 'a Size of cdk8s' }, 'minimum');
    expectKinds(this, props.limits, { memory: 'a Size of cdk8s or a text' }, 'limits');
    expectKinds(this, props.accelerator, { memory: 'a Size of cdk8s', resource: 'a text' }, 'accelerator');
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
        body: () => ({ fields: unshared(fields) }),
      });
    }
    factsOf(this).pools.push(this);
    // It becomes the value of a label.
    const found = [...nameProblems('a pool', this.name), ...intentProblems(this.intent), ...(provided.problems ?? [])];
    complain(this, new.target, 'KFP1710', found);
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
  /** @throws where there is no provider, or no accelerator */
  public constructor(scope: Construct, id: string, props: GpuNodePoolProps) {
    super(scope, id, { ...props, taints: props?.taints ?? [GPU_TAINT] });
    expectKinds(this, props, { accelerator: 'an object!' });
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
  const { accelerator, disruption = {} } = props;
  const capacity = props.capacity ?? 'on-demand';
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
        models: typeof accelerator.model === 'string' ? [accelerator.model] : (accelerator.model ?? []),
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
