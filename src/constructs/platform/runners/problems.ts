import type { PolicyRule } from '../../../components/definition';
import { isDnsLabel } from '../../../graph/names';
import { isObjectName } from '../../../graph/rules/settings';
import { isQualifiedName, type Problem } from '../problems';
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

/** What of the account itself Kubernetes would not take. */
export function accountProblems(
  name: string,
  { annotations, workloadIdentity, ...props }: RunnerProps,
): RunnerProblem[] {
  const texts = Object.entries({ ...workloadIdentity?.annotations, ...annotations });
  const isName = (each: unknown) => typeof each === 'string' && isObjectName(each);
  const odd = (props.imagePullSecrets ?? []).filter((each) => !isName(typeof each === 'string' ? each : each?.name));
  const wrong = (message: string, mend: string) => ({ code: 'KFP1283', message, mend });
  return [
    ...(isName(name)
      ? []
      : [
          wrong(
            `'${name.slice(0, 80)}' cannot be the name of an account`,
            'use lower-case letters, digits and hyphens',
          ),
        ]),
    ...texts
      .filter(([key, value]) => !isQualifiedName(key) || typeof value !== 'string')
      .map(([key]) => wrong(`the annotation '${key.slice(0, 80)}' of an account is none`, 'give a name, and a text')),
    ...(odd.length === 0
      ? []
      : [wrong('`imagePullSecrets` names what is no Secret', "give a list of names: ['registry-credentials']")]),
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
  return [rule?.apiGroups, rule?.resources, rule?.verbs].some(
    (list) => !Array.isArray(list) || list.length === 0 || list.some((each) => typeof each !== 'string'),
  );
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
