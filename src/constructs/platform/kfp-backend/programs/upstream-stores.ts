import { env, envOfSecret, type Program } from '../program';
import type { KfpSettings } from '../settings';

/** Upstream's MySQL: one pod. MLMD knows its older way to log in only. */
export function upstreamMysql(settings: KfpSettings): Program {
  const { confined } = settings.release;
  return {
    name: 'mysql',
    labels: { app: 'mysql' },
    account: 'mysql',
    services: [{ name: 'mysql', ports: [{ port: 3306, targetPort: 3306, protocol: 'TCP' }] }],
    recreate: true,
    calls: [],
    pod: {
      ...(confined && { securityContext: { fsGroup: 999, fsGroupChangePolicy: 'OnRootMismatch' } }),
      containers: [
        {
          name: 'mysql',
          image: settings.image('mysql'),
          args: [
            '--datadir',
            '/var/lib/mysql',
            ...(confined
              ? ['--authentication-policy=mysql_native_password', '--mysql-native-password=ON']
              : ['--default-authentication-plugin=mysql_native_password']),
            '--disable-log-bin',
          ],
          env: [env('MYSQL_ALLOW_EMPTY_PASSWORD', 'true')],
          ports: [{ name: 'mysql', containerPort: 3306 }],
          resources: { requests: { cpu: '100m', memory: '800Mi' } },
          ...(confined && { securityContext: { runAsUser: 999, runAsGroup: 999 } }),
          volumeMounts: [{ name: 'mysql-persistent-storage', mountPath: '/var/lib/mysql' }],
        },
      ],
      volumes: [{ name: 'mysql-persistent-storage', persistentVolumeClaim: { claimName: 'mysql-pv-claim' } }],
    },
  };
}

/** Upstream's object store of release 2.2.0: one pod. */
export function upstreamMinio(settings: KfpSettings): Program {
  const [accessKey, secretKey] = [settings.store.keys!.accessKey, settings.store.keys!.secretKey];
  return {
    name: 'minio',
    labels: { app: 'minio' },
    services: [{ name: 'minio-service', ports: [{ name: 'http', port: 9000, targetPort: 9000, protocol: 'TCP' }] }],
    recreate: true,
    calls: [],
    pod: {
      containers: [
        {
          name: 'minio',
          image: settings.image('object-store'),
          args: ['server', '/data'],
          env: [envOfSecret('MINIO_ACCESS_KEY', accessKey), envOfSecret('MINIO_SECRET_KEY', secretKey)],
          ports: [{ containerPort: 9000 }],
          resources: { requests: { cpu: '20m', memory: '100Mi' } },
          volumeMounts: [{ name: 'data', mountPath: '/data', subPath: 'minio' }],
        },
      ],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'minio-pvc' } }],
    },
  };
}

/** Upstream's object store of release 2.17.0: one pod. It makes the bucket and the user when it has started. */
export function upstreamSeaweedfs(settings: KfpSettings): Program {
  const { bucket } = settings.store;
  const status = { httpGet: { path: '/status', port: 8333, scheme: 'HTTP' }, failureThreshold: 3 };
  const ports = [
    ['http-iam', 8111, 8111],
    ['http-s3', 8333, 8333],
    ['http-s3-compat', 9000, 8333],
    ['http-master', 9333, 9333],
    ['grpc-master', 19333, 19333],
    ['grpc-filer', 18888, 18888],
    ['http-filer', 8888, 8888],
  ] as const;
  return {
    name: 'seaweedfs',
    labels: { app: 'seaweedfs' },
    account: 'seaweedfs',
    services: [
      {
        name: 'seaweedfs',
        ports: ports.map(([name, port, targetPort]) => ({ name, port, targetPort, protocol: 'TCP' })),
      },
    ],
    replicas: 1,
    recreate: true,
    calls: [],
    pod: {
      securityContext: { fsGroup: 1000, fsGroupChangePolicy: 'OnRootMismatch' },
      containers: [
        {
          name: 'seaweedfs',
          image: settings.image('object-store'),
          args: ['server', '-dir=/data', '-s3', '-iam', '-filer', '-master.volumePreallocate=false'],
          envFrom: [{ secretRef: { name: settings.store.keys!.accessKey.name } }],
          ports: [8333, 8111, 9333, 19333, 8888].map((containerPort) => ({ containerPort })),
          lifecycle: { postStart: { exec: { command: ['/bin/sh', '-c', initialization(bucket)] } } },
          startupProbe: {
            exec: { command: ['/bin/sh', '-c', `test -f ${INITIALIZED}`] },
            initialDelaySeconds: 10,
            periodSeconds: 5,
            timeoutSeconds: 10,
            successThreshold: 1,
            failureThreshold: 24,
          },
          livenessProbe: { ...status, initialDelaySeconds: 30, periodSeconds: 30, timeoutSeconds: 10 },
          readinessProbe: { ...status, initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 5 },
          resources: { requests: { cpu: '64m', memory: '256Mi' } },
          securityContext: { runAsUser: 1000, runAsGroup: 1000, privileged: false },
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'seaweedfs-pvc' } }],
    },
  };
}

const INITIALIZED = '/tmp/initialized';

/** Our own words for what upstream's does: wait, make the bucket and the user, and say so. */
function initialization(bucket: string): string {
  return [
    'until wget -q --spider http://127.0.0.1:8333/status; do sleep 2; done',
    `until echo 's3.bucket.list' | weed shell | grep -q ${bucket}; do`,
    `  echo 's3.bucket.create -name ${bucket}' | weed shell; sleep 2`,
    'done',
    'until echo "s3.configure -user kubeflow-admin -access_key $accesskey -secret_key $secretkey -actions Admin -apply" | weed shell; do',
    '  sleep 2',
    'done',
    `touch ${INITIALIZED}`,
    '',
  ].join('\n');
}
