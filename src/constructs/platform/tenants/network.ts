import type { NetworkPolicyEgressRule, NetworkPolicyPeer, NetworkPolicyPort } from 'kubernetes-types/networking/v1';

/** Somewhere that pods may reach: addresses, or pods of a namespace. */
export type NetworkPeer =
  | { readonly cidrs: readonly string[] }
  | { readonly namespace: string; readonly labels?: { readonly [label: string]: string } | undefined };

/** Somewhere that pods may reach, and by which ports. */
export interface NetworkTarget {
  readonly to: NetworkPeer;
  /** TCP ports. @default [443] */
  readonly ports?: readonly number[] | undefined;
}

/** What a tenant's pods may reach. Nothing else goes out, and nothing comes in. */
export interface TenantNetwork {
  /**
   * Where the API server is: the addresses of `kubectl get endpoints kubernetes`, as CIDRs, and its ports. Argo's executor tells it
   * what a task gave.
   */
  readonly apiServer: { readonly cidrs: readonly string[]; readonly ports?: readonly number[] | undefined };
  /** Where artifacts are; none for pipelines without. @default - nowhere */
  readonly artifacts?: NetworkTarget | undefined;
  /** Where names are looked up. @default - pods with the label `k8s-app: kube-dns` in `kube-system` */
  readonly dns?: NetworkPeer | undefined;
  /** More that tasks may reach: an index of packages, a database, a model server. @default - nothing */
  readonly egress?: readonly NetworkTarget[] | undefined;
}

/** A NetworkPolicy by name, and its spec. */
export interface NamedPolicy {
  readonly name: string;
  readonly spec: Record<string, unknown>;
}

/**
 * The policies of a namespace: nothing in, nothing out, and then what a run needs.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function networkPolicies({ apiServer, artifacts, dns, egress = [] }: TenantNetwork): readonly NamedPolicy[] {
  const names = dns ?? { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
  return [
    { name: 'default-deny', spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } },
    allow('allow-dns', [
      {
        to: peersOf(names),
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ]),
    allow('allow-api-server', [ruleOf({ to: apiServer, ports: apiServer.ports ?? [443, 6443] })]),
    ...(artifacts ? [allow('allow-artifacts', [ruleOf(artifacts)])] : []),
    ...(egress.length > 0 ? [allow('allow-egress', egress.map(ruleOf))] : []),
  ];
}

function allow(name: string, egress: NetworkPolicyEgressRule[]): NamedPolicy {
  return { name, spec: { podSelector: {}, policyTypes: ['Egress'], egress } };
}

function ruleOf({ to, ports = [443] }: NetworkTarget): NetworkPolicyEgressRule {
  return { to: peersOf(to), ports: ports.map((port): NetworkPolicyPort => ({ protocol: 'TCP', port })) };
}

function peersOf(peer: NetworkPeer): NetworkPolicyPeer[] {
  if ('cidrs' in peer) return peer.cidrs.map((cidr) => ({ ipBlock: { cidr } }));
  return [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } },
      ...(peer.labels && { podSelector: { matchLabels: { ...peer.labels } } }),
    },
  ];
}
