import { Chart, Duration } from 'cdk8s';
import { Env, float, If, int, optional, Pipeline, spot, str, Task, type TaskSettings, Volume } from 'cdk8s-kfp';
import type { Construct } from 'constructs';
import { download, evaluate, explain, fineTune, prepare, publish } from '../../imports/finetuning';
import type { MlPlatform } from './ml-platform';

/** Props of {@link LlmFineTuning}. */
export interface LlmFineTuningProps {
  /** What it runs on. */
  readonly platform: MlPlatform;
}

/** A Secret of the namespace, made by hand: tokens of the model hub, under the keys `read` and `write`. */
const HUB_TOKENS = 'model-hub';

/** Fine-tune a language model by LoRA on GPUs that may be taken back; publish what is better than the base model. */
export class LlmFineTuning extends Chart {
  public constructor(scope: Construct, id: string, props: LlmFineTuningProps) {
    super(scope, id, { namespace: 'ml' });
    const { runner, gpus, queue, models } = props.platform;

    const pipeline = new Pipeline(this, 'llm-finetuning', {
      displayName: 'LLM fine-tuning',
      description: 'Fine-tune a language model by LoRA, publish what is better than the base model',
      parameters: {
        base_model: str('meta-llama/Llama-3.2-1B', {
          description: 'A model of the hub whose terms the token has accepted, or `tiny-random`.',
        }),
        dataset: str('databricks/databricks-dolly-15k', { description: 'A data set of the hub, or `toy`.' }),
        epochs: int(2),
        learning_rate: float(0.0002),
        lora_rank: int(16),
        min_improvement: float(0.05, { description: 'By which share the perplexity must be lower to be published.' }),
        repository: optional(str(undefined, { description: 'Where to publish on the hub. By default, nowhere.' })),
      },
      workspace: { size: '100Gi' },
      timeout: Duration.days(2),
      runner,
    });
    const { base_model, dataset, epochs, learning_rate, lora_rank, min_improvement, repository } = pipeline.parameters;
    const workspace = pipeline.workspace.path;

    const fetched = new Task(pipeline, 'download', {
      component: download,
      inputs: { workspace, base_model, dataset },
      env: { HF_TOKEN: Env.secret(HUB_TOKENS, 'read'), HF_HOME: '/models' },
      // What a run has downloaded, the next one finds.
      volumes: { '/models': models.volume() },
      resources: { cpu: 2, memory: '8Gi' },
      retry: { retries: 3, backoff: { duration: Duration.minutes(1) } },
    });
    const { model, revision } = fetched.outputs;
    const prepared = new Task(pipeline, 'prepare', {
      component: prepare,
      inputs: { workspace, rows: fetched.outputs.rows },
    });

    // Started again where the node was taken back; the checkpoints are on the workspace, so an attempt goes on from them.
    const onSpot: TaskSettings = {
      presets: [spot('karpenter'), queue.settings],
      runOn: gpus.gpus(1),
      resources: { cpu: 4, memory: '24Gi' },
      env: { HF_HUB_OFFLINE: '1' },
    };
    const tune = new Task(pipeline, 'fine-tune', {
      component: fineTune,
      inputs: {
        workspace,
        model,
        train: prepared.outputs.train,
        base_model,
        revision,
        epochs,
        learning_rate,
        lora_rank,
      },
      ...onSpot,
      // Data loaders, and several GPUs, talk by shared memory, of which a pod has 64 MB by itself.
      volumes: { '/dev/shm': Volume.memory('8Gi') },
      totalTimeout: Duration.days(1),
    });

    const evaluation = new Task(pipeline, 'evaluate', {
      component: evaluate,
      inputs: { workspace, model, held_out: prepared.outputs.held_out, adapter: tune.outputs.adapter },
      ...onSpot,
    });

    const result = { base_model, adapter: tune.outputs.adapter, perplexity: evaluation.output };
    const better = new If(pipeline, 'better', {
      condition: evaluation.outputs.metrics.metric('improvement').gte(min_improvement),
    });
    new Task(better, 'publish', {
      component: publish,
      inputs: { ...result, repository },
      env: { HF_TOKEN: Env.secret(HUB_TOKENS, 'write', { optional: true }) },
    });
    new Task(better.else('worse'), 'explain', { component: explain, inputs: { ...result, min_improvement } });
  }
}
