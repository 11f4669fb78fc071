import { upstreamOf } from './order';
import { CHANNEL, WHEN_ENDED } from './reserved';
import type { IrComponent, IrDag, IrDocument, IrTask } from './types';

/**
 * What a task is. Only the shape tells: `branch` is an If's, `branches` the DAG that holds those of one If, `call` a pipeline that
 * is called, `leaf` what runs in a pod.
 */
export type TaskShape = 'leaf' | 'call' | 'branch' | 'branches' | 'loop' | 'exit-handler';

/** What each task of a DAG is. */
export interface DagShapes {
  readonly shapes: ReadonlyMap<string, TaskShape>;
  /** The exit tasks, by the key of their exit handler. */
  readonly exits: ReadonlyMap<string, string>;
}

/** Whether a component's inputs are all there to reach what is outside of it, so that it is no pipeline of its own. */
function isGroup({ inputDefinitions = {} }: IrComponent): boolean {
  const { parameters = {}, artifacts = {} } = inputDefinitions;
  for (const name in parameters) if (!name.startsWith(CHANNEL)) return false;
  for (const name in artifacts) if (!name.startsWith(CHANNEL)) return false;
  return true;
}

/** The component of a task. */
export function componentOf({ componentRef }: IrTask, document: IrDocument): IrComponent | undefined {
  const { components = {} } = document.spec;
  return Object.hasOwn(components, componentRef.name) ? components[componentRef.name] : undefined;
}

/** Whether a task runs once for each item of a list. */
export function isLoop({ parameterIterator, artifactIterator }: IrTask): boolean {
  return (parameterIterator ?? artifactIterator) !== undefined;
}

/** What the tasks of a document are; found once for each DAG. */
export class Shapes {
  private readonly known = new Map<IrDag, DagShapes>();

  public constructor(private readonly document: IrDocument) {}

  /** What the tasks of a DAG are. */
  public of(dag: IrDag): DagShapes {
    let found = this.known.get(dag);
    if (!found) {
      const { tasks = {} } = dag;
      const exits = exitsOf(tasks, this.document);
      const shapes = new Map<string, TaskShape>();
      for (const key in tasks) shapes.set(key, shapeOf(key, tasks[key]!, exits, this.document));
      found = { shapes, exits };
      this.known.set(dag, found);
    }
    return found;
  }
}

function shapeOf(key: string, task: IrTask, exits: ReadonlyMap<string, string>, document: IrDocument): TaskShape {
  const component = componentOf(task, document);
  if (!component?.dag) return 'leaf';
  if (!isGroup(component)) return 'call';
  const isConditional = task.triggerPolicy?.condition !== undefined;
  if (isLoop(task)) return isConditional ? 'call' : 'loop';
  if (isConditional) return 'branch';
  if (exits.has(key)) return 'exit-handler';
  return holdsBranches(component) ? 'branches' : 'call';
}

/** A chain of branches is a DAG of nothing else, which reads what the conditions ask. */
function holdsBranches({ dag = {}, inputDefinitions }: IrComponent): boolean {
  if (Object.keys(inputDefinitions?.parameters ?? {}).length === 0) return false;
  const tasks = Object.values(dag.tasks ?? {});
  return tasks.length > 0 && tasks.every((task) => task.triggerPolicy?.condition !== undefined && !isLoop(task));
}

/**
 * The exit tasks of exit handlers. KFP writes both side by side, and says of the exit task only that it runs when the handler has
 * ended; one on which others depend, or which reads from others, is an ordinary task that does.
 */
function exitsOf(tasks: Readonly<Record<string, IrTask>>, document: IrDocument): ReadonlyMap<string, string> {
  const exits = new Map<string, string>();
  const candidates = Object.keys(tasks).filter((key) => isExitTask(tasks[key]!, tasks, document));
  if (candidates.length === 0) return exits;
  const awaited = new Set(Object.values(tasks).flatMap(upstreamOf));
  const take = (key: string) => {
    const [handler] = upstreamOf(tasks[key]!);
    if (!awaited.has(key) && !exits.has(handler!)) exits.set(handler!, key);
  };
  // What asks how the handler ended is the exit task, if anything is.
  const asks = (key: string) =>
    Object.values(tasks[key]!.inputs?.parameters ?? {}).some((input) => input.taskFinalStatus);
  for (const key of candidates) if (asks(key)) take(key);
  for (const key of candidates) take(key);
  return exits;
}

function isExitTask(task: IrTask, tasks: Readonly<Record<string, IrTask>>, document: IrDocument): boolean {
  if (task.triggerPolicy?.strategy !== WHEN_ENDED || task.triggerPolicy.condition !== undefined || isLoop(task))
    return false;
  const upstream = upstreamOf(task);
  const [handler] = upstream;
  if (upstream.length !== 1 || !handler!.includes('exit-handler') || !Object.hasOwn(tasks, handler!)) return false;
  if (readsOutputs(task) || executorOf(task, document)?.importer) return false;
  const guarded = tasks[handler!]!;
  const component = componentOf(guarded, document);
  return component?.dag !== undefined && isGroup(component) && !isLoop(guarded) && !guarded.triggerPolicy?.condition;
}

function readsOutputs({ inputs = {} }: IrTask): boolean {
  return (
    Object.values(inputs.parameters ?? {}).some((input) => input.taskOutputParameter) ||
    Object.values(inputs.artifacts ?? {}).some((input) => input.taskOutputArtifact)
  );
}

function executorOf(task: IrTask, document: IrDocument) {
  const label = componentOf(task, document)?.executorLabel;
  return label === undefined ? undefined : document.spec.deploymentSpec?.executors?.[label];
}
