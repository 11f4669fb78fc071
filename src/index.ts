/**
 * Kubeflow Pipelines as TypeScript constructs.
 *
 * @packageDocumentation
 */
export * from './components/artifact-type';
export { Component, type ReturnsNothing, type Unavailable } from './components/component';
export {
  type Argument,
  type ArtifactPlaceholder,
  arg,
  Concatenation,
  ContainerComponent,
  type ContainerComponentProps,
  type ContainerPorts,
  type OutputPlaceholder,
  Placeholder,
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
export { Approval, type ApprovalProps } from './constructs/approval';
export { Check, type CheckProps } from './constructs/check';
export { Dependency } from './constructs/dependency';
export { ExitHandler } from './constructs/exit-handler';
export { Experiment } from './constructs/experiment';
export { type Awaitable, FlowNode } from './constructs/flow-node';
export { type ConditionProps, Elif, Else, If } from './constructs/if';
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
  type ParameterValues,
  Pipeline,
  type PipelineParameters,
  type PipelineProps,
  type RunFacts,
} from './constructs/pipeline';
export type {
  IArtifactRepository,
  IAzureRepository,
  IBucketRepository,
  INoRepository,
} from './constructs/platform/artifact-repository';
export { type IRunner, Runner, type RunnerProps } from './constructs/platform/runner';
export {
  type ICron,
  RecurringRun,
  type RecurringRunBaseProps,
  type RecurringRunProps,
} from './constructs/recurring-run';
export { RepeatUntil, type RepeatUntilBaseProps, type RepeatUntilProps } from './constructs/repeat-until';
export { Run, type RunArgumentsProp, type RunBaseProps, type RunProps } from './constructs/run';
export { SubPipeline, type SubPipelineBaseProps, type SubPipelineProps } from './constructs/sub-pipeline';
export { Task, type TaskBaseProps, type TaskInputs, type TaskProps } from './constructs/task';
export type { TaskResources, TaskRetry, TaskSettings } from './constructs/task-settings';
export { TaskView } from './constructs/task-view';
export { type Diagnostic, DiagnosticsError, renderDiagnostic } from './diagnostic';
export type * from './graph/graph';
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
export { text } from './values/text';
export type { AnyArtifact, Float, GoogleArtifact, Int, List, Struct } from './values/types';
export { type Comparable, Value } from './values/value';
