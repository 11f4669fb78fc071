import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Chart, Testing } from 'cdk8s';
import {
  ContainerComponent,
  Dataset,
  Env,
  Pipeline,
  ResourceComponent,
  Runner,
  Semaphore,
  Task,
  type TaskSettings,
  Volume,
} from '../src';
import { pipelineManifest } from '../src/argo/pipeline-manifest';
import { examineEngine } from '../src/cli/doctor/engine';
import { type Finding, findingLines } from '../src/cli/doctor/findings';
import { Kubectl } from '../src/cli/doctor/kubectl';
import { examineNamespace } from '../src/cli/doctor/namespace';
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
