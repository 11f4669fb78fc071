import type * as kubernetes from 'kubernetes-types/core/v1';

/** A token of the pod's account for the API server, which KFP's controllers show to it. */
export function tokenVolume(name: string): kubernetes.Volume {
  const serviceAccountToken = { path: name, expirationSeconds: 3600, audience: 'pipelines.kubeflow.org' };
  return { name, projected: { sources: [{ serviceAccountToken }] } };
}

/** Where the controllers look for it. */
export function tokenMount(name: string): kubernetes.VolumeMount {
  return { name, mountPath: '/var/run/secrets/kubeflow/tokens' };
}
