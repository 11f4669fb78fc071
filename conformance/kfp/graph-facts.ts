import type { PortDefinition } from '../../src/components/definition';
import {
  type CalledPipeline,
  type Dag,
  type ExitNode,
  type GraphNode,
  type PipelineGraph,
  type PipelineNode,
  type PipelineParameter,
  pipelinesOf,
  type TaskNode,
} from '../../src/graph/graph';
import type { Expression } from '../../src/values/expression';

/** Where a value comes from; the forms stand in facts.py. */
export type Source = readonly [string, ...unknown[]];

/** What facts.py says of a document, said of a graph. */
export interface Facts {
  readonly name: string;
  readonly pipelines: Record<string, { inputs: Record<string, Port>; outputs: Record<string, Source> }>;
  readonly groups: Record<string, Record<string, unknown>>;
  readonly tasks: Record<string, Record<string, unknown>>;
}

interface Port {
  readonly type: string;
  readonly optional?: true;
  readonly default?: unknown;
  readonly literals?: readonly unknown[];
}

/** The facts of a graph. */
export function factsOf(graph: PipelineGraph): Facts {
  const facts: Facts = { name: graph.name, pipelines: {}, groups: {}, tasks: {} };
  new Reader(graph, graph, '', facts).read();
  return facts;
}

/** Reads one pipeline, where it is called. */
class Reader {
  private readonly nodes = new Map<string, GraphNode>();

  public constructor(
    private readonly graph: PipelineGraph,
    private readonly pipeline: CalledPipeline,
    /** The path of the call; '' for the root. */
    private readonly at: string,
    private readonly facts: Facts,
  ) {
    this.index(pipeline.root);
  }

  public read(): void {
    const { parameters, root, onExit } = this.pipeline;
    const inputs = Object.fromEntries(Object.entries(parameters).map(([name, each]) => [name, parameterPort(each)]));
    const outputs = this.sources(root.outputs);
    this.facts.pipelines[this.at] = { inputs, outputs };
    this.dag(root);
    if (onExit) this.exit(onExit, []);
  }

  private index({ nodes }: Dag): void {
    for (const node of nodes) {
      this.nodes.set(node.id, node);
      if (node.kind === 'if') for (const { body } of node.branches) this.index(body);
      if (node.kind === 'loop' || node.kind === 'exit-handler') this.index(node.body);
      if (node.kind === 'exit-handler' && node.onExit) this.nodes.set(node.onExit.id, node.onExit);
    }
  }

  private dag({ nodes }: Dag): void {
    for (const node of nodes) this.node(node);
  }

  private node(node: GraphNode): void {
    const path = this.pathOf(node);
    const waits = this.waits(node);
    switch (node.kind) {
      case 'task':
        this.task(node, waits, node.runsWhen !== undefined);
        break;
      case 'pipeline':
        this.call(node, waits, node.runsWhen !== undefined);
        break;
      case 'if':
        this.facts.groups[path] = {
          kind: 'if',
          branches: node.branches.map(({ path: branch, condition }) => [
            this.relative(branch).split('/').at(-1),
            condition ? this.source(condition) : null,
          ]),
          waits,
        };
        for (const { body } of node.branches) this.dag(body);
        break;
      case 'loop':
        this.facts.groups[path] = {
          kind: 'loop',
          items: this.source(node.items),
          parallelism: node.parallelism ?? 0,
          waits,
        };
        this.dag(node.body);
        break;
      case 'exit-handler':
        this.facts.groups[path] = { kind: 'handler', waits };
        this.dag(node.body);
        if (node.onExit) this.exit(node.onExit, [path]);
        break;
      default:
        throw new Error(`no KFP document makes a node of kind ${node.kind}`);
    }
  }

  private exit(node: ExitNode, waits: readonly string[]): void {
    if (node.kind === 'task') this.task(node, waits, true);
    else this.call(node, waits, true);
  }

  private task(node: TaskNode, waits: readonly string[], ends: boolean): void {
    const { inputs, outputs, implementation } = this.graph.components[node.component]!;
    const kind = implementation.kind === 'python' ? 'container' : implementation.kind;
    this.facts.tasks[this.pathOf(node)] = {
      kind,
      inputs: kind === 'container' ? ports(inputs) : {},
      outputs: given(outputs),
      arguments: kind === 'container' ? this.sources(without(node.inputs, configurations(inputs))) : {},
      waits,
      ends,
      retries: kind === 'container' ? (node.settings.retry?.retries ?? 0) : 0,
    };
  }

  private call(node: PipelineNode, waits: readonly string[], ends: boolean): void {
    const path = this.pathOf(node);
    this.facts.groups[path] = { kind: 'pipeline', inputs: this.sources(node.inputs), waits, ends };
    new Reader(this.graph, this.graph.pipelines[node.pipeline]!, path, this.facts).read();
  }

  private waits({ dependsOn }: GraphNode): readonly string[] {
    return dependsOn.map((id) => this.pathOf(this.nodes.get(id)!)).sort();
  }

  private pathOf({ path }: GraphNode): string {
    return this.relative(path);
  }

  /** A construct's path below the root, through the calls of pipelines. */
  private relative(path: string): string {
    const below = path.slice(this.pipeline.path.length + 1);
    return this.at === '' ? below : `${this.at}/${below}`;
  }

  private sources(expressions: Readonly<Record<string, Expression>>): Record<string, Source> {
    return Object.fromEntries(Object.entries(expressions).map(([name, each]) => [name, this.source(each)]));
  }

  private source(expression: Expression): Source {
    switch (expression.kind) {
      case 'literal':
        return ['constant', expression.value];
      case 'parameter':
        return ['parameter', this.at, expression.name];
      case 'output':
        return this.output(expression.task, expression.output);
      case 'loop':
        return [expression.field, this.pathOf(this.nodes.get(expression.loop)!)];
      case 'field':
        return ['field', this.source(expression.of), expression.name];
      case 'status':
        return ['status', this.pathOf(this.nodes.get(expression.of)!)];
      case 'run':
        return ['run', expression.field];
      case 'text': {
        const parts = expression.parts.map((part) => (typeof part === 'string' ? part : this.source(part)));
        // A value as text: KFP makes it one because of the input's type.
        return parts.length === 1 && typeof parts[0] !== 'string' ? parts[0]! : ['text', ...parts];
      }
      case 'list': {
        const items = expression.items.map((item) => this.source(item));
        return items.every(isConstant) ? ['constant', items.map(([, value]) => value)] : ['list', ...items];
      }
      case 'dict': {
        const members = this.sources(expression.members);
        if (!Object.values(members).every(isConstant)) return ['dict', members];
        return ['constant', Object.fromEntries(Object.entries(members).map(([name, [, value]]) => [name, value]))];
      }
      case 'compare':
        return [expression.operator, this.source(expression.left), this.source(expression.right)];
      case 'and':
      case 'or':
        return [expression.kind, ...expression.operands.map((operand) => this.source(operand))];
      case 'not':
        return ['not', this.source(expression.operand)];
      default:
        throw new Error(`no KFP document makes an expression of kind ${expression.kind}`);
    }
  }

  /** An output, followed through groups to what gives it. */
  private output(id: string, name: string): Source {
    const node = this.nodes.get(id)!;
    const path = this.pathOf(node);
    switch (node.kind) {
      case 'loop':
        return ['collected', path, this.source(node.body.outputs[name]!)];
      case 'exit-handler':
        return this.source(node.body.outputs[name]!);
      case 'if': {
        const given = node.branches.flatMap(({ body }) => body.outputs[name] ?? []);
        return given.length === 1 ? this.source(given[0]!) : ['one-of', ...given.map((each) => this.source(each))];
      }
      default:
        return ['output', path, name];
    }
  }
}

function isConstant([kind]: Source): boolean {
  return kind === 'constant';
}

/** The inputs that say what else the task is told: nobody gives them. */
function configurations(inputs: Readonly<Record<string, PortDefinition>>): readonly string[] {
  return Object.keys(inputs).filter((name) => inputs[name]!.type === 'TASK_CONFIG');
}

function without<T>(record: Readonly<Record<string, T>>, names: readonly string[]): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

/** What a component gives. That a container may leave an artifact out is KFP's rule, and no fact of the document. */
function given(outputs: Parameters<typeof ports>[0]): ReturnType<typeof ports> {
  const always = Object.entries(outputs).map(([name, port]) => [name, { ...port, optional: undefined }]);
  return ports(Object.fromEntries(always));
}

function parameterPort({ type, default: given, optional, choices }: PipelineParameter): Port {
  // A document has no default of null: KFP's backend takes it for what is absent.
  const fallback = given ?? undefined;
  return {
    type,
    ...((optional || given !== undefined) && { optional: true }),
    ...(fallback !== undefined && { default: fallback }),
    ...(choices && { literals: choices }),
  };
}

function ports(definitions: Readonly<Record<string, PortDefinition>>): Record<string, Port> {
  return Object.fromEntries(Object.entries(definitions).map(([name, each]) => [name, port(each)]));
}

function port(definition: PortDefinition): Port {
  const optional = definition.optional && { optional: true as const };
  if (definition.kind === 'artifact') {
    return { type: definition.list ? `${definition.type}[]` : definition.type, ...optional };
  }
  const { type, default: fallback, literals } = definition;
  return {
    type,
    ...(fallback === undefined ? optional : { optional: true, default: fallback }),
    ...(literals && { literals }),
  };
}

/** Every pipeline that a graph holds is called from somewhere: one that is not would have no facts. */
export function uncalled(graph: PipelineGraph): readonly string[] {
  const called = new Set<string>();
  const visit = ({ nodes }: Dag): void => {
    for (const node of nodes) {
      if (node.kind === 'pipeline') called.add(node.pipeline);
      if (node.kind === 'if') for (const { body } of node.branches) visit(body);
      if (node.kind === 'loop' || node.kind === 'exit-handler') visit(node.body);
      if (node.kind === 'exit-handler' && node.onExit?.kind === 'pipeline') called.add(node.onExit.pipeline);
    }
  };
  for (const { root, onExit } of pipelinesOf(graph)) {
    visit(root);
    if (onExit?.kind === 'pipeline') called.add(onExit.pipeline);
  }
  return Object.keys(graph.pipelines).filter((name) => !called.has(name));
}
