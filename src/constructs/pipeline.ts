import * as fs from 'node:fs';
import * as path from 'node:path';
import { Chart, type Size } from 'cdk8s';
import { Construct } from 'constructs';
import { limits } from '../argo/limits';
import { pipelineManifest } from '../argo/pipeline-manifest';
import { type Diagnostic, DiagnosticsError, isWarning, renderDiagnostic } from '../diagnostic';
import { type CompiledPipeline, compilePipeline } from '../graph/compile';
import type { PipelineGraph } from '../graph/graph';
import { kebab } from '../graph/names';
import type { RunField } from '../values/expression';
import type { Flat } from '../values/flat';
import { type LiteralOf, Parameter } from '../values/parameter';
import { Value } from '../values/value';
import { type CallSite, callSite } from './call-site';
import { located } from './located';
import { Manifest } from './manifest';
import type { OnExit } from './on-exit';
import { PipelineSources } from './pipeline-sources';
import type { IArtifactRepository } from './platform/artifact-repository';
import type { IRunner } from './platform/runner';
import type { Task } from './task';
import { becomeTaskScope } from './task-scope';
import type { TaskSettings } from './task-settings';
import { TaskView } from './task-view';

/** Declared parameters, by name. */
export type PipelineParameters = Readonly<Record<string, Parameter<unknown, boolean>>>;

/** The values of a pipeline's parameters, by name. */
export type ParameterValues<P extends PipelineParameters> = Flat<{
  readonly [K in keyof P]: P[K] extends Parameter<infer T, boolean> ? Value<T> : never;
}>;

type RequiredNames<P extends PipelineParameters> = {
  [K in keyof P]: P[K] extends Parameter<unknown, true> ? never : K;
}[keyof P];

type ArgumentOf<P> = P extends Parameter<infer T, boolean> ? LiteralOf<T> : never;

/** The arguments of a run of a pipeline with these parameters: those without a default are required. */
export type ArgumentsOf<P extends PipelineParameters> = Flat<
  {
    readonly [K in RequiredNames<P>]: ArgumentOf<P[K]>;
  } & { readonly [K in Exclude<keyof P, RequiredNames<P>>]?: ArgumentOf<P[K]> | undefined }
>;

/** Facts about the run that a pipeline is executed by. */
export interface RunFacts {
  /** The run's name: the name of its Workflow. */
  readonly name: Value<string>;
  /** The run's unique id. */
  readonly id: Value<string>;
  /** The namespace it runs in. */
  readonly namespace: Value<string>;
  /** When it was created, as RFC 3339 text. */
  readonly creationTime: Value<string>;
}

/** Props of {@link Pipeline}. */
export interface PipelineProps<P extends PipelineParameters> {
  /** The Kubernetes name of the pipeline. @default - the construct's id, in kebab case */
  readonly name?: string | undefined;
  /** The title that UIs show. @default - none */
  readonly displayName?: string | undefined;
  /** What the pipeline does; UIs show it. @default - none */
  readonly description?: string | undefined;
  /** The pipeline's version: a label on the template and on every run. @default - none */
  readonly version?: string | undefined;
  /** Parameters: `{ url: str('…'), trees: int(100), seed: int() }`. @default - none */
  readonly parameters?: P | undefined;
  /** Who the pods run as: a {@link Runner} or any service account. @default - the namespace's default account */
  readonly runner?: IRunner | undefined;
  /** Where artifacts are stored. @default - Argo's default repository, which is taken to be S3 or compatible */
  readonly artifactRepository?: IArtifactRepository | undefined;
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
export class Pipeline<const P extends PipelineParameters = {}> extends Construct {
  /** The pipeline's Kubernetes name, and the name of its WorkflowTemplate. */
  public readonly name: string;
  /** The parameters' values. */
  public readonly parameters: ParameterValues<P>;
  /** The run that the pipeline is executed by. */
  public readonly run: RunFacts;
  /** Every task, present and future. */
  public readonly tasks: TaskView;
  /** What it was created with. @internal */
  public readonly props: PipelineProps<PipelineParameters>;

  private readonly site: CallSite;
  private onExit: OnExit<never, unknown, unknown> | undefined;
  private compiled: CompiledPipeline | undefined;

  /**
   * @param scope a Chart, or any construct in one
   * @param id names the pipeline
   */
  public constructor(scope: Construct, id: string, props: PipelineProps<P> = {}) {
    super(scope, id);
    this.site = callSite(new.target);
    this.props = props;
    for (const [name, parameter] of Object.entries(props.parameters ?? {})) {
      if (parameter instanceof Parameter) continue;
      throw new Error(
        `The parameter '${name}' of '${this.node.path}' has no type: declare it with str(), int(), float(), bool(), list() or dict().`,
      );
    }
    this.name = props.name ?? kebab(id);
    this.parameters = Object.fromEntries(
      Object.entries(props.parameters ?? {}).map(([name, { definition }]) => [
        name,
        Value.of({ kind: 'parameter', name, type: definition.type }),
      ]),
    ) as ParameterValues<P>;
    this.run = { name: fact('name'), id: fact('id'), namespace: fact('namespace'), creationTime: fact('creationTime') };
    becomeTaskScope(this, this as unknown as Pipeline);
    this.tasks = new TaskView(this as unknown as Pipeline, props.tasks);
    this.node.addValidation({ validate: () => this.validate() });
    new Manifest(this, 'Default', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'WorkflowTemplate',
      name: this.name,
      body: () => pipelineManifest(this.graph).body,
    });
  }

  /** `file:line` of the code that created this pipeline, where it is known. */
  public get at(): string | undefined {
    return this.site.at;
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

  /** Takes the pipeline's exit task. @internal */
  public setOnExit(onExit: OnExit<never, unknown, unknown>): void {
    this.assertOpen(`'${onExit.node.path}' was created`);
    if (this.onExit) {
      throw new Error(
        `The pipeline '${this.node.path}' already has the exit task '${this.onExit.node.id}'; it can have one OnExit.`,
      );
    }
    this.onExit = onExit;
  }

  /** Lets the chart carry what a task's pod needs from the Python file. @internal */
  public useComponent(task: Task): void {
    PipelineSources.of(this).add(task._component);
  }

  private compile(): CompiledPipeline {
    if (!this.compiled) {
      const [pipeline, onExit] = [this as unknown as Pipeline, this.onExit as Task | undefined];
      const { graph, diagnostics } = compilePipeline(pipeline, onExit);
      // The engine's limits are those of its manifests, which exist for a correct pipeline only.
      const more = diagnostics.every(isWarning) ? limits(graph) : [];
      this.compiled = { graph, diagnostics: located([...diagnostics, ...more], pipeline, onExit) };
    }
    return this.compiled;
  }

  /** cdk8s asks once per chart of the app: everything expensive is done once. */
  private validate(): string[] {
    const first = !this.compiled;
    const { graph, diagnostics } = this.compile();
    const warnings = diagnostics.filter(isWarning);
    const errors = diagnostics.filter((diagnostic) => !isWarning(diagnostic));
    if (first) {
      for (const warning of warnings) console.warn(`warning: ${renderDiagnostic(warning)}`);
      if (errors.length === 0) publishGraph(graph);
    }
    return errors.map((error) => renderDiagnostic(error, { withPath: error.path !== this.node.path }));
  }
}

function fact(field: RunField): Value<string> {
  return Value.of<string>({ kind: 'run', field, type: 'STRING' });
}

/** The command line runs the app with this variable set, and reads the graphs. */
function publishGraph(graph: PipelineGraph): void {
  const folder = process.env.CDK8S_KFP_GRAPHS;
  if (!folder) return;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${graph.path.replaceAll('/', '.')}.json`), JSON.stringify(graph));
}
