import { amountOf } from '../../../graph/quantity';
import type { TenantLimits } from '../tenant';

/** What a container asks for, and may use, that says nothing. */
const REQUEST: Readonly<Record<string, string>> = { cpu: '100m', memory: '128Mi' };
const LIMIT: Readonly<Record<string, string>> = { memory: '1Gi' };

/** A LimitRange's item for containers. Defaults of ours give way to what is said: Kubernetes wants request ≤ limit ≤ most. */
export function containerLimits({ defaultRequest, defaultLimit, max }: TenantLimits) {
  const limit = { ...within(LIMIT, max, defaultLimit), ...defaultLimit };
  const request = { ...within(REQUEST, { ...max, ...limit }, defaultRequest), ...defaultRequest };
  // A limit that is ours is no reason to refuse a request that is told.
  for (const [resource, asked] of Object.entries(defaultRequest ?? {})) {
    if (limit[resource] === undefined || defaultLimit?.[resource] !== undefined) continue;
    limit[resource] = atLeast(limit[resource], asked);
  }
  return { type: 'Container', defaultRequest: request, default: limit, ...(max && { max: { ...max } }) };
}

function within(
  ours: Readonly<Record<string, string>>,
  most: Readonly<Record<string, string>> | undefined,
  told: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ours)
      .filter(([resource]) => told?.[resource] === undefined)
      .map(([resource, amount]) => {
        const limit = most?.[resource];
        return [resource, limit !== undefined && exceeds(amount, limit) ? limit : amount];
      }),
  );
}

function atLeast(amount: string, least: string): string {
  return exceeds(least, amount) ? least : amount;
}

/** Whether an amount is above another one; false where one of them is none. */
export function exceeds(amount: string, limit: string): boolean {
  const [asked, most] = [amountOf(amount), amountOf(limit)];
  return asked !== undefined && most !== undefined && asked > most;
}
