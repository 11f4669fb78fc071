import { amountOf } from '../../../graph/quantity';
import { amountProblems, choiceProblems, isQualifiedName, nameProblems, type Problem } from '../problems';
import type { QueueProps, QueueQuota } from '../queue';

/** What is wrong with a queue. */
export function queueProblems(name: string, { flavors, cohort, preemption, keeper = 'kueue' }: QueueProps): Problem[] {
  if (typeof keeper !== 'string') return [];
  const resources = flavors.map(({ quotas }) => Object.keys(quotas).sort().join(', '));
  const first = resources[0];
  if (first === undefined || first === '') {
    return [
      ...nameProblems('a queue', name),
      { message: 'the queue gives nothing out', mend: "give flavors: [{ quotas: { cpu: 100, memory: '400Gi' } }]" },
    ];
  }
  const problems: Problem[] = [
    ...nameProblems('a queue', name),
    ...(cohort === undefined ? [] : nameProblems('a cohort', cohort)),
    ...choiceProblems('`keeper`', keeper, ['kueue']),
    ...choiceProblems('`preemption`', preemption, ['never', 'lower-priority']),
    ...flavors.flatMap(({ pool, quotas }) => [
      ...Object.entries(quotas).flatMap(quotaProblems),
      // Kueue takes eight of each.
      ...(pool && pool.taints.length > 8
        ? [{ message: `the pool '${pool.name}' has ${pool.taints.length} taints`, mend: 'Kueue knows 8 at most' }]
        : []),
    ]),
  ];
  const pools = flavors.flatMap(({ pool }) => pool ?? []);
  const twice = pools.find((pool, index) => pools.indexOf(pool) !== index);
  if (twice) problems.push({ message: `the pool '${twice.name}' is given out twice`, mend: 'make one flavor of both' });
  if (resources.some((each) => each !== first)) {
    problems.push({
      message: `the flavors have quotas of other resources: ${resources.map((each) => `(${each})`).join(', ')}`,
      mend: 'give each a quota of the same resources, 0 where it has none',
    });
  }
  const borrows = flavors.some(({ quotas }) =>
    Object.values(quotas).some(
      (quota) => typeof quota === 'object' && (quota?.borrowing ?? quota?.lending) !== undefined,
    ),
  );
  if (borrows && cohort === undefined) {
    problems.push({ message: 'the queue borrows or lends, but has no cohort', mend: 'give `cohort`' });
  }
  return problems;
}

function quotaProblems([resource, quota]: [string, number | string | QueueQuota]): Problem[] {
  const { nominal, borrowing, lending } = typeof quota === 'object' && quota !== null ? quota : { nominal: quota };
  const most = amountOf(String(nominal));
  const lent = amountOf(String(lending));
  return [
    ...(isQualifiedName(resource)
      ? []
      : [{ message: `'${resource}' is no name of a resource`, mend: 'write it as nodes call it: nvidia.com/gpu' }]),
    ...amountProblems(`the quota of ${resource}`, nominal ?? null),
    ...amountProblems(`what may be borrowed of ${resource}`, borrowing),
    ...amountProblems(`what may be lent of ${resource}`, lending),
    ...(most !== undefined && lent !== undefined && lent > most
      ? [{ message: `more of ${resource} may be lent, ${lending}, than there is, ${nominal}`, mend: 'lend less' }]
      : []),
  ];
}
