import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Testing } from 'cdk8s';
import { If, int, type LocalRun, Pipeline, PythonComponent, runLocally, type Stub, Task } from 'cdk8s-kfp';
import { Everything } from './fixtures/apps/everything';

const store = fs.mkdtempSync(path.join(os.tmpdir(), 'everything-'));
afterAll(() => fs.rmSync(store, { recursive: true }));

/** Stands in for the busybox container, and does what its script does. */
const shell: Stub = ({ inputs, outputs }) => {
  const model = inputs.model as { readonly path: string };
  fs.copyFileSync(model.path, (outputs.made as { readonly path: string }).path);
  return { echo: inputs.words as string, number: inputs.count as number, odd: '{{workflow.uid}} $(HOME)' };
};

const states = (run: LocalRun) => Object.fromEntries(Object.entries(run.tasks).map(([id, { state }]) => [id, state]));

test('one of everything runs here as it runs on the engine', async () => {
  const { pipeline } = new Everything(Testing.app(), 'everything');
  const run = await runLocally(pipeline, { stubs: { shell }, store });
  expect(states(run)).toMatchInlineSnapshot(`
{
  "bad-say": "Skipped",
  "consume": "Succeeded",
  "finish": "Succeeded",
  "good-deep-say": "Succeeded",
  "good-echo": "Succeeded",
  "good-never-say": "Skipped",
  "good-read": "Succeeded",
  "good-shell": "Succeeded",
  "last": "Succeeded",
  "poor-say": "Skipped",
  "produce": "Succeeded",
}
`);
  expect(run.state).toBe('Succeeded');
  expect(run.tasks['good-echo']?.outputs).toEqual({
    Output: 'echo={hello} $USER {{workflow.name}} number=7 odd={{workflow.uid}} $(HOME)',
  });
  expect(run.tasks['good-read']?.outputs).toEqual({ Output: 'the model' });
  expect(run.tasks['good-deep-say']?.outputs).toEqual({ Output: '{{workflow.uid}} $(HOME)' });
  expect(run.tasks.last?.outputs).toEqual({
    Output: `run ${run.name} in argo: {{=1+1}} \${hello} $USER {{workflow.name}} 0.9`,
  });
  expect(run.tasks.finish?.outputs).toEqual({ Output: 'SUCCEEDED' });
  expect(run.tasks.consume?.artifacts.metrics?.metadata).toEqual({ accuracy: 0.9 });
});

test('another branch, by an argument', async () => {
  const { pipeline } = new Everything(Testing.app(), 'everything');
  const run = await runLocally(pipeline, { arguments: { threshold: 0.95 }, stubs: { shell }, store });
  expect(run.tasks['poor-say']?.state).toBe('Succeeded');
  expect(run.tasks['good-shell']?.state).toBe('Skipped');
  expect(run.tasks['bad-say']?.state).toBe('Skipped');
  expect(run.tasks.last?.state).toBe('Succeeded');
});

test('a failure skips what depends on it and nothing else', async () => {
  const chart = Testing.chart();
  const python = (name: string) => PythonComponent.fromFile('test/fixtures/python/everything.py', name);
  const pipeline = new Pipeline(chart, 'failing', { parameters: { n: int() } });
  const branch = new If(pipeline, 'branch', { condition: pipeline.parameters.n.gt(1) });
  const bad = new Task(branch, 'bad', { component: python('fail'), inputs: { message: 'no {{x}}' } });
  new Task(branch, 'beside', { component: python('say'), inputs: { words: 'beside' } });
  new Task(branch, 'omitted', { component: python('say'), inputs: { words: 'omitted' } }).after(bad);
  new Task(pipeline, 'after', { component: python('say'), inputs: { words: 'after' } }).after(branch);
  new Task(pipeline, 'independent', { component: python('say'), inputs: { words: 'independent' } });
  const run = await runLocally(pipeline, { arguments: { n: 2 }, store });
  expect(run.state).toBe('Failed');
  expect(states(run)).toMatchInlineSnapshot(`
{
  "after": "Omitted",
  "branch-bad": "Failed",
  "branch-beside": "Succeeded",
  "branch-omitted": "Omitted",
  "independent": "Succeeded",
}
`);
  expect(run.tasks['branch-bad']?.error).toBe('ValueError: no { {x}}');
  // biome-ignore lint/suspicious/noExplicitAny: what the compiler refuses is refused at run time too
  await expect(runLocally(pipeline, { arguments: { m: 2 } as any, store })).rejects.toThrowErrorMatchingInlineSnapshot(`
"KFP1401 [test/failing] the pipeline has no parameter 'm'
    mend: did you mean 'n'?
KFP1401 [test/failing] the required parameter 'n' has no argument
    mend: add the arguments, or give the parameters defaults"
`);
});
