import type { Command } from 'commander';
import type { KfpClient } from '../../kfp/client/client';
import { printable } from '../../kfp/client/errors';
import type { KfpRunOutputs } from '../../kfp/client/outputs';
import type { KfpApiRun } from '../../kfp/client/types';
import { userTasks } from '../../kfp/client/wait';
import { positive } from '../option-values';
import { lineOf, print, table } from './print';
import { clientOf, type ServerOptions, withServer } from './server-options';
import { experimentOption, type SourceOptions, sourceOf, withSource } from './source-options';
import { type WaitOptions, waitForRun, withWait } from './waiting';

interface RunOptions extends ServerOptions, SourceOptions, WaitOptions {
  readonly runName?: string;
  readonly wait?: true;
}

interface ListOptions extends ServerOptions {
  readonly experiment?: string;
  readonly limit: number;
}

/** `kfp run`, `kfp wait`, `kfp runs`. */
export function runCommands(parent: Command): void {
  withWait(withSource(withServer(parent.command('run'))))
    .summary('start a run')
    .description('Start a run of a compiled pipeline, or of a version on the server.')
    .argument('[file]', 'the compiled pipeline (IR), which is run as it is and not uploaded')
    .addOption(experimentOption())
    .option('--run-name <name>', "the run's name (default: the pipeline's with the time)")
    .option('--wait', 'wait until it has ended')
    .action(run);
  withWait(withServer(parent.command('wait')))
    .summary('wait until a run has ended')
    .argument('<run>', 'its id, or its name where only one has it')
    .action(async (named: string, options: ServerOptions & WaitOptions) => {
      const client = clientOf(options);
      const id = await client.runs.idOf(named);
      const url = client.runUrl(id);
      if (options.output === 'text') print('text', {}, () => [url]);
      print(options.output, { run: await waitForRun(client, id, options), url }, () => []);
    });
  const runs = parent.command('runs').summary('list runs, look at one, stop it, see what it gave');
  withServer(runs.command('list'))
    .summary('list runs, the newest first')
    .option('--experiment <name>', 'only those of an experiment')
    .option('--limit <n>', 'how many at most', positive, 50)
    .action(list);
  withServer(runs.command('get'))
    .summary('look at a run and its tasks')
    .argument('<run>', 'its id, or its name where only one has it')
    .action(async (named: string, options: ServerOptions) => {
      const client = clientOf(options);
      const found = await client.runs.get(await client.runs.idOf(named));
      print(options.output, { run: found, url: client.runUrl(found.run_id) }, () => linesOf(client, found));
    });
  withServer(runs.command('terminate'))
    .summary('stop a run')
    .argument('<run>', 'its id, or its name where only one has it')
    .action(async (named: string, options: ServerOptions) => {
      const client = clientOf(options);
      const id = await client.runs.idOf(named);
      await client.runs.terminate(id);
      print(options.output, { run_id: id, isTerminated: true }, () => [`run ${id}  is being stopped`]);
    });
  withServer(runs.command('outputs'))
    .summary('see what a run gave: outputs and metrics')
    .argument('<run>', 'its id, or its name where only one has it')
    .option(
      '--metadata-host <url>',
      "the URL that answers for KFP's metadata store: that of its UI (default: the host)",
    )
    .action(async (named: string, options: ServerOptions) => {
      const client = clientOf(options);
      const outputs = await client.outputs(await client.runs.idOf(named));
      print(options.output, outputs, () => outputLines(outputs));
    });
}

async function run(file: string | undefined, options: RunOptions, command: Command): Promise<void> {
  const source = sourceOf(command, file, options);
  const client = clientOf(options);
  const created = await client.runs.create({ ...source, name: options.runName });
  const url = client.runUrl(created.run_id);
  const lines = [`run ${printable(created.display_name ?? '')}  ${created.run_id}`, url];
  if (!options.wait) return print(options.output, { run: created, url }, () => lines);
  if (options.output === 'text') print('text', {}, () => lines);
  else process.stderr.write(`${lines.map(lineOf).join('\n')}\n`);
  const ended = await waitForRun(client, created.run_id, options);
  print(options.output, { run: ended, url }, () => []);
}

async function list({ experiment, limit, ...options }: ListOptions): Promise<void> {
  const client = clientOf(options);
  const experimentId = experiment === undefined ? undefined : (await client.experiments.need(experiment)).experiment_id;
  const found = await client.runs.list({ experimentId, limit });
  print(options.output, { runs: found }, () =>
    table(
      ['NAME', 'ID', 'STATE', 'CREATED'],
      found.map((each) => [each.display_name, each.run_id, each.state, each.created_at]),
    ),
  );
}

function linesOf(client: KfpClient, found: KfpApiRun): readonly string[] {
  const facts = [found.display_name, found.run_id, found.state, found.created_at, found.finished_at];
  const tasks = userTasks(found.run_details?.task_details ?? []);
  return [
    ...table(['NAME', 'ID', 'STATE', 'CREATED', 'FINISHED'], [facts]),
    ...(found.error?.message ? [printable(found.error.message)] : []),
    ...(tasks.length === 0 ? [] : ['']),
    ...(tasks.length === 0
      ? []
      : table(
          ['TASK', 'STATE', 'STARTED', 'ENDED', 'ERROR'],
          tasks.map((task) => [task.display_name, task.state, task.start_time, task.end_time, task.error?.message]),
        )),
    '',
    client.runUrl(found.run_id),
  ];
}

function outputLines({ outputs, tasks }: KfpRunOutputs): readonly string[] {
  const rows = [
    ...Object.entries(outputs).map(([name, value]) => ['(the pipeline)', name, JSON.stringify(value)]),
    ...Object.entries(tasks).flatMap(([task, { parameters, artifacts, metrics }]) => [
      ...Object.entries(parameters).map(([name, value]) => [task, name, JSON.stringify(value)]),
      ...Object.entries(artifacts).flatMap(([name, list]) =>
        list.map(({ uri, type }) => [task, name, `${uri} (${type})`]),
      ),
      ...Object.entries(metrics).map(([name, value]) => [task, `metric ${name}`, String(value)]),
    ]),
  ];
  return rows.length === 0 ? ['the run gave nothing yet'] : table(['TASK', 'OUTPUT', 'VALUE'], rows);
}
