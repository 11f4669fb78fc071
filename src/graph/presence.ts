import { testedInputs } from '../components/optional-arguments';
import type { Expression } from '../values/expression';
import { hasOwnTemplate } from './artifact-sources';
import { allTasks, type PipelineGraph, pipelinesOf, type TaskNode } from './graph';
import { memberOf } from './member';
import { once } from './once';

/** Whether inputs are given, by input; those that only the run can tell of are left out. */
export type Presence = Readonly<Record<string, boolean>>;

const UNKNOWN: Presence = {};

/** Whether the tasks that share this one's template are given the inputs that their command line depends on. */
export function presenceOf(task: TaskNode, graph: PipelineGraph): Presence {
  const found = presences(graph);
  return found.get(task) ?? found.get(task.component) ?? UNKNOWN;
}

const presences = once((graph: PipelineGraph): ReadonlyMap<TaskNode | string, Presence> => {
  const found = new Map<TaskNode | string, Presence>();
  const tested = new Map<string, readonly string[]>();
  for (const [name, { implementation }] of Object.entries(graph.components)) {
    const inputs = implementation.kind === 'container' ? testedInputs(implementation) : [];
    if (inputs.length > 0) tested.set(name, inputs);
  }
  if (tested.size === 0) return found;
  for (const task of pipelinesOf(graph).flatMap(allTasks)) {
    const own: Record<string, boolean> = {};
    for (const input of tested.get(task.component) ?? []) {
      const given = isGiven(task, input, graph);
      if (given !== undefined) own[input] = given;
    }
    const key = hasOwnTemplate(task, graph) ? task : task.component;
    const others = found.get(key);
    found.set(key, others ? common(own, others) : own);
  }
  return found;
});

function common(a: Presence, b: Presence): Presence {
  return Object.fromEntries(Object.entries(a).filter(([input, given]) => memberOf(b, input) === given));
}

/** Whether a task is given a value that is not None; undefined where the run decides. */
function isGiven(task: TaskNode, input: string, graph: PipelineGraph): boolean | undefined {
  const value = memberOf(task.inputs, input);
  if (value === undefined) return false;
  if (value.kind === 'literal') return value.value !== null;
  const isRequired = !memberOf(graph.components[task.component]!.inputs, input)?.optional;
  return isRequired || !MAY_BE_ABSENT.has(value.kind) ? true : undefined;
}

/** What is computed always has a value; what is passed on may have none. */
const MAY_BE_ABSENT: ReadonlySet<Expression['kind']> = new Set([
  'parameter',
  'output',
  'loop',
  'field',
  'one-of',
  'collect',
]);
