import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/**
 * The package as users get it: built, packed, unpacked into an empty project. Nothing is downloaded: what it depends on
 * is linked from this project, where a user's package manager would install it.
 */
const ROOT = path.join(__dirname, '..');
const LINKED = ['cdk8s', 'constructs', 'commander', 'kubernetes-types', 'yaml'];

let project: string;
let files: readonly string[];

beforeAll(() => {
  project = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk8s-kfp-package-'));
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT });
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [tarball] = JSON.parse(packed) as { readonly filename: string; readonly files: { readonly path: string }[] }[];
  files = tarball!.files.map((file) => file.path);
  const modules = path.join(project, 'node_modules');
  const installed = path.join(modules, 'cdk8s-kfp');
  fs.mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', path.join(project, tarball!.filename), '--strip-components=1', '-C', installed]);
  for (const name of LINKED) {
    fs.mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
    fs.symlinkSync(path.join(ROOT, 'node_modules', name), path.join(modules, name));
  }
  fs.mkdirSync(path.join(modules, '.bin'));
  fs.symlinkSync(path.join('..', 'cdk8s-kfp', 'lib', 'cli', 'main.js'), path.join(modules, '.bin', 'cdk8s-kfp'));
  write('package.json', JSON.stringify({ name: 'app', private: true }));
  write('steps.py', PYTHON);
  run('npx', 'cdk8s-kfp', 'import', 'steps.py');
});

afterAll(() => fs.rmSync(project, { recursive: true, force: true }));

const PYTHON = `from kfp import dsl
from kfp.dsl import Input, Model, Output


@dsl.component(base_image="python:3.11-slim")
def fit(rate: float, model: Output[Model]) -> float:
    """Fit a model."""
    return rate


@dsl.component(base_image="python:3.11-slim")
def judge(model: Input[Model], threshold: float = 0.5) -> bool:
    """Judge a model."""
    return True
`;

/** What an app of a user may hold; `PythonComponent.fromFile` is the door without types. */
const APP = `import { App, Chart, Duration, Size } from 'cdk8s';
import { arg, ContainerComponent, float, If, Model, Pipeline, PythonComponent, str, Task, text } from 'cdk8s-kfp';
import { fit } from './imports/steps';

const push = new ContainerComponent({
  name: 'push',
  image: 'registry.example.com/push:1.4',
  inputs: { model: Model, stage: str('dev') },
  outputs: { uri: str() },
  command: ['push'],
  args: ({ inputs, outputs }) => [inputs.model.path, arg\`--stage=\${inputs.stage}\`, outputs.uri.path],
});
const judge = PythonComponent.fromFile('steps.py', 'judge');

const app = new App();
const chart = new Chart(app, 'app', { namespace: 'ml' });
const pipeline = new Pipeline(chart, 'train', { parameters: { rate: float(0.1) } });
const { rate } = pipeline.parameters;
const fitted = new Task(pipeline, 'fit', {
  component: fit,
  inputs: { rate },
  resources: { memory: Size.gibibytes(1) },
  timeout: Duration.hours(1),
});
const judged = new Task(pipeline, 'judge', { component: judge, inputs: { model: fitted.outputs.model } });
const good = new If(pipeline, 'good', { condition: fitted.output.lt(0.5) });
const pushed = new Task(good, 'push', {
  component: push,
  inputs: { model: fitted.outputs.model, stage: text\`run \${pipeline.run.name}\` },
}).after(judged);
pushed.outputs.uri.eq('x');
app.synth();
`;

function write(name: string, content: string): void {
  fs.writeFileSync(path.join(project, name), content);
}

/** Runs a program in the user's project; what it prints is in the error where it fails. */
function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function tsc(...options: string[]): string {
  const strict = ['--strict', '--target', 'es2022', '--module', 'node16'];
  const bin = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  try {
    return run(process.execPath, bin, ...strict, ...options, 'app.ts');
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}

test('the package holds what runs, and nothing else', () => {
  expect(files).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'lib/index.js',
      'lib/index.d.ts',
      'lib/cli/main.js',
      'lib/runtime/launch.py',
      'lib/runtime/kfp/dsl/__init__.py',
      'lib/python/parse_components.py',
    ]),
  );
  const expected =
    /^(lib|docs)\/.*\.(js|d\.ts|py|md|png|svg)$|^examples\/.*\.yml$|^(LICENSE|README\.md|CHANGELOG\.md|package\.json)$/;
  expect(files.filter((file) => !expected.test(file) || /^lib\/(apps|test)\//.test(file))).toEqual([]);
});

test('its command runs', () => {
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(run('npx', 'cdk8s-kfp', '--version').trim()).toBe(version);
  expect(run('npx', 'cdk8s-kfp', '--help')).toContain('import');
});

test('an app type-checks against its declarations, and synthesises', () => {
  write('app.ts', APP);
  expect(tsc('--skipLibCheck', 'false')).toBe('');
  run(process.execPath, 'app.js');
  const manifest = fs.readFileSync(path.join(project, 'dist', 'app.k8s.yaml'), 'utf8');
  expect(manifest).toContain('kind: WorkflowTemplate');
  expect(manifest).toContain('image: registry.example.com/push:1.4');
  expect(manifest).toContain('name: good-push');
  expect(manifest.match(/^kind: ConfigMap$/gm)).toHaveLength(2);
});

test('its declarations hold under exactOptionalPropertyTypes', () => {
  write('app.ts', APP);
  expect(tsc('--exactOptionalPropertyTypes', '--noEmit', '--skipLibCheck', 'false')).toBe('');
});

test('ES modules find every name, and loading the package loads no construct', () => {
  const script = `import * as names from 'cdk8s-kfp';
    const missing = Object.keys(names.default).filter((name) => !(name in names));
    console.log(JSON.stringify({ missing, pipeline: typeof names.Pipeline, client: typeof names.KfpClient }));`;
  write('names.mjs', script);
  expect(JSON.parse(run(process.execPath, 'names.mjs'))).toEqual({
    missing: [],
    pipeline: 'function',
    client: 'function',
  });
  const loaded = `require('cdk8s-kfp'); console.log(Object.keys(require.cache).filter((file) => /constructs.task.js$|client.client.js$/.test(file)).length)`;
  expect(run(process.execPath, '-e', loaded).trim()).toBe('0');
});
