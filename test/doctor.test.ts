import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Chart, Testing } from 'cdk8s';
import {
  ArgoBackend,
  ContainerComponent,
  Database,
  Dataset,
  Env,
  KfpBackend,
  type KfpBackendProps,
  ObjectStore,
  Pipeline,
  ResourceComponent,
  Runner,
  Semaphore,
  Task,
  type TaskSettings,
  Volume,
} from '../src';
import { pipelineManifest } from '../src/argo/pipeline-manifest';
import { appFacts, appGraphs } from '../src/cli/app-graphs';
import { doctorCommand } from '../src/cli/doctor';
import { examineBackend } from '../src/cli/doctor/backend';
import { examineEngine } from '../src/cli/doctor/engine';
import { type Finding, findingLines } from '../src/cli/doctor/findings';
import { Kubectl } from '../src/cli/doctor/kubectl';
import { examineNamespace } from '../src/cli/doctor/namespace';
import type { PublishedBackend } from '../src/constructs/publish-backend';
import { backendRequirementsOf } from '../src/review/backend-requirements';
import { requirementsOf } from '../src/review/requirements';

const step = new ContainerComponent({
  name: 'step',
  image: 'busybox:1.37',
  outputs: { rows: Dataset },
  command: ['true'],
  args: ({ outputs }) => [outputs.rows.path],
});
const makeJob = new ResourceComponent({
  name: 'make-job',
  manifest: { apiVersion: 'batch/v1', kind: 'Job', metadata: { generateName: 'x-' } },
});

const EVERYTHING: TaskSettings = {
  env: {
    TOKEN: Env.secret('hub', 'read'),
    MODE: Env.configMap('modes', 'mode'),
    MAYBE: Env.secret('absent', 'x', { optional: true }),
  },
  volumes: { '/data': Volume.claim('datasets'), '/keys': Volume.secret('keys') },
  imagePullSecrets: ['registry'],
  caching: true,
};

function requirements(settings: TaskSettings = EVERYTHING) {
  const chart = new Chart(Testing.app(), 'app', { namespace: 'ml' });
  const runner = new Runner(chart, 'runner').allow(makeJob);
  const semaphore = new Semaphore(chart, 'places', { limit: 2 });
  const pipeline = new Pipeline(chart, 'train', { runner });
  new Task(pipeline, 'one', { component: step, ...settings, semaphores: [semaphore] });
  new Task(pipeline, 'two', { component: makeJob });
  return requirementsOf(pipeline.graph, pipelineManifest(pipeline.graph).body);
}

describe('what runs need', () => {
  test('classes, queues, claims of devices, and the right to remove artifacts', () => {
    const chart = new Chart(Testing.app(), 'app', { namespace: 'ml' });
    const runner = new Runner(chart, 'runner', { artifactGc: true });
    const pipeline = new Pipeline(chart, 'train', { runner, artifactGc: 'OnWorkflowDeletion' });
    new Task(pipeline, 'one', {
      component: step,
      labels: { 'kueue.x-k8s.io/queue-name': 'training' },
      priorityClassName: 'high',
      runtimeClassName: 'nvidia',
      resources: { claims: [{ name: 'gpus', template: 'two-gpus' }] },
    });
    const { objects, rights } = requirementsOf(pipeline.graph, pipelineManifest(pipeline.graph).body);
    expect(objects.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      'LocalQueue training',
      'PriorityClass high',
      'ResourceClaimTemplate two-gpus',
      'RuntimeClass nvidia',
      'Secret runner.service-account-token',
      'ServiceAccount runner',
    ]);
    expect(rights[0]!.rules.map(({ resources, verbs }) => `${verbs.join()} ${resources.join()}`)).toEqual([
      'create,patch workflowtaskresults',
      'list,watch workflowartifactgctasks',
      'patch workflowartifactgctasks/status',
    ]);
  });

  test('is read off the manifest', () => {
    const { objects, rights, caching, artifacts } = requirements();
    expect(objects.map(({ kind, name, keys }) => `${kind} ${name} ${keys.join()}`.trim()).sort()).toEqual([
      'ConfigMap modes mode',
      'ConfigMap places limit',
      'PersistentVolumeClaim datasets',
      'Secret hub read',
      'Secret keys',
      'Secret registry',
      'Secret runner.service-account-token',
      'ServiceAccount runner',
    ]);
    expect(rights).toEqual([
      {
        account: 'runner',
        rules: [
          { apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] },
          { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create'] },
        ],
      },
    ]);
    expect({ caching, artifacts }).toEqual({ caching: true, artifacts: true });
  });
});

/** A program that stands for kubectl: what it is asked is looked up in a table, and noted. */
function kubectlOf(answers: Readonly<Record<string, unknown>>): string {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  // The more is said, the more is meant.
  const cases = Object.entries(answers)
    .sort(([a], [b]) => b.length - a.length)
    .map(([asked, answer]) => {
      const { error } = answer as { readonly error?: string };
      const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
      const action = error === undefined ? `printf %s ${quoted(text)}` : `echo ${quoted(error)} >&2; exit 1`;
      return `${quoted(asked)}*) ${action} ;;`;
    });
  return [
    '#!/bin/sh',
    `printf '%s\\n' "$*" >> ${quoted(path.join(folder, 'log'))}`,
    'case "$*" in',
    ...cases,
    "*) echo 'Error from server (NotFound): not found' >&2; exit 1 ;;",
    'esac',
    '',
  ].join('\n');
}

const deployment = (image: string, args: readonly string[] = [], name = 'workflow-controller') => ({
  metadata: { name, namespace: 'argo' },
  spec: {
    template: { spec: { serviceAccountName: 'argo', containers: [{ image, command: ['workflow-controller'], args }] } },
  },
});
const KINDS = 'workflows workflowtemplates cronworkflows workflowtaskresults workflowtasksets'
  .split(' ')
  .map((kind) => `${kind}.argoproj.io`)
  .join('\n');

/** A cluster that has everything. */
const WELL: Readonly<Record<string, unknown>> = {
  'api-resources': KINDS,
  'get deployments': { items: [deployment('quay.io/argoproj/workflow-controller:v4.1.2'), deployment('nginx:1')] },
  'get namespace ml': {},
  'get ServiceAccount runner': {},
  'get PersistentVolumeClaim datasets': {},
  'get Secret hub': 'read\nwrite\n',
  'get Secret ': 'x\n',
  'get ConfigMap modes': 'mode\n',
  'get ConfigMap places': 'limit\n',
  'get ConfigMap workflow-controller-configmap -n argo': 'artifactRepository\n',
  'auth can-i': 'yes\n',
};

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk8s-kfp-doctor-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function examined(answers: Readonly<Record<string, unknown>>): { findings: Finding[]; asked: string[] } {
  const before = process.env.PATH;
  fs.writeFileSync(path.join(folder, 'kubectl'), kubectlOf(answers), { mode: 0o755 });
  process.env.PATH = `${folder}${path.delimiter}${process.env.PATH}`;
  try {
    const kubectl = new Kubectl(['--context=here']);
    const { findings, controller } = examineEngine(kubectl, 'ml');
    const more = examineNamespace(kubectl, 'ml', requirements(), {}, controller);
    return {
      findings: [...findings, ...more],
      asked: fs.readFileSync(path.join(folder, 'log'), 'utf8').trim().split('\n'),
    };
  } finally {
    process.env.PATH = before;
  }
}

const missing = (findings: readonly Finding[]) =>
  findings
    .filter(({ verdict }) => verdict !== 'ok')
    .map(({ verdict, subject, detail }) => `${verdict} ${subject}: ${detail}`);

describe('doctor', () => {
  test('a cluster that has everything, which is asked to read and nothing else', () => {
    const { findings, asked } = examined(WELL);
    expect(missing(findings)).toEqual([]);
    expect(findings.length).toBeGreaterThan(10);
    for (const each of asked) expect(each).toMatch(/^(get|api-resources|auth can-i) .*--context=here$/s);
    // No value of a Secret is asked for.
    for (const each of asked.filter((line) => line.startsWith('get Secret'))) expect(each).toContain('go-template=');
  });

  test('what is missing', () => {
    const { findings } = examined({
      ...WELL,
      'api-resources': 'workflows.argoproj.io\n',
      'get Secret hub': 'write\n',
      'get PersistentVolumeClaim datasets': {
        error: 'Error from server (NotFound): persistentvolumeclaims "datasets" not found',
      },
      'get ConfigMap workflow-controller-configmap -n argo': '\n',
      'auth can-i create jobs.batch': 'no\n',
      'auth can-i create configmaps': 'no - no RBAC policy matched\n',
    });
    expect(missing(findings)).toEqual([
      'missing Argo’s kinds: not defined: workflowtemplates, cronworkflows, workflowtaskresults, workflowtasksets',
      "missing PersistentVolumeClaim datasets: is not in 'ml'",
      "missing Secret hub: has no 'read'",
      'missing rights of runner: may not create jobs.batch',
      'missing rights of argo/argo, to keep results: may not create configmaps',
      "missing artifact repository: neither 'ml' nor the controller has one",
    ]);
  });

  test.each([
    [[], 'missing Argo’s controller: there is none'],
    [
      [deployment('argoproj/workflow-controller:v4.1.2', ['--namespaced'])],
      "missing Argo’s controller: argo/workflow-controller looks at 'argo'",
    ],
    [[deployment('argoproj/workflow-controller:v4.1.2', ['--namespaced', '--managed-namespace', 'ml'])], undefined],
    [
      [deployment('argoproj/workflow-controller:v3.4.17')],
      'missing Argo’s controller argo/workflow-controller: 3.4.17 is older than 3.6',
    ],
    [
      [deployment('argoproj/workflow-controller:v4.0.5')],
      'missing Argo’s controller argo/workflow-controller: runs with skipped outputs hang in 4.0.5',
    ],
    [[deployment('argoproj/workflow-controller:v3.7.16')], undefined],
    [
      [deployment('argoproj/workflow-controller:v4.1.2', ['--namespaced=true', '--managed-namespace=other'])],
      "missing Argo’s controller: argo/workflow-controller looks at 'other'",
    ],
    [
      [{ ...deployment('argoproj/workflow-controller:v4.1.2'), status: { replicas: 1 } }],
      'missing Argo’s controller argo/workflow-controller: no pod of it is ready',
    ],
    [[{ ...deployment('argoproj/workflow-controller:v4.1.2'), status: { readyReplicas: 1 } }], undefined],
    [
      [deployment('mirror/workflow-controller@sha256:abc')],
      "unknown Argo’s controller argo/workflow-controller: its release cannot be told from 'mirror/workflow-controller@sha256:abc'",
    ],
    [
      [
        deployment('argoproj/workflow-controller:v4.1.2'),
        deployment('argoproj/workflow-controller:v4.1.2', [], 'other'),
      ],
      "missing Argo’s controller: 2 look at 'ml': argo/workflow-controller, argo/other",
    ],
  ])('controllers %#', (items, expected) => {
    const { findings } = examined({ ...WELL, 'get deployments': { items } });
    const said = missing(findings).filter((each) => each.includes('controller') && !each.includes('repository'));
    expect(said).toEqual(expected === undefined ? [] : [expected]);
  });

  test('what it may not ask is unknown, and not missing', () => {
    const forbidden = { error: 'Error from server (Forbidden): deployments.apps is forbidden' };
    const { findings } = examined({
      ...WELL,
      'get deployments': forbidden,
      'auth can-i': { error: 'cannot impersonate' },
    });
    expect(missing(findings)).toEqual([
      'unknown Argo’s controller: Error from server (Forbidden): deployments.apps is forbidden',
      'unknown rights of runner: cannot be asked: you may not impersonate the account',
      'unknown artifact repository: the controller’s configuration is not known',
    ]);
  });

  test('parts of resources are asked for as kubectl wants it, and nothing twice', () => {
    fs.writeFileSync(path.join(folder, 'kubectl'), kubectlOf(WELL), { mode: 0o755 });
    const before = process.env.PATH;
    process.env.PATH = `${folder}${path.delimiter}${before}`;
    try {
      const kubectl = new Kubectl([]);
      const rules = [{ apiGroups: ['argoproj.io'], resources: ['workflows/status'], verbs: ['patch'] }];
      const need = {
        objects: [{ kind: 'Secret' as const, name: '--raw=/api', keys: [] }],
        rights: [{ account: 'a', rules }],
        caching: false,
        artifacts: false,
      };
      const [object] = examineNamespace(kubectl, 'ml', need, {}, undefined);
      expect(object).toMatchObject({ verdict: 'missing', detail: 'is no name of an object' });
      examineNamespace(kubectl, 'ml', need, {}, undefined);
    } finally {
      process.env.PATH = before;
    }
    expect(fs.readFileSync(path.join(folder, 'log'), 'utf8').trim().split('\n')).toEqual([
      'get namespace ml -o json',
      'auth can-i patch workflows.argoproj.io --subresource=status -n ml --as=system:serviceaccount:ml:a',
    ]);
  });

  test('no namespace', () => {
    const { 'get namespace ml': _, ...others } = WELL;
    expect(missing(examined(others).findings)).toEqual(['missing namespace ml: there is none']);
  });

  test('prints what is missing last', () => {
    const lines = findingLines(
      [
        { verdict: 'missing', subject: 'Secret a', detail: 'is not there', mend: 'make it' },
        { verdict: 'ok', subject: 'Secret b', detail: 'is there' },
      ],
      (text) => text,
    );
    expect(lines).toEqual(['ok      Secret b: is there', 'missing Secret a: is not there', '        mend: make it']);
  });
});

const KEYS = { accessKey: { secret: 'store', key: 'a' }, secretKey: { secret: 'store', key: 's' } };

const KFP: KfpBackendProps = {
  database: Database.mysql({
    host: 'mysql.internal',
    database: 'mlpipeline',
    username: { secret: 'db', key: 'user' },
    password: { secret: 'db', key: 'password' },
  }),
  objectStore: ObjectStore.s3({ bucket: 'ml', region: 'eu-central-1', credentials: KEYS }),
};

/** What the app of a backend writes for the command line. */
function published(make: (chart: Chart) => void, namespace: string): PublishedBackend {
  const graphs = path.join(folder, 'graphs');
  process.env.CDK8S_KFP_GRAPHS = graphs;
  const warn = jest.spyOn(console, 'warn').mockImplementation();
  try {
    const chart = new Chart(Testing.app(), 'platform', { namespace });
    make(chart);
    Testing.synth(chart);
  } finally {
    warn.mockRestore();
    delete process.env.CDK8S_KFP_GRAPHS;
  }
  const text = fs.readFileSync(path.join(graphs, 'backends', 'platform.backend.json'), 'utf8');
  return JSON.parse(text) as PublishedBackend;
}

const kfp = (props: Partial<KfpBackendProps> = {}) =>
  published((chart) => new KfpBackend(chart, 'backend', { ...KFP, ...props } as KfpBackendProps), 'kubeflow');

/** Asks a cluster that answers so, as this program would. */
function asking<T>(
  answers: Readonly<Record<string, unknown>>,
  ask: (kubectl: Kubectl) => T,
): { said: T; asked: string[] } {
  const before = process.env.PATH;
  fs.writeFileSync(path.join(folder, 'kubectl'), kubectlOf(answers), { mode: 0o755 });
  process.env.PATH = `${folder}${path.delimiter}${before}`;
  try {
    const said = ask(new Kubectl([]));
    return { said, asked: fs.readFileSync(path.join(folder, 'log'), 'utf8').trim().split('\n') };
  } finally {
    process.env.PATH = before;
  }
}

const ready = { spec: { replicas: 1 }, status: { readyReplicas: 1 } };

/** What a cluster says in which a KfpBackend runs. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  'api-resources --api-group=argoproj.io': KINDS,
  'api-resources --api-group=kubeflow.org': 'scheduledworkflows.kubeflow.org\n',
  'api-resources --api-group=pipelines.kubeflow.org':
    'pipelines.pipelines.kubeflow.org\npipelineversions.pipelines.kubeflow.org\n',
  'api-resources --api-group=cert-manager.io':
    'certificates   cert,certs   cert-manager.io/v1   true   Certificate\nissuers        cert-manager.io/v1   true   Issuer\n',
  'get deployments --all-namespaces': {
    items: [
      {
        ...deployment('gcr.io/kfp/workflow-controller:v3.4.17', ['--namespaced']),
        metadata: { name: 'workflow-controller', namespace: 'kubeflow' },
        status: { readyReplicas: 1 },
      },
    ],
  },
  'get namespace kubeflow': {},
  'get Deployment ': ready,
  'get ServiceAccount ': {},
  'get Secret db': 'user\npassword\n',
  'get Secret store': 'a\ns\n',
  'get Secret kfp-api-webhook-cert': 'tls.crt\ntls.key\nca.crt\n',
  'get MutatingWebhookConfiguration pipelineversions.pipelines.kubeflow.org': {
    webhooks: [{ clientConfig: { caBundle: 'LS0t' } }],
  },
  'get ValidatingWebhookConfiguration pipelineversions.pipelines.kubeflow.org': {
    webhooks: [{ clientConfig: { caBundle: 'LS0t' } }],
  },
  'auth can-i': 'yes\n',
};

/** With the ConfigMaps of the one that is meant. */
function running({ objects }: PublishedBackend): Readonly<Record<string, unknown>> {
  const all = objects as readonly { kind: string; metadata: { name: string }; data?: object }[];
  const configuration = all
    .filter(({ kind }) => kind === 'ConfigMap')
    .map(({ metadata, data = {} }) => [`get ConfigMap ${metadata.name}`, `${Object.keys(data).join('\n')}\n`]);
  return { ...ANSWERS, ...Object.fromEntries(configuration) };
}

describe('doctor of a KfpBackend', () => {
  test('what it needs is read off its objects', () => {
    const needs = backendRequirementsOf(kfp({ kubernetesNative: true }));
    expect(needs.definitions).toEqual([
      'scheduledworkflows.kubeflow.org',
      'pipelines.pipelines.kubeflow.org',
      'pipelineversions.pipelines.kubeflow.org',
    ]);
    expect(needs.kinds).toEqual([
      { group: 'cert-manager.io', kind: 'Issuer' },
      { group: 'cert-manager.io', kind: 'Certificate' },
    ]);
    expect(needs.programs.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
      expect.arrayContaining(['Deployment ml-pipeline', 'Deployment metadata-grpc-deployment']),
    );
    const secrets = needs.objects.filter(({ kind }) => kind === 'Secret');
    expect(secrets.map(({ name, keys, mend }) => [name, [...keys].sort(), mend]).sort()).toEqual([
      ['db', ['password', 'user'], "make it with 'user', 'password': no manifest holds it"],
      ['kfp-api-webhook-cert', ['tls.crt', 'tls.key'], 'kubectl describe certificate kfp-api-webhook-cert'],
      ['store', ['a', 's'], "make it with 'a', 's': no manifest holds it"],
    ]);
    expect(needs.objects).toContainEqual({
      kind: 'ConfigMap',
      name: 'kfp-launcher',
      keys: ['defaultPipelineRoot', 'providers'],
      mend: 'apply the app’s manifests',
    });
    expect(needs.objects).toContainEqual({
      kind: 'ServiceAccount',
      name: 'ml-pipeline',
      keys: [],
      mend: 'apply the app’s manifests',
    });
    expect(needs.rights.map(({ account }) => account)).toEqual(['pipeline-runner']);
    expect(needs.rights[0]!.rules).toContainEqual({
      apiGroups: [''],
      resources: ['configmaps'],
      verbs: ['get'],
      resourceNames: ['kfp-launcher'],
    });
    expect({ classes: needs.storageClasses, claims: needs.claims }).toEqual({ classes: [], claims: [] });
  });

  test('definitions that somebody else installs are needed as well', () => {
    const { definitions } = backendRequirementsOf(kfp({ crds: 'external', v1: true }));
    expect(definitions).toEqual(['scheduledworkflows.kubeflow.org', 'viewers.kubeflow.org']);
  });

  test('a cluster in which it runs, which is asked to read and nothing else', () => {
    const backend = kfp({ kubernetesNative: true });
    const { said, asked } = asking(running(backend), (kubectl) => examineBackend(kubectl, backend));
    expect(missing(said)).toEqual([]);
    expect(said.map(({ subject, detail }) => `${subject}: ${detail}`)).toEqual(
      expect.arrayContaining([
        // KFP has a release of its own.
        'Argo’s controller kubeflow/workflow-controller: 3.4.17',
        'kind Certificate of cert-manager.io: is defined',
        'Deployment ml-pipeline: 1 of 1 ready',
      ]),
    );
    for (const each of asked) expect(each).toMatch(/^(get|api-resources|auth can-i) /);
    for (const each of asked.filter((line) => line.startsWith('get Secret'))) expect(each).toContain('go-template=');
    // One ConfigMap is allowed, and not all: that is what is asked.
    expect(asked).toContain(
      'auth can-i get configmaps/kfp-launcher -n kubeflow --as=system:serviceaccount:kubeflow:pipeline-runner',
    );
  });

  test('what it lacks', () => {
    const notFound = (what: string) => ({ error: `Error from server (NotFound): ${what} not found` });
    const backend = kfp({ kubernetesNative: true });
    const { said } = asking(
      {
        ...running(backend),
        'api-resources --api-group=kubeflow.org': '\n',
        'api-resources --api-group=cert-manager.io': '\n',
        'get Deployment ml-pipeline ': { spec: { replicas: 1 }, status: { replicas: 1 } },
        'get Deployment ml-pipeline-ui': notFound('deployments.apps "ml-pipeline-ui"'),
        'get Secret db': 'user\n',
        'get Secret kfp-api-webhook-cert': notFound('secrets "kfp-api-webhook-cert"'),
        'get ConfigMap kfp-launcher': 'defaultPipelineRoot\n',
        'get MutatingWebhookConfiguration pipelineversions.pipelines.kubeflow.org': {
          webhooks: [{ clientConfig: {} }],
        },
        'get ValidatingWebhookConfiguration pipelineversions.pipelines.kubeflow.org': notFound('x'),
        'auth can-i get configmaps/kfp-launcher': 'no\n',
      },
      (kubectl) => examineBackend(kubectl, backend),
    );
    expect(missing(said)).toEqual([
      'missing kind scheduledworkflows.kubeflow.org: is not defined',
      'missing kind Issuer of cert-manager.io: is not defined',
      'missing kind Certificate of cert-manager.io: is not defined',
      'missing MutatingWebhookConfiguration pipelineversions.pipelines.kubeflow.org: has no certificate of its authority',
      'missing ValidatingWebhookConfiguration pipelineversions.pipelines.kubeflow.org: there is none',
      'missing Deployment ml-pipeline: no pod of it is ready',
      "missing Deployment ml-pipeline-ui: is not in 'kubeflow'",
      "missing Secret db: has no 'password'",
      "missing Secret kfp-api-webhook-cert: is not in 'kubeflow'",
      "missing ConfigMap kfp-launcher: has no 'providers'",
      'missing rights of pipeline-runner: may not get configmaps kfp-launcher',
    ]);
    expect(said.find(({ subject }) => subject === 'Secret kfp-api-webhook-cert')).toMatchObject({
      mend: 'kubectl describe certificate kfp-api-webhook-cert',
    });
    expect(said.find(({ subject }) => subject === 'kind Issuer of cert-manager.io')).toMatchObject({
      mend: 'install cert-manager: https://cert-manager.io/docs/installation/',
    });
    for (const each of said) if (each.verdict === 'missing') expect(each.mend).toMatch(/./);
  });

  test('before it is applied, and where nothing may be asked', () => {
    const { 'get namespace kubeflow': _, ...others } = ANSWERS;
    const backend = kfp();
    const before = asking(others, (kubectl) => examineBackend(kubectl, backend));
    expect(missing(before.said)).toEqual(['missing namespace kubeflow: there is none']);
    const forbidden = { error: 'Error from server (Forbidden): you may not' };
    const { said } = asking({ get: forbidden, 'api-resources': forbidden, auth: forbidden }, (kubectl) =>
      examineBackend(kubectl, backend),
    );
    expect(said.length).toBeGreaterThan(10);
    expect(said.filter(({ verdict }) => verdict !== 'unknown')).toEqual([]);
  });
});

describe('doctor of a store in the cluster', () => {
  const backend = (storageClassName?: string) =>
    published(
      (chart) =>
        new ArgoBackend(chart, 'backend', {
          artifactRepository: ObjectStore.tryOut({ credentials: KEYS, storageClassName }),
          scope: { managedNamespace: 'ml' },
        }),
      'argo',
    );
  const answers = {
    ...WELL,
    'get namespace argo': {},
    'get Deployment ': ready,
    'get ServiceAccount ': {},
    'get Secret store': 'a\ns\n',
    'get deployments': {
      items: [deployment('argoproj/workflow-controller:v4.1.2', ['--namespaced', '--managed-namespace=ml'])],
    },
    'get ConfigMap workflow-controller-configmap -n argo': 'artifactRepository\nexecutor\nmetricsConfig\n',
    'get storageclasses': {
      items: [
        { metadata: { name: 'fast' } },
        { metadata: { name: 'slow', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } },
      ],
    },
    'get PersistentVolumeClaim try-out-object-store': { status: { phase: 'Bound' } },
  };

  test('has its class and its volume; the controller looks where workflows run', () => {
    for (const name of [undefined, 'fast']) {
      const about = backend(name);
      expect(missing(asking(answers, (kubectl) => examineBackend(kubectl, about)).said)).toEqual([]);
    }
  });

  test.each([
    [undefined, [{ metadata: { name: 'fast' } }], 'missing default StorageClass: there is none'],
    ['other', answers['get storageclasses'].items, 'missing StorageClass other: there is none'],
  ])('has no class %s', (name, items, complaint) => {
    const about = backend(name);
    const said = asking(
      {
        ...answers,
        'get storageclasses': { items },
        'get PersistentVolumeClaim try-out-object-store': { status: { phase: 'Pending' } },
      },
      (kubectl) => examineBackend(kubectl, about),
    ).said;
    expect(missing(said)).toEqual([
      complaint,
      'missing PersistentVolumeClaim try-out-object-store: has no volume: Pending',
    ]);
  });
});

describe('doctor of an app', () => {
  /** An app that writes what a synthesised one would. */
  const appOf = (backends: readonly PublishedBackend[]) => {
    const file = path.join(folder, 'app.js');
    const text = JSON.stringify(backends);
    fs.writeFileSync(
      file,
      `const fs = require('fs'); const folder = process.env.CDK8S_KFP_GRAPHS + '/backends';
       for (const each of ${text}) { fs.mkdirSync(folder, { recursive: true }); fs.writeFileSync(folder + '/a.json', JSON.stringify(each)); }`,
    );
    return { command: [process.execPath, file], cwd: folder, output: 'dist' };
  };

  test('backends are no pipelines', async () => {
    const backend = kfp();
    const command = appOf([backend]);
    expect(await appFacts(command)).toEqual({ graphs: [], backends: [backend] });
    await expect(appGraphs(command)).rejects.toThrow('KFP1435 the app wrote no pipeline');
  });

  test('with a backend and no pipeline says what that lacks; with neither, that there is nothing', async () => {
    const backend = kfp();
    const before = process.env.PATH;
    const written: string[] = [];
    const print = jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    fs.writeFileSync(
      path.join(folder, 'kubectl'),
      kubectlOf({ ...running(backend), version: {}, 'get Secret db': 'user\n' }),
      {
        mode: 0o755,
      },
    );
    process.env.PATH = `${folder}${path.delimiter}${before}`;
    try {
      appOf([backend]);
      await doctorCommand().parseAsync([path.join(folder, 'app.js')], { from: 'user' });
      expect(written.join('')).toMatch(/^namespace kubeflow\n/);
      expect(written.join('')).toContain(
        "missing Secret db: has no 'password'\n        mend: make it with 'user', 'password': no manifest holds it\n",
      );
      expect(process.exitCode).toBe(1);
      appOf([]);
      await expect(doctorCommand().parseAsync([path.join(folder, 'app.js')], { from: 'user' })).rejects.toThrow(
        'KFP1435 the app wrote no pipeline and no backend',
      );
    } finally {
      print.mockRestore();
      process.exitCode = 0;
      process.env.PATH = before;
    }
  });
});
