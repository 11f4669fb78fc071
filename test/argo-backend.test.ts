import { Chart, Duration, Size, Testing, Yaml } from 'cdk8s';
import { parse } from 'yaml';
import { ContainerComponent, Dataset, Pipeline, Task } from '../src';
import { ArgoBackend } from '../src/constructs/platform/argo-backend';
import type { ArgoBackendProps } from '../src/constructs/platform/argo-backend/props';
import { Database } from '../src/constructs/platform/database';
import { ObjectStore } from '../src/constructs/platform/object-store';
import { of } from './backends/lookup';
import { synth } from './synth';
import { keptWarnings } from './warnings';

const write = new ContainerComponent({
  name: 'write',
  image: 'busybox:1.37',
  outputs: { rows: Dataset },
  command: ['touch'],
  args: ({ outputs }) => [outputs.rows.path],
});

const secret = (name: string, key: string) => ({ secret: name, key });
const KEYS = { accessKey: secret('store', 'access'), secretKey: secret('store', 'secret') };
const STORE = ObjectStore.s3({ bucket: 'ml', region: 'eu-central-1' });
const DATABASE = Database.postgres({
  host: 'db.internal',
  database: 'argo',
  username: secret('db', 'user'),
  password: secret('db', 'password'),
});

/** A backend with everything that can be asked for. */
const EVERYTHING: ArgoBackendProps = {
  artifactRepository: ObjectStore.tryOut({ credentials: KEYS, size: Size.gibibytes(1) }),
  database: DATABASE,
  archive: { ttl: Duration.days(30), labels: { keep: 'yes' } },
  retention: { completed: 100, failed: 50 },
  parallelism: 20,
  namespaceParallelism: 5,
  workflowDefaults: { spec: { ttlStrategy: { secondsAfterCompletion: 3600 } } },
  controller: {
    replicas: 2,
    env: { HTTPS_PROXY: 'http://proxy:3128' },
    tolerations: [{ key: 'ops', operator: 'Exists' }],
  },
  server: {
    basePath: '/argo',
    sso: {
      issuer: 'https://id.example.com',
      clientId: secret('oidc', 'id'),
      clientSecret: secret('oidc', 'secret'),
      redirectUrl: 'https://argo.example.com/oauth2/callback',
      scopes: ['groups'],
      accounts: ['viewer'],
    },
  },
  images: { pullSecrets: ['registry'], pullPolicy: 'IfNotPresent' },
};

// biome-ignore lint/suspicious/noExplicitAny: tests reach into manifests of every kind
type Objects = any[];

function backend(props: Partial<ArgoBackendProps> = {}, namespace: string | undefined = 'argo') {
  const chart = new Chart(Testing.app(), 'platform', namespace === undefined ? {} : { namespace });
  const argo = new ArgoBackend(chart, 'argo', { artifactRepository: STORE, ...props });
  return { argo, chart };
}

function objectsOf(props: Partial<ArgoBackendProps> = {}, namespace?: string): Objects {
  return synth(backend(props, namespace).chart);
}

const configurationOf = (objects: Objects) =>
  Object.fromEntries(Object.entries<string>(of(objects, 'ConfigMap')[0].data).map(([key, text]) => [key, parse(text)]));

const warnings = keptWarnings();

describe('ArgoBackend', () => {
  test('is few objects, each where it belongs', () => {
    const objects = objectsOf();
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? '-'}/${metadata.name}`)).toEqual([
      'CustomResourceDefinition -/clusterworkflowtemplates.argoproj.io',
      'CustomResourceDefinition -/cronworkflows.argoproj.io',
      'CustomResourceDefinition -/workflows.argoproj.io',
      'CustomResourceDefinition -/workflowartifactgctasks.argoproj.io',
      'CustomResourceDefinition -/workfloweventbindings.argoproj.io',
      'CustomResourceDefinition -/workflowtaskresults.argoproj.io',
      'CustomResourceDefinition -/workflowtasksets.argoproj.io',
      'CustomResourceDefinition -/workflowtemplates.argoproj.io',
      'ConfigMap argo/workflow-controller-configmap',
      'ServiceAccount argo/argo',
      'Role argo/argo',
      'RoleBinding argo/argo',
      'Deployment argo/workflow-controller',
      'Service argo/workflow-controller-metrics',
    ]);
    // kubectl's client-side apply keeps the last applied object in an annotation of 256 kB at most.
    for (const crd of of(objects, 'CustomResourceDefinition')) expect(JSON.stringify(crd).length).toBeLessThan(2000);
    expect(warnings.all()).toEqual([]);
  });

  test('tells the executor of variables', () => {
    const { executor } = configurationOf(objectsOf({ executor: { env: { HTTPS_PROXY: 'http://proxy:3128' } } }));
    expect(executor.env).toEqual([{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }]);
  });

  test('configures the controller', () => {
    expect(configurationOf(objectsOf(EVERYTHING))).toEqual({
      artifactRepository: {
        archiveLogs: true,
        s3: {
          endpoint: 'try-out-object-store.argo.svc:8333',
          bucket: 'artifacts',
          insecure: true,
          accessKeySecret: { name: 'store', key: 'access' },
          secretKeySecret: { name: 'store', key: 'secret' },
          createBucketIfNotPresent: {},
        },
      },
      executor: {
        imagePullPolicy: 'IfNotPresent',
        resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '512Mi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' },
        },
      },
      parallelism: 20,
      namespaceParallelism: 5,
      retentionPolicy: { completed: 100, failed: 50 },
      persistence: {
        postgresql: {
          host: 'db.internal',
          port: 5432,
          database: 'argo',
          tableName: 'argo_workflows',
          userNameSecret: { name: 'db', key: 'user' },
          passwordSecret: { name: 'db', key: 'password' },
          ssl: true,
          sslMode: 'verify-full',
        },
        nodeStatusOffLoad: true,
        archive: true,
        archiveTTL: '2592000s',
        archiveLabelSelector: { matchLabels: { keep: 'yes' } },
      },
      metricsConfig: { enabled: true, path: '/metrics', port: 9090, secure: true },
      workflowDefaults: { spec: { ttlStrategy: { secondsAfterCompletion: 3600 } } },
      sso: {
        issuer: 'https://id.example.com',
        clientId: { name: 'oidc', key: 'id' },
        clientSecret: { name: 'oidc', key: 'secret' },
        redirectUrl: 'https://argo.example.com/oauth2/callback',
        scopes: ['groups'],
        rbac: { enabled: true },
      },
    });
  });

  test.each([
    [ObjectStore.gcs({ bucket: 'ml' }), { gcs: { bucket: 'ml' } }],
    [
      ObjectStore.gcs({ bucket: 'ml', credentials: { serviceAccountKey: secret('gcs', 'key.json') } }),
      { gcs: { bucket: 'ml', serviceAccountKeySecret: { name: 'gcs', key: 'key.json' } } },
    ],
    [
      ObjectStore.azure({ endpoint: 'https://ml.blob.core.windows.net', container: 'runs' }),
      { azure: { endpoint: 'https://ml.blob.core.windows.net', container: 'runs', useSDKCreds: true } },
    ],
    [STORE, { s3: { endpoint: 's3.amazonaws.com', bucket: 'ml', region: 'eu-central-1', useSDKCreds: true } }],
  ])('knows the store %#', (artifactRepository, expected) => {
    const { artifactRepository: repository } = configurationOf(objectsOf({ artifactRepository, archiveLogs: false }));
    expect(repository).toEqual(expected);
  });

  test('knows MySQL, and tokens of clouds', () => {
    const mysql = Database.mysql({ ...DATABASE, password: secret('db', 'password') });
    expect(configurationOf(objectsOf({ database: mysql, archive: false })).persistence).toEqual({
      mysql: {
        host: 'db.internal',
        port: 3306,
        database: 'argo',
        tableName: 'argo_workflows',
        userNameSecret: { name: 'db', key: 'user' },
        passwordSecret: { name: 'db', key: 'password' },
        options: { tls: 'true' },
      },
      nodeStatusOffLoad: true,
      archive: false,
    });
    const rds = Database.postgres({ ...DATABASE, password: 'aws', region: 'eu-central-1' });
    const { postgresql } = configurationOf(objectsOf({ database: rds })).persistence as Record<string, object>;
    expect(postgresql).toMatchObject({ awsRDSToken: { enabled: true, region: 'eu-central-1' } });
    expect(postgresql).not.toHaveProperty('passwordSecret');
  });

  test('runs workflows of its namespace, of another one, or of all', () => {
    const views = (['namespace', { managedNamespace: 'ml' }, 'cluster'] as const).map((scope) => {
      const objects = objectsOf({ scope });
      const [{ spec }] = of(objects, 'Deployment', 'workflow-controller');
      const roles = [...of(objects, 'Role'), ...of(objects, 'ClusterRole')];
      return {
        args: spec.template.spec.containers[0].args.slice(4),
        roles: roles.map(({ kind, metadata, rules }) => [kind, metadata.namespace, metadata.name, rules.length]),
      };
    });
    expect(views).toEqual([
      { args: ['--namespaced'], roles: [['Role', 'argo', 'argo', 13]] },
      {
        args: ['--namespaced', '--managed-namespace', 'ml'],
        roles: [
          ['Role', 'argo', 'argo', 2],
          ['Role', 'ml', 'argo', 12],
        ],
      },
      {
        args: [],
        roles: [
          ['Role', 'argo', 'argo', 2],
          ['ClusterRole', undefined, 'argo-argo', 12],
        ],
      },
    ]);
  });

  test("a user's variable stands for the backend's own, and nothing is an alias", () => {
    const tolerations = [{ key: 'ops', operator: 'Exists' }];
    const env = { LEADER_ELECTION_IDENTITY: 'me' };
    const shared = { a: 1 };
    const { chart } = backend({
      controller: { env, tolerations: [...tolerations, ...tolerations] },
      extraConfiguration: { x: { one: shared, two: shared }, y: undefined },
    });
    const objects = synth(chart);
    const [{ spec }] = of(objects, 'Deployment');
    expect(spec.template.spec.containers[0].env).toEqual([{ name: 'LEADER_ELECTION_IDENTITY', value: 'me' }]);
    expect(Yaml.stringify(...objects)).not.toMatch(/[&*]a\d/);
    const [{ data }] = of(objects, 'ConfigMap');
    expect(data.x).toBe('one:\n  a: 1\ntwo:\n  a: 1\n');
    expect(data).not.toHaveProperty('y');
  });

  test('takes images from a mirror, and by digest', () => {
    const digests = { argoexec: `sha256:${'a'.repeat(64)}` };
    const { argo } = backend({
      images: { registry: 'mirror.example.com/argo', digests },
      server: {},
      version: '4.0.8',
    });
    expect(argo.images).toEqual([
      'mirror.example.com/argo/workflow-controller:v4.0.8',
      `mirror.example.com/argo/argoexec@sha256:${'a'.repeat(64)}`,
      'mirror.example.com/argo/argocli:v4.0.8',
    ]);
  });

  test('gives pipelines their repository', () => {
    const artifactKeyOf = (artifactRepository: ArgoBackendProps['artifactRepository']) => {
      const { argo, chart } = backend({ artifactRepository, crds: 'external' });
      const pipeline = new Pipeline(chart, 'train', { artifactRepository: argo.artifactRepository });
      new Task(pipeline, 'write', { component: write });
      const [{ spec }] = of(synth(chart), 'WorkflowTemplate');
      const { outputs } = spec.templates.find(({ name }: { name: string }) => name === 'write');
      return Object.keys(outputs.artifacts[0]).filter((key) => ['s3', 'gcs', 'azure'].includes(key));
    };
    const azure = ObjectStore.azure({ endpoint: 'https://ml.blob.core.windows.net', container: 'runs' });
    expect([STORE, ObjectStore.gcs({ bucket: 'ml' }), azure].map(artifactKeyOf)).toEqual([['s3'], ['gcs'], ['azure']]);
  });

  test('says which Secrets must exist', () => {
    expect(backend(EVERYTHING).argo.secrets.map(({ name, key }) => `${name}/${key}`)).toEqual([
      'store/access',
      'store/secret',
      'db/user',
      'db/password',
      'oidc/id',
      'oidc/secret',
    ]);
  });
});

describe('what holds of every backend', () => {
  const kinds: [string, Partial<ArgoBackendProps>][] = [
    ['plain', {}],
    ['everything', EVERYTHING],
    ['cluster', { ...EVERYTHING, scope: 'cluster' }],
    ['managed', { ...EVERYTHING, scope: { managedNamespace: 'ml' } }],
    ['none', { artifactRepository: 'none', metrics: false, crds: 'external', caching: false }],
  ];

  test.each(kinds)('%s: pods obey "restricted", and run pinned images that are told', (_, props) => {
    const { argo, chart } = backend(props);
    const objects = synth(chart);
    for (const { spec } of of(objects, 'Deployment')) {
      const pod = spec.template.spec;
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      for (const container of pod.containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(container.resources.limits.memory).toBeDefined();
        expect(argo.images).toContain(container.image);
      }
      expect(pod.hostNetwork ?? pod.hostPID ?? pod.hostIPC).toBeUndefined();
    }
    for (const image of argo.images) expect(image).toMatch(/(:v?\d+\.\d+(\.\d+)?|@sha256:[0-9a-f]{64})$/);
    expect(JSON.stringify(objects)).not.toContain('latest');
  });

  test.each(kinds)('%s: Services select pods, Roles are bound, and nobody may do everything', (_, props) => {
    const objects = objectsOf(props);
    for (const { spec } of of(objects, 'Service')) {
      const selected = of(objects, 'Deployment').filter((each) =>
        Object.entries(spec.selector).every(([key, value]) => each.spec.template.metadata.labels[key] === value),
      );
      expect(selected).toHaveLength(1);
      const ports = selected[0].spec.template.spec.containers[0].ports.map(({ name }: { name: string }) => name);
      for (const port of spec.ports) expect(ports).toContain(port.targetPort);
    }
    for (const { spec } of of(objects, 'Deployment')) {
      const labels = spec.template.metadata.labels;
      for (const [key, value] of Object.entries(spec.selector.matchLabels)) expect(labels[key]).toBe(value);
    }
    const accounts = of(objects, 'ServiceAccount').map(({ metadata }) => metadata.name);
    for (const kind of ['Role', 'ClusterRole']) {
      const bindings = of(objects, `${kind}Binding`);
      for (const role of of(objects, kind)) {
        const [binding] = bindings.filter(
          ({ metadata, roleRef }) =>
            roleRef.name === role.metadata.name && metadata.namespace === role.metadata.namespace,
        );
        expect(accounts).toContain(binding.subjects[0].name);
        expect(binding.subjects[0].namespace).toBe('argo');
        for (const rule of role.rules) {
          expect([...rule.apiGroups, ...rule.resources, ...rule.verbs]).not.toContain('*');
          // Secrets are read by name alone.
          if (rule.resources.includes('secrets') && !rule.verbs.includes('create')) {
            expect(rule.verbs).toEqual(['get']);
            expect(rule.resourceNames.length).toBeGreaterThan(0);
          }
        }
      }
    }
  });

  test.each(kinds)('%s: no secret value is in a manifest, and whoever reads a Secret may', (_, props) => {
    const { argo, chart } = backend(props);
    const objects = synth(chart);
    expect(of(objects, 'Secret')).toEqual([]);
    const told = argo.secrets.map(({ name }) => name);
    const referred = [...JSON.stringify(of(objects, 'Deployment')).matchAll(/"secretKeyRef":\{"name":"([^"]+)"/g)];
    for (const [, name] of referred) expect(told).toContain(name);
    const { persistence, sso } = configurationOf(objects) as Record<string, object | undefined>;
    const read = [...JSON.stringify([persistence, sso]).matchAll(/\{"name":"([^"]+)","key"/g)].map(([, name]) => name!);
    const readable = of(objects, 'Role')
      .flatMap(({ rules }) => rules)
      .flatMap(({ resources, resourceNames = [] }) => (resources.includes('secrets') ? resourceNames : []));
    for (const name of read) expect(readable).toContain(name);
  });
});

describe('what is wrong is said', () => {
  const complaints = (props: Partial<ArgoBackendProps>, namespace: string | undefined = 'argo') => {
    const { chart } = backend(props, namespace);
    return chart.node.findAll().flatMap((each) => each.node.validate());
  };

  test('an unknown version', () => {
    expect(complaints({ version: 'v4.1.3' as '4.1.2' })[0]).toMatch(
      /^KFP1701 Argo Workflows 'v4\.1\.3' is no release that pipelines are known to run on\n {4}at .*argo-backend\.test\.ts:\d+\n {4}mend: take 4\.1\.2$/,
    );
  });

  test('no namespace', () => {
    const chart = new Chart(Testing.app(), 'platform');
    new ArgoBackend(chart, 'argo', { artifactRepository: STORE });
    expect(chart.node.findAll().flatMap((each) => each.node.validate())[0]).toContain(
      'KFP1700 the chart of the backend has no namespace',
    );
  });

  test.each([
    ['namespace', 'namespace', true],
    ['cluster', 'namespace', true],
    ['namespace', 'cluster', true],
    ['namespace', { managedNamespace: 'ml' }, false],
    [{ managedNamespace: 'ml' }, { managedNamespace: 'ml' }, true],
  ] as const)('two backends: %j and %j', (first, second, clash) => {
    const app = Testing.app();
    const [one, two] = ['one', 'two'].map((id) => new Chart(app, id, { namespace: 'argo' })) as [Chart, Chart];
    new ArgoBackend(one, 'argo', { artifactRepository: STORE, crds: 'external', scope: first });
    new ArgoBackend(two, 'argo', { artifactRepository: STORE, crds: 'external', scope: second });
    const found = app.node
      .findAll()
      .flatMap((each) => each.node.validate())
      .filter((each) => each.includes('KFP1702'));
    expect(found).toHaveLength(clash ? 1 : 0);
    if (clash) expect(found[0]).toContain("'one/argo' runs workflows of the same namespace");
  });

  test.each<[Partial<ArgoBackendProps>, string]>([
    [{ artifactRepository: { kind: 'nfs' } as never }, "the kind of `artifactRepository` is 'nfs'"],
    [{ artifactRepository: ObjectStore.s3({ bucket: 's3://ml' }) }, "'s3://ml' is no bucket"],
    [
      { artifactRepository: ObjectStore.s3({ bucket: 'ml', endpoint: 'https://minio' }) },
      'the endpoint of the store is',
    ],
    [{ scope: { managedNamespace: 'M L' } }, '`scope` names no namespace'],
    [{ crds: 'full' as 'minimal' }, "`crds` is 'full'"],
    [{ parallelism: Number.NaN }, '`parallelism` is NaN'],
    [{ retention: { completed: -1 } }, '`retention.completed` is -1'],
    [{ database: DATABASE, archive: { ttl: Duration.millis(1500) } }, '`archive.ttl`, in seconds, is 1.5'],
    [{ database: { ...DATABASE, sslMode: 'prefer' as 'require' } as typeof DATABASE }, "`sslMode` is 'prefer'"],
    [{ controller: { replicas: -1 } }, '`controller.replicas` is -1'],
    [{ controller: { resources: { requests: { cpu: 'x' } } } }, "cpu of the controller is 'x'"],
    [{ executor: { env: { 'A B': 'x' } } }, "the variable 'A B' of the executor is none"],
    [{ images: { registry: 'https://mirror/' } }, "'https://mirror/' is no registry"],
    [{ images: { digests: { argoexec: 'abc' } } }, "'abc' is no digest of 'argoexec'"],
    [{ extraConfiguration: { 'a key': 1 } }, "'a key' is no key of a ConfigMap"],
  ])('a prop that is none: %#', (props, expected) => {
    expect(complaints(props)[0]).toContain(`KFP1717 ${expected}`);
  });

  test('a credential that is no reference, which nobody is told', () => {
    const keys = { accessKey: 'AKIA', secretKey: 'hunter2' } as never;
    const store = ObjectStore.s3({ bucket: 'ml', credentials: keys });
    expect(() => backend({ artifactRepository: store })).toThrow(
      "'platform/argo': `artifactRepository.credentials.accessKey` must be a key of a Secret, { secret, key }, `artifactRepository.credentials.secretKey` must be a key of a Secret, { secret, key }.",
    );
    const database = Database.postgres({ ...DATABASE, password: 'hunter2' as 'aws' });
    const [said] = complaints({ database });
    expect(said).toContain('KFP1717 the password of the database is a text');
    expect(said).not.toContain('hunter2');
  });

  test('props of another kind, as JavaScript lets them be', () => {
    expect(() => backend({ artifactRepository: 's3://ml' as never })).toThrow(
      '`artifactRepository` must be an object.',
    );
    expect(() => backend({ archive: { ttl: 5 as never } })).toThrow('`archive.ttl` must be a Duration of cdk8s.');
  });

  test('an archive without a database', () => {
    expect(complaints({ archive: {} })[0]).toContain('KFP1704 workflows are to be archived');
  });

  test('what is doubtful', () => {
    complaints({
      artifactRepository: ObjectStore.tryOut({ credentials: KEYS }),
      database: Database.postgres({ ...DATABASE, sslMode: 'disable' }),
    });
    complaints({ artifactRepository: ObjectStore.s3({ bucket: 'ml', endpoint: 'minio:9000', insecure: true }) });
    const said = warnings.all();
    expect(said).toEqual([
      "warning: KFP1703 [platform/argo] the password of the database at 'db.internal' crosses the network in the clear\n    mend: leave out what disables TLS",
      'warning: KFP1705 [platform/argo] artifacts are kept in a try-out store: one pod, one volume, no TLS, no backups\n    mend: in production, give ObjectStore.s3, .gcs or .azure',
      "warning: KFP1703 [platform/argo] what goes to the bucket 'ml', and its keys' signatures, cross the network in the clear\n    mend: leave out `insecure`",
    ]);
  });

  test.each([
    ['in another namespace', 'namespace', ["no backend of the app runs workflows in the namespace 'other'"]],
    ['that it is told to run', { managedNamespace: 'other' }, []],
    ['anywhere', 'cluster', []],
  ] as const)('a pipeline %s', (_, scope, expected) => {
    const { chart } = backend({ scope });
    const other = new Chart(chart.node.scope!, 'other', { namespace: 'other' });
    new Task(new Pipeline(other, 'p'), 'write', { component: write });
    synth(other);
    const said = warnings.all().filter((text) => text.includes('KFP1728'));
    expect(said).toEqual(expected.map((message) => expect.stringContaining(message)));
  });
});
