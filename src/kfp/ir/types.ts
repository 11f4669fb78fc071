import type { Json } from '../../components/definition';

/**
 * KFP's intermediate representation, as the SDK writes it: the PipelineSpec of a pipeline, and the PlatformSpec with what is
 * Kubernetes' own. Only fields that have a meaning here are listed; a document may hold others.
 *
 * @see https://github.com/kubeflow/pipelines/blob/master/api/v2alpha1/pipeline_spec.proto
 */

/** A pipeline, with what Kubernetes is to be told where the document says something of it. */
export interface IrDocument {
  readonly spec: PipelineSpec;
  readonly platform?: PlatformSpec;
}

/** `PipelineSpec` of schema version 2.1.0. */
export interface PipelineSpec {
  readonly pipelineInfo: { readonly name: string; readonly displayName?: string; readonly description?: string };
  readonly root: IrComponent;
  /** By name, `comp-…`. */
  readonly components?: Readonly<Record<string, IrComponent>>;
  readonly deploymentSpec?: { readonly executors?: Readonly<Record<string, IrExecutor>> };
  readonly defaultPipelineRoot?: string;
  readonly schemaVersion: string;
  readonly sdkVersion?: string;
}

/** `ComponentSpec`: an executor's label, or tasks. */
export interface IrComponent {
  readonly inputDefinitions?: IrPorts;
  readonly outputDefinitions?: IrPorts;
  readonly executorLabel?: string;
  readonly dag?: IrDag;
  readonly taskConfigPassthroughs?: readonly { readonly field: string; readonly applyToTask?: boolean }[];
  readonly singlePlatformSpecs?: readonly Json[];
}

/** The inputs or outputs of a component. */
export interface IrPorts {
  readonly parameters?: Readonly<Record<string, IrParameter>>;
  readonly artifacts?: Readonly<Record<string, IrArtifact>>;
}

/** A parameter. */
export interface IrParameter {
  readonly parameterType: string;
  readonly defaultValue?: Json;
  readonly isOptional?: boolean;
  readonly description?: string;
  readonly literals?: readonly (string | number | boolean)[];
}

/** An artifact. */
export interface IrArtifact {
  readonly artifactType: IrArtifactType;
  readonly isArtifactList?: boolean;
  readonly isOptional?: boolean;
  readonly description?: string;
  /** Of outputs; nothing acts on it but KFP's cache key. */
  readonly metadata?: Readonly<Record<string, Json>>;
  /** The old forms of metadata. */
  readonly properties?: Readonly<Record<string, Json>>;
  readonly customProperties?: Readonly<Record<string, Json>>;
}

/** What an artifact is: one of title, URI and instance schema is given. */
export interface IrArtifactType {
  readonly schemaTitle?: string;
  readonly schemaUri?: string;
  readonly schemaVersion?: string;
  readonly instanceSchema?: string;
}

/** Tasks, and what of them can be read from outside. */
export interface IrDag {
  readonly tasks?: Readonly<Record<string, IrTask>>;
  readonly outputs?: {
    readonly parameters?: Readonly<Record<string, IrDagParameter>>;
    readonly artifacts?: Readonly<Record<string, IrDagArtifact>>;
  };
}

/** An output parameter of a DAG: of one task, or of the first of several that ran. */
export interface IrDagParameter {
  readonly valueFromParameter?: IrParameterSelector;
  readonly valueFromOneof?: { readonly parameterSelectors?: readonly IrParameterSelector[] };
}

/** An output parameter of a task of the same DAG. */
export interface IrParameterSelector {
  readonly producerSubtask: string;
  readonly outputParameterKey: string;
}

/** An output artifact of a DAG: of one task, or of the first of several that ran. */
export interface IrDagArtifact {
  readonly artifactSelectors?: readonly { readonly producerSubtask: string; readonly outputArtifactKey: string }[];
}

/** `PipelineTaskSpec`. */
export interface IrTask {
  readonly taskInfo?: { readonly name?: string };
  readonly componentRef: { readonly name: string };
  readonly inputs?: {
    readonly parameters?: Readonly<Record<string, IrTaskParameter>>;
    readonly artifacts?: Readonly<Record<string, IrTaskArtifact>>;
  };
  readonly dependentTasks?: readonly string[];
  readonly cachingOptions?: { readonly enableCache?: boolean; readonly cacheKey?: string };
  readonly triggerPolicy?: { readonly condition?: string; readonly strategy?: string };
  readonly parameterIterator?: {
    readonly items: { readonly raw?: string; readonly inputParameter?: string };
    readonly itemInput: string;
  };
  readonly artifactIterator?: { readonly items: { readonly inputArtifact: string }; readonly itemInput: string };
  readonly iteratorPolicy?: { readonly parallelismLimit?: number };
  readonly retryPolicy?: {
    readonly maxRetryCount?: number;
    readonly backoffDuration?: string;
    readonly backoffFactor?: number;
    readonly backoffMaxDuration?: string;
  };
}

/** Where an input parameter of a task comes from: one of the first four. */
export interface IrTaskParameter {
  readonly componentInputParameter?: string;
  readonly taskOutputParameter?: { readonly producerTask: string; readonly outputParameterKey: string };
  readonly runtimeValue?: { readonly constant?: Json; readonly runtimeParameter?: string };
  readonly taskFinalStatus?: { readonly producerTask: string };
  /** `parseJson(string_value)["key"]`. */
  readonly parameterExpressionSelector?: string;
}

/** Where an input artifact of a task comes from. */
export interface IrTaskArtifact {
  readonly componentInputArtifact?: string;
  readonly taskOutputArtifact?: { readonly producerTask: string; readonly outputArtifactKey: string };
}

/** How a component is run: one of the fields. */
export interface IrExecutor {
  readonly container?: IrContainer;
  readonly importer?: IrImporter;
  readonly resolver?: Json;
  readonly customJob?: Json;
}

/** `PipelineContainerSpec`. */
export interface IrContainer {
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly resources?: IrResources;
  /** A check before the cache is used, which no backend of KFP's own makes. */
  readonly lifecycle?: {
    readonly preCacheCheck?: { readonly command?: readonly string[]; readonly args?: readonly string[] };
  };
}

/** Amounts: those in words are placeholders or quantities, the numbers are what old backends read. */
export interface IrResources {
  readonly cpuLimit?: number;
  readonly cpuRequest?: number;
  readonly memoryLimit?: number;
  readonly memoryRequest?: number;
  readonly resourceCpuLimit?: string;
  readonly resourceCpuRequest?: string;
  readonly resourceMemoryLimit?: string;
  readonly resourceMemoryRequest?: string;
  readonly accelerator?: {
    readonly type?: string;
    readonly count?: string | number;
    readonly resourceType?: string;
    readonly resourceCount?: string;
  };
}

/** `ImporterSpec`. */
export interface IrImporter {
  readonly artifactUri: { readonly constant?: string; readonly runtimeParameter?: string };
  readonly typeSchema: IrArtifactType;
  readonly metadata?: Readonly<Record<string, Json>>;
  /** The old forms of metadata. */
  readonly properties?: Readonly<Record<string, Json>>;
  readonly customProperties?: Readonly<Record<string, Json>>;
  readonly reimport?: boolean;
  readonly downloadToWorkspace?: boolean;
}

/** `PlatformSpec`. */
export interface PlatformSpec {
  readonly platforms?: { readonly kubernetes?: KubernetesPlatform } & Readonly<Record<string, unknown>>;
}

/** What Kubernetes is told, by the names of executors, and of the pipeline as a whole. */
export interface KubernetesPlatform {
  readonly deploymentSpec?: { readonly executors?: Readonly<Record<string, KubernetesExecutorConfig>> };
  readonly pipelineConfig?: KubernetesPipelineConfig;
}

/** `PipelineConfig`. */
export interface KubernetesPipelineConfig {
  readonly workspace?: {
    readonly size?: string;
    readonly kubernetes?: { readonly pvcSpecPatch?: { readonly [field: string]: Json } };
  };
  readonly resourceTtlOnCompletion?: number;
  readonly resourceTtlOnSuccess?: number;
  readonly resourceTtlOnFailure?: number;
  readonly activeDeadlineSeconds?: number;
}

/**
 * `KubernetesExecutorConfig`.
 *
 * @see https://github.com/kubeflow/pipelines/blob/master/kubernetes_platform/proto/kubernetes_executor_config.proto
 */
export interface KubernetesExecutorConfig {
  readonly [field: string]: Json;
}
