import * as fs from 'node:fs';
import * as path from 'node:path';
import { type App, Chart, Cron, Duration, Size, Testing } from 'cdk8s';
import {
  Approval,
  bool,
  Check,
  ContainerComponent,
  Dataset,
  dict,
  ExitHandler,
  Experiment,
  float,
  If,
  int,
  list,
  listOf,
  Metrics,
  Model,
  OnExit,
  OnExitPipeline,
  oneOf,
  optional,
  ParallelFor,
  Pipeline,
  type PipelineProps,
  PythonComponent,
  RecurringRun,
  RepeatUntil,
  Run,
  Runner,
  SubPipeline,
  str,
  Task,
  text,
  type Value,
} from 'cdk8s-kfp';
import { Construct } from 'constructs';

// biome-ignore lint/suspicious/noExplicitAny: what the compiler would refuse is what these tests are about
type Any = any;

const make = new ContainerComponent({
  name: 'make',
  image: 'make:1',
  inputs: { rows: int(3), label: str('x', { choices: ['x', 'y'] }) },
  outputs: { data: Dataset, scores: Metrics, count: int(), word: str() },
  command: ['make'],
});
const use = new ContainerComponent({
  name: 'use',
  image: 'use:1',
  inputs: { data: Dataset, lr: float(), options: dict({}) },
  outputs: { model: Model },
  command: ['use'],
});
const say = new ContainerComponent({ name: 'say', image: 'say:1', inputs: { words: str() }, command: ['say'] });

const maybe = new ContainerComponent({
  name: 'maybe',
  image: 'maybe:1',
  inputs: { words: optional(str()), count: optional(int()), counts: optional(list()), data: optional(Dataset) },
  outputs: { good: bool(), counts: listOf(int()), ratio: float(), words: str() },
  command: ['maybe'],
});
const pick = new ContainerComponent({
  name: 'pick',
  image: 'pick:1',
  inputs: { names: listOf(str()), models: optional(listOf(Model)) },
  command: ['pick'],
});

/** One literal of each type. */
const VALUES: Readonly<Record<string, unknown>> = { text: 'x', ratio: 1, flag: true, items: [], conf: {} };

/** The error of synthesising a chart that holds one pipeline, as cdk8s reports it. */
function errorOf(build: (pipeline: Pipeline, chart: Chart) => void, props: PipelineProps<Any> = {}): string {
  const app = Testing.app();
  const chart = new Chart(app, 'ml');
  build(new Pipeline(chart, 'train', props) as Pipeline, chart);
  return errorOfApp(app);
}

function errorOfApp(app: App): string {
  try {
    app.synthYaml();
  } catch (error) {
    return (error as Error).message
      .replace('Validation failed with the following errors:\n', '')
      .replace(/diagnostics\.test\.ts:\d+/g, 'diagnostics.test.ts:LINE');
  }
  return 'no error';
}

describe('what a pipeline reads', () => {
  test('an output of a branch, outside of it', () => {
    const error = errorOf((pipeline) => {
      const made = new Task(pipeline, 'make', { component: make });
      const many = new If(pipeline, 'many', { condition: made.outputs.count.gt(3) });
      const inside = new Task(many, 'again', { component: make });
      const few = many.else('few');
      new Task(few, 'say', { component: say, inputs: { words: inside.outputs.word } });
      new Task(pipeline, 'leak', { component: say, inputs: { words: inside.outputs.word } });
      new If(pipeline, 'odd', { condition: inside.outputs.count.eq(1) }).node.addMetadata('x', 'y');
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1201 [ml/train/odd] the branch has no task
    at test/diagnostics.test.ts:LINE
    mend: create a Task under it, or leave the branch out
  [ml/train] KFP1220 [ml/train/few/say] the input 'words' reads 'ml/train/many/again.word' from outside the branch that produces it
    at test/diagnostics.test.ts:LINE
    mend: create the reader in the same branch, or join what the branches give with oneOf(…): outside of it, the task may not have run
  [ml/train] KFP1220 [ml/train/leak] the input 'words' reads 'ml/train/many/again.word' from outside the branch that produces it
    at test/diagnostics.test.ts:LINE
    mend: create the reader in the same branch, or join what the branches give with oneOf(…): outside of it, the task may not have run
  [ml/train] KFP1220 [ml/train/odd] the condition reads 'ml/train/many/again.count' from outside the branch that produces it
    at test/diagnostics.test.ts:LINE
    mend: create the reader in the same branch, or join what the branches give with oneOf(…): outside of it, the task may not have run"
`);
  });

  test('an output and an order of another pipeline', () => {
    const error = errorOf((pipeline, chart) => {
      const other = new Pipeline(chart, 'other');
      const made = new Task(other, 'make', { component: make });
      new Task(pipeline, 'say', { component: say, inputs: { words: made.outputs.word } });
      new Task(pipeline, 'after', { component: make }).after(made);
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1221 [ml/train/say] the input 'words' reads 'word' of 'ml/other/make', which is not a task of this pipeline
    at test/diagnostics.test.ts:LINE
    mend: create the producing task under the same Pipeline, or return the value from its own
  [ml/train] KFP1221 [ml/train/after] runs after 'ml/other/make', which is not a task of this pipeline
    at test/diagnostics.test.ts:LINE
    mend: order tasks of one pipeline only"
`);
  });

  test('a parameter of another pipeline', () => {
    const error = errorOf(
      (pipeline, chart) => {
        const other = new Pipeline(chart, 'other', { parameters: { word: str('x') } });
        new Task(other, 'make', { component: make });
        new Task(pipeline, 'say', { component: say, inputs: { words: text`${other.parameters.word}!` } });
      },
      { parameters: { words: str('y') } },
    );
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1222 [ml/train/say] the input 'words' reads the parameter 'word', which this pipeline does not have
    at test/diagnostics.test.ts:LINE
    mend: did you mean 'words'?"
`);
  });

  test('outputs of tasks in the exit task, and of the exit task in tasks', () => {
    const error = errorOf((pipeline) => {
      const made = new Task(pipeline, 'make', { component: make });
      const exit = new OnExit(pipeline, 'exit', { component: make, inputs: { rows: made.outputs.count } });
      new Task(pipeline, 'say', { component: say, inputs: { words: exit.outputs.word } });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1223 [ml/train/say] the input 'words' reads 'word' of the exit task 'ml/train/exit'
    at test/diagnostics.test.ts:LINE
    mend: nothing can run after an exit task
  [ml/train] KFP1223 [ml/train/exit] the input 'rows' reads 'ml/train/make.count' in the exit task, where it may not exist
    at test/diagnostics.test.ts:LINE
    mend: give the exit task parameters, facts of the run, the final status, a loop's item, or what was there before the branch or loop around it"
`);
  });

  test('the final status before the end', () => {
    const error = errorOf((pipeline) => {
      new Task(pipeline, 'finish', {
        component: PythonComponent.fromFile('test/fixtures/python/everything.py', 'finish'),
        inputs: { words: 'x' },
      });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1225 [ml/train/finish] the input 'status' takes the run's final status before the run has ended
    at test/diagnostics.test.ts:LINE
    mend: use it in an OnExit, or in a task that runs after one other and ignores its failure"
`);
  });
});

describe('order', () => {
  test('a cycle', () => {
    const error = errorOf((pipeline) => {
      const [a, b, c] = ['a', 'b', 'c'].map((id) => new Task(pipeline, id, { component: make }));
      a!.after(c!);
      b!.after(a!);
      c!.after(b!);
      new Task(pipeline, 'd', { component: make }).after(a!);
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1224 [ml/train/a] waits for itself: 'ml/train/a' after 'ml/train/c' after 'ml/train/b' after 'ml/train/a'
    at test/diagnostics.test.ts:LINE
    mend: take out one of the \`.after(…)\` calls"
`);
  });

  test('a task after itself, and a cycle through an If', () => {
    const error = errorOf((pipeline) => {
      const a = new Task(pipeline, 'a', { component: make });
      a.after(a);
      const b = new Task(pipeline, 'b', { component: make });
      const many = new If(pipeline, 'many', { condition: b.outputs.count.gt(1) });
      const inside = new Task(many, 'inside', { component: make });
      b.after(inside);
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1224 [ml/train/a] waits for itself: 'ml/train/a' after 'ml/train/a'
    at test/diagnostics.test.ts:LINE
    mend: take out one of the \`.after(…)\` calls
  [ml/train] KFP1224 [ml/train/b] waits for itself: 'ml/train/b' after 'ml/train/many' after 'ml/train/b'
    at test/diagnostics.test.ts:LINE
    mend: take out one of the \`.after(…)\` calls"
`);
  });
});

describe('inputs', () => {
  test('missing, unknown and mistyped inputs, all at once', () => {
    const error = errorOf((pipeline) => {
      const made = new Task(pipeline, 'make', { component: make, inputs: { rows: 0.5, label: 'z' as Any } });
      new Task(pipeline, 'use', { component: use as Any, inputs: { dat: made.outputs.data, lr: made.outputs.word } });
      new Task(pipeline, 'use-2', { component: use as Any, inputs: { data: 'a path', lr: 1, options: [1] } });
      new Task(pipeline, 'use-3', { component: use as Any, inputs: { data: made.outputs.scores, lr: Number.NaN } });
      new Task(pipeline, 'use-4', {
        component: use as Any,
        inputs: { data: made.outputs.data, lr: 1, options: { when: new Date(0), constructor: () => 1 } },
      });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1210 [ml/train/use] the input 'data' of 'use' is missing
    at test/diagnostics.test.ts:LINE
    mend: add 'data' to the inputs
  [ml/train] KFP1211 [ml/train/use] 'use' has no input 'dat'
    at test/diagnostics.test.ts:LINE
    mend: did you mean 'data'?
  [ml/train] KFP1212 [ml/train/make] the input 'rows' of 'make' takes an int: 0.5 is not an int
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/make] the input 'label' of 'make' takes a string: "z" is not one of "x", "y"
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/use] the input 'lr' of 'use' takes a float: it is given a string
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/use-2] the input 'data' of 'use' takes a system.Dataset: a literal cannot be an artifact
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/use-2] the input 'options' of 'use' takes a dict: [1] is not a dict
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/use-3] the input 'data' of 'use' takes a system.Dataset: it is given a system.Metrics
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/use-4] the input 'options' of 'use' takes a dict: {"when":"1970-01-01T00:00:00.000Z"} is not a dict
    at test/diagnostics.test.ts:LINE
    mend: give it such a value"
`);
  });

  test('inputs named like members of Object', () => {
    const odd = new ContainerComponent({
      name: 'odd',
      image: 'odd:1',
      inputs: { constructor: int() },
      command: ['odd'],
    });
    expect(
      errorOf((pipeline) => new Task(pipeline, 'odd', { component: odd as Any, inputs: { toString: 1 } })),
    ).toMatchInlineSnapshot(`
"  [ml/train] KFP1210 [ml/train/odd] the input 'constructor' of 'odd' is missing
    at test/diagnostics.test.ts:LINE
    mend: add 'constructor' to the inputs
  [ml/train] KFP1211 [ml/train/odd] 'odd' has no input 'toString'
    at test/diagnostics.test.ts:LINE
    mend: its inputs are: constructor"
`);
  });

  test('parameters that do not fit', () => {
    const error = errorOf(
      (pipeline) => {
        const { label, rows } = pipeline.parameters as Any;
        new Task(pipeline, 'make', { component: make, inputs: { label, rows: rows as Any } });
      },
      {
        parameters: {
          label: str('other'),
          rows: float(3.5),
          'bad name': int(1),
          'two--hyphens': int(1),
          seed: int(1.5),
          size: str('l', { choices: ['s', 'm'] }),
        },
      },
    );
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1214 the parameter's name 'bad name' has other characters than letters, digits, '_' and single '-'
    at test/diagnostics.test.ts:LINE
    mend: rename it
  [ml/train] KFP1214 the parameter's name 'two--hyphens' has other characters than letters, digits, '_' and single '-'
    at test/diagnostics.test.ts:LINE
    mend: rename it
  [ml/train] KFP1215 the default of parameter 'seed': 1.5 is not an int
    at test/diagnostics.test.ts:LINE
    mend: change the default, or the parameter’s type or choices
  [ml/train] KFP1215 the default of parameter 'size': "l" is not one of "s", "m"
    at test/diagnostics.test.ts:LINE
    mend: change the default, or the parameter’s type or choices
  [ml/train] KFP1212 [ml/train/make] the input 'rows' of 'make' takes an int: it is given a float
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/make] the input 'label' of 'make' takes a string: the default of parameter 'label': "other" is not one of "x", "y"
    at test/diagnostics.test.ts:LINE
    mend: give it such a value"
`);
  });
});

describe('values that leave a scope', () => {
  test('an output of a loop, and of a branch in it, outside of it', () => {
    const error = errorOf((pipeline) => {
      const loop = new ParallelFor(pipeline, 'loop', { items: [1, 2] });
      const made = new Task(loop, 'make', { component: make });
      new Task(pipeline, 'say', { component: say, inputs: { words: made.outputs.word } });
      new Task(new ParallelFor(pipeline, 'other', { items: [1] }), 'say', {
        component: say,
        inputs: { words: text`${made.outputs.word}!` },
      });
      const many = new If(loop, 'many', { condition: loop.item.gt(1) });
      const inside = new Task(many, 'make', { component: make });
      new Task(pipeline, 'say-2', { component: say, inputs: { words: inside.outputs.word } });
      new Approval(pipeline, 'approve', { message: made.outputs.word });
      new Check(pipeline, 'check', { rules: { enough: made.outputs.count.gt(1) } });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1220 [ml/train/say] the input 'words' reads 'ml/train/loop/make.word' from outside the loop that produces it
    at test/diagnostics.test.ts:LINE
    mend: read the list of what all iterations give: loop.collect(…), or create the reader in the loop
  [ml/train] KFP1220 [ml/train/other/say] the input 'words' reads 'ml/train/loop/make.word' from outside the loop that produces it
    at test/diagnostics.test.ts:LINE
    mend: read the list of what all iterations give: loop.collect(…), or create the reader in the loop
  [ml/train] KFP1220 [ml/train/say-2] the input 'words' reads 'ml/train/loop/many/make.word' from outside the loop that produces it
    at test/diagnostics.test.ts:LINE
    mend: read the list of what all iterations give: loop.collect(…), or create the reader in the loop
  [ml/train] KFP1220 [ml/train/approve] the message reads 'ml/train/loop/make.word' from outside the loop that produces it
    at test/diagnostics.test.ts:LINE
    mend: read the list of what all iterations give: loop.collect(…), or create the reader in the loop
  [ml/train] KFP1220 [ml/train/check] the input 'rules' reads 'ml/train/loop/make.count' from outside the loop that produces it
    at test/diagnostics.test.ts:LINE
    mend: read the list of what all iterations give: loop.collect(…), or create the reader in the loop"
`);
  });

  test('what a loop in a loop or a branch collects, outside of that', () => {
    const error = errorOf((pipeline) => {
      const outer = new ParallelFor(pipeline, 'outer', { items: [1, 2] });
      const inner = new ParallelFor(outer, 'inner', { items: [1, 2] });
      const made = new Task(inner, 'make', { component: make });
      new Task(pipeline, 'a', { component: maybe, inputs: { counts: inner.collect(made.outputs.count) } });
      new Task(pipeline, 'b', { component: maybe, inputs: { counts: outer.collect(made.outputs.count) } });
      const first = new Task(pipeline, 'make', { component: make });
      const many = new If(pipeline, 'many', { condition: first.outputs.count.gt(1) });
      const loop = new ParallelFor(many, 'loop', { items: [1] });
      const again = new Task(loop, 'make', { component: make });
      new Task(pipeline, 'c', { component: maybe, inputs: { counts: loop.collect(again.outputs.count) } });
      new Task(pipeline, 'd', { component: maybe, inputs: { counts: loop.collect(first.outputs.count) } });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1220 [ml/train/a] the input 'counts' reads what 'ml/train/outer/inner' collects from outside the loop it is in
    at test/diagnostics.test.ts:LINE
    mend: read the list of what all iterations give: loop.collect(…), or create the reader in the loop
  [ml/train] KFP1263 [ml/train/b] the input 'counts' collects by 'ml/train/outer' what is not given in that loop
    at test/diagnostics.test.ts:LINE
    mend: give collect(…) an output of a task in the loop; of an If or a loop inside of it, what the oneOf(…) or collect(…) of that gives: outer.collect(inner.collect(…))
  [ml/train] KFP1220 [ml/train/c] the input 'counts' reads what 'ml/train/many/loop' collects from outside the branch it is in
    at test/diagnostics.test.ts:LINE
    mend: create the reader in the same branch, or join what the branches give with oneOf(…): outside of it, the task may not have run
  [ml/train] KFP1220 [ml/train/d] the input 'counts' reads what 'ml/train/many/loop' collects from outside the branch it is in
    at test/diagnostics.test.ts:LINE
    mend: create the reader in the same branch, or join what the branches give with oneOf(…): outside of it, the task may not have run"
`);
  });

  test('an item and an index, outside of the loop', () => {
    const error = errorOf((pipeline, chart) => {
      const loop = new ParallelFor(pipeline, 'loop', { items: [{ rows: 1 }] });
      new Task(loop, 'make', { component: make, inputs: { rows: loop.item.rows } });
      new Task(pipeline, 'a', { component: make, inputs: { rows: loop.item.rows } });
      new Task(new ParallelFor(pipeline, 'other', { items: [1] }), 'b', {
        component: make,
        inputs: { rows: loop.index },
      });
      const elsewhere = new ParallelFor(new Pipeline(chart, 'other'), 'loop', { items: [1] });
      new Task(elsewhere, 'make', { component: make });
      new Task(pipeline, 'c', { component: make, inputs: { rows: elsewhere.item } });
      new OnExit(pipeline, 'exit', { component: make, inputs: { rows: loop.index } });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1226 [ml/train/a] the input 'rows' reads the item of 'ml/train/loop' outside of that loop
    at test/diagnostics.test.ts:LINE
    mend: create the reader in the loop
  [ml/train] KFP1226 [ml/train/other/b] the input 'rows' reads the index of 'ml/train/loop' outside of that loop
    at test/diagnostics.test.ts:LINE
    mend: create the reader in the loop
  [ml/train] KFP1226 [ml/train/c] the input 'rows' reads the item of 'ml/other/loop' outside of that loop
    at test/diagnostics.test.ts:LINE
    mend: create the reader in the loop
  [ml/train] KFP1226 [ml/train/exit] the input 'rows' reads the index of 'ml/train/loop' outside of that loop
    at test/diagnostics.test.ts:LINE
    mend: create the reader in the loop"
`);
  });

  test('what another pipeline gives, joined', () => {
    const error = errorOf((pipeline, chart) => {
      const other = new Pipeline(chart, 'other');
      const loop = new ParallelFor(other, 'loop', { items: [1] });
      const made = new Task(loop, 'make', { component: make });
      const first = new Task(other, 'make', { component: make });
      new Task(pipeline, 'a', { component: maybe, inputs: { counts: loop.collect(made.outputs.count) } });
      new Task(pipeline, 'b', { component: say, inputs: { words: oneOf(first.outputs.word, made.outputs.word) } });
      new ParallelFor(pipeline, 'c', { items: loop.collect(made.outputs.count) });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1201 [ml/train/c] the loop has no task
    at test/diagnostics.test.ts:LINE
    mend: create a Task under it, or leave the loop out
  [ml/train] KFP1221 [ml/train/a] the input 'counts' reads 'count' of 'ml/other/loop/make', which is not a task of this pipeline
    at test/diagnostics.test.ts:LINE
    mend: create the producing task under the same Pipeline, or return the value from its own
  [ml/train] KFP1221 [ml/train/b] the input 'words' reads 'word' of 'ml/other/make', which is not a task of this pipeline
    at test/diagnostics.test.ts:LINE
    mend: create the producing task under the same Pipeline, or return the value from its own
  [ml/train] KFP1221 [ml/train/c] the list of items reads 'count' of 'ml/other/loop/make', which is not a task of this pipeline
    at test/diagnostics.test.ts:LINE
    mend: create the producing task under the same Pipeline, or return the value from its own"
`);
  });

  test('what a loop or an If gives, inside of it', () => {
    const error = errorOf((pipeline) => {
      const loop = new ParallelFor(pipeline, 'loop', { items: [1] });
      const made = new Task(loop, 'make', { component: make });
      new Task(loop, 'all', { component: maybe, inputs: { counts: loop.collect(made.outputs.count) } });
      const first = new Task(pipeline, 'make', { component: make });
      const many = new If(pipeline, 'many', { condition: first.outputs.count.gt(1) });
      const a = new Task(many, 'a', { component: make });
      const few = many.else('few');
      const b = new Task(few, 'b', { component: make });
      new Task(few, 'say', { component: say, inputs: { words: oneOf(a.outputs.word, b.outputs.word) } });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1224 [ml/train/loop/all] the input 'counts' reads what 'ml/train/loop' gives when it has ended, inside of that
    at test/diagnostics.test.ts:LINE
    mend: create the reader outside of it, or let it read the output itself
  [ml/train] KFP1224 [ml/train/few/say] the input 'words' reads what 'ml/train/many' gives when it has ended, inside of that
    at test/diagnostics.test.ts:LINE
    mend: create the reader outside of it, or let it read the output itself"
`);
  });
});

describe('oneOf', () => {
  test('of what is not one value of each branch', () => {
    const error = errorOf(
      (pipeline) => {
        const { word } = pipeline.parameters as Any;
        const made = new Task(pipeline, 'make', { component: make });
        const many = new If(pipeline, 'many', { condition: made.outputs.count.gt(1) });
        const few = many.else('few');
        const [a, again, b] = [
          new Task(many, 'a', { component: make }),
          new Task(many, 'again', { component: make }),
          new Task(few, 'b', { component: make }),
        ];
        const inner = new If(many, 'inner', { condition: a.outputs.count.gt(2) });
        const c = new Task(inner, 'c', { component: make });
        const d = new Task(inner.else('inner-else'), 'd', { component: make });
        const use = (id: string, words: Value<string>) => new Task(pipeline, id, { component: say, inputs: { words } });
        use('same', oneOf(a.outputs.word, a.outputs.word));
        use('one-branch', oneOf(a.outputs.word, again.outputs.word));
        use('before', oneOf(made.outputs.word, b.outputs.word));
        use('parameter', oneOf(word as Value<string>, b.outputs.word));
        use('further-in', oneOf(c.outputs.word, b.outputs.word));
        use('inner', oneOf(c.outputs.word, d.outputs.word));
        use('right', oneOf(oneOf(c.outputs.word, d.outputs.word), b.outputs.word));
      },
      { parameters: { word: str('x') } },
    );
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1260 [ml/train/same] the input 'words' reads oneOf(…) of values that are not one in each branch of one If
    at test/diagnostics.test.ts:LINE
    mend: give it one output of a task in each branch: \`oneOf(a.output, b.output)\`
  [ml/train] KFP1260 [ml/train/one-branch] the input 'words' reads oneOf(…) of values that are not one in each branch of one If
    at test/diagnostics.test.ts:LINE
    mend: give it one output of a task in each branch: \`oneOf(a.output, b.output)\`
  [ml/train] KFP1260 [ml/train/before] the input 'words' reads oneOf(…) of values that are not one in each branch of one If
    at test/diagnostics.test.ts:LINE
    mend: give it one output of a task in each branch: \`oneOf(a.output, b.output)\`
  [ml/train] KFP1260 [ml/train/parameter] the input 'words' reads oneOf(…) of values that are not one in each branch of one If
    at test/diagnostics.test.ts:LINE
    mend: give it one output of a task in each branch: \`oneOf(a.output, b.output)\`
  [ml/train] KFP1260 [ml/train/further-in] the input 'words' reads oneOf(…) of 'ml/train/many/inner/c.word', which is in a further branch or loop inside of its branch
    at test/diagnostics.test.ts:LINE
    mend: give oneOf(…) an output of a task in each branch; of an If or a loop inside of it, what the oneOf(…) or collect(…) of that gives
  [ml/train] KFP1220 [ml/train/inner] the input 'words' reads what 'ml/train/many/inner' gives from outside the branch it is in
    at test/diagnostics.test.ts:LINE
    mend: create the reader in the same branch, or join what the branches give with oneOf(…): outside of it, the task may not have run"
`);
  });

  test('of an If that may take no branch, that has more branches, of several types', () => {
    const error = errorOf((pipeline) => {
      const made = new Task(pipeline, 'make', { component: make });
      const chain = (id: string) => new If(pipeline, id, { condition: made.outputs.count.gt(1) });
      const join = (...scopes: readonly Construct[]) =>
        scopes.map((scope) => new Task(scope, 'make', { component: make }).outputs);
      const [a, b] = (() => {
        const open = chain('open');
        return join(open, open.elif('elif', { condition: made.outputs.count.gt(2) }));
      })();
      new Task(pipeline, 'a', { component: say, inputs: { words: oneOf(a!.word, b!.word) } });
      const three = chain('three');
      three.elif('two', { condition: made.outputs.count.gt(2) });
      new Task(three.branches[1]!, 'make', { component: make });
      const [c, d] = join(three, three.else('one'));
      new Task(pipeline, 'b', { component: say, inputs: { words: oneOf(c!.word, d!.word) } });
      const types = chain('types');
      const [e, f] = join(types, types.else('other-types'));
      new Task(pipeline, 'c', { component: say, inputs: { words: oneOf(e!.word, f!.count as Any) } });
      new Task(pipeline, 'd', { component: maybe, inputs: { data: oneOf(e!.data, f!.scores as Any) } });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1261 [ml/train/open] a oneOf reads what its branches give, but it may take no branch
    at test/diagnostics.test.ts:LINE
    mend: add an Else: \`.else(…)\`
  [ml/train] KFP1261 [ml/train/three] a oneOf reads what its branches give, but has no value from 'ml/train/two'
    at test/diagnostics.test.ts:LINE
    mend: give it a value from each branch
  [ml/train] KFP1261 [ml/train/types] a oneOf joins a string and an int
    at test/diagnostics.test.ts:LINE
    mend: give it values of one type
  [ml/train] KFP1261 [ml/train/types] a oneOf joins a system.Dataset and a system.Metrics
    at test/diagnostics.test.ts:LINE
    mend: give it values of one type"
`);
  });
});

describe('the end', () => {
  const final = PythonComponent.fromFile('test/fixtures/python/flow.py', 'final');

  test('an exit task that depends on others, or that others depend on', () => {
    const error = errorOf((pipeline) => {
      const handler = new ExitHandler(pipeline, 'handler');
      const made = new Task(handler, 'make', { component: make });
      const exit = new OnExit(handler, 'exit', { component: say, inputs: { words: made.outputs.word } });
      exit.after(made);
      new Task(pipeline, 'late', { component: make }).after(exit);
      new Task(pipeline, 'later', { component: make }).after(exit.failed);
      new OnExit(pipeline, 'finish', { component: final }).after(handler.failed);
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1223 [ml/train/handler/exit] the input 'words' reads 'ml/train/handler/make.word' in the exit task, where it may not exist
    at test/diagnostics.test.ts:LINE
    mend: give the exit task parameters, facts of the run, the final status, a loop's item, or what was there before the branch or loop around it
  [ml/train] KFP1223 [ml/train/handler/exit] the exit task is told to run after others
    at test/diagnostics.test.ts:LINE
    mend: take out \`.after(…)\`: it runs when what it stands under has ended
  [ml/train] KFP1223 [ml/train/late] runs after the exit task 'ml/train/handler/exit'
    at test/diagnostics.test.ts:LINE
    mend: nothing can run after an exit task
  [ml/train] KFP1223 [ml/train/later] runs after the exit task 'ml/train/handler/exit'
    at test/diagnostics.test.ts:LINE
    mend: nothing can run after an exit task
  [ml/train] KFP1223 [ml/train/finish] the exit task is told to run after others
    at test/diagnostics.test.ts:LINE
    mend: take out \`.after(…)\`: it runs when what it stands under has ended"
`);
  });

  test('an exit handler without an exit task, or without a task', () => {
    const error = errorOf((pipeline) => {
      new ExitHandler(pipeline, 'nothing');
      const handler = new ExitHandler(pipeline, 'handler');
      new Task(handler, 'make', { component: make });
      const empty = new ExitHandler(pipeline, 'empty');
      new OnExit(empty, 'exit', { component: final });
      new ParallelFor(pipeline, 'loop', { items: [1] });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1201 [ml/train/nothing] the exit handler has no task
    at test/diagnostics.test.ts:LINE
    mend: create a Task under it, or leave the exit handler out
  [ml/train] KFP1201 [ml/train/empty] the exit handler has no task
    at test/diagnostics.test.ts:LINE
    mend: create a Task under it, or leave the exit handler out
  [ml/train] KFP1201 [ml/train/loop] the loop has no task
    at test/diagnostics.test.ts:LINE
    mend: create a Task under it, or leave the loop out
  [ml/train] KFP1254 [ml/train/nothing] the exit handler has no exit task
    at test/diagnostics.test.ts:LINE
    mend: create an OnExit under it
  [ml/train] KFP1254 [ml/train/handler] the exit handler has no exit task
    at test/diagnostics.test.ts:LINE
    mend: create an OnExit under it"
`);
  });

  test('a final status where what it is about has not ended', () => {
    const error = errorOf((pipeline) => {
      const made = new Task(pipeline, 'make', { component: make });
      const handler = new ExitHandler(pipeline, 'handler');
      new Task(handler, 'inside', {
        component: use,
        inputs: { data: made.outputs.data, lr: 1, options: handler.finalStatus },
      });
      new OnExit(handler, 'exit', { component: final });
      const state = handler.finalStatus.field('state');
      new Task(pipeline, 'beside', { component: say, inputs: { words: state } });
      new Task(pipeline, 'after', { component: say, inputs: { words: state } }).after(handler);
      new Task(pipeline, 'after-end', { component: say, inputs: { words: state } }).after(handler.ended);
      new Task(pipeline, 'alone', { component: final });
      new Task(pipeline, 'one', { component: final }).after(made).ignoreUpstreamFailure();
      new Task(pipeline, 'two', { component: final }).after(made, handler).ignoreUpstreamFailure();
      new Task(pipeline, 'run', { component: say, inputs: { words: pipeline.finalStatus.field('state') } });
      new OnExit(pipeline, 'finish', { component: say, inputs: { words: state } });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1225 [ml/train/handler/inside] the input 'options' takes the final status of 'ml/train/handler' before that has ended
    at test/diagnostics.test.ts:LINE
    mend: use it in an OnExit, or in a task that runs after one other and ignores its failure
  [ml/train] KFP1225 [ml/train/beside] the input 'words' takes the final status of 'ml/train/handler' before that has ended
    at test/diagnostics.test.ts:LINE
    mend: use it in an OnExit, or in a task that runs after one other and ignores its failure
  [ml/train] KFP1225 [ml/train/after] the input 'words' takes the final status of 'ml/train/handler' before that has ended
    at test/diagnostics.test.ts:LINE
    mend: use it in an OnExit, or in a task that runs after one other and ignores its failure
  [ml/train] KFP1225 [ml/train/alone] the input 'status' takes the run's final status before the run has ended
    at test/diagnostics.test.ts:LINE
    mend: use it in an OnExit, or in a task that runs after one other and ignores its failure
  [ml/train] KFP1225 [ml/train/two] the input 'status' takes the run's final status before the run has ended
    at test/diagnostics.test.ts:LINE
    mend: use it in an OnExit, or in a task that runs after one other and ignores its failure
  [ml/train] KFP1225 [ml/train/run] the input 'words' takes the run's final status before the run has ended
    at test/diagnostics.test.ts:LINE
    mend: use it in an OnExit, or in a task that runs after one other and ignores its failure
  [ml/train] KFP1225 [ml/train/finish] the input 'words' takes the final status of 'ml/train/handler' before that has ended
    at test/diagnostics.test.ts:LINE
    mend: use it in an OnExit, or in a task that runs after one other and ignores its failure"
`);
  });
});

describe('how others have ended', () => {
  test('cycles between groups', () => {
    const error = errorOf((pipeline) => {
      const handler = new ExitHandler(pipeline, 'handler');
      const a = new Task(handler, 'a', { component: make });
      new OnExit(handler, 'exit', { component: make });
      const loop = new ParallelFor(pipeline, 'loop', { items: [1] });
      const b = new Task(loop, 'b', { component: make }).after(a);
      a.after(b);
      const many = new If(loop, 'many', { condition: b.outputs.count.gt(1) });
      const c = new Task(many, 'c', { component: make });
      b.after(c.failed);
      new Task(many.else('few'), 'd', { component: make }).after(c);
      b.after(many);
      loop.after(loop);
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1228 [ml/train/loop/b] asks how 'ml/train/loop/many/c' has ended, which does not stand beside it
    at test/diagnostics.test.ts:LINE
    mend: ask that of what is under the same construct: a task outside waits for the whole branch, loop or handler
  [ml/train] KFP1224 [ml/train/loop/b] waits for itself: 'ml/train/loop/b' after 'ml/train/loop/many' after 'ml/train/loop/b'
    at test/diagnostics.test.ts:LINE
    mend: take out one of the \`.after(…)\` calls
  [ml/train] KFP1224 [ml/train/handler] waits for itself: 'ml/train/handler' after 'ml/train/loop' after 'ml/train/handler'
    at test/diagnostics.test.ts:LINE
    mend: take out one of the \`.after(…)\` calls"
`);
  });

  test('asked of what does not stand beside', () => {
    const error = errorOf((pipeline, chart) => {
      const loop = new ParallelFor(pipeline, 'loop', { items: [1] });
      const inside = new Task(loop, 'make', { component: make });
      const other = new Task(new Pipeline(chart, 'other'), 'make', { component: make });
      new Task(pipeline, 'a', { component: make }).after(inside.failed);
      new Task(pipeline, 'b', { component: make }).after(inside).ignoreUpstreamFailure();
      new Task(loop, 'c', { component: make }).after(loop.ended);
      new Task(pipeline, 'd', { component: make }).after(loop.failed.or(other.succeeded.not()));
      new Task(pipeline, 'e', { component: make }).after(new Construct(pipeline, 'x') as Any);
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1228 [ml/train/loop/c] asks how 'ml/train/loop' has ended, which does not stand beside it
    at test/diagnostics.test.ts:LINE
    mend: ask that of what is under the same construct: a task outside waits for the whole branch, loop or handler
  [ml/train] KFP1228 [ml/train/a] asks how 'ml/train/loop/make' has ended, which does not stand beside it
    at test/diagnostics.test.ts:LINE
    mend: ask that of what is under the same construct: a task outside waits for the whole branch, loop or handler
  [ml/train] KFP1228 [ml/train/b] asks how 'ml/train/loop/make' has ended, which does not stand beside it
    at test/diagnostics.test.ts:LINE
    mend: ask that of what is under the same construct: a task outside waits for the whole branch, loop or handler
  [ml/train] KFP1221 [ml/train/d] runs after 'ml/other/make', which is not a task of this pipeline
    at test/diagnostics.test.ts:LINE
    mend: order tasks of one pipeline only
  [ml/train] KFP1221 [ml/train/e] runs after 'ml/train/x', which is not a task of this pipeline
    at test/diagnostics.test.ts:LINE
    mend: order tasks of one pipeline only"
`);
  });
});

/** A list that a task may fail to give. */
function maybeList(pipeline: Pipeline): Value<readonly unknown[]> {
  return new Task(pipeline, 'lists', { component: maybe }).continueOnFailure().outputs.counts;
}

test('what the engine could not run: words as ids, deep nesting', () => {
  const words = errorOf((pipeline) => {
    const first = new Task(pipeline, 'in', { component: make });
    new Task(pipeline, '2nd', { component: make }).after(first);
    new Task(pipeline, 'last', { component: make }).after(pipeline.node.findChild('2nd') as Task);
  });
  expect(words).toMatchInlineSnapshot(`
"  [ml/train] KFP1300 the id 'in' cannot be waited for: Argo's engine takes it for something else
    at test/diagnostics.test.ts:LINE
    mend: rename it
  [ml/train] KFP1300 the id '2nd' cannot be waited for: Argo's engine takes it for something else
    at test/diagnostics.test.ts:LINE
    mend: rename it"
`);
  const deep = errorOf((pipeline, chart) => {
    let inner = new Pipeline(chart, 'p0', { standalone: false, parameters: { on: bool() }, outputs: { on: bool() } });
    inner.returns({ on: inner.parameters.on });
    new Task(inner, 'make', { component: make });
    for (let depth = 1; depth < 6; depth++) {
      const outer = new Pipeline(chart, `p${depth}`, {
        standalone: false,
        parameters: { on: bool() },
        outputs: { on: bool() },
      });
      const again = new RepeatUntil(outer, 'again', {
        pipeline: inner,
        inputs: { on: outer.parameters.on },
        until: 'on',
        maxIterations: 20,
      });
      outer.returns({ on: again.outputs.on });
      inner = outer;
    }
    new SubPipeline(pipeline, 'call', { pipeline: inner, inputs: { on: true } });
  });
  expect(deep).toMatchInlineSnapshot(`
"  [ml/train] KFP1309 templates are nested 108 deep; Argo's engine takes 100
    at test/diagnostics.test.ts:LINE
    mend: nest less: each If, loop, exit handler and call is a level or two, a RepeatUntil one for each iteration"
`);
});

test('a run of a pipeline that is not standalone, and an unknown kind of repository', () => {
  const error = errorOf((pipeline, chart) => {
    new Task(pipeline, 'make', { component: make });
    const part = new Pipeline(chart, 'part', { standalone: false });
    new Task(part, 'make', { component: make });
    new Run(chart, 'run', { pipeline: part });
    const odd = new Pipeline(chart, 'odd', { artifactRepository: { kind: 'nope' } as Any });
    new Task(odd, 'make', { component: make });
  });
  expect(error).toMatchInlineSnapshot(`
"  [ml/run] KFP1314 'ml/part' cannot be run by itself
    at test/diagnostics.test.ts:LINE
    mend: take out \`standalone: false\`, or call it by a SubPipeline of the pipeline that is run
  [ml/odd] KFP1243 'nope' is no kind of artifact repository
    at test/diagnostics.test.ts:LINE
    mend: use one of s3, gcs, azure, none"
`);
});

test('an approval asked for from outside of what it stands in', () => {
  const error = errorOf((pipeline) => {
    const many = new If(pipeline, 'many', {
      condition: new Task(pipeline, 'make', { component: make }).outputs.count.gt(1),
    });
    const inner = new Approval(many, 'inner');
    new Task(pipeline, 'outside', { component: make }).after(inner);
    const handler = new ExitHandler(pipeline, 'handler');
    new OnExit(handler, 'exit', { component: make });
    new Task(handler, 'inside', { component: make }).after(new Approval(pipeline, 'outer'));
  });
  expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1228 [ml/train/outside] asks how 'ml/train/many/inner' has ended, which does not stand beside it
    at test/diagnostics.test.ts:LINE
    mend: ask that of what is under the same construct: a task outside waits for the whole branch, loop or handler"
`);
});

describe('what may be absent, given to an input that may not', () => {
  test('an output of what may fail or not run', () => {
    const error = errorOf((pipeline) => {
      const shaky = new Task(pipeline, 'shaky', { component: make }).continueOnFailure();
      const made = new Task(pipeline, 'make', { component: make });
      const words = shaky.outputs.word;
      new Task(pipeline, 'a', { component: say, inputs: { words } });
      new Task(pipeline, 'b', { component: maybe, inputs: { words } });
      new Task(pipeline, 'c', { component: maybe, inputs: { words: text`${words}! ${words}?` } });
      new Task(pipeline, 'd', { component: say, inputs: { words: made.outputs.word } }).ignoreUpstreamFailure();
      new Task(pipeline, 'e', { component: say, inputs: { words: made.outputs.word } }).after(made.failed);
      new Task(pipeline, 'f', { component: say, inputs: { words: made.outputs.word } }).after(made.succeeded);
      const loop = new ParallelFor(pipeline, 'loop', { items: maybeList(pipeline) });
      new Task(loop, 'g', { component: say, inputs: { words } });
      new Approval(pipeline, 'h', { message: words });
      new Check(pipeline, 'i', { rules: { x: shaky.outputs.count.gt(1) } });
      const first = new If(pipeline, 'j', { condition: made.outputs.count.gt(1) });
      new Task(first, 'k', { component: make });
      new Task(first.elif('l', { condition: shaky.outputs.count.gt(1) }), 'm', { component: make });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1229 [ml/train/a] the input 'words' reads 'word' of 'ml/train/shaky', which is absent where that fails or does not run
    at test/diagnostics.test.ts:LINE
    mend: give it to an input that may be left out, or make sure that it exists
  [ml/train] KFP1229 [ml/train/c] the input 'words' reads 'word' of 'ml/train/shaky', which is absent where that fails or does not run
    at test/diagnostics.test.ts:LINE
    mend: give it to an input that may be left out, or make sure that it exists
  [ml/train] KFP1229 [ml/train/d] the input 'words' reads 'word' of 'ml/train/make', which is absent where that fails or does not run
    at test/diagnostics.test.ts:LINE
    mend: give it to an input that may be left out, or make sure that it exists
  [ml/train] KFP1229 [ml/train/e] the input 'words' reads 'word' of 'ml/train/make', which is absent where that fails or does not run
    at test/diagnostics.test.ts:LINE
    mend: give it to an input that may be left out, or make sure that it exists
  [ml/train] KFP1229 [ml/train/loop] the list of items reads 'counts' of 'ml/train/lists', which is absent where that fails or does not run
    at test/diagnostics.test.ts:LINE
    mend: make sure that it exists: only an input that may be left out can be given what is absent
  [ml/train] KFP1229 [ml/train/loop/g] the input 'words' reads 'word' of 'ml/train/shaky', which is absent where that fails or does not run
    at test/diagnostics.test.ts:LINE
    mend: give it to an input that may be left out, or make sure that it exists
  [ml/train] KFP1229 [ml/train/h] the message reads 'word' of 'ml/train/shaky', which is absent where that fails or does not run
    at test/diagnostics.test.ts:LINE
    mend: give it to an input that may be left out, or make sure that it exists
  [ml/train] KFP1229 [ml/train/i] the input 'rules' reads 'count' of 'ml/train/shaky', which is absent where that fails or does not run
    at test/diagnostics.test.ts:LINE
    mend: give it to an input that may be left out, or make sure that it exists
  [ml/train] KFP1229 [ml/train/l] the condition reads 'count' of 'ml/train/shaky', which is absent where that fails or does not run
    at test/diagnostics.test.ts:LINE
    mend: make sure that it exists: only an input that may be left out can be given what is absent"
`);
  });

  test('an output that comes out of a group', () => {
    const error = errorOf((pipeline, chart) => {
      const made = new Task(pipeline, 'make', { component: make });
      const handler = new ExitHandler(pipeline, 'handler');
      const approval = new Approval(handler, 'approve');
      const approved = new Task(handler, 'approved', { component: make }).after(approval);
      const next = new Task(handler, 'next', { component: make, inputs: { rows: approved.outputs.count } });
      const sure = new Task(handler, 'sure', { component: say, inputs: { words: approval.decision } });
      new OnExit(handler, 'exit', { component: make });
      new Task(pipeline, 'a', { component: say, inputs: { words: next.outputs.word } }).after(sure);
      const many = new If(pipeline, 'many', { condition: made.outputs.count.gt(1) });
      const b = new Task(many, 'b', { component: make }).continueOnFailure();
      const c = new Task(many.else('few'), 'c', { component: make });
      new Task(pipeline, 'd', { component: say, inputs: { words: oneOf(b.outputs.word, c.outputs.word) } });
      const called = new Pipeline(chart, 'called', {
        standalone: false,
        outputs: { word: optional(str()), count: int() },
      });
      const shaky = new Task(called, 'shaky', { component: make }).continueOnFailure();
      called.returns({ word: shaky.outputs.word, count: shaky.outputs.count });
      const call = new SubPipeline(pipeline, 'call', { pipeline: called });
      new Task(pipeline, 'e', { component: say, inputs: { words: call.outputs.word } });
      new Task(pipeline, 'f', { component: maybe, inputs: { words: call.outputs.word } });
      const loop = new ParallelFor(pipeline, 'loop', { items: [1] });
      const tried = new Task(loop, 'make', { component: make }).continueOnFailure();
      new Task(pipeline, 'g', { component: pick, inputs: { names: loop.collect(tried.outputs.word) } });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1229 [ml/train/handler/next] what it gives is read outside of what it stands in, and is absent where it fails or does not run
    at test/diagnostics.test.ts:LINE
    mend: read it where it stands, or make sure that it runs
  [ml/train] KFP1229 [ml/train/many/b] what it gives is read outside of what it stands in, and is absent where it fails or does not run
    at test/diagnostics.test.ts:LINE
    mend: read it where it stands, or make sure that it runs
  [ml/called] KFP1229 [ml/called/shaky] the pipeline returns 'word', which is absent where this does not run
    at test/diagnostics.test.ts:LINE
    mend: read it where it stands, or make sure that it runs
  [ml/called] KFP1229 [ml/called/shaky] the pipeline returns 'count', which is absent where this does not run
    at test/diagnostics.test.ts:LINE
    mend: read it where it stands, or make sure that it runs"
`);
  });

  test('a parameter that may be left out', () => {
    const parameters = { note: optional(str()), items: optional(list()), base: optional(Dataset) };
    const error = errorOf(
      (pipeline) => {
        const { note, items, base } = pipeline.parameters as Any;
        new Task(pipeline, 'a', { component: say, inputs: { words: note } });
        new Task(pipeline, 'b', { component: maybe, inputs: { words: note, data: base } });
        new Task(new ParallelFor(pipeline, 'c', { items }), 'd', { component: use, inputs: { data: base, lr: 1 } });
        new Task(new If(pipeline, 'e', { condition: note.eq('x') }), 'f', { component: make });
        pipeline.returns({ note });
      },
      { parameters, outputs: { note: str() } },
    );
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1229 [ml/train/a] the input 'words' reads the parameter 'note', which may be left out
    at test/diagnostics.test.ts:LINE
    mend: give it to an input that may be left out, or make sure that it exists
  [ml/train] KFP1229 [ml/train/c] the list of items reads the parameter 'items', which may be left out
    at test/diagnostics.test.ts:LINE
    mend: make sure that it exists: only an input that may be left out can be given what is absent
  [ml/train] KFP1229 [ml/train/c/d] the input 'data' reads the parameter 'base', which may be left out
    at test/diagnostics.test.ts:LINE
    mend: give it to an input that may be left out, or make sure that it exists
  [ml/train] KFP1229 [ml/train/e] the condition reads the parameter 'note', which may be left out
    at test/diagnostics.test.ts:LINE
    mend: make sure that it exists: only an input that may be left out can be given what is absent
  [ml/train] KFP1229 the output 'note' reads the parameter 'note', which may be left out
    at test/diagnostics.test.ts:LINE
    mend: give it to an input that may be left out, or make sure that it exists"
`);
  });
});

describe('loops', () => {
  test('over what is no list', () => {
    const error = errorOf((pipeline) => {
      const made = new Task(pipeline, 'make', { component: make });
      new Task(new ParallelFor(pipeline, 'a', { items: made.outputs.count as Any }), 'b', { component: make });
      new Task(new ParallelFor(pipeline, 'c', { items: made.outputs.data as Any }), 'd', { component: make });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1262 [ml/train/a] the items are an int, not a list
    at test/diagnostics.test.ts:LINE
    mend: loop over a list
  [ml/train] KFP1262 [ml/train/c] the items are a system.Dataset, not a list
    at test/diagnostics.test.ts:LINE
    mend: loop over a list"
`);
  });

  test('over items of mixed shape', () => {
    const error = errorOf((pipeline) => {
      const shapes: readonly Any[] = [
        [1, 'a'],
        [1, null],
        [true, 0],
        [{ a: 1 }, { b: 1 }],
        [{ a: 1 }, {}],
        [{ a: 1 }, { a: undefined }],
        [{ a: 1 }, { a: 'x' }],
        [{ a: [1] }, { a: { b: 1 } }],
        [{ a: 1 }, { a: null }, { a: 0.5 }],
        [1, 0.5],
        [[1], ['a']],
      ];
      for (const [index, items] of shapes.entries()) {
        new Task(new ParallelFor(pipeline, `loop-${index}`, { items }), 'make', { component: make });
      }
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1262 [ml/train/loop-0] the items are of several shapes: a number and a string
    at test/diagnostics.test.ts:LINE
    mend: give all items one type, and all dicts the same keys
  [ml/train] KFP1262 [ml/train/loop-1] the items are of several shapes: a number and null
    at test/diagnostics.test.ts:LINE
    mend: give all items one type, and all dicts the same keys
  [ml/train] KFP1262 [ml/train/loop-2] the items are of several shapes: a boolean and a number
    at test/diagnostics.test.ts:LINE
    mend: give all items one type, and all dicts the same keys
  [ml/train] KFP1262 [ml/train/loop-3] the items are of several shapes: a dict of 'a' and a dict of 'b'
    at test/diagnostics.test.ts:LINE
    mend: give all items one type, and all dicts the same keys
  [ml/train] KFP1262 [ml/train/loop-4] the items are of several shapes: a dict of 'a' and an empty dict
    at test/diagnostics.test.ts:LINE
    mend: give all items one type, and all dicts the same keys
  [ml/train] KFP1262 [ml/train/loop-5] the items are of several shapes: a dict of 'a' and an empty dict
    at test/diagnostics.test.ts:LINE
    mend: give all items one type, and all dicts the same keys
  [ml/train] KFP1262 [ml/train/loop-6] the field 'a' of the items is of several types: a number and a string
    at test/diagnostics.test.ts:LINE
    mend: give all items one type, and all dicts the same keys
  [ml/train] KFP1262 [ml/train/loop-7] the field 'a' of the items is of several types: a list and a dict
    at test/diagnostics.test.ts:LINE
    mend: give all items one type, and all dicts the same keys"
`);
  });

  test('over items that no JSON holds', () => {
    const error = errorOf((pipeline) => {
      const odd: readonly Any[] = [
        [1n],
        [() => 1],
        [Number.NaN],
        [new Date(0)],
        [1, undefined],
        Array(2),
        [{ a: { b: 1n } }],
      ];
      for (const [index, items] of odd.entries()) {
        new Task(new ParallelFor(pipeline, `loop-${index}`, { items }), 'make', { component: make });
      }
    });
    expect([...new Set(error.match(/the item at \d[^\n]*/g))]).toMatchInlineSnapshot(`
[
  "the item at 0 is, or holds, what JSON cannot hold",
  "the item at 1 is, or holds, what JSON cannot hold",
]
`);
    expect(error.match(/KFP1262/g)).toHaveLength(7);
  });

  test('over items that are not what is declared, or that inputs do not take', () => {
    const error = errorOf((pipeline) => {
      const rates = new ParallelFor(pipeline, 'rates', { items: [1, 0.5] });
      new Task(rates, 'make', { component: make, inputs: { rows: rates.item as Any } });
      const dicts = new ParallelFor(pipeline, 'dicts', {
        items: [
          { lr: 0.5, names: ['a'] },
          { lr: 2, names: [] },
        ],
      });
      new Task(dicts, 'make', { component: make, inputs: { rows: dicts.item.lr as Any } });
      new Task(dicts, 'say', { component: say, inputs: { words: dicts.item as Any } });
      new Task(dicts, 'typo', { component: say, inputs: { words: dicts.item.field('name') } });
      new Task(dicts, 'typo-2', { component: say, inputs: { words: dicts.item.field('zzzzzz') } });
      const declared = new ParallelFor(pipeline, 'declared', { items: ['a'], item: int() });
      new Task(declared, 'make', { component: make, inputs: { rows: declared.item } });
      const fields = new ParallelFor(pipeline, 'fields', { items: [{ rows: 'x' }], item: { rows: int() } });
      new Task(fields, 'make', { component: make, inputs: { rows: fields.item.rows } });
      const big = new ParallelFor(pipeline, 'big', { items: [2 ** 60] });
      new Task(big, 'make', { component: make, inputs: { rows: big.item } });
      const numbers = new ParallelFor(pipeline, 'numbers', { items: [1] });
      new Task(numbers, 'say', { component: say, inputs: { words: (numbers.item as Any).field('x') } });
      new Task(numbers, 'say-2', { component: say, inputs: { words: (dicts.item as Any).field(undefined) } });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1212 [ml/train/rates/make] the input 'rows' of 'make' takes an int: it is given a float
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/dicts/make] the input 'rows' of 'make' takes an int: it is given a float
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/dicts/say] the input 'words' of 'say' takes a string: it is given a dict
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1217 [ml/train/numbers/say] 'x' is read as a field of an int
    at test/diagnostics.test.ts:LINE
    mend: read fields of dicts, by their names
  [ml/train] KFP1217 [ml/train/numbers/say-2] a field's name is undefined, which is no text
    at test/diagnostics.test.ts:LINE
    mend: read fields of dicts, by their names
  [ml/train] KFP1226 [ml/train/numbers/say-2] the input 'words' reads the item of 'ml/train/dicts' outside of that loop
    at test/diagnostics.test.ts:LINE
    mend: create the reader in the loop
  [ml/train] KFP1262 [ml/train/declared] among the items, "a" is not an int
    at test/diagnostics.test.ts:LINE
    mend: change the item, or the type that \`item\` declares
  [ml/train] KFP1262 [ml/train/big] among the items, 1152921504606847000 is not an int
    at test/diagnostics.test.ts:LINE
    mend: change the item, or the type that \`item\` declares
  [ml/train] KFP1262 [ml/train/dicts/typo] the input 'words' reads the field 'name' of the items of 'ml/train/dicts', which they do not have
    at test/diagnostics.test.ts:LINE
    mend: did you mean 'names'?
  [ml/train] KFP1262 [ml/train/dicts/typo-2] the input 'words' reads the field 'zzzzzz' of the items of 'ml/train/dicts', which they do not have
    at test/diagnostics.test.ts:LINE
    mend: their fields are: lr, names
  [ml/train] KFP1262 [ml/train/fields/make] the input 'rows' reads the field 'rows' of the items of 'ml/train/fields': "x" is not an int
    at test/diagnostics.test.ts:LINE
    mend: change the item, or the type that \`item\` declares"
`);
  });

  test('collected lists of the wrong kind', () => {
    const error = errorOf((pipeline) => {
      const loop = new ParallelFor(pipeline, 'loop', { items: [1] });
      const made = new Task(loop, 'make', { component: make });
      const names = loop.collect(made.outputs.word);
      const data = loop.collect(made.outputs.data) as Any;
      new Task(pipeline, 'a', { component: say, inputs: { words: names as Any } });
      new Task(pipeline, 'b', { component: pick, inputs: { names, models: data } });
      new Task(pipeline, 'c', { component: maybe, inputs: { data } });
      new Task(pipeline, 'd', { component: pick, inputs: { names: data } });
      new Task(pipeline, 'e', { component: pick, inputs: { names: ['a', 1] as Any } });
      new Task(pipeline, 'f', { component: maybe, inputs: { counts: loop.collect(names) } });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1212 [ml/train/a] the input 'words' of 'say' takes a string: it is given a list
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/b] the input 'models' of 'pick' takes a list of system.Model: it is given a list of system.Dataset
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/c] the input 'data' of 'maybe' takes a system.Dataset: it is given a list of system.Dataset
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/d] the input 'names' of 'pick' takes a list: it is given a list of system.Dataset
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/e] the input 'names' of 'pick' takes a list: ["a",1] is not a list whose elements are each a string
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1263 [ml/train/f] the input 'counts' collects by 'ml/train/loop' what is not given in that loop
    at test/diagnostics.test.ts:LINE
    mend: give collect(…) an output of a task in the loop; of an If or a loop inside of it, what the oneOf(…) or collect(…) of that gives: outer.collect(inner.collect(…))"
`);
  });

  test('settings, and those of approvals', () => {
    const error = errorOf((pipeline) => {
      for (const parallelism of [0, 1.5, Number.NaN, '2' as Any]) {
        const loop = new ParallelFor(pipeline, `loop-${parallelism}`, { items: [1], parallelism });
        new Task(loop, 'make', { component: make });
      }
      new Approval(pipeline, 'a', { timeout: Duration.millis(5), message: 3 as Any });
      new Approval(pipeline, 'b', { timeout: Duration.seconds(0) });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1212 [ml/train/a] the message takes a string: 3 is not a string
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1240 [ml/train/loop-0] the parallelism is 0
    at test/diagnostics.test.ts:LINE
    mend: give a whole number from 1, or leave it out for no limit
  [ml/train] KFP1240 [ml/train/loop-1.5] the parallelism is 1.5
    at test/diagnostics.test.ts:LINE
    mend: give a whole number from 1, or leave it out for no limit
  [ml/train] KFP1240 [ml/train/loop-NaN] the parallelism is NaN
    at test/diagnostics.test.ts:LINE
    mend: give a whole number from 1, or leave it out for no limit
  [ml/train] KFP1240 [ml/train/loop-2] the parallelism is 2
    at test/diagnostics.test.ts:LINE
    mend: give a whole number from 1, or leave it out for no limit
  [ml/train] KFP1240 [ml/train/a] the timeout of 0.005 s is not a whole number of seconds
    at test/diagnostics.test.ts:LINE
    mend: give whole seconds, from 1
  [ml/train] KFP1240 [ml/train/b] the timeout of 0 s is not a whole number of seconds
    at test/diagnostics.test.ts:LINE
    mend: give whole seconds, from 1"
`);
  });

  test('and artifacts where there is no artifact repository', () => {
    const error = errorOf(
      (pipeline) => {
        const loop = new ParallelFor(pipeline, 'loop', { items: (pipeline.parameters as Any).parts });
        new Task(loop, 'maybe', { component: maybe, inputs: { data: loop.item as Any } });
        new Task(pipeline, 'say', { component: say, inputs: { words: 'x' } });
      },
      { parameters: { parts: listOf(Dataset) }, standalone: false, artifactRepository: { kind: 'none' } },
    );
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1242 the component 'maybe' has artifacts ('data'), and the pipeline has no artifact repository
    at test/diagnostics.test.ts:LINE
    mend: name the artifact repository, or pass parameters"
`);
  });
});

describe('pipelines in pipelines', () => {
  /** A pipeline that takes and returns one of everything. */
  function callee(chart: Chart, id: string): Any {
    const parameters = { rows: Dataset, count: int(), note: optional(str()), size: str('s', { choices: ['s', 'm'] }) };
    const called = new Pipeline(chart, id, { standalone: false, parameters, outputs: { word: str(), data: Dataset } });
    const made = new Task(called, 'make', { component: make, inputs: { rows: called.parameters.count } });
    return called.returns({ word: made.outputs.word, data: made.outputs.data });
  }

  test('inputs of a call', () => {
    const error = errorOf((pipeline, chart) => {
      const called = callee(chart, 'called');
      const made = new Task(pipeline, 'make', { component: make });
      const { data, scores, word } = made.outputs;
      new SubPipeline(pipeline, 'a', { pipeline: called });
      new SubPipeline(pipeline, 'b', {
        pipeline: called,
        inputs: { rows: data, cuont: 1, count: 0.5, size: 'l' },
      } as Any);
      new SubPipeline(pipeline, 'c', { pipeline: called, inputs: { rows: scores, count: word, note: 3 } } as Any);
      new SubPipeline(pipeline, 'd', { pipeline: called, inputs: { rows: 'x', count: 1 } } as Any);
      const call = new SubPipeline(pipeline, 'e', { pipeline: called, inputs: { rows: data, count: 1 } } as Any);
      new Task(pipeline, 'f', { component: say, inputs: { words: (call.outputs as Any).wrod } });
      new Task(pipeline, 'g', { component: say, inputs: { words: (call.outputs as Any).data } });
      new OnExitPipeline(pipeline, 'exit', { pipeline: called, inputs: { rows: data, count: 1 } } as Any);
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1210 [ml/train/a] the input 'rows' of 'called' is missing
    at test/diagnostics.test.ts:LINE
    mend: add 'rows' to the inputs
  [ml/train] KFP1210 [ml/train/a] the input 'count' of 'called' is missing
    at test/diagnostics.test.ts:LINE
    mend: add 'count' to the inputs
  [ml/train] KFP1211 [ml/train/b] 'called' has no input 'cuont'
    at test/diagnostics.test.ts:LINE
    mend: did you mean 'count'?
  [ml/train] KFP1210 [ml/train/f] the input 'words' of 'say' is missing
    at test/diagnostics.test.ts:LINE
    mend: add 'words' to the inputs
  [ml/train] KFP1212 [ml/train/b] the input 'count' of 'called' takes an int: 0.5 is not an int
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/b] the input 'size' of 'called' takes a string: "l" is not one of "s", "m"
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/c] the input 'rows' of 'called' takes a system.Dataset: it is given a system.Metrics
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/c] the input 'count' of 'called' takes an int: it is given a string
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/c] the input 'note' of 'called' takes a string: 3 is not a string
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/d] the input 'rows' of 'called' takes a system.Dataset: a literal cannot be an artifact
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/g] the input 'words' of 'say' takes a string: it is given a system.Dataset
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1223 [ml/train/exit] the input 'rows' reads 'ml/train/make.data' in the exit task, where it may not exist
    at test/diagnostics.test.ts:LINE
    mend: give the exit task parameters, facts of the run, the final status, a loop's item, or what was there before the branch or loop around it"
`);
  });

  test('outputs that are not bound, unknown, or of another type', () => {
    const error = errorOf(
      (pipeline) => {
        const made = new Task(pipeline, 'make', { component: make });
        const loop = new ParallelFor(pipeline, 'loop', { items: [1] });
        const again = new Task(loop, 'make', { component: make });
        const { word, data } = made.outputs;
        pipeline.returns({
          wrod: word,
          zzzzzzzz: 1,
          model: data,
          count: word,
          each: again.outputs.count,
          half: 0.5,
        } as Any);
      },
      { outputs: { word: str(), model: Model, count: int(), each: int(), half: int(), 'bad name': str() } },
    );
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1214 the output's name 'bad name' has other characters than letters, digits, '_' and '-'
    at test/diagnostics.test.ts:LINE
    mend: rename it
  [ml/train] KFP1212 the output 'model' of 'train' takes a system.Model: it is given a system.Dataset
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 the output 'count' of 'train' takes an int: it is given a string
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 the output 'half' of 'train' takes an int: 0.5 is not an int
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1220 the output 'each' reads 'ml/train/loop/make.count' from outside the loop that produces it
    at test/diagnostics.test.ts:LINE
    mend: read the list of what all iterations give: loop.collect(…), or create the reader in the loop
  [ml/train] KFP1253 the output 'word' is given no value
    at test/diagnostics.test.ts:LINE
    mend: bind it: pipeline.returns({ word: … })
  [ml/train] KFP1253 the output 'bad name' is given no value
    at test/diagnostics.test.ts:LINE
    mend: bind it: pipeline.returns({ bad name: … })
  [ml/train] KFP1253 returns 'wrod', which is no declared output
    at test/diagnostics.test.ts:LINE
    mend: did you mean 'word'?
  [ml/train] KFP1253 returns 'zzzzzzzz', which is no declared output
    at test/diagnostics.test.ts:LINE
    mend: declare it in the Pipeline's outputs"
`);
  });

  test('a pipeline that calls itself, directly and through another', () => {
    const direct = errorOf((pipeline) => {
      new Task(pipeline, 'make', { component: make });
      new SubPipeline(pipeline, 'again', { pipeline: pipeline as Any });
      new OnExitPipeline(pipeline, 'exit', { pipeline: pipeline as Any });
    });
    expect(direct).toMatchInlineSnapshot(`
"  [ml/train] KFP1251 [ml/train/again] calls 'ml/train', which calls itself by this
    at test/diagnostics.test.ts:LINE
    mend: repeat a pipeline with RepeatUntil, which has a bound
  [ml/train] KFP1251 [ml/train/exit] calls 'ml/train', which calls itself by this
    at test/diagnostics.test.ts:LINE
    mend: repeat a pipeline with RepeatUntil, which has a bound"
`);
    const through = errorOf((pipeline, chart) => {
      const other = new Pipeline(chart, 'other', { standalone: false });
      new Task(other, 'make', { component: make });
      new SubPipeline(other, 'back', { pipeline: pipeline as Any });
      new SubPipeline(pipeline, 'there', { pipeline: other as Any });
    });
    expect(through).toMatchInlineSnapshot(`
"  [ml/other] KFP1251 [ml/other/back] calls 'ml/train', which calls itself by this
    at test/diagnostics.test.ts:LINE
    mend: repeat a pipeline with RepeatUntil, which has a bound"
`);
  });

  test('two pipelines of one name', () => {
    const error = errorOf((pipeline, chart) => {
      for (const id of ['one', 'two', 'three']) {
        const called = new Pipeline(chart, id, { name: id === 'three' ? 'train' : 'same', standalone: false });
        new Task(called, 'make', { component: make });
        new SubPipeline(pipeline, id, { pipeline: called as Any });
      }
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1250 [ml/train/two] calls 'ml/two', which has the name 'same', as has 'ml/one'
    at test/diagnostics.test.ts:LINE
    mend: give one of them another name: templates are named after pipelines
  [ml/train] KFP1250 [ml/train/three] calls 'ml/three', which has the name 'train', as has 'ml/train'
    at test/diagnostics.test.ts:LINE
    mend: give one of them another name: templates are named after pipelines"
`);
  });

  test('a called pipeline with errors: they are told of once, beside those of the caller', () => {
    const error = errorOf((pipeline, chart) => {
      const called = new Pipeline(chart, 'called', { standalone: false, outputs: { word: str() } });
      new Task(called, 'say', { component: say, inputs: {} as Any });
      const call = new SubPipeline(pipeline, 'call', { pipeline: called as Any });
      new Task(pipeline, 'say', { component: say, inputs: { word: (call.outputs as Any).word } as Any });
      const caller = new Pipeline(chart, 'caller');
      new SubPipeline(caller, 'call', { pipeline: pipeline as Any });
      new Run(chart, 'run', { pipeline: caller });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1210 [ml/train/say] the input 'words' of 'say' is missing
    at test/diagnostics.test.ts:LINE
    mend: add 'words' to the inputs
  [ml/train] KFP1211 [ml/train/say] 'say' has no input 'word'
    at test/diagnostics.test.ts:LINE
    mend: did you mean 'words'?
  [ml/called] KFP1210 [ml/called/say] the input 'words' of 'say' is missing
    at test/diagnostics.test.ts:LINE
    mend: add 'words' to the inputs
  [ml/called] KFP1253 the output 'word' is given no value
    at test/diagnostics.test.ts:LINE
    mend: bind it: pipeline.returns({ word: … })"
`);
  });

  test('artifacts that a run cannot give', () => {
    const parameters = { rows: Dataset, parts: listOf(Model), base: optional(Model) };
    const error = errorOf(
      (pipeline, chart) => {
        new Task(pipeline, 'make', { component: make });
        new Run(chart, 'run', { pipeline: pipeline as Any, arguments: { base: 'x' } } as Any);
      },
      { parameters },
    );
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1252 the pipeline takes the artifact 'rows', which a run of it cannot be given
    at test/diagnostics.test.ts:LINE
    mend: set \`standalone: false\` where only other pipelines call it, take the artifact in by an Importer, or make it optional()
  [ml/train] KFP1252 the pipeline takes the artifact 'parts', which a run of it cannot be given
    at test/diagnostics.test.ts:LINE
    mend: set \`standalone: false\` where only other pipelines call it, take the artifact in by an Importer, or make it optional()
  [ml/run] KFP1310 'base' is an artifact, which a run cannot be given
    at test/diagnostics.test.ts:LINE
    mend: leave it out
  [ml/run] KFP1310 the required parameters 'rows', 'parts' have no argument
    at test/diagnostics.test.ts:LINE
    mend: add the arguments, or give the parameters defaults"
`);
  });

  test('arguments for optional and for list parameters', () => {
    const parameters = {
      note: optional(str()),
      ids: listOf(int()),
      names: listOf(str(), ['a']),
      rest: optional(list()),
    };
    const error = errorOf(
      (pipeline, chart) => {
        new Task(pipeline, 'make', { component: make });
        const run = (id: string, given: Any) =>
          new Run(chart, id, { pipeline: pipeline as Any, arguments: given } as Any);
        run('right', { ids: [1], note: undefined });
        run('null', { ids: [], note: null, rest: null });
        run('wrong', { ids: 1, note: 2, names: 'a', rest: {} });
        run('missing', { note: 'x' });
      },
      { parameters },
    );
    expect(error).toMatchInlineSnapshot(`
"  [ml/wrong] KFP1310 the argument 'ids': 1 is not a list
    at test/diagnostics.test.ts:LINE
    mend: give a value of that type
  [ml/wrong] KFP1310 the argument 'note': 2 is not a string
    at test/diagnostics.test.ts:LINE
    mend: give a value of that type
  [ml/wrong] KFP1310 the argument 'names': "a" is not a list
    at test/diagnostics.test.ts:LINE
    mend: give a value of that type
  [ml/wrong] KFP1310 the argument 'rest': {} is not a list
    at test/diagnostics.test.ts:LINE
    mend: give a value of that type
  [ml/missing] KFP1310 the required parameter 'ids' has no argument
    at test/diagnostics.test.ts:LINE
    mend: add the arguments, or give the parameters defaults"
`);
  });

  test('repetitions', () => {
    const error = errorOf((pipeline, chart) => {
      const grow = new Pipeline(chart, 'grow', {
        standalone: false,
        parameters: { value: int(0), word: str() },
        outputs: { value: float(), done: bool(), word: str(), iterations: int() },
      });
      const step = new Task(grow, 'step', { component: maybe, inputs: { count: grow.parameters.value } });
      const made = new Task(grow, 'make', { component: make });
      const { good, ratio, words } = step.outputs;
      grow.returns({ value: ratio, done: good, word: words, iterations: made.outputs.count });
      const repeat = (id: string, until: string, maxIterations: Any) =>
        new RepeatUntil(pipeline, id, { pipeline: grow, inputs: { word: 'x' }, until: until as 'done', maxIterations });
      repeat('too-many', 'done', 21);
      repeat('too-few', 'word', 0);
      repeat('half', 'doen', 1.5);
      new RepeatUntil(pipeline, 'missing', { pipeline: grow as Any, until: 'done', maxIterations: 20 } as Any);
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1210 [ml/train/missing] the input 'word' of 'grow' is missing
    at test/diagnostics.test.ts:LINE
    mend: add 'word' to the inputs
  [ml/train] KFP1255 [ml/train/too-many] maxIterations is 21
    at test/diagnostics.test.ts:LINE
    mend: give a whole number from 1 to 20
  [ml/train] KFP1255 [ml/train/too-many] the pipeline returns 'iterations', which is the number of iterations here
    at test/diagnostics.test.ts:LINE
    mend: rename that output
  [ml/train] KFP1255 [ml/train/too-many] the output 'value' cannot be the parameter 'value' of the next iteration: they are of different types
    at test/diagnostics.test.ts:LINE
    mend: give them one type, or different names
  [ml/train] KFP1255 [ml/train/too-few] maxIterations is 0
    at test/diagnostics.test.ts:LINE
    mend: give a whole number from 1 to 20
  [ml/train] KFP1255 [ml/train/too-few] 'word' is no boolean
    at test/diagnostics.test.ts:LINE
    mend: name a boolean output of the pipeline
  [ml/train] KFP1255 [ml/train/too-few] the pipeline returns 'iterations', which is the number of iterations here
    at test/diagnostics.test.ts:LINE
    mend: rename that output
  [ml/train] KFP1255 [ml/train/too-few] the output 'value' cannot be the parameter 'value' of the next iteration: they are of different types
    at test/diagnostics.test.ts:LINE
    mend: give them one type, or different names
  [ml/train] KFP1255 [ml/train/half] maxIterations is 1.5
    at test/diagnostics.test.ts:LINE
    mend: give a whole number from 1 to 20
  [ml/train] KFP1255 [ml/train/half] 'grow' does not return 'doen'
    at test/diagnostics.test.ts:LINE
    mend: name a boolean output of the pipeline
  [ml/train] KFP1255 [ml/train/half] the pipeline returns 'iterations', which is the number of iterations here
    at test/diagnostics.test.ts:LINE
    mend: rename that output
  [ml/train] KFP1255 [ml/train/half] the output 'value' cannot be the parameter 'value' of the next iteration: they are of different types
    at test/diagnostics.test.ts:LINE
    mend: give them one type, or different names
  [ml/train] KFP1255 [ml/train/missing] the pipeline returns 'iterations', which is the number of iterations here
    at test/diagnostics.test.ts:LINE
    mend: rename that output
  [ml/train] KFP1255 [ml/train/missing] the output 'value' cannot be the parameter 'value' of the next iteration: they are of different types
    at test/diagnostics.test.ts:LINE
    mend: give them one type, or different names"
`);
  });
});

test('conditions that are none', () => {
  const error = errorOf((pipeline) => {
    const made = new Task(pipeline, 'make', { component: make });
    const { count, word, data } = made.outputs as Any;
    new Task(new If(pipeline, 'a', { condition: count }), 'make', { component: make });
    new Task(new If(pipeline, 'b', { condition: word.gt(3) }), 'make', { component: make });
    new Task(new If(pipeline, 'c', { condition: count.eq(word) }), 'make', { component: make });
    new Task(new If(pipeline, 'd', { condition: data.eq(data) }), 'make', { component: make });
    new Task(new If(pipeline, 'e', { condition: count.gt(1).and(word) }), 'make', { component: make });
    new Task(new If(pipeline, 'f', { condition: data.metric('x').gt(1) }), 'make', { component: make });
    new Task(new If(pipeline, 'g', { condition: count.eq(1).gt(true) }), 'make', { component: make });
  });
  expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1213 [ml/train/a] the condition is an int, not a boolean
    at test/diagnostics.test.ts:LINE
    mend: compare it: \`.eq(…)\`, \`.gte(…)\`
  [ml/train] KFP1217 [ml/train/b] a comparison: 3 is not a string
    at test/diagnostics.test.ts:LINE
    mend: compare values of one type
  [ml/train] KFP1217 [ml/train/c] an int is compared with a string
    at test/diagnostics.test.ts:LINE
    mend: compare values of one type
  [ml/train] KFP1217 [ml/train/d] a system.Dataset cannot be compared
    at test/diagnostics.test.ts:LINE
    mend: compare values of one type
  [ml/train] KFP1217 [ml/train/e] 'and' takes booleans, not a string
    at test/diagnostics.test.ts:LINE
    mend: compare values of one type
  [ml/train] KFP1217 [ml/train/f] 'x' is read as a metric of a system.Dataset
    at test/diagnostics.test.ts:LINE
    mend: read metrics of Metrics and ClassificationMetrics
  [ml/train] KFP1217 [ml/train/g] '>' compares numbers or texts, not a boolean
    at test/diagnostics.test.ts:LINE
    mend: compare values of one type"
`);
});

describe('names', () => {
  test('of two tasks that are one in kebab case, and names that are too long or none', () => {
    const error = errorOf((pipeline) => {
      new Task(pipeline, 'trainModel', { component: make });
      new Task(pipeline, 'train_model', { component: make });
      new Task(pipeline, 'x'.repeat(70), { component: make });
      new Task(pipeline, '___', { component: make });
      new Task(new Construct(new Construct(pipeline, 'a'), 'b'), 'c', { component: make });
      new Task(pipeline, 'a-b-c', { component: make });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1204 [ml/train/train_model] has the name 'train-model', which 'ml/train/trainModel' has already
    at test/diagnostics.test.ts:LINE
    mend: give one of them another id: ids are compared in kebab case
  [ml/train] KFP1203 [ml/train/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx] the name 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' has 70 characters; 63 are allowed
    at test/diagnostics.test.ts:LINE
    mend: give the construct, or one it stands under, a shorter id of letters, digits and hyphens
  [ml/train] KFP1203 [ml/train/___] the id gives the name '', which is not a DNS label
    at test/diagnostics.test.ts:LINE
    mend: give the construct, or one it stands under, a shorter id of letters, digits and hyphens
  [ml/train] KFP1204 [ml/train/a-b-c] has the name 'a-b-c', which 'ml/train/a/b/c' has already
    at test/diagnostics.test.ts:LINE
    mend: give one of them another id: ids are compared in kebab case"
`);
  });

  test('of two objects of one kind, across charts', () => {
    const app = Testing.app();
    for (const id of ['one', 'two']) {
      const chart = new Chart(app, id, { namespace: 'ml' });
      new Task(new Pipeline(chart, 'train'), 'make', { component: make });
      new Runner(chart, 'runner');
    }
    expect(errorOfApp(app)).toMatchInlineSnapshot(`
"  [two/train/Default] KFP1301 the WorkflowTemplate 'train' has the same name as the one of 'one/train/Default' in the same namespace
    mend: give one of them another \`name\`
  [two/runner/Default] KFP1301 the ServiceAccount 'runner' has the same name as the one of 'one/runner/Default' in the same namespace
    mend: give one of them another \`name\`
  [two/runner/Token] KFP1301 the Secret 'runner.service-account-token' has the same name as the one of 'one/runner/Token' in the same namespace
    mend: give one of them another \`name\`
  [two/runner/Role] KFP1301 the Role 'runner' has the same name as the one of 'one/runner/Role' in the same namespace
    mend: give one of them another \`name\`
  [two/runner/RoleBinding] KFP1301 the RoleBinding 'runner' has the same name as the one of 'one/runner/RoleBinding' in the same namespace
    mend: give one of them another \`name\`"
`);
  });

  test('of different components, of components and branches, of the pipeline', () => {
    const other = new ContainerComponent({ name: 'make', image: 'other:1', command: ['x'] });
    const close = new ContainerComponent({ name: 'Make', image: 'other:1', command: ['x'] });
    const odd = new ContainerComponent({ name: '…', image: 'other:1', command: ['x'] });
    const error = errorOf(
      (pipeline) => {
        new Task(pipeline, 'a', { component: make });
        new Task(pipeline, 'b', { component: other });
        new Task(pipeline, 'c', { component: close });
        new Task(pipeline, 'd', { component: odd });
      },
      { name: 'My_Pipeline', version: '1.0+beta' },
    );
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1205 [ml/train/b] two different components are named 'make'; 'ml/train/a' uses the other one
    at test/diagnostics.test.ts:LINE
    mend: rename one of them: a template is named after its component"
`);
    const branch = new ContainerComponent({ name: 'then-good', image: 'other:1', command: ['x'] });
    const own = errorOf((pipeline) => {
      const made = new Task(pipeline, 'say', { component: make, timeout: Duration.minutes(1) });
      new Task(pipeline, 'x', { component: say, inputs: { words: made.outputs.word } });
      new Task(new If(pipeline, 'good', { condition: made.outputs.count.gt(1) }), 'y', { component: branch });
    });
    expect(own).toMatchInlineSnapshot(`
"  [ml/train] KFP1305 the template name 'then-good' stands for the DAG 'then-good' and for the component 'then-good'
    at test/diagnostics.test.ts:LINE
    mend: rename one of them"
`);
  });
});

test('what is empty', () => {
  expect(errorOf(() => {})).toMatchInlineSnapshot(`
"  [ml/train] KFP1200 the pipeline has no task
    at test/diagnostics.test.ts:LINE
    mend: create a Task under it"
`);
  expect(
    errorOf((pipeline) => {
      const made = new Task(pipeline, 'make', { component: make });
      new If(pipeline, 'a', { condition: made.outputs.count.gt(1) }).else('b');
    }),
  ).toMatchInlineSnapshot(`
"  [ml/train] KFP1201 [ml/train/a] the branch has no task
    at test/diagnostics.test.ts:LINE
    mend: create a Task under it, or leave the branch out
  [ml/train] KFP1201 [ml/train/b] the branch has no task
    at test/diagnostics.test.ts:LINE
    mend: create a Task under it, or leave the branch out"
`);
});

test('settings that Kubernetes or Argo would refuse', () => {
  const error = errorOf((pipeline) => {
    new Task(pipeline, 'a', { component: make, resources: { cpu: 'two', memory: '8 GB' } });
    new Task(pipeline, 'b', { component: make, retry: { retries: -1 }, timeout: Duration.millis(5) });
    new Task(pipeline, 'c', { component: make, env: { 'A-B': 'x', KFP_INPUT_x: 'y' } });
  });
  expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1240 [ml/train/a] 'two' is no quantity of cpu
    at test/diagnostics.test.ts:LINE
    mend: write it as Kubernetes does: '500m', '4', '8Gi'
  [ml/train] KFP1240 [ml/train/a] '8 GB' is no quantity of memory
    at test/diagnostics.test.ts:LINE
    mend: write it as Kubernetes does: '500m', '4', '8Gi'
  [ml/train] KFP1240 [ml/train/b] -1 is no number of retries
    at test/diagnostics.test.ts:LINE
    mend: give a whole number
  [ml/train] KFP1240 [ml/train/b] the timeout of 0.005 s is not a whole number of seconds
    at test/diagnostics.test.ts:LINE
    mend: give whole seconds, from 1
  [ml/train] KFP1240 [ml/train/c] 'A-B' cannot be set as an environment variable
    at test/diagnostics.test.ts:LINE
    mend: use letters, digits and underscores
  [ml/train] KFP1240 [ml/train/c] the library itself uses the environment variable 'KFP_INPUT_x'
    at test/diagnostics.test.ts:LINE
    mend: give the variable another name"
`);
});

test('images that Argo would expand, or that are missing', () => {
  const error = errorOf((pipeline) => {
    new Task(pipeline, 'a', { component: new ContainerComponent({ name: 'a', image: '{{x}}:1', command: ['x'] }) });
    new Task(pipeline, 'b', { component: new ContainerComponent({ name: 'b', image: ' ', command: ['x'] }) });
  });
  expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1230 the component 'a' has '{{' in its image, which Argo would expand
    at test/diagnostics.test.ts:LINE
    mend: write the image as it is: a pipeline cannot compute it
  [ml/train] KFP1231 the component 'b' has no image
    at test/diagnostics.test.ts:LINE
    mend: give it an image, with a tag or a digest"
`);
});

describe('limits', () => {
  const fill = (pipeline: Pipeline, tasks: number, words: string) => {
    for (let index = 0; index < tasks; index++) new Task(pipeline, `t${index}`, { component: say, inputs: { words } });
  };

  test('counts of the full CRDs, which the minimal ones do not have', () => {
    expect(errorOf((pipeline) => fill(pipeline, 201, 'x'))).toMatchInlineSnapshot(`
"  [ml/train] KFP1303 the DAG 'main' has 201 tasks; Argo's full CRDs allow 200
    at test/diagnostics.test.ts:LINE
    mend: split it into several pipelines, or set crds: 'minimal' where the cluster has the minimal CRDs"
`);
    expect(errorOf((pipeline) => fill(pipeline, 201, 'x'), { crds: 'minimal' })).toBe('no error');
    const templates = errorOf((pipeline) => {
      for (let index = 0; index < 200; index++) {
        const component = new ContainerComponent({ name: `c${index}`, image: 'x:1', command: ['x'] });
        new Task(pipeline, `t${index}`, { component });
      }
    });
    expect(templates).toMatchInlineSnapshot(`
"  [ml/train] KFP1302 the pipeline has 201 templates; Argo's full CRDs allow 200
    at test/diagnostics.test.ts:LINE
    mend: split it into pipelines of fewer components and branches, or set crds: 'minimal' where the cluster has the minimal CRDs"
`);
  });

  test('bytes of the template', () => {
    expect(errorOf((pipeline) => fill(pipeline, 100, 'x'.repeat(5000)))).toMatchInlineSnapshot(`
"  [ml/train] KFP1304 the WorkflowTemplate has 499 kB; 400 kB are allowed, because a run holds its template twice
    at test/diagnostics.test.ts:LINE
    mend: split the pipeline, or raise sizeLimit for an engine that takes larger objects"
`);
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    expect(errorOf((pipeline) => fill(pipeline, 100, 'x'.repeat(3000)))).toBe('no error');
    expect(errorOf((pipeline) => fill(pipeline, 100, 'x'.repeat(5000)), { sizeLimit: Size.mebibytes(1) })).toBe(
      'no error',
    );
    expect(warn.mock.calls[0]![0].replace(/ts:\d+/, 'ts:LINE')).toMatchInlineSnapshot(`
"warning: KFP1306 [ml/train] the WorkflowTemplate has 303 kB; kubectl's client-side apply takes 256 kB
    at test/diagnostics.test.ts:LINE
    mend: apply it with \`kubectl apply --server-side\`, or split the pipeline"
`);
    expect(warn).toHaveBeenCalledTimes(2);
    warn.mockRestore();
  });
});

describe('runs', () => {
  const parameters = { rows: int(), word: str('x'), size: str('s', { choices: ['s', 'm'] }) };

  test('arguments', () => {
    const error = errorOf(
      (pipeline, chart) => {
        new Task(pipeline, 'make', { component: make });
        const any = pipeline as Any;
        new Run(chart, 'a', { pipeline: any, arguments: { row: 3, word: 3, size: 'l' } });
        new Run(chart, 'b', { pipeline: any, name: 'Not A Name' } as Any);
        new Run(chart, 'c', { pipeline: any, arguments: { rows: pipeline.run.name } });
        new RecurringRun(chart, 'd', { pipeline: any, schedule: '@daily', arguments: { rows: '1' } });
        new RecurringRun(chart, 'n'.repeat(53), { pipeline: any, schedule: '@daily', arguments: { rows: 1 } });
      },
      { parameters },
    );
    expect(error).toMatchInlineSnapshot(`
"  [ml/a] KFP1310 the pipeline has no parameter 'row'
    at test/diagnostics.test.ts:LINE
    mend: did you mean 'rows'?
  [ml/a] KFP1310 the argument 'word': 3 is not a string
    at test/diagnostics.test.ts:LINE
    mend: give a value of that type
  [ml/a] KFP1310 the argument 'size': "l" is not one of "s", "m"
    at test/diagnostics.test.ts:LINE
    mend: give a value of that type
  [ml/a] KFP1310 the required parameter 'rows' has no argument
    at test/diagnostics.test.ts:LINE
    mend: add the arguments, or give the parameters defaults
  [ml/b] KFP1311 the name 'Not A Name' is not a DNS label of at most 63 characters
    at test/diagnostics.test.ts:LINE
    mend: use lower-case letters, digits and hyphens
  [ml/b] KFP1310 the required parameter 'rows' has no argument
    at test/diagnostics.test.ts:LINE
    mend: add the arguments, or give the parameters defaults
  [ml/c] KFP1310 the argument 'rows': a value of the run is not an int
    at test/diagnostics.test.ts:LINE
    mend: give a value of that type
  [ml/d] KFP1310 the argument 'rows': "1" is not an int
    at test/diagnostics.test.ts:LINE
    mend: give a value of that type
  [ml/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn] KFP1311 the name 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn' is not a DNS label of at most 52 characters
    at test/diagnostics.test.ts:LINE
    mend: use lower-case letters, digits and hyphens"
`);
  });

  test('schedules', () => {
    const error = errorOf((pipeline, chart) => {
      new Task(pipeline, 'make', { component: make });
      for (const [id, schedule] of Object.entries({
        a: '30 0 3 * * *',
        b: 'every day',
        c: '0 2 * *',
        d: '0 0 3 * * *',
        e: '@every 1h30m',
      })) {
        new RecurringRun(chart, id, { pipeline, schedule });
      }
      new RecurringRun(chart, 'f', { pipeline, schedule: Cron.daily(), maxConcurrency: 0 });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/a] KFP1312 the schedule '30 0 3 * * *' has six fields and starts at second '30'
    at test/diagnostics.test.ts:LINE
    mend: Argo starts runs on the minute: the first of six fields must be 0
  [ml/b] KFP1312 the schedule 'every day' is no cron expression
    at test/diagnostics.test.ts:LINE
    mend: give five fields (minute, hour, day of month, month, day of week), or '@daily', '@every 10m' and the like
  [ml/c] KFP1312 the schedule '0 2 * *' is no cron expression
    at test/diagnostics.test.ts:LINE
    mend: give five fields (minute, hour, day of month, month, day of week), or '@daily', '@every 10m' and the like
  [ml/f] KFP1313 maxConcurrency is 0
    at test/diagnostics.test.ts:LINE
    mend: give a whole number from 1"
`);
  });

  test('an experiment that cannot be a label', () => {
    expect(() => new Experiment('my experiment')).toThrowErrorMatchingInlineSnapshot(
      `"The experiment's name 'my experiment' cannot be a label: use at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends."`,
    );
  });
});

test('arguments of a run are reported beside what is wrong with the pipeline', () => {
  const error = errorOf(
    (pipeline, chart) => {
      new Task(pipeline, 'use', { component: use as Any, inputs: {} });
      new Run(chart, 'run', { pipeline: pipeline as Any, arguments: { sed: 1 } });
    },
    { parameters: { seed: int() } },
  );
  expect(error).toContain('KFP1210');
  expect(error).toContain("KFP1310 the pipeline has no parameter 'sed'");
});

test('literals that no YAML and no JSON holds, or that are too long', () => {
  const cyclic: Any = {};
  cyclic.self = cyclic;
  const error = errorOf((pipeline) => {
    const made = new Task(pipeline, 'make', { component: make });
    const options = (value: Any, id: string) =>
      new Task(pipeline, id, { component: use, inputs: { data: made.outputs.data, lr: 1, options: value } });
    options(cyclic, 'cyclic');
    options({ big: 1n }, 'big');
    options({ holes: Array(2) }, 'holes');
    options({ value: made.outputs.count }, 'value');
    new Task(pipeline, 'say', { component: say, inputs: { words: made.outputs as Any } });
  });
  expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1212 [ml/train/cyclic] the input 'options' of 'use' takes a dict: an object is not a dict
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/big] the input 'options' of 'use' takes a dict: an object is not a dict
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/holes] the input 'options' of 'use' takes a dict: {"holes":[null,null]} is not a dict
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/value] the input 'options' of 'use' takes a dict: a dict of literals holds no value of the run: give each an input of its own
    at test/diagnostics.test.ts:LINE
    mend: give it such a value
  [ml/train] KFP1212 [ml/train/say] the input 'words' of 'say' takes a string: an object is not a string
    at test/diagnostics.test.ts:LINE
    mend: give it such a value"
`);
  const long = errorOf(
    (pipeline) => new Task(pipeline, 'say', { component: say, inputs: { words: 'x'.repeat(140_000) } }),
  );
  expect(long).toMatchInlineSnapshot(`
"  [ml/train] KFP1308 the input 'words' of 'say' has 137 kB; a variable holds 128 kB
    at test/diagnostics.test.ts:LINE
    mend: pass it as an artifact"
`);
  const odd = errorOf(
    (pipeline) => new Task(pipeline, 'make', { component: make, env: { A: 'a\u2028b', B: '\u0007' } }),
    {
      description: 'x\u007f',
      runner: { name: '{{workflow.name}}' },
    },
  );
  expect(odd).toMatchInlineSnapshot(`
"  [ml/train] KFP1241 '{{workflow.name}}' cannot be the name of a service account
    at test/diagnostics.test.ts:LINE
    mend: use lower-case letters, digits, hyphens and dots
  [ml/train] KFP1234 the description holds a character that YAML cannot hold
    at test/diagnostics.test.ts:LINE
    mend: leave control characters, U+2028 and the like out, or write them as escapes
  [ml/train] KFP1234 [ml/train/make] the environment variable 'A' holds a character that YAML cannot hold
    at test/diagnostics.test.ts:LINE
    mend: leave control characters, U+2028 and the like out, or write them as escapes
  [ml/train] KFP1234 [ml/train/make] the environment variable 'B' holds a character that YAML cannot hold
    at test/diagnostics.test.ts:LINE
    mend: leave control characters, U+2028 and the like out, or write them as escapes"
`);
});

describe('misuse of constructs is refused at once', () => {
  test('what is undefined, or no value, where something else belongs', () => {
    const chart = Testing.chart();
    const pipeline = new Pipeline(chart, 'p');
    expect(() => new Task(pipeline, 'a', { component: undefined as Any })).toThrowErrorMatchingInlineSnapshot(
      `"The task 'test/p/a' has no component: it is undefined. Is it imported by its right name?"`,
    );
    expect(() => new Pipeline(chart, 'q', { parameters: { words: 'x' as Any } })).toThrowErrorMatchingInlineSnapshot(
      `"The parameter 'words' of 'test/q' has no type: declare it with str(), int(), float(), bool(), list() or dict()."`,
    );
    expect(() => new If(pipeline, 'b', { condition: true as Any })).toThrowErrorMatchingInlineSnapshot(
      `"The condition of 'test/p/b' is true: give a comparison of values, such as task.output.gte(0.9)."`,
    );
    const made = new Task(pipeline, 'make', { component: make });
    expect(() => made.after(undefined as Any)).toThrowErrorMatchingInlineSnapshot(
      `"'test/p/make' is told to run after undefined: give tasks, Ifs, loops and the like, as they are."`,
    );
    expect(() => text`${{} as Any}`).toThrowErrorMatchingInlineSnapshot(
      `"[object Object] cannot stand in text: give strings, numbers, booleans and values of the run."`,
    );
    expect(
      () => new ContainerComponent({ name: 'x', image: 'x:1', command: ['x', undefined as Any] }),
    ).toThrowErrorMatchingInlineSnapshot(
      `"undefined is no argument of a container: give text, a placeholder, or both joined by arg\`…\`."`,
    );
  });

  test('a task outside of a pipeline, an exit task in a branch, a second exit task, a branch after Else', () => {
    const chart = Testing.chart();
    expect(() => new Task(chart, 'a', { component: make })).toThrowErrorMatchingInlineSnapshot(
      `"'test' is not inside a Pipeline: create tasks under a Pipeline, a branch of an If, a ParallelFor or an ExitHandler."`,
    );
    const pipeline = new Pipeline(chart, 'p');
    const made = new Task(pipeline, 'make', { component: make });
    const branch = new If(pipeline, 'if', { condition: made.outputs.count.gt(1) });
    expect(() => new OnExit(branch, 'exit', { component: make })).toThrowErrorMatchingInlineSnapshot(
      `"The exit task 'test/p/if/exit' is inside of 'test/p/if': create it under the Pipeline, where it runs at the end of every run, or under an ExitHandler."`,
    );
    new OnExit(pipeline, 'exit', { component: make });
    expect(() => new OnExit(pipeline, 'exit-2', { component: make })).toThrowErrorMatchingInlineSnapshot(
      `"The pipeline 'test/p' already has the exit task 'exit'; it can have one OnExit."`,
    );
    branch.else('else');
    expect(() => branch.elif('elif', { condition: made.outputs.count.gt(1) })).toThrowErrorMatchingInlineSnapshot(
      `"The If 'test/p/if' already has its Else; add the Elif 'elif' before it."`,
    );
  });

  test('what is no loop, no value of the run, no pipeline, no condition', () => {
    const chart = Testing.chart();
    const pipeline = new Pipeline(chart, 'p', { outputs: { count: int() } });
    const made = new Task(pipeline, 'make', { component: make });
    const loop = new ParallelFor(pipeline, 'loop', { items: [{ a: 1 }] });
    expect(() => new ParallelFor(pipeline, 'a', { items: undefined as Any })).toThrowErrorMatchingInlineSnapshot(
      `"The items of 'test/p/a' are undefined: give a list of literals, or a list that exists in the run."`,
    );
    expect(() => new ParallelFor(pipeline, 'b', { items: 'abc' as Any })).toThrowErrorMatchingInlineSnapshot(
      `"The items of 'test/p/b' are abc: give a list of literals, or a list that exists in the run."`,
    );
    expect(() => loop.collect(loop.item.a.gt(1))).toThrowErrorMatchingInlineSnapshot(
      `"'test/p/loop' can collect outputs of what runs in it, metrics and items: give it an output of a task."`,
    );
    expect(() => loop.collect(undefined as Any)).toThrowErrorMatchingInlineSnapshot(
      `"'test/p/loop' can collect outputs of what runs in it, metrics and items: give it an output of a task."`,
    );
    expect(() => oneOf(made.outputs.word, 'x' as Any)).toThrowErrorMatchingInlineSnapshot(
      `"oneOf is given x: give it an output of a task in each branch."`,
    );
    expect(() => new SubPipeline(pipeline, 'c', { pipeline: undefined as Any })).toThrowErrorMatchingInlineSnapshot(
      `"'test/p/c' calls undefined, which is no Pipeline. Is it imported by its right name?"`,
    );
    expect(
      () => new RepeatUntil(pipeline, 'd', { pipeline: make as Any, until: 'x' as never, maxIterations: 2 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `"'test/p/d' calls [object Object], which is no Pipeline. Is it imported by its right name?"`,
    );
    expect(() => new Check(pipeline, 'f', { rules: {} })).toThrowErrorMatchingInlineSnapshot(
      `"The check 'f' has no rule: give each rule a name and a condition."`,
    );
    expect(
      () => new Check(pipeline, 'g', { rules: { '': made.outputs.count.gt(1) } }),
    ).toThrowErrorMatchingInlineSnapshot(
      `"The check 'g' has a rule without a name: give each rule a name and a condition."`,
    );
    expect(() => new Check(pipeline, 'e', { rules: { big: true as Any } })).toThrowErrorMatchingInlineSnapshot(
      `"The rule 'big' of 'e' is true: give a condition, such as task.output.gte(0.9)."`,
    );
    pipeline.returns({ count: made.outputs.count });
    expect(() => pipeline.returns({ count: made.outputs.count })).toThrowErrorMatchingInlineSnapshot(
      `"The outputs of 'test/p' were bound before."`,
    );
  });

  test('control flow outside of a pipeline, and a second exit task of a handler', () => {
    const chart = Testing.chart();
    expect(() => new ParallelFor(chart, 'a', { items: [] })).toThrowErrorMatchingInlineSnapshot(
      `"'test' is not inside a Pipeline: create tasks under a Pipeline, a branch of an If, a ParallelFor or an ExitHandler."`,
    );
    expect(() => new ExitHandler(chart, 'b')).toThrowErrorMatchingInlineSnapshot(
      `"'test' is not inside a Pipeline: create tasks under a Pipeline, a branch of an If, a ParallelFor or an ExitHandler."`,
    );
    const pipeline = new Pipeline(chart, 'p');
    const handler = new ExitHandler(pipeline, 'handler');
    new OnExit(handler, 'exit', { component: make });
    expect(() => new OnExit(handler, 'exit-2', { component: make })).toThrowErrorMatchingInlineSnapshot(
      `"The exit handler 'test/p/handler' already has the exit task 'exit'; it can have one."`,
    );
    const loop = new ParallelFor(pipeline, 'loop', { items: [] });
    expect(
      () => new OnExitPipeline(loop, 'exit', { pipeline: new Pipeline(chart, 'q') }),
    ).toThrowErrorMatchingInlineSnapshot(
      `"The exit task 'test/p/loop/exit' is inside of 'test/p/loop': create it under the Pipeline, where it runs at the end of every run, or under an ExitHandler."`,
    );
  });

  test('a change after synth', () => {
    const chart = Testing.chart();
    const pipeline = new Pipeline(chart, 'p');
    const made = new Task(pipeline, 'make', { component: make });
    Testing.synth(chart);
    expect(() => new Task(pipeline, 'late', { component: make })).toThrowErrorMatchingInlineSnapshot(
      `"'test/p/late' was created after the pipeline 'test/p' was synthesised: make all changes before synth."`,
    );
    expect(() => new ExitHandler(pipeline, 'late-2')).toThrowErrorMatchingInlineSnapshot(
      `"'test/p/late-2' was created after the pipeline 'test/p' was synthesised: make all changes before synth."`,
    );
    expect(() => made.ignoreUpstreamFailure()).toThrowErrorMatchingInlineSnapshot(
      `"'test/p/make' was told to ignore failures after the pipeline 'test/p' was synthesised: make all changes before synth."`,
    );
    expect(() => made.continueOnFailure()).toThrowErrorMatchingInlineSnapshot(
      `"'test/p/make' was told to continue on failure after the pipeline 'test/p' was synthesised: make all changes before synth."`,
    );
    expect(() => pipeline.returns({})).toThrowErrorMatchingInlineSnapshot(
      `"its outputs were bound after the pipeline 'test/p' was synthesised: make all changes before synth."`,
    );
    expect(() => made.after(made)).toThrowErrorMatchingInlineSnapshot(
      `"'test/p/make' was told to run after others after the pipeline 'test/p' was synthesised: make all changes before synth."`,
    );
    expect(() => pipeline.tasks.configure({})).toThrowErrorMatchingInlineSnapshot(
      `"its tasks were configured after the pipeline 'test/p' was synthesised: make all changes before synth."`,
    );
  });

  test('a value as text', () => {
    const pipeline = new Pipeline(Testing.chart(), 'p', { parameters: { word: str('x') } });
    const word: Value<string> = pipeline.parameters.word;
    expect(() => `${word}`).toThrowErrorMatchingInlineSnapshot(
      `"A Value has no text before the pipeline runs. Pass it as an input, or build a string from values with the \`text\` template tag."`,
    );
  });
});

describe('Python components', () => {
  test('a metric that the source does not log is a warning', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const error = errorOf((pipeline) => {
      const consumed = new Task(pipeline, 'consume', {
        component: PythonComponent.fromFile('test/fixtures/python/everything.py', 'consume'),
        inputs: {
          ...Object.fromEntries(['text', 'ratio', 'flag', 'items', 'conf'].map((name) => [name, VALUES[name]])),
          count: 1,
          rows: new Task(pipeline, 'make', { component: make }).outputs.data,
        },
      });
      new Task(new If(pipeline, 'if', { condition: consumed.outputs.metrics!.metric('acuracy').gt(1) }), 'x', {
        component: make,
      });
    });
    expect(error).toBe('no error');
    expect(warn.mock.calls[0]![0].replace(/ts:\d+/, 'ts:LINE')).toMatchInlineSnapshot(`
"warning: KFP1227 [ml/train/if] the metric 'acuracy' is read, which the source of 'consume' does not log on 'metrics'
    at test/diagnostics.test.ts:LINE
    mend: did you mean 'accuracy'?"
`);
    warn.mockRestore();
  });

  test('a file or a function that is missing does not stop the app before synth', () => {
    const error = errorOf((pipeline) => {
      const lost = PythonComponent.fromFile('components/lost.py', 'train');
      const made = new Task(pipeline, 'a', { component: lost });
      new Task(new If(pipeline, 'b', { condition: made.outputs.score!.gt(1) }), 'c', {
        component: PythonComponent.fromFile('components/training.py', 'trian'),
      });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1102 cannot read components/lost.py: No such file or directory
    at components/lost.py
    mend: give the path of a Python file, from here
  [ml/train] KFP1106 components/training.py has no component trian
    at components/training.py
    mend: its components are load_data, preprocess_data, train_model, evaluate_model, deploy_model"
`);
  });

  test('credentials in an index URL', () => {
    const folder = fs.mkdtempSync(path.join('test', 'tmp-'));
    try {
      const file = path.join(folder, 'c.py');
      const option = 'pip_index_urls=["https://me:hunter2@pypi.example.com/simple"]';
      fs.writeFileSync(
        file,
        `from kfp import dsl\n\n@dsl.component(base_image="python:3.11", ${option})\ndef c() -> int:\n    return 1\n`,
      );
      const error = errorOf((pipeline) => new Task(pipeline, 'c', { component: PythonComponent.fromFile(file, 'c') }));
      expect(error).not.toContain('hunter2');
      expect(error.replace(folder, 'FOLDER')).toMatchInlineSnapshot(`
"  [ml/train] KFP1232 the component 'c' has credentials in the URL of an index or a package, which would stand in the manifest
    at FOLDER/c.py:4
    mend: leave them out, and give them to pip by its configuration in the image"
`);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  test('ports declared by hand that differ from the file', () => {
    const error = errorOf((pipeline) => {
      const declared = PythonComponent.fromFile('components/training.py', 'deploy_model', {
        inputs: { model_input: Dataset, accuracy: int(), stage: str(), extra: str() },
        outputs: { endpoint: str() },
      });
      new Task(pipeline, 'a', { component: declared as Any, inputs: {} });
    });
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1109 the input 'model_input' of deploy_model is declared as system.Dataset, but components/training.py says system.Model
    at components/training.py:154
    mend: declare it as the Python file does
  [ml/train] KFP1109 the input 'accuracy' of deploy_model is declared as NUMBER_INTEGER, but components/training.py says NUMBER_DOUBLE
    at components/training.py:154
    mend: declare it as the Python file does
  [ml/train] KFP1109 the input 'stage' of deploy_model is declared as STRING, but components/training.py says optional STRING
    at components/training.py:154
    mend: declare it as the Python file does
  [ml/train] KFP1109 the input 'extra' of deploy_model is declared as STRING, but components/training.py has none
    at components/training.py:154
    mend: leave it out
  [ml/train] KFP1109 the output 'size_bytes' of deploy_model is not declared, but components/training.py says NUMBER_INTEGER
    at components/training.py:154
    mend: declare it as the Python file does"
`);
  });
});
