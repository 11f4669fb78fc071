import { Chart, Duration, Testing } from 'cdk8s';
import {
  ArgoBackend,
  type ArgoBackendProps,
  Database,
  KfpBackend,
  type KfpBackendProps,
  ObjectStore,
  WorkloadIdentity,
} from '../../src';

/** A key of a Secret. */
export const secret = (name: string, key: string) => ({ secret: name, key });
/** Keys of an object store. */
export const KEYS = { accessKey: secret('store', 'access'), secretKey: secret('store', 'secret') };
/** Who logs in to a database. */
export const LOGIN = { username: secret('db', 'user'), password: secret('db', 'password') };
const MYSQL = Database.mysql({ host: 'db.internal', database: 'mlpipeline', ...LOGIN });
const S3 = ObjectStore.s3({ bucket: 'ml', region: 'eu-central-1' });
const S3_WITH_KEYS = ObjectStore.s3({ bucket: 'ml', region: 'eu-central-1', credentials: KEYS });
const GCS = ObjectStore.gcs({
  bucket: 'ml',
  hmac: KEYS,
  credentials: { serviceAccountKey: secret('gcs', 'key.json') },
});
const AZURE = {
  endpoint: 'https://acme.blob.core.windows.net',
  container: 'artifacts',
  gateway: { accessKey: secret('gateway', 'access'), secretKey: secret('gateway', 'secret') },
};
const TRY_OUT = { objectStore: ObjectStore.tryOut({ credentials: KEYS }), database: Database.tryOut(LOGIN) };
const MIRROR = { registry: 'mirror.example.com/kfp', pullSecrets: ['registry'], pullPolicy: 'IfNotPresent' as const };
const DIGEST = `sha256:${'a'.repeat(64)}`;

/** What may be asked of a KfpBackend, beside a database and a store. */
const KFP: Readonly<Record<string, Partial<KfpBackendProps>>> = {
  plain: {},
  'keys of S3': { objectStore: S3_WITH_KEYS },
  'keys of Google': { objectStore: GCS },
  'keys of Azure': {
    objectStore: ObjectStore.azure({ ...AZURE, credentials: { accountKey: secret('azure', 'key') } }),
    images: MIRROR,
    tls: {},
  },
  'who it is to Azure, many teams': {
    objectStore: ObjectStore.azure(AZURE),
    workloadIdentity: WorkloadIdentity.azure('00000000-0000-0000-0000-000000000001'),
    multiUser: { istio: {} },
    proxy: { https: 'http://proxy:3128' },
  },
  'a try-out': TRY_OUT,
  'a try-out with images of its own': {
    objectStore: ObjectStore.tryOut({ credentials: KEYS, image: 'mirror.example.com/store:1.2' }),
    database: Database.tryOut({ ...LOGIN, image: `mirror.example.com/mysql@${DIGEST}` }),
  },
  'the first version': { v1: true },
  'the first version, trying out': { ...TRY_OUT, v1: true },
  'objects of Kubernetes': { kubernetesNative: true },
  'objects of Kubernetes, signed': { kubernetesNative: { issuer: { name: 'company', kind: 'ClusterIssuer' } } },
  'no user interface': { ui: false },
  "somebody else's Argo": { argo: 'external', crds: 'external', createNamespace: false },
  'a mirror': { ...TRY_OUT, v1: true, images: { ...MIRROR, digests: { driver: DIGEST } } },
  'the older release': {
    version: '2.2.0',
    objectStore: S3_WITH_KEYS,
    images: { ...MIRROR, overrides: { 'api-server': 'mirror.example.com/own/api-server:2.2.0-1' } },
  },
  'the older release, trying out the first version': { ...TRY_OUT, version: '2.2.0', v1: true, images: MIRROR },
  'TLS between programs': { tls: {}, v1: true, kubernetesNative: true },
  'TLS, signed': { tls: { issuer: { name: 'company', kind: 'ClusterIssuer' } } },
  'an Ingress with a login': {
    exposure: { by: 'ingress', host: 'kfp.example.com', login: { annotations: { auth: 'oauth2' } }, tlsSecret: 'tls' },
  },
  'a Gateway, and nobody else’s policies': {
    exposure: { by: { gateway: 'public' }, host: 'kfp.example.com', login: 'i-accept-no-login' },
    networkPolicies: false,
  },
  'a proxy, and a cloud': {
    proxy: { http: 'http://proxy:3128', https: 'http://proxy:3128', except: ['internal'] },
    workloadIdentity: WorkloadIdentity.eks('arn:aws:iam::123456789012:role/kfp'),
  },
  'many teams': { multiUser: { istio: {} }, v1: true },
  everything: {
    ...TRY_OUT,
    v1: true,
    kubernetesNative: true,
    metadataDatabase: 'metadata',
    timezone: 'Europe/Berlin',
    clusterDomain: 'cluster.example',
    podSecurity: 'restricted',
    priorityClassName: 'platform',
    argo: { parallelism: 10, retention: { completed: 10 } },
    runner: { rules: [{ apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'get'] }] },
    runs: { cache: false, workflowTtl: Duration.hours(2), securityContext: { runAsUser: 1000, runAsNonRoot: true } },
    images: { ...MIRROR, overrides: { frontend: `mirror.example.com/ui@${DIGEST}` } },
    programs: {
      'ml-pipeline': { replicas: 2, labels: { team: 'ml' }, env: { GOGC: '50' } },
      'ml-pipeline-ui': { tolerations: [{ key: 'ops', operator: 'Exists' }] },
    },
  },
};

/** What may be asked of an ArgoBackend, beside a store. */
const ARGO: Readonly<Record<string, Partial<ArgoBackendProps>>> = {
  plain: {},
  everything: {
    artifactRepository: TRY_OUT.objectStore,
    database: Database.postgres({ host: 'db.internal', database: 'argo', ...LOGIN }),
    controller: { replicas: 2, labels: { team: 'ml' } },
    server: {
      sso: {
        issuer: 'https://id.example.com',
        clientId: secret('oidc', 'id'),
        clientSecret: secret('oidc', 'secret'),
        redirectUrl: 'https://argo.example.com/oauth2/callback',
      },
    },
    images: MIRROR,
  },
  'the whole cluster': { scope: 'cluster', server: {} },
  'another namespace': { scope: { managedNamespace: 'ml' }, artifactRepository: GCS, server: {} },
  'no artifacts': { artifactRepository: 'none', metrics: false, crds: 'external', caching: false },
};

/** What a backend tells of itself. */
export type Backend = Pick<KfpBackend, 'images' | 'secrets'>;

/** A KfpBackend and its chart. */
export function kfp(props: Partial<KfpBackendProps> = {}): { readonly backend: KfpBackend; readonly chart: Chart } {
  const chart = new Chart(Testing.app(), 'platform', { namespace: 'kfp' });
  return { chart, backend: new KfpBackend(chart, 'kfp', { database: MYSQL, objectStore: S3, ...props }) };
}

/** An ArgoBackend and its chart. */
export function argo(props: Partial<ArgoBackendProps> = {}): { readonly backend: ArgoBackend; readonly chart: Chart } {
  const chart = new Chart(Testing.app(), 'platform', { namespace: 'argo' });
  return { chart, backend: new ArgoBackend(chart, 'argo', { artifactRepository: S3, ...props }) };
}

/** Backends of all kinds, by what they are. */
export const CASES: readonly (readonly [string, () => { readonly backend: Backend; readonly chart: Chart }])[] = [
  ...Object.entries(KFP).map(([name, props]) => [`KfpBackend, ${name}`, () => kfp(props)] as const),
  ...Object.entries(ARGO).map(([name, props]) => [`ArgoBackend, ${name}`, () => argo(props)] as const),
];
