/** Istio, which tells KFP who people are. */
export interface KfpIstio {
  /** The Gateway that requests come in by: `namespace/name`. @default 'kubeflow/kubeflow-gateway' */
  readonly gateway?: string | undefined;
  /** The identity of the gateway's pods. @default 'cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account' */
  readonly principal?: string | undefined;
}

/** Many teams in one installation. */
export interface KfpMultiUser {
  /** Istio is what tells who people are, and keeps teams apart. It must be installed. */
  readonly istio: KfpIstio;
  /** The header that says who a person is. @default 'kubeflow-userid' */
  readonly userIdHeader?: string | undefined;
  /** What stands before the person's name in the header. @default '' */
  readonly userIdPrefix?: string | undefined;
  /** Whether everybody may look at everything of every team, also those who do not say who they are. @default false */
  readonly sharedRead?: boolean | undefined;
}
