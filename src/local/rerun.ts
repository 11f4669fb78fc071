import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Diagnostic, DiagnosticsError } from '../diagnostic';
import { allTasks, type Dag, type GraphNode, type PipelineGraph, type TaskNode } from '../graph/graph';
import { memberOf } from '../graph/member';
import { nearest } from '../graph/names';
import { subexpressions } from '../graph/walk';
import { placesOf } from './reference';
import { tasksOfNode } from './scheduler';
import type { Store, StoredRun } from './store';

/** Which part of a pipeline is run again, on what the last run left. */
export interface RerunRequest {
  /** One task alone; its branch's condition is not asked. */
  readonly task?: string;
  /** A task and all that depends on it. */
  readonly from?: string;
}

/** A part of a pipeline that is run again. */
export interface Rerun {
  readonly last: StoredRun;
  /** Ids of the tasks that run; the results of all others are the last run's. */
  readonly tasks: ReadonlySet<string>;
  /** The one task that runs, where only one was asked for. */
  readonly only?: TaskNode;
}

/**
 * Decides what a rerun runs.
 *
 * @throws DiagnosticsError where there is no such task, no last run, or the last run lacks what is needed
 */
export function planRerun(graph: PipelineGraph, store: Store, request: RerunRequest): Rerun | undefined {
  const name = request.task ?? request.from;
  if (name === undefined) return undefined;
  const tasks = allTasks(graph);
  const target = tasks.find(({ id }) => id === name);
  if (!target) {
    const known = tasks.map(({ id }) => id);
    const meant = nearest(name, known);
    throw new DiagnosticsError([
      {
        code: 'KFP1410',
        path: graph.path,
        message: `pipeline '${graph.name}' has no task '${name}'`,
        mend: meant ? `did you mean '${meant}'?` : `its tasks are ${known.join(', ')}`,
      },
    ]);
  }
  const last = store.lastRun(graph.name);
  if (!last) {
    throw new DiagnosticsError([
      {
        code: 'KFP1411',
        path: target.path,
        message: `'${name}' cannot run alone: pipeline '${graph.name}' has no last run in ${store.folder}`,
        mend: 'run the whole pipeline once',
      },
    ]);
  }
  const only = request.task !== undefined || target === graph.onExit ? target : undefined;
  const rerun = only ? { tasks: new Set([name]), needed: producersOf(only) } : dependentsOf(graph.root, name);
  const lacking = [...rerun.needed]
    .filter((id) => !rerun.tasks.has(id))
    .flatMap((id) => whatIsMissing(id, last, store));
  if (lacking.length > 0) {
    throw new DiagnosticsError(
      lacking.map(
        (message): Diagnostic => ({
          code: 'KFP1412',
          path: target.path,
          message: `'${name}' needs the last run (${last.name}): ${message}`,
          mend: 'run the whole pipeline, or begin further up with --from',
        }),
      ),
    );
  }
  return { last, tasks: rerun.tasks, ...(only && { only }) };
}

/** A task, everything that depends on it, and the nodes whose results these need. */
function dependentsOf(root: Dag, target: string): { tasks: ReadonlySet<string>; needed: ReadonlySet<string> } {
  const tasks = new Set<string>();
  const needed = new Set<string>();
  const visit = (dag: Dag) => {
    const nodes = new Map(dag.nodes.map((node) => [node.id, node]));
    const memo = new Map<string, boolean>();
    const holdsTarget = (node: GraphNode) => tasksOfNode(node).some(({ id }) => id === target);
    const isAffected = (node: GraphNode): boolean => {
      let affected = memo.get(node.id);
      if (affected === undefined) {
        affected = node.id === target || node.dependsOn.some((id) => reaches(nodes.get(id)!));
        memo.set(node.id, affected);
      }
      return affected;
    };
    const reaches = (node: GraphNode): boolean => isAffected(node) || holdsTarget(node);
    for (const node of dag.nodes) {
      if (!reaches(node)) continue;
      for (const id of node.dependsOn) if (!reaches(nodes.get(id)!)) needed.add(id);
      if (isAffected(node)) for (const task of tasksOfNode(node)) tasks.add(task.id);
      else if (node.kind === 'if') for (const branch of node.branches) visit(branch.body);
    }
  };
  visit(root);
  return { tasks, needed };
}

/** The tasks whose outputs a task reads. */
function producersOf(task: TaskNode): ReadonlySet<string> {
  const read = Object.values(task.inputs).flatMap((expression) => subexpressions(expression));
  return new Set(read.flatMap((part) => (part.kind === 'output' ? [part.task] : [])));
}

function whatIsMissing(id: string, last: StoredRun, store: Store): readonly string[] {
  const state = (memberOf(last.tasks, id) ?? memberOf(last.groups, id))?.state;
  if (state !== 'Succeeded') return [state ? `there '${id}' was ${state}` : `it does not know '${id}'`];
  const texts = Object.values(memberOf(last.tasks, id)?.texts ?? {}).filter((text) => /^\[?\{"key":/.test(text));
  const deleted = texts
    .flatMap(placesOf)
    .some(({ reference }) => !fs.existsSync(path.dirname(store.pathOf(reference.key))));
  return deleted ? [`the artifacts of '${id}' were deleted`] : [];
}
