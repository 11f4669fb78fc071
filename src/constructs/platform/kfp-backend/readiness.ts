import type * as kubernetes from 'kubernetes-types/core/v1';
import { withEachContainer } from './amend';
import type { Program } from './program';
import type { KfpSettings } from './settings';

const LIMITS = { initialDelaySeconds: 3, periodSeconds: 10, timeoutSeconds: 5 };

/**
 * Has the kubelet ask programs how they are that upstream asks nothing. There is no liveness of a program that waits for others at
 * its start, and ends by itself where they do not come: it would be ended before.
 */
export function withReadiness(program: Program, settings: KfpSettings): Program {
  const probes = settings.parity ? undefined : probesOf(program, settings);
  return probes ? withEachContainer(program, (container) => ({ ...container, ...probes })) : program;
}

function probesOf({ name }: Program, { release }: KfpSettings): Partial<kubernetes.Container> | undefined {
  switch (name) {
    case 'metadata-envoy-deployment': {
      const isReady = { httpGet: { path: '/ready', port: 9901 }, ...LIMITS };
      return { readinessProbe: isReady, livenessProbe: { ...isReady, failureThreshold: 6 } };
    }
    case 'ml-pipeline-scheduledworkflow':
      // The older release tells no metrics, and listens nowhere.
      return release.confined
        ? { readinessProbe: { httpGet: { path: '/metrics', port: 9090 }, ...LIMITS } }
        : undefined;
    case 'cache-server':
      // All that it answers by HTTP is Kubernetes' question about a pod.
      return { readinessProbe: { tcpSocket: { port: 8443 }, ...LIMITS } };
    default:
      return undefined;
  }
}
