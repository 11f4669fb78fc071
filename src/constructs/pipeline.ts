import { Chart, type Size } from 'cdk8s';
import { Construct } from 'constructs';
import { limits } from '../argo/limits';
import { pipelineManifest } from '../argo/pipeline-manifest';
import type { ArtifactType } from '../components/artifact-type';
import type { Unavailable } from '../components/component';
import type { Passthrough } from '../components/definition';
import { typeOfPort } from '../components/port-type';
import {
  definitionOfPort,
  type InputPorts,
  isInputPort,
  type ListPort,
  type OptionalParameter,
  type OptionalPort,
  type OutputsOf,
  type ReturnPorts,
} from '../components/ports';
import { type Diagnostic, DiagnosticsError, isWarning, renderDiagnostic } from '../diagnostic';
import { type CompiledPipeline, compilePipeline } from '../graph/compile';
import type { PipelineGraph } from '../graph/graph';
import { kebab } from '../graph/names';
import type { ArtifactGc } from '../graph/settings';
import type { WrittenIr } from '../kfp/export/to-ir';
import type { FromIrProps } from '../kfp/import/from-ir';
import type { Flat, IsAny } from '../values/flat';
import type { LiteralOf, Parameter } from '../values/parameter';
import { type RunFacts, runFact, runFacts } from '../values/run-facts';
import type { Struct } from '../values/types';
import { Value } from '../values/value';
import { type CallSite, callSite } from './call-site';
import { findTask } from './find-task';
import type { FlowNode } from './flow-node';
import { located } from './located';
import { Manifest } from './manifest';
import { metricConflicts } from './metric-names';
import { PipelineSources } from './pipeline-sources';
import type { IArtifactRepository } from './platform/artifact-repository';
import { knownFacts } from './platform/facts';
import type { IRunner } from './platform/runner';
import { publishGraph } from './publish-graph';
import type { RunMetric } from './settings/metrics';
import type { RunSettings } from './settings/run-settings';
import type { SettingText } from './settings/setting-value';
import type { TaskSettings } from './settings/task-settings';
import { type ClaimProps, Volume } from './settings/volume';
import type { SubPipeline } from './sub-pipeline';
import type { Task } from './task';
import { becomeTaskScope } from './task-scope';
import { TaskView } from './task-view';

/** Declared parameters, by name; artifacts among them are for pipelines that other pipelines call. */
export type PipelineParameters = InputPorts;

type ValueOf<P> =
  P extends Parameter<infer T, boolean>
    ? Value<T>
    : P extends ListPort<infer T>
      ? Value<readonly T[]>
      : P extends OptionalPort<infer T> | ArtifactType<infer T>
        ? Value<T>
        : never;

/** The values of a pipeline's parameters, by name. */
export type ParameterValues<P extends PipelineParameters> =
  IsAny<P> extends true
    ? // biome-ignore lint/suspicious/noExplicitAny: nobody declared them
      { readonly [name: string]: any }
    : Flat<{ readonly [K in keyof P]: ValueOf<P[K]> }>;

type RequiredNames<P extends PipelineParameters> = {
  [K in keyof P]: P[K] extends Parameter<unknown, true> | OptionalPort<unknown> ? never : K;
}[keyof P];

type ArgumentOf<P> =
  P extends OptionalParameter<infer T>
    ? LiteralOf<T> | null
    : P extends Parameter<infer T, boolean>
      ? LiteralOf<T>
      : Unavailable<'a run cannot be given an artifact: call the pipeline by a SubPipeline'>;

/** The arguments of a run of a pipeline with these parameters: those without a default are required. */
export type ArgumentsOf<P extends PipelineParameters> =
  IsAny<P> extends true
    ? // biome-ignore lint/suspicious/noExplicitAny: nobody declared them
      { readonly [name: string]: any }
    : Flat<
        {
          readonly [K in RequiredNames<P>]: ArgumentOf<P[K]>;
        } & { readonly [K in Exclude<keyof P, RequiredNames<P>>]?: ArgumentOf<P[K]> | undefined }
      >;

/** The volume that the tasks of a run share. */
export interface Workspace {
  /** Where it is mounted. A task that reads this mounts it; in a local run it is a folder of the run's. */
  readonly path: Value<string>;
  /** The volume itself, to mount elsewhere or in part. */
  readonly volume: Volume;
}

export type { FromIrProps };

/**
 * A pipeline of whose interface no compiler knows, because a document describes it: its parameters take any values, and their
 * names and types are checked at synth.
 */
// biome-ignore lint/suspicious/noExplicitAny: any parameters, any outputs
export type ImportedPipeline = Pipeline<any, any>;

/** Props of {@link Pipeline}. */
export interface PipelineProps<P extends PipelineParameters, O extends ReturnPorts = {}> extends RunSettings {
  /** The Kubernetes name of the pipeline. @default - the construct's id, in kebab case */
  readonly name?: string | undefined;
  /** The title that UIs show. @default - none */
  readonly displayName?: string | undefined;
  /** What the pipeline does; UIs show it. @default - none */
  readonly description?: string | undefined;
  /** The pipeline's version: a label on the template and on every run. @default - none */
  readonly version?: string | undefined;
  /**
   * Parameters: `{ url: str('…'), trees: int(100), seed: int(), note: optional(str()) }`. A pipeline that others call may
   * take artifacts as well: `{ rows: Dataset, base: optional(Model) }`.
   * @default - none
   */
  readonly parameters?: P | undefined;
  /** What the pipeline returns: `{ model: Model, accuracy: float() }`. {@link Pipeline.returns} says which values. @default - nothing */
  readonly outputs?: O | undefined;
  /**
   * Whether the pipeline can be run by itself, and so has a WorkflowTemplate of its own. One that other pipelines call is
   * a part of their templates in any case.
   * @default true
   */
  readonly standalone?: boolean | undefined;
  /**
   * What synth makes of the pipeline: `argo` is its WorkflowTemplate, `kfp` its document for a KFP server, which goes to
   * `kfp/NAME-VERSION.yaml` in the folder of the manifests.
   * @default ['argo']
   */
  readonly targets?: readonly ('argo' | 'kfp')[] | undefined;
  /** Who the pods run as: a {@link Runner} or any service account. @default - the namespace's default account */
  readonly runner?: IRunner | undefined;
  /** Where artifacts are stored. @default - Argo's default repository, which is taken to be S3 or compatible */
  readonly artifactRepository?: IArtifactRepository | undefined;
  /**
   * What the keys of a run's artifacts begin with, but for those that have a key or a place of their own: KFP's pipeline root, in
   * the repository. Parameters and facts of the run may stand in it: `text\`teams/${pipeline.parameters.team}\``.
   * @default - nothing
   */
  readonly artifactPrefix?: SettingText | undefined;
  /**
   * When the artifacts of a run are removed. Those that caching keeps for other runs are not. The runner needs
   * `artifactGc: true`.
   * @default - never
   */
  readonly artifactGc?: ArtifactGc | undefined;
  /**
   * A volume that each run makes, and that its tasks share: KFP's workspace. A task that is given {@link Workspace.path}
   * mounts it.
   * @default - none
   */
  readonly workspace?: ClaimProps | undefined;
  /** What every task asks of its pod, unless it says otherwise. @default - nothing */
  readonly tasks?: TaskSettings | undefined;
  /**
   * Which CustomResourceDefinitions the cluster's Argo was installed with. The full ones of Argo 4 allow 200 templates
   * and 200 tasks in a DAG; the minimal ones, which KFP installs, do not limit them.
   * @default 'full'
   */
  readonly crds?: 'full' | 'minimal' | undefined;
  /**
   * The largest WorkflowTemplate that is accepted, as compact JSON. Raise it only for an engine that was configured for
   * larger objects: a run holds its template's spec twice, and an engine refuses runs above 1 MiB by default.
   * @default Size.kibibytes(400)
   */
  readonly sizeLimit?: Size | undefined;
}

/**
 * A pipeline: tasks, created under it, that run in the order of their data. It becomes an Argo WorkflowTemplate.
 *
 * A subclass keeps its parameters' types by naming them: `class Train extends Pipeline<typeof parameters>`.
 */
export class Pipeline<const P extends PipelineParameters = {}, const O extends ReturnPorts = {}> extends Construct {
  /** Only for the compiler. */
  declare protected readonly returned?: OutputsOf<O>;

  /** The pipeline's Kubernetes name, and the name of its WorkflowTemplate. */
  public readonly name: string;
  /** The parameters' values. */
  public readonly parameters: ParameterValues<P>;
  /** The run that the pipeline is executed by. */
  public readonly run: RunFacts;
  /** Every task, present and future. */
  public readonly tasks: TaskView;
  /** How the run ended, for an input of the exit task: a dict with `state`, `error` and names, as KFP's. */
  public readonly finalStatus: Value<Struct>;
  /** What it was created with. @internal */
  public readonly props: PipelineProps<PipelineParameters, ReturnPorts>;

  /** What the KFP document that it came from says of it besides. @internal */
  public kfp: Passthrough | undefined;
  /** What is wrong with the document that it came from. @internal */
  public problems: readonly Diagnostic[] = [];
  /** The constructs by the names that they have in the document. @internal */
  public imported: ReadonlyMap<string, FlowNode> | undefined;

  private readonly shared: Workspace | undefined;
  private site: CallSite;
  private readonly callers = new Set<Pipeline>();
  /** The components whose sources the chart has been given, where it needs them. */
  private readonly carried = new Set<Task['_component']>();
  private readonly addedMetrics: RunMetric[] = [];
  private returnValues: Readonly<Record<string, unknown>> | undefined;
  private onExit: Task | SubPipeline | undefined;
  private compiling = false;
  private irIsNeeded = false;
  private document: WrittenIr | undefined;
  private compiled: CompiledPipeline | undefined;

  /**
   * @param scope a Chart, or any construct in one
   * @param id names the pipeline
   */
  public constructor(scope: Construct, id: string, props: PipelineProps<P, O> = {}) {
    super(scope, id);
    this.site = callSite(new.target);
    this.props = props;
    for (const [name, parameter] of Object.entries(props.parameters ?? {})) {
      if (isInputPort(parameter)) continue;
      throw new Error(
        `The parameter '${name}' of '${this.node.path}' has no type: declare it with str(), int(), float(), bool(), list() or dict().`,
      );
    }
    for (const [name, port] of Object.entries(props.outputs ?? {})) {
      if (isInputPort(port)) continue;
      throw new Error(
        `The output '${name}' of '${this.node.path}' has no type: declare it with str(), Model, listOf(…), ….`,
      );
    }
    this.name = props.name ?? kebab(id);
    this.parameters = Object.fromEntries(
      Object.entries(props.parameters ?? {}).map(([name, port]) => [
        name,
        Value.of({ kind: 'parameter', name, type: typeOfPort(definitionOfPort(port)) }),
      ]),
    ) as ParameterValues<P>;
    this.finalStatus = Value.of({ kind: 'run', field: 'finalStatus', type: 'TASK_FINAL_STATUS' });
    this.run = runFacts();
    if (props.workspace) {
      const volume = Volume.workspace(props.workspace);
      this.shared = { volume, path: runFact('workspacePath') };
    }
    becomeTaskScope(this, this as unknown as Pipeline);
    this.tasks = new TaskView(this as unknown as Pipeline, props.tasks);
    this.node.addValidation({ validate: () => this.validate() });
    if (props.standalone !== false && props.targets?.includes('kfp')) this.writeDocument();
    if (!this.hasTemplate) return;
    new Manifest(this, 'Default', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'WorkflowTemplate',
      name: this.name,
      body: () => pipelineManifest(this.graph).body,
    });
  }

  /**
   * A pipeline that the KFP SDK has compiled, as constructs like any others: tasks can be given more settings, a schedule, a
   * runner. What is wrong with the document is reported at synth.
   *
   * ```ts
   * const pipeline = Pipeline.fromIr(chart, 'train', { file: 'pipelines/train.yaml', runner });
   * pipeline.task('train').runOn(gpus);
   * ```
   *
   * @param scope a Chart, or any construct in one
   * @param id names the construct
   */
  public static fromIr(scope: Construct, id: string, props: FromIrProps): ImportedPipeline {
    // Loaded when it is asked for: most apps import nothing.
    const { pipelineFromIr } = require('../kfp/import/from-ir') as typeof import('../kfp/import/from-ir');
    const site = callSite(Pipeline.fromIr);
    const pipeline = pipelineFromIr(scope, id, props);
    pipeline.site = site;
    return pipeline as unknown as ImportedPipeline;
  }

  /** Is told where the document says it, where it came from one. @internal */
  public cameFrom(site: CallSite): this {
    this.site = site;
    return this;
  }

  /**
   * A task by its path below the pipeline, such as `for-loop-2/train`, or by as much of the path's end as no other task has. Tasks
   * of a pipeline that is called are below what calls it; they are the same for all that call it.
   *
   * @throws where there is none, or there are several
   */
  public task(path: string): Task {
    return findTask(this as unknown as Pipeline, path);
  }

  /** `file:line` of the code that created this pipeline, where it is known. */
  public get at(): string | undefined {
    return this.site.at;
  }

  /**
   * The volume that the tasks of a run share.
   *
   * @throws where the pipeline was created without one
   */
  public get workspace(): Workspace {
    if (this.shared) return this.shared;
    throw new Error(`The pipeline '${this.node.path}' has no workspace: create it with workspace: { size: … }.`);
  }

  /** The namespace of its chart. */
  public get namespace(): string | undefined {
    return Chart.of(this).namespace;
  }

  /**
   * The pipeline as plain data, every rule checked. The first read compiles it; from then on the pipeline is frozen.
   *
   * @throws DiagnosticsError with everything that is wrong
   */
  public get graph(): PipelineGraph {
    const { graph, diagnostics } = this.compile();
    const errors = diagnostics.filter((diagnostic) => !isWarning(diagnostic));
    if (errors.length > 0) throw new DiagnosticsError(errors);
    return graph;
  }

  /**
   * The pipeline as a KFP document, and what such a document cannot say.
   *
   * @throws DiagnosticsError with everything that is wrong with the pipeline
   * @internal
   */
  public get ir(): WrittenIr {
    return this.written(this.graph);
  }

  /**
   * The pipeline as a document for a KFP server: IR YAML, as KFP's SDK compiles. The first read compiles the pipeline, which is
   * frozen from then on.
   *
   * @throws DiagnosticsError with everything that is wrong with the pipeline, or that such a document cannot say
   */
  public toIr(): string {
    const { printIr } = require('../kfp/export/print') as typeof import('../kfp/export/print');
    const { document, diagnostics } = this.ir;
    const errors = diagnostics.filter((diagnostic) => !isWarning(diagnostic));
    if (errors.length > 0) throw new DiagnosticsError(located(errors, this as unknown as Pipeline));
    return printIr(document);
  }

  /** Is told that somebody needs the document: what that cannot say is then wrong with the pipeline. @internal */
  public needsIr(): void {
    this.assertOpen('its KFP document was asked for');
    this.irIsNeeded = true;
  }

  /** True where the pipeline becomes a WorkflowTemplate. @internal */
  public get hasTemplate(): boolean {
    return this.props.standalone !== false && (this.props.targets ?? ['argo']).includes('argo');
  }

  /** Everything that is wrong or doubtful about the pipeline. The first read compiles it. */
  public get diagnostics(): readonly Diagnostic[] {
    return this.compile().diagnostics;
  }

  /** The parameters as plain data, whether the pipeline is correct or not. @internal */
  public get declared(): PipelineGraph['parameters'] {
    return this.compile().graph.parameters;
  }

  /** Refuses a change after the pipeline was compiled. @internal */
  public assertOpen(change: string): void {
    if (!this.compiled) return;
    throw new Error(`${change} after the pipeline '${this.node.path}' was synthesised: make all changes before synth.`);
  }

  /**
   * Says what the pipeline returns: a value for each of its `outputs`. They are what a {@link SubPipeline} gives, and what
   * a local run prints.
   *
   * @throws where it was said before, or the pipeline was already synthesised
   */
  public returns(values: OutputsOf<O>): this {
    this.assertOpen('its outputs were bound');
    if (this.returnValues) throw new Error(`The outputs of '${this.node.path}' were bound before.`);
    this.returnValues = { ...(values as Readonly<Record<string, unknown>>) };
    return this;
  }

  /** What the outputs are bound to. @internal */
  public get results(): Readonly<Record<string, unknown>> {
    return this.returnValues ?? {};
  }

  /**
   * Makes each run report a Prometheus metric when it has ended, with what runs at its end: how long it took, how often it
   * failed. A metric of what a task gave is that task's: {@link Task.addMetric}.
   *
   * @throws where the pipeline was already synthesised
   */
  public addMetric(metric: RunMetric): this {
    this.assertOpen(`the metric '${metric.name}' was added`);
    this.addedMetrics.push(metric);
    return this;
  }

  /** What each run reports. @internal */
  public get metrics(): readonly RunMetric[] {
    return [...(this.props.metrics ?? []), ...this.addedMetrics];
  }

  /** What runs at the end, where there is something. */
  public get exit(): Task | SubPipeline | undefined {
    return this.onExit;
  }

  /** Takes the pipeline's exit task. @internal */
  public setOnExit(onExit: Task | SubPipeline): void {
    this.assertOpen(`'${onExit.node.path}' was created`);
    if (this.onExit) {
      throw new Error(
        `The pipeline '${this.node.path}' already has the exit task '${this.onExit.node.id}'; it can have one OnExit.`,
      );
    }
    this.onExit = onExit;
  }

  /** Lets the chart, and those of the pipelines that call this one, carry what a task's pod needs from the Python file. @internal */
  public useComponent(task: Task, seen?: ReadonlySet<Pipeline>): void {
    const self = this as unknown as Pipeline;
    if (seen?.has(self)) return;
    if (!this.carried.has(task._component)) {
      this.carried.add(task._component);
      if (this.hasTemplate) PipelineSources.of(this).add(task._component);
    }
    for (const caller of this.callers) caller.useComponent(task, new Set([...(seen ?? []), self]));
  }

  /** The pipelines that this one calls. @internal */
  public readonly called = new Set<Pipeline>();

  /** Is told of a pipeline that calls this one. @internal */
  public usedBy(caller: Pipeline): void {
    caller.called.add(this as unknown as Pipeline);
    if (this.callers.has(caller)) return;
    this.callers.add(caller);
    for (const task of this.tasks) caller.useComponent(task);
  }

  /** The compiled pipeline, right or wrong; undefined while it is being compiled, as where a pipeline calls itself. @internal */
  public get partial(): CompiledPipeline | undefined {
    return this.compiling ? undefined : this.compile();
  }

  private compile(): CompiledPipeline {
    if (!this.compiled) {
      const pipeline = this as unknown as Pipeline;
      this.compiling = true;
      const { graph, diagnostics, callsBroken } = compilePipeline(pipeline);
      this.compiling = false;
      // A document that could not be read gave no tasks that anything could be said of.
      const found = this.problems.every(isWarning) ? diagnostics : [];
      // The engine's limits are those of its manifests, which exist for a correct pipeline only.
      const isRight = !callsBroken && [...this.problems, ...diagnostics].every(isWarning);
      const more = [
        ...(isRight && this.hasTemplate ? limits(graph) : []),
        ...(isRight && this.irIsNeeded ? this.written(graph).diagnostics : []),
        ...metricConflicts(graph, this.node.root),
        ...this.misfits(graph),
      ];
      this.compiled = { graph, diagnostics: located([...this.problems, ...found, ...more], pipeline), callsBroken };
    }
    return this.compiled;
  }

  /** Written once. */
  private written(graph: PipelineGraph): WrittenIr {
    // Loaded where it is needed: not every app writes documents.
    const { writeIr } = require('../kfp/export/to-ir') as typeof import('../kfp/export/to-ir');
    this.document ??= writeIr(graph);
    return this.document;
  }

  private writeDocument(): void {
    const { writeDocumentAtSynth } =
      require('../kfp/resources/document-files') as typeof import('../kfp/resources/document-files');
    this.needsIr();
    writeDocumentAtSynth(this as unknown as Pipeline);
  }

  /** Where it does not fit what the app says of its cluster. Most apps say nothing: the checks are loaded where one does. */
  private misfits(graph: PipelineGraph): readonly Diagnostic[] {
    const facts = knownFacts(this);
    if (!facts) return [];
    const { platformProblems } = require('./platform/checks') as typeof import('./platform/checks');
    return platformProblems(graph, facts);
  }

  /** cdk8s asks once per chart of the app: everything expensive is done once. */
  private validate(): string[] {
    const first = !this.compiled;
    const { graph, diagnostics, callsBroken } = this.compile();
    const warnings = diagnostics.filter(isWarning);
    const errors = diagnostics.filter((diagnostic) => !isWarning(diagnostic));
    if (first) {
      for (const warning of warnings) console.warn(`warning: ${renderDiagnostic(warning)}`);
      if (errors.length === 0 && !callsBroken && this.props.standalone !== false) publishGraph(graph);
    }
    return errors.map((error) => renderDiagnostic(error, { withPath: error.path !== this.node.path }));
  }
}
