import { launcherRules } from '../kfp-backend/accounts';
import { GATEWAY, GATEWAY_PORT } from '../kfp-backend/azure';
import { TEAM_LABEL, TEAM_RUNNER } from '../kfp-backend/multi-user';
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
    ...(store.bundled === 'try-out' && { 'cdk8s-kfp/object-store': 'try-out' }),
  };
}

/** What runs reach of KFP: the API server and the store of metadata, and the object store where that is KFP's own. */
export function teamNetwork(network: TenantNetwork, { namespace, store }: KfpSettings): TenantNetwork {
  const to = (labels: Readonly<Record<string, string>>, ...ports: number[]): NetworkTarget => ({
    to: { namespace, labels },
    ports,
  });
  return {
    ...network,
    egress: [
      to({ app: 'ml-pipeline' }, 8887, 8888),
      to({ component: 'metadata-grpc-server' }, 8080),
      ...(store.bundled === 'try-out' ? [to({ 'app.kubernetes.io/name': 'try-out-object-store' }, 8333)] : []),
      ...(store.azure ? [to({ app: GATEWAY }, GATEWAY_PORT)] : []),
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
