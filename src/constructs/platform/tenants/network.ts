import { isIPv4, isIPv6 } from 'node:net';
import type { NetworkPolicyEgressRule, NetworkPolicyPeer, NetworkPolicyPort } from 'kubernetes-types/networking/v1';
import { isDnsLabel } from '../../../graph/names';
import { labelProblems, type Problem, wholeProblems } from '../problems';

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
  return [
    { name: 'default-deny', spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } },
    allow('allow-dns', [dnsRule(dns)]),
    allow('allow-api-server', [ruleOf({ to: apiServer, ports: apiServer.ports ?? [443, 6443] })]),
    ...(artifacts ? [allow('allow-artifacts', [ruleOf(artifacts)])] : []),
    ...(egress.length > 0 ? [allow('allow-egress', egress.map(ruleOf))] : []),
  ];
}

/** Lets names be looked up. @param dns where; by default, where most clusters do */
export function dnsRule(
  dns: NetworkPeer = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
): NetworkPolicyEgressRule {
  return {
    to: peersOf(dns),
    ports: [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ],
  };
}

/**
 * What would let out more than it says, or nothing. To Kubernetes, a rule with an empty list of destinations or of ports is one of
 * every destination and every port.
 */
export function networkProblems({ apiServer, artifacts, dns, egress = [] }: TenantNetwork): Problem[] {
  return [
    ...targetProblems('network.apiServer', { to: apiServer, ports: apiServer.ports }),
    ...(artifacts ? targetProblems('network.artifacts', artifacts) : []),
    ...(dns ? peerProblems('network.dns', dns) : []),
    ...egress.flatMap((target, index) => targetProblems(`network.egress[${index}]`, target)),
  ];
}

/**
 * What is wrong with a destination and its ports.
 *
 * @param what where it stands among the props
 */
export function targetProblems(what: string, target: NetworkTarget): Problem[] {
  const { to, ports = [443] } = (target ?? {}) as Partial<NetworkTarget>;
  const isEmpty = !Array.isArray(ports) || ports.length === 0;
  return [
    ...peerProblems(what, to),
    ...(isEmpty ? [{ message: `${what} has no list of ports`, mend: 'give TCP ports, or leave it out' }] : []),
    ...(isEmpty ? [] : ports.flatMap((port) => wholeProblems(`a port of ${what}`, port, 1, 65535))),
  ];
}

/**
 * What is wrong with addresses, or pods of a namespace.
 *
 * @param what where they stand among the props
 */
export function peerProblems(what: string, peer: NetworkPeer | undefined): Problem[] {
  const { cidrs, namespace, labels } = (peer ?? {}) as {
    readonly cidrs?: unknown;
    readonly namespace?: unknown;
    readonly labels?: { readonly [label: string]: unknown };
  };
  if (cidrs !== undefined && namespace === undefined) {
    if (!Array.isArray(cidrs) || cidrs.length === 0) {
      return [{ message: `${what} has no list of addresses`, mend: "give cidrs: ['10.0.0.1/32'], or leave it out" }];
    }
    return cidrs
      .filter((cidr) => !isCidr(cidr))
      .map((cidr) => ({
        message: `'${cidr}' of ${what} is no range of addresses`,
        mend: "write it as a CIDR, a single address too: '10.0.0.0/24', '10.0.0.1/32'",
      }));
  }
  if (cidrs !== undefined || typeof namespace !== 'string' || !isDnsLabel(namespace)) {
    return [{ message: `${what} names no destination`, mend: "give { cidrs: ['…'] } or { namespace: '…' }" }];
  }
  if (labels !== undefined && (typeof labels !== 'object' || labels === null || Array.isArray(labels))) {
    return [{ message: `the labels of ${what} are none`, mend: "give { app: '…' }, or leave them out" }];
  }
  return labelProblems(`the label of ${what}`, labels);
}

function isCidr(cidr: unknown): boolean {
  const [address = '', bits = '', ...more] = String(cidr).split('/');
  if (more.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(bits)) return false;
  if (isIPv4(address)) {
    // Of 10.0.0.1/24, nobody can tell whether one address was meant or all of them.
    const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    return Number(bits) <= 32 && number % 2 ** (32 - Number(bits)) === 0;
  }
  return isIPv6(address) && !address.includes('%') && Number(bits) <= 128;
}

function allow(name: string, egress: NetworkPolicyEgressRule[]): NamedPolicy {
  return { name, spec: { podSelector: {}, policyTypes: ['Egress'], egress } };
}

function ruleOf({ to, ports = [443] }: NetworkTarget): NetworkPolicyEgressRule {
  return { to: peersOf(to), ports: tcp(ports) };
}

/** TCP ports, as policies name them. */
export function tcp(ports: readonly number[]): NetworkPolicyPort[] {
  return ports.map((port) => ({ protocol: 'TCP', port }));
}

/** Addresses, or pods of a namespace, as policies name them. */
export function peersOf(peer: NetworkPeer): NetworkPolicyPeer[] {
  if ('cidrs' in peer) return peer.cidrs.map((cidr) => ({ ipBlock: { cidr } }));
  return [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } },
      ...(peer.labels && { podSelector: { matchLabels: { ...peer.labels } } }),
    },
  ];
}
