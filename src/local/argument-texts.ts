import type { Json } from '../components/definition';
import type { Diagnostic } from '../diagnostic';
import type { PipelineParameter } from '../graph/graph';
import { memberOf } from '../graph/member';
import { isArtifactType } from '../values/expression';
import { decodeText } from './value-text';

/** Arguments as they were given, before anybody looks whether the pipeline takes them. */
export interface ReadArguments {
  readonly values: Readonly<Record<string, Json>>;
  /** Those whose text is no value. */
  readonly unreadable: ReadonlySet<string>;
  readonly problems: readonly Diagnostic[];
}

/**
 * Arguments given as values, and over them those given as texts `name=value`, as on a command line: a string is taken as it
 * stands, every other type is read as JSON.
 *
 * @param path the pipeline, for what is wrong with a value
 */
export function givenArguments(
  parameters: Readonly<Record<string, PipelineParameter>>,
  values: Readonly<Record<string, Json | undefined>>,
  texts: readonly string[],
  path?: string,
): ReadArguments {
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
      // What is unknown, and what is an artifact, is told of where the pipeline's parameters are looked at.
      const isRead = parameter && parameter.type !== 'STRING' && !isArtifactType(parameter.type);
      given[name] = isRead ? (decodeText(parameter.type, value) ?? null) : value;
    } catch (error) {
      unreadable.add(name);
      problems.push({
        code: 'KFP1402',
        ...(path !== undefined && { path }),
        message: `the argument '${name}': ${(error as Error).message}`,
        mend: 'give a value of that type, as JSON',
      });
    }
  }
  return { values: given, unreadable, problems };
}
