import type { Json } from '../../components/definition';
import { DiagnosticsError } from '../../diagnostic';
import { argumentProblems } from '../../graph/arguments';
import type { PipelineParameter } from '../../graph/graph';
import { givenArguments } from '../../local/argument-texts';
import type { ValueType } from '../../values/expression';
import type { PipelineSpec } from '../ir/types';

/** Arguments of a run: values, and texts `name=value` as on a command line. */
export interface GivenArguments {
  readonly values?: Readonly<Record<string, Json | undefined>> | undefined;
  /** A string is taken as it stands, every other type is read as JSON. */
  readonly texts?: readonly string[] | undefined;
}

/**
 * The arguments of a run as the server takes them. None stands for what is left out.
 *
 * @throws DiagnosticsError where one is unknown, missing or of the wrong type
 */
export function runArguments(spec: PipelineSpec, { values = {}, texts = [] }: GivenArguments): Record<string, Json> {
  const parameters = parametersOf(spec);
  const { values: given, unreadable, problems: found } = givenArguments(parameters, values, texts);
  const problems = [...found];
  const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  for (const problem of argumentProblems(parameters, kept, unreadable)) problems.push({ code: 'KFP1401', ...problem });
  for (const [name, value] of Object.entries(kept)) {
    if (typeof value !== 'number' || Number.isFinite(value)) continue;
    const mend = 'give a finite number; the API of KFP has no other';
    problems.push({ code: 'KFP1402', message: `the argument '${name}' is ${value}`, mend });
  }
  if (problems.length > 0) throw new DiagnosticsError(problems);
  return kept;
}

function parametersOf(spec: PipelineSpec): Record<string, PipelineParameter> {
  const declared = Object.entries(spec.root.inputDefinitions?.parameters ?? {});
  return Object.fromEntries(
    declared.map(([name, { parameterType, defaultValue, isOptional, literals }]): [string, PipelineParameter] => [
      name,
      {
        type: parameterType as ValueType,
        ...(defaultValue !== undefined && { default: defaultValue }),
        ...(isOptional && { optional: true }),
        ...(literals && { choices: literals }),
      },
    ]),
  );
}
