import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Chart, Duration } from 'cdk8s';
import {
  type Component,
  type FromIrProps,
  type ImportedPipeline,
  type List,
  list,
  ParallelFor,
  Pipeline,
  PythonComponent,
  Run,
  Runner,
  runLocally,
  type Stub,
  SubPipeline,
  spot,
  str,
  Task,
  type Value,
} from 'cdk8s-kfp';
import * as YAML from 'yaml';
import { type Diagnostic, isWarning, renderDiagnostic } from '../src/diagnostic';
import { bodiesOf, type Dag, type GraphNode, type PipelineGraph } from '../src/graph/graph';
import { printIr, writeIr } from '../src/kfp/export/to-ir';
import { chainOf } from '../src/kfp/import/conditions';
import { selectedKey } from '../src/kfp/import/values';
import { parseCondition } from '../src/kfp/ir/condition';
import { normalForm } from '../src/kfp/ir/normal-form';
import { pointer, withPassthrough } from '../src/kfp/ir/passthrough';
import { readIr } from '../src/kfp/ir/read';
import type { IrDocument } from '../src/kfp/ir/types';
import type { Expression } from '../src/values/expression';
import { runBoth } from './interpreter/fixture';
import { synth } from './synth';

// biome-ignore lint/suspicious/noExplicitAny: documents and manifests are read by path
type Any = any;

// ── Documents ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Components: what a function takes and gives, and its text. A question mark is for what may be left out. */
const FUNCTIONS: Readonly<Record<string, readonly [inputs: Any, outputs: Any, source: string]>> = {
  say: [{ text: 'STRING' }, { Output: 'STRING' }, 'def say(text: str) -> str:\n    return text\n'],
  add: [
    { a: 'NUMBER_INTEGER', 'b?': 'NUMBER_INTEGER' },
    { Output: 'NUMBER_INTEGER' },
    'def add(a: int, b: int = 1) -> int:\n    return a + b\n',
  ],
  total: [
    { values: 'LIST' },
    { Output: 'NUMBER_INTEGER' },
    'def total(values: list) -> int:\n    return sum(values)\n',
  ],
  show: [
    { 'anything?': 'STRUCT', 'many?': 'LIST' },
    { Output: 'STRING' },
    'def show(anything: dict = None, many: list = None) -> str:\n    import json\n    return json.dumps([anything, many], sort_keys=True)\n',
  ],
  numbers: [
    { 'count?': 'NUMBER_INTEGER' },
    { Output: 'LIST' },
    'def numbers(count: int = 3) -> list:\n    return list(range(count))\n',
  ],
  flip: [
    { 'heads?': 'BOOLEAN' },
    { Output: 'STRING' },
    "def flip(heads: bool = True) -> str:\n    return 'heads' if heads else 'tails'\n",
  ],
  fail: [{}, { Output: 'STRING' }, "def fail() -> str:\n    raise ValueError('it fails')\n"],
  final: [
    { 'status?': 'TASK_FINAL_STATUS', 'text?': 'STRING' },
    { Output: 'STRING' },
    "def final(status: PipelineTaskFinalStatus = None, text: str = 'none') -> str:\n    return f'{status.state} {text}'\n",
  ],
  maybe: [
    { 'text?': 'STRING' },
    { Output: 'STRING' },
    "def maybe(text: str = 'the default') -> str:\n    return str(text)\n",
  ],
  write: [
    { 'text?': 'STRING' },
    { data: 'system.Dataset' },
    "def write(data: Output[Dataset], text: str = 'x'):\n    open(data.path, 'w').write(text)\n",
  ],
  read: [
    { data: 'system.Dataset' },
    { Output: 'STRING' },
    'def read(data: Input[Dataset]) -> str:\n    return open(data.path).read()\n',
  ],
  maybeRead: [
    { 'data?': 'system.Dataset' },
    { Output: 'STRING' },
    "def maybeRead(data: Optional[Input[Dataset]] = None) -> str:\n    return 'something' if data else 'nothing'\n",
  ],
  readAll: [
    { datas: 'system.Dataset[]' },
    { Output: 'STRING' },
    "def readAll(datas: Input[List[Dataset]]) -> str:\n    return '|'.join(open(data.path).read() for data in datas)\n",
  ],
};

const DATASET_TYPE = { schemaTitle: 'system.Dataset', schemaVersion: '0.0.1' };
const WRITER = 'printf "%s" "$0" > "$KFP_FOLDER/ephemeral_component.py"; python3 -m kfp.dsl.executor_main "$@"';

function ports(given: Readonly<Record<string, Any>>): Any {
  const parameters: Any = {};
  const artifacts: Any = {};
  for (const [key, type] of Object.entries(given)) {
    const name = key.replace(/\?$/, '');
    const optional = key.endsWith('?') && { isOptional: true };
    if (typeof type !== 'string') parameters[name] = { ...type, ...optional };
    else if (!type.includes('.')) parameters[name] = { parameterType: type, ...optional };
    else {
      const list = type.endsWith('[]') && { isArtifactList: true };
      const artifactType = { schemaTitle: type.replace('[]', ''), schemaVersion: '0.0.1' };
      artifacts[name] = { artifactType, ...list, ...optional };
    }
  }
  return {
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(Object.keys(artifacts).length > 0 && { artifacts }),
  };
}

const port = (given: Any) => ports(given);

/** A task: the component, inputs, and more. `in` is an input of what is around, `out` an output, anything else a constant. */
function task(component: string, inputs: Readonly<Record<string, Any>> = {}, more: Any = {}): Any {
  const parameters: Any = {};
  const artifacts: Any = {};
  for (const [name, given] of Object.entries(inputs)) {
    if (given === null || typeof given !== 'object' || Array.isArray(given) || !given.$) {
      parameters[name] = { runtimeValue: { constant: given } };
    } else if (given.$ === 'artifact') artifacts[name] = given.source;
    else parameters[name] = given.source;
  }
  const after = [...Object.values(parameters), ...Object.values(artifacts)].flatMap(
    (source: Any) => (source.taskOutputParameter ?? source.taskOutputArtifact)?.producerTask ?? [],
  );
  const dependentTasks = [...new Set([...after, ...(more.dependentTasks ?? [])])];
  return {
    ...more,
    componentRef: { name: `comp-${component}` },
    ...(Object.keys(inputs).length > 0 && { inputs: { parameters, artifacts } }),
    ...(dependentTasks.length > 0 && { dependentTasks }),
  };
}

const input = (name: string, selector?: string) => ({
  $: 'parameter',
  source: {
    componentInputParameter: name,
    ...(selector && { parameterExpressionSelector: `parseJson(string_value)["${selector}"]` }),
  },
});
const output = (producerTask: string, outputParameterKey = 'Output') => ({
  $: 'parameter',
  source: { taskOutputParameter: { producerTask, outputParameterKey } },
});
const artifactIn = (componentInputArtifact: string) => ({ $: 'artifact', source: { componentInputArtifact } });
const artifact = (producerTask: string, outputArtifactKey = 'data') => ({
  $: 'artifact',
  source: { taskOutputArtifact: { producerTask, outputArtifactKey } },
});
const status = (producerTask: string) => ({ $: 'parameter', source: { taskFinalStatus: { producerTask } } });
const from = (producerSubtask: string, outputParameterKey = 'Output') => ({
  valueFromParameter: { producerSubtask, outputParameterKey },
});
const oneFrom = (...selectors: readonly (readonly [string, string])[]) => ({
  valueFromOneof: {
    parameterSelectors: selectors.map(([producerSubtask, outputParameterKey]) => ({
      producerSubtask,
      outputParameterKey,
    })),
  },
});
const when = (condition: string) => ({ triggerPolicy: { condition } });
const each = (itemInput: string, raw: Any) => ({
  parameterIterator: { itemInput, items: { raw: JSON.stringify(raw) } },
});
const over = (itemInput: string, inputParameter: string) => ({
  parameterIterator: { itemInput, items: { inputParameter } },
});
const whenEnded = { triggerPolicy: { strategy: 'ALL_UPSTREAM_TASKS_COMPLETED' } };
const read = (name: string) => `inputs.parameter_values['${name}']`;
const hole = (name: string) => `pipelinechannel--${name}`;

/** A DAG of tasks, with what it takes and gives. */
function dag(tasks: Any, inputs: Any = {}, outputs: Any = {}, declared: Any = {}): Any {
  const parameters = Object.fromEntries(Object.entries(outputs).filter(([, value]: Any) => !value.artifactSelectors));
  const artifacts = Object.fromEntries(Object.entries(outputs).filter(([, value]: Any) => value.artifactSelectors));
  return {
    inputDefinitions: port(inputs),
    outputDefinitions: port(declared),
    dag: {
      ...(Object.keys(outputs).length > 0 && { outputs: { parameters, artifacts } }),
      tasks,
    },
  };
}

/** A document: its root, and the DAGs inside of it. Functions are there when a task runs them. */
function documentOf(root: Any, dags: Any = {}, more: Any = {}): Any {
  const components: Any = Object.fromEntries(Object.entries(dags).map(([name, each]) => [`comp-${name}`, each]));
  const executors: Any = {};
  for (const { dag } of [root, ...(Object.values(dags) as Any[])]) {
    for (const { componentRef } of Object.values(dag.tasks) as Any[]) {
      const name = componentRef.name.replace('comp-', '').replace(/-\d+$/, '');
      if (components[componentRef.name] || !FUNCTIONS[name]) continue;
      const [inputs, outputs, source] = FUNCTIONS[name];
      const label = componentRef.name.replace('comp-', 'exec-');
      components[componentRef.name] = {
        executorLabel: label,
        inputDefinitions: port(inputs),
        outputDefinitions: port(outputs),
      };
      executors[label] = {
        container: {
          image: 'python:3.11-slim',
          command: [
            'sh',
            '-ec',
            WRITER,
            `\nimport kfp\nfrom kfp import dsl\nfrom kfp.dsl import *\nfrom typing import *\n\n${source}`,
          ],
          args: ['--executor_input', '{{$}}', '--function_to_execute', name],
        },
      };
    }
  }
  return {
    pipelineInfo: { name: 'imported' },
    root,
    components,
    deploymentSpec: { executors },
    schemaVersion: '2.1.0',
    sdkVersion: 'kfp-2.17.0',
    ...more,
  };
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kfp-import-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));
let files = 0;

function written(document: Any): string {
  const file = path.join(folder, `document-${++files}.yaml`);
  fs.writeFileSync(file, typeof document === 'string' ? document : YAML.stringify(document));
  return file;
}

function chartOf(): Chart {
  return new Chart(new App(), 'test', { namespace: 'ml' });
}

function imported(document: Any, props: Partial<FromIrProps> = {}, chart: Chart = chartOf()): ImportedPipeline {
  return Pipeline.fromIr(chart, 'pipeline', { file: written(document), ...props });
}

/** What is wrong, without the name of the file. */
function found(pipeline: Pick<Pipeline, 'diagnostics'>): readonly string[] {
  const errors = (each: Diagnostic) =>
    renderDiagnostic(each)
      .replaceAll(folder, '')
      .replace(/document-\d+/g, 'document');
  return pipeline.diagnostics.map((each) => (isWarning(each) ? `warning: ${errors(each)}` : errors(each)));
}

// ── What graphs are, in lines ─────────────────────────────────────────────────────────────────────────────────────────

function lines({ root, onExit, pipelines }: PipelineGraph): readonly string[] {
  return [
    ...linesOf(root),
    ...(onExit ? ['at the end:', ...nodeLines(onExit)] : []),
    ...Object.values(pipelines).flatMap((called) => [
      `pipeline ${called.name}(${Object.entries(called.parameters)
        .map(
          ([name, { type, default: value, optional }]) =>
            `${name}: ${type}${optional ? '?' : ''}${value === undefined ? '' : ` = ${JSON.stringify(value)}`}`,
        )
        .join(', ')})`,
      ...linesOf(called.root).map((line) => `  ${line}`),
    ]),
  ];
}

function linesOf({ nodes, outputs }: Dag): readonly string[] {
  return [
    ...nodes.flatMap(nodeLines),
    ...Object.entries(outputs).map(([name, value]) => `gives ${name} = ${shown(value)}`),
  ];
}

function nodeLines(node: GraphNode): readonly string[] {
  const after = node.dependsOn.length > 0 ? ` after ${node.dependsOn.join(', ')}` : '';
  const ended = node.runsWhen ? ` when ${JSON.stringify(node.runsWhen).includes('Failed') ? 'ended' : 'asked'}` : '';
  const indent = (inner: readonly string[]) => inner.map((line) => `  ${line}`);
  switch (node.kind) {
    case 'task':
      return [`${node.id}: ${node.component}(${given(node.inputs)})${after}${ended}`];
    case 'pipeline':
      return [`${node.id}: call ${node.pipeline}(${given(node.inputs)})${after}${ended}`];
    case 'if':
      return node.branches.flatMap(({ id, condition, body }, place) => [
        `${id}: ${condition ? `if ${shown(condition)}` : 'else'}${place === 0 ? `${after}${ended}` : ''}`,
        ...indent(linesOf(body)),
      ]);
    case 'loop':
      return [
        `${node.id}: for ${node.itemType} of ${shown(node.items)}${node.parallelism ? `, ${node.parallelism} at a time` : ''}${node.flat ? `, flat ${node.flat.join()}` : ''}${after}${ended}`,
        ...indent(linesOf(node.body)),
      ];
    case 'exit-handler':
      return [
        `${node.id}: guarded${after}`,
        ...indent(linesOf(node.body)),
        ...(node.onExit ? ['at its end:', ...indent(nodeLines(node.onExit))] : []),
      ];
    default:
      return bodiesOf(node).flatMap(linesOf);
  }
}

function given(inputs: Readonly<Record<string, Expression>>): string {
  return Object.entries(inputs)
    .map(([name, value]) => `${name}=${shown(value)}`)
    .join(', ');
}

function shown(value: Expression): string {
  switch (value.kind) {
    case 'literal':
      return JSON.stringify(value.value);
    case 'parameter':
      return `$${value.name}`;
    case 'output':
      return `${value.task}.${value.output}`;
    case 'loop':
      return `${value.loop}.${value.field}`;
    case 'field':
      return `${shown(value.of)}[${value.name}]`;
    case 'status':
      return `how ${value.of} ended`;
    case 'run':
      return `run.${value.field}`;
    case 'text':
      return `\`${value.parts.map((part) => (typeof part === 'string' ? part : `{${shown(part)}}`)).join('')}\``;
    case 'compare':
      return `${shown(value.left)} ${value.operator} ${shown(value.right)}`;
    case 'not':
      return `!(${shown(value.operand)})`;
    case 'and':
    case 'or':
      return value.operands.map(shown).join(` ${value.kind} `);
    case 'list':
      return `[${value.items.map(shown).join(', ')}]`;
    case 'dict':
      return `{${Object.entries(value.members)
        .map(([name, member]) => `${name}: ${shown(member)}`)
        .join(', ')}}`;
    default:
      return value.kind;
  }
}

const STUBS: Readonly<Record<string, Stub>> = {
  say: ({ inputs }) => ({ Output: inputs.text }),
  add: ({ inputs: { a, b = 1 } }: Any) => ({ Output: a + b }),
  total: ({ inputs }: Any) => ({ Output: inputs.values.reduce((sum: number, each: number) => sum + each, 0) }),
  show: ({ inputs: { anything = null, many = null } }: Any) => ({ Output: JSON.stringify([anything, many]) }),
  numbers: ({ inputs: { count = 3 } }: Any) => ({ Output: [...Array(count).keys()] }),
  flip: ({ inputs: { heads = true } }: Any) => ({ Output: heads ? 'heads' : 'tails' }),
  fail: () => {
    throw new Error('it fails');
  },
  final: ({ inputs: { status: how, text = 'none' } }: Any) => ({ Output: `${how.state} ${text}` }),
  maybe: ({ inputs: { text = 'the default' } }: Any) => ({ Output: String(text) }),
  write: ({ inputs: { text = 'x' }, outputs }: Any) => fs.writeFileSync(outputs.data.path, text),
  read: ({ inputs }: Any) => ({ Output: fs.readFileSync(inputs.data.path, 'utf8') }),
  maybeRead: ({ inputs }: Any) => ({ Output: inputs.data ? 'something' : 'nothing' }),
  readAll: ({ inputs }: Any) => ({
    Output: inputs.datas.map((each: Any) => fs.readFileSync(each.path, 'utf8')).join('|'),
  }),
};

/** A run here alone: the interpreter of manifests keeps no artifacts where programs could read them. */
const here = (pipeline: ImportedPipeline, stubs: Readonly<Record<string, Stub>> = {}) =>
  runLocally(pipeline, { stubs, store: path.join(folder, 'runs') });

/** The pipeline's outputs of a run here, which is the same as one by the manifests. */
async function outputsOf(pipeline: ImportedPipeline, args: Any = {}): Promise<Any> {
  const { local, differences } = await runBoth(pipeline, { stubs: STUBS, arguments: args });
  expect(differences).toEqual([]);
  return { state: local.state, ...local.outputs };
}

// ── Tasks ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

const TWO_TASKS = documentOf(
  dag(
    {
      // Documents list tasks by their names, not in the order in which they run.
      after: task(
        'say',
        { text: output('first') },
        { dependentTasks: ['second'], cachingOptions: { enableCache: true } },
      ),
      first: task('say', { text: input('text') }, { cachingOptions: { enableCache: true } }),
      second: task('add', { a: input('n') }),
    },
    {
      'text?': {
        parameterType: 'STRING',
        defaultValue: 'hello',
        description: 'what is said',
        literals: ['hello', 'bye'],
      },
      n: 'NUMBER_INTEGER',
    },
    { Output: from('after') },
    { Output: 'STRING' },
  ),
  {},
  { pipelineInfo: { name: 'Two Tasks', description: 'says and adds', displayName: 'Two tasks!' } },
);

describe('tasks', () => {
  test('have their edges, values and settings, and their pipeline its interface', async () => {
    const chart = chartOf();
    const pipeline = imported(TWO_TASKS, { runner: new Runner(chart, 'runner') }, chart);
    expect(found(pipeline)).toEqual([]);
    expect(lines(pipeline.graph)).toMatchInlineSnapshot(`
[
  "first: say(text=$text)",
  "second: add(a=$n)",
  "after: say(text=first.Output) after first, second",
  "gives Output = after.Output",
]
`);
    const { name, displayName, description, parameters, settings, returns } = pipeline.graph;
    expect({ name, displayName, description, settings, returns }).toEqual({
      name: 'two-tasks',
      displayName: 'Two tasks!',
      description: 'says and adds',
      settings: { security: 'confined', caching: { env: [] } },
      returns: { Output: { kind: 'parameter', type: 'STRING' } },
    });
    expect(parameters).toEqual({
      text: { type: 'STRING', default: 'hello', description: 'what is said', choices: ['hello', 'bye'] },
      n: { type: 'NUMBER_INTEGER' },
    });
    expect(pipeline.task('second').settings).toEqual([{ caching: false }]);
    expect(await outputsOf(pipeline, { n: 1 })).toEqual({ state: 'Succeeded', Output: 'hello' });
    expect(synth(chart).map(({ kind }) => kind)).toContain('WorkflowTemplate');
  });

  test('are ordinary constructs: they are found, and given more settings', () => {
    const pipeline = imported(TWO_TASKS, { tasks: { labels: { team: 'ml' } }, name: 'mine', description: 'my own' });
    pipeline.task('first').configure({ timeout: undefined, labels: { step: 'one' } });
    const more = new Task(pipeline, 'more', {
      component: fromFlow('show'),
      inputs: { anything: [pipeline.task('after').node.id] },
    });
    expect(more.node.id).toBe('more');
    const { graph } = pipeline;
    expect([graph.name, graph.description]).toEqual(['mine', 'my own']);
    const [first, second] = graph.root.nodes as Any;
    expect(first.settings.labels).toEqual({ team: 'ml', step: 'one' });
    expect(second.settings.labels).toEqual({ team: 'ml' });
  });

  test('take constants of every type, with inputs and facts of the run in them', async () => {
    const pipeline = imported(
      documentOf(
        dag(
          {
            dicts: task('show', {
              anything: { who: "{{$.inputs.parameters['pipelinechannel--n']}}!", plain: [1, 'x'] },
              many: [
                1,
                "{{$.inputs.parameters['pipelinechannel--n']}}",
                { deep: '{{$.pipeline_job_create_time_utc}}' },
              ],
              [hole('n')]: input('n'),
            }),
            facts: task('say', { text: '{{$.pipeline_job_resource_name}}' }),
            key: task('say', { text: '{{$.pipeline_task_name}}' }),
            left: task('say', { text: 'run {{$.pipeline_job_name}} {{$.pipeline_root}}' }),
            texts: task('say', {
              text: "{{$.inputs.parameters['pipelinechannel--n']}}-{{$.inputs.parameters['pipelinechannel--fixed']}}",
              [hole('n')]: input('n'),
              [hole('fixed')]: 'f{{x}}',
            }),
            whole: task('add', { a: 2.0 }),
          },
          { 'n?': { parameterType: 'NUMBER_INTEGER', defaultValue: 3.0 } },
          { dicts: from('dicts'), texts: from('texts') },
          { dicts: 'STRING', texts: 'STRING' },
        ),
      ),
    );
    expect(found(pipeline)).toMatchInlineSnapshot(`
[
  "warning: KFP1528 [test/pipeline] spec.root.dag.tasks.left.inputs.parameters.text.runtimeValue.constant: '{{$.pipeline_job_name}}' stays as it is, as in KFP, which fills it in where it is the whole text or nowhere
    at /document.yaml:75
    mend: take it out of the text",
  "warning: KFP1528 [test/pipeline] spec.root.dag.tasks.left.inputs.parameters.text.runtimeValue.constant: '{{$.pipeline_root}}' stays as it is, as in KFP, which fills it in where it is the whole text or nowhere
    at /document.yaml:75
    mend: take it out of the text",
]
`);
    expect(lines(pipeline.graph)).toMatchInlineSnapshot(`
[
  "dicts: show(anything={who: \`{$n}!\`, plain: [1, "x"]}, many=[1, \`{$n}\`, {deep: run.creationTime}])",
  "facts: say(text=run.name)",
  "key: say(text="key")",
  "left: say(text="run {{$.pipeline_job_name}} {{$.pipeline_root}}")",
  "texts: say(text=\`{$n}-f{{x}}\`)",
  "whole: add(a=2)",
  "gives dicts = dicts.Output",
  "gives texts = texts.Output",
]
`);
    expect(await outputsOf(pipeline)).toEqual({
      state: 'Succeeded',
      dicts: expect.stringContaining('"who":"3!"'),
      texts: '3-f{{x}}',
    });
    expect(pipeline.task('facts').kfp).toEqual({
      '/task/inputs/parameters/text/runtimeValue/constant': '{{$.pipeline_job_resource_name}}',
    });
  });

  test('are given text where they take text, whatever it was', async () => {
    const pipeline = imported(
      documentOf(
        dag(
          {
            number: task('add', { a: 1 }),
            words: task('maybe', { text: output('number') }),
            fixed: task('say', { text: 5 }),
          },
          {},
          { words: from('words'), fixed: from('fixed') },
          { words: 'STRING', fixed: 'STRING' },
        ),
      ),
    );
    expect(await outputsOf(pipeline)).toEqual({ state: 'Succeeded', words: '2', fixed: '5' });
  });

  test('that differ in caching are told so one by one, and keys stay', () => {
    const pipeline = imported(
      documentOf(
        dag({
          a: task('say', { text: 'a' }, { cachingOptions: {} }),
          b: task('say', { text: 'b' }, { cachingOptions: { enableCache: true, cacheKey: 'k' } }),
          c: task('say', { text: 'c' }, { cachingOptions: { enableCache: true } }),
          d: task('say', { text: 'd' }),
        }),
      ),
    );
    const caching = (pipeline.graph.root.nodes as Any).map(({ id, settings }: Any) => [id, settings.caching ?? 'off']);
    expect(caching).toEqual([
      ['a', 'off'],
      ['b', { env: [], key: 'k' }],
      ['c', { env: [] }],
      ['d', 'off'],
    ]);
  });

  test('of Python run by KFP’s executor where that is wanted', () => {
    const pipeline = imported(JSON.stringify(TWO_TASKS), { executor: 'kfp' });
    expect(found(pipeline)).toEqual([]);
    const [component] = Object.values(pipeline.graph.components);
    expect(component!.implementation).toMatchObject({
      kind: 'python',
      program: expect.arrayContaining(['--executor_input']),
    });
  });

  test('of containers may leave out artifacts, as in KFP: what reads them fails', async () => {
    const document = documentOf(
      dag(
        { write: task('write'), read: task('read', { data: artifact('write') }), other: task('say', { text: 'x' }) },
        {},
        { data: { artifactSelectors: [{ producerSubtask: 'write', outputArtifactKey: 'data' }] } },
        { data: 'system.Dataset' },
      ),
    );
    document.deploymentSpec.executors['exec-write'].container = {
      image: 'alpine:3.20',
      command: ['true', "{{$.outputs.artifacts['data'].path}}"],
    };
    const pipeline = imported(document);
    expect(found(pipeline)).toEqual([]);
    const { templates } = synth(Chart.of(pipeline)).find(({ kind }) => kind === 'WorkflowTemplate').spec;
    const artifactsOf = (name: string, side: string) =>
      templates.find((each: Any) => each.name === name)[side].artifacts;
    expect(artifactsOf('write', 'outputs')).toEqual([expect.objectContaining({ name: 'data', optional: true })]);
    expect(artifactsOf('read', 'inputs')).toEqual([expect.not.objectContaining({ optional: true })]);
    const { tasks } = await here(pipeline, { write: () => {}, read: STUBS.read!, say: STUBS.say! });
    const states = Object.entries(tasks).map(([key, { state }]) => [key, state]);
    expect(Object.fromEntries(states)).toEqual({ write: 'Succeeded', read: 'Failed', other: 'Succeeded' });
    const { 'comp-write': component } = writeIr(pipeline.graph).document.spec.components!;
    expect(component!.outputDefinitions!.artifacts!.data).toEqual({ artifactType: DATASET_TYPE });
  });

  test('run as Python here', async () => {
    const run = await runLocally(imported(TWO_TASKS), { arguments: { n: 41 }, store: path.join(folder, 'runs') });
    expect([run.state, run.outputs, run.tasks.second?.outputs]).toEqual([
      'Succeeded',
      { Output: 'hello' },
      { Output: 42 },
    ]);
  });
});

// ── Groups ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const N = { [hole('n')]: 'NUMBER_INTEGER' };

/** A branch that says something, and surfaces it. */
const saying = (key: string, text: string) =>
  dag(
    { [key]: task('say', { text }) },
    N,
    { [hole(`${key}-Output`)]: from(key) },
    { [hole(`${key}-Output`)]: 'STRING' },
  );

const BRANCHES = (last: string) => ({
  'condition-branches-1': dag(
    {
      'condition-2': task('condition-2', { [hole('n')]: input(hole('n')) }, when(`int(${read(hole('n'))}) > 10`)),
      'condition-3': task(
        'condition-3',
        { [hole('n')]: input(hole('n')) },
        when(`!(int(${read(hole('n'))}) > 10) && int(${read(hole('n'))}) == 5`),
      ),
      'condition-4': task(
        'condition-4',
        { [hole('n')]: input(hole('n')) },
        when(`!(int(${read(hole('n'))}) > 10) && !(int(${read(hole('n'))}) == 5)${last}`),
      ),
    },
    N,
    {
      [hole('oneof-1')]: oneFrom(
        ['condition-2', hole('much-Output')],
        ['condition-3', hole('five-Output')],
        ['condition-4', hole('little-Output')],
      ),
    },
    { [hole('oneof-1')]: 'STRING' },
  ),
  'condition-2': saying('much', 'much'),
  'condition-3': saying('five', 'five'),
  'condition-4': saying('little', 'little'),
});

const branching = (last = '') =>
  documentOf(
    dag(
      {
        'condition-branches-1': task('condition-branches-1', { [hole('n')]: output('start') }),
        start: task('add', { a: input('n'), b: 0 }),
        told: task('say', { text: output('condition-branches-1', hole('oneof-1')) }),
      },
      { n: 'NUMBER_INTEGER' },
      { Output: from('told') },
      { Output: 'STRING' },
    ),
    BRANCHES(last),
  );

describe('branches', () => {
  test('of one If are one, and oneOf joins what they give', async () => {
    expect(lines(imported(branching()).graph)).toMatchInlineSnapshot(`
[
  "start: add(a=$n, b=0)",
  "condition-2: if start.Output > 10 after start",
  "  condition-2-much: say(text="much")",
  "  gives condition-2--Output = condition-2-much.Output",
  "condition-3: if start.Output == 5",
  "  condition-3-five: say(text="five")",
  "  gives condition-2--Output = condition-3-five.Output",
  "condition-4: else",
  "  condition-4-little: say(text="little")",
  "  gives condition-2--Output = condition-4-little.Output",
  "told: say(text=condition-2.condition-2--Output) after condition-2",
  "gives Output = told.Output",
]
`);
    for (const [n, said] of [
      [11, 'much'],
      [5, 'five'],
      [1, 'little'],
    ] as const) {
      expect(await outputsOf(imported(branching()), { n })).toEqual({ state: 'Succeeded', Output: said });
    }
  });

  test('without an Else give nothing that is certain', () => {
    expect(found(imported(branching(` && int(${read(hole('n'))}) < 3`)))).toMatchInlineSnapshot(`
[
  "KFP1524 [test/pipeline] spec.components.comp-condition-branches-1.dag.outputs: 'pipelinechannel--oneof-1' is what one of 'condition-2', 'condition-3', 'condition-4' gives, and there is no Else, so that none of the branches may be taken
    at /document.yaml:67
    mend: give OneOf a value from each branch, the Else among them, and compile the pipeline again",
  "warning: KFP1533 [test/pipeline] spec.root.dag.tasks.told: the task runs after 'condition-branches-1' also where no branch is taken; KFP leaves it out then
    at /document.yaml:44
    mend: create it in the branch where it is to be left out",
]
`);
  });

  test('give one value each', () => {
    const lacking = branching();
    lacking.components['comp-condition-branches-1'].dag.outputs.parameters[
      hole('oneof-1')
    ].valueFromOneof.parameterSelectors.pop();
    expect(found(imported(lacking))[0]).toContain('gives, and it has no value from some of the branches\n');
    const apart = documentOf(
      dag(
        { a: task('say', { text: 'a' }), b: task('say', { text: 'b' }) },
        {},
        { Output: oneFrom(['a', 'Output'], ['b', 'Output']) },
        { Output: 'STRING' },
      ),
    );
    expect(found(imported(apart))[0]).toContain(
      "KFP1524 [test/pipeline] spec.root.dag.outputs: 'Output' is what one of 'a', 'b' gives, and these tasks are not the branches of one If\n",
    );
  });

  test('are found by their keys, and by those of the DAG that vanished', () => {
    const pipeline = imported(branching());
    expect(pipeline.task('condition-3/five')).toBe(pipeline.task('condition-branches-1/condition-3/five'));
    expect(pipeline.task('five').node.path).toBe('test/pipeline/condition-3/five');
  });

  test('may stand around a single task, which may be a loop', async () => {
    const document = documentOf(
      dag(
        {
          each: task(
            'add',
            { b: input('n') },
            { ...each('a', [1, 2, 3]), ...when(`${read('b')} >= 1`), iteratorPolicy: { parallelismLimit: 2 } },
          ),
          one: task('say', { text: 'x', [hole('n')]: input('n') }, when(`int(${read(hole('n'))}) == 1`)),
        },
        { n: 'NUMBER_INTEGER' },
      ),
    );
    expect(lines(imported(document).graph)).toMatchInlineSnapshot(`
[
  "each-if: if $n >= 1",
  "  each-if-each-loop: for NUMBER_INTEGER of [1,2,3], 2 at a time",
  "    each-if-each-loop-each: add(a=each-if-each-loop.item, b=$n)",
  "one-if: if $n == 1",
  "  one-if-one: say(text="x")",
]
`);
    const { local, differences } = await runBoth(imported(document), { stubs: STUBS, arguments: { n: 2 } });
    expect([
      differences,
      Object.entries(local.tasks)
        .map(([key, { state }]) => `${key} ${state}`)
        .sort(),
    ]).toEqual([
      [],
      [
        'each-if-each-loop-each[0] Succeeded',
        'each-if-each-loop-each[1] Succeeded',
        'each-if-each-loop-each[2] Succeeded',
        'one-if-one Skipped',
      ],
    ]);
  });

  test.each([
    ["{x} == 'a'", 'STRING', '"$x == \\"a\\""'],
    ["{x} > '10'", 'STRING', '"$x > \\"10\\""'],
    ['{x} == true', 'BOOLEAN', '"$x == true"'],
    ['!({x} != true)', 'BOOLEAN', '"!($x != true)"'],
    ['{x}', 'BOOLEAN', '"$x"'],
    ['double({x}) < 1.0', 'NUMBER_INTEGER', '"$x < 1"'],
    ['double(int({x})) < 0.5 && {x} > 1', 'NUMBER_INTEGER', '"$x < 0.5 and $x > 1"'],
    ['string({x}) == "3" || int({x}) <= 4', 'NUMBER_INTEGER', '"`{$x}` == \\"3\\" or $x <= 4"'],
  ])('%s over %s', (condition, type, expected) => {
    const pipeline = imported(conditional(condition, type));
    expect(found(pipeline)).toEqual([]);
    const [branch] = (pipeline.graph.root.nodes[0] as Any).branches;
    expect(JSON.stringify(shown(branch.condition))).toBe(expected);
  });

  test.each([
    ["{x} == 'true'", 'BOOLEAN'],
    ["{x} == '1'", 'NUMBER_INTEGER'],
    ['{x} > false', 'BOOLEAN'],
    ['int({x}) > 1', 'STRING'],
    ['int({x}) > 1', 'NUMBER_DOUBLE'],
    ['{x} == 1', 'LIST'],
    ['{x}', 'STRING'],
    ["{x} == 'it's'", 'STRING'],
    ['size({x}) > 1', 'STRING'],
    ["inputs.parameter_values['y'] == 1", 'NUMBER_INTEGER'],
  ])('%s over %s is refused', (condition, type) => {
    const problems = found(imported(conditional(condition, type)));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^KFP1522 \[test\/pipeline\] spec\.root\.dag\.tasks\.say\.triggerPolicy\.condition: /);
    expect(problems[0]).toMatch(/\n {4}at \/document\.yaml:\d+\n {4}mend: /);
  });

  test.each([
    ['10', '9', true],
    ['9', '10', false],
    // By the halves of surrogate pairs it would be the other way round.
    ['\uffee', '\u{1f600}', true],
    // The text that stands for it here begins with another letter.
    ['{', 'k', false],
  ])('order text by its bytes: %s < %s is %s', async (x, y, isLess) => {
    const pipeline = imported(conditional(`{x} < "${y}"`, 'STRING'));
    const { local, differences } = await runBoth(pipeline, { stubs: STUBS, arguments: { x } });
    expect([differences, local.tasks['say-if-say']?.state]).toEqual([[], isLess ? 'Succeeded' : 'Skipped']);
  });

  test('the words of refused conditions', () => {
    const words = [
      ["{x} == 'true'", 'BOOLEAN'],
      ['{x} > false', 'BOOLEAN'],
      ['int({x}) > 1', 'STRING'],
      ['{x} == 1', 'LIST'],
      ['{x}', 'STRING'],
    ];
    const messages = words.map(([condition, type]) =>
      found(imported(conditional(condition!, type!)))[0]!
        .split('\n')[0]!
        .replace(/.*condition: /, ''),
    );
    expect(messages).toMatchInlineSnapshot(`
[
  "'inputs.parameter_values['pipelinechannel--x'] == 'true'' compares a boolean with text",
  "'inputs.parameter_values['pipelinechannel--x'] > false' asks which of two booleans is greater",
  "the condition makes text, the input 'pipelinechannel--x', be int",
  "'inputs.parameter_values['pipelinechannel--x'] == 1' compares a list",
  "inputs.parameter_values['pipelinechannel--x'] is text, and no condition",
]
`);
  });

  test('are a chain only where each denies those before it', () => {
    const conditions = (texts: Readonly<Record<string, string>>) =>
      new Map(
        Object.entries(texts).map(([key, text]) => [
          key,
          parseCondition(text.replaceAll(/\b[xy]\b/g, (name) => read(name))) as Any,
        ]),
      );
    const keys = (texts: Readonly<Record<string, string>>) =>
      chainOf(conditions(texts))?.map(({ key, condition }) => (condition ? key : `${key} (else)`));
    expect(keys({ c: '!(x == 1) && !(y == 2)', b: '!(x == 1) && y == 2', a: 'x == 1' })).toEqual([
      'a',
      'b',
      'c (else)',
    ]);
    expect(keys({ a: 'x == 1 && y == 1', b: '!(x == 1 && y == 1)' })).toEqual(['a', 'b (else)']);
    expect(keys({ a: 'x == 1' })).toEqual(['a']);
    expect(keys({ a: 'x == 1', b: 'y == 2' })).toBeUndefined();
    expect(keys({ a: 'x == 1', b: '!(x == 2)' })).toBeUndefined();
  });

  test('in a DAG of their own that are no chain are refused', () => {
    const document = branching();
    document.components['comp-condition-branches-1'].dag.tasks['condition-3'].triggerPolicy.condition =
      `int(${read(hole('n'))}) == 5`;
    expect(found(imported(document))).toMatchInlineSnapshot(`
[
  "KFP1522 [test/pipeline] spec.components.comp-condition-branches-1.dag: its conditions are not those of one If with its Elifs and Else: each has to deny those before it
    at /document.yaml:66
    mend: compile the pipeline again",
]
`);
  });

  test('that may not be taken do not hold back what runs after them, of which a warning tells', async () => {
    const after = (more: Any = {}) =>
      documentOf(
        dag(
          {
            'condition-2': task('condition-2', { [hole('n')]: input('n') }, when(`int(${read(hole('n'))}) > 1`)),
            later: task('say', { text: 'later' }, { dependentTasks: ['condition-2'], ...more }),
          },
          { n: 'NUMBER_INTEGER' },
        ),
        { 'condition-2': saying('much', 'much') },
      );
    expect(found(imported(after()))).toMatchInlineSnapshot(`
[
  "warning: KFP1533 [test/pipeline] spec.root.dag.tasks.later: the task runs after 'condition-2' also where no branch is taken; KFP leaves it out then
    at /document.yaml:21
    mend: create it in the branch where it is to be left out",
]
`);
    const { local, differences } = await runBoth(imported(after()), { stubs: STUBS, arguments: { n: 1 } });
    expect([differences, local.tasks.later?.state]).toEqual([[], 'Succeeded']);
    expect(found(imported(after(whenEnded)))).toEqual([]);
    const chain = branching();
    chain.root.dag.tasks.start.dependentTasks = [];
    chain.root.dag.tasks.more = task('say', { text: 'more' }, { dependentTasks: ['condition-branches-1'] });
    expect(found(imported(chain))).toEqual([]);
  });

  test('give nothing to a pipeline that may return without it', () => {
    const document = documentOf(
      dag(
        { 'condition-2': task('condition-2', { [hole('n')]: input('n') }, when(`int(${read(hole('n'))}) > 1`)) },
        { n: 'NUMBER_INTEGER' },
        { Output: from('condition-2', hole('much-Output')) },
        { Output: 'STRING' },
      ),
      { 'condition-2': saying('much', 'much') },
    );
    const pipeline = imported(document);
    expect(found(pipeline)).toMatchInlineSnapshot(`
[
  "warning: KFP1532 [test/pipeline] spec.root.dag.outputs: 'Output' is given in a branch, and is absent where that is not taken: it is not returned
    at /document.yaml:13
    mend: join what the branches give with OneOf, and compile the pipeline again",
]
`);
    expect(pipeline.graph.returns).toEqual({});
  });
});

/** A task that says something where a condition over one parameter holds. */
function conditional(condition: string, type: string): Any {
  const inputs = { text: 'yes', [hole('x')]: input('x') };
  const leaf = task('say', inputs, when(condition.replaceAll('{x}', read(hole('x')))));
  return documentOf(dag({ say: leaf }, { x: type }));
}

const ITEM = hole('loop-item-param-1');

describe('what KFP’s SDK forgets to hand on', () => {
  const role = `${hole('people-Output-loop-item')}-subvar-role`;
  const text = (...names: readonly string[]) => names.map((name) => `{{$.inputs.parameters['${name}']}}`).join(' ');
  const who = `${ITEM}-subvar-who`;
  const said = (inputs: Any) => ({ say: task('say', inputs) });
  /** A loop in a loop, whose task reads what the DAG around it is not given. */
  const nested = (inputs: Any) =>
    documentOf(
      dag(
        { outer: task('outer', { [who]: input('loop-item-param-1-subvar-who') }, each(ITEM, [{ who: 'a' }])) },
        {},
        { all: from('outer', 'all') },
        { all: 'LIST' },
      ),
      {
        outer: dag(
          { inner: task('inner', { [who]: input(who) }, each(hole('loop-item-param-3'), [1, 2])) },
          { [ITEM]: 'STRUCT', [who]: 'STRING' },
          { all: from('inner', 'all') },
          { all: 'LIST' },
        ),
        inner: dag(
          said(inputs),
          { [who]: 'STRING', [hole('loop-item-param-3')]: 'NUMBER_INTEGER' },
          { all: from('say') },
          { all: 'LIST' },
        ),
      },
    );

  test('is a member of an item of the loop around a text', () => {
    const document = documentOf(
      dag({
        people: task('numbers'),
        each: task(
          'each',
          { [hole('people-Output')]: output('people'), [role]: output('people', 'Output-loop-item-subvar-role') },
          over(hole('people-Output-loop-item'), hole('people-Output')),
        ),
      }),
      {
        each: dag(said({ [role]: input(role), text: `${text(role)}!` }), {
          [hole('people-Output')]: 'LIST',
          [hole('people-Output-loop-item')]: 'STRUCT',
          [role]: 'STRING',
        }),
      },
    );
    const pipeline = imported(document);
    expect(found(pipeline)).toEqual([]);
    expect(lines(pipeline.graph)).toContain('  each-say: say(text=`{each.item[role]}!`)');
  });

  test('is a member of an item of a loop further out, in a text or alone', async () => {
    const number = hole('loop-item-param-3');
    const inText = imported(nested({ [who]: input(who), [number]: input(number), text: text(who, number) }));
    expect(await outputsOf(inText)).toEqual({ state: 'Succeeded', all: ['a 1', 'a 2'] });
    expect(await outputsOf(imported(nested({ text: input(who) })))).toEqual({ state: 'Succeeded', all: ['a', 'a'] });
  });

  test('is told of where no loop has it', () => {
    const nothing = hole('loop-item-param-7-subvar-who');
    const mend = 'give the value to an input of a component that uses it, and compile the pipeline again';
    const told = (document: Any) =>
      imported(document).diagnostics.map(
        (each) => `${each.code} ${each.message}${each.mend === mend ? '' : each.mend}`,
      );
    const lost = 'is read here, and nothing gives it: no input, no output of a task, and no item of a loop around this';
    const parameters = 'spec.root.dag.tasks.say.inputs.parameters';
    expect(told(documentOf(dag(said({ [nothing]: input(nothing), text: `${text(nothing)}!` }))))).toEqual([
      `KFP1508 ${parameters}.text.runtimeValue.constant: '${nothing}' ${lost}`,
    ]);
    expect(told(documentOf(dag(said({ text: `so ${text('other')}` }))))).toEqual([
      `KFP1508 ${parameters}.text.runtimeValue.constant: 'other' ${lost}`,
    ]);
    // An input that may be left out would silently be.
    expect(told(documentOf(dag({ maybe: task('maybe', { text: input(nothing) }) })))).toEqual([
      `KFP1508 spec.root.dag.tasks.maybe.inputs.parameters.text: 'text' ${lost}`,
    ]);
    const artifact = documentOf(dag({ read: task('read', { data: artifactIn(hole('none')) }) }));
    expect(told(artifact)).toContain(`KFP1508 spec.root.dag.tasks.read.inputs.artifacts.data: 'data' ${lost}`);
  });

  test('is nothing where it is left out, or nobody reads it', () => {
    const unused = { [hole('x')]: input(hole('x')) };
    expect(found(imported(documentOf(dag(said({ ...unused, text: 'a' })))))).toEqual([]);
    const document = documentOf(dag(said({ text: `so ${text('other')}` })));
    document.components['comp-say'].inputDefinitions.parameters.other = { parameterType: 'STRING', isOptional: true };
    // What is wrong throws.
    expect(lines(imported(document).graph)).toEqual(['say: say(text="so ")']);
  });

  test('of a loop that is refused is not told again', () => {
    const document = documentOf(
      dag({ each: task('each', {}, over(ITEM, 'none')), say: task('say', { text: output('each', hole('all')) }) }),
      {
        each: dag(said({ text: 'a' }), { [ITEM]: 'STRING' }, { [hole('all')]: from('say') }, { [hole('all')]: 'LIST' }),
      },
    );
    document.root.dag.tasks.each.inputs = { parameters: { none: input(hole('gone')).source } };
    expect(imported(document).diagnostics.map(({ code }) => code)).toEqual(['KFP1525']);
  });
});

describe('conditions on members of items', () => {
  const member = `${ITEM}-subvar-size`;
  /** Says each item for whose member a condition holds, whatever the member is. */
  const chosen = (raw: Any, condition: string) =>
    documentOf(dag({ each: task('each', {}, each(ITEM, raw)) }), {
      each: dag(
        { if: task('if', { [member]: input(ITEM, 'size') }, when(condition.replaceAll('{size}', read(member)))) },
        { [ITEM]: 'STRUCT' },
      ),
      if: dag({ say: task('say', { text: input(member) }) }, { [member]: 'STRING' }),
    });
  const saidOf = async (document: Any) => {
    const pipeline = imported(document);
    const { local, differences } = await runBoth(pipeline, { stubs: STUBS, arguments: {} });
    expect(differences).toEqual([]);
    expect(local.state).toBe('Succeeded');
    return Object.values(local.tasks).flatMap(({ outputs }: Any) => outputs?.Output ?? []);
  };

  test('compare the text of numbers and booleans, because the SDK calls them all text', async () => {
    expect(await saidOf(chosen([{ size: 1 }, { size: 2 }], "{size} == '2'"))).toEqual(['2']);
    expect(await saidOf(chosen([{ size: 1.5 }, { size: 2 }], "{size} != '1.5'"))).toEqual(['2']);
    expect(await saidOf(chosen([{ size: true }, { size: false }], "{size} == 'true'"))).toEqual(['true']);
    expect(await saidOf(chosen([{ size: 10 }, { size: 9 }], "{size} < '9'"))).toEqual(['10']);
  });

  test('go back as they came', () => {
    const graph = imported(chosen([{ size: 1 }, { size: 2 }], "{size} == '2'")).graph;
    const { document, diagnostics } = writeIr(graph);
    expect(diagnostics).toEqual([]);
    const name = hole('each-loop-item-subvar-size');
    expect(printIr(document)).toContain(`condition: ${read(name)} == '2'\n`);
    expect(document.spec.components!['comp-if']!.inputDefinitions!.parameters).toEqual({
      [name]: { parameterType: 'STRING' },
    });
  });

  test('compare no list with text', () => {
    expect(imported(chosen([{ size: [1] }], "{size} == '2'")).diagnostics.map(({ message }) => message)).toEqual([
      expect.stringContaining("== '2'' compares a list"),
    ]);
  });
});

describe('loops', () => {
  const nested = (raw: Any) =>
    documentOf(
      dag(
        {
          'for-loop-2': task('for-loop-2', { [hole('n')]: input('n') }, each(ITEM, raw)),
          sum: task('total', { values: output('for-loop-2', hole('more-Output')) }),
        },
        { n: 'NUMBER_INTEGER' },
        {
          sum: from('sum'),
          all: from('for-loop-2', hole('more-Output')),
          names: from('for-loop-2', hole('name-Output')),
        },
        { sum: 'NUMBER_INTEGER', all: 'LIST', names: 'LIST' },
      ),
      {
        'for-loop-2': dag(
          {
            'for-loop-3': task(
              'for-loop-3',
              { [`${ITEM}-subvar-sizes`]: input(ITEM, 'sizes'), [hole('n')]: input(hole('n')) },
              {
                ...over(`${ITEM}-subvar-sizes-loop-item`, `${ITEM}-subvar-sizes`),
                iteratorPolicy: { parallelismLimit: 2 },
              },
            ),
            name: task('say', { text: input(ITEM, 'who') }),
          },
          { ...N, [ITEM]: 'STRUCT' },
          { [hole('more-Output')]: from('for-loop-3', hole('more-Output')), [hole('name-Output')]: from('name') },
          { [hole('more-Output')]: 'LIST', [hole('name-Output')]: 'LIST' },
        ),
        'for-loop-3': dag(
          { more: task('add', { a: input(`${ITEM}-subvar-sizes-loop-item`), b: input(hole('n')) }) },
          { ...N, [`${ITEM}-subvar-sizes`]: 'LIST', [`${ITEM}-subvar-sizes-loop-item`]: 'STRING' },
          { [hole('more-Output')]: from('more') },
          { [hole('more-Output')]: 'LIST' },
        ),
      },
    );

  test('in loops collect one list, as KFP’s backend does', async () => {
    const document = nested([
      { who: 'a', sizes: [1, 2] },
      { who: 'b', sizes: [3] },
    ]);
    expect(lines(imported(document).graph)).toMatchInlineSnapshot(`
[
  "for-loop-2: for STRUCT of [{"who":"a","sizes":[1,2]},{"who":"b","sizes":[3]}], flat flat--for-loop-2-for-loop-3-more--Output",
  "  for-loop-2-for-loop-3: for NUMBER_INTEGER of for-loop-2.item[sizes], 2 at a time",
  "    for-loop-2-for-loop-3-more: add(a=for-loop-2-for-loop-3.item, b=$n)",
  "    gives for-loop-2-for-loop-3-more--Output = for-loop-2-for-loop-3-more.Output",
  "  for-loop-2-name: say(text=for-loop-2.item[who])",
  "  gives flat--for-loop-2-for-loop-3-more--Output = for-loop-2-for-loop-3.for-loop-2-for-loop-3-more--Output",
  "  gives for-loop-2-name--Output = for-loop-2-name.Output",
  "sum: total(values=for-loop-2.flat--for-loop-2-for-loop-3-more--Output) after for-loop-2",
  "gives sum = sum.Output",
  "gives all = for-loop-2.flat--for-loop-2-for-loop-3-more--Output",
  "gives names = for-loop-2.for-loop-2-name--Output",
]
`);
    expect(await outputsOf(imported(document), { n: 10 })).toEqual({
      state: 'Succeeded',
      sum: 36,
      all: [11, 12, 13],
      names: ['a', 'b'],
    });
  });

  test('run over parameters, outputs and what the document knows of their items', async () => {
    const item = (name: string) => `${hole(name)}-loop-item`;
    const document = documentOf(
      dag(
        {
          'for-loop-1': task('for-loop-1', { [hole('rates')]: input('rates') }, over(item('rates'), hole('rates'))),
          'for-loop-2': task(
            'for-loop-2',
            { [hole('make-Output')]: output('make') },
            over(item('make-Output'), hole('make-Output')),
          ),
          'for-loop-3': task('for-loop-3', {}, each(ITEM, [1, 2.5])),
          make: task('numbers'),
        },
        { 'rates?': { parameterType: 'LIST', defaultValue: ['a', 'b'] } },
        { said: from('for-loop-1', 'said'), added: from('for-loop-2', 'added') },
        { said: 'LIST', added: 'LIST' },
      ),
      {
        'for-loop-1': dag(
          { one: task('say', { text: input(item('rates')) }) },
          { [item('rates')]: 'STRING', [hole('rates')]: 'LIST' },
          { said: from('one') },
          { said: 'LIST' },
        ),
        'for-loop-2': dag(
          { two: task('add', { a: input(item('make-Output')) }) },
          { [item('make-Output')]: 'NUMBER_INTEGER', [hole('make-Output')]: 'LIST' },
          { added: from('two') },
          { added: 'LIST' },
        ),
        'for-loop-3': dag({ three: task('maybe', { text: input(ITEM) }) }, { [ITEM]: 'NUMBER_DOUBLE' }),
      },
    );
    const types = (imported(document).graph.root.nodes as Any).flatMap(({ kind, id, itemType }: Any) =>
      kind === 'loop' ? [[id, itemType]] : [],
    );
    expect(Object.fromEntries(types)).toEqual({
      'for-loop-1': 'UNKNOWN',
      'for-loop-2': 'NUMBER_INTEGER',
      'for-loop-3': 'NUMBER_DOUBLE',
    });
    expect(await outputsOf(imported(document))).toEqual({ state: 'Succeeded', said: ['a', 'b'], added: [1, 2, 3] });
  });

  test('over artifacts, collected ones among them, of which none is an earlier run’s', async () => {
    const cached = { cachingOptions: { enableCache: true } };
    const document = documentOf(
      dag(
        {
          all: task('readAll', { datas: artifact('for-loop-1', hole('make-data')) }, cached),
          'for-loop-1': task('for-loop-1', {}, each(ITEM, ['x', 'y'])),
          'for-loop-2': task(
            'for-loop-2',
            { [hole('datas')]: artifact('for-loop-1', hole('make-data')) },
            {
              artifactIterator: { items: { inputArtifact: hole('datas') }, itemInput: hole('data') },
            },
          ),
        },
        {},
        { all: from('all'), each: from('for-loop-2', 'each') },
        { all: 'STRING', each: 'LIST' },
      ),
      {
        'for-loop-1': dag(
          { make: task('write', { text: input(ITEM) }, cached) },
          { [ITEM]: 'STRING' },
          { [hole('make-data')]: { artifactSelectors: [{ producerSubtask: 'make', outputArtifactKey: 'data' }] } },
          { [hole('make-data')]: 'system.Dataset[]' },
        ),
        'for-loop-2': dag(
          { look: task('read', { data: artifactIn(hole('data')) }, cached) },
          { [hole('data')]: 'system.Dataset', [hole('datas')]: 'system.Dataset[]' },
          { each: from('look') },
          { each: 'LIST' },
        ),
      },
    );
    const pipeline = imported(document);
    expect(found(pipeline).filter((problem) => !problem.includes('KFP1268'))).toMatchInlineSnapshot(`
[
  "warning: KFP1531 [test/pipeline] spec.components.comp-for-loop-1.dag.tasks.make.cachingOptions: results of 'make' are not reused: loops collect their artifacts, from the folder of the run
    at /document.yaml:84",
]
`);
    expect(pipeline.task('make').kfp).toEqual({ '/task/cachingOptions': { enableCache: true } });
    expect((await here(imported(document))).outputs).toEqual({ all: 'x|y', each: ['x', 'y'] });
  });

  test('over literals of several shapes give what KFP gives', async () => {
    const loop = (raw: Any, type: string, component: string, inputs: Any) =>
      documentOf(
        dag(
          { 'for-loop-1': task('for-loop-1', {}, each(ITEM, raw)) },
          {},
          { all: from('for-loop-1', 'all') },
          { all: 'LIST' },
        ),
        {
          'for-loop-1': dag({ one: task(component, inputs) }, { [ITEM]: type }, { all: from('one') }, { all: 'LIST' }),
        },
      );
    const texts = loop(['a', 2.5, { b: [true] }], 'STRING', 'say', { text: input(ITEM) });
    expect(await outputsOf(imported(texts))).toEqual({ state: 'Succeeded', all: ['a', '2.5', '{"b":[true]}'] });
    const dicts = loop([{ a: 1 }, { a: 'x', b: 2 }], 'STRUCT', 'say', { text: input(ITEM, 'a') });
    expect(await outputsOf(imported(dicts))).toEqual({ state: 'Succeeded', all: ['1', 'x'] });
    const whole = loop([{ a: 1 }, { b: { c: '$x {{y}}' } }], 'STRUCT', 'show', { anything: input(ITEM) });
    expect(await outputsOf(imported(whole))).toEqual({
      state: 'Succeeded',
      all: ['[{"a":1},null]', '[{"b":{"c":"$x {{y}}"}},null]'],
    });
  });

  test('over nothing that is a list are refused', () => {
    const loop = (inputs: Any, more: Any) =>
      found(
        imported(
          documentOf(dag({ 'for-loop-1': task('for-loop-1', inputs, more) }), {
            'for-loop-1': dag(
              { one: task('say', { text: input(ITEM) }) },
              { [ITEM]: 'STRING', [hole('list')]: 'LIST' },
            ),
          }),
        ),
      );
    expect(loop({ [hole('list')]: 3 }, over(ITEM, hole('list')))).toMatchInlineSnapshot(`
[
  "KFP1525 [test/pipeline] spec.root.dag.tasks.for-loop-1.parameterIterator: the items 'pipelinechannel--list' are no list
    at /document.yaml:9
    mend: compile the pipeline again",
]
`);
    expect(loop({ [hole('list')]: '["a"]' }, over(ITEM, hole('list')))).toEqual([]);
  });

  test('joined lists can be asked for in TypeScript as well: what the lists hold stays as it is', async () => {
    const pipeline = new Pipeline(chartOf(), 'native', { outputs: { flat: list(), lists: list() } });
    const outer = new ParallelFor(pipeline, 'outer', { items: [[[1], [2, 3]], [[4, 2 ** 53 - 1]], []] });
    const inner = new ParallelFor(outer, 'inner', { items: outer.item });
    new Task(inner, 'show', { component: fromFlow('show'), inputs: { anything: [1] } });
    const lists = inner.collect(inner.item as Value<List>);
    pipeline.returns({ flat: outer.collect(lists, { flat: true }), lists: outer.collect(lists) });
    expect(await outputsOf(pipeline as Any)).toEqual({
      state: 'Succeeded',
      flat: [[1], [2, 3], [4, 2 ** 53 - 1]],
      lists: [[[1], [2, 3]], [[4, 2 ** 53 - 1]], []],
    });
    expect(() => outer.collect(outer.index as Any, { flat: true })).toThrow(
      "'test/native/outer' is told to join lists: give collect(…, { flat: true }) a list.",
    );
  });
});

// ── Exit handlers, order, retries ─────────────────────────────────────────────────────────────────────────────────────

const guarded = (inner: Any) => ({
  'exit-handler-1': dag(
    inner,
    { [hole('n')]: 'NUMBER_INTEGER' },
    { [hole('work-Output')]: from('work') },
    { [hole('work-Output')]: 'STRING' },
  ),
});
const N_PARAMETER = { 'n?': { parameterType: 'NUMBER_INTEGER', defaultValue: 1 } };

describe('exit handlers', () => {
  const handled = (work: Any, more: Any = {}) =>
    documentOf(
      dag(
        {
          // The exit task comes before the handler in the document.
          bye: task(
            'final',
            {
              status: status('exit-handler-1'),
              text: "n={{$.inputs.parameters['pipelinechannel--n']}}",
              [hole('n')]: input('n'),
            },
            { dependentTasks: ['exit-handler-1'], ...whenEnded },
          ),
          'exit-handler-1': task('exit-handler-1', { [hole('n')]: input('n') }),
          ...more,
        },
        N_PARAMETER,
      ),
      guarded({ work }),
    );

  test('have their exit task, which is told how they ended', async () => {
    const document = handled(task('say', { text: 'works' }), {
      later: task('say', { text: output('exit-handler-1', hole('work-Output')) }),
    });
    expect(lines(imported(document).graph)).toMatchInlineSnapshot(`
[
  "exit-handler-1: guarded",
  "  exit-handler-1-work: say(text="works")",
  "  gives exit-handler-1-work--Output = exit-handler-1-work.Output",
  "at its end:",
  "  exit-handler-1-bye: final(status=how exit-handler-1 ended, text=\`n={$n}\`)",
  "later: say(text=exit-handler-1.exit-handler-1-work--Output) after exit-handler-1",
]
`);
    const { local, differences } = await runBoth(imported(document), { stubs: STUBS });
    expect([differences, local.tasks['exit-handler-1-bye']?.outputs]).toEqual([[], { Output: 'SUCCEEDED n=1' }]);
    const failing = await runBoth(imported(handled(task('fail'))), { stubs: STUBS });
    expect([failing.differences, failing.local.state, failing.local.tasks['exit-handler-1-bye']?.outputs]).toEqual([
      [],
      'Failed',
      { Output: 'FAILED n=1' },
    ]);
    expect(imported(document).task('bye').node.path).toBe('test/pipeline/exit-handler-1/bye');
  });

  test('have one exit task; another one that waits for their end, or on which others wait, is a task', () => {
    const two = handled(task('say', { text: 'works' }), {
      also: task('say', { text: 'too' }, { dependentTasks: ['exit-handler-1'], ...whenEnded }),
    });
    expect(lines(imported(two).graph)).toMatchInlineSnapshot(`
[
  "exit-handler-1: guarded",
  "  exit-handler-1-work: say(text="works")",
  "at its end:",
  "  exit-handler-1-bye: final(status=how exit-handler-1 ended, text=\`n={$n}\`)",
  "also: say(text="too") after exit-handler-1 when ended",
]
`);
    const awaited = handled(task('say', { text: 'works' }), {
      next: task('say', { text: 'next' }, { dependentTasks: ['bye'] }),
    });
    expect(lines(imported(awaited).graph)).toMatchInlineSnapshot(`
[
  "exit-handler-1: call exit-handler-1(n=$n)",
  "bye: final(status=how exit-handler-1 ended, text=\`n={$n}\`) after exit-handler-1 when ended",
  "next: say(text="next") after bye",
  "pipeline exit-handler-1(n: NUMBER_INTEGER)",
  "  work: say(text="works")",
  "  gives pipelinechannel--work-Output = work.Output",
]
`);
  });

  test('may have a pipeline as their exit task', async () => {
    const document = handled(task('say', { text: 'works' }));
    document.root.dag.tasks.bye = task(
      'report',
      { how: status('exit-handler-1'), note: 'all' },
      { dependentTasks: ['exit-handler-1'], ...whenEnded },
    );
    document.components['comp-report'] = dag(
      { last: task('final', { status: input('how'), text: input('note') }) },
      { 'how?': 'TASK_FINAL_STATUS', note: 'STRING' },
    );
    expect(lines(imported(document).graph)).toMatchInlineSnapshot(`
[
  "exit-handler-1: guarded",
  "  exit-handler-1-work: say(text="works")",
  "at its end:",
  "  exit-handler-1-bye: call report(how=how exit-handler-1 ended, note="all")",
  "pipeline report(how: TASK_FINAL_STATUS?, note: STRING)",
  "  last: final(status=$how, text=$note)",
]
`);
    const { differences, local } = await runBoth(imported(document), { stubs: STUBS });
    expect([differences, local.tasks['exit-handler-1-bye/last']?.outputs]).toEqual([[], { Output: 'SUCCEEDED all' }]);
  });

  test('tasks that ignore failures are told how the one upstream ended', async () => {
    const document = documentOf(
      dag({
        bad: task('fail'),
        clean: task('final', { status: status('bad'), text: output('bad') }, whenEnded),
      }),
    );
    expect(lines(imported(document).graph)).toMatchInlineSnapshot(`
[
  "bad: fail()",
  "clean: final(status=how bad ended, text=bad.Output) after bad when ended",
]
`);
    const { differences, local } = await runBoth(imported(document), { stubs: STUBS });
    expect([differences, local.state, local.tasks.clean?.outputs]).toEqual([[], 'Failed', { Output: 'FAILED none' }]);
  });

  test('a preset that is given afterwards takes back no retry, the document’s or that of all tasks', () => {
    const one = {
      first: task('say', { text: '1' }, { retryPolicy: { maxRetryCount: 1 } }),
      second: task('say', { text: '2' }),
    };
    const pipeline = imported(documentOf(dag(one)), { tasks: { retry: { retries: 3 } } });
    for (const name of Object.keys(one)) pipeline.task(name).configure({ presets: [spot('gke')] });
    const retries = (pipeline.graph.root.nodes as Any).map(({ id, settings }: Any) => [id, settings.retry]);
    const onSpot = { policy: 'Always', backoffSeconds: 30, when: { lost: true, exitCodes: [137, 143] } };
    expect(Object.fromEntries(retries)).toMatchObject({
      first: { retries: 1, ...onSpot },
      second: { retries: 3, ...onSpot },
    });
  });

  test('order and retries reach what they are said to, groups and called pipelines as well', () => {
    const retryPolicy = { maxRetryCount: 2, backoffDuration: '5s', backoffFactor: 3, backoffMaxDuration: '60s' };
    const call = (more: Any) => task('inner', {}, more);
    const document = documentOf(
      dag({
        first: task('say', { text: '1' }, { retryPolicy: { maxRetryCount: 1 } }),
        'for-loop-1': task('for-loop-1', {}, { ...each(ITEM, [1]), dependentTasks: ['first'] }),
        inner: call({ retryPolicy, dependentTasks: ['for-loop-1'] }),
        'inner-2': call({}),
      }),
      {
        'for-loop-1': dag({ a: task('say', { text: 'a' }) }, { [ITEM]: 'NUMBER_INTEGER' }),
        inner: dag({
          b: task('say', { text: 'b' }),
          c: task('say', { text: 'c' }, { retryPolicy: { maxRetryCount: 7 } }),
        }),
      },
    );
    const pipeline = imported(document);
    expect(lines(pipeline.graph)).toMatchInlineSnapshot(`
[
  "first: say(text="1")",
  "inner-2: call inner()",
  "for-loop-1: for NUMBER_INTEGER of [1] after first",
  "  for-loop-1-a: say(text="a")",
  "inner: call inner-2() after for-loop-1",
  "pipeline inner()",
  "  b: say(text="b")",
  "  c: say(text="c")",
  "pipeline inner-2()",
  "  b: say(text="b")",
  "  c: say(text="c")",
]
`);
    const retries = Object.fromEntries(
      [pipeline.graph, ...Object.values(pipeline.graph.pipelines)].flatMap(({ name, root }) =>
        (root.nodes as Any).flatMap(({ kind, id, settings }: Any) =>
          kind === 'task' ? [[`${name}/${id}`, settings.retry?.retries ?? settings.retry?.limit]] : [],
        ),
      ),
    );
    expect(retries).toEqual({
      'imported/first': 1,
      'inner/b': undefined,
      'inner/c': 7,
      'inner-2/b': 2,
      'inner-2/c': 7,
    });
    expect((pipeline.graph.root.nodes.find(({ id }) => id === 'inner') as Any).kfp).toEqual({
      '/task/retryPolicy': retryPolicy,
    });
  });
});

// ── Pipelines in pipelines ────────────────────────────────────────────────────────────────────────────────────────────

describe('called pipelines', () => {
  const inner = (fn = 'say') =>
    dag(
      { one: task(fn, { text: input('text') }), two: task('add-2', { a: input('n') }) },
      { text: 'STRING', 'n?': { parameterType: 'NUMBER_INTEGER', defaultValue: 7 } },
      { Output: from('two') },
      { Output: 'NUMBER_INTEGER' },
    );

  test('that are equal are one, however KFP calls their components', async () => {
    const document = documentOf(
      dag(
        {
          a: task('inner', { text: 'a' }),
          b: task('inner-2', { text: 'b', n: output('a') }),
          c: task('inner-3', { text: 'c' }),
        },
        {},
        { Output: from('b') },
        { Output: 'NUMBER_INTEGER' },
      ),
      { inner: inner('say'), 'inner-2': inner('say-2'), 'inner-3': inner('maybe') },
    );
    expect(lines(imported(document).graph)).toMatchInlineSnapshot(`
[
  "a: call inner(text="a")",
  "c: call inner-3(text="c")",
  "b: call inner(text="b", n=a.Output) after a",
  "gives Output = b.Output",
  "pipeline inner(text: STRING, n: NUMBER_INTEGER = 7)",
  "  one: say(text=$text)",
  "  two: add(a=$n)",
  "  gives Output = two.Output",
  "pipeline inner-3(text: STRING, n: NUMBER_INTEGER = 7)",
  "  one: maybe(text=$text)",
  "  two: add(a=$n)",
  "  gives Output = two.Output",
]
`);
    expect(await outputsOf(imported(document))).toEqual({ state: 'Succeeded', Output: 9 });
    const pipeline = imported(document);
    expect(pipeline.task('a/one')).toBe(pipeline.task('b/one'));
    expect(() => pipeline.task('two')).toThrow(/has several tasks 'two': give the path of one of 'a\/two', /);
  });

  test('keep what is optional: a value, null and nothing are three things', async () => {
    const document = documentOf(
      dag(
        {
          absent: task('inner'),
          outer: task('inner', { text: input('outer') }),
          value: task('inner', { text: 'v' }),
        },
        { 'outer?': 'STRING' },
        { absent: from('absent'), outer: from('outer'), value: from('value') },
        { absent: 'STRING', outer: 'STRING', value: 'STRING' },
      ),
      {
        inner: dag(
          { one: task('maybe', { text: input('text') }) },
          { 'text?': 'STRING' },
          { Output: from('one') },
          { Output: 'STRING' },
        ),
      },
    );
    expect(imported(document).graph.parameters).toEqual({ outer: { type: 'STRING', optional: true } });
    expect(await outputsOf(imported(document))).toEqual({
      state: 'Succeeded',
      absent: 'the default',
      outer: 'the default',
      value: 'v',
    });
    expect(await outputsOf(imported(document), { outer: 'o' })).toMatchObject({ outer: 'o' });
  });

  test('what a run may leave out, and something needs, is null where it does', () => {
    const document = documentOf(
      dag(
        {
          needs: task('say', { text: input('text') }),
          said: task('say', {
            text: "<{{$.inputs.parameters['pipelinechannel--other']}}>",
            [hole('other')]: input('other'),
          }),
          takes: task('maybe', { text: input('third') }),
        },
        { 'text?': 'STRING', 'other?': 'STRING', 'third?': 'STRING' },
      ),
    );
    expect(found(imported(document))).toEqual([]);
    expect(imported(document).graph.parameters).toEqual({
      text: { type: 'STRING', default: null },
      other: { type: 'STRING', default: null },
      third: { type: 'STRING', optional: true },
    });
  });

  test('take artifacts, and so does an imported pipeline that others call', async () => {
    const document = documentOf(
      dag(
        { look: task('read', { data: artifactIn('rows') }) },
        { rows: 'system.Dataset' },
        { Output: from('look') },
        { Output: 'STRING' },
      ),
    );
    expect(found(imported(document))).toMatchInlineSnapshot(`
[
  "KFP1252 [test/pipeline] the pipeline takes the artifact 'rows', which a run of it cannot be given
    at test/kfp-import.test.ts:260
    mend: set \`standalone: false\` where only other pipelines call it, take the artifact in by an Importer, or make it optional()",
]
`);
    const optional = documentOf(
      dag(
        { look: task('maybeRead', { data: artifactIn('rows') }), call: task('inner', { rows: artifactIn('rows') }) },
        { 'rows?': 'system.Dataset' },
        { Output: from('look'), inner: from('call', 'said') },
        { Output: 'STRING', inner: 'STRING' },
      ),
      {
        inner: dag(
          { look: task('maybeRead', { data: artifactIn('rows') }) },
          { 'rows?': 'system.Dataset' },
          { said: from('look') },
          { said: 'STRING' },
        ),
      },
    );
    const alone = imported(optional);
    expect(found(alone)).toEqual([]);
    expect(await outputsOf(alone)).toEqual({ state: 'Succeeded', Output: 'nothing', inner: 'nothing' });
    const chart = chartOf();
    const called = imported(document, { standalone: false }, chart);
    const pipeline = new Pipeline(chart, 'outer', { outputs: { said: str() } });
    const made = new Task(pipeline, 'make', { component: fromFlow('make'), inputs: { text: 'rows' } });
    const call = new SubPipeline(pipeline, 'call', { pipeline: called, inputs: { rows: made.outputs.data } });
    pipeline.returns({ said: call.outputs.Output as Any });
    const run = await here(pipeline as Any, { make: STUBS.write! });
    expect([run.state, run.outputs]).toEqual(['Succeeded', { said: 'rows' }]);
  });
});

// ── Names, props, what is wrong ───────────────────────────────────────────────────────────────────────────────────────

describe('names', () => {
  const long = 'a-function-with-a-very-long-name-as-people-write-them-in-python';
  const document = () =>
    documentOf(
      dag({
        'for-loop-1': task('for-loop-1', {}, each(ITEM, [1])),
        [`${long}-and-longer`]: task('say', { text: 'x' }),
        not: task('say', { text: 'x' }, { dependentTasks: [`${long}-and-longer`] }),
        'end-it': task('say', { text: 'x' }, { dependentTasks: ['not'] }),
      }),
      {
        'for-loop-1': dag(
          { 'for-loop-2': task('for-loop-2', {}, each(`${ITEM}-2`, [1])) },
          { [ITEM]: 'NUMBER_INTEGER' },
        ),
        'for-loop-2': dag(
          { [long]: task('say', { text: 'y' }), 'a-function-of-some-length-or-so': task('say', { text: 'z' }) },
          { [`${ITEM}-2`]: 'NUMBER_INTEGER' },
        ),
      },
    );

  test('that are too long are cut, always alike, and found by both', () => {
    const pipeline = imported(document());
    expect(found(pipeline)).toMatchInlineSnapshot(`
[
  "warning: KFP1527 [test/pipeline] spec.components.comp-for-loop-2.dag.tasks.a-function-with-a-very-long-name-as-people-write-them-in-python: the task is called 'a-function-with-a-very-long-name-a-67ac10' here: with all that it stands in, its name would have more than 63 characters
    at /document.yaml:70
    mend: give the functions and groups of the pipeline shorter names, or leave it so: pipeline.task(…) knows both names",
  "warning: KFP1527 [test/pipeline] spec.root.dag.tasks.a-function-with-a-very-long-name-as-people-write-them-in-python-and-longer: the task is called 'a-function-with-a-very-long-name-as-people-write-them-in-2c401c' here: with all that it stands in, its name would have more than 63 characters
    at /document.yaml:15
    mend: give the functions and groups of the pipeline shorter names, or leave it so: pipeline.task(…) knows both names",
  "warning: KFP1527 [test/pipeline] spec.root.dag.tasks.not: the task is called 'task-not' here: Argo's engine takes the name for something else where a task waits for it
    at /document.yaml:24
    mend: give the functions and groups of the pipeline shorter names, or leave it so: pipeline.task(…) knows both names",
]
`);
    expect(lines(pipeline.graph)).toMatchInlineSnapshot(`
[
  "for-loop-1: for NUMBER_INTEGER of [1]",
  "  for-loop-1-for-loop-2: for NUMBER_INTEGER of [1]",
  "    for-loop-1-for-loop-2-a-function-with-a-very-long-name-a-67ac10: say(text="y")",
  "    for-loop-1-for-loop-2-a-function-of-some-length-or-so: say(text="z")",
  "a-function-with-a-very-long-name-as-people-write-them-in-2c401c: say(text="x")",
  "task-not: say(text="x") after a-function-with-a-very-long-name-as-people-write-them-in-2c401c",
  "end-it: say(text="x") after task-not",
]
`);
    expect(lines(imported(document()).graph)).toEqual(lines(pipeline.graph));
    const cut = pipeline.task(`for-loop-1/for-loop-2/${long}`);
    expect(pipeline.task(cut.node.id)).toBe(cut);
    expect(pipeline.task('not').node.id).toBe('task-not');
  });

  test('of tasks may be those of their components, although a task may be given a template of its own', () => {
    const pipeline = imported(
      documentOf(
        dag({ say: task('say', { text: '1' }), 'say-2': task('say', { text: '2' }), add: task('add', { a: 1 }) }),
      ),
    );
    pipeline.task('say').configure({ resources: { cpu: 1 } });
    expect(found(pipeline)).toEqual([]);
    expect(Object.keys(pipeline.graph.components)).toEqual(['say', 'add']);
    expect(
      synth(Chart.of(pipeline))
        .find(({ kind }) => kind === 'WorkflowTemplate')
        .spec.templates.map(({ name }: Any) => name),
    ).toEqual(['main', 'say--task', 'say', 'add']);
  });

  test.each([
    ['tow', "The pipeline 'test/pipeline' has no task 'tow'. Did you mean 'two'?"],
    ['entirely-other', "The pipeline 'test/pipeline' has no task 'entirely-other'. Its tasks are: a/one, a/two."],
    ['a', "The pipeline 'test/pipeline' has no task 'a': that is what others stand in. Give the path of a task."],
  ])('a task %s is not there', (name, message) => {
    const pipeline = imported(
      documentOf(dag({ a: task('inner') }), {
        inner: dag({ one: task('say', { text: 'x' }), two: task('add', { a: 1 }) }),
      }),
    );
    expect(() => pipeline.task(name)).toThrow(message);
  });

  test('tasks of pipelines that no document describes are found as well', () => {
    const pipeline = new Pipeline(chartOf(), 'native');
    const loop = new ParallelFor(pipeline, 'loop', { items: [1] });
    const show = new Task(loop, 'show', { component: fromFlow('show'), inputs: { anything: [1] } });
    expect([pipeline.task('show'), pipeline.task('loop/show')]).toEqual([show, show]);
    expect(() => pipeline.task('loop')).toThrow("has no task 'loop'");
  });

  test('of the document are the pipeline’s, and kept for the way back', () => {
    const named = (name: string) =>
      imported({ ...documentOf(dag({ a: task('say', { text: 'x' }) })), pipelineInfo: { name } });
    expect(named('My Pipeline_2').kfp).toEqual({
      '/spec/pipelineInfo/name': 'My Pipeline_2',
      '/spec/sdkVersion': 'kfp-2.17.0',
    });
    expect(named('team/My Pipeline_2').name).toBe('my-pipeline-2');
    expect(named('x'.repeat(80)).name).toMatch(/^x{54}-[0-9a-f]{8}$/);
  });
});

describe('props', () => {
  test('defaults of parameters are those given, which are checked', () => {
    expect(imported(TWO_TASKS, { defaults: { text: 'bye', n: 3 } }).graph.parameters).toMatchObject({
      text: { default: 'bye' },
      n: { default: 3 },
    });
    expect(found(imported(TWO_TASKS, { defaults: { txt: 'bye' } }))).toMatchInlineSnapshot(`
[
  "KFP1530 [test/pipeline] spec.root.inputDefinitions.parameters: a default is given for 'txt', which is no parameter of the pipeline
    at /document.yaml:7
    mend: did you mean 'text'?",
]
`);
    expect(found(imported(TWO_TASKS, { defaults: { other: 1, n: 'three' } }))).toMatchInlineSnapshot(`
[
  "KFP1530 [test/pipeline] spec.root.inputDefinitions.parameters: a default is given for 'other', which is no parameter of the pipeline
    at /document.yaml:7
    mend: its parameters are: text, n",
]
`);
    expect(found(imported(TWO_TASKS, { defaults: { n: 'three' } }))).toMatchInlineSnapshot(`
[
  "KFP1215 [test/pipeline] the default of parameter 'n': "three" is not an int
    at test/kfp-import.test.ts:260
    mend: change the default, or the parameter’s type or choices",
]
`);
  });

  test('the pipeline root is a prefix where its bucket is the repository’s', () => {
    const rooted = (props: Partial<FromIrProps> = {}) =>
      imported({ ...TWO_TASKS, defaultPipelineRoot: 'gs://bucket/a/b/?x=1' }, props);
    expect(found(rooted())).toMatchInlineSnapshot(`
[
  "warning: KFP1529 [test/pipeline] spec.defaultPipelineRoot: artifacts are kept in the pipeline’s artifact repository, and not below 'gs://bucket/a/b/?x=1'
    at /document.yaml:136
    mend: give fromIr the artifactRepository that has this bucket, by its \`bucket\`, or an artifactPrefix",
]
`);
    const fitting = rooted({ artifactRepository: { kind: 'gcs', bucket: 'bucket' } });
    expect(found(fitting)).toEqual([]);
    expect(fitting.graph.artifactRepository.prefix).toBe('a/b');
    expect(fitting.kfp).toMatchObject({ '/spec/defaultPipelineRoot': 'gs://bucket/a/b/?x=1' });
    expect(found(rooted({ artifactPrefix: 'mine' }))).toEqual([]);
    expect(found(rooted({ artifactRepository: { kind: 's3', bucket: 'bucket' } }))).toHaveLength(1);
  });

  test('a workspace, times to live and a deadline come from the document, and give way to props', () => {
    const platform = {
      platforms: {
        kubernetes: {
          pipelineConfig: { workspace: { size: '5Gi' }, resourceTtlOnCompletion: 60, activeDeadlineSeconds: 90 },
        },
      },
    };
    const document = documentOf(dag({ a: task('inner') }), {
      inner: dag({ b: task('say', { text: '{{$.workspace_path}}/x' }) }),
    });
    const text = `${YAML.stringify(document)}---
${YAML.stringify(platform)}`;
    const pipeline = imported(text, { timeout: Duration.seconds(30) });
    expect(found(pipeline)).toEqual([]);
    expect(pipeline.graph.run).toEqual({ timeoutSeconds: 30, retention: { afterSeconds: 60 } });
    const { spec } = synth(Chart.of(pipeline)).find(({ kind }) => kind === 'WorkflowTemplate');
    expect(spec.volumeClaimTemplates).toHaveLength(1);
    expect(spec.templates.find(({ name }: Any) => name.endsWith('b')).container.volumeMounts).toEqual(
      expect.arrayContaining([expect.objectContaining({ mountPath: '/kfp-workspace' })]),
    );
  });

  test('runs are given arguments, which are checked', () => {
    const chart = chartOf();
    const pipeline = imported(TWO_TASKS, {}, chart);
    new Run(chart, 'run', { pipeline, name: 'one', arguments: { n: 3 } });
    expect(synth(chart).find(({ kind }) => kind === 'Workflow').spec.arguments.parameters).toEqual([
      { name: 'n', value: '3' },
    ]);
  });
});

describe('what is wrong', () => {
  test('a file that is not there, or is no document, is told of at synth', () => {
    const missing = Pipeline.fromIr(chartOf(), 'pipeline', { file: 'no/such/file.yaml' });
    expect(found(missing)).toEqual([
      expect.stringMatching(/^KFP1500 \[test\/pipeline\] .*\n {4}at no\/such\/file.yaml/),
    ]);
    expect(() => missing.graph).toThrow('KFP1500');
    expect(found(imported('a: [1'))).toEqual([expect.stringContaining('KFP1502')]);
    expect(found(imported({ kind: 'Deployment' }))).toHaveLength(1);
  });

  test('of one document is told of together', () => {
    const document = conditional('{x} > true', 'BOOLEAN');
    document.root.dag.tasks.other = task('say', { text: input('x', 'k') });
    document.root.dag.tasks.other.inputs.parameters.text.parameterExpressionSelector = 'string_value.size()';
    expect(found(imported(document))).toMatchInlineSnapshot(`
[
  "KFP1522 [test/pipeline] spec.root.dag.tasks.say.triggerPolicy.condition: 'inputs.parameter_values['pipelinechannel--x'] > true' asks which of two booleans is greater
    at /document.yaml:13
    mend: compare it by == or !=, or compare numbers or texts",
  "KFP1523 [test/pipeline] spec.root.dag.tasks.other.inputs.parameters.text.parameterExpressionSelector: 'string_value.size()' is no expression that is known here
    at /document.yaml:31
    mend: KFP’s SDK writes parseJson(string_value)["key"]: read anything else in a component",
]
`);
  });

  test.each([
    ['parseJson(string_value)["a b"]', 'a b'],
    ['parseJson(string_value)["a\\"b"]', 'a"b'],
    ["parseJson( string_value )['k']", 'k'],
    ['parseJson(string_value)[0]', undefined],
    ['parseJson(string_value)["a"]["b"]', undefined],
    ['parseJson(string_value)["\\x"]', undefined],
  ])('the selector %s', (selector, key) => {
    expect(selectedKey(selector)).toBe(key);
  });

  test('unknown fields are named, and kept for the way back', () => {
    const document = documentOf(
      dag({
        a: task('say', { text: 'x' }, { color: 'red' }),
        'for-loop-1': task('for-loop-1', {}, { ...each(ITEM, [1]), shape: { round: true } }),
        c: task('inner', {}, { taste: 1 }),
      }),
      {
        'for-loop-1': dag({ b: task('add', { a: 1 }) }, { [ITEM]: 'NUMBER_INTEGER' }),
        inner: dag({ d: task('add', { a: 1 }) }),
      },
      { flavour: 'sweet' },
    );
    document.deploymentSpec.executors['exec-say'].container.temperature = 30;
    const pipeline = imported(document);
    expect(found(pipeline).map((each) => each.split('\n')[0])).toMatchInlineSnapshot(`
[
  "warning: KFP1526 [test/pipeline] spec.root.dag.tasks.a.color: the field is unknown, and nothing is made of it; an export has it again",
  "warning: KFP1526 [test/pipeline] spec.root.dag.tasks.for-loop-1.shape: the field is unknown, and nothing is made of it; an export has it again",
  "warning: KFP1526 [test/pipeline] spec.root.dag.tasks.c.taste: the field is unknown, and nothing is made of it; an export has it again",
  "warning: KFP1526 [test/pipeline] spec.deploymentSpec.executors.exec-say.container.temperature: the field is unknown, and nothing is made of it; an export has it again",
  "warning: KFP1526 [test/pipeline] spec.flavour: the field is unknown, and nothing is made of it; an export has it again",
]
`);
    expect(pipeline.kfp).toMatchObject({ '/spec/flavour': 'sweet' });
    const nodes = Object.fromEntries(pipeline.graph.root.nodes.map(({ id, kfp }) => [id, kfp]));
    expect(nodes).toMatchObject({
      a: { '/task/color': 'red', '/executor/container/temperature': 30 },
      'for-loop-1': { '/task/shape': { round: true } },
      c: { '/task/taste': 1 },
    });
  });

  test('names, descriptions and platforms that have no place here are kept as well', () => {
    const looking = dag(
      { look: task('read', { data: artifactIn('rows') }, { taskInfo: { name: 'Look!' } }) },
      { rows: 'system.Dataset' },
    );
    looking.inputDefinitions.artifacts.rows.description = 'the rows';
    const document = documentOf(
      dag({ call: task('inner', { rows: artifact('make') }, { taskInfo: { name: 'Call!' } }), make: task('write') }),
      { inner: looking },
    );
    const platform = {
      platforms: { other: { any: 1 }, kubernetes: { pipelineConfig: { workspace: { size: '1Gi' } } } },
    };
    const pipeline = imported(`${YAML.stringify(document)}---\n${YAML.stringify(platform)}`);
    expect(found(pipeline)).toEqual([]);
    expect(pipeline.graph.kfp).toEqual({
      '/spec/sdkVersion': 'kfp-2.17.0',
      '/platform/platforms/other': { any: 1 },
    });
    expect(pipeline.graph.workspace).toMatchObject({ resources: { requests: { storage: '1Gi' } } });
    const [, call] = pipeline.graph.root.nodes;
    expect(call!.kfp).toEqual({ '/task/taskInfo/name': 'Call!' });
    expect(pipeline.task('look').kfp).toMatchObject({ '/task/taskInfo/name': 'Look!' });
    expect(pipeline.graph.pipelines.inner!.kfp).toEqual({
      '/component/inputDefinitions/artifacts/rows/description': 'the rows',
    });
  });

  test('constructs are placed in the document, and the pipeline where it is imported', () => {
    const pipeline = imported(
      documentOf(dag({ a: task('add', { a: output('b'), c: 1 }), b: task('say', { text: 'x' }) }, { n: 'STRING' })),
    );
    const [problem] = pipeline.diagnostics;
    expect(problem).toMatchObject({
      code: 'KFP1212',
      path: 'test/pipeline/a',
      at: expect.stringMatching(/document-\d+\.yaml:\d+$/),
    });
    expect(pipeline.at).toMatch(/kfp-import\.test\.ts:\d+$/);
  });
});

/** A document with what nobody knows of it; first a document, then the one that is written of what was imported. */
function wayBack(document: Any, props: Partial<FromIrProps> = {}): readonly [before: IrDocument, after: IrDocument] {
  const whole = (text: string) => {
    const { document: known, unknown } = readIr('document.yaml', text);
    return withPassthrough(known!, Object.fromEntries(unknown.map(({ path, value }) => [pointer(path), value])));
  };
  const text = typeof document === 'string' ? document : JSON.stringify(named(document));
  const { document: written, diagnostics } = writeIr(imported(text, props).graph);
  expect(diagnostics.filter((each) => !isWarning(each))).toEqual([]);
  return [whole(text), whole(printIr(written))];
}

/** The document with the names that KFP writes. */
function named(document: Any): Any {
  for (const { dag } of [document.root, ...Object.values<Any>(document.components)]) {
    for (const [name, each] of Object.entries<Any>(dag?.tasks ?? {})) each.taskInfo = { name };
  }
  return document;
}

describe('the way back', () => {
  const same = (document: Any, props: Partial<FromIrProps> = {}) => {
    const [before, after] = wayBack(document, props).map(normalForm);
    expect(after).toEqual(before);
    return JSON.stringify(after);
  };

  test('has the unknown fields of branches, of their DAG, and of what conditions and loops stand around', () => {
    const document = branching();
    document.root.dag.tasks['condition-branches-1'].color = 'white';
    document.components['comp-condition-branches-1'].taste = 'sour';
    const { tasks } = document.components['comp-condition-branches-1'].dag;
    tasks['condition-2'].color = 'red';
    tasks['condition-3'].color = 'green';
    tasks['condition-4'].triggerPolicy.shade = { of: ['blue'] };
    tasks['condition-4'].retryPolicy = { maxRetryCount: 2 };
    document.components['comp-condition-3'].taste = 'sweet';
    document.root.dag.tasks.each = task(
      'add',
      { b: 1 },
      {
        ...{ ...each('a', [1]), ...when(`${read('b')} == 1`), iteratorPolicy: { shape: 'round' }, color: 'black' },
      },
    );
    document.root.dag.tasks.each.triggerPolicy.shape = 'square';
    document.root.dag.tasks.each.parameterIterator.shape = 'oval';
    document.deploymentSpec.executors['exec-add'].container.temperature = 30;
    const form = same(document);
    for (const word of ['white', 'sour', 'red', 'green', 'blue', 'sweet', 'round', 'black', 'square', 'oval', '30']) {
      expect(form).toContain(word);
    }
    const [, after]: Any = wayBack(document);
    const written = Object.values<Any>(after.spec.components).flatMap(({ dag }) =>
      Object.entries<Any>(dag?.tasks ?? {}),
    );
    const said = Object.fromEntries(written.map(([key, { color, retryPolicy }]) => [key, [color, retryPolicy]]));
    expect(said).toMatchObject({
      'condition-2': ['red', undefined],
      'condition-3': ['green', undefined],
      'condition-4': [undefined, { maxRetryCount: 2 }],
    });
  });

  test('keeps apart pipelines that differ in what nobody knows', () => {
    const document = documentOf(dag({ one: task('first'), two: task('second') }), {
      first: dag({ say: task('say', { text: 'x' }) }),
      second: dag({ say: task('say', { text: 'x' }) }),
    });
    document.components['comp-first'].taste = 'sweet';
    document.components['comp-second'].dag.tasks.say.color = 'red';
    const form = same(document);
    for (const word of ['sweet', 'red']) expect(form).toContain(word);
  });

  test('makes groups of conditions and iterators of single tasks, which says the same', () => {
    same(fs.readFileSync('conformance/kfp/documents/leaf-tasks.yaml', 'utf8'), { standalone: false });
    const leaf = (more: Any, others: Any = {}) =>
      documentOf(dag({ one: task('add', { a: input('n') }, more), ...others }, { n: 'NUMBER_INTEGER' }));
    const over1 = when(`int(${read('a')}) > 1`);
    const forms = [
      leaf(over1),
      leaf(when(`int(${read('a')}) > 2`)),
      leaf({ ...each('b', [1, 2]), ...over1 }),
      leaf(each('b', [1, 2])),
      leaf(each('b', [1, 2]), { sum: task('total', { values: output('one') }) }),
    ].map((document) => same(document));
    expect(new Set(forms).size).toBe(forms.length);
    expect(forms.at(-1)).toContain('{"collected":{"task":"loop(one)/one","output":"Output"}}');
  });

  test('has conditions over text: its order, casts, and what is text for KFP alone', () => {
    for (const [condition, type] of [
      ["{x} >= 'a'", 'STRING'],
      ['string({x}) == "3"', 'NUMBER_INTEGER'],
      ['string({x}) != "true"', 'BOOLEAN'],
      ['string({x}) < "1.5"', 'NUMBER_DOUBLE'],
    ]) {
      same(conditional(condition!, type!));
    }
    const items = documentOf(dag({ 'for-loop-1': task('for-loop-1', {}, each(ITEM, [{ a: 'x' }, { a: 1 }])) }), {
      'for-loop-1': dag(
        {
          'condition-2': task('condition-2', { [`${ITEM}-a`]: input(ITEM, 'a') }, when(`${read(`${ITEM}-a`)} == 'x'`)),
        },
        { [ITEM]: 'STRUCT' },
      ),
      'condition-2': dag({ say: task('say', { text: 'x' }) }, { [`${ITEM}-a`]: 'STRING' }),
    });
    expect(same(items)).toContain('{"raw":[{"a":"x"},{"a":1}]}');
  });

  test('has the literals of loops as they were, whatever they are', () => {
    const loop = (type: string, more: Any, inputs: Any = {}) =>
      documentOf(dag({ 'for-loop-1': task('for-loop-1', inputs, more) }), {
        'for-loop-1': dag(
          { one: type === 'STRING' ? task('say', { text: input(ITEM) }) : task('show', { anything: input(ITEM) }) },
          { [ITEM]: type },
        ),
      });
    expect(same(loop('STRING', each(ITEM, ['a', 2.5, { b: 1 }])))).toContain('{"raw":["a",2.5,{"b":1}]}');
    expect(same(loop('STRUCT', each(ITEM, [{ a: 1 }, { b: [2] }])))).toContain('{"raw":[{"a":1},{"b":[2]}]}');
    expect(same(loop('STRUCT', over(ITEM, hole('list')), { [hole('list')]: [{ a: 1 }, { b: 2 }] }))).toContain('"raw"');
  });

  test('has a workspace that no task mounts', () => {
    const config = { workspace: { size: '5Gi', kubernetes: { pvcSpecPatch: { storageClassName: 'fast' } } } };
    const platform = { platforms: { kubernetes: { pipelineConfig: config } } };
    const document = documentOf(dag({ a: task('say', { text: 'x' }) }));
    const [, { platform: after }] = wayBack(`${YAML.stringify(document)}---\n${YAML.stringify(platform)}`);
    expect(after!.platforms!.kubernetes!.pipelineConfig).toEqual({
      workspace: {
        size: '5Gi',
        kubernetes: { pvcSpecPatch: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast' } },
      },
    });
  });
});

const fromFlow = (name: string) =>
  PythonComponent.fromFile('test/fixtures/python/flow.py', name) as Component<Any, Any, Any>;
