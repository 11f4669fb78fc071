import type {
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
} from 'kubernetes-types/networking/v1';
import { dnsRule, peersOf, tcp } from '../tenants/network';
import type { AzureStorage } from './azure';
import { destinations, IDENTITY_SERVERS } from './destinations';
import { loginService } from './exposure';
import { identityOf, TEAM_LABEL } from './multi-user';
import { networkProblems } from './network-problems';
import type { KfpNetwork } from './network-props';
import type { KfpObject } from './object';
import { CALLED_BY_RUNS, type Callee, type KfpProgram, type Program, portsOf } from './program';
import { isProxied, proxyPorts } from './proxy';
import type { KfpSettings } from './settings';

/**
 * A policy for each program: it allows what the program does, and, because there is one, nothing else. Pods of runs are in the same
 * namespace where there is one team; no policy of these is about what they may do.
 *
 * Policies add up: one of your own lets through more.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function networkPolicies(settings: KfpSettings, programs: readonly Program[]): readonly KfpObject[] {
  const { parity, props } = settings;
  // Of destinations that are none, nothing could be made.
  if (parity || props.networkPolicies === false || networkProblems(settings).length > 0) return [];
  const options = typeof props.networkPolicies === 'object' ? props.networkPolicies : {};
  return programs.map((program) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    name: program.name,
    fields: {
      spec: {
        podSelector: { matchLabels: program.labels },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          ...fromPrograms(program, programs),
          ...fromRuns(program, settings),
          ...fromPeople(program, settings),
          ...fromWebhooks(program, settings),
          ...fromOthers(program, options),
          ...fromIstio(program, settings),
        ],
        egress: egressOf(program, programs, settings, options),
      },
    },
  }));
}

function fromPrograms(program: Program, programs: readonly Program[]): NetworkPolicyIngressRule[] {
  const callers = programs.filter(({ calls }) => calls.includes(program.name));
  if (callers.length === 0) return [];
  return [{ from: callers.map(({ labels }) => podsOf(labels)), ports: tcp(portsOf(program)) }];
}

/** Argo puts it onto each pod of a run. */
const RUN = 'workflows.argoproj.io/workflow';

function fromRuns(program: Program, { multiUser }: KfpSettings): NetworkPolicyIngressRule[] {
  if (!CALLED_BY_RUNS.includes(program.name)) return [];
  const podSelector = { matchExpressions: [{ key: RUN, operator: 'Exists' }] };
  // Anybody may label a pod so in a namespace of their own: of several teams, those that are teams of KFP's count.
  const namespaces = multiUser && { namespaceSelector: { matchLabels: { ...TEAM_LABEL } } };
  return [{ from: [{ ...namespaces, podSelector }], ports: tcp(portsOf(program)) }];
}

/** Who shows the user interface to people. Port forwarding is none of a policy's business. */
function fromPeople(program: Program, { props }: KfpSettings): NetworkPolicyIngressRule[] {
  const { exposure } = props;
  if (program.name !== 'ml-pipeline-ui' || !exposure) return [];
  const ports = tcp(portsOf(program));
  if (loginService(exposure)) {
    // The pods of the login are known by their Service's name alone. Those of runs are none of them.
    return [{ from: [{ podSelector: { matchExpressions: [{ key: RUN, operator: 'DoesNotExist' }] } }], ports }];
  }
  if (!exposure.from) return [{ ports }];
  return [{ from: [{ namespaceSelector: { matchLabels: { ...exposure.from } } }], ports }];
}

/** Kubernetes' API server asks webhooks, from an address that is not known. */
function fromWebhooks({ name }: Program, { kubernetesNative }: KfpSettings): NetworkPolicyIngressRule[] {
  const isAsked = name === 'cache-server' || (name === 'ml-pipeline' && kubernetesNative);
  return isAsked ? [{ ports: tcp([8443]) }] : [];
}

/** Where programs tell metrics. */
const METRICS: { readonly [program in KfpProgram]?: number } = {
  'ml-pipeline': 8888,
  'ml-pipeline-scheduledworkflow': 9090,
  'workflow-controller': 9090,
};

function fromOthers(program: Program, { clients = [], metrics }: KfpNetwork): NetworkPolicyIngressRule[] {
  const port = METRICS[program.name];
  return [
    ...(program.name === 'ml-pipeline' && clients.length > 0
      ? [{ from: clients.flatMap(peersOf), ports: tcp(portsOf(program)) }]
      : []),
    ...(metrics && port !== undefined ? [{ from: peersOf(metrics), ports: tcp([port]) }] : []),
  ];
}

/** Whom Istio's gateway hands requests on to. */
const BEHIND_ISTIO: readonly KfpProgram[] = ['ml-pipeline-ui', 'metadata-envoy-deployment'];

function fromIstio(program: Program, { multiUser }: KfpSettings): NetworkPolicyIngressRule[] {
  if (!multiUser || !BEHIND_ISTIO.includes(program.name)) return [];
  // The gateway's namespace is in its identity.
  const [, , gateway = ''] = identityOf(multiUser).principal.split('/');
  return [{ from: [namespaceOf(gateway)], ports: tcp(portsOf(program)) }];
}

/** Where sidecars are told what to do, and get their certificates. */
const ISTIOD = namespaceOf('istio-system');

function namespaceOf(namespace: string): NetworkPolicyPeer {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
}

function egressOf(
  program: Program,
  programs: readonly Program[],
  settings: KfpSettings,
  options: KfpNetwork,
): NetworkPolicyEgressRule[] {
  const { calls } = program;
  if (calls.length === 0) return [];
  const isViewing = program.name === 'ml-pipeline-ui' && settings.v1;
  return openOnce([
    dnsRule(options.dns),
    ...calls.flatMap((callee) => to(callee, programs, settings, options)),
    ...(isViewing ? [toViewers(settings)] : []),
    ...(isProxied(program, settings) ? [{ ports: tcp(proxyPorts(settings)) }] : []),
    ...(settings.multiUser ? [{ to: [ISTIOD] }] : []),
  ]);
}

/** Ports that may be reached anywhere, in one rule and each once. */
function openOnce(rules: readonly NetworkPolicyEgressRule[]): NetworkPolicyEgressRule[] {
  const open = rules.filter(({ to: peers }) => peers === undefined).flatMap(({ ports = [] }) => ports);
  const ports = [...new Map(open.map((each) => [`${each.protocol}/${each.port}`, each])).values()];
  return [...rules.filter(({ to: peers }) => peers !== undefined), ...(ports.length > 0 ? [{ ports }] : [])];
}

function to(
  callee: Callee,
  programs: readonly Program[],
  settings: KfpSettings,
  { apiServer }: KfpNetwork,
): NetworkPolicyEgressRule[] {
  const { database, store } = settings;
  switch (callee) {
    case 'database':
      return [destinations(database.host, database.port, database.bundled)];
    case 'object-store': {
      if (store.azure) return toAzure(store.azure);
      const port = store.port ?? (store.secure ? 443 : 80);
      const place = destinations(store.host, port, store.bundled);
      return store.keys ? [place] : [place, ...IDENTITY_SERVERS];
    }
    case 'kubernetes': {
      const ports = tcp(apiServer?.ports ?? [443, 6443]);
      return [apiServer ? { to: peersOf(apiServer), ports } : { ports }];
    }
    case 'anywhere':
      return [{ ports: tcp([80, 443]) }];
    default:
      return programs
        .filter(({ name }) => name === callee)
        .map((each) => ({ to: [podsOf(each.labels)], ports: tcp(portsOf(each)) }));
  }
}

/** The gateway's own way out; others call the gateway. */
function toAzure({ host, port, accountKey }: AzureStorage): NetworkPolicyEgressRule[] {
  const place = destinations(host, port, undefined);
  return accountKey ? [place] : [place, ...IDENTITY_SERVERS];
}

/** TensorBoards that the user interface shows, each a pod of its own. */
function toViewers({ multiUser }: KfpSettings): NetworkPolicyEgressRule {
  const viewers = podsOf({ app: 'viewer' });
  return { to: [{ ...(multiUser && { namespaceSelector: {} }), ...viewers }], ports: tcp([6006]) };
}

function podsOf(labels: Readonly<Record<string, string>>): NetworkPolicyPeer {
  return { podSelector: { matchLabels: { ...labels } } };
}
