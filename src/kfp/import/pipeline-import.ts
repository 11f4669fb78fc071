import { ArtifactType } from '../../components/artifact-type';
import type { Json, Passthrough, PortDefinition } from '../../components/definition';
import { type InputPort, listOf, OptionalParameter, optional, type ReturnPorts } from '../../components/ports';
import type { FlowNode } from '../../constructs/flow-node';
import type { Pipeline, PipelineParameters, PipelineProps } from '../../constructs/pipeline';
import type { TaskSettings } from '../../constructs/settings/task-settings';
import { Parameter } from '../../values/parameter';
import { Value } from '../../values/value';
import type { IrPath } from '../ir/message';
import { pointer } from '../ir/passthrough';
import { CHANNEL } from '../ir/reserved';
import type { IrComponent, IrDag, IrTask } from '../ir/types';
import { addToBag } from './created';
import { DagImport } from './dag';
import type { DocumentImport } from './document-import';
import { importedArtifact, importedParameter } from './ports';
import { componentPassthrough } from './unmapped';
import { parametersIn } from './values';

type Props = PipelineProps<PipelineParameters, ReturnPorts>;

/** A component that is a pipeline, on its way to be one. */
export class PipelineImport {
  /** What it has become. */
  public pipeline!: Pipeline;
  /** The constructs of tasks, by the keys on the way to them: `for-loop-2/train`. */
  public readonly nodes = new Map<string, FlowNode>();
  private readonly names: ReadonlyMap<string, string>;
  private readonly parameters: Record<string, InputPort>;
  private readonly isCached: boolean;
  private readonly required = new Set<string>();
  private readonly collected = new Set<string>();

  public constructor(
    public readonly document: DocumentImport,
    private readonly component: IrComponent,
    private readonly path: IrPath,
  ) {
    const { parameters = {}, artifacts = {} } = component.inputDefinitions ?? {};
    this.names = namesOf([...Object.keys(artifacts), ...Object.keys(parameters)]);
    this.parameters = {};
    for (const [name, artifact] of Object.entries(artifacts)) {
      this.parameters[this.nameOf(name)] = portOf(importedArtifact(artifact)) as InputPort;
    }
    for (const [name, parameter] of Object.entries(parameters)) {
      this.parameters[this.nameOf(name)] = portOf(importedParameter(parameter)) as InputPort;
    }
    this.isCached = this.areMostCached();
  }

  /** Makes the pipeline, with its interface and with what most of its tasks say. */
  public create(make: (props: Props) => unknown): this {
    const { settings, workspace } = this.document;
    // Images of imported components expect the user that they name.
    const own: TaskSettings = { security: 'confined', ...(this.isCached && { caching: true }) };
    this.pipeline = make({
      parameters: this.parameters,
      outputs: this.outputPorts(),
      tasks: settings ? { ...settings, presets: [own, { presets: settings.presets }] } : own,
      ...(workspace && { workspace }),
    }) as Pipeline;
    return this;
  }

  /** Makes the tasks, and says what the pipeline returns. */
  public run(retry?: IrTask['retryPolicy']): this {
    const values = this.pipeline.parameters as Readonly<Record<string, unknown>>;
    const value = (name: string) => values[this.nameOf(name)] ?? values[name.replace(CHANNEL, '')];
    const dag = new DagImport(this, {
      component: this.component,
      path: this.path,
      construct: this.pipeline,
      around: '',
      keys: '',
      parameter: value,
      artifact: value,
      retry,
    }).run();
    this.return(dag);
    this.pipeline.imported = this.nodes;
    addToBag(this.pipeline, this.saidOfInterface());
    for (const name of this.required) this.parameters[name] = withNull(this.parameters[name]!);
    return this;
  }

  /** The name of the parameter that an input of the component is. */
  public nameOf(input: string): string {
    return this.names.get(input) ?? input;
  }

  /** Whether a caller may give a parameter what is absent. */
  public mayBeAbsent(parameter: string): boolean {
    const port = this.parameters[parameter];
    if (!(port instanceof Parameter)) return true;
    return port.definition.optional === true && port.definition.default === undefined;
  }

  /** Whether an output is a list of a loop's. */
  public isCollected(output: string): boolean {
    return this.collected.has(output);
  }

  /**
   * Is told of what must be there where it is read. KFP fails there in a run that leaves a parameter out which is optional
   * and has no default; so does a run here, of a parameter whose default is null.
   */
  public needs(given: unknown): void {
    if (!(given instanceof Value)) return;
    for (const name of parametersIn(Value.expressionOf(given))) {
      const port = this.parameters[name];
      if (port instanceof OptionalParameter) this.required.add(name);
    }
  }

  /** A task's settings without what all tasks are told. */
  public ownSettings(settings: TaskSettings): TaskSettings {
    const { caching, ...others } = settings;
    if (typeof caching === 'object') return settings;
    return (caching === true) === this.isCached ? others : { ...others, caching: caching === true };
  }

  /** What the component says of its inputs and outputs that ports do not. */
  private saidOfInterface(): Passthrough {
    const said: Record<string, Json> = { ...componentPassthrough(this.component) };
    for (const side of ['inputDefinitions', 'outputDefinitions'] as const) {
      for (const [name, { description }] of Object.entries(this.component[side]?.artifacts ?? {})) {
        if (description) said[pointer(['component', side, 'artifacts', name, 'description'])] = description;
      }
    }
    const isRoot = this.path.length === 2;
    const unknown = isRoot ? {} : this.document.unknownAt(this.path, '/component');
    const all = Object.entries({ ...said, ...unknown });
    return Object.fromEntries(
      isRoot ? all.map(([key, value]) => [key.replace('/component', '/spec/root'), value]) : all,
    );
  }

  private outputPorts(): ReturnPorts {
    const { parameters = {}, artifacts = {} } = this.component.outputDefinitions ?? {};
    return Object.fromEntries([
      ...Object.entries(artifacts).map(([name, artifact]) => [name, portOf(importedArtifact(artifact))]),
      ...Object.entries(parameters).map(([name, parameter]) => [name, portOf(importedParameter(parameter))]),
    ]) as ReturnPorts;
  }

  private return(dag: DagImport): void {
    const returned: Record<string, unknown> = {};
    for (const name of Object.keys(this.pipeline.props.outputs ?? {})) {
      const given = dag.output(name);
      if (!given) continue;
      if (given.isConditional) {
        this.document.report.warning(
          'KFP1532',
          [...this.path, 'dag', 'outputs'],
          `'${name}' is given in a branch, and is absent where that is not taken: it is not returned`,
          'join what the branches give with OneOf, and compile the pipeline again',
        );
        delete (this.pipeline.props.outputs as Record<string, unknown>)[name];
        continue;
      }
      returned[name] = given.value;
      if (given.isCollected) this.collected.add(name);
    }
    if (Object.keys(returned).length > 0) this.pipeline.returns(returned as never);
  }

  private areMostCached(): boolean {
    let balance = 0;
    const count = (dag: IrDag) => {
      for (const [key, shape] of this.document.shapes.of(dag).shapes) {
        const task = dag.tasks![key]!;
        if (shape === 'leaf') balance += task.cachingOptions?.enableCache ? 1 : -1;
        const inner =
          shape === 'leaf' || shape === 'call' ? undefined : this.document.component(task.componentRef.name)?.dag;
        if (inner) count(inner);
      }
    };
    count(this.component.dag!);
    return balance > 0;
  }
}

/** Names that parameters can have: what the SDK's compiler adds to names is left out. */
function namesOf(inputs: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(inputs.filter((input) => !input.includes('--')));
  return new Map(
    inputs.map((input) => {
      if (!input.includes('--')) return [input, input];
      const base = input.replace(/^pipelinechannel--/, '').replace(/-{2,}/g, '-');
      let name = base;
      for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
      taken.add(name);
      return [input, name];
    }),
  );
}

function portOf(definition: PortDefinition) {
  if (definition.kind === 'parameter') {
    const { optional: isOptional, default: value } = definition;
    return isOptional && value === undefined ? new OptionalParameter(definition) : new Parameter(definition);
  }
  const type = new ArtifactType(definition.type as 'system.Artifact');
  const port = definition.list ? listOf(type) : type;
  return definition.optional ? optional(port as ArtifactType<unknown>) : port;
}

/** The same parameter, null where a run leaves it out. */
function withNull(port: InputPort): InputPort {
  return new Parameter({ ...(port as Parameter<unknown, boolean>).definition, default: null });
}
