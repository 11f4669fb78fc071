import type { Duration, Size } from 'cdk8s';
import type { Taint } from 'kubernetes-types/core/v1';
import type { NodePoolProvider } from './provider';

/** How nodes are paid for: what is left over and may be taken away, by the hour, or reserved before. */
export type Capacity = 'spot' | 'on-demand' | 'reserved';

/** A taint of nodes: what tasks that run there must put up with. */
export type PoolTaint = Omit<Taint, 'timeAdded'>;

/** The most that a pool may hold. */
export interface PoolLimits {
  /** CPUs. @default - no limit */
  readonly cpu?: number | string | undefined;
  /** Memory. @default - no limit */
  readonly memory?: Size | string | undefined;
  /** Accelerators, of all nodes together. @default - no limit */
  readonly accelerators?: number | undefined;
  /** Nodes. Providers whose pools scale by nodes need it. @default - no limit */
  readonly nodes?: number | undefined;
}

/** When nodes are taken away. */
export interface PoolDisruption {
  /**
   * Only nodes on which nothing runs, or also those whose pods could run elsewhere; these are started again there, so that a
   * task loses what it has done.
   * @default 'empty'
   */
  readonly consolidate?: 'empty' | 'underutilized' | undefined;
  /** How long a node is left like that. @default Duration.minutes(5) */
  readonly after?: Duration | undefined;
  /** How old a node becomes before it is replaced. @default - as old as it gets */
  readonly expireAfter?: Duration | undefined;
  /** How many nodes may be taken away at once: a number, or a percentage. @default '10%' */
  readonly atOnce?: number | string | undefined;
}

/** Props of a pool of nodes. */
export interface NodePoolProps {
  /** Who makes the nodes: `Karpenter.aws(…)`, `Karpenter.eksAuto()`, `Gke.computeClass()`, …. */
  readonly provider: NodePoolProvider;
  /** The pool's name. @default - the construct's id, in kebab case */
  readonly name?: string | undefined;
  /** How nodes are paid for; of several, what is there and cheapest. @default 'on-demand' */
  readonly capacity?: Capacity | readonly Capacity[] | undefined;
  /** The zones. @default - those of the cluster */
  readonly zones?: readonly string[] | undefined;
  /** @default ['amd64'] */
  readonly architectures?: readonly ('amd64' | 'arm64')[] | undefined;
  /** The provider's names of machine types. @default - any that fits */
  readonly machineTypes?: readonly string[] | undefined;
  /** The least that a node has. @default - as the provider decides */
  readonly minimum?: { readonly cpu?: number | undefined; readonly memory?: Size | undefined } | undefined;
  /** Labels of the nodes. @default - the provider's own */
  readonly labels?: { readonly [label: string]: string } | undefined;
  /** Taints that keep other pods away. @default - none; for accelerators, `nvidia.com/gpu=present:NoSchedule` */
  readonly taints?: readonly PoolTaint[] | undefined;
  /** The most that the pool may hold. @default - no limit */
  readonly limits?: PoolLimits | undefined;
  /** When nodes are taken away. @default - empty ones, after some minutes */
  readonly disruption?: PoolDisruption | undefined;
  /** The disk of a node. @default - the provider's */
  readonly diskSize?: Size | undefined;
}

/** The models of accelerators that providers know by one name or another. */
export type AcceleratorModel =
  | 't4'
  | 'v100'
  | 'a10g'
  | 'l4'
  | 'l40s'
  | 'a100-40gb'
  | 'a100-80gb'
  | 'h100'
  | 'h200'
  | 'b200';

/** The accelerators of a pool's nodes. */
export interface PoolAccelerator {
  /** Which; of several, what is there. A name that this library does not know is taken as the provider's. */
  readonly model: AcceleratorModel | (string & {}) | readonly (AcceleratorModel | (string & {}))[];
  /** How many a node has. @default - any number; one, where the provider must be told */
  readonly perNode?: number | undefined;
  /** The least memory of one. @default - that of the model */
  readonly memory?: Size | undefined;
  /** The extended resource that tasks ask for. @default 'nvidia.com/gpu' */
  readonly resource?: string | undefined;
}

/** What is wanted of a provider, every default applied. */
export interface NodePoolIntent {
  readonly name: string;
  readonly capacity: readonly Capacity[];
  readonly zones: readonly string[];
  readonly architectures: readonly ('amd64' | 'arm64')[];
  readonly machineTypes: readonly string[];
  readonly minimum: { readonly cpu?: number | undefined; readonly memory?: Size | undefined };
  readonly labels: { readonly [label: string]: string };
  readonly taints: readonly PoolTaint[];
  readonly limits: PoolLimits;
  readonly disruption: {
    readonly consolidate: 'empty' | 'underutilized';
    readonly after: Duration;
    readonly expireAfter?: Duration | undefined;
    readonly atOnce: number | string;
  };
  readonly diskSize?: Size | undefined;
  readonly accelerator?: {
    readonly models: readonly string[];
    readonly perNode?: number | undefined;
    readonly memory?: Size | undefined;
    readonly resource: string;
  };
}
