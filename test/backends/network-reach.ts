/** What NetworkPolicies let through, as Kubernetes reads them: for tests. */

// biome-ignore lint/suspicious/noExplicitAny: tests reach into manifests of every kind
type Tree = any;

/** A pod of the cluster's, or an address outside of it. */
export interface Endpoint {
  readonly labels?: Readonly<Record<string, string>>;
  /** Undefined: it is no pod. */
  readonly namespace?: string;
  /** Labels of the namespace, besides its name. */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly address?: string;
}

/** The network of one namespace's policies. */
export class NetworkReach {
  private readonly policies: readonly Tree[];

  public constructor(
    objects: readonly Tree[],
    private readonly namespace: string,
  ) {
    this.policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
  }

  /** Whether one may open a connection to another. */
  public reaches(from: Endpoint, to: Endpoint, port: number, protocol = 'TCP'): boolean {
    return this.lets('egress', from, to, port, protocol) && this.lets('ingress', to, from, port, protocol);
  }

  private lets(way: 'ingress' | 'egress', pod: Endpoint, other: Endpoint, port: number, protocol: string): boolean {
    if (pod.namespace !== this.namespace) return true;
    const type = way === 'ingress' ? 'Ingress' : 'Egress';
    const about = this.policies.filter(
      ({ spec }) => spec.policyTypes.includes(type) && selects(spec.podSelector, pod.labels),
    );
    if (about.length === 0) return true;
    return about
      .flatMap(({ spec }) => spec[way] ?? [])
      .some((rule: Tree) => {
        const peers = way === 'ingress' ? rule.from : rule.to;
        const isPort =
          rule.ports === undefined ||
          rule.ports.some((each: Tree) => each.port === port && (each.protocol ?? 'TCP') === protocol);
        return isPort && (peers === undefined || peers.some((peer: Tree) => this.is(peer, other)));
      });
  }

  private is({ podSelector, namespaceSelector, ipBlock }: Tree, other: Endpoint): boolean {
    const { labels, namespace, namespaceLabels, address } = other;
    if (ipBlock) return address !== undefined && inBlock(ipBlock.cidr, address);
    if (namespace === undefined) return false;
    const isNamespace = namespaceSelector
      ? selects(namespaceSelector, { ...namespaceLabels, 'kubernetes.io/metadata.name': namespace })
      : namespace === this.namespace;
    return isNamespace && (podSelector === undefined || selects(podSelector, labels));
  }
}

function selects({ matchLabels = {}, matchExpressions = [] }: Tree, labels: Readonly<Record<string, string>> = {}) {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator }: Tree) => key in labels === (operator === 'Exists'))
  );
}

function inBlock(cidr: string, address: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/');
  const number = (ip: string) => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(base) / size) === Math.floor(number(address) / size);
}
