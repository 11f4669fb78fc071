import type { Diagnostic } from '../../../diagnostic';
import type { TaskNode } from '../../../graph/graph';
import { amountOf } from '../../../graph/quantity';
import type { Text } from '../../../graph/settings';
import type { QuotaFact } from '../facts';

/** Where a task asks for more than its namespace allows at all: its pod would never start. */
export function quotaProblems(
  task: TaskNode,
  namespace: string | undefined,
  quotas: readonly QuotaFact[],
): readonly Diagnostic[] {
  return quotas
    .filter((quota) => quota.namespace === namespace)
    .flatMap((quota) => [...firstAttempt(task, quota), ...lastAttempt(task, quota)]);
}

function firstAttempt({ path, settings }: TaskNode, { namespace, hard, max, defaults }: QuotaFact): Diagnostic[] {
  const { requests = {}, limits = {} } = settings.resources ?? {};
  return Object.keys({ ...limits, ...requests }).flatMap((resource): Diagnostic[] => {
    const request = requests[resource] ?? limits[resource];
    // What says no limit gets one.
    const limit = limits[resource] ?? defaults[resource] ?? max[resource];
    const most = limits[resource] ?? request;
    const reason = exceeds(request, hard[`requests.${resource}`])
      ? `asks for ${request} of ${resource}, but the namespace '${namespace}' allows ${hard[`requests.${resource}`]} of it altogether`
      : exceeds(most, max[resource])
        ? `asks for ${most} of ${resource}, but a container in '${namespace}' may have ${max[resource]} at most`
        : limits[resource] === undefined &&
          exceeds(request, limit) &&
          `asks for ${request} of ${resource} without a limit, and the namespace '${namespace}' gives it a limit of ${limit}`;
    if (!reason) return [];
    return [{ code: 'KFP1723', path, message: reason, mend: "ask for less, or raise the tenant's quota or limits" }];
  });
}

/** Further attempts may get more memory, each. */
function lastAttempt({ path, settings }: TaskNode, { namespace, hard, max }: QuotaFact): Diagnostic[] {
  const { memoryFactor = 1, retries = 0 } = settings.retry ?? {};
  const { requests, limits } = settings.resources ?? {};
  const first = amountOf(requests?.memory ?? limits?.memory);
  const bounds = [hard['requests.memory'], max.memory].flatMap((bound) => amountOf(bound) ?? []);
  const least = Math.min(...bounds);
  if (first === undefined || first > least || first * memoryFactor ** retries <= least) return [];
  return [
    {
      code: 'KFP1723',
      severity: 'warning',
      path,
      message: `its last attempt asks for ${memoryFactor ** retries} times the memory, which is more than the namespace '${namespace}' allows`,
      mend: "make retry.memoryFactor or retry.retries smaller, or raise the tenant's quota or limits",
    },
  ];
}

function exceeds(amount: Text | undefined, limit: Text | undefined): boolean {
  const [asked, most] = [amountOf(amount), amountOf(limit)];
  return asked !== undefined && most !== undefined && asked > most;
}
