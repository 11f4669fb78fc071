import { Chart, Testing } from 'cdk8s';
import { ContainerComponent, Dataset, If, int, Pipeline, str, Task, text, type Value } from 'cdk8s-kfp';
import fc from 'fast-check';
import { isDnsLabel } from '../src/graph/names';
import { subexpressions } from '../src/graph/walk';
import { synth } from './synth';

// biome-ignore lint/suspicious/noExplicitAny: manifests are read by path
type Any = any;

/** A random pipeline as data: each task reads earlier tasks of its own or outer scopes, by index. */
interface Plan {
  readonly component: number;
  readonly reads: readonly number[];
  readonly words: string;
  readonly after: number | undefined;
  readonly branch: { readonly bodies: readonly (readonly Plan[])[]; readonly otherwise: boolean } | undefined;
}

const nastyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '{{workflow.uid}}',
    '{{=1+1}}',
    '$(HOME)',
    '$$',
    'json:',
    'json:null',
    '[',
    '{',
    "it's",
    '{{{',
    '}}',
    '\n',
    '`',
  ),
  fc
    .array(fc.constantFrom('{', '}', '$', '(', ')', "'", '"', '\\', '=', 'json:', '[', ' '), { maxLength: 12 })
    .map((parts) => parts.join('')),
);

const plan: fc.Memo<Plan> = fc.memo((depth) =>
  fc.record({
    component: fc.nat(2),
    reads: fc.array(fc.nat(20), { maxLength: 3 }),
    words: nastyText,
    after: fc.option(fc.nat(20), { nil: undefined }),
    branch:
      depth <= 1
        ? fc.constant(undefined)
        : fc.option(
            fc.record({
              bodies: fc.array(fc.array(plan(depth - 1), { minLength: 1, maxLength: 3 }), {
                minLength: 1,
                maxLength: 3,
              }),
              otherwise: fc.boolean(),
            }),
            { nil: undefined },
          ),
  }),
);

const plans = fc.array(plan(3), { minLength: 1, maxLength: 6 });

const components = ['one', 'two', 'three'].map(
  (name) =>
    new ContainerComponent({
      name,
      image: 'x:1',
      inputs: { words: str(''), count: int(0) },
      outputs: { data: Dataset, count: int(), words: str() },
      command: ['x'],
      args: ({ inputs }) => [inputs.words, inputs.count],
    }),
);

type Made = Task<Any, { readonly count: Value<Any>; readonly words: Value<string> }, Any>;

function build(list: readonly Plan[]): Pipeline<{ words: ReturnType<typeof someText> }> {
  const chart = new Chart(Testing.app(), 'chart');
  const pipeline = new Pipeline(chart, 'p', { parameters: { words: someText() } });
  grow(pipeline, pipeline, list, [], 't');
  return pipeline;
}

function grow(pipeline: Pipeline<Any>, scope: Any, list: readonly Plan[], visible: Made[], prefix: string): void {
  const seen = [...visible];
  list.forEach((each, index) => {
    const pick = (at: number) => (seen.length === 0 ? undefined : seen[at % seen.length]);
    const [first, second] = each.reads.map(pick);
    const words = second ? text`${each.words}${second.outputs.words}${(pipeline.parameters as Any).words}` : each.words;
    const task: Made = new Task(scope, `${prefix}${index}`, {
      component: components[each.component]!,
      inputs: { words, ...(first && { count: first.outputs.count }) },
    });
    const earlier = each.after === undefined ? undefined : pick(each.after);
    if (earlier) task.after(earlier);
    seen.push(task);
    if (!each.branch) return;
    const { bodies, otherwise } = each.branch;
    const condition = (at: number) => task.outputs.count.gt(at).and(task.outputs.words.ne(each.words).not());
    const chain = new If(scope, `${prefix}${index}if0`, { condition: condition(0) });
    bodies.forEach((body, at) => {
      const last = at > 0 && at === bodies.length - 1 && otherwise;
      const branch =
        at === 0
          ? chain
          : last
            ? chain.else(`${prefix}${index}else`)
            : chain.elif(`${prefix}${index}if${at}`, { condition: condition(at) });
      grow(pipeline, branch, body, seen, 'i');
    });
  });
}

function someText() {
  return str('{{x}}');
}

const templatesOf = (pipeline: Pipeline<Any>): Any[] =>
  synth(Chart.of(pipeline)).find(({ kind }) => kind === 'WorkflowTemplate').spec.templates;

// What conformance records is the same each time; everywhere else, each run tries other pipelines.
if (process.env.CDK8S_KFP_RECORD) fc.configureGlobal({ seed: 1 });

describe('for every pipeline', () => {
  test('synth gives the same text twice, from the same code', () => {
    fc.assert(
      fc.property(plans, (list) => {
        expect(JSON.stringify(templatesOf(build(list)))).toBe(JSON.stringify(templatesOf(build(list))));
      }),
      { numRuns: 60 },
    );
  });

  test('every reference resolves: templates, inputs, tasks and what they depend on', () => {
    fc.assert(
      fc.property(plans, (list) => {
        const templates = templatesOf(build(list));
        const byName = new Map(templates.map((template) => [template.name, template]));
        expect(byName.size).toBe(templates.length);
        for (const { inputs, dag } of templates) {
          if (!dag) continue;
          const names = dag.tasks.map((task: Any) => task.name);
          expect(new Set(names).size).toBe(names.length);
          const given = new Set((inputs?.parameters ?? []).map((parameter: Any) => parameter.name));
          for (const task of dag.tasks) {
            expect(isDnsLabel(task.name)).toBe(true);
            const called = byName.get(task.template);
            const passed = (task.arguments?.parameters ?? []).map((parameter: Any) => parameter.name);
            const declared = (called.inputs?.parameters ?? []) as Any[];
            expect(declared.map(({ name }) => name)).toEqual(expect.arrayContaining(passed));
            // What has no default is passed.
            expect(passed).toEqual(
              expect.arrayContaining(declared.filter((each) => each.default === undefined).map(({ name }) => name)),
            );
            const upstream = (task.depends ?? '')
              .split(' && ')
              .filter(Boolean)
              .map((each: string) => each.replace('.Succeeded', ''));
            expect(names).toEqual(expect.arrayContaining(upstream));
            const body = JSON.stringify([task.when, task.arguments]);
            for (const [, name] of body.matchAll(/tasks(?:\.|\[')([-a-z0-9]+)/g)) expect(upstream).toContain(name);
            for (const [, name] of body.matchAll(/inputs\.parameters(?:\.|\[')([-\w]+)/g))
              expect(given).toContain(name);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('no text of a user can be expanded', () => {
    fc.assert(
      fc.property(plans, (list) => {
        for (const { dag } of templatesOf(build(list))) {
          for (const task of dag?.tasks ?? []) {
            for (const value of [
              task.when,
              ...(task.arguments?.parameters ?? []).map((parameter: Any) => parameter.value),
            ]) {
              if (value === undefined) continue;
              // Either one tag of the library's from end to end, or text without any.
              if (/^\{\{(=[\s\S]*|[-\w.]+)\}\}$/.test(value)) expect(value.slice(2, -2)).not.toMatch(/\{\{|\}\}/);
              else expect(value).not.toMatch(/\{\{|\$/);
            }
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('one task more adds lines and changes none', () => {
    fc.assert(
      fc.property(plans, (list) => {
        const extra: Plan = { component: 0, reads: [0], words: 'x', after: undefined, branch: undefined };
        const lines = (pipeline: Pipeline<Any>) =>
          JSON.stringify(templatesOf(pipeline), null, 1)
            .split('\n')
            .map((line) => line.replace(/,$/, ''));
        const [before, after] = [lines(build(list)), lines(build([...list, extra]))];
        // `before` is a subsequence of `after`.
        let at = 0;
        for (const line of after) if (at < before.length && line === before[at]) at++;
        expect(at).toBe(before.length);
      }),
      { numRuns: 60 },
    );
  });

  test('the graph is plain data, and every output that is read belongs to a task of it', () => {
    fc.assert(
      fc.property(plans, (list) => {
        const { graph } = build(list);
        expect(JSON.parse(JSON.stringify(graph))).toEqual(graph);
        const ids = new Set<string>();
        const read: string[] = [];
        const visit = (nodes: Any) => {
          for (const node of nodes) {
            if (node.kind === 'task') {
              ids.add(node.id);
              for (const expression of Object.values(node.inputs)) {
                for (const part of subexpressions(expression as Any)) if (part.kind === 'output') read.push(part.task);
              }
            } else for (const branch of node.branches) visit(branch.body.nodes);
          }
        };
        visit(graph.root.nodes);
        for (const id of read) expect(ids).toContain(id);
      }),
      { numRuns: 60 },
    );
  });
});
