import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Chart } from 'cdk8s';
import {
  Dataset,
  float,
  Model,
  optional,
  Pipeline,
  renderDiagnostic,
  runLocally,
  str,
  Task,
  YamlComponent,
} from 'cdk8s-kfp';
import type { Template } from '../src/argo/types';
import { planBindings } from '../src/python/binding-files';
import { synth } from './synth';

const TRAIN = `
name: Train XGBoost (v1)
description: Trains a model.
metadata:
  annotations: {author: someone}
inputs:
- {name: Training data, type: Dataset, description: The rows.}
- {name: Learning Rate, type: Float, default: '0.1'}
- {name: Label, type: String, optional: true}
- {name: Start, type: Model, optional: true}
- {name: Params}
- {name: Notes, type: Markdown, default: none}
outputs:
- {name: Model, type: Model, description: What came of it.}
- {name: Score, type: Float}
implementation:
  container:
    image: registry.example.com/train:1
    command: [python3, -m, train]
    args:
    - --data
    - {inputPath: Training data}
    - {concat: ['--lr=', {inputValue: Learning Rate}]}
    - if:
        cond: {isPresent: Label}
        then: [--label, {inputValue: Label}]
        else: [--no-label]
    - concat: ['--start=', {if: {cond: {isPresent: Start}, then: {inputPath: Start}, else: none}}]
    - if: {cond: true, then: --always}
    - {inputValue: Params}
    - {inputPath: Notes}
    - {outputPath: Model}
    - {outputUri: Model}
    fileOutputs: {Score: /tmp/score}
    env: {MODE: fast, RATE: {inputValue: Learning Rate}}
`;

const OF_TRAIN = {
  inputs: {
    training_data: Dataset,
    learning_rate: float(0.1),
    label: optional(str()),
    start: optional(Model),
    params: str(),
    notes: str('none'),
  },
  outputs: { model: Model, score: float() },
};

function errorsOf(text: string): string {
  return YamlComponent.fromText(text)
    .problems.map((problem) => renderDiagnostic(problem))
    .join('\n');
}

function container(fields: string, ports = ''): string {
  return `name: work\n${ports}implementation:\n  container:\n    image: alpine:3\n    command: [work]\n${fields.replace(/^/gm, '    ')}\n`;
}

describe('a component of KFP 1', () => {
  const train = YamlComponent.fromText(TRAIN, OF_TRAIN);

  test('has the interface that KFP gives it', () => {
    expect(train.problems).toEqual([]);
    const { implementation, ...definition } = train.definition;
    expect(definition).toEqual({
      name: 'train-xgboost-v1',
      description: 'Trains a model.',
      inputs: {
        training_data: { kind: 'artifact', type: 'system.Dataset', description: 'The rows.' },
        learning_rate: { kind: 'parameter', type: 'NUMBER_DOUBLE', optional: true, default: 0.1 },
        label: { kind: 'parameter', type: 'STRING', optional: true },
        start: { kind: 'artifact', type: 'system.Model', optional: true },
        // Its value stands in the command line, and the other one has a default: neither can be an artifact.
        params: { kind: 'parameter', type: 'STRING' },
        notes: { kind: 'parameter', type: 'STRING', optional: true, default: 'none' },
      },
      outputs: {
        model: { kind: 'artifact', type: 'system.Model', optional: true, description: 'What came of it.' },
        score: { kind: 'parameter', type: 'NUMBER_DOUBLE' },
      },
    });
    const to = (ref: string, name: string) => ({ parts: [{ ref, name }] });
    // biome-ignore-start lint/suspicious/noThenProperty: as in the definition
    expect(implementation).toEqual({
      kind: 'container',
      image: 'registry.example.com/train:1',
      command: ['python3', '-m', 'train'],
      args: [
        '--data',
        to('input-path', 'training_data'),
        { parts: ['--lr=', { ref: 'input-value', name: 'learning_rate' }] },
        { ifPresent: 'label', then: ['--label', to('input-value', 'label')], else: ['--no-label'] },
        {
          ifPresent: 'start',
          then: [{ parts: ['--start=', { ref: 'input-path', name: 'start' }] }],
          else: ['--start=none'],
        },
        '--always',
        to('input-value', 'params'),
        to('input-path', 'notes'),
        to('output-path', 'model'),
        to('output-uri', 'model'),
      ],
      env: { MODE: 'fast', RATE: to('input-value', 'learning_rate') },
      outputPaths: { score: '/tmp/score' },
    });
    // biome-ignore-end lint/suspicious/noThenProperty: as in the definition
  });

  test('runs as any container component does', () => {
    const chart = new Chart(new App(), 'ml');
    const pipeline = new Pipeline(chart, 'flow', {
      artifactRepository: { kind: 's3' },
      parameters: { rate: float(0.5) },
    });
    const made = YamlComponent.fromText(
      container('args: [{outputPath: Rows}]', 'outputs: [{name: Rows, type: Dataset}]\n').replace(
        'name: work',
        'name: make',
      ),
      { outputs: { rows: Dataset } },
    );
    const { rows } = new Task(pipeline, 'make', { component: made }).outputs;
    const { rate } = pipeline.parameters;
    new Task(pipeline, 'train', {
      component: train,
      inputs: { training_data: rows, learning_rate: rate, params: '{}' },
    });
    expect(pipeline.diagnostics).toEqual([]);
    const { spec } = synth(chart).find(({ kind }) => kind === 'WorkflowTemplate');
    const template: Template = spec.templates.find(({ name }: Template) => name === 'train-xgboost-v1');
    expect(template.container!.args!.slice(0, 6)).toEqual([
      ...[
        '--data',
        '/kfp/inputs/training_data',
        "--lr={{=inputs.parameters['learning_rate'] == 'json:' ? '0.1' : inputs.parameters['learning_rate'] == 'json:null' ? '' : inputs.parameters['learning_rate']}}",
      ],
      ...['--no-label', '--start=none', '--always'],
    ]);
    expect(template.outputs!.parameters![1]).toMatchObject({ name: 'score', valueFrom: { path: '/tmp/score' } });
  });

  test('is checked against ports that are declared by hand', () => {
    const wrong = YamlComponent.fromText(TRAIN, { ...OF_TRAIN, outputs: { model: Dataset, score: float() } });
    expect(wrong.problems.map((problem) => renderDiagnostic(problem))).toEqual([
      `KFP1109 the output 'model' of train-xgboost-v1 is declared as system.Dataset, but component.yaml says system.Model
    at component.yaml
    mend: declare it as the YAML file does`,
    ]);
  });

  test.each([
    // Types and defaults, as KFP's own loader reads them.
    ['type: Integer, default: "3"', { type: 'NUMBER_INTEGER', optional: true, default: 3 }],
    ['type: int, default: 3.0', { type: 'NUMBER_INTEGER', optional: true, default: 3 }],
    ['type: Float, default: 1e3', { type: 'NUMBER_DOUBLE', optional: true, default: 1000 }],
    ['type: Bool, default: "no"', { type: 'BOOLEAN', optional: true, default: false }],
    ['type: String, default: 1.0', { type: 'STRING', optional: true, default: '1.0' }],
    ['type: String, default: 1.5', { type: 'STRING', optional: true, default: '1.5' }],
    ['type: String, default: yes', { type: 'STRING', optional: true, default: 'True' }],
    ['type: String, default: null', { type: 'STRING' }],
    ['type: "List[int]", default: "[1]"', { type: 'LIST', optional: true, default: [1] }],
    ['type: "typing.Dict[str, int]", default: "{}"', { type: 'STRUCT', optional: true, default: {} }],
    ['type: JsonObject, optional: true', { type: 'STRUCT', optional: true }],
    ['type: PipelineTaskFinalStatus', { type: 'TASK_FINAL_STATUS', optional: true }],
    ['type: LIST', { type: 'LIST' }],
  ])('reads a parameter of {%s}', (declared, port) => {
    const text = container('args: [{inputValue: x}]', `inputs: [{name: x, ${declared}}]\n`);
    expect(errorsOf(text)).toBe('');
    expect(YamlComponent.fromText(text).definition.inputs.x).toEqual({ kind: 'parameter', ...port });
  });

  test.each([
    ['', 'system.Artifact'],
    ['type: GCSPath', 'system.Artifact'],
    ['type: {GCSPath: {data_type: CSV}}', 'system.Artifact'],
    ['type: {JsonObject: {}}', 'system.Artifact'],
    ['type: classificationmetrics', 'system.ClassificationMetrics'],
    ['type: google.VertexModel', 'google.VertexModel'],
  ])('reads an artifact of {%s}', (declared, type) => {
    const port = `[{name: x, ${declared}}]`;
    const { definition } = YamlComponent.fromText(
      container('args: [{inputPath: x}, {outputPath: x}]', `inputs: ${port}\noutputs: ${port}\n`),
    );
    // KFP passes over an artifact that a program does not write.
    expect([definition.inputs.x, definition.outputs.x]).toEqual([
      { kind: 'artifact', type },
      { kind: 'artifact', type, optional: true },
    ]);
  });

  test('that asks for all inputs and outputs at once is a program', async () => {
    const code =
      'import json, sys; told = json.loads(sys.argv[1]); open(sys.argv[3], "w").write(told["inputs"]["parameterValues"]["x"] + sys.argv[2])';
    const component = YamlComponent.fromText(
      `name: Say it
inputs: [{name: X, type: String}]
outputs: [{name: Y, type: String}]
implementation:
  container:
    image: python:3.11
    command: [python3, -c, '${code}']
    args: [{executorInput: null}, {concat: ['-', {inputValue: X}]}, {outputPath: Y}]
    env: {A: b}
`,
      { inputs: { x: str() }, outputs: { y: str() } },
    );
    expect(component.definition.implementation).toEqual({
      ...{ kind: 'python', file: 'component.yaml', function: 'say_it', line: 1, source: '', image: 'python:3.11' },
      program: [
        ...['env', 'A=b', 'python3', '-c', code, '{{$}}'],
        ...["-{{$.inputs.parameters['x']}}", "{{$.outputs.parameters['y'].output_file}}"],
      ],
    });
    const store = fs.mkdtempSync(path.join(os.tmpdir(), 'yaml-'));
    try {
      const pipeline = new Pipeline(new Chart(new App(), 'ml'), 'flow', { outputs: { y: str() } });
      pipeline.returns({ y: new Task(pipeline, 'say', { component, inputs: { x: '{{$}} it' } }).outputs.y });
      const run = await runLocally(pipeline, { store });
      expect(run.outputs).toEqual({ y: '{{$}} it-{{$}} it' });
    } finally {
      fs.rmSync(store, { recursive: true });
    }
  }, 60_000);

  test('says everything that is wrong with it, and where', () => {
    const text = `name: Bad
extra: 1
inputs:
- {name: a b, type: Integer, default: x}
- {name: a-b, type: String}
- {name: ö}
- {name: c, type: String, optional: true, more: 1}
- {name: d, type: String, optional: true}
outputs: [{name: out, type: String}, {name: lost}]
implementation:
  container:
    image: alpine:3
    command: [work, 5, {inputValue: nowhere}]
    args:
    - {inputMetadata: a b}
    - {a: 1, b: 2}
    - if: {cond: {inputValue: c}, then: x}
    - if: {cond: {isPresent: c}, then: [{if: {cond: {isPresent: d}, then: [x]}}]}
    env: {A: {if: {cond: {isPresent: c}, then: x}}}
    fileOutputs: {out: /tmp/out, none: /tmp/none}
`;
    expect(errorsOf(text)).toMatchInlineSnapshot(`
"KFP1602 extra: KFP knows no such field: it is passed over
    at component.yaml:2
    mend: its fields are name, description, metadata, inputs, outputs, implementation, version
KFP1601 implementation.container.command[1]: an argument is text, not 5
    at component.yaml:13
    mend: put it in quotes
KFP1604 implementation.container.args[0].inputMetadata: 'inputMetadata' is no placeholder that can be given
    at component.yaml:15
    mend: the placeholders are inputValue, inputPath, inputUri, outputPath, outputUri, executorInput, concat and if
KFP1601 implementation.container.args[1]: an argument is text, or one placeholder
    at component.yaml:16
    mend: the placeholders are inputValue, inputPath, inputUri, outputPath, outputUri, executorInput, concat and if
KFP1604 implementation.container.args[2].if.cond: the condition is not whether an input is present
    at component.yaml:17
    mend: write cond: {isPresent: Name}
KFP1607 inputs[1]: 'a-b' and 'a b' have one name, 'a_b'
    at component.yaml:5
    mend: rename one of them
KFP1601 inputs[2]: a name with a letter or a digit is expected
    at component.yaml:6
    mend: write {name: rows, type: Dataset}
KFP1602 inputs[3].more: KFP knows no such field: it is passed over
    at component.yaml:7
    mend: its fields are name, type, description, default, optional, annotations
KFP1606 inputs[0].default: "x" is no int
    at component.yaml:4
    mend: write such a default
KFP1608 implementation.container.fileOutputs.none: the component has no output 'none', or this is no path
    at component.yaml:20
    mend: write {Output: /path}
KFP1608 implementation.container.command[2]: it refers to 'nowhere', which is not declared
    at component.yaml:13
    mend: declare it among the inputs
KFP1609 outputs: the program is not told where to write 'lost'
    at component.yaml:9
    mend: add {outputPath: lost} to its arguments
KFP1605 implementation.container.env.A: it depends on whether 'c' is given, which can be said in command and args alone
    at component.yaml:19
    mend: give the program one argument for each input
KFP1605 implementation.container.args[3]: it depends on 'c' and 'd' at once
    at component.yaml:18
    mend: give the program one argument for each input"
`);
  });

  test.each([
    [
      'name: x\nimplementation:\n  graph: {}\n',
      'KFP1603 implementation.graph: the component is a graph of others, which KFP 2 does not load either',
      3,
    ],
    ['a: b\n', 'KFP1601 this is no component: it has neither an implementation nor a pipelineInfo', 1],
    ['- 1\n', 'KFP1601 this is no component: it has neither an implementation nor a pipelineInfo', 1],
    ['', 'KFP1601 this is no component: it has neither an implementation nor a pipelineInfo', 1],
    ['implementation: {}\n', 'KFP1601 implementation.container: the image of a container is expected', 1],
    [
      'implementation:\n  container: {image: 5}\n',
      'KFP1601 implementation.container.image: the image of a container is expected',
      2,
    ],
    [container('args: work'), 'KFP1601 implementation.container.args: a list of arguments is expected', 6],
    [container('args: [[1]]'), 'KFP1601 implementation.container.args[0]: an argument is text, or one placeholder', 6],
    [
      container('args: [{inputValue: [x]}]'),
      'KFP1601 implementation.container.args[0].inputValue: the name of an input or an output is expected',
      6,
    ],
    [
      container('args: [{executorInput: null}, {inputPath: x}]', 'inputs: [{name: x, type: String}]\n'),
      "KFP1604 implementation.container.args[1]: 'x' is a parameter, which is in no file where executorInput is given",
      7,
    ],
    [container('env: [x]'), 'KFP1601 implementation.container.env: variables by their names are expected', 6],
    [container('', 'inputs: {x: String}\n'), 'KFP1601 inputs: a list is expected', 2],
    ['name: "x', 'KFP1600 the text is not read: Missing closing "quote', 1],
  ])('refuses %j', (text, message, line) => {
    const said = errorsOf(text);
    expect(said.split('\n')[0]).toBe(message);
    expect(said.split('\n')[1]).toBe(`    at component.yaml:${line}`);
    expect(YamlComponent.fromText(text).isBroken).toBe(true);
  });

  test('takes an alias bomb for what it is', () => {
    const bomb = [
      'a: &a0 [x]',
      ...Array.from({ length: 30 }, (_, at) => `b${at}: &a${at + 1} [${`*a${at},`.repeat(9)}]`),
    ].join('\n');
    expect(errorsOf(`implementation: {}\n${bomb}\n`)).toContain('aliases make this document too large');
  });

  test('that is in no file is reported where it is used', () => {
    const component = YamlComponent.fromFile('nowhere/train.yaml');
    const pipeline = new Pipeline(new Chart(new App(), 'ml'), 'flow');
    new Task(pipeline, 'train', { component, inputs: { x: 1 } });
    expect(pipeline.diagnostics.map((each) => renderDiagnostic(each))).toEqual([
      `KFP1600 the file of the component cannot be read: ENOENT
    at nowhere/train.yaml
    mend: give the path of a file, from the working directory`,
    ]);
  });
});

describe('bindings of a component', () => {
  let folder: string;
  let before: string;
  beforeEach(() => {
    before = process.cwd();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bindings-'));
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(before);
    fs.rmSync(folder, { recursive: true });
  });

  test('have its names, its types and its words', () => {
    fs.writeFileSync(
      'train.yaml',
      TRAIN.replace('{name: Params}', '{name: 2 Params}').replace('{inputValue: Params}', '{inputValue: 2 Params}'),
    );
    fs.writeFileSync(
      'parts.py',
      'from kfp import dsl\n\n@dsl.component(base_image="python:3.11")\ndef part():\n    pass\n',
    );
    const { bindings, warnings } = planBindings(['train.yaml', 'parts.py'], 'imports');
    expect(warnings).toEqual([]);
    expect(bindings.map(({ source, path, components }) => [source, path, components])).toEqual([
      ['parts.py', 'imports/parts.ts', ['part']],
      ['train.yaml', 'imports/train.ts', ['train-xgboost-v1']],
    ]);
    expect(bindings[1]!.text.replace(/sha256:\w+/, 'sha256:…')).toMatchInlineSnapshot(`
"// Written by \`cdk8s-kfp import train.yaml\`. Do not edit: change the YAML and run it again.
import { type Artifact, type Dataset, type Float, type Model, type Value, YamlComponent } from 'cdk8s-kfp';

/** Inputs of {@link trainXgboostV1}. */
export interface TrainXgboostV1Inputs {
  /** The rows. */
  readonly training_data: Value<Dataset | Artifact>;
  /** Default: \`0.1\`. */
  readonly learning_rate?: number | Value<Float> | undefined;
  readonly label?: string | Value<string> | null | undefined;
  readonly start?: Value<Model | Artifact> | undefined;
  readonly '2_params': string | Value<string>;
  /** Default: \`"none"\`. */
  readonly notes?: string | Value<string> | undefined;
}

/** Outputs of {@link trainXgboostV1}. */
export interface TrainXgboostV1Outputs {
  /** What came of it. */
  readonly model: Value<Model>;
  readonly score: Value<Float>;
}

/** Trains a model. (train.yaml) */
export const trainXgboostV1 = YamlComponent.bound<TrainXgboostV1Inputs, TrainXgboostV1Outputs>('train.yaml', {
  digest: 'sha256:…',
});
"
`);
  });

  test('are stale where the file has changed', () => {
    fs.writeFileSync('train.yaml', TRAIN);
    const digest = /sha256:\w+/.exec(planBindings(['train.yaml'], 'imports').bindings[0]!.text)![0];
    expect(YamlComponent.bound('train.yaml', { digest }).problems).toEqual([]);
    fs.writeFileSync('train.yaml', TRAIN.replaceAll('\n', '\r\n'));
    expect(YamlComponent.bound('train.yaml', { digest }).problems).toEqual([]);
    fs.writeFileSync('train.yaml', TRAIN.replace('always', 'never'));
    expect(YamlComponent.bound('train.yaml', { digest }).problems.map((each) => renderDiagnostic(each))).toEqual([
      'KFP1101 train.yaml changed since its bindings were written\n    at train.yaml\n    mend: run `npx cdk8s-kfp import train.yaml`',
    ]);
  });

  test('are no place where its names could become code', () => {
    const name = 'a: 1 }; boom(); interface B { b';
    const title = "system.Model } from 'cdk8s-kfp'; boom(); import { Model";
    const artifact = { artifactType: { schemaTitle: title, schemaVersion: '0.0.1' } };
    const document = {
      components: {
        'comp-f': {
          executorLabel: 'exec-f',
          inputDefinitions: {
            parameters: { [name]: { parameterType: 'STRING', description: '*/ boom(); /*' } },
            artifacts: { list: { ...artifact, isArtifactList: true } },
          },
          outputDefinitions: { artifacts: { [`${name}2`]: artifact } },
        },
      },
      deploymentSpec: { executors: { 'exec-f': { container: { image: 'alpine:3', command: ['true'] } } } },
      pipelineInfo: { name: 'f' },
      root: { dag: { tasks: { f: { componentRef: { name: 'comp-f' }, taskInfo: { name: 'f' } } } } },
      schemaVersion: '2.1.0',
    };
    fs.writeFileSync('f.yaml', JSON.stringify(document));
    const { text } = planBindings(['f.yaml'], 'imports').bindings[0]!;
    // What stands neither in a comment nor in quotes.
    const code = text.replace(/\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, '');
    expect(text).toContain('boom();');
    expect(code).not.toContain('boom');
    expect(text).toContain(`readonly '${name}': string | Value<string>;`);
    expect(text).toContain(`readonly '${name}2': Value<GoogleArtifact<${JSON.stringify(title)}>>;`);
  });

  test('are not written of what is wrong', () => {
    fs.writeFileSync('train.yaml', 'name: x\n');
    expect(() => planBindings(['train.yaml'], 'imports')).toThrow('KFP1601 this is no component');
  });
});

describe('a component that KFP 2 compiled', () => {
  const compiled = (executor: string, more = '') => `components:
  comp-train-it:
    executorLabel: exec-train-it
    inputDefinitions:
      parameters:
        n: {parameterType: NUMBER_INTEGER, defaultValue: 3.0, isOptional: true}
    outputDefinitions:
      artifacts:
        model: {artifactType: {schemaTitle: system.Model, schemaVersion: 0.0.1}}
deploymentSpec:
  executors:
    exec-train-it:
      container: ${executor}
pipelineInfo: {name: train-it}
root:
  dag:
    tasks:
      train-it:
        cachingOptions: {enableCache: true}
        componentRef: {name: comp-train-it}
        inputs: {parameters: {n: {componentInputParameter: n}}}
        taskInfo: {name: train-it}
  inputDefinitions:
    parameters: {n: {parameterType: NUMBER_INTEGER, defaultValue: 3.0, isOptional: true}}
schemaVersion: 2.1.0
sdkVersion: kfp-2.17.0
${more}`;

  test('is what its document says', () => {
    const text = compiled(
      `{image: alpine:3, command: [train], args: ["{{$.inputs.parameters['n']}}", "{{$.outputs.artifacts['model'].path}}"]}`,
    );
    const component = YamlComponent.fromText(text);
    expect(component.problems).toEqual([]);
    const { name: _, ...definition } = component.definition;
    expect(definition).toMatchObject({
      inputs: { n: { kind: 'parameter', type: 'NUMBER_INTEGER', optional: true, default: 3 } },
      outputs: { model: { kind: 'artifact', type: 'system.Model' } },
      implementation: {
        kind: 'container',
        image: 'alpine:3',
        command: ['train'],
        args: [{ parts: [{ ref: 'input-value', name: 'n' }] }, { parts: [{ ref: 'output-path', name: 'model' }] }],
      },
    });
  });

  test('is no pipeline, and asks nothing of the pod', () => {
    const text = compiled('{image: alpine:3, command: [train], env: [{name: A, value: b}]}');
    expect(
      errorsOf(text),
    ).toBe(`KFP1609 the document asks something of the task's pod, which is no part of a component: env
    at component.yaml:10
    mend: set it on the Task`);
    expect(errorsOf(text.replace('pipelineInfo: {name: train-it}', 'pipelineInfo: {name: all}'))).toBe(
      `KFP1603 the document is a pipeline, and no component
    at component.yaml:1
    mend: read it with Pipeline.fromIr, and call it by a SubPipeline`,
    );
    expect(errorsOf(compiled('{image: alpine:3, command: [train]}', 'surprise: 1\n'))).toContain(
      'KFP1602 spec.surprise: KFP knows no such field',
    );
  });
});
