import { labelsOf } from '../backend/objects';
import { STORE_CLIENTS, TRY_OUT_STORE, TRY_OUT_STORE_PORT } from '../backend/try-out-store';
import { launcherRules } from '../kfp-backend/accounts';
import { TEAM_LABEL, TEAM_RUNNER } from '../kfp-backend/multi-user';
import { CALLED_BY_RUNS, portsOf } from '../kfp-backend/program';
import { programs } from '../kfp-backend/programs';
import type { KfpSettings } from '../kfp-backend/settings';
import type { RunnerProps } from '../runner';
import type { NetworkTarget, TenantNetwork } from '../tenants/network';
import type { KfpTenantProps } from './props';

/**
 * What the namespace of a team is known by. Pods of runs have no sidecar of Istio's; no other pod of it gets one either, since none
 * could reach Istio through the namespace's network policies.
 */
export function teamLabels({ store }: KfpSettings): Readonly<Record<string, string>> {
  return {
    ...TEAM_LABEL,
    'istio-injection': 'disabled',
    ...(store.bundled === 'try-out' && STORE_CLIENTS),
  };
}

/** What runs reach of KFP: the API server and the store of metadata, and the object store where that is KFP's own. */
export function teamNetwork(network: TenantNetwork, settings: KfpSettings): TenantNetwork {
  const { namespace, store } = settings;
  const called = programs(settings).filter(({ name }) => CALLED_BY_RUNS.includes(name));
  const to = (labels: Readonly<Record<string, string>>, ...ports: number[]): NetworkTarget => ({
    to: { namespace, labels },
    ports,
  });
  return {
    ...network,
    egress: [
      ...called.map((program) => to(program.labels, ...portsOf(program))),
      ...(store.bundled === 'try-out' ? [to(labelsOf(TRY_OUT_STORE), TRY_OUT_STORE_PORT)] : []),
      ...(network.egress ?? []),
    ],
  };
}

/** Who the runs of a team are, and what KFP's containers do as that account. */
export function teamRunner(runner: NonNullable<KfpTenantProps['runner']>, settings: KfpSettings): RunnerProps {
  const { imagePullSecrets = settings.props.images?.pullSecrets } = runner;
  return {
    ...runner,
    name: TEAM_RUNNER,
    rules: [...launcherRules(settings), ...(runner.rules ?? [])],
    ...(imagePullSecrets && { imagePullSecrets }),
  };
}
