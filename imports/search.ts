// Written by `cdk8s-kfp import components/search.py`. Do not edit: change the Python file and run it again.
import {
  type Artifact,
  type Dataset,
  type Float,
  type Int,
  type Markdown,
  type Model,
  PythonFile,
  type Value,
} from 'cdk8s-kfp';

const file = new PythonFile('components/search.py', { digest: 'sha256:b7c3b3db476de378d8c45355aee23507c90d3d756854f05a7292cef4ec916324' });

/** Inputs of {@link trainCandidate}. */
export interface TrainCandidateInputs {
  /** Rows to train on, with the column `target`. */
  readonly train_dataset: Value<Dataset | Artifact>;
  /** Number of trees. */
  readonly n_estimators: number | Value<Int>;
  /** Greatest depth of a tree. */
  readonly max_depth: number | Value<Int>;
  /** Shrinkage of each tree's contribution. */
  readonly learning_rate: number | Value<Float>;
  /** Number of folds of the cross-validation. Default in Python: `5`. */
  readonly folds?: number | Value<Int> | undefined;
  /** Seed of the folds and of the fit. Default in Python: `42`. */
  readonly seed?: number | Value<Int> | undefined;
}

/** Outputs of {@link trainCandidate}. */
export interface TrainCandidateOutputs {
  /** The classifier, fitted to all rows, by joblib. Its metadata has the hyper-parameters. */
  readonly model: Value<Model>;
  /** The mean accuracy over the folds. */
  readonly Output: Value<Float>;
}

/** Cross-validate and fit a gradient-boosted tree classifier with one set of hyper-parameters. (components/search.py:15) */
export const trainCandidate = file.component<TrainCandidateInputs, TrainCandidateOutputs, Value<Float>>('train_candidate', {
  description: 'Cross-validate and fit a gradient-boosted tree classifier with one set of hyper-parameters.',
  line: 15,
  sources: [[15, 54]],
  image: 'python:3.11-slim',
  packages: ['pandas==2.3.3', 'scikit-learn==1.7.2', 'joblib==1.5.3', 'xgboost-cpu==3.1.3'],
  inputs: {
    train_dataset: {
      kind: 'artifact',
      type: 'system.Dataset',
      description: 'Rows to train on, with the column `target`.',
    },
    n_estimators: { kind: 'parameter', type: 'NUMBER_INTEGER', description: 'Number of trees.' },
    max_depth: { kind: 'parameter', type: 'NUMBER_INTEGER', description: 'Greatest depth of a tree.' },
    learning_rate: { kind: 'parameter', type: 'NUMBER_DOUBLE', description: "Shrinkage of each tree's contribution." },
    folds: {
      kind: 'parameter',
      type: 'NUMBER_INTEGER',
      description: 'Number of folds of the cross-validation.',
      optional: true,
    },
    seed: {
      kind: 'parameter',
      type: 'NUMBER_INTEGER',
      description: 'Seed of the folds and of the fit.',
      optional: true,
    },
  },
  outputs: {
    model: {
      kind: 'artifact',
      type: 'system.Model',
      description: 'The classifier, fitted to all rows, by joblib. Its metadata has the hyper-parameters.',
    },
    Output: { kind: 'parameter', type: 'NUMBER_DOUBLE', description: 'The mean accuracy over the folds.' },
  },
});

/** Inputs of {@link chooseBest}. */
export interface ChooseBestInputs {
  /** The models. */
  readonly candidates: Value<readonly (Model | Artifact)[]>;
  /** The score of each model, in the same order. */
  readonly scores: readonly number[] | Value<readonly Float[]>;
}

/** Outputs of {@link chooseBest}. */
export interface ChooseBestOutputs {
  /** The model that was chosen. */
  readonly best_model: Value<Model>;
  /** All candidates with their hyper-parameters, best first. */
  readonly report: Value<Markdown>;
  /** Where the chosen model stands in the list, from 0. */
  readonly position: Value<Int>;
  /** Its score. */
  readonly score: Value<Float>;
}

/** Choose the candidate with the highest score; of equals, the first. (components/search.py:58) */
export const chooseBest = file.component<ChooseBestInputs, ChooseBestOutputs>('choose_best', {
  description: 'Choose the candidate with the highest score; of equals, the first.',
  line: 58,
  sources: [[58, 94]],
  image: 'python:3.11-slim',
  inputs: {
    candidates: { kind: 'artifact', type: 'system.Model', list: true, description: 'The models.' },
    scores: {
      kind: 'parameter',
      type: 'LIST',
      element: { type: 'NUMBER_DOUBLE' },
      description: 'The score of each model, in the same order.',
    },
  },
  outputs: {
    best_model: { kind: 'artifact', type: 'system.Model', description: 'The model that was chosen.' },
    report: {
      kind: 'artifact',
      type: 'system.Markdown',
      description: 'All candidates with their hyper-parameters, best first.',
    },
    position: {
      kind: 'parameter',
      type: 'NUMBER_INTEGER',
      description: 'Where the chosen model stands in the list, from 0.',
    },
    score: { kind: 'parameter', type: 'NUMBER_DOUBLE', description: 'Its score.' },
  },
});
