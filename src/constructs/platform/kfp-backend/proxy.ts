import type * as kubernetes from 'kubernetes-types/core/v1';
import { withEachContainer } from './amend';
import { env, type Program } from './program';
import type { KfpSettings } from './settings';

/** The Services that KFP's programs call each other by, where they write no namespace. */
const SERVICES = [
  'ml-pipeline',
  'ml-pipeline-ui',
  'ml-pipeline-visualizationserver',
  'metadata-grpc-service',
  'metadata-envoy-service',
  'cache-server',
];

/**
 * Tells programs that reach out of the cluster by HTTP of a proxy; a database is not reached so. The API server hands what it is
 * told on to the pods of runs (2.17.0).
 *
 * Names in capitals are enough: Go, Python and Node's libraries all read those.
 */
export function withProxy(program: Program, settings: KfpSettings): Program {
  if (!isProxied(program, settings)) return program;
  return withEachContainer(program, (container) => ({
    ...container,
    env: [...(container.env ?? []), ...proxyVariables(settings)],
  }));
}

/** Whether a program is told of a proxy. */
export function isProxied({ calls }: Program, { parity, props, store }: KfpSettings): boolean {
  if (parity || !props.proxy) return false;
  return calls.includes('anywhere') || (calls.includes('object-store') && !store.bundled);
}

/** The variables that say where a proxy is; none where there is none. */
export function proxyVariables(settings: KfpSettings): kubernetes.EnvVar[] {
  const { http, https } = settings.props.proxy ?? {};
  if (http === undefined && https === undefined) return [];
  return [
    ...(http === undefined ? [] : [env('HTTP_PROXY', http)]),
    ...(https === undefined ? [] : [env('HTTPS_PROXY', https)]),
    env('NO_PROXY', unproxied(settings).join(',')),
  ];
}

/** What is reached without a proxy: the cluster itself, what is next to the pod, and what else was named. */
function unproxied({ namespace, clusterDomain, store, props }: KfpSettings): readonly string[] {
  const { except = [] } = props.proxy ?? {};
  return [
    ...new Set([
      'localhost',
      '127.0.0.1',
      // Clouds tell pods there who they are.
      '169.254.0.0/16',
      // Kubernetes puts its own address in here, which its clients call it by.
      '$(KUBERNETES_SERVICE_HOST)',
      'kubernetes.default',
      '.svc',
      `.svc.${clusterDomain}`,
      ...SERVICES,
      ...SERVICES.map((name) => `${name}.${namespace}`),
      // A host without a dot is one of the namespace's.
      ...(store.host.includes('.') ? [] : [store.host]),
      ...except,
    ]),
  ];
}

/** The ports that proxies listen on. */
export function proxyPorts({ props }: KfpSettings): readonly number[] {
  const { http, https } = props.proxy ?? {};
  return [http, https]
    .filter((url) => url !== undefined)
    .filter((url) => URL.canParse(url))
    .map((text) => new URL(text))
    .map(({ port, protocol }) => Number(port || (protocol === 'https:' ? 443 : 80)));
}
