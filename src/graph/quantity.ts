import type { Text } from './settings';

/** How Kubernetes writes amounts. @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const QUANTITY = /^(\d+(?:\.\d*)?|\.\d+)(?:([eE][-+]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/;

const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** An amount as a number; undefined where it is not known, or none. */
export function amountOf(text: Text | undefined): number | undefined {
  if (typeof text !== 'string') return undefined;
  const [, number, exponent = '', unit] = QUANTITY.exec(text) ?? [];
  if (number === undefined) return undefined;
  return Number(`${number}${exponent}`) * (unit === undefined ? 1 : UNITS[unit]!);
}
