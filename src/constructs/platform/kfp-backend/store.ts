import type * as kubernetes from 'kubernetes-types/core/v1';
import { yamlText } from '../../../argo/yaml-text';
import { type ObjectStore, repositoryOf } from '../object-store';
import { type ISecretReference, secretKeyOf } from '../secret-reference';
import { type AzureStorage, azureBinding } from './azure';
import { env, envOfConfig, envOfField, envOfSecret } from './program';
import type { KfpRelease } from './release';

/** The object store as KFP's programs, and the pods of runs, reach it. */
export interface StoreBinding {
  /** The scheme of its URIs, which is what KFP tells stores apart by. */
  readonly scheme: 'minio' | 's3' | 'gs';
  readonly host: string;
  readonly port?: number;
  readonly secure: boolean;
  readonly region?: string;
  readonly bucket: string;
  /** Keys for S3's protocol; undefined: who the pods are to the cloud. */
  readonly keys?: { readonly accessKey: ISecretReference; readonly secretKey: ISecretReference };
  /** The certificate of whoever signed its own; undefined: public authorities. */
  readonly caCertificate?: ISecretReference;
  /** The JSON key of an account of Google's, for pods of runs. */
  readonly googleKey?: ISecretReference;
  /** As Argo's configuration describes it. */
  readonly repository: Readonly<Record<string, unknown>>;
  /** What is behind the gateway that the rest of this describes; undefined: there is no gateway. */
  readonly azure?: AzureStorage;
  /** Whether it is one of ours, and which. */
  readonly bundled?: 'upstream' | 'try-out';
}

/** The Secret of upstream's object store; KFP's launcher looks for it where nothing else is said. */
export const UPSTREAM_STORE_SECRET = 'mlpipeline-minio-artifact';

/** Upstream's own object store: one pod. */
export function upstreamStore({ bundledStore }: KfpRelease, namespace: string): StoreBinding {
  const isSeaweed = bundledStore === 'seaweedfs';
  const [accessKey, secretKey] = ['accesskey', 'secretkey'].map((key) => ({ name: UPSTREAM_STORE_SECRET, key }));
  const host = `${isSeaweed ? 'seaweedfs' : 'minio-service'}.${namespace}`;
  return {
    scheme: 'minio',
    host,
    port: 9000,
    secure: false,
    bucket: 'mlpipeline',
    keys: { accessKey: accessKey!, secretKey: secretKey! },
    repository: {
      s3: {
        endpoint: isSeaweed ? `${host}.svc:9000` : `${host}:9000`,
        bucket: 'mlpipeline',
        keyFormat: `${isSeaweed ? PRIVATE : 'artifacts'}/${DATED}`,
        insecure: true,
        accessKeySecret: accessKey,
        secretKeySecret: secretKey,
      },
    },
    bundled: 'upstream',
  };
}

const PRIVATE = 'private-artifacts/{{workflow.namespace}}';
const DATED =
  '{{workflow.name}}/{{workflow.creationTimestamp.Y}}/{{workflow.creationTimestamp.m}}/{{workflow.creationTimestamp.d}}/{{pod.name}}';

/** Where logs are kept, where the store does not say. */
export const KEY_FORMAT = `${PRIVATE}/${DATED}`;

/** The keys of Secrets that runs reach the store by. Those for S3's protocol at Google's are the API server's alone. */
export function launcherSecrets({ scheme, keys, googleKey }: StoreBinding): readonly ISecretReference[] {
  const own = scheme === 'gs' ? [googleKey] : [keys?.accessKey, keys?.secretKey];
  return own.filter((key) => key !== undefined);
}

/**
 * The store as Argo finds it in the namespace of a team: the ConfigMap `artifact-repositories`. Keys of logs begin as those that the
 * store says for all teams.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/artifact-repository-ref/
 */
export function teamRepository({ repository }: StoreBinding, namespace: string): Record<string, string> {
  const [kind = '', place] = Object.entries(repository)[0] ?? [];
  // Azure's has a name of its own for it.
  const field = kind === 'azure' ? 'blobNameFormat' : 'keyFormat';
  const { [field]: format = KEY_FORMAT, ...others } = place as { readonly [field: string]: string };
  const key = format.replaceAll('{{workflow.namespace}}', namespace);
  return { team: yamlText({ archiveLogs: true, [kind]: { ...others, [field]: key } }, { lineWidth: 0 }) };
}

/**
 * A store that was given.
 *
 * @param tryOut where a try-out store is, host and port
 * @param namespace the backend's
 */
export function storeBinding(given: ObjectStore, tryOut: string, namespace: string): StoreBinding {
  // What is no store is refused by `store-problems.ts`; until then it is taken for one of S3's.
  const known: ObjectStore = given.kind === 'gcs' || given.kind === 'azure' ? given : { ...given, kind: 's3' };
  const store = { ...known, keyFormat: given.keyFormat ?? KEY_FORMAT };
  const repository = repositoryOf(store, store.kind === 's3' && store.tryOut ? tryOut : undefined);
  if (store.kind === 'gcs') {
    const { bucket, credentials = 'identity', hmac } = store;
    return {
      scheme: 'gs',
      host: 'storage.googleapis.com',
      secure: true,
      bucket,
      ...(hmac && { keys: { accessKey: secretKeyOf(hmac.accessKey), secretKey: secretKeyOf(hmac.secretKey) } }),
      ...(credentials !== 'identity' && { googleKey: secretKeyOf(credentials.serviceAccountKey) }),
      repository,
    };
  }
  if (store.kind === 'azure') return { ...azureBinding(store, namespace), repository };
  // What is none of these is refused by `problems.ts`.
  const s3: Partial<Extract<ObjectStore, { kind: 's3' }>> = store.kind === 's3' ? store : {};
  const { endpoint = s3.tryOut ? tryOut : AWS, credentials = 'identity', region, insecure = false } = s3;
  const [host = '', port] = regional(endpoint, region).split(':');
  return {
    scheme: isAws(host) ? 's3' : 'minio',
    host,
    ...(port !== undefined && { port: Number(port) }),
    secure: !insecure,
    ...(region !== undefined && { region }),
    bucket: s3.bucket ?? '',
    ...(credentials !== 'identity' && {
      keys: { accessKey: secretKeyOf(credentials.accessKey), secretKey: secretKeyOf(credentials.secretKey) },
    }),
    repository,
    ...(s3.caCertificate && { caCertificate: secretKeyOf(s3.caCertificate) }),
    ...(s3.tryOut && { bundled: 'try-out' as const }),
  };
}

/** Amazon's S3, of no region. */
const AWS = 's3.amazonaws.com';

function isAws(host: string): boolean {
  return /(^|\.)amazonaws\.com(\.cn)?$/.test(host);
}

/** The host of Amazon's S3 in a region: KFP's API server takes the one that it is given as it is. */
function regional(host: string, region: string | undefined): string {
  return host === AWS && region !== undefined
    ? `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
    : host;
}

/** What the API server is told of it: it speaks S3's protocol, with every store. */
export function apiServerStore(store: StoreBinding, { bundledStore }: KfpRelease): kubernetes.EnvVar[] {
  const { host, port, region, keys, secure, bundled } = store;
  // Upstream's older release finds its store by the variables that Kubernetes gives each pod for a Service.
  const isFound = bundled === 'upstream' && bundledStore === 'minio';
  return [
    env('OBJECTSTORECONFIG_SECURE', String(secure)),
    envOfConfig('OBJECTSTORECONFIG_BUCKETNAME', 'bucketName'),
    ...(isFound ? [] : [env('OBJECTSTORECONFIG_HOST', host)]),
    ...(isFound ? [] : [env('OBJECTSTORECONFIG_PORT', port === undefined ? '' : String(port))]),
    ...(region === undefined ? [] : [env('OBJECTSTORECONFIG_REGION', region)]),
    // Its image has upstream's well-known keys as defaults: empty ones say that there are none.
    ...(keys
      ? [
          envOfSecret('OBJECTSTORECONFIG_ACCESSKEY', keys.accessKey),
          envOfSecret('OBJECTSTORECONFIG_SECRETACCESSKEY', keys.secretKey),
        ]
      : [env('OBJECTSTORECONFIG_ACCESSKEY', ''), env('OBJECTSTORECONFIG_SECRETACCESSKEY', '')]),
  ];
}

/** What the user interface is told of it: it shows artifacts and logs. */
export function uiStore(store: StoreBinding): kubernetes.EnvVar[] {
  const { scheme, host, port, keys, secure, region, bucket, repository } = store;
  if (store.bundled === 'upstream') {
    return [
      envOfField('MINIO_NAMESPACE', 'metadata.namespace'),
      envOfSecret('MINIO_ACCESS_KEY', keys!.accessKey),
      envOfSecret('MINIO_SECRET_KEY', keys!.secretKey),
    ];
  }
  const place = Object.values(repository)[0] as { readonly keyFormat?: string; readonly blobNameFormat?: string };
  const archive = [
    env('ARGO_ARCHIVE_ARTIFACTORY', scheme === 's3' ? 's3' : 'minio'),
    env('ARGO_ARCHIVE_BUCKETNAME', bucket),
    env('ARGO_KEYFORMAT', place.keyFormat ?? place.blobNameFormat ?? KEY_FORMAT),
  ];
  if (scheme === 's3') {
    return [
      env('AWS_S3_ENDPOINT', host),
      ...(region === undefined ? [] : [env('AWS_REGION', region)]),
      env('AWS_SSL', String(secure)),
      ...(keys
        ? [envOfSecret('AWS_ACCESS_KEY_ID', keys.accessKey), envOfSecret('AWS_SECRET_ACCESS_KEY', keys.secretKey)]
        : []),
      ...NO_MINIO,
      ...archive,
    ];
  }
  return [
    env('MINIO_HOST', host),
    env('MINIO_NAMESPACE', ''),
    env('MINIO_PORT', String(port ?? (secure ? 443 : 80))),
    env('MINIO_SSL', String(secure)),
    ...(keys
      ? [envOfSecret('MINIO_ACCESS_KEY', keys.accessKey), envOfSecret('MINIO_SECRET_KEY', keys.secretKey)]
      : NO_MINIO),
    ...archive,
  ];
}

/** Its image has upstream's well-known keys as defaults. */
const NO_MINIO = [env('MINIO_ACCESS_KEY', ''), env('MINIO_SECRET_KEY', '')];

/**
 * How KFP's launcher, in each pod of a run, is told of it: the ConfigMap `kfp-launcher`. What is not said there, it takes from a
 * Secret and a Service of upstream's names.
 *
 * @param path where artifacts go, below the bucket
 * @see https://www.kubeflow.org/docs/components/pipelines/operator-guides/configure-object-store/
 */
export function launcherProviders(
  store: StoreBinding,
  path: string,
): { readonly root: string; readonly providers: object } {
  const { scheme, host, port, secure, region, bucket, keys, googleKey } = store;
  const root = `${scheme}://${bucket}/${path}`;
  if (scheme === 'gs') {
    const credentials = googleKey
      ? { fromEnv: false, secretRef: { secretName: googleKey.name, tokenKey: googleKey.key } }
      : { fromEnv: true };
    return { root, providers: { gs: { default: { credentials } } } };
  }
  const credentials = keys
    ? {
        fromEnv: false,
        secretRef: {
          secretName: keys.accessKey.name,
          accessKeyKey: keys.accessKey.key,
          secretKeyKey: keys.secretKey.key,
        },
      }
    : { fromEnv: true };
  const endpoint = port === undefined ? host : `${host}:${port}`;
  return {
    root,
    providers: {
      [scheme]: {
        // The launcher would not start without a region, though many stores have none.
        default: { endpoint, region: region ?? 'us-east-1', disableSSL: !secure, credentials },
      },
    },
  };
}
