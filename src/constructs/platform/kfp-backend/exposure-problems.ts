import { isIPv4 } from 'node:net';
import { isDnsLabel } from '../../../graph/names';
import { isObjectName } from '../../../graph/rules/settings';
import { isQualifiedName, labelProblems, type Problem, wholeProblems } from '../problems';
import type { KfpExposure } from './exposure-props';
import type { KfpProblem } from './problems';
import type { KfpSettings } from './settings';

/** What is wrong or doubtful about how people reach the user interface. */
export function exposureProblems({ parity, props, ui, multiUser }: KfpSettings): KfpProblem[] {
  const { exposure } = props;
  if (parity || exposure === undefined) return [];
  const { by, host, login, tlsSecret } = exposure;
  const wrong: Problem[] = [
    ...(ui ? [] : [{ message: '`exposure` leads to the user interface, which `ui: false` leaves out', mend: NEITHER }]),
    ...(multiUser
      ? [
          {
            message: 'with `multiUser`, people come in by Istio’s gateway alone, which says who they are',
            mend: 'leave out `exposure`',
          },
        ]
      : []),
    ...hostProblems(host),
    ...(by === 'ingress' ? ingressProblems(exposure) : gatewayProblems(exposure)),
    ...loginProblems(login),
    ...Object.entries(exposure.annotations ?? {}).flatMap(([name, text]) => annotationProblems('exposure', name, text)),
    ...labelProblems('the label of `exposure.from`', exposure.from),
    ...(exposure.from && Object.keys(exposure.from).length === 0
      ? [
          {
            message: '`exposure.from` has no label, which to Kubernetes is every namespace',
            mend: 'give labels of the namespace that requests come from, or leave it out',
          },
        ]
      : []),
  ];
  const doubtful: Problem[] = [
    ...(by === 'ingress' && tlsSecret === undefined
      ? [
          {
            message: `what people see and send at '${host}' crosses the network in the clear, as far as this Ingress knows`,
            mend: 'give `exposure.tlsSecret`',
          },
        ]
      : []),
    ...(login === 'i-accept-no-login'
      ? [
          {
            message: `whoever reaches '${host}' can read and delete all pipelines, runs and artifacts, and run any container in the cluster as the account of runs`,
            mend: 'give `exposure.login`: a Service such as oauth2-proxy, or annotations that have the controller ask one',
          },
        ]
      : []),
  ];
  return [
    ...wrong.map((each) => ({ ...each, code: 'KFP1744' })),
    ...doubtful.map((each) => ({ ...each, code: 'KFP1744', severity: 'warning' as const })),
  ];
}

const NEITHER = 'leave out one of them';

function hostProblems(host: unknown): Problem[] {
  if (isObjectName(host) && !isIPv4(String(host))) return [];
  return [
    { message: '`exposure.host` is no name of a host', mend: "write it without scheme and port: 'kfp.example.com'" },
  ];
}

function ingressProblems({ ingressClassName, tlsSecret }: KfpExposure): Problem[] {
  return [
    ...nameProblems('exposure.ingressClassName', ingressClassName),
    ...nameProblems('exposure.tlsSecret', tlsSecret),
  ];
}

function gatewayProblems({ by, ingressClassName, tlsSecret, login }: KfpExposure): Problem[] {
  const { gateway, namespace, section } = (typeof by === 'object' ? (by ?? {}) : {}) as Record<string, unknown>;
  if (gateway === undefined) {
    return [{ message: '`exposure.by` is neither', mend: "give 'ingress', or { gateway: '…', namespace: '…' }" }];
  }
  const ofIngress = Object.entries({ ingressClassName, tlsSecret }).filter(([, value]) => value !== undefined);
  return [
    ...nameProblems('exposure.by.gateway', gateway),
    ...nameProblems('exposure.by.namespace', namespace, isNamespace),
    ...nameProblems('exposure.by.section', section),
    ...ofIngress.map(([name]) => ({
      message: `\`exposure.${name}\` is an Ingress', and there is a Gateway`,
      mend: 'leave it out; listeners of the Gateway have certificates',
    })),
    ...(typeof login === 'object' && login !== null && 'annotations' in login
      ? [
          {
            message: 'annotations have an Ingress’ controller ask who people are, and a Gateway nobody',
            mend: 'give a Service such as oauth2-proxy: { service, port }',
          },
        ]
      : []),
  ];
}

/** The Services of KFP's own: who is sent there is asked by nobody. */
const OWN = ['ml-pipeline', 'ml-pipeline-ui', 'metadata-envoy-service'];

function loginProblems(login: unknown): Problem[] {
  if (login === 'i-accept-no-login') return [];
  const { service, port, annotations } = (typeof login === 'object' ? (login ?? {}) : {}) as Record<string, unknown>;
  if (typeof service === 'string') {
    return [
      ...(isDnsLabel(service) && !OWN.includes(service)
        ? []
        : [{ message: `'${service.slice(0, 80)}' is no Service that lets people in`, mend: LOGIN }]),
      ...wholeProblems('`exposure.login.port`', port ?? 'missing', 1, 65535),
    ];
  }
  const entries = typeof annotations === 'object' ? Object.entries(annotations ?? {}) : [];
  if (entries.length > 0) return entries.flatMap(([name, text]) => annotationProblems('exposure.login', name, text));
  return [{ message: 'nobody lets people in: KFP has no login of its own', mend: LOGIN }];
}

const LOGIN =
  "give `exposure.login`: { service: 'oauth2-proxy', port: 4180 }, { annotations: … }, or 'i-accept-no-login'";

function annotationProblems(of: string, name: string, text: unknown): Problem[] {
  if (typeof text === 'string' && isQualifiedName(name)) return [];
  return [{ message: `the annotation '${name.slice(0, 80)}' of \`${of}\` is none`, mend: 'give a name, and a text' }];
}

function nameProblems(what: string, name: unknown, isName = isObjectName): Problem[] {
  if (name === undefined || isName(name)) return [];
  return [{ message: `\`${what}\` is no name of an object`, mend: 'give the name of one that exists' }];
}

function isNamespace(name: unknown): boolean {
  return typeof name === 'string' && isDnsLabel(name);
}
