import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import {
  Approval,
  ContainerComponent,
  float,
  KfpPipeline,
  KfpPipelineVersion,
  Pipeline,
  type PipelineProps,
  PythonComponent,
  Run,
  runLocally,
  Task,
} from 'cdk8s-kfp';
import { parse, parseAllDocuments } from 'yaml';
import { contentVersion, irFileName, versionInFileName, versionOfFile } from '../src/kfp/version';
import { Imported } from './fixtures/kfp-cli/imported';
import { synth } from './synth';

const ROOT = path.join(__dirname, '..');
const MAIN = path.join(ROOT, 'src', 'cli', 'main.ts');
const FIXTURES = path.join('test', 'fixtures', 'kfp-cli');
/** Compiled by the KFP SDK 2.17.0: two tasks and a loop, a node selector, version 1.2.0 in its name. */
const SMALL = path.join(ROOT, FIXTURES, 'small-training-1.2.0.yaml');

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kfp-cli-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function cli(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', require.resolve('tsx'), MAIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

const inFolder = (file: string) => path.join(folder, file);
const write = (file: string, text: string) => fs.writeFileSync(inFolder(file), text);
const list = () => fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
// biome-ignore lint/suspicious/noExplicitAny: tests reach into objects of every kind
const documentsOf = (text: string): any[] => parseAllDocuments(text).map((document) => document.toJS());
const small = () => fs.readFileSync(SMALL, 'utf8');
const copySmall = (file = 'small-training-1.2.0.yaml') => write(file, small());

// ── A pipeline of ours ────────────────────────────────────────────────────────────────────────────────────────────────

const steps = (name: string) => PythonComponent.fromFile(path.join(FIXTURES, 'steps.py'), name);

/** Fits a model, and judges it. */
function training(scope: Chart, props: PipelineProps<{}> = {}, id = 'training'): Pipeline {
  const pipeline = new Pipeline(scope, id, {
    description: 'Fits a model',
    ...props,
    parameters: { rate: float(0.5) },
  });
  const fit = new Task(pipeline, 'fit', { component: steps('fit'), inputs: { rate: pipeline.parameters.rate } });
  new Task(pipeline, 'judge', { component: steps('judge'), inputs: { model: fit.outputs.model! } });
  return pipeline as unknown as Pipeline;
}

const chartOf = (app = Testing.app(), id = 'ml') => new Chart(app, id, { namespace: 'ml' });
// biome-ignore lint/suspicious/noExplicitAny: manifests of every kind
const only = (objects: any[], kind: string) => objects.filter((object) => object.kind === kind);

function problemsOf(app: App): string {
  try {
    app.synthYaml();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

// ── Versions ──────────────────────────────────────────────────────────────────────────────────────────────────────────

test.each([
  ['small-training-1.2.0.yaml', 'small-training', '1.2.0'],
  ['a/b/small-training-1.2.0.json', 'small-training', '1.2.0'],
  ['small-training-1.tar.gz', 'small-training', '1'],
  ['small-training.yaml', 'small-training', undefined],
  ['small-training-.yaml', 'small-training', undefined],
  ['pipeline.yaml', 'small-training', undefined],
])('the file %s of %s is version %s', (file, name, version) => {
  expect(versionInFileName(file, name)).toBe(version);
});

test('a file is named so that its version is found in it', () => {
  for (const version of ['1.2.0', '2', '1.0.0-rc.1']) {
    expect(versionInFileName(irFileName('a-b', version), 'a-b')).toBe(version);
  }
  expect(irFileName('a-b')).toBe('a-b.yaml');
});

test('the version by content follows what a document says, not the order in which it says it', () => {
  const spec = { pipelineInfo: { name: 'a' }, root: {}, schemaVersion: '2.1.0' };
  const { schemaVersion, ...rest } = spec;
  const hash = contentVersion({ spec });
  expect(hash).toMatch(/^[0-9a-f]{8}$/);
  expect(contentVersion({ spec: { schemaVersion, ...rest } })).toBe(hash);
  expect(contentVersion({ spec: { ...spec, sdkVersion: 'kfp-2.17.0' } })).not.toBe(hash);
  expect(versionOfFile('pipelines/a-1.2.yaml', { spec })).toBe('1.2');
  expect(versionOfFile('pipelines/b-1.2.yaml', { spec })).toBe(hash);
});

// ── convert ───────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('convert', () => {
  test('writes a WorkflowTemplate and the sources to stdout', () => {
    copySmall();
    const { status, stdout, stderr } = cli(['convert', 'small-training-1.2.0.yaml']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const objects = documentsOf(stdout);
    expect(objects.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'ConfigMap', 'WorkflowTemplate']);
    const [template] = only(objects, 'WorkflowTemplate');
    expect(template.metadata).toMatchObject({ name: 'small-training' });
    expect(template.metadata.namespace).toBeUndefined();
    expect(template.spec.arguments.parameters.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['url', 'rate', 'words']),
    );
    const train = template.spec.templates.find(({ name }: { name: string }) => name === 'train');
    expect(train.nodeSelector).toEqual({ pool: 'gpu' });
    expect(list()).toEqual(['small-training-1.2.0.yaml']);
  });

  test('takes a name, a version, a namespace and an account, and KFP’s own executor', () => {
    copySmall('p.yaml');
    const { status, stdout } = cli(
      'convert p.yaml -o out/p.k8s.yaml --name other --version 2.0.0 --namespace ml --service-account runner --executor kfp --crds minimal'.split(
        ' ',
      ),
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(list()).toEqual(['out', 'out/p.k8s.yaml', 'p.yaml']);
    const text = fs.readFileSync(inFolder('out/p.k8s.yaml'), 'utf8');
    const objects = documentsOf(text);
    expect(objects.every(({ metadata }) => metadata.namespace === 'ml')).toBe(true);
    const [template] = only(objects, 'WorkflowTemplate');
    expect(template.metadata.name).toBe('other');
    expect(JSON.stringify(template.metadata.labels)).toContain('2.0.0');
    expect(template.spec.serviceAccountName).toBe('runner');
    expect(text).toContain('kfp.dsl.executor_main');
  });

  test('writes nothing where anything is wrong in any of the files', () => {
    copySmall('good.yaml');
    write('cut.yaml', small().slice(0, 700));
    write('argo.yaml', 'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: a}\nspec: {}\n');
    write('out.yaml', 'before');
    const { status, stdout, stderr } = cli([
      'convert',
      'good.yaml',
      'cut.yaml',
      'argo.yaml',
      'missing.yaml',
      '-o',
      'out.yaml',
    ]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    for (const file of ['cut.yaml', 'argo.yaml', 'missing.yaml']) expect(stderr).toContain(file);
    expect(stderr.match(/^KFP15\d\d /gm)?.length).toBeGreaterThanOrEqual(3);
    expect(stderr).not.toMatch(/^\s+at .*\(/m);
    expect(fs.readFileSync(inFolder('out.yaml'), 'utf8')).toBe('before');
    expect(list()).toEqual(['argo.yaml', 'cut.yaml', 'good.yaml', 'out.yaml']);
  });

  test('says what is wrong with a pipeline in the pipeline, as text that steers no terminal', () => {
    const task = (component: string) => ({
      componentRef: { name: `comp-${component}` },
      taskInfo: { name: component },
    });
    const document = {
      pipelineInfo: { name: 'outer' },
      root: { dag: { tasks: { inner: task('inner') } } },
      components: { 'comp-inner': { dag: { tasks: { say: task('say') } } }, 'comp-say': { executorLabel: 'exec-say' } },
      deploymentSpec: { executors: { 'exec-say': { container: { image: 'say:1', command: ['say'] } } } },
      schemaVersion: '2.1.0',
    };
    const labels = { team: '\u001b[2J\u202e' };
    const platform = {
      platforms: { kubernetes: { deploymentSpec: { executors: { 'exec-say': { podMetadata: { labels } } } } } },
    };
    write('outer.yaml', `${JSON.stringify(document)}\n---\n${JSON.stringify(platform)}\n`);
    for (const command of ['convert', 'run']) {
      const { status, stdout, stderr } = cli([command, 'outer.yaml']);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toContain("/inner/say] '\\u001b[2J\\u202e', of 'team', is no value for labels");
      expect(stderr).not.toMatch(/[^\P{C}\n]|^\s+at .*\(/mu);
    }
  });

  test('says what it cannot do', () => {
    copySmall('a.yaml');
    copySmall('b.yaml');
    expect(cli(['convert', 'a.yaml', 'b.yaml'])).toMatchObject({
      status: 1,
      stdout: '',
      stderr:
        "KFP1615 a.yaml and b.yaml hold a pipeline 'small-training' each\n    mend: convert them one by one, one of them with another --name\n",
    });
    expect(cli(['convert', 'a.yaml', 'b.yaml', '--name', 'c'])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'KFP1617 --name and --version are for one file\n    mend: convert the files one by one\n',
    });
    fs.mkdirSync(inFolder('dir'));
    expect(cli(['convert', 'a.yaml', '-o', 'dir'])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^KFP1616 dir cannot be written, so nothing was: EISDIR.*\n {4}mend: name another place/,
      ),
    });
    expect(list()).toEqual(['a.yaml', 'b.yaml', 'dir']);
    expect(cli(['convert', 'a.yaml', '--crds', 'none']).status).toBe(2);
  });
});

// ── run ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('run of a compiled pipeline', () => {
  test('prints one object: status, outputs, and tasks by their keys', () => {
    copySmall();
    const { status, stdout } = cli([
      'run',
      'small-training-1.2.0.yaml',
      '-p',
      'url=data',
      '-p',
      'words=["x","y"]',
      '--output',
      'json',
    ]);
    expect(status).toBe(0);
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual(['status', 'outputs', 'tasks']);
    expect(result).toMatchObject({
      status: 'Succeeded',
      outputs: { Output: 0.5 },
      tasks: {
        load: { status: 'Succeeded', outputs: { Output: 3, rows: { type: 'system.Dataset', metadata: { count: 3 } } } },
        train: {
          outputs: { Output: 0.5, metrics: { type: 'system.Metrics', metadata: { accuracy: 0.5 } } },
        },
        'for-loop-1-shout[0]': { status: 'Succeeded', outputs: { Output: 'X' } },
        'for-loop-1-shout[1]': { outputs: { Output: 'Y' } },
      },
    });
    expect(Object.keys(result.tasks)).toEqual(['for-loop-1-shout[0]', 'for-loop-1-shout[1]', 'load', 'train']);
    // A task by its own name, without those of the groups around it.
    expect(cli(['run', 'small-training-1.2.0.yaml', '--from', 'shout', '--output', 'json', '--quiet'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('"for-loop-1-shout[1]"'),
    });
    expect(cli(['run', 'small-training-1.2.0.yaml', '--from', 'shuot']).stderr).toContain("did you mean 'shout'?");
    const { rows } = result.tasks.load.outputs;
    expect(Object.keys(rows).sort()).toEqual(['metadata', 'type', 'uri']);
    expect(fs.existsSync(inFolder('.cdk8s-kfp'))).toBe(true);
  });

  test('a run that fails is printed as well', () => {
    write('p.yaml', small().replace('return 3\\n', 'raise ValueError(url)\\n'));
    expect(small()).toContain('return 3\\n');
    const { status, stdout } = cli(['run', 'p.yaml', '--output', 'json', '--quiet']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'Failed',
      tasks: {
        load: { status: 'Failed', error: 'ValueError: http://x', outputs: {} },
        train: { status: 'Omitted' },
      },
    });
    expect(JSON.parse(stdout).tasks.train).not.toHaveProperty('error');
  });

  test('what is no app, and where there is nothing, is said with what to do', () => {
    copySmall('p.yaml');
    for (const command of ['export', 'doctor', 'synth']) {
      expect(cli([command, 'p.yaml'])).toEqual({
        status: 1,
        stdout: '',
        stderr:
          "KFP1432 'p.yaml' is a compiled KFP pipeline, and no app\n    mend: run it (cdk8s-kfp run p.yaml), turn it into Argo manifests (cdk8s-kfp convert p.yaml), upload it (cdk8s-kfp kfp upload p.yaml), or take it into an app by Pipeline.fromIr\n",
      });
    }
    write('object.yaml', 'kind: ConfigMap\n');
    expect(cli(['export', 'object.yaml']).stderr).toMatch(
      /^KFP1432 'object\.yaml' is no app\n {4}mend: name the app's/,
    );
    expect(cli(['run', 'nope.yaml']).stderr).toBe(
      "KFP1430 there is no file 'nope.yaml'\n    mend: name a compiled KFP pipeline, the app's entry file, or the folder of its cdk8s.yaml\n",
    );
    expect(cli(['doctor', 'nope.yaml']).stderr).toMatch(/^KFP1430 there is no app 'nope\.yaml'/);
    write('churn.py', '');
    expect(cli(['run', 'churn.py']).stderr).toBe(
      "KFP1432 'churn.py' is Python, and no app\n    mend: compile its pipeline (kfp dsl compile --py churn.py --output churn.yaml) and run or convert that; or write bindings of its components (cdk8s-kfp import churn.py)\n",
    );
  }, 60_000);

  test('a document is no app, whatever else it says', () => {
    write('small.yaml', small().replace(/^(?=---$)/m, 'app: touch ran\n'));
    const { status } = cli(['run', 'small.yaml', '-p', 'nothing=1']);
    expect(small()).toMatch(/^---$/m);
    expect({ status, files: list() }).toEqual({ status: 1, files: ['small.yaml'] });
  });

  test('what is wrong beforehand is said on stderr alone', () => {
    copySmall('p.yaml');
    expect(cli(['run', 'p.yaml', '-p', 'rate=fast', '--output', 'json'])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('KFP1402'),
    });
    expect(cli(['run', 'p.yaml', 'other'])).toMatchObject({
      status: 1,
      stdout: '',
      stderr:
        "KFP1618 p.yaml is one compiled pipeline, and 'other' is not an argument for it\n    mend: run it by its file alone: cdk8s-kfp run p.yaml\n",
    });
    write('broken.json', '{"pipelineInfo": ');
    expect(cli(['run', 'broken.json', '--output', 'json'])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^KFP15\d\d /),
    });
    expect(cli(['run', 'p.yaml', '--output', 'json', '--json']).status).toBe(2);
  });
});

// ── export and synth ──────────────────────────────────────────────────────────────────────────────────────────────────

describe('export', () => {
  const APP = path.join(ROOT, 'test', 'fixtures', 'local', 'app.js');

  function exported(pipelines: readonly Pipeline[], ...args: string[]) {
    fs.mkdirSync(inFolder('graphs'));
    for (const { graph } of pipelines) write(`graphs/${graph.path.replaceAll('/', '.')}.json`, JSON.stringify(graph));
    return cli(['export', APP, ...args], { APP_GRAPHS: inFolder('graphs') });
  }

  test('prints the document of a pipeline', () => {
    const pipeline = training(chartOf());
    const { status, stdout } = exported([pipeline]);
    expect(status).toBe(0);
    expect(stdout).toBe(pipeline.toIr());
    expect(documentsOf(stdout)[0].pipelineInfo.name).toBe('training');
  });

  test('writes one into a file, or all into a folder, each with its version', () => {
    const chart = chartOf();
    const pipelines = [training(chart, { version: '1.0.0' }), training(chart, {}, 'other')];
    expect(exported(pipelines, '-o', 'documents')).toMatchObject({
      status: 0,
      stdout: 'documents/other.yaml\ndocuments/training-1.0.0.yaml\n',
    });
    expect(fs.readFileSync(inFolder('documents/training-1.0.0.yaml'), 'utf8')).toBe(pipelines[0]!.toIr());
    fs.rmSync(inFolder('graphs'), { recursive: true });
    expect(exported(pipelines, 'other', '-o', 'x.yaml')).toMatchObject({ status: 0, stdout: 'x.yaml\n' });
    expect(fs.readFileSync(inFolder('x.yaml'), 'utf8')).toBe(pipelines[1]!.toIr());
  });

  test('writes nothing where two documents would be one file', () => {
    const pipelines = [training(chartOf()), training(chartOf(Testing.app(), 'staging'))];
    expect(exported(pipelines, '-o', 'documents')).toMatchObject({
      status: 1,
      stdout: '',
      stderr:
        "KFP1614 [staging/training] its document training.yaml would have the same name as that of 'ml/training'\n    mend: give one of them another `name` or `version`\n",
    });
    expect(fs.existsSync(inFolder('documents'))).toBe(false);
  });

  test('asks which one is meant where there is no folder', () => {
    const chart = chartOf();
    const { status, stdout, stderr } = exported([training(chart), training(chart, {}, 'other')]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(
      `KFP1436 the app has several pipelines: other, training\n    mend: name one of them, such as 'cdk8s-kfp export ${APP} other', or write them all into a folder: 'cdk8s-kfp export ${APP} -o DIR'\n`,
    );
    fs.rmSync(inFolder('graphs'), { recursive: true });
    const pipelines = [training(chart, {}, 'third'), training(chart, {}, 'fourth')];
    expect(exported(pipelines, 'thirt').stderr).toBe(
      "KFP1437 the app has no pipeline 'thirt'\n    mend: did you mean 'third'? it has fourth, third\n",
    );
    expect(cli(['doctor', APP, 'none'], { APP_GRAPHS: inFolder('graphs') }).stderr).toBe(
      "KFP1437 the app has no pipeline 'none'\n    mend: it has fourth, third\n",
    );
    expect(cli(['run', APP], { APP_GRAPHS: inFolder('graphs') }).stderr).toContain(`'cdk8s-kfp run ${APP} fourth'`);
  });
});

describe('synth with the target kfp', () => {
  test('writes the document beside the manifests, with its version, the same each time', () => {
    const written = () => {
      fs.rmSync(inFolder('dist'), { recursive: true, force: true });
      const app = new App({ outdir: inFolder('dist') });
      const pipeline = training(chartOf(app), { version: '1.0.0', targets: ['argo', 'kfp'] });
      app.synth();
      return { pipeline, text: fs.readFileSync(inFolder('dist/kfp/training-1.0.0.yaml'), 'utf8') };
    };
    const { pipeline, text } = written();
    expect(list()).toEqual(['dist', 'dist/kfp', 'dist/kfp/training-1.0.0.yaml', 'dist/ml.k8s.yaml']);
    expect(text).toBe(pipeline.toIr());
    expect(written().text).toBe(text);
  });

  test('writes nothing in a test of a chart, nor where anything in the app is wrong', () => {
    const app = new App({ outdir: inFolder('dist') });
    const chart = chartOf(app);
    training(chart, { targets: ['kfp'] });
    synth(chart);
    expect(list()).toEqual([]);
    new Pipeline(chart, 'empty');
    expect(() => app.synth()).toThrow('KFP1200');
    expect(fs.existsSync(inFolder('dist/kfp'))).toBe(false);
  });

  test('without the target argo there is no template, nor sources, nor a run; here it runs', async () => {
    const chart = chartOf();
    const pipeline = training(chart, { targets: ['kfp'] });
    expect(synth(chart)).toEqual([]);
    expect((await runLocally(pipeline, { store: inFolder('store') })).state).toBe('Succeeded');

    const app = Testing.app();
    const other = chartOf(app);
    new Run(other, 'run', { pipeline: training(other, { targets: ['kfp'] }) });
    expect(problemsOf(app)).toMatch(
      /KFP1613 'ml\/training' has no WorkflowTemplate that could be run\n {4}at test\/kfp-cli\.test\.ts:\d+\n {4}mend: add 'argo' to its `targets`/,
    );
  });

  test('what a document cannot say is reported at synth', () => {
    const app = Testing.app();
    const chart = chartOf(app);
    const pipeline = new Pipeline(chart, 'waits', { targets: ['kfp'] });
    const approval = new Approval(pipeline, 'approve');
    new Task(pipeline, 'after', {
      component: new ContainerComponent({ name: 'after', image: 'busybox:1.36', command: ['true'] }),
    }).after(approval);
    expect(problemsOf(app)).toMatch(/KFP15\d\d/);
  });

  test('two documents of one name are refused', () => {
    const app = Testing.app();
    training(chartOf(app), { targets: ['kfp'] });
    training(chartOf(app, 'staging'), { targets: ['kfp'] });
    expect(problemsOf(app)).toMatch(
      /\[staging\/training] KFP1614 its document kfp\/training\.yaml would have the same name as that of 'ml\/training'\n {4}at test\/kfp-cli\.test\.ts:\d+\n {4}mend: give one of them another `name` or `version`/,
    );
  });
});

// ── Kubernetes-native mode ────────────────────────────────────────────────────────────────────────────────────────────

describe('KfpPipeline', () => {
  test('is a Pipeline and a PipelineVersion, as the KFP SDK prints them', () => {
    const chart = chartOf();
    const pipeline = training(chart, { version: '1.2.0', displayName: 'Training', targets: [] });
    const kfp = new KfpPipeline(chart, 'kfp', { pipeline, codeSourceUrl: 'https://example.com/commit' });
    const objects = synth(chart);
    expect(objects).toHaveLength(2);
    const [spec, platform] = documentsOf(pipeline.toIr());
    expect(platform).toBeUndefined();
    expect(objects).toEqual([
      {
        apiVersion: 'pipelines.kubeflow.org/v2beta1',
        kind: 'Pipeline',
        metadata: { name: 'training', namespace: 'ml' },
        spec: { displayName: 'Training', description: 'Fits a model' },
      },
      {
        apiVersion: 'pipelines.kubeflow.org/v2beta1',
        kind: 'PipelineVersion',
        metadata: {
          name: 'training-1.2.0',
          namespace: 'ml',
          annotations: {
            'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
            'argocd.argoproj.io/sync-options': 'Prune=false',
          },
        },
        spec: {
          displayName: '1.2.0',
          description: 'Fits a model',
          pipelineName: 'training',
          codeSourceURL: 'https://example.com/commit',
          pipelineSpec: spec,
        },
      },
    ]);
    expect(kfp.version.name).toBe('training-1.2.0');
  });

  test('without a version every change makes another object', () => {
    const nameOf = (props: PipelineProps<{}>) => {
      const chart = chartOf();
      new KfpPipeline(chart, 'kfp', { pipeline: training(chart, props) });
      const [version] = only(synth(chart), 'PipelineVersion');
      expect(version.metadata.name).toBe(`training-${version.spec.displayName}`);
      return version.metadata.name;
    };
    expect(nameOf({})).toMatch(/^training-[0-9a-f]{8}$/);
    expect(nameOf({})).toBe(nameOf({}));
    expect(nameOf({ tasks: { resources: { cpu: 2 } } })).not.toBe(nameOf({}));
  });

  test('earlier versions stay, from their documents, with what no field here stands for', () => {
    copySmall();
    write('training-1.0.0.yaml', small().replace('schemaVersion: 2.1.0', 'newField: kept\nschemaVersion: 2.1.0'));
    const chart = chartOf();
    write('small-training-0.9.0.yaml', small());
    const earlier = ['small-training-1.2.0.yaml', 'small-training-0.9.0.yaml'].map((file) =>
      path.relative('', inFolder(file)),
    );
    new KfpPipeline(chart, 'kfp', { pipeline: training(chart, { version: '2.0.0' }), earlier });
    new KfpPipelineVersion(chart, 'alone', {
      pipelineName: 'elsewhere',
      file: inFolder('training-1.0.0.yaml'),
      name: 'kept',
      description: 'mine',
    });
    const objects = synth(chart).filter(({ kind }) => /^Pipeline/.test(kind));
    // In the order given, the current one last: KFP takes the one created last for the latest.
    expect(objects.map(({ kind, metadata: { name } }) => [kind, name])).toEqual([
      ['Pipeline', 'training'],
      ['PipelineVersion', 'training-1.2.0'],
      ['PipelineVersion', 'training-0.9.0'],
      ['PipelineVersion', 'training-2.0.0'],
      ['PipelineVersion', 'kept'],
    ]);
    const [spec, platform] = documentsOf(small());
    expect(objects[1].spec).toEqual({
      displayName: '1.2.0',
      description: 'Load, then train',
      pipelineName: 'training',
      pipelineSpec: spec,
      platformSpec: platform,
    });
    expect(objects[4].spec).toMatchObject({
      displayName: expect.stringMatching(/^[0-9a-f]{8}$/),
      description: 'mine',
      pipelineName: 'elsewhere',
      pipelineSpec: { newField: 'kept' },
    });
  });

  test('what is wrong is reported at once', () => {
    write('cut.yaml', small().slice(0, 700));
    const app = Testing.app();
    const chart = chartOf(app);
    const [first, second] = [training(chart, { version: '1_0' }), training(chart, {}, 'second')];
    new KfpPipeline(chart, 'one', { pipeline: first });
    new KfpPipeline(chart, 'two', { pipeline: second, name: 'Two', version: '1' });
    new KfpPipelineVersion(chart, 'three', { pipelineName: 'three', file: inFolder('cut.yaml') });
    const problems = problemsOf(app);
    expect(problems).toMatch(
      /\[ml\/one\/version] KFP1610 the PipelineVersion's name 'training-1_0' is not a DNS subdomain of at most 253 characters\n {4}at test\/kfp-cli\.test\.ts:\d+\n {4}mend: use lower-case letters, digits, hyphens and dots in the version, or give the object a `name`/,
    );
    expect(problems).toMatch(
      /\[ml\/two] KFP1610 the Pipeline's name 'Two' is not a DNS subdomain of at most 253 characters\n {4}at test\/kfp-cli\.test\.ts:\d+\n {4}mend: use lower-case letters, digits, hyphens and dots/,
    );
    expect(problems).toMatch(/\[ml\/three] KFP15\d\d .*\n? {4}at .*cut\.yaml:\d+/);
  });

  test('two versions of one name are refused', () => {
    copySmall();
    const app = Testing.app();
    const chart = chartOf(app);
    const file = inFolder('small-training-1.2.0.yaml');
    new KfpPipeline(chart, 'kfp', { pipeline: training(chart, { version: '1.2.0' }), earlier: [file] });
    expect(problemsOf(app)).toContain("KFP1301 the PipelineVersion 'training-1.2.0' has the same name as the one of");
  });

  test('a version that a cluster cannot hold is refused', () => {
    const app = Testing.app();
    const chart = chartOf(app);
    const pipeline = new Pipeline(chart, 'large', { targets: [] });
    for (let index = 0; index < 17; index++) {
      const component = new ContainerComponent({
        name: `c${index}`,
        image: 'busybox:1.36',
        command: ['echo', `${index}${'x'.repeat(100_000)}`],
      });
      new Task(pipeline, `t${index}`, { component });
    }
    new KfpPipeline(chart, 'kfp', { pipeline });
    expect(problemsOf(app)).toMatch(
      /\[ml\/kfp\/version] KFP1611 the PipelineVersion would have 16\d\d kB; a cluster takes objects of at most 1536 kB\n {4}at .*\n {4}mend: upload the document instead, which goes to a database: cdk8s-kfp kfp upload FILE/,
    );
  });

  test('a pipeline that is wrong is reported once, and not as a wrong version', () => {
    const app = Testing.app();
    const chart = chartOf(app);
    new KfpPipeline(chart, 'kfp', { pipeline: new Pipeline(chart, 'empty') });
    const problems = problemsOf(app);
    expect(problems.match(/KFP1\d{3}/g)).toEqual(['KFP1200']);
  });

  test('it cannot be asked for when it is too late', () => {
    const chart = chartOf();
    const pipeline = training(chart);
    expect(pipeline.graph.name).toBe('training');
    expect(() => new KfpPipeline(chart, 'kfp', { pipeline })).toThrow(
      "its KFP document was asked for after the pipeline 'ml/training' was synthesised",
    );
  });
});

// ── The guide ─────────────────────────────────────────────────────────────────────────────────────────────────────────

test('the app of docs/kfp.md is one that works', () => {
  const guide = fs.readFileSync(path.join(ROOT, 'docs', 'kfp.md'), 'utf8');
  const [, block] = /```ts\n(const training = Pipeline\.fromIr[\s\S]*?)```/.exec(guide)!;
  const source = fs.readFileSync(path.join(ROOT, FIXTURES, 'imported.ts'), 'utf8').replaceAll(/^ {4}/gm, '');
  expect(source).toContain(block);

  fs.mkdirSync(inFolder('pipelines'));
  copySmall('pipelines/training.yaml');
  const before = process.cwd();
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    process.chdir(folder);
    const objects = synth(new Imported(Testing.app(), 'imported'));
    const [template] = only(objects, 'WorkflowTemplate');
    const named = (name: string) => template.spec.templates.find((each: { name: string }) => each.name === name);
    expect(named('train')).toMatchObject({
      container: { resources: { limits: { 'nvidia.com/gpu': '1' } } },
      nodeSelector: { pool: 'gpu' },
      retryStrategy: { limit: '2' },
    });
    expect(named('for-loop-1-shout').activeDeadlineSeconds).toBe(600);
    expect(only(objects, 'CronWorkflow')).toHaveLength(1);
    // Accelerators without a toleration; nothing is said of the document.
    expect(warn.mock.calls.join('\n').match(/KFP1\d{3}/g)).toEqual(['KFP1246']);
  } finally {
    process.chdir(before);
    warn.mockRestore();
  }
});

// ── CI ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('the workflow for CI', () => {
  const FILE = path.join(ROOT, 'examples', 'ci', 'github-actions.yml');
  const text = fs.readFileSync(FILE, 'utf8');
  const lint = (file: string): string[] => {
    const script = path.join(ROOT, 'test', 'fixtures', 'workflow-errors.mjs');
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', require.resolve('tsx'), script, file], {
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout);
  };

  test('is what GitHub’s own parser takes', () => {
    expect(lint(FILE)).toEqual([]);
    const wrong = [
      ['github.event_name !=', 'githb.event_name !=', "Unrecognized named-value: 'githb'"],
      ['  check:\n', '  check:\n    shel: x\n', "Unexpected value 'shel'"],
      ['needs: check', 'needs: chek', "Job 'release' depends on unknown job 'chek'."],
    ] as const;
    for (const [right, other, message] of wrong) {
      write('bad.yml', text.replace(right, other));
      expect(lint(inFolder('bad.yml'))).toEqual([expect.stringContaining(message)]);
    }
  });

  test('grants what is needed, and gives secrets to no step that does not need them', () => {
    const workflow = parse(text);
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(workflow.jobs.check.if).toBeUndefined();
    expect(JSON.stringify(workflow.jobs.check)).not.toContain('secrets.');
    expect(JSON.stringify(workflow.jobs.release.env)).not.toContain('secrets.');
    for (const step of Object.values<{ steps: { uses?: string; run?: string; with?: object }[] }>(
      workflow.jobs,
    ).flatMap(({ steps }) => steps)) {
      if (step.uses) expect(step.uses).toMatch(/^actions\/[a-z-]+@v\d+$/);
      if (step.uses?.startsWith('actions/checkout')) expect(step.with).toEqual({ 'persist-credentials': false });
      // What others name (branches, titles) reaches a shell as a variable, or not at all.
      expect(step.run ?? '').not.toContain('${{');
    }
    expect(workflow.on.pull_request.paths).toEqual(workflow.on.push.paths);
    expect(workflow.on.push.paths).toEqual(expect.arrayContaining(['main.ts', 'pipelines/**', 'released/**']));
  });

  test('checks the bindings of Python files and of YAML, whatever of these there is', () => {
    const [step] = parse(text).jobs.check.steps.filter(({ name }: { name?: string }) => /^Bindings/.test(name ?? ''));
    fs.mkdirSync(inFolder('components'));
    fs.mkdirSync(inFolder('bin'));
    write('bin/npx', '#!/bin/sh\necho "$@"\n');
    fs.chmodSync(inFolder('bin/npx'), 0o755);
    const checked = () =>
      spawnSync('bash', ['-e', '-c', step.run], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, PATH: `${inFolder('bin')}:${process.env.PATH}` },
      }).stdout.trim();
    write('components/a.py', '');
    expect(checked()).toBe('cdk8s-kfp import --check components/a.py');
    write('components/b.yaml', '');
    expect(checked()).toBe('cdk8s-kfp import --check components/a.py components/b.yaml');
  });

  test('is the one in docs/ci-cd.md', () => {
    expect(fs.readFileSync(path.join(ROOT, 'docs', 'ci-cd.md'), 'utf8')).toContain(`\`\`\`yaml\n${text}\`\`\`\n`);
  });

  test('dist/ with a change is refused, also where a file is new', () => {
    const git = (...args: string[]) => spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
    git('init', '-q');
    fs.mkdirSync(inFolder('dist'));
    write('dist/a.yaml', 'a\n');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'a');
    const [step] = parse(text).jobs.check.steps.filter(({ name }: { name?: string }) => /^dist/.test(name ?? ''));
    const check = () => spawnSync('bash', ['-e', '-c', step.run], { cwd: folder, encoding: 'utf8' }).status;
    expect(check()).toBe(0);
    write('dist/b.yaml', 'b\n');
    expect(check()).toBe(1);
    fs.rmSync(inFolder('dist/b.yaml'));
    fs.rmSync(inFolder('dist/a.yaml'));
    expect(check()).toBe(1);
  });
});

test('every command that the documents name exists, with its options', () => {
  const documents = ['docs/ci-cd.md', 'docs/kfp.md'].map((file) => fs.readFileSync(path.join(ROOT, file), 'utf8'));
  const named = documents
    .join('\n')
    .replaceAll(/\n {2,}(?=--?[a-z])/g, ' ')
    .matchAll(/cdk8s-kfp ((?:kfp )?[a-z]+)([^\n`#|;]*)/g);
  const options = new Map<string, Set<string>>();
  for (const [, command, rest] of named) {
    const known = options.get(command!) ?? new Set();
    options.set(command!, known);
    for (const [option] of rest!.matchAll(/(?<= )--?[a-z][a-z-]*/g)) known.add(option);
  }
  expect([...options.keys()]).toEqual(expect.arrayContaining(['convert', 'run', 'export', 'kfp upload', 'kfp run']));
  for (const [command, used] of options) {
    const { status, stdout } = cli([...command.split(' '), '--help']);
    expect([command, status]).toEqual([command, 0]);
    expect(stdout).toContain(`Usage: cdk8s-kfp ${command}`);
    for (const option of used)
      expect([command, stdout.match(/(?<= )--?[a-z][a-z-]*/g)]).toEqual([command, expect.arrayContaining([option])]);
  }
}, 120_000);
