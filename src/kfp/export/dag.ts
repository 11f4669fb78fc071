import type { CalledPipeline, Dag, ExitHandlerNode, GraphNode, PipelineGraph, PipelineNode } from '../../graph/graph';
import { portOf, subexpressions } from '../../graph/walk';
import type { Expression } from '../../values/expression';
import { withPassthrough } from '../ir/passthrough';
import type { IrComponent, IrDag, IrTask } from '../ir/types';
import { type DocumentBuilder, present } from './builder';
import { GroupWriter } from './groups';
import { TaskKeys } from './keys';
import { leafTask } from './leaf';
import { dagOutputs, printOutputs } from './outputs';
import { interfaceOf } from './ports';
import type { ExportProblems } from './problems';
import { DagScope, type NodeNames } from './scope';
import { TaskInputs } from './task-inputs';
import { waitingOf } from './waiting';

/** Where a DAG stands. */
export interface Place {
  readonly outer?: DagScope;
  readonly item?: { readonly loop: string; readonly input: string };
  /** True for the tasks that a pipeline itself holds. */
  readonly isTop: boolean;
  readonly isInLoop: boolean;
}

/** A DAG as it was written, and the scope that its tasks read from. */
export interface WrittenDag {
  readonly tasks: NonNullable<IrDag['tasks']>;
  readonly scope: DagScope;
  readonly nodes: ReadonlyMap<string, NodeNames>;
}

/** What all pipelines of a document have in common. */
export interface DocumentContext {
  readonly graph: PipelineGraph;
  readonly builder: DocumentBuilder;
  readonly problems: ExportProblems;
  /** The component of a called pipeline. */
  called(name: string): string;
}

/** Writes the DAG of a pipeline, and those of what it holds. */
export class PipelineWriter {
  /** The keys of its tasks. */
  public readonly keys: TaskKeys;
  private readonly groups: GroupWriter;
  private readonly root: Dag;
  private readonly path: string;

  public constructor(
    private readonly pipeline: CalledPipeline,
    private readonly document: DocumentContext,
  ) {
    const { root } = atExit(pipeline);
    this.root = root;
    this.path = pipeline.path;
    this.keys = new TaskKeys(root);
    this.groups = new GroupWriter(this, document);
  }

  /** The component of the pipeline: its interface and its tasks. */
  public component(): IrComponent {
    const { parameters, returns, kfp } = this.pipeline;
    const ports = Object.entries(parameters).map(([name, parameter]) => [name, portOf(parameter)]);
    const { tasks, nodes } = this.dag(this.root, { isTop: true, isInLoop: false });
    const outputs = dagOutputs(this.root.outputs, nodes, this.document.problems, this.path, (name) => name);
    const component: IrComponent = {
      ...interfaceOf(Object.fromEntries(ports), returns),
      dag: present<IrDag>({ tasks, outputs: printOutputs(outputs) }),
    };
    return withPassthrough(component, kfp, '/component');
  }

  /** A DAG: its tasks, and what they read from around it. */
  public dag({ nodes: all }: Dag, place: Place): WrittenDag {
    const names = new Map<string, NodeNames>();
    for (const node of all) {
      const isGroup = node.kind === 'if' || node.kind === 'loop' || node.kind === 'exit-handler';
      const key = this.keys.of(node.id);
      names.set(node.id, { key: this.groupKey(node, key), isGroup });
    }
    const absent =
      ({ parameters }: CalledPipeline) =>
      (name: string) =>
        parameters[name]?.optional === true && parameters[name].default === undefined;
    const scope = new DagScope(names, place.outer, place.item, {
      isAbsent: absent(this.pipeline),
      keyOf: (id) => this.keys.of(id),
    });
    const siblings = new Map(all.map((node) => [node.id, node]));
    const tasks: Record<string, IrTask> = {};
    for (const node of all) {
      const { key } = names.get(node.id)!;
      const task = this.node(node, key, scope, place, tasks);
      if (!task) continue;
      const waiting = waitingOf(node, siblings, (id) => names.get(id)?.key ?? id, this.document.problems);
      if (node.continueOnFailure) {
        this.error(
          'KFP1567',
          node,
          'its failure does not make the run fail, which KFP knows nothing of',
          'leave continueOnFailure() away',
        );
      }
      const { triggerPolicy, ...others } = { ...task, ...waiting };
      const policy = { ...task.triggerPolicy, ...triggerPolicy };
      tasks[key] = this.named(
        key,
        {
          ...others,
          ...(Object.keys(policy).length > 0 && { triggerPolicy: policy }),
        },
        node,
      );
    }
    return { tasks, scope, nodes: names };
  }

  /** The key of what holds others. Only by its name can an exit handler be told from a pipeline that is called. */
  private groupKey(node: GraphNode, key: string): string {
    if (node.kind === 'if' && node.branches.length > 1) return this.keys.free(`${key}-branches`);
    if (node.kind === 'exit-handler' && !key.includes('exit-handler')) return this.keys.free(`exit-handler-${key}`);
    return key;
  }

  /** A task under its name, with what the document said of it that it came from. */
  public named(key: string, task: IrTask, { kfp }: Pick<GraphNode, 'kfp'>): IrTask {
    return withPassthrough({ ...task, taskInfo: { name: key } }, kfp, '/task');
  }

  private node(
    node: GraphNode,
    key: string,
    scope: DagScope,
    place: Place,
    beside: Record<string, IrTask>,
  ): IrTask | undefined {
    const { graph, builder, problems } = this.document;
    switch (node.kind) {
      case 'task':
        return leafTask(node, graph, scope, builder, problems, place.isInLoop);
      case 'pipeline':
        return this.call(node, scope);
      case 'if':
        return this.groups.if(node, key, scope, place);
      case 'loop':
        return this.groups.loop(node, key, scope);
      case 'exit-handler':
        return this.groups.handler(node, key, scope, place, beside);
      case 'approval':
        this.error(
          'KFP1560',
          node,
          'KFP has no approvals',
          'split the pipeline in two, and run the second one by hand',
        );
        return undefined;
      case 'repeat':
        this.error(
          'KFP1561',
          node,
          'KFP repeats nothing',
          'call the pipeline a known number of times, or loop in a task',
        );
        return undefined;
    }
  }

  /** A call of a pipeline. */
  public call(node: PipelineNode, scope: DagScope): IrTask {
    const { graph, problems } = this.document;
    const { parameters } = graph.pipelines[node.pipeline]!;
    const inputs = new TaskInputs(scope, problems, node.path);
    for (const [name, expression] of Object.entries(node.inputs)) {
      const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
      if (holdsTemplate(expression)) {
        problems.warning(
          'KFP1576',
          node.path,
          `the input '${name}' is a text with values in it, which KFP fills in for containers only: tasks of the called pipeline get placeholders`,
          'give the values as inputs, and build the text in the called pipeline',
        );
      }
      inputs.give(name, expression, parameter && portOf(parameter));
    }
    return present<IrTask>({
      componentRef: { name: this.document.called(node.pipeline) },
      inputs: inputs.written,
    } as IrTask);
  }

  private error(code: string, { path }: Pick<GraphNode, 'path'>, message: string, mend: string): void {
    this.document.problems.error(code, path, message, mend);
  }
}

/** True for a text that KFP's launcher has to fill in. */
function holdsTemplate(expression: Expression): boolean {
  return subexpressions(expression).some(
    (part) =>
      part.kind === 'text' &&
      part.parts.some((each) => typeof each !== 'string' && !(each.kind === 'run' && each.field === 'workspacePath')),
  );
}

/** KFP has no exit task of a pipeline: it is that of a handler around everything. */
function atExit(pipeline: CalledPipeline): { readonly root: Dag } {
  const { root, onExit, path } = pipeline;
  if (!onExit) return { root };
  // Two hyphens in a row: no node of a user's has such an id.
  const id = 'exit--handler';
  const status: Expression = { kind: 'status', of: id, type: 'TASK_FINAL_STATUS' };
  const inputs = Object.entries(onExit.inputs).map(([name, expression]) => [
    name,
    expression.kind === 'run' && expression.field === 'finalStatus' ? status : expression,
  ]);
  const handler: ExitHandlerNode = {
    kind: 'exit-handler',
    id,
    path: `${path}/exit-handler`,
    dependsOn: [],
    body: root,
    onExit: { ...onExit, inputs: Object.fromEntries(inputs) as Readonly<Record<string, Expression>> },
  };
  const outputs = Object.entries(root.outputs).map(([name, { type }]): [string, Expression] => [
    name,
    { kind: 'output', task: id, output: name, type },
  ]);
  return { root: { nodes: [handler], outputs: Object.fromEntries(outputs) } };
}
