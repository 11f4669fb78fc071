import type { Diagnostic } from '../../../diagnostic';
import type { TaskNode } from '../../../graph/graph';
import { amountOf } from '../../../graph/rules/settings/resources';
import type { QuotaFact } from '../facts';

/** Where a task asks for more than its namespace allows at all: its pod would never start. */
export function quotaProblems(
  { path, settings }: TaskNode,
  namespace: string | undefined,
  quotas: readonly QuotaFact[],
): readonly Diagnostic[] {
  const { requests = {}, limits = {} } = settings.resources ?? {};
  const asked = { ...limits, ...requests };
  return quotas
    .filter((quota) => quota.namespace === namespace)
    .flatMap(({ hard, max }) =>
      Object.entries(asked).flatMap(([resource, amount]): Diagnostic[] => {
        if (typeof amount !== 'string') return [];
        const all = exceeds(amount, hard[`requests.${resource}`]);
        const one = exceeds(amount, max[resource]);
        const most = all
          ? `the namespace '${namespace}' allows ${hard[`requests.${resource}`]} of it altogether`
          : one && `a container in '${namespace}' may have ${max[resource]} at most`;
        if (!most) return [];
        const message = `asks for ${amount} of ${resource}, but ${most}`;
        return [{ code: 'KFP1723', path, message, mend: "ask for less, or raise the tenant's quota or limits" }];
      }),
    );
}

function exceeds(amount: string, limit: string | undefined): boolean {
  if (limit === undefined) return false;
  const [asked, most] = [amountOf(amount), amountOf(limit)];
  return asked !== undefined && most !== undefined && asked > most;
}
