import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Chart } from 'cdk8s';
import {
  arg,
  Component,
  ContainerComponent,
  type ContainerImplementation,
  Dataset,
  dict,
  ifPresent,
  int,
  listOf,
  Model,
  optional,
  Pipeline,
  renderDiagnostic,
  runLocally,
  str,
  Task,
  Volume,
} from 'cdk8s-kfp';
import type { Template, WorkflowTemplateSpec } from '../src/argo/types';
import type { TaskNode } from '../src/graph/graph';
import { type Attempt, prepareAttempt } from '../src/local/attempt';
import { containerCommand } from '../src/local/container-attempt';
import { encodeReference } from '../src/local/reference';
import { Store } from '../src/local/store';
import { encodeValue } from '../src/values/codec';
import { replaceTags } from './interpreter/tags';
import { environmentOf } from './pods/arguments';
import { podOf } from './pods/pod';
import { synth } from './synth';

// biome-ignore lint/suspicious/noExplicitAny: manifests are read by path
type Any = any;

const IMAGE = 'registry.example.com/fit:1';
const NASTY = [
  '{{workflow.uid}}',
  '{{{',
  '}}',
  '$(HOME)',
  '$$',
  "it's",
  '"q" \\',
  '',
  ' ',
  'a\nb',
  'json:',
  '[1]',
  'é €',
];

const make = new ContainerComponent({
  name: 'make',
  image: IMAGE,
  outputs: { rows: Dataset },
  command: ['make'],
  args: ({ outputs }) => [outputs.rows.path],
});
const fit = new ContainerComponent({
  name: 'fit',
  image: IMAGE,
  inputs: { rows: Dataset, start: optional(Model), label: optional(str()), limit: int(7), tags: dict({ a: [1, 'x'] }) },
  outputs: { model: Model, score: str() },
  command: ['fit', '$(HOME) {{x}}'],
  args: ({ inputs, outputs }) => [
    inputs.rows.uri,
    ifPresent(inputs.label, ['--label', arg`{${inputs.label}}$(X){{y}}`], ['--no-label', '$$']),
    ifPresent(inputs.limit, [arg`--limit=${inputs.limit}`], [arg`--usual-limit=${inputs.limit}`]),
    ifPresent(inputs.start, ['--start', inputs.start.path, inputs.start.metadata.field('framework')]),
    arg`tags=${inputs.tags}`,
    arg`{${inputs.rows.metadata}}`,
    arg`${inputs.start.uri}:${inputs.start.metadata}`,
    outputs.model.path,
    outputs.model.uri,
    outputs.score.path,
  ],
  env: ({ inputs }) => ({ ROWS: inputs.rows.uri, FRAMEWORK: inputs.start.metadata.field('framework') }),
});

/** A pipeline that passes on what it is given, and the specification of its runs. */
function passingOn(settings: object = {}): WorkflowTemplateSpec {
  const chart = new Chart(new App(), 'ml');
  const pipeline = new Pipeline(chart, 'flow', {
    artifactRepository: { kind: 's3', bucket: 'ml' },
    parameters: { label: optional(str()), limit: optional(int()), start: optional(Model) },
  });
  const { rows } = new Task(pipeline, 'make', { component: make }).outputs;
  const { label, limit, start } = pipeline.parameters;
  new Task(pipeline, 'fit', { component: fit, inputs: { rows, label, limit: limit as Any, start }, ...settings });
  return specOf(chart);
}

function specOf(chart: Chart): WorkflowTemplateSpec {
  return synth(chart).find(({ kind }) => kind === 'WorkflowTemplate').spec;
}

function templateOf(spec: WorkflowTemplateSpec, name: string): Template {
  return spec.templates.find((template) => template.name === name)!;
}

/** The command line of a pod's program: Kubernetes undoubles dollars and puts variables in. */
function lineIn(pod: Any): { readonly line: string[]; readonly env: Any } {
  const { command = [], args = [], env = [] } = pod.spec.containers[0];
  const variables = new Map<string, string>();
  const expanded = (text: string) =>
    text.replace(/\$\$|\$\((\w+)\)/g, (all, name) => (name === undefined ? '$' : (variables.get(name) ?? all)));
  for (const { name, value = '' } of env) variables.set(name, expanded(value));
  return { line: [...command, ...args].map(expanded), env: Object.fromEntries(variables) };
}

describe('a command line that depends on what is given', () => {
  let folder: string;
  let spec: WorkflowTemplateSpec;
  const rows = { key: 'k/rows', type: 'system.Dataset', metadata: { rows: 3, note: '$(X){{y}}' } };
  const start = { key: 'k/start', type: 'system.Model', metadata: { framework: '$(X){{y}}' } };
  const elsewhere = { ...start, key: '', uri: 'https://example.com/$(M)', metadata: {} };

  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'arguments-'));
    spec = passingOn();
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  /** What the program gets on the engine. */
  function onArgo(given: Readonly<Record<string, string>>) {
    const outputs = { rows: encodeReference(rows) };
    return lineIn(
      podOf(spec, templateOf(spec, 'fit'), {
        arguments: { label: 'json:', limit: 'json:', start: 'json:', ...given },
        outputs,
      }),
    );
  }

  /** The same here, where artifacts have other URIs. */
  function here(given: Readonly<Record<string, string>>) {
    const store = new Store(path.join(folder, 'store'));
    const { definition: component } = fit;
    const node = {
      kind: 'task',
      id: 'fit',
      path: 'fit',
      component: 'fit',
      inputs: {},
      settings: {},
      dependsOn: [],
      ownSettings: false,
    };
    const attempt: Attempt = prepareAttempt({
      ...{ node: node as Any as TaskNode, key: 'fit', component, run: 'flow', number: 1, store },
      inputs: { rows: encodeReference(rows), ...given },
    });
    const { args } = containerCommand(attempt, component.implementation as ContainerImplementation, 'docker');
    const image = args.indexOf(IMAGE);
    const env = Object.fromEntries(
      args.flatMap((each, at) => (args[at - 1] === '--env' ? [each.split(/=(.*)/s)] : [])),
    );
    const line = [args[args.indexOf('--entrypoint') + 1]!, ...args.slice(image + 1)];
    const own = `${store.uriPrefix}${store.keyOf(attempt.workFolder)}/model`;
    const asThere = (text: string) => text.replace(own, OWN).replaceAll(store.uriPrefix, 's3://ml/');
    return { line: line.map(asThere), env: JSON.parse(asThere(JSON.stringify(env))) };
  }

  const OWN = 's3://ml/ml/run/fit/model/run-fit';
  const cases: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['nothing', {}],
    ['None', { label: 'json:null', limit: 'json:null', start: 'json:null' }],
    ['everything', { label: 'x', limit: '3', start: encodeReference(start) }],
    ['an artifact elsewhere', { start: encodeReference(elsewhere) }],
    ...NASTY.map((text) => [JSON.stringify(text), { label: encodeValue('STRING', text) }] as const),
  ];
  test.each(cases)('is the same on Argo and here: %s', (_, given) => {
    const there = onArgo(given);
    const local = here(given);
    expect(there.line).toEqual(local.line);
    expect(there.env).toMatchObject(local.env);
  });

  test('says what is given', () => {
    expect(onArgo({ label: 'x', limit: '3', start: encodeReference(start) }).line).toEqual([
      ...['fit', '$(HOME) {{x}}', 's3://ml/k/rows', '--label', '{x}$(X){{y}}', '--limit=3'],
      ...['--start', '/kfp/inputs/start', '$(X){{y}}', 'tags={"a":[1,"x"]}'],
      '{{"note":"$(X){{y}}","rows":3}}',
      's3://ml/k/start:{"framework":"$(X){{y}}"}',
      ...['/kfp/work/model', OWN, '/kfp/work/score'],
    ]);
  });

  test('is one expression of a patch, which leaves alone what the task asks of its pod', () => {
    const { podSpecPatch, container } = templateOf(spec, 'fit');
    expect(podSpecPatch).toMatch(/^\{\{=.*toJson\(\{ 'containers': \[\{ 'name': 'main', 'args': flatten\(\[\[.*\}\}$/s);
    expect(container).toMatchObject({ command: ['fit', '$$(HOME) $(KFP_BRACE)$(KFP_BRACE)x}}'] });
    expect(container).not.toHaveProperty('args');
    const main = (settings: object) => {
      const asking = passingOn(settings);
      const pod = podOf(asking, templateOf(asking, 'fit'), {
        arguments: { label: 'x', limit: 'json:', start: 'json:' },
        outputs: { rows: encodeReference(rows) },
      });
      return pod.spec.containers[0];
    };
    const asked = main({
      resources: { claims: [{ name: 'gpu', template: 'one' }] },
      extraContainerSpec: { tty: true },
    });
    expect(asked).toMatchObject({ tty: true, image: IMAGE, command: ['fit', expect.anything()] });
    expect(asked.args).toEqual(expect.arrayContaining(['--label', '--usual-limit=7']));
    expect(asked.volumeMounts).toEqual([{ name: 'work', mountPath: '/kfp/work' }]);
    expect(main({ extraContainerSpec: { args: ['mine'] } }).args).toEqual(['mine']);
  });

  test('is plain where synth knows what all tasks of a template are given', () => {
    const build = (second: Any) => {
      const chart = new Chart(new App(), 'ml');
      const pipeline = new Pipeline(chart, 'flow', { artifactRepository: { kind: 's3', bucket: 'ml' } });
      const { rows } = new Task(pipeline, 'make', { component: make }).outputs;
      new Task(pipeline, 'one', { component: fit, inputs: { rows, label: 'x', limit: null as Any } });
      new Task(pipeline, 'two', { component: fit, inputs: { rows, ...second.inputs }, ...second.props });
      return specOf(chart).templates.filter(({ container }) => container?.command?.[0] === 'fit');
    };
    const [same, ...none] = build({ inputs: { label: "it's", limit: null } });
    expect(none).toEqual([]);
    expect(same!.podSpecPatch).toBeUndefined();
    expect(same!.container!.args!.slice(1, 5)).toEqual([
      '--label',
      expect.stringMatching(/^\$\(KFP_BRACE\)\{\{=.*\}\}\}\$\$\(X\)\$\(KFP_BRACE\)\$\(KFP_BRACE\)y\}\}$/s),
      expect.stringMatching(/^--usual-limit=/),
      "tags={{=inputs.parameters['tags'] == 'json:' ? '$(KFP_BRACE)\"a\":[1,\"x\"]}' : inputs.parameters['tags'] == 'json:null' ? '' : replace(replace(inputs.parameters['tags'] startsWith 'json:' ? inputs.parameters['tags'][5:] : inputs.parameters['tags'], '$', '$$'), '{', '$(KFP_BRACE)')}}",
    ]);
    const [mixed] = build({ inputs: {} });
    expect(mixed!.podSpecPatch).toContain('--no-label');
    expect(mixed!.podSpecPatch).not.toContain('--limit=');
    const [shared, own] = build({ inputs: { limit: 3 }, props: { resources: { cpu: 1 } } });
    expect([shared!.podSpecPatch, own!.podSpecPatch]).toEqual([undefined, undefined]);
    expect(own!.container!.args).toEqual(expect.arrayContaining(['--no-label', '$$$$']));
  });

  test('holds for the program as well, and for outputs on a volume', () => {
    const chart = new Chart(new App(), 'ml');
    const pipeline = new Pipeline(chart, 'flow', {
      artifactRepository: { kind: 's3' },
      parameters: { fast: optional(str()) },
    });
    const component = new ContainerComponent({
      name: 'work',
      image: IMAGE,
      inputs: { fast: optional(str()) },
      outputs: { model: Model },
      command: ({ inputs }) => [ifPresent(inputs.fast, ['fast', inputs.fast], ['slow'])],
      args: ({ inputs, outputs }) => [
        ifPresent(inputs.fast, []),
        outputs.model.path,
        arg`${outputs.model.uri}`,
        ifPresent(inputs.fast, ['at the end']),
      ],
    });
    new Task(pipeline, 'work', {
      component,
      inputs: { fast: pipeline.parameters.fast },
      volumes: { '/out$(A)': Volume.claim('models') },
      artifacts: { model: { volume: Volume.claim('models'), path: 'deep/' } },
    });
    const spec = specOf(chart);
    const line = (fast: string) => lineIn(podOf(spec, templateOf(spec, 'work'), { arguments: { fast } })).line;
    const model = ['/out$(A)/deep/run-work', 'pvc://models/deep/run-work'];
    expect(line('json:')).toEqual(['slow', ...model]);
    expect(line('$(HOME)')).toEqual(['fast', '$(HOME)', ...model, 'at the end']);
    expect(templateOf(spec, 'work').container).not.toHaveProperty('command');
  });
});

describe('a component', () => {
  /** What synth says of a component. */
  function said(component: Component<Any, Any>, inputs: Any = {}): string {
    const chart = new Chart(new App(), 'ml');
    const pipeline = new Pipeline(chart, 'flow', { artifactRepository: { kind: 's3' } });
    new Task(pipeline, 'work', { component, inputs });
    return pipeline.diagnostics.map((each) => renderDiagnostic(each)).join('\n');
  }

  const container = (implementation: Partial<ContainerImplementation>) =>
    new Component<Any, Any>(() => ({
      name: 'work',
      inputs: {
        x: { kind: 'parameter', type: 'STRING', optional: true },
        models: { kind: 'artifact', type: 'system.Model', list: true, optional: true },
      },
      outputs: { score: { kind: 'parameter', type: 'STRING' } },
      implementation: { kind: 'container', image: IMAGE, command: ['work'], args: [], ...implementation },
    }));

  test('may leave the program to its image', () => {
    const component = new ContainerComponent({ name: 'work', image: IMAGE, args: ['--fast'] });
    expect(said(component).replace(/\n {4}at .*/, '')).toBe(
      `KFP1590 [ml/flow] 'work' has no command: Argo asks the registry of '${IMAGE}' for the image's entry point before it makes a pod
    mend: give the command, or list the image under 'images' in the configuration of Argo's controller`,
    );
    const chart = new Chart(new App(), 'ml');
    new Task(new Pipeline(chart, 'flow'), 'work', { component });
    expect(templateOf(specOf(chart), 'work').container).toMatchObject({ image: IMAGE, args: ['--fast'] });
    expect(templateOf(specOf(chart), 'work').container).not.toHaveProperty('command');
  });

  test('is typed as its ports are', () => {
    new ContainerComponent({
      name: 'work',
      image: IMAGE,
      inputs: { rows: listOf(Dataset), limit: int() },
      outputs: { score: str() },
      command: ({ inputs, outputs }) => [
        inputs.rows.path,
        inputs.limit.path,
        // @ts-expect-error a list has no URI
        inputs.rows.uri ?? 'none',
        // @ts-expect-error nor has a parameter
        outputs.score.uri ?? 'none',
        ifPresent(inputs.rows, [inputs.rows.path]),
      ],
      // @ts-expect-error there is no such output
      outputPaths: { scores: '/tmp/score' },
    });
  });

  test('refers to nothing that it has not', () => {
    const of = (ref: Any, name: string) => ({ parts: [{ ref, name }] });
    const wrong = container({
      command: ['work', of('input-value', 'y'), of('input-value', 'models')],
      args: [
        // biome-ignore lint/suspicious/noThenProperty: as in the definition
        { ifPresent: 'z', then: [of('output-path', 'x')], else: [of('input-uri', 'models')] },
        of('output-uri', 'score'),
      ],
    });
    expect(
      said(wrong)
        .split('\n')
        .filter((line) => line.startsWith('KFP')),
    ).toEqual([
      "KFP1591 [ml/flow] the command line of 'work' refers to the input 'z', which is not there",
      "KFP1591 [ml/flow] the command line of 'work' refers to the input 'y', which is not there",
      "KFP1591 [ml/flow] the command line of 'work' refers to the value of 'models', which is an artifact",
      "KFP1591 [ml/flow] the command line of 'work' refers to the output 'x', which is not there",
      "KFP1591 [ml/flow] the command line of 'work' refers to the URI or the metadata of 'models', which is a list of artifacts",
      "KFP1591 [ml/flow] the command line of 'work' refers to the URI or the metadata of 'score', which is a parameter",
    ]);
    expect(said(wrong)).toContain('\n    mend: refer to an input or an output that the component has');
    // biome-ignore lint/suspicious/noThenProperty: as in the definition
    expect(said(container({ args: [{ ifPresent: 'x', then: ['\u0085'] }] }))).toContain('KFP1234');
  });

  test('says at once where what it is made of cannot be', () => {
    const make = (args: Any) => () =>
      new ContainerComponent({
        name: 'work',
        image: IMAGE,
        inputs: { x: str() },
        outputs: { y: str() },
        command: ['w'],
        args,
      });
    expect(make(({ outputs }: Any) => [ifPresent(outputs.y, [])])).toThrow(
      "ifPresent(…): 'y' is an output. Give it one of the component's inputs.",
    );
    expect(make(({ inputs }: Any) => [ifPresent(inputs.x, [ifPresent(inputs.x, []) as Any])])).toThrow(
      'is no argument of a container',
    );
  });

  test('reads a parameter from a file, where its text arrives as it is', () => {
    const component = new ContainerComponent({
      name: 'work',
      image: IMAGE,
      inputs: { prompt: str(), options: dict({ a: 1 }), size: optional(int()) },
      command: ['work'],
      args: ({ inputs }) => [inputs.prompt.path, inputs.options.path, inputs.size.path, inputs.size],
    });
    const chart = new Chart(new App(), 'ml');
    const pipeline = new Pipeline(chart, 'flow', { artifactRepository: { kind: 's3' }, parameters: { prompt: str() } });
    new Task(pipeline, 'work', { component, inputs: { prompt: pipeline.parameters.prompt } });
    const spec = specOf(chart);
    const { inputs, container } = templateOf(spec, 'work');
    expect(container!.args!.slice(0, 3)).toEqual(['prompt', 'options', 'size'].map((name) => `/kfp/inputs/${name}`));
    const files = (prompt: string) =>
      Object.fromEntries(
        inputs!.artifacts!.map((each: Any) => {
          const environment = environmentOf(spec, templateOf(spec, 'work'), { arguments: { prompt } });
          return [each.name, each.path.length && replaceTags(each.raw.data, environment).replaceAll('$$', '$')];
        }),
      );
    for (const text of NASTY.filter((each) => !each.includes('{{'))) {
      expect(files(encodeValue('STRING', text))).toEqual({ prompt: text, options: '{"a":1}', size: '' });
    }
    // Argo has no escape for these: it says so instead of changing them.
    expect(() => files(encodeValue('STRING', 'x {{y}}'))).toThrow(
      'the input is read from a file, and holds two opening braces in a row',
    );
  });

  test('may write outputs to paths of its own, and artifacts to their URIs', () => {
    const of = (outputPaths: Any) =>
      new ContainerComponent({
        name: 'work',
        image: IMAGE,
        outputs: { score: str(), report: Model, model: Model },
        outputPaths,
        command: ['work'],
        args: ({ outputs }) => [outputs.model.uri],
      });
    const chart = new Chart(new App(), 'ml');
    const pipeline = new Pipeline(chart, 'flow', { artifactRepository: { kind: 's3' } });
    new Task(pipeline, 'work', { component: of({ score: '/tmp/score', report: '/out/report' }) });
    const { outputs } = templateOf(specOf(chart), 'work');
    expect(outputs!.parameters![0]).toEqual({ name: 'score', valueFrom: { path: '/tmp/score' } });
    expect(outputs!.artifacts).toEqual([
      expect.objectContaining({ name: 'report', path: '/out/report' }),
      // The program has uploaded it.
      expect.objectContaining({ name: 'model', path: '/kfp/work/model', optional: true }),
    ]);
    expect(outputs!.artifacts![0]).not.toHaveProperty('optional');
    expect(
      said(of({ score: 'score', other: '/tmp/x', report: '/tmp/' }))
        .split('\n')
        .filter((line) => !/^ +at/.test(line)),
    ).toEqual([
      "KFP1592 [ml/flow] 'work' writes the output 'score' to 'score': that is no absolute path of one of its outputs",
      '    mend: give the absolute path of a file or a folder, by the name of an output',
      "KFP1592 [ml/flow] 'work' writes the output 'other' to '/tmp/x': that is no absolute path of one of its outputs",
      '    mend: give the absolute path of a file or a folder, by the name of an output',
      "KFP1592 [ml/flow] 'work' writes the output 'report' to '/tmp/': that is no absolute path of one of its outputs",
      '    mend: give the absolute path of a file or a folder, by the name of an output',
    ]);
    const data = Volume.claim('data');
    const onVolume = new Pipeline(new Chart(new App(), 'ml'), 'flow', { artifactRepository: { kind: 's3' } });
    new Task(onVolume, 'work', {
      component: of({ report: '/out/report' }),
      volumes: { '/data': data },
      artifacts: { report: { volume: data, path: 'x/' } },
    });
    expect(
      onVolume.diagnostics
        .map((each) => renderDiagnostic(each))
        .join('\n')
        .replace(/\n {4}at .*/, ''),
    ).toBe(
      `KFP1593 [ml/flow/work] the output 'report' is to be kept on the volume 'claim-data', and 'work' writes it to a path of its own
    mend: keep it in the repository, or mount the volume at that path without naming the artifact`,
    );
  });

  test('in a container of this machine has the same files', async () => {
    // An engine that runs the program here: it knows just enough of docker.
    const bin = fs.mkdtempSync(path.join(os.tmpdir(), 'engine-'));
    const engine = path.join(bin, 'docker');
    fs.writeFileSync(engine, DOCKER, { mode: 0o755 });
    const { PATH } = process.env;
    process.env.PATH = `${bin}:${PATH}`;
    try {
      const component = new ContainerComponent({
        name: 'work',
        image: IMAGE,
        inputs: { prompt: str(), label: optional(str()) },
        outputs: { seen: str(), report: Dataset },
        outputPaths: { report: path.join(bin, 'report') },
        command: ['sh', '-c', 'cat "$1" > "$2"; echo "$3" > "$4"', 'sh'],
        args: ({ inputs, outputs }) => [
          ...[inputs.prompt.path, outputs.seen.path, ifPresent(inputs.label, [inputs.label], ['none'])],
          outputs.report.path,
        ],
      });
      const pipeline = new Pipeline(new Chart(new App(), 'ml'), 'flow', {
        artifactRepository: { kind: 's3' },
        outputs: { seen: str(), report: Dataset },
      });
      const task = new Task(pipeline, 'work', { component, inputs: { prompt: 'x {{y}} $(Z)' } });
      pipeline.returns({ seen: task.outputs.seen, report: task.outputs.report });
      const run = await runLocally(pipeline, { store: path.join(bin, 'store') });
      expect(run.tasks.work).toMatchObject({ state: 'Succeeded' });
      expect(run.outputs.seen).toBe('x {{y}} $(Z)');
      expect(fs.readFileSync((run.artifacts.report as Any).path, 'utf8')).toBe('none\n');
      // Without --rm, and then removed.
      expect(fs.readFileSync(path.join(bin, 'log'), 'utf8').trim().split('\n')).toEqual(['info', 'run', 'cp', 'rm']);
    } finally {
      process.env.PATH = PATH;
      fs.rmSync(bin, { recursive: true });
    }
  });
});

const DOCKER = `#!/usr/bin/env python3
import os, shutil, subprocess, sys
folder = os.path.dirname(os.path.abspath(__file__))
with open(folder + "/log", "a") as log:
    log.write(sys.argv[1] + "\\n")
if sys.argv[1] == "cp":
    shutil.copy(sys.argv[2].partition(":")[2], sys.argv[3])
elif sys.argv[1] == "run":
    assert "--rm" not in sys.argv
    mounts, rest, program = {}, sys.argv[2:], []
    while rest:
        each = rest.pop(0)
        if each == "--mount":
            fields = dict(part.partition("=")[::2] for part in rest.pop(0).split(","))
            mounts[fields["target"]] = fields["source"]
        elif each in ("--name", "--user", "--env", "--userns"):
            rest.pop(0)
        elif each == "--entrypoint":
            program = [rest.pop(0)]
        elif each.startswith("-"):
            pass
        else:
            program += rest
            break
    def here(text):
        for target in sorted(mounts, key=len, reverse=True):
            text = text.replace(target, mounts[target])
        return text
    sys.exit(subprocess.call([here(each) for each in program]))
`;
