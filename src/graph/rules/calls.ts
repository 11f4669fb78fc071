import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph, RepeatNode } from '../graph';
import { memberOf } from '../member';
import { nearest } from '../names';
import { notableNodesOf } from '../walk';
import { assignable } from './types';

/** The longest chain of templates that a repetition becomes: Argo's engine nests no deeper than 100. */
const MOST_ITERATIONS = 20;

/** Pipelines return what they declare, exit handlers have an exit task, and repetitions end. */
export function calls(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const report = (code: string, path: string, message: string, mend: string) =>
    diagnostics.push({ code, path, message, mend });
  for (const name of Object.keys(graph.returns)) {
    if (Object.hasOwn(graph.root.outputs, name)) continue;
    report(
      'KFP1253',
      graph.path,
      `the output '${name}' is given no value`,
      `bind it: pipeline.returns({ ${name}: … })`,
    );
  }
  for (const name of Object.keys(graph.root.outputs)) {
    if (Object.hasOwn(graph.returns, name)) continue;
    const meant = nearest(name, Object.keys(graph.returns));
    report(
      'KFP1253',
      graph.path,
      `returns '${name}', which is no declared output`,
      meant ? `did you mean '${meant}'?` : "declare it in the Pipeline's outputs",
    );
  }
  for (const { node } of notableNodesOf(graph)) {
    if (node.kind === 'exit-handler' && !node.onExit) {
      report('KFP1254', node.path, 'the exit handler has no exit task', 'create an OnExit under it');
    }
    if (node.kind === 'repeat') {
      for (const [message, mend] of repeatProblems(node, graph)) report('KFP1255', node.path, message, mend);
    }
  }
  return diagnostics;
}

function repeatProblems(node: RepeatNode, graph: PipelineGraph): (readonly [message: string, mend: string])[] {
  const { pipeline, until, limit } = node;
  const called = graph.pipelines[pipeline];
  if (!called) return [];
  const problems: (readonly [string, string])[] = [];
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ITERATIONS) {
    problems.push([`maxIterations is ${limit}`, `give a whole number from 1 to ${MOST_ITERATIONS}`]);
  }
  const output = memberOf(called.returns, until);
  if (!output) problems.push([`'${pipeline}' does not return '${until}'`, 'name a boolean output of the pipeline']);
  else if (output.kind !== 'parameter' || output.type !== 'BOOLEAN') {
    problems.push([`'${until}' is no boolean`, 'name a boolean output of the pipeline']);
  }
  if (Object.hasOwn(called.returns, 'iterations')) {
    problems.push(["the pipeline returns 'iterations', which is the number of iterations here", 'rename that output']);
  }
  for (const [name, value] of Object.entries(called.root.outputs)) {
    const parameter = memberOf(called.parameters, name);
    if (!parameter || assignable(value.type, parameter.type)) continue;
    problems.push([
      `the output '${name}' cannot be the parameter '${name}' of the next iteration: they are of different types`,
      'give them one type, or different names',
    ]);
  }
  return problems;
}
