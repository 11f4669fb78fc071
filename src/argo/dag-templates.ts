import { isDeepStrictEqual } from 'node:util';
import { hasOwnTemplate } from '../graph/artifact-sources';
import { cachesSomething, isCached } from '../graph/cache-key';
import { isCertain, mayBeMissing } from '../graph/certainty';
import {
  allTasks,
  bodiesOf,
  type CalledPipeline,
  type Dag,
  type ExitNode,
  type GraphNode,
  nodesIn,
  type PipelineGraph,
  pipelinesOf,
  type TaskNode,
  tasksOf,
} from '../graph/graph';
import { kebab } from '../graph/names';
import { once } from '../graph/once';
import { runValuesOf, settingInputs } from '../graph/settings';
import { portOf } from '../graph/walk';
import { ABSENT } from '../values/codec';
import type { Expression } from '../values/expression';
import { argumentsOf, printInputs } from './arguments';
import { cachedTemplateName } from './cache';
import { Closure, type Outer } from './closure';
import { inputParameter } from './component-template';
import { depends, outcomeTasks } from './depends';
import { printArgument, type Resolve, textOf } from './expression-printer';
import { finalStatusOf, finalStatusOfRun } from './final-status';
import { approvalTemplate, ifTemplate, loopTemplate, repeatTemplate } from './group-templates';
import { References } from './references';
import { ENTRYPOINT, pipelineTemplateName } from './template-names';
import type { DagTask, Hook, OutputParameter, Parameter, Template } from './types';

/** The printers of a pipeline and of those that it calls, in the order of their templates. */
export function printersOf(graph: PipelineGraph): readonly DagPrinter[] {
  return pipelinesOf(graph).map((pipeline) => new DagPrinter(graph, pipeline));
}

/** The names of the templates that stand for components. */
const componentTemplates = once((graph: PipelineGraph): ReadonlySet<string> => {
  const names = printersOf(graph).flatMap((printer) => {
    const shared = allTasks(printer.pipeline).filter((task) => !hasOwnTemplate(task, graph));
    return [...new Set(shared.map(({ component }) => component))].map((name) => printer.sharedName(kebab(name)));
  });
  return new Set(names);
});

/** Prints the DAGs of one pipeline. */
export class DagPrinter {
  public readonly closure: Closure;
  public readonly references: References;
  private readonly isCalled: boolean;
  /** True where tasks without settings of their own ask the same of their pods as those of the pipeline that is run. */
  private readonly sharesSettings: boolean;
  private readonly sharedTemplates = new Map<string, string>();

  public constructor(
    private readonly graph: PipelineGraph,
    /** The pipeline that it prints. */
    public readonly pipeline: CalledPipeline,
  ) {
    this.isCalled = pipeline !== graph;
    this.sharesSettings = isDeepStrictEqual(pipeline.settings, graph.settings);
    const nodes = nodesIn(pipeline.root);
    const groups = nodes.filter((node) => bodiesOf(node).length > 0).map(({ id }) => id);
    this.closure = new Closure(new Set(groups), !this.isCalled);
    const isRaw = (task: TaskNode) => graph.components[task.component]!.implementation.kind !== 'python';
    const rawWriters = tasksOf(pipeline.root).filter(isRaw);
    this.references = new References(this.closure, this.isCalled, new Set(rawWriters.map(({ id }) => id)));
  }

  /** The DAG templates of the pipeline, outermost first. */
  public templates(): Template[] {
    return this.isCalled ? this.calledPipeline() : this.dag(ENTRYPOINT, this.pipeline.root, []);
  }

  /** What the exit task of the whole run calls. */
  public hookOfRun(node: ExitNode): Hook {
    return this.exitHook(node, finalStatusOfRun(this.pipeline.name, cachesSomething(this.graph)));
  }

  /** The templates of a pipeline that is called: its parameters are inputs. */
  private calledPipeline(): Template[] {
    const { name, parameters, root, onExit } = this.pipeline;
    const template = pipelineTemplateName(name);
    const inputs = Object.entries(parameters).map(([input, parameter]) => inputParameter(input, portOf(parameter)));
    if (!onExit) {
      const [dag, ...inner] = this.dag(template, root, []);
      return [withInputs(dag!, inputs), ...inner];
    }
    // The exit task is a hook of what it waits for.
    const id = kebab(name);
    const body = `body-${id}`;
    const [dag, ...inner] = this.dag(body, root, []);
    const passed = inputs.map(({ name: parameter }) => ({
      name: parameter,
      value: `{{inputs.parameters.${parameter}}}`,
    }));
    const hook = this.exitHook(onExit, finalStatusOf(id, name, 'exit-handler'));
    const wrapper: Template = {
      name: template,
      ...(Object.keys(root.outputs).length > 0 && {
        outputs: {
          parameters: Object.keys(root.outputs).map((output) => ({
            name: output,
            valueFrom: { parameter: `{{tasks.${id}.outputs.parameters.${output}}}`, default: ABSENT },
          })),
        },
      }),
      dag: { failFast: false, tasks: [{ name: id, template: body, ...argumentsOf(passed), hooks: { exit: hook } }] },
    };
    return [
      withInputs(wrapper, inputs),
      withInputs(
        dag!,
        inputs.map(({ name: parameter }) => ({ name: parameter })),
      ),
      ...inner,
    ];
  }

  /** What is called when something has ended, and is told how by `status`, where that is the run or the whole pipeline. */
  private exitHook(node: ExitNode, status?: string, resolve: Resolve = this.references.in(new Set())): Hook {
    const parameters = this.inputsOf(node, (leaf) =>
      status !== undefined && leaf.kind === 'run' && leaf.field === 'finalStatus'
        ? { tag: status, variable: status }
        : resolve(leaf),
    );
    return { template: this.templateOf(node), ...argumentsOf(parameters) };
  }

  /** A DAG and the DAGs inside of it. `inputs` are the outer values that it is called with. */
  public dag(name: string, dag: Dag, inputs: readonly Outer[]): Template[] {
    const names = new Set(inputs.map((outer) => this.closure.nameOf(outer)));
    const nodes = new Map(dag.nodes.map((node) => [node.id, node]));
    const outcome = outcomeTasks(dag);
    const resolverFor = (node: Pick<GraphNode, 'runsWhen'>) =>
      this.references.in(names, nodes, (upstream) => isCertain(node, upstream));
    // Most nodes ask for nothing but success, and read all things alike.
    const plain = resolverFor({});
    const tasks: DagTask[] = [];
    for (const node of dag.nodes) {
      tasks.push(this.call(node, node.runsWhen ? resolverFor(node) : plain, nodes), ...outcome(node));
    }
    const own = this.references.in(names, nodes, (node) => !mayBeMissing(node, dag));
    const resolve = this.references.inOutputs(own);
    const outputs = Object.entries(dag.outputs).map(([output, value]) => outputOf(output, value, resolve));
    const parameters = [...[...names].map((input): Parameter => ({ name: input })), ...this.references.globalsOf(dag)];
    return [
      {
        name,
        ...(parameters.length > 0 && { inputs: { parameters } }),
        ...(outputs.length > 0 && { outputs: { parameters: outputs } }),
        // As in KFP, a failure does not keep independent tasks from running.
        dag: { failFast: false, tasks },
      },
      ...dag.nodes.flatMap((node) => (node.kind === 'task' ? [] : this.inner(node))),
    ];
  }

  /**
   * The name of a DAG template. Names of components have no such prefix, and ids no two hyphens in a row, so that templates
   * of two pipelines never share one.
   */
  public templateName(prefix: string, id: string): string {
    return this.isCalled ? `${prefix}-${kebab(this.pipeline.name)}--${id}` : `${prefix}-${id}`;
  }

  /**
   * The template that a task calls: its component's, or one of its own where it has settings of its own. That is named after the
   * task, as its component may be, whose template others call.
   */
  public templateNameOf(task: TaskNode): string {
    if (!hasOwnTemplate(task, this.graph)) return this.sharedTemplate(task.component);
    const name = this.isCalled ? `${kebab(this.pipeline.name)}--${task.id}` : task.id;
    return componentTemplates(this.graph).has(name) ? `${name}--task` : name;
  }

  private sharedTemplate(component: string): string {
    const name = this.sharedTemplates.get(component) ?? this.sharedName(kebab(component));
    this.sharedTemplates.set(component, name);
    return name;
  }

  /** The template of a component, for tasks without settings of their own. */
  public sharedName(component: string): string {
    return !this.isCalled || this.sharesSettings ? component : `${kebab(this.pipeline.name)}--${component}`;
  }

  /** Outer values, as arguments of a template that needs them. */
  public passOn(outer: readonly Outer[], resolve: Resolve): Parameter[] {
    return outer.map((each) => ({ name: this.closure.nameOf(each), value: printArgument(each, resolve) }));
  }

  /** The templates that a node needs besides those of components and called pipelines. */
  private inner(node: GraphNode): Template[] {
    switch (node.kind) {
      case 'if':
        return ifTemplate(node, this);
      case 'loop':
        return loopTemplate(node, this);
      case 'exit-handler':
        return this.dag(this.templateName('handler', node.id), node.body, this.closure.ofBodies(node));
      case 'repeat':
        return [repeatTemplate(node, this, this.graph.pipelines[node.pipeline]!)];
      case 'approval':
        return [approvalTemplate(node, this)];
      default:
        return [];
    }
  }

  private call(node: GraphNode, resolve: Resolve, nodes: ReadonlyMap<string, GraphNode>): DagTask {
    const after = depends(node, nodes);
    return {
      name: node.id,
      template: this.templateOf(node),
      ...(after !== undefined && { depends: after }),
      ...argumentsOf(this.inputsOf(node, resolve)),
      ...(node.kind === 'exit-handler' &&
        node.onExit && { hooks: { exit: this.exitHook(node.onExit, undefined, resolve) } }),
    };
  }

  private templateOf(node: GraphNode): string {
    switch (node.kind) {
      case 'task': {
        const name = this.templateNameOf(node);
        return isCached(node, this.graph) ? cachedTemplateName(name) : name;
      }
      case 'pipeline':
        return pipelineTemplateName(node.pipeline);
      case 'if':
        return this.templateName('if', node.id);
      case 'loop':
        return this.templateName('for', node.id);
      case 'exit-handler':
        return this.templateName('handler', node.id);
      case 'repeat':
        return this.templateName('repeat', node.id);
      case 'approval':
        return this.templateName('approval', node.id);
    }
  }

  /** The values of the run that a task's settings hold. */
  private settingsOf({ settings }: TaskNode, resolve: Resolve): Parameter[] {
    return settingInputs(settings).map(({ input, value }) => ({
      name: input,
      value: printArgument(value.expression, resolve),
    }));
  }

  private argumentsOfTask(node: TaskNode, resolve: Resolve): Parameter[] {
    const parameters = printInputs(node.inputs, resolve);
    return runValuesOf(node.settings).length === 0 ? parameters : [...parameters, ...this.settingsOf(node, resolve)];
  }

  /** What a node's template is called with. */
  private inputsOf(node: GraphNode, resolve: Resolve): Parameter[] {
    switch (node.kind) {
      case 'task':
        return this.argumentsOfTask(node, resolve);
      case 'pipeline':
        return printInputs(node.inputs, resolve);
      case 'repeat':
        return [...printInputs(node.inputs, resolve), { name: `${node.id}--iteration`, value: '0' }];
      case 'if':
        return this.passOn(this.closure.ofNode(node), resolve);
      case 'exit-handler':
        return this.passOn(this.closure.ofBodies(node), resolve);
      case 'loop':
        return [
          { name: `${node.id}--items`, value: printArgument(node.items, resolve) },
          ...this.passOn(this.closure.ofBodies(node), resolve),
        ];
      case 'approval':
        return node.message ? [{ name: 'message', value: printArgument(node.message, resolve) }] : [];
    }
  }
}

/**
 * An output of a DAG. It has a default, because what it comes from may not have run: without one, a run with such a DAG in
 * a loop never ends.
 */
function outputOf(name: string, value: Expression, resolve: Resolve): OutputParameter {
  if (value.kind === 'output') {
    const { tag, raw, computed } = resolve(value);
    if (!raw && !computed) return { name, valueFrom: { parameter: `{{${tag}}}`, default: ABSENT } };
  }
  return { name, valueFrom: { expression: textOf(value, resolve), default: ABSENT } };
}

function withInputs({ name, inputs, ...rest }: Template, more: readonly Parameter[]): Template {
  const parameters = [...more, ...(inputs?.parameters ?? [])];
  return { name, ...(parameters.length > 0 && { inputs: { parameters } }), ...rest };
}
