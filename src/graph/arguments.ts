import type { Json } from '../components/definition';
import type { PipelineParameter } from './graph';
import { literalProblem } from './literal';
import { memberOf } from './member';
import { nearest } from './names';
import { portOf } from './walk';

/**
 * What is wrong with the arguments of a run: a sentence and its mend for each.
 *
 * @param unreadable names of arguments that were given, but whose text is no value: they are not missing
 */
export function argumentProblems(
  parameters: Readonly<Record<string, PipelineParameter>>,
  given: Readonly<Record<string, Json>>,
  unreadable: ReadonlySet<string> = new Set(),
): readonly { readonly message: string; readonly mend: string }[] {
  const problems: { message: string; mend: string }[] = [];
  for (const [name, value] of Object.entries(given)) {
    const parameter = memberOf(parameters, name);
    if (!parameter) {
      const known = Object.keys(parameters);
      const meant = nearest(name, known);
      problems.push({
        message: `the pipeline has no parameter '${name}'`,
        mend: meant ? `did you mean '${meant}'?` : `its parameters are: ${known.join(', ') || 'none'}`,
      });
      continue;
    }
    const { optional: _, ...port } = portOf(parameter);
    if (port.kind === 'artifact') {
      problems.push({ message: `'${name}' is an artifact, which a run cannot be given`, mend: 'leave it out' });
      continue;
    }
    const problem = literalProblem({ ...port, ...(parameter.optional && { optional: true }) }, value);
    if (problem) problems.push({ message: `the argument '${name}': ${problem}`, mend: 'give a value of that type' });
  }
  const missing = Object.entries(parameters).filter(
    ([name, parameter]) =>
      parameter.default === undefined && !parameter.optional && !Object.hasOwn(given, name) && !unreadable.has(name),
  );
  if (missing.length > 0) {
    const names = missing.map(([name]) => `'${name}'`).join(', ');
    problems.push({
      message: `${missing.length > 1 ? 'the required parameters' : 'the required parameter'} ${names} ${missing.length > 1 ? 'have' : 'has'} no argument`,
      mend: 'add the arguments, or give the parameters defaults',
    });
  }
  return problems;
}
