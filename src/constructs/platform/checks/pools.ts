import type { Diagnostic } from '../../../diagnostic';
import type { TaskNode } from '../../../graph/graph';
import type { Tree, TreeObject } from '../../../graph/settings';
import type { NodePool } from '../node-pool';
import type { PoolTaint } from '../node-pools/intent';

/** Taints that clouds and Kubernetes put on nodes by themselves. */
const OF_THE_CLUSTER =
  /^(node\.kubernetes\.io\/|node-role\.kubernetes\.io\/|kubernetes\.azure\.com\/|cloud\.google\.com\/|nvidia\.com\/gpu$)/;

/**
 * What is wrong with a task and the app's pools: accelerators that none offers, tolerations of what none is tainted with. Pools that
 * the app does not know may exist, so what refers to none of them is a warning.
 *
 * @param offered what else offers accelerators: resources by pool
 */
export function poolProblems(
  task: TaskNode,
  pools: readonly NodePool[],
  offered: ReadonlyMap<NodePool, readonly string[]>,
): readonly Diagnostic[] {
  if (pools.length === 0) return [];
  return [...accelerators(task, pools, offered), ...tolerations(task, pools)];
}

function accelerators(
  { path, settings }: TaskNode,
  pools: readonly NodePool[],
  offered: ReadonlyMap<NodePool, readonly string[]>,
): Diagnostic[] {
  const asked = Object.entries(settings.resources?.limits ?? {}).filter(
    ([resource, count]) => resource.includes('/') && typeof count === 'string' && Number(count) > 0,
  );
  const selector = settings.nodeSelector ?? {};
  const named = pools.filter((pool) =>
    Object.entries(pool.nodeSelector).every(([label, value]) => selector[label] === value),
  );
  const candidates = named.length > 0 ? named : pools;
  return asked.flatMap(([resource, count]): Diagnostic[] => {
    const having = candidates.filter(
      (pool) => pool.accelerator?.[resource] !== undefined || offered.get(pool)?.includes(resource),
    );
    const enough = having.filter(({ intent }) => (intent.accelerator?.perNode ?? Number(count)) >= Number(count));
    const open = enough.filter((pool) => pool.taints.every((taint) => tolerated(taint, settings.tolerations)));
    if (open.length > 0) return [];
    const severity = named.length > 0 ? 'error' : 'warning';
    const [closed] = enough;
    return [
      {
        code: 'KFP1720',
        severity,
        path,
        message: closed
          ? `asks for ${count} ${resource}, but does not tolerate the taint '${closed.taints[0]!.key}' of the pool '${closed.name}'`
          : `asks for ${count} ${resource}, which ${named.length > 0 ? `the pool '${named[0]!.name}' does not have` : 'no pool of the app has'} on one node`,
        mend: 'refer to the pool itself: `runOn: pool.gpus(n)` gives the request, the selector and the tolerations',
      },
    ];
  });
}

function tolerations({ path, settings }: TaskNode, pools: readonly NodePool[]): Diagnostic[] {
  const given = Array.isArray(settings.tolerations) ? (settings.tolerations as readonly Tree[]) : [];
  const taints = pools.flatMap((pool) => pool.taints);
  return given.flatMap((toleration): Diagnostic[] => {
    const { key } = (toleration ?? {}) as TreeObject;
    if (typeof key !== 'string' || OF_THE_CLUSTER.test(key)) return [];
    if (taints.some((taint) => tolerated(taint, [toleration]))) return [];
    return [
      {
        code: 'KFP1721',
        severity: 'warning',
        path,
        message: `tolerates the taint '${key}', which no pool of the app has so`,
        mend: 'leave it out, or refer to the pool: `runOn: pool`',
      },
    ];
  });
}

/** Whether one of some tolerations is for a taint. Those that are known when the pipeline runs may be. */
function tolerated(taint: PoolTaint, tolerations: TaskNode['settings']['tolerations']): boolean {
  if (!Array.isArray(tolerations)) return tolerations !== undefined;
  return tolerations.some((each) => {
    if (typeof each !== 'object' || each === null || 'expression' in each) return true;
    const { key, operator = 'Equal', value, effect } = each as TreeObject;
    if (effect !== undefined && effect !== taint.effect) return false;
    if (key === undefined) return operator === 'Exists';
    return key === taint.key && (operator === 'Exists' || (value ?? '') === (taint.value ?? ''));
  });
}
