import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Chart } from 'cdk8s';
import { Component, Dataset, dict, Pipeline, runLocally, str, Task, Volume } from 'cdk8s-kfp';
import { allTasks } from '../src/graph/graph';
import { synth } from './synth';

// biome-ignore lint/suspicious/noExplicitAny: manifests are read by path
type Any = any;

/** Follows the contract of KFP's executor, without it. */
const CODE = `import json, os, sys
told = json.loads(sys.argv[1])
values, outputs = told["inputs"]["parameterValues"], told["outputs"]
data = outputs["artifacts"]["data"]["artifacts"][0]
with open(data["uri"], "w") as file:
    file.write(values["text"] * 2)
data["metadata"]["rows"] = 2
with open(outputs["outputFile"], "w") as file:
    json.dump({"parameterValues": {"Output": "%r in %s" % (values, sys.prefix)}, "artifacts": {"data": {"artifacts": [data]}}}, file)
`;

const component = new Component<Any, Any, Any>(() => ({
  name: 'double',
  inputs: {
    text: { kind: 'parameter', type: 'STRING' },
    config: { kind: 'parameter', type: 'TASK_CONFIG', optional: true },
  },
  outputs: { data: { kind: 'artifact', type: 'system.Dataset' }, Output: { kind: 'parameter', type: 'STRING' } },
  implementation: {
    kind: 'python',
    file: 'double.yaml',
    function: 'double',
    line: 1,
    source: '',
    image: 'python:3.11',
    program: ['python3', '-c', CODE, '{{$}}'],
  },
}));

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'program-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

function flow(settings: object = {}) {
  const chart = new Chart(new App(), 'ml');
  const pipeline = new Pipeline(chart, 'flow', {
    artifactRepository: { kind: 's3', bucket: 'ml' },
    parameters: { text: str('{{x}} $(HOME)'), config: dict({ env: [] }) },
    outputs: { data: Dataset, seen: str() },
  });
  const { text, config } = pipeline.parameters;
  const task = new Task(pipeline, 'double', { component, inputs: { text, config }, ...settings });
  pipeline.returns({ data: task.outputs.data, seen: task.output });
  return { chart, pipeline };
}

function containerOf(chart: Chart): Any {
  const { spec } = synth(chart).find(({ kind }) => kind === 'WorkflowTemplate');
  return spec.templates.find(({ name }: Any) => name === 'double').container;
}

test('a program is run by the runtime, which finds the objects of buckets where KFP has them', () => {
  const { chart } = flow();
  const { command, env, volumeMounts } = containerOf(chart);
  expect(command).toEqual(['python3', '/kfp/runtime/launch.py']);
  const told = env.find(({ name }: Any) => name === 'KFP_COMPONENT').value;
  expect(told).not.toMatch(/\{\{|\$/);
  expect(JSON.parse(told)).toEqual({
    function: 'double',
    inputs: { text: { type: 'STRING' }, config: { type: 'TASK_CONFIG', optional: true } },
    outputs: { data: { artifact: 'system.Dataset' }, Output: { type: 'STRING' } },
    program: ['python3', '-c', CODE, '{{$}}'],
    mounts: { gs: '/gcs', minio: '/minio', s3: '/s3' },
  });
  expect(volumeMounts).toEqual([
    { name: 'runtime', mountPath: '/kfp/runtime', readOnly: true },
    { name: 'work', mountPath: '/gcs', subPath: 'program/gcs' },
    { name: 'work', mountPath: '/minio', subPath: 'program/minio' },
    { name: 'work', mountPath: '/s3', subPath: 'program/s3' },
    { name: 'work', mountPath: '/kfp/work' },
  ]);
  // Its text is its own: nothing ships but the runtime.
  const configMaps = synth(chart).filter(({ kind }) => kind === 'ConfigMap');
  expect(configMaps.map(({ metadata }) => metadata.name)).toEqual([expect.stringMatching(/^kfp-runtime-/)]);
});

test('a mount of the task stands for one of these folders', () => {
  const { chart } = flow({ volumes: { '/gcs/own': Volume.claim('data') } });
  const { env, volumeMounts } = containerOf(chart);
  expect(volumeMounts.map(({ mountPath }: Any) => mountPath)).toEqual([
    ...['/kfp/runtime', '/minio', '/s3', '/kfp/work', '/gcs/own'],
  ]);
  const told = JSON.parse(env.find(({ name }: Any) => name === 'KFP_COMPONENT').value);
  expect(told.mounts).toEqual({ minio: '/minio', s3: '/s3' });
});

test('here it runs in an environment of its own', async () => {
  const { pipeline } = flow();
  expect(allTasks(pipeline.graph)).toHaveLength(1);
  const run = await runLocally(pipeline, { store: folder });
  expect(run.state).toBe('Succeeded');
  const [seen, home] = String(run.outputs.seen).split(' in ');
  expect(seen).toBe("{'config': {'env': []}, 'text': '{{x}} $(HOME)'}");
  expect(fs.realpathSync(path.dirname(home!))).toBe(fs.realpathSync(path.join(folder, 'venvs')));
  const { path: file, metadata } = run.artifacts.data as Any;
  expect(fs.readFileSync(file, 'utf8')).toBe('{{x}} $(HOME){{x}} $(HOME)');
  expect(metadata).toEqual({ rows: 2 });
}, 60_000);
