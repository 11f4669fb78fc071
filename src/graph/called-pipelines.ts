import type { Pipeline } from '../constructs/pipeline';
import type { RepeatUntil } from '../constructs/repeat-until';
import type { SubPipeline } from '../constructs/sub-pipeline';
import type { Task } from '../constructs/task';
import { type Diagnostic, isWarning } from '../diagnostic';
import type { CalledPipeline } from './graph';
import { memberOf } from './member';

/** The pipelines that a pipeline calls, and those that they call. */
export interface CalledPipelines {
  readonly pipelines: Readonly<Record<string, CalledPipeline>>;
  /** Their tasks, which bring components and sources. */
  readonly tasks: readonly Task[];
  readonly diagnostics: readonly Diagnostic[];
  /** True where one of them has errors of its own, which it reports itself. */
  readonly areBroken: boolean;
}

/** Compiles what a pipeline calls. A name stands for one pipeline, and none of them calls itself. */
export function calledPipelines(caller: Pipeline, calls: readonly (SubPipeline | RepeatUntil)[]): CalledPipelines {
  const pipelines: Record<string, CalledPipeline> = {};
  const tasks = new Set<Task>();
  const diagnostics: Diagnostic[] = [];
  let areBroken = false;
  const add = (called: CalledPipeline, call: SubPipeline | RepeatUntil) => {
    const other = called.name === caller.name ? { path: caller.node.path } : memberOf(pipelines, called.name);
    pipelines[called.name] ??= called;
    if (other === undefined || other.path === called.path) return;
    diagnostics.push({
      code: 'KFP1250',
      path: call.node.path,
      message: `calls '${called.path}', which has the name '${called.name}', as has '${other.path}'`,
      mend: 'give one of them another name: templates are named after pipelines',
    });
  };
  for (const call of calls) {
    const { pipeline } = call;
    const compiled = pipeline.partial;
    if (!compiled) {
      diagnostics.push({
        code: 'KFP1251',
        path: call.node.path,
        message: `calls '${pipeline.node.path}', which calls itself by this`,
        mend: 'repeat a pipeline with RepeatUntil, which has a bound',
      });
      continue;
    }
    const { graph, diagnostics: problems, callsBroken } = compiled;
    if (callsBroken || !problems.every(isWarning)) areBroken = true;
    const { name, path, parameters, returns, settings, root, onExit, kfp } = graph;
    add({ name, path, parameters, returns, settings, root, ...(onExit && { onExit }), ...(kfp && { kfp }) }, call);
    for (const inner of Object.values(graph.pipelines)) add(inner, call);
    for (const task of tasksOfCalled(pipeline)) tasks.add(task);
  }
  return { pipelines, tasks: [...tasks], diagnostics, areBroken };
}

/** The tasks of a pipeline and of all that it calls. */
function* tasksOfCalled(pipeline: Pipeline, seen: Set<Pipeline> = new Set()): Generator<Task> {
  if (seen.has(pipeline)) return;
  seen.add(pipeline);
  yield* pipeline.tasks;
  for (const called of pipeline.called) yield* tasksOfCalled(called, seen);
}
