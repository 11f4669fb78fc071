import type { Json, Passthrough, PortDefinition } from '../../components/definition';
import {
  type Branch,
  bodiesOf,
  type Dag,
  type ExitHandlerNode,
  type ExitNode,
  type IfNode,
  type LoopNode,
} from '../../graph/graph';
import { type Expression, isArtifactType } from '../../values/expression';
import { withPassthrough } from '../ir/passthrough';
import { CHANNEL, WHEN_ENDED } from '../ir/reserved';
import type { IrComponent, IrDag, IrTask } from '../ir/types';
import { present } from './builder';
import { conditionText } from './conditions';
import type { DocumentContext, PipelineWriter, Place, WrittenDag } from './dag';
import { leafTask } from './leaf';
import { type DagOutput, dagOutputs, declaredOutputs, printOutputs } from './outputs';
import { inputDefinitions, portOfType } from './ports';
import type { ExportProblems } from './problems';
import { refuseExpression } from './refusals';
import { channelOf, DagScope, type NodeNames, outputName } from './scope';
import { TaskInputs } from './task-inputs';

/** Writes what holds others: each is a component with a DAG, and a task that runs it. */
export class GroupWriter {
  public constructor(
    private readonly writer: PipelineWriter,
    private readonly document: DocumentContext,
  ) {}

  /** An If: one task, or a DAG of its branches. */
  public if(node: IfNode, key: string, scope: DagScope, place: Place): IrTask {
    const [first, ...others] = node.branches;
    if (others.length === 0) return this.branch({ ...first!, kfp: node.kfp }, [], key, scope, place, node.path).task;
    const componentName = this.document.builder.reserve(key);
    const names = new Map<string, NodeNames>();
    const chain = new DagScope(names, scope);
    const tasks: Record<string, IrTask> = {};
    const given = new Map<string, DagOutput>();
    node.branches.forEach((branch, index) => {
      const branchKey = this.writer.keys.of(branch.id);
      const before = node.branches.slice(0, index).map(({ condition }) => condition!);
      const { task, outputs } = this.branch(branch, before, branchKey, chain, place, branch.path);
      tasks[branchKey] = this.writer.named(branchKey, task, branch);
      for (const { name, type } of outputs) {
        const from = [...(given.get(name)?.from ?? []), { task: branchKey, output: name }];
        given.set(name, { name, type: given.get(name)?.type ?? type, from });
      }
    });
    const outputs = [...given.values()];
    const inputs = passedTo(chain, scope, this.document.problems, node.path);
    return this.groupTask(componentName, node.kfp, chain, inputs, tasks, outputs);
  }

  private branch(
    branch: Branch,
    before: readonly Expression[],
    key: string,
    scope: DagScope,
    place: Place,
    path: string,
  ): { readonly task: IrTask; readonly outputs: readonly DagOutput[] } {
    const { builder, problems } = this.document;
    const componentName = builder.reserve(key);
    const body = this.writer.dag(branch.body, { outer: scope, isTop: false, isInLoop: place.isInLoop });
    const outputs = this.groupOutputs(branch.body, body, path);
    const inputs = passedTo(body.scope, scope, problems, path);
    const condition = conditionText(branch.condition, before, inputs, problems, path);
    const task = this.groupTask(componentName, branch.kfp, body.scope, inputs, body.tasks, outputs, inputs.declared);
    return { task: { ...task, ...(condition !== undefined && { triggerPolicy: { condition } }) }, outputs };
  }

  /** A loop: a DAG that is run for each item. */
  public loop(node: LoopNode, key: string, scope: DagScope): IrTask {
    const { builder, problems } = this.document;
    const componentName = builder.reserve(key);
    const { items, itemType } = node;
    const channel = channelOf(items);
    // KFP's local runner goes by these names: an item is called after the list.
    const list = channel ? scope.nameOf(channel) : `${CHANNEL}${key}`;
    const itemInput = `${list}-loop-item`;
    const item = { loop: node.id, input: itemInput };
    const body = this.writer.dag(node.body, { outer: scope, item, isTop: false, isInLoop: true });
    const outputs = this.groupOutputs(node.body, body, node.path);
    const inputs = passedTo(body.scope, scope, problems, node.path);
    // An input of its own: KFP's backend takes the one that holds the items away from the iterations.
    const itemsInput = body.scope.inputs.some(({ name }) => name === list) ? `${list}-items` : list;
    if (channel) inputs.pass(itemsInput, channel);
    const literals = literalItems(items);
    if (!channel && !literals) refuseExpression(problems, node.path, 'the list of items', items);
    this.checkCollected(node);
    const isArtifacts = isArtifactType(items.type);
    if (isArtifacts) {
      problems.warning(
        'KFP1573',
        node.path,
        'KFP’s backend does not run loops over artifacts',
        'let one task take the whole list',
      );
    }
    const known = itemType === 'UNKNOWN' ? body.scope.itemType : itemType;
    const ports = {
      ...(channel && { [itemsInput]: portOfType(items.type) }),
      [itemInput]: portOfType(known),
    };
    const raw = channel ? undefined : JSON.stringify(literals ?? []);
    return {
      ...this.groupTask(componentName, node.kfp, body.scope, inputs, body.tasks, outputs, ports, true),
      ...(isArtifacts
        ? { artifactIterator: { items: { inputArtifact: itemsInput }, itemInput } }
        : { parameterIterator: { items: raw === undefined ? { inputParameter: itemsInput } : { raw }, itemInput } }),
      ...(node.parallelism !== undefined && { iteratorPolicy: { parallelismLimit: node.parallelism } }),
    };
  }

  /** What loops in loops give is one list in KFP; what a task gives in each iteration is never joined to one. */
  private checkCollected({ body, flat = [], path }: LoopNode): void {
    for (const [name, expression] of Object.entries(body.outputs)) {
      if (flat.includes(name) === this.isCollected(expression, body)) continue;
      const [given, kept] = flat.includes(name) ? ['one list', 'a list of lists'] : ['a list of lists', 'one list'];
      this.document.problems.error(
        'KFP1587',
        path,
        `the loop gives its output '${name}' as ${given}, and KFP gives ${kept} there`,
        given === 'one list' ? 'let a task join the lists' : 'join them as KFP does: collect(…, { flat: true })',
      );
    }
  }

  private isCollected(expression: Expression, dag: Dag): boolean {
    if (expression.kind !== 'output') return false;
    const node = dag.nodes.find(({ id }) => id === expression.task);
    if (node?.kind === 'loop') return true;
    if (node?.kind === 'pipeline') {
      const { root } = this.document.graph.pipelines[node.pipeline]!;
      return Object.hasOwn(root.outputs, expression.output) && this.isCollected(root.outputs[expression.output]!, root);
    }
    return (node ? bodiesOf(node) : []).some(
      (body) =>
        Object.hasOwn(body.outputs, expression.output) && this.isCollected(body.outputs[expression.output]!, body),
    );
  }

  /** What an exit handler guards; its exit task is put beside it. */
  public handler(
    node: ExitHandlerNode,
    key: string,
    scope: DagScope,
    { isTop, isInLoop }: Place,
    beside: Record<string, IrTask>,
  ): IrTask {
    const { builder, problems } = this.document;
    if (!isTop) {
      problems.error(
        'KFP1566',
        node.path,
        'KFP has exit handlers only where nothing else is around them',
        'put it directly into a pipeline',
      );
    }
    const componentName = builder.reserve(key);
    const body = this.writer.dag(node.body, { outer: scope, isTop: false, isInLoop });
    const outputs = this.groupOutputs(node.body, body, node.path);
    const inputs = passedTo(body.scope, scope, problems, node.path);
    if (node.onExit) this.exit(node.onExit, key, scope, beside);
    return this.groupTask(componentName, node.kfp, body.scope, inputs, body.tasks, outputs);
  }

  /** What runs when a handler has ended: a task beside it. */
  private exit(node: ExitNode, handler: string, scope: DagScope, beside: Record<string, IrTask>): void {
    const { graph, builder, problems } = this.document;
    const task =
      node.kind === 'task' ? leafTask(node, graph, scope, builder, problems, false) : this.writer.call(node, scope);
    if (!task) return;
    const key = this.writer.keys.of(node.id);
    const waits = { dependentTasks: [handler], triggerPolicy: { strategy: WHEN_ENDED } };
    beside[key] = this.writer.named(key, { ...task, ...waits }, node);
  }

  /**
   * The task of a DAG that the document needs, around tasks that were written.
   *
   * @param kfp what the document said of it that it came from
   */
  private groupTask(
    name: string,
    kfp: Passthrough | undefined,
    inner: DagScope,
    inputs: TaskInputs,
    tasks: NonNullable<IrDag['tasks']>,
    outputs: readonly DagOutput[],
    more: Readonly<Record<string, PortDefinition>> = {},
    isLoop = false,
  ): IrTask {
    const component: IrComponent = {
      ...this.declared(inner, more),
      ...declaredOutputs(outputs, isLoop),
      dag: present<IrDag>({ tasks, outputs: printOutputs(outputs) }),
    };
    this.document.builder.define(name, withPassthrough(component, kfp, '/component'));
    return present<IrTask>({ componentRef: { name }, inputs: inputs.written } as IrTask);
  }

  private groupOutputs({ outputs }: Dag, { nodes }: WrittenDag, path: string): readonly DagOutput[] {
    return dagOutputs(outputs, nodes, this.document.problems, path, outputName);
  }

  /** The inputs of a DAG that the document needs. */
  private declared(
    scope: DagScope,
    more: Readonly<Record<string, PortDefinition>> = {},
  ): Pick<IrComponent, 'inputDefinitions'> {
    const ports = Object.fromEntries(scope.inputs.map(({ name, port }) => [name, port]));
    const declared = inputDefinitions({ ...ports, ...more });
    return declared ? { inputDefinitions: declared } : {};
  }
}

/** The items of a loop, where they are known; literals of several shapes are a list of such. */
function literalItems(items: Expression): Json | undefined {
  if (items.kind === 'literal') return items.value;
  if (items.kind !== 'list') return undefined;
  const literals = items.items.flatMap((item) => (item.kind === 'literal' ? [item.value] : []));
  return literals.length === items.items.length ? literals : undefined;
}

/** The inputs of a task that holds others: what these read from around it. */
function passedTo(inner: DagScope, outer: DagScope, problems: ExportProblems, path: string): TaskInputs {
  const inputs = new TaskInputs(outer, problems, path);
  for (const { name, channel } of inner.inputs) inputs.pass(name, channel);
  return inputs;
}
