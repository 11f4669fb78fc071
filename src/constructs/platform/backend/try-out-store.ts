import type { Construct } from 'constructs';
import type { TryOutStoreProps } from '../object-store';
import { secretKeyOf } from '../secret-reference';
import type { ImageOptions } from './images';
import { TryOut } from './try-out';
import type { WorkloadOptions } from './workload';

/** SeaweedFS: master, volume server, filer and the S3 gateway in one program. Apache-2.0. */
const IMAGE = 'docker.io/chrislusf/seaweedfs:4.34';
const NAME = 'try-out-object-store';
const PORT = 8333;

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
  public constructor(scope: Construct, id: string, { image = IMAGE, credentials, ...props }: TryOutStoreOptions) {
    super(scope, id, {
      ...props,
      name: NAME,
      image,
      user: 1000,
      port: { name: 's3', port: PORT },
      folders: { data: '/data', scratch: { tmp: '/tmp' } },
      resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } },
      container: {
        command: ['weed'],
        args: ['server', '-dir=/data', '-s3', `-s3.port=${PORT}`, '-master.volumeSizeLimitMB=512', '-volume.max=0'],
        env: [
          { name: 'AWS_ACCESS_KEY_ID', valueFrom: { secretKeyRef: secretKeyOf(credentials.accessKey) } },
          { name: 'AWS_SECRET_ACCESS_KEY', valueFrom: { secretKeyRef: secretKeyOf(credentials.secretKey) } },
        ],
      },
      from: [{ podSelector: {} }, { namespaceSelector: { matchLabels: { 'cdk8s-kfp/object-store': 'try-out' } } }],
    });
  }

  /** Where it is reached from any namespace. */
  public static endpoint(namespace: string): string {
    return `${NAME}.${namespace}.svc:${PORT}`;
  }
}
