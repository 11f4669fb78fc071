import type { NodePoolIntent, PoolTaint } from './intent';

/**
 * Who makes the nodes of a pool. To add one, write an object of this shape: it turns what is wanted into objects of the cluster,
 * and says how tasks find the nodes. The constructs do the rest.
 */
export interface NodePoolProvider {
  /** What people call it. */
  readonly name: string;
  /** Must give the same for the same intent. */
  provide(intent: NodePoolIntent): ProvidedPool;
}

/** What a provider makes of an intent. */
export interface ProvidedPool {
  readonly objects: readonly ProvidedObject[];
  /** Labels that only the pool's nodes have. */
  readonly nodeSelector: { readonly [label: string]: string };
  /** Taints that the nodes have besides those that were asked for. */
  readonly taints?: readonly PoolTaint[];
  /** What of the intent it cannot do, and how to mend it. */
  readonly problems?: readonly { readonly message: string; readonly mend: string }[];
}

/** An object of the cluster. */
export interface ProvidedObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** True for one of the whole cluster; else it is in the chart's namespace. */
  readonly clusterScoped?: boolean;
  /** @default - none */
  readonly annotations?: { readonly [annotation: string]: string };
  /** Fields besides kind and metadata. Its name is the pool's. */
  readonly fields: { readonly [field: string]: unknown };
}
