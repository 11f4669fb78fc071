// Written by `cdk8s-kfp import components/training.py`. Do not edit: change the Python file and run it again.
import {
  type Artifact,
  type ClassificationMetrics,
  type Dataset,
  type Float,
  type Int,
  type Metrics,
  type Model,
  PythonFile,
  type Value,
} from 'cdk8s-kfp';

const file = new PythonFile('components/training.py', { digest: 'sha256:0c2d0ec7a2292d73e321e0dbbeea721268c206b097a2e38c3688a5937ec4f741' });

/** Inputs of {@link loadData}. */
export interface LoadDataInputs {
  /** The data set's name. */
  readonly dataset: 'breast_cancer' | 'wine' | 'digits' | Value<string>;
}

/** Outputs of {@link loadData}. */
export interface LoadDataOutputs {
  /** CSV with one column for each feature and the column `target`. */
  readonly output_dataset: Value<Dataset>;
  /** The number of rows. */
  readonly Output: Value<Int>;
}

/** Export one of the public data sets that ship with scikit-learn. (components/training.py:19) */
export const loadData = file.component<LoadDataInputs, LoadDataOutputs, Value<Int>>('load_data', {
  description: 'Export one of the public data sets that ship with scikit-learn.',
  line: 19,
  sources: [[19, 39]],
  image: 'python:3.11-slim',
  packages: ['pandas==2.3.3', 'scikit-learn==1.7.2'],
  inputs: {
    dataset: {
      kind: 'parameter',
      type: 'STRING',
      literals: ['breast_cancer', 'wine', 'digits'],
      description: "The data set's name.",
    },
  },
  outputs: {
    output_dataset: {
      kind: 'artifact',
      type: 'system.Dataset',
      description: 'CSV with one column for each feature and the column `target`.',
    },
    Output: { kind: 'parameter', type: 'NUMBER_INTEGER', description: 'The number of rows.' },
  },
});

/** Inputs of {@link preprocessData}. */
export interface PreprocessDataInputs {
  /** CSV with the column `target`. */
  readonly input_dataset: Value<Dataset | Artifact>;
  /** Share of the rows that are kept for testing. Default in Python: `0.2`. */
  readonly test_size?: number | Value<Float> | undefined;
  /** Seed of the split. Default in Python: `42`. */
  readonly seed?: number | Value<Int> | undefined;
}

/** Outputs of {@link preprocessData}. */
export interface PreprocessDataOutputs {
  /** Rows to train on. */
  readonly train_dataset: Value<Dataset>;
  /** Rows to test on. */
  readonly test_dataset: Value<Dataset>;
}

/** Drop incomplete rows and split the rest, stratified by target. (components/training.py:43) */
export const preprocessData = file.component<PreprocessDataInputs, PreprocessDataOutputs>('preprocess_data', {
  description: 'Drop incomplete rows and split the rest, stratified by target.',
  line: 43,
  sources: [[43, 68]],
  image: 'python:3.11-slim',
  packages: ['pandas==2.3.3', 'scikit-learn==1.7.2'],
  inputs: {
    input_dataset: { kind: 'artifact', type: 'system.Dataset', description: 'CSV with the column `target`.' },
    test_size: {
      kind: 'parameter',
      type: 'NUMBER_DOUBLE',
      description: 'Share of the rows that are kept for testing.',
      optional: true,
    },
    seed: { kind: 'parameter', type: 'NUMBER_INTEGER', description: 'Seed of the split.', optional: true },
  },
  outputs: {
    train_dataset: { kind: 'artifact', type: 'system.Dataset', description: 'Rows to train on.' },
    test_dataset: { kind: 'artifact', type: 'system.Dataset', description: 'Rows to test on.' },
  },
});

/** Inputs of {@link trainModel}. */
export interface TrainModelInputs {
  /** Rows to train on. */
  readonly train_dataset: Value<Dataset | Artifact>;
  /** Number of trees. Default in Python: `100`. */
  readonly n_estimators?: number | Value<Int> | undefined;
  /** Greatest depth of a tree. Default in Python: `4`. */
  readonly max_depth?: number | Value<Int> | undefined;
  /** Shrinkage of each tree's contribution. Default in Python: `0.1`. */
  readonly learning_rate?: number | Value<Float> | undefined;
  /** Seed of the fit. Default in Python: `42`. */
  readonly seed?: number | Value<Int> | undefined;
}

/** Outputs of {@link trainModel}. */
export interface TrainModelOutputs {
  /** The fitted classifier, by joblib. */
  readonly model_output: Value<Model>;
  /** Accuracy over the folds of the cross-validation. */
  readonly metrics: Value<Metrics<'cv_accuracy' | 'cv_std'>>;
}

/** Cross-validate and fit a gradient-boosted tree classifier. (components/training.py:72) */
export const trainModel = file.component<TrainModelInputs, TrainModelOutputs>('train_model', {
  description: 'Cross-validate and fit a gradient-boosted tree classifier.',
  line: 72,
  sources: [[72, 110]],
  image: 'python:3.11-slim',
  packages: ['pandas==2.3.3', 'scikit-learn==1.7.2', 'joblib==1.5.3', 'xgboost-cpu==3.1.3'],
  inputs: {
    train_dataset: { kind: 'artifact', type: 'system.Dataset', description: 'Rows to train on.' },
    n_estimators: { kind: 'parameter', type: 'NUMBER_INTEGER', description: 'Number of trees.', optional: true },
    max_depth: { kind: 'parameter', type: 'NUMBER_INTEGER', description: 'Greatest depth of a tree.', optional: true },
    learning_rate: {
      kind: 'parameter',
      type: 'NUMBER_DOUBLE',
      description: "Shrinkage of each tree's contribution.",
      optional: true,
    },
    seed: { kind: 'parameter', type: 'NUMBER_INTEGER', description: 'Seed of the fit.', optional: true },
  },
  outputs: {
    model_output: { kind: 'artifact', type: 'system.Model', description: 'The fitted classifier, by joblib.' },
    metrics: {
      kind: 'artifact',
      type: 'system.Metrics',
      description: 'Accuracy over the folds of the cross-validation.',
      metrics: ['cv_accuracy', 'cv_std'],
    },
  },
});

/** Inputs of {@link evaluateModel}. */
export interface EvaluateModelInputs {
  /** Rows to test on. */
  readonly test_dataset: Value<Dataset | Artifact>;
  /** The classifier. */
  readonly model_input: Value<Model | Artifact>;
}

/** Outputs of {@link evaluateModel}. */
export interface EvaluateModelOutputs {
  /** Accuracy, precision, recall and F1 score, averaged over the classes. */
  readonly metrics: Value<Metrics<'accuracy' | 'precision' | 'recall' | 'f1'>>;
  /** Confusion matrix. */
  readonly confusion: Value<ClassificationMetrics>;
  /** The accuracy. */
  readonly Output: Value<Float>;
}

/** Test a model on rows it has not seen. (components/training.py:114) */
export const evaluateModel = file.component<EvaluateModelInputs, EvaluateModelOutputs, Value<Float>>('evaluate_model', {
  description: 'Test a model on rows it has not seen.',
  line: 114,
  sources: [[114, 150]],
  image: 'python:3.11-slim',
  packages: ['pandas==2.3.3', 'scikit-learn==1.7.2', 'joblib==1.5.3', 'xgboost-cpu==3.1.3'],
  inputs: {
    test_dataset: { kind: 'artifact', type: 'system.Dataset', description: 'Rows to test on.' },
    model_input: { kind: 'artifact', type: 'system.Model', description: 'The classifier.' },
  },
  outputs: {
    metrics: {
      kind: 'artifact',
      type: 'system.Metrics',
      description: 'Accuracy, precision, recall and F1 score, averaged over the classes.',
      metrics: ['accuracy', 'precision', 'recall', 'f1'],
    },
    confusion: { kind: 'artifact', type: 'system.ClassificationMetrics', description: 'Confusion matrix.' },
    Output: { kind: 'parameter', type: 'NUMBER_DOUBLE', description: 'The accuracy.' },
  },
});

/** Inputs of {@link deployModel}. */
export interface DeployModelInputs {
  /** The model. */
  readonly model_input: Value<Model | Artifact>;
  /** Its accuracy, which the registry shows. */
  readonly accuracy: number | Value<Float>;
  /** Where it goes. Default in Python: `"staging"`. */
  readonly stage?: string | Value<string> | undefined;
}

/** Outputs of {@link deployModel}. */
export interface DeployModelOutputs {
  /** Where the model will answer. */
  readonly endpoint: Value<string>;
  /** The model's size. */
  readonly size_bytes: Value<Int>;
}

/** Hand a model over to serving. Here it is only described: a real component would push it to a registry. (components/training.py:154) */
export const deployModel = file.component<DeployModelInputs, DeployModelOutputs>('deploy_model', {
  description: 'Hand a model over to serving. Here it is only described: a real component would push it to a registry.',
  line: 154,
  sources: [[154, 174]],
  image: 'python:3.11-slim',
  inputs: {
    model_input: { kind: 'artifact', type: 'system.Model', description: 'The model.' },
    accuracy: { kind: 'parameter', type: 'NUMBER_DOUBLE', description: 'Its accuracy, which the registry shows.' },
    stage: { kind: 'parameter', type: 'STRING', description: 'Where it goes.', optional: true },
  },
  outputs: {
    endpoint: { kind: 'parameter', type: 'STRING', description: 'Where the model will answer.' },
    size_bytes: { kind: 'parameter', type: 'NUMBER_INTEGER', description: "The model's size." },
  },
});
