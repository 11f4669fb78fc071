import type { Construct } from 'constructs';
import type { Passthrough } from '../../components/definition';
import type { Awaitable, FlowNode } from '../../constructs/flow-node';
import { kebab } from '../../graph/names';
import { Value } from '../../values/value';
import type { IrPath } from '../ir/message';
import { orderOf, upstreamOf } from '../ir/order';
import { CHANNEL, WHEN_ENDED } from '../ir/reserved';
import { isLoop, type TaskShape } from '../ir/shapes';
import type { IrComponent, IrTask } from '../ir/types';
import { inputsOf } from './bindings';
import { addToBag, unknownOfPart } from './created';
import type { DocumentImport } from './document-import';
import { importBranch, importBranches, importExitHandler, importLoop } from './groups';
import type { TaskInputs } from './inputs';
import { type BranchChain, choiceProblem, type Given, joined, sourcesOfOutput } from './outputs';
import type { PipelineImport } from './pipeline-import';
import { importRunnable } from './runnables';

/** A DAG of a document, and where its tasks are to stand. */
export interface DagPlace {
  readonly component: IrComponent;
  /** Where the component stands in the document. */
  readonly path: IrPath;
  /** What the tasks are created under. */
  readonly construct: Construct;
  /** The name of that in the graph; empty for the pipeline. */
  readonly around: string;
  /** The keys on the way to the DAG, each with a slash after it. */
  readonly keys: string;
  /** What the component's inputs are; undefined where one is absent. */
  parameter(name: string): unknown;
  artifact(name: string): unknown;
  /** How tasks are tried again that say nothing of it. */
  readonly retry: IrTask['retryPolicy'];
}

/** What a task of a DAG has become. */
export interface Produced {
  /** What others wait for. */
  readonly awaited: Awaitable;
  /** What ends as the task does. */
  readonly node: FlowNode;
  /** True for an If that may take no branch. */
  readonly mayBeSkipped?: boolean;
  /** What the task gives. */
  output(name: string): Given | undefined;
}

/** Makes constructs of the tasks of one DAG. */
export class DagImport {
  /** The branches, where the DAG is a chain of them, and whether one of them is taken in any case. */
  public chain: BranchChain | undefined;
  private produced = new Map<string, Produced>();
  private readonly outputs = new Map<string, Given | undefined>();

  public constructor(
    public readonly pipeline: PipelineImport,
    public readonly place: DagPlace,
  ) {}

  /** What is known of the document. */
  public get document(): DocumentImport {
    return this.pipeline.document;
  }

  /** All tasks, each after what it waits for. */
  public run(): this {
    const dag = this.place.component.dag!;
    const { exits } = this.document.shapes.of(dag);
    const handlers = new Map([...exits].map(([handler, exit]) => [exit, handler]));
    for (const key of orderOf(dag)) {
      const task = dag.tasks![key]!;
      const handler = handlers.get(key);
      const guard = handler === undefined ? undefined : this.produced.get(handler)?.node;
      const produced = this.become(key, task, inputsOf(this, key, task), guard);
      if (produced) this.produced.set(key, produced);
      else this.document.isIncomplete = true;
    }
    return this;
  }

  /** A DAG inside of this one. */
  public nested(place: DagPlace): DagImport {
    return new DagImport(this.pipeline, place);
  }

  /** What the DAG gives to the outside. */
  public output(name: string): Given | undefined {
    if (!this.outputs.has(name)) this.outputs.set(name, this.findOutput(name));
    return this.outputs.get(name);
  }

  /** What a task of this DAG has become, where it has. */
  public readonly producedBy = (key: string): Produced | undefined => this.produced.get(key);

  /** Takes what a task has become. */
  public setProduced(key: string, produced: Produced): void {
    this.produced.set(key, produced);
  }

  /** Knows the same tasks as another one: both are of one DAG, and only stand elsewhere. */
  public takeFrom(other: DagImport): void {
    this.produced = other.produced;
  }

  /** What a task is. */
  public shapeOf(key: string): TaskShape {
    return this.document.shapes.of(this.place.component.dag!).shapes.get(key)!;
  }

  /** Where a task stands in the document. */
  public pathOf(key: string): IrPath {
    return [...this.place.path, 'dag', 'tasks', key];
  }

  /** The DAG of a task's component, whose inputs are those of the task. */
  public inside(key: string, task: IrTask, inputs: TaskInputs, construct: Construct, around: string): DagPlace {
    const { name } = task.componentRef;
    return {
      component: this.document.component(name)!,
      path: this.document.placeOf(name),
      construct,
      around,
      keys: `${this.place.keys}${key}/`,
      // The SDK's compiler forgets some of what it hands on through several groups.
      parameter: (input) =>
        inputs.effective(input) ??
        inputs.memberOfItem(input, construct) ??
        this.handedOn(input, () => this.place.parameter(input)),
      artifact: (input) => inputs.artifact(input) ?? this.handedOn(input, () => this.place.artifact(input)),
      retry: task.retryPolicy ?? this.place.retry,
    };
  }

  /** The name in the graph of what stands under something. */
  public nameIn(around: string, id: string): string {
    return around === '' ? kebab(id) : `${around}-${kebab(id)}`;
  }

  /** Gives a construct its order, and what else every task may say. */
  public finish(key: string, task: IrTask, node: FlowNode): void {
    const isLenient = task.triggerPolicy?.strategy === WHEN_ENDED;
    for (const other of upstreamOf(task)) {
      const upstream = this.produced.get(other);
      if (!upstream) continue;
      node.after(upstream.awaited);
      if (upstream.mayBeSkipped && !isLenient) this.warnOfSkipping(key, other);
    }
    if (isLenient) node.ignoreUpstreamFailure();
    this.describe(key, node);
  }

  /** Notes which construct has the name of a task. */
  public describe(key: string, node: FlowNode): void {
    this.pipeline.nodes.set(this.place.keys + key, node);
    this.trace(key, node);
  }

  /** Notes where a construct comes from, and what of that nobody knows. */
  public trace(key: string, node: FlowNode): void {
    const path = this.pathOf(key);
    const { read } = this.document;
    node.origin = () => read.at(path);
    addToBag(node, this.unknownOf(key, node.kind));
  }

  /** What nobody knows of a task, as far as it belongs to one of the constructs that it becomes. */
  public unknownOf(key: string, kind: FlowNode['kind']): Passthrough {
    const task = this.place.component.dag!.tasks![key]!;
    const shape = this.shapeOf(key);
    const isGroup = shape !== 'leaf' && shape !== 'call';
    const unknown = this.document.unknownOf(this.pathOf(key), task.componentRef.name, isGroup);
    return isGroup ? unknown : unknownOfPart(unknown, kind, task);
  }

  /** The id of what holds others; a warning tells of one that is not the key. */
  public groupId(key: string, task: IrTask): string {
    const { ids } = this.document;
    const siblings = this.place.component.dag!.tasks!;
    return this.told(key, ids.group(key, this.place.around, ids.inside(task.componentRef.name), siblings));
  }

  /** The id of a task or a call under something of a name; a warning tells of one that is not the key. */
  public leafId(key: string, around: string): string {
    return this.told(key, this.document.ids.leaf(key, around));
  }

  /** What the name of an input says that stands for something outside: an output of a task, or what is known further out. */
  private handedOn(input: string, outer: () => unknown): unknown {
    if (!input.startsWith(CHANNEL)) return undefined;
    const name = input.slice(CHANNEL.length);
    for (const [key, produced] of this.produced) {
      const given = name.startsWith(`${key}-`) ? produced.output(name.slice(key.length + 1)) : undefined;
      if (given) return given.value;
    }
    return outer();
  }

  private warnOfSkipping(key: string, branch: string): void {
    this.document.report.warning(
      'KFP1533',
      this.pathOf(key),
      `the task runs after '${branch}' also where no branch is taken; KFP leaves it out then`,
      'create it in the branch where it is to be left out',
    );
  }

  private told(key: string, id: string): string {
    if (id === key) return id;
    const why = id.endsWith(key)
      ? "Argo's engine takes the name for something else where a task waits for it"
      : 'with all that it stands in, its name would have more than 63 characters';
    this.document.report.warning(
      'KFP1527',
      this.pathOf(key),
      `the task is called '${id}' here: ${why}`,
      'give the functions and groups of the pipeline shorter names, or leave it so: pipeline.task(…) knows both names',
    );
    return id;
  }

  private become(key: string, task: IrTask, inputs: TaskInputs, handler: FlowNode | undefined): Produced | undefined {
    switch (this.shapeOf(key)) {
      case 'loop':
        return importLoop(this, key, task, inputs);
      case 'branch':
        return importBranch(this, key, task, inputs);
      case 'branches':
        return importBranches(this, key, task, inputs);
      case 'exit-handler':
        return importExitHandler(this, key, task, inputs);
      default: {
        if (task.triggerPolicy?.condition !== undefined) return importBranch(this, key, task, inputs);
        if (isLoop(task)) return importLoop(this, key, task, inputs);
        const { construct, around } = this.place;
        const produced = importRunnable(this, key, task, inputs, { construct, around, handler });
        if (!produced) return undefined;
        // An exit task waits for nothing but what it is the exit task of.
        if (handler) this.describe(key, produced.node);
        else this.finish(key, task, produced.node);
        return produced;
      }
    }
  }

  private findOutput(name: string): Given | undefined {
    const sources = sourcesOfOutput(this.place.component.dag!, name) ?? [];
    const given = sources.flatMap(({ producer, output }) => this.produced.get(producer)?.output(output) ?? []);
    const known = given.filter(({ value }) => value instanceof Value);
    if (known.length !== sources.length) return undefined;
    if (known.length <= 1) return known[0];
    const problem = choiceProblem(sources, this.chain);
    if (problem === undefined) return joined(known);
    this.document.report.error(
      'KFP1524',
      [...this.place.path, 'dag', 'outputs'],
      `'${name}' ${problem}`,
      'give OneOf a value from each branch, the Else among them, and compile the pipeline again',
    );
    this.document.isIncomplete = true;
    return undefined;
  }
}
