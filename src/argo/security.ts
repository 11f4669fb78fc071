import type { ComponentDefinition } from '../components/definition';
import { securityLevel } from '../graph/security-level';
import type { GraphTaskSettings, SecurityLevel } from '../graph/settings';
import type { KubernetesObject } from './types';

/**
 * The pod's part of how much it is confined.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podSecurity(settings: GraphTaskSettings, component: ComponentDefinition): KubernetesObject | undefined {
  const given = { ...levels[securityLevel(settings, component)].pod(), ...settings.podSecurityContext };
  return Object.keys(given).length > 0 ? given : undefined;
}

/** The main container's part. */
export function containerSecurity(
  settings: GraphTaskSettings,
  component: ComponentDefinition,
): KubernetesObject | undefined {
  const given = { ...levels[securityLevel(settings, component)].container(), ...settings.securityContext };
  return Object.keys(given).length > 0 ? given : undefined;
}

/** Each gives new objects: the YAML printer would write one that occurs twice as an alias. */
const levels: Readonly<
  Record<SecurityLevel, { readonly pod: () => KubernetesObject; readonly container: () => KubernetesObject }>
> = {
  restricted: {
    pod: () => ({
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      // Kubernetes would else go through all files of each volume, for each pod.
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    }),
    container: withoutRights,
  },
  confined: { pod: () => ({ seccompProfile: { type: 'RuntimeDefault' } }), container: withoutRights },
  none: { pod: () => ({}), container: () => ({}) },
};

function withoutRights(): KubernetesObject {
  return { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
}
