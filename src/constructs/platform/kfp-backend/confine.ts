import type * as kubernetes from 'kubernetes-types/core/v1';
import type { Program } from './program';
import type { KfpSettings } from './settings';

/** PodSecurity's "restricted", for a pod and for a container, as upstream's newer release has it. */
const POD: kubernetes.PodSecurityContext = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
const CONTAINER: kubernetes.SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
  runAsNonRoot: true,
};
const USER = { runAsUser: 1000, runAsGroup: 0 };

/** Confines the pods of a program: upstream's of the newer release, and all of ours. Argo's controller confines itself. */
export function confined(program: Program, { parity, release }: KfpSettings): Program {
  if ((parity && !release.confined) || program.name === 'workflow-controller') return program;
  const { pod } = program;
  const confine = (container: kubernetes.Container): kubernetes.Container => ({
    ...container,
    securityContext: { ...CONTAINER, ...(container.securityContext ?? USER) },
  });
  return {
    ...program,
    pod: {
      ...pod,
      securityContext: { ...POD, ...pod.securityContext },
      containers: pod.containers.map(confine),
      ...(pod.initContainers && !parity && { initContainers: pod.initContainers.map(confine) }),
    },
  };
}
