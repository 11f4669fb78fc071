import type { GraphMetric, Text, TreeObject } from './settings';

/** What a run asks of Argo as a whole, in plain data. */
export interface GraphRunSettings {
  /** The longest a run may take. */
  readonly timeoutSeconds?: number;
  /** How many of its pods run at the same time, at most. */
  readonly parallelism?: number;
  /** The run's place in the controller's queue. */
  readonly priority?: number;
  readonly retention?: GraphRetention;
  readonly podRetention?: GraphPodRetention;
  /** True where the pods' logs are stored beside the artifacts. */
  readonly archiveLogs?: boolean;
  readonly imagePullSecrets?: readonly string[];
  readonly podDisruptionBudget?: {
    readonly minAvailable?: number | string;
    readonly maxUnavailable?: number | string;
  };
  readonly hostNetwork?: boolean;
  readonly dnsPolicy?: string;
  readonly dnsConfig?: TreeObject;
  /** Locks that a run holds from its first pod to its last. */
  readonly mutexes?: readonly Text[];
  readonly semaphores?: readonly { readonly name: string; readonly key: string }[];
  readonly labels?: { readonly [key: string]: Text };
  readonly annotations?: { readonly [key: string]: Text };
  /** Prometheus metrics that a run reports when it has ended. */
  readonly metrics?: readonly GraphMetric[];
}

/** How long finished runs are kept. */
export interface GraphRetention {
  readonly afterSeconds?: number;
  readonly afterSuccessSeconds?: number;
  readonly afterFailureSeconds?: number;
}

/** When finished pods are removed. */
export interface GraphPodRetention {
  readonly strategy?: string;
  readonly delaySeconds?: number;
}

/** What a single run says otherwise than its pipeline. */
export interface GraphRunOverrides {
  readonly timeoutSeconds?: number;
  readonly priority?: number;
}
