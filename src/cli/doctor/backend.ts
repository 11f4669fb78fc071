import type { PublishedBackend } from '../../constructs/publish-backend';
import { APPLY, type BackendRequirements, backendRequirementsOf } from '../../review/backend-requirements';
import { examineEngine } from './engine';
import type { Finding } from './findings';
import type { Kubectl } from './kubectl';
import { allowed, examineObject } from './namespace';

/** Whether a backend has what it needs of its cluster, and runs. */
export function examineBackend(kubectl: Kubectl, backend: PublishedBackend): Finding[] {
  const { namespace, work, kind } = backend;
  const needs = backendRequirementsOf(backend);
  const cluster = [
    ...examineEngine(kubectl, work, kind === 'kfp').findings,
    ...examineDefinitions(kubectl, needs.definitions),
    ...examineKinds(kubectl, needs.kinds),
    ...examineStorage(kubectl, needs.storageClasses),
    ...needs.webhooks.map((each) => examineWebhook(kubectl, each)),
  ];
  const { found, unknown } = kubectl.get('namespace', namespace);
  if (!found && unknown === undefined) {
    return [
      ...cluster,
      { verdict: 'missing', subject: `namespace ${namespace}`, detail: 'there is none', mend: APPLY },
    ];
  }
  return [
    ...cluster,
    ...examinePrograms(kubectl, namespace, needs.programs),
    ...needs.objects.map((object) => examineObject(kubectl, namespace, object)),
    ...needs.claims.map((name) => examineClaim(kubectl, namespace, name)),
    ...needs.rights.flatMap(({ account, rules }) =>
      allowed(kubectl, namespace, account, `system:serviceaccount:${namespace}:${account}`, rules).map((each) =>
        each.verdict === 'missing' ? { ...each, mend: `${APPLY}: the backend has these rights` } : each,
      ),
    ),
  ];
}

function examineDefinitions(kubectl: Kubectl, definitions: readonly string[]): Finding[] {
  return definitions.map((name): Finding => {
    const subject = `kind ${name}`;
    const group = name.slice(name.indexOf('.') + 1);
    const { ok, stdout, reason } = kubectl.ask('api-resources', `--api-group=${group}`, '-o', 'name');
    if (!ok) return { verdict: 'unknown', subject, detail: reason };
    if (stdout.split('\n').includes(name)) return { verdict: 'ok', subject, detail: 'is defined' };
    return { verdict: 'missing', subject, detail: 'is not defined', mend: 'apply the backend, or KfpCrds' };
  });
}

/** Who defines a group of API. */
const DEFINED_BY: Readonly<Record<string, string>> = {
  'cert-manager.io': 'install cert-manager: https://cert-manager.io/docs/installation/',
  'networking.istio.io': 'install Istio: https://istio.io/latest/docs/setup/install/',
  'security.istio.io': 'install Istio: https://istio.io/latest/docs/setup/install/',
  'gateway.networking.k8s.io': 'install the Gateway API: https://gateway-api.sigs.k8s.io/guides/',
  'monitoring.coreos.com':
    'install the Prometheus operator: https://prometheus-operator.dev/docs/getting-started/installation/',
};

function examineKinds(kubectl: Kubectl, kinds: BackendRequirements['kinds']): Finding[] {
  return kinds.map(({ group, kind }): Finding => {
    const subject = `kind ${kind} of ${group}`;
    const { found, unknown } = kubectl.kindsOf(group);
    if (unknown !== undefined) return { verdict: 'unknown', subject, detail: unknown };
    if (found?.includes(kind)) return { verdict: 'ok', subject, detail: 'is defined' };
    const mend = Object.hasOwn(DEFINED_BY, group) ? DEFINED_BY[group]! : `install what defines kinds of ${group}`;
    return { verdict: 'missing', subject, detail: 'is not defined', mend };
  });
}

function examinePrograms(kubectl: Kubectl, namespace: string, programs: BackendRequirements['programs']): Finding[] {
  return programs.map(({ kind, name }) =>
    examineOwn(kubectl, kind, name, namespace, (found) => {
      const { spec, status } = found as {
        readonly spec?: { readonly replicas?: number };
        readonly status?: { readonly readyReplicas?: number };
      };
      const [wanted, ready] = [spec?.replicas ?? 1, status?.readyReplicas ?? 0];
      if (ready > 0 || wanted === 0) return { verdict: 'ok', detail: `${ready} of ${wanted} ready` };
      const mend = `kubectl describe ${kind.toLowerCase()} ${name} -n ${namespace}; kubectl logs ${kind.toLowerCase()}/${name} -n ${namespace}`;
      return { verdict: 'missing', detail: 'no pod of it is ready', mend };
    }),
  );
}

/**
 * An object that the app's manifests make, where it is there.
 *
 * @param namespace undefined for an object of the whole cluster
 * @param judge what is to be said of it
 */
function examineOwn(
  kubectl: Kubectl,
  kind: string,
  name: string,
  namespace: string | undefined,
  judge: (found: unknown) => Omit<Finding, 'subject'>,
): Finding {
  const subject = `${kind} ${name}`;
  const { found, unknown } = kubectl.get(kind, name, ...(namespace === undefined ? [] : ['-n', namespace]));
  if (unknown !== undefined) return { verdict: 'unknown', subject, detail: unknown };
  if (found !== undefined) return { subject, ...judge(found) };
  const detail = namespace === undefined ? 'there is none' : `is not in '${namespace}'`;
  return { verdict: 'missing', subject, detail, mend: APPLY };
}

function examineStorage(kubectl: Kubectl, classes: BackendRequirements['storageClasses']): Finding[] {
  return classes.map((name): Finding => {
    const subject = name === undefined ? 'default StorageClass' : `StorageClass ${name}`;
    const { found, unknown } = kubectl.get('storageclasses');
    if (unknown !== undefined) return { verdict: 'unknown', subject, detail: unknown };
    const { items = [] } = (found ?? {}) as {
      readonly items?: readonly {
        readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
      }[];
    };
    const isThere = items.some(({ metadata }) =>
      name === undefined ? metadata.annotations?.[DEFAULT_CLASS] === 'true' : metadata.name === name,
    );
    if (isThere) return { verdict: 'ok', subject, detail: 'is there' };
    return { verdict: 'missing', subject, detail: 'there is none', mend: 'name one that exists by `storageClassName`' };
  });
}

/** What marks the class of claims that name none. */
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

function examineClaim(kubectl: Kubectl, namespace: string, name: string): Finding {
  return examineOwn(kubectl, 'PersistentVolumeClaim', name, namespace, (found) => {
    const { phase = 'Pending' } = (found as { readonly status?: { readonly phase?: string } }).status ?? {};
    if (phase === 'Bound') return { verdict: 'ok', detail: 'has a volume' };
    const mend = `kubectl describe persistentvolumeclaim ${name} -n ${namespace}`;
    return { verdict: 'missing', detail: `has no volume: ${phase}`, mend };
  });
}

/** A webhook without the certificate of its API server's authority refuses everything. */
function examineWebhook(kubectl: Kubectl, { kind, name }: BackendRequirements['webhooks'][number]): Finding {
  return examineOwn(kubectl, kind, name, undefined, (found) => {
    const { webhooks = [] } = found as {
      readonly webhooks?: readonly { readonly clientConfig?: { readonly caBundle?: string } }[];
    };
    if (webhooks.every(({ clientConfig }) => clientConfig?.caBundle)) {
      return { verdict: 'ok', detail: 'has the certificate of its authority' };
    }
    const mend = 'see that cert-manager’s cainjector runs: kubectl get deployments -n cert-manager';
    return { verdict: 'missing', detail: 'has no certificate of its authority', mend };
  });
}
