import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Testing } from 'cdk8s';
import { type ApprovalDecision, DiagnosticsError, type Json, type Pipeline, type Stub } from 'cdk8s-kfp';
import fc from 'fast-check';
import type { DagTask, OutputParameter, Template, WorkflowTemplateSpec } from '../src/argo/types';
import { nodesIn, pipelinesOf } from '../src/graph/graph';
import { ControlFlow } from './fixtures/apps/control-flow';
import { Everything } from './fixtures/apps/everything';
import { FailingFlow } from './fixtures/apps/failing-flow';
import { build } from './interpreter/build';
import { STUBS, TEXTS } from './interpreter/components';
import { evaluate } from './interpreter/expression';
import { runBoth } from './interpreter/fixture';
import { type Plan, plans } from './interpreter/plans';
import { type EngineOptions, interpret } from './interpreter/run';
import { replaceTags } from './interpreter/tags';

describe('expressions', () => {
  const names = { x: { a: null, b: 'text', list: [1, 'two', { c: 3n }] } };
  test.each([
    ["x.a ?? 'none'", 'none'],
    ["x.missing?.y?.['z'] ?? 'none'", 'none'],
    ["x['b'][1:3]", 'ex'],
    ['x.list[2].c * 2 + 1 == 7', true],
    ["map(filter(x.list, type(#) != 'map'), string(#))", ['1', 'two']],
    ['map([[1, 2], [3]], map(#, # + 1))', [[2n, 3n], [4n]]],
    ["toJson({'b': 1.0, ('a' + 'b'): '<'})", '{"ab":"\\u003c","b":1}'],
    ['string(1e6) + string(int(1e6))', '1e+061000000'],
    ["!(1 > 2) && 'a' in ['a'] ? -1 : 0", -1n],
    ["int('12345678901234567') + 1", 12345678901234568n],
    ["[nil in ['', 'a'], nil in ['', 'a' + 'b'], 1.0 in [1]]", [true, false, true]],
  ])('%s', (text, value) => {
    expect(evaluate(text, names)).toEqual(value);
  });
  test.each(['x.a.b', "1 + 'a'", 'y', 'hash(x)', 'x.list[3]', "int('1.5')", 'x ? 1 : 2', "float('1e999')", '1 +', "'"])(
    '%s is refused',
    (text) => {
      expect(() => evaluate(text, names)).toThrow();
    },
  );
});

describe('tags', () => {
  const environment = {
    'inputs.parameters.a': '{{inputs.parameters.b}}',
    'tasks.t.status': 'Failed',
    'tasks.s.outputs.parameters.v': null,
  };
  test('what a tag gives is not expanded again', () => {
    expect(replaceTags('<{{inputs.parameters.a}}> {{= tasks["t"].status }}', environment)).toBe(
      '<{{inputs.parameters.b}}> Failed',
    );
  });
  test.each([
    ['{{tasks.t.outputs.parameters.v}}', 'has no value'],
    ["{{=tasks['t'].status == 'Succeeded' ? tasks['t'].outputs.parameters['v'] : 'd'}}", 'has no value'],
    ["{{=tasks['t'].outputs.parameters?.['v'] ?? 'd'}}", 'cannot fetch'],
    ['{{tasks.s.outputs.parameters.v}}', 'was skipped'],
    ['{{ x', 'no end'],
  ])('%s is refused', (text, message) => {
    expect(() => replaceTags(text, environment)).toThrow(message);
  });
  test('what is guarded may be missing', () => {
    const guarded = (task: string) => `{{=tasks['${task}'].outputs?.parameters?.['v'] ?? 'd'}}`;
    expect([guarded('t'), guarded('s')].map((text) => replaceTags(text, environment))).toEqual(['d', 'd']);
  });
});

describe('templates', () => {
  const spec = (...templates: readonly Template[]) =>
    ({ entrypoint: 'main', templates }) as unknown as WorkflowTemplateSpec;
  const dag = (tasks: readonly DagTask[], rest: Partial<Template> = {}): Template => ({
    name: 'main',
    dag: { failFast: false, tasks },
    ...rest,
  });
  const component = {
    function: 'leaf',
    inputs: { v: { type: 'STRING', optional: true } },
    outputs: { out: { type: 'STRING' } },
  };
  const leaf: Template = {
    name: 'leaf',
    inputs: { parameters: [{ name: 'v', default: 'none' }] },
    outputs: { parameters: [{ name: 'out', valueFrom: { path: '/out', default: 'json:' } }] },
    container: {
      image: 'x:1',
      command: ['x'],
      env: [
        { name: 'KFP_INPUT_v', value: '{{inputs.parameters.v}}' },
        { name: 'KFP_COMPONENT', value: JSON.stringify(component) },
      ],
    },
  };
  const given = (value: string) => ({ arguments: { parameters: [{ name: 'v', value }] } });
  const options: EngineOptions = {
    stubs: {
      leaf: ({ inputs }) => {
        if (inputs.v === 'fail') throw new Error('told to');
        return { out: inputs.v };
      },
    },
  };
  const run = (...templates: readonly Template[]) => {
    const { state, root } = interpret(spec(...templates), options);
    return {
      state,
      outputs: root.outputs,
      phases: Object.fromEntries([...root.tasks].map(([name, { phase }]) => [name, phase])),
    };
  };
  const failing: DagTask = { name: 'a', template: 'leaf', ...given('fail') };

  test('a failure that something goes on after is forgotten, and one before what is omitted is not', () => {
    const after: DagTask = { name: 'b', template: 'leaf', depends: 'a.Failed' };
    expect(run(dag([failing, after]), leaf)).toEqual({
      state: 'Succeeded',
      outputs: {},
      phases: { a: 'Failed', b: 'Succeeded' },
    });
    const omitted: DagTask = { name: 'c-d', template: 'leaf', depends: '!(a.Failed || a.Errored) && b.Succeeded' };
    expect(run(dag([failing, after, omitted]), leaf)).toMatchObject({
      state: 'Failed',
      phases: { a: 'Failed', b: 'Succeeded', 'c-d': 'Omitted' },
    });
  });

  test('what was skipped inherits the phase of what is before it', () => {
    const gate: DagTask = { name: 'gate', template: 'leaf', depends: 'a.Succeeded || a.Failed', when: 'false' };
    expect(run(dag([failing, gate]), leaf)).toMatchObject({ state: 'Failed', phases: { gate: 'Skipped' } });
    expect(run(dag([{ ...failing, ...given('x') }, gate]), leaf).state).toBe('Succeeded');
  });

  test('the outputs of a loop are JSON where all are lists or objects, and else texts', () => {
    const out: OutputParameter = {
      name: 'out',
      valueFrom: { parameter: '{{tasks.l.outputs.parameters.out}}', default: '[]' },
    };
    const loop = (list: string, count = '2') => {
      const task: DagTask = {
        name: 'l',
        template: 'leaf',
        withSequence: { count },
        ...given(`{{=fromJSON('${list}')[int(item)]}}`),
      };
      return run(dag([task], { outputs: { parameters: [out] } }), leaf);
    };
    expect(loop('["[1]", "{}"]').outputs).toEqual({ out: '["json:\\"[1]\\"","json:\\"{}\\""]' });
    expect(loop('["a", "2"]').outputs).toEqual({ out: '["a","2"]' });
    expect(loop('["a", "fail"]')).toMatchObject({ state: 'Failed', outputs: undefined });
    expect(loop('[]', '0')).toMatchObject({ phases: { l: 'Skipped' }, outputs: { out: 'json:' } });
  });

  test('an expression that fails errs what holds it, and gives a default in outputs', () => {
    const out: OutputParameter = {
      name: 'out',
      valueFrom: { expression: "int(tasks['a'].outputs.parameters['out'])", default: '0' },
    };
    const task: DagTask = { name: 'a', template: 'leaf', ...given('x') };
    expect(run(dag([task], { outputs: { parameters: [out] } }), leaf).outputs).toEqual({ out: '0' });
    expect(run(dag([{ ...task, ...given("{{=int('x')}}") }]), leaf)).toMatchObject({
      state: 'Failed',
      phases: { a: 'Error' },
    });
  });

  test('an exit hook sees how its task ended, and its failure does not count', () => {
    const hook = { exit: { template: 'leaf', ...given("{{=tasks['a'].status == 'Failed' ? 'saw' : 'no'}}") } };
    const { root, state } = interpret(spec(dag([{ ...failing, hooks: hook }]), leaf), options);
    expect([state, root.tasks.get('a')?.exit?.outputs]).toEqual(['Failed', { out: 'saw' }]);
    const fails = { exit: { template: 'leaf', ...given('fail') } };
    const fine = interpret(spec(dag([{ name: 'a', template: 'leaf', hooks: fails }]), leaf), options);
    expect([fine.state, fine.root.tasks.get('a')?.exit?.phase]).toEqual(['Succeeded', 'Failed']);
  });

  test('what the library promises is asserted', () => {
    const reads = (value: string): DagTask => ({ name: 'b', template: 'leaf', depends: 'a.Failed', ...given(value) });
    const noDefault: Template = { ...leaf, outputs: { parameters: [{ name: 'out', valueFrom: { path: '/out' } }] } };
    expect(() => run(dag([failing, reads('{{tasks.a.outputs.parameters.out}}')]), noDefault)).toThrow('has no value');
    const raw: DagTask = { name: 'a', template: 'leaf', ...given("{{='{' + '{x}' + '}'}}") };
    expect(() => run(dag([raw]), leaf)).toThrow('would be expanded');
    expect(() => run(dag([{ ...raw, ...given('$(HOME)') }]), leaf)).toThrow('Kubernetes would expand');
  });
});

const text = (value: unknown) => JSON.stringify(value);

/** Components of flow.py. What is in artifacts stands in their metadata here. */
const flow: Readonly<Record<string, Stub>> = {
  numbers: ({ inputs }) => ({ Output: Array.from({ length: inputs.count }, (_, index) => index) }),
  configs: () => ({
    Output: [
      { name: "it's {{workflow.uid}} $HOME", lr: 0.5 },
      { name: 'b', lr: 1 },
    ],
  }),
  train: ({ inputs, outputs }) => {
    outputs.model!.metadata.text = `${inputs.name} ${inputs.lr} ${inputs.index ?? -1}`;
    outputs.metrics!.metadata.score = inputs.lr;
    return { Output: inputs.lr };
  },
  double: ({ inputs }) => ({ Output: inputs.value * 2 }),
  say: ({ inputs }) => ({ Output: inputs.text }),
  make: ({ inputs, outputs }) => {
    outputs.data!.metadata.text = inputs.text;
  },
  read: ({ inputs }) => ({ Output: inputs.data.metadata.text }),
  best: ({ inputs, outputs }) => {
    const texts = inputs.models.map((model: { metadata: { text: string } }) => model.metadata.text);
    outputs.report!.metadata.count = texts.length;
    return { Output: `${texts.join('|')} ${text(inputs.scores)}` };
  },
  show: ({ inputs }) => ({ Output: text(inputs.anything) }),
  three: ({ inputs }) => ({ Output: 'text' in inputs ? text(inputs.text) : 'the default' }),
  fail: ({ inputs }) => {
    if (inputs.when ?? true) throw new Error(inputs.message);
    return { Output: inputs.message };
  },
  // Why something failed inside of a DAG, the engine does not tell.
  final: ({ inputs }) => ({ Output: `${inputs.status.state} ${inputs.status.pipelineTaskName} ${inputs.note ?? ''}` }),
  step: ({ inputs }) => ({ value: inputs.value + 1, done: inputs.value + 1 >= 3 }),
  shout: ({ inputs }) => ({ loud: inputs.word.toUpperCase() }),
  check: STUBS.check!,
};

/** Components of everything.py. */
const everything: Readonly<Record<string, Stub>> = {
  produce: ({ inputs, outputs }) => {
    outputs.rows!.metadata.odd = '{{workflow.uid}} $(HOME) "quoted"';
    const conf = { k: { n: 1 }, t: inputs.text };
    return { copy: inputs.text, count: 3, ratio: 0.25, flag: true, items: ['a', '{{workflow.uid}}', '$HOME'], conf };
  },
  consume: ({ inputs, outputs }) => {
    const { rows, ...rest } = inputs;
    outputs.model!.metadata.seen = { ...rest, odd: rows.metadata.odd };
    outputs.metrics!.metadata.accuracy = 0.9;
    return { Output: 'heads' };
  },
  shell: ({ inputs, outputs }) => {
    fs.writeFileSync(outputs.made!.path, '');
    return { echo: inputs.words, number: inputs.count, odd: '{{workflow.uid}} $(HOME)' };
  },
  say: ({ inputs }) => ({ Output: inputs.words }),
  read_any: ({ inputs }) => ({ Output: text([inputs.artifact.type, inputs.score]) }),
  finish: ({ inputs }) => ({ Output: text([inputs.status, inputs.words]) }),
};

describe('the manifests of a pipeline do what its local run does', () => {
  test.each<Record<string, Json>>([
    {},
    { threshold: 0.95 },
    { greeting: 'json: {{x}} $(Y)\n.' },
    { threshold: 2, greeting: '' },
  ])('everything, with %j', async (given) => {
    const { pipeline } = new Everything(Testing.app(), 'app');
    const { differences, engine } = await runBoth(pipeline, { stubs: everything, arguments: given });
    expect(differences).toEqual([]);
    expect(engine.state).toBe('Succeeded');
  });

  test.each([
    ['approved', 1],
    ['rejected', 3],
    ['timed-out', 101],
  ] as const)('control flow: %s, %i', async (approval, count) => {
    const { pipeline } = new ControlFlow(Testing.app(), 'app');
    const both = await runBoth(pipeline, { stubs: flow, approvals: { 'go-live': approval }, arguments: { count } });
    expect(both.differences).toEqual([]);
    // Its check knows one of the branches only.
    expect(both.engine.state).toBe(count === 3 ? 'Succeeded' : 'Failed');
  });

  test('things that fail, and things that may', async () => {
    const { failing, tolerant } = new FailingFlow(Testing.app(), 'app');
    const failed = await runBoth(failing, { stubs: flow });
    expect([failed.differences, failed.engine.state]).toEqual([[], 'Failed']);
    const fine = await runBoth(tolerant, { stubs: flow, approvals: { late: 'timed-out' } });
    expect([fine.differences, fine.engine.state]).toEqual([[], 'Succeeded']);
  });

  test('a difference is seen', async () => {
    const { pipeline } = new ControlFlow(Testing.app(), 'app');
    let calls = 0;
    const moody: Stub = ({ inputs }) => ({ Output: inputs.value * 2 + calls++ });
    const both = await runBoth(pipeline, { stubs: { ...flow, double: moody }, approvals: { 'go-live': 'approved' } });
    expect(both.differences.join()).toMatch(/outer-inner-positive-double|show-nested/);
  });
});

// What conformance records is the same each time; everywhere else, each run tries other pipelines.
if (process.env.CDK8S_KFP_RECORD) fc.configureGlobal({ seed: 1 });

describe('for every pipeline', () => {
  const store = fs.mkdtempSync(path.join(os.tmpdir(), 'interpreter-'));
  afterAll(() => fs.rmSync(store, { recursive: true }));

  test('the manifests do what the local run does', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const pipeline = build(plan);
        fc.pre(isAccepted(pipeline));
        const { n, words, optional } = plan;
        const both = await runBoth(pipeline, {
          stubs: STUBS,
          approvals: decisionsFor(pipeline, plan),
          arguments: { n, s: TEXTS[words]!, ...(optional && { opt: 'given' }) },
          store,
        });
        expect(both.differences).toEqual([]);
      }),
      { numRuns: 400, interruptAfterTimeLimit: 60_000 },
    );
  });
});

// biome-ignore lint/suspicious/noExplicitAny: pipelines of every kind
function isAccepted(pipeline: Pipeline<any, any>): boolean {
  try {
    const { graph } = pipeline;
    return (
      pipelinesOf(graph).length > 0 &&
      pipeline.node.root.node.findAll().every((each) => each.node.validate().length === 0)
    );
  } catch (error) {
    if (error instanceof DiagnosticsError) return false;
    throw error;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: pipelines of every kind
function decisionsFor({ graph }: Pipeline<any, any>, { decisions }: Plan): Record<string, ApprovalDecision> {
  const approvals = pipelinesOf(graph).flatMap(({ root }) => nodesIn(root).filter(({ kind }) => kind === 'approval'));
  return Object.fromEntries(approvals.map(({ id }, index) => [id, decisions[index % decisions.length]!]));
}
