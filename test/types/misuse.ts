import { Chart, Cron } from 'cdk8s';
import {
  ContainerComponent,
  Dataset,
  float,
  If,
  int,
  Metrics,
  Model,
  optional,
  Pipeline,
  PythonComponent,
  RecurringRun,
  Run,
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
  }
}
