import type { Construct } from 'constructs';
import type { Passthrough } from '../../components/definition';
import { ExitHandler } from '../../constructs/exit-handler';
import { type Elif, type Else, If } from '../../constructs/if';
import { ParallelFor } from '../../constructs/parallel-for';
import type { Value } from '../../values/value';
import { type Condition, parseCondition } from '../ir/condition';
import { isLoop } from '../ir/shapes';
import type { IrTask } from '../ir/types';
import { inputsOf } from './bindings';
import { ConditionProblem, chainOf, conditionValue } from './conditions';
import { addToBag, bagOf, freeId, saidOfGroup } from './created';
import type { DagImport, Produced } from './dag';
import type { TaskInputs } from './inputs';
import { loopList } from './items';
import { collectedBy, type Given } from './outputs';
import { reuseNothing } from './reuse';
import { importRunnable } from './runnables';
import { literalTrue } from './values';

/** A task with a condition: an If, with what the task runs in it. */
export function importBranch(dag: DagImport, key: string, task: IrTask, inputs: TaskInputs): Produced | undefined {
  const { construct, around } = dag.place;
  const id = dag.shapeOf(key) === 'branch' ? dag.groupId(key, task) : `${key}-if`;
  const condition = readCondition(dag, key, task);
  const node = new If(construct, freeId(construct, id), { condition: evaluated(dag, key, condition, inputs) });
  dag.finish(key, task, node);
  addToBag(node, saidOfBranch(dag, key, task));
  const body = importBody(dag, key, task, inputs, node, dag.nameIn(around, id));
  return (
    body && {
      awaited: node,
      node,
      mayBeSkipped: true,
      output: (name) => {
        const given = body(name);
        return given && { ...given, isConditional: true };
      },
    }
  );
}

/** A DAG of the branches of one If. It vanishes: the If stands where the DAG does. */
export function importBranches(dag: DagImport, key: string, task: IrTask, inputs: TaskInputs): Produced | undefined {
  const { construct, around } = dag.place;
  const inner = dag.nested(dag.inside(key, task, inputs, construct, around));
  const tasks = inner.place.component.dag!.tasks!;
  const conditions = new Map(
    Object.entries(tasks).map(([branch, each]) => [branch, readCondition(inner, branch, each)] as const),
  );
  const chain = chainOf(conditions);
  if (!chain) {
    dag.document.report.error(
      'KFP1522',
      [...inner.place.path, 'dag'],
      'its conditions are not those of one If with its Elifs and Else: each has to deny those before it',
      'compile the pipeline again',
    );
    return undefined;
  }
  let first: If | undefined;
  for (const { key: branch, condition } of chain) {
    const each = tasks[branch]!;
    const own = inputsOf(inner, branch, each);
    const id = freeId(construct, inner.shapeOf(branch) === 'branch' ? inner.groupId(branch, each) : `${branch}-if`);
    const value = condition && evaluated(inner, branch, condition, own);
    let scope: If | Elif | Else;
    if (!first) {
      first = new If(construct, id, { condition: value ?? literalTrue() });
      scope = first;
      dag.finish(key, task, first);
      addToBag(first, saidOfGroup(key, task));
      inner.pipeline.nodes.set(inner.place.keys + branch, first);
    } else {
      scope = value ? first.elif(id, { condition: value }) : first.else(id);
    }
    scope.origin = () => dag.document.read.at(inner.pathOf(branch));
    const said = bagOf(inner.unknownOf(branch, 'if'), saidOfBranch(inner, branch, each));
    if (scope === first) first.branchKfp = said;
    else scope.kfp = said;
    const body = importBody(inner, branch, each, own, scope, dag.nameIn(around, id));
    if (body) inner.setProduced(branch, { awaited: first, node: first, output: body });
  }
  inner.chain = { keys: new Set(conditions.keys()), isComplete: chain.at(-1)?.condition === undefined };
  return (
    first && {
      awaited: first,
      node: first,
      mayBeSkipped: !inner.chain.isComplete,
      output: (name) => inner.output(name),
    }
  );
}

/** A task that runs once for each item of a list. */
export function importLoop(dag: DagImport, key: string, task: IrTask, inputs: TaskInputs): Produced | undefined {
  const { construct, around } = dag.place;
  const list = loopList(dag, key, task, inputs);
  if (!list) return undefined;
  const isGroup = dag.shapeOf(key) === 'loop';
  const id = isGroup ? dag.groupId(key, task) : `${key}-loop`;
  const parallelism = task.iteratorPolicy?.parallelismLimit ?? 0;
  const loop = new ParallelFor(construct, freeId(construct, id), {
    items: list.items,
    ...(list.item && { item: list.item }),
    ...(parallelism > 0 && { parallelism }),
  }) as unknown as ParallelFor;
  const name = dag.nameIn(around, id);
  const own = inputsOf(dag, key, task, new Map([[list.input, loop.item]]));
  dag.finish(key, task, loop);
  addToBag(loop, list.kfp);
  if (isGroup) {
    addToBag(loop, saidOfGroup(key, task));
    const body = dag.nested(dag.inside(key, task, own, loop, name)).run();
    return { awaited: loop, node: loop, output: (output) => collected(dag, loop, body.output(output)) };
  }
  const inner = importRunnable(dag, key, task, own, { construct: loop, around: name });
  dag.trace(key, inner.node);
  return { awaited: loop, node: loop, output: (output) => collected(dag, loop, inner.output(output)) };
}

/** What runs together, with what runs when it has ended. */
export function importExitHandler(dag: DagImport, key: string, task: IrTask, inputs: TaskInputs): Produced {
  const { construct, around } = dag.place;
  const id = dag.groupId(key, task);
  const node = new ExitHandler(construct, freeId(construct, id));
  dag.finish(key, task, node);
  addToBag(node, saidOfGroup(key, task));
  const body = dag.nested(dag.inside(key, task, inputs, node, dag.nameIn(around, id))).run();
  return { awaited: node, node, output: (name) => body.output(name) };
}

/** What a task with a condition runs, inside of its branch; what comes back gives its outputs. */
function importBody(
  dag: DagImport,
  key: string,
  task: IrTask,
  inputs: TaskInputs,
  construct: If | Elif | Else,
  around: string,
): Produced['output'] | undefined {
  if (dag.shapeOf(key) === 'branch') {
    const body = dag.nested(dag.inside(key, task, inputs, construct as Construct, around)).run();
    return (name) => body.output(name);
  }
  const { triggerPolicy: _, dependentTasks: __, ...unconditional } = task;
  if (isLoop(task)) {
    const within = dag.nested({ ...dag.place, construct: construct as Construct, around });
    within.takeFrom(dag);
    const loop = importLoop(within, key, unconditional, inputs);
    return loop?.output;
  }
  const runnable = importRunnable(dag, key, unconditional, inputs, { construct: construct as Construct, around });
  dag.trace(key, runnable.node);
  return runnable.output;
}

/** What a document says of a branch besides; of a single task with a condition, that is said of the task. */
function saidOfBranch(dag: DagImport, key: string, task: IrTask): Passthrough {
  return dag.shapeOf(key) === 'branch' ? saidOfGroup(key, task) : {};
}

function collected(dag: DagImport, loop: ParallelFor, given: Given | undefined): Given | undefined {
  if (!given) return undefined;
  reuseNothing(given.value, dag.document);
  return collectedBy(loop, given);
}

/** A task's condition; one that cannot be read is told of, and taken to hold. */
function readCondition(dag: DagImport, key: string, task: IrTask): Condition {
  const parsed = parseCondition(task.triggerPolicy!.condition!);
  if (!('error' in parsed)) return parsed;
  dag.document.report.error(
    'KFP1522',
    [...dag.pathOf(key), 'triggerPolicy', 'condition'],
    `the condition cannot be read: ${parsed.error} (column ${parsed.column})`,
    'KFP’s own backend takes comparisons of inputs and literals, joined by && and !(…): change the pipeline and compile it again',
  );
  return { kind: 'value', operand: { literal: true } };
}

function evaluated(dag: DagImport, key: string, condition: Condition, inputs: TaskInputs): Value<boolean> {
  try {
    return conditionValue(condition, (name) => {
      const given = inputs.effective(name);
      dag.pipeline.needs(given);
      return { given, type: inputs.typeOf(name) };
    });
  } catch (error) {
    if (!(error instanceof ConditionProblem)) throw error;
    dag.document.report.error('KFP1522', [...dag.pathOf(key), 'triggerPolicy', 'condition'], error.message, error.mend);
    return literalTrue();
  }
}
