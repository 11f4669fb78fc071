import type { Command } from 'commander';
import { positive } from '../option-values';
import { print, table } from './print';
import { clientOf, type ServerOptions, withServer } from './server-options';

/** `kfp experiments`. */
export function experimentCommands(parent: Command): void {
  const experiments = parent.command('experiments').summary('list and create experiments');
  withServer(experiments.command('list'))
    .summary('list experiments, the newest first')
    .option('--limit <n>', 'how many at most', positive)
    .action(async (options: ServerOptions & { readonly limit?: number }) => {
      const found = await clientOf(options).experiments.list({ limit: options.limit });
      print(options.output, { experiments: found }, () =>
        table(
          ['NAME', 'ID', 'CREATED', 'STATE'],
          found.map((each) => [each.display_name, each.experiment_id, each.created_at, each.storage_state]),
        ),
      );
    });
  withServer(experiments.command('create'))
    .summary('make sure that an experiment is there')
    .argument('<name>', "the experiment's name")
    .option('--description <text>', 'what it is about')
    .action(async (name: string, options: ServerOptions & { readonly description?: string }) => {
      const experiment = await clientOf(options).experiments.create(name, options.description);
      print(options.output, { experiment }, () => [`experiment ${name}  ${experiment.experiment_id}`]);
    });
}
