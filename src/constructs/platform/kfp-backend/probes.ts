import type * as kubernetes from 'kubernetes-types/core/v1';
import type { KfpSettings } from './settings';

/** How often most programs are asked, as upstream has it. */
export const LIMITS = { initialDelaySeconds: 3, periodSeconds: 5, timeoutSeconds: 2 };

/** How a program is asked how it is: by the kubelet, or, in older releases of upstream's, by a program in its own image. */
export function probe(
  { release, parity }: KfpSettings,
  port: number,
  path: string,
  limits: kubernetes.Probe,
): kubernetes.Probe {
  return parity && release.probes === 'exec'
    ? { exec: { command: ['wget', '-q', '-S', '-O', '-', `http://localhost:${port}${path}`] }, ...limits }
    : { httpGet: { path, port }, ...limits };
}
