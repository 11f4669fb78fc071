import { Size } from 'cdk8s';
import { Construct } from 'constructs';
import { Manifest } from '../../manifest';
import type { ImageOptions } from '../backend/images';
import { deployment } from '../backend/workload';
import type { TryOutStoreProps } from '../object-store';
import { secretKeyOf } from '../secret-reference';

/** SeaweedFS: master, volume server, filer and the S3 gateway in one program. Apache-2.0. */
const IMAGE = 'docker.io/chrislusf/seaweedfs:4.34';
const NAME = 'try-out-object-store';
const PORT = 8333;

/** Says on each object what it is not for. */
const WARNING = { 'cdk8s-kfp/not-for-production': 'one pod, one volume, no TLS, no backups' };

/** What a try-out store is made with. */
interface TryOutStoreOptions extends TryOutStoreProps {
  readonly images: ImageOptions;
}

/**
 * An object store of one pod. Its keys come from a Secret; only pods of its namespace, and those of namespaces with the label
 * `cdk8s-kfp/object-store: try-out`, reach it.
 */
export class TryOutStore extends Construct {
  /** The image of its pod. */
  public readonly image: string;

  public constructor(scope: Construct, id: string, props: TryOutStoreOptions) {
    super(scope, id);
    const { size = Size.gibibytes(10), storageClassName, image = IMAGE, credentials, images } = props;
    this.image = image;
    const labels = { 'app.kubernetes.io/name': NAME };
    const common = { name: NAME, labels, annotations: WARNING };
    new Manifest(this, 'Claim', {
      ...common,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      body: () => ({
        fields: {
          spec: {
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage: size.asString() } },
            ...(storageClassName !== undefined && { storageClassName }),
          },
        },
      }),
    });
    new Manifest(this, 'Deployment', {
      ...common,
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      body: () => ({
        fields: deployment(
          {
            name: NAME,
            image,
            recreate: true,
            podSecurity: { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
            resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } },
            container: {
              command: ['weed'],
              args: [
                'server',
                '-dir=/data',
                '-s3',
                `-s3.port=${PORT}`,
                '-master.volumeSizeLimitMB=512',
                '-volume.max=0',
              ],
              env: [
                { name: 'AWS_ACCESS_KEY_ID', valueFrom: { secretKeyRef: secretKeyOf(credentials.accessKey) } },
                { name: 'AWS_SECRET_ACCESS_KEY', valueFrom: { secretKeyRef: secretKeyOf(credentials.secretKey) } },
              ],
              ports: [{ name: 's3', containerPort: PORT }],
              readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 5 },
              volumeMounts: [
                { name: 'data', mountPath: '/data' },
                { name: 'tmp', mountPath: '/tmp' },
              ],
            },
            volumes: [
              { name: 'data', persistentVolumeClaim: { claimName: NAME } },
              { name: 'tmp', emptyDir: {} },
            ],
          },
          {},
          images,
        ),
      }),
    });
    new Manifest(this, 'Service', {
      ...common,
      apiVersion: 'v1',
      kind: 'Service',
      body: () => ({
        fields: { spec: { selector: { ...labels }, ports: [{ name: 's3', port: PORT, targetPort: 's3' }] } },
      }),
    });
    new Manifest(this, 'NetworkPolicy', {
      ...common,
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      body: () => ({
        fields: {
          spec: {
            podSelector: { matchLabels: { ...labels } },
            policyTypes: ['Ingress'],
            ingress: [
              {
                from: [
                  { podSelector: {} },
                  { namespaceSelector: { matchLabels: { 'cdk8s-kfp/object-store': 'try-out' } } },
                ],
                ports: [{ port: PORT }],
              },
            ],
          },
        },
      }),
    });
  }

  /** Where it is reached from any namespace. */
  public endpoint(namespace: string): string {
    return `${NAME}.${namespace}.svc:${PORT}`;
  }
}
