import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { renderDiagnostic } from '../src/diagnostic';
import { embeddedArchive } from '../src/kfp/ir/archive';
import { parseArgument } from '../src/kfp/ir/command';
import { type Condition, type ConditionOperand, parseCondition, printCondition } from '../src/kfp/ir/condition';
import { hasPlaceholder, parsePlaceholders, placeholderText } from '../src/kfp/ir/placeholders';
import { type ReadIr, readIr, readIrFile } from '../src/kfp/ir/read';
import { yamlSource } from '../src/kfp/ir/source-map';

// biome-ignore lint/suspicious/noExplicitAny: documents are made and read by path
type Any = any;

const MEND = 'compile the pipeline again';

/** A pipeline of two tasks, of which the second reads the first. */
function spec(): Any {
  const component = (executorLabel: string) => ({
    executorLabel,
    inputDefinitions: { parameters: { text: { parameterType: 'STRING', isOptional: true } } },
    outputDefinitions: { parameters: { Output: { parameterType: 'STRING' } } },
  });
  return {
    components: { 'comp-say': component('exec-say'), 'comp-train': component('exec-train') },
    deploymentSpec: {
      executors: {
        'exec-say': { container: { image: 'python:3.11', command: ['echo'] } },
        'exec-train': { container: { image: 'python:3.11', command: ['train'] } },
      },
    },
    pipelineInfo: { name: 'two' },
    root: {
      inputDefinitions: { parameters: { n: { parameterType: 'NUMBER_INTEGER', defaultValue: 3 } } },
      dag: {
        tasks: {
          say: {
            componentRef: { name: 'comp-say' },
            inputs: { parameters: { text: { runtimeValue: { constant: 'hello' } } } },
            taskInfo: { name: 'say' },
          },
          train: {
            componentRef: { name: 'comp-train' },
            dependentTasks: ['say'],
            inputs: {
              parameters: { text: { taskOutputParameter: { producerTask: 'say', outputParameterKey: 'Output' } } },
            },
          },
        },
      },
    },
    schemaVersion: '2.1.0',
    sdkVersion: 'kfp-2.17.0',
  };
}

const platform = (): Any => ({
  platforms: { kubernetes: { deploymentSpec: { executors: { 'exec-say': { imagePullPolicy: 'Always' } } } } },
});

/** The document after a change, as it is read. */
function changed(change: (spec: Any) => void): ReadIr {
  const document = spec();
  change(document);
  return readIr('pipeline.yaml', stringify(document));
}

function shown({ problems }: ReadIr): readonly string[] {
  return problems.map((problem) => renderDiagnostic(problem));
}

/** The one problem of a text, without its place. */
function message(content: string | Uint8Array, name = 'pipeline.yaml'): string {
  const { document, problems } = readIr(name, content);
  expect(document).toBeUndefined();
  expect(problems).toHaveLength(1);
  return `${problems[0]!.code} ${problems[0]!.message}`;
}

interface File {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly type?: string;
  readonly target?: string;
}

/** A tar archive, also one that no packer writes. */
function tar(...files: readonly File[]): Buffer {
  const blocks = files.flatMap(({ name, content = '', type = '0', target = '' }) => {
    const bytes = Buffer.from(content as string);
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('        ', 148);
    header.write(type, 156);
    header.write(target, 157);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A zip archive; `size` is what its directory says of a file, `mode` what kind of a file it is on Unix, a flag of 1 garbles it. */
function zip(
  ...files: readonly (File & { readonly size?: number; readonly mode?: number; readonly flags?: number })[]
): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = '', size, mode = 0o100644, flags = 0 } of files) {
    const bytes = Buffer.from(content as string);
    const packed = deflateRawSync(bytes);
    if (flags === 1) packed.fill(0xff);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size ?? bytes.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(mode * 0x10000, 6);
    rest.writeUInt32LE(offset, 10);
    local.push(Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed);
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, rest, Buffer.from(name));
    offset += 30 + Buffer.byteLength(name) + packed.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, ...directory, end]);
}

describe('the forms of a document', () => {
  const text = stringify(spec());
  const both = `${text}---\n${stringify(platform())}`;

  test('YAML of two documents, with comments, a BOM and CRLF', () => {
    const expected = { spec: spec(), platform: platform() };
    const commented = `# PIPELINE DEFINITION\n# Name: two\n${both}`;
    for (const form of [commented, `\ufeff${commented}`, commented.replaceAll('\n', '\r\n'), `${commented}\n---\n`]) {
      for (const content of [form, Buffer.from(form)]) {
        const read = readIr('pipeline.yaml', content);
        expect(read.problems).toEqual([]);
        expect(read.unknown).toEqual([]);
        expect(read.document).toEqual(expected);
      }
    }
    const utf16 = Buffer.from(`\ufeff${both}`, 'utf16le');
    expect(readIr('pipeline.yaml', utf16).document).toEqual(expected);
  });

  test('JSON, and fields in snake_case', () => {
    expect(readIr('pipeline.json', JSON.stringify(spec(), null, 2)).document).toEqual({ spec: spec() });
    const snake = JSON.stringify(spec()).replace(/"([a-z]+[A-Z]\w*)":/g, (_, key: string) => {
      return `"${key === 'Output' ? key : key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`;
    });
    expect(snake).toContain('"task_output_parameter"');
    const read = readIr('pipeline.json', snake);
    expect(read.document).toEqual({ spec: spec() });
    expect(read.unknown).toEqual([]);
    expect(read.at(['spec', 'root', 'dag', 'tasks', 'train', 'dependentTasks', 0])).toBe('pipeline.json:1');
  });

  test('a PipelineJob, whose arguments are defaults', () => {
    const job = {
      displayName: 'two',
      labels: { team: 'a' },
      pipelineSpec: spec(),
      runtimeConfig: { gcsOutputDirectory: 'gs://bucket/root', parameterValues: { n: 7, m: 1 } },
    };
    const read = readIr('job.json', JSON.stringify(job, null, 1));
    expect(read.document?.spec.root.inputDefinitions?.parameters?.n?.defaultValue).toBe(7);
    expect(read.document?.spec.defaultPipelineRoot).toBe('gs://bucket/root');
    expect(shown(read)).toEqual([
      'KFP1512 the labels of a PipelineJob are not read\n    at job.json:1\n    mend: give the Run these labels',
      "KFP1512 the job gives 'm', and its pipeline has no such parameter\n    at job.json:1\n    mend: leave it out",
    ]);
    const old = { pipelineSpec: spec(), runtimeConfig: { parameters: { n: { intValue: '7' } } } };
    expect(shown(readIr('job.json', JSON.stringify(old)))).toEqual([
      "KFP1512 a PipelineJob's arguments in the form of KFP 1.8 (runtimeConfig.parameters) are not read\n" +
        '    at job.json:1\n    mend: give the Run these arguments',
    ]);
  });

  test('objects of Kubernetes, and what the server answers', () => {
    const version = {
      apiVersion: 'pipelines.kubeflow.org/v2beta1',
      kind: 'PipelineVersion',
      metadata: { name: 'two-1' },
      spec: { pipelineSpec: spec(), platformSpec: platform() },
    };
    const object = { apiVersion: 'pipelines.kubeflow.org/v2beta1', kind: 'Pipeline', metadata: { name: 'two' } };
    const read = readIr('two.yaml', `${stringify(object)}---\n${stringify(version)}`);
    expect(read.document).toEqual({ spec: spec(), platform: platform() });
    expect(read.at(['spec', 'schemaVersion'])).toMatch(/^two\.yaml:\d\d$/);
    const answer = { pipeline_version_id: '1', pipeline_spec: { pipeline_spec: spec(), platform_spec: platform() } };
    expect(readIr('a.json', JSON.stringify(answer)).document).toEqual({ spec: spec(), platform: platform() });
    expect(readIr('a.json', JSON.stringify({ pipeline_spec: spec() })).document).toEqual({ spec: spec() });
  });

  test('packed: the only YAML, or pipeline.yaml', () => {
    const one = [{ name: 'two.yaml', content: both }];
    const several = [
      { name: 'docs/', type: '5' },
      { name: 'docs/readme.md', content: 'x' },
      { name: '__MACOSX/._two.yaml', content: 'x' },
      { name: 'other.yaml', content: 'x' },
      { name: 'pipeline.yaml', content: both },
    ];
    for (const files of [one, several]) {
      for (const archive of [zip(...files), gzipSync(tar(...files))]) {
        const read = readIr('two.archive', archive);
        expect(read.problems).toEqual([]);
        expect(read.document).toEqual({ spec: spec(), platform: platform() });
        expect(read.at(['platform'])).toMatch(/^two\.archive\/(two|pipeline)\.yaml:\d+$/);
      }
    }
  });

  test('a file', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'read-ir-'));
    const file = path.join(folder, 'two.yaml');
    fs.writeFileSync(file, both);
    expect(readIrFile(file).document).toEqual({ spec: spec(), platform: platform() });
    const missing = path.join(folder, 'none.yaml');
    expect(shown(readIrFile(missing))).toEqual([
      `KFP1500 the file cannot be read: there is no such file\n    at ${missing}\n    mend: give the file of a compiled pipeline`,
    ]);
    expect(readIrFile(folder).problems[0]!.message).toBe('the file cannot be read: this is a directory');
    const large = path.join(folder, 'large.yaml');
    fs.writeFileSync(large, '');
    fs.truncateSync(large, 51 * 1024 * 1024);
    expect(readIrFile(large).problems[0]!.message).toBe('the file is larger than 50 MB');
    fs.rmSync(folder, { recursive: true });
  });

  test('scalars without quotes are what PyYAML takes them for', () => {
    const constants = [
      ...['08', '7e10432', '0o17', '1.5e3', 'y', 'n', '2024-01-01', '1:30', '1_000', '+', '.'],
      ...['12', '-3', '0', '1.0', '.5', '1.0e+20', '1e+06', '1.0e-05', '0x1F', 'yes', 'Off', 'true', '~', 'null'],
    ];
    const list = constants.map((constant) => `              - ${constant}\n`).join('');
    const read = readIr(
      'p.yaml',
      stringify(spec()).replace('constant: hello\n', `constant:\n${list.replaceAll('  - ', '                - ')}`),
    );
    expect(read.problems).toEqual([]);
    expect(read.document?.spec.root.dag?.tasks?.say?.inputs?.parameters?.text?.runtimeValue?.constant).toEqual([
      ...['08', '7e10432', '0o17', '1.5e3', 'y', 'n', '2024-01-01', '1:30', '1_000', '+', '.'],
      ...[12, -3, 0, 1, 0.5, 1e20, 1e6, 1e-5, 31, true, false, true, null, null],
    ]);
  });

  test('protobuf: null is nothing, numbers are text, choices are numbers', () => {
    const read = changed(({ root, components, deploymentSpec }) => {
      Object.assign(root.dag.tasks.say, {
        retryPolicy: { maxRetryCount: '3', backoffFactor: '2.5', backoffDuration: '0.5s' },
        iteratorPolicy: null,
        triggerPolicy: { strategy: 2 },
      });
      root.dag.tasks.say.inputs.parameters.text.runtimeValue.constant = null;
      components['comp-say'].inputDefinitions.parameters.text.parameterType = 2;
      deploymentSpec.executors['exec-say'].container.resources = { accelerator: { count: '2' }, cpuLimit: 1 };
    });
    expect(read.problems).toEqual([]);
    const { say } = read.document!.spec.root.dag!.tasks!;
    expect(say).toMatchObject({
      retryPolicy: { maxRetryCount: 3, backoffFactor: 2.5, backoffDuration: '0.5s' },
      triggerPolicy: { strategy: 'ALL_UPSTREAM_TASKS_COMPLETED' },
      inputs: { parameters: { text: { runtimeValue: { constant: null } } } },
    });
    expect(say).not.toHaveProperty('iteratorPolicy');
    expect(read.document?.spec.components?.['comp-say']?.inputDefinitions?.parameters?.text?.parameterType).toBe(
      'NUMBER_INTEGER',
    );
    expect(read.document?.spec.deploymentSpec?.executors?.['exec-say']?.container?.resources?.accelerator?.count).toBe(
      2,
    );
  });

  test('names are those of the document, whatever objects have', () => {
    const read = changed(({ root, components }) => {
      for (const name of ['constructor', 'prototype', 'toString']) {
        components['comp-say'].inputDefinitions.parameters[name] = { parameterType: 'STRING' };
        root.dag.tasks.say.inputs.parameters[name] = { runtimeValue: { constant: { constructor: name } } };
      }
    });
    expect(read.problems).toEqual([]);
    expect(Object.keys(read.document!.spec.components!['comp-say']!.inputDefinitions!.parameters!)).toEqual([
      'text',
      'constructor',
      'prototype',
      'toString',
    ]);
    expect(read.document?.spec.root.dag?.tasks?.say?.inputs?.parameters?.constructor).toEqual({
      runtimeValue: { constant: { constructor: 'constructor' } },
    });
    const missing = changed(({ root }) => {
      root.dag.tasks.say.componentRef.name = 'toString';
    });
    expect(missing.problems[0]!.message).toBe("spec.root.dag.tasks.say.componentRef: there is no component 'toString'");
  });
});

describe('what is wrong with a document', () => {
  test('fields that nobody knows are told apart from it', () => {
    const document = spec();
    document.root.dag.tasks.say.priority = { class: 'high' };
    document.newThing = 1;
    const settings = platform();
    settings.platforms.kubernetes.deploymentSpec.executors['exec-say'].runtimeClass = 'gvisor';
    settings.platforms.slurm = { any: 'thing' };
    const read = readIr('p.yaml', `${stringify(document)}---\n${stringify(settings)}`);
    expect(read.problems).toEqual([]);
    expect(read.unknown).toEqual([
      { path: ['spec', 'root', 'dag', 'tasks', 'say', 'priority'], value: { class: 'high' } },
      { path: ['spec', 'newThing'], value: 1 },
      {
        path: ['platform', 'platforms', 'kubernetes', 'deploymentSpec', 'executors', 'exec-say', 'runtimeClass'],
        value: 'gvisor',
      },
    ]);
    expect(read.document?.spec).toEqual(spec());
    expect(read.document?.platform?.platforms?.slurm).toEqual({ any: 'thing' });
    expect(read.at(['spec', 'root', 'dag', 'tasks', 'say', 'priority'])).toBe(
      `p.yaml:${stringify(document).split('priority')[0]!.split('\n').length}`,
    );
  });

  test('every wrong field, with its path and line', () => {
    const read = changed(({ root, components, deploymentSpec }) => {
      root.dag.tasks.train.dependentTasks = 'say';
      root.dag.tasks.say.retryPolicy = { maxRetryCount: 1.5, backoffDuration: '1m' };
      root.dag.tasks.say.inputs.parameters['a b'] = { componentInputParameter: 'n', runtimeValue: { constant: 1 } };
      components['comp-say'].inputDefinitions.parameters.text.parameterType = 'TEXT';
      components['comp-train'].inputDefinitions.parameters.text = {};
      deploymentSpec.executors['exec-say'].container.command = [1];
      deploymentSpec.executors['exec-train'] = {};
    });
    expect(read.document).toBeUndefined();
    expect(read.problems.map(({ code, message: text }) => `${code} ${text}`)).toEqual([
      'KFP1505 spec.components.comp-say.inputDefinitions.parameters.text.parameterType: one of NUMBER_DOUBLE, ' +
        'NUMBER_INTEGER, STRING, BOOLEAN, LIST, STRUCT, TASK_FINAL_STATUS, TASK_CONFIG is expected here, and this is "TEXT"',
      "KFP1505 spec.components.comp-train.inputDefinitions.parameters.text: one of 'parameterType', 'type' is missing here",
      'KFP1505 spec.deploymentSpec.executors.exec-say.container.command[0]: text is expected here, and this is 1',
      "KFP1505 spec.deploymentSpec.executors.exec-train: one of 'container', 'importer', 'resolver', 'customJob' is missing here",
      'KFP1506 spec.root.dag.tasks.say.inputs.parameters["a b"]: only one of runtimeValue, componentInputParameter can be given',
      'KFP1505 spec.root.dag.tasks.say.retryPolicy.maxRetryCount: a whole number is expected here, and this is 1.5',
      'KFP1505 spec.root.dag.tasks.say.retryPolicy.backoffDuration: a duration in seconds such as \'60s\' is expected here, and this is "1m"',
      'KFP1505 spec.root.dag.tasks.train.dependentTasks: a list is expected here, and this is "say"',
    ]);
    expect(read.problems.map(({ mend }) => mend)).toEqual(Array(8).fill(MEND));
    expect(read.problems[7]!.at).toMatch(/^pipeline\.yaml:\d+$/);
    expect(read.at(['spec', 'root', 'dag', 'tasks', 'train', 'dependentTasks'])).toBe(read.problems[7]!.at);
  });

  test('what it refers to does not exist', () => {
    const read = changed(({ root, components }) => {
      components['comp-say'].executorLabel = 'exec-none';
      root.dag.tasks.train.componentRef.name = 'comp-none';
      root.dag.tasks.train.dependentTasks = ['say', 'nobody'];
      root.dag.tasks.train.inputs.parameters.text.taskOutputParameter.outputParameterKey = 'other';
      root.dag.tasks.say.inputs.parameters.text = { componentInputParameter: 'm' };
      root.dag.tasks.say.inputs.parameters.status = { taskFinalStatus: { producerTask: 'gone' } };
      root.dag.tasks.say.inputs.artifacts = {
        data: { taskOutputArtifact: { producerTask: 'train', outputArtifactKey: 'data' } },
        more: { componentInputArtifact: 'data' },
      };
      root.dag.tasks.say.parameterIterator = { items: { inputParameter: 'list' }, itemInput: 'text' };
      root.dag.outputs = {
        parameters: { sum: { valueFromParameter: { producerSubtask: 'away', outputParameterKey: 'Output' } } },
        artifacts: { model: { artifactSelectors: [] } },
      };
    });
    expect(shown(read).map((text) => text.replace(/\n {4}at pipeline\.yaml:\d+\n {4}mend: .*/, ''))).toEqual([
      "KFP1508 spec.root.dag.tasks.say.inputs.parameters.text: the component around this has no parameter 'm'",
      "KFP1508 spec.root.dag.tasks.say.inputs.parameters.status: there is no task 'gone' here",
      "KFP1508 spec.root.dag.tasks.say.inputs.artifacts.more: the component around this has no artifact 'data'",
      "KFP1508 spec.root.dag.tasks.say.parameterIterator.items: the task has no input 'list'",
      "KFP1507 spec.root.dag.tasks.train.componentRef: there is no component 'comp-none'",
      "KFP1508 spec.root.dag.tasks.train.dependentTasks[1]: there is no task 'nobody' here",
      "KFP1508 spec.root.dag.tasks.train.inputs.parameters.text: the task 'say' has no parameter 'other'",
      "KFP1508 spec.root.dag.outputs.parameters.sum: no output 'sum' is declared",
      "KFP1508 spec.root.dag.outputs.parameters.sum: there is no task 'away' here",
      "KFP1508 spec.root.dag.outputs.artifacts.model: no output 'model' is declared",
      'KFP1508 spec.root.dag.outputs.artifacts.model: no task gives this output',
      "KFP1507 spec.components.comp-say.executorLabel: there is no executor 'exec-none'",
    ]);
  });

  test('what the SDK hands into groups and nothing declares is left to whoever reads it', () => {
    const read = changed(({ root }) => {
      root.dag.tasks.say.inputs.parameters['pipelinechannel--loop-item-param-1'] = {
        componentInputParameter: 'loop-item-param-1',
      };
      root.dag.tasks.train.inputs.parameters['pipelinechannel--say-Output-loop-item-subvar-k'] = {
        taskOutputParameter: { producerTask: 'say', outputParameterKey: 'Output-loop-item-subvar-k' },
      };
    });
    expect(read.problems).toEqual([]);
  });

  test('what cannot be run', () => {
    const place = (path: string) => new RegExp(`^KFP15\\d\\d ${path.replace(/[.[\]]/g, '\\$&')}`);
    const cases: readonly [string, (document: Any) => void, string][] = [
      [
        'KFP1504 spec.schemaVersion: the schema version "3.0.0" is not known; 2.1.0 is',
        (document) => Object.assign(document, { schemaVersion: '3.0.0' }),
        'compile the pipeline with the KFP SDK 2',
      ],
      [
        'KFP1507 spec.root: the root has no dag',
        (document) => Object.assign(document, { root: { executorLabel: 'exec-say' } }),
        MEND,
      ],
      [
        'KFP1509 spec.components.comp-say: the component contains itself, directly or through others',
        ({ components }) => {
          const dag = (name: string) => ({ tasks: { inner: { componentRef: { name } } } });
          components['comp-say'] = { dag: dag('comp-train') };
          components['comp-train'] = { dag: dag('comp-say'), outputDefinitions: { parameters: {} } };
        },
        MEND,
      ],
      [
        'KFP1509 spec.root.dag.tasks: these tasks wait for each other: say, train',
        ({ root }) => Object.assign(root.dag.tasks.say, { dependentTasks: ['train'] }),
        MEND,
      ],
      [
        'KFP1510 spec.deploymentSpec.executors.exec-say.customJob: a custom job runs on Vertex AI only',
        ({ deploymentSpec }) => {
          deploymentSpec.executors['exec-say'] = { customJob: { customJob: {} } };
        },
        'write a component that runs a container',
      ],
      [
        'KFP1510 spec.deploymentSpec.executors.exec-say.resolver: a resolver asks a metadata store for artifacts, which only Vertex AI does',
        ({ deploymentSpec }) => {
          deploymentSpec.executors['exec-say'] = { resolver: {} };
        },
        'import the artifact with dsl.importer',
      ],
      [
        "KFP1511 spec.components.comp-say.inputDefinitions.parameters.text.type: 'type' is of KFP 1.8, and not read: 'parameterType' is",
        ({ components }) => {
          components['comp-say'].inputDefinitions.parameters.text = { type: 'STRING' };
        },
        'compile the pipeline with the KFP SDK 2',
      ],
      [
        "KFP1511 spec.root.dag.tasks.say.inputs.parameters.text: 'constantValue' is of KFP 1.8, and not read",
        ({ root }) => {
          root.dag.tasks.say.inputs.parameters.text.runtimeValue = { constantValue: { stringValue: 'a' } };
        },
        'compile the pipeline with the KFP SDK 2',
      ],
      [
        'KFP1505 spec.root.dag.tasks.say.parameterIterator.items.raw: this is not the JSON of a list',
        ({ root }) =>
          Object.assign(root.dag.tasks.say, { parameterIterator: { items: { raw: '{}' }, itemInput: 'text' } }),
        MEND,
      ],
      [
        'KFP1509 spec.root: the pipeline has more than 100000 tasks, with those of the components that it uses again',
        ({ root, components }) => {
          for (let level = 0; level < 30; level += 1) {
            const componentRef = { name: level === 29 ? 'comp-say' : `comp-level-${level + 1}` };
            components[`comp-level-${level}`] = { dag: { tasks: { a: { componentRef }, b: { componentRef } } } };
          }
          root.dag.tasks.bomb = { componentRef: { name: 'comp-level-0' } };
        },
        'cut the pipeline into several',
      ],
      [
        'KFP1509 spec.root: components are nested 20002 deep, and 100 is the most',
        ({ root, components }) => {
          for (let level = 0; level <= 20_000; level += 1) {
            const componentRef = { name: level === 20_000 ? 'comp-say' : `comp-level-${level + 1}` };
            components[`comp-level-${level}`] = { dag: { tasks: { a: { componentRef } } } };
          }
          root.dag.tasks.deep = { componentRef: { name: 'comp-level-0' } };
        },
        'nest fewer pipelines and groups',
      ],
    ];
    for (const [expected, change, mend] of cases) {
      const document = spec();
      change(document);
      const read = readIr('p.json', JSON.stringify(document));
      expect(read.document).toBeUndefined();
      expect(read.problems.map(({ code, message: text }) => `${code} ${text}`)).toEqual([expected]);
      expect(read.problems[0]).toMatchObject({ mend, at: expect.stringMatching(/^p\.json:1$/) });
      expect(expected).toMatch(place('spec'));
    }
    const settings = platform();
    settings.platforms.kubernetes.deploymentSpec.executors = { 'exec-none': {} };
    const read = readIr('p.yaml', `${stringify(spec())}---\n${stringify(settings)}`);
    expect(read.document).toBeDefined();
    expect(shown(read)[0]).toMatch(
      /^KFP1513 platform\.platforms\.kubernetes\.deploymentSpec\.executors\.exec-none: there is no such executor, so nothing is told this\n {4}at p\.yaml:\d+\n {4}mend: compile the pipeline again$/,
    );
  });

  test('what the file is instead', () => {
    const argo = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'x' } };
    const annotations = { 'pipelines.kubeflow.org/kfp_sdk_version': '1.8.22' };
    const compile = 'compile the pipeline with the KFP SDK 2 (kfp.compiler.Compiler().compile), and give that file';
    const cases: readonly [string, string, string][] = [
      ['', 'the file is empty', compile],
      ['---\n---\n', 'the file is empty', compile],
      ['<!DOCTYPE html><html></html>', 'this is a web page, and no KFP pipeline', compile],
      ['hello', 'this is text, and no KFP pipeline', compile],
      ['- a', 'this is no KFP pipeline, but a list', compile],
      [
        stringify(argo),
        'this is a Workflow of Argo, and no KFP pipeline',
        'give the file of a compiled KFP pipeline, or include the manifest in the app with cdk8s',
      ],
      [
        stringify({ ...argo, metadata: { annotations } }),
        'this is a Workflow of Argo, as the KFP SDK 1 compiles it, and no KFP pipeline',
        compile,
      ],
      [stringify({ apiVersion: 'v1', kind: 'Secret' }), 'this is a Secret of v1, and no KFP pipeline', compile],
      [
        stringify({ name: 'Train', implementation: { container: {} } }),
        'this is the YAML of a component, and no pipeline',
        'load it as a component, and make a task of it in a pipeline',
      ],
      [stringify({ a: 1, b: 2 }), 'this is no KFP pipeline: its keys are a, b', compile],
      [stringify(platform()), 'the file holds no PipelineSpec', compile],
      [
        `${stringify(spec())}---\n${stringify(spec())}`,
        'the file holds several pipelines',
        'give each a file of its own',
      ],
    ];
    for (const [content, expected, mend] of cases) {
      expect(readIr('p.yaml', content).problems).toEqual([
        { code: 'KFP1503', at: expect.stringMatching(/^p\.yaml:\d+$/), message: expected, mend },
      ]);
    }
    expect(message('from kfp import dsl', 'pipeline.py')).toBe('KFP1503 this is Python, and no compiled pipeline');
  });
});

describe('quoted scalars that go on further out than YAML’s grammar wants them', () => {
  const documents = (text: string) => {
    const { documents, problems } = yamlSource(text);
    expect(problems).toEqual([]);
    return documents;
  };

  test('are what PyYAML takes them for', () => {
    const text = [
      'args:',
      '  - --arg0',
      `  - '{"a": ["it''s",`,
      `  "b"]}' # the end`,
      '  - "one\\',
      '  \\ two',
      '',
      '  \\"three\\"',
      ' four"',
      "other: 'a",
      "b'",
      'folded: "a',
      '',
      'b"',
      'script: |',
      '  say "what',
      '  is" written',
      'plain: it"s',
      'end: 1',
    ].join('\n');
    expect(documents(text)).toEqual([
      {
        args: ['--arg0', `{"a": ["it's", "b"]}`, 'one two\n"three" four'],
        other: 'a b',
        folded: 'a\nb',
        script: 'say "what\nis" written\n',
        plain: 'it"s',
        end: 1,
      },
    ]);
  });

  test('leave everything where it stands', () => {
    const text = 'a:\n  - "b\n  c\n  d"\ne:\n  f: 1\n';
    const { documents, offset } = yamlSource(text);
    expect(documents).toEqual([{ a: ['b c d'], e: { f: 1 } }]);
    expect(text.slice(offset(0, ['e', 'f']))).toBe('f: 1\n');
    expect(text.slice(offset(0, ['e']))).toBe('e:\n  f: 1\n');
    expect(text.slice(offset(0, ['a', 0]))).toBe('"b\n  c\n  d"\ne:\n  f: 1\n');
    const twice = 'a:\n  - "b\n  c"\ne: 1\ne: 2\n';
    expect(yamlSource(twice).problems).toEqual([
      { message: "the key 'e' stands here twice", offset: twice.indexOf('e: 2') },
    ]);
  });

  test.each([
    ['that are not closed', 'a:\n  - "b\n  c\n', 'Missing closing "quote'],
    ['in which the document ends', 'a:\n  - "b\n---\n  c"\n', 'Missing closing "quote'],
    [
      'and would be far too long',
      `${'- '.repeat(80)}"${'\nx'.repeat(1000)}"`,
      'Unexpected scalar token in YAML stream',
    ],
  ])('are refused %s', (_, text, message) => {
    expect(yamlSource(text).problems[0]!.message).toBe(message);
  });

  test('are limited like all texts', () => {
    const text = `${'- a\n'.repeat(1000)}- "b\nc"\n`;
    expect(documents(text)[0]).toHaveLength(1001);
    expect(yamlSource(text, 3002).problems[0]!.message).toBe('the text says more than any pipeline does');
    expect(documents('- "b\nc"\n'.repeat(20_000))[0]).toHaveLength(20_000);
    expect(documents(`- "${'\n'.repeat(100_000)}b"`)).toEqual([[`${'\n'.repeat(99_999)}b`]]);
  });
});

describe('hostile texts', () => {
  const laughs = Array.from({ length: 20 }, (_, level) =>
    level === 0
      ? 'a0: &a0 [x, x, x, x]'
      : `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
  ).join('\n');

  test.each<[string, string | Uint8Array, string]>([
    ['an alias bomb', laughs, 'KFP1502 the text is not read: aliases make this document too large'],
    ['what contains itself', 'root: &a [*a]', 'KFP1502 the text is not read: nothing before this is named &a'],
    ['deep flow', '['.repeat(1_000_000), 'KFP1502 the text is not read: the text is nested too deeply'],
    ['deep maps', '{a: '.repeat(100_000), 'KFP1502 the text is not read: the text is nested too deeply'],
    ['deep blocks', '- '.repeat(1_000_000), 'KFP1502 the text is not read: the text is nested too deeply'],
    ['deep keys', '? '.repeat(100_000), 'KFP1502 the text is not read: the text is nested too deeply'],
    [
      'deep JSON',
      `{"root":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`,
      'KFP1502 the text is not read: the document is nested too deeply',
    ],
    ['documents', '---\na: 1\n'.repeat(100_000), 'KFP1502 the text is not read: the file holds too many documents'],
    ['closing', '} '.repeat(500_000), 'KFP1502 the text is not read: Unexpected flow-map-end token in YAML document'],
    ['a key twice', 'root: 1\nroot: 2', "KFP1502 the text is not read: the key 'root' stands here twice"],
    ['a key twice in JSON', '{"a":{"b":"}","b":1}}', "KFP1502 the text is not read: the key 'b' stands here twice"],
    ['a merge key', 'a: &a {b: 1}\nroot: {<<: *a}', 'KFP1502 the text is not read: merge keys are not read'],
    ['a tag', 'root: !!js/function "x"', 'KFP1502 the text is not read: Unresolved tag: tag:yaml.org,2002:js/function'],
    ['bytes', 'root: !!binary aGk=', 'KFP1502 the text is not read: this is no JSON'],
    ['a set', 'root: !!set {a, b}', 'KFP1502 the text is not read: the tag tag:yaml.org,2002:set is not read'],
    ['NaN', 'root: .nan', 'KFP1502 the text is not read: NaN is no JSON'],
    ['an infinite number', '{"root": 1e999}', 'KFP1502 the text is not read: a number is too large'],
    ['a key of several', '? [a, b]\n: 1', 'KFP1502 the text is not read: a key is not text'],
    ['a prototype', '__proto__: {polluted: 1}', "KFP1502 the text is not read: '__proto__' is no name"],
    ['a prototype in JSON', '{"__proto__": {"polluted": 1}}', "KFP1502 the text is not read: '__proto__' is no name"],
    ['millions of escapes', JSON.stringify(['\n'.repeat(10_000_000)]), 'KFP1503 this is no KFP pipeline, but a list'],
    ['an escaped prototype', '{"__pr\\u006fto__": {}}', "KFP1502 the text is not read: '__proto__' is no name"],
    [
      'truncated',
      '{"root": {"dag": ',
      'KFP1502 the text is not read: Flow map in block collection must be sufficiently indented and end with a }',
    ],
    ['an open quote', 'root: "abc', 'KFP1502 the text is not read: Missing closing "quote'],
    ['bytes that are no text', new Uint8Array([0x61, 0xff, 0xfe]), 'KFP1500 the file is not text in UTF-8'],
    ['bytes that end early', Buffer.from('root: é').subarray(0, 7), 'KFP1500 the file is not text in UTF-8'],
    ['a large file', new Uint8Array(51 * 1024 * 1024), 'KFP1500 the file is larger than 50 MB'],
  ])('%s', (_, content, expected) => {
    expect(message(content)).toBe(expected);
    expect(({} as Any).polluted).toBeUndefined();
  });

  test('a text of more words than a pipeline has is not read to its end', () => {
    expect(yamlSource('- a\n'.repeat(1000), 2999)).toMatchObject({
      documents: [],
      problems: [{ message: 'the text says more than any pipeline does', offset: 2399 }],
    });
    expect(yamlSource('- a\n'.repeat(1000), 6000).problems).toEqual([]);
  });

  test('names that a terminal would act on are shown, and long ones are cut', () => {
    const read = changed(({ root }) => {
      root.dag.tasks.say.componentRef.name = '\u001b[2Jgone\u202e';
      root.dag.tasks.train.dependentTasks = ['x'.repeat(10_000)];
    });
    expect(read.problems[0]!.message).toBe(
      "spec.root.dag.tasks.say.componentRef: there is no component '\\u001b[2Jgone\\u202e'",
    );
    expect(read.problems[1]!.message).toMatch(
      /^spec\.root\.dag\.tasks\.train\.dependentTasks\[0\]: there is no task 'x{500,600}…$/,
    );
  });

  test('many warnings hide no error, and many errors are cut', () => {
    const parameterValues = Object.fromEntries(Array.from({ length: 90 }, (_, place) => [`p${place}`, 1]));
    const broken = spec();
    broken.root.dag.tasks.say.componentRef.name = 'comp-none';
    const read = readIr('job.json', JSON.stringify({ pipelineSpec: broken, runtimeConfig: { parameterValues } }));
    expect(read.document).toBeUndefined();
    expect(read.problems.map(({ code }) => code)).toEqual(['KFP1507', ...Array(50).fill('KFP1512')]);
    const many = changed(({ root }) => {
      root.dag.tasks.say.dependentTasks = Array.from({ length: 1000 }, (_, place) => `t${place}`);
    });
    expect(many.problems).toHaveLength(50);
  });

  const good = stringify(spec());
  const badSum = tar({ name: 'a.yaml', content: good });
  badSum[0] = 0x62;

  test.each<[string, Uint8Array, string]>([
    [
      'several files',
      gzipSync(tar({ name: 'a.yaml' }, { name: 'b.yaml' })),
      'it holds several files, and none is pipeline.yaml: a.yaml, b.yaml',
    ],
    [
      'several files in a zip',
      zip({ name: 'a.yaml' }, { name: 'b.yml' }),
      'it holds several files, and none is pipeline.yaml: a.yaml, b.yml',
    ],
    ['no YAML', zip({ name: 'a.txt' }), 'it holds no YAML or JSON file, but a.txt'],
    ['nothing', zip(), 'it holds no YAML or JSON file'],
    ['a way out', gzipSync(tar({ name: '../../etc/p.yaml', content: good })), "'../../etc/p.yaml' leads out of it"],
    ['an absolute path', gzipSync(tar({ name: '/etc/p.yaml', content: good })), "'/etc/p.yaml' leads out of it"],
    ['a way out of a zip', zip({ name: 'a/../../p.yaml', content: good }), "'a/../../p.yaml' leads out of it"],
    ['a drive', zip({ name: 'C:\\p.yaml', content: good }), "'C:\\p.yaml' leads out of it"],
    [
      'a long name',
      gzipSync(tar({ name: '@', type: 'L', content: '../p.yaml\0' }, { name: 'p.yaml', content: good })),
      "'../p.yaml' leads out of it",
    ],
    [
      'a name in attributes',
      gzipSync(tar({ name: '@', type: 'x', content: '18 path=/etc/pass\n' }, { name: 'p.yaml', content: good })),
      "'/etc/pass' leads out of it",
    ],
    [
      'a size in attributes',
      gzipSync(tar({ name: '@', type: 'x', content: '10 size=9\n' }, { name: 'p.yaml', content: good })),
      'the attribute size is not read',
    ],
    [
      'attributes without a length',
      gzipSync(tar({ name: '@', type: 'x', content: '-9 path=a\n' }, { name: 'p.yaml' })),
      'it is damaged: a member has no proper attributes',
    ],
    [
      'a link',
      gzipSync(tar({ name: 'pipeline.yaml', type: '2', target: '/etc/passwd' })),
      "'pipeline.yaml' in it is neither a file nor a directory",
    ],
    ['a gzip bomb', gzipSync(Buffer.alloc(60 * 1024 * 1024)), 'it unpacks to more than 50 MB'],
    ['a zip bomb', zip({ name: 'p.yaml', content: Buffer.alloc(51 * 1024 * 1024) }), 'it unpacks to more than 50 MB'],
    [
      'a zip bomb that lies',
      zip({ name: 'p.yaml', content: Buffer.alloc(51 * 1024 * 1024), size: 9 }),
      'its file is larger than it says',
    ],
    ['an encrypted zip', zip({ name: 'p.yaml', content: good, flags: 1 }), 'it is damaged: invalid block type'],
    ['a truncated zip', zip({ name: 'p.yaml', content: good }).subarray(0, -30), 'it is damaged: invalid zip data'],
    ['a wrong sum', gzipSync(badSum), 'it is damaged: checksum failure'],
    [
      'a truncated tar',
      gzipSync(tar({ name: 'p.yaml', content: good }).subarray(0, 700)),
      'it is damaged: Truncated input (needed 1536 more bytes, only 188 available)',
    ],
    [
      'a truncated gzip',
      gzipSync(tar({ name: 'p.yaml', content: good })).subarray(0, 80),
      'it is damaged: unexpected end of file',
    ],
    ['a gzip in it', gzipSync(gzipSync(Buffer.alloc(1024))), 'it is packed twice'],
    [
      'attributes of several lines',
      gzipSync(tar({ name: '@', type: 'x', content: '19 path=a\n/../../x\n' }, { name: 'p.yaml', content: good })),
      'it is damaged: a member has no proper attributes',
    ],
    [
      'a name after a zero byte',
      gzipSync(tar({ name: 'p.yaml\0\nx', content: good })),
      'a name in it holds control characters',
    ],
    ...[
      tar({ name: '../p.yaml', type: 'N', content: 'a\0' }, { name: 'p.yaml', content: good }),
      tar({ name: 'a/', content: tar({ name: 'x' }).subarray(0, 512) }, { name: 'p.yaml', content: good }),
      tar({ name: 'a', type: '1', target: 'b', content: tar({ name: 'x' }) }, { name: 'p.yaml', content: good }),
    ].map((archive): [string, Uint8Array, string] => [
      'members that depend on the reader',
      gzipSync(archive),
      'it is damaged: others would find other members in it',
    ]),
    [
      'a zip of many files',
      zip(...Array.from({ length: 1001 }, (_, index) => ({ name: `${index}` }))),
      'it holds more than 1000 files',
    ],
    [
      'a zip that holds more than it says',
      zip({ name: 'p.yaml', content: good, size: good.length + 1 }),
      'it is damaged: its directory does not fit its content',
    ],
    [
      'a name twice in a zip',
      zip({ name: 'pipeline.yaml', content: good }, { name: 'pipeline.yaml', content: good }),
      'it is damaged: its directory does not fit its content',
    ],
  ])('an archive with %s', (_, content, expected) => {
    expect(readIr('p.archive', content).problems).toEqual([
      {
        code: 'KFP1501',
        at: 'p.archive',
        message: `the archive is not read: ${expected}`,
        mend: 'give the YAML file of the compiled pipeline, or one that is packed alone',
      },
    ]);
  });

  test('a link in a zip leads nowhere', () => {
    const link = zip({ name: 'pipeline.yaml', content: '/etc/passwd', mode: 0o120777 });
    expect(message(link)).toBe('KFP1503 this is text, and no KFP pipeline');
    const many = Array.from({ length: 999 }, (_, index) => ({ name: `${index}` }));
    expect(readIr('p.zip', zip(...many, { name: 'p.yaml', content: good })).problems).toEqual([]);
  });

  test('whatever stands where it does not belong is a problem, and no crash', () => {
    const base = spec();
    base.root.dag.tasks.say.parameterIterator = { items: { raw: '[1]' }, itemInput: 'text' };
    base.root.dag.outputs = { parameters: {}, artifacts: {} };
    const places: (readonly (string | number)[])[] = [];
    const walk = (value: Any, at: readonly (string | number)[]): void => {
      places.push(at);
      if (typeof value === 'object' && value !== null) {
        for (const key of Object.keys(value)) walk(value[key], [...at, Array.isArray(value) ? Number(key) : key]);
      }
    };
    walk(base, []);
    const junk = fc.oneof(fc.jsonValue(), fc.constantFrom(null, [], {}, '', 0, -1, [[]], { a: null }));
    fc.assert(
      fc.property(fc.constantFrom(...places.slice(1)), junk, (place, value) => {
        const document = structuredClone(base);
        const parent = place.slice(0, -1).reduce((at, key) => at[key], document);
        parent[place.at(-1)!] = value;
        const fromJson = readIr('p.json', JSON.stringify(document));
        const fromYaml = readIr('p.yaml', stringify(document));
        expect(fromYaml.document).toEqual(fromJson.document);
        expect(fromYaml.problems.map(({ code, message: text }) => [code, text])).toEqual(
          fromJson.problems.map(({ code, message: text }) => [code, text]),
        );
        expect(fromJson.document === undefined).toBe(fromJson.problems.length > 0);
      }),
      { numRuns: 200, seed: 6 },
    );
  });

  test('a text that ends early, or has other bytes, is a problem or is read, and no crash', () => {
    const bytes = Buffer.from(`${stringify(spec())}---\n${stringify(platform())}`);
    for (let length = 0; length < bytes.length; length += 37) {
      const { document, problems } = readIr('p.yaml', bytes.subarray(0, length));
      expect(document === undefined).toBe(problems.length > 0);
    }
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 4 }), (at, other) => {
        const content = Buffer.from(bytes);
        content.set(other.subarray(0, content.length - at), at);
        const { document, problems } = readIr('p.yaml', content);
        if (problems.length === 0) expect(document).toBeDefined();
      }),
      { numRuns: 300, seed: 7 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (rest) => {
        for (const start of ['PK\x03\x04', 'PK\x05\x06', '\x1f\x8b\x08']) {
          expect(readIr('p', Buffer.concat([Buffer.from(start, 'latin1'), rest])).problems[0]!.code).toBe('KFP1501');
        }
      }),
      { seed: 8 },
    );
  });
});

describe('places', () => {
  test('of YAML and of JSON, also of aliases, lists and what is not there', () => {
    const yaml = 'x: &x\n  tasks:\n    a: 1\n"root":\n  - b\n  -\n    dag: *x\n';
    const json =
      '{\n "pipelineInfo": {"name": "}"},\n "root": {\n  "dag": {\n   "tasks": [\n    {"a": 1},\n    {"b": "\\"],{"}\n]}}}';
    const { at } = readIr('p.json', json);
    expect(at(['spec', 'pipelineInfo', 'name'])).toBe('p.json:2');
    expect(at(['spec', 'root', 'dag', 'tasks', 1, 'b'])).toBe('p.json:7');
    expect(at(['spec', 'root', 'dag', 'tasks', 0])).toBe('p.json:6');
    expect(at(['spec', 'root', 'none', 'more'])).toBe('p.json:3');
    const inYaml = readIr('p.yaml', yaml);
    expect(inYaml.at(['spec', 'root'])).toBe('p.yaml:4');
    expect(inYaml.at(['spec', 'root', 0])).toBe('p.yaml:5');
    expect(inYaml.at(['spec', 'root', 1, 'dag'])).toBe('p.yaml:7');
    expect(inYaml.at(['spec', 'root', 1, 'dag', 'tasks', 'a'])).toBe('p.yaml:3');
    expect(inYaml.at(['platform'])).toBe('p.yaml:1');
  });
});

describe('conditions', () => {
  const compare = (left: ConditionOperand, operator: string, right: ConditionOperand): Condition =>
    ({ kind: 'compare', operator, left, right }) as Condition;
  const x = "inputs.parameter_values['x']";

  test.each<[string, Condition]>([
    [`${x} == 'heads'`, compare({ input: 'x' }, '==', { literal: 'heads' })],
    [`int(${x}) >= 12`, compare({ input: 'x', cast: 'int' }, '>=', { literal: 12 })],
    [
      `double(int(${x})) < 1.5`,
      compare({ input: 'x', cast: 'double', inner: 'int' }, '<', { literal: 1.5, double: true }),
    ],
    [`${x} != double(12)`, compare({ input: 'x' }, '!=', { literal: 12, double: true })],
    [`${x} == 2.0`, compare({ input: 'x' }, '==', { literal: 2, double: true })],
    [`${x} == -3`, compare({ input: 'x' }, '==', { literal: -3 })],
    [`${x} == 1e-05`, compare({ input: 'x' }, '==', { literal: 1e-5, double: true })],
    [`${x} == 0x1F`, compare({ input: 'x' }, '==', { literal: 31 })],
    [`${x} == string(1)`, compare({ input: 'x' }, '==', { literal: '1' })],
    [`${x} == false`, compare({ input: 'x' }, '==', { literal: false })],
    [x, { kind: 'value', operand: { input: 'x' } }],
    ['true', { kind: 'value', operand: { literal: true } }],
    [`!${x}`, { kind: 'not', operand: { kind: 'value', operand: { input: 'x' } } }],
    [
      `!(${x} == 'a') && !(${x} == 'b') && ${x} != 'c'`,
      {
        kind: 'and',
        operands: [
          { kind: 'not', operand: compare({ input: 'x' }, '==', { literal: 'a' }) },
          { kind: 'not', operand: compare({ input: 'x' }, '==', { literal: 'b' }) },
          compare({ input: 'x' }, '!=', { literal: 'c' }),
        ],
      },
    ],
    [
      `true || (false || true) && false`,
      {
        kind: 'or',
        operands: [
          { kind: 'value', operand: { literal: true } },
          {
            kind: 'and',
            operands: [
              {
                kind: 'or',
                operands: [
                  { kind: 'value', operand: { literal: false } },
                  { kind: 'value', operand: { literal: true } },
                ],
              },
              { kind: 'value', operand: { literal: false } },
            ],
          },
        ],
      },
    ],
    [
      ` inputs . parameter_values [ "a\\"b" ]\n==(('it\\'s\\n\\t\\\\\\x41\\u00e9\\U0001F600\\101'))`,
      compare({ input: 'a"b' }, '==', { literal: "it's\n\t\\AéđA".replace('đ', '\u{1F600}') }),
    ],
    [`${x} == '''it's\n"so"'''`, compare({ input: 'x' }, '==', { literal: 'it\'s\n"so"' })],
  ])('%s', (text, expected) => {
    const read = parseCondition(text);
    expect(read).toEqual(expected);
    expect(parseCondition(printCondition(read as Condition))).toEqual(expected);
  });

  test.each<[string, string, number]>([
    [
      `'inputs.parameter_values['x']' == 'true'`,
      'the value stands in quotes, because the KFP SDK writes this where a bool or a number is compared with a text',
      1,
    ],
    [
      `'a' == 'int(inputs.parameter_values['x'])'`,
      'the value stands in quotes, because the KFP SDK writes this where a bool or a number is compared with a text',
      8,
    ],
    [`${x} == 'it's'`, 'the text before this ends too early: quotes in it are not escaped', 37],
    [`${x} == 'a`, 'the text that begins here does not end', 33],
    [`${x} == 'a\nb'`, 'the text that begins here does not end', 33],
    [`${x} == 'C:\\dir'`, "'\\d' is no escape sequence of CEL", 36],
    [`${x} == '\\ud800'`, "'\\ud800' is no escape sequence of CEL", 34],
    [`${x} == r'a'`, 'raw strings and bytes are not read', 33],
    [`${x}.matches('^a+$')`, "'.' is not expected here", 29],
    [`${x} in ['a']`, "'in' is not expected here", 30],
    [`${x} + 1 == 2`, "'+' is not expected here", 30],
    [`${x} == 1 ? true : false`, "'?' is not expected here", 35],
    [
      `size(${x}) > 0`,
      "'size' is not read: a condition compares inputs.parameter_values['…'] and literals, with int(), double(), string() or bool()",
      1,
    ],
    [
      `${x} == inf`,
      "'inf' is not read: a condition compares inputs.parameter_values['…'] and literals, with int(), double(), string() or bool()",
      33,
    ],
    [`inputs.parameters['x'] == 1`, "only inputs.parameter_values['…'] is read of the inputs", 8],
    [`inputs.parameter_values[x] == 1`, 'the name of an input is expected here, in quotes', 25],
    [`(${x} == 1) == true`, 'a comparison is not compared: only inputs and literals are', 1],
    [`!${x} == true`, 'a comparison is not compared: only inputs and literals are', 1],
    [`-${x} == 1`, 'only a number can follow a minus', 2],
    [`${x} == 9007199254740993`, 'the number is too large', 33],
    [`${x} == 1e999`, 'the number is too large', 33],
    [`${x} == 12u`, 'this is no number', 33],
    [`${x} == int('12')`, 'int() of this literal is not read', 33],
    [`string(double(int(${x}))) == '1'`, 'more than two casts of one value are not read', 1],
    [`${x} == `, 'the condition ends too early', 33],
    ['', 'the condition ends too early', 1],
    [`(${x} == 1`, "')' is expected here", 35],
    [`${x} == 1 #`, "'#' is no character of an expression", 35],
    [`${x} & true`, "'&' is no character of an expression", 30],
    ['('.repeat(100_000), 'the condition is nested too deeply', 101],
    [`${'!'.repeat(200)}true`, 'the condition is nested too deeply', 201],
    [`'${'\\'.repeat(99_990)}`, 'the text that begins here does not end', 1],
    [' '.repeat(100_001), 'the condition has more than 100000 characters', 100_001],
  ])('refused: %#', (text, error, column) => {
    expect(parseCondition(text)).toEqual({ error, column });
  });

  test('what is printed is read as it was', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 8 });
    const literal = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }).map((value) => ({ literal: value })),
      fc.maxSafeInteger().map((value) => ({ literal: value })),
      fc.boolean().map((value) => ({ literal: value })),
      fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => ({ literal: value, double: true as const })),
    );
    const cast = fc.constantFrom(undefined, 'int', 'double', 'string', 'bool');
    const input = fc
      .record({ input: name, cast })
      .map(({ input: of, cast: to }) => (to ? { input: of, cast: to } : { input: of }));
    const operand = fc.oneof(literal, input) as fc.Arbitrary<ConditionOperand>;
    const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
      condition: fc.oneof(
        { maxDepth: 4 },
        fc
          .tuple(operand, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), operand)
          .map(([left, operator, right]) => compare(left, operator, right)),
        operand.map((of): Condition => ({ kind: 'value', operand: of })),
        tie('condition').map((of): Condition => ({ kind: 'not', operand: of })),
        fc
          .tuple(
            fc.constantFrom('and' as const, 'or' as const),
            fc.array(tie('condition'), { minLength: 2, maxLength: 3 }),
          )
          .map(([kind, operands]): Condition => ({ kind, operands })),
      ),
    }));
    fc.assert(
      fc.property(condition, (value) => {
        const text = printCondition(value);
        const misquoted = /'(?:\w+\()*inputs\.parameter_values\[/.test(text);
        expect(misquoted ? value : parseCondition(text)).toEqual(value);
      }),
      { numRuns: 500, seed: 9 },
    );
  });
});

describe('placeholders', () => {
  test.each<[string, Any]>([
    ["{{$.inputs.parameters['x']}}", { kind: 'input-parameter', input: 'x' }],
    ["{{$.inputs.parameters['pipelinechannel--a b']}}", { kind: 'input-parameter', input: 'pipelinechannel--a b' }],
    ["{{$.inputs.artifacts['d'].path}}", { kind: 'input-artifact', input: 'd', property: 'path' }],
    ["{{$.inputs.artifacts['d'].uri}}", { kind: 'input-artifact', input: 'd', property: 'uri' }],
    ["{{$.inputs.artifacts['d'].metadata}}", { kind: 'input-artifact', input: 'd', property: 'metadata' }],
    [
      "{{$.inputs.artifacts['d'].metadata['k']}}",
      { kind: 'input-artifact', input: 'd', property: 'metadata', member: 'k' },
    ],
    ["{{$.inputs.artifacts['d']}}", { kind: 'input-artifact', input: 'd', property: 'value' }],
    ["{{$.outputs.parameters['o'].output_file}}", { kind: 'output-parameter', output: 'o' }],
    ["{{$.outputs.artifacts['m'].path}}", { kind: 'output-artifact', output: 'm', property: 'path' }],
    ["{{$.outputs.artifacts['m'].uri}}", { kind: 'output-artifact', output: 'm', property: 'uri' }],
    ["{{$.outputs.artifacts['m']}}", { kind: 'output-artifact', output: 'm', property: 'value' }],
    [
      "{{$.outputs.artifacts['m'].metadata['k']}}",
      { kind: 'output-artifact', output: 'm', property: 'metadata', member: 'k' },
    ],
    ['{{$}}', { kind: 'executor-input' }],
    ['{{$.outputs.output_file}}', { kind: 'executor-output' }],
    ['{{$.outputMetadataUri}}', { kind: 'executor-output' }],
    ['{{$.pipeline_job_name}}', { kind: 'job-name' }],
    ['{{$.pipeline_job_resource_name}}', { kind: 'job-resource-name' }],
    ['{{$.pipeline_job_uuid}}', { kind: 'job-id' }],
    ['{{$.pipeline_task_name}}', { kind: 'task-name' }],
    ['{{$.pipeline_task_uuid}}', { kind: 'task-id' }],
    ['{{$.pipeline_root}}', { kind: 'pipeline-root' }],
    ['{{$.pipeline_job_create_time_utc}}', { kind: 'create-time' }],
    ['{{$.pipeline_job_schedule_time_utc}}', { kind: 'schedule-time' }],
    ['{{$.workspace_path}}', { kind: 'workspace-path' }],
    ['{{$.json_escape[1]}}', { kind: 'unknown' }],
    ["{{$.json_escape[1].inputs.parameters['x']}}", { kind: 'unknown' }],
    ['{{$.inputs.parameters["x"]}}', { kind: 'unknown' }],
    ["{{$.inputs.parameters['x'].output_file}}", { kind: 'unknown' }],
    ["{{$.outputs.parameters['x']}}", { kind: 'unknown' }],
    ["{{$.outputs.artifacts['x'].path['k']}}", { kind: 'unknown' }],
    ["{{$.inputs.artifacts['x'].properties['k']}}", { kind: 'unknown' }],
    ['{{$.constructor}}', { kind: 'unknown' }],
    ['{{$ }}', { kind: 'unknown' }],
  ])('%s', (text, expected) => {
    const whole = { placeholder: text.slice(3, -2), ...expected };
    expect(parsePlaceholders(text)).toEqual([whole]);
    expect(parsePlaceholders(`a${text}{{b}}`)).toEqual(['a', whole, '{{b}}']);
    expect(hasPlaceholder(`--x=${text}`)).toBe(true);
  });

  test('what stands around them stays', () => {
    const x = { placeholder: ".inputs.parameters['x']", kind: 'input-parameter', input: 'x' };
    expect(parsePlaceholders('{"a":{{$.inputs.parameters[\'x\']}}}')).toEqual(['{"a":', x, '}']);
    expect(parsePlaceholders(`{{${'$'}{{$.inputs.parameters['x']}}`)).toEqual(['{{$', x]);
    expect(parsePlaceholders('')).toEqual([]);
    expect(parsePlaceholders('{{workflow.name}} {{$')).toEqual(['{{workflow.name}} {{$']);
    expect(hasPlaceholder('{{$ and no end')).toBe(false);
    fc.assert(
      fc.property(fc.array(fc.constantFrom('{{$', '}}', '{', '}', 'a', ".inputs.parameters['x']", '$')), (pieces) => {
        expect(placeholderText(parsePlaceholders(pieces.join('')))).toBe(pieces.join(''));
      }),
    );
    // Neither many marks nor many ends cost more than they are long.
    expect(parsePlaceholders('{{$'.repeat(300_000))).toHaveLength(1);
    expect(parsePlaceholders(`${'{{$'.repeat(300_000)}}}`)).toHaveLength(2);
  });

  test('Concat and IfPresent in commands', () => {
    const text = (...parts: Any[]) => ({ kind: 'text', parts });
    const x = { placeholder: ".inputs.parameters['x']", kind: 'input-parameter', input: 'x' };
    expect(parseArgument("--x={{$.inputs.parameters['x']}}")).toEqual(text('--x=', x));
    expect(parseArgument('{"Concat": ["a", "{{$.inputs.parameters[\'x\']}}"]}')).toEqual({
      kind: 'concat',
      items: [text('a'), text(x)],
    });
    expect(
      parseArgument(
        JSON.stringify({
          IfPresent: {
            InputName: 'x',
            Then: ['--x', { Concat: ['y', { IfPresent: { InputName: 'z', Then: 'z', Else: null } }] }],
            Else: [],
          },
        }),
      ),
    ).toEqual({
      kind: 'if-present',
      input: 'x',
      given: [
        text('--x'),
        { kind: 'concat', items: [text('y'), { kind: 'if-present', input: 'z', given: [text('z')], list: false }] },
      ],
      absent: [],
      list: true,
    });
    for (const json of ['{"Concat": ["a"], "b": 1}', '{"Concat": [', '{"a": {"Concat": []}}', ' {"concat": []}']) {
      expect(parseArgument(json)).toEqual(text(json));
    }
  });

  test.each<[string, string]>([
    ['{"Concat": "a"}', 'a placeholder is neither text, {"Concat": […]} nor {"IfPresent": {…}}'],
    ['{"Concat": [1]}', 'a placeholder is neither text, {"Concat": […]} nor {"IfPresent": {…}}'],
    [
      '{"IfPresent": {"InputName": "x"}}',
      'an IfPresent has no InputName or Then, or more than InputName, Then and Else',
    ],
    [
      '{"IfPresent": {"InputName": "x", "Then": "a", "Or": 1}}',
      'an IfPresent has no InputName or Then, or more than InputName, Then and Else',
    ],
    [
      '{"Concat": [{"IfPresent": {"InputName": "x", "Then": ["a"]}}]}',
      'an IfPresent with lists stands in a Concat, which is one text',
    ],
    [`${'{"Concat": ['.repeat(50)}"a"${']}'.repeat(50)}`, 'the placeholder is nested too deeply, or too long'],
    [JSON.stringify({ Concat: Array(20_000).fill('a') }), 'the placeholder is nested too deeply, or too long'],
  ])('refused: %#', (element, error) => {
    expect(parseArgument(element)).toEqual({ error });
  });
});

describe('archives in Python modules', () => {
  const DEEP = `${'a/'.repeat(101)}x`;
  const module = (archive: Uint8Array) =>
    `import kfp\n\n__KFP_EMBEDDED_ARCHIVE_B64 = '${Buffer.from(archive).toString('base64')}'\n\nimport os\n`;
  const problems = (...files: readonly File[]) => embeddedArchive(module(gzipSync(tar(...files))))?.problems;

  test('its members', () => {
    const files = [
      { name: '.', type: '5' },
      { name: './model/', type: '5' },
      { name: './model/weights.bin', content: 'abc' },
      { name: 'model/current', type: '2', target: './weights.bin' },
      { name: 'model/up', type: '2', target: '../model/weights.bin' },
      { name: 'copy', type: '1', target: 'model/weights.bin' },
    ];
    expect(embeddedArchive(module(gzipSync(tar(...files))))).toEqual({
      members: [
        { name: '.', kind: 'directory', size: 0 },
        { name: './model/', kind: 'directory', size: 0 },
        { name: './model/weights.bin', kind: 'file', size: 3 },
        { name: 'model/current', kind: 'link', size: 0 },
        { name: 'model/up', kind: 'link', size: 0 },
        { name: 'copy', kind: 'hard-link', size: 0 },
      ],
      problems: [],
    });
    expect(embeddedArchive('def f(): pass')).toBeUndefined();
    expect(embeddedArchive('print(__KFP_EMBEDDED_ARCHIVE_B64)')).toBeUndefined();
  });

  test.each<[string, string, readonly File[]]>([
    ['../x', 'leads out of it', [{ name: '../x' }]],
    ['a/../../x', 'leads out of it', [{ name: 'a/../../x' }]],
    ['/etc/passwd', 'leads out of it', [{ name: '/etc/passwd' }]],
    ['..\\x', 'leads out of it', [{ name: '..\\x' }]],
    ['link', 'is a link that leads out of it', [{ name: 'link', type: '2', target: '..' }]],
    ['link', 'is a link that leads out of it', [{ name: 'link', type: '2', target: '/etc' }]],
    ['a/link', 'is a link that leads out of it', [{ name: 'a/link', type: '2', target: '../../x' }]],
    ['link', 'is a link that leads out of it', [{ name: 'link', type: '2', target: 'a/../../x' }]],
    ['hard', 'is a link that leads out of it', [{ name: 'hard', type: '1', target: '../x' }]],
    [
      'long',
      'is a link that leads out of it',
      [
        { name: '@', type: 'K', content: '../x\0' },
        { name: 'long', type: '2', target: 'a' },
      ],
    ],
    [
      'pax',
      'is a link that leads out of it',
      [
        { name: '@', type: 'g', content: '14 linkpath=a\n' },
        { name: '@', type: 'x', content: '17 linkpath=../x\n' },
        { name: 'pax', type: '2', target: 'a' },
      ],
    ],
    ['a/x', 'is written through a link', [{ name: 'a', type: '2', target: 'b' }, { name: 'a/x' }]],
    ['./a/b/x', 'is written through a link', [{ name: './a/b/x' }, { name: 'a', type: '2', target: 'b' }]],
    [DEEP, 'is in too many folders', [{ name: '@', type: 'L', content: `${DEEP}\0` }, { name: 'x' }]],
    ['null', 'is neither a file, a directory nor a link', [{ name: 'null', type: '3' }]],
    ['pipe', 'is neither a file, a directory nor a link', [{ name: 'pipe', type: '6' }]],
  ])('%s %s', (name, why, files) => {
    expect(problems({ name: 'fine.txt' }, ...files)).toEqual([`'${name}' in the embedded archive ${why}`]);
  });

  test('what is no archive', () => {
    const found = (text: string) => embeddedArchive(text)?.problems;
    expect(found(module(gzipSync(Buffer.alloc(101 * 1024 * 1024))))).toEqual([
      'the embedded archive is not read: it unpacks to more than 100 MB',
    ]);
    expect(found(module(Buffer.from('no gzip')))).toEqual([
      'the embedded archive is not read: it is damaged: incorrect header check',
    ]);
    expect(problems({ name: '@', type: 'L', content: `${'a/'.repeat(3000)}\0` }, { name: 'x' })).toEqual([
      'the embedded archive is not read: a name in it is too long',
    ]);
    expect(found("__KFP_EMBEDDED_ARCHIVE_B64 = 'abc' + other")).toEqual([
      'the embedded archive is not one text in base64',
    ]);
    // A second one replaces the first.
    const good = module(gzipSync(tar({ name: 'a' })));
    expect(found(good + module(gzipSync(tar({ name: '../a' }))))).toEqual([
      "'../a' in the embedded archive leads out of it",
    ]);
  });
});
