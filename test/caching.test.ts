import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Chart, Duration, Size, Testing } from 'cdk8s';
import {
  ContainerComponent,
  Dataset,
  dict,
  Env,
  int,
  type LocalRun,
  listOf,
  OnExit,
  optional,
  ParallelFor,
  Pipeline,
  PythonComponent,
  RecurringRun,
  Run,
  Runner,
  renderDiagnostic,
  runLocally,
  SubPipeline,
  str,
  Task,
  type TaskSettings,
  text,
  Volume,
} from 'cdk8s-kfp';
import type { ComponentDefinition, PythonImplementation } from '../src/components/definition';
import { cacheKeyOf } from '../src/graph/cache-key';
import type { GraphTaskSettings } from '../src/graph/settings';
import { runGraph } from '../src/local/run-graph';
import { summaryOf } from '../src/local/summary';
import { interpret } from './interpreter/run';
import { synth } from './synth';

// biome-ignore lint/suspicious/noExplicitAny: manifests are read by path, components are read from files
type Any = any;

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join('test', 'tmp-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const make = new ContainerComponent({
  name: 'make',
  image: 'make:1',
  inputs: { rows: int(3), note: optional(str()) },
  outputs: { data: Dataset, count: int() },
  command: ['make'],
  args: ({ inputs, outputs }) => [inputs.rows, outputs.data.path, outputs.count.path],
});
const use = new ContainerComponent({
  name: 'use',
  image: 'use:1',
  inputs: { data: Dataset, word: str('x') },
  outputs: { seen: str() },
  command: ['use'],
  args: ({ inputs, outputs }) => [inputs.data.path, inputs.word, outputs.seen.path],
});

const tell = new ContainerComponent({
  name: 'tell',
  image: 'tell:1',
  inputs: { status: dict() },
  command: ({ inputs }) => ['tell', inputs.status],
});
const gather = new ContainerComponent({
  name: 'gather',
  image: 'gather:1',
  inputs: { data: listOf(Dataset), more: listOf(Dataset), counts: listOf(int()) },
  command: ['gather'],
});

function pipelineOf(build: (pipeline: Any, chart: Chart) => void, props: object = {}): Pipeline {
  const chart = new Chart(Testing.app(), 'ml', { namespace: 'ml' });
  const pipeline = new Pipeline(chart, 'train', { tasks: { caching: true }, ...props }) as Pipeline;
  build(pipeline, chart);
  return pipeline;
}

function specOf(pipeline: Pipeline): Any {
  return synth(Chart.of(pipeline)).find(({ metadata }) => metadata.name === pipeline.name).spec;
}

const templateOf = (spec: Any, name: string): Any => spec.templates.find((each: Any) => each.name === name);

describe('the key', () => {
  const implementation: PythonImplementation = {
    kind: 'python',
    file: 'a.py',
    function: 'train',
    line: 3,
    source: 'def train(rows): pass',
    image: 'python:3.11',
    packages: ['pandas==2'],
    notebook: { file: 'a.ipynb', source: '{}' },
  };
  const component: ComponentDefinition = {
    name: 'train',
    inputs: { rows: { kind: 'parameter', type: 'NUMBER_INTEGER', description: 'how many' } },
    outputs: { scores: { kind: 'artifact', type: 'system.Metrics', metrics: ['accuracy'] } },
    implementation,
  };
  const caching = { env: ['LEVEL'] };
  const settings: GraphTaskSettings = { caching };
  const prefixOf = (more: object = {}, own: GraphTaskSettings = {}, rest: object = {}) =>
    cacheKeyOf({ ...component, implementation: { ...implementation, ...more }, ...rest }, { ...settings, ...own })
      .prefix;
  const env = (name: string, value: string) => ({ env: [{ name, value }] });
  const claim = (name: string): GraphTaskSettings => ({
    volumes: [{ name: 'v', source: { persistentVolumeClaim: { claimName: name } } }],
    mounts: [{ volume: 'v', path: '/data' }],
  });

  test.each<[string, object, GraphTaskSettings, object]>([
    ['the source', { source: 'def train(rows): return 1' }, {}, {}],
    ['the notebook', { notebook: { file: 'a.ipynb', source: '[]' } }, {}, {}],
    ['the packages', { packages: ['pandas==3'] }, {}, {}],
    ['the indexes', { pipIndexUrls: ['https://example.org/simple'] }, {}, {}],
    ['the image', { image: 'python:3.12' }, {}, {}],
    ["the task's own image", {}, { image: 'other:1' }, {}],
    ['a chosen variable', {}, env('LEVEL', 'debug'), {}],
    ['a claim', {}, claim('datasets'), {}],
    ['the place of an artifact', {}, { artifacts: { scores: { uri: 's3://b/k' } } } as Any, {}],
    ['an artifact that is not fetched', {}, { byReference: ['rows'] }, {}],
    ['the interface', {}, {}, { outputs: {} }],
    ['the name', {}, {}, { name: 'train_2' }],
  ])('changes with %s', (_, more, own, rest) => {
    expect(prefixOf(more, own, rest)).not.toBe(prefixOf());
  });

  test('does not change with what makes no difference to the result', () => {
    const same = [
      prefixOf({ file: 'b.py', line: 40, notebook: { file: 'b.ipynb', source: '{}' } }),
      prefixOf({}, env('OTHER', 'x')),
      prefixOf({}, { resources: { requests: { cpu: '4' }, limits: {} }, retry: { retries: 3, policy: 'Always' } }),
      prefixOf({}, { caching: { ...caching, maxAgeSeconds: 60 } }),
      prefixOf({}, {}, { description: 'better said' }),
      prefixOf({}, {}, { outputs: { scores: { kind: 'artifact', type: 'system.Metrics' } } }),
    ];
    expect(new Set([...same, prefixOf()]).size).toBe(1);
    expect(prefixOf()).toMatch(/^train-[0-9a-f]{12}$/);
  });

  test('tells two claims and the values of a variable apart', () => {
    expect(prefixOf({}, claim('a'))).not.toBe(prefixOf({}, claim('b')));
    expect(prefixOf({}, env('LEVEL', 'a'))).not.toBe(prefixOf({}, env('LEVEL', 'b')));
    const late = (name: string) => {
      const value = {
        expression: { kind: 'run', field: 'name', type: 'STRING' },
        port: { kind: 'parameter', type: 'STRING' },
      };
      return prefixOf({}, { env: [{ name, value: value as Any }], caching: { env: [name] } });
    };
    expect(late('A')).not.toBe(late('B'));
  });

  test('is its own text and the outputs, where it is given', () => {
    const own = { caching: { key: 'mine', env: [] } };
    expect(prefixOf({ source: 'x', image: 'y' }, own)).toBe(prefixOf({}, own));
    expect(prefixOf({}, { caching: { key: 'other', env: [] } })).not.toBe(prefixOf({}, own));
    // Who reads an output that was not there when the result was kept would wait for ever.
    expect(prefixOf({}, own, { outputs: {} })).not.toBe(prefixOf({}, own));
    expect(cacheKeyOf(component, own).parts).toEqual([]);
  });
});

describe('manifests', () => {
  test('a DAG of one task is memoized; what is in the pod is not', () => {
    const pipeline = pipelineOf((p) => {
      const data = new Task(p, 'make', { component: make, inputs: { rows: 5 } }).outputs.data;
      new Task(p, 'use', {
        component: use,
        inputs: { data },
        retry: { retries: 2 },
        caching: { maxAge: Duration.days(2) },
      });
      new Task(p, 'fresh', { component: make, caching: false });
    });
    const spec = specOf(pipeline);
    expect(templateOf(spec, 'main').dag.tasks.map(({ name, template }: Any) => [name, template])).toEqual([
      ['make', 'cached-make'],
      ['use', 'cached-use'],
      ['fresh', 'fresh'],
    ]);
    expect(templateOf(spec, 'lookup-make')).toMatchInlineSnapshot(`
{
  "dag": {
    "failFast": false,
    "tasks": [
      {
        "arguments": {
          "parameters": [
            {
              "name": "rows",
              "value": "{{inputs.parameters.rows}}",
            },
            {
              "name": "note",
              "value": "{{inputs.parameters.note}}",
            },
          ],
        },
        "name": "run--task",
        "template": "make",
      },
    ],
  },
  "inputs": {
    "parameters": [
      {
        "default": "3",
        "name": "rows",
      },
      {
        "default": "json:",
        "name": "note",
      },
    ],
  },
  "memoize": {
    "cache": {
      "configMap": {
        "name": "kfp-cache-make-{{workflow.creationTimestamp.Y}}-{{workflow.creationTimestamp.m}}",
      },
    },
    "key": "make-a38b3840986d-{{=sprig.sha256sum(toJson([inputs.parameters['rows'], inputs.parameters['note']]))}}",
    "maxAge": "{{=workflow.parameters['kfp-caching'] == 'off' ? '0s' : '87600h'}}",
  },
  "name": "lookup-make",
  "outputs": {
    "parameters": [
      {
        "name": "data",
        "valueFrom": {
          "default": "json:",
          "parameter": "{{tasks.run--task.outputs.parameters.data}}",
        },
      },
      {
        "name": "count",
        "valueFrom": {
          "default": "json:",
          "parameter": "{{tasks.run--task.outputs.parameters.count}}",
        },
      },
    ],
  },
}
`);
    expect(templateOf(spec, 'lookup-use').memoize.maxAge).toBe(
      "{{=workflow.parameters['kfp-caching'] == 'off' ? '0s' : '48h'}}",
    );
    expect(templateOf(spec, 'use').retryStrategy).toEqual({ limit: '2', retryPolicy: 'Always' });
    // What is memoized holds no lock and has no retries.
    for (const { memoize, retryStrategy, synchronization } of spec.templates) {
      expect(memoize && (retryStrategy || synchronization)).toBeUndefined();
    }
    expect(
      templateOf(spec, 'cached-make').synchronization.mutexes[0].name.replace(/[0-9a-f]{12}/, '…'),
    ).toMatchInlineSnapshot(
      `"cache-make-…-{{=sprig.sha256sum(workflow.parameters['kfp-caching'] == 'off' ? workflow.uid + node.name : toJson([inputs.parameters['rows'], inputs.parameters['note']]))}}"`,
    );
    expect(spec.arguments.parameters).toMatchInlineSnapshot(`
[
  {
    "description": "off: tasks whose results could be reused run all the same, and their new results are kept",
    "enum": [
      "on",
      "off",
    ],
    "name": "kfp-caching",
    "value": "on",
  },
]
`);
  });

  test('values of the run in a key, a variable or an image arrive as inputs', () => {
    const pipeline = pipelineOf(
      (p) => {
        const { word } = p.parameters;
        new Task(p, 'keyed', { component: make, caching: { key: text`day-${p.run.scheduledTime}` } });
        new Task(p, 'varied', {
          component: make,
          image: text`make:${word}`,
          env: { LEVEL: word },
          caching: { env: ['LEVEL'] },
        });
      },
      { parameters: { word: str('x') } },
    );
    const keys = specOf(pipeline).templates.flatMap(({ memoize }: Any) => memoize?.key ?? []);
    expect(keys.map((key: string) => key.replace(/[0-9a-f]{12}/, '…'))).toMatchInlineSnapshot(`
[
  "make-…-{{=sprig.sha256sum(toJson([inputs.parameters['setting--caching-key']]))}}",
  "make-…-{{=sprig.sha256sum(toJson([inputs.parameters['rows'], inputs.parameters['note'], inputs.parameters['setting--image'], inputs.parameters['setting--env-LEVEL']]))}}",
]
`);
  });

  test('a pod knows the name of its task, and an exit task that of the one that failed', () => {
    const pipeline = pipelineOf((p) => {
      new Task(p, 'make', { component: make });
      new Task(p, 'fresh', { component: make, caching: false });
      new OnExit(p, 'exit', { component: tell, inputs: { status: p.finalStatus }, caching: false });
    });
    const spec = specOf(pipeline);
    const named = (name: string) =>
      templateOf(spec, name).container.env.find((each: Any) => each.name === 'KFP_TASK_NAME').value;
    expect(named('make')).toBe(
      "{{=split(last(split(replace(node.name, '.lookup--task.run--task', ''), '.')), '(')[0]}}",
    );
    expect(named('fresh')).toBe("{{=split(last(split(node.name, '.')), '(')[0]}}");
    expect(spec.hooks.exit.arguments.parameters[0].value).toContain(
      "replace(#.displayName, 'run--task', #.templateName)",
    );
  });

  test('parameters of called pipelines are inputs; the override is that of the run', () => {
    const pipeline = pipelineOf(
      (p, chart) => {
        const part = new Pipeline(chart, 'part', {
          standalone: false,
          parameters: { rows: int() },
          outputs: { count: int() },
          tasks: { caching: true },
        });
        const { count } = new Task(part, 'make', { component: make, inputs: { rows: part.parameters.rows } }).outputs;
        part.returns({ count });
        new SubPipeline(p, 'call', { pipeline: part, inputs: { rows: 2 } });
      },
      { tasks: {} },
    );
    const spec = specOf(pipeline);
    expect(templateOf(spec, 'lookup-part--make').memoize.key).toMatch(/^make-[0-9a-f]{12}-\{\{=sprig\.sha256sum/);
    expect(templateOf(spec, 'pipeline-part').dag.tasks[0].template).toBe('cached-part--make');
    expect(spec.arguments.parameters.map(({ name }: Any) => name)).toEqual(['kfp-caching']);
  });

  test('a run can be told to reuse nothing, where there is something to reuse', () => {
    const argumentsOf = (tasks: TaskSettings) => {
      const pipeline = pipelineOf(
        (p, chart) => {
          new Task(p, 'make', { component: make });
          new Run(chart, 'as-it-is', { pipeline: p, name: 'as-it-is' });
          new Run(chart, 'fresh', { pipeline: p, name: 'fresh', caching: false });
          new Run(chart, 'named-a', { pipeline: p });
          new Run(chart, 'named-b', { pipeline: p, caching: false });
          new RecurringRun(chart, 'nightly', { pipeline: p, schedule: '0 1 * * *', caching: false });
        },
        { tasks },
      );
      const objects = synth(Chart.of(pipeline));
      const runs = objects.filter(({ kind }) => kind === 'Workflow');
      const cron = objects.find(({ kind }) => kind === 'CronWorkflow');
      return {
        given: [...runs.map(({ spec }) => spec), cron.spec.workflowSpec].map((spec) => spec.arguments?.parameters),
        names: new Set(runs.map(({ metadata }) => metadata.name)).size,
      };
    };
    const off = [{ name: 'kfp-caching', value: 'off' }];
    expect(argumentsOf({ caching: true })).toEqual({ given: [undefined, off, undefined, off, off], names: 4 });
    expect(argumentsOf({}).given).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  test('the controller is granted what it needs, where the runner is told of it', () => {
    const chart = new Chart(Testing.app(), 'ml');
    new Runner(chart, 'runner', { cacheController: { namespace: 'argo' } });
    const granted = synth(chart).filter(({ metadata }) => metadata.name === 'runner-cache');
    expect(granted.map(({ kind, rules, subjects }) => ({ kind, rules, subjects }))).toMatchInlineSnapshot(`
[
  {
    "kind": "Role",
    "rules": [
      {
        "apiGroups": [
          "",
        ],
        "resources": [
          "configmaps",
        ],
        "verbs": [
          "get",
          "create",
          "update",
        ],
      },
    ],
    "subjects": undefined,
  },
  {
    "kind": "RoleBinding",
    "rules": undefined,
    "subjects": [
      {
        "kind": "ServiceAccount",
        "name": "argo",
        "namespace": "argo",
      },
    ],
  },
]
`);
    const plain = new Chart(Testing.app(), 'ml');
    new Runner(plain, 'runner');
    expect(synth(plain)).toHaveLength(4);
  });
});

const errorOf = (build: Parameters<typeof pipelineOf>[0], props: object = {}) =>
  pipelineOf(build, props)
    .diagnostics.filter(({ code }) => code.startsWith('KFP126'))
    .map((each) => renderDiagnostic({ ...each, at: undefined as never }))
    .join('\n');

describe('diagnostics', () => {
  test('settings that cannot be', () => {
    expect(
      errorOf(
        (p) => {
          new Task(p, 'a', { component: make, caching: { maxAge: Duration.millis(1500), key: '' } });
          new Task(p, 'b', {
            component: make,
            env: { TOKEN: Env.secret('hub', 'token'), NODE: Env.field('spec.nodeName') },
            caching: { env: ['TOKEN', 'NODE', 'LEVEL'] },
          });
        },
        { parameters: { 'kfp-caching': str('on') } },
      ),
    ).toMatchInlineSnapshot(`
"KFP1264 [ml/train] the parameter 'kfp-caching' has the name of the one by which a run says whether it reuses results
    mend: rename it
KFP1267 [ml/train/a] the cache key is ""
    mend: give a text that is not empty, or leave the key out
KFP1267 [ml/train/a] the maximum age of 1.5 s is not a whole number of seconds
    mend: give whole seconds, from 1, or \`caching: false\` for results that are never reused
KFP1265 [ml/train/b] the variable 'TOKEN' is to be part of the cache key, and its value comes from a Secret
    mend: leave it out of \`caching\`; where its value makes a difference, say so by an input, or by a key of your own
KFP1265 [ml/train/b] the variable 'NODE' is to be part of the cache key, and its value comes from the cluster
    mend: leave it out of \`caching\`; where its value makes a difference, say so by an input, or by a key of your own
KFP1265 [ml/train/b] the variable 'LEVEL' is to be part of the cache key, and the task does not set it
    mend: set it in \`env\`, or leave it out of \`caching\`"
`);
  });

  test('what is cached is not collected as a list of artifacts', () => {
    const loops = (caching: boolean) =>
      errorOf(
        (p, chart) => {
          const part = new Pipeline(chart, 'part', {
            standalone: false,
            outputs: { data: Dataset },
            tasks: { caching },
          });
          part.returns({ data: new Task(part, 'inside', { component: make }).outputs.data });
          const loop = new ParallelFor(p, 'loop', { items: [1, 2] });
          const first = new Task(loop, 'first', { component: make, inputs: { rows: loop.item }, caching });
          const call = new SubPipeline(loop, 'call', { pipeline: part });
          // Its parameters may be: they are texts.
          const other = new Task(loop, 'other', { component: make, caching });
          new Task(p, 'gather', {
            component: gather,
            inputs: {
              data: loop.collect(first.outputs.data),
              more: loop.collect(call.outputs.data),
              counts: loop.collect(other.outputs.count),
            },
          });
        },
        { tasks: {} },
      );
    expect(loops(false)).toBe('');
    expect(loops(true)).toMatchInlineSnapshot(`
"KFP1266 [ml/train/loop/first] 'ml/train/loop' collects its artifacts, which are fetched from the run's own folder: what is reused lies in that of an earlier run
    mend: set \`caching: false\` for it, or collect parameters
KFP1266 [ml/part/inside] 'ml/train/loop' collects its artifacts, which are fetched from the run's own folder: what is reused lies in that of an earlier run
    mend: set \`caching: false\` for it, or collect parameters"
`);
  });

  test('warnings about reuse of another thing, or of none', () => {
    const untagged = new ContainerComponent({ name: 'u', image: 'reg.example:5000/u', command: ['u'] });
    const pinned = new ContainerComponent({ name: 'p', image: `u@sha256:${'0'.repeat(64)}`, command: ['u'] });
    expect(
      errorOf((p) => {
        new Task(p, 'a', { component: untagged });
        new Task(p, 'again', { component: untagged });
        new Task(p, 'pinned', { component: pinned });
        new Task(p, 'keyed', { component: untagged, image: 'u:latest', caching: { key: 'k' } });
        const fixed = new Task(p, 'fixed', { component: make, artifacts: { data: { key: 'latest/data' } } });
        new Task(p, 'reader', { component: use, inputs: { data: fixed.outputs.data } });
        const moving = new Task(p, 'moving', { component: make, artifacts: { data: { key: text`at/${p.run.name}` } } });
        new Task(p, 'other-reader', { component: use, inputs: { data: moving.outputs.data } });
        const volume = Volume.perRun('scratch', { size: Size.gibibytes(1) });
        new Task(p, 'b', { component: make, volumes: { '/scratch': volume } });
        new Task(p, 'c', { component: make, caching: { maxAge: Duration.days(90) } });
        const many: Any = new ParallelFor(p, 'many', { items: Array.from({ length: 30 }, (_, index) => index) });
        const more: Any = new ParallelFor(many, 'more', { items: Array.from({ length: 20 }, (_, index) => index) });
        new Task(more, 'd', { component: make, inputs: { rows: more.item } });
      }),
    ).toMatchInlineSnapshot(`
"KFP1268 [ml/train/a] results are reused also when 'reg.example:5000/u' has become another image
    mend: give the image (base_image in Python) a tag that stays, or a digest; or set \`caching: false\` for it (in Python: task.set_caching_options(False))
KFP1268 [ml/train/reader] its input 'data' is always at the same place, so that results are reused also when 'ml/train/fixed' has made another one
    mend: let the place change with the run, by \`pipeline.run.name\`; or set \`caching: false\` for it (in Python: task.set_caching_options(False))
KFP1269 [ml/train/b] it is never reused, because it mounts 'run-scratch', a volume of its own in each run
    mend: set \`caching: false\` for it (in Python: task.set_caching_options(False)), or hand on what it reads and writes there as artifacts
KFP1269 [ml/train/c] the maximum age is longer than a month, after which the engine begins with nothing kept
    mend: leave \`maxAge\` out, or give less
KFP1269 [ml/train/many/more/d] it runs 600 times, and what is kept of a component has to fit one ConfigMap, about 1,000 to 3,000 results
    mend: set \`caching: false\` for it (in Python: task.set_caching_options(False)), or reuse the result of what makes the items"
`);
  });

  test('what mounts a volume of the run is not memoized', () => {
    const pipeline = pipelineOf((p) => {
      const volume = Volume.perRun('scratch', { size: Size.gibibytes(1) });
      new Task(p, 'b', { component: make, volumes: { '/scratch': volume } });
    });
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const spec = specOf(pipeline);
    warn.mockRestore();
    expect(templateOf(spec, 'main').dag.tasks[0].template).toBe('b');
    expect(spec.arguments).toBeUndefined();
  });
});

// ── Runs on this machine ──────────────────────────────────────────────────────────────────────────────────────────────

const SOURCE = `from kfp import dsl
from kfp.dsl import Dataset, Input, Output


def count(what):
    import os
    with open(os.environ['CACHING_TEST_LOG'], 'a') as file:
        file.write(what + ' ')


@dsl.component(base_image='python:3.11', additional_funcs=[count])
def grow(rows: int, data: Output[Dataset]) -> int:
    count('grow')
    with open(data.path, 'w') as file:
        file.write('x' * rows)
    return rows


@dsl.component(base_image='python:3.11', additional_funcs=[count])
def measure(data: Input[Dataset]) -> int:
    count('measure')
    with open(data.path) as file:
        return len(file.read())


@dsl.component(base_image='python:3.11', additional_funcs=[count])
def other(word: str = 'w', late: str = '') -> str:
    count('other')
    return word


@dsl.component(base_image='python:3.11', additional_funcs=[count])
def shaky(word: str) -> str:
    import os
    count('shaky')
    if os.path.exists(os.environ['CACHING_TEST_LOG'] + '.fail'):
        raise ValueError('not now')
    return word
`;

describe('runs on this machine', () => {
  let log: string;
  let store: string;
  beforeEach(() => {
    const place = fs.mkdtempSync(path.join(folder, 'run-'));
    log = path.resolve(place, 'log');
    store = path.join(place, 'store');
    process.env.CACHING_TEST_LOG = log;
  });
  afterEach(() => {
    delete process.env.CACHING_TEST_LOG;
  });

  /** What ran since it was last asked, in order. */
  const ran = () => {
    const text = fs.existsSync(log) ? fs.readFileSync(log, 'utf8') : '';
    fs.rmSync(log, { force: true });
    return text.trim().split(' ').filter(Boolean).sort().join(' ');
  };

  let files = 0;
  /** The components of a file with this text. */
  const components = (source = SOURCE): Any => {
    const file = path.join(folder, `c${files++}.py`);
    fs.writeFileSync(file, source);
    const names = ['grow', 'measure', 'other', 'shaky'];
    return Object.fromEntries(names.map((name) => [name, PythonComponent.fromFile(file, name)]));
  };
  const chain = (c: Any, tasks: TaskSettings = { caching: true }) =>
    pipelineOf(
      (p) => {
        const grown: Any = new Task(p, 'grow', { component: c.grow, inputs: { rows: p.parameters.rows } });
        new Task(p, 'measure', { component: c.measure, inputs: { data: grown.outputs.data } });
        new Task(p, 'other', { component: c.other });
      },
      { tasks, parameters: { rows: int(3) } },
    );
  const run = (pipeline: Pipeline, options: object = {}): Promise<LocalRun> =>
    runGraph(pipeline.graph, { store, ...options });
  const cached = ({ tasks }: LocalRun) =>
    Object.keys(tasks)
      .filter((name) => tasks[name]!.cachedFrom !== undefined)
      .sort()
      .join(' ');

  test('a second run reuses everything; another value only what does not depend on it', async () => {
    const pipeline = chain(components());
    const first = await run(pipeline);
    expect([first.state, cached(first), ran()]).toEqual(['Succeeded', '', 'grow measure other']);
    const second = await run(pipeline);
    expect([second.state, cached(second), ran()]).toEqual(['Succeeded', 'grow measure other', '']);
    expect(second.tasks.measure).toEqual({
      state: 'Succeeded',
      outputs: { Output: 3 },
      artifacts: {},
      cachedFrom: first.name,
      logs: '',
      startedAt: '',
      durationMs: 0,
      attempts: 0,
    });
    expect(second.tasks.grow!.artifacts).toEqual(first.tasks.grow!.artifacts);
    expect(summaryOf(second, (_, words) => words).join('\n')).toContain(`cached from ${first.name}`);
    const third = await run(pipeline, { arguments: { rows: 4 } });
    expect([third.tasks.measure!.outputs.Output, cached(third), ran()]).toEqual([4, 'other', 'grow measure']);
    // What was kept in between does not replace it.
    expect(cached(await run(pipeline))).toBe('grow measure other');
  });

  test("a change of a component's source runs it, and what reads its outputs", async () => {
    await run(chain(components()));
    ran();
    const edited = await run(chain(components(SOURCE.replace("'x' * rows", "'xy' * rows"))));
    expect([cached(edited), ran(), edited.tasks.measure!.outputs.Output]).toEqual(['other', 'grow measure', 6]);
    const reader = await run(chain(components(SOURCE.replace('len(file.read())', '-len(file.read())'))));
    expect([cached(reader), ran()]).toEqual(['grow other', 'measure']);
    // Lines above, comments of others and the file's name are no change.
    expect(cached(await run(chain(components(`# one more line\n${SOURCE}`))))).toBe('grow measure other');
  });

  test('a run that is told to reuses nothing, and its results are kept', async () => {
    const pipeline = chain(components());
    const first = await run(pipeline);
    const fresh = await run(pipeline, { caching: false });
    expect([cached(fresh), ran()]).toEqual(['', 'grow grow measure measure other other']);
    const after = await run(pipeline);
    expect(cached(after)).toBe('grow measure other');
    expect(after.tasks.grow!.cachedFrom).toBe(fresh.name);
    expect(first.name).not.toBe(fresh.name);
    // What is asked for is the pipeline's to say, and a test's runs are meant to run.
    expect(cached(await run(chain(components(), {})))).toBe('');
    expect(cached(await runLocally(pipeline, { store }))).toBe('');
    expect(cached(await runLocally(pipeline, { store, caching: true }))).toBe('grow measure other');
  });

  test('what is too old, deleted or unreadable is made again', async () => {
    const pipeline = chain(components(), { caching: { maxAge: Duration.hours(1) } });
    const first = await run(pipeline);
    expect(cached(await run(pipeline))).toBe('grow measure other');
    const entries = path.join(store, 'cache');
    const [entry] = fs.readdirSync(entries).filter((name) => name.startsWith('other-'));
    const file = path.join(entries, entry!);
    const kept = JSON.parse(fs.readFileSync(file, 'utf8'));
    fs.writeFileSync(file, JSON.stringify({ ...kept, createdAt: new Date(Date.now() - 3_600_001).toISOString() }));
    expect(cached(await run(pipeline))).toBe('grow measure');
    fs.writeFileSync(file, '{"createdAt":');
    expect(cached(await run(pipeline))).toBe('grow measure');
    fs.rmSync(first.tasks.grow!.artifacts.data!.path);
    expect(cached(await run(pipeline))).toBe('other');
    expect(cached(await run(pipeline))).toBe('grow measure other');
  });

  test('a failure is not kept, nor what a stub gives', async () => {
    const c = components();
    const pipeline = pipelineOf((p) => void new Task(p, 'shaky', { component: c.shaky, inputs: { word: 'a' } }));
    fs.writeFileSync(`${log}.fail`, '');
    expect((await run(pipeline)).state).toBe('Failed');
    fs.rmSync(`${log}.fail`);
    expect((await run(pipeline, { stubs: { shaky: () => ({ Output: 'stub' }) } })).tasks.shaky!.outputs.Output).toBe(
      'stub',
    );
    const third = await run(pipeline);
    expect([third.state, cached(third), third.tasks.shaky!.outputs.Output]).toEqual(['Succeeded', '', 'a']);
    const stubbed = await run(pipeline, { stubs: { shaky: () => ({ Output: 'stub' }) } });
    expect([cached(stubbed), stubbed.tasks.shaky!.outputs.Output]).toEqual(['', 'stub']);
  });

  test('equal tasks run once, in a run and in runs at the same time', async () => {
    const c = components();
    const pipeline = pipelineOf(
      (p) => {
        new Task(p, 'a', { component: c.other, inputs: { word: 'same' } });
        new Task(p, 'b', { component: c.other, inputs: { word: 'same' } });
        const loop = new ParallelFor(p, 'loop', { items: ['same', 'not', 'same'] });
        new Task(loop, 'c', { component: c.other, inputs: { word: loop.item } });
        new Task(p, 'keyed', { component: c.other, inputs: { late: p.run.id }, caching: { key: 'k' } });
        new Task(p, 'keyed-too', {
          component: c.other,
          inputs: { late: 'x' },
          caching: { key: text`${p.parameters.k}` },
        });
      },
      { parameters: { k: str('k2') } },
    );
    const [one, two] = await Promise.all([run(pipeline), run(pipeline)]);
    expect([one!.state, two!.state, ran()]).toEqual(['Succeeded', 'Succeeded', 'other other other other']);
    expect(cached(await run(pipeline, { arguments: { k: 'k3' } }))).toBe('a b keyed loop-c[0] loop-c[1] loop-c[2]');
  });

  test('the lock of a process that is gone holds up nobody', async () => {
    const pipeline = chain(components());
    await run(pipeline);
    const entries = path.join(store, 'cache');
    for (const name of fs.readdirSync(entries)) {
      fs.writeFileSync(path.join(entries, name.replace('.json', '.lock')), `999999999 ${os.hostname()}\n`);
    }
    expect(cached(await run(pipeline))).toBe('grow measure other');
    expect(fs.readdirSync(entries).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  test('keys are those of the manifests, and so are hits', async () => {
    const c = components();
    const pipeline = pipelineOf(
      (p) => {
        const { rows, word } = p.parameters;
        new Task(p, 'a', { component: c.other, inputs: { word: text`{{${word}}} \u00e9 <${rows}>` } });
        new Task(p, 'b', { component: c.other });
        new Task(p, 'c', { component: c.shaky, inputs: { word }, env: { L: word }, caching: { env: ['L'] } });
        new Task(p, 'd', { component: c.shaky, inputs: { word: 'x' }, caching: { key: text`${word}-${rows}` } });
        const grown: Any = new Task(p, 'grow', { component: c.grow, inputs: { rows } });
        new Task(p, 'measure', { component: c.measure, inputs: { data: grown.outputs.data } });
        new Task(p, 'fresh', { component: c.other, inputs: { word: 'f' }, caching: false });
      },
      { parameters: { rows: int(3), word: str('$w') } },
    );
    const spec = specOf(pipeline);
    const cache = new Map<string, Any>();
    const stubs = {
      other: ({ inputs }: Any) => ({ Output: inputs.word ?? 'w' }),
      shaky: ({ inputs }: Any) => ({ Output: inputs.word }),
      grow: ({ inputs }: Any) => ({ Output: inputs.rows }),
      measure: () => ({ Output: 3 }),
    };
    const engine = (args: object = {}) => {
      const { state, root } = interpret(spec, { stubs, cache, arguments: args as Any });
      expect(state).toBe('Succeeded');
      return [...root.tasks]
        .filter(([, node]) => node.tasks.get('lookup--task')?.hit)
        .map(([name]) => name)
        .sort()
        .join(' ');
    };
    expect([engine(), cached(await run(pipeline))]).toEqual(['', '']);
    const ofParameters = (key: string) => !key.startsWith('measure-');
    const there = [...cache.keys()]
      .map((key) => key.split(' ')[1]!)
      .filter(ofParameters)
      .sort();
    const here = fs
      .readdirSync(path.join(store, 'cache'))
      .map((name) => name.replace('.json', ''))
      .filter(ofParameters)
      .sort();
    expect(there).toHaveLength(5);
    expect(here).toEqual(there);
    expect([engine(), cached(await run(pipeline))]).toEqual(['a b c d grow measure', 'a b c d grow measure']);
    const changed = { rows: 4 };
    expect([engine({ rows: '4' }), cached(await run(pipeline, { arguments: changed }))]).toEqual(['b c', 'b c']);
    expect(engine({ 'kfp-caching': 'off' })).toBe('');
    expect(engine()).toBe('a b c d grow measure');
  });
});
