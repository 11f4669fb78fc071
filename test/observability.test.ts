import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Chart, Testing } from 'cdk8s';
import {
  arg,
  ContainerComponent,
  Dataset,
  type Float,
  int,
  type Lineage,
  lineageOf,
  Metric,
  type MetricBase,
  Metrics,
  Pipeline,
  PythonComponent,
  renderDiagnostic,
  runLocally,
  SubPipeline,
  str,
  Task,
  text,
  type Value,
} from 'cdk8s-kfp';
import { lineageCommand } from '../src/cli/lineage';
import { lineageTable } from '../src/review/lineage-table';
import { Observed } from './fixtures/apps/observed';
import { synth } from './synth';

// biome-ignore lint/suspicious/noExplicitAny: manifests are read by path
type Any = any;

const FILE = 'test/fixtures/python/observed.py';
const python = (name: string): Any => PythonComponent.fromFile(FILE, name);

const count = new ContainerComponent({
  name: 'count_it',
  image: 'busybox:1',
  inputs: { word: str('w') },
  outputs: { bytes: int(), ok: str(), data: Dataset, metrics: Metrics },
  command: ['sh', '-c', 'true'],
  args: ({ inputs, outputs }) => [arg`${inputs.word}`, outputs.bytes.path, outputs.ok.path, outputs.data.path],
});

function chart(): Chart {
  return new Chart(Testing.app(), 'ml');
}

function spec(of: Chart, name?: string): Any {
  const found = synth(of).find(
    ({ kind, metadata }) => kind === 'WorkflowTemplate' && (!name || metadata.name === name),
  );
  return found.spec;
}

function template(of: Chart, name: string): Any {
  return spec(of).templates.find((each: Any) => each.name === name);
}

function problems(pipeline: Pipeline): readonly string[] {
  return pipeline.diagnostics.map(
    (each) => renderDiagnostic({ ...each, at: undefined } as never).split('\n    mend')[0]!,
  );
}

describe('metrics of tasks', () => {
  test('tell outputs, logged numbers and durations, and nothing where there is none', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'observed', { parameters: { rows: int(2) } });
    const data = new Task(pipeline, 'make', { component: python('make'), inputs: { rows: 1 } }) as Any;
    const train = new Task(pipeline, 'train', {
      component: python('train'),
      inputs: { data: data.outputs.data, trees: 1 },
    }) as Any;
    train
      .addMetric({ name: 'score', help: 'Score', value: train.output })
      .addMetric({
        name: 'accuracy',
        help: 'Accuracy',
        value: train.outputs.metrics.metric('f1 score'),
        type: 'counter',
      })
      .addMetric({ name: 'seconds', help: 'Time', value: Metric.duration, type: 'histogram', buckets: [1, 2.5] })
      .addMetric({ name: 'ends', help: 'Ends', value: 1, when: 'failed', labels: { status: Metric.status } });
    const flaky = new Task(pipeline, 'flaky', { component: python('flaky'), inputs: { x: 1 } }) as Any;
    flaky.addMetric({ name: 'flag', help: 'Flag', value: flaky.output, when: 'succeeded' });
    const raw = new Task(pipeline, 'count', { component: count });
    raw.addMetric({ name: 'bytes', help: 'Bytes', value: raw.outputs.bytes });
    expect(problems(pipeline as never)).toEqual([]);
    expect(template(ml, 'train').metrics.prometheus).toMatchInlineSnapshot(`
[
  {
    "gauge": {
      "realtime": false,
      "value": "{{=status == 'Succeeded' ? outputs.parameters['Output'] : 0}}",
    },
    "help": "Score",
    "name": "score",
    "when": "{{=status == 'Succeeded' and outputs.parameters['Output'] not in ['json:', 'json:null']}}",
  },
  {
    "counter": {
      "value": "{{=status == 'Succeeded' ? fromJSON(fromJSON(outputs.parameters['metrics']).metadata)['f1 score'] ?? 0 : 0}}",
    },
    "help": "Accuracy",
    "name": "accuracy",
    "when": "{{=status == 'Succeeded' and outputs.parameters['metrics'] startsWith '{' and fromJSON(fromJSON(outputs.parameters['metrics']).metadata)['f1 score'] != nil}}",
  },
  {
    "help": "Time",
    "histogram": {
      "buckets": [
        1,
        2.5,
      ],
      "value": "{{duration}}",
    },
    "name": "seconds",
  },
  {
    "gauge": {
      "realtime": false,
      "value": "1",
    },
    "help": "Ends",
    "labels": [
      {
        "key": "status",
        "value": "{{status}}",
      },
    ],
    "name": "ends",
    "when": "{{=status in ['Failed', 'Error']}}",
  },
]
`);
    expect(template(ml, 'flaky').metrics.prometheus).toMatchInlineSnapshot(`
[
  {
    "gauge": {
      "realtime": false,
      "value": "{{=status == 'Succeeded' ? outputs.parameters['Output'] == 'true' ? 1 : 0 : 0}}",
    },
    "help": "Flag",
    "name": "flag",
    "when": "{{=status == 'Succeeded' and outputs.parameters['Output'] not in ['json:', 'json:null']}}",
  },
]
`);
    expect(template(ml, 'count').metrics.prometheus).toMatchInlineSnapshot(`
[
  {
    "gauge": {
      "realtime": false,
      "value": "{{=status == 'Succeeded' ? trim(outputs.parameters['bytes']) : 0}}",
    },
    "help": "Bytes",
    "name": "bytes",
    "when": "{{=status == 'Succeeded' and trim(outputs.parameters['bytes']) != ''}}",
  },
]
`);
  });

  test('hold nothing that JSON escapes, which Argo could not read in the template that it gives to the pod', () => {
    const printed = JSON.stringify(
      spec(new Observed(Testing.app(), 'obs'), 'observed').templates.flatMap((each: Any) =>
        (each.metrics?.prometheus ?? []).map(({ when, gauge, counter, histogram }: Any) => [
          when,
          (gauge ?? counter ?? histogram).value,
        ]),
      ),
    );
    expect(printed).not.toMatch(/[<>&\\]/);
  });

  test('have labels of the run, in which nothing is expanded', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'observed', { parameters: { team: str('x'), rows: int(2) } });
    const { team, rows } = pipeline.parameters;
    const task = new Task(pipeline, 'count', { component: count });
    task.addMetric({
      name: 'n',
      help: 'N',
      value: 1,
      labels: { fixed: 'a "b" $c {', team: text`${team}-${rows}`, rows, status: Metric.status },
    });
    const { inputs, metrics } = template(ml, 'count');
    expect(inputs.parameters.map(({ name }: Any) => name)).toEqual([
      'word',
      'setting--metrics-n-labels-team',
      'setting--metrics-n-labels-rows',
    ]);
    const [fixed, byTeam, byRows, status] = metrics.prometheus[0].labels;
    expect([fixed, status]).toEqual([
      { key: 'fixed', value: 'a "b" $c {' },
      { key: 'status', value: '{{status}}' },
    ]);
    for (const { value } of [byTeam, byRows]) expect(value).toMatch(/^\{\{=replace\(.*, '\{' \+ '\{', '\{ \{'\)\}\}$/);
  });

  test('give a task its own template, and leave that of others shared', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'observed');
    new Task(pipeline, 'one', { component: count });
    new Task(pipeline, 'two', { component: count, metrics: [{ name: 'n', help: 'N', value: Metric.duration }] });
    expect([template(ml, 'count-it').metrics, template(ml, 'two').metrics.prometheus.length]).toEqual([undefined, 1]);
  });

  test('of all tasks stand in the components’ templates, and of a cached task in the pod’s alone', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'observed', {
      tasks: { metrics: [{ name: 'n', help: 'N', value: Metric.duration }], caching: true },
    });
    new Task(pipeline, 'one', { component: count });
    const having = spec(ml).templates.filter(({ metrics }: Any) => metrics);
    expect(having.map(({ name }: Any) => name)).toEqual(['count-it']);
    expect(having[0].container).toBeDefined();
  });

  test('take no text, no artifact and nothing of the run as value: the compiler says so', () => {
    const pipeline = new Pipeline(chart(), 'observed');
    const task = new Task(pipeline, 'count', { component: count });
    const metric = (value: MetricBase<number>['value'] | Value<Float> | Value<boolean>) => ({
      name: 'n',
      help: 'N',
      value,
    });
    task.addMetric(metric(task.outputs.bytes));
    // @ts-expect-error a text is no number
    metric(task.outputs.ok);
    // @ts-expect-error an artifact is no number
    metric(task.outputs.metrics);
    // @ts-expect-error a run has no outputs
    pipeline.addMetric({ name: 'n', help: 'N', value: task.outputs.bytes });
    // @ts-expect-error how it ended is no number
    pipeline.addMetric({ name: 'n', help: 'N', value: Metric.status });
  });
});

describe('metrics of runs', () => {
  test('tell how long they took and how they ended', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'observed', {
      parameters: { team: str('x') },
      metrics: [{ name: 'run_seconds', help: 'Time', value: Metric.duration }],
    });
    new Task(pipeline, 'count', { component: count });
    pipeline.addMetric({
      name: 'runs',
      help: 'Runs',
      type: 'counter',
      value: 1,
      labels: { status: Metric.status, team: pipeline.parameters.team },
    });
    pipeline.addMetric({ name: 'bad', help: 'Bad', type: 'counter', value: 1, when: 'failed' });
    expect(spec(ml).metrics.prometheus).toMatchInlineSnapshot(`
[
  {
    "gauge": {
      "realtime": false,
      "value": "{{=status != '' ? workflow.duration : '0'}}",
    },
    "help": "Time",
    "name": "run_seconds",
  },
  {
    "counter": {
      "value": "1",
    },
    "help": "Runs",
    "labels": [
      {
        "key": "status",
        "value": "{{=status != '' ? workflow.status : ''}}",
      },
      {
        "key": "team",
        "value": "{{=replace(replace(workflow.parameters['team'] in ['json:', 'json:null'] ? '' : workflow.parameters['team'] startsWith 'json:' ? fromJSON(workflow.parameters['team'][5:]) : workflow.parameters['team'], '{' + '{', '{ {'), '{' + '{', '{ {')}}",
      },
    ],
    "name": "runs",
  },
  {
    "counter": {
      "value": "1",
    },
    "help": "Bad",
    "name": "bad",
    "when": "{{=status != '' and workflow.status in ['Failed', 'Error']}}",
  },
]
`);
    expect(() => pipeline.addMetric({ name: 'late', help: 'L', value: 1 })).toThrow('after the pipeline');
  });

  test('of a called pipeline are not those of the caller, but its tasks’ are', () => {
    const ml = chart();
    const called = new Pipeline(ml, 'called', { metrics: [{ name: 'a', help: 'A', value: Metric.duration }] });
    new Task(called, 'count', { component: count, metrics: [{ name: 'b', help: 'B', value: Metric.duration }] });
    const pipeline = new Pipeline(ml, 'caller');
    new SubPipeline(pipeline, 'call', { pipeline: called });
    const found = spec(ml, 'caller');
    expect(found.metrics).toBeUndefined();
    expect(found.templates.find(({ name }: Any) => name === 'called--count').metrics.prometheus[0].name).toBe('b');
  });
});

describe('what is wrong with metrics', () => {
  test('is said', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'observed', { parameters: { rows: int(1) } });
    const other = new Task(pipeline, 'other', { component: count });
    const task = new Task(pipeline, 'count', { component: count });
    const metric = (name: string, more: object) => task.addMetric({ name, help: 'H', value: 1, ...more } as never);
    metric('Bad-name', {});
    metric('a:b', {});
    metric('total_count', {});
    metric('label', { labels: { 'x-y': 'z', le: '1', __own: '2' } });
    metric('helpless', { help: ' ' });
    metric('braces', { help: 'a {{b}}' });
    metric('typed', { type: 'summary' });
    metric('unbounded', { type: 'histogram' });
    metric('falling', { type: 'histogram', buckets: [2, 1] });
    metric('bucket', { buckets: [1] });
    metric('down', { type: 'counter', value: -1 });
    metric('nan', { value: Number.NaN });
    metric('foreign', { value: other.outputs.bytes });
    metric('wordy', { value: task.outputs.ok });
    metric('artifact', { value: task.outputs.data });
    metric('parameter', { value: pipeline.parameters.rows });
    metric('quoted', { value: task.outputs.metrics.metric('a&b') });
    metric('long', { value: task.outputs.metrics.metric('x'.repeat(150)) });
    metric('perrun', { labels: { run: text`r-${pipeline.run.name}` } });
    pipeline.addMetric({ name: 'run_braces', help: 'H', value: 1, labels: { x: 'a {{b}}' } });
    expect(problems(pipeline as never).join('\n')).toMatchInlineSnapshot(`
"KFP1230 [ml/observed/count] the setting 'metrics 5 help' holds '{{', which Argo would expand: a {{b}}
KFP1291 [ml/observed] a text of the metric 'run_braces' holds '{{', which Argo would expand
KFP1290 [ml/observed/count] 'Bad-name' cannot be the name of a metric
KFP1290 [ml/observed/count] 'a:b' cannot be the name of a metric
KFP1296 [ml/observed/count] Argo's controller has a metric 'total_count' of its own
KFP1290 [ml/observed/count] 'x-y' cannot be a label of the metric 'label'
KFP1290 [ml/observed/count] 'le' cannot be a label of the metric 'label'
KFP1290 [ml/observed/count] '__own' cannot be a label of the metric 'label'
KFP1291 [ml/observed/count] the metric 'helpless' has no help
KFP1293 [ml/observed/count] 'summary' is no type of the metric 'typed'
KFP1293 [ml/observed/count] the histogram 'unbounded' has the buckets []
KFP1293 [ml/observed/count] the histogram 'falling' has the buckets [2, 1]
KFP1293 [ml/observed/count] the gauge 'bucket' has buckets
KFP1293 [ml/observed/count] the counter 'down' is given -1
KFP1293 [ml/observed/count] the gauge 'nan' is given NaN
KFP1297 [ml/observed/count] each run has a value of its own for the label 'run' of 'perrun'
KFP1294 [ml/observed/count] the metric 'foreign' is given an output of 'ml/observed/other'
KFP1294 [ml/observed/count] the metric 'wordy' is given the output 'ok', which is no number
KFP1294 [ml/observed/count] the metric 'artifact' is given the output 'data', which is no number
KFP1294 [ml/observed/count] the metric 'parameter' is given what is no output
KFP1294 [ml/observed/count] the metric 'quoted' reads 'a&b', a name that Argo's expressions cannot hold there
KFP1294 [ml/observed/count] the metric 'long' has a value that is too long for Argo's full CRDs"
`);
  });

  test('too many are too many', () => {
    const pipeline = new Pipeline(chart(), 'observed');
    const metrics = Array.from({ length: 101 }, (_, index) => ({ name: `m_${index}`, help: 'H', value: 1 }));
    new Task(pipeline, 'count', { component: count, metrics });
    expect(problems(pipeline as never)).toEqual([
      "KFP1295 [ml/observed/count] 101 metrics; Argo's full CRDs allow 100",
    ]);
  });

  test('one that all tasks have is reported once', () => {
    const pipeline = new Pipeline(chart(), 'observed', { tasks: { metrics: [{ name: 'No', help: 'H', value: 1 }] } });
    new Task(pipeline, 'one', { component: count });
    new Task(pipeline, 'two', { component: count, env: { A: 'b' } });
    expect(problems(pipeline as never)).toEqual(["KFP1290 [ml/observed] 'No' cannot be the name of a metric"]);
  });

  test('names are compared across pipelines and charts of an app, and not across apps', () => {
    const app = Testing.app();
    const make = (id: string, metric: object, to = app) => {
      const pipeline = new Pipeline(new Chart(to, id), 'p');
      new Task(pipeline, 't', { component: count, metrics: [{ name: 'n', help: 'H', value: 1, ...metric }] as never });
      return problems(pipeline as never);
    };
    expect(make('first', {})).toEqual([]);
    expect(make('same', { labels: { x: 'y' }, value: 3 })).toEqual([]);
    expect(make('kind', { type: 'counter' })).toEqual([
      "KFP1292 [kind/p/t] the metric 'n' is a counter, and a gauge, where 'first/p/t' reports it; Argo knows a metric by its name alone",
    ]);
    expect(make('text', { help: 'Other' })[0]).toContain("has the help 'Other', and 'H'");
    expect(make('apart', { type: 'counter' }, Testing.app())).toEqual([]);
  });
});

describe('labels of pods', () => {
  test('say pipeline, version, component, task and source', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'observed', { version: '1.2' });
    new Task(pipeline, 'count', { component: count, labels: { team: 'ml' }, annotations: { note: 'n' } });
    new Task(pipeline, 'make', { component: python('make'), inputs: { rows: 1 } });
    const { podMetadata, workflowMetadata } = spec(ml);
    expect(podMetadata.labels).toEqual({
      ...workflowMetadata.labels,
      'app.kubernetes.io/part-of': 'observed',
      'app.kubernetes.io/version': '1.2',
    });
    expect(template(ml, 'count').metadata).toEqual({
      labels: {
        'cdk8s-kfp/component': 'count_it',
        'cdk8s-kfp/task': "{{=split(last(split(node.name, '.')), '(')[0]}}",
        team: 'ml',
      },
      annotations: { 'cdk8s-kfp/source': 'busybox:1', note: 'n' },
    });
    const source = template(ml, 'make').metadata.annotations['cdk8s-kfp/source'];
    expect(source).toMatch(/^test\/fixtures\/python\/observed\.py:make@sha256:[0-9a-f]{12}$/);
    const map = synth(ml).find(({ kind, data }) => kind === 'ConfigMap' && data['make.py']);
    const digest = execFileSync('sha256sum', { input: map.data['make.py'], encoding: 'utf8' }).slice(0, 12);
    expect(source.endsWith(digest)).toBe(true);
  });

  test('are values that Kubernetes takes, whatever a component is called', () => {
    const ml = chart();
    const odd = new ContainerComponent({ name: '_odd__', image: 'x:1', command: ['x'] });
    new Task(new Pipeline(ml, 'observed'), 'odd', { component: odd, env: { A: 'b' } });
    expect(template(ml, 'odd').metadata.labels['cdk8s-kfp/component']).toBe('odd');
    expect(spec(ml).podMetadata.labels).not.toHaveProperty(['app.kubernetes.io/version']);
  });
});

describe('logs', () => {
  test('as JSON are asked for by a setting', () => {
    const ml = chart();
    const pipeline = new Pipeline(ml, 'observed', { tasks: { logs: 'json' } });
    new Task(pipeline, 'one', { component: count });
    new Task(pipeline, 'two', { component: count, logs: 'text' });
    new Task(pipeline, 'three', { component: count, retry: { retries: 1 }, env: { KFP_LOG: 'debug' } });
    const env = (name: string) =>
      Object.fromEntries(
        template(ml, name).container.env.map(({ name: key, value, valueFrom }: Any) => [key, value ?? valueFrom]),
      );
    expect(env('count-it')).toMatchObject({
      KFP_LOG: 'json',
      KFP_PIPELINE: { fieldRef: { fieldPath: "metadata.labels['cdk8s-kfp/pipeline']" } },
      KFP_PIPELINE_VERSION: { fieldRef: { fieldPath: "metadata.labels['cdk8s-kfp/pipeline-version']" } },
      KFP_POD_NAME: '{{pod.name}}',
    });
    expect(env('count-it')).not.toHaveProperty('KFP_ATTEMPT');
    expect(env('two')).not.toHaveProperty('KFP_LOG');
    expect(env('three')).toMatchObject({ KFP_LOG: 'debug', KFP_ATTEMPT: '{{=string(int(retries) + 1)}}' });
  });

  test('of a local run are the same lines', async () => {
    const store = fs.mkdtempSync(path.join(os.tmpdir(), 'observed-'));
    const pipeline = new Pipeline(chart(), 'observed', { tasks: { logs: 'json' } });
    const data = new Task(pipeline, 'make', { component: python('make'), inputs: { rows: 1 } }) as Any;
    new Task(pipeline, 'train', { component: python('train'), inputs: { data: data.outputs.data, trees: 4 } });
    new Task(pipeline, 'flaky', { component: python('flaky'), inputs: { x: 1 }, retry: { retries: 1 } });
    const events: Any[] = [];
    const run = await runLocally(pipeline as never, {
      store,
      reporter: { log: (_, line) => events.push(JSON.parse(line)) },
    });
    expect(run.state).toBe('Succeeded');
    const of = (task: string) => events.filter((event) => event.task === task);
    // Two streams of a program arrive in any order.
    expect(
      of('train')
        .map(({ logger, message }) => `${logger}: ${message}`)
        .sort(),
    ).toEqual(['kfp: finished train', 'kfp: started train', 'root: training', 'stdout: hello 4']);
    expect(of('train').find(({ logger }) => logger === 'root')).toMatchObject({
      trees: 4,
      level: 'INFO',
      run: run.name,
      attempt: 1,
    });
    const failure = of('flaky').find(({ level }) => level === 'ERROR');
    expect(failure).toMatchObject({ message: 'ValueError: once more', attempt: 1, event: 'end' });
    expect(failure.exception).toContain('raise ValueError("once more")');
    expect(of('flaky')).toContainEqual(expect.objectContaining({ message: 'finished flaky', attempt: 2 }));
    fs.rmSync(store, { recursive: true });
  });
});

describe('lineage', () => {
  const fixture = path.join('test', 'fixtures', 'lineage', 'workflow.json');
  const workflow = (): Any => JSON.parse(fs.readFileSync(fixture, 'utf8'));
  const lineage: Lineage = lineageOf(workflow());
  const artifact = (producer: string, output: string) =>
    lineage.artifacts.find((each) => each.producer === producer && each.output === output)!;
  const idsOf = (producer: string, output: string) => [artifact(producer, output).id];

  test('of a run that an engine ran is rebuilt from its Workflow: the run', () => {
    expect(lineage.run).toEqual({
      name: 'observed-2',
      id: '00000000-0000-0000-0000-000000000001',
      namespace: 'ml',
      pipeline: 'observed',
      version: '1.2',
      phase: 'Succeeded',
      startedAt: '2026-11-21T17:31:39Z',
      finishedAt: '2026-11-21T17:36:45Z',
      parameters: { team: 'a {b} "c"', size: '3', 'kfp-caching': 'on' },
    });
  });

  test('names every attempt with its component and source', () => {
    const shown = lineage.tasks.map(({ path, component, phase, attempt, cached }) =>
      [path, component, phase, attempt, cached && 'cached'].filter((each) => each !== undefined).join(' '),
    );
    expect(shown).toMatchInlineSnapshot(`
[
  "absent maybe Succeeded",
  "best train Succeeded",
  "make make Succeeded cached",
  "fail fail Failed 1",
  "flaky flaky Failed 1",
  "count count Succeeded",
  "big.small.small-other train Succeeded",
  "call.train train Succeeded",
  "fail fail Failed 2",
  "use use Succeeded",
  "search.search(0:0).search-train train Succeeded",
  "search.search(1:1).search-train train Succeeded",
  "use-call use Succeeded",
  "flaky flaky Succeeded 2",
  "join join Succeeded",
  "onExit maybe Succeeded",
]
`);
    const train = lineage.tasks.find(({ path }) => path === 'best')!;
    expect(train).toEqual({
      path: 'best',
      task: 'best',
      component: 'train',
      source: { file: FILE, function: 'train', digest: expect.stringMatching(/^[0-9a-f]{12}$/) },
      phase: 'Succeeded',
      pod: 'observed-2-best-178984389',
      startedAt: '2026-11-21T17:31:44Z',
      finishedAt: '2026-11-21T17:32:34Z',
      parameters: { trees: 3 },
      inputs: { data: idsOf('make', 'data') },
      outputs: { model: idsOf('best', 'model'), metrics: idsOf('best', 'metrics') },
      results: { Output: 0.75 },
    });
    const counted = lineage.tasks.find(({ task }) => task === 'count')!;
    expect([counted.source, counted.results]).toEqual([{ image: 'busybox:1' }, { bytes: '3' }]);
  });

  test('has the digest that the app has', () => {
    const digests = new Map(
      spec(new Observed(Testing.app(), 'obs'), 'observed').templates.flatMap(({ metadata }: Any) =>
        metadata?.labels ? [[metadata.labels['cdk8s-kfp/component'], metadata.annotations['cdk8s-kfp/source']]] : [],
      ),
    );
    for (const { component, source } of lineage.tasks) {
      const text = source.image ?? `${source.file}:${source.function}@sha256:${source.digest}`;
      expect(text).toBe(digests.get(component));
    }
  });

  test('follows artifacts through loops, lists, branches, called pipelines and reused results', () => {
    const made = artifact('make', 'data');
    expect(made).toMatchObject({
      type: 'system.Dataset',
      metadata: { rows: 3 },
      parameters: { rows: 3 },
      cached: true,
    });
    expect(made.id.startsWith('ml/observed-1/')).toBe(true);
    expect([...made.usedBy].sort()).toEqual(['best', 'big.small.small-other', 'call.train', 'count']);
    expect(artifact('big.small.small-other', 'model').usedBy).toEqual(['use']);
    expect(artifact('call.train', 'model').usedBy).toEqual(['use-call']);
    expect(artifact('best', 'metrics').metadata).toEqual({ accuracy: 0.875 });
    const iterations = [0, 1].map((index) => artifact(`search.search(${index}:${index}).search-train`, 'model'));
    for (const { usedBy, inputs } of iterations) {
      expect([usedBy, inputs]).toEqual([['join'], { data: idsOf('count', 'copy') }]);
    }
    const join = lineage.tasks.find(({ task }) => task === 'join')!;
    expect(join.inputs).toEqual({ models: iterations.map(({ id }) => id) });
  });

  test('prefers who made an artifact to who reused it in the same run', () => {
    const given = workflow();
    const hit: Any = Object.values(given.status.nodes).find((node: Any) => node.memoizationStatus?.hit);
    const templateName = given.status.storedWorkflowTemplateSpec.templates.find(
      ({ name }: Any) => name === 'make',
    ).name;
    given.status.nodes.made = {
      ...hit,
      id: 'made',
      name: 'observed-2.again.lookup--task.run--task',
      type: 'Pod',
      templateName,
      memoizationStatus: undefined,
      startedAt: '2027-01-01T00:00:00Z',
    };
    const found = lineageOf(given).artifacts.find(
      ({ output, type }) => output === 'data' && type === 'system.Dataset',
    )!;
    expect([found.producer, found.cached]).toEqual(['again', undefined]);
  });

  test('knows an artifact from elsewhere, a nameless image and what is no reference', () => {
    const reference = JSON.stringify({ key: '', uri: 'hf://m', type: 'system.Model', metadata: '{}' });
    const metadata = { labels: { 'cdk8s-kfp/component': 'c' }, annotations: { 'cdk8s-kfp/source': '{{=inputs}}' } };
    const found = lineageOf({
      kind: 'Workflow',
      metadata: { name: 'r' },
      spec: {
        templates: [{ name: 'c', metadata, inputs: { artifacts: [{ name: 'm' }, { name: 'bad' }, { name: 'no' }] } }],
      },
      status: {
        nodes: {
          a: {
            id: 'r-1',
            name: 'r.t',
            type: 'Pod',
            templateName: 'c',
            phase: 'Running',
            inputs: {
              parameters: [
                { name: 'm', value: reference },
                { name: 'bad', value: '{' },
                { name: 'no', value: 'json:' },
                { name: 'note', value: 'json:"{\\u007b"' },
                { name: 'none', value: 'json:' },
                { name: 'setting--image', value: 'x:2' },
              ],
            },
          },
          b: { id: 'r-2', name: 'r.u', type: 'Skipped', templateName: 'c' },
        },
      },
    });
    expect(found).toEqual({
      run: { name: 'r', parameters: {} },
      tasks: [
        {
          path: 't',
          task: 't',
          component: 'c',
          source: { image: 'x:2' },
          phase: 'Running',
          pod: 'r-c-1',
          parameters: { note: '{{' },
          settings: { image: 'x:2' },
          inputs: { m: ['hf://m'], bad: [], no: [] },
          outputs: {},
          results: {},
        },
      ],
      artifacts: [{ id: 'hf://m', uri: 'hf://m', type: 'system.Model', metadata: {}, run: 'r', usedBy: ['t'] }],
    });
  });

  test('reads compressed nodes, and says where offloaded ones are', () => {
    const given = workflow();
    const { nodes, ...status } = given.status;
    const compressedNodes = gzipSync(JSON.stringify(nodes)).toString('base64');
    expect(lineageOf({ ...given, status: { ...status, compressedNodes } })).toEqual(lineage);
    const offloaded = { ...given, status: { ...status, offloadNodeStatusVersion: 'fnv:1' } };
    expect(() => lineageOf(offloaded)).toThrow("in Argo's database");
    expect(lineageOf({ kind: 'Workflow' })).toEqual({ run: { name: '', parameters: {} }, tasks: [], artifacts: [] });
  });

  test('is a table for people', () => {
    const [title, , headings, ...rows] = lineageTable(lineage).trimEnd().split('\n');
    expect(title).toBe('observed-2: observed 1.2, Succeeded');
    expect(headings!.split(/ {2,}/)).toEqual([
      'ARTIFACT',
      'PRODUCED BY',
      'COMPONENT',
      'SOURCE',
      'FROM',
      'PARAMETERS',
      'USED BY',
    ]);
    const row = rows.map((each) => each.split(/ {2,}/)).find(([, producer]) => producer === 'best.model')!;
    expect(row.slice(1)).toEqual([
      'best.model',
      'train',
      expect.stringMatching(/^test\/fixtures\/python\/observed\.py:train@[0-9a-f]{12}$/),
      'make.data',
      'trees=3',
      '-',
    ]);
    expect(rows.some((each) => each.includes('make.data (reused)'))).toBe(true);
    expect(rows.length).toBe(lineage.artifacts.length);
  });

  test('of the command line is the same, and what is no Workflow is refused', async () => {
    const written: string[] = [];
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lineage-'));
    const file = (name: string, text: string) => {
      fs.writeFileSync(path.join(folder, name), text);
      return path.join(folder, name);
    };
    const run = (...args: string[]) => lineageCommand().exitOverride().parseAsync(args, { from: 'user' });
    try {
      await run(fixture);
      await run(file('list.json', JSON.stringify({ kind: 'List', items: [workflow()] })), '--output', 'json');
      expect(written[0]).toBe(lineageTable(lineage));
      expect(JSON.parse(written[1]!)).toEqual(lineage);
      await expect(run(file('pod.json', '{"kind":"Pod"}'))).rejects.toThrow(/^KFP1298 .*pod\.json holds no Workflow/);
      await expect(run(file('two.json', '{"items":[1,2]}'))).rejects.toThrow(/holds 2 objects/);
      await expect(run(file('bad.json', '{"a'))).rejects.toThrow(/KFP1298 .*cannot be read/);
      await expect(run(path.join(folder, 'none'))).rejects.toThrow(/KFP1298 .*cannot be read/);
      const offloaded = { kind: 'Workflow', status: { offloadNodeStatusVersion: '1' } };
      await expect(run(file('off.json', JSON.stringify(offloaded)))).rejects.toThrow(/^KFP1299 .*argo get/s);
    } finally {
      write.mockRestore();
      fs.rmSync(folder, { recursive: true });
    }
  });
});
