import { Chart, Cron } from 'cdk8s';
import {
  Approval,
  bool,
  Check,
  ContainerComponent,
  Dataset,
  ExitHandler,
  float,
  If,
  int,
  list,
  listOf,
  Metrics,
  Model,
  OnExit,
  oneOf,
  optional,
  ParallelFor,
  Pipeline,
  PythonComponent,
  RecurringRun,
  RepeatUntil,
  Run,
  SubPipeline,
  str,
  Task,
  text,
} from 'cdk8s-kfp';
import type { Construct } from 'constructs';
import { deployModel, evaluateModel, loadData, preprocessData, trainModel } from '../../imports/training';

/** Every mistake that the compiler catches; the test snapshots what it says. */
export class Misuse extends Chart {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const pipeline = new Pipeline(this, 'p', {
      parameters: { dataset: str('wine'), trees: int(100), threshold: float(0.85), seed: int() },
    });
    const { dataset, trees, threshold } = pipeline.parameters;
    const load = new Task(pipeline, 'load', { component: loadData, inputs: { dataset } });
    const split = new Task(pipeline, 'split', {
      component: preprocessData,
      inputs: { input_dataset: load.outputs.output_dataset, test_size: trees },
    });
    const train = new Task(pipeline, 'train', {
      component: trainModel,
      inputs: { train_dataset: split.outputs.train_dataset, n_estimators: trees },
    });
    const evaluate = new Task(pipeline, 'evaluate', {
      component: evaluateModel,
      inputs: { test_dataset: split.outputs.test_dataset, model_input: train.outputs.model_output },
    });

    // An output that does not exist.
    // @ts-expect-error
    load.outputs.output_datset;

    // A model where a data set belongs.
    // @ts-expect-error
    new Task(pipeline, 'a', { component: trainModel, inputs: { train_dataset: train.outputs.model_output } });

    const { train_dataset } = split.outputs;

    // A float where an int belongs.
    // @ts-expect-error
    new Task(pipeline, 'b', { component: trainModel, inputs: { train_dataset, seed: threshold } });

    // A string where a number belongs.
    // @ts-expect-error
    new Task(pipeline, 'c', { component: trainModel, inputs: { train_dataset, seed: 'x' } });

    // A missing input.
    // @ts-expect-error
    new Task(pipeline, 'd', { component: trainModel, inputs: { n_estimators: trees } });

    // No inputs at all, where one is required.
    // @ts-expect-error
    new Task(pipeline, 'e', { component: deployModel });

    // An input that does not exist.
    // @ts-expect-error
    new Task(pipeline, 'f', { component: loadData, inputs: { dataset, datset: dataset } });

    // A literal that is none of the allowed ones.
    // @ts-expect-error
    new Task(pipeline, 'g', { component: loadData, inputs: { dataset: 'iris2' } });

    // The return value of a component that returns nothing.
    // @ts-expect-error
    train.output.gte(0.5);

    // A string compared as a number.
    // @ts-expect-error
    dataset.gte(3);

    // A number compared with a string.
    // @ts-expect-error
    evaluate.output.eq('0.9');

    // A condition that is no boolean.
    // @ts-expect-error
    new If(pipeline, 'h', { condition: evaluate.output });

    // A metric of an artifact that has none.
    // @ts-expect-error
    train.outputs.model_output.metric('accuracy');

    // An artifact in text.
    // @ts-expect-error
    text`model ${train.outputs.model_output}`;

    // A parameter that does not exist.
    // @ts-expect-error
    pipeline.parameters.treshold;

    // A required argument that is missing.
    // @ts-expect-error
    new Run(this, 'i', { pipeline, arguments: { trees: 3 } });

    // No arguments, where one is required.
    // @ts-expect-error
    new RecurringRun(this, 'j', { pipeline, schedule: Cron.daily() });

    // An argument of the wrong type.
    // @ts-expect-error
    new Run(this, 'k', { pipeline, arguments: { seed: 'x' } });

    // An argument that does not exist.
    // @ts-expect-error
    new Run(this, 'l', { pipeline, arguments: { seed: 1, tres: 3 } });

    const push = new ContainerComponent({
      name: 'push',
      image: 'push:1',
      inputs: { model: Model, stage: str('dev'), rows: optional(Dataset) },
      outputs: { uri: str(), metrics: Metrics },
      command: ({ inputs, outputs }) => ['push', inputs.model.path, inputs.stage, outputs.uri.path],
    });

    // A container's input of the wrong type.
    // @ts-expect-error
    new Task(pipeline, 'm', { component: push, inputs: { model: split.outputs.test_dataset } });

    const declared = PythonComponent.fromFile('components/training.py', 'deploy_model', {
      inputs: { model_input: Model, accuracy: float(), stage: str('staging') },
      outputs: { endpoint: str(), size_bytes: int() },
    });

    const model_input = train.outputs.model_output;
    const deployed = new Task(pipeline, 'n', { component: declared, inputs: { model_input, accuracy: 1 } });

    // An output of a component that is declared by hand.
    // @ts-expect-error
    deployed.outputs.endpont;

    const listing = new ContainerComponent({
      name: 'listing',
      image: 'listing:1',
      inputs: { words: listOf(str()), note: optional(str()) },
      outputs: { ids: listOf(int()) },
      command: ['list'],
    });

    // A list of other elements.
    // @ts-expect-error
    const listed = new Task(pipeline, 'o', { component: listing, inputs: { words: [1] } });

    const { ids } = listed.outputs;

    // A value that is a list of other elements.
    // @ts-expect-error
    new Task(pipeline, 'q', { component: listing, inputs: { words: ids } });

    // A list's default of other elements.
    // @ts-expect-error
    listOf(int(), ['a']);

    // Elements that have a default.
    // @ts-expect-error
    listOf(str('x'));
  }
}

/** Mistakes with control flow. */
export class FlowMisuse extends Chart {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const make = new ContainerComponent({
      name: 'make',
      image: 'x:1',
      inputs: { rate: float(0.1), rows: int(1), name: str('x'), ids: listOf(int(), []) },
      outputs: { data: Dataset, model: Model, rate: float(), rows: int(), name: str(), on: bool() },
      command: ['x'],
    });
    const all = new ContainerComponent({
      name: 'all',
      image: 'x:1',
      inputs: { rates: listOf(float()), models: optional(listOf(Model)), nested: optional(listOf(listOf(int()))) },
      command: ['x'],
    });
    const fit = new Pipeline(this, 'fit', {
      standalone: false,
      parameters: { rows: Dataset, trees: int(), note: optional(str()) },
      outputs: { model: Model, rate: float(), good: bool() },
    });
    const pipeline = new Pipeline(this, 'p', {
      outputs: { model: Model, rate: float() },
      parameters: { any: list([]) },
    });
    const { data, model, rate, rows, name, on } = new Task(pipeline, 'make', { component: make }).outputs;
    const search = new ParallelFor(pipeline, 'search', {
      items: [
        { lr: 0.1, name: 'a' },
        { lr: 1, name: 'b' },
      ],
    });
    const trained = new Task(search, 'train', { component: make });
    const rates = search.collect(trained.outputs.rate);

    // A typo in the field of an item.
    // @ts-expect-error
    search.item.rl;

    // A field of an item that is a string, where a number belongs.
    // @ts-expect-error
    new Task(search, 'a', { component: make, inputs: { rate: search.item.name } });

    // An item that is a dict, where a number belongs.
    // @ts-expect-error
    new Task(search, 'b', { component: make, inputs: { rate: search.item } });

    const dynamic = new ParallelFor(pipeline, 'dynamic', { items: pipeline.parameters.any, item: { lr: float() } });

    // A float of a declared item, where an int belongs.
    // @ts-expect-error
    new Task(dynamic, 'c', { component: make, inputs: { rows: dynamic.item.lr } });

    // A field that the declared item does not have.
    // @ts-expect-error
    dynamic.item.rate;

    // A loop over what is no list.
    // @ts-expect-error
    new ParallelFor(pipeline, 'd', { items: rows });

    // Items that are values of the run.
    // @ts-expect-error
    new ParallelFor(pipeline, 'e', { items: [rows, 2] });

    // A parallelism that is no number.
    // @ts-expect-error
    new ParallelFor(pipeline, 'f', { items: [1], parallelism: '2' });

    // A collected list, where one value belongs.
    // @ts-expect-error
    new Task(pipeline, 'g', { component: make, inputs: { rate: rates } });

    // A collected list of other elements.
    // @ts-expect-error
    new Task(pipeline, 'h', { component: all, inputs: { rates: search.collect(trained.outputs.name) } });

    // A collected list of other artifacts.
    // @ts-expect-error
    new Task(pipeline, 'i', { component: all, inputs: { rates, models: search.collect(trained.outputs.data) } });

    // A list, where a list of lists belongs.
    // @ts-expect-error
    new Task(pipeline, 'j', { component: all, inputs: { rates, nested: search.collect(trained.outputs.rows) } });

    // One value, where a list belongs.
    // @ts-expect-error
    new Task(pipeline, 'k', { component: all, inputs: { rates: rate } });

    // A literal that is collected.
    // @ts-expect-error
    search.collect(3);

    // A oneOf of two artifacts' types.
    // @ts-expect-error
    oneOf(model, data);

    // A oneOf of a number and a string.
    // @ts-expect-error
    oneOf(rows, name);

    // A oneOf of a literal.
    // @ts-expect-error
    oneOf(name, 'x');

    // A model, where a called pipeline wants a data set.
    // @ts-expect-error
    new SubPipeline(pipeline, 'l', { pipeline: fit, inputs: { rows: model, trees: 3 } });

    // A missing input of a called pipeline.
    // @ts-expect-error
    new SubPipeline(pipeline, 'm', { pipeline: fit, inputs: { rows: data } });

    // No inputs at all, where a called pipeline wants some.
    // @ts-expect-error
    new SubPipeline(pipeline, 'n', { pipeline: fit });

    // An input that a called pipeline does not have.
    // @ts-expect-error
    new SubPipeline(pipeline, 'o', { pipeline: fit, inputs: { rows: data, trees: 3, treees: 4 } });

    // A literal of the wrong type for a called pipeline.
    // @ts-expect-error
    new SubPipeline(pipeline, 'q', { pipeline: fit, inputs: { rows: data, trees: 'x' } });

    const call = new SubPipeline(pipeline, 'call', { pipeline: fit, inputs: { rows: data, trees: 3 } });

    // An output that a called pipeline does not have.
    // @ts-expect-error
    call.outputs.modle;

    // An output of a called pipeline, where another type belongs.
    // @ts-expect-error
    new Task(pipeline, 'r', { component: make, inputs: { name: call.outputs.rate } });

    const inputs = { rows: data, trees: 3 };

    // A repetition until an output that is no boolean.
    // @ts-expect-error
    new RepeatUntil(pipeline, 's', { pipeline: fit, inputs, until: 'rate', maxIterations: 5 });

    // A repetition until an output that does not exist.
    // @ts-expect-error
    new RepeatUntil(pipeline, 't', { pipeline: fit, inputs, until: 'god', maxIterations: 5 });

    // A repetition with a missing input.
    // @ts-expect-error
    new RepeatUntil(pipeline, 'u', { pipeline: fit, inputs: { rows: data }, until: 'good', maxIterations: 5 });

    // A repetition without a bound.
    // @ts-expect-error
    new RepeatUntil(pipeline, 'v', { pipeline: fit, inputs, until: 'good' });

    const approval = new Approval(pipeline, 'approve');

    // A decision that an approval does not know.
    // @ts-expect-error
    approval.decision.eq('aproved');

    // A list of decisions with one that an approval does not know.
    // @ts-expect-error
    approval.decision.in(['approved', 'denied']);

    // An approval as a condition.
    // @ts-expect-error
    new If(pipeline, 'w', { condition: approval.decision });

    // A rule that is no condition.
    // @ts-expect-error
    new Check(pipeline, 'x', { rules: { enough: rows } });

    // An order after a value.
    // @ts-expect-error
    approval.after(on);

    // A task in a condition on how others have ended.
    // @ts-expect-error
    approval.failed.or(approval);

    const handler = new ExitHandler(pipeline, 'handler');

    // The final status, where a string belongs.
    // @ts-expect-error
    new OnExit(handler, 'exit', { component: make, inputs: { name: handler.finalStatus } });

    // A returned value of the wrong type.
    // @ts-expect-error
    pipeline.returns({ model: data, rate });

    // An output that is not returned.
    // @ts-expect-error
    pipeline.returns({ model });

    // A returned value that is no output.
    // @ts-expect-error
    pipeline.returns({ model, rate, rows });

    // An artifact as an argument of a run.
    // @ts-expect-error
    new Run(this, 'y', { pipeline: fit, arguments: { rows: 'x', trees: 3 } });

    const lists = new Pipeline(this, 'lists', { parameters: { ids: listOf(int()), note: optional(str()) } });

    // A list argument of other elements.
    // @ts-expect-error
    new Run(this, 'z', { pipeline: lists, arguments: { ids: ['x'] } });

    // An optional argument of the wrong type.
    // @ts-expect-error
    new Run(this, 'z2', { pipeline: lists, arguments: { ids: [1], note: 3 } });
  }
}
