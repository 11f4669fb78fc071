import { Chart, Cron, Duration, Size } from 'cdk8s';
import { Experiment, float, If, type IRunner, int, Pipeline, RecurringRun, str, Task } from 'cdk8s-kfp';
import type { Construct } from 'constructs';
import { deployModel, evaluateModel, loadData, preprocessData, trainModel } from '../../imports/training';

/** Props of {@link MlTraining}. */
export interface MlTrainingProps {
  /** Who the pods run as. */
  readonly runner: IRunner;
}

/** Load, preprocess, train, evaluate, and deploy only what is good enough; every night. */
export class MlTraining extends Chart {
  public constructor(scope: Construct, id: string, props: MlTrainingProps) {
    super(scope, id, { namespace: 'ml' });

    const pipeline = new Pipeline(this, 'ml-training', {
      displayName: 'ML training',
      description: 'Load, preprocess, train, evaluate, deploy if good enough',
      version: '1.0.0',
      parameters: {
        dataset: str('breast_cancer'),
        n_estimators: int(100),
        accuracy_threshold: float(0.85, { description: 'Models below this accuracy are not deployed.' }),
      },
      runner: props.runner,
    });
    const { dataset, n_estimators, accuracy_threshold } = pipeline.parameters;

    const load = new Task(pipeline, 'load', { component: loadData, inputs: { dataset } });
    const split = new Task(pipeline, 'preprocess', {
      component: preprocessData,
      inputs: { input_dataset: load.outputs.output_dataset },
    });
    const train = new Task(pipeline, 'train', {
      component: trainModel,
      inputs: { train_dataset: split.outputs.train_dataset, n_estimators },
      resources: { cpu: 2, memory: Size.gibibytes(4) },
      retry: { retries: 3, backoff: { duration: Duration.seconds(30), factor: 2 } },
    });
    const evaluate = new Task(pipeline, 'evaluate', {
      component: evaluateModel,
      inputs: { test_dataset: split.outputs.test_dataset, model_input: train.outputs.model_output },
    });

    const goodEnough = new If(pipeline, 'good-enough', { condition: evaluate.output.gte(accuracy_threshold) });
    new Task(goodEnough, 'deploy', {
      component: deployModel,
      inputs: { model_input: train.outputs.model_output, accuracy: evaluate.output },
    });

    new RecurringRun(this, 'nightly', {
      pipeline,
      schedule: Cron.schedule({ hour: '2', minute: '0' }),
      timezone: 'Europe/Berlin',
      experiment: new Experiment('baseline'),
      arguments: { n_estimators: 200 },
    });
  }
}
