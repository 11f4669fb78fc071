import type { Json } from '../components/definition';
import type { Diagnostic } from '../diagnostic';
import { argumentProblems } from '../graph/arguments';
import type { PipelineGraph } from '../graph/graph';
import { givenArguments } from './argument-texts';

/** Values of a pipeline's parameters, and everything that is wrong with them. */
export interface CheckedArguments {
  readonly values: Readonly<Record<string, Json>>;
  readonly problems: readonly Diagnostic[];
}

/**
 * The values that a run has: those given as texts, as on a command line, over those given as values, then the defaults.
 *
 * @param texts `name=value`: a string is taken as it stands, every other type is read as JSON
 */
export function checkArguments(
  graph: PipelineGraph,
  values: Readonly<Record<string, Json | undefined>>,
  texts: readonly string[],
): CheckedArguments {
  const read = givenArguments(graph.parameters, values, texts, graph.path);
  const { values: given, unreadable } = read;
  const problems = [...read.problems];
  for (const problem of argumentProblems(graph.parameters, given, unreadable)) {
    problems.push({ code: 'KFP1401', path: graph.path, ...problem });
  }
  const defaults = Object.entries(graph.parameters).flatMap(([name, parameter]): [string, Json][] =>
    parameter.default === undefined ? [] : [[name, parameter.default]],
  );
  return { values: { ...Object.fromEntries(defaults), ...given }, problems };
}
