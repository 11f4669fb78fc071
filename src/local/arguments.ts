import type { Json } from '../components/definition';
import type { Diagnostic } from '../diagnostic';
import { argumentProblems } from '../graph/arguments';
import type { PipelineGraph } from '../graph/graph';
import { memberOf } from '../graph/member';
import { isArtifactType } from '../values/expression';
import { decodeText } from './value-text';

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
  const given: Record<string, Json> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) given[name] = value;
  const problems: Diagnostic[] = [];
  const unreadable = new Set<string>();
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals < 1) {
      problems.push({ code: 'KFP1400', message: `'${text}' is no argument`, mend: 'write it as name=value' });
      continue;
    }
    const [name, value] = [text.slice(0, equals), text.slice(equals + 1)];
    const parameter = memberOf(graph.parameters, name);
    try {
      // What is unknown, and what is an artifact, is told of below.
      const isRead = parameter && parameter.type !== 'STRING' && !isArtifactType(parameter.type);
      given[name] = isRead ? (decodeText(parameter.type, value) ?? null) : value;
    } catch (error) {
      unreadable.add(name);
      problems.push({
        code: 'KFP1402',
        path: graph.path,
        message: `the argument '${name}': ${(error as Error).message}`,
        mend: 'give a value of that type, as JSON',
      });
    }
  }
  for (const problem of argumentProblems(graph.parameters, given, unreadable)) {
    problems.push({ code: 'KFP1401', path: graph.path, ...problem });
  }
  const defaults = Object.entries(graph.parameters).flatMap(([name, parameter]): [string, Json][] =>
    parameter.default === undefined ? [] : [[name, parameter.default]],
  );
  return { values: { ...Object.fromEntries(defaults), ...given }, problems };
}
