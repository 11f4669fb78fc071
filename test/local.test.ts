import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ComponentDefinition, Json, ParameterType, PortDefinition } from '../src/components/definition';
import { DiagnosticsError } from '../src/diagnostic';
import {
  type ApprovalNode,
  type CalledPipeline,
  type Dependency,
  type ExitHandlerNode,
  type ExitNode,
  type GraphNode,
  type IfNode,
  type LoopNode,
  nodesIn,
  type PipelineGraph,
  type PipelineNode,
  type PipelineParameter,
  type RepeatNode,
  type TaskNode,
} from '../src/graph/graph';
import { Interpreters, pythonMinorOf } from '../src/local/interpreter';
import { LineReporter } from '../src/local/line-reporter';
import type { LocalArtifact } from '../src/local/local-run';
import { type LocalRunOptions, runGraph } from '../src/local/run-graph';
import type { Stub } from '../src/local/stub';
import { summaryOf } from '../src/local/summary';
import { decodeValue, encodeJson, encodeValue } from '../src/values/codec';
import { type Expression, operandsOf, type ValueType } from '../src/values/expression';

const FIXTURES = path.join(__dirname, 'fixtures', 'local');

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk8s-kfp-local-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const run = (graph: PipelineGraph, options: LocalRunOptions = {}) =>
  runGraph(graph, { store: path.join(folder, 'store'), ...options });

// ── Graphs by hand ────────────────────────────────────────────────────────────────────────────────────────────────────

const param = (type: ParameterType, more: object = {}): PortDefinition => ({ kind: 'parameter', type, ...more });
const artifact = (type: string): PortDefinition => ({ kind: 'artifact', type });
const INT = param('NUMBER_INTEGER');
const FLOAT = param('NUMBER_DOUBLE');
const STR = param('STRING');

type Ports = Readonly<Record<string, PortDefinition>>;

function python(source: string, inputs: Ports = {}, outputs: Ports = {}, more: object = {}): ComponentDefinition {
  const name = /def (\w+)/.exec(source)![1]!;
  const file = 'components/test.py';
  const implementation = { kind: 'python', file, function: name, line: 7, source, image: 'busybox', ...more } as const;
  return { name, inputs, outputs, implementation };
}

const out = (task: string, type: ValueType, output = 'Output'): Expression => ({ kind: 'output', task, output, type });
const lit = (type: ValueType, value: Json): Expression => ({ kind: 'literal', type, value });
const arg = (name: string, type: ValueType): Expression => ({ kind: 'parameter', name, type });
const compare = (left: Expression, operator: '>' | '==' | '<', right: Expression): Expression => ({
  kind: 'compare',
  operator,
  left,
  right,
  type: 'BOOLEAN',
});

const components = new Map<TaskNode, ComponentDefinition>();

function task(
  id: string,
  component: ComponentDefinition,
  inputs: Readonly<Record<string, Expression>> = {},
  { after = [], ...settings }: TaskNode['settings'] & { readonly after?: readonly string[] } = {},
): TaskNode {
  const shared = base(id, Object.values(inputs), after);
  const node: TaskNode = { kind: 'task', ...shared, component: component.name, ownSettings: false, inputs, settings };
  components.set(node, component);
  return node;
}

type Outputs = Readonly<Record<string, Expression>>;

/** The ids of the nodes that an expression reads. */
function producersIn(expression: Expression): readonly string[] {
  if (expression.kind === 'output') return [expression.task];
  return expression.kind === 'status' ? [expression.of] : operandsOf(expression).flatMap(producersIn);
}

/** A DAG whose nodes wait for siblings only: what is outside of it has run when it starts. */
function dag(nodes: readonly GraphNode[], outputs: Outputs = {}) {
  return { nodes: nodes.map((node) => amongSiblings(node, nodes)), outputs };
}

function amongSiblings(node: GraphNode, siblings: readonly GraphNode[]): GraphNode {
  const dependsOn = node.dependsOn.filter((id) => siblings.some((sibling) => sibling.id === id));
  const copy: GraphNode = { ...node, dependsOn };
  if (copy.kind === 'task') components.set(copy, components.get(node as TaskNode)!);
  return copy;
}

function when(
  id: string,
  dependsOn: readonly string[],
  ...branches: readonly (readonly [condition: Expression | undefined, ...nodes: GraphNode[]])[]
): IfNode {
  return {
    kind: 'if',
    id,
    path: `app/${id}`,
    dependsOn,
    branches: branches.map(([condition, ...nodes], index) => ({
      id: index === 0 ? id : `${id}-${index}`,
      path: `app/${id}-${index}`,
      ...(condition && { condition }),
      body: dag(nodes),
    })),
  };
}

/** The same If, its branches with outputs. */
const giving = (node: IfNode, ...outputs: readonly Outputs[]): IfNode => ({
  ...node,
  branches: node.branches.map((branch, index) => ({
    ...branch,
    body: { ...branch.body, outputs: outputs[index] ?? {} },
  })),
});

const base = (id: string, read: readonly Expression[] = [], after: readonly string[] = []) => ({
  id,
  path: `app/${id}`,
  dependsOn: [...new Set([...read.flatMap(producersIn), ...after])],
});

function loop(
  id: string,
  items: Expression,
  nodes: readonly GraphNode[],
  outputs: Outputs = {},
  more: Partial<LoopNode> = {},
): LoopNode {
  return {
    kind: 'loop',
    ...base(id, [items]),
    items,
    itemType: 'NUMBER_INTEGER',
    body: dag(nodes, outputs),
    ...more,
  };
}

const item = (of: string, type: ValueType = 'NUMBER_INTEGER', field: 'item' | 'index' = 'item'): Expression => ({
  kind: 'loop',
  loop: of,
  field,
  type,
});

function handler(id: string, nodes: readonly GraphNode[], onExit?: ExitNode, outputs: Outputs = {}): ExitHandlerNode {
  return { kind: 'exit-handler', ...base(id), body: dag(nodes, outputs), ...(onExit && { onExit }) };
}

function call(id: string, name: string, inputs: Outputs = {}, after: readonly string[] = []): PipelineNode {
  return { kind: 'pipeline', ...base(id, Object.values(inputs), after), pipeline: name, inputs };
}

function repeat(id: string, name: string, inputs: Outputs, until: string, limit: number): RepeatNode {
  return { kind: 'repeat', ...base(id, Object.values(inputs)), pipeline: name, inputs, until, limit };
}

function approval(id: string, more: Partial<ApprovalNode> = {}): ApprovalNode {
  return { kind: 'approval', ...base(id), ...more };
}

function called(
  name: string,
  nodes: readonly GraphNode[],
  parameters: Readonly<Record<string, PipelineParameter>> = {},
  outputs: Outputs = {},
  onExit?: ExitNode,
): CalledPipeline {
  return {
    name,
    path: `app/${name}`,
    parameters,
    returns: {},
    settings: {},
    root: dag(nodes, outputs),
    ...(onExit && { onExit }),
  };
}

interface PipelineParts {
  readonly onExit?: ExitNode;
  readonly parameters?: Readonly<Record<string, PipelineParameter>>;
  readonly outputs?: Outputs;
  readonly pipelines?: readonly CalledPipeline[];
}

function pipeline(
  nodes: readonly GraphNode[],
  { onExit, parameters = {}, outputs = {}, pipelines = [] }: PipelineParts = {},
): PipelineGraph {
  const found: Record<string, ComponentDefinition> = {};
  const add = (node: GraphNode): void => {
    if (node.kind === 'task') found[node.component] = components.get(node)!;
  };
  for (const { root, onExit: exit } of [{ root: { nodes, outputs }, onExit }, ...pipelines]) {
    nodesIn(root).forEach(add);
    if (exit) add(exit);
  }
  return {
    format: 3,
    name: 'demo',
    path: 'app/demo',
    standalone: true,
    parameters,
    components: found,
    sources: {},
    returns: {},
    settings: {},
    root: { nodes, outputs },
    ...(onExit && { onExit }),
    pipelines: Object.fromEntries(pipelines.map((each) => [each.name, each])),
    artifactRepository: { kind: 's3' },
    limits: { crds: 'full', bytes: 409600 },
  };
}

const one = python('def one():\n    return 1\n', {}, { Output: INT });
const twice = python('def twice(x):\n    return x * 2\n', { x: INT }, { Output: INT });
const fails = python('def fails():\n    raise ValueError("no {{luck}}")\n', {}, { Output: INT });
const echo = python('def echo(text):\n    print(text)\n    return text\n', { text: STR }, { Output: STR });
const status = python(
  'def status(final):\n    return [final.state, final.error_code, final.error_message]\n',
  { final: param('TASK_FINAL_STATUS') },
  { Output: param('LIST') },
);
const FINAL: Expression = { kind: 'run', field: 'finalStatus', type: 'TASK_FINAL_STATUS' };
/** Sleeps, and says when. */
const nap = python(
  'def nap(seconds):\n    import time\n    began = time.time()\n    time.sleep(seconds)\n    return [began, time.time()]\n',
  { seconds: FLOAT },
  { Output: param('LIST') },
);

async function problemsOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DiagnosticsError);
  return (error as DiagnosticsError).message;
}

const statesOf = (result: Awaited<ReturnType<typeof run>>) =>
  Object.fromEntries(Object.entries(result.tasks).map(([id, { state }]) => [id, state]));

// ── Texts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('codec', () => {
  interface Vector {
    readonly type: ParameterType;
    readonly value: Json | { readonly float?: string; readonly int?: string };
    readonly text: string | null;
    readonly special?: boolean;
  }
  const vectors = JSON.parse(
    fs.readFileSync(path.join(__dirname, 'fixtures', 'codec-vectors.json'), 'utf8'),
  ) as readonly Vector[];

  /** The value that a vector's notation for what JSON cannot hold means. */
  function special(value: unknown): Json | bigint {
    if (typeof value !== 'object' || value === null) return value as Json;
    if (Array.isArray(value)) return value.map(special) as Json;
    const { float, int } = value as { float?: string; int?: string };
    if (typeof float === 'string') return Number(float);
    if (typeof int === 'string') return BigInt(int);
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, special(member)])) as Json;
  }

  test.each(vectors.map((vector) => [JSON.stringify(vector), vector] as const))('%s', (_, vector) => {
    const { type, text } = vector;
    const notation =
      vector.value !== null && typeof vector.value === 'object' && /"(int|float)":"/.test(JSON.stringify(vector.value));
    const value = vector.special || notation ? special(vector.value) : (vector.value as Json);
    if (text === null) {
      expect(() => encodeValue(type, value)).toThrow();
      return;
    }
    expect(encodeValue(type, value)).toBe(text);
    // JavaScript's numbers do not hold the large integers: those texts are passed on as they are.
    if (!notation) expect(decodeValue(type, text)).toEqual(value);
  });

  test('absence, and what is of another type', () => {
    expect(encodeValue('STRING', undefined)).toBe('json:');
    expect(decodeValue('STRING', 'json:')).toBeUndefined();
    expect(decodeValue('STRING', 'json:5')).toBe('5');
    expect(decodeValue('NUMBER_INTEGER', 'json:5')).toBe(5);
    expect(() => decodeValue('NUMBER_INTEGER', '5.5')).toThrow('"5.5" is not an int');
    expect(() => decodeValue('LIST', '{}')).toThrow('not a JSON list');
    expect(encodeJson({ b: undefined, a: [null] } as unknown as Json)).toBe('{"a":[null]}');
  });
});

// ── Runs ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('values', () => {
  test('pass from task to task, artifacts without being copied', async () => {
    const write = python(
      'def write(n, data, scores):\n    open(data.path, "w").write("x" * n)\n    data.metadata["length"] = n\n    scores.log_metric("accuracy", 0.75)\n',
      { n: INT },
      { data: artifact('system.Dataset'), scores: artifact('system.Metrics') },
    );
    const read = python(
      'def read(data):\n    import os\n    return str([len(open(data.path).read()), data.metadata["length"], data.uri.startswith("file://"), os.path.islink(data.path)])\n',
      { data: artifact('system.Dataset') },
      { Output: STR },
    );
    const accuracy: Expression = {
      kind: 'metric',
      artifact: out('write', 'system.Metrics', 'scores'),
      name: 'accuracy',
      type: 'NUMBER_DOUBLE',
    };
    const text: Expression = {
      kind: 'text',
      parts: [
        'n=',
        arg('n', 'NUMBER_INTEGER'),
        ' a=',
        accuracy,
        ' ok=',
        lit('BOOLEAN', true),
        ' ',
        lit('STRING', '{{$x}}'),
      ],
      type: 'STRING',
    };
    const graph = pipeline(
      [
        task('write', write, { n: arg('n', 'NUMBER_INTEGER') }),
        task('read', read, { data: out('write', 'system.Dataset', 'data') }),
        task('say', echo, { text }, { after: ['write'] }),
      ],
      { parameters: { n: { type: 'NUMBER_INTEGER', default: 3 } } },
    );
    const result = await runGraph(graph, { store: path.join(folder, 'store'), arguments: { n: 5 } });

    expect(statesOf(result)).toEqual({ write: 'Succeeded', read: 'Succeeded', say: 'Succeeded' });
    expect(result.state).toBe('Succeeded');
    expect(result.tasks.read?.outputs).toEqual({ Output: '[5, 5, True, True]' });
    expect(result.tasks.say?.outputs).toEqual({ Output: 'n=5 a=0.75 ok=true {{$x}}' });
    expect(fs.readFileSync(result.tasks.say!.logs, 'utf8')).toContain('n=5 a=0.75 ok=true {{$x}}\n');
    const data = result.tasks.write!.artifacts.data!;
    expect(data).toMatchObject({ type: 'system.Dataset', metadata: { length: 5 } });
    expect(fs.readFileSync(data.path, 'utf8')).toBe('xxxxx');
    expect(result.tasks.write!.artifacts.scores!.metadata).toEqual({ accuracy: 0.75 });
    expect(result.arguments).toEqual({ n: 5 });
    expect(JSON.parse(fs.readFileSync(path.join(result.folder, 'state.json'), 'utf8'))).toMatchObject({
      state: 'Succeeded',
    });

    const summary = summaryOf(result, (_style, line) => line).join('\n');
    expect(summary).toMatch(/ {2}read +✔ succeeded +[\d.]+s +Output="\[5, 5, True, True]"/);
    expect(summary).toContain('accuracy  0.75');
    expect(summary).toContain('write.data  system.Dataset');
  });

  test('whole numbers keep the digits that JavaScript would lose', async () => {
    const large = python('def large():\n    return 2**53 + 1\n', {}, { Output: INT });
    const text: Expression = { kind: 'text', parts: [out('large', 'NUMBER_INTEGER')], type: 'STRING' };
    const same = python('def same(x):\n    return str(x)\n', { x: INT }, { Output: STR });
    const result = await run(
      pipeline([
        task('large', large),
        task('same', same, { x: out('large', 'NUMBER_INTEGER') }),
        task('say', echo, { text }, { after: ['large'] }),
      ]),
    );
    expect(result.tasks.same?.outputs).toEqual({ Output: '9007199254740993' });
    expect(result.tasks.say?.outputs).toEqual({ Output: '9007199254740993' });
  });

  test('None is absent: a consumer that requires it fails with words, another one runs', async () => {
    const none = python('def none():\n    pass\n', {}, { Output: INT });
    const maybe = python(
      'def maybe(x=7):\n    return x\n',
      { x: param('NUMBER_INTEGER', { optional: true }) },
      { Output: INT },
    );
    const result = await run(
      pipeline([
        task('none', none),
        task('strict', twice, { x: out('none', 'NUMBER_INTEGER') }),
        task('lenient', maybe, { x: out('none', 'NUMBER_INTEGER') }),
      ]),
    );
    expect(result.tasks.none).toMatchObject({ state: 'Succeeded', outputs: {} });
    expect(result.tasks.strict).toMatchObject({
      state: 'Failed',
      attempts: 0,
      error: "input 'x' has no value: task 'none' returned None for its output 'Output'",
    });
    expect(result.tasks.lenient?.outputs).toEqual({ Output: 7 });
  });

  test('a task has its own environment, and not what would leak into it', async () => {
    const env = python(
      'def env():\n    import os\n    return [os.environ.get(n) for n in ("MINE", "PYTHONPATH", "VIRTUAL_ENV", "KFP_INPUT_x")]\n',
      {},
      { Output: param('LIST') },
    );
    const leaks = { PYTHONPATH: '/nowhere', VIRTUAL_ENV: '/nowhere', KFP_INPUT_x: '1' };
    const saved = { ...process.env };
    Object.assign(process.env, leaks);
    try {
      const result = await run(pipeline([task('env', env, {}, { env: [{ name: 'MINE', value: 'a $(b) {{c}}' }] })]));
      expect(result.tasks.env?.outputs).toEqual({ Output: ['a $(b) {{c}}', null, null, null] });
    } finally {
      for (const name of Object.keys(leaks)) delete process.env[name];
      Object.assign(process.env, saved);
    }
  });
});

describe('order', () => {
  const two = () =>
    pipeline([
      task('a', nap, { seconds: lit('NUMBER_DOUBLE', 0.5) }),
      task('b', nap, { seconds: lit('NUMBER_DOUBLE', 0.5) }),
    ]);
  const spans = (result: Awaited<ReturnType<typeof run>>) =>
    ['a', 'b'].map((id) => result.tasks[id]!.outputs.Output as [number, number]).sort(([x], [y]) => x - y);

  test('independent tasks run side by side', async () => {
    const [first, second] = spans(await run(two(), { parallelism: 2 }));
    expect(second![0]).toBeLessThan(first![1]);
  });

  test('no more at a time than is allowed', async () => {
    const [first, second] = spans(await run(two(), { parallelism: 1 }));
    expect(second![0]).toBeGreaterThanOrEqual(first![1]);
  });

  test('a failure omits what depends on it, and nothing else', async () => {
    const result = await run(
      pipeline([
        // Created before what it depends on.
        task('later', twice, { x: out('fails', 'NUMBER_INTEGER') }),
        task('fails', fails),
        task('last', one, {}, { after: ['later'] }),
        when('group', ['fails'], [lit('BOOLEAN', true), task('inside', one)]),
        task('other', one),
      ]),
    );
    expect(result.state).toBe('Failed');
    expect(statesOf(result)).toEqual({
      fails: 'Failed',
      later: 'Omitted',
      last: 'Omitted',
      inside: 'Omitted',
      other: 'Succeeded',
    });
    expect(result.groups.group).toEqual({ state: 'Omitted' });
    expect(result.tasks.fails).toMatchObject({ exitCode: 1, attempts: 1 });
    expect(result.tasks.fails!.error).toMatch(/^ValueError: no \{ \{luck/);
    expect(result.tasks.fails!.traceback).toMatch(
      /^Traceback[\s\S]*line 2, in fails[\s\S]*ValueError: no \{\{luck\}\}$/,
    );
  });
});

describe('If', () => {
  const branches = (x: number) =>
    pipeline([
      task('x', twice, { x: lit('NUMBER_INTEGER', x) }),
      when(
        'choose',
        ['x'],
        [
          compare(out('x', 'NUMBER_INTEGER'), '>', lit('NUMBER_DOUBLE', 10)),
          task('many', twice, { x: out('x', 'NUMBER_INTEGER') }),
        ],
        [compare(out('x', 'NUMBER_INTEGER'), '>', lit('NUMBER_INTEGER', 4)), task('some', one)],
      ),
      task('after', one, {}, { after: ['choose'] }),
    ]);

  test.each([
    [6, { many: 'Succeeded', some: 'Skipped' }, 'choose'],
    [3, { many: 'Skipped', some: 'Succeeded' }, 'choose-1'],
    [1, { many: 'Skipped', some: 'Skipped' }, undefined],
  ])('%s: the first branch that holds runs, and what comes after the If', async (x, states, branch) => {
    const result = await run(branches(x));
    expect(statesOf(result)).toEqual({ x: 'Succeeded', after: 'Succeeded', ...states });
    expect(result.groups.choose).toEqual({ state: 'Succeeded', ...(branch && { branch }) });
    expect(result.state).toBe('Succeeded');
  });

  test('a failure in the taken branch fails the If', async () => {
    const never = lit('BOOLEAN', false);
    const graph = pipeline([
      when(
        'outer',
        [],
        [never, task('never', one)],
        [undefined, when('inner', [], [lit('BOOLEAN', true), task('fails', fails)])],
      ),
      task('after', one, {}, { after: ['outer'] }),
    ]);
    const result = await run(graph);
    expect(statesOf(result)).toEqual({ never: 'Skipped', fails: 'Failed', after: 'Omitted' });
    expect(result.groups).toMatchObject({ outer: { state: 'Failed', branch: 'outer-1' }, inner: { state: 'Failed' } });
  });

  test('a condition that cannot be told fails the If', async () => {
    const metrics = python('def metrics(m):\n    m.log_metric("auc", 1)\n', {}, { m: artifact('system.Metrics') });
    const metric: Expression = {
      kind: 'metric',
      artifact: out('m', 'system.Metrics', 'm'),
      name: 'acc',
      type: 'NUMBER_DOUBLE',
    };
    const graph = pipeline([
      task('m', metrics),
      when('good', ['m'], [compare(metric, '>', lit('NUMBER_DOUBLE', 0.5)), task('deploy', one)]),
    ]);
    const result = await run(graph);
    expect(result.state).toBe('Failed');
    expect(statesOf(result)).toEqual({ m: 'Succeeded', deploy: 'Omitted' });
    expect(result.groups.good?.error).toBe("metric 'acc' was not logged on output 'm' of task 'm'; it has auc");
  });

  test.each([
    ['0.75', true],
    ['+7.5e-1', true],
    ['.25', false],
    ['Inf', true],
    ['-Infinity', false],
    ['nan', false],
    ['', undefined],
    ['0.75 ', undefined],
    ['1e999', undefined],
    [true, undefined],
  ])('a metric that was logged as %j compares as on the engine', async (value, taken) => {
    const metrics = python('def metrics(m):\n    pass\n', {}, { m: artifact('system.Metrics') });
    const metric: Expression = {
      kind: 'metric',
      artifact: out('m', 'system.Metrics', 'm'),
      name: 'acc',
      type: 'NUMBER_DOUBLE',
    };
    const graph = pipeline([
      task('m', metrics),
      when('good', ['m'], [compare(metric, '>', lit('NUMBER_DOUBLE', 0.5)), task('deploy', one)]),
    ]);
    const result = await run(graph, {
      stubs: {
        m: ({ outputs }) => {
          outputs.m!.metadata.acc = value;
        },
        deploy: () => ({ Output: 1 }),
      },
    });
    expect(result.tasks.deploy?.state).toBe(taken === undefined ? 'Omitted' : taken ? 'Succeeded' : 'Skipped');
    if (taken === undefined)
      expect(result.groups.good?.error).toBe(
        `metric 'acc' on output 'm' of task 'm' is ${JSON.stringify(value)}, not a number`,
      );
  });
});

// ── Control flow ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** A component that only stubs run. */
const stubbed = (name: string, inputs: Ports = {}, outputs: Ports = {}) =>
  python(`def ${name}():\n    pass\n`, inputs, outputs);
const optional = (type: ParameterType) => param(type, { optional: true });
const work = stubbed('work', { x: INT }, { Output: INT });
/** Takes anything, or nothing. */
const take = stubbed('take', {
  list: optional('LIST'),
  n: optional('NUMBER_INTEGER'),
  text: optional('STRING'),
  dict: optional('STRUCT'),
  final: optional('TASK_FINAL_STATUS'),
});
const list = (...values: readonly Json[]) => lit('LIST', values);
const double: Stub = ({ inputs }) => ({ Output: inputs.x * 2 });
/** A stub that keeps what it was called with, by the key of the instance. */
function keeping() {
  const calls: Record<string, Record<string, unknown>> = {};
  const stub: Stub = ({ task: key, inputs }) => {
    calls[key] = { ...inputs };
  };
  return { calls, stub };
}
const failing: Stub = () => {
  throw new Error('no luck');
};
const YES = lit('BOOLEAN', true);

describe('loops', () => {
  const search = (more: Partial<LoopNode> = {}, items: Expression = list(1, 2, 3)) =>
    loop(
      'search',
      items,
      [
        task('search-train', work, { x: item('search') }),
        task('search-test', work, { x: out('search-train', 'NUMBER_INTEGER') }),
      ],
      { scores: out('search-test', 'NUMBER_INTEGER') },
      more,
    );
  const after = task('after', take, { list: out('search', 'LIST', 'scores') });

  test('run an iteration for each item, and give lists in the order of the items', async () => {
    const { calls, stub } = keeping();
    const stubs = {
      work: async ({ inputs }: { inputs: Record<string, number> }) => {
        await new Promise((resolve) => setTimeout(resolve, 60 - inputs.x! * 15));
        return { Output: inputs.x! * 2 };
      },
      take: stub,
    };
    const graph = pipeline([search(), after], { outputs: { all: out('search', 'LIST', 'scores') } });
    const result = await run(graph, { stubs, parallelism: 8 });
    expect(result.state).toBe('Succeeded');
    expect(statesOf(result)).toMatchObject({ 'search-train[2]': 'Succeeded', 'search-test[0]': 'Succeeded' });
    expect(calls.after).toEqual({ list: [4, 8, 12] });
    expect(result.groups.search).toEqual({ state: 'Succeeded', iterations: 3, outputs: { scores: [4, 8, 12] } });
    expect(result.outputs).toEqual({ all: [4, 8, 12] });
    expect(result.artifacts).toEqual({});
    expect(fs.existsSync(path.join(result.folder, 'search-train.2', '1', 'log.txt'))).toBe(true);
    const lines = summaryOf(result, (_style, line) => line).join('\n');
    expect(lines).toMatch(/ {2}search +✔ succeeded +3 iterations/);
    expect(lines).toMatch(/outputs of the pipeline\n {2}all {2}\[4,8,12\]/);
  });

  test.each([
    [1, 1],
    [2, 2],
    [undefined, 4],
  ])('run %s at a time, and begin in the order of the items', async (parallelism, most) => {
    let running = 0;
    let seen = 0;
    const begun: string[] = [];
    const stub: Stub = async ({ task: key }) => {
      begun.push(key);
      seen = Math.max(seen, ++running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running--;
      return { Output: 1 };
    };
    const node = loop(
      'each',
      list(5, 6, 7, 8),
      [task('a', work, { x: item('each') })],
      {},
      parallelism ? { parallelism } : {},
    );
    await run(pipeline([node]), { stubs: { work: stub }, parallelism: 8 });
    expect(seen).toBe(most);
    expect(begun).toEqual(['a[0]', 'a[1]', 'a[2]', 'a[3]']);
  });

  test('over nothing give empty lists', async () => {
    const { calls, stub } = keeping();
    const result = await run(pipeline([search({}, list()), after]), { stubs: { work: double, take: stub } });
    expect(result.groups.search).toEqual({ state: 'Succeeded', iterations: 0, outputs: { scores: [] } });
    expect(calls.after).toEqual({ list: [] });
  });

  test('go on where an iteration fails, and fail then', async () => {
    const stub: Stub = ({ inputs }) => (inputs.x === 2 ? failing({} as never) : { Output: inputs.x });
    const result = await run(pipeline([search(), after]), { stubs: { work: stub, take: () => {} } });
    expect(statesOf(result)).toEqual({
      'search-train[0]': 'Succeeded',
      'search-train[1]': 'Failed',
      'search-train[2]': 'Succeeded',
      'search-test[0]': 'Succeeded',
      'search-test[1]': 'Omitted',
      'search-test[2]': 'Succeeded',
      after: 'Omitted',
    });
    expect(result.groups.search).toEqual({ state: 'Failed', iterations: 3 });
    expect(result.state).toBe('Failed');
  });

  test('leave out what an iteration did not give, and keep None', async () => {
    const maybe = stubbed('maybe', { x: INT }, { Output: optional('NUMBER_INTEGER') });
    const branch = giving(
      when(
        'pick',
        [],
        [compare(item('each'), '>', lit('NUMBER_INTEGER', 1)), task('pick-maybe', maybe, { x: item('each') })],
      ),
      { value: out('pick-maybe', 'NUMBER_INTEGER') },
    );
    const node = loop('each', list(1, 2, 3, 4), [branch], { values: out('pick', 'NUMBER_INTEGER', 'value') });
    const { calls, stub } = keeping();
    const result = await run(pipeline([node, task('after', take, { list: out('each', 'LIST', 'values') })]), {
      stubs: { maybe: ({ inputs }) => (inputs.x === 3 ? { Output: null } : { Output: inputs.x }), take: stub },
    });
    expect(calls.after).toEqual({ list: [2, null, 4] });
    expect(result.tasks['pick-maybe[0]']?.state).toBe('Skipped');
    expect(result.groups['pick[0]']).toEqual({ state: 'Succeeded' });
    expect(result.groups['pick[1]']).toEqual({ state: 'Succeeded', branch: 'pick', outputs: { value: 2 } });
  });

  test('inside of loops see both items, and give lists of lists', async () => {
    const inner = loop(
      'outer-inner',
      item('outer', 'LIST'),
      [
        task('outer-inner-train', take, {
          n: item('outer', 'NUMBER_INTEGER', 'index'),
          list: item('outer', 'LIST'),
          text: {
            kind: 'text',
            parts: [item('outer-inner'), '@', item('outer-inner', 'NUMBER_INTEGER', 'index')],
            type: 'STRING',
          },
        }),
        task('outer-inner-work', work, { x: item('outer-inner') }),
      ],
      { values: out('outer-inner-work', 'NUMBER_INTEGER') },
    );
    const outer = loop(
      'outer',
      list([1, 2], []),
      [inner],
      { values: out('outer-inner', 'LIST', 'values') },
      { itemType: 'LIST' },
    );
    const { calls, stub } = keeping();
    const result = await run(pipeline([outer]), { stubs: { take: stub, work: double } });
    expect(calls).toEqual({
      'outer-inner-train[0][0]': { n: 0, list: [1, 2], text: '1@0' },
      'outer-inner-train[0][1]': { n: 0, list: [1, 2], text: '2@1' },
    });
    expect(result.groups.outer?.outputs).toEqual({ values: [[2, 4], []] });
    expect(result.groups['outer-inner[1]']).toEqual({ state: 'Succeeded', iterations: 0, outputs: { values: [] } });
  });

  test('collect what is not finite as null, and large numbers with all their digits', async () => {
    const float = stubbed('float', { x: INT }, { Output: FLOAT });
    const node = loop('each', list(0, 1), [task('f', float, { x: item('each') })], {
      values: out('f', 'NUMBER_DOUBLE'),
    });
    const big = python('def big(x):\n    return 2**53 + x\n', { x: INT }, { Output: INT });
    const sum = python('def sums(list):\n    return str(list)\n', { list: param('LIST') }, { Output: STR });
    const same = python('def same(x):\n    return str(x)\n', { x: INT }, { Output: STR });
    const bigs = loop('bigs', list(1), [task('b', big, { x: item('bigs') })], { values: out('b', 'NUMBER_INTEGER') });
    const again = loop('again', out('bigs', 'LIST', 'values'), [task('s', same, { x: item('again') })]);
    const result = await run(
      pipeline([node, bigs, again, task('sums', sum, { list: out('bigs', 'LIST', 'values') })]),
      { stubs: { float: ({ inputs }) => ({ Output: inputs.x === 0 ? Number.NaN : 0.5 }) } },
    );
    expect(result.groups.each?.outputs).toEqual({ values: [null, 0.5] });
    expect(result.tasks.sums?.outputs).toEqual({ Output: '[9007199254740993]' });
    expect(result.tasks['s[0]']?.outputs).toEqual({ Output: '9007199254740993' });
  });

  test('over artifacts pass references, and collect them', async () => {
    const make = python(
      'def make(name, data):\n    open(data.path, "w").write(name)\n',
      { name: STR },
      { data: artifact('system.Dataset') },
    );
    const copy = python(
      'def copy(data, out):\n    open(out.path, "w").write(open(data.path).read() + "!")\n',
      { data: artifact('system.Dataset') },
      { out: artifact('system.Model') },
    );
    const read = python(
      'def read(datas):\n    return [open(d.path).read() for d in datas]\n',
      { datas: { kind: 'artifact', type: 'system.Model', list: true } },
      { Output: param('LIST') },
    );
    const first = loop(
      'first',
      list('a b', '$c'),
      [task('make', make, { name: item('first', 'STRING') })],
      { d: out('make', 'system.Dataset', 'data') },
      { itemType: 'STRING' },
    );
    const second = loop(
      'second',
      out('first', 'system.Dataset[]', 'd'),
      [task('copy', copy, { data: item('second', 'system.Dataset') })],
      { m: out('copy', 'system.Model', 'out') },
      { itemType: 'system.Dataset' },
    );
    const graph = pipeline([first, second, task('read', read, { datas: out('second', 'system.Model[]', 'm') })], {
      outputs: { models: out('second', 'system.Model[]', 'm') },
    });
    const result = await run(graph);
    expect(result.tasks.read?.outputs).toEqual({ Output: ['a b!', '$c!'] });
    const models = result.artifacts.models as readonly LocalArtifact[];
    expect(models.map(({ type, path }) => [type, fs.readFileSync(path, 'utf8')])).toEqual([
      ['system.Model', 'a b!'],
      ['system.Model', '$c!'],
    ]);
    expect(models[1]!.uri).toContain('/copy.1/1/');
    expect(result.groups.second!.artifacts!.m).toEqual(models);
  });

  test('fail where there is no list', async () => {
    const none = stubbed('none', {}, { Output: optional('LIST') });
    const graph = pipeline([task('none', none), search({}, out('none', 'LIST'))]);
    expect((await run(graph, { stubs: { none: () => {} } })).groups.search).toEqual({
      state: 'Failed',
      error: "it has no list of items: output 'Output' of task 'none' is absent",
    });
    expect((await run(graph, { stubs: { none: () => ({ Output: null }) } })).groups.search?.error).toBe(
      'the list of items is None',
    );
  });

  test('that are stopped start no more', async () => {
    const controller = new AbortController();
    const stub: Stub = async ({ task: key }) => {
      if (key === 'search-train[1]') {
        controller.abort();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return { Output: 1 };
    };
    const result = await run(pipeline([search({ parallelism: 1 })]), {
      stubs: { work: stub },
      signal: controller.signal,
    });
    expect(result.state).toBe('Stopped');
    expect(statesOf(result)).toMatchObject({ 'search-train[1]': 'Stopped', 'search-train[2]': 'Omitted' });
    expect(result.groups.search).toEqual({ state: 'Stopped', iterations: 3 });
  });
});

describe('expressions', () => {
  const member = (of: Expression, name: string, type: ValueType = 'UNKNOWN'): Expression => ({
    kind: 'field',
    of,
    name,
    type,
  });
  const isIn = (value: Expression, of: Expression): Expression => ({ kind: 'in', value, list: of, type: 'BOOLEAN' });

  async function inputsOf(inputs: Outputs, parameters: Readonly<Record<string, PipelineParameter>> = {}) {
    const { calls, stub } = keeping();
    const result = await run(pipeline([task('take', take, inputs)], { parameters }), { stubs: { take: stub } });
    return calls.take ?? result.tasks.take?.error;
  }
  async function holds(condition: Expression, parameters: Readonly<Record<string, PipelineParameter>> = {}) {
    const result = await run(pipeline([when('check', [], [condition, task('yes', take)])], { parameters }), {
      stubs: { take: () => {} },
    });
    return result.groups.check?.error ?? result.groups.check?.branch === 'check';
  }

  test('members of dicts, dicts of values', async () => {
    const config = lit('STRUCT', { lr: 0.5, name: '{x}', n: 3, none: null, deep: { n: 4 } });
    expect(
      await inputsOf({
        n: member(member(config, 'deep'), 'n'),
        text: member(config, 'name', 'STRING'),
        dict: {
          kind: 'dict',
          members: { a: member(config, 'n', 'NUMBER_INTEGER'), b: list(1), c: member(config, 'absent') },
          type: 'STRUCT',
        },
      }),
    ).toEqual({ n: 4, text: '{x}', dict: { a: 3, b: [1], c: null } });
    expect(await inputsOf({ n: member(config, 'absent'), text: member(config, 'none') })).toEqual({
      n: null,
      text: null,
    });
    const typed = await inputsOf({ text: member(config, 'none', 'STRING') });
    expect(typed).toBe("the member 'none' of the expression is None, although it is declared as STRING");
    const deeper = await inputsOf({ n: member(member(config, 'absent'), 'n') });
    expect(deeper).toBe("the member 'absent' of the expression is None, which has no member 'n'");
    expect(await inputsOf({ n: member(config, 'n'), text: member(config, 'n') })).toEqual({ n: 3, text: '3' });
    expect(await inputsOf({ n: member(lit('UNKNOWN', 5), 'n') })).toBe("the expression is 5, which has no member 'n'");
  });

  test.each([
    [lit('NUMBER_INTEGER', 2), list(1, 2), true],
    [lit('NUMBER_DOUBLE', 2), list(1, 2), true],
    [lit('NUMBER_INTEGER', 3), list(1, 2), false],
    [lit('STRING', '2'), list(1, 2), false],
    [lit('STRING', 'a'), list('b', 'a'), true],
    [lit('LIST', [1, { b: 1, a: 2 }]), list([1, { a: 2, b: 1 }]), true],
    [lit('BOOLEAN', true), list(true), true],
    [lit('STRING', 'a'), lit('STRING', 'a'), 'the expression is "a", not a list'],
  ])('membership: %j in %j', async (value, of, expected) => expect(await holds(isIn(value, of))).toBe(expected));

  test('of unknown type are taken for what they are compared with', async () => {
    const items = (value: Json): Expression => member(lit('STRUCT', { value }), 'value');
    for (const value of [5, true, 'x y', [1], null] as Json[]) {
      const node = loop(
        'each',
        list(value),
        [
          when(
            'same',
            [],
            [compare(item('each', 'UNKNOWN'), '==', items(value)), task('t', take, { text: item('each', 'UNKNOWN') })],
          ),
        ],
        {},
        { itemType: 'UNKNOWN' },
      );
      const result = await run(pipeline([node]), { stubs: { take: () => {} } });
      expect(result.groups['same[0]']).toMatchObject({ branch: 'same' });
    }
    const text = (type: ValueType) => ({ x: { type, default: '5' } as PipelineParameter });
    const unknown: Expression = { kind: 'parameter', name: 'x', type: 'UNKNOWN' };
    expect(await holds(compare(unknown, '==', lit('NUMBER_INTEGER', 5)), text('STRING'))).toBe(true);
    expect(await holds(compare(unknown, '<', lit('NUMBER_DOUBLE', 5.5)), text('STRING'))).toBe(true);
    expect(await holds(compare(unknown, '==', lit('STRING', '5')), text('STRING'))).toBe(true);
    expect(await holds(isIn(unknown, list('5')), text('STRING'))).toBe(true);
  });

  test('that no correct graph holds are refused', async () => {
    expect(await holds({ kind: 'one-of', values: [YES], type: 'BOOLEAN' })).toContain('one-of');
  });
});

describe('Ifs with outputs', () => {
  test.each([
    ['a', { value: 1, extra: 5 }],
    ['b', { value: 2 }],
    ['c', {}],
  ])('give those of the branch that is taken: %s', async (which, expected) => {
    const isWhich = (text: string) => compare(arg('which', 'STRING'), '==', lit('STRING', text));
    const choose = giving(
      when(
        'choose',
        [],
        [isWhich('a'), task('a', work, { x: lit('NUMBER_INTEGER', 1) })],
        [isWhich('b'), task('b', work, { x: lit('NUMBER_INTEGER', 2) })],
      ),
      { value: out('a', 'NUMBER_INTEGER'), extra: lit('NUMBER_INTEGER', 5) },
      { value: out('b', 'NUMBER_INTEGER') },
    );
    const { calls, stub } = keeping();
    const result = await run(
      pipeline([choose, task('end', take, { n: out('choose', 'NUMBER_INTEGER', 'value') })], {
        parameters: { which: { type: 'STRING', default: which } },
        outputs: { extra: out('choose', 'NUMBER_INTEGER', 'extra') },
      }),
      { stubs: { work: ({ inputs }) => ({ Output: inputs.x }), take: stub } },
    );
    expect(result.groups.choose?.outputs ?? {}).toEqual(expected);
    expect(calls.end).toEqual('value' in expected ? { n: expected.value } : {});
    expect(result.outputs).toEqual('extra' in expected ? { extra: 5 } : {});
  });
});

describe('called pipelines', () => {
  const OPTIONAL = { type: 'NUMBER_INTEGER', default: 7 } as const;
  const inner = called(
    'inner',
    [task('load', work, { x: arg('n', 'NUMBER_INTEGER') })],
    { n: { type: 'NUMBER_INTEGER' } },
    { value: out('load', 'NUMBER_INTEGER') },
  );

  test('have frames, keys and folders of their own, in loops too', async () => {
    const node = loop('search', list(1, 2), [call('search-call', 'inner', { n: item('search') })], {
      values: out('search-call', 'NUMBER_INTEGER', 'value'),
    });
    const graph = pipeline(
      [
        task('load', work, { x: lit('NUMBER_INTEGER', 50) }),
        call('first', 'inner', { n: out('load', 'NUMBER_INTEGER') }),
        node,
      ],
      { pipelines: [inner], parameters: { n: { type: 'NUMBER_INTEGER', default: 9 } } },
    );
    const result = await run(graph, { stubs: { work: double, 'search-call[1]/load': () => ({ Output: -1 }) } });
    const values = Object.fromEntries(Object.entries(result.tasks).map(([key, { outputs }]) => [key, outputs.Output]));
    expect(values).toEqual({ load: 100, 'first/load': 200, 'search-call[0]/load': 2, 'search-call[1]/load': -1 });
    expect(result.groups.first).toEqual({ state: 'Succeeded', outputs: { value: 200 } });
    expect(result.groups.search?.outputs).toEqual({ values: [2, -1] });
    for (const name of ['load', 'first/load', 'search-call.1/load']) {
      expect(fs.existsSync(path.join(result.folder, name, '1', 'log.txt'))).toBe(true);
    }
  });

  test('see nothing of their caller', async () => {
    const greedy = called('greedy', [task('t', take, { n: arg('n', 'NUMBER_INTEGER'), text: out('other', 'STRING') })]);
    const { calls, stub } = keeping();
    const other = stubbed('other', {}, { Output: STR });
    await run(
      pipeline([task('other', other), call('first', 'greedy', {}, ['other'])], {
        pipelines: [greedy],
        parameters: { n: { type: 'NUMBER_INTEGER', default: 9 } },
      }),
      { stubs: { take: stub, other: () => ({ Output: 'x' }) } },
    );
    expect(calls['first/t']).toEqual({});
  });

  test('take defaults for what is left out, and nothing for what is absent', async () => {
    const leaf = called('leaf', [task('t', take, { n: arg('n', 'NUMBER_INTEGER') })], { n: OPTIONAL });
    const middle = called('middle', [call('deep', 'leaf', { n: arg('m', 'NUMBER_INTEGER') })], {
      m: { type: 'NUMBER_INTEGER', optional: true },
    });
    const maybe = stubbed('maybe', {}, { Output: optional('NUMBER_INTEGER') });
    const given = { n: out('maybe', 'NUMBER_INTEGER') };
    const { calls, stub } = keeping();
    const graph = pipeline(
      [
        task('maybe', maybe),
        call('left-out', 'leaf'),
        call('given', 'leaf', given),
        call('nested', 'middle', { m: given.n }),
        call('nested-out', 'middle'),
      ],
      { pipelines: [leaf, middle] },
    );
    const runWith = async (value: Json | undefined) => {
      for (const key of Object.keys(calls)) delete calls[key];
      await run(graph, { stubs: { take: stub, maybe: () => (value === undefined ? {} : { Output: value }) } });
      return Object.fromEntries(
        Object.entries(calls).map(([key, inputs]) => [key, 'n' in inputs ? inputs.n : 'absent']),
      );
    };
    const always = { 'left-out/t': 7, 'nested-out/deep/t': 'absent' };
    expect(await runWith(undefined)).toEqual({ ...always, 'given/t': 'absent', 'nested/deep/t': 'absent' });
    expect(await runWith(null)).toEqual({ ...always, 'given/t': null, 'nested/deep/t': null });
    expect(await runWith(3)).toEqual({ ...always, 'given/t': 3, 'nested/deep/t': 3 });
  });

  test('fail their call, and tell their exit task what became of it', async () => {
    const bad = called(
      'bad',
      [task('load', work, { x: arg('n', 'NUMBER_INTEGER') })],
      { n: OPTIONAL },
      { value: out('load', 'NUMBER_INTEGER') },
      task('tidy', take, { final: FINAL, n: arg('n', 'NUMBER_INTEGER') }),
    );
    const { calls, stub } = keeping();
    const onExit = task('clean-up', take, { final: FINAL });
    const graph = pipeline(
      [call('first', 'bad', { n: lit('NUMBER_INTEGER', 3) }), task('other', work, { x: lit('NUMBER_INTEGER', 1) })],
      { pipelines: [bad], onExit },
    );
    const result = await run(graph, { stubs: { load: failing, other: failing, take: stub } });
    expect(calls['first/tidy']).toMatchObject({
      n: 3,
      final: {
        state: 'FAILED',
        pipelineTaskName: 'bad',
        pipelineJobResourceName: result.name,
        error: { code: 1, message: 'first/load: no luck' },
      },
    });
    expect(calls['clean-up']!.final).toMatchObject({ pipelineTaskName: 'demo', state: 'FAILED' });
    expect(result.groups.first).toEqual({ state: 'Failed' });

    const good = await run(graph, { stubs: { work: double, take: stub } });
    expect(good.state).toBe('Succeeded');
    expect(calls['first/tidy']!.final).toMatchObject({ state: 'SUCCEEDED', error: { code: 0, message: '' } });
  });

  test('return nothing where what they return cannot be evaluated, as on the engine', async () => {
    const wrong: Expression = { kind: 'field', of: lit('UNKNOWN', 5), name: 'x', type: 'STRING' };
    const bad = called('bad', [], {}, { value: wrong }, task('tidy', take, { final: FINAL }));
    const { calls, stub } = keeping();
    const result = await run(pipeline([call('first', 'bad')], { pipelines: [bad] }), { stubs: { take: stub } });
    expect(result.groups.first).toEqual({ state: 'Succeeded' });
    expect(calls['first/tidy']!.final).toMatchObject({ state: 'SUCCEEDED' });
    const root = await run(pipeline([], { outputs: { value: wrong } }));
    expect(root).toMatchObject({ state: 'Succeeded', outputs: {} });
  });

  test('are seen by what is checked before a run', async () => {
    const container: ComponentDefinition = {
      name: 'box',
      inputs: {},
      outputs: {},
      implementation: { kind: 'container', image: 'x:1', command: ['x'], args: [] },
    };
    const boxed = called('boxed', [task('b', container)], {}, {}, task('tidy', container));
    const graph = pipeline([call('first', 'boxed'), handler('guard', [], task('guard-exit', container))], {
      pipelines: [boxed],
    });
    const saved = process.env.PATH;
    process.env.PATH = path.join(folder, 'nothing');
    try {
      const text = await problemsOf(run(graph));
      for (const id of ['b', 'tidy', 'guard-exit']) expect(text).toContain(`task '${id}' runs the container image x:1`);
      expect(await problemsOf(run(graph, { stubs: { 'first/c': () => {} } }))).toContain(
        "the stub 'first/c' names no task",
      );
      const stubs = { 'first/b': () => {}, tidy: () => {}, 'guard-exit': () => {} };
      expect((await run(graph, { stubs })).state).toBe('Succeeded');
    } finally {
      process.env.PATH = saved;
    }
  });
});

describe('repeats', () => {
  const step = stubbed('step', { x: INT, fixed: INT }, { next: optional('NUMBER_INTEGER'), done: param('BOOLEAN') });
  const stepping = called(
    'stepping',
    [task('step', step, { x: arg('x', 'NUMBER_INTEGER'), fixed: arg('fixed', 'NUMBER_INTEGER') })],
    { x: { type: 'NUMBER_INTEGER' }, fixed: { type: 'NUMBER_INTEGER', default: 100 } },
    { x: out('step', 'NUMBER_INTEGER', 'next'), done: out('step', 'BOOLEAN', 'done') },
  );
  const graph = (limit: number) =>
    pipeline(
      [
        repeat('tune', 'stepping', { x: lit('NUMBER_INTEGER', 1) }, 'done', limit),
        task('end', take, { n: out('tune', 'NUMBER_INTEGER', 'iterations') }),
      ],
      {
        pipelines: [stepping],
        outputs: { x: out('tune', 'NUMBER_INTEGER', 'x') },
      },
    );
  const stubs = { step: (({ inputs }) => ({ next: inputs.x * 2, done: inputs.x >= 4 })) as Stub, take: () => {} };

  test.each([
    [10, 3, 8],
    [2, 2, 4],
  ])('at most %i times', async (limit, iterations, x) => {
    const { calls, stub } = keeping();
    const result = await run(graph(limit), { stubs: { ...stubs, take: stub } });
    expect(result.groups.tune).toEqual({ state: 'Succeeded', iterations, outputs: { x, done: limit > 2, iterations } });
    expect(Object.keys(result.tasks)).toEqual([
      ...Array.from({ length: iterations }, (_, i) => `tune[${i}]/step`),
      'end',
    ]);
    expect(calls.end).toEqual({ n: iterations });
    expect(result.outputs).toEqual({ x });
    expect(fs.existsSync(path.join(result.folder, 'tune.1', 'step'))).toBe(true);
  });

  test('keep other inputs and defaults, and end with a call that fails', async () => {
    const { calls, stub } = keeping();
    const result = await run(graph(9), {
      stubs: {
        ...stubs,
        step: (call) => {
          stub(call);
          return call.task === 'tune[1]/step' ? failing(call) : { next: 5, done: false };
        },
      },
    });
    expect(calls).toEqual({ 'tune[0]/step': { x: 1, fixed: 100 }, 'tune[1]/step': { x: 5, fixed: 100 } });
    expect(result.groups.tune).toEqual({ state: 'Failed', iterations: 2 });
    expect(result.tasks.end?.state).toBe('Omitted');
  });
});

describe('exit handlers', () => {
  const status = (of: string): Expression => ({ kind: 'status', of, type: 'TASK_FINAL_STATUS' });
  const guard = (more: Partial<ExitHandlerNode> = {}) => ({
    ...handler(
      'guard',
      [task('guard-load', work, { x: lit('NUMBER_INTEGER', 1) })],
      task('guard-exit', take, { final: status('guard'), n: out('guard', 'NUMBER_INTEGER', 'value') }),
      { value: out('guard-load', 'NUMBER_INTEGER') },
    ),
    ...more,
  });
  const next = task('next', take, { n: out('guard', 'NUMBER_INTEGER', 'value') });

  test('run their exit task after success, and after failure with what went wrong', async () => {
    const { calls, stub } = keeping();
    const good = await run(pipeline([guard(), next]), { stubs: { work: double, take: stub } });
    expect(good.state).toBe('Succeeded');
    expect(good.groups.guard).toEqual({ state: 'Succeeded', outputs: { value: 2 } });
    expect(calls['guard-exit']).toMatchObject({ n: 2, final: { state: 'SUCCEEDED', pipelineTaskName: 'guard' } });
    expect(calls.next).toEqual({ n: 2 });

    const bad = await run(pipeline([guard(), next]), { stubs: { work: failing, take: stub } });
    expect(statesOf(bad)).toEqual({ 'guard-load': 'Failed', 'guard-exit': 'Succeeded', next: 'Omitted' });
    expect(calls['guard-exit']).toEqual({
      final: {
        state: 'FAILED',
        pipelineJobResourceName: bad.name,
        pipelineTaskName: 'guard',
        error: { code: 1, message: 'guard-load: no luck' },
      },
    });
    expect(bad.state).toBe('Failed');
  });

  test('are what their body is, also where the exit task fails', async () => {
    const warnings: string[] = [];
    const result = await run(pipeline([guard(), next]), {
      stubs: { work: double, 'guard-exit': failing, next: () => {} },
      reporter: { warning: (message) => void warnings.push(message) },
    });
    expect(result.state).toBe('Succeeded');
    expect(statesOf(result)).toMatchObject({ 'guard-exit': 'Failed', next: 'Succeeded' });
    expect(warnings).toEqual(['guard-exit runs on exit: that it was Failed does not make the run fail']);
  });

  test('that are omitted or skipped run nothing', async () => {
    const stubs = { work: failing, take: () => {} };
    const first = task('first', work, { x: lit('NUMBER_INTEGER', 1) });
    const omitted = await run(pipeline([first, guard({ dependsOn: ['first'] })]), { stubs });
    expect(statesOf(omitted)).toEqual({ first: 'Failed', 'guard-load': 'Omitted', 'guard-exit': 'Omitted' });
    const skipped = await run(pipeline([when('no', [], [lit('BOOLEAN', false), guard()])]), { stubs });
    expect(statesOf(skipped)).toEqual({ 'guard-load': 'Skipped', 'guard-exit': 'Skipped' });
    expect(skipped.groups).toEqual({ guard: { state: 'Skipped' }, no: { state: 'Succeeded' } });
  });

  test('in loops run once for each iteration, and may call a pipeline', async () => {
    const tidy = called(
      'tidy',
      [task('t', take, { n: arg('n', 'NUMBER_INTEGER'), final: arg('final', 'TASK_FINAL_STATUS') })],
      {
        n: { type: 'NUMBER_INTEGER' },
        final: { type: 'TASK_FINAL_STATUS' },
      },
    );
    const inner = handler(
      'g',
      [task('g-load', work, { x: item('each') })],
      call('g-exit', 'tidy', { n: item('each'), final: status('g') }),
    );
    const { calls, stub } = keeping();
    const graph = pipeline([loop('each', list(1, 2, 3), [inner])], { pipelines: [tidy] });
    await run(graph, {
      stubs: { take: stub, work: ({ inputs }) => (inputs.x > 1 ? failing({} as never) : { Output: 1 }) },
    });
    expect(calls).toMatchObject({
      'g-exit[0]/t': { n: 1, final: { state: 'SUCCEEDED' } },
      'g-exit[1]/t': { n: 2, final: { state: 'FAILED', error: { message: 'g-load[1]: no luck' } } },
      'g-exit[2]/t': { n: 3, final: { state: 'FAILED', error: { message: 'g-load[2]: no luck' } } },
    });
  });

  test('that are stopped run their exit tasks to the end, then that of the pipeline', async () => {
    const controller = new AbortController();
    const order: string[] = [];
    const slow: Stub = async ({ task: key }) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push(key);
    };
    const tidy = called('tidy', [task('a', take), task('b', take, {}, { after: ['a'] })]);
    const graph = pipeline(
      [
        handler('guard', [task('load', work, { x: lit('NUMBER_INTEGER', 1) })], call('guard-exit', 'tidy')),
        guardLater(),
      ],
      { pipelines: [tidy], onExit: task('clean-up', take, { final: FINAL }) },
    );
    const result = await run(graph, {
      signal: controller.signal,
      stubs: {
        take: slow,
        work: () => {
          controller.abort();
          return new Promise(() => {});
        },
      },
    });
    expect(result.state).toBe('Stopped');
    expect(order).toEqual(['guard-exit/a', 'guard-exit/b', 'clean-up']);
    expect(statesOf(result)).toMatchObject({ load: 'Stopped', 'later-exit': 'Omitted', 'clean-up': 'Succeeded' });
    expect(result.groups).toMatchObject({ guard: { state: 'Stopped' }, later: { state: 'Omitted' } });
  });

  /** A handler that waits for the first. */
  const guardLater = () => ({
    ...handler('later', [task('later-load', take)], task('later-exit', take)),
    dependsOn: ['guard'],
  });
});

describe('dependencies', () => {
  const ended = (node: string, ...states: readonly ('Succeeded' | 'Failed' | 'Skipped')[]): Dependency => ({
    kind: 'ended',
    node,
    states,
  });
  const a = task('a', work, { x: lit('NUMBER_INTEGER', 1) });
  const b = (more: Partial<TaskNode>): TaskNode => {
    const node = { ...task('b', take, {}, { after: ['a'] }), ...more };
    components.set(node, take);
    return node;
  };
  const all = (...operands: readonly Dependency[]): Dependency => ({ kind: 'and', operands });
  const any = (...operands: readonly Dependency[]): Dependency => ({ kind: 'or', operands });
  const not = (operand: Dependency): Dependency => ({ kind: 'not', operand });

  test.each<[Dependency, boolean, boolean]>([
    [ended('a', 'Succeeded'), true, false],
    [ended('a', 'Failed'), false, true],
    [ended('a', 'Succeeded', 'Failed', 'Skipped'), true, true],
    [ended('a', 'Skipped'), false, false],
    [not(ended('a', 'Failed')), true, false],
    [all(ended('a', 'Succeeded'), not(ended('a', 'Skipped'))), true, false],
    [any(ended('a', 'Skipped'), ended('a', 'Failed')), false, true],
  ])('%j', async (runsWhen, afterSuccess, afterFailure) => {
    const graph = pipeline([a, b({ runsWhen })]);
    const good = await run(graph, { stubs: { work: double, take: () => {} } });
    expect(good.tasks.b?.state).toBe(afterSuccess ? 'Succeeded' : 'Omitted');
    expect(good.state).toBe('Succeeded');
    const bad = await run(graph, { stubs: { work: failing, take: () => {} } });
    expect(bad.tasks.b?.state).toBe(afterFailure ? 'Succeeded' : 'Omitted');
    expect(bad.state).toBe('Failed');
  });

  test('take what was omitted for skipped, and have its outputs absent', async () => {
    const c = { ...task('c', take, { n: out('a2', 'NUMBER_INTEGER') }), runsWhen: ended('a2', 'Skipped') };
    components.set(c, take);
    const { calls, stub } = keeping();
    const graph = pipeline([a, task('a2', work, { x: out('a', 'NUMBER_INTEGER') }), c]);
    const result = await run(graph, { stubs: { work: failing, take: stub } });
    expect(statesOf(result)).toEqual({ a: 'Failed', a2: 'Omitted', c: 'Succeeded' });
    expect(calls.c).toEqual({});
  });

  test('a failure that is to be ignored fails nothing, and what waits goes on', async () => {
    const ignored: TaskNode = { ...a, continueOnFailure: true };
    components.set(ignored, work);
    const stubs = { work: failing, take: () => {} };
    const states = async (node: TaskNode) => {
      const result = await run(pipeline([ignored, node]), { stubs });
      expect(result.state).toBe('Succeeded');
      expect(result.tasks.a?.state).toBe('Failed');
      return result.tasks.b?.state;
    };
    expect(await states(b({}))).toBe('Succeeded');
    expect(await states(b({ runsWhen: ended('a', 'Succeeded') }))).toBe('Succeeded');
    expect(await states(b({ runsWhen: ended('a', 'Failed') }))).toBe('Succeeded');
    expect(await states(b({ runsWhen: ended('a', 'Skipped') }))).toBe('Omitted');
    const looped = await run(pipeline([loop('each', list(1), [ignored])]), { stubs: { work: failing } });
    expect(looped.groups.each?.state).toBe('Succeeded');
  });

  test('the status of a node that failed, was skipped, or succeeded', async () => {
    const final: Expression = { kind: 'status', of: 'a', type: 'TASK_FINAL_STATUS' };
    const always = ended('a', 'Succeeded', 'Failed', 'Skipped');
    const { calls, stub } = keeping();
    const graph = pipeline([a, b({ inputs: { final }, runsWhen: always })]);
    await run(graph, { stubs: { work: failing, take: stub } });
    expect(calls.b!.final).toMatchObject({
      state: 'FAILED',
      pipelineTaskName: 'a',
      error: { code: 1, message: 'no luck' },
    });
    await run(graph, { stubs: { work: double, take: stub } });
    expect(calls.b!.final).toMatchObject({ state: 'SUCCEEDED', error: { code: 0 } });
    const waiting = { ...approval('a'), continueOnFailure: false };
    await run(pipeline([waiting, b({ inputs: { final }, runsWhen: always })]), {
      stubs: { take: stub },
      approvals: { a: 'rejected' },
    });
    expect(calls.b!.final).toMatchObject({ state: 'SKIPPED', error: { code: 0 } });
  });
});

describe('approvals', () => {
  const ask = (more: Partial<ApprovalNode> = {}) => approval('ask', { message: lit('STRING', 'Deploy?'), ...more });
  const deploy = task('deploy', take, {}, { after: ['ask'] });
  const note: TaskNode = {
    ...task('note', take, { text: out('ask', 'STRING', 'decision') }),
    runsWhen: { kind: 'ended', node: 'ask', states: ['Succeeded', 'Skipped'] },
  };
  components.set(note, take);
  const graph = (more: Partial<ApprovalNode> = {}) => pipeline([ask(more), deploy, note]);

  test.each(['approved', 'rejected', 'timed-out'] as const)('%s', async (decision) => {
    const { calls, stub } = keeping();
    const result = await run(graph(), { stubs: { take: stub }, approvals: { ask: decision } });
    const state = decision === 'approved' ? 'Succeeded' : 'Skipped';
    expect(result.groups.ask).toEqual({ state, decision, outputs: { decision } });
    expect(result.tasks.deploy?.state).toBe(decision === 'approved' ? 'Succeeded' : 'Omitted');
    expect(calls.note).toEqual({ text: decision });
    expect(result.state).toBe('Succeeded');
  });

  test('keep their decision in a rerun', async () => {
    const { calls, stub } = keeping();
    await run(graph(), { stubs: { take: () => {} }, approvals: { ask: 'rejected' } });
    const result = await run(graph(), { from: 'note', stubs: { take: stub } });
    expect(result.state).toBe('Succeeded');
    expect(calls).toEqual({ note: { text: 'rejected' } });
    await run(graph(), { task: 'note', stubs: { take: stub } });
    expect(calls).toEqual({ note: { text: 'rejected' } });
  });

  test('are refused where nobody decides, also with a timeout', async () => {
    for (const more of [{}, { timeoutSeconds: 1 }]) {
      const text = await problemsOf(run(graph(more)));
      expect(text).toContain("KFP1424 [app/ask] approval 'ask' waits for a decision: Deploy?");
      expect(text).toContain('--approve ask');
    }
    const text = await problemsOf(run(graph(), { approvals: { asc: 'approved' } }));
    expect(text).toContain("KFP1426 'asc' names no approval");
    expect(text).toContain("did you mean 'ask'?");
  });

  test('are asked about, each instance with its message', async () => {
    const asked: unknown[] = [];
    const inner = called(
      'inner',
      [approval('ask', { message: { kind: 'text', parts: ['n=', arg('n', 'NUMBER_INTEGER')], type: 'STRING' } })],
      { n: { type: 'NUMBER_INTEGER' } },
    );
    const node = loop('each', list(1, 2, 3), [call('c', 'inner', { n: item('each') })], {}, { parallelism: 1 });
    const result = await run(pipeline([node], { pipelines: [inner] }), {
      approvals: { 'c[1]/ask': 'rejected' },
      decide: async (request) => {
        asked.push(request);
        return 'approved';
      },
    });
    expect(asked).toEqual([
      { key: 'c[0]/ask', message: 'n=1' },
      { key: 'c[2]/ask', message: 'n=3' },
    ]);
    expect(result.groups['c[1]/ask']?.decision).toBe('rejected');
  });

  test('end with the run', async () => {
    const controller = new AbortController();
    let waiting: AbortSignal | undefined;
    const result = await run(graph(), {
      signal: controller.signal,
      decide: (_, signal) => {
        waiting = signal;
        controller.abort();
        return new Promise(() => {});
      },
    });
    expect(result.state).toBe('Stopped');
    expect(result.groups.ask?.state).toBe('Stopped');
    expect(waiting?.aborted).toBe(true);
  });
});

describe('reruns of control flow', () => {
  const inner = called(
    'inner',
    [task('load', work, { x: arg('n', 'NUMBER_INTEGER') })],
    { n: { type: 'NUMBER_INTEGER' } },
    { value: out('load', 'NUMBER_INTEGER') },
  );
  const graph = pipeline(
    [
      task('start', work, { x: lit('NUMBER_INTEGER', 1) }),
      when(
        'check',
        ['start'],
        [
          YES,
          {
            ...loop('search', list(1, 2), [task('search-train', work, { x: out('start', 'NUMBER_INTEGER') })], {
              all: out('search-train', 'NUMBER_INTEGER'),
            }),
          },
          task('report', take, { list: out('search', 'LIST', 'all') }),
        ],
      ),
      handler('guard', [task('guard-load', work, { x: out('start', 'NUMBER_INTEGER') })], task('guard-exit', take)),
      call('first', 'inner', { n: out('start', 'NUMBER_INTEGER') }),
      task('end', work, { x: out('first', 'NUMBER_INTEGER', 'value') }),
      approval('ask'),
      task('last', take, { text: out('ask', 'STRING', 'decision') }, { after: ['ask'] }),
    ].map((node) => (node.id === 'guard' ? { ...node, dependsOn: ['start'] } : node)),
    { pipelines: [inner] },
  );

  const again = async (options: LocalRunOptions) => {
    const ran: string[] = [];
    const keep =
      (stub: Stub): Stub =>
      (given) => {
        ran.push(given.task);
        return stub(given);
      };
    const result = await run(graph, { stubs: { work: keep(double), take: keep(() => {}) }, ...options });
    return { result, ran: ran.sort() };
  };

  test('run again the whole of what holds a node', async () => {
    const first = await again({ approvals: { ask: 'approved' } });
    expect(first.ran).toEqual([
      'end',
      'first/load',
      'guard-exit',
      'guard-load',
      'last',
      'report',
      'search-train[0]',
      'search-train[1]',
      'start',
    ]);

    for (const from of ['search-train', 'search-train[1]', 'search']) {
      const { ran, result } = await again({ from });
      expect(ran).toEqual(['report', 'search-train[0]', 'search-train[1]']);
      expect(result.state).toBe('Succeeded');
      expect(result.tasks['first/load']).toMatchObject({ outputs: { Output: 4 }, reusedFrom: first.result.name });
      expect(result.groups.ask).toMatchObject({ decision: 'approved', reusedFrom: first.result.name });
    }
    expect((await again({ from: 'guard-load' })).ran).toEqual(['guard-exit', 'guard-load']);
    expect((await again({ from: 'first/load' })).ran).toEqual(['end', 'first/load']);
    const end = await again({ task: 'end' });
    expect(end.ran).toEqual(['end']);
    expect(end.result.tasks.end?.outputs).toEqual({ Output: 8 });
    expect((await again({ from: 'last' })).ran).toEqual(['last']);
    expect((await again({ task: 'report' })).ran).toEqual(['report']);
    expect((await again({ task: 'search' })).ran).toEqual(['search-train[0]', 'search-train[1]']);
  });

  test('of a run that was stopped are not whole', async () => {
    const controller = new AbortController();
    const stop: Stub = () => {
      controller.abort();
      return { Output: 1 };
    };
    const a = task('a', work, { x: lit('NUMBER_INTEGER', 1) });
    const b = task('b', work, { x: out('a', 'NUMBER_INTEGER') });
    const stopped = await run(pipeline([a, b]), { stubs: { b: double, a: stop }, signal: controller.signal });
    expect(stopped.state).toBe('Stopped');
    const other = pipeline([a, b, task('c', work, { x: lit('NUMBER_INTEGER', 2) })]);
    // Also where the run between them was not stopped itself.
    for (const _ of [1, 2]) {
      const result = await run(other, { from: 'c', stubs: { work: double } });
      expect(result.state).toBe('Failed');
      expect(result.tasks.b?.state).toBe('Omitted');
    }
  });

  test('refuse what cannot run alone', async () => {
    await again({ approvals: { ask: 'approved' } });
    for (const [name, whole] of [
      ['search-train', 'search'],
      ['search-train[0]', 'search'],
      ['first/load', 'first'],
    ] as const) {
      const text = await problemsOf(run(graph, { task: name }));
      expect(text).toContain(`KFP1425 [`);
      expect(text).toContain(`--from ${whole}`);
    }
    expect(await problemsOf(run(graph, { from: 'load' }))).toContain('--from first');
  });

  test('read the states of earlier versions', async () => {
    const { result } = await again({ approvals: { ask: 'approved' } });
    const file = path.join(result.folder, 'state.json');
    const state = JSON.parse(fs.readFileSync(file, 'utf8'));
    state.groups = Object.fromEntries(Object.keys(state.groups).map((key) => [key, { state: 'Succeeded' }]));
    fs.writeFileSync(file, JSON.stringify(state));
    const later = await again({ from: 'end' });
    expect(later.result.tasks.end?.error).toContain("input 'x' has no value");
    fs.writeFileSync(
      path.join(later.result.folder, 'state.json'),
      JSON.stringify({ ...state, groups: { first: { state: 'Succeeded', texts: [] } } }),
    );
    expect(await problemsOf(run(graph, { from: 'end' }))).toContain('KFP1413');
  });
});

describe('attempts', () => {
  /** Fails until it was tried so often; the file counts. */
  const flaky = python(
    'def flaky(file, times):\n    open(file, "a").write("x")\n    n = len(open(file).read())\n    assert n >= times, "attempt %d" % n\n    return n\n',
    { file: STR, times: INT },
    { Output: INT },
  );
  const inputs = (times: number) => ({
    file: lit('STRING', path.join(folder, 'count')),
    times: lit('NUMBER_INTEGER', times),
  });

  test('are repeated as often as the task says, with growing pauses', async () => {
    const notes: string[] = [];
    const retry = { retries: 3, policy: 'Always', backoffSeconds: 0.05, backoffFactor: 2 } as const;
    const result = await run(pipeline([task('flaky', flaky, inputs(3), { retry })]), {
      reporter: { note: (_, message) => notes.push(message) },
    });
    expect(result.tasks.flaky).toMatchObject({ state: 'Succeeded', attempts: 3, outputs: { Output: 3 } });
    expect(notes).toEqual([
      'attempt 1 failed: AssertionError: attempt 1; retrying in 0.05s',
      'attempt 2 failed: AssertionError: attempt 2; retrying in 0.1s',
    ]);
    expect(fs.readdirSync(path.join(result.folder, 'flaky'))).toEqual(['1', '2', '3']);
  });

  test('end when none is left; policies about lost pods repeat nothing', async () => {
    const policies = { a: 'OnFailure', b: 'OnError' } as const;
    const graph = pipeline(
      Object.entries(policies).map(([id, policy]) => task(id, fails, {}, { retry: { retries: 1, policy } })),
    );
    const result = await run(graph);
    expect(result.tasks.a).toMatchObject({ state: 'Failed', attempts: 2 });
    expect(result.tasks.b).toMatchObject({ state: 'Failed', attempts: 1 });
  });

  test('have a time limit, also where SIGTERM is ignored', async () => {
    const stubborn = python(
      'def stubborn():\n    import signal, time\n    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n    time.sleep(60)\n',
    );
    const result = await run(pipeline([task('stubborn', stubborn, {}, { timeoutSeconds: 0.5 })]), { graceMs: 200 });
    expect(result.tasks.stubborn).toMatchObject({ state: 'Failed', error: 'timed out after 0.5s', exitCode: 137 });
    expect(result.tasks.stubborn!.durationMs).toBeLessThan(5000);
  });

  test('leave no process behind', async () => {
    const spawns = python(
      'def spawns():\n    import subprocess\n    return subprocess.Popen(["sleep", "60"]).pid\n',
      {},
      { Output: INT },
    );
    const result = await run(pipeline([task('spawns', spawns)]));
    expect(result.state).toBe('Succeeded');
    await expectGone(result.tasks.spawns!.outputs.Output as number);
  });

  test('fail where their inputs are too large for an environment', async () => {
    const text = lit('STRING', 'x'.repeat(300_000));
    const result = await run(pipeline([task('say', echo, { text }), task('one', one)]));
    expect(result.tasks.say).toMatchObject({
      state: 'Failed',
      error: 'the inputs are too large to be passed in environment variables',
    });
    expect(result.tasks.one?.state).toBe('Succeeded');
  });

  describe('end with the process that runs them', () => {
    const waits = python(
      'def waits():\n    import os, time\n    print("pid", os.getpid(), flush=True)\n    time.sleep(60)\n',
    );

    async function signalled(signal: NodeJS.Signals, before = '') {
      const graph = path.join(folder, 'graph.json');
      fs.writeFileSync(graph, JSON.stringify(pipeline([task('waits', waits)])));
      const script = path.join(folder, 'script.cjs');
      fs.writeFileSync(
        script,
        `${before}
const { runGraph } = require(${JSON.stringify(path.join(__dirname, '..', 'src', 'local', 'run-graph.ts'))});
runGraph(require(${JSON.stringify(graph)}), {
  store: ${JSON.stringify(path.join(folder, 'store'))},
  reporter: { log: (_, line) => console.log(line) },
});
`,
      );
      const child = spawn(process.execPath, ['--import', require.resolve('tsx'), script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const pid = await new Promise<number>((resolve) => {
        let printed = '';
        child.stdout.on('data', (chunk) => {
          printed += chunk;
          const match = /pid (\d+)\n/.exec(printed);
          if (match) resolve(Number(match[1]));
        });
      });
      const ended = new Promise((resolve) => child.once('exit', (code, by) => resolve(by ?? code)));
      process.kill(child.pid!, signal);
      const end = await ended;
      await expectGone(pid);
      return end;
    }

    test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)('by %s', async (signal) => {
      expect(await signalled(signal)).toBe(signal);
    });

    test('by a signal that it handles itself', async () => {
      expect(await signalled('SIGTERM', "process.on('SIGTERM', () => setTimeout(() => process.exit(7), 100));")).toBe(
        7,
      );
    });
  });
});

describe('exit task', () => {
  test('runs after success and after failure, and learns which it was', async () => {
    const onExit = task('clean-up', status, { final: FINAL });
    const good = await run(pipeline([task('one', one)], { onExit }));
    expect(good.state).toBe('Succeeded');
    expect(good.tasks['clean-up']?.outputs.Output).toEqual(['SUCCEEDED', 0, '']);
    const bad = await run(pipeline([task('fails', fails)], { onExit }));
    expect(bad.state).toBe('Failed');
    expect(bad.tasks['clean-up']?.outputs.Output).toEqual(['FAILED', 1, 'fails: ValueError: no { {luck}}']);
  });

  test('fails the run where it fails', async () => {
    const result = await run(pipeline([task('one', one)], { onExit: task('clean-up', fails) }));
    expect(result.state).toBe('Failed');
    expect(statesOf(result)).toEqual({ one: 'Succeeded', 'clean-up': 'Failed' });
  });
});

describe('arguments', () => {
  const graph = () =>
    pipeline([task('say', echo, { text: arg('text', 'STRING') })], {
      parameters: {
        text: { type: 'STRING' },
        trees: { type: 'NUMBER_INTEGER' },
        options: { type: 'STRUCT', default: {} },
        mode: { type: 'STRING', default: 'fast', choices: ['fast', 'slow'] },
      },
    });

  test('are read by their types', async () => {
    const result = await run(graph(), { argumentTexts: ['text={"x": 1}=', 'trees=5', 'options={"a": [1]}'] });
    expect(result.arguments).toEqual({ text: '{"x": 1}=', trees: 5, options: { a: [1] }, mode: 'fast' });
    expect(result.tasks.say?.outputs).toEqual({ Output: '{"x": 1}=' });
  });

  test('are refused all at once, before anything is written', async () => {
    const text = await problemsOf(run(graph(), { argumentTexts: ['tres=1', 'options=[]', 'mode=quick', 'nonsense'] }));
    expect(text).toContain("'nonsense' is no argument");
    expect(text).toContain("no parameter 'tres'");
    expect(text).toContain("did you mean 'trees'?");
    expect(text).toContain('\'options\': "[]" is not a JSON object');
    expect(text).toContain('\'mode\': "quick" is not one of "fast", "slow"');
    expect(text).toContain("the required parameters 'text', 'trees' have no argument");
    expect(fs.existsSync(path.join(folder, 'store'))).toBe(false);
  });
});

describe('reruns', () => {
  const counted = () => {
    const count = python(
      'def count(file, name, x):\n    open(file, "a").write(name)\n    return x + 1\n',
      { file: STR, name: STR, x: INT },
      { Output: INT },
    );
    const inputs = (name: string) => ({ file: lit('STRING', path.join(folder, 'ran')), name: lit('STRING', name) });
    return pipeline(
      [
        task('a', count, { ...inputs('a'), x: arg('x', 'NUMBER_INTEGER') }),
        task('b', count, { ...inputs('b'), x: out('a', 'NUMBER_INTEGER') }),
        when(
          'check',
          ['b'],
          [
            compare(out('b', 'NUMBER_INTEGER'), '>', lit('NUMBER_INTEGER', 0)),
            task('c', count, { ...inputs('c'), x: lit('NUMBER_INTEGER', 10) }),
            task('d', count, { ...inputs('d'), x: out('c', 'NUMBER_INTEGER') }),
          ],
        ),
        task('e', count, { ...inputs('e'), x: lit('NUMBER_INTEGER', 0) }, { after: ['check'] }),
        task('f', count, { ...inputs('f'), x: lit('NUMBER_INTEGER', 0) }),
      ],
      { parameters: { x: { type: 'NUMBER_INTEGER' } } },
    );
  };
  const ran = () => {
    const file = path.join(folder, 'ran');
    const names = fs.existsSync(file) ? [...fs.readFileSync(file, 'utf8')].sort().join('') : '';
    fs.rmSync(file, { force: true });
    return names;
  };

  test('of a task, and of all that depends on it', async () => {
    const graph = counted();
    const first = await run(graph, { arguments: { x: 1 } });
    expect(ran()).toBe('abcdef');

    const alone = await run(graph, { task: 'b' });
    expect(ran()).toBe('b');
    expect(alone.name).not.toBe(first.name);
    expect(alone.tasks.b).toMatchObject({ outputs: { Output: 3 }, attempts: 1 });
    expect(alone.tasks.a).toMatchObject({ outputs: { Output: 2 }, reusedFrom: first.name });

    const inside = await run(graph, { from: 'd' });
    expect(ran()).toBe('de');
    expect(inside.state).toBe('Succeeded');
    expect(inside.tasks.c?.reusedFrom).toBe(first.name);
    expect(inside.tasks.b?.reusedFrom).toBe(alone.name);

    const warnings: string[] = [];
    const reporter = { warning: (message: string) => void warnings.push(message) };
    const changed = await run(graph, { from: 'a', arguments: { x: 5 }, reporter });
    expect(warnings).toEqual([`parameter 'x' has another value than in ${inside.name}, whose outputs are used again`]);
    expect(ran()).toBe('abcde');
    expect(changed.tasks.b?.outputs).toEqual({ Output: 7 });
    expect(changed.tasks.f?.reusedFrom).toBe(first.name);
  });

  test('need a task, a last run and its outputs', async () => {
    const graph = counted();
    expect(await problemsOf(run(graph, { task: 'nn' }))).toContain("no task 'nn'");
    expect(await problemsOf(run(graph, { task: 'b' }))).toContain('no last run');
    const failing = pipeline([task('fails', fails), task('next', twice, { x: out('fails', 'NUMBER_INTEGER') })]);
    await run(failing);
    expect(await problemsOf(run(failing, { from: 'next' }))).toContain("there 'fails' was Failed");

    const write = python('def write(d):\n    open(d.path, "w")\n', {}, { d: artifact('system.Dataset') });
    const read = python('def read(d):\n    pass\n', { d: artifact('system.Dataset') });
    const graph2 = pipeline([task('write', write), task('read', read, { d: out('write', 'system.Dataset', 'd') })]);
    const { folder: old } = await run(graph2);
    fs.rmSync(path.join(old, 'write'), { recursive: true });
    expect(await problemsOf(run(graph2, { task: 'read' }))).toContain("the artifacts of 'write' were deleted");
  });
});

test('results are in the order of the graph, iterations by number, whatever ended first', async () => {
  const inner = called('inner', [task('z', work, { x: lit('NUMBER_INTEGER', 1) }), task('y', take)]);
  const items = Array.from({ length: 11 }, (_, index) => index);
  const graph = pipeline(
    [
      task('late', work, { x: lit('NUMBER_INTEGER', 50) }),
      loop('each', lit('LIST', items), [task('each-b', work, { x: item('each') }), task('each-a', take)]),
      call('first', 'inner', {}),
      task('early', work, { x: lit('NUMBER_INTEGER', 0) }),
    ],
    { onExit: task('bye', take), pipelines: [inner] },
  );
  const slow: Stub = async ({ inputs }) => {
    await new Promise((resolve) => setTimeout(resolve, inputs.x === 0 ? 30 : 60 - inputs.x));
    return { Output: 1 };
  };
  const result = await run(graph, { stubs: { work: slow, take: () => {} }, parallelism: 20 });
  expect(Object.keys(result.tasks)).toEqual([
    'late',
    ...items.map((index) => `each-b[${index}]`),
    ...items.map((index) => `each-a[${index}]`),
    'first/z',
    'first/y',
    'early',
    'bye',
  ]);
  expect(Object.keys(result.groups)).toEqual(['each', 'first']);
});

test('reruns take as much of a path’s end as no other node has', async () => {
  const at = (path: string): TaskNode => {
    const node = task(path.replaceAll('/', '-').toLowerCase(), take);
    const placed = { ...node, path: `app/demo/${path}` };
    components.set(placed, take);
    return placed;
  };
  const graph = pipeline([at('check/notify'), at('other/notify'), at('other/loadRows')]);
  const options = { stubs: { take: () => {} } };
  const first = await run(graph, options);
  const ran = async (only: LocalRunOptions) =>
    Object.entries((await run(graph, { ...options, ...only })).tasks).flatMap(([key, { reusedFrom }]) =>
      reusedFrom === undefined ? [key] : [],
    );
  expect(first.state).toBe('Succeeded');
  expect(await ran({ task: 'load-rows' })).toEqual(['other-loadrows']);
  expect(await ran({ from: 'loadRows' })).toEqual(['other-loadrows']);
  expect(await ran({ task: 'check/notify' })).toEqual(['check-notify']);
  expect(await problemsOf(run(graph, { task: 'notify' }))).toContain(
    "KFP1410 [app/demo] pipeline 'demo' has several tasks 'notify'\n    mend: name one of check-notify, other-notify",
  );
  expect(await problemsOf(run(graph, { from: 'notfy' }))).toContain("did you mean 'notify'?");
});

describe('the store', () => {
  const graph = pipeline([task('one', one)]);
  const store = () => path.join(folder, 'store');

  test.each([
    ['no JSON', '{"name":', 'JSON'],
    ['an empty object', '{}', 'it is not the state of a run'],
    ['null', 'null', 'it is not the state of a run'],
    ['a task without texts', undefined, 'it is not the state of a run'],
  ])("says that the last run's state cannot be read: %s", async (_, text, reason) => {
    const { folder: last } = await run(graph);
    const file = path.join(last, 'state.json');
    const state = JSON.parse(fs.readFileSync(file, 'utf8'));
    fs.writeFileSync(file, text ?? JSON.stringify({ ...state, tasks: { one: { state: 'Succeeded' } } }));
    const problems = await problemsOf(run(graph, { task: 'one' }));
    expect(problems).toMatch(/^KFP1413 the state of the last run of 'demo' cannot be read: /);
    expect(problems).toContain(reason);
    expect(problems).toContain(file);
  });

  test('says that it is a file', async () => {
    fs.writeFileSync(store(), '');
    expect(await problemsOf(run(graph))).toMatch(/^KFP1404 the store .*store cannot be written: E/);
    expect(await problemsOf(run(graph, { task: 'one' }))).toMatch(/^KFP1413 /);
  });

  test('says that a folder is where the last run is noted', async () => {
    const latest = path.join(store(), 'latest');
    fs.mkdirSync(path.join(latest, 'demo'), { recursive: true });
    const problems = await problemsOf(run(graph));
    expect(problems).toMatch(/^KFP1404 .* cannot be written: EISDIR: illegal operation on a directory\n/);
    expect(problems).toContain(`at ${path.join(latest, 'demo')}\n`);
    expect(fs.readdirSync(latest)).toEqual(['demo']);
    expect(await problemsOf(run(graph, { task: 'one' }))).toMatch(/^KFP1413 .*: EISDIR/);
  });
});

describe("names of Object's members", () => {
  const named = python('def constructor():\n    return 1\n', {}, { Output: INT });
  const valued = { ...python('def toString():\n    pass\n', {}, { valueOf: INT, constructor: INT }), name: 'toString' };

  test('are names like any other', async () => {
    const graph = pipeline([
      task('constructor', named),
      task('twice', twice, { x: out('constructor', 'NUMBER_INTEGER') }),
      task('valueOf', valued, {}, { after: ['twice'] }),
      task('next', twice, { x: out('valueOf', 'NUMBER_INTEGER', 'constructor') }),
    ]);
    const result = await run(graph);
    expect(result.tasks.twice?.outputs).toEqual({ Output: 2 });
    expect(result.tasks.valueOf).toMatchObject({ state: 'Succeeded', outputs: {} });
    expect(result.tasks.next?.error).toBe(
      "input 'x' has no value: task 'valueOf' returned None for its output 'constructor'",
    );
    expect((await run(graph, { from: 'twice' })).tasks.twice).toMatchObject({ state: 'Succeeded', attempts: 1 });
  });

  test('stand for nothing that a run does not know', async () => {
    await run(pipeline([task('one', one)]));
    const graph = pipeline([
      task('constructor', named),
      task('twice', twice, { x: out('constructor', 'NUMBER_INTEGER') }),
    ]);
    expect(await problemsOf(run(graph, { task: 'twice' }))).toContain("it does not know 'constructor'");
    const branch = lit('BOOLEAN', true);
    const other = pipeline([when('toString', [], [branch, task('inside', one)]), task('end', one)]);
    // The If never ran, so that the run is not whole.
    expect(await run(other, { from: 'end' })).toMatchObject({ state: 'Failed', groups: {} });
  });

  test('are ports of what a stub stands for', async () => {
    const implementation = { kind: 'container', image: 'x:1', command: ['x'], args: [] } as const;
    const component: ComponentDefinition = {
      name: 'valueOf',
      inputs: { constructor: param('NUMBER_INTEGER', { optional: true }) } as unknown as Ports,
      outputs: { toString: INT } as unknown as Ports,
      implementation,
    };
    const graph = pipeline([task('c', component)]);
    const silent = await run(graph, { stubs: { c: () => {} } });
    expect(silent.tasks.c?.error).toBe("the stub gave no 'toString': a container must write every output");

    const text = { parts: [{ ref: 'input-value', name: 'constructor' }] } as const;
    const output = { parts: [{ ref: 'output-path', name: 'toString' }] } as const;
    const command = ['sh', '-c', 'test "$1" = "" && echo 5 > "$2"', 'sh', text, output];
    const real = pipeline([task('c', { ...component, implementation: { ...implementation, command } })]);
    const saved = process.env.PATH;
    process.env.PATH = [FIXTURES, saved].join(':');
    try {
      expect((await run(real)).tasks.c).toMatchObject({ state: 'Succeeded', outputs: { toString: 5 } });
    } finally {
      process.env.PATH = saved;
    }
  });
});

describe('stubs', () => {
  const train: ComponentDefinition = {
    name: 'train',
    inputs: { data: artifact('system.Dataset'), n: INT, tag: STR },
    outputs: { model: artifact('system.Model'), score: FLOAT, note: STR },
    implementation: {
      kind: 'container',
      image: 'trainer:1',
      command: ['sh', '-c', 'cat "$1" > "$2"; echo 0.5 > "$3"; echo "$4 $TAG $IMAGE" > "$5"'],
      args: [
        'sh',
        { parts: [{ ref: 'input-path', name: 'data' }] },
        { parts: [{ ref: 'output-path', name: 'model' }] },
        { parts: [{ ref: 'output-path', name: 'score' }] },
        { parts: ['n=', { ref: 'input-value', name: 'n' }] },
        { parts: [{ ref: 'output-path', name: 'note' }] },
      ],
      env: { TAG: { parts: [{ ref: 'input-value', name: 'tag' }] } },
    },
  };
  const make = python(
    'def make(data):\n    open(data.path, "w").write("rows")\n',
    {},
    { data: artifact('system.Dataset') },
  );
  const graph = () =>
    pipeline([
      task('make', make),
      task('train', train, {
        data: out('make', 'system.Dataset', 'data'),
        n: lit('NUMBER_INTEGER', 3),
        tag: lit('STRING', 'a{{b}} $(c)'),
      }),
      task('say', echo, { text: out('train', 'STRING', 'note') }),
    ]);

  async function withPath<T>(first: string, action: () => Promise<T>): Promise<T> {
    const saved = process.env.PATH;
    process.env.PATH = first;
    try {
      return await action();
    } finally {
      process.env.PATH = saved;
    }
  }

  test('functions stand in for components of every kind', async () => {
    const result = await run(graph(), {
      stubs: {
        train: async ({ inputs, outputs }) => {
          expect(inputs).toMatchObject({ n: 3, tag: 'a{{b}} $(c)', data: { type: 'system.Dataset' } });
          fs.writeFileSync(outputs.model!.path, fs.readFileSync(inputs.data.path, 'utf8').toUpperCase());
          outputs.model!.metadata.framework = 'stub';
          return { score: 0.25, note: 'json: {{x}}' };
        },
        echo: () => ({ Output: 'stubbed' }),
      },
    });
    expect(result.tasks.train).toMatchObject({ state: 'Succeeded', outputs: { score: 0.25, note: 'json: {{x}}' } });
    expect(result.tasks.train!.artifacts.model!.metadata).toEqual({ framework: 'stub' });
    expect(fs.readFileSync(result.tasks.train!.artifacts.model!.path, 'utf8')).toBe('ROWS');
    expect(result.tasks.say?.outputs).toEqual({ Output: 'stubbed' });
  });

  test('that throw, or return what the component cannot, fail the task', async () => {
    const simple = pipeline([task('one', one)]);
    const errorOf = async (stub: () => never | Record<string, Json>) =>
      (await run(simple, { stubs: { one: stub } })).tasks.one?.error;
    expect(
      await errorOf(() => {
        throw new Error('no');
      }),
    ).toBe('no');
    expect(await errorOf(() => ({ Output: 'x' }))).toContain('is not an int');
    expect(await errorOf(() => ({ other: 1 }))).toContain(
      "'other', which is no output parameter of one; those are Output",
    );
  });

  test('programs stand in on the command line', async () => {
    const program = path.join(folder, 'stub.py');
    fs.writeFileSync(
      program,
      `import os
e = os.environ
open(e["OUTPUT_model"], "w").write(open(e["INPUT_data"]).read() * int(e["INPUT_n"]))
open(e["OUTPUT_score"], "w").write("1e3\\n")
open(e["OUTPUT_note"], "w").write(e["INPUT_tag"])
`,
    );
    const result = await run(graph(), { stubs: { train: program } });
    expect(result.tasks.train).toMatchObject({ outputs: { score: 1000, note: 'a{{b}} $(c)' } });
    expect(fs.readFileSync(result.tasks.train!.artifacts.model!.path, 'utf8')).toBe('rowsrowsrows');
    expect(result.tasks.say?.outputs).toEqual({ Output: 'a{{b}} $(c)' });
  });

  test('must name something, and be runnable', async () => {
    const text = await problemsOf(run(graph(), { stubs: { trian: () => {}, train: '/nowhere' } }));
    expect(text).toContain("did you mean 'train'?");
    expect(text).toContain('/nowhere, which is no program');
  });

  test('are asked for where no container engine works', async () => {
    const empty = path.join(folder, 'bin');
    fs.mkdirSync(empty);
    const text = await withPath(empty, () => problemsOf(run(graph())));
    expect(text).toContain("task 'train' runs the container image trainer:1");
    expect(text).toContain('--stub train=path/to/program');
    expect(fs.existsSync(path.join(folder, 'store'))).toBe(false);
  });

  test('are not needed where one does', async () => {
    const result = await withPath([FIXTURES, process.env.PATH].join(':'), () => run(graph()));
    expect(result.tasks.train?.error).toBeUndefined();
    expect(result.tasks.train).toMatchObject({ outputs: { score: 0.5, note: 'n=3 a{{b}} $(c) trainer:1' } });
    expect(fs.readFileSync(result.tasks.train!.artifacts.model!.path, 'utf8')).toBe('rows');
    expect(result.tasks.say?.outputs).toEqual({ Output: 'n=3 a{{b}} $(c) trainer:1' });
  });
});

describe('packages', () => {
  /** A package without dependencies, as a wheel that is written here. */
  function wheel(): string {
    const file = path.join(folder, 'tinypkg-1.0-py3-none-any.whl');
    const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.writestr("tinypkg.py", "VALUE = 42\\ndef main(): print('tiny ' + str(VALUE))\\n")
    d = "tinypkg-1.0.dist-info/"
    z.writestr(d + "METADATA", "Metadata-Version: 2.1\\nName: tinypkg\\nVersion: 1.0\\n")
    z.writestr(d + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    z.writestr(d + "entry_points.txt", "[console_scripts]\\ntiny = tinypkg:main\\n")
    z.writestr(d + "RECORD", "tinypkg.py,,\\n" + d + "METADATA,,\\n" + d + "WHEEL,,\\n" + d + "entry_points.txt,,\\n" + d + "RECORD,,\\n")
`;
    execFileSync('python3', ['-c', script, file]);
    return file;
  }

  test('are installed once into an environment that later runs find; half-built ones are not used', async () => {
    const source =
      'def use():\n    import subprocess, tinypkg\n    return subprocess.check_output(["tiny"], text=True) + str(tinypkg.VALUE)\n';
    const packages = [wheel()];
    const use = python(source, {}, { Output: STR }, { packages });
    const graph = pipeline([task('a', use), task('b', use)]);
    const notes: string[] = [];
    const options = { parallelism: 2, reporter: { note: (_: string, message: string) => notes.push(message) } };

    const first = await run(graph, options);
    expect(first.tasks.a?.error).toBeUndefined();
    expect(first.tasks.a?.outputs).toEqual({ Output: 'tiny 42\n42' });
    expect(first.tasks.b?.outputs).toEqual({ Output: 'tiny 42\n42' });
    expect(notes).toHaveLength(1);

    const venvs = path.join(folder, 'store', 'venvs');
    const [hash] = fs.readdirSync(venvs).filter((name) => !name.includes('.'));
    // What a process that was killed leaves behind: a folder, and no link to it.
    fs.rmSync(path.join(venvs, hash!));
    const half = path.join(venvs, `${hash}.999999999.abc`);
    fs.mkdirSync(path.join(half, 'bin'), { recursive: true });
    fs.symlinkSync('/usr/bin/python3', path.join(half, 'bin', 'python'));

    const second = await run(graph, options);
    expect(second.state).toBe('Succeeded');
    expect(notes).toHaveLength(2);
    expect(fs.existsSync(half)).toBe(false);
    expect((await run(graph, options)).state).toBe('Succeeded');
    expect(notes).toHaveLength(2);
  });

  test('that cannot be installed fail the task, with what the installer said', async () => {
    const missing = path.join(folder, 'missing-1.0-py3-none-any.whl');
    const use = python('def use():\n    pass\n', {}, {}, { packages: [missing] });
    const retry = { retries: 3, policy: 'Always', backoffSeconds: 60 } as const;
    const result = await run(pipeline([task('use', use, {}, { retry })]));
    expect(result.tasks.use).toMatchObject({ state: 'Failed', attempts: 1 });
    expect(result.tasks.use!.error).toMatch(/^could not install .*missing-1.0.* for Python 3[\s\S]*missing-1\.0/);
    expect(fs.readdirSync(path.join(folder, 'store', 'venvs'))).toEqual([]);
  });

  test('that are options are refused', async () => {
    const use = python('def use():\n    pass\n', {}, {}, { packages: ['--index-url=http://evil', 'pandas'] });
    expect(await problemsOf(run(pipeline([task('use', use)])))).toContain("'--index-url=http://evil' is no package");
  });
});

describe('interpreters', () => {
  test.each([
    ['python:3.11-slim', 11],
    ['docker.io/library/python:3.9', 9],
    ['registry:5000/team/python:3.12.1@sha256:abc', 12],
    ['registry.access.redhat.com/ubi9/python-311:latest', 11],
    ['gcr.io/deeplearning/tf2-cpu.2-13.py310', 10],
    ['python:3-slim', undefined],
    ['tensorflow/tensorflow:2.15.0', undefined],
    ['numpy:3.11', undefined],
  ])('image %s', (image, minor) => expect(pythonMinorOf(image)).toBe(minor));

  /** Commands that say they are such Pythons. */
  function fake(...minors: readonly number[]): NodeJS.ProcessEnv {
    const bin = path.join(folder, 'bin');
    fs.mkdirSync(bin);
    for (const [index, minor] of minors.entries()) {
      const script = `#!/bin/sh\necho ${bin}/python3.${minor}\necho 3.${minor}\n`;
      fs.writeFileSync(path.join(bin, `python3.${minor}`), script, { mode: 0o755 });
      if (index === 0) fs.writeFileSync(path.join(bin, 'python3'), script, { mode: 0o755 });
    }
    // A shim of a version that is not there.
    fs.writeFileSync(path.join(bin, 'python3.8'), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
    return { PATH: bin, PYENV_ROOT: path.join(folder, 'pyenv') };
  }

  test('the one that the image has, else the nearest with a warning', async () => {
    const interpreters = new Interpreters(fake(12, 10));
    expect(await interpreters.for('python:3.10')).toMatchObject({ version: '3.10' });
    expect(await interpreters.for('busybox')).toMatchObject({ version: '3.12' });
    const nearest = await interpreters.for('python:3.8-slim');
    expect(nearest).toMatchObject({
      version: '3.10',
      warning: 'image python:3.8-slim has Python 3.8, which this machine lacks: Python 3.10 is used',
    });
  });

  test('the warning comes once for each component', async () => {
    const old = python('def old():\n    pass\n', {}, {}, { image: 'python:3.1' });
    const warnings: string[] = [];
    const reporter = { warning: (message: string) => warnings.push(message) };
    expect((await run(pipeline([task('a', old), task('b', old)]), { reporter })).state).toBe('Succeeded');
    expect(warnings).toEqual([
      expect.stringMatching(/^old: image python:3\.1 has Python 3\.1, which this machine lacks/),
    ]);
  });

  test('the one that the user asks for', async () => {
    const env = fake(12, 10);
    const override = { ...env, CDK8S_KFP_PYTHON: path.join(folder, 'bin', 'python3.10') };
    expect(await new Interpreters(override).for('python:3.12')).toMatchObject({ version: '3.10' });
    await expect(new Interpreters({ ...env, CDK8S_KFP_PYTHON: 'python3.8' }).for('x')).rejects.toThrow(
      'CDK8S_KFP_PYTHON',
    );
    await expect(new Interpreters({ PATH: '', PYENV_ROOT: folder }).for('x')).rejects.toThrow('no python3 was found');
  });
});

// ── The command line ──────────────────────────────────────────────────────────────────────────────────────────────────

describe('cdk8s-kfp run', () => {
  interface Command {
    readonly pid: number;
    readonly output: () => string;
    readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  }

  function command(graphs: readonly PipelineGraph[], args: readonly string[], env: NodeJS.ProcessEnv = {}): Command {
    const prepared = path.join(folder, 'graphs');
    fs.mkdirSync(prepared, { recursive: true });
    for (const graph of graphs) fs.writeFileSync(path.join(prepared, `${graph.name}.json`), JSON.stringify(graph));
    const main = path.join(__dirname, '..', 'src', 'cli', 'main.ts');
    const tsx = require.resolve('tsx');
    const child = spawn(process.execPath, ['--import', tsx, main, 'run', ...args], {
      cwd: folder,
      env: { ...process.env, APP_GRAPHS: prepared, ...env },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const ended = new Promise<Awaited<Command['ended']>>((resolve) =>
      child.once('close', (code) => resolve({ code, stdout, stderr })),
    );
    return { pid: child.pid!, output: () => stdout + stderr, ended };
  }

  const APP = path.join(FIXTURES, 'app.js');

  test('prints progress and a summary, and gives an exit code', async () => {
    const graph = pipeline([task('say', echo, { text: arg('text', 'STRING') }), task('fails', fails)], {
      parameters: { text: { type: 'STRING' } },
    });
    const { code, stdout } = await command([graph], [APP, '-p', 'text=hello = {{x}}']).ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^say {2}running$/m);
    expect(stdout).toMatch(/^\[say] hello = \{\{x}}$/m);
    expect(stdout).toMatch(/^say {2}✔ succeeded in [\d.]+s {2}Output="hello = \{\{x}}"$/m);
    expect(stdout).toMatch(/^fails {2}✖ failed in/m);
    expect(stdout).toMatch(/^fails {2}components\/test\.py:7 fails: ValueError/m);
    expect(stdout).toMatch(/^demo-[\w-]+ {2}✖ failed$/m);
    expect(stdout).not.toContain('\u001b');
    expect(fs.existsSync(path.join(folder, '.cdk8s-kfp', 'latest', 'demo'))).toBe(true);
  });

  test('prints JSON alone, of the pipeline that is named; the app comes from cdk8s.yaml', async () => {
    fs.writeFileSync(path.join(folder, 'cdk8s.yaml'), `app: node "${APP}"\n`);
    const other = { ...pipeline([task('one', one)]), name: 'other' };
    const graphs = [pipeline([task('fails', fails)]), other];
    const [unnamed, unknown, named] = await Promise.all([
      command(graphs, []).ended,
      command(graphs, ['othr']).ended,
      command(graphs, ['other', '--json', '--quiet']).ended,
    ]);
    expect(unnamed).toMatchObject({ code: 1, stdout: '' });
    expect(unnamed.stderr).toContain('several pipelines: demo, other');
    expect(unknown.stderr).toContain("did you mean 'other'?");
    expect(named).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(named.stdout)).toMatchObject({ pipeline: 'other', tasks: { one: { outputs: { Output: 1 } } } });
  });

  test('decides about approvals, and names instances', async () => {
    const graph = pipeline(
      [
        approval('ask', { message: lit('STRING', 'Go on?') }),
        loop('each', list(1, 2), [task('t', one)], { all: out('t', 'NUMBER_INTEGER') }, { dependsOn: ['ask'] }),
      ],
      { outputs: { all: out('each', 'LIST', 'all') } },
    );
    const [refused, wrong, approved, rejected] = await Promise.all([
      command([graph], [APP]).ended,
      command([graph], [APP, '--approve', 'ask=maybe']).ended,
      command([graph], [APP, '--approve', 'ask']).ended,
      command([graph], [APP, '--approve', 'ask=rejected', '--json', '--quiet']).ended,
    ]);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain("KFP1424 [app/ask] approval 'ask' waits for a decision: Go on?");
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('NAME=approved|rejected|timed-out') });
    expect(approved.code).toBe(0);
    expect(approved.stdout).toMatch(/^ask {2}✔ succeeded {2}approved$/m);
    expect(approved.stdout).toMatch(/^t\[1\] {2}✔ succeeded/m);
    expect(approved.stdout).toMatch(/^each {2}✔ succeeded {2}2 iterations$/m);
    expect(approved.stdout).toMatch(/^outputs of the pipeline\n {2}all {2}\[1,1\]$/m);
    expect(rejected.code).toBe(0);
    expect(JSON.parse(rejected.stdout)).toMatchObject({
      groups: { ask: { state: 'Skipped', decision: 'rejected' }, each: { state: 'Omitted' } },
      outputs: {},
      artifacts: {},
    });
  });

  /** Runs the command on a terminal, types the answers as they are asked for, and gives what was shown. */
  function onTerminal(
    graph: PipelineGraph,
    answers: readonly string[],
  ): { readonly code: number; readonly text: string } {
    const script = `
import os, pty, select, sys, json
answers = json.loads(sys.argv[1])
pid, fd = pty.fork()
if pid == 0: os.execvp(sys.argv[2], sys.argv[2:])
shown = b""
while True:
    try: data = os.read(fd, 4096)
    except OSError: break
    if not data: break
    shown += data
    if answers and shown.count(b"(y/n)") > 2 - len(answers): os.write(fd, answers.pop(0).encode())
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(json.dumps({"code": code, "text": shown.decode()}))
`;
    const prepared = path.join(folder, 'graphs');
    fs.mkdirSync(prepared);
    fs.writeFileSync(path.join(prepared, 'demo.json'), JSON.stringify(graph));
    const main = path.join(__dirname, '..', 'src', 'cli', 'main.ts');
    const node = [process.execPath, '--import', require.resolve('tsx'), main, 'run', APP];
    const shown = execFileSync('python3', ['-c', script, JSON.stringify(answers), ...node], {
      cwd: folder,
      env: { ...process.env, APP_GRAPHS: prepared },
      encoding: 'utf8',
    });
    return JSON.parse(shown);
  }

  test('asks about approvals on a terminal, one at a time', () => {
    const graph = pipeline([approval('a', { message: lit('STRING', 'Go on?') }), approval('b')]);
    const { code, text } = onTerminal(graph, ['y\r', 'n\r']);
    expect(text).toContain('a  Go on? (y/n) ');
    expect(text).toContain('b  approve? (y/n) ');
    expect(text).toMatch(/a {2}\S*✔ succeeded\S* {2}approved/);
    expect(text).toMatch(/b {2}\S*- skipped\S* {2}rejected/);
    expect(code).toBe(0);
  });

  test('ends on a terminal that is asked at Ctrl-C', () => {
    const graph = pipeline([approval('a'), approval('b')], { onExit: task('clean-up', one) });
    const { code, text } = onTerminal(graph, ['\u0003', '']);
    expect(text).toMatch(/clean-up {2}\S*✔ succeeded/);
    expect(text).not.toContain('b  approve?');
    expect(code).toBe(130);
  });

  test('shows what a failing app says', async () => {
    const { code, stderr } = await command([], [APP], { APP_FAILS: '1' }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('KFP1234 something is wrong\n');
    expect(stderr).toContain('the app ended with exit code 3');
  });

  /** Waits, as do its child and its grandchild, and prints the ids of all three. */
  const hangs = (sigterm: string) =>
    python(
      `def hangs():
    import os, signal, subprocess, time
    signal.signal(signal.SIGTERM, signal.${sigterm})
    child = subprocess.Popen(["sh", "-c", "sleep 61 & echo $!; wait"], stdout=subprocess.PIPE, text=True)
    print("pids", os.getpid(), child.pid, child.stdout.readline().strip(), flush=True)
    time.sleep(60)
`,
    );

  async function pidsOf({ output }: Command): Promise<readonly number[]> {
    for (;;) {
      const match = /pids (\d+) (\d+) (\d+)/.exec(output());
      if (match) return match.slice(1).map(Number);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test.each(['SIGINT', 'SIGQUIT', 'SIGHUP'] as const)('stops tasks at %s, and runs the exit task', async (signal) => {
    const slow = task('hangs', hangs('SIG_DFL'));
    const graph = pipeline([slow, task('next', one, {}, { after: ['hangs'] })], {
      onExit: task('clean-up', status, { final: FINAL }),
    });
    const running = command([graph], [APP, '--json']);
    const pids = await pidsOf(running);
    process.kill(running.pid, signal);
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    const result = JSON.parse(stdout);
    expect(result.state).toBe('Stopped');
    expect(statesOf(result)).toEqual({ hangs: 'Stopped', next: 'Omitted', 'clean-up': 'Succeeded' });
    expect(result.tasks['clean-up'].outputs.Output).toEqual(['FAILED', 1, 'hangs: stopped']);
    for (const pid of pids) await expectGone(pid);
  });

  test('runs the exit tasks of handlers, then that of the pipeline, at SIGINT', async () => {
    const guarded = handler(
      'guard',
      [task('hangs', hangs('SIG_DFL'))],
      task('guard-exit', status, {
        final: { kind: 'status', of: 'guard', type: 'TASK_FINAL_STATUS' },
      }),
    );
    const running = command([pipeline([guarded], { onExit: task('clean-up', one) })], [APP, '--json']);
    const pids = await pidsOf(running);
    process.kill(running.pid, 'SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    const result = JSON.parse(stdout);
    expect(result.tasks['guard-exit'].outputs.Output).toEqual(['FAILED', 1, 'hangs: stopped']);
    expect(Object.keys(result.tasks)).toEqual(['hangs', 'guard-exit', 'clean-up']);
    for (const pid of pids) await expectGone(pid);
  });

  test('ends everything at the second', async () => {
    const graph = pipeline([task('hangs', hangs('SIG_IGN'))], {
      onExit: task('clean-up', nap, { seconds: lit('NUMBER_DOUBLE', 30) }),
    });
    const running = command([graph], [APP]);
    const pids = await pidsOf(running);
    const began = Date.now();
    process.kill(running.pid, 'SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 200));
    process.kill(running.pid, 'SIGTERM');
    expect((await running.ended).code).toBe(130);
    expect(Date.now() - began).toBeLessThan(3000);
    for (const pid of pids) await expectGone(pid);
  });
});

test('lines of a reporter name the task', () => {
  const lines: string[] = [];
  const reporter = new LineReporter(
    pipeline([task('one', one)]),
    (line) => lines.push(line),
    (_, text) => text,
  );
  reporter.taskStarted('one', 2);
  reporter.log('one', 'x');
  reporter.warning('w');
  expect(lines).toEqual(['one  running (attempt 2)', '[one] x', 'warning: w']);
});

/** A killed process may be there for a moment, as a zombie that nobody has waited for. */
async function expectGone(pid: number): Promise<void> {
  const isRunning = () => {
    try {
      process.kill(pid, 0);
    } catch {
      return false;
    }
    try {
      return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return fs.existsSync('/proc/self');
    }
  };
  for (let waited = 0; waited < 2000 && isRunning(); waited += 20)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isRunning()).toBe(false);
}
