import { isLabelValue } from '../../../graph/names';
import { namespaceOf } from '../facts';
import {
  amountProblems,
  choiceProblems,
  isQualifiedName,
  labelProblems,
  type Problem,
  wholeProblems,
} from '../problems';
import type { TenantProps } from '../tenant';
import { containerLimits, exceeds } from './limits';
import type { Person } from './people';

/** What is wrong with a tenant, but for its network. */
export function tenantProblems(
  namespace: string,
  { podSecurity, quota = {}, limits = {}, people = {}, labels, queue }: TenantProps,
): Problem[] {
  const { accelerators = {} } = quota;
  const place = queue && namespaceOf(queue);
  return [
    ...(namespace.startsWith('kube-')
      ? [
          {
            message: `'${namespace}' is Kubernetes' own`,
            mend: 'name another namespace: nothing of it would go on working',
          },
        ]
      : []),
    ...(queue && place !== namespace
      ? [
          {
            message: `the queue '${queue.name}' is in the namespace '${place ?? 'default'}', and the tenant is '${namespace}'`,
            mend: `make the queue in a chart of the tenant's: new Chart(app, '…', { namespace: '${namespace}' })`,
          },
        ]
      : []),
    ...choiceProblems('`podSecurity`', podSecurity, ['restricted', 'baseline', 'privileged']),
    ...labelProblems("the namespace's label", labels),
    ...amountProblems('the quota of CPUs', quota.cpu),
    ...amountProblems('the quota of memory', quota.memory),
    ...amountProblems('the quota of storage', quota.storage),
    ...wholeProblems('the quota of pods', quota.pods, 0),
    ...Object.entries(accelerators).flatMap(([resource, count]) => [
      ...wholeProblems(`the quota of ${resource}`, count, 0),
      ...(resource.includes('/') && isQualifiedName(resource)
        ? []
        : [
            {
              message: `'${resource}' is no extended resource`,
              mend: 'write it as its device plugin does: nvidia.com/gpu',
            },
          ]),
    ]),
    ...limitProblems(limits),
    ...Object.keys(people).flatMap((kind) => choiceProblems('a kind of `people`', kind, ['view', 'run', 'edit'])),
    ...Object.values(people).flatMap((all) => (all ?? []).flatMap(personProblems)),
  ];
}

function limitProblems(limits: NonNullable<TenantProps['limits']>): Problem[] {
  const wrong = Object.entries(limits).flatMap(([of, amounts]) =>
    Object.entries({ ...amounts }).flatMap(([resource, amount]) => amountProblems(`limits.${of}.${resource}`, amount)),
  );
  if (wrong.length > 0) return wrong;
  const { defaultRequest, default: most, max = {} } = containerLimits(limits);
  return [...Object.entries(defaultRequest), ...Object.entries(most)].flatMap(([resource, amount]) => {
    const least = [most[resource], max[resource]].find(
      (limit) => limit !== undefined && exceeds(String(amount), String(limit)),
    );
    if (least === undefined) return [];
    const message = `a container gets ${amount} of ${resource} by default, and may have ${least} at most`;
    return [{ message, mend: 'give defaultRequest ≤ defaultLimit ≤ max' }];
  });
}

/** What is nobody, or everybody. */
export function personProblems(person: Person): Problem[] {
  const { group, user, serviceAccount, namespace } = (person ?? {}) as Readonly<Record<string, unknown>>;
  const names = [group, user, serviceAccount].filter((name) => name !== undefined);
  const isAccount = serviceAccount !== undefined;
  const isOne = names.length === 1 && typeof names[0] === 'string' && names[0] !== '';
  const isComplete = !isAccount || (typeof namespace === 'string' && isLabelValue(namespace));
  if (!isOne || !isComplete) {
    const mend = "give { group: '…' }, { user: '…' } or { serviceAccount: '…', namespace: '…' }";
    return [{ message: `${JSON.stringify(person)} is nobody`, mend }];
  }
  if (group === 'system:unauthenticated' || user === 'system:anonymous') {
    return [{ message: `'${group ?? user}' is everyone who reaches the API server`, mend: 'name a group of people' }];
  }
  return [];
}
