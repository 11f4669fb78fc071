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
    | { readonly parameter: string; readonly default: string }
    | { readonly expression: string; readonly default: string }
    | { readonly supplied: Readonly<Record<string, never>>; readonly default: string };
}

/** An artifact's place: the key alone, because bucket and credentials are the repository's. Azure is told more. */
export type ArtifactLocation =
  | { readonly s3: { readonly key: string } }
  | { readonly gcs: { readonly key: string } }
  | {
      readonly azure: {
        readonly endpoint: string;
        readonly container: string;
        readonly accountKeySecret?: { readonly name: string; readonly key: string };
        readonly useSDKCreds?: boolean;
        readonly blob: string;
      };
    };

export type Artifact = {
  readonly name: string;
  readonly path: string;
  readonly optional?: boolean;
  readonly archive?: { readonly none: Readonly<Record<string, never>> };
} & ArtifactLocation;

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
export interface EnvVar {
  readonly name: string;
  readonly value: string;
}

/** The main container of a pod. */
export interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly securityContext?: {
    readonly allowPrivilegeEscalation: boolean;
    readonly capabilities: { readonly drop: readonly string[] };
  };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

/** A template: a DAG, a pod, or a wait. */
export interface Template {
  readonly name: string;
  readonly inputs?: { readonly parameters?: readonly Parameter[]; readonly artifacts?: readonly Artifact[] };
  readonly parallelism?: number;
  readonly outputs?: { readonly parameters?: readonly OutputParameter[]; readonly artifacts?: readonly Artifact[] };
  readonly dag?: { readonly failFast: boolean; readonly tasks: readonly DagTask[] };
  /** Waits for a person, or for so many seconds. */
  readonly suspend?: { readonly duration?: string };
  readonly container?: Container;
  readonly securityContext?: {
    readonly runAsNonRoot: boolean;
    readonly runAsUser: number;
    readonly runAsGroup: number;
    readonly fsGroup: number;
    readonly seccompProfile: { readonly type: string };
  };
  readonly retryStrategy?: {
    readonly limit: string;
    readonly retryPolicy: string;
    readonly backoff?: { readonly duration: string; readonly factor?: string; readonly cap?: string };
  };
  readonly activeDeadlineSeconds?: number;
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
  readonly artifactRepositoryRef?: { readonly configMap: string; readonly key?: string };
  readonly workflowMetadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly podGC: { readonly strategy: string; readonly deleteDelayDuration: string };
  readonly hooks?: { readonly exit: Hook };
  readonly volumes?: readonly Volume[];
  readonly templates: readonly Template[];
}
