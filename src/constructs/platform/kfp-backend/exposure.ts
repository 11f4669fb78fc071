import { exposureProblems } from './exposure-problems';
import type { KfpExposure } from './exposure-props';
import type { KfpObject } from './object';
import type { Program } from './program';
import type { KfpSettings } from './settings';

const UI = 'ml-pipeline-ui';

/** The way from outside of the cluster to the user interface, past whoever lets people in. */
export function exposureObjects(settings: KfpSettings, programs: readonly Program[]): readonly KfpObject[] {
  const { exposure } = settings.props;
  const wrong = exposureProblems(settings).some(({ severity }) => severity !== 'warning');
  // Nothing could be made of it.
  if (settings.parity || !exposure || wrong) return [];
  const [service] = programs.find(({ name }) => name === UI)?.services ?? [];
  const target = loginService(exposure) ?? { service: UI, port: service?.ports[0]?.port ?? 80 };
  return [exposure.by === 'ingress' ? ingress(exposure, target) : route(exposure, exposure.by, target)];
}

interface Target {
  readonly service: string;
  readonly port: number;
}

/** The Service that requests go to first, where the login is one. */
export function loginService({ login }: KfpExposure): Target | undefined {
  return typeof login === 'object' && login !== null && 'service' in login ? login : undefined;
}

/** @see https://kubernetes.io/docs/concepts/services-networking/ingress/ */
function ingress(exposure: KfpExposure, { service, port }: Target): KfpObject {
  const { host, login, ingressClassName, tlsSecret, annotations } = exposure;
  const backend = { service: { name: service, port: { number: port } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    name: UI,
    annotations: { ...annotations, ...(typeof login === 'object' && 'annotations' in login && login.annotations) },
    fields: {
      spec: {
        ...(ingressClassName !== undefined && { ingressClassName }),
        ...(tlsSecret !== undefined && { tls: [{ hosts: [host], secretName: tlsSecret }] }),
        rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      },
    },
  };
}

/** @see https://gateway-api.sigs.k8s.io/api-types/httproute/ */
function route(
  { host, annotations = {} }: KfpExposure,
  { gateway, namespace, section }: Exclude<KfpExposure['by'], 'ingress'>,
  { service, port }: Target,
): KfpObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    name: UI,
    annotations,
    fields: {
      spec: {
        parentRefs: [
          {
            name: gateway,
            ...(namespace !== undefined && { namespace }),
            ...(section !== undefined && { sectionName: section }),
          },
        ],
        hostnames: [host],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            backendRefs: [{ name: service, port }],
          },
        ],
      },
    },
  };
}
