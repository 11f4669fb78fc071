import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ComponentDefinition, Json, ParameterType, PortDefinition } from '../src/components/definition';
import { DiagnosticsError } from '../src/diagnostic';
import type { GraphNode, IfNode, PipelineGraph, PipelineParameter, TaskNode } from '../src/graph/graph';
import { Interpreters, pythonMinorOf } from '../src/local/interpreter';
import { LineReporter } from '../src/local/line-reporter';
import { type LocalRunOptions, runGraph } from '../src/local/run-graph';
import { summaryOf } from '../src/local/summary';
import { decodeValue, encodeJson, encodeValue } from '../src/values/codec';
import type { Expression, ValueType } from '../src/values/expression';

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
  const read = Object.values(inputs).flatMap((expression) => (expression.kind === 'output' ? [expression.task] : []));
  const dependsOn = [...new Set([...read, ...after])];
  const base = { kind: 'task', id, path: `app/${id}`, component: component.name, ownSettings: false } as const;
  const node: TaskNode = { ...base, dependsOn, inputs, settings };
  components.set(node, component);
  return node;
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
      body: { nodes: nodes.map((node) => amongSiblings(node, nodes)) },
    })),
  };
}

/** A graph's nodes wait for siblings only: what is outside of a branch has run when the branch starts. */
function amongSiblings(node: GraphNode, siblings: readonly GraphNode[]): GraphNode {
  const dependsOn = node.dependsOn.filter((id) => siblings.some((sibling) => sibling.id === id));
  const copy: GraphNode = { ...node, dependsOn };
  if (copy.kind === 'task') components.set(copy, components.get(node as TaskNode)!);
  return copy;
}

function pipeline(
  nodes: readonly GraphNode[],
  { onExit, parameters = {} }: { onExit?: TaskNode; parameters?: Readonly<Record<string, PipelineParameter>> } = {},
): PipelineGraph {
  const found: Record<string, ComponentDefinition> = {};
  const add = (node: GraphNode): void => {
    if (node.kind === 'if') for (const branch of node.branches) branch.body.nodes.forEach(add);
    else found[node.component] = components.get(node)!;
  };
  [...nodes, ...(onExit ? [onExit] : [])].forEach(add);
  return {
    format: 1,
    name: 'demo',
    path: 'app/demo',
    parameters,
    components: found,
    sources: {},
    root: { nodes },
    ...(onExit && { onExit }),
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
      const result = await run(pipeline([task('env', env, {}, { env: { MINE: 'a $(b) {{c}}' } })]));
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
