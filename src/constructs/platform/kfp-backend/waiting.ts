import type * as kubernetes from 'kubernetes-types/core/v1';
import { databaseKeys } from './database';
import { env, envOfConfig } from './program';
import type { KfpSettings } from './settings';

/** What upstream's pods wait for before they start. */
type Awaited = 'database' | 'metadata-grpc' | 'ml-pipeline';

/**
 * The containers of upstream's that wait until something answers. Our pods have none: a program that does not find what it needs
 * ends, and Kubernetes starts it again.
 */
export function waitFor(
  settings: KfpSettings,
  ...awaited: readonly Awaited[]
): { readonly initContainers?: kubernetes.Container[] } {
  const { parity, release } = settings;
  if (!parity || !release.confined) return {};
  return { initContainers: awaited.map((each) => waiter(settings, each)) };
}

function waiter(settings: KfpSettings, awaited: Awaited): kubernetes.Container {
  const { host, port } = databaseKeys(settings);
  return {
    name: `wait-for-${awaited}`,
    image: settings.image('alpine'),
    command: ['/bin/sh', '-ec'],
    args: ['until nc -z -w 2 "$WAIT_HOST" "$WAIT_PORT"; do sleep 5; done\n'],
    env:
      awaited === 'database'
        ? [envOfConfig('WAIT_HOST', host), envOfConfig('WAIT_PORT', port)]
        : [
            env('WAIT_HOST', awaited === 'ml-pipeline' ? awaited : 'metadata-grpc-service'),
            env('WAIT_PORT', awaited === 'ml-pipeline' ? '8888' : '8080'),
          ],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '100m', memory: '64Mi' } },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
}
