// Written by `cdk8s-kfp import components/finetuning.py`. Do not edit: change the Python file and run it again.
import {
  type Artifact,
  type Float,
  type Int,
  type Markdown,
  type Metrics,
  type Model,
  PythonFile,
  type Value,
} from 'cdk8s-kfp';

const file = new PythonFile('components/finetuning.py', { digest: 'sha256:1cef3a32e72c8eca0f7f44ad68e1ed53bfaee59fce957351f0424f4fbd781210' });

/** Inputs of {@link download}. */
export interface DownloadInputs {
  /** The root of the volume that the tasks share. */
  readonly workspace: string | Value<string>;
  /** A model of the hub, or `tiny-random`. */
  readonly base_model: string | Value<string>;
  /** A data set of the hub with the columns `instruction` and `response` (and `context`), or `toy`. */
  readonly dataset: string | Value<string>;
  /** The part of the data set: `train`, or a slice such as `train[:5000]`. Default in Python: `"train"`. */
  readonly split?: string | Value<string> | undefined;
}

/** Outputs of {@link download}. */
export interface DownloadOutputs {
  /** The model's folder on the volume. */
  readonly model: Value<string>;
  /** The data set's rows on the volume, as JSON lines. */
  readonly rows: Value<string>;
  /** The model's commit on the hub. */
  readonly revision: Value<string>;
}

/** Download a base model and a data set from the model hub, with the token in `HF_TOKEN` where there is one. (components/finetuning.py:69) */
export const download = file.component<DownloadInputs, DownloadOutputs>('download', {
  description: 'Download a base model and a data set from the model hub, with the token in `HF_TOKEN` where there is one.',
  line: 69,
  sources: [[25, 31], [34, 63], [69, 117]],
  image: 'pytorch/pytorch:2.9.1-cuda12.8-cudnn9-runtime',
  packages: ['torch==2.9.1', 'transformers==5.23.0', 'peft==0.21.2', 'datasets==5.2.0', 'accelerate==1.15.0'],
  inputs: {
    workspace: { kind: 'parameter', type: 'STRING', description: 'The root of the volume that the tasks share.' },
    base_model: { kind: 'parameter', type: 'STRING', description: 'A model of the hub, or `tiny-random`.' },
    dataset: {
      kind: 'parameter',
      type: 'STRING',
      description: 'A data set of the hub with the columns `instruction` and `response` (and `context`), or `toy`.',
    },
    split: {
      kind: 'parameter',
      type: 'STRING',
      description: 'The part of the data set: `train`, or a slice such as `train[:5000]`.',
      optional: true,
    },
  },
  outputs: {
    model: { kind: 'parameter', type: 'STRING', description: "The model's folder on the volume." },
    rows: { kind: 'parameter', type: 'STRING', description: "The data set's rows on the volume, as JSON lines." },
    revision: { kind: 'parameter', type: 'STRING', description: "The model's commit on the hub." },
  },
});

/** Inputs of {@link prepare}. */
export interface PrepareInputs {
  /** The root of the volume that the tasks share. */
  readonly workspace: string | Value<string>;
  /** The rows on the volume, as JSON lines. */
  readonly rows: string | Value<string>;
  /** The share of prompts that is held out. A prompt is on the same side in every run. Default in Python: `0.1`. */
  readonly held_out_share?: number | Value<Float> | undefined;
}

/** Outputs of {@link prepare}. */
export interface PrepareOutputs {
  /** Examples to train on, on the volume: JSON lines with `prompt` and `completion`. */
  readonly train: Value<string>;
  /** Examples to evaluate with. */
  readonly held_out: Value<string>;
  /** The number of examples to train on. */
  readonly examples: Value<Int>;
}

/** Turn rows into prompts and completions, without duplicates, and hold some out. (components/finetuning.py:121) */
export const prepare = file.component<PrepareInputs, PrepareOutputs>('prepare', {
  description: 'Turn rows into prompts and completions, without duplicates, and hold some out.',
  line: 121,
  sources: [[121, 157]],
  image: 'python:3.11-slim',
  inputs: {
    workspace: { kind: 'parameter', type: 'STRING', description: 'The root of the volume that the tasks share.' },
    rows: { kind: 'parameter', type: 'STRING', description: 'The rows on the volume, as JSON lines.' },
    held_out_share: {
      kind: 'parameter',
      type: 'NUMBER_DOUBLE',
      description: 'The share of prompts that is held out. A prompt is on the same side in every run.',
      optional: true,
    },
  },
  outputs: {
    train: {
      kind: 'parameter',
      type: 'STRING',
      description: 'Examples to train on, on the volume: JSON lines with `prompt` and `completion`.',
    },
    held_out: { kind: 'parameter', type: 'STRING', description: 'Examples to evaluate with.' },
    examples: { kind: 'parameter', type: 'NUMBER_INTEGER', description: 'The number of examples to train on.' },
  },
});

/** Inputs of {@link fineTune}. */
export interface FineTuneInputs {
  /** The root of the volume that the tasks share, where the checkpoints are kept. */
  readonly workspace: string | Value<string>;
  /** The base model's folder on the volume. */
  readonly model: string | Value<string>;
  /** The examples on the volume. */
  readonly train: string | Value<string>;
  /** What the adapter says it belongs to. */
  readonly base_model: string | Value<string>;
  /** The base model's commit, likewise. */
  readonly revision: string | Value<string>;
  /** How often the examples are seen. Default in Python: `1`. */
  readonly epochs?: number | Value<Int> | undefined;
  /** The highest learning rate. Default in Python: `0.0002`. */
  readonly learning_rate?: number | Value<Float> | undefined;
  /** The rank of the adapter's matrices. Default in Python: `16`. */
  readonly lora_rank?: number | Value<Int> | undefined;
  /** Examples on a GPU at a time. Default in Python: `4`. */
  readonly batch_size?: number | Value<Int> | undefined;
  /** How many such batches make one step. Default in Python: `4`. */
  readonly accumulation?: number | Value<Int> | undefined;
  /** Tokens of an example; what is longer is cut. Default in Python: `1024`. */
  readonly max_length?: number | Value<Int> | undefined;
  /** Steps between two checkpoints. Default in Python: `50`. */
  readonly checkpoint_steps?: number | Value<Int> | undefined;
  /** Seed of the order and of the adapter's start. Default in Python: `7`. */
  readonly seed?: number | Value<Int> | undefined;
}

/** Outputs of {@link fineTune}. */
export interface FineTuneOutputs {
  /** The adapter and its tokenizer, as PEFT stores them. */
  readonly adapter: Value<Model>;
  /** The last training loss, the number of steps, and the step that the last attempt began at. */
  readonly metrics: Value<Metrics<'loss' | 'steps' | 'resumed_at'>>;
}

/** Train a LoRA adapter on all GPUs of the pod. An attempt goes on from the last checkpoint of the one before. (components/finetuning.py:178) */
export const fineTune = file.component<FineTuneInputs, FineTuneOutputs>('fine_tune', {
  description: 'Train a LoRA adapter on all GPUs of the pod. An attempt goes on from the last checkpoint of the one before.',
  line: 178,
  sources: [[160, 174], [178, 302]],
  image: 'pytorch/pytorch:2.9.1-cuda12.8-cudnn9-runtime',
  packages: ['torch==2.9.1', 'transformers==5.23.0', 'peft==0.21.2', 'datasets==5.2.0', 'accelerate==1.15.0'],
  inputs: {
    workspace: {
      kind: 'parameter',
      type: 'STRING',
      description: 'The root of the volume that the tasks share, where the checkpoints are kept.',
    },
    model: { kind: 'parameter', type: 'STRING', description: "The base model's folder on the volume." },
    train: { kind: 'parameter', type: 'STRING', description: 'The examples on the volume.' },
    base_model: { kind: 'parameter', type: 'STRING', description: 'What the adapter says it belongs to.' },
    revision: { kind: 'parameter', type: 'STRING', description: "The base model's commit, likewise." },
    epochs: {
      kind: 'parameter',
      type: 'NUMBER_INTEGER',
      description: 'How often the examples are seen.',
      optional: true,
    },
    learning_rate: {
      kind: 'parameter',
      type: 'NUMBER_DOUBLE',
      description: 'The highest learning rate.',
      optional: true,
    },
    lora_rank: {
      kind: 'parameter',
      type: 'NUMBER_INTEGER',
      description: "The rank of the adapter's matrices.",
      optional: true,
    },
    batch_size: {
      kind: 'parameter',
      type: 'NUMBER_INTEGER',
      description: 'Examples on a GPU at a time.',
      optional: true,
    },
    accumulation: {
      kind: 'parameter',
      type: 'NUMBER_INTEGER',
      description: 'How many such batches make one step.',
      optional: true,
    },
    max_length: {
      kind: 'parameter',
      type: 'NUMBER_INTEGER',
      description: 'Tokens of an example; what is longer is cut.',
      optional: true,
    },
    checkpoint_steps: {
      kind: 'parameter',
      type: 'NUMBER_INTEGER',
      description: 'Steps between two checkpoints.',
      optional: true,
    },
    seed: {
      kind: 'parameter',
      type: 'NUMBER_INTEGER',
      description: "Seed of the order and of the adapter's start.",
      optional: true,
    },
  },
  outputs: {
    adapter: {
      kind: 'artifact',
      type: 'system.Model',
      description: 'The adapter and its tokenizer, as PEFT stores them.',
    },
    metrics: {
      kind: 'artifact',
      type: 'system.Metrics',
      description: 'The last training loss, the number of steps, and the step that the last attempt began at.',
      metrics: ['loss', 'steps', 'resumed_at'],
    },
  },
});

/** Inputs of {@link evaluate}. */
export interface EvaluateInputs {
  /** The root of the volume that the tasks share. */
  readonly workspace: string | Value<string>;
  /** The base model's folder on the volume. */
  readonly model: string | Value<string>;
  /** The examples on the volume. */
  readonly held_out: string | Value<string>;
  /** The adapter. */
  readonly adapter: Value<Model | Artifact>;
  /** Examples on the GPU at a time. Default in Python: `8`. */
  readonly batch_size?: number | Value<Int> | undefined;
  /** Tokens of an example; what is longer is cut. Default in Python: `1024`. */
  readonly max_length?: number | Value<Int> | undefined;
}

/** Outputs of {@link evaluate}. */
export interface EvaluateOutputs {
  /** Both perplexities, and by which share the adapter lowers the base model's. */
  readonly metrics: Value<Metrics<'base_perplexity' | 'perplexity' | 'improvement'>>;
  /** The perplexity with the adapter. */
  readonly Output: Value<Float>;
}

/** Measure how well a model foretells completions that it has not seen, without the adapter and with it. (components/finetuning.py:306) */
export const evaluate = file.component<EvaluateInputs, EvaluateOutputs, Value<Float>>('evaluate', {
  description: 'Measure how well a model foretells completions that it has not seen, without the adapter and with it.',
  line: 306,
  sources: [[160, 174], [306, 366]],
  image: 'pytorch/pytorch:2.9.1-cuda12.8-cudnn9-runtime',
  packages: ['torch==2.9.1', 'transformers==5.23.0', 'peft==0.21.2', 'datasets==5.2.0', 'accelerate==1.15.0'],
  inputs: {
    workspace: { kind: 'parameter', type: 'STRING', description: 'The root of the volume that the tasks share.' },
    model: { kind: 'parameter', type: 'STRING', description: "The base model's folder on the volume." },
    held_out: { kind: 'parameter', type: 'STRING', description: 'The examples on the volume.' },
    adapter: { kind: 'artifact', type: 'system.Model', description: 'The adapter.' },
    batch_size: {
      kind: 'parameter',
      type: 'NUMBER_INTEGER',
      description: 'Examples on the GPU at a time.',
      optional: true,
    },
    max_length: {
      kind: 'parameter',
      type: 'NUMBER_INTEGER',
      description: 'Tokens of an example; what is longer is cut.',
      optional: true,
    },
  },
  outputs: {
    metrics: {
      kind: 'artifact',
      type: 'system.Metrics',
      description: "Both perplexities, and by which share the adapter lowers the base model's.",
      metrics: ['base_perplexity', 'perplexity', 'improvement'],
    },
    Output: { kind: 'parameter', type: 'NUMBER_DOUBLE', description: 'The perplexity with the adapter.' },
  },
});

/** Inputs of {@link publish}. */
export interface PublishInputs {
  /** The adapter. */
  readonly adapter: Value<Model | Artifact>;
  /** What it belongs to. */
  readonly base_model: string | Value<string>;
  /** What the model card says about it. */
  readonly perplexity: number | Value<Float>;
  /** `team/name`, made where it does not exist. Without one, nothing leaves the cluster. Default in Python: `None`. */
  readonly repository?: string | Value<string> | null | undefined;
}

/** Outputs of {@link publish}. */
export interface PublishOutputs {
  /** Where the adapter is. */
  readonly Output: Value<string>;
}

/** Publish an adapter in a private repository of the model hub, with the token in `HF_TOKEN`. (components/finetuning.py:370) */
export const publish = file.component<PublishInputs, PublishOutputs, Value<string>>('publish', {
  description: 'Publish an adapter in a private repository of the model hub, with the token in `HF_TOKEN`.',
  line: 370,
  sources: [[370, 405]],
  image: 'python:3.11-slim',
  packages: ['huggingface-hub==2.4.0'],
  inputs: {
    adapter: { kind: 'artifact', type: 'system.Model', description: 'The adapter.' },
    base_model: { kind: 'parameter', type: 'STRING', description: 'What it belongs to.' },
    perplexity: { kind: 'parameter', type: 'NUMBER_DOUBLE', description: 'What the model card says about it.' },
    repository: {
      kind: 'parameter',
      type: 'STRING',
      description: '`team/name`, made where it does not exist. Without one, nothing leaves the cluster.',
      optional: true,
    },
  },
  outputs: {
    Output: { kind: 'parameter', type: 'STRING', description: 'Where the adapter is.' },
  },
});

/** Inputs of {@link explain}. */
export interface ExplainInputs {
  /** The adapter. */
  readonly adapter: Value<Model | Artifact>;
  /** What it belongs to. */
  readonly base_model: string | Value<string>;
  /** Its perplexity. */
  readonly perplexity: number | Value<Float>;
  /** The improvement that was asked for. */
  readonly min_improvement: number | Value<Float>;
}

/** Outputs of {@link explain}. */
export interface ExplainOutputs {
  /** A few lines for who started the run. */
  readonly report: Value<Markdown>;
}

/** Say why an adapter was not published. (components/finetuning.py:409) */
export const explain = file.component<ExplainInputs, ExplainOutputs>('explain', {
  description: 'Say why an adapter was not published.',
  line: 409,
  sources: [[409, 427]],
  image: 'python:3.11-slim',
  inputs: {
    adapter: { kind: 'artifact', type: 'system.Model', description: 'The adapter.' },
    base_model: { kind: 'parameter', type: 'STRING', description: 'What it belongs to.' },
    perplexity: { kind: 'parameter', type: 'NUMBER_DOUBLE', description: 'Its perplexity.' },
    min_improvement: { kind: 'parameter', type: 'NUMBER_DOUBLE', description: 'The improvement that was asked for.' },
  },
  outputs: {
    report: { kind: 'artifact', type: 'system.Markdown', description: 'A few lines for who started the run.' },
  },
});
