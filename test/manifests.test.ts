import * as fs from 'node:fs';
import * as path from 'node:path';
import { ApiObject, App, Chart, Cron, Duration, JsonPatch, Size, Testing, Yaml, YamlOutputType } from 'cdk8s';
import {
  arg,
  ContainerComponent,
  Dataset,
  Experiment,
  float,
  HTML,
  If,
  int,
  Model,
  OnExit,
  optional,
  Pipeline,
  PythonComponent,
  RecurringRun,
  Run,
  Runner,
  str,
  Task,
  text,
} from 'cdk8s-kfp';
import { ServiceAccount } from 'cdk8s-plus-28';
import * as YAML from 'yaml';
import { MlTraining } from '../src/apps/ml-training';
import { volumeNameOf } from '../src/argo/sources';
import { Everything } from './fixtures/apps/everything';
import { synth } from './synth';

// biome-ignore lint/suspicious/noExplicitAny: manifests are read by path
type Any = any;

const make = new ContainerComponent({
  name: 'make',
  image: 'make:1',
  inputs: { rows: int(3) },
  outputs: { data: Dataset, page: HTML, count: int() },
  command: ['make'],
  args: ({ inputs, outputs }) => [inputs.rows, outputs.data.path, outputs.page.path, outputs.count.path],
});
const use = new ContainerComponent({
  name: 'use',
  image: 'use:1',
  inputs: { data: Dataset, words: str('x'), model: optional(Model) },
  command: ({ inputs }) => ['use', inputs.data.path, inputs.words, inputs.model.path],
});

function chart(): Chart {
  return new Chart(Testing.app(), 'ml', { namespace: 'ml' });
}

function named(objects: Any[], kind: string, name?: string): Any {
  const found = objects.find((object) => object.kind === kind && (!name || object.metadata.name === name));
  if (!found) throw new Error(`no ${kind} ${name ?? ''} among ${objects.map((object) => object.kind)}`);
  return found;
}

/** The variables of a template's container but those that tell every program where it runs. */
function ownEnv({ container }: Any): Any[] {
  return container.env.filter(({ name }: Any) => !/^KFP_(RUN_NAME|RUN_ID|TASK_NAME|SCHEDULED_TIME)$/.test(name));
}

function template(objects: Any[], name: string): Any {
  return named(objects, 'WorkflowTemplate').spec.templates.find((each: Any) => each.name === name);
}

function taskOf(objects: Any[], dag: string, name: string): Any {
  return template(objects, dag).dag.tasks.find((each: Any) => each.name === name);
}

describe('a WorkflowTemplate', () => {
  test('of a small pipeline is this, whole', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'small', {
      displayName: 'Small',
      description: 'Two tasks',
      version: '1.0',
      parameters: { rows: int(3, { description: 'Number of {{rows}}.' }) },
    });
    const made = new Task(pipeline, 'make', { component: make, inputs: { rows: pipeline.parameters.rows } });
    new Task(pipeline, 'use', { component: use, inputs: { data: made.outputs.data } });
    expect(YAML.stringify(named(synth(ml), 'WorkflowTemplate'))).toMatchSnapshot();
  });

  test('has one template for each component, however many tasks use it, and one for each task with settings', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'p', { tasks: { retry: { retries: 1 } } });
    for (const id of ['a', 'b', 'c']) new Task(pipeline, id, { component: make });
    new Task(pipeline, 'big', { component: make, resources: { memory: Size.gibibytes(8), cpu: 0.5, cpuLimit: 2 } });
    const objects = synth(ml);
    const names = named(objects, 'WorkflowTemplate').spec.templates.map((each: Any) => each.name);
    expect(names).toEqual(['main', 'make', 'big']);
    expect(template(objects, 'big').container.resources).toEqual({
      requests: { cpu: '0.5', memory: '8Gi' },
      limits: { cpu: '2', memory: '8Gi' },
    });
    expect(template(objects, 'make').container.resources).toBeUndefined();
    // Settings of the pipeline apply to both.
    expect(template(objects, 'make').retryStrategy).toEqual({ limit: '1', retryPolicy: 'Always' });
    expect(template(objects, 'big').retryStrategy).toEqual({ limit: '1', retryPolicy: 'Always' });
  });

  test('applies settings to present and future tasks, and lets a task have the last word', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'p', { tasks: { env: { A: 'pipeline', B: 'pipeline' } } });
    new Task(pipeline, 'before', { component: make });
    pipeline.tasks.configure({ timeout: Duration.minutes(2), env: { B: 'configured' } });
    const branch = new If(pipeline, 'if', {
      condition: new Task(pipeline, 'x', { component: make }).outputs.count.gt(1),
    });
    new Task(branch, 'own', { component: make, env: { C: '$(A) {{x}}' }, timeout: Duration.minutes(1) });
    expect([...pipeline.tasks].map((task) => task.node.id)).toEqual(['before', 'x', 'own']);
    const objects = synth(ml);
    expect(template(objects, 'make').activeDeadlineSeconds).toBe(120);
    expect(ownEnv(template(objects, 'make'))).toEqual([
      { name: 'A', value: 'pipeline' },
      { name: 'B', value: 'configured' },
    ]);
    expect(template(objects, 'if-own').activeDeadlineSeconds).toBe(60);
    expect(ownEnv(template(objects, 'if-own'))).toEqual([
      { name: 'KFP_BRACE', value: '{' },
      { name: 'A', value: 'pipeline' },
      { name: 'B', value: 'configured' },
      { name: 'C', value: '$$(A) $(KFP_BRACE)$(KFP_BRACE)x}}' },
    ]);
  });

  test('waits for data and for what it is told to', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'p');
    const a = new Task(pipeline, 'a', { component: make });
    const b = new Task(pipeline, 'b', { component: make, inputs: { rows: a.outputs.count } });
    const branch = new If(pipeline, 'many', { condition: b.outputs.count.gt(1) });
    const inside = new Task(branch, 'inside', { component: use, inputs: { data: a.outputs.data } });
    const other = branch.else('other');
    const last = new Task(other, 'last', { component: make }).after(new Task(other, 'first', { component: make }));
    new Task(pipeline, 'after-if', { component: make }).after(branch, a);
    new Task(pipeline, 'after-inside', { component: make }).after(inside);
    new Task(pipeline, 'after-else', { component: make }).after(other, last);
    const objects = synth(ml);
    const depends = (dag: string, task: string) => taskOf(objects, dag, task).depends;
    expect(depends('main', 'a')).toBeUndefined();
    expect(depends('main', 'b')).toBe('a.Succeeded');
    expect(depends('main', 'many')).toBe('b.Succeeded && a.Succeeded');
    expect(depends('main', 'after-if')).toBe('many.Succeeded && a.Succeeded');
    expect(depends('main', 'after-inside')).toBe('many.Succeeded');
    expect(depends('main', 'after-else')).toBe('many.Succeeded');
    expect(depends('else-other', 'other-last')).toBe('other-first.Succeeded');
  });

  test('takes one branch of an If, and hands in what branches read', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'p', { parameters: { mode: str('fast'), least: float(0.5) } });
    const { mode, least } = pipeline.parameters;
    const a = new Task(pipeline, 'a', { component: make });
    const fast = new If(pipeline, 'fast', { condition: mode.eq('fast').and(a.outputs.count.gte(least)) });
    new Task(fast, 'use', { component: use, inputs: { data: a.outputs.data } });
    const slow = fast.elif('slow', { condition: mode.eq("it's {{slow}}").or(mode.eq('slow')) });
    new Task(slow, 'use', { component: use, inputs: { data: a.outputs.data } });
    new Task(fast.else('none'), 'make', { component: make });
    const objects = synth(ml);
    expect(YAML.stringify(template(objects, 'if-fast'))).toMatchSnapshot();
    expect(template(objects, 'then-fast').inputs).toEqual({ parameters: [{ name: 'a--data' }] });
    expect(template(objects, 'else-none').inputs).toBeUndefined();
  });

  test('has no text of a user that Argo would expand', () => {
    const ml = chart();
    const nasty = '{{workflow.uid}} $(HOME) {{=1+1}}';
    const pipeline = new Pipeline(ml, 'p', { parameters: { words: str(nasty) } });
    const made = new Task(pipeline, 'make', { component: make });
    new Task(pipeline, 'use', { component: use, inputs: { data: made.outputs.data, words: nasty } });
    new Task(pipeline, 'join', {
      component: use,
      inputs: { data: made.outputs.data, words: text`${nasty} ${pipeline.parameters.words}` },
    });
    const branch = new If(pipeline, 'if', { condition: pipeline.parameters.words.eq(nasty) });
    new Task(branch, 'x', { component: make });
    const run = new Run(ml, 'run', { pipeline, arguments: { words: nasty } });
    void run;
    const objects = synth(ml);
    // Every tag that is there is one of the library's own.
    const tags = JSON.stringify(objects).match(/\{\{(?!=|workflow\.|inputs\.|tasks\.|pod\.)/g);
    expect(tags).toBeNull();
    // Each pod is told the run's id; nothing else holds it.
    const fact = '{"name":"KFP_RUN_ID","value":"{{workflow.uid}}"}';
    expect(JSON.stringify(objects).replaceAll(fact, '')).not.toContain('{{workflow.uid}}');
    expect(JSON.stringify(objects)).not.toContain('{{=1+1}}');
    expect(named(objects, 'Workflow').spec.arguments.parameters[0].value).toBe(
      'json:"{\\u007bworkflow.uid}} \\u0024(HOME) {\\u007b=1+1}}"',
    );
  });

  test('puts no brace beside a reference in a container’s argument', () => {
    const ml = chart();
    const joined = new ContainerComponent({
      name: 'joined',
      image: 'x:1',
      inputs: { x: str(), y: str(), n: int(1) },
      command: ['x'],
      args: ({ inputs: { x, y, n } }) => [
        arg`${x}${y}`,
        arg`{${x}`,
        arg`{"k":{${y}}}`,
        arg`{a} ${n}`,
        '{"plain":{"json":1}}',
        '{{tag}}',
      ],
    });
    new Task(new Pipeline(ml, 'p'), 'joined', { component: joined, inputs: { x: '{', y: '{=1+1}}' } });
    const { args, env } = template(synth(ml), 'joined').container;
    expect(env[0]).toEqual({ name: 'KFP_BRACE', value: '{' });
    for (const each of args) expect(each.replace(/\{\{=[\s\S]*?\}\}/g, '')).not.toMatch(/\{\{/);
    expect(args.map((each: string) => each.replace(/\{\{=[\s\S]*?\}\}/g, 'TAG'))).toEqual([
      'TAGTAG',
      '$(KFP_BRACE)TAG',
      '$(KFP_BRACE)"k":$(KFP_BRACE)TAG}}',
      '$(KFP_BRACE)a} TAG',
      '{"plain":{"json":1}}',
      '$(KFP_BRACE)$(KFP_BRACE)tag}}',
    ]);
  });

  test('leaves optional inputs out, and sends null and values', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'p');
    const made = new Task(pipeline, 'make', { component: make, inputs: { rows: undefined } });
    new Task(pipeline, 'use', { component: use, inputs: { data: made.outputs.data, words: '' } });
    const objects = synth(ml);
    expect(taskOf(objects, 'main', 'make').arguments).toBeUndefined();
    expect(taskOf(objects, 'main', 'use').arguments.parameters[1]).toEqual({ name: 'words', value: '' });
    expect(template(objects, 'make').inputs.parameters).toEqual([{ name: 'rows', default: '3' }]);
    expect(template(objects, 'use').inputs.artifacts[1]).toEqual({
      name: 'model',
      path: '/kfp/inputs/model',
      optional: true,
      s3: { key: "{{=inputs.parameters['model'] startsWith 'json:' ? '' : fromJSON(inputs.parameters['model']).key}}" },
    });
  });

  test('stores artifacts where the repository says', () => {
    const reference = { configMap: 'artifact-repositories', key: 'ml' };
    const azure = { endpoint: 'https://account.blob.core.windows.net', container: 'ml' };
    for (const [artifactRepository, location] of [
      [{ kind: 's3', ...reference }, { s3: { key: expect.any(String) } }],
      [{ kind: 'gcs', ...reference }, { gcs: { key: expect.any(String) } }],
      [{ kind: 'azure', ...azure, ...reference }, { azure: { ...azure, useSDKCreds: true, blob: expect.any(String) } }],
    ] as const) {
      const ml = chart();
      const pipeline = new Pipeline(ml, 'p', { artifactRepository });
      new Task(pipeline, 'make', { component: make });
      const objects = synth(ml);
      expect(named(objects, 'WorkflowTemplate').spec.artifactRepositoryRef).toEqual(reference);
      expect(template(objects, 'make').outputs.artifacts[0]).toMatchObject(location);
    }
  });

  test('keeps the fields in the library’s order, and takes patches', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'p');
    new Task(pipeline, 'make', { component: make });
    ApiObject.of(pipeline).addJsonPatch(JsonPatch.add('/spec/priority', 7));
    ApiObject.of(pipeline).metadata.addLabel('team', 'ml');
    const object = named(synth(ml), 'WorkflowTemplate');
    expect(object.spec.priority).toBe(7);
    expect(object.metadata.labels).toEqual({ 'cdk8s-kfp/pipeline': 'p', team: 'ml' });
    expect(Object.keys(object)).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
    expect(Object.keys(object.spec.templates[1])).toEqual([
      'name',
      'inputs',
      'outputs',
      'metadata',
      'securityContext',
      'container',
    ]);
  });
});

describe('an exit task', () => {
  test('is the run’s own hook, and gets the final status', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'p', { parameters: { greeting: str('bye') } });
    new Task(pipeline, 'make', { component: make });
    new OnExit(pipeline, 'finish', {
      component: PythonComponent.fromFile('test/fixtures/python/everything.py', 'finish'),
      inputs: { words: pipeline.parameters.greeting },
    });
    const { spec } = named(synth(ml), 'WorkflowTemplate');
    expect(spec.hooks.exit.template).toBe('finish');
    expect(spec.hooks.exit.arguments.parameters.map((each: Any) => each.name)).toEqual(['status', 'words']);
    expect(spec.hooks.exit.arguments.parameters[0].value).toMatchSnapshot();
    expect(spec.templates.map((each: Any) => each.name)).toEqual(['main', 'make', 'finish']);
  });
});

describe('Python components', () => {
  const fromFile = (name: string) => PythonComponent.fromFile('test/fixtures/python/everything.py', name);

  test('run restricted, with their source and the runtime from immutable ConfigMaps', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'p');
    new Task(pipeline, 'say', { component: fromFile('say'), inputs: { words: 'hello' } });
    const objects = synth(ml);
    expect(YAML.stringify(template(objects, 'say'))).toMatchSnapshot();
    const maps = objects.filter(({ kind }) => kind === 'ConfigMap');
    const volumes = named(objects, 'WorkflowTemplate').spec.volumes;
    expect(volumes.map((volume: Any) => volume.configMap?.name)).toEqual([
      ...maps.map((map) => map.metadata.name),
      undefined,
    ]);
    for (const map of maps) {
      expect(map.immutable).toBe(true);
      expect(map.metadata.annotations).toEqual({
        'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
        'argocd.argoproj.io/sync-options': 'Prune=false',
      });
    }
    // All functions of the file, each without its decorator.
    expect(Object.keys(maps[1].data)).toEqual([
      'consume.py',
      'fail.py',
      'finish.py',
      'produce.py',
      'read_any.py',
      'say.py',
    ]);
    expect(maps[1].data['say.py']).toBe(
      'def say(words: str) -> str:\n    """Print words."""\n    print("SAY", words)\n    return words\n',
    );
    const { items } = volumes[0].configMap;
    expect(items).toContainEqual({ key: 'launch.py', path: 'launch.py' });
    expect(items).toContainEqual({ key: 'kfp.dsl.__init__.py', path: 'kfp/dsl/__init__.py' });
    expect(items.map((item: Any) => item.key)).toEqual(Object.keys(maps[0].data));
  });

  test('of pipelines in one chart share the ConfigMaps', () => {
    const ml = chart();
    for (const id of ['one', 'two']) {
      new Task(new Pipeline(ml, id), 'say', { component: fromFile('say'), inputs: { words: id } });
    }
    expect(synth(ml).map(({ kind }) => kind)).toEqual([
      'WorkflowTemplate',
      'ConfigMap',
      'ConfigMap',
      'WorkflowTemplate',
    ]);
  });

  test('of two charts in one namespace each have the ConfigMaps, so that either can be applied alone', () => {
    const app = Testing.app();
    const charts = ['one', 'two'].map((id) => {
      const each = new Chart(app, id, { namespace: 'ml' });
      new Task(new Pipeline(each, id), 'say', { component: fromFile('say'), inputs: { words: id } });
      return each;
    });
    const [one, two] = charts.map((each) => synth(each).filter(({ kind }) => kind === 'ConfigMap'));
    expect(one).toHaveLength(2);
    expect(two).toEqual(one);
  });

  test('of files whose paths look alike have volumes of their own', () => {
    const files = [
      'a/b_c.py',
      'a_b/c.py',
      'a/b/c.py',
      'a/b-c.py',
      'A/b/c.py',
      `${'x/'.repeat(30)}c.py`,
      `y/${'x/'.repeat(29)}c.py`,
      '学習.py',
    ];
    const names = files.map((file) => volumeNameOf(file));
    expect(new Set(names).size).toBe(files.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
    expect(volumeNameOf('components/training.py')).toBe('source-components-training');
  });

  test('name another ConfigMap when their source changes, and nothing else', () => {
    const folder = fs.mkdtempSync(path.join('test', 'tmp-'));
    try {
      const file = path.join(folder, 'part.py');
      const synthesise = (body: string) => {
        fs.writeFileSync(file, `from kfp import dsl\n\n@dsl.component\ndef part(x: int) -> int:\n    return ${body}\n`);
        const ml = new Chart(Testing.app(), 'ml');
        new Task(new Pipeline(ml, 'p'), 'part', {
          component: PythonComponent.fromFile(file, 'part'),
          inputs: { x: 1 },
        });
        return YAML.stringify(named(Testing.synth(ml), 'WorkflowTemplate')).split('\n');
      };
      const [before, after] = [synthesise('x + 1'), synthesise('x + 2')];
      const changed = after.filter((line, index) => line !== before[index]).map((line) => line.trim().split(' ')[0]);
      expect(changed).toEqual(['name:', 'cdk8s-kfp/source:']);
      expect(after).toHaveLength(before.length);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe('runs', () => {
  function trained(): {
    ml: Chart;
    pipeline: Pipeline<{ rows: ReturnType<typeof requiredInt>; when: ReturnType<typeof someText> }>;
  } {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'train', { version: '2', parameters: { rows: requiredInt(), when: someText() } });
    new Task(pipeline, 'make', { component: make, inputs: { rows: pipeline.parameters.rows } });
    return { ml, pipeline };
  }

  test('a Run is a Workflow with a name and without a time to live', () => {
    const { ml, pipeline } = trained();
    new Run(ml, 'first', { pipeline, arguments: { rows: 3 }, experiment: new Experiment('baseline') });
    new Run(ml, 'named', { pipeline, name: 'by-hand', arguments: { rows: 4, when: '' } });
    const runs = synth(ml).filter(({ kind }) => kind === 'Workflow');
    expect(runs).toMatchSnapshot();
  });

  test('a Run’s own name follows what is run', () => {
    const nameOf = (rows: number, image: string) => {
      const ml = chart();
      const pipeline = new Pipeline(ml, 'train', { parameters: { rows: requiredInt() } });
      new Task(pipeline, 'x', { component: new ContainerComponent({ name: 'x', image, command: ['x'] }) });
      const run = new Run(ml, 'run', { pipeline, arguments: { rows } });
      synth(ml);
      return run.name;
    };
    expect(nameOf(3, 'x:1')).toBe(nameOf(3, 'x:1'));
    expect(new Set([nameOf(3, 'x:1'), nameOf(4, 'x:1'), nameOf(3, 'x:2')]).size).toBe(3);
  });

  test('a RecurringRun is a CronWorkflow', () => {
    const { ml, pipeline } = trained();
    new RecurringRun(ml, 'nightly', {
      pipeline,
      schedule: Cron.schedule({ hour: '2', minute: '0' }),
      arguments: { rows: 3 },
    });
    new RecurringRun(ml, 'often', {
      pipeline,
      name: 'quite-often',
      schedule: ['0 0 3 * * *', '@every 10m'],
      timezone: 'Europe/Berlin',
      maxConcurrency: 2,
      catchUpWindow: Duration.minutes(30),
      history: { successful: 1, failed: 0 },
      retention: Duration.days(7),
      suspend: true,
      experiment: new Experiment('baseline'),
      arguments: { rows: 3, when: 'now' },
    });
    const objects = synth(ml);
    expect(objects.filter(({ kind }) => kind === 'CronWorkflow')).toMatchSnapshot();
    expect(named(objects, 'ConfigMap')).toMatchObject({
      metadata: { name: 'quite-often-semaphore' },
      data: { runs: '2' },
    });
  });
});

describe('who pods run as', () => {
  test('a Runner: an account, its token, two verbs', () => {
    const ml = chart();
    const runner = new Runner(ml, 'pipeline-runner', { annotations: { 'eks.amazonaws.com/role-arn': 'arn:x' } });
    const pipeline = new Pipeline(ml, 'p', { runner });
    new Task(pipeline, 'make', { component: make });
    const objects = synth(ml);
    expect(objects.slice(0, 4)).toMatchSnapshot();
    expect(named(objects, 'WorkflowTemplate').spec).toMatchObject({
      serviceAccountName: 'pipeline-runner',
      automountServiceAccountToken: false,
      executor: { serviceAccountName: 'pipeline-runner' },
    });
  });

  test('an account of another library, which keeps its token', () => {
    const ml = chart();
    const runner = new ServiceAccount(ml, 'account');
    new Task(new Pipeline(ml, 'p', { runner }), 'make', { component: make });
    const { spec } = named(synth(ml), 'WorkflowTemplate');
    expect(spec.serviceAccountName).toBe(runner.name);
    expect(spec).not.toHaveProperty('automountServiceAccountToken');
    expect(spec).not.toHaveProperty('executor');
  });
});

describe('the examples', () => {
  test('are what dist holds', () => {
    const app = new App({ outdir: fs.mkdtempSync(path.join('test', 'tmp-')) });
    try {
      new MlTraining(app, 'training', { runner: { name: 'pipeline-runner', tokenSecret: true } });
      app.synth();
      const text = fs.readFileSync(path.join(app.outdir, 'training.k8s.yaml'), 'utf8');
      expect(text).toBe(fs.readFileSync('dist/training.k8s.yaml', 'utf8'));
    } finally {
      fs.rmSync(app.outdir, { recursive: true });
    }
  });

  test('one of everything', () => {
    const everything = new Everything(Testing.app(), 'everything');
    expect(named(synth(everything), 'WorkflowTemplate').spec.templates.map((each: Any) => each.name)).toMatchSnapshot();
  });

  test('the walk-through with its own pins', () => {
    const ml = chart();
    const walk = (name: string) => PythonComponent.fromFile('test/fixtures/python/walkthrough.py', name);
    const pipeline = new Pipeline(ml, 'walkthrough', {
      parameters: { dataset_url: str('https://example.com/data.csv') },
    });
    const load = new Task(pipeline, 'load', {
      component: walk('load_data'),
      inputs: { dataset_url: pipeline.parameters.dataset_url },
    });
    expect(Object.keys(load.outputs as object).length).toBeGreaterThan(0);
    const spec = JSON.parse(ownEnv(template(synth(ml), 'load-data')).at(-1).value);
    expect(spec.packages).toContain('pandas==2.1.4');
  });

  test('are the same files whatever their layout', () => {
    const app = new App({
      outdir: fs.mkdtempSync(path.join('test', 'tmp-')),
      yamlOutputType: YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
    });
    try {
      const ml = new Chart(app, 'ml');
      const pipeline = new Pipeline(ml, 'p');
      new Task(pipeline, 'make', { component: make });
      const run = new Run(ml, 'run', { pipeline });
      app.synth();
      expect(fs.readdirSync(path.join(app.outdir, 'ml')).sort()).toEqual([
        `Workflow.${run.name}.k8s.yaml`,
        'WorkflowTemplate.p.k8s.yaml',
      ]);
    } finally {
      fs.rmSync(app.outdir, { recursive: true });
    }
  });
});

function requiredInt() {
  return int();
}

function someText() {
  return str('never');
}

describe('a long pipeline', () => {
  /** Texts that a reader of YAML, 1.1 or 1.2, could take for something else, or that a printer could break. */
  const NASTY = [
    '',
    ' ',
    ' padded ',
    'yes',
    'No',
    'y',
    'on',
    'null',
    '~',
    '=',
    '<<',
    '.',
    '.5',
    '1_000',
    '0o14',
    '014',
    '0x1F',
    '1e3',
    '+1',
    '12:30:45',
    '2001-12-14',
    '.inf',
    '- a',
    '? a',
    'a: b',
    'a #b',
    '#a',
    '@a',
    '`a`',
    '%a',
    '!a',
    '&a',
    '*a',
    '|',
    '>',
    "it's",
    'say "x"',
    `it's "x"`,
    '{"a":["b"]}',
    '[1, 2]',
    '{{=sprig.x("a")}}',
    'two\nlines',
    'two\nlines\n',
    'three\n\n\n',
    ' \n indented\n  more',
    'tab\there',
    'crlf\r\nend',
    '\u0007\u001b[0m',
    'nbsp\u00a0, nel\u0085, ls\u2028, bom\ufeff',
    'é 日本語 🎉',
    `${'long '.repeat(100)}end`,
    '---',
    '...',
    '--- a',
  ];

  const chartOf = (tasks: number, words: readonly string[] = []) => {
    const chart = new Chart(Testing.app(), 'long');
    const pipeline = new Pipeline(chart, 'p');
    for (let i = 0; i < tasks; i++) new Task(pipeline, `t${i}`, { component: make, inputs: { rows: i } });
    const template = ApiObject.of(pipeline.node.defaultChild!);
    words.forEach((value, i) => {
      template.addJsonPatch(JsonPatch.add(`/spec/words${i}`, { [`k${i}`]: value, list: [value], deep: [[{ value }]] }));
    });
    return chart;
  };

  test('is printed as cdk8s prints it', () => {
    const [object] = synth(chartOf(150));
    const printed = Yaml.stringify(object);
    // A copy is plain data: cdk8s prints it itself.
    expect(Yaml.stringify(structuredClone(object))).toBe(printed);
    expect(Object.getOwnPropertySymbols(object)).toHaveLength(1);
    expect(Object.getOwnPropertySymbols(synth(chartOf(10))[0])).toHaveLength(0);
  });

  test('says the same to every reader, whatever its texts are', () => {
    const [object] = Testing.synth(chartOf(150, NASTY));
    const plain = JSON.parse(JSON.stringify(object));
    const printed = Yaml.stringify(object);
    for (const version of ['1.1', '1.2'] as const) expect(YAML.parse(printed, { version })).toEqual(plain);
  });

  test('is plain data to everyone else', () => {
    const [object] = Testing.synth(chartOf(150));
    const plain = JSON.parse(JSON.stringify(object));
    expect(object).toEqual(plain);
    expect({ ...object }).toEqual(plain);
    expect(Object.keys(object)).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
    expect(YAML.parse(YAML.stringify([object]))).toEqual([plain]);
    object.metadata.labels = { changed: 'yes' };
    expect(YAML.parse(Yaml.stringify(object), { version: '1.1' }).metadata.labels).toEqual({ changed: 'yes' });
  });
});
