import { identityOf } from './multi-user';
import type { KfpObject } from './object';
import type { KfpProgram, Program } from './program';
import type { KfpSettings } from './settings';

/** A rule of an AuthorizationPolicy. */
type Rule = Readonly<Record<string, unknown>>;

/**
 * What Istio guards KFP by. Whom a request is from, KFP takes from a header: only the gateway, which knows it, and the user interface,
 * which hands it on, may send that header. Pods of runs have no sidecar (KFP says so on each), hence no identity of Istio's, and may
 * call the API server and the store of metadata as nobody, or with a token.
 *
 * @see https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
export function istioObjects(settings: KfpSettings, programs: readonly Program[]): readonly KfpObject[] {
  if (!settings.multiUser) return [];
  const named = (name: KfpProgram) => programs.filter((program) => program.name === name);
  const guards: readonly (readonly [KfpProgram, (settings: KfpSettings, programs: readonly Program[]) => Rule[]])[] = [
    ['ml-pipeline', apiServerRules],
    ['ml-pipeline-ui', uiRules],
    ['metadata-grpc-deployment', () => [onPorts('8080')]],
    ['cache-server', () => [onPorts('8443')]],
    ['ml-pipeline-visualizationserver', visualizationRules],
  ];
  return [
    ...guards.flatMap(([name, rules]) =>
      named(name).map(({ labels }) =>
        security('AuthorizationPolicy', name, {
          selector: { matchLabels: labels },
          action: 'ALLOW',
          rules: rules(settings, programs),
        }),
      ),
    ),
    ...[
      ...[...named('ml-pipeline'), ...named('metadata-grpc-deployment'), ...named('object-store-gateway')].map(
        ({ name, labels }) => ({ name, labels }),
      ),
      ...(settings.store.bundled === 'try-out' ? [TRY_OUT] : []),
    ].map(({ name, labels }) =>
      // Where the mesh wants everybody's identity, pods of runs would reach nothing.
      security('PeerAuthentication', name, { selector: { matchLabels: labels }, mtls: { mode: 'PERMISSIVE' } }),
    ),
    ...[...named('ml-pipeline'), ...named('ml-pipeline-ui'), ...named('metadata-grpc-deployment')].flatMap(
      ({ services = [] }) =>
        services.map(({ name }) =>
          networking('DestinationRule', name, {
            host: hostOf(name, settings),
            trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } },
          }),
        ),
    ),
    ...(settings.ui ? ways(settings) : []),
  ];
}

/** The object store of a try-out, as its own construct labels it. */
const TRY_OUT = { name: 'try-out-object-store', labels: { 'app.kubernetes.io/name': 'try-out-object-store' } };

/** What of the API server asks who calls. The way to logs of before does not, and is closed. */
const ASKING = ['/apis/v1beta1/*', '/apis/v2beta1/*', '/metrics'];

function apiServerRules(settings: KfpSettings, programs: readonly Program[]): Rule[] {
  const to = [{ operation: { ports: ['8888'], paths: ASKING } }, { operation: { ports: ['8887'] } }];
  const ui = programs.filter(({ name }) => name === 'ml-pipeline-ui');
  return [
    ...(ui.length > 0 ? [{ from: [{ source: { principals: principals(ui, settings) } }], to }] : []),
    { to, when: [nobody(settings)] },
  ];
}

function uiRules(settings: KfpSettings): Rule[] {
  return [{ from: [{ source: { principals: [identityOf(settings.multiUser!).principal] } }] }];
}

/** A request that does not say who sends it. */
function nobody({ multiUser }: KfpSettings): Rule {
  return { key: `request.headers[${identityOf(multiUser!).header}]`, notValues: ['*'] };
}

function visualizationRules(settings: KfpSettings, programs: readonly Program[]): Rule[] {
  const callers = programs.filter(({ name }) => name === 'ml-pipeline');
  return [{ from: [{ source: { principals: principals(callers, settings) } }] }];
}

function onPorts(...ports: readonly string[]): Rule {
  return { to: [{ operation: { ports } }] };
}

/** Who programs are to Istio: in the domain of trust that its gateway is in. */
function principals(programs: readonly Program[], { multiUser, namespace }: KfpSettings): string[] {
  const [domain] = identityOf(multiUser!).principal.split('/');
  return programs.map(({ account = 'default' }) => `${domain}/ns/${namespace}/sa/${account}`);
}

/** The ways in from the gateway: to the user interface, and to what it reads of metadata. Nobody writes metadata from outside. */
function ways(settings: KfpSettings): readonly KfpObject[] {
  const { gateway } = identityOf(settings.multiUser!);
  const way = (name: string, http: Readonly<Record<string, unknown>>) =>
    networking('VirtualService', name, { gateways: [gateway], hosts: ['*'], http: [http] });
  const to = (service: string, port: number) => [
    { destination: { host: hostOf(service, settings), port: { number: port } } },
  ];
  return [
    way('ml-pipeline-ui', {
      match: [{ uri: { exact: '/pipeline' } }, { uri: { prefix: '/pipeline/' } }],
      route: to('ml-pipeline-ui', 80),
      timeout: '300s',
    }),
    way('metadata-grpc', {
      match: [{ uri: { prefix: '/ml_metadata.MetadataStoreService/Get' } }],
      route: to('metadata-envoy-service', 9090),
    }),
  ];
}

function hostOf(service: string, { namespace, clusterDomain }: KfpSettings): string {
  return `${service}.${namespace}.svc.${clusterDomain}`;
}

function security(kind: string, name: string, spec: Readonly<Record<string, unknown>>): KfpObject {
  return { apiVersion: 'security.istio.io/v1beta1', kind, name, fields: { spec } };
}

function networking(kind: string, name: string, spec: Readonly<Record<string, unknown>>): KfpObject {
  return { apiVersion: 'networking.istio.io/v1beta1', kind, name, fields: { spec } };
}
