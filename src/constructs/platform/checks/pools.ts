import type { Diagnostic } from '../../../diagnostic';
import type { TaskNode } from '../../../graph/graph';
import { ACCELERATOR } from '../../../graph/rules/settings/resources';
import type { Tree, TreeObject } from '../../../graph/settings';
import type { PlatformFacts } from '../facts';
import type { NodePool } from '../node-pool';
import type { PoolTaint } from '../node-pools/intent';
import { queueOf } from './queues';

/** Taints that clouds, Kubernetes and device plugins have by themselves. */
const OF_THE_CLUSTER =
  /^((node|node-role)\.kubernetes\.io\/|kubernetes\.azure\.com\/|cloud\.google\.com\/|eks\.amazonaws\.com\/|karpenter\.sh\/|CriticalAddonsOnly$|(nvidia|amd)\.com\/gpu$|google\.com\/tpu$|aws\.amazon\.com\/neuron)/;

/**
 * What is wrong with a task and the app's pools: accelerators that none offers, tolerations of what none is tainted with. Pools that
 * the app does not know may exist, so what refers to none of them is a warning.
 */
export function poolProblems(task: TaskNode, facts: PlatformFacts): readonly Diagnostic[] {
  if (facts.pools.length === 0) return [];
  return [...accelerators(task, facts), ...tolerations(task, facts.pools)];
}

function accelerators(task: TaskNode, facts: PlatformFacts): Diagnostic[] {
  const { path, settings } = task;
  const asked = Object.entries(settings.resources?.limits ?? {}).filter(
    ([resource, count]) => resource.includes('/') && typeof count === 'string' && Number(count) > 0,
  );
  if (asked.length === 0) return [];
  const queue = queueOf(task, facts.queues);
  const named = facts.pools.filter((pool) => isSelected(pool, settings.nodeSelector ?? {}));
  const candidates = named.length > 0 ? named : (queue?.pools ?? facts.pools);
  return asked.flatMap(([resource, count]): Diagnostic[] => {
    const isKnown = candidates.some((pool) => pool.accelerator?.[resource] !== undefined);
    const having = candidates.flatMap((pool) => offerIn(pool, resource, facts.offered) ?? []);
    // Other plugins of the cluster offer what the app does not know of: network cards, devices for files.
    if (having.length === 0 && !isKnown && !ACCELERATOR.test(resource)) return [];
    const enough = having.filter(({ most }) => most >= Number(count));
    // Kueue gives pods the tolerations of the nodes that it has chosen.
    const isLetIn = queue?.pools !== undefined;
    const closed = enough.map(({ pool }) => hardTaints(pool).find((taint) => !tolerated(taint, settings.tolerations)));
    if (enough.length > 0 && (isLetIn || closed.includes(undefined))) return [];
    const instead = candidates
      .flatMap((pool) => facts.offered.get(pool) ?? [])
      .find((offer) => offer.resource !== resource);
    const where = named.length > 0 ? `the pool '${named[0]!.name}' does not have` : 'no pool of the app has';
    return [
      {
        code: 'KFP1720',
        severity: named.length > 0 && (isKnown || having.length > 0) ? 'error' : 'warning',
        path,
        message:
          enough.length > 0
            ? `asks for ${count} ${resource}, but does not tolerate the taint '${closed[0]!.key}' of the pool '${enough[0]!.pool.name}'`
            : `asks for ${count} ${resource}, which ${where} on one node`,
        mend:
          isKnown && instead
            ? `its GPUs are offered as ${instead.resource}: take them by GpuDevices.on(pool)`
            : 'refer to the pool itself: `runOn: pool.gpus(n)` gives the request, the selector and the tolerations',
      },
    ];
  });
}

function isSelected({ nodeSelector }: NodePool, selector: NonNullable<TaskNode['settings']['nodeSelector']>): boolean {
  const labels = Object.entries(nodeSelector);
  return labels.length > 0 && labels.every(([label, value]) => selector[label] === value);
}

/** The most of a resource that a pod can get on a node of a pool; undefined where its nodes offer none. */
function offerIn(pool: NodePool, resource: string, offered: PlatformFacts['offered']) {
  const { perNode = Number.POSITIVE_INFINITY } = pool.intent.accelerator ?? {};
  const offer = offered.get(pool);
  if (!offer) return pool.accelerator?.[resource] === undefined ? undefined : { pool, most: perNode };
  if (offer.resource !== resource) return undefined;
  return { pool, most: Math.min(perNode * offer.perGpu, offer.perPod ?? Number.POSITIVE_INFINITY) };
}

/** Those that keep pods away, and not only where there is another node. */
function hardTaints({ taints }: NodePool): readonly PoolTaint[] {
  return taints.filter(({ effect }) => effect !== 'PreferNoSchedule');
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
