import { Chart, Cron } from 'cdk8s';
import {
  type AnyArtifact,
  Artifact,
  ContainerComponent,
  Dataset,
  float,
  If,
  type Int,
  int,
  Metrics,
  Model,
  OnExit,
  Pipeline,
  PythonComponent,
  RecurringRun,
  Run,
  str,
  Task,
  text,
  type Value,
} from 'cdk8s-kfp';
import type { Construct } from 'constructs';
import { evaluateModel, loadData, trainModel } from '../../imports/training';

/** What must compile. */
export class Use extends Chart {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const pipeline = new Pipeline(this, 'p', { parameters: { dataset: str('wine'), seed: int() } });
    const { seed } = pipeline.parameters;
    const load = new Task(pipeline, 'load', { component: loadData, inputs: { dataset: 'wine' } });

    // KFP's generic artifact fits every artifact input, and takes every artifact.
    const anything = new ContainerComponent({
      name: 'anything',
      image: 'x:1',
      inputs: { artifact: Artifact },
      outputs: { artifact: Artifact, metrics: Metrics },
      command: ['x'],
    });
    const any = new Task(pipeline, 'any', { component: anything, inputs: { artifact: load.outputs.output_dataset } });
    new Task(pipeline, 'train', { component: trainModel, inputs: { train_dataset: any.outputs.artifact, seed } });
    any.outputs.metrics.metric('whatever').gt(0);

    // An int is a float, undefined is absent.
    const half = new ContainerComponent({
      name: 'half',
      image: 'x:1',
      inputs: { x: float(), y: int(1) },
      command: ['x'],
    });
    new Task(pipeline, 'half', { component: half, inputs: { x: seed, y: undefined } });

    // Names of metrics complete, and others are taken too.
    const evaluate = new Task(pipeline, 'evaluate', {
      component: evaluateModel,
      inputs: { test_dataset: load.outputs.output_dataset, model_input: any.outputs.artifact },
    });
    const accuracy: Value<unknown> = evaluate.outputs.metrics.metric('accuracy');
    void accuracy;
    const good = new If(pipeline, 'good', {
      condition: evaluate.output.gte(0.5).and(load.output.gt(seed).not(), pipeline.run.name.ne('x')),
    });
    good.elif('fair', { condition: evaluate.outputs.metrics.metric('another').lt(evaluate.output) });
    good.else('poor');

    // A component without inputs needs none.
    const none = new ContainerComponent({ name: 'none', image: 'x:1', command: ['x'] });
    new Task(pipeline, 'none', { component: none });
    new OnExit(pipeline, 'exit', { component: none });

    // Arguments: required ones, defaulted ones, the scheduled time.
    new Run(this, 'r', { pipeline, arguments: { seed: 1 } });
    new RecurringRun(this, 'rr', {
      pipeline,
      schedule: [Cron.daily(), '0 0 3 * * *'],
      arguments: { seed: 1 },
    });
    const plain = new Pipeline(this, 'plain');
    new Run(this, 'r2', { pipeline: plain });

    // The untyped door.
    const untyped = new Task(pipeline, 'untyped', {
      component: PythonComponent.fromFile('components/training.py', 'load_data'),
      inputs: { dataset: text`${pipeline.parameters.dataset}` },
    });
    new Task(pipeline, 'train-2', {
      component: trainModel,
      inputs: { train_dataset: untyped.outputs.output_dataset! },
    });

    // Values of a narrower type go where a wider one is asked for.
    const dataset: Value<AnyArtifact> = load.outputs.output_dataset;
    const count: Value<Int> = load.output;
    void [dataset, count, Dataset, Model];
  }
}

const parameters = { rows: int(3) };

/** A subclass keeps its parameters by naming them. */
export class Sub extends Pipeline<typeof parameters> {
  public constructor(scope: Construct) {
    super(scope, 'sub', { parameters });
    this.parameters.rows.gt(2);
  }
}
