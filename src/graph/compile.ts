import type { Construct } from 'constructs';
import type { Json, PortDefinition } from '../components/definition';
import { typeOfPort } from '../components/port-type';
import type { If } from '../constructs/if';
import type { Pipeline } from '../constructs/pipeline';
import type { IArtifactRepository } from '../constructs/platform/artifact-repository';
import type { Awaitable, Task } from '../constructs/task';
import { membersOf, type ScopeNode } from '../constructs/task-scope';
import { lowerSettings } from '../constructs/task-settings';
import { type Diagnostic, isWarning } from '../diagnostic';
import type { Expression } from '../values/expression';
import { Value } from '../values/value';
import { sharedComponents, sourcesOf } from './components';
import {
  type Branch,
  type Dag,
  GRAPH_FORMAT,
  type GraphArtifactRepository,
  type GraphNode,
  type GraphTaskSettings,
  type PipelineGraph,
  type TaskNode,
} from './graph';
import { memberOf } from './member';
import { kebab } from './names';
import { pipelineParameters } from './pipeline-parameters';
import { rules } from './rules';

/** A compiled pipeline, and what is wrong with it: the graph may be read only where no error was found. */
export interface CompiledPipeline {
  readonly graph: PipelineGraph;
  readonly diagnostics: readonly Diagnostic[];
}

/** Where a node stands: the nodes it is inside of, outermost first, itself last. */
type Position = readonly ScopeNode[];

/** Compiles a pipeline's constructs into its graph and checks every rule, in time linear in the number of tasks. */
export function compilePipeline(pipeline: Pipeline, onExit: Task | undefined): CompiledPipeline {
  const compiler = new Compiler(pipeline, onExit);
  const root = compiler.dag(membersOf(pipeline).nodes, []);
  const exit = onExit && compiler.task(onExit, []);
  const { components, diagnostics } = sharedComponents([...compiler.tasks]);
  const { props } = pipeline;
  const graph: PipelineGraph = {
    format: GRAPH_FORMAT,
    name: pipeline.name,
    path: pipeline.node.path,
    ...(pipeline.namespace && { namespace: pipeline.namespace }),
    ...(props.displayName !== undefined && { displayName: props.displayName }),
    ...(props.description !== undefined && { description: props.description }),
    ...(props.version !== undefined && { version: props.version }),
    parameters: pipelineParameters(pipeline),
    components,
    sources: sourcesOf(compiler.tasks),
    root,
    ...(exit && { onExit: exit }),
    ...(props.runner && {
      runner: { serviceAccountName: props.runner.name, tokenSecret: props.runner.tokenSecret ?? false },
    }),
    artifactRepository: lowerRepository(props.artifactRepository),
    limits: { crds: props.crds ?? 'full', bytes: (props.sizeLimit?.toKibibytes() ?? 400) * 1024 },
  };
  // A component that could not be read has no interface that anything could be checked against.
  if (!diagnostics.every(isWarning)) return { graph, diagnostics };
  return { graph, diagnostics: [...diagnostics, ...rules.flatMap((rule) => rule(graph))] };
}

function lowerRepository(repository: IArtifactRepository = { kind: 's3' }): GraphArtifactRepository {
  const { kind, configMap, key } = repository;
  return {
    kind,
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
  public readonly tasks = new Set<Task>();
  private readonly positions = new Map<ScopeNode, Position>();
  private readonly names = new Map<Construct, Names>();
  /** The settings of all tasks that have none of their own. */
  private readonly shared: GraphTaskSettings;

  public constructor(
    private readonly pipeline: Pipeline,
    private readonly onExit: Task | undefined,
  ) {
    this.names.set(pipeline, { path: pipeline.node.path, id: '' });
    this.shared = lowerSettings(pipeline.tasks.settings);
    this.place(membersOf(pipeline).nodes, []);
  }

  /** The nodes of one scope. What they read or run after is added to `awaited`, for the If that they are inside of. */
  public dag(nodes: readonly ScopeNode[], awaited: Awaitable[]): Dag {
    return { nodes: nodes.map((node) => ('branches' in node ? this.if(node, awaited) : this.task(node, awaited))) };
  }

  public task(task: Task, awaited: Awaitable[]): TaskNode {
    this.tasks.add(task);
    const ownSettings = Object.keys(lowerSettings([task.settings])).length > 0;
    const upstream: Awaitable[] = [];
    const inputs: Record<string, Expression> = {};
    // The component's order, not the caller's: so that manifests do not change when inputs are written in another order.
    for (const [name, port] of Object.entries(task.component.inputs)) {
      const given = memberOf(task.inputs, name);
      if (given !== undefined) inputs[name] = this.input(given, port, upstream);
      else if (port.kind === 'parameter' && port.type === 'TASK_FINAL_STATUS') {
        inputs[name] = { kind: 'run', field: 'finalStatus', type: 'TASK_FINAL_STATUS' };
      }
    }
    for (const [name, given] of Object.entries(task.inputs)) {
      if (given === undefined || Object.hasOwn(task.component.inputs, name)) continue;
      inputs[name] = this.input(given, undefined, upstream);
    }
    upstream.push(...task.upstream);
    awaited.push(...upstream);
    return {
      kind: 'task',
      id: this.idOf(task),
      path: this.namesOf(task).path,
      dependsOn: this.dependencies(task, upstream),
      component: task.component.name,
      inputs,
      settings: ownSettings ? lowerSettings([...this.pipeline.tasks.settings, task.settings]) : this.shared,
      ownSettings,
    };
  }

  private if(node: If, awaited: Awaitable[]): GraphNode {
    const upstream: Awaitable[] = [];
    // What a branch's body reads from outside must exist before the If starts.
    const inside: Awaitable[] = [];
    const branches = node.branches.map((branch): Branch => {
      const condition = 'condition' in branch ? this.lower(Value.expressionOf(branch.condition), upstream) : undefined;
      const body = this.dag(membersOf(branch).nodes, inside);
      return {
        id: this.namesOf(branch).id,
        path: this.namesOf(branch).path,
        ...(condition && { condition }),
        body,
      };
    });
    awaited.push(...upstream, ...node.upstream, ...inside);
    return {
      kind: 'if',
      id: this.idOf(node),
      path: node.node.path,
      dependsOn: this.dependencies(node, [...upstream, ...inside, ...node.upstream]),
      branches,
    };
  }

  private input(given: unknown, port: PortDefinition | undefined, upstream: Awaitable[]): Expression {
    if (given instanceof Value) return this.lower(Value.expressionOf(given), upstream);
    return { kind: 'literal', type: port ? typeOfPort(port) : 'STRING', value: given as Json };
  }

  /** An expression over constructs as one over ids; the tasks it reads are added to `upstream`. */
  private lower(expression: Expression<Task>, upstream: Awaitable[]): Expression {
    switch (expression.kind) {
      case 'output':
        upstream.push(expression.task);
        return { ...expression, task: this.idOf(expression.task) };
      case 'metric':
        return { ...expression, artifact: this.lower(expression.artifact, upstream) };
      case 'text':
        return {
          ...expression,
          parts: expression.parts.map((part) => (typeof part === 'string' ? part : this.lower(part, upstream))),
        };
      case 'compare':
        return {
          ...expression,
          left: this.lower(expression.left, upstream),
          right: this.lower(expression.right, upstream),
        };
      case 'and':
      case 'or':
        return { ...expression, operands: expression.operands.map((operand) => this.lower(operand, upstream)) };
      case 'not':
        return { ...expression, operand: this.lower(expression.operand, upstream) };
      default:
        return expression;
    }
  }

  /** Notes where every node stands, before any of them is asked what it must wait for. */
  private place(nodes: readonly ScopeNode[], around: Position): void {
    for (const node of nodes) {
      const position = [...around, node];
      this.positions.set(node, position);
      if ('branches' in node) for (const branch of node.branches) this.place(membersOf(branch).nodes, position);
    }
  }

  /**
   * The siblings a node must wait for: of everything upstream, the node that stands beside it, because a task inside of an
   * If is waited for by waiting for the If. What shares no scope with it, being in another pipeline or an exit task, is
   * kept by its path for the rules to refuse.
   */
  private dependencies(node: ScopeNode, upstream: readonly Awaitable[]): readonly string[] {
    const own = this.positions.get(node) ?? [node];
    const depth = own.length - 1;
    const ids = new Set<string>();
    for (const other of upstream) {
      const target = 'chain' in other ? other.chain : (other as ScopeNode);
      const position = this.positions.get(target);
      if (!position) {
        ids.add(this.idOf(target));
        continue;
      }
      const together = depth === 0 || own.slice(0, depth).every((scope, index) => position[index] === scope);
      const sibling = together ? position[depth] : undefined;
      // What a node reads from inside of itself is no edge; being told to run after itself is, and is refused as a cycle.
      if (sibling && (sibling !== node || target === node)) ids.add(this.idOf(sibling));
    }
    return [...ids];
  }

  /** A node's id. What is no node of this pipeline keeps its whole path instead, which is no id. */
  private idOf(node: ScopeNode): string {
    return this.positions.has(node) || node === this.onExit ? this.namesOf(node).id : `/${node.node.path}`;
  }

  /** Path, and kebab-case path below the pipeline: its scope's, and one word more. */
  private namesOf(construct: Construct): Names {
    let names = this.names.get(construct);
    if (!names) {
      const { id, scope } = construct.node;
      const above = scope ? this.namesOf(scope as Construct) : { path: '', id: '' };
      names = {
        path: above.path === '' ? id : `${above.path}/${id}`,
        id: above.id === '' ? kebab(id) : `${above.id}-${kebab(id)}`,
      };
      this.names.set(construct, names);
    }
    return names;
  }
}

/** What a construct is called. */
interface Names {
  readonly path: string;
  readonly id: string;
}
