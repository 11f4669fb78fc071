import * as fs from 'node:fs';
import * as path from 'node:path';
import { type App, Chart, Cron, Duration, Size, Testing } from 'cdk8s';
import {
  ContainerComponent,
  Dataset,
  dict,
  Experiment,
  float,
  If,
  int,
  Metrics,
  Model,
  OnExit,
  Pipeline,
  type PipelineProps,
  PythonComponent,
  RecurringRun,
  Run,
  Runner,
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
    mend: create the reader in the same branch: outside of it, the task may not have run
  [ml/train] KFP1220 [ml/train/leak] the input 'words' reads 'ml/train/many/again.word' from outside the branch that produces it
    at test/diagnostics.test.ts:LINE
    mend: create the reader in the same branch: outside of it, the task may not have run
  [ml/train] KFP1220 [ml/train/odd] the condition reads 'ml/train/many/again.count' from outside the branch that produces it
    at test/diagnostics.test.ts:LINE
    mend: create the reader in the same branch: outside of it, the task may not have run"
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
    mend: create the producing task under the same Pipeline
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
    mend: nothing can run after the exit task
  [ml/train] KFP1223 [ml/train/exit] the input 'rows' reads 'ml/train/make.count' in the exit task, where it may not exist
    at test/diagnostics.test.ts:LINE
    mend: give the exit task parameters, facts of the run or its final status"
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
    mend: use the component in an OnExit"
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
    mend: add 'data' to the task's inputs
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
    mend: add 'constructor' to the task's inputs
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
          seed: int(1.5),
          size: str('l', { choices: ['s', 'm'] }),
        },
      },
    );
    expect(error).toMatchInlineSnapshot(`
"  [ml/train] KFP1214 the parameter's name 'bad name' has other characters than letters, digits, '_' and '-'
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
    new Task(new If(pipeline, 'g', { condition: word.gt('a') }), 'make', { component: make });
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
    mend: compare values of one type
  [ml/train] KFP1217 [ml/train/g] '>' compares numbers, not a string
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
    mend: rename one of them
  [ml/train] KFP1305 the template name 'say' stands for the task 'ml/train/say' and for the component 'say'
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
    mend: use letters, digits and underscores; of the library’s own KFP_…, only KFP_LOG can be set
  [ml/train] KFP1240 [ml/train/c] 'KFP_INPUT_x' cannot be set as an environment variable
    at test/diagnostics.test.ts:LINE
    mend: use letters, digits and underscores; of the library’s own KFP_…, only KFP_LOG can be set"
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
"  [ml/train] KFP1304 the WorkflowTemplate has 498 kB; 400 kB are allowed, because a run holds its template twice
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
  [ml/train] KFP1212 [ml/train/value] the input 'options' of 'use' takes a dict: an object is not a dict
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
      `"'test/p/make' is told to run after undefined: give tasks or Ifs, as they are."`,
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
      `"'test' is not inside a Pipeline: create tasks and Ifs under a Pipeline, an If, an Elif or an Else."`,
    );
    const pipeline = new Pipeline(chart, 'p');
    const made = new Task(pipeline, 'make', { component: make });
    const branch = new If(pipeline, 'if', { condition: made.outputs.count.gt(1) });
    expect(() => new OnExit(branch, 'exit', { component: make })).toThrowErrorMatchingInlineSnapshot(
      `"The exit task 'test/p/if/exit' is inside the branch 'test/p/if': create it under the Pipeline, where it runs at the end of every run."`,
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

  test('a change after synth', () => {
    const chart = Testing.chart();
    const pipeline = new Pipeline(chart, 'p');
    const made = new Task(pipeline, 'make', { component: make });
    Testing.synth(chart);
    expect(() => new Task(pipeline, 'late', { component: make })).toThrowErrorMatchingInlineSnapshot(
      `"'test/p/late' was created after the pipeline 'test/p' was synthesised: make all changes before synth."`,
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
  [ml/train] KFP1109 the input 'extra' of deploy_model is declared as STRING, but components/training.py says nothing
    at components/training.py:154
    mend: declare it as the Python file does
  [ml/train] KFP1109 the output 'size_bytes' of deploy_model is declared as nothing, but components/training.py says NUMBER_INTEGER
    at components/training.py:154
    mend: declare it as the Python file does"
`);
  });
});
