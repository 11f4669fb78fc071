import type { Json } from '../../components/definition';
import { type Diagnostic, DiagnosticsError } from '../../diagnostic';
import { argumentProblems } from '../../graph/arguments';
import type { PipelineParameter } from '../../graph/graph';
import { memberOf } from '../../graph/member';
import { decodeText } from '../../local/value-text';
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
    const parameter = memberOf(parameters, name);
    try {
      given[name] = parameter && parameter.type !== 'STRING' ? (decodeText(parameter.type, value) ?? null) : value;
    } catch (error) {
      unreadable.add(name);
      const message = `the argument '${name}': ${(error as Error).message}`;
      problems.push({ code: 'KFP1402', message, mend: 'give a value of that type, as JSON' });
    }
  }
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
