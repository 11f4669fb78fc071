import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import {
  ArgoBackend,
  ArgoCrds,
  ContainerComponent,
  Database,
  KfpBackend,
  KfpCrds,
  KfpPipeline,
  ObjectStore,
  Pipeline,
  Run,
  Runner,
  type RunnerProps,
  SharedVolume,
  Task,
} from '../src';
import { MlTraining } from '../src/apps/ml-training';
import { addPlatform } from '../src/apps/platform-charts';
import { synth } from './synth';

const step = new ContainerComponent({ name: 'step', image: 'busybox:1.37', command: ['true'] });

function chartOf(namespace = 'ml') {
  return new Chart(Testing.app(), namespace, { namespace });
}

// biome-ignore lint/suspicious/noExplicitAny: what a test may have got wrong is a text as well
const messageOf = (make: () => any): string => {
  try {
    make();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a runner of several namespaces', () => {
  test('is an account with a token and rights in each, and the controller may keep results there', () => {
    const chart = chartOf('platform');
    new Runner(chart, 'runner', {
      namespaces: ['vision', 'speech'],
      imagePullSecrets: ['registry'],
      cacheController: { namespace: 'argo' },
    });
    const objects = synth(chart);
    const inNamespace = (namespace: string) => objects.filter(({ metadata }) => metadata.namespace === namespace);
    expect(objects.map(({ kind, metadata }) => `${metadata.namespace} ${kind} ${metadata.name}`)).toEqual(
      ['vision', 'speech'].flatMap((namespace) =>
        [
          'ServiceAccount runner',
          'Secret runner.service-account-token',
          'Role runner',
          'RoleBinding runner',
          'Role runner-cache',
          'RoleBinding runner-cache',
        ].map((each) => `${namespace} ${each}`),
      ),
    );
    const [one, other] = ['vision', 'speech'].map((namespace) =>
      JSON.parse(JSON.stringify(inNamespace(namespace)).replaceAll(namespace, 'x')),
    );
    expect(one).toEqual(other);
    expect(one[0].imagePullSecrets).toEqual([{ name: 'registry' }]);
    expect(one[2].rules).toEqual([
      { apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] },
    ]);
    // Keys of the artifact repository are mounted by Kubernetes: no account needs to read Secrets for them.
    expect(JSON.stringify(one.map(({ rules }: { rules?: unknown }) => rules))).not.toContain('secrets');
  });

  test.each([
    ['vision', ''],
    ['speech', ''],
    ['other', "KFP1724 the runner 'runner' is in the namespace 'vision', and the pods are in 'other'"],
  ])('is taken by a pipeline of %s', (namespace, complaint) => {
    const app = Testing.app();
    const runner = new Runner(new Chart(app, 'platform', { namespace: 'platform' }), 'runner', {
      namespaces: ['vision', 'speech'],
    });
    const chart = new Chart(app, 'pipelines', { namespace });
    new Task(new Pipeline(chart, 'train', { runner }), 'one', { component: step });
    const said = messageOf(() => synth(chart));
    if (complaint === '') expect(said).toBe('');
    else expect(said).toContain(complaint);
  });

  test.each<[unknown, string, Partial<RunnerProps>?]>([
    [[], 'KFP1755 the runner’s `namespaces` are no list, or an empty one'],
    ['vision', 'KFP1755 the runner’s `namespaces` are no list, or an empty one'],
    [null, 'KFP1755 the runner’s `namespaces` are no list, or an empty one'],
    [['Vision', 'a'], 'KFP1755 "Vision" is no name of a namespace'],
    [[3], 'KFP1755 3 is no name of a namespace'],
    [['a', 'b', 'a'], 'KFP1755 a namespace is named twice: a, b, a'],
    [['a'], 'KFP1755 a runner has `namespace` and `namespaces`', { namespace: 'b' }],
  ])('refuses %j', (namespaces, complaint, more = {}) => {
    const chart = chartOf();
    new Runner(chart, 'runner', { ...more, namespaces: namespaces as readonly string[] });
    expect(messageOf(() => Testing.synth(chart))).toContain(complaint);
  });

  test.each<[object, string]>([
    [{ name: 'Not One' }, "KFP1283 'Not One' cannot be the name of an account"],
    [{ annotations: { 'a b': 'c' } }, "KFP1283 the annotation 'a b' of an account is none"],
    [{ annotations: { a: 1 } }, "KFP1283 the annotation 'a' of an account is none"],
    [{ imagePullSecrets: [null] }, 'KFP1283 `imagePullSecrets` names what is no Secret'],
    [{ rules: [{ apiGroups: [''], resources: [null], verbs: ['get'] }] }, 'KFP1283 the rule'],
    [
      { name: {}, rules: 'all', imagePullSecrets: 'a' },
      '`name` must be a text, `imagePullSecrets` must be a list, `rules`',
    ],
    [{ workloadIdentity: { annotations: 'x' } }, '`workloadIdentity.annotations` must be an object'],
  ])('says what Kubernetes would refuse: %j', (props, complaint) => {
    const chart = chartOf();
    const made = () => new Runner(chart, 'runner', { namespaces: ['a', 'b'], ...props }) && Testing.synth(chart);
    expect(messageOf(made)).toContain(complaint);
  });
});

const WAVE = 'argocd.argoproj.io/sync-wave';

/** What is applied together, by wave. */
function wavesOf(
  objects: readonly { kind: string; metadata: { name: string; annotations?: Record<string, string> } }[],
) {
  const waves: Record<string, string[]> = {};
  for (const { kind, metadata } of objects) {
    const wave = metadata.annotations?.[WAVE] ?? '0';
    waves[wave] = [...(waves[wave] ?? []), `${kind} ${metadata.name}`];
  }
  return waves;
}

const kindsOf = (objects: readonly string[] = []) => [...new Set(objects.map((each) => each.split(' ')[0]))].sort();

const mysql = Database.mysql({
  host: 'mysql.internal',
  database: 'mlpipeline',
  username: { secret: 'kfp-db', key: 'user' },
  password: { secret: 'kfp-db', key: 'password' },
});
const s3 = ObjectStore.s3({ bucket: 'ml-artifacts', region: 'eu-central-1' });

describe('the order in which Argo CD applies a backend', () => {
  test('KFP: definitions, its namespace, rights and settings, certificates, programs, and who asks the API server', () => {
    const chart = chartOf('kubeflow');
    new KfpBackend(chart, 'kfp', { database: mysql, objectStore: s3, kubernetesNative: true });
    const waves = wavesOf(synth(chart));
    expect(Object.keys(waves).sort()).toEqual(['-1', '-2', '0', '1', '3', '4']);
    expect(kindsOf(waves['-2'])).toEqual(['CustomResourceDefinition']);
    expect(waves['-1']).toEqual(['Namespace kubeflow']);
    expect(kindsOf(waves['0'])).toEqual(expect.arrayContaining(['ConfigMap', 'Role', 'RoleBinding', 'Service']));
    expect(waves['1']).toEqual(['Issuer kfp-api-webhook-selfsigned-issuer', 'Certificate kfp-api-webhook-cert']);
    expect(kindsOf(waves['3'])).toEqual(['Deployment']);
    expect(waves['3']).toContain('Deployment ml-pipeline');
    expect(waves['4']).toEqual([
      'MutatingWebhookConfiguration pipelineversions.pipelines.kubeflow.org',
      'ValidatingWebhookConfiguration pipelineversions.pipelines.kubeflow.org',
    ]);
  });

  test('Argo, whose try-out store comes before its programs, with its claim', () => {
    const chart = chartOf('argo');
    jest.spyOn(console, 'warn').mockImplementation();
    new ArgoBackend(chart, 'argo', {
      artifactRepository: ObjectStore.tryOut({
        credentials: { accessKey: { secret: 'store', key: 'a' }, secretKey: { secret: 'store', key: 's' } },
      }),
      server: {},
    });
    const waves = wavesOf(synth(chart));
    expect(Object.keys(waves).sort()).toEqual(['-2', '0', '2', '3']);
    expect(waves['2']!.sort()).toEqual([
      'Deployment try-out-object-store',
      'PersistentVolumeClaim try-out-object-store',
    ]);
    expect(waves['3']).toEqual(['Deployment workflow-controller', 'Deployment argo-server']);
  });

  test('runs, claims and pipelines come after the backend of their app, which they get well by', () => {
    const app = Testing.app();
    const chart = new Chart(app, 'ml', { namespace: 'ml' });
    const pipeline = new Pipeline(chart, 'train');
    new Task(pipeline, 'one', { component: step });
    new Run(chart, 'run', { pipeline });
    new SharedVolume(chart, 'models', { size: '1Gi' });
    new KfpPipeline(chart, 'native', { pipeline });
    const others = { PersistentVolumeClaim: '5', Workflow: '5', Pipeline: '5', PipelineVersion: '6' };
    const found = () =>
      Object.fromEntries(Testing.synth(chart).map(({ kind, metadata }) => [kind, metadata.annotations?.[WAVE]]));
    expect(found()).toEqual(
      Object.fromEntries([...Object.keys(others), 'WorkflowTemplate'].map((kind) => [kind, undefined])),
    );
    const backend = new Chart(app, 'kubeflow', { namespace: 'kubeflow' });
    new KfpBackend(backend, 'kfp', { database: mysql, objectStore: s3, kubernetesNative: true });
    expect(found()).toEqual({ ...others, WorkflowTemplate: undefined });
  });

  test('upstream’s objects say nothing of it', () => {
    const chart = chartOf('kubeflow');
    jest.spyOn(console, 'warn').mockImplementation();
    new KfpBackend(chart, 'kfp', { parity: 'upstream' });
    expect(JSON.stringify(Testing.synth(chart))).not.toContain('argocd.argoproj.io');
  });
});

describe('definitions of kinds apart from backends', () => {
  test('are what the backends have, and are kept where nobody has them any more', () => {
    const app = Testing.app();
    const own = new Chart(app, 'own', { namespace: 'kubeflow' });
    new KfpBackend(own, 'kfp', { database: mysql, objectStore: s3, kubernetesNative: true, v1: true });
    const apart = new Chart(Testing.app(), 'definitions');
    new ArgoCrds(apart, 'argo');
    new KfpCrds(apart, 'kfp', { kubernetesNative: true, v1: true });
    const definitions = synth(apart);
    expect(definitions).toEqual(Testing.synth(own).filter(({ kind }) => kind === 'CustomResourceDefinition'));
    expect(definitions.map(({ metadata }) => metadata.name.split('.').slice(1).join('.'))).toEqual([
      ...Array(8).fill('argoproj.io'),
      'kubeflow.org',
      'kubeflow.org',
      'pipelines.kubeflow.org',
      'pipelines.kubeflow.org',
    ]);
    for (const { metadata } of definitions) {
      expect(metadata.annotations).toMatchObject({
        [WAVE]: '-2',
        'argocd.argoproj.io/sync-options': 'Prune=false',
        'kustomize.toolkit.fluxcd.io/prune': 'disabled',
      });
      // Client-side apply keeps each in an annotation of at most 256 kB.
      expect(metadata.namespace).toBeUndefined();
    }
    for (const each of definitions) expect(JSON.stringify(each).length).toBeLessThan(10_000);
  });

  test('several backends of a cluster share them', () => {
    const app = Testing.app();
    const definitions = new Chart(app, 'definitions');
    const twice = new Chart(Testing.app(), 'twice', { namespace: 'kubeflow' });
    new ArgoCrds(twice, 'argo');
    new ArgoBackend(twice, 'backend', { artifactRepository: s3 });
    expect(messageOf(() => Testing.synth(twice))).toContain(
      "mend: define kinds once: by `crds: 'external'` of one backend",
    );
    new ArgoCrds(definitions, 'argo');
    new KfpCrds(definitions, 'kfp');
    const argo = new Chart(app, 'argo', { namespace: 'argo' });
    new ArgoBackend(argo, 'argo', { artifactRepository: s3, crds: 'external' });
    const kfp = new Chart(app, 'kubeflow', { namespace: 'kubeflow' });
    new KfpBackend(kfp, 'kfp', { database: mysql, objectStore: s3, crds: 'external' });
    const objects = [argo, kfp].flatMap((chart) => synth(chart));
    expect(objects.filter(({ kind }) => kind === 'CustomResourceDefinition')).toEqual([]);
  });
});

describe('the example of a platform', () => {
  const app = new App();
  const { runner } = addPlatform(app);
  new MlTraining(app, 'training', { runner });
  const charts = Object.fromEntries(app.charts.map((chart) => [chart.node.id, chart]));
  const objectsOf = (chart: string) => synth(charts[chart]!);
  const named = (chart: string, kind: string, name: string) =>
    objectsOf(chart).find((each) => each.kind === kind && each.metadata.name === name);

  test('has everything in one synth, and nothing twice', () => {
    expect(Object.keys(charts)).toEqual(['cluster', 'argo', 'kubeflow', 'platform', 'training']);
    const all = Object.keys(charts).flatMap(objectsOf);
    const ids = all.map(({ apiVersion, kind, metadata }) =>
      [apiVersion, kind, metadata.namespace ?? '', metadata.name].join(' '),
    );
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(all.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['NodePool', 'ClusterQueue', 'WorkflowTemplate', 'CronWorkflow']),
    );
    // Each namespace that something stands in is made.
    const namespaces = all.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
    const used = new Set(all.map(({ metadata }) => metadata.namespace).filter((each) => each !== undefined));
    expect(namespaces.sort()).toEqual([...used].sort());
    // No manifest holds a secret.
    for (const each of all.filter(({ kind }) => kind === 'Secret')) {
      expect({ type: each.type, data: each.data, stringData: each.stringData }).toEqual({
        type: 'kubernetes.io/service-account-token',
        data: undefined,
        stringData: undefined,
      });
    }
  });

  test('each controller works on a namespace of its own', () => {
    const argumentsOf = (chart: string): string[] =>
      named(chart, 'Deployment', 'workflow-controller').spec.template.spec.containers[0].args;
    expect(argumentsOf('argo')).toEqual(expect.arrayContaining(['--namespaced', '--managed-namespace', 'ml']));
    expect(argumentsOf('kubeflow')).toContain('--namespaced');
    expect(argumentsOf('kubeflow')).not.toContain('--managed-namespace');
  });

  test('the runner lets the engine keep results, which the engine may not by itself', () => {
    expect(named('platform', 'RoleBinding', 'pipeline-runner-cache')).toMatchObject({
      metadata: { namespace: 'ml' },
      roleRef: { kind: 'Role', name: 'pipeline-runner-cache' },
      subjects: [{ kind: 'ServiceAccount', name: 'argo', namespace: 'argo' }],
    });
    const roles = objectsOf('argo').filter(({ kind }) => kind === 'Role');
    const writers = roles.filter(({ rules }) =>
      rules.some(
        ({ resources, verbs }: { resources: string[]; verbs: string[] }) =>
          resources.includes('configmaps') && verbs.includes('create'),
      ),
    );
    expect(writers).toEqual([]);
    expect(named('training', 'WorkflowTemplate', 'ml-training').spec.serviceAccountName).toBe('pipeline-runner');
  });

  test('the engine archives, and KFP keeps artifacts with no key and speaks TLS with its database', () => {
    expect(named('argo', 'ConfigMap', 'workflow-controller-configmap').data.persistence).toContain('archive: true');
    const [container] = named('kubeflow', 'Deployment', 'ml-pipeline').spec.template.spec.containers;
    expect(container.env).toEqual(
      expect.arrayContaining([
        { name: 'OBJECTSTORECONFIG_ACCESSKEY', value: '' },
        { name: 'DBCONFIG_MYSQLCONFIG_EXTRAPARAMS', value: '{"tls":"true"}' },
      ]),
    );
  });

  test('its entry writes the manifests, and what doctor is told', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk8s-kfp-platform-'));
    try {
      const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'src/apps/platform.ts'], {
        env: {
          ...process.env,
          CDK8S_OUTDIR: path.join(folder, 'manifests'),
          CDK8S_KFP_GRAPHS: path.join(folder, 'graphs'),
        },
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(fs.readdirSync(path.join(folder, 'manifests')).sort()).toEqual([
        'argo.k8s.yaml',
        'cluster.k8s.yaml',
        'kubeflow.k8s.yaml',
        'platform.k8s.yaml',
        'training.k8s.yaml',
      ]);
      const graphs = fs.readdirSync(path.join(folder, 'graphs'), { recursive: true, encoding: 'utf8' });
      expect(graphs.sort()).toEqual([
        'backends',
        'backends/argo.argo.json',
        'backends/kubeflow.kfp.json',
        'training.ml-training.json',
      ]);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
