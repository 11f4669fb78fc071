import * as fs from 'node:fs';
import * as http from 'node:http';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Chart } from 'cdk8s';
import {
  ContainerComponent,
  Dataset,
  If,
  Importer,
  listOf,
  Model,
  oneOf,
  optional,
  ParallelFor,
  Pipeline,
  type PipelineProps,
  PythonComponent,
  Runner,
  renderDiagnostic,
  runLocally,
  SubPipeline,
  str,
  Task,
  text,
  Volume,
} from 'cdk8s-kfp';
import { pipelineManifest } from '../src/argo/pipeline-manifest';
import type { Template } from '../src/argo/types';
import { synth } from './synth';

const SECRET = { secret: 'lake', key: 'access' };
const KEYS = { accessKey: SECRET, secretKey: { secret: { name: 'lake' }, key: 'secret' } };

const make = new ContainerComponent({
  name: 'make',
  image: 'busybox:1',
  inputs: { text: str('rows') },
  outputs: { data: Dataset, size: str() },
  command: ({ inputs, outputs }) => ['sh', '-c', 'true', inputs.text, outputs.data.path, outputs.size.path],
});
const use = new ContainerComponent({
  name: 'use',
  image: 'busybox:1',
  inputs: { data: Dataset },
  command: ({ inputs }) => ['cat', inputs.data.path],
});
const useMany = new ContainerComponent({
  name: 'use-many',
  image: 'busybox:1',
  inputs: { data: listOf(Dataset) },
  command: ({ inputs }) => ['ls', inputs.data.path],
});

let folder: string;
let python: ReturnType<typeof components>;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'artifacts-'));
  python = components();
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Components whose types a binding would give. */
function components() {
  const file = path.join(folder, 'parts.py');
  fs.writeFileSync(
    file,
    `from kfp import dsl
from kfp.dsl import Dataset, Input, Model, Output

@dsl.component(base_image="python:3.11-slim")
def train(rows: Input[Dataset], model: Output[Model], note: str = "") -> str:
    with open(model.path, "w") as out:
        with open(rows.path) as data:
            out.write(data.read().upper())
    return model.uri

@dsl.component(base_image="python:3.11-slim")
def look(thing: Input[Dataset]) -> str:
    try:
        with open(thing.path) as data:
            seen = data.read()
    except RuntimeError as error:
        seen = str(error)
    return "%s %s %s" % (thing.uri.rpartition("/")[2], seen, thing.metadata.get("rows"))
`,
  );
  return {
    train: PythonComponent.fromFile(file, 'train', {
      inputs: { rows: Dataset, note: str('') },
      outputs: { model: Model, Output: str() },
    }),
    look: PythonComponent.fromFile(file, 'look', { inputs: { thing: Dataset }, outputs: { Output: str() } }),
  };
}

function pipelineIn(props: PipelineProps<{}> = {}, build: (pipeline: Pipeline) => void = () => undefined) {
  const chart = new Chart(new App(), 'ml');
  const pipeline = new Pipeline(chart, 'flow', props);
  build(pipeline);
  return pipeline;
}

/** The templates of a pipeline, by name. */
function templatesOf(pipeline: Pipeline): Record<string, Template> {
  synth(Chart.of(pipeline) as Chart);
  return Object.fromEntries(pipelineManifest(pipeline.graph).spec.templates.map((each) => [each.name, each]));
}

function problems(build: (pipeline: Pipeline) => void, props: PipelineProps<{}> = {}): string[] {
  return pipelineIn(props, build).diagnostics.map((each) => renderDiagnostic(each));
}

/** The artifacts of a template, less what they have in common. */
function artifactsOf({ inputs, outputs }: Template) {
  return [...(inputs?.artifacts ?? []), ...(outputs?.artifacts ?? [])].map(({ path: _, archive: __, ...rest }) => rest);
}

describe('places of outputs', () => {
  test('a URI in another store, and whoever reads it fetches it from there', () => {
    const flow = pipelineIn({}, (pipeline) => {
      const made = new Task(pipeline, 'made', {
        component: make,
        artifacts: {
          data: {
            uri: text`s3://lake/${pipeline.run.name}/`,
            endpoint: 'minio:9000',
            insecure: true,
            credentials: KEYS,
          },
        },
      });
      new Task(pipeline, 'reader', { component: use, inputs: { data: made.outputs.data } });
      new Task(pipeline, 'plain', { component: make });
    });
    const { made, reader, make: shared, use: none } = templatesOf(flow);
    expect(none).toBeUndefined();
    expect(artifactsOf(shared!)).toEqual([
      { name: 'data', s3: { key: '{{workflow.namespace}}/{{workflow.name}}/make/data/{{pod.name}}' } },
    ]);
    const store = {
      endpoint: 'minio:9000',
      bucket: 'lake',
      insecure: true,
      accessKeySecret: { name: 'lake', key: 'access' },
      secretKeySecret: { name: 'lake', key: 'secret' },
    };
    expect(artifactsOf(reader!)).toEqual([
      { name: 'data', s3: { ...store, key: expect.stringContaining("fromJSON(inputs.parameters['data']).key") } },
    ]);
    const [output] = artifactsOf(made!) as unknown as [{ s3: { key: string } }];
    expect(output.s3).toEqual({
      ...store,
      key: expect.stringMatching(/^\{\{=.*'s3:\/\/lake\/'.*\}\}\{\{pod\.name\}\}$/),
    });
  });

  test('Google, Azure, and the identity of the pod', () => {
    const flow = pipelineIn({}, (pipeline) => {
      const place = (id: string, uri: string, credentials?: object) =>
        new Task(pipeline, id, {
          component: make,
          artifacts: { data: { uri, ...(credentials && { credentials }) } as never },
        });
      place('google', 'gs://lake/a/b/', { serviceAccountKey: SECRET });
      place('azure', 'https://acc.blob.core.windows.net/box/a/b/', { accountKey: SECRET });
      place('aws', 's3://lake/a b/');
    });
    const { google, azure, aws } = templatesOf(flow);
    const secret = { name: 'lake', key: 'access' };
    expect(artifactsOf(google!)[0]).toMatchObject({
      gcs: { bucket: 'lake', key: 'a/b/{{pod.name}}', serviceAccountKeySecret: secret },
    });
    const account = 'https://acc.blob.core.windows.net';
    expect(artifactsOf(azure!)[0]).toMatchObject({
      azure: { endpoint: account, container: 'box', blob: 'a/b/{{pod.name}}', accountKeySecret: secret },
    });
    expect(artifactsOf(aws!)[0]).toEqual({
      name: 'data',
      s3: { endpoint: 's3.amazonaws.com', bucket: 'lake', useSDKCreds: true, key: 'a b/{{pod.name}}' },
    });
  });

  test('a bucket that the run names is read from the reference', () => {
    const chart = new Chart(new App(), 'ml');
    const flow = new Pipeline(chart, 'flow', { parameters: { bucket: str('b') } });
    const made = new Task(flow, 'made', {
      component: make,
      artifacts: { data: { uri: text`s3://${flow.parameters.bucket}/out/` } },
    });
    new Task(flow, 'reader', { component: use, inputs: { data: made.outputs.data } });
    const { reader } = templatesOf(flow as unknown as Pipeline);
    const [{ s3 }] = artifactsOf(reader!) as unknown as [{ s3: { bucket: string } }];
    expect(s3.bucket).toBe(
      "{{=replace(replace(replace(split(fromJSON(inputs.parameters['data']).uri, '/')[2], '{' + '{', '{ {'), '{' + '{', '{ {'), '$', '$$')}}",
    );
  });

  test('a key of the own repository needs nothing of its readers', () => {
    const flow = pipelineIn({}, (pipeline) => {
      const made = new Task(pipeline, 'made', { component: make, artifacts: { data: { key: 'a/b/' } } });
      new Task(pipeline, 'reader', { component: use, inputs: { data: made.outputs.data } });
    });
    const templates = templatesOf(flow);
    expect(artifactsOf(templates.made!)).toEqual([{ name: 'data', s3: { key: 'a/b/{{pod.name}}' } }]);
    expect(artifactsOf(templates.use!)).toEqual([
      { name: 'data', s3: { key: "{{=fromJSON(inputs.parameters['data']).key}}" } },
    ]);
  });

  test('a prefix for all keys, and the bucket in all URIs', () => {
    const chart = new Chart(new App(), 'ml');
    const build = (id: string, prefix: (pipeline: { name: string }) => PipelineProps<{}>['artifactPrefix']) => {
      const flow: Pipeline = new Pipeline(chart, id, {
        artifactRepository: { kind: 's3', bucket: 'own' },
        artifactPrefix: prefix({ name: id }),
      });
      const each = new ParallelFor(flow, 'each', { items: [1, 2] });
      const made = new Task(each, 'made', { component: make });
      new Task(flow, 'all', { component: useMany, inputs: { data: each.collect(made.outputs.data) } });
      new Task(flow, 'look', {
        component: python.look,
        inputs: { thing: new Task(flow, 'one', { component: make }).outputs.data },
      });
      return Object.fromEntries(
        pipelineManifest(flow.graph).spec.templates.map((template) => [template.name, template]),
      );
    };
    const known = build('known', () => 'teams/a');
    expect(artifactsOf(known.make!)[0]).toMatchObject({
      s3: { key: 'teams/a/{{workflow.namespace}}/{{workflow.name}}/make/data/{{pod.name}}' },
    });
    const [list] = artifactsOf(known['use-many']!) as unknown as [{ s3: { key: string } }];
    expect(list.s3.key).toContain("join(split(#, '/')[:len(split(#, '/')) - 3], '/')");
    expect(known.look!.container!.env).toContainEqual({ name: 'KFP_URI_PREFIX', value: 's3://own/' });
  });

  test('a prefix of the run', () => {
    const chart = new Chart(new App(), 'ml');
    const team = new Pipeline(chart, 'other', { parameters: { team: str('a') } }).parameters.team;
    const flow: Pipeline<{ team: ReturnType<typeof str> }> = new Pipeline(chart, 'flow', {
      parameters: { team: str('a') },
      artifactPrefix: text`teams/${team}`,
    }) as never;
    new Task(flow, 'made', { component: make });
    const [template] = pipelineManifest(flow.graph).spec.templates.filter(({ name }) => name === 'make');
    const [output] = artifactsOf(template!) as unknown as [{ s3: { key: string } }];
    expect(output.s3.key).toMatch(
      /^\{\{=.*workflow\.parameters\['team'\].*\}\}\{\{workflow\.namespace\}\}\/\{\{workflow\.name\}\}\/make\/data\/\{\{pod\.name\}\}$/,
    );
  });

  test('through branches, loops and called pipelines', () => {
    const place = { data: { uri: 's3://lake/x/', credentials: KEYS } } as const;
    const flow = pipelineIn({}, (pipeline) => {
      const inner = new Pipeline(Chart.of(pipeline), 'inner', {
        parameters: { rows: Dataset },
        outputs: { made: Dataset },
        standalone: false,
      });
      new Task(inner, 'read', { component: use, inputs: { data: inner.parameters.rows } });
      inner.returns({ made: new Task(inner, 'made', { component: make, artifacts: place }).outputs.data });
      const made = new Task(pipeline, 'made', { component: make, artifacts: place });
      const call = new SubPipeline(pipeline, 'call', { pipeline: inner, inputs: { rows: made.outputs.data } });
      const branch = new If(pipeline, 'which', { condition: made.outputs.size.eq('1') });
      const yes = new Task(branch, 'yes', { component: make, artifacts: place });
      const no = new Task(branch.else('no'), 'no', { component: make, artifacts: place });
      new Task(pipeline, 'chosen', { component: use, inputs: { data: oneOf(yes.outputs.data, no.outputs.data) } });
      new Task(pipeline, 'called', { component: use, inputs: { data: call.outputs.made } });
      const each = new ParallelFor(pipeline, 'each', { items: [1, 2] });
      const many = new Task(each, 'many', { component: make, artifacts: place });
      const again = new ParallelFor(pipeline, 'again', { items: each.collect(many.outputs.data) });
      new Task(again, 'item', { component: use, inputs: { data: again.item } });
    });
    const templates = templatesOf(flow);
    for (const name of ['inner--read', 'chosen', 'called', 'again-item']) {
      expect(artifactsOf(templates[name]!)).toMatchObject([{ s3: { bucket: 'lake' } }]);
    }
    expect(templates.use).toBeUndefined();
  });
});

test('what is removed, and what is kept for other runs', () => {
  const chart = new Chart(new App(), 'ml');
  const runner = new Runner(chart, 'runner', { artifactGc: true });
  const flow = new Pipeline(chart, 'flow', { runner, artifactGc: 'OnWorkflowDeletion' });
  new Task(flow, 'one', { component: make, artifacts: { data: { gc: 'OnWorkflowCompletion' } } });
  new Task(flow, 'two', { component: make, caching: true });
  const objects = synth(chart);
  expect(objects.find(({ kind }) => kind === 'Role').rules.slice(1)).toEqual([
    { apiGroups: ['argoproj.io'], resources: ['workflowartifactgctasks'], verbs: ['list', 'watch'] },
    { apiGroups: ['argoproj.io'], resources: ['workflowartifactgctasks/status'], verbs: ['patch'] },
  ]);
  const { spec } = objects.find(({ kind }) => kind === 'WorkflowTemplate');
  expect(spec.artifactGC).toEqual({ strategy: 'OnWorkflowDeletion', serviceAccountName: 'runner' });
  const strategies = Object.fromEntries(
    spec.templates.flatMap((template: Template) =>
      (template.outputs?.artifacts ?? []).map(({ artifactGC }) => [template.name, artifactGC?.strategy]),
    ),
  );
  expect(strategies).toEqual({ one: 'OnWorkflowCompletion', two: 'Never' });
});

test('by reference: nothing is fetched', () => {
  const flow = pipelineIn({}, (pipeline) => {
    const made = new Task(pipeline, 'made', { component: make });
    new Task(pipeline, 'look', {
      component: python.look,
      inputs: { thing: made.outputs.data },
      byReference: ['thing'],
    });
  });
  const { look } = templatesOf(flow);
  expect(look!.inputs!.artifacts).toBeUndefined();
  const spec = look!.container!.env!.find(({ name }) => name === 'KFP_COMPONENT') as { value: string };
  expect(JSON.parse(spec.value).inputs).toEqual({ thing: { artifact: 'system.Dataset', byReference: true } });
});

describe('on a volume', () => {
  const data = Volume.claim('datasets');

  test('written and read in place', () => {
    const flow = pipelineIn({}, (pipeline) => {
      const made = new Task(pipeline, 'made', {
        component: make,
        volumes: { '/out': data },
        artifacts: { data: { volume: data, path: text`runs/${pipeline.run.name}/` } },
      });
      const trained = new Task(pipeline, 'train', {
        component: python.train,
        inputs: { rows: made.outputs.data },
        volumes: { '/in': data },
        artifacts: { model: { volume: data, path: 'model/' } },
      });
      new Task(pipeline, 'reader', { component: use, inputs: { data: made.outputs.data }, volumes: { '/rows': data } });
      return trained;
    });
    const { made, train, reader } = templatesOf(flow);
    expect([made, train, reader].flatMap((template) => artifactsOf(template!))).toEqual([]);
    expect(made!.container!.command![4]).toMatch(/^\{\{=replace\(replace\(replace\('\/out\/' \+ .*\{\{pod\.name\}\}$/);
    expect(reader!.container!.command![1]).toBe(
      "/rows/{{=replace(replace(replace(fromJSON(inputs.parameters['data']).key, '{' + '{', '{ {'), '{' + '{', '{ {'), '$', '$$')}}",
    );
    const variables = Object.fromEntries(
      train!.container!.env!.map((each) => [each.name, 'value' in each && each.value]),
    );
    expect(variables).toMatchObject({
      KFP_KEY_model: 'model/{{pod.name}}',
      KFP_URI_model: 'pvc://datasets/model/{{pod.name}}',
    });
    const { inputs, outputs } = JSON.parse(String(variables.KFP_COMPONENT));
    expect([inputs.rows.volume, outputs.model.volume]).toEqual(['/in', '/in']);
  });

  test('what cannot be', () => {
    const found = problems((pipeline) => {
      const of = { volume: data, path: 'x/' };
      const made = new Task(pipeline, 'made', { component: make, volumes: { '/out': data }, artifacts: { data: of } });
      new Task(pipeline, 'reader', { component: use, inputs: { data: made.outputs.data } });
      new Task(pipeline, 'unmounted', { component: make, artifacts: { data: of } });
      new Task(pipeline, 'fixed', {
        component: make,
        volumes: { '/out': { volume: data, readOnly: true } },
        artifacts: { data: of },
      });
      const scratch = Volume.emptyDir();
      new Task(pipeline, 'lost', {
        component: make,
        volumes: { '/out': scratch },
        artifacts: { data: { volume: scratch, path: 'x/' } },
      });
    });
    expect(messages(found)).toEqual([
      "[ml/flow/unmounted] KFP1273 the output 'data' is kept on the volume 'claim-datasets', which the task does not mount",
      "[ml/flow/fixed] KFP1273 the output 'data' is kept on the volume 'claim-datasets', which is mounted read-only",
      "[ml/flow/lost] KFP1273 the output 'data' is kept on the volume 'empty-out', which is gone with the pod",
      "[ml/flow/reader] KFP1278 the input 'data' is on the volume 'claim-datasets', which the task does not mount",
    ]);
  });
});

/** Where, and what. */
function messages(found: readonly string[]): string[] {
  return found.map((each) => {
    const [, code, where, what] = /^(KFP\d+) \[(.*?)\] (.*)/.exec(each)!;
    return `[${where}] ${code} ${what}`;
  });
}

test('what cannot be kept or fetched', () => {
  const found = problems((pipeline) => {
    let count = 0;
    const at = (place: object, more: object = {}) =>
      new Task(pipeline, `t${count++}`, { component: make, artifacts: { data: place as never }, ...more });
    at({ uri: 'lake/x' });
    at({ uri: pipeline.run.name });
    at({ uri: 'ftp://lake/x' });
    at({ uri: 's3://lake' });
    at({ uri: 's3://lake/../x' });
    at({ uri: 's3://lake/{{workflow.uid}}' });
    at({ key: '/x' });
    at({ uri: 's3://lake/x/', credentials: { accountKey: SECRET } });
    at({ uri: 'gs://lake/x/', region: 'eu' });
    at({ uri: 'https://example.com/x/' });
    at({ uri: 's3://me:secret@lake/x/' });
    at({ gc: 'OnWorkflowDeletion' }, { caching: true });
    new Task(pipeline, 'names', {
      component: make,
      artifacts: { nothing: { key: 'a/' }, size: { key: 'a/' } } as never,
      byReference: ['data', 'text'] as never,
    });
    const made = at({ key: 'same' });
    at({ key: 'same' });
    const each = new ParallelFor(pipeline, 'each', { items: [1, 2] });
    const looped = new Task(each, 'made', {
      component: make,
      artifacts: { data: { key: text`x/${pipeline.run.name}` } },
    });
    const other = new Task(each, 'other', { component: make, artifacts: { data: { uri: 's3://lake/y/' } } });
    new Task(pipeline, 'list', { component: useMany, inputs: { data: each.collect(other.outputs.data) } });
    const branch = new If(pipeline, 'which', { condition: made.outputs.size.eq('1') });
    const here = new Task(branch, 'here', { component: make });
    const there = new Task(branch.else('there'), 'there', {
      component: make,
      artifacts: { data: { uri: 's3://b/y/' } },
    });
    new Task(pipeline, 'mixed', { component: use, inputs: { data: oneOf(here.outputs.data, there.outputs.data) } });
    const web = new Importer(pipeline, 'hub', { uri: 'hf://org/data', type: Dataset });
    new Task(pipeline, 'no-path', { component: use, inputs: { data: web.output } });
    return looped;
  });
  expect(messages(found).join('\n')).toMatchInlineSnapshot(`
"[ml/flow/t5] KFP1230 the setting 'artifacts data uri' holds '{{', which Argo would expand: s3://lake/{{workflow.uid}}
[ml/flow/t0] KFP1270 the place of the output 'data' is 'lake/x', which is no URI
[ml/flow/t1] KFP1270 the place of the output 'data' has a scheme that only the run knows
[ml/flow/t2] KFP1270 nothing is stored at ftp:// by the engine, where the output 'data' is kept
[ml/flow/t3] KFP1270 the place of the output 'data' is 's3://lake', which lacks a bucket or a key
[ml/flow/t4] KFP1270 the place of the output 'data' holds a part '.' or '..'
[ml/flow/t5] KFP1279 the output 'data' has one place, and each run writes to it
[ml/flow/t6] KFP1270 the place of the output 'data' begins with a slash
[ml/flow/t7] KFP1271 the credentials of the output 'data' lack accessKey and secretKey
[ml/flow/t8] KFP1271 endpoint, region and insecure are S3's, and the output 'data' is not fetched from there
[ml/flow/t9] KFP1276 the output 'data' cannot be written over https
[ml/flow/t10] KFP1277 the URI of the output 'data' holds credentials
[ml/flow/t11] KFP1275 the output 'data' is to be removed, and the task's results are reused by other runs
[ml/flow/names] KFP1272 'nothing' is no output of 'make'
[ml/flow/names] KFP1272 'size' is a parameter, and no artifact of 'make'
[ml/flow/names] KFP1274 'data' is no input of 'make'
[ml/flow/names] KFP1274 'text' is a parameter, and no artifact of 'make'
[ml/flow/t12] KFP1279 the output 'data' has one place, and each run writes to it
[ml/flow/t13] KFP1279 the output 'data' has the place that 'ml/flow/t12' writes to
[ml/flow/each/made] KFP1279 the output 'data' has one place, and each iteration writes to it
[ml/flow/list] KFP1278 the input 'data' is a list, which is fetched as one folder of the repository, and some of it is kept elsewhere
[ml/flow/mixed] KFP1278 the input 'data' may be in one of several stores
[ml/flow/no-path] KFP1278 the input 'data' is not fetched from where it is, and the container takes a path"
`);
});

test('the account must be allowed to remove artifacts', () => {
  const chart = new Chart(new App(), 'ml');
  const flow = new Pipeline(chart, 'flow', { runner: new Runner(chart, 'runner'), artifactGc: 'OnWorkflowDeletion' });
  new Task(flow, 'made', { component: make });
  expect(flow.diagnostics.map(({ code, mend }) => [code, mend])).toEqual([
    ['KFP1275', 'create its Runner with `artifactGc: true`'],
  ]);
});

describe('importers', () => {
  test('no pod runs', () => {
    const flow = pipelineIn({}, (pipeline) => {
      const data = new Importer(pipeline, 'data', { uri: 'artifact:///rows.csv', type: Dataset, reimport: true });
      new Task(pipeline, 'reader', { component: use, inputs: { data: data.output } });
      const hub = new Importer(pipeline, 'hub', { uri: 'hf://org/data', type: Dataset, metadata: { rows: 3 } });
      new Task(pipeline, 'look', { component: python.look, inputs: { thing: hub.output } });
      const web = new Importer(pipeline, 'web', { uri: 'https://example.com/x.csv', type: Dataset });
      new Task(pipeline, 'fetch', { component: use, inputs: { data: web.output } });
      const late = new Importer(pipeline, 'late', { uri: pipeline.run.name, type: Dataset });
      new Task(pipeline, 'either', { component: python.look, inputs: { thing: late.output } });
    });
    const templates = templatesOf(flow);
    expect(templates.data).toMatchObject({
      inputs: { parameters: [{ name: 'metadata' }, { name: 'run--id', default: '{{workflow.uid}}' }] },
      dag: { tasks: [{ name: 'import', template: 'no-op' }] },
    });
    expect(artifactsOf(templates.use!)).toHaveLength(1);
    expect(templates.look!.inputs!.artifacts).toBeUndefined();
    expect(artifactsOf(templates.fetch!)).toMatchObject([{ http: { url: expect.stringContaining('.uri') } }]);
    expect(artifactsOf(templates.either!)).toMatchObject([{ optional: true }]);
  });

  test('on this machine, files and the web are fetched', async () => {
    const server = http.createServer((request, response) => {
      response.statusCode = request.url === '/gone' ? 404 : 200;
      response.end('from the web');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const file = path.join(folder, 'rows.txt');
    fs.writeFileSync(file, 'from a file');
    try {
      const chart = new Chart(new App(), 'ml');
      const flow = new Pipeline(chart, 'flow', { parameters: { where: str() } });
      const look = (id: string, thing: Importer<Dataset>) =>
        new Task(flow, `look-${id}`, { component: python.look, inputs: { thing: thing.output } });
      look('web', new Importer(flow, 'web', { uri: `http://127.0.0.1:${port}/x.csv`, type: Dataset }));
      look('gone', new Importer(flow, 'gone', { uri: `http://127.0.0.1:${port}/gone`, type: Dataset }));
      look('hub', new Importer(flow, 'hub', { uri: 'hf://org/data', type: Dataset, metadata: { rows: 3 } }));
      const away = new Importer(flow, 'away', { uri: 's3://lake/x.csv', type: Dataset, credentials: 'identity' });
      look('away', away);
      new Task(flow, 'read-away', { component: python.train, inputs: { rows: away.output } });
      look('late', new Importer(flow, 'late', { uri: flow.parameters.where, type: Dataset }));
      const loop = new ParallelFor(flow, 'loop', { items: [`file://${file}`] });
      const inside = new Importer(loop, 'inside', { uri: loop.item, type: Dataset });
      new Task(loop, 'look', { component: python.look, inputs: { thing: inside.output } });
      const again = new Importer(flow, 'again', { uri: text`${flow.parameters.where}`, type: Dataset });
      new Task(flow, 'train', {
        component: python.train,
        inputs: { rows: again.output },
        artifacts: { model: { uri: 's3://lake/model/' } },
      });
      new Task(flow, 'by-reference', {
        component: python.look,
        inputs: { thing: again.output },
        byReference: ['thing'],
      });
      const run = await runLocally(flow, { arguments: { where: file }, store: path.join(folder, 'store') });
      const outputs = Object.fromEntries(
        Object.entries(run.tasks).map(([name, { outputs, state, error }]) => [name, outputs?.Output ?? error ?? state]),
      );
      expect(outputs).toMatchObject({
        'look-web': 'x.csv from the web None',
        gone: expect.stringContaining('404'),
        'look-hub': expect.stringMatching(/^data hf:\/\/org\/data is not on disk: .* 3$/),
        'look-late': 'rows.txt from a file None',
        'loop-look[0]': 'rows.txt from a file None',
      });
      expect(run.tasks['read-away']).toMatchObject({
        state: 'Failed',
        error: expect.stringMatching(
          /\(its input 'rows' is s3:\/\/lake\/x\.csv, which a local run does not fetch: give its importer a local path, or a stub: --stub IMPORTER=program\)$/,
        ),
      });
      expect(run.tasks.train!.outputs!.Output).toMatch(/^file:\/\//);
      expect(outputs['by-reference']).toMatch(/^rows.txt .*rows.txt is not on disk/);
    } finally {
      server.close();
    }
  }, 120_000);
});

test('an output that a container may leave out', () => {
  const maybe = new ContainerComponent({
    name: 'maybe',
    image: 'busybox:1',
    outputs: { data: optional(Dataset) },
    command: ({ outputs }) => ['touch', outputs.data.path],
  });
  const { maybe: template } = templatesOf(
    pipelineIn({}, (pipeline) => void new Task(pipeline, 'maybe', { component: maybe })),
  );
  expect(artifactsOf(template!)).toMatchObject([{ name: 'data', optional: true }]);
});

/** For the compiler alone. */
export function types(flow: Pipeline): void {
  const made = new Task(flow, 'made', { component: make, artifacts: { data: { key: 'x' } } });
  // @ts-expect-error: the output's name
  new Task(flow, 'a', { component: make, artifacts: { dat: { key: 'x' } } });
  // @ts-expect-error: a parameter has no place
  new Task(flow, 'b', { component: make, artifacts: { size: { key: 'x' } } });
  // @ts-expect-error: credentials are never text
  new Task(flow, 'c', { component: make, artifacts: { data: { uri: 's3://a/b', credentials: { accessKey: 'x' } } } });
  // @ts-expect-error: a parameter is no artifact
  new Task(flow, 'd', { component: make, byReference: ['text'] });
  new Task(flow, 'e', { component: use, inputs: { data: made.outputs.data }, byReference: ['data'] });
  // @ts-expect-error: the artifact's type
  const model: Importer<Model> = new Importer(flow, 'f', { uri: 's3://a/b', type: Dataset });
  void model;
}
