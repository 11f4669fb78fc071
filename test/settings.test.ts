import { Chart, Duration, Size, Testing } from 'cdk8s';
import {
  ContainerComponent,
  dict,
  Env,
  type INodePool,
  int,
  list,
  Pipeline,
  type PipelineProps,
  SubPipeline,
  spot,
  str,
  Task,
  type TaskSettings,
  Volume,
} from 'cdk8s-kfp';
import * as plus from 'cdk8s-plus-28';
import { synth } from './synth';

// biome-ignore lint/suspicious/noExplicitAny: manifests are read by path, and mistakes that the compiler sees are made
type Any = any;

const work = new ContainerComponent({
  name: 'work',
  image: 'work:1',
  inputs: { words: str('x') },
  outputs: { count: int(), name: str() },
  command: ['work'],
});

/** What synth says of a pipeline of tasks with these settings: one task for each. */
function problems(settings: readonly TaskSettings[], props: PipelineProps<Any> = {}): string {
  const chart = new Chart(Testing.app(), 'ml');
  const pipeline = new Pipeline(chart, 'p', props);
  for (const [index, each] of settings.entries()) new Task(pipeline, `t${index}`, { component: work, ...each });
  return pipeline.diagnostics
    .map(({ code, severity, path, message }) => `${code}${severity ? ` (${severity})` : ''} ${path}: ${message}`)
    .join('\n');
}

/** The templates of a pipeline's tasks, by name. */
function templates(build: (pipeline: Pipeline<Any>) => void, props: PipelineProps<Any> = {}): Record<string, Any> {
  const chart = new Chart(Testing.app(), 'ml');
  build(new Pipeline(chart, 'p', props));
  const { spec } = synth(chart).find(({ kind }: Any) => kind === 'WorkflowTemplate');
  return Object.fromEntries(spec.templates.map((template: Any) => [template.name, template]));
}

describe('bad input', () => {
  test('resources', () => {
    expect(
      problems([
        { resources: { cpu: 'two', memory: '8 GB', gpus: 1.5 }, tolerations: [] },
        { resources: { cpu: 4, cpuLimit: '500m', memory: Size.gibibytes(1), memoryLimit: '1G' } },
        { resources: { gpus: 1 } },
        { resources: { extended: { 'google.com/tpu': 4, 'not a name': 1 } } },
        { retry: { retries: 1, memoryFactor: 2 } },
      ]),
    ).toMatchInlineSnapshot(`
"KFP1240 ml/p/t0: 'two' is no quantity of cpu
KFP1240 ml/p/t0: '8 GB' is no quantity of memory
KFP1240 ml/p/t0: '1.5' of nvidia.com/gpu is no whole number
KFP1245 ml/p/t1: the limit of cpu (resources.cpuLimit), 500m, is below the request (resources.cpu), 4
KFP1245 ml/p/t1: the limit of memory (resources.memoryLimit), 1G, is below the request (resources.memory), 1Gi
KFP1246 (warning) ml/p/t2: it asks for nvidia.com/gpu but tolerates no taint: nodes with accelerators are mostly tainted
KFP1246 (warning) ml/p/t3: it asks for google.com/tpu but tolerates no taint: nodes with accelerators are mostly tainted
KFP1240 ml/p/t3: 'not a name' is no name of a resource
KFP1240 ml/p/t4: further attempts get more memory, but it asks for none"
`);
  });

  test('placement and labels', () => {
    expect(
      problems([
        { nodeSelector: { 'a b': 'x', zone: 'no spaces' }, labels: { 'x/y/z': 'x' }, annotations: { '-': '' } },
        {
          tolerations: [
            { operator: 'Exists', value: 'x' },
            { key: 'k', effect: 'Never', tolerationSeconds: 3 },
          ],
        },
        {
          nodeAffinity: {
            required: [
              { key: 'a', operator: 'In' },
              { key: 'b', operator: 'Exists', values: ['x'] },
            ],

            preferred: [{ weight: 0, requirements: [{ key: 'c', operator: 'Gt', values: ['much'] }] }],
          },
        },
        { priorityClassName: 'High!', serviceAccount: { name: 'Robot' } },
      ]),
    ).toMatchInlineSnapshot(`
"KFP1238 ml/p/t0: 'a b' is no name for node selectors
KFP1238 ml/p/t0: 'no spaces', of 'zone', is no value for node selectors
KFP1238 ml/p/t0: 'x/y/z' is no name for labels
KFP1238 ml/p/t0: '-' is no name for annotations
KFP1240 ml/p/t1: the toleration of everything has a value, although its operator is Exists
KFP1240 ml/p/t1: 'Never' is no effect of a taint
KFP1240 ml/p/t1: the toleration of 'k' has tolerationSeconds
KFP1240 ml/p/t2: the weight of a preference is 0
KFP1240 ml/p/t2: 'a' In takes at least one value: it is given none
KFP1240 ml/p/t2: 'b' Exists takes no value: it is given x
KFP1240 ml/p/t2: 'c' Gt takes one number: it is given much
KFP1241 ml/p/t3: 'High!' cannot be the name of a priority class
KFP1241 ml/p/t3: 'Robot' cannot be the name of a service account"
`);
  });

  test('environment and secrets', () => {
    expect(
      problems(
        [
          { env: { 'A-B': 'x', KFP_INPUT_x: 'y', KFP_TEST: 'fine', N: 1 as Any } },
          { env: { A: Env.secret('Not_A_Name', 'key'), B: Env.configMap('c', 'a/b') }, envFrom: [{ secret: '' }] },
          { env: { HF_TOKEN: 'hf_abc', DB_PASSWORD_FILE: '/secret/db', API_KEY: '/secret/key', PASSWORD: '' } },
          { env: { MODEL: `hf_${'x'.repeat(34)}` }, imagePullSecrets: ['A B'] },
        ],

        { parameters: { hub_token: str(), api_key: str('abc'), max_tokens: str('9') } },
      ),
    ).toMatchInlineSnapshot(`
"KFP1240 ml/p/t0: 'A-B' cannot be set as an environment variable
KFP1240 ml/p/t0: the library itself uses the environment variable 'KFP_INPUT_x'
KFP1240 ml/p/t0: the environment variable 'N' is 1
KFP1241 ml/p/t1: 'Not_A_Name' cannot be the name of a Secret
KFP1240 ml/p/t1: 'a/b' of the variable 'B' is no key of a Secret or ConfigMap
KFP1241 ml/p/t1: '' cannot be the name of a Secret or ConfigMap
KFP1241 ml/p/t3: 'A B' cannot be the name of a Secret
KFP1249 (warning) ml/p: the parameter 'hub_token' looks like a secret: it stands in every run, for all to see
KFP1249 ml/p: the parameter 'api_key' has a default that looks like a secret, and would stand in the manifest
KFP1249 ml/p/t2: the environment variable 'HF_TOKEN' holds what looks like a secret, and would stand in the manifest
KFP1249 ml/p/t3: the environment variable 'MODEL' holds what looks like a secret, and would stand in the manifest"
`);
    const chart = new Chart(Testing.app(), 'ml');
    const pipeline = new Pipeline(chart, 'p');
    new Task(pipeline, 't', { component: work, inputs: { words: `ghp_${'a'.repeat(36)}` } });
    expect(pipeline.diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      "KFP1249 the input 'words' is given what looks like a secret, and would stand in the manifest",
    ]);
  });

  test('volumes', () => {
    const late = new Pipeline(new Chart(Testing.app(), 'x'), 'x', { parameters: { size: str() } }).parameters.size;
    expect(
      problems([
        { volumes: { '/data': Volume.claim('a'), '/data/': Volume.claim('b') } },
        { volumes: { data: Volume.claim('a'), '/': Volume.emptyDir(), '/kfp/work/x': Volume.memory('1 G') } },
        { volumes: { '/a': Volume.secret('No!'), '/b': Volume.configMap('x_y'), '/c': Volume.claim('-') } },
        { volumes: { '/a': Volume.perRun('s', { size: '1Gi' }), '/b': Volume.perRun('t', { size: late }) } },
        { volumes: { '/a': Volume.perRun('s', { size: '2Gi' }), '/b': Volume.ephemeral({ size: 'big' }) } },
      ]),
    ).toMatchInlineSnapshot(`
"KFP1222 ml/p/t3: the setting 'volumes run-t claim resources requests storage' reads the parameter 'size', which this pipeline does not have
KFP1244 ml/p/t0: two volumes are mounted at '/data' ('/data' and '/data/')
KFP1244 ml/p/t1: 'data' is no path to mount a volume at
KFP1244 ml/p/t1: '/' is no path to mount a volume at
KFP1244 ml/p/t1: a volume at '/kfp/work/x' would hide what the engine puts below /kfp
KFP1240 ml/p/t1: '1 G' is no size of a volume
KFP1241 ml/p/t2: 'No!' cannot be the name of a Secret
KFP1241 ml/p/t2: 'x_y' cannot be the name of a ConfigMap
KFP1241 ml/p/t2: '-' cannot be the name of a claim
KFP1237 ml/p/t3: there are several volumes 'run-s' of the run, which ask for different things
KFP1236 ml/p/t3: the run's volume 'run-t' asks for values of the run
KFP1237 ml/p/t4: there are several volumes 'run-s' of the run, which ask for different things
KFP1240 ml/p/t4: 'big' is no size of a volume"
`);
  });

  test('containers and security', () => {
    expect(
      problems([
        {
          sidecars: [
            { name: 'main', image: 'x:1' },
            { name: 'a', image: '' },
            { name: 'a', image: 'a:1' },
          ],
        },
        { security: 'tight' as Any },
        { security: 'restricted', securityContext: { runAsUser: 0 } },
        { workingDir: '/{{workflow.uid}}', labels: { a: '{{x}}' }, env: { A: '{{x}}' }, image: '{{image}}' },
        { extraPodSpec: { hostname: '{{x}}' }, initContainers: [{ name: 'i', image: 'i:1', args: ['{{x}}'] }] },
      ]),
    ).toMatchInlineSnapshot(`
"KFP1235 ml/p/t0: the container 'main' has Argo’s own name of one
KFP1235 ml/p/t0: the container 'a' has no image
KFP1235 ml/p/t0: the container 'a' has the name of another one
KFP1240 ml/p/t1: 'tight' is no level of security
KFP1248 ml/p/t2: it is told to run as user 0, and not to run as root
KFP1238 ml/p/t3: '{{x}}', of 'a', is no value for labels
KFP1230 ml/p/t3: the setting 'image' holds '{{', which Argo would expand: {{image}}
KFP1230 ml/p/t3: the setting 'labels a' holds '{{', which Argo would expand: {{x}}
KFP1230 ml/p/t3: the setting 'workingDir' holds '{{', which Argo would expand: /{{workflow.uid}}"
`);
  });

  test('retries and time', () => {
    expect(
      problems([
        { retry: { retries: 1.5, policy: 'Sometimes' as Any, backoff: { duration: Duration.millis(5), factor: 1.5 } } },
        { retry: { retries: 1, on: {} } },
        { retry: { retries: 1, policy: 'OnFailure', on: { lost: true, exitCodes: [0, 300] } } },
        { retry: { retries: 1, policy: 'OnError', on: { exitCodes: [3] }, expression: '{{x}}' } },
        { resources: { memory: '1Gi' }, retry: { retries: 1, memoryFactor: 0.5 } },
        { timeout: Duration.minutes(2), totalTimeout: Duration.minutes(1) },
      ]),
    ).toMatchInlineSnapshot(`
"KFP1240 ml/p/t0: 'Sometimes' is no retry policy
KFP1240 ml/p/t0: 1.5 is no number of retries
KFP1240 ml/p/t0: the backoff's factor is 1.5
KFP1240 ml/p/t0: the backoff of 0.005 s is not a whole number of seconds
KFP1240 ml/p/t1: no failure is retried
KFP1240 ml/p/t2: 0 is no exit code of a failure
KFP1240 ml/p/t2: 300 is no exit code of a failure
KFP1240 ml/p/t2: lost pods are retried, which the policy OnFailure does not cover
KFP1230 ml/p/t3: the setting 'retry expression' holds '{{', which Argo would expand: {{x}}
KFP1240 ml/p/t3: exit codes are retried, which the policy OnError does not cover
KFP1240 ml/p/t3: the retry has both \`on\` and an expression
KFP1240 ml/p/t4: the memory of further attempts is multiplied by 0.5
KFP1240 ml/p/t5: all attempts together may take 60 s, and one of them 120 s"
`);
  });

  test('what all tasks are given exists before any of them', () => {
    const chart = new Chart(Testing.app(), 'ml');
    const pipeline = new Pipeline(chart, 'p', { parameters: { region: str('eu') } });
    const first = new Task(pipeline, 'first', { component: work });
    pipeline.tasks.configure({ env: { REGION: pipeline.parameters.region, NAME: first.outputs.name } });
    expect(pipeline.diagnostics.map(({ code, message }) => `${code} ${message}`)).toMatchInlineSnapshot(`
[
  "KFP1239 the setting 'env NAME' of all tasks reads what a task gives",
]
`);
  });

  test('a value of the wrong type, and one that may be absent', () => {
    const chart = new Chart(Testing.app(), 'ml');
    const pipeline = new Pipeline(chart, 'p', { parameters: { items: list([]) } });
    new Task(pipeline, 't', { component: work, nodeSelector: { zone: pipeline.parameters.items as Any } });
    expect(pipeline.diagnostics.map(({ code, message }) => `${code} ${message}`)).toMatchInlineSnapshot(`
[
  "KFP1212 the setting 'nodeSelector zone' takes a string: it is given a list",
]
`);
  });
});

describe('layers', () => {
  const pool: INodePool = {
    nodeSelector: { pool: 'gpu' },
    tolerations: [{ key: 'gpu', operator: 'Exists' }],
    accelerator: { 'nvidia.com/gpu': 1, 'rdma/hca': 2 },
  };

  test('later ones win field by field, maps are merged, lists add up', () => {
    const found = templates(
      (pipeline) => {
        pipeline.tasks.configure({ resources: { memory: '1Gi' }, labels: { team: 'ml', stage: 'dev' } });
        new Task(pipeline, 'plain', { component: work });
        new Task(pipeline, 'own', {
          component: work,
          presets: [spot('gke', { retries: 2 }), { labels: { stage: 'preset', preset: 'yes' } }],
          resources: { cpu: 4, memoryLimit: null },
          labels: { stage: 'prod' },
        })
          .runOn(pool, { accelerators: 2 })
          .addToleration({ key: 'mine', operator: 'Exists' })
          .addNodeSelector('zone', 'a');
      },
      { tasks: { resources: { cpu: 1, ephemeralStorage: '2Gi' }, tolerations: [{ key: 'all', operator: 'Exists' }] } },
    );
    expect(found.work.container.resources).toEqual({
      requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '2Gi' },
      limits: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '2Gi' },
    });
    expect(found.own.container.resources).toEqual({
      requests: { cpu: '4', memory: '1Gi', 'ephemeral-storage': '2Gi' },
      limits: { cpu: '4', 'ephemeral-storage': '2Gi', 'nvidia.com/gpu': '2', 'rdma/hca': '4' },
    });
    expect(found.own.tolerations.map(({ key }: Any) => key)).toEqual([
      'all',
      'cloud.google.com/gke-spot',
      'gpu',
      'mine',
    ]);
    expect(found.own.nodeSelector).toEqual({ 'cloud.google.com/gke-spot': 'true', pool: 'gpu', zone: 'a' });
    expect(found.own.metadata.labels).toMatchObject({ team: 'ml', stage: 'prod', preset: 'yes' });
    expect(found.own.retryStrategy).toEqual({
      limit: '2',
      retryPolicy: 'Always',
      expression:
        "lastRetry.status == 'Error' || int(lastRetry.exitCode) in [137, 143] && !(lastRetry.message contains 'OOMKilled')",
      backoff: { duration: '30s', factor: '2', cap: '600s' },
    });
  });

  test('what is required of nodes holds together, each alternative with it', () => {
    const found = templates((pipeline) => {
      new Task(pipeline, 't', { component: work, nodeAffinity: { required: [{ key: 'a' }] } })
        .addNodeAffinity({ anyOf: [[{ key: 'b' }], [{ key: 'c', values: ['x'] }]] })
        .addNodeAffinity({ required: [{ key: 'd', operator: 'DoesNotExist' }] });
    });
    const terms = found.t.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
    expect(terms.map(({ matchExpressions }: Any) => matchExpressions.map(({ key }: Any) => key))).toEqual([
      ['a', 'b', 'd'],
      ['a', 'c', 'd'],
    ]);
  });

  test('a volume that was written to is mounted after that', () => {
    const scratch = Volume.perRun('scratch', { size: '1Gi' });
    const found = templates((pipeline) => {
      const first = new Task(pipeline, 'first', { component: work, volumes: { '/data': scratch } });
      const second = new Task(pipeline, 'second', { component: work, volumes: { '/in': first.volumeAt('/data') } });
      new Task(pipeline, 'third', { component: work }).addVolume('/in', second.volumeAt('/in'));
      expect(() => second.volumeAt('/nowhere')).toThrow("'ml/p/second' mounts nothing at '/nowhere'.");
    });
    const depends = Object.fromEntries(found.main.dag.tasks.map(({ name, depends }: Any) => [name, depends]));
    expect(depends).toEqual({
      first: undefined,
      second: 'first.Succeeded',
      third: 'first.Succeeded && second.Succeeded',
    });
  });

  test('a value of the run reaches the pod by an input, through branches and called pipelines', () => {
    const chart = new Chart(Testing.app(), 'ml');
    const inner = new Pipeline(chart, 'inner', { parameters: { zone: str() }, standalone: false });
    new Task(inner, 'say', { component: work, nodeSelector: { zone: inner.parameters.zone } });
    const outer = new Pipeline(chart, 'outer');
    const first = new Task(outer, 'first', { component: work });
    new SubPipeline(outer, 'call', { pipeline: inner, inputs: { zone: first.outputs.name } });
    const { spec } = synth(chart).find(({ metadata }: Any) => metadata.name === 'outer');
    const named = Object.fromEntries(spec.templates.map((template: Any) => [template.name, template]));
    expect(named['inner--say'].nodeSelector).toEqual({ zone: '{{inputs.parameters.setting--nodeSelector-zone}}' });
    expect(named['pipeline-inner'].dag.tasks[0].arguments.parameters).toEqual([
      { name: 'setting--nodeSelector-zone', value: '{{inputs.parameters.zone}}' },
    ]);
  });
});

describe('nothing is lost', () => {
  test('text of a container beside the task’s own arrives as it is', () => {
    const found = templates((pipeline) => {
      new Task(pipeline, 't', {
        component: work,
        sidecars: [{ name: 'side', image: 's:1', command: ['sh'], args: ['{{x}}'], env: { A: '$(B) {{y}}' } }],
      });
    });
    const [side] = found.t.sidecars;
    expect(side.env).toEqual([
      { name: 'KFP_BRACE', value: '{' },
      { name: 'A', value: '$$(B) $(KFP_BRACE)$(KFP_BRACE)y}}' },
    ]);
    expect(side.args).toEqual(['$(KFP_BRACE)$(KFP_BRACE)x}}']);
  });

  test('volumes that differ are several', () => {
    const found = templates((pipeline) => {
      new Task(pipeline, 't', {
        component: work,
        volumes: {
          '/a': Volume.secret('tls', { items: { ca: 'ca' } }),
          '/b': Volume.secret('tls', { items: { key: 'key' } }),
          '/in': Volume.claim('data', { readOnly: true }),
          '/out': Volume.claim('data'),
          '/cache/hf': Volume.emptyDir(),
          '/cache-hf': Volume.emptyDir(),
          '/twice': Volume.claim('data'),
        },
      });
    });
    const names = found.t.container.volumeMounts.slice(1).map(({ name }: Any) => name);
    expect(new Set(names).size).toBe(6);
    expect(names.at(-1)).toBe(names[3]);
    expect(found.t.volumes.map(({ name }: Any) => name).sort()).toEqual([...new Set(names)].sort());
  });

  test('what is given besides is added to what values of the run give', () => {
    const found = templates(
      (pipeline) => {
        const { memory, labels } = pipeline.parameters as Any;
        new Task(pipeline, 't', {
          component: work,
          runOn: { nodeSelector: { pool: 'gpu' } },
          nodeSelector: labels,
          resources: { memory },
          imagePullSecrets: ['a'],
          extraContainerSpec: { tty: true, resources: { limits: { 'a.b/c': '1' } } },
          extraPodSpec: {
            imagePullSecrets: [{ name: 'b' }],
            containers: [{ name: 'main', stdin: true }],
          },
        });
      },
      { parameters: { memory: str('1Gi'), labels: dict({}) } },
    );
    expect(found.t.nodeSelector).toEqual({ pool: 'gpu' });
    const patch = found.t.podSpecPatch;
    expect(patch).toContain("'nodeSelector': (inputs.parameters['setting--lateNodeSelector']");
    expect(patch).toContain("[{ 'name': 'a' }, { 'name': 'b' }]");
    expect(patch.match(/'name': 'main'/g)).toHaveLength(1);
    for (const part of ["'a.b/c': '1'", "'tty': true", "'stdin': true", "'memory': (inputs"])
      expect(patch).toContain(part);
  });

  test('a cached task is another one where it mounts or runs something else', () => {
    const keyOf = (settings: TaskSettings): string =>
      templates((pipeline) => {
        new Task(pipeline, 't', { component: work, caching: true, ...settings });
      })['lookup-t'].memoize.key;
    const claim = Volume.claim('data');
    const keys = [
      {},
      { volumes: { '/d': claim } },
      { volumes: { '/d': { volume: claim, subPath: '2025' } } },
      { volumes: { '/d': { volume: claim, subPath: '2026' } } },
      { volumes: { '/d': Volume.of('nfs', 'home', { nfs: { server: 'a', path: '/' } }) } },
      { volumes: { '/d': Volume.of('nfs', 'home', { nfs: { server: 'b', path: '/' } }) } },
      { extraContainerSpec: { args: ['x'] } },
      { templateOverrides: { container: { args: ['x'] } } },
    ].map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
    // What is no part of what it does makes no difference.
    expect(keyOf({ volumes: { '/tmp/x': Volume.emptyDir() }, labels: { a: 'b' } })).toBe(keys[0]);
  });

  test('a retry of the task’s own is merged with that of a preset', () => {
    const found = templates((pipeline) => {
      new Task(pipeline, 't', {
        component: work,
        presets: [spot('karpenter')],
        retry: { retries: 3, on: { exitCodes: [3] }, backoff: undefined },
      });
    });
    expect(found.t.retryStrategy).toMatchObject({
      limit: '3',
      backoff: { duration: '30s' },
      expression:
        "lastRetry.status == 'Error' || int(lastRetry.exitCode) in [3] && !(lastRetry.message contains 'OOMKilled')",
    });
    const given = templates(
      (pipeline) => {
        const late = (id: string, retry?: TaskSettings['retry']) =>
          new Task(pipeline, id, { component: work, retry }).configure({ presets: [spot('gke')] });
        late('before', { retries: 3, on: { exitCodes: [3] }, backoff: { duration: Duration.seconds(7) } });
        late('between').configure({ retry: { retries: 4 }, presets: [spot('gke', { retries: 9 })] });
        late('shared');
      },
      { tasks: { presets: [spot('gke', { retries: 8 })], retry: { retries: 1 } } },
    );
    expect(given.before.retryStrategy).toEqual({
      limit: '3',
      retryPolicy: 'Always',
      expression:
        "lastRetry.status == 'Error' || int(lastRetry.exitCode) in [3] && !(lastRetry.message contains 'OOMKilled')",
      backoff: { duration: '7s', factor: '2' },
    });
    expect(given.between.retryStrategy).toMatchObject({ limit: '4', backoff: { duration: '30s', cap: '600s' } });
    expect(given.shared.retryStrategy).toMatchObject({ limit: '1', backoff: { duration: '30s', cap: '600s' } });
    expect(
      problems([{ presets: [spot('gke')], resources: { memory: '1Gi' }, retry: { retries: 1, memoryFactor: 2 } }]),
    ).toBe('KFP1240 ml/p/t0: further attempts get more memory, but a lack of it is not retried');
  });

  test('what no compiler has seen is told of, with the task that it is of', () => {
    const wrong: readonly [TaskSettings, string][] = [
      [{ timeout: 60 as Any }, '60 is no time: give a Duration of cdk8s, such as Duration.minutes(5)'],
      [{ caching: 'off' as Any }, 'caching is off: give true, false, or { maxAge, key, env }'],
      [{ serviceAccount: 'robot' as Any }, "robot is no service account: give { name: '…' }"],
      [{ semaphores: ['gpu' as Any] }, 'gpu is no semaphore: give a Semaphore, or { name, key }'],
      [{ presets: spot('gke') as Any }, 'presets is no list: write presets: [spot(…)]'],
    ];
    for (const [settings, message] of wrong) {
      expect(() => problems([settings])).toThrow(`The settings of 'ml/p/t0' cannot be read: ${message}`);
    }
    expect(() => problems([{ volumes: { '/x': 'claim' as Any } }])).toThrow(
      "what is mounted at '/x' is claim: give a Volume, or { volume, subPath, readOnly }",
    );
    expect(() => spot('gcp' as Any)).toThrow("spot('gcp'): it is one of karpenter, eks, gke, aks.");
  });
});

test('objects of cdk8s-plus are taken as they are', () => {
  const chart = new Chart(Testing.app(), 'ml');
  const claim = plus.PersistentVolumeClaim.fromClaimName(chart, 'claim', 'datasets');
  const secret = plus.Secret.fromSecretName(chart, 'secret', 'hub');
  const config = plus.ConfigMap.fromConfigMapName(chart, 'config', 'settings');
  const memory = { medium: plus.EmptyDirMedium.MEMORY, sizeLimit: Size.gibibytes(1) };
  const pipeline = new Pipeline(chart, 'p');
  new Task(pipeline, 't', {
    component: work,
    serviceAccount: plus.ServiceAccount.fromServiceAccountName(chart, 'account', 'robot'),
    env: { TOKEN: Env.secret(secret, 'token') },
    volumes: {
      '/data': Volume.claim(claim),
      '/plus': Volume.fromPlus(plus.Volume.fromPersistentVolumeClaim(chart, 'of-claim', claim, { readOnly: true })),
      '/shm': Volume.fromPlus(plus.Volume.fromEmptyDir(chart, 'shm', 'shm', memory)),
      '/config': Volume.fromPlus(
        plus.Volume.fromConfigMap(chart, 'of-config', config, { items: { a: { path: 'b' } } }),
      ),
    },
  });
  const { spec } = synth(chart).find(({ kind }: Any) => kind === 'WorkflowTemplate');
  const template = spec.templates.find(({ name }: Any) => name === 't');
  expect(template.serviceAccountName).toBe('robot');
  expect(template.container.env.at(-1).valueFrom).toEqual({ secretKeyRef: { name: 'hub', key: 'token' } });
  expect(template.volumes.map(({ name: _, ...source }: Any) => source)).toEqual([
    { persistentVolumeClaim: { claimName: 'datasets' } },
    { persistentVolumeClaim: { claimName: 'datasets', readOnly: true } },
    { emptyDir: { medium: 'Memory', sizeLimit: '1024Mi' } },
    { configMap: { name: 'settings', items: [{ key: 'a', path: 'b' }] } },
  ]);
  expect(() => Volume.fromPlus({ emptyDir: {} })).toThrow('is no volume of cdk8s-plus');
});
