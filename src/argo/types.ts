/**
 * The part of Argo's and Kubernetes' types that this library emits, no more. The conformance run holds what is emitted
 * against the full schemas.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/fields/
 */

/** A parameter of a template, or a value for one. */
export interface Parameter {
  readonly name: string;
  readonly default?: string;
  readonly value?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
}

/** An output parameter of a template: read from a file, another output, an expression, or given by a person. */
export interface OutputParameter {
  readonly name: string;
  readonly valueFrom:
    | { readonly path: string; readonly default?: string }
    | { readonly jsonPath: string; readonly default?: string }
    | { readonly parameter: string; readonly default: string }
    | { readonly expression: string; readonly default: string }
    | { readonly supplied: Readonly<Record<string, never>>; readonly default: string };
}

/** A key of a Secret. */
export interface SecretKeySelector {
  readonly name: string;
  readonly key: string;
}

/** An artifact's place: the key alone, where bucket and credentials are the repository's. Azure is told more. */
export type ArtifactLocation =
  | {
      readonly s3: {
        readonly endpoint?: string;
        readonly bucket?: string;
        readonly region?: string;
        readonly insecure?: boolean;
        readonly useSDKCreds?: boolean;
        readonly accessKeySecret?: SecretKeySelector;
        readonly secretKeySecret?: SecretKeySelector;
        readonly sessionTokenSecret?: SecretKeySelector;
        readonly key: string;
      };
    }
  | {
      readonly gcs: {
        readonly bucket?: string;
        readonly serviceAccountKeySecret?: SecretKeySelector;
        readonly key: string;
      };
    }
  | {
      readonly azure: {
        readonly endpoint: string;
        readonly container: string;
        readonly accountKeySecret?: SecretKeySelector;
        readonly useSDKCreds?: boolean;
        readonly blob: string;
      };
    }
  | { readonly http: { readonly url: string } };

export type Artifact = {
  readonly name: string;
  readonly path: string;
  readonly optional?: boolean;
  readonly archive?: { readonly none: Readonly<Record<string, never>> };
  readonly artifactGC?: { readonly strategy: string };
} & (ArtifactLocation | { readonly raw: { readonly data: string } });

/** What a template is called with. */
export interface Arguments {
  readonly parameters: readonly Parameter[];
}

/** A task of a DAG. */
export interface DagTask {
  readonly name: string;
  readonly template: string;
  readonly depends?: string;
  readonly when?: string;
  readonly withSequence?: { readonly count: string };
  readonly arguments?: Arguments;
  readonly hooks?: { readonly exit: Hook };
}

/** What is called when something has ended. */
export interface Hook {
  readonly template: string;
  readonly arguments?: Arguments;
}

/** An environment variable of a container. */
export type EnvVar =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly valueFrom: Readonly<Record<string, unknown>> };

/** An object of Kubernetes' that users give: Kubernetes says what it holds. */
export type KubernetesObject = Readonly<Record<string, unknown>>;

/** The main container of a pod. */
export interface Container {
  readonly image: string;
  /** Where it is absent, Argo looks the image's own entry point up. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly imagePullPolicy?: string;
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly KubernetesObject[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
    readonly claims?: readonly KubernetesObject[];
  };
  readonly lifecycle?: KubernetesObject;
  readonly securityContext?: KubernetesObject;
  readonly volumeMounts?: readonly VolumeMount[];
}

/** Where a container has a volume. */
export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

/** A template: a DAG, a pod, or a wait. */
export interface Template {
  readonly name: string;
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly inputs?: { readonly parameters?: readonly Parameter[]; readonly artifacts?: readonly Artifact[] };
  readonly parallelism?: number;
  readonly outputs?: { readonly parameters?: readonly OutputParameter[]; readonly artifacts?: readonly Artifact[] };
  readonly dag?: { readonly failFast: boolean; readonly tasks: readonly DagTask[] };
  /** Waits for a person, or for so many seconds. */
  readonly suspend?: { readonly duration?: string };
  readonly container?: Container;
  /** An action of Argo's executor on an object of the cluster. */
  readonly resource?: {
    readonly action: string;
    readonly mergeStrategy?: string;
    readonly flags?: readonly string[];
    readonly successCondition?: string;
    readonly failureCondition?: string;
    readonly manifest: string;
  };
  readonly initContainers?: readonly KubernetesObject[];
  readonly sidecars?: readonly KubernetesObject[];
  readonly volumes?: readonly KubernetesObject[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: KubernetesObject;
  readonly tolerations?: readonly KubernetesObject[];
  readonly priorityClassName?: string;
  readonly schedulerName?: string;
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly executor?: { readonly serviceAccountName: string };
  readonly securityContext?: KubernetesObject;
  readonly podSpecPatch?: string;
  readonly synchronization?: {
    readonly mutexes?: readonly { readonly name: string }[];
    readonly semaphores?: readonly { readonly configMapKeyRef: { readonly name: string; readonly key: string } }[];
  };
  /** Reuse of what an equal node gave before. */
  readonly memoize?: {
    readonly key: string;
    readonly maxAge: string;
    readonly cache: { readonly configMap: { readonly name: string } };
  };
  readonly retryStrategy?: {
    readonly limit: string;
    readonly retryPolicy: string;
    readonly expression?: string;
    readonly affinity?: { readonly nodeAntiAffinity: Readonly<Record<string, never>> };
    readonly backoff?: {
      readonly duration: string;
      readonly factor?: string;
      readonly cap?: string;
      readonly maxDuration?: string;
    };
  };
  readonly activeDeadlineSeconds?: number;
  readonly metrics?: { readonly prometheus: readonly PrometheusMetric[] };
}

/** A metric that the controller reports. */
export interface PrometheusMetric {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly { readonly key: string; readonly value: string }[];
  readonly when?: string;
  readonly gauge?: { readonly realtime: boolean; readonly value: string };
  readonly counter?: { readonly value: string };
  readonly histogram?: { readonly value: string; readonly buckets: readonly number[] };
}

/** A volume of a workflow's pods. */
export interface Volume {
  readonly name: string;
  readonly configMap?: {
    readonly name: string;
    readonly items?: readonly { readonly key: string; readonly path: string }[];
  };
  readonly emptyDir?: Readonly<Record<string, never>>;
}

/** What a WorkflowTemplate holds. */
export interface WorkflowTemplateSpec {
  readonly entrypoint: string;
  readonly arguments?: Arguments;
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly executor?: { readonly serviceAccountName: string };
  /** When artifacts are removed, and who does that. */
  readonly artifactGC?: { readonly strategy: string; readonly serviceAccountName?: string };
  readonly artifactRepositoryRef?: { readonly configMap: string; readonly key?: string };
  readonly workflowMetadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly podMetadata?: { readonly labels: Readonly<Record<string, string>> };
  readonly metrics?: Template['metrics'];
  readonly activeDeadlineSeconds?: number;
  readonly parallelism?: number;
  readonly priority?: number;
  readonly ttlStrategy?: {
    readonly secondsAfterCompletion?: number;
    readonly secondsAfterSuccess?: number;
    readonly secondsAfterFailure?: number;
  };
  readonly podGC?: { readonly strategy: string; readonly deleteDelayDuration: string };
  readonly archiveLogs?: boolean;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly podDisruptionBudget?: KubernetesObject;
  readonly hostNetwork?: boolean;
  readonly dnsPolicy?: string;
  readonly dnsConfig?: KubernetesObject;
  readonly synchronization?: Template['synchronization'];
  readonly hooks?: { readonly exit: Hook };
  readonly volumes?: readonly Volume[];
  readonly volumeClaimTemplates?: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: KubernetesObject;
  }[];
  readonly volumeClaimGC?: { readonly strategy: string };
  readonly templates: readonly Template[];
}
