import { yamlText } from '../../../argo/yaml-text';
import { once } from '../../../graph/once';
import { CONFIGURATION, configuration } from '../argo-backend/configuration';
import { CERTIFICATE_FOLDER } from './certificate';
import { DATABASE_KEYS, databaseKeys } from './database';
import { envoyConfiguration } from './envoy';
import { hostOf } from './hosts';
import { runLabels } from './identity';
import { TEAM_RUNNER } from './multi-user';
import { INSTALL_CONFIG } from './program';
import { UI_CONFIG } from './programs/ui';
import { proxyVariables } from './proxy';
import type { KfpSettings } from './settings';
import { launcherProviders } from './store';
import { workflowTtl } from './workflow-ttl';

/** A ConfigMap of the backend's. */
export interface KfpConfigMap {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

/** All ConfigMaps of a backend. Made once: each program looks at them for what its pods read. */
export const configMaps = once(makeConfigMaps);

function makeConfigMaps(settings: KfpSettings): readonly KfpConfigMap[] {
  const { parity, release, argo, ui, v1, multiUser } = settings;
  const hasEnvoy = release.confined;
  return [
    { name: INSTALL_CONFIG, data: installation(settings) },
    // For runs: where there are several teams, in the namespaces of these.
    ...(multiUser ? [] : [{ name: LAUNCHER, data: launcher(settings) }]),
    ...(argo ? [{ name: CONFIGURATION, data: argoConfiguration(settings) }] : []),
    ...(ui && v1 ? [{ name: UI_CONFIG, data: { 'viewer-pod-template.json': viewer(settings) } }] : []),
    ...(multiUser
      ? []
      : [
          {
            name: METADATA,
            labels: { component: 'metadata-grpc-server' },
            data: metadataAddress('metadata-grpc-service'),
          },
        ]),
    ...(hasEnvoy ? [{ name: 'metadata-envoy-configmap', data: { 'envoy-config.yaml': envoy(settings) } }] : []),
    ...(parity && release.confined
      ? [{ name: 'kubeflow-pipelines-public', data: { kubeflow_pipelines_version: `v${release.version}` } }]
      : []),
  ];
}

/** The ConfigMap that runs are told by where artifacts go. */
export const LAUNCHER = 'kfp-launcher';

/** The ConfigMap that runs are told by where the store of metadata is. */
export const METADATA = 'metadata-grpc-configmap';

/** How runs find the store of metadata. */
export function metadataAddress(host: string): Record<string, string> {
  return { METADATA_GRPC_SERVICE_HOST: host, METADATA_GRPC_SERVICE_PORT: '8080' };
}

/** What the programs are told by. */
function installation(settings: KfpSettings): Record<string, string> {
  const { release, parity, database, store, timezone, image, v1 } = settings;
  const address = ({ host, port }: { readonly host: string; readonly port: string }) => ({
    [host]: database.host,
    [port]: String(database.port),
  });
  return {
    appName: 'pipeline',
    appVersion: release.version,
    autoUpdatePipelineDefaultVersion: 'true',
    cronScheduleTimezone: timezone,
    ...address(DATABASE_KEYS),
    ...address(databaseKeys(settings)),
    pipelineDb: database.names.pipelines,
    mlmdDb: database.names.metadata,
    ConMaxLifeTime: '120s',
    bucketName: store.bucket,
    ...(v1 && {
      cacheDb: database.names.cache,
      cacheImage: image('busybox'),
      cacheNodeRestrictions: 'false',
      DEFAULT_CACHE_STALENESS: '',
      MAXIMUM_CACHE_STALENESS: '',
    }),
    ...(parity && { ...UPSTREAM, ...(release.confined && NEWER_UPSTREAM) }),
  };
}

/** What stands in upstream's besides. */
const UPSTREAM = {
  dbType: 'mysql',
  defaultPipelineRoot: '',
  LOG_LEVEL: 'info',
  warning: 'Programs read some of this at their start only. Change it at its source, not in the cluster.\n',
};
const NEWER_UPSTREAM = {
  ARTIFACT_RETENTION_DAYS: '-1',
  ARTIFACTS_PROXY_ENABLED: 'false',
  BLOCK_V1_PIPELINES: 'false',
  V1_ALLOWED_NAMESPACES: '',
  USERID_HEADER: 'kubeflow-userid',
  USERID_PREFIX: '',
  defaultSecurityContextHostUsers: '',
  defaultSecurityContextRunAsGroup: '',
  defaultSecurityContextRunAsNonRoot: '',
  defaultSecurityContextRunAsUser: '',
};

/**
 * What KFP's launcher finds its store by.
 *
 * @param folder what the keys of artifacts begin with, where that is not the path itself
 */
export function launcher({ parity, store, props }: KfpSettings, folder?: string): Record<string, string> {
  if (parity) return { defaultPipelineRoot: '' };
  const path = props.runs?.artifactPath ?? 'v2/artifacts';
  const { root, providers } = launcherProviders(store, folder === undefined ? path : `${folder}/${path}`);
  return { defaultPipelineRoot: root, providers: yamlText(providers, {}) };
}

/** Viewers are in the namespace of who asks for one. */
function viewer({ multiUser }: KfpSettings): string {
  const serviceAccountName = multiUser ? TEAM_RUNNER : 'kubeflow-pipelines-viewer';
  return `${JSON.stringify({ spec: { serviceAccountName } }, null, 2)}\n`;
}

function envoy(settings: KfpSettings): string {
  const tls = settings.tls && { folder: CERTIFICATE_FOLDER, serverName: hostOf('metadata-grpc-service', settings) };
  return yamlText(envoyConfiguration(tls), { lineWidth: 0 });
}

function argoConfiguration(settings: KfpSettings): Record<string, string> {
  const { parity, release, store, props } = settings;
  const artifactRepository = { archiveLogs: props.runs?.publishLogs ?? true, ...store.repository };
  if (parity) {
    const executor = { imagePullPolicy: 'IfNotPresent', ...(release.confined && { securityContext: EXECUTOR }) };
    const values = { artifactRepository, executor, ...(release.confined && { workflowDefaults: WORKFLOWS }) };
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, yamlText(value, { lineWidth: 0 })]));
  }
  const { argo, images } = props;
  const options = typeof argo === 'object' ? argo : {};
  // Argo's executor, in each pod of a run, is what brings artifacts and logs to the store.
  const proxies = store.bundled ? [] : proxyVariables(settings);
  const env = { ...Object.fromEntries(proxies.map(({ name, value = '' }) => [name, value])), ...options.executor?.env };
  return configuration(
    {
      ...options,
      workflowDefaults: labelled(workflowDefaults(settings, options.workflowDefaults), runLabels(settings)),
      executor: {
        ...options.executor,
        // KFP's newer releases want it of all containers of their pods.
        ...(release.confined && { securityContext: { runAsNonRoot: true, ...options.executor?.securityContext } }),
        ...(Object.keys(env).length > 0 && { env }),
      },
      artifactRepository: 'none',
      ...(images && { images }),
      extraConfiguration: { artifactRepository },
    },
    undefined,
  );
}

/** What workflows are besides what they say: ours, and over it what was given. Finished ones stay as long as KFP looks after them. */
function workflowDefaults(
  settings: KfpSettings,
  given: { readonly [field: string]: unknown } = {},
): { readonly [field: string]: unknown } {
  const ttl = workflowTtl(settings);
  const ttlStrategy = { secondsAfterCompletion: ttl, secondsAfterSuccess: ttl, secondsAfterFailure: ttl };
  return { ...given, spec: { ...WORKFLOWS.spec, ttlStrategy, ...(given.spec as object | undefined) } };
}

/** Puts labels onto the pods of all workflows; their own are stronger. */
function labelled(
  defaults: { readonly [field: string]: unknown },
  labels: Readonly<Record<string, string>>,
): { readonly [field: string]: unknown } {
  if (Object.keys(labels).length === 0) return defaults;
  const spec = (defaults.spec ?? {}) as { readonly podMetadata?: { readonly labels?: object } };
  const podMetadata = { ...spec.podMetadata, labels: { ...labels, ...spec.podMetadata?.labels } };
  return { ...defaults, spec: { ...spec, podMetadata } };
}

/** Who Argo's own containers are, as upstream confines them. */
const EXECUTOR = {
  runAsNonRoot: true,
  runAsUser: 65532,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** How long finished runs stay in the cluster, and what is tried again, as upstream has it. */
const WORKFLOWS = {
  spec: {
    ttlStrategy: { secondsAfterCompletion: 3600, secondsAfterSuccess: 3600, secondsAfterFailure: 3600 },
    templateDefaults: { retryStrategy: { limit: '2', retryPolicy: 'OnError' } },
  },
};
