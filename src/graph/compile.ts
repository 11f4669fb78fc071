import type { ComponentDefinition, Json, PortDefinition } from '../components/definition';
import { typeOfPort } from '../components/port-type';
import { definitionOfPort, type InputPort } from '../components/ports';
import type { Approval } from '../constructs/approval';
import type { ExitHandler } from '../constructs/exit-handler';
import type { FlowNode } from '../constructs/flow-node';
import type { If } from '../constructs/if';
import type { ParallelFor } from '../constructs/parallel-for';
import type { Pipeline } from '../constructs/pipeline';
import type { IArtifactRepository } from '../constructs/platform/artifact-repository';
import type { RepeatUntil } from '../constructs/repeat-until';
import { lowerRunner } from '../constructs/settings/identity';
import { lowerRunSettings } from '../constructs/settings/run-settings';
import { loweredText } from '../constructs/settings/setting-value';
import { isEmptyLayer, lowerSettings, type TaskLayer } from '../constructs/settings/task-settings';
import { claimSpec } from '../constructs/settings/volume';
import type { SubPipeline } from '../constructs/sub-pipeline';
import type { Task } from '../constructs/task';
import { membersOf, type ScopeNode } from '../constructs/task-scope';
import { type Diagnostic, isWarning } from '../diagnostic';
import type { Expression } from '../values/expression';
import { Value } from '../values/value';
import { calledPipelines } from './called-pipelines';
import { sharedComponents, sourcesOf } from './components';
import {
  type Branch,
  type Dag,
  type ExitNode,
  GRAPH_FORMAT,
  type GraphArtifactRepository,
  type GraphNode,
  type IfNode,
  type LoopNode,
  type PipelineGraph,
  type PipelineNode,
  type TaskNode,
} from './graph';
import { Lowering } from './lowering';
import { memberOf } from './member';
import { once } from './once';
import { withOptionalObjects } from './optional-objects';
import { pipelineParameters } from './pipeline-parameters';
import { rules } from './rules';
import { fetching } from './rules/artifacts';
import { permissions } from './rules/permissions';
import { repository } from './rules/repository';
import type { GraphRunSettings } from './run-settings';
import { type Scope, Scopes } from './scope';
import { type GraphTaskSettings, mapRunValues, runValuesOf, type TreeObject, WORKSPACE_DIR } from './settings';
import { type Upstream, upstream, waitingOf } from './waiting';
import { subexpressions } from './walk';

/** A compiled pipeline, and what is wrong with it: the graph may be read only where no error was found. */
export interface CompiledPipeline {
  readonly graph: PipelineGraph;
  readonly diagnostics: readonly Diagnostic[];
  /** True where a pipeline that it calls has errors, which are reported there. */
  readonly callsBroken: boolean;
}

/** Compiles a pipeline's constructs into its graph and checks every rule, in time linear in the number of tasks. */
export function compilePipeline(pipeline: Pipeline): CompiledPipeline {
  const compiler = new Compiler(pipeline);
  const root = compiler.root();
  const onExit = pipeline.exit && compiler.exit(pipeline.exit, compiler.scopes.root, finalStatusOfRun, upstream());
  const called = calledPipelines(pipeline, compiler.calls);
  const { components, diagnostics } = sharedComponents([...compiler.firstUses.values()], called.tasks);
  const { props } = pipeline;
  const run = compiler.run();
  const workspace = compiler.workspace();
  const graph: PipelineGraph = {
    format: GRAPH_FORMAT,
    name: pipeline.name,
    path: pipeline.node.path,
    ...(pipeline.namespace && { namespace: pipeline.namespace }),
    ...(props.displayName !== undefined && { displayName: props.displayName }),
    ...(props.description !== undefined && { description: props.description }),
    ...(props.version !== undefined && { version: props.version }),
    standalone: props.standalone ?? true,
    parameters: pipelineParameters(pipeline, compiler.readers),
    components,
    sources: sourcesOf([...compiler.firstUses.values(), ...called.tasks]),
    returns: ports(props.outputs),
    settings: compiler.shared,
    root,
    ...(onExit && { onExit }),
    pipelines: called.pipelines,
    ...(props.runner && { runner: lowerRunner(props.runner) }),
    ...(run && { run }),
    ...(workspace && { workspace }),
    artifactRepository: compiler.repository(),
    limits: { crds: props.crds ?? 'full', bytes: (props.sizeLimit?.toKibibytes() ?? 400) * 1024 },
    ...(pipeline.kfp && { kfp: pipeline.kfp }),
  };
  const found = [...diagnostics, ...called.diagnostics];
  // A component that could not be read has no interface that anything could be checked against.
  // Components of called pipelines are checked there.
  const names = new Set([...compiler.firstUses.values()].map(({ component }) => component.name));
  const own = {
    ...graph,
    components: Object.fromEntries(Object.entries(components).filter(([name]) => names.has(name))),
  };
  const checked = found.every(isWarning)
    ? [...found, ...rules.flatMap((rule) => rule(own)), ...repository(graph), ...permissions(graph), ...fetching(graph)]
    : found;
  return { graph, diagnostics: checked, callsBroken: called.areBroken };
}

const finalStatusOfRun: Expression = { kind: 'run', field: 'finalStatus', type: 'TASK_FINAL_STATUS' };

function lowerRepository(repository: IArtifactRepository = { kind: 's3' }): GraphArtifactRepository {
  const { kind, configMap, key } = repository;
  return {
    kind,
    ...('bucket' in repository && repository.bucket !== undefined && { bucket: repository.bucket }),
    ...(kind === 'azure' && {
      azure: {
        endpoint: repository.endpoint,
        container: repository.container,
        ...(repository.accountKeySecret && { accountKeySecret: repository.accountKeySecret }),
      },
    }),
    ...(configMap !== undefined && { configMap }),
    ...(key !== undefined && { key }),
  };
}

class Compiler {
  /** The first task of each component. */
  public readonly firstUses = new Map<Task['_component'], Task>();
  /** The inputs of components that a parameter of the pipeline is given to, by the parameter. */
  public readonly readers = new Map<string, Set<PortDefinition>>();
  public readonly calls: (SubPipeline | RepeatUntil)[] = [];
  public readonly scopes: Scopes;
  private readonly lowering: Lowering;
  /** What readers ask of an If or a loop is known only when all of them are compiled. */
  private readonly groups = new Map<ScopeNode, IfNode | LoopNode>();
  /** The settings of all tasks that have none of their own. */
  public readonly shared: GraphTaskSettings;

  public constructor(private readonly pipeline: Pipeline) {
    this.scopes = new Scopes(pipeline);
    this.lowering = new Lowering(this.scopes);
    this.shared = this.ofTasks(this.plain(pipeline.tasks.settings), this.scopes.root, []);
  }

  /** The whole pipeline, and what it returns. */
  public root(): Dag {
    const { root } = this.scopes;
    const dag = this.dag(root, upstream());
    const { props, results } = this.pipeline;
    Object.assign(root.outputs, this.inputs(results, ports(props.outputs), root, upstream()));
    for (const [node, names] of this.lowering.certain) {
      Object.assign(this.groups.get(node)!, { certain: [...names] });
    }
    for (const [node, names] of this.lowering.flat) {
      Object.assign(this.groups.get(node)!, { flat: [...names] });
    }
    return dag;
  }

  /**
   * What runs when something has ended, which it is told of by `status`. It stands beside that, in `reader`, and what it
   * reads from further out must exist before that starts.
   */
  public exit(node: Task | SubPipeline, reader: Scope, status: Expression, read: Upstream): ExitNode {
    const compiled = node.kind === 'task' ? this.task(node, reader, read, status) : this.call(node, reader, read);
    // It cannot wait for anything: the rules refuse what it was told to.
    const awaited = node.upstream.map((other) => ('tree' in other ? '/' : this.scopes.idOf(other as ScopeNode)));
    const { ignoresUpstreamFailure: ignores, continuesOnFailure: continues } = node;
    return { ...compiled, dependsOn: awaited, ...((ignores || continues) && { continueOnFailure: true }) };
  }

  /** The nodes of one scope. What they read or run after is added to `awaited`, for the node that they are inside of. */
  private dag(scope: Scope, awaited: Upstream): Dag {
    const nodes = membersOf(scope.construct).nodes.map((node) => {
      const read = upstream();
      const compiled = this.node(node, scope, read);
      // Nothing is around the pipeline that could wait.
      if (!scope.parent) return compiled;
      awaited.read.push(...read.read);
      awaited.awaited.push(...read.awaited);
      for (const other of node.upstream) if (!('tree' in other)) awaited.awaited.push(other as ScopeNode);
      return compiled;
    });
    return { nodes, outputs: scope.outputs };
  }

  private node(node: ScopeNode, scope: Scope, read: Upstream): GraphNode {
    switch (node.kind) {
      case 'task':
        return this.task(node, scope, read);
      case 'if':
        return this.if(node, scope, read);
      case 'loop':
        return this.loop(node, scope, read);
      case 'exit-handler':
        return this.handler(node, scope, read);
      case 'pipeline':
        return this.call(node, scope, read);
      case 'repeat':
        return this.repeat(node, scope, read);
      case 'approval':
        return this.approval(node, scope, read);
    }
  }

  /** What all nodes have. It is asked for when all that the node reads is known. */
  private base(node: ScopeNode, read: Upstream) {
    return {
      id: this.scopes.nameOf(node),
      path: node.node.path,
      ...(this.scopes.homeOf(node) ? waitingOf(node, read, this.scopes) : { dependsOn: [] }),
      ...(node.continuesOnFailure && { continueOnFailure: true }),
      ...(node.kfp && { kfp: node.kfp }),
    };
  }

  private task(task: Task, scope: Scope, read: Upstream, status?: Expression): TaskNode {
    const { component } = task;
    if (!this.firstUses.has(task._component)) this.firstUses.set(task._component, task);
    const inputs = this.inputs(task.inputs, component.inputs, scope, read, this.readers);
    const own = this.ownSettings(task, inputs);
    const settings = own ? this.ofTasks(own, scope, read.read) : this.shared;
    const base = this.base(task, read);
    for (const name of finalStatusInputs(component)) {
      if (memberOf(task.inputs, name) === undefined) inputs[name] = status ?? statusOfUpstream(task, base.dependsOn);
    }
    return {
      kind: 'task',
      ...base,
      component: component.name,
      inputs,
      settings,
      ownSettings: own !== undefined,
    };
  }

  /** A task's settings over the pipeline's; undefined where it has none of its own. */
  private ownSettings(task: Task, inputs: Readonly<Record<string, Expression>>): GraphTaskSettings | undefined {
    const { workspace: shared } = this.pipeline.props;
    const isPlain = task.settings.every(isEmptyLayer);
    if (isPlain && !shared) return undefined;
    const layers = [...(hasPod(task) ? this.pipeline.tasks.settings : []), ...task.settings];
    const own = isPlain ? undefined : this.plain(layers, task);
    if (!shared) return own;
    const told = [...Object.values(inputs), ...runValuesOf(own ?? this.shared).map(({ value }) => value.expression)];
    const isTold = told.some((value) =>
      subexpressions(value).some((part) => part.kind === 'run' && part.field === 'workspacePath'),
    );
    // As in KFP, a task that is told where the workspace is mounts it.
    const workspace = { volumes: { [WORKSPACE_DIR]: this.pipeline.workspace.volume } };
    return isTold ? this.plain([...layers, workspace], task) : own;
  }

  /** What the runs ask as a whole. They have begun before anything in them could be read. */
  public run(): GraphRunSettings | undefined {
    const settings = lowerRunSettings({ ...this.pipeline.props, metrics: this.pipeline.metrics });
    return this.lowered(settings, this.scopes.root, []);
  }

  /** What the volume asks of storage that tasks may share. */
  public workspace(): TreeObject | undefined {
    const { workspace } = this.pipeline.props;
    return workspace && this.lowered(claimSpec(workspace), this.scopes.root, []);
  }

  /** Where artifacts are stored. */
  public repository(): GraphArtifactRepository {
    const { artifactRepository, artifactPrefix: prefix, artifactGc: gc } = this.pipeline.props;
    const compiled = {
      ...lowerRepository(artifactRepository),
      ...(prefix !== undefined && { prefix: loweredText(prefix) }),
      ...(gc && { gc }),
    };
    return this.lowered(compiled, this.scopes.root, []);
  }

  /** Settings of tasks, in which what may be absent is known. */
  private ofTasks(settings: GraphTaskSettings, scope: Scope, read: ScopeNode[]): GraphTaskSettings {
    const lowered = this.lowered(settings, scope, read);
    const { parameters = {} } = this.pipeline.props;
    if (runValuesOf(lowered).length === 0) return lowered;
    return withOptionalObjects(lowered, (name) => {
      const port = memberOf(parameters, name);
      const definition = port && definitionOfPort(port);
      return definition?.optional === true && !('default' in definition);
    });
  }

  /** Settings whose values of the run are over ids; what these come from is added to `read`. */
  private lowered<T>(settings: T, scope: Scope, read: ScopeNode[]): T {
    return mapRunValues(settings, ({ expression, ...rest }) => ({
      ...rest,
      expression: this.lowering.expression(expression as unknown as Expression<FlowNode>, scope, read),
    }));
  }

  /** Settings as plain data. What no compiler has checked may be anything: whoever gave it is told where. */
  private plain(layers: readonly TaskLayer[], task?: Task): GraphTaskSettings {
    try {
      return lowerSettings(layers);
    } catch (error) {
      const { path } = (task ?? this.pipeline).node;
      throw new Error(`The settings of '${path}' cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }

  private if(node: If, scope: Scope, read: Upstream): GraphNode {
    const branches = node.branches.map((branch): Branch => {
      const condition =
        'condition' in branch
          ? this.lowering.expression(Value.expressionOf(branch.condition), scope, read.read)
          : undefined;
      const id = this.scopes.nameOf(branch);
      const { path } = branch.node;
      const kfp = branch === node ? node.branchKfp : branch.kfp;
      // What a branch's body reads from outside must exist before the If starts.
      const body = this.dag(this.scopes.bodyOf(branch), read);
      return { id, path, ...(condition && { condition }), body, ...(kfp && { kfp }) };
    });
    const compiled: IfNode = { kind: 'if', ...this.base(node, read), branches };
    this.groups.set(node, compiled);
    return compiled;
  }

  private loop(node: ParallelFor, scope: Scope, read: Upstream): GraphNode {
    const items = this.input(node.items, { kind: 'parameter', type: 'LIST' }, scope, read);
    const body = this.dag(this.scopes.bodyOf(node), read);
    const compiled: LoopNode = {
      kind: 'loop',
      ...this.base(node, read),
      items,
      itemType: node.shape.type,
      ...(node.elementType !== 'UNKNOWN' && { elementType: node.elementType }),
      ...(node.parallelism !== undefined && { parallelism: node.parallelism }),
      body,
    };
    this.groups.set(node as unknown as ScopeNode, compiled);
    return compiled;
  }

  private handler(node: ExitHandler, scope: Scope, read: Upstream): GraphNode {
    const body = this.dag(this.scopes.bodyOf(node), read);
    const status: Expression = { kind: 'status', of: this.scopes.idOf(node), type: 'TASK_FINAL_STATUS' };
    const onExit = node.exit && this.exit(node.exit, scope, status, read);
    return { kind: 'exit-handler', ...this.base(node, read), body, ...(onExit && { onExit }) };
  }

  private call(node: SubPipeline, scope: Scope, read: Upstream): PipelineNode {
    const { pipeline } = node;
    this.calls.push(node);
    const inputs = this.inputs(node.inputs, ports(pipeline.props.parameters), scope, read);
    return { kind: 'pipeline', ...this.base(node, read), pipeline: pipeline.name, inputs };
  }

  private repeat(node: RepeatUntil, scope: Scope, read: Upstream): GraphNode {
    const { pipeline, until, maxIterations } = node;
    this.calls.push(node);
    const inputs = this.inputs(node.inputs, ports(pipeline.props.parameters), scope, read);
    return { kind: 'repeat', ...this.base(node, read), pipeline: pipeline.name, inputs, until, limit: maxIterations };
  }

  private approval(node: Approval, scope: Scope, read: Upstream): GraphNode {
    const { message, timeout } = node.props;
    const asked = message !== undefined && this.input(message, { kind: 'parameter', type: 'STRING' }, scope, read);
    return {
      kind: 'approval',
      ...this.base(node, read),
      ...(asked && { message: asked }),
      ...(timeout && { timeoutSeconds: timeout.toSeconds({ integral: false }) }),
    };
  }

  private inputs(
    given: Readonly<Record<string, unknown>>,
    ports: Readonly<Record<string, PortDefinition>>,
    scope: Scope,
    read: Upstream,
    readers?: Map<string, Set<PortDefinition>>,
  ): Record<string, Expression> {
    const inputs: Record<string, Expression> = {};
    let taken = 0;
    // The interface's order, not the caller's: so that manifests do not change when inputs are written in another order.
    for (const name of Object.keys(ports)) {
      const port = ports[name]!;
      const value = memberOf(given, name);
      if (value !== undefined) {
        const expression = this.input(value, port, scope, read);
        if (readers && expression.kind === 'parameter') note(readers, expression.name, port);
        inputs[name] = expression;
        taken++;
      }
      // The engine gives it. Here it takes its place among the others.
      else if (isFinalStatus(port)) inputs[name] = finalStatusOfRun;
    }
    const names = Object.keys(given);
    if (names.length === taken) return inputs;
    for (const name of names) {
      if (Object.hasOwn(ports, name) || given[name] === undefined) continue;
      inputs[name] = this.input(given[name], undefined, scope, read);
    }
    return inputs;
  }

  private input(given: unknown, port: PortDefinition | undefined, scope: Scope, read: Upstream): Expression {
    if (given instanceof Value) return this.lowering.expression(Value.expressionOf(given), scope, read.read);
    return { kind: 'literal', type: port ? typeOfPort(port) : 'STRING', value: given as Json };
  }
}

function note<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const known = sets.get(key);
  if (known) known.add(value);
  else sets.set(key, new Set([value]));
}

/** The inputs that a component takes a final status by. */
const finalStatusInputs = once(({ inputs }: ComponentDefinition): readonly string[] =>
  Object.keys(inputs).filter((name) => isFinalStatus(inputs[name]!)),
);

/** An importer has none, and so nothing of what all tasks ask of theirs. */
function hasPod({ component }: Task): boolean {
  return component.implementation.kind !== 'importer';
}

function isFinalStatus(port: PortDefinition): boolean {
  return port.kind === 'parameter' && port.type === 'TASK_FINAL_STATUS';
}

/** KFP gives the final status of the one task upstream to a task that ignores its failure. */
function statusOfUpstream(task: Task, dependsOn: readonly string[]): Expression {
  const [upstream, ...more] = dependsOn;
  if (!task.ignoresUpstreamFailure || upstream === undefined || more.length > 0) return finalStatusOfRun;
  return { kind: 'status', of: upstream, type: 'TASK_FINAL_STATUS' };
}

function ports(declared: Readonly<Record<string, InputPort>> = {}): Readonly<Record<string, PortDefinition>> {
  return Object.fromEntries(Object.entries(declared).map(([name, port]) => [name, definitionOfPort(port)]));
}
