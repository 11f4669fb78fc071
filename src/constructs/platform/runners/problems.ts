import type { PolicyRule } from '../../../components/definition';
import { isDnsLabel } from '../../../graph/names';
import type { Problem } from '../problems';
import type { IWorkloadIdentity, RunnerProps } from '../runner';
import type { WorkloadIdentity } from '../workload-identity';

/** What is wrong with a runner, with its code. */
export interface RunnerProblem extends Problem {
  readonly code: string;
}

/** Everything that is wrong with a runner. */
export function runnerProblems({ workloadIdentity, rules = [], namespace, namespaces }: RunnerProps): RunnerProblem[] {
  return [
    ...identityProblems(workloadIdentity),
    ...rules.filter(allowsNothing).map((rule) => ({
      code: 'KFP1283',
      message: `the rule ${JSON.stringify(rule)} allows nothing`,
      mend: "give it groups, resources and verbs; the core group is ''",
    })),
    ...(namespaces === undefined ? [] : namespacesProblems(namespaces, namespace)),
  ];
}

/** The namespaces that an account can be made in, each once. */
export function possibleNamespaces(namespaces: unknown): readonly string[] {
  return Array.isArray(namespaces) ? [...new Set<string>(namespaces.filter(isNamespace))] : [];
}

function identityProblems(cloud: IWorkloadIdentity | undefined): RunnerProblem[] {
  const { problems = [] } = (cloud ?? {}) as Partial<WorkloadIdentity>;
  return problems.map(([message, mend]) => ({ code: 'KFP1283', message, mend }));
}

function allowsNothing(rule: PolicyRule): boolean {
  return [rule?.apiGroups, rule?.resources, rule?.verbs].some((list) => !Array.isArray(list) || list.length === 0);
}

function namespacesProblems(namespaces: unknown, one: string | undefined): RunnerProblem[] {
  const wrong = (message: string, mend: string) => ({ code: 'KFP1755', message, mend });
  if (!Array.isArray(namespaces) || namespaces.length === 0) {
    return [wrong('the runner’s `namespaces` are no list, or an empty one', "give some: ['vision', 'speech']")];
  }
  const odd = namespaces.filter((each) => !isNamespace(each));
  return [
    ...odd.map((each) =>
      wrong(
        `${JSON.stringify(each)} is no name of a namespace`,
        'take at most 63 of a-z, 0-9 and -, a letter or digit at both ends',
      ),
    ),
    ...(odd.length === 0 && new Set(namespaces).size < namespaces.length
      ? [wrong(`a namespace is named twice: ${namespaces.join(', ')}`, 'name each once')]
      : []),
    ...(one === undefined ? [] : [wrong('a runner has `namespace` and `namespaces`', 'give one of them')]),
  ];
}

function isNamespace(name: unknown): name is string {
  return typeof name === 'string' && isDnsLabel(name);
}
