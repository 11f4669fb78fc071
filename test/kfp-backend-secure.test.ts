import { Size, Testing } from 'cdk8s';
import { Database, ObjectStore } from '../src';
import { accessComplaints } from './backends/access';
import { argo, type Backend, CASES, KEYS, kfp, LOGIN } from './backends/configurations';
import { credentialComplaints } from './backends/credentials';
import { imageComplaints } from './backends/images';
import { containerOf, one, podOf } from './backends/lookup';
import { type Any, templatesIn } from './backends/objects';
import { referenceComplaints } from './backends/references';
import { serviceComplaints } from './backends/services';
import { violations } from './pods/restricted';
import { synth } from './synth';
import { keptWarnings } from './warnings';

const warnings = keptWarnings();

/** What must be true of every backend, by its name: what is wrong with some objects, and what was told of them. */
const PROPERTIES: Readonly<Record<string, (objects: readonly Any[], told: Backend) => readonly string[]>> = {
  'every image is pinned, and told': (objects, { images }) => imageComplaints(objects, images),
  'what pods read is there, or told': (objects, { secrets }) => referenceComplaints(objects, secrets),
  'no credential stands in an object': credentialComplaints,
  'Services and Deployments find their own pods': serviceComplaints,
  'accounts are there, and may do what they must alone': accessComplaints,
  'pods obey PodSecurity’s "restricted"': (objects) =>
    templatesIn(objects).flatMap((template) => violations(template).map((each) => `${template.of}: ${each}`)),
};

test.each(CASES)('what holds of every backend: %s', (_, make) => {
  const { backend, chart } = make();
  const objects = synth(chart);
  const found = Object.entries(PROPERTIES).map(([name, complaintsAbout]) => [name, complaintsAbout(objects, backend)]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(Object.keys(PROPERTIES).map((name) => [name, []])));
  expect(chart.node.findAll().flatMap((each) => each.node.validate())).toEqual([]);
});

describe('what does not hold is seen', () => {
  const drop = (objects: Any[], kind: string, name: string) =>
    objects.splice(objects.indexOf(one(objects, kind, name)), 1);

  /** By its name: a property, what breaks it, and the complaint. */
  const FAULTS: readonly (readonly [string, string, (objects: Any[]) => void, string])[] = [
    [
      'an image without a tag',
      'every image is pinned, and told',
      (objects) => {
        containerOf(objects, 'ml-pipeline').image = 'registry:5000/api-server';
      },
      'registry:5000/api-server: not pinned',
    ],
    [
      'the latest image',
      'every image is pinned, and told',
      (objects) => {
        podOf(objects, 'ml-pipeline').initContainers = [{ name: 'wait', image: 'alpine:latest' }];
      },
      'alpine:latest: not pinned',
    ],
    [
      'an image in a variable',
      'every image is pinned, and told',
      (objects) => {
        containerOf(objects, 'ml-pipeline').env.find(({ name }: Any) => name === 'V2_DRIVER_IMAGE').value = 'driver:1';
      },
      'driver:1: not told',
    ],
    [
      'an image in an argument',
      'every image is pinned, and told',
      (objects) => {
        containerOf(objects, 'workflow-controller').args[3] = 'argoexec:1';
      },
      'argoexec:1: not told',
    ],
    [
      'an image in a ConfigMap',
      'every image is pinned, and told',
      (objects) => {
        one(objects, 'ConfigMap', 'pipeline-install-config').data.cacheImage = 'busybox:1';
      },
      'busybox:1: not told',
    ],
    [
      'an image in a configuration',
      'every image is pinned, and told',
      (objects) => {
        one(objects, 'ConfigMap', 'workflow-controller-configmap').data.executor = 'image: argoexec:2\n';
      },
      'argoexec:2: not told',
    ],
    [
      'an image that nobody uses',
      'every image is pinned, and told',
      (objects) => drop(objects, 'Deployment', 'ml-pipeline-ui'),
      'ghcr.io/kubeflow/kfp-frontend:2.17.0: told, but not used',
    ],
    [
      'a key that a ConfigMap has not',
      'what pods read is there, or told',
      (objects) => {
        delete one(objects, 'ConfigMap', 'pipeline-install-config').data.mlmdDb;
      },
      'Deployment metadata-grpc-deployment: ConfigMap pipeline-install-config, key mlmdDb',
    ],
    [
      'a volume of no ConfigMap',
      'what pods read is there, or told',
      (objects) => drop(objects, 'ConfigMap', 'metadata-envoy-configmap'),
      'Deployment metadata-envoy-deployment: ConfigMap metadata-envoy-configmap',
    ],
    [
      'a Secret that nobody is told of',
      'what pods read is there, or told',
      (objects) => {
        containerOf(objects, 'ml-pipeline').envFrom = [{ secretRef: { name: 'proxy' } }];
      },
      'Deployment ml-pipeline: Secret proxy',
    ],
    [
      'a key that nobody is told of',
      'what pods read is there, or told',
      (objects) => {
        podOf(objects, 'ml-pipeline').volumes = [
          { name: 'all', projected: { sources: [{ secret: { name: 'db', items: [{ key: 'ca', path: 'ca' }] } }] } },
        ];
      },
      'Deployment ml-pipeline: Secret db, key ca',
    ],
    [
      'a certificate that nobody makes',
      'what pods read is there, or told',
      (objects) => drop(objects, 'Certificate', 'kfp-api-webhook-cert'),
      'Deployment ml-pipeline: Secret kfp-api-webhook-cert',
    ],
    [
      'a Secret that its maker does not make',
      'what pods read is there, or told',
      (objects) => drop(objects, 'Deployment', 'cache-deployer-deployment'),
      'Deployment cache-server: Secret webhook-server-tls',
    ],
    [
      'a Secret that the launcher is told of',
      'what pods read is there, or told',
      (objects) => {
        one(objects, 'ConfigMap', 'kfp-launcher').data.providers =
          's3: { default: { credentials: { fromEnv: false, secretRef: { secretName: store, accessKeyKey: id } } } }';
      },
      'ConfigMap kfp-launcher, providers: Secret store, key id',
    ],
    [
      'a Secret with content',
      'no credential stands in an object',
      (objects) => objects.push({ kind: 'Secret', metadata: { name: 'db' }, stringData: { password: '' } }),
      'Secret db: has content',
    ],
    [
      'a password in a variable',
      'no credential stands in an object',
      (objects) => containerOf(objects, 'ml-pipeline').env.push({ name: 'DBCONFIG_PASSWORD', value: 'hunter2' }),
      'Deployment ml-pipeline: variable DBCONFIG_PASSWORD',
    ],
    [
      'a Service of no pods',
      'Services and Deployments find their own pods',
      (objects) => {
        one(objects, 'Service', 'ml-pipeline').spec.selector = { app: 'pipelines' };
      },
      'Service ml-pipeline: selects nothing',
    ],
    [
      'a Service of everybody’s pods',
      'Services and Deployments find their own pods',
      (objects) => {
        for (const name of ['ml-pipeline', 'ml-pipeline-ui']) {
          one(objects, 'Deployment', name).spec.template.metadata.labels.tier = 'web';
        }
        one(objects, 'Service', 'ml-pipeline-ui').spec.selector = { tier: 'web' };
      },
      'Service ml-pipeline-ui: selects Deployment ml-pipeline, Deployment ml-pipeline-ui',
    ],
    [
      'a port that no container has',
      'Services and Deployments find their own pods',
      (objects) => {
        one(objects, 'Service', 'metadata-grpc-service').spec.ports[0].port = 8081;
      },
      'Service metadata-grpc-service: no port 8081 in Deployment metadata-grpc-deployment',
    ],
    [
      'a Deployment that takes another one’s pods',
      'Services and Deployments find their own pods',
      (objects) => {
        one(objects, 'Deployment', 'ml-pipeline').spec.template.metadata.labels.component = 'metadata-envoy';
      },
      'Deployment metadata-envoy-deployment: selects Deployment ml-pipeline, Deployment metadata-envoy-deployment',
    ],
    [
      'a pod of nobody',
      'accounts are there, and may do what they must alone',
      (objects) => drop(objects, 'ServiceAccount', 'ml-pipeline-ui'),
      'Deployment ml-pipeline-ui: no account ml-pipeline-ui',
    ],
    [
      'a binding to nobody',
      'accounts are there, and may do what they must alone',
      (objects) => {
        one(objects, 'RoleBinding', 'ml-pipeline').subjects[0].namespace = 'kubeflow';
      },
      'RoleBinding ml-pipeline: no ServiceAccount ml-pipeline',
    ],
    [
      'a binding to everybody',
      'accounts are there, and may do what they must alone',
      (objects) => {
        one(objects, 'RoleBinding', 'ml-pipeline').subjects[0] = { kind: 'Group', name: 'system:authenticated' };
      },
      'RoleBinding ml-pipeline: no Group system:authenticated',
    ],
    [
      'a binding of no role',
      'accounts are there, and may do what they must alone',
      (objects) => drop(objects, 'Role', 'ml-pipeline'),
      'RoleBinding ml-pipeline: no Role ml-pipeline',
    ],
    [
      'a role of nobody',
      'accounts are there, and may do what they must alone',
      (objects) => {
        one(objects, 'RoleBinding', 'ml-pipeline').roleRef.kind = 'ClusterRole';
      },
      'Role ml-pipeline: bound to nobody',
    ],
    [
      'a rule for everything',
      'accounts are there, and may do what they must alone',
      (objects) => {
        one(objects, 'Role', 'ml-pipeline').rules = [{ apiGroups: [''], resources: ['pods/*'], verbs: ['get'] }];
      },
      'Role ml-pipeline: {"apiGroups":[""],"resources":["pods/*"],"verbs":["get"]}',
    ],
    [
      'any name, where no signers are meant',
      'accounts are there, and may do what they must alone',
      (objects) => {
        const rule = { apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: ['kubernetes.io/*'] };
        one(objects, 'Role', 'ml-pipeline').rules = [rule];
      },
      'Role ml-pipeline: {"apiGroups":[""],"resources":["secrets"],"verbs":["get"],"resourceNames":["kubernetes.io/*"]}',
    ],
    [
      'a pod that is not confined',
      'pods obey PodSecurity’s "restricted"',
      (objects) => {
        delete containerOf(objects, 'ml-pipeline').securityContext.capabilities;
      },
      'Deployment ml-pipeline: ml-pipeline-api-server: capabilities.drop',
    ],
  ];

  test.each(FAULTS)('%s', (_, property, breakIt, complaint) => {
    const { backend, chart } = kfp({ v1: true, kubernetesNative: true });
    const objects = structuredClone(Testing.synth(chart));
    breakIt(objects);
    expect(PROPERTIES[property]!(objects, backend)).toContain(complaint);
  });

  test('each property can fail', () => {
    expect([...new Set(FAULTS.map(([, property]) => property))].sort()).toEqual(Object.keys(PROPERTIES).sort());
  });
});

describe('a try-out', () => {
  const tryOut = (props: object = {}) => {
    const database = Database.tryOut({ ...LOGIN, ...props });
    return synth(kfp({ database, images: { pullSecrets: ['registry'] }, priorityClassName: 'platform' }).chart);
  };
  const database = (objects: readonly Any[]) =>
    objects.filter(({ metadata }) => metadata.name === 'try-out-database' && metadata.namespace === 'kfp');
  const labels = { 'app.kubernetes.io/name': 'try-out-database' };

  test('database is one pod of MySQL, whose root has a password', () => {
    const [claim, deployment, service, policy] = database(tryOut());
    for (const { metadata } of [claim, deployment, service, policy]) {
      expect(metadata).toMatchObject({
        labels,
        annotations: { 'cdk8s-kfp/not-for-production': 'one pod, one volume, no TLS, no backups' },
      });
    }
    expect(claim).toMatchObject({
      kind: 'PersistentVolumeClaim',
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
    });
    expect(deployment.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    const { containers, ...pod } = deployment.spec.template.spec;
    expect(pod).toEqual({
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: 'registry' }],
      securityContext: {
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
        runAsUser: 999,
        runAsGroup: 999,
        fsGroup: 999,
      },
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      priorityClassName: 'platform',
      volumes: [
        { name: 'data', persistentVolumeClaim: { claimName: 'try-out-database' } },
        { name: 'run', emptyDir: {} },
        { name: 'tmp', emptyDir: {} },
      ],
    });
    expect(containers).toEqual([
      {
        name: 'try-out-database',
        image: 'docker.io/library/mysql:8.4',
        args: [
          '--datadir=/var/lib/mysql/data',
          '--mysql-native-password=ON',
          '--authentication-policy=mysql_native_password',
          '--disable-log-bin',
        ],
        env: [{ name: 'MYSQL_ROOT_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
        ports: [{ name: 'mysql', containerPort: 3306 }],
        readinessProbe: { tcpSocket: { port: 3306 }, periodSeconds: 5 },
        resources: { requests: { cpu: '100m', memory: '512Mi' }, limits: { memory: '2Gi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [
          { name: 'data', mountPath: '/var/lib/mysql' },
          { name: 'run', mountPath: '/var/run/mysqld' },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ]);
    expect(service.spec).toEqual({ selector: labels, ports: [{ name: 'mysql', port: 3306, targetPort: 'mysql' }] });
    expect(policy.spec).toEqual({
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            { podSelector: { matchLabels: { app: 'ml-pipeline' } } },
            { podSelector: { matchLabels: { component: 'metadata-grpc-server' } } },
          ],
          ports: [{ port: 3306 }],
        },
      ],
    });
  });

  test('database is where the programs look for it', () => {
    const objects = tryOut();
    const [{ data }] = objects.filter(({ metadata }) => metadata.name === 'pipeline-install-config');
    expect(data).toMatchObject({ mysqlHost: 'try-out-database.kfp.svc', mysqlPort: '3306', pipelineDb: 'mlpipeline' });
    const [server] = objects.filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'ml-pipeline');
    const { env } = server.spec.template.spec.containers[0];
    expect(env.filter(({ name }: Any) => /^DBCONFIG_MYSQLCONFIG_(USER|PASSWORD|EXTRAPARAMS)$/.test(name))).toEqual([
      { name: 'DBCONFIG_MYSQLCONFIG_USER', valueFrom: { secretKeyRef: { name: 'db', key: 'user' } } },
      { name: 'DBCONFIG_MYSQLCONFIG_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
    ]);
    expect(warnings.all().join()).toContain('KFP1735 [platform/kfp] pipelines and runs are');
  });

  test('database has the size, the class and the image that it is given', () => {
    const image = 'mirror.example.com/mysql:8.4.10';
    const [claim, deployment] = database(tryOut({ size: Size.gibibytes(1), storageClassName: 'fast', image }));
    expect(claim.spec).toMatchObject({ storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } });
    expect(deployment.spec.template.spec.containers[0].image).toBe(image);
  });

  test('store is the one that an ArgoBackend has, with images of the mirror', () => {
    const objectStore = ObjectStore.tryOut({ credentials: KEYS });
    const own = (objects: readonly Any[]) => objects.filter(({ metadata }) => metadata.name === 'try-out-object-store');
    const kfps = own(synth(kfp({ objectStore, images: { registry: 'mirror.example.com' } }).chart));
    const argos = own(synth(argo({ artifactRepository: objectStore }).chart));
    const mirrored = JSON.stringify(argos).replace('docker.io/chrislusf/', 'mirror.example.com/');
    expect(kfps).toEqual(JSON.parse(mirrored.replaceAll('"namespace":"argo"', '"namespace":"kfp"')));
    expect(kfps.map(({ kind }) => kind)).toEqual(['PersistentVolumeClaim', 'Deployment', 'Service', 'NetworkPolicy']);
  });

  test('database of an ArgoBackend is refused', () => {
    const { chart } = argo({ database: Database.tryOut(LOGIN) });
    expect(chart.node.findAll().flatMap((each) => each.node.validate())).toEqual([
      expect.stringMatching(
        /^KFP1717 only a `KfpBackend` makes a try-out database\n {4}at .*\n {4}mend: give Database\.postgres or Database\.mysql$/,
      ),
    ]);
  });
});
