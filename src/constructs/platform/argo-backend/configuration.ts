import { yamlText } from '../../../argo/yaml-text';
import { seconds } from '../../settings/setting-value';
import { argoDatabase } from '../database';
import { type ObjectStore, repositoryOf } from '../object-store';
import { secretKeyOf } from '../secret-reference';
import { unshared } from '../unshared';
import type { ArgoBackendProps, ArgoSso } from './props';

/** The ConfigMap that controller and server read. */
export const CONFIGURATION = 'workflow-controller-configmap';

/**
 * What stands in it: each key is YAML of its own.
 *
 * @param endpoint where the store is, where it is the backend's own
 * @see https://argo-workflows.readthedocs.io/en/latest/workflow-controller-configmap/
 */
export function configuration(props: ArgoBackendProps, endpoint: string | undefined): Record<string, string> {
  const { artifactRepository: store, archiveLogs, executor, retention, parallelism, namespaceParallelism } = props;
  const { metrics = {}, workflowDefaults, server, extraConfiguration = {} } = props;
  const persistence = persistenceOf(props);
  const values: Record<string, unknown> = {
    ...(store !== 'none' && { artifactRepository: repository(store, endpoint, archiveLogs) }),
    executor: {
      resources: executor?.resources ?? EXECUTOR_RESOURCES,
      securityContext: { ...CONFINED, ...executor?.securityContext },
      ...(executor?.env && { env: Object.entries(executor.env).map(([name, value]) => ({ name, value })) }),
      ...(props.images?.pullPolicy && { imagePullPolicy: props.images.pullPolicy }),
    },
    ...(parallelism !== undefined && { parallelism }),
    ...(namespaceParallelism !== undefined && { namespaceParallelism }),
    ...(retention && { retentionPolicy: { ...retention } }),
    ...(persistence && { persistence }),
    metricsConfig:
      metrics === false
        ? { enabled: false }
        : { enabled: true, path: '/metrics', port: METRICS_PORT, secure: metrics.secure ?? true },
    ...(workflowDefaults && { workflowDefaults }),
    ...(server?.sso && { sso: ssoOf(server.sso) }),
    ...extraConfiguration,
  };
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === 'object' ? yamlText(unshared(value), {}) : String(value)]),
  );
}

/** Where the controller tells its metrics. */
export const METRICS_PORT = 9090;

/** What Argo's executor needs beside the program of a task. */
const EXECUTOR_RESOURCES = { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '512Mi' } };

/** PodSecurity's "restricted", but for the user, who is the program's. */
const CONFINED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

function repository(store: ObjectStore, endpoint: string | undefined, archiveLogs = true): Record<string, unknown> {
  return { ...(archiveLogs && { archiveLogs }), ...repositoryOf(store, endpoint) };
}

function persistenceOf({ database, archive, offloadNodeStatus = true }: ArgoBackendProps): object | undefined {
  if (!database) return undefined;
  const ttl = archive === false ? undefined : archive?.ttl;
  return {
    ...argoDatabase(database),
    nodeStatusOffLoad: offloadNodeStatus,
    archive: archive !== false,
    ...(ttl && { archiveTTL: `${seconds(ttl)}s` }),
    ...(archive !== false && archive?.labels && { archiveLabelSelector: { matchLabels: { ...archive.labels } } }),
  };
}

function ssoOf(sso: ArgoSso): object {
  return {
    issuer: sso.issuer,
    clientId: secretKeyOf(sso.clientId),
    clientSecret: secretKeyOf(sso.clientSecret),
    redirectUrl: sso.redirectUrl,
    ...(sso.scopes && { scopes: [...sso.scopes] }),
    ...(sso.accounts && { rbac: { enabled: true } }),
  };
}
