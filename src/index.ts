/**
 * Kubeflow Pipelines as TypeScript constructs.
 *
 * @packageDocumentation
 */
export * from './components/artifact-type';
export { createClaim, createSnapshot, deleteClaim, type KeptOptions } from './components/claims';
export { Component, type ReturnsNothing, type Unavailable } from './components/component';
export {
  type Argument,
  type ArtifactPlaceholder,
  arg,
  type CommandLine,
  Concatenation,
  ContainerComponent,
  type ContainerComponentProps,
  type ContainerPorts,
  ifPresent,
  type ListPlaceholder,
  MetadataPlaceholder,
  type OutputArtifactPlaceholder,
  type OutputPlaceholder,
  ParameterPlaceholder,
  Placeholder,
  PresentArguments,
} from './components/container-component';
export type * from './components/definition';
export {
  type InputPort,
  type InputPorts,
  type InputsOf,
  type ListOptions,
  ListPort,
  listOf,
  OptionalParameter,
  OptionalPort,
  type OutputPort,
  type OutputPorts,
  type OutputsOf,
  optional,
  type ReturnOf,
  type ReturnPorts,
} from './components/ports';
export {
  type DeclaredPorts,
  PythonComponent,
  type UntypedInputs,
  type UntypedValue,
} from './components/python-component';
export {
  ResourceComponent,
  type ResourceComponentProps,
  type ResourceInputs,
  type ResourceManifest,
  type ResourceOutput,
  type ResourceOutputs,
  type ResourceValues,
} from './components/resource-component';
export { type YamlBindingProps, YamlComponent } from './components/yaml-component';
export { Approval, type ApprovalProps } from './constructs/approval';
export { Check, type CheckProps } from './constructs/check';
export { Dependency } from './constructs/dependency';
export { ExitHandler } from './constructs/exit-handler';
export { Experiment } from './constructs/experiment';
export { type Awaitable, FlowNode } from './constructs/flow-node';
export { type ConditionProps, Elif, Else, If } from './constructs/if';
export { Importer, type ImporterProps } from './constructs/importer';
export { OnExit, OnExitPipeline } from './constructs/on-exit';
export {
  type DeclaredItem,
  type LoopItem,
  type LoopItems,
  ParallelFor,
  type ParallelForProps,
} from './constructs/parallel-for';
export {
  type ArgumentsOf,
  type FromIrProps,
  type ImportedPipeline,
  type ParameterValues,
  Pipeline,
  type PipelineParameters,
  type PipelineProps,
  type Workspace,
} from './constructs/pipeline';
export { ArgoBackend } from './constructs/platform/argo-backend';
export type { ArgoVersion } from './constructs/platform/argo-backend/images';
export type {
  ArgoArchive,
  ArgoBackendProps,
  ArgoExecutor,
  ArgoScope,
  ArgoServer,
  ArgoSso,
} from './constructs/platform/argo-backend/props';
export type {
  IArtifactRepository,
  IAzureRepository,
  IBucketRepository,
  INoRepository,
} from './constructs/platform/artifact-repository';
export type { ImageOptions } from './constructs/platform/backend/images';
export type { WorkloadOptions, WorkloadResources } from './constructs/platform/backend/workload';
export {
  Database,
  type MysqlProps,
  type PostgresProps,
  type TryOutDatabaseProps,
} from './constructs/platform/database';
export { ArgoCrds, KfpCrds, type KfpCrdsProps } from './constructs/platform/definitions';
export {
  DeviceClaim,
  type DeviceClaimProps,
  DeviceClass,
  type DeviceClassProps,
} from './constructs/platform/device-class';
export type { GpuSharing, MigSlicing, TimeSlicing } from './constructs/platform/devices/sharing';
export { GpuDevices, type GpuDevicesProps } from './constructs/platform/gpu-devices';
export { KfpBackend } from './constructs/platform/kfp-backend';
export type { KfpExposure, KfpLogin } from './constructs/platform/kfp-backend/exposure-props';
export type { KfpImage, KfpImageOptions } from './constructs/platform/kfp-backend/images';
export type { KfpIstio, KfpMultiUser } from './constructs/platform/kfp-backend/multi-user-props';
export type { KfpNetwork } from './constructs/platform/kfp-backend/network-props';
export type { KfpProgram } from './constructs/platform/kfp-backend/program';
export type {
  CertificateIssuer,
  KfpArgoOptions,
  KfpBackendProps,
  KfpParityProps,
  KfpProxy,
  KfpRunDefaults,
  KfpRunnerOptions,
} from './constructs/platform/kfp-backend/props';
export type { KfpVersion } from './constructs/platform/kfp-backend/release';
export { KfpTenant } from './constructs/platform/kfp-tenant';
export type { KfpTenantPeople, KfpTenantProps } from './constructs/platform/kfp-tenants/props';
export { GpuNodePool, type GpuNodePoolProps, NodePool } from './constructs/platform/node-pool';
export type {
  AcceleratorModel,
  Capacity,
  NodePoolIntent,
  NodePoolProps,
  PoolAccelerator,
  PoolDisruption,
  PoolLimits,
  PoolTaint,
} from './constructs/platform/node-pools/intent';
export type { NodePoolProvider, ProvidedObject, ProvidedPool } from './constructs/platform/node-pools/provider';
export { ClusterApi, Gke, Karpenter } from './constructs/platform/node-pools/providers';
export type { ClusterApiReference, MachinePoolProps } from './constructs/platform/node-pools/providers/cluster-api';
export type { ComputeClassProps, GkeNodePoolProps } from './constructs/platform/node-pools/providers/gke';
export type { AwsSelector, Ec2NodeClassProps } from './constructs/platform/node-pools/providers/karpenter-aws';
export type { AksNodeClassProps } from './constructs/platform/node-pools/providers/karpenter-azure';
export {
  type AzureStoreProps,
  type GcsStoreProps,
  ObjectStore,
  type S3StoreProps,
  type TryOutStoreProps,
} from './constructs/platform/object-store';
export { Queue, type QueueFlavor, type QueueProps, type QueueQuota } from './constructs/platform/queue';
export {
  type ControllerAccount,
  type IRunner,
  type IWorkloadIdentity,
  Runner,
  type RunnerProps,
} from './constructs/platform/runner';
export type { ISecretReference } from './constructs/platform/secret-reference';
export { Semaphore, type SemaphoreProps } from './constructs/platform/semaphore';
export { SharedVolume, type SharedVolumeProps } from './constructs/platform/shared-volume';
export { Tenant, type TenantLimits, type TenantProps, type TenantQuota } from './constructs/platform/tenant';
export type { NetworkPeer, NetworkTarget, TenantNetwork } from './constructs/platform/tenants/network';
export type { Person, TenantPeople } from './constructs/platform/tenants/people';
export { WorkloadIdentity } from './constructs/platform/workload-identity';
export {
  type ICron,
  RecurringRun,
  type RecurringRunBaseProps,
  type RecurringRunProps,
} from './constructs/recurring-run';
export { RepeatUntil, type RepeatUntilBaseProps, type RepeatUntilProps } from './constructs/repeat-until';
export { Run, type RunArgumentsProp, type RunBaseProps, type RunProps } from './constructs/run';
export type {
  ArtifactNames,
  ArtifactPlace,
  AzureCredentials,
  GcsCredentials,
  KeyPlace,
  ObjectPlace,
  S3Credentials,
  SecretKey,
  StoreAccess,
  TaskArtifacts,
  VolumePlace,
} from './constructs/settings/artifacts';
export type { CachingOptions, TaskCaching } from './constructs/settings/caching';
export type { ISemaphore, TaskConcurrency } from './constructs/settings/concurrency';
export type { InitContainer, SideContainer, TaskContainers } from './constructs/settings/containers';
export {
  Env,
  type EnvFrom,
  type EnvFromOptions,
  EnvSource,
  type EnvValue,
  type KeyOptions,
  type TaskEnvironment,
} from './constructs/settings/environment';
export {
  type AwsCredentialsOptions,
  Credentials,
  type GcpCredentialsOptions,
  type TaskIdentity,
} from './constructs/settings/identity';
export {
  Metric,
  type MetricBase,
  MetricFact,
  type RunMetric,
  type TaskMetric,
  type TaskObservability,
} from './constructs/settings/metrics';
export type {
  INodePool,
  NodeRequirement,
  PoolUse,
  TaskNodeAffinity,
  TaskPlacement,
  TaskPodAffinity,
} from './constructs/settings/placement';
export type { ResourceClaim, TaskResources } from './constructs/settings/resources';
export type { RetryBackoff, RetryOn, TaskRetry, TaskTiming } from './constructs/settings/retry';
export type {
  DisruptionBudget,
  PodRetention,
  Retention,
  RunOverrides,
  RunSettings,
} from './constructs/settings/run-settings';
export type { NamedObject, Quantity, SettingText } from './constructs/settings/setting-value';
export { type SpotOptions, spot } from './constructs/settings/spot';
export type { TaskSettings } from './constructs/settings/task-settings';
export {
  type ClaimProps,
  type ClaimVolumeOptions,
  type ObjectVolumeOptions,
  type TaskVolumes,
  Volume,
  type VolumeMount,
} from './constructs/settings/volume';
export { SubPipeline, type SubPipelineBaseProps, type SubPipelineProps } from './constructs/sub-pipeline';
export { Task, type TaskBaseProps, type TaskInputs, type TaskProps } from './constructs/task';
export { TaskView } from './constructs/task-view';
export { type Diagnostic, DiagnosticsError, renderDiagnostic } from './diagnostic';
export type * from './graph/graph';
export type * from './graph/run-settings';
export type * from './graph/settings';
export { KfpClient, type KfpClientProps } from './kfp/client/client';
export type { PipelineSource } from './kfp/client/document';
export { KfpError, type KfpRequestLine } from './kfp/client/errors';
export type { KfpExperiments } from './kfp/client/experiments';
export type { KfpArtifact, KfpRunOutputs, KfpTaskOutputs } from './kfp/client/outputs';
export type { KfpListOptions } from './kfp/client/pages';
export type { KfpPipelines } from './kfp/client/pipelines';
export type { KfpRecurringRunChanges, KfpRecurringRunOptions } from './kfp/client/recurring-run-body';
export type { KfpRecurringRuns } from './kfp/client/recurring-runs';
export type { KfpRetry } from './kfp/client/retry';
export type { KfpListRunsOptions, KfpRunOptions, KfpRunSettings, KfpRuns } from './kfp/client/runs';
export type { KfpSchedule } from './kfp/client/schedule';
export type { KfpRunSource } from './kfp/client/source';
export type { KfpToken } from './kfp/client/token';
export type * from './kfp/client/types';
export type { KfpUpload, KfpUploadOptions } from './kfp/client/uploads';
export type { KfpWaitOptions } from './kfp/client/wait';
export { KfpPipeline, type KfpPipelineProps } from './kfp/resources/kfp-pipeline';
export {
  type AnyPipeline,
  KfpPipelineVersion,
  type KfpPipelineVersionBaseProps,
  type KfpPipelineVersionProps,
} from './kfp/resources/kfp-pipeline-version';
export type { ApprovalRequest, Decide } from './local/approval';
export type {
  GroupResult,
  LocalArtifact,
  LocalArtifacts,
  LocalRun,
  RunState,
  TaskResult,
  TaskState,
} from './local/local-run';
export type { Reporter } from './local/reporter';
export type { LocalRunOptions } from './local/run-graph';
export type { Stub, StubArtifact, StubCall, StubResult } from './local/stub';
export { type PythonBindingProps, PythonFile, type PythonFileProps } from './python/python-file';
export {
  type Lineage,
  type LineageArtifact,
  type LineageRun,
  type LineageSource,
  type LineageTask,
  lineageOf,
} from './review/lineage';
export { type RunLocallyOptions, runLocally } from './run-locally';
export type { ComparisonOperator, Expression, RunField, ValueType } from './values/expression';
export { oneOf } from './values/one-of';
export {
  bool,
  dict,
  float,
  int,
  type LiteralOf,
  list,
  Parameter,
  type ParameterOptions,
  str,
} from './values/parameter';
export type { RunFacts } from './values/run-facts';
export { text } from './values/text';
export type { AnyArtifact, Float, GoogleArtifact, Int, List, Struct } from './values/types';
export { type Comparable, Value } from './values/value';
