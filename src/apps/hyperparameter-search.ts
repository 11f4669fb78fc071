import { Chart } from 'cdk8s';
import { Check, float, If, type IRunner, oneOf, ParallelFor, Pipeline, str, Task } from 'cdk8s-kfp';
import type { Construct } from 'constructs';
import { chooseBest, trainCandidate } from '../../imports/search';
import { deployModel, evaluateModel, loadData, preprocessData } from '../../imports/training';

/** Props of {@link HyperparameterSearch}. */
export interface HyperparameterSearchProps {
  /** Who the pods run as. */
  readonly runner: IRunner;
}

const GRID = [
  { n_estimators: 50, max_depth: 2, learning_rate: 0.3 },
  { n_estimators: 100, max_depth: 3, learning_rate: 0.1 },
  { n_estimators: 200, max_depth: 4, learning_rate: 0.1 },
  { n_estimators: 200, max_depth: 6, learning_rate: 0.03 },
];

/** Train a model for each point of a grid, two at a time; deploy the best one where it is good enough. */
export class HyperparameterSearch extends Chart {
  public constructor(scope: Construct, id: string, props: HyperparameterSearchProps) {
    super(scope, id, { namespace: 'ml' });

    const pipeline = new Pipeline(this, 'hyperparameter-search', {
      displayName: 'Hyper-parameter search',
      description: 'Train a model for each point of a grid, deploy the best',
      parameters: {
        dataset: str('breast_cancer'),
        accuracy_threshold: float(0.9, { description: 'The run fails where the best model is below this accuracy.' }),
        production_accuracy: float(0.95, { description: 'From this accuracy on, the model goes to production.' }),
      },
      outputs: { accuracy: float(), endpoint: str() },
      runner: props.runner,
    });
    const { dataset, accuracy_threshold, production_accuracy } = pipeline.parameters;

    const load = new Task(pipeline, 'load', { component: loadData, inputs: { dataset } });
    const split = new Task(pipeline, 'preprocess', {
      component: preprocessData,
      inputs: { input_dataset: load.outputs.output_dataset },
    });

    const search = new ParallelFor(pipeline, 'search', { items: GRID, parallelism: 2 });
    const candidate = new Task(search, 'train', {
      component: trainCandidate,
      inputs: { train_dataset: split.outputs.train_dataset, ...search.item },
    });
    const best = new Task(pipeline, 'choose-best', {
      component: chooseBest,
      inputs: { candidates: search.collect(candidate.outputs.model), scores: search.collect(candidate.output) },
    });

    const evaluate = new Task(pipeline, 'evaluate', {
      component: evaluateModel,
      inputs: { test_dataset: split.outputs.test_dataset, model_input: best.outputs.best_model },
    });
    const check = new Check(pipeline, 'quality', {
      rules: {
        'accurate enough': evaluate.output.gte(accuracy_threshold),
        'few false alarms': evaluate.outputs.metrics.metric('precision').gte(0.9),
      },
    });

    const model = { model_input: best.outputs.best_model, accuracy: evaluate.output };
    const excellent = new If(pipeline, 'excellent', { condition: evaluate.output.gte(production_accuracy) }).after(
      check,
    );
    const production = new Task(excellent, 'deploy', {
      component: deployModel,
      inputs: { ...model, stage: 'production' },
    });
    const staging = new Task(excellent.else('good'), 'deploy', {
      component: deployModel,
      inputs: { ...model, stage: 'staging' },
    });

    pipeline.returns({
      accuracy: evaluate.output,
      endpoint: oneOf(production.outputs.endpoint, staging.outputs.endpoint),
    });
  }
}
