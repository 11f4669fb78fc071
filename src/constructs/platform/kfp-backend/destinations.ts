import { isIP } from 'node:net';
import type { NetworkPolicyEgressRule } from 'kubernetes-types/networking/v1';
import { labelsOf } from '../backend/objects';
import { tcp } from '../tenants/network';

/**
 * Where a host is, to a NetworkPolicy. Those know addresses and pods: a Service of another namespace is all pods there, because its
 * port may be another one than theirs; a name of outside of the cluster is everywhere, by that port.
 *
 * @param bundled what it is, where it is one of ours
 */
export function destinations(
  host: string,
  port: number,
  bundled: 'upstream' | 'try-out' | undefined,
): NetworkPolicyEgressRule {
  const ports = tcp([port]);
  const [name = '', namespace, service] = host.split('.');
  if (bundled === 'try-out') {
    return { to: [{ podSelector: { matchLabels: labelsOf(name) } }], ports };
  }
  const version = isIP(host);
  if (version !== 0) return { to: [{ ipBlock: { cidr: `${host}/${version === 4 ? 32 : 128}` } }], ports };
  if (namespace === undefined) return { to: [{ podSelector: {} }] };
  if (service === 'svc') {
    return { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }] };
  }
  return { ports };
}

/**
 * Where pods learn who they are to a cloud: next to their node (Google's metadata server, EKS' agent for pods), or from the cloud's
 * own servers of tokens.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
 */
export const IDENTITY_SERVERS: readonly NetworkPolicyEgressRule[] = [
  {
    to: [{ ipBlock: { cidr: '169.254.0.0/16' } }, { ipBlock: { cidr: 'fd00:ec2::23/128' } }],
    ports: tcp([80, 988]),
  },
  { ports: tcp([443]) },
];
