import type { KfpClient } from '../../src/kfp/client/client';
import { METADATA_ANSWERS } from './metadata';
import { PIPELINE } from './pipeline';
import type { KfpServer } from './server';

/** Makes every call that the client can make, in each form that changes what is asked. */
export async function makeAllCalls(client: KfpClient, server: KfpServer): Promise<void> {
  const { pipelines, experiments, runs, recurringRuns } = client;
  for (const [method, answer] of Object.entries(METADATA_ANSWERS)) {
    server.metadata[method] = Buffer.from(answer, 'base64');
  }
  await pipelines.uploadPipeline({ text: PIPELINE }, { pipeline: 'first', description: 'a pipeline' });
  const { pipeline, version } = await pipelines.upload(
    { text: PIPELINE },
    { version: '1.0.0', description: 'a version' },
  );
  server.store = 'kubernetes';
  await pipelines.uploadVersion(pipeline, { text: PIPELINE }, { version: '1.1.0' });
  server.store = 'database';
  await pipelines.list();
  await pipelines.list({ limit: 1 });
  await pipelines.get(pipeline.pipeline_id);
  await pipelines.find('training', 'shared');
  await pipelines.versions(pipeline.pipeline_id);
  await pipelines.getVersion(version.pipeline_id, version.pipeline_version_id);
  await pipelines.findVersion(pipeline.pipeline_id, '1.0.0');
  const experiment = await experiments.create('nightly & 100% +', 'all of the night');
  await experiments.list();
  await experiments.get(experiment.experiment_id);

  const named = { pipeline: 'training', arguments: { name: 'a' } };
  const run = await runs.create({
    ...named,
    version: '1.0.0',
    argumentTexts: ['epochs=5', 'options={"a": [1, null]}'],
    name: 'one',
    description: 'a run',
    experiment: 'nightly & 100% +',
    serviceAccount: 'trainer',
    pipelineRoot: 's3://bucket/root',
  });
  await runs.create({ ...named, caching: false });
  await runs.create({ text: PIPELINE, arguments: { name: 'b' }, caching: true });
  await runs.list();
  await runs.list({ experimentId: experiment.experiment_id, limit: 5 });
  await runs.idOf('one');
  await runs.terminate(run.run_id);
  server.objects.runs!.find(({ run_id }) => run_id === run.run_id)!.state = 'CANCELED';
  await runs.wait(run.run_id);
  await client.outputs(run.run_id);

  const recurring = await recurringRuns.create({
    ...named,
    name: 'every night',
    schedule: { cron: '0 2 * * *', start: '2030-01-01T00:00:00Z', end: new Date('2031-01-01') },
    experiment: 'nightly & 100% +',
    description: 'at two',
    serviceAccount: 'trainer',
    maxConcurrency: 2,
    catchUp: false,
  });
  await recurringRuns.create({ ...named, name: 'often', schedule: { intervalSeconds: 600 }, followsLatest: true });
  await recurringRuns.create({
    text: PIPELINE,
    arguments: { name: 'c' },
    name: 'paused',
    schedule: { cron: '@daily' },
    isEnabled: false,
  });
  await recurringRuns.list();
  await recurringRuns.get(recurring.recurring_run_id);
  await recurringRuns.pause(recurring.recurring_run_id);
  await recurringRuns.resume(recurring.recurring_run_id);
  const changed = await recurringRuns.update('every night', { schedule: { cron: '0 3 * * *' } });
  await recurringRuns.update('paused', { arguments: { name: 'd' } });
  await recurringRuns.delete(changed.recurring_run_id);
}
