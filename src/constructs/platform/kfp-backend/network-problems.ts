import type { Problem } from '../problems';
import { peerProblems, targetProblems } from '../tenants/network';
import type { KfpNetwork } from './network-props';
import type { KfpProblem } from './problems';
import type { KfpSettings } from './settings';

/** What would let through more than it says, or nothing. */
export function networkProblems({ parity, props }: KfpSettings): KfpProblem[] {
  const { networkPolicies } = props;
  if (parity || networkPolicies === undefined || typeof networkPolicies === 'boolean') return [];
  if (typeof networkPolicies !== 'object' || networkPolicies === null) {
    const mend = 'give true, false, or { dns, apiServer, clients, metrics }';
    return [{ code: 'KFP1743', message: '`networkPolicies` is none of what it can be', mend }];
  }
  const { dns, apiServer, clients, metrics }: KfpNetwork = networkPolicies;
  const isList = clients === undefined || Array.isArray(clients);
  const found: Problem[] = [
    ...(dns === undefined ? [] : peerProblems('networkPolicies.dns', dns)),
    ...(apiServer === undefined
      ? []
      : targetProblems('networkPolicies.apiServer', { to: apiServer, ports: apiServer?.ports })),
    ...(isList
      ? (clients ?? []).flatMap((peer, index) => peerProblems(`networkPolicies.clients[${index}]`, peer))
      : [{ message: '`networkPolicies.clients` is no list', mend: "give [{ namespace: '…' }]" }]),
    ...(metrics === undefined ? [] : peerProblems('networkPolicies.metrics', metrics)),
  ];
  return found.map((each) => ({ ...each, code: 'KFP1743' }));
}
