import {
  type Branch,
  type Dag,
  type GraphNode,
  type IfNode,
  type PipelineGraph,
  type TaskNode,
  tasksOf,
} from '../graph/graph';
import { kebab } from '../graph/names';
import { subexpressions } from '../graph/walk';
import type { Expression, ValueType } from '../values/expression';
import {
  negated,
  operand,
  printArgument,
  type Reference,
  type Resolve,
  reference,
  string,
  tag,
  typed,
} from './expression-printer';
import type { DagTask, Parameter, Template } from './types';

/** The name of the pipeline's outermost DAG. */
export const ENTRYPOINT = 'main';

/** An output of a task outside of a DAG that something inside of it reads. */
interface Outer {
  readonly task: string;
  readonly output: string;
  readonly type: ValueType;
}

/** The template that a task calls: its component's, or one of its own where it has settings of its own. */
export function templateNameOf(task: TaskNode): string {
  return task.ownSettings ? task.id : kebab(task.component);
}

/**
 * The DAG templates of a pipeline, outermost first. Each If is a DAG of its branches, each branch a DAG of its tasks.
 * Outputs of tasks outside that are read inside become inputs.
 */
export function dagTemplates(graph: PipelineGraph): Template[] {
  return new DagPrinter(graph).dag(ENTRYPOINT, graph.root, []);
}

/** How the exit task's inputs refer to values. It stands outside of every DAG. */
export function exitArguments(graph: PipelineGraph, task: TaskNode): Parameter[] {
  const resolve = resolver(rawWriters(graph), new Set());
  const status = finalStatus(graph.name);
  return argumentsOf(task, (leaf) =>
    leaf.kind === 'run' && leaf.field === 'finalStatus' ? { tag: status, variable: status } : resolve(leaf),
  );
}

class DagPrinter {
  /** What each branch-bearing node reads from outside: asked for once by its parent and once by itself. */
  private readonly outerOf = new Map<Dag | IfNode, readonly Outer[]>();

  private readonly writers: ReadonlySet<string>;

  public constructor(graph: PipelineGraph) {
    this.writers = rawWriters(graph);
  }

  /** A DAG and the DAGs inside of it. `inputs` are the outer values it is called with, by their names. */
  public dag(name: string, dag: Dag, inputs: readonly Outer[]): Template[] {
    const resolve = this.resolver(inputs);
    const inner: Template[] = [];
    const tasks = dag.nodes.map((node) => {
      if (node.kind === 'if') inner.push(...this.group(node));
      return this.call(node, resolve);
    });
    return [dagTemplate(name, inputs, tasks), ...inner];
  }

  private resolver(inputs: readonly Outer[]): Resolve {
    return resolver(this.writers, new Set(inputs.map(inputName)));
  }

  private call(node: GraphNode, resolve: Resolve): DagTask {
    const parameters = node.kind === 'task' ? argumentsOf(node, resolve) : passOn(this.read(node), resolve);
    return {
      name: node.id,
      template: node.kind === 'task' ? templateNameOf(node) : groupName(node),
      ...(node.dependsOn.length > 0 && { depends: node.dependsOn.map((id) => `${id}.Succeeded`).join(' && ') }),
      ...(parameters.length > 0 && { arguments: { parameters } }),
    };
  }

  /** The DAG of an If: one task for each branch, of which at most one runs. */
  private group(node: IfNode): Template[] {
    const inputs = this.read(node);
    const resolve = this.resolver(inputs);
    const before: string[] = [];
    const bodies: Template[] = [];
    const tasks = node.branches.map((branch, index): DagTask => {
      const { condition } = branch;
      const terms = condition
        ? [...before, before.length > 0 ? operand(condition, resolve) : typed(condition, resolve)]
        : [...before];
      if (condition) before.push(negated(condition, resolve));
      const outer = this.read(branch.body);
      const template = branchName(branch, index);
      bodies.push(...this.dag(template, branch.body, outer));
      const parameters = passOn(outer, resolve);
      return {
        name: branch.id,
        template,
        when: tag(terms.join(' && ')),
        ...(parameters.length > 0 && { arguments: { parameters } }),
      };
    });
    return [dagTemplate(groupName(node), inputs, tasks), ...bodies];
  }

  /** Outputs of tasks outside that a DAG, or an If with its conditions, reads, in reading order. */
  private read(from: Dag | IfNode): readonly Outer[] {
    const known = this.outerOf.get(from);
    if (known) return known;
    const outer = new Map<string, Outer>();
    const note = (found: Outer) => outer.set(inputName(found), found);
    if ('branches' in from) {
      for (const { condition, body } of from.branches) {
        if (condition) outputsIn(condition).forEach(note);
        this.read(body).forEach(note);
      }
    } else {
      const inside = new Set(from.nodes.map(({ id }) => id));
      for (const node of from.nodes) {
        const found = node.kind === 'if' ? this.read(node) : Object.values(node.inputs).flatMap(outputsIn);
        for (const each of found) if (!inside.has(each.task)) note(each);
      }
    }
    const list = [...outer.values()];
    this.outerOf.set(from, list);
    return list;
  }
}

function dagTemplate(name: string, inputs: readonly Outer[], tasks: readonly DagTask[]): Template {
  return {
    name,
    ...(inputs.length > 0 && { inputs: { parameters: inputs.map((outer) => ({ name: inputName(outer) })) } }),
    // As in KFP, a failure does not keep independent tasks from running.
    dag: { failFast: false, tasks },
  };
}

function groupName({ id }: IfNode): string {
  return `if-${id}`;
}

function branchName({ id, condition }: Branch, index: number): string {
  if (index === 0) return `then-${id}`;
  return condition ? `elif-${id}` : `else-${id}`;
}

/** A task's id has no two hyphens in a row, so that two outputs never share a name. */
function inputName({ task, output }: Outer): string {
  return `${task}--${output}`;
}

function passOn(outer: readonly Outer[], resolve: Resolve): Parameter[] {
  return outer.map((each) => ({ name: inputName(each), value: printArgument({ kind: 'output', ...each }, resolve) }));
}

function argumentsOf(task: TaskNode, resolve: Resolve): Parameter[] {
  return Object.entries(task.inputs).map(([name, expression]) => ({ name, value: printArgument(expression, resolve) }));
}

function outputsIn(expression: Expression): Outer[] {
  return subexpressions(expression).flatMap((part) =>
    part.kind === 'output' ? [{ task: part.task, output: part.output, type: part.type }] : [],
  );
}

const RUN_VARIABLES = {
  name: 'workflow.name',
  id: 'workflow.uid',
  namespace: 'workflow.namespace',
  creationTime: 'workflow.creationTimestamp.RFC3339',
  // Stands for the whole status in an exit task alone; the rules keep it out of everything else.
  finalStatus: 'workflow.status',
} as const;

/**
 * What an exit task's `PipelineTaskFinalStatus` holds, in KFP's words. Argo gives the failures as JSON in a JSON string.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/variables/#exit-handler
 */
function finalStatus(pipeline: string): string {
  const failures = "filter(fromJSON(fromJSON(workflow.failures)), #.message != '')";
  const message = `join(map(${failures}, #.displayName + ': ' + #.message), '; ')`;
  return (
    "{'state': workflow.status == 'Succeeded' ? 'SUCCEEDED' : 'FAILED', 'pipelineJobResourceName': workflow.name, " +
    `'pipelineTaskName': ${string(pipeline)}, ` +
    `'error': workflow.status == 'Succeeded' ? {'code': 0, 'message': ''} : {'code': 1, 'message': ${message}} }`
  );
}

/** The tasks whose output parameters are written by a container without the runtime, and so are not encoded. */
function rawWriters(graph: PipelineGraph): ReadonlySet<string> {
  const isRaw = (task: TaskNode) => graph.components[task.component]!.implementation.kind === 'container';
  return new Set(
    tasksOf(graph.root)
      .filter(isRaw)
      .map(({ id }) => id),
  );
}

/** How values are referred to inside of a DAG that has these inputs. */
function resolver(writers: ReadonlySet<string>, inputs: ReadonlySet<string>): Resolve {
  return (leaf): Reference => {
    switch (leaf.kind) {
      case 'parameter':
        return reference('workflow.parameters', leaf.name);
      case 'run':
        return { tag: RUN_VARIABLES[leaf.field], variable: RUN_VARIABLES[leaf.field] };
      case 'output': {
        const { task, output, type } = leaf;
        if (inputs.has(inputName(leaf))) return reference('inputs.parameters', inputName(leaf));
        return {
          tag: `tasks.${task}.outputs.parameters.${output}`,
          variable: `tasks['${task}'].outputs.parameters['${output}']`,
          // An artifact's reference is written by the engine, and safe.
          ...(writers.has(task) && !type.includes('.') && { raw: true }),
        };
      }
    }
  };
}
