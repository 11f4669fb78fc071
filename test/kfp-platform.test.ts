import { Chart, Testing } from 'cdk8s';
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
