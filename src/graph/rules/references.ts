import type { Diagnostic } from '../../diagnostic';
import type { Dag, PipelineGraph, TaskNode } from '../graph';
import { nearest } from '../names';
import { type ExpressionUse, expressionsOf, nodesOf, subexpressions } from '../walk';

/** What is read exists, belongs to this pipeline, and is certain to have run where it is read. */
export function references(graph: PipelineGraph): readonly Diagnostic[] {
  const tasks = new Map<string, { readonly task: TaskNode; readonly dag: Dag | undefined }>();
  for (const { node, scopes } of nodesOf(graph)) {
    if (node.kind === 'task') tasks.set(node.id, { task: node, dag: scopes.at(-1) });
  }
  const diagnostics: Diagnostic[] = [];
  for (const use of expressionsOf(graph)) {
    const reader = use.input === undefined ? 'the condition' : `the input '${use.input}'`;
    const report = (code: string, message: string, mend: string) =>
      diagnostics.push({ code, path: use.site.path, message, mend });
    for (const part of subexpressions(use.expression)) {
      if (part.kind === 'parameter' && !Object.hasOwn(graph.parameters, part.name)) {
        const meant = nearest(part.name, Object.keys(graph.parameters));
        report(
          'KFP1222',
          `${reader} reads the parameter '${part.name}', which this pipeline does not have`,
          meant ? `did you mean '${meant}'?` : 'declare it in the Pipeline’s parameters',
        );
      }
      if (part.kind === 'run' && part.field === 'finalStatus' && !use.onExit) {
        report(
          'KFP1225',
          `${reader} takes the run's final status before the run has ended`,
          'use the component in an OnExit',
        );
      }
      if (part.kind === 'output') checkOutput(part, reader, use, tasks, graph, report);
    }
  }
  for (const { node } of nodesOf(graph)) {
    for (const id of node.dependsOn) {
      if (!id.startsWith('/') || readsFrom(node, id)) continue;
      diagnostics.push({
        code: 'KFP1221',
        path: node.path,
        message: `runs after '${id.slice(1)}', which is not a task of this pipeline`,
        mend: 'order tasks of one pipeline only',
      });
    }
  }
  return diagnostics;
}

function checkOutput(
  { task: id, output }: { readonly task: string; readonly output: string },
  reader: string,
  use: ExpressionUse,
  tasks: ReadonlyMap<string, { readonly task: TaskNode; readonly dag: Dag | undefined }>,
  graph: PipelineGraph,
  report: (code: string, message: string, mend: string) => void,
): void {
  const found = tasks.get(id);
  if (!found) {
    report(
      'KFP1221',
      `${reader} reads '${output}' of '${id.slice(1)}', which is not a task of this pipeline`,
      'create the producing task under the same Pipeline',
    );
    return;
  }
  const { task, dag } = found;
  if (use.onExit) {
    report(
      'KFP1223',
      `${reader} reads '${task.path}.${output}' in the exit task, where it may not exist`,
      'give the exit task parameters, facts of the run or its final status',
    );
  } else if (task === graph.onExit) {
    report(
      'KFP1223',
      `${reader} reads '${output}' of the exit task '${task.path}'`,
      'nothing can run after the exit task',
    );
  } else if (dag && !use.scopes.includes(dag)) {
    report(
      'KFP1220',
      `${reader} reads '${task.path}.${output}' from outside the branch that produces it`,
      'create the reader in the same branch: outside of it, the task may not have run',
    );
  }
}

function readsFrom(node: { readonly kind: string }, id: string): boolean {
  if (node.kind !== 'task') return false;
  const { inputs } = node as TaskNode;
  return Object.values(inputs).some((expression) => {
    for (const part of subexpressions(expression)) if (part.kind === 'output' && part.task === id) return true;
    return false;
  });
}
