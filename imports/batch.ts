// Written by `cdk8s-kfp import components/batch.py`. Do not edit: change the Python file and run it again.
import {
  type Artifact,
  type Dataset,
  type Float,
  type Int,
  type Json,
  type Markdown,
  type Model,
  PythonFile,
  type Struct,
  type Value,
} from 'cdk8s-kfp';

const file = new PythonFile('components/batch.py', { digest: 'sha256:3ab369b69ad45c389e50547f4028761ce877ab6f2bc55777b914e7ab20ad003b' });

/** Inputs of {@link listPartitions}. */
export interface ListPartitionsInputs {
  /** The regions that send data; in this example, the last of them has sent none. */
  readonly regions: readonly string[] | Value<readonly string[]>;
  /** When the run was created, as RFC 3339 text. */
  readonly run_created: string | Value<string>;
  /** The day to score, such as `2026-01-31`. By default, the day before the run was created. Default in Python: `None`. */
  readonly day?: string | Value<string> | null | undefined;
}

/** Outputs of {@link listPartitions}. */
export interface ListPartitionsOutputs {
  /** The day that is scored. */
  readonly day: Value<string>;
  /** For each region a dict with its `name`, its `first_row` and its number of `rows`. */
  readonly partitions: Value<readonly Struct[]>;
}

/** List what there is to score. A real component would ask a warehouse; this one divides scikit-learn's `digits`. (components/batch.py:15) */
export const listPartitions = file.component<ListPartitionsInputs, ListPartitionsOutputs>('list_partitions', {
  description: "List what there is to score. A real component would ask a warehouse; this one divides scikit-learn's `digits`.",
  line: 15,
  sources: [[15, 43]],
  image: 'python:3.11-slim',
  packages: ['pandas==2.3.3', 'scikit-learn==1.7.2'],
  inputs: {
    regions: {
      kind: 'parameter',
      type: 'LIST',
      element: { type: 'STRING' },
      description: 'The regions that send data; in this example, the last of them has sent none.',
    },
    run_created: { kind: 'parameter', type: 'STRING', description: 'When the run was created, as RFC 3339 text.' },
    day: {
      kind: 'parameter',
      type: 'STRING',
      description: 'The day to score, such as `2026-01-31`. By default, the day before the run was created.',
      optional: true,
    },
  },
  outputs: {
    day: { kind: 'parameter', type: 'STRING', description: 'The day that is scored.' },
    partitions: {
      kind: 'parameter',
      type: 'LIST',
      element: { type: 'STRUCT' },
      description: 'For each region a dict with its `name`, its `first_row` and its number of `rows`.',
    },
  },
});

/** Inputs of {@link fetchModel}. */
export interface FetchModelInputs {
  /** The stage whose model is fetched. Default in Python: `"production"`. */
  readonly stage?: string | Value<string> | undefined;
}

/** Outputs of {@link fetchModel}. */
export interface FetchModelOutputs {
  /** The classifier, by joblib. */
  readonly model: Value<Model>;
}

/** Fetch the model to score with. A real component would ask a registry; this one fits a small classifier. (components/batch.py:47) */
export const fetchModel = file.component<FetchModelInputs, FetchModelOutputs>('fetch_model', {
  description: 'Fetch the model to score with. A real component would ask a registry; this one fits a small classifier.',
  line: 47,
  sources: [[47, 63]],
  image: 'python:3.11-slim',
  packages: ['pandas==2.3.3', 'scikit-learn==1.7.2'],
  inputs: {
    stage: { kind: 'parameter', type: 'STRING', description: 'The stage whose model is fetched.', optional: true },
  },
  outputs: {
    model: { kind: 'artifact', type: 'system.Model', description: 'The classifier, by joblib.' },
  },
});

/** Inputs of {@link readPartition}. */
export interface ReadPartitionInputs {
  /** The partition's name. */
  readonly partition: string | Value<string>;
  /** Where it starts. */
  readonly first_row: number | Value<Int>;
  /** Its number of rows. */
  readonly rows: number | Value<Int>;
}

/** Outputs of {@link readPartition}. */
export interface ReadPartitionOutputs {
  /** CSV with one column for each feature. */
  readonly data: Value<Dataset>;
}

/** Read the rows of one partition. (components/batch.py:67) */
export const readPartition = file.component<ReadPartitionInputs, ReadPartitionOutputs>('read_partition', {
  description: 'Read the rows of one partition.',
  line: 67,
  sources: [[67, 80]],
  image: 'python:3.11-slim',
  packages: ['pandas==2.3.3', 'scikit-learn==1.7.2'],
  inputs: {
    partition: { kind: 'parameter', type: 'STRING', description: "The partition's name." },
    first_row: { kind: 'parameter', type: 'NUMBER_INTEGER', description: 'Where it starts.' },
    rows: { kind: 'parameter', type: 'NUMBER_INTEGER', description: 'Its number of rows.' },
  },
  outputs: {
    data: { kind: 'artifact', type: 'system.Dataset', description: 'CSV with one column for each feature.' },
  },
});

/** Inputs of {@link scoreRows}. */
export interface ScoreRowsInputs {
  /** CSV with one column for each feature. */
  readonly data: Value<Dataset | Artifact>;
  /** The classifier. */
  readonly model: Value<Model | Artifact>;
}

/** Outputs of {@link scoreRows}. */
export interface ScoreRowsOutputs {
  /** CSV with the columns `prediction` and `confidence`, in the order of the rows. */
  readonly scores: Value<Dataset>;
  /** The mean confidence. */
  readonly Output: Value<Float>;
}

/** Score rows. (components/batch.py:84) */
export const scoreRows = file.component<ScoreRowsInputs, ScoreRowsOutputs, Value<Float>>('score_rows', {
  description: 'Score rows.',
  line: 84,
  sources: [[84, 107]],
  image: 'python:3.11-slim',
  packages: ['pandas==2.3.3', 'scikit-learn==1.7.2'],
  inputs: {
    data: { kind: 'artifact', type: 'system.Dataset', description: 'CSV with one column for each feature.' },
    model: { kind: 'artifact', type: 'system.Model', description: 'The classifier.' },
  },
  outputs: {
    scores: {
      kind: 'artifact',
      type: 'system.Dataset',
      description: 'CSV with the columns `prediction` and `confidence`, in the order of the rows.',
    },
    Output: { kind: 'parameter', type: 'NUMBER_DOUBLE', description: 'The mean confidence.' },
  },
});

/** Inputs of {@link notify}. */
export interface NotifyInputs {
  /** What ended, such as `partition emea`. */
  readonly subject: string | Value<string>;
}

/** Outputs of {@link notify}. */
export interface NotifyOutputs {}

/** Tell how something ended. A real component would post to a chat; this one prints the message. (components/batch.py:111) */
export const notify = file.component<NotifyInputs, NotifyOutputs>('notify', {
  description: 'Tell how something ended. A real component would post to a chat; this one prints the message.',
  line: 111,
  sources: [[111, 121]],
  image: 'python:3.11-slim',
  inputs: {
    status: { kind: 'parameter', type: 'TASK_FINAL_STATUS', description: 'How it ended.', optional: true },
    subject: { kind: 'parameter', type: 'STRING', description: 'What ended, such as `partition emea`.' },
  },
  outputs: {},
});

/** Inputs of {@link summarise}. */
export interface SummariseInputs {
  /** The day that was scored. */
  readonly day: string | Value<string>;
  /** All partitions, scored or not. */
  readonly partitions: readonly { readonly [key: string]: Json }[] | Value<readonly Struct[]>;
  /** The scores of those that had rows. */
  readonly scores: Value<readonly (Dataset | Artifact)[]>;
}

/** Outputs of {@link summarise}. */
export interface SummariseOutputs {
  /** One line for each partition. */
  readonly report: Value<Markdown>;
  /** The number of rows that were scored. */
  readonly rows: Value<Int>;
  /** The lowest mean confidence of a partition. */
  readonly least_confidence: Value<Float>;
}

/** Sum up what was scored. (components/batch.py:125) */
export const summarise = file.component<SummariseInputs, SummariseOutputs>('summarise', {
  description: 'Sum up what was scored.',
  line: 125,
  sources: [[125, 155]],
  image: 'python:3.11-slim',
  inputs: {
    day: { kind: 'parameter', type: 'STRING', description: 'The day that was scored.' },
    partitions: {
      kind: 'parameter',
      type: 'LIST',
      element: { type: 'STRUCT' },
      description: 'All partitions, scored or not.',
    },
    scores: { kind: 'artifact', type: 'system.Dataset', list: true, description: 'The scores of those that had rows.' },
  },
  outputs: {
    report: { kind: 'artifact', type: 'system.Markdown', description: 'One line for each partition.' },
    rows: { kind: 'parameter', type: 'NUMBER_INTEGER', description: 'The number of rows that were scored.' },
    least_confidence: {
      kind: 'parameter',
      type: 'NUMBER_DOUBLE',
      description: 'The lowest mean confidence of a partition.',
    },
  },
});

/** Inputs of {@link publishScores}. */
export interface PublishScoresInputs {
  /** The day that was scored. */
  readonly day: string | Value<string>;
  /** The scores of each partition. */
  readonly scores: Value<readonly (Dataset | Artifact)[]>;
}

/** Outputs of {@link publishScores}. */
export interface PublishScoresOutputs {
  /** All of them, with the column `partition`. */
  readonly table: Value<Dataset>;
  /** Where they can be read. */
  readonly Output: Value<string>;
}

/** Publish the scores of a day. A real component would write to a warehouse; this one joins the files. (components/batch.py:159) */
export const publishScores = file.component<PublishScoresInputs, PublishScoresOutputs, Value<string>>('publish_scores', {
  description: 'Publish the scores of a day. A real component would write to a warehouse; this one joins the files.',
  line: 159,
  sources: [[159, 182]],
  image: 'python:3.11-slim',
  inputs: {
    day: { kind: 'parameter', type: 'STRING', description: 'The day that was scored.' },
    scores: { kind: 'artifact', type: 'system.Dataset', list: true, description: 'The scores of each partition.' },
  },
  outputs: {
    table: { kind: 'artifact', type: 'system.Dataset', description: 'All of them, with the column `partition`.' },
    Output: { kind: 'parameter', type: 'STRING', description: 'Where they can be read.' },
  },
});
