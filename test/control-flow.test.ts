import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Chart, Duration, Testing } from 'cdk8s';
import {
  Approval,
  bool,
  Check,
  type Component,
  Dataset,
  dict,
  ExitHandler,
  float,
  If,
  int,
  type LocalRun,
  listOf,
  Model,
  OnExit,
  OnExitPipeline,
  oneOf,
  optional,
  ParallelFor,
  Pipeline,
  PythonComponent,
  RepeatUntil,
  runLocally,
  type Stub,
  SubPipeline,
  str,
  Task,
  text,
} from 'cdk8s-kfp';
import type { Construct } from 'constructs';
import * as YAML from 'yaml';
import { ControlFlow } from './fixtures/apps/control-flow';
import { FailingFlow } from './fixtures/apps/failing-flow';
import { synth } from './synth';

// biome-ignore lint/suspicious/noExplicitAny: manifests and inputs of stubs are read by path
type Any = any;
type Build = (chart: Chart) => Pipeline<Any, Any>;

// ── Components, and what stands in for them ───────────────────────────────────────────────────────────────────────────

const python = (name: string) =>
  PythonComponent.fromFile('test/fixtures/python/flow.py', name) as Component<Any, Any, Any>;

const read = (artifact: Any): string => fs.readFileSync(artifact.path, 'utf8');

/** What the functions of the Python file do. */
const STUBS: Readonly<Record<string, Stub>> = {
  numbers: ({ inputs }) => ({ Output: [...Array(inputs.count).keys()] }),
  configs: () => ({ Output: [{ name: 'a', lr: 0.5 }] }),
  train: ({ inputs: { name, lr, index = -1 }, outputs }) => {
    fs.writeFileSync(outputs.model!.path, `${name} ${lr} ${index}`);
    outputs.metrics!.metadata.score = lr;
    return { Output: lr };
  },
  double: ({ inputs }) => ({ Output: inputs.value * 2 }),
  say: ({ inputs }) => ({ Output: inputs.text }),
  make: ({ inputs, outputs }) => fs.writeFileSync(outputs.data!.path, inputs.text),
  read: ({ inputs }) => ({ Output: read(inputs.data) }),
  best: ({ inputs, outputs }) => {
    fs.writeFileSync(outputs.report!.path, '');
    return { Output: inputs.models.map(read).join('|') };
  },
  show: ({ inputs }) => ({ Output: JSON.stringify(inputs.anything) }),
  three: ({ inputs: { text: given = 'the default' } }) => ({ Output: String(given) }),
  fail: ({ inputs: { message, when = true } }) => {
    if (when) throw new Error(message);
    return { Output: message };
  },
  final: ({ inputs }) => ({ Output: inputs.status.state }),
  step: ({ inputs }) => ({ value: inputs.value + 1, done: inputs.value + 1 >= 3 }),
};

const speak = (scope: Construct, id: string, words: Any = id) =>
  new Task(scope, id, { component: python('say'), inputs: { text: words } });
const twice = (scope: Construct, id: string, value: Any) =>
  new Task(scope, id, { component: python('double'), inputs: { value } });
const show = (scope: Construct, id: string, anything: Any) =>
  new Task(scope, id, { component: python('show'), inputs: { anything } });
const make = (scope: Construct, id: string, words: Any = id) =>
  new Task(scope, id, { component: python('make'), inputs: { text: words } });
const three = (scope: Construct, id: string, given: Any) =>
  new Task(scope, id, { component: python('three'), inputs: { text: given } });
const onExit = (scope: Construct, id: string, note: Any = '') =>
  new OnExit(scope, id, { component: python('final'), inputs: { note } });

// ── Readers of a pipeline ─────────────────────────────────────────────────────────────────────────────────────────────

/** A pipeline without parameters. */
const flow =
  (define: (pipeline: Pipeline) => void): Build =>
  (chart) => {
    const pipeline = new Pipeline(chart, 'flow');
    define(pipeline as unknown as Pipeline);
    return pipeline;
  };

const chart = () => new Chart(Testing.app(), 'ml', { namespace: 'ml' });

/** The templates of a pipeline, in which what holds for every pipeline was checked. */
function manifest(build: Build) {
  const ml = chart();
  const { name } = build(ml);
  const found = synth(ml).find((each) => each.kind === 'WorkflowTemplate' && each.metadata.name === name);
  const list: Any[] = found.spec.templates;
  for (const { dag, outputs } of list) {
    if (!dag) continue;
    expect(dag.failFast).toBe(false);
    for (const task of dag.tasks) {
      // With both, Argo asks the condition of each item, and fails where there is none.
      expect([task.name, 'when' in task && 'withSequence' in task]).toEqual([task.name, false]);
      expect(task).not.toHaveProperty('withParam');
      expect(task).not.toHaveProperty('withItems');
      for (const term of task.depends?.match(/[\w-]+\.\w+/g) ?? []) {
        expect(dag.tasks.map((each: Any) => each.name)).toContain(term.split('.')[0]);
      }
    }
    for (const output of outputs?.parameters ?? []) expect(output.valueFrom).toHaveProperty('default');
  }
  const templates: Record<string, Any> = Object.fromEntries(list.map((each) => [each.name, each]));
  const task = (dag: string, id: string): Any => templates[dag]?.dag.tasks.find((each: Any) => each.name === id);
  const depends = (dag = 'main') =>
    Object.fromEntries(templates[dag].dag.tasks.map((each: Any) => [each.name, each.depends ?? '']));
  const yaml = (...names: string[]) => shown(names.map((each) => templates[each]));
  return { templates, task, depends, yaml, names: list.map((each) => each.name) };
}

/** Expressions that say nothing about a pipeline: how a text is escaped, and the dict of a final status. */
const LONG = [
  [/map\(\[(.*?)\], \(# contains .*?007f'\) : #\)\[0\]/g, 'encoded($1)'],
  [/toJson\(\{'state': (tasks\[.*?\])\.status .* \}\)/g, 'finalStatus($1)'],
] as const;

/** A part of a manifest as a reviewer reads it. */
const shown = (part: Any) => {
  const shorten = (_: string, each: unknown) =>
    typeof each === 'string' ? LONG.reduce((text, [long, short]) => text.replace(long, short), each) : each;
  return YAML.stringify(JSON.parse(JSON.stringify(part), shorten), { lineWidth: 0 });
};

/** Arguments of a DAG's task, by name. */
const argumentsOf = (task: Any): Record<string, string> =>
  Object.fromEntries(task.arguments.parameters.map((each: Any) => [each.name, each.value]));

const store = fs.mkdtempSync(path.join(os.tmpdir(), 'control-flow-'));
afterAll(() => fs.rmSync(store, { recursive: true }));

interface HereOptions {
  readonly arguments?: Any;
  readonly approvals?: Any;
  /** Keys of tasks that fail. */
  readonly fails?: readonly string[];
  readonly stubs?: Readonly<Record<string, Stub>>;
  readonly signal?: AbortSignal;
  /** How long each task takes, in milliseconds. */
  readonly ms?: number;
}

/** Runs a pipeline here: what ran, in which order, with which values. */
async function here(build: Build, { fails = [], ms = 0, ...options }: HereOptions = {}) {
  const pipeline = build(chart());
  const ran: string[] = [];
  const given: Record<string, Any> = {};
  let running = 0;
  let most = 0;
  const recorded =
    (stub: Stub): Stub =>
    async (call) => {
      ran.push(call.task);
      given[call.task] = call.inputs;
      running += 1;
      most = Math.max(most, running);
      try {
        if (ms > 0) await sleep(ms);
        if (fails.includes(call.task)) throw new Error(`no ${call.task}`);
        return await stub(call);
      } finally {
        running -= 1;
      }
    };
  const used = Object.keys(pipeline.graph.components).filter((name) => name in STUBS);
  const stubs = { ...Object.fromEntries(used.map((name) => [name, STUBS[name]!])), ...options.stubs };
  const run: LocalRun = await runLocally(pipeline, {
    ...options,
    stubs: Object.fromEntries(Object.entries(stubs).map(([name, stub]) => [name, recorded(stub)])),
    store,
    parallelism: 8,
  });
  return { run, ran, given, most };
}

const states = ({ tasks }: LocalRun) =>
  Object.fromEntries(Object.entries(tasks).map(([key, { state }]) => [key, state]));

/** Of what ran, these, in the order in which they ran. */
const orderOf = (ran: readonly string[], ...keys: readonly string[]) => ran.filter((key) => keys.includes(key));

/** The diagnostics of a pipeline. */
const codes = (build: Build) => build(chart()).diagnostics.map(({ code }) => code);

// ── Features, in the order in which KFP's are listed ──────────────────────────────────────────────────────────────────

describe('a data dependency', () => {
  const build = flow((pipeline) => {
    const made = new Task(pipeline, 'numbers', { component: python('numbers'), inputs: { count: 2 } });
    show(pipeline, 'show', made.output);
    speak(pipeline, 'last', show(pipeline, 'show-again', made.output).output);
  });

  test('is the success of the producer, in the manifest', () => {
    const { depends, task } = manifest(build);
    expect(depends()).toEqual({
      numbers: '',
      show: 'numbers.Succeeded',
      last: 'show-again.Succeeded',
      'show-again': 'numbers.Succeeded',
    });
    expect(argumentsOf(task('main', 'show'))).toEqual({ anything: '{{tasks.numbers.outputs.parameters.Output}}' });
  });

  test('gives order and values here', async () => {
    const { run, ran, given } = await here(build);
    expect(run.state).toBe('Succeeded');
    expect(ran[0]).toBe('numbers');
    expect(orderOf(ran, 'show-again', 'last')).toEqual(['show-again', 'last']);
    expect(given.show).toEqual({ anything: [0, 1] });
    expect(given.last).toEqual({ text: '[0,1]' });
  });

  test('omits what depends on a failure, and what depends on that', async () => {
    const { run, ran } = await here(build, { fails: ['show-again'] });
    expect(run.state).toBe('Failed');
    expect(ran.sort()).toEqual(['numbers', 'show', 'show-again']);
    expect(states(run)).toMatchObject({ 'show-again': 'Failed', last: 'Omitted' });
  });
});

describe('after', () => {
  const build = flow((pipeline) => {
    const loop = new ParallelFor(pipeline, 'loop', { items: [1, 2] });
    const inside = twice(loop, 'inside', loop.item);
    const handler = new ExitHandler(pipeline, 'handler');
    const work = speak(handler, 'work');
    onExit(handler, 'tidy');
    const branch = new If(pipeline, 'branch', { condition: work.output.eq('work') });
    speak(branch, 'taken');
    speak(pipeline, 'after-inside').after(inside);
    speak(pipeline, 'after-handler').after(handler);
    speak(pipeline, 'after-branch').after(branch, loop);
    const repeated = speak(pipeline, 'after-work').after(work);
    new ParallelFor(pipeline, 'later', { items: [1] }).after(repeated);
    speak(pipeline.node.findChild('later') as ParallelFor, 'in');
  });

  test('is lifted to what stands beside, in the manifest', () => {
    const { depends } = manifest(build);
    expect(depends()).toMatchObject({
      'after-inside': 'loop.Succeeded',
      'after-handler': 'handler.Succeeded',
      'after-branch': 'branch.Succeeded && loop.Succeeded',
      'after-work': 'handler.Succeeded',
      later: 'after-work.Succeeded',
    });
  });

  test('waits for all of it here', async () => {
    const { ran } = await here(build, { ms: 5 });
    const place = (key: string) => ran.indexOf(key);
    for (const [before, after] of [
      ['loop-inside[0]', 'after-inside'],
      ['loop-inside[1]', 'after-inside'],
      ['handler-work', 'handler-tidy'],
      ['handler-tidy', 'after-handler'],
      ['branch-taken', 'after-branch'],
      ['handler-tidy', 'after-work'],
      ['after-work', 'later-in[0]'],
    ] as const) {
      expect([before, place(before) >= 0 && place(before) < place(after)]).toEqual([before, true]);
    }
  });

  test('omits after a failure inside', async () => {
    const { run } = await here(build, { fails: ['loop-inside[0]', 'handler-work'] });
    expect(states(run)).toEqual({
      'loop-inside[0]': 'Failed',
      'loop-inside[1]': 'Succeeded',
      'handler-work': 'Failed',
      'handler-tidy': 'Succeeded',
      'branch-taken': 'Omitted',
      'after-inside': 'Omitted',
      'after-handler': 'Omitted',
      'after-branch': 'Omitted',
      'after-work': 'Omitted',
    });
    expect(run.groups).toMatchObject({ branch: { state: 'Omitted' }, later: { state: 'Omitted' } });
  });
});

describe('an If', () => {
  const build: Build = (ml) => {
    const pipeline = new Pipeline(ml, 'flow', { parameters: { count: int(3), word: str('w') } });
    const { count, word } = pipeline.parameters;
    const before = twice(pipeline, 'before', count);
    const many = new If(pipeline, 'many', { condition: before.output.gt(4) });
    const first = speak(many, 'first', text`${word} ${before.output}`);
    speak(many, 'second', first.output);
    speak(pipeline, 'after').after(many);
    return pipeline;
  };

  test('is a DAG with a condition, which what it needs is passed to, in the manifest', () => {
    const { yaml, depends } = manifest(build);
    expect(depends()).toEqual({ before: '', many: 'before.Succeeded', after: 'many.Succeeded' });
    expect(yaml('if-many', 'then-many')).toMatchInlineSnapshot(`
"- name: if-many
  inputs:
    parameters:
      - name: before--Output
  dag:
    failFast: false
    tasks:
      - name: many
        template: then-many
        when: "{{=int(inputs.parameters['before--Output']) > 4}}"
        arguments:
          parameters:
            - name: before--Output
              value: "{{inputs.parameters.before--Output}}"
- name: then-many
  inputs:
    parameters:
      - name: before--Output
  dag:
    failFast: false
    tasks:
      - name: many-first
        template: say
        arguments:
          parameters:
            - name: text
              value: "{{=encoded((workflow.parameters['word'] startsWith 'json:' ? fromJSON(workflow.parameters['word'][5:]) : workflow.parameters['word']) + ' ' + string(int(inputs.parameters['before--Output'])))}}"
      - name: many-second
        template: say
        depends: many-first.Succeeded
        arguments:
          parameters:
            - name: text
              value: "{{tasks.many-first.outputs.parameters.Output}}"
"
`);
  });

  test('runs what is in it here', async () => {
    const { run, ran, given } = await here(build);
    expect(ran).toEqual(['before', 'many-first', 'many-second', 'after']);
    expect(given['many-second']).toEqual({ text: 'w 6' });
    expect(run.groups.many).toMatchObject({ state: 'Succeeded', branch: 'many' });
  });

  test('skips what is in it here, and what waits for it goes on', async () => {
    const { run, ran } = await here(build, { arguments: { count: 2 } });
    expect(run.state).toBe('Succeeded');
    expect(ran).toEqual(['before', 'after']);
    expect(states(run)).toMatchObject({ 'many-first': 'Skipped', 'many-second': 'Skipped' });
    expect(run.groups.many).toEqual({ state: 'Succeeded' });
  });
});

describe('conditions', () => {
  /** What holds, and what does not, of the defaults. */
  const rules = (pipeline: Any): Record<string, readonly [condition: Any, holds: boolean]> => {
    const { n, x, s, b, names } = pipeline.parameters;
    const ten = twice(pipeline, 'ten', 5).output;
    const said = speak(pipeline, 'said', "it's {{workflow.uid}} ' == '' || true").output;
    return {
      eq: [n.eq(3), true],
      ne: [n.ne(3), false],
      lt: [x.lt(2.5), false],
      lte: [x.lte(2.5), true],
      gte: [n.gte(x), true],
      // As texts, 10 comes before 9.
      'as-numbers': [ten.gt(9), true],
      'of-run': [ten.lt(n), false],
      whole: [n.eq(3.5), false],
      quotes: [s.eq("it's"), true],
      // What nobody but an imported pipeline writes: text by its order.
      'text-order': [(s as Any).gte("it's {"), false],
      'no-injection': [said.eq('x'), false],
      'same-text': [said.eq("it's {{workflow.uid}} ' == '' || true"), true],
      truth: [b, true],
      'bool-eq': [b.eq(false), false],
      'both-and': [n.eq(3).and(x.eq(1)), false],
      'three-and': [n.eq(3).and(x.gt(1), b), true],
      either: [n.eq(1).or(x.eq(2.5)), true],
      nested: [
        n
          .eq(1)
          .or(b.and(s.eq('no').not()))
          .not(),
        false,
      ],
      member: [s.in(['a', "it's"]), true],
      'no-member': [n.in([1, 2]), false],
      'in-list': [s.in(names), true],
      'not-in': [ten.in([9, 11]).not(), true],
    };
  };
  let expected: readonly string[] = [];
  const build: Build = (ml) => {
    const pipeline = new Pipeline(ml, 'flow', {
      parameters: { n: int(3), x: float(2.5), s: str("it's"), b: bool(true), names: listOf(str(), ["it's"]) },
    });
    const all = Object.entries(rules(pipeline));
    expected = all.filter(([, [, holds]]) => holds).map(([id]) => `${id}-holds`);
    for (const [id, [condition]] of all) speak(new If(pipeline, id, { condition }), 'holds');
    return pipeline;
  };

  test('are one expression, cast by type, in the manifest', () => {
    const { templates } = manifest(build);
    const when = (id: string) => templates[`if-${id}`].dag.tasks[0].when;
    expect(
      shown(
        Object.fromEntries(
          ['eq', 'gte', 'as-numbers', 'quotes', 'text-order', 'truth', 'three-and', 'nested', 'member', 'in-list'].map(
            (id) => [id, when(id)],
          ),
        ),
      ),
    ).toMatchInlineSnapshot(`
"eq: "{{=int(workflow.parameters['n']) == 3}}"
gte: "{{=int(workflow.parameters['n']) >= float(workflow.parameters['x'])}}"
as-numbers: "{{=int(inputs.parameters['ten--Output']) > 9}}"
quotes: "{{=workflow.parameters['s'] == 'it\\\\'s'}}"
text-order: "{{=(workflow.parameters['s'] startsWith 'json:' ? fromJSON(workflow.parameters['s'][5:]) : workflow.parameters['s']) >= 'it\\\\'s {'}}"
truth: "{{=workflow.parameters['b'] == 'true'}}"
three-and: "{{=int(workflow.parameters['n']) == 3 && float(workflow.parameters['x']) > 1 && workflow.parameters['b'] == 'true'}}"
nested: "{{=!(int(workflow.parameters['n']) == 1 || (workflow.parameters['b'] == 'true' && !(workflow.parameters['s'] == 'no')))}}"
member: "{{=(workflow.parameters['s'] startsWith 'json:' ? fromJSON(workflow.parameters['s'][5:]) : workflow.parameters['s']) in ['a', 'it\\\\'s']}}"
in-list: "{{=(workflow.parameters['s'] startsWith 'json:' ? fromJSON(workflow.parameters['s'][5:]) : workflow.parameters['s']) in fromJSON(workflow.parameters['names'] startsWith 'json:' ? workflow.parameters['names'][5:] : workflow.parameters['names'])}}"
"
`);
    for (const [name, { dag }] of Object.entries(templates)) {
      if (name.startsWith('if-')) expect(dag.tasks[0].when).toMatch(/^\{\{=.*\}\}$/);
    }
  });

  test('hold and do not hold here', async () => {
    const { run, ran } = await here(build);
    expect(run.state).toBe('Succeeded');
    expect(expected.length).toBeGreaterThan(10);
    expect(ran.filter((key) => key.endsWith('-holds')).sort()).toEqual([...expected].sort());
  });

  test.each<[string, (parameters: Any) => Any]>([
    ['a boolean with a text', ({ b }) => b.eq('true')],
    ['a text with a number', ({ s }) => s.gt(10)],
    ['two values of different types', ({ n, s }) => n.eq(s)],
    ['a dict with a dict', ({ d }) => d.eq({})],
  ])('do not compare %s', (_, condition) => {
    const mixed: Build = (ml) => {
      const parameters = { n: int(3), s: str('a'), b: bool(true), d: dict({}) };
      const pipeline = new Pipeline(ml, 'flow', { parameters });
      speak(new If(pipeline, 'if', { condition: condition(pipeline.parameters) }), 'in');
      return pipeline;
    };
    expect(codes(mixed)).toEqual(['KFP1217']);
  });
});

describe('Elif and Else', () => {
  const build: Build = (ml) => {
    const pipeline = new Pipeline(ml, 'flow', { parameters: { n: int(), mode: str('m') } });
    const { n, mode } = pipeline.parameters;
    const large = new If(pipeline, 'large', { condition: n.gt(10) });
    speak(large, 'say');
    speak(large.elif('medium', { condition: n.gt(5).and(mode.eq('m')) }), 'say');
    speak(large.elif('small', { condition: n.gt(0) }), 'say');
    speak(large.else('none'), 'say');
    speak(pipeline, 'after').after(large);
    return pipeline;
  };

  test('exclude each other in the manifest', () => {
    const { templates } = manifest(build);
    expect(shown(templates['if-large'].dag.tasks.map((each: Any) => [each.name, each.when]))).toMatchInlineSnapshot(`
"- - large
  - "{{=int(workflow.parameters['n']) > 10}}"
- - medium
  - "{{=!(int(workflow.parameters['n']) > 10) && (int(workflow.parameters['n']) > 5 && workflow.parameters['mode'] == 'm')}}"
- - small
  - "{{=!(int(workflow.parameters['n']) > 10) && !(int(workflow.parameters['n']) > 5 && workflow.parameters['mode'] == 'm') && int(workflow.parameters['n']) > 0}}"
- - none
  - "{{=!(int(workflow.parameters['n']) > 10) && !(int(workflow.parameters['n']) > 5 && workflow.parameters['mode'] == 'm') && !(int(workflow.parameters['n']) > 0)}}"
"
`);
  });

  test.each([
    [11, 'large-say'],
    [6, 'medium-say'],
    [1, 'small-say'],
    [0, 'none-say'],
  ])('of %i run one branch here', async (n, taken) => {
    const { run, ran } = await here(build, { arguments: { n } });
    expect(ran).toEqual([taken, 'after']);
    expect(run.groups.large).toMatchObject({ branch: taken.replace('-say', '') });
    expect(Object.values(states(run)).filter((state) => state === 'Skipped')).toHaveLength(3);
  });

  test('take another branch where a part of a condition does not hold', async () => {
    expect((await here(build, { arguments: { n: 6, mode: 'x' } })).ran).toEqual(['small-say', 'after']);
  });

  test('fail as their branch does', async () => {
    const { run } = await here(build, { arguments: { n: 0 }, fails: ['none-say'] });
    expect(run.groups.large).toMatchObject({ state: 'Failed', branch: 'none' });
    expect(run.tasks.after?.state).toBe('Omitted');
  });
});

describe('oneOf', () => {
  const build: Build = (ml) => {
    const pipeline = new Pipeline(ml, 'flow', { parameters: { n: int() } });
    const { n } = pipeline.parameters;
    const large = new If(pipeline, 'large', { condition: n.gt(10) });
    const a = make(large, 'make');
    const huge = new If(large, 'huge', { condition: n.gt(100) });
    const a1 = twice(huge, 'double', n);
    const a2 = twice(huge.else('not-huge'), 'double', 0);
    const medium = large.elif('medium', { condition: n.gt(5) });
    const b = make(medium, 'make', 'medium');
    const b1 = twice(medium, 'double', 5);
    const small = large.else('small');
    const c = make(small, 'make', 'small');
    const c1 = twice(small, 'double', 1);
    // Of parameters, one in the other, of artifacts, and of lists, one of which is collected.
    const number = oneOf<Any>(oneOf<Any>(a1.output, a2.output), b1.output, c1.output);
    twice(pipeline, 'number', number);
    speak(pipeline, 'words', text`it is ${number}`);
    const data = oneOf(a.outputs.data, b.outputs.data, c.outputs.data);
    new Task(pipeline, 'data', { component: python('read'), inputs: { data } });
    speak(new If(pipeline, 'positive', { condition: number.gt(0) }), 'say');
    const lists = new If(pipeline, 'lists', { condition: n.gt(10) });
    const one = new Task(lists, 'numbers', { component: python('numbers'), inputs: { count: 1 } });
    const other = lists.else('no-lists');
    const each = new ParallelFor(other, 'each', { items: [7, 8] });
    show(pipeline, 'list', oneOf(one.output, each.collect(twice(each, 'double', each.item).output)));
    return pipeline;
  };

  test('is a choice by the states of branches in the manifest', () => {
    const { templates, task } = manifest(build);
    expect(shown(templates['if-large'].outputs)).toMatchInlineSnapshot(`
"parameters:
  - name: large--Output
    valueFrom:
      expression: "tasks['large'].status == 'Succeeded' ? tasks['large'].outputs.parameters['large--Output'] : tasks['medium'].status == 'Succeeded' ? tasks['medium'].outputs.parameters['large--Output'] : tasks['small'].status == 'Succeeded' ? tasks['small'].outputs.parameters['large--Output'] : 'json:'"
      default: "json:"
  - name: large--data
    valueFrom:
      expression: "tasks['large'].status == 'Succeeded' ? tasks['large'].outputs.parameters['large--data'] : tasks['medium'].status == 'Succeeded' ? tasks['medium'].outputs.parameters['large--data'] : tasks['small'].status == 'Succeeded' ? tasks['small'].outputs.parameters['large--data'] : 'json:'"
      default: "json:"
"
`);
    expect(task('main', 'number').depends).toBe('large.Succeeded');
  });

  test.each([
    [200, { number: 400, data: 'make', list: [0], words: 'it is 400' }],
    [20, { number: 0, data: 'make', list: [0], words: 'it is 0' }],
    [7, { number: 10, data: 'medium', list: [14, 16], words: 'it is 10' }],
    [1, { number: 2, data: 'small', list: [14, 16], words: 'it is 2' }],
  ])('gives what the branch of %i gave here', async (n, { number, data, list, words }) => {
    const { run, ran, given } = await here(build, { arguments: { n } });
    expect(run.state).toBe('Succeeded');
    expect(given.number).toEqual({ value: number });
    expect(given.words).toEqual({ text: words });
    expect(given.list).toEqual({ anything: list });
    expect(run.tasks.data?.outputs).toEqual({ Output: data });
    expect(ran.includes('positive-say')).toBe(number > 0);
  });

  test('of a branch that failed omits what reads it', async () => {
    const { run } = await here(build, { arguments: { n: 7 }, fails: ['medium-make'] });
    expect(states(run)).toMatchObject({
      number: 'Omitted',
      data: 'Omitted',
      'positive-say': 'Omitted',
      list: 'Succeeded',
    });
  });

  test('needs an Else, and a value of each branch', () => {
    const incomplete = flow((pipeline) => {
      const branch = new If(pipeline, 'a', { condition: twice(pipeline, 'x', 1).output.gt(1) });
      const b = branch.elif('b', { condition: twice(pipeline, 'y', 1).output.gt(1) });
      speak(pipeline, 'say', oneOf(speak(branch, 'say').output, speak(b, 'say').output));
    });
    expect(codes(incomplete)).toMatchInlineSnapshot(`
[
  "KFP1261",
]
`);
  });
});

describe('a boolean as a condition', () => {
  test('is a value, and no literal', () => {
    const build: Build = (ml) => {
      const pipeline = new Pipeline(ml, 'flow', { parameters: { on: bool(false) } });
      speak(new If(pipeline, 'if', { condition: pipeline.parameters.on }), 'say');
      return pipeline;
    };
    expect(shown(manifest(build).task('if-if', 'if').when)).toMatchInlineSnapshot(`
""{{=workflow.parameters['on'] == 'true'}}"
"
`);
    expect(() => flow((pipeline) => new If(pipeline, 'if', { condition: true as Any }))(chart())).toThrow('condition');
  });

  test.each([true, false])('decides here: %s', async (on) => {
    const build: Build = (ml) => {
      const pipeline = new Pipeline(ml, 'flow', { parameters: { on: bool(false) } });
      speak(new If(pipeline, 'if', { condition: pipeline.parameters.on }), 'say');
      return pipeline;
    };
    expect((await here(build, { arguments: { on } })).ran).toEqual(on ? ['if-say'] : []);
  });
});

describe('a loop over literals', () => {
  const over =
    (items: readonly Any[]): Build =>
    (ml) => {
      const pipeline = new Pipeline(ml, 'flow', { parameters: { word: str('w') } });
      const loop = new ParallelFor(pipeline, 'loop', { items });
      const said = speak(loop, 'say', text`${pipeline.parameters.word} ${loop.index}`);
      three(loop, 'item', loop.item).after(said);
      show(pipeline, 'all', loop.collect(said.output));
      return pipeline;
    };

  test('spreads the fields of its items as inputs', () => {
    const loop = new ParallelFor(new Pipeline(Testing.chart(), 'flow'), 'loop', { items: [{ lr: 0.1, depth: 3 }] });
    const { lr, depth } = loop.item;
    expect({ ...loop.item }).toEqual({ lr, depth });
    expect(Object.keys({ ...loop.item })).toEqual(['lr', 'depth']);
  });

  test('holds its body once in the manifest', () => {
    const { yaml, task } = manifest(over(['a', 'b']));
    expect(argumentsOf(task('main', 'loop'))).toEqual({ 'loop--items': '["a","b"]' });
    expect(yaml('for-loop', 'each-loop')).toMatchInlineSnapshot(`
"- name: for-loop
  inputs:
    parameters:
      - name: loop--items
  outputs:
    parameters:
      - name: loop-say--Output
        valueFrom:
          expression: "encoded(toJson(map(filter(fromJSON(tasks['loop'].outputs.parameters['loop-say--Output']), # != 'json:'), # == 'json:null' ? nil : # startsWith 'json:' ? fromJSON(#[5:]) : #)))"
          default: "[]"
  dag:
    failFast: false
    tasks:
      - name: loop
        template: each-loop
        withSequence:
          count: "2"
        arguments:
          parameters:
            - name: loop--item
              value: "{{=fromJSON(inputs.parameters['loop--items'])[int(item)]}}"
            - name: loop--index
              value: "{{item}}"
- name: each-loop
  inputs:
    parameters:
      - name: loop--index
      - name: loop--item
  outputs:
    parameters:
      - name: loop-say--Output
        valueFrom:
          parameter: "{{tasks.loop-say.outputs.parameters.Output}}"
          default: "json:"
  dag:
    failFast: false
    tasks:
      - name: loop-say
        template: say
        arguments:
          parameters:
            - name: text
              value: "{{=encoded((workflow.parameters['word'] startsWith 'json:' ? fromJSON(workflow.parameters['word'][5:]) : workflow.parameters['word']) + ' ' + string(int(inputs.parameters['loop--index'])))}}"
      - name: loop-item
        template: three
        depends: loop-say.Succeeded
        arguments:
          parameters:
            - name: text
              value: "{{inputs.parameters.loop--item}}"
"
`);
    const size = (count: number) => {
      const { templates, task } = manifest(over([...Array(count).keys()].map(String)));
      const literal = argumentsOf(task('main', 'loop'))['loop--items']!;
      return JSON.stringify(templates).length - JSON.stringify(literal).length - String(count).length;
    };
    expect(size(1000)).toBe(size(3));
  });

  test('runs an iteration for each item here', async () => {
    const odd = ['a {{item}}', '', '5', "it's $(HOME)", 'json:x'];
    const { run, ran, given } = await here(over(odd));
    expect(run.groups.loop).toMatchObject({ state: 'Succeeded', iterations: 5 });
    expect(odd.map((_, index) => given[`loop-item[${index}]`].text)).toEqual(odd);
    expect(given.all).toEqual({ anything: ['w 0', 'w 1', 'w 2', 'w 3', 'w 4'] });
    expect(orderOf(ran, 'loop-say[1]', 'loop-item[1]', 'all')).toEqual(['loop-say[1]', 'loop-item[1]', 'all']);
  });

  test('of nothing succeeds, and gives empty lists', async () => {
    expect(argumentsOf(manifest(over([])).task('main', 'loop'))).toEqual({ 'loop--items': '[]' });
    const { run, ran, given } = await here(over([]));
    expect(run.groups.loop).toMatchObject({ state: 'Succeeded', iterations: 0 });
    expect(ran).toEqual(['all']);
    expect(given.all).toEqual({ anything: [] });
  });

  test('goes on where an iteration fails, and has failed then', async () => {
    const { run } = await here(over(['a', 'b']), { fails: ['loop-say[0]'] });
    expect(run.state).toBe('Failed');
    expect(run.groups.loop).toMatchObject({ state: 'Failed', iterations: 2 });
    expect(states(run)).toEqual({
      'loop-say[0]': 'Failed',
      'loop-item[0]': 'Omitted',
      'loop-say[1]': 'Succeeded',
      'loop-item[1]': 'Succeeded',
      all: 'Omitted',
    });
  });

  test.each<[string, Any[], string, Any]>([
    ['value', [1, -2], 'double', {}],
    ['lr', [1, 2.5, 1e21], 'train', { name: 'n' }],
    ['when', [false, false], 'fail', { message: 'm' }],
    ['anything', [[1, 'b', null], []], 'show', {}],
    ['text', [null, null], 'three', {}],
  ])('gives %s what its items are', async (input, items, component, others) => {
    const build = flow((pipeline) => {
      const loop = new ParallelFor(pipeline, 'loop', { items });
      new Task(loop, 'use', { component: python(component), inputs: { ...others, [input]: loop.item } });
    });
    manifest(build);
    const { given } = await here(build);
    expect(items.map((_, index) => given[`loop-use[${index}]`][input])).toEqual(items);
  });
});

describe('a loop over what exists in the run', () => {
  const build: Build = (ml) => {
    const pipeline = new Pipeline(ml, 'flow', { parameters: { count: int(2), names: listOf(str(), ['a', 'b']) } });
    const { count, names } = pipeline.parameters;
    const made = new Task(pipeline, 'numbers', { component: python('numbers'), inputs: { count } });
    const overOutput = new ParallelFor(pipeline, 'over-output', { items: made.output });
    const doubled = twice(overOutput, 'double', overOutput.item);
    show(pipeline, 'doubled', overOutput.collect(doubled.output));
    const overParameter = new ParallelFor(pipeline, 'over-parameter', { items: names });
    show(pipeline, 'said', overParameter.collect(speak(overParameter, 'say', overParameter.item).output));
    return pipeline;
  };

  test('gets the list and its length in the manifest', () => {
    const { task } = manifest(build);
    expect(argumentsOf(task('main', 'over-output'))['over-output--items']).toBe(
      '{{tasks.numbers.outputs.parameters.Output}}',
    );
    expect(argumentsOf(task('main', 'over-parameter'))['over-parameter--items']).toBe('{{workflow.parameters.names}}');
    expect(
      shown([
        task('for-over-output', 'over-output').withSequence.count,
        argumentsOf(task('for-over-output', 'over-output'))['over-output--item'],
        argumentsOf(task('for-over-parameter', 'over-parameter'))['over-parameter--item'],
      ]),
    ).toMatchInlineSnapshot(`
"- "{{=len(fromJSON(inputs.parameters['over-output--items'] startsWith 'json:' ? inputs.parameters['over-output--items'][5:] : inputs.parameters['over-output--items']))}}"
- "{{=map([fromJSON(inputs.parameters['over-output--items'] startsWith 'json:' ? inputs.parameters['over-output--items'][5:] : inputs.parameters['over-output--items'])[int(item)]], # == nil ? 'json:null' : toJson(#))[0]}}"
- "{{=encoded(fromJSON(inputs.parameters['over-parameter--items'] startsWith 'json:' ? inputs.parameters['over-parameter--items'][5:] : inputs.parameters['over-parameter--items'])[int(item)]], # == nil ? 'json:null' : map([#))[0]}}"
"
`);
  });

  test('runs over it here', async () => {
    const { given } = await here(build, { arguments: { count: 3, names: ['{{x}}', ''] } });
    expect(given.doubled).toEqual({ anything: [0, 2, 4] });
    expect(given.said).toEqual({ anything: ['{{x}}', ''] });
  });

  test('gives empty lists for empty ones', async () => {
    const { run, ran, given } = await here(build, { arguments: { count: 0, names: [] } });
    expect(run.state).toBe('Succeeded');
    expect(ran.sort()).toEqual(['doubled', 'numbers', 'said']);
    expect([given.doubled, given.said]).toEqual([{ anything: [] }, { anything: [] }]);
  });

  test('is omitted where there is no list', async () => {
    const { run } = await here(build, { fails: ['numbers'] });
    expect(states(run)).toMatchObject({ doubled: 'Omitted', said: 'Succeeded' });
    expect(run.groups['over-output']).toMatchObject({ state: 'Omitted' });
  });
});

describe('fields of items', () => {
  const build: Build = (ml) => {
    const pipeline = new Pipeline(ml, 'flow', { parameters: { low: float(0.4) } });
    const literal = new ParallelFor(pipeline, 'literal', {
      items: [
        { lr: 1, deep: { name: 'a.b' }, tags: ['x'], 'odd key': 'o', on: true },
        { lr: 0.25, deep: { name: '{{c}}' }, tags: [], 'odd key': '', on: false },
      ],
    });
    const train = (scope: Construct, lr: Any, name: Any) =>
      new Task(scope, 'train', { component: python('train'), inputs: { lr, name, index: literal.index } });
    const guard = new ExitHandler(literal, 'guard');
    const high = new If(guard, 'high', { condition: literal.item.lr.gt(pipeline.parameters.low).and(literal.item.on) });
    train(high, literal.item.lr, literal.item.deep.name);
    onExit(guard, 'done', text`${literal.item['odd key']}!`);
    show(literal, 'tags', literal.item.tags);
    const made = new Task(pipeline, 'configs', { component: python('configs') });
    const declared = new ParallelFor(pipeline, 'declared', { items: made.output, item: { name: str(), lr: float() } });
    new Task(declared, 'train', {
      component: python('train'),
      inputs: { lr: declared.item.lr, name: declared.item.name },
    });
    const unknown = new ParallelFor(pipeline, 'unknown', { items: made.output, item: dict() });
    three(unknown, 'name', unknown.item.field('name'));
    three(unknown, 'missing', unknown.item.field('none'));
    return pipeline;
  };

  test('are read of the item in the manifest', () => {
    const { task } = manifest(build);
    expect(shown(argumentsOf(task('each-literal', 'literal-tags')).anything)).toMatchInlineSnapshot(`
""{{=encoded(toJson(fromJSON(inputs.parameters['literal--item'] startsWith 'json:' ? inputs.parameters['literal--item'][5:] : inputs.parameters['literal--item'])['tags']))}}"
"
`);
    expect(shown(argumentsOf(task('then-literal-guard-high', 'literal-guard-high-train')))).toMatchInlineSnapshot(`
"lr: "{{=toJson(float(fromJSON(inputs.parameters['literal--item'] startsWith 'json:' ? inputs.parameters['literal--item'][5:] : inputs.parameters['literal--item'])['lr']))}}"
name: "{{=encoded(fromJSON(inputs.parameters['literal--item'] startsWith 'json:' ? inputs.parameters['literal--item'][5:] : inputs.parameters['literal--item'])['deep']['name'])}}"
index: "{{inputs.parameters.literal--index}}"
"
`);
    expect(shown(task('if-literal-guard-high', 'literal-guard-high').when)).toMatchInlineSnapshot(`
""{{=float(fromJSON(inputs.parameters['literal--item'] startsWith 'json:' ? inputs.parameters['literal--item'][5:] : inputs.parameters['literal--item'])['lr']) > float(workflow.parameters['low']) && fromJSON(inputs.parameters['literal--item'] startsWith 'json:' ? inputs.parameters['literal--item'][5:] : inputs.parameters['literal--item'])['on']}}"
"
`);
    expect(shown(argumentsOf(task('each-declared', 'declared-train')))).toMatchInlineSnapshot(`
"lr: "{{=toJson(float(fromJSON(inputs.parameters['declared--item'] startsWith 'json:' ? inputs.parameters['declared--item'][5:] : inputs.parameters['declared--item'])['lr']))}}"
name: "{{=encoded(fromJSON(inputs.parameters['declared--item'] startsWith 'json:' ? inputs.parameters['declared--item'][5:] : inputs.parameters['declared--item'])['name'])}}"
"
`);
  });

  test('keep their types here, also in an If and an exit handler of the loop', async () => {
    const { given, ran } = await here(build);
    expect(given['literal-guard-high-train[0]']).toEqual({ lr: 1, name: 'a.b', index: 0 });
    expect(ran).not.toContain('literal-guard-high-train[1]');
    expect([0, 1].map((index) => given[`literal-tags[${index}]`].anything)).toEqual([['x'], []]);
    expect([0, 1].map((index) => given[`literal-guard-done[${index}]`].note)).toEqual(['o!', '!']);
    expect(given['declared-train[0]']).toEqual({ lr: 0.5, name: 'a' });
    expect(given['unknown-name[0]']).toEqual({ text: 'a' });
    expect(given['unknown-missing[0]']).toEqual({ text: null });
  });

  test('that are declared otherwise than they are fail what reads them', async () => {
    const { run } = await here(build, { stubs: { configs: () => ({ Output: [{ name: null, lr: 1 }] }) } });
    expect(run.tasks['declared-train[0]']?.error).toContain('declared');
  });
});

describe('parallelism', () => {
  const build = flow((pipeline) => {
    const loop = new ParallelFor(pipeline, 'loop', { items: [0, 1, 2, 3, 4, 5], parallelism: 2 });
    const first = twice(loop, 'first', loop.item);
    twice(loop, 'second', first.output);
  });

  test('limits the template of the iterations alone in the manifest', () => {
    const { templates } = manifest(build);
    const limits = Object.entries(templates).map(([name, { parallelism }]) => [name, parallelism]);
    expect(limits.filter(([, limit]) => limit !== undefined)).toEqual([['for-loop', 2]]);
  });

  test('lets so many iterations run here, whole, in the order of the items', async () => {
    const { ran, most } = await here(build, { ms: 5 });
    expect(most).toBe(2);
    expect(ran.filter((key) => key.includes('first'))).toEqual([0, 1, 2, 3, 4, 5].map((i) => `loop-first[${i}]`));
    expect(ran.indexOf('loop-second[0]')).toBeLessThan(ran.indexOf('loop-first[3]'));
  });

  test('of none runs all at once', async () => {
    const free = flow((pipeline) => {
      const loop = new ParallelFor(pipeline, 'loop', { items: [0, 1, 2, 3, 4, 5] });
      twice(loop, 'first', loop.item);
    });
    let started = 0;
    let all = () => {};
    const together = new Promise<void>((resolve) => {
      all = resolve;
    });
    const double: Stub = async () => {
      started += 1;
      if (started === 6) all();
      await together;
    };
    expect((await here(free, { stubs: { double } })).most).toBe(6);
  });
});

describe('loops in loops', () => {
  const build = flow((pipeline) => {
    const outer = new ParallelFor(pipeline, 'outer', { items: [2, 0, 3], parallelism: 1 });
    const made = new Task(outer, 'numbers', { component: python('numbers'), inputs: { count: outer.item } });
    const inner = new ParallelFor(outer, 'inner', { items: made.output, parallelism: 2 });
    const odd = new If(inner, 'not-one', { condition: inner.item.ne(1) });
    const named = speak(odd, 'say', text`${outer.index}.${inner.index} of ${outer.item}`);
    show(outer, 'row', inner.collect(named.output));
    show(pipeline, 'all', outer.collect(inner.collect(named.output)));
    const literal = new ParallelFor(pipeline, 'literal', { items: [[1, 2], [3]] });
    const item = new ParallelFor(literal, 'item', { items: literal.item });
    show(pipeline, 'doubled', literal.collect(item.collect(twice(item, 'double', item.item).output)));
  });

  test('are DAGs in DAGs in the manifest', () => {
    const { names, task, templates } = manifest(build);
    expect(names.filter((name) => /^(for|each)-/.test(name))).toEqual([
      'for-outer',
      'each-outer',
      'for-outer-inner',
      'each-outer-inner',
      'for-literal',
      'each-literal',
      'for-literal-item',
      'each-literal-item',
    ]);
    expect(shown(task('each-outer', 'outer-inner'))).toMatchInlineSnapshot(`
"name: outer-inner
template: for-outer-inner
depends: outer-numbers.Succeeded
arguments:
  parameters:
    - name: outer-inner--items
      value: "{{tasks.outer-numbers.outputs.parameters.Output}}"
    - name: outer--index
      value: "{{inputs.parameters.outer--index}}"
    - name: outer--item
      value: "{{inputs.parameters.outer--item}}"
"
`);
    expect([templates['for-outer'].parallelism, templates['for-outer-inner'].parallelism]).toEqual([1, 2]);
  });

  test('see the items of both here, and give lists of lists', async () => {
    const { ran, given, most } = await here(build, { ms: 2 });
    expect(given.all).toEqual({ anything: [['0.0 of 2'], [], ['2.0 of 3', '2.2 of 3']] });
    expect([0, 1, 2].map((index) => given[`outer-row[${index}]`].anything)).toEqual(given.all.anything);
    expect(given.doubled).toEqual({ anything: [[2, 4], [6]] });
    expect(most).toBeGreaterThan(1);
    // One outer iteration at a time.
    expect(
      ran
        .filter((key) => key.startsWith('outer-'))
        .map((key) => /\[(\d)\]/.exec(key)![1])
        .join(''),
    ).toBe('000112222');
  });

  test('fail from the inside out', async () => {
    const { run } = await here(build, { fails: ['outer-inner-not-one-say[2][0]'] });
    expect(run.groups).toMatchObject({
      'outer-inner[0]': { state: 'Succeeded' },
      'outer-inner[2]': { state: 'Failed' },
      outer: { state: 'Failed' },
      literal: { state: 'Succeeded' },
    });
    expect(states(run)).toMatchObject({
      'outer-inner-not-one-say[2][2]': 'Succeeded',
      'outer-row[0]': 'Succeeded',
      'outer-row[2]': 'Omitted',
      all: 'Omitted',
    });
  });
});

describe('a loop over artifacts', () => {
  const build = flow((pipeline) => {
    const search = new ParallelFor(pipeline, 'search', { items: ['a', 'b'] });
    const data = make(search, 'make', search.item).outputs.data;
    const each = new ParallelFor(pipeline, 'each', { items: search.collect(data) });
    const text = new Task(each, 'read', { component: python('read'), inputs: { data: each.item } });
    show(pipeline, 'all', each.collect(text.output));
  });

  test('passes their references in the manifest', () => {
    const { task, templates } = manifest(build);
    expect(shown(argumentsOf(task('for-each', 'each')))).toMatchInlineSnapshot(`
"each--item: "{{=map([fromJSON(inputs.parameters['each--items'] startsWith 'json:' ? inputs.parameters['each--items'][5:] : inputs.parameters['each--items'])[int(item)]], type(#) == 'string' ? # : replace(replace(replace(toJson(#), '{' + '{', '{\\\\\\\\u007b'), '$', '\\\\\\\\u0024'), '\\\\x7f', '\\\\\\\\u007f'))[0]}}"
"
`);
    expect(shown(templates['for-search'].outputs.parameters[0].valueFrom)).toMatchInlineSnapshot(`
"expression: "encoded(toJson(map(filter(fromJSON(tasks['search'].outputs.parameters['search-make--data']), # != 'json:'), # == 'json:null' ? nil : type(#) == 'string' ? fromJSON(# startsWith 'json:' ? #[5:] : #) : #)))"
default: "[]"
"
`);
  });

  test('reads them here', async () => {
    expect((await here(build)).given.all).toEqual({ anything: ['a', 'b'] });
  });
});

describe('collecting', () => {
  const build: Build = (ml) => {
    const pipeline = new Pipeline(ml, 'flow', { parameters: { above: int(1) } });
    const loop = new ParallelFor(pipeline, 'loop', { items: [0, 1, 2, 3] });
    const high = new If(loop, 'high', { condition: loop.item.gt(pipeline.parameters.above) });
    const trained = new Task(high, 'train', {
      component: python('train'),
      inputs: { lr: 0.5, name: 'n', index: loop.item },
    });
    new Task(pipeline, 'best', {
      component: python('best'),
      inputs: { models: loop.collect(trained.outputs.model), scores: loop.collect(trained.output) },
    });
    const said = speak(loop, 'say', 'null');
    show(pipeline, 'words', loop.collect(said.output));
    // In a branch, for what stands in the same one.
    const branch = new If(pipeline, 'branch', { condition: pipeline.parameters.above.gte(0) });
    const inside = new ParallelFor(branch, 'inside', { items: loop.collect(said.output) });
    show(branch, 'lengths', inside.collect(speak(inside, 'say', inside.item).output));
    const joined = new ParallelFor(pipeline, 'joined', { items: [1, 2] });
    const even = new If(joined, 'one', { condition: joined.item.eq(1) });
    const one = twice(even, 'double', 10);
    const other = twice(even.else('other'), 'double', joined.item);
    show(pipeline, 'both', joined.collect(oneOf(one.output, other.output)));
    return pipeline;
  };

  test('leaves out what is absent, and decodes by type, in the manifest', () => {
    const { templates } = manifest(build);
    expect(shown(templates['for-loop'].outputs)).toMatchInlineSnapshot(`
"parameters:
  - name: loop-high-train--model
    valueFrom:
      expression: "encoded(toJson(map(filter(fromJSON(tasks['loop'].outputs.parameters['loop-high-train--model']), # != 'json:'), # == 'json:null' ? nil : type(#) == 'string' ? fromJSON(# startsWith 'json:' ? #[5:] : #) : #)))"
      default: "[]"
  - name: loop-high-train--Output
    valueFrom:
      expression: "encoded(toJson(map(filter(fromJSON(tasks['loop'].outputs.parameters['loop-high-train--Output']), # != 'json:'), # == 'json:null' ? nil : # in ['NaN', 'Infinity', '-Infinity'] ? nil : float(#))))"
      default: "[]"
  - name: loop-say--Output
    valueFrom:
      expression: "encoded(toJson(map(filter(fromJSON(tasks['loop'].outputs.parameters['loop-say--Output']), # != 'json:'), # == 'json:null' ? nil : # startsWith 'json:' ? fromJSON(#[5:]) : #)))"
      default: "[]"
"
`);
    expect(shown(templates['each-loop'].outputs)).toMatchInlineSnapshot(`
"parameters:
  - name: loop-high-train--model
    valueFrom:
      parameter: "{{tasks.loop-high.outputs.parameters.loop-high-train--model}}"
      default: "json:"
  - name: loop-high-train--Output
    valueFrom:
      parameter: "{{tasks.loop-high.outputs.parameters.loop-high-train--Output}}"
      default: "json:"
  - name: loop-say--Output
    valueFrom:
      parameter: "{{tasks.loop-say.outputs.parameters.Output}}"
      default: "json:"
"
`);
  });

  test.each([
    [-1, [0, 1, 2, 3]],
    [1, [2, 3]],
    [3, []],
  ])('of iterations above %i gives what ran here, in order', async (above, indices) => {
    const { run, given } = await here(build, { arguments: { above }, ms: 1 });
    expect(run.state).toBe('Succeeded');
    expect(given.best.models.map(read)).toEqual(indices.map((index) => `n 0.5 ${index}`));
    expect(given.best.models.map((model: Any) => [model.type, model.metadata])).toEqual(
      indices.map(() => ['system.Model', {}]),
    );
    expect(given.best.scores).toEqual(indices.map(() => 0.5));
    expect(given.words).toEqual({ anything: ['null', 'null', 'null', 'null'] });
    expect(given.both).toEqual({ anything: [20, 4] });
    expect(given['branch-lengths']).toEqual(above >= 0 ? given.words : undefined);
  });

  test('keeps None, and what is of no use to JSON as null', async () => {
    const { given } = await here(build, {
      stubs: { say: ({ task }) => ({ Output: task.includes('[1]') ? null : 'a' }) },
    });
    expect(given.words).toEqual({ anything: ['a', null, 'a', 'a'] });
  });

  test('is needed to read a loop from outside', () => {
    const without = flow((pipeline) => {
      const loop = new ParallelFor(pipeline, 'loop', { items: [1] });
      twice(pipeline, 'outside', twice(loop, 'double', loop.item).output);
    });
    expect(codes(without)).toMatchInlineSnapshot(`
[
  "KFP1220",
]
`);
    const half = flow((pipeline) => {
      const outer = new ParallelFor(pipeline, 'outer', { items: [1] });
      const inner = new ParallelFor(outer, 'inner', { items: [1] });
      show(pipeline, 'outside', inner.collect(twice(inner, 'double', inner.item).output));
    });
    expect(codes(half)).toMatchInlineSnapshot(`
[
  "KFP1220",
]
`);
    const item = flow((pipeline) => {
      const loop = new ParallelFor(pipeline, 'loop', { items: [1] });
      twice(loop, 'double', loop.item);
      twice(pipeline, 'outside', loop.item);
    });
    expect(codes(item)).toMatchInlineSnapshot(`
[
  "KFP1226",
]
`);
  });
});

describe('loops and called pipelines', () => {
  const build: Build = (ml) => {
    const scores = new Pipeline(ml, 'scores', {
      standalone: false,
      parameters: { values: listOf(int()), add: int(0) },
      outputs: { doubled: listOf(int()), first: str() },
    });
    const loop = new ParallelFor(scores, 'loop', { items: scores.parameters.values });
    const doubled = twice(loop, 'double', loop.item);
    const shown = show(scores, 'show', loop.collect(doubled.output));
    scores.returns({ doubled: loop.collect(doubled.output), first: shown.output });
    const pipeline = new Pipeline(ml, 'flow');
    const each = new ParallelFor(pipeline, 'each', { items: [[1, 2], [], [3]], parallelism: 1 });
    const call = new SubPipeline(each, 'call', { pipeline: scores, inputs: { values: each.item as Any } });
    speak(each, 'say', call.outputs.first);
    show(pipeline, 'all', each.collect(call.outputs.doubled));
    return pipeline;
  };

  test('are DAGs in DAGs in the manifest', () => {
    const { names, task } = manifest(build);
    expect(shown(names.filter((name) => /^(for|each|pipeline)-/.test(name)))).toMatchInlineSnapshot(`
"- for-each
- each-each
- pipeline-scores
- for-scores--loop
- each-scores--loop
"
`);
    expect(shown(task('each-each', 'each-call'))).toMatchInlineSnapshot(`
"name: each-call
template: pipeline-scores
arguments:
  parameters:
    - name: values
      value: "{{inputs.parameters.each--item}}"
"
`);
  });

  test('have an execution for each iteration here', async () => {
    const { run, ran, given } = await here(build);
    expect(given.all).toEqual({ anything: [[2, 4], [], [6]] });
    expect(ran.at(0)).toBe('each-call[0]/loop-double[0]');
    expect(run.tasks['each-call[2]/loop-double[0]']?.outputs).toEqual({ Output: 6 });
    expect(given['each-call[1]/show']).toEqual({ anything: [] });
    expect([0, 1, 2].map((index) => given[`each-say[${index}]`].text)).toEqual(['[2,4]', '[]', '[6]']);
  });

  test('fail alone, each', async () => {
    const { run } = await here(build, { fails: ['each-call[0]/loop-double[1]'] });
    expect(run.groups).toMatchObject({
      'each-call[0]': { state: 'Failed' },
      'each-call[0]/loop': { state: 'Failed' },
      'each-call[2]': { state: 'Succeeded' },
      each: { state: 'Failed' },
    });
    expect(states(run)).toMatchObject({ 'each-say[0]': 'Omitted', 'each-say[2]': 'Succeeded', all: 'Omitted' });
  });
});

describe('an exit handler', () => {
  const build: Build = (ml) => {
    const pipeline = new Pipeline(ml, 'flow', { parameters: { note: str('n'), deep: bool(true) } });
    const { note, deep } = pipeline.parameters;
    const outer = new ExitHandler(pipeline, 'outer');
    const work = speak(outer, 'work');
    const inner = new ExitHandler(outer, 'inner');
    speak(inner, 'say').after(work);
    onExit(inner, 'done', 'inner');
    onExit(outer, 'done', text`outer ${note}`);
    speak(pipeline, 'after', work.output);
    const later = new ExitHandler(pipeline, 'later').after(outer);
    speak(later, 'say');
    onExit(later, 'done');
    const loop = new ParallelFor(pipeline, 'loop', { items: ['a', 'b'] });
    const branch = new If(loop, 'deep', { condition: deep });
    const each = new ExitHandler(branch, 'each');
    speak(each, 'say', loop.item);
    onExit(each, 'done', loop.item);
    onExit(pipeline, 'end', 'run');
    return pipeline;
  };
  const statusOf = ({ status, note }: Any) => [status.state, status.pipelineTaskName, status.error.message, note];

  test('is a hook of the one call of what it holds, in the manifest', () => {
    const { task, names } = manifest(build);
    expect(shown(task('main', 'outer'))).toMatchInlineSnapshot(`
"name: outer
template: handler-outer
hooks:
  exit:
    template: final
    arguments:
      parameters:
        - name: status
          value: "{{=encoded(finalStatus(tasks['outer']))}}"
        - name: note
          value: "{{=encoded('outer ' + (workflow.parameters['note'] startsWith 'json:' ? fromJSON(workflow.parameters['note'][5:]) : workflow.parameters['note']))}}"
"
`);
    const { hooks } = task('handler-outer', 'outer-inner');
    expect(hooks.exit.template).toBe('final');
    expect(argumentsOf(hooks.exit).status).toContain("tasks['outer-inner'].status == 'Succeeded' ? 'SUCCEEDED'");
    expect(task('main', 'after').depends).toBe('outer.Succeeded');
    expect(names).toContain('handler-loop-deep-each');
  });

  test('runs its task after success here, with the final status', async () => {
    const { run, ran, given } = await here(build);
    expect(run.state).toBe('Succeeded');
    expect(ran.at(-1)).toBe('end');
    expect(orderOf(ran, 'outer-work', 'outer-inner-say', 'outer-inner-done', 'outer-done', 'after')).toEqual([
      'outer-work',
      'outer-inner-say',
      'outer-inner-done',
      'outer-done',
      'after',
    ]);
    expect(statusOf(given['outer-inner-done'])).toEqual(['SUCCEEDED', 'outer-inner', '', 'inner']);
    expect(statusOf(given['outer-done'])).toEqual(['SUCCEEDED', 'outer', '', 'outer n']);
    expect(statusOf(given['loop-deep-each-done[1]'])).toEqual(['SUCCEEDED', 'loop-deep-each', '', 'b']);
    expect(statusOf(given.end)).toEqual(['SUCCEEDED', 'flow', '', 'run']);
    expect(given.end.status).toMatchObject({ pipelineJobResourceName: run.name, error: { code: 0 } });
  });

  test('runs its task after a failure here, which says what went wrong', async () => {
    const { run, given } = await here(build, { fails: ['outer-inner-say', 'loop-deep-each-say[1]'] });
    expect(run.state).toBe('Failed');
    const inner = 'outer-inner-say: no outer-inner-say';
    const item = 'loop-deep-each-say[1]: no loop-deep-each-say[1]';
    expect(statusOf(given['outer-inner-done'])).toEqual(['FAILED', 'outer-inner', inner, 'inner']);
    expect(statusOf(given['outer-done'])).toEqual(['FAILED', 'outer', inner, 'outer n']);
    expect(statusOf(given['loop-deep-each-done[0]'])).toEqual(['SUCCEEDED', 'loop-deep-each', '', 'a']);
    expect(statusOf(given['loop-deep-each-done[1]'])).toEqual(['FAILED', 'loop-deep-each', item, 'b']);
    expect(given.end.status.error.message.split('; ').sort()).toEqual([item, inner].sort());
    // What did not start has no end.
    expect(states(run)).toMatchObject({ after: 'Omitted', 'later-say': 'Omitted', 'later-done': 'Omitted' });
  });

  test('is what its tasks are, whatever its exit task does', async () => {
    const failed = await here(build, { fails: ['outer-done'] });
    expect(states(failed.run)).toMatchObject({ 'outer-done': 'Failed', after: 'Succeeded' });
    expect([failed.run.state, failed.run.groups.outer?.state]).toEqual(['Succeeded', 'Succeeded']);
    expect((await here(build, { fails: ['end'] })).run.state).toBe('Failed');
  });

  test('runs nothing where it is skipped', async () => {
    const { run, ran } = await here(build, { arguments: { deep: false } });
    expect(ran.filter((key) => key.startsWith('loop'))).toEqual([]);
    expect(states(run)).toMatchObject({ 'loop-deep-each-say[0]': 'Skipped', 'loop-deep-each-done[0]': 'Skipped' });
  });

  test('runs its task where the run is stopped, if it was running', async () => {
    const controller = new AbortController();
    const { run, ran, given } = await here(build, {
      signal: controller.signal,
      stubs: {
        'outer-inner-say': () => {
          controller.abort();
          return new Promise(() => {});
        },
      },
    });
    expect(run.state).toBe('Stopped');
    expect(ran.slice(-3)).toEqual(['outer-inner-done', 'outer-done', 'end']);
    expect(statusOf(given['outer-done']).slice(0, 2)).toEqual(['FAILED', 'outer']);
    expect(states(run)).toMatchObject({ 'outer-inner-say': 'Stopped', after: 'Omitted', 'later-done': 'Omitted' });
    expect(run.tasks.end?.state).toBe('Succeeded');
  });

  test('may run a pipeline, which may ask how it ended', async () => {
    const withPipeline: Build = (ml) => {
      const report = new Pipeline(ml, 'report', {
        standalone: false,
        parameters: { status: dict(), note: str('default') },
      });
      const { status, note } = report.parameters;
      const bad = new If(report, 'bad', { condition: status.field('state').eq('FAILED') });
      speak(bad, 'say', text`${status.field('pipelineTaskName')} ${note}`);
      speak(bad.else('good'), 'say', 'good');
      const pipeline = new Pipeline(ml, 'flow');
      const handler = new ExitHandler(pipeline, 'handler');
      speak(handler, 'work');
      new OnExitPipeline(handler, 'report', { pipeline: report, inputs: { status: handler.finalStatus } });
      new OnExitPipeline(pipeline, 'end', { pipeline: report, inputs: { status: pipeline.finalStatus, note: 'run' } });
      return pipeline;
    };
    expect(shown(manifest(withPipeline).task('main', 'handler').hooks)).toMatchInlineSnapshot(`
"exit:
  template: pipeline-report
  arguments:
    parameters:
      - name: status
        value: "{{=encoded(finalStatus(tasks['handler']))}}"
"
`);
    expect((await here(withPipeline)).ran).toEqual(['handler-work', 'handler-report/good-say', 'end/good-say']);
    const { given, run } = await here(withPipeline, { fails: ['handler-work'] });
    expect(run.state).toBe('Failed');
    expect(given['handler-report/bad-say']).toEqual({ text: 'handler default' });
    expect(given['end/bad-say']).toEqual({ text: 'flow run' });
  });
});

describe('ignoring a failure upstream', () => {
  const build = flow((pipeline) => {
    const a = speak(pipeline, 'a');
    const b = speak(pipeline, 'b');
    const loop = new ParallelFor(pipeline, 'loop', { items: [1, 2] });
    twice(loop, 'double', loop.item);
    const lenient = three(pipeline, 'lenient', a.output).after(b, loop).ignoreUpstreamFailure();
    speak(pipeline, 'then').after(lenient);
    new Task(pipeline, 'told', { component: python('final') }).after(b).ignoreUpstreamFailure();
    speak(pipeline, 'alone').ignoreUpstreamFailure();
    const strict = speak(pipeline, 'strict').after(a, b);
    new Task(pipeline, 'told-more', { component: python('final') }).after(strict).ignoreUpstreamFailure();
  });

  test('is one task that waits for any end, and gates that keep the failure, in the manifest', () => {
    expect(shown(manifest(build).depends())).toMatchInlineSnapshot(`
"a: ""
a--gate: a.Succeeded
b: ""
b--gate: b.Succeeded
loop: ""
loop--gate: loop.Succeeded
lenient: (a.Succeeded || a.Failed || a.Errored || a.Skipped || a.Omitted) && (b.Succeeded || b.Failed || b.Errored || b.Skipped || b.Omitted) && (loop.Succeeded || loop.Failed || loop.Errored || loop.Skipped || loop.Omitted)
then: lenient.Succeeded
told: b.Succeeded || b.Failed || b.Errored || b.Skipped || b.Omitted
alone: ""
strict: a.Succeeded && b.Succeeded
strict--gate: strict.Succeeded
told-more: strict.Succeeded || strict.Failed || strict.Errored || strict.Skipped || strict.Omitted
"
`);
  });

  test.each<[readonly string[], 'Succeeded' | 'Failed', unknown]>([
    [[], 'Succeeded', { text: 'a' }],
    [['b'], 'Failed', { text: 'a' }],
    [['a', 'b'], 'Failed', {}],
    [['loop-double[1]'], 'Failed', { text: 'a' }],
  ])('runs once here, where %j failed', async (fails, state, inputs) => {
    const { run, ran, given } = await here(build, { fails });
    expect(run.state).toBe(state);
    expect(given.lenient).toEqual(inputs);
    expect(new Set(ran).size).toBe(ran.length);
    expect(orderOf(ran, 'b', 'loop-double[1]', 'lenient', 'then').slice(-2)).toEqual(['lenient', 'then']);
    expect(ran).toContain('alone');
    expect(ran.includes('strict')).toBe(!fails.includes('b'));
    expect(given.told.status).toMatchObject({
      state: fails.includes('b') ? 'FAILED' : 'SUCCEEDED',
      pipelineTaskName: 'b',
      error: { message: fails.includes('b') ? 'no b' : '' },
    });
    expect(given['told-more'].status.state).toBe(fails.includes('b') ? 'SKIPPED' : 'SUCCEEDED');
  });
});

describe('repeating', () => {
  const build =
    (maxIterations: number): Build =>
    (ml) => {
      const grow = new Pipeline(ml, 'grow', {
        standalone: false,
        parameters: { value: int(0), kept: str('k'), label: optional(str()) },
        outputs: { value: int(), done: bool() },
      });
      const { value, kept, label } = grow.parameters;
      const step = new Task(grow, 'step', { component: python('step'), inputs: { value } });
      speak(grow, 'say', text`${kept} ${value}`);
      three(grow, 'label', label);
      grow.returns({ value: step.outputs.value, done: step.outputs.done });
      const pipeline = new Pipeline(ml, 'flow', { parameters: { start: int(0) } });
      const inputs = { value: pipeline.parameters.start, kept: 'x' };
      const tuned = new RepeatUntil(pipeline, 'tune', { pipeline: grow, inputs, until: 'done', maxIterations });
      twice(pipeline, 'value', tuned.outputs.value);
      twice(pipeline, 'iterations', tuned.iterations);
      speak(new If(pipeline, 'if', { condition: tuned.outputs.done.not() }), 'unfinished');
      return pipeline;
    };

  test('is a template that calls itself in the manifest', () => {
    const { yaml, task } = manifest(build(5));
    expect(yaml('repeat-tune')).toMatchInlineSnapshot(`
"- name: repeat-tune
  inputs:
    parameters:
      - name: value
      - name: kept
      - name: tune--iteration
  outputs:
    parameters:
      - name: value
        valueFrom:
          expression: "tasks['next'].status == 'Succeeded' ? tasks['next'].outputs.parameters['value'] : tasks['call'].outputs.parameters['value']"
          default: "json:"
      - name: done
        valueFrom:
          expression: "tasks['next'].status == 'Succeeded' ? tasks['next'].outputs.parameters['done'] : tasks['call'].outputs.parameters['done']"
          default: "json:"
      - name: iterations
        valueFrom:
          expression: "tasks['next'].status == 'Succeeded' ? tasks['next'].outputs.parameters['iterations'] : string(int(inputs.parameters['tune--iteration']) + 1)"
          default: "json:"
  dag:
    failFast: false
    tasks:
      - name: call
        template: pipeline-grow
        arguments:
          parameters:
            - name: value
              value: "{{inputs.parameters.value}}"
            - name: kept
              value: "{{inputs.parameters.kept}}"
      - name: next
        template: repeat-tune
        depends: call.Succeeded
        when: "{{=int(inputs.parameters['tune--iteration']) + 1 < 5 && tasks['call'].outputs.parameters['done'] != 'true'}}"
        arguments:
          parameters:
            - name: value
              value: "{{tasks.call.outputs.parameters.value}}"
            - name: kept
              value: "{{inputs.parameters.kept}}"
            - name: tune--iteration
              value: "{{=string(int(inputs.parameters['tune--iteration']) + 1)}}"
"
`);
    expect(shown(argumentsOf(task('main', 'tune')))).toMatchInlineSnapshot(`
"value: "{{workflow.parameters.start}}"
kept: x
tune--iteration: "0"
"
`);
  });

  test.each([
    ['when the output says so', 0, 5, 3, 3],
    ['at once', 7, 5, 8, 1],
    ['at the bound', -5, 2, -3, 2],
    ['at a bound of one', -5, 1, -4, 1],
    ['when both come together', 0, 3, 3, 3],
  ])('ends %s here', async (_, start, bound, value, iterations) => {
    const { run, ran, given } = await here(build(bound), { arguments: { start } });
    expect(run.state).toBe('Succeeded');
    const steps = [...Array(iterations).keys()];
    expect(ran.filter((key) => key.endsWith('/step'))).toEqual(steps.map((index) => `tune[${index}]/step`));
    expect(steps.map((index) => given[`tune[${index}]/say`].text)).toEqual(steps.map((index) => `x ${start + index}`));
    expect(given['tune[0]/label']).toEqual({});
    expect([given.value, given.iterations]).toEqual([{ value }, { value: iterations }]);
    expect(run.groups.tune).toMatchObject({ iterations });
    expect(ran.includes('if-unfinished')).toBe(value < 3);
  });

  test('fails with an iteration', async () => {
    const { run } = await here(build(5), { fails: ['tune[1]/step'] });
    expect(run.groups.tune).toMatchObject({ state: 'Failed', iterations: 2 });
    expect(states(run)).toMatchObject({ 'tune[1]/say': 'Succeeded', value: 'Omitted', 'if-unfinished': 'Omitted' });
    expect(run.tasks).not.toHaveProperty(['tune[2]/step']);
  });
});

describe('conditions on how others ended', () => {
  const build: Build = (ml) => {
    const pipeline = new Pipeline(ml, 'flow', { parameters: { on: bool(true) } });
    const a = speak(pipeline, 'a');
    const b = speak(pipeline, 'b').after(a);
    const loop = new ParallelFor(pipeline, 'loop', { items: [1, 2] });
    twice(loop, 'double', loop.item);
    speak(pipeline, 'on-failure').after(a.failed);
    speak(pipeline, 'on-any').after(a.ended, loop.ended);
    const fallback = speak(pipeline, 'fallback').after(a.failed.or(b.failed));
    speak(pipeline, 'either').after(b.succeeded.or(fallback.succeeded));
    speak(pipeline, 'without').after(b.skipped.and(a.ended));
    speak(pipeline, 'not').after(loop.succeeded.not());
    speak(pipeline, 'mixed', b.output).after(loop.ended);
    return pipeline;
  };

  test('are depends, with gates that keep the failure, in the manifest', () => {
    const { depends, task } = manifest(build);
    expect(shown(depends())).toMatchInlineSnapshot(`
"a: ""
a--gate: a.Succeeded
b: a.Succeeded
b--gate: b.Succeeded
loop: ""
loop--gate: loop.Succeeded
on-failure: a.Failed || a.Errored
on-any: (a.Succeeded || a.Failed || a.Errored || a.Skipped || a.Omitted) && (loop.Succeeded || loop.Failed || loop.Errored || loop.Skipped || loop.Omitted)
fallback: (a.Failed || a.Errored) || (b.Failed || b.Errored)
fallback--gate: fallback.Succeeded
either: b.Succeeded || fallback.Succeeded
without: (b.Skipped || b.Omitted) && (a.Succeeded || a.Failed || a.Errored || a.Skipped || a.Omitted)
not: "!(loop.Succeeded)"
mixed: b.Succeeded && (loop.Succeeded || loop.Failed || loop.Errored || loop.Skipped || loop.Omitted)
"
`);
    expect(task('main', 'a--gate')).toMatchObject({ template: 'no-op', when: 'false' });
  });

  test.each<[readonly string[], readonly string[]]>([
    [[], ['a', 'b', 'either', 'mixed', 'on-any']],
    [['a'], ['a', 'either', 'fallback', 'on-any', 'on-failure', 'without']],
    [['b'], ['a', 'b', 'either', 'fallback', 'on-any']],
    [['loop-double[0]'], ['a', 'b', 'either', 'mixed', 'not', 'on-any']],
    [
      ['b', 'fallback'],
      ['a', 'b', 'fallback', 'on-any'],
    ],
  ])('run what is meant to run here, where %j failed', async (fails, expected) => {
    const { run, ran } = await here(build, { fails });
    expect(ran.filter((key) => !key.startsWith('loop')).sort()).toEqual(expected);
    expect(run.state).toBe(fails.length > 0 ? 'Failed' : 'Succeeded');
    if (fails.includes('a')) expect(states(run)).toMatchObject({ b: 'Omitted', mixed: 'Omitted' });
  });
});

describe('a failure that something goes on after', () => {
  test.each<readonly [string, (pipeline: Pipeline) => void, readonly string[]]>([
    [
      'one of two',
      (pipeline) => {
        const [a, b] = [speak(pipeline, 'a'), speak(pipeline, 'b')];
        speak(pipeline, 'z').after(a.succeeded.or(b.succeeded));
      },
      ['a--gate', 'b--gate'],
    ],
    [
      'by what it left out',
      (pipeline) => {
        const y = speak(pipeline, 'y').after(speak(pipeline, 'a'));
        speak(pipeline, 'z').after(y.skipped);
      },
      ['y--gate'],
    ],
  ])('is one all the same: %s', async (_, tasks, gates) => {
    const build = flow(tasks);
    expect(Object.keys(manifest(build).depends()).filter((name) => name.includes('--'))).toEqual(gates);
    const { run, ran } = await here(build, { fails: ['a'] });
    expect([run.state, ran.includes('z')]).toEqual(['Failed', true]);
  });
});

test('names that would become one in a collected list stay two', async () => {
  const build = flow((pipeline) => {
    const loop = new ParallelFor(pipeline, 'loop', { items: [{ 'a.b': 1, 'a b': 2 }] });
    speak(loop, 'say');
    show(pipeline, 'dot', loop.collect(loop.item.field('a.b')));
    show(pipeline, 'space', loop.collect(loop.item.field('a b')));
  });
  manifest(build);
  const { given } = await here(build);
  expect([given.dot, given.space]).toEqual([{ anything: [1] }, { anything: [2] }]);
});

describe('going on after a failure', () => {
  const build = flow((pipeline) => {
    const shaky = speak(pipeline, 'shaky').continueOnFailure();
    three(pipeline, 'reads', shaky.output);
    speak(pipeline, 'after').after(shaky);
    speak(pipeline, 'on-failure').after(shaky.failed);
    const loop = new ParallelFor(pipeline, 'loop', { items: [1, 2] }).continueOnFailure();
    twice(loop, 'double', loop.item);
    speak(pipeline, 'after-loop').after(loop);
    const handler = new ExitHandler(pipeline, 'handler');
    speak(handler, 'leaf').continueOnFailure();
    onExit(handler, 'done');
  });

  test('is a condition, and a task that ends the DAG well, in the manifest', () => {
    const { depends } = manifest(build);
    expect(shown([depends(), depends('handler-handler')])).toMatchInlineSnapshot(`
"- shaky: ""
  shaky--gate: shaky--done.Succeeded
  shaky--done: shaky.Succeeded || shaky.Failed || shaky.Errored
  shaky--failed: shaky.Failed || shaky.Errored
  reads: shaky--done.Succeeded
  after: shaky--done.Succeeded
  on-failure: shaky--failed.Succeeded
  loop: ""
  loop--done: loop.Succeeded || loop.Failed || loop.Errored
  after-loop: loop--done.Succeeded
  handler: ""
- handler-leaf: ""
  handler-leaf--done: handler-leaf.Succeeded || handler-leaf.Failed || handler-leaf.Errored
"
`);
  });

  test('leaves the run as the rest of it is here', async () => {
    const { run, ran, given } = await here(build, { fails: ['shaky', 'loop-double[0]', 'handler-leaf'] });
    expect(run.state).toBe('Succeeded');
    expect(given.reads).toEqual({});
    expect(ran).toEqual(expect.arrayContaining(['after', 'on-failure', 'after-loop', 'loop-double[1]']));
    expect(given['handler-done'].status).toMatchObject({ state: 'SUCCEEDED' });
    expect(run.groups.loop?.state).toBe('Failed');
    const fine = await here(build);
    expect(fine.given.reads).toEqual({ text: 'shaky' });
    expect(fine.ran).not.toContain('on-failure');
  });
});

describe('an approval', () => {
  const build: Build = (ml) => {
    const pipeline = new Pipeline(ml, 'flow', { parameters: { on: bool(true) } });
    const message = text`Deploy ${twice(pipeline, 'x', 4).output}?`;
    const approval = new Approval(pipeline, 'go-live', { message, timeout: Duration.hours(1) });
    const deploy = speak(pipeline, 'deploy').after(approval);
    speak(pipeline, 'after-deploy').after(deploy);
    speak(pipeline, 'decision', approval.decision);
    speak(pipeline, 'refused').after(approval.skipped);
    speak(pipeline, 'whichever').after(approval.ended);
    speak(new If(pipeline, 'if', { condition: approval.approved }), 'say');
    // One that may itself not be reached.
    const late = new Approval(pipeline, 'late').after(deploy);
    speak(pipeline, 'late-decision', late.decision);
    const loop = new ParallelFor(pipeline, 'loop', { items: ['a', 'b'] });
    const each = new Approval(loop, 'each', { message: text`${loop.item}` });
    speak(loop, 'say', loop.item).after(each);
    return pipeline;
  };

  test('is a suspended template in the manifest, and gates what asks that it was given', () => {
    const { yaml, depends, task } = manifest(build);
    expect(yaml('approval-go-live', 'approval-late')).toMatchInlineSnapshot(`
"- name: approval-go-live
  inputs:
    parameters:
      - name: message
      - name: decision
        default: rejected
        enum:
          - approved
          - rejected
  outputs:
    parameters:
      - name: decision
        valueFrom:
          supplied: {}
          default: timed-out
  suspend:
    duration: "3600"
- name: approval-late
  inputs:
    parameters:
      - name: decision
        default: rejected
        enum:
          - approved
          - rejected
  outputs:
    parameters:
      - name: decision
        valueFrom:
          supplied: {}
          default: timed-out
  suspend: {}
"
`);
    expect(shown(depends())).toMatchInlineSnapshot(`
"x: ""
go-live: x.Succeeded
go-live--approved: go-live.Succeeded
go-live--gate: go-live--approved.Succeeded
deploy: go-live--approved.Succeeded
after-deploy: deploy.Succeeded
decision: go-live.Succeeded
refused: go-live--approved.Skipped || go-live--approved.Omitted
whichever: go-live.Succeeded || go-live.Failed || go-live.Errored || go-live.Omitted
if: go-live.Succeeded
late: deploy.Succeeded
late-decision: late.Succeeded
loop: ""
"
`);
    expect(shown(task('main', 'go-live--approved').when)).toMatchInlineSnapshot(`
""{{=tasks['go-live'].outputs.parameters['decision'] == 'approved'}}"
"
`);
    expect(task('each-loop', 'loop-say').depends).toBe('loop-each--approved.Succeeded');
  });

  test.each<[string, readonly string[]]>([
    ['approved', ['after-deploy', 'decision', 'deploy', 'if-say', 'late-decision', 'whichever', 'x']],
    ['rejected', ['decision', 'refused', 'whichever', 'x']],
    ['timed-out', ['decision', 'refused', 'whichever', 'x']],
  ])('that is %s runs what waits for that here', async (decision, expected) => {
    const approvals = { 'go-live': decision, late: 'rejected', 'loop-each[0]': 'approved', 'loop-each': 'rejected' };
    const { run, ran, given } = await here(build, { approvals });
    expect(run.state).toBe('Succeeded');
    expect(ran.filter((key) => !key.startsWith('loop')).sort()).toEqual(expected);
    expect(given.decision).toEqual({ text: decision });
    expect(run.groups['go-live']).toMatchObject({ decision, state: decision === 'approved' ? 'Succeeded' : 'Skipped' });
    expect(ran.filter((key) => key.startsWith('loop'))).toEqual(['loop-say[0]']);
  });

  test('gates what waits for it further in', async () => {
    const nested: Build = (ml) => {
      const pipeline = new Pipeline(ml, 'flow');
      const approval = new Approval(pipeline, 'ask');
      const handler = new ExitHandler(pipeline, 'handler');
      const branch = new If(handler, 'if', { condition: approval.decision.ne('timed-out') });
      speak(new ParallelFor(branch, 'loop', { items: ['a'] }), 'deploy').after(approval);
      new OnExit(handler, 'exit', { component: python('say'), inputs: { text: 'exit' } });
      speak(new If(pipeline, 'whatever', { condition: approval.decision.ne('timed-out') }), 'say');
      return pipeline;
    };
    expect(manifest(nested).depends()).toEqual({
      ask: '',
      'ask--approved': 'ask.Succeeded',
      handler: 'ask--approved.Succeeded',
      whatever: 'ask.Succeeded',
    });
    const ran = async (ask: 'approved' | 'rejected') => (await here(nested, { approvals: { ask } })).ran.sort();
    expect(await ran('approved')).toEqual(['handler-exit', 'handler-if-loop-deploy[0]', 'whatever-say']);
    expect(await ran('rejected')).toEqual(['whatever-say']);
  });

  test('is refused here where nobody decides', async () => {
    await expect(here(build, { approvals: { 'go-live': 'approved', late: 'approved' } })).rejects.toThrow('loop-each');
  });
});

describe('a check', () => {
  const build: Build = (ml) => {
    const pipeline = new Pipeline(ml, 'flow', {
      parameters: { rows: int(5), name: str("it's {{x}}"), on: bool(true) },
    });
    const { rows, name, on } = pipeline.parameters;
    const value = twice(pipeline, 'value', rows);
    const check = new Check(pipeline, 'quality', {
      rules: {
        'enough rows': value.output.gte(10).and(on),
        'a known name': name.in(["it's {{x}}", 'b']).or(rows.gt(100)),
        'not {{odd}}': rows.eq(7).not(),
      },
    });
    speak(pipeline, 'after').after(check);
    return pipeline;
  };

  test('is one task, whose rules are one dict, in the manifest', () => {
    const { depends, task } = manifest(build);
    expect(depends()).toEqual({ value: '', quality: 'value.Succeeded', after: 'quality.Succeeded' });
    expect(shown(argumentsOf(task('main', 'quality')))).toMatchInlineSnapshot(`
"rules: "{{=encoded(toJson({ 'enough rows': { 'holds': int(tasks['value'].outputs.parameters['Output']) >= 10 && workflow.parameters['on'] == 'true', 'says': '(value >= 10) and (on)', 'seen': 'value' + ' is ' + string(int(tasks['value'].outputs.parameters['Output'])) + ', ' + 'on' + ' is ' + string(workflow.parameters['on'] == 'true') }, 'a known name': { 'holds': (workflow.parameters['name'] startsWith 'json:' ? fromJSON(workflow.parameters['name'][5:]) : workflow.parameters['name']) in ['it\\\\'s {' + '{x}' + '}', 'b'] || int(workflow.parameters['rows']) > 100, 'says': '(name in [\\"it\\\\'s {' + '{x}' + '}\\",\\"b\\"]) or (rows > 100)', 'seen': 'name' + ' is ' + (workflow.parameters['name'] startsWith 'json:' ? fromJSON(workflow.parameters['name'][5:]) : workflow.parameters['name']) + ', ' + 'rows' + ' is ' + string(int(workflow.parameters['rows'])) }, ('not {' + '{odd}' + '}'): { 'holds': !(int(workflow.parameters['rows']) == 7), 'says': 'not (rows == 7)', 'seen': 'rows' + ' is ' + string(int(workflow.parameters['rows'])) } }))}}"
"
`);
  });

  test('passes, or names all broken rules with what they saw, here', async () => {
    expect((await here(build)).ran).toEqual(['value', 'after']);
    const { run } = await here(build, { arguments: { rows: 2, name: 'c' } });
    expect(run.state).toBe('Failed');
    expect(run.tasks.quality?.error).toMatchInlineSnapshot(
      `"RuleBroken: a known name: (name in ["it's { {x}}","b"]) or (rows > 100) (name is c, rows is 2); enough rows: (value >= 10) and (on) (value is 4, on is true)"`,
    );
    expect(run.tasks.after?.state).toBe('Omitted');
  });
});

describe('a pipeline as a component', () => {
  /** Gives on an optional parameter, a default and a required one, through two levels. */
  const build: Build = (ml) => {
    const inner = new Pipeline(ml, 'inner', {
      standalone: false,
      parameters: { data: Dataset, note: optional(str()), word: str('inner word'), model: optional(Model) },
      outputs: { text: str(), data: Dataset },
    });
    const { data, note, word } = inner.parameters;
    const said = three(inner, 'three', note);
    const copied = make(inner, 'make', new Task(inner, 'read', { component: python('read'), inputs: { data } }).output);
    speak(inner, 'word', word);
    inner.returns({ text: said.output, data: copied.outputs.data });

    const middle = new Pipeline(ml, 'middle', {
      standalone: false,
      parameters: { data: Dataset, note: optional(str()) },
      outputs: { text: str(), data: Dataset },
    });
    const call = new SubPipeline(middle, 'call', {
      pipeline: inner,
      inputs: { data: middle.parameters.data, note: middle.parameters.note },
    });
    middle.returns({ text: call.outputs.text, data: call.outputs.data });
    onExit(middle, 'end', 'middle');

    const pipeline = new Pipeline(ml, 'flow', {
      parameters: { note: optional(str()), on: bool(true) },
      outputs: { text: str(), texts: listOf(str()), data: Dataset },
    });
    const { note: given, on } = pipeline.parameters;
    const rows = make(pipeline, 'rows').outputs.data;
    const first = new SubPipeline(pipeline, 'first', { pipeline: middle, inputs: { data: rows } });
    new SubPipeline(pipeline, 'null', { pipeline: middle, inputs: { data: first.outputs.data, note: null } });
    new SubPipeline(pipeline, 'given', { pipeline: middle, inputs: { data: rows, note: given } });
    const loop = new ParallelFor(pipeline, 'loop', { items: ['', '{{x}}'] });
    const each = new SubPipeline(loop, 'call', { pipeline: middle, inputs: { data: rows, note: loop.item } });
    const branch = new If(pipeline, 'branch', { condition: on });
    const taken = new SubPipeline(branch, 'call', { pipeline: inner, inputs: { data: rows, word: 'w' } });
    const other = speak(branch.else('other'), 'say', 'other');
    pipeline.returns({
      text: oneOf(taken.outputs.text, other.output),
      texts: loop.collect(each.outputs.text),
      data: first.outputs.data,
    });
    return pipeline;
  };

  test('stands in the manifest once, with parameters as inputs', () => {
    const { names, yaml, task, templates } = manifest(build);
    expect(names.filter((name) => name.startsWith('pipeline-'))).toEqual(['pipeline-middle', 'pipeline-inner']);
    expect(yaml('pipeline-middle', 'body-middle')).toMatchInlineSnapshot(`
"- name: pipeline-middle
  inputs:
    parameters:
      - name: data
      - name: note
        default: "json:"
  outputs:
    parameters:
      - name: text
        valueFrom:
          parameter: "{{tasks.middle.outputs.parameters.text}}"
          default: "json:"
      - name: data
        valueFrom:
          parameter: "{{tasks.middle.outputs.parameters.data}}"
          default: "json:"
  dag:
    failFast: false
    tasks:
      - name: middle
        template: body-middle
        arguments:
          parameters:
            - name: data
              value: "{{inputs.parameters.data}}"
            - name: note
              value: "{{inputs.parameters.note}}"
        hooks:
          exit:
            template: final
            arguments:
              parameters:
                - name: status
                  value: "{{=encoded(finalStatus(tasks['middle']))}}"
                - name: note
                  value: middle
- name: body-middle
  inputs:
    parameters:
      - name: data
      - name: note
  outputs:
    parameters:
      - name: text
        valueFrom:
          parameter: "{{tasks.call.outputs.parameters.text}}"
          default: "json:"
      - name: data
        valueFrom:
          parameter: "{{tasks.call.outputs.parameters.data}}"
          default: "json:"
  dag:
    failFast: false
    tasks:
      - name: call
        template: pipeline-inner
        arguments:
          parameters:
            - name: data
              value: "{{inputs.parameters.data}}"
            - name: note
              value: "{{inputs.parameters.note}}"
"
`);
    expect(shown(templates['pipeline-inner'].inputs)).toMatchInlineSnapshot(`
"parameters:
  - name: data
  - name: note
    default: "json:"
  - name: word
    default: inner word
  - name: model
    default: "json:"
"
`);
    expect(argumentsOf(task('main', 'first'))).toEqual({ data: '{{tasks.rows.outputs.parameters.data}}' });
    expect(argumentsOf(task('main', 'null'))).toMatchObject({ note: 'json:null' });
    expect(shown(templates.main.outputs)).toMatchInlineSnapshot(`
"parameters:
  - name: text
    valueFrom:
      parameter: "{{tasks.branch.outputs.parameters.branch--text-or-Output}}"
      default: "json:"
  - name: texts
    valueFrom:
      parameter: "{{tasks.loop.outputs.parameters.loop-call--text}}"
      default: "json:"
  - name: data
    valueFrom:
      parameter: "{{tasks.first.outputs.parameters.data}}"
      default: "json:"
"
`);
  });

  test('keeps absent, null and a value apart here, through pipelines in pipelines', async () => {
    const { run, given } = await here(build);
    expect(run.state).toBe('Succeeded');
    const note = (key: string) => given[`${key}/call/three`];
    expect(note('first')).toEqual({});
    expect(note('null')).toEqual({ text: null });
    expect(note('given')).toEqual({});
    expect(note('loop-call[0]')).toEqual({ text: '' });
    expect(note('loop-call[1]')).toEqual({ text: '{{x}}' });
    expect(given['first/call/word']).toEqual({ text: 'inner word' });
    expect(given['branch-call/word']).toEqual({ text: 'w' });
    expect(given['given/end'].status).toMatchObject({ state: 'SUCCEEDED', pipelineTaskName: 'middle' });
    expect(run.outputs).toEqual({ text: 'the default', texts: ['', '{{x}}'] });
    expect(read(run.artifacts.data)).toBe('rows');
    expect((await here(build, { arguments: { note: 'a' } })).given['given/call/three']).toEqual({ text: 'a' });
    expect((await here(build, { arguments: { note: null } })).given['given/call/three']).toEqual({ text: null });
    const other = await here(build, { arguments: { on: false } });
    expect(other.run.outputs).toMatchObject({ text: 'other' });
    expect(other.run.groups['branch-call']).toMatchObject({ state: 'Skipped' });
  });

  test('fails with a task in it, and has no outputs then', async () => {
    const { run, given } = await here(build, { fails: ['first/call/make'] });
    expect(run.state).toBe('Failed');
    expect(run.groups).toMatchObject({ 'first/call': { state: 'Failed' }, first: { state: 'Failed' } });
    expect(given['first/end'].status).toMatchObject({
      state: 'FAILED',
      error: { message: 'first/call/make: no first/call/make' },
    });
    expect(run.groups.null).toMatchObject({ state: 'Omitted' });
    expect(run.groups.given).toMatchObject({ state: 'Succeeded' });
  });

  test('may not return what exists inside of a branch or a loop only', () => {
    const returning =
      (value: (pipeline: Any) => Any): Build =>
      (ml) => {
        const pipeline = new Pipeline(ml, 'flow', { parameters: { on: bool(true) }, outputs: { text: str() } });
        pipeline.returns({ text: value(pipeline) });
        return pipeline;
      };
    const inBranch = (p: Any) => speak(new If(p, 'if', { condition: p.parameters.on }), 'say').output;
    const inLoop = (p: Any) => speak(new ParallelFor(p, 'loop', { items: [1] }), 'say').output;
    expect([codes(returning(inBranch)), codes(returning(inLoop))]).toMatchInlineSnapshot(`
[
  [
    "KFP1220",
  ],
  [
    "KFP1220",
  ],
]
`);
  });
});

// ── What ran on a real engine, with real Python ───────────────────────────────────────────────────────────────────────

/** States and outputs of tasks, and what went wrong. */
function results(run: LocalRun, ...without: readonly string[]) {
  const tasks = Object.entries(run.tasks).filter(([key]) => !without.includes(key));
  const rows = tasks.map(([key, { state, outputs, error }]) => {
    const values = Object.values(outputs).map((value) => JSON.stringify(value).replaceAll(run.name, 'RUN'));
    return `${key}: ${[state, ...values, ...(error === undefined ? [] : [error])].join(' | ')}`;
  });
  return rows.sort().join('\n');
}

test('all control flow runs here as it runs on the engine', async () => {
  const { pipeline } = new ControlFlow(Testing.app(), 'flow');
  const run = await runLocally(pipeline, { approvals: { 'go-live': 'approved' }, store });
  expect(run.state).toBe('Succeeded');
  expect(results(run)).toMatchInlineSnapshot(`
"after-shaky: Succeeded | "'the default'"
again-fit[0]/note: Succeeded | "'a {{note}}'"
again-fit[0]/read: Succeeded | "medium"
again-fit[0]/train: Succeeded | 1.5
again-fit[1]/note: Succeeded | "'a {{note}}'"
again-fit[1]/read: Succeeded | "medium"
again-fit[1]/train: Succeeded | 2.5
best-of-calls: Succeeded | "sub 1.5 -1|sub 2.5 -1 [1.5, 2.5]"
best: Succeeded | "it's {{workflow.uid}} $(HOME) \\"q\\" 0.1 0|b 1.0 1|c 2.5 2 [0.1, 1, 2.5]"
by-config-say[0]: Succeeded | "it's {{workflow.uid}} $HOME"
by-config-say[1]: Succeeded | "b"
configs: Succeeded | [{"lr":0.5,"name":"it's {{workflow.uid}} $HOME"},{"lr":1,"name":"b"}]
decision: Succeeded | "approved"
deploy: Succeeded | "deployed"
each-model-read[0]: Succeeded | "it's {{workflow.uid}} $(HOME) \\"q\\" 0.1 0"
each-model-read[1]: Succeeded | "b 1.0 1"
each-model-read[2]: Succeeded | "c 2.5 2"
few-small: Skipped
first/note: Succeeded | "'the default'"
first/read: Succeeded | "medium"
first/train: Succeeded | 0.25
many-big: Skipped
never: Omitted
note: Succeeded | "'the default'"
numbers: Succeeded | [0,1,2]
on-shaky: Succeeded | "it failed"
outer-inner-positive-double[0][0]: Skipped
outer-inner-positive-double[0][1]: Succeeded | 2
outer-inner-positive-double[0][2]: Succeeded | 4
outer-inner-positive-double[1][0]: Skipped
outer-inner-positive-double[1][1]: Succeeded | 2
outer-inner-positive-double[1][2]: Succeeded | 4
picked: Succeeded | "medium"
quality: Succeeded
read-all: Succeeded | "['it\\\\'s {{workflow.uid}} $(HOME) \\"q\\" 0.1 0', 'b 1.0 1', 'c 2.5 2']"
search-train[0]: Succeeded | 0.1
search-train[1]: Succeeded | 1
search-train[2]: Succeeded | 2.5
shaky: Failed | ValueError: allowed
show-nested: Succeeded | "[[2, 4], [2, 4]]"
show-none: Succeeded | "[]"
show-said: Succeeded | "[\\"it's {{workflow.uid}} $HOME\\", 'b']"
some-guard-done: Succeeded | "SUCCEEDED some-guard  count 3"
some-guard-medium: Succeeded
tidy-up/say: Succeeded | "run RUN"
tune[0]/step: Succeeded | 1 | false
tune[1]/step: Succeeded | 2 | false
tune[2]/step: Succeeded | 3 | true"
`);
  expect(run.outputs).toEqual({
    picked: 'medium',
    nested: [
      [2, 4],
      [2, 4],
    ],
  });
});

test('what fails fails here as on the engine', async () => {
  const { failing } = new FailingFlow(Testing.app(), 'flow');
  const run = await runLocally(failing, { store });
  expect(run.state).toBe('Failed');
  // In the order in which they failed.
  const messages = String(run.tasks.end!.outputs.Output).replace(/^FAILED failing-flow | run$/g, '');
  expect(messages.split('; ').sort()).toEqual([
    'guarded/fail: ValueError: in a call',
    'loop-each-fail[0]: ValueError: item',
    'quality: RuleBroken: never true: one > 5 (one is 2)',
    'scope-fail: ValueError: a { {workflow.uid}}',
  ]);
  expect(results(run, 'end')).toMatchInlineSnapshot(`
"after-call: Omitted
after-check: Omitted
beside-loop: Succeeded | "independent"
guarded/fail: Failed | ValueError: in a call
guarded/report: Succeeded | "FAILED guarded guarded/fail: ValueError: in a call in a call"
ignoring: Succeeded | "FAILED scope scope-fail: ValueError: a { {workflow.uid}} "
loop-each-done[0]: Succeeded | "FAILED loop-each loop-each-fail[0]: ValueError: item "
loop-each-done[1]: Succeeded | "SUCCEEDED loop-each  "
loop-each-fail[0]: Failed | ValueError: item
loop-each-fail[1]: Succeeded | "item"
of-loop: Omitted
omitted: Omitted
one: Succeeded | 2
quality: Failed | RuleBroken: never true: one > 5 (one is 2)
rescue: Succeeded | "rescued"
scope-fail: Failed | ValueError: a { {workflow.uid}}
scope-final: Succeeded | "FAILED scope scope-fail: ValueError: a { {workflow.uid}} handler"
whatever: Succeeded | "'the default'""
`);
});

test('what is tolerated is tolerated here as on the engine', async () => {
  const { tolerant } = new FailingFlow(Testing.app(), 'flow');
  const shout: Stub = ({ inputs }) => ({ loud: inputs.word.toUpperCase() });
  const run = await runLocally(tolerant, { approvals: { late: 'timed-out' }, stubs: { shout }, store });
  expect(run.state).toBe('Succeeded');
  expect(results(run)).toMatchInlineSnapshot(`
"after-shaky: Succeeded | "went on"
bounded[0]/step: Succeeded | 1 | false
bounded[1]/step: Succeeded | 2 | false
leaf: Failed | ValueError: a leaf
loud: Succeeded | "['A {{B}}', 'QUIET']"
nothing: Succeeded | " []"
shaky-fail[0]: Failed | ValueError: fine
shaky-fail[1]: Succeeded | "fine"
too-late: Omitted
twice: Succeeded | 4
was: Succeeded | "timed-out"
word: Succeeded | "TIMED-OUT"
words-is-a-a[0]: Succeeded | "A {{B}}"
words-is-a-a[1]: Skipped
words-is-b-b[0]: Skipped
words-is-b-b[1]: Succeeded | "QUIET""
`);
  expect(run.outputs).toEqual({ echo: 'quiet', name: run.name, loud: 'TIMED-OUT' });
});
