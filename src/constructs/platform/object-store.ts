import type { Size } from 'cdk8s';
import type { AzureCredentials, GcsCredentials, S3Credentials, SecretKey } from '../settings/artifacts';
import { choiceProblems, type Problem } from './problems';
import { type ISecretReference, secretKeyOf } from './secret-reference';

/** Props of {@link ObjectStore.s3}. */
export interface S3StoreProps {
  /** The bucket. */
  readonly bucket: string;
  /** Host and port. @default 's3.amazonaws.com' */
  readonly endpoint?: string | undefined;
  /** The bucket's region. @default - the store's */
  readonly region?: string | undefined;
  /** True to speak to it without TLS. @default false */
  readonly insecure?: boolean | undefined;
  /**
   * Keys of Secrets, which must be in each namespace with runs; or `'identity'`: who the pods are to the cloud. A `KfpBackend` wants both keys
   * in one Secret, and its release 2.2.0 wants keys.
   * @default 'identity'
   */
  readonly credentials?: 'identity' | S3Credentials | undefined;
  /** The certificate of whoever signed the store's, where no public authority did. @default - public authorities */
  readonly caCertificate?: SecretKey | undefined;
  /** True to make the bucket where it is not there. @default false */
  readonly createBucket?: boolean | undefined;
  /** Where logs are kept, and artifacts of workflows that name no key: Argo's `keyFormat`. @default - Argo's own; of a `KfpBackend`, KFP's */
  readonly keyFormat?: string | undefined;
}

/** Props of {@link ObjectStore.gcs}. */
export interface GcsStoreProps {
  /** The bucket. */
  readonly bucket: string;
  /** The key of a service account, or `'identity'`: who the pods are to the cloud. @default 'identity' */
  readonly credentials?: 'identity' | GcsCredentials | undefined;
  /** HMAC keys, for what speaks to it by S3's protocol: the API server of a `KfpBackend`. @default - none */
  readonly hmac?: S3Credentials | undefined;
  /** Where logs are kept, and artifacts of workflows that name no key: Argo's `keyFormat`. @default - Argo's own; of a `KfpBackend`, KFP's */
  readonly keyFormat?: string | undefined;
}

/** Props of {@link ObjectStore.azure}. */
export interface AzureStoreProps {
  /** The account's service URL: `https://<account>.blob.core.windows.net`. */
  readonly endpoint: string;
  /** The container. */
  readonly container: string;
  /** The account's key, or `'identity'`: who the pods are to the cloud. @default 'identity' */
  readonly credentials?: 'identity' | AzureCredentials | undefined;
  /**
   * Keys for S3's protocol, which you make up: a `KfpBackend` needs them, since KFP does not speak Azure's. By them its programs and runs
   * speak to a gateway that it puts before the container. Argo and pipelines of this library speak Azure's own protocol, and need none.
   * @default - none
   */
  readonly gateway?: S3Credentials | undefined;
  /** Where logs are kept, and artifacts of workflows that name no key: Argo's `blobNameFormat`. @default - Argo's own */
  readonly keyFormat?: string | undefined;
}

/** Props of {@link ObjectStore.tryOut}. */
export interface TryOutStoreProps {
  /** Where the keys stand: a Secret that you make, in each namespace with runs. No manifest holds them. */
  readonly credentials: S3Credentials;
  /** The bucket; it is made. @default 'artifacts' */
  readonly bucket?: string | undefined;
  /** How much it can hold. @default Size.gibibytes(10) */
  readonly size?: Size | undefined;
  /** The StorageClass of its volume. @default - the cluster's default class */
  readonly storageClassName?: string | undefined;
  /** The image: SeaweedFS. @default - a pinned one */
  readonly image?: string | undefined;
}

/** Where a backend keeps artifacts and logs. It is a pipeline's `artifactRepository` as well. */
export type ObjectStore =
  | ({ readonly kind: 's3' } & S3StoreProps & { readonly tryOut?: TryOutStoreProps })
  | ({ readonly kind: 'gcs' } & GcsStoreProps)
  | ({
      readonly kind: 'azure';
      readonly accountKeySecret?: { readonly name: string; readonly key: string };
    } & AzureStoreProps);

/** Object stores of every kind. */
export const ObjectStore = {
  /** Amazon S3, and everything that speaks its protocol. */
  s3(props: S3StoreProps): Extract<ObjectStore, { kind: 's3' }> {
    return { ...props, kind: 's3' };
  },

  /** Google Cloud Storage. */
  gcs(props: GcsStoreProps): Extract<ObjectStore, { kind: 'gcs' }> {
    return { ...props, kind: 'gcs' };
  },

  /** Azure Blob Storage. */
  azure(props: AzureStoreProps): Extract<ObjectStore, { kind: 'azure' }> {
    const { credentials = 'identity' } = props;
    const key = credentials === 'identity' ? undefined : secretKeyOf(credentials.accountKey);
    return { ...props, kind: 'azure', ...(key && { accountKeySecret: key }) };
  },

  /**
   * A store in the cluster, for trying things out: one pod, one volume, no TLS, no backups. Not for production: what it held
   * is lost with its volume.
   */
  tryOut(props: TryOutStoreProps): Extract<ObjectStore, { kind: 's3' }> {
    return {
      kind: 's3',
      bucket: props.bucket ?? 'artifacts',
      credentials: props.credentials,
      insecure: true,
      createBucket: true,
      tryOut: props,
    };
  },
} as const;

/**
 * A store as Argo's configuration describes an artifact repository.
 *
 * @param endpoint host and port, where the store does not know it itself
 * @see https://argo-workflows.readthedocs.io/en/latest/configure-artifact-repository/
 */
export function repositoryOf(store: ObjectStore, endpoint?: string): Record<string, unknown> {
  switch (store.kind) {
    case 's3':
      return { s3: s3Of(store, endpoint) };
    case 'gcs': {
      const { bucket, credentials = 'identity', keyFormat } = store;
      return {
        gcs: {
          bucket,
          ...(keyFormat !== undefined && { keyFormat }),
          ...(credentials !== 'identity' && { serviceAccountKeySecret: secretKeyOf(credentials.serviceAccountKey) }),
        },
      };
    }
    case 'azure': {
      const { endpoint: url, container, accountKeySecret, keyFormat } = store;
      return {
        azure: {
          endpoint: url,
          container,
          ...(keyFormat !== undefined && { blobNameFormat: keyFormat }),
          ...(accountKeySecret ? { accountKeySecret } : { useSDKCreds: true }),
        },
      };
    }
  }
}

function s3Of(store: Extract<ObjectStore, { kind: 's3' }>, endpoint: string | undefined): Record<string, unknown> {
  const { bucket, region, insecure, credentials = 'identity', caCertificate, createBucket, keyFormat } = store;
  return {
    endpoint: store.endpoint ?? endpoint ?? 's3.amazonaws.com',
    bucket,
    ...(region !== undefined && { region }),
    ...(insecure && { insecure }),
    ...(keyFormat !== undefined && { keyFormat }),
    ...(credentials === 'identity'
      ? { useSDKCreds: true }
      : {
          accessKeySecret: secretKeyOf(credentials.accessKey),
          secretKeySecret: secretKeyOf(credentials.secretKey),
          ...(credentials.sessionToken && { sessionTokenSecret: secretKeyOf(credentials.sessionToken) }),
        }),
    ...(caCertificate && { caSecret: secretKeyOf(caCertificate) }),
    ...(createBucket && { createBucketIfNotPresent: {} }),
  };
}

/**
 * What is wrong with a store.
 *
 * @param place the prop that it is
 */
export function storeProblems(store: ObjectStore, place: 'artifactRepository' | 'objectStore'): Problem[] {
  const kinds = choiceProblems(`the kind of \`${place}\``, store?.kind ?? 'missing', ['s3', 'gcs', 'azure']);
  if (kinds.length > 0) {
    const others = place === 'artifactRepository' ? ".azure, .tryOut, or 'none'" : '.tryOut';
    return [{ ...kinds[0]!, mend: `give ObjectStore.s3, .gcs, ${others}` }];
  }
  if (store.kind === 'azure') {
    return store.container && /^https?:\/\/[^/\s]+\/?$/.test(store.endpoint)
      ? []
      : [
          {
            message: 'the store has no container, or no URL',
            mend: 'give both: https://<account>.blob.core.windows.net',
          },
        ];
  }
  const isBucket = typeof store.bucket === 'string' && /^[A-Za-z0-9._-]+$/.test(store.bucket);
  const isHost = store.kind === 'gcs' || store.endpoint === undefined || /^[^/\s:]+(:\d+)?$/.test(store.endpoint);
  return [
    ...(isBucket ? [] : [{ message: `'${store.bucket}' is no bucket`, mend: 'name it, without a scheme or a path' }]),
    ...(isHost
      ? []
      : [{ message: 'the endpoint of the store is no host', mend: 'give host and port, without a scheme' }]),
  ];
}

/** The Secrets that a store's credentials stand in. */
export function storeSecrets(store: ObjectStore): readonly ISecretReference[] {
  const { credentials = 'identity' } = store;
  const keys = credentials === 'identity' ? [] : Object.values<SecretKey | undefined>({ ...credentials });
  const certificate = store.kind === 's3' ? [store.caCertificate] : [];
  return [...keys, ...certificate].filter((key) => key !== undefined).map(secretKeyOf);
}
