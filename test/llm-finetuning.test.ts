import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Duration } from 'cdk8s';
import { LlmFineTuning } from '../src/apps/llm-finetuning';
import { MlPlatform } from '../src/apps/ml-platform';
import type { Pipeline, Task } from '../src/index';
import { runGraph } from '../src/local/run-graph';
import type { Stub } from '../src/local/stub';
import { synth } from './synth';

/**
 * The example without PyTorch, whose packages are gigabytes: programs stand in for what needs it. What needs Python alone
 * runs as it is.
 */
let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk8s-kfp-llm-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function example() {
  const app = new App();
  return new LlmFineTuning(app, 'finetuning', { platform: new MlPlatform(app, 'platform') });
}

/** Writes a checkpoint and ends with an exit code, in the first attempt; goes on from the checkpoint in the next. */
const trainer = (exitCode: number) => `
import json, os, sys
workspace = os.environ["INPUT_workspace"]
checkpoint = os.path.join(workspace, "checkpoints", "checkpoint-50")
examples = open(os.path.join(workspace, os.environ["INPUT_train"])).read().splitlines()
if not os.path.exists(checkpoint):
    os.makedirs(checkpoint)
    print("starting afresh with", len(examples), "examples")
    sys.exit(${exitCode})
print("going on from checkpoint-50 with", len(examples), "examples")
os.makedirs(os.environ["OUTPUT_adapter"])
with open(os.path.join(os.environ["OUTPUT_adapter"], "adapter_config.json"), "w") as file:
    json.dump({"r": int(os.environ["INPUT_lora_rank"])}, file)
`;

/** A run in which training is interrupted once, and the adapter lowers the perplexity by so much. */
async function tuned({ improvement = 0.1, exitCode = 143 }) {
  const program = path.join(folder, 'trainer.py');
  fs.writeFileSync(program, trainer(exitCode));
  const order: string[] = [];
  const noted =
    (stub: Stub): Stub =>
    (call) => {
      order.push(call.task);
      return stub(call);
    };
  const pipeline = example().node.findChild('llm-finetuning') as Pipeline;
  // Nobody waits for a node here.
  const soon = { retries: 5, backoff: { duration: Duration.seconds(1) } };
  (pipeline.node.findChild('fine-tune') as Task).configure({ retry: soon });
  const run = await runGraph(pipeline.graph, {
    store: path.join(folder, 'store'),
    arguments: { base_model: 'tiny-random', dataset: 'toy', lora_rank: 4, repository: 'team/adapter' },
    stubs: {
      download: noted(({ inputs }) => {
        const rows = Array.from({ length: 40 }, (_, row) => ({
          instruction: `Question ${row % 30}`,
          context: row % 2 ? 'Context' : null,
          response: `Answer ${row}`,
        }));
        fs.writeFileSync(path.join(inputs.workspace, 'rows.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
        return { model: 'model', rows: 'rows.jsonl', revision: 'none' };
      }),
      'fine-tune': program,
      evaluate: noted(({ inputs, outputs }) => {
        order.push(fs.readFileSync(path.join(inputs.adapter.path, 'adapter_config.json'), 'utf8'));
        fs.accessSync(path.join(inputs.workspace, inputs.held_out));
        outputs.metrics!.metadata.improvement = improvement;
        return { Output: 1.5 };
      }),
      publish: noted(({ inputs }) => ({ Output: `https://hub/${inputs.repository}@${inputs.perplexity}` })),
    },
  });
  return { run, order };
}

test('training that was interrupted goes on from its checkpoint, and what is better is published', async () => {
  const { run, order } = await tuned({ improvement: 0.05 });
  expect([run.state, order]).toEqual(['Succeeded', ['download', 'evaluate', '{"r": 4}', 'better-publish']]);
  expect(run.tasks['fine-tune']).toMatchObject({ state: 'Succeeded', attempts: 2 });
  // 40 rows are 30 different prompts; those that are held out are the same in every run.
  expect(fs.readFileSync(run.tasks['fine-tune']!.logs, 'utf8')).toMatch(
    /^going on from checkpoint-50 with 28 examples$/m,
  );
  expect(run.tasks.prepare).toMatchObject({ state: 'Succeeded', outputs: { examples: 28 } });
  expect(run.tasks['better-publish']?.outputs).toEqual({ Output: 'https://hub/team/adapter@1.5' });
  expect(run.groups.better).toMatchObject({ branch: 'better' });
  expect(run.tasks['worse-explain']?.state).toBe('Skipped');
});

test('what is not better is explained instead', async () => {
  const { run, order } = await tuned({ improvement: 0.0499 });
  expect([run.state, order]).toEqual(['Succeeded', ['download', 'evaluate', '{"r": 4}']]);
  expect(run.tasks['better-publish']?.state).toBe('Skipped');
  expect(fs.readFileSync(run.tasks['worse-explain']!.artifacts.report!.path, 'utf8')).toMatch(
    /tiny-random has a perplexity of 1\.5000: that is not 5% below .*\n\nIt is kept at `file:.*\/adapter/s,
  );
});

test('an error of the training itself is not retried', async () => {
  const { run } = await tuned({ exitCode: 1 });
  expect(run.state).toBe('Failed');
  expect(run.tasks['fine-tune']).toMatchObject({ state: 'Failed', attempts: 1, exitCode: 1 });
  expect(run.tasks.evaluate?.state).toBe('Omitted');
});

test('the manifest asks for the pool, the secret, shared memory and the workspace', () => {
  const { spec } = synth(example()).find(({ kind }) => kind === 'WorkflowTemplate')!;
  // biome-ignore lint/suspicious/noExplicitAny: manifests of every kind
  const template = (name: string) => spec.templates.find((each: any) => each.name === name);
  // biome-ignore lint/suspicious/noExplicitAny: manifests of every kind
  const mounts = ({ container }: any) => container.volumeMounts.map((each: any) => each.mountPath);
  // biome-ignore lint/suspicious/noExplicitAny: manifests of every kind
  const variable = ({ container }: any, of: string) => container.env.find(({ name }: any) => name === of);
  const tune = template('fine-tune');
  expect({
    claims: spec.volumeClaimTemplates,
    claimsGc: spec.volumeClaimGC,
    read: variable(template('download'), 'HF_TOKEN').valueFrom,
    write: variable(template('better-publish'), 'HF_TOKEN').valueFrom,
    selector: tune.nodeSelector,
    tolerations: tune.tolerations,
    retry: tune.retryStrategy,
    volumes: tune.volumes,
    limits: tune.container.resources.limits,
  }).toMatchInlineSnapshot(`
{
  "claims": [
    {
      "metadata": {
        "name": "workspace",
      },
      "spec": {
        "accessModes": [
          "ReadWriteOnce",
        ],
        "resources": {
          "requests": {
            "storage": "100Gi",
          },
        },
      },
    },
  ],
  "claimsGc": {
    "strategy": "OnWorkflowCompletion",
  },
  "limits": {
    "cpu": "4",
    "memory": "24Gi",
    "nvidia.com/gpu": "1",
  },
  "read": {
    "secretKeyRef": {
      "key": "read",
      "name": "model-hub",
    },
  },
  "retry": {
    "backoff": {
      "cap": "600s",
      "duration": "30s",
      "factor": "2",
      "maxDuration": "86400s",
    },
    "expression": "lastRetry.status == 'Error' || int(lastRetry.exitCode) in [137, 143] && !(lastRetry.message contains 'OOMKilled')",
    "limit": "5",
    "retryPolicy": "Always",
  },
  "selector": {
    "karpenter.sh/capacity-type": "spot",
    "karpenter.sh/nodepool": "l4",
  },
  "tolerations": [
    {
      "effect": "NoSchedule",
      "key": "nvidia.com/gpu",
      "operator": "Equal",
      "value": "present",
    },
  ],
  "volumes": [
    {
      "emptyDir": {
        "medium": "Memory",
        "sizeLimit": "8Gi",
      },
      "name": "memory-dev-shm",
    },
  ],
  "write": {
    "secretKeyRef": {
      "key": "write",
      "name": "model-hub",
      "optional": true,
    },
  },
}
`);
  for (const name of ['download', 'prepare', 'fine-tune', 'evaluate']) {
    expect([name, mounts(template(name))]).toEqual([name, expect.arrayContaining(['/kfp-workspace'])]);
  }
  expect(mounts(tune)).toContain('/dev/shm');
  expect(variable(tune, 'HF_TOKEN')).toBeUndefined();
  expect([mounts(template('explain')), mounts(template('better-publish'))].flat()).not.toContain('/kfp-workspace');
});
