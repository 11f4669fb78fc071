import type { Construct } from 'constructs';
import type { TryOutStoreProps } from '../object-store';
import { secretKeyOf } from '../secret-reference';
import type { ImageOptions } from './images';
import { TryOut } from './try-out';
import type { WorkloadOptions } from './workload';

/** SeaweedFS: master, volume server, filer and the S3 gateway in one program. Apache-2.0. */
export const TRY_OUT_STORE_IMAGE = 'docker.io/chrislusf/seaweedfs:4.34';
/** The port that it answers by, to S3's protocol. */
export const TRY_OUT_STORE_PORT = 8333;

/** What the objects of a try-out store are called, and its pod by its label. */
export const TRY_OUT_STORE = 'try-out-object-store';

/** What lets the pods of another namespace reach a try-out store. */
export const STORE_CLIENTS = { 'cdk8s-kfp/object-store': 'try-out' } as const;

/** What a try-out store is made with. */
interface TryOutStoreOptions extends TryOutStoreProps {
  readonly images: ImageOptions;
  readonly options?: WorkloadOptions;
}

/**
 * An object store of one pod. Its keys come from a Secret; only pods of its namespace, and those of namespaces with the label
 * `cdk8s-kfp/object-store: try-out`, reach it.
 */
export class TryOutStore extends TryOut {
  public constructor(
    scope: Construct,
    id: string,
    { image = TRY_OUT_STORE_IMAGE, credentials, ...props }: TryOutStoreOptions,
  ) {
    super(scope, id, {
      ...props,
      name: TRY_OUT_STORE,
      image,
      user: 1000,
      port: { name: 's3', port: TRY_OUT_STORE_PORT },
      folders: { data: '/data', scratch: { tmp: '/tmp' } },
      resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } },
      container: {
        command: ['weed'],
        args: [
          'server',
          '-dir=/data',
          '-s3',
          `-s3.port=${TRY_OUT_STORE_PORT}`,
          '-master.volumeSizeLimitMB=512',
          '-volume.max=0',
        ],
        env: [
          { name: 'AWS_ACCESS_KEY_ID', valueFrom: { secretKeyRef: secretKeyOf(credentials.accessKey) } },
          { name: 'AWS_SECRET_ACCESS_KEY', valueFrom: { secretKeyRef: secretKeyOf(credentials.secretKey) } },
        ],
      },
      from: [{ podSelector: {} }, { namespaceSelector: { matchLabels: { ...STORE_CLIENTS } } }],
    });
  }

  /** Where it is reached from any namespace. */
  public static endpoint(namespace: string): string {
    return `${TRY_OUT_STORE}.${namespace}.svc:${TRY_OUT_STORE_PORT}`;
  }
}
