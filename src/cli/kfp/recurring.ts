import { type Command, InvalidArgumentError } from 'commander';
import type { KfpRecurringRunChanges } from '../../kfp/client/recurring-run-body';
import type { KfpSchedule } from '../../kfp/client/schedule';
import type { KfpApiRecurringRun } from '../../kfp/client/types';
import { ENDING_SIGNALS } from '../../local/process-group';
import { positive } from '../option-values';
import { print, table } from './print';
import { clientOf, type ServerOptions, withServer } from './server-options';
import { experimentOption, type SourceOptions, settingsOf, sourceOf, withSource } from './source-options';

interface RecurringOptions extends ServerOptions, SourceOptions {
  readonly cron?: string;
  readonly every?: number;
  readonly start?: string;
  readonly end?: string;
  readonly maxConcurrency?: number;
  readonly catchUp?: boolean;
  readonly followLatest?: true;
  readonly paused?: true;
}

const NAMED = 'its id, or its name where only one has it';

/** `kfp recurring`. */
export function recurringCommands(parent: Command): void {
  const recurring = parent
    .command('recurring')
    .summary('create, list, pause, resume, update and delete recurring runs');
  withSchedule(withSource(withServer(recurring.command('create'))))
    .summary('make a recurring run')
    .argument('<name>', "the recurring run's name; one of that name must not exist")
    .argument('[file]', 'the compiled pipeline (IR), which is run as it is and not uploaded')
    .addOption(experimentOption())
    .option('--paused', 'start no run until it is resumed')
    .action(async (name: string, file: string | undefined, options: RecurringOptions, command: Command) => {
      const schedule = scheduleOf(command, options);
      if (!schedule) return command.error('error: name a schedule, --cron or --every');
      const source = sourceOf(command, file, options);
      const client = clientOf(options);
      const settings = { ...source, ...recurrenceOf(options), schedule, isEnabled: !options.paused };
      const made = await client.recurringRuns.create({ ...settings, name });
      show(options, made, client.recurringRunUrl(made.recurring_run_id), 'made');
    });
  withSchedule(withSource(withServer(recurring.command('update'))))
    .summary('change a recurring run: another takes its place')
    .description(
      'Change a recurring run; what is not given stays. KFP cannot, so another one takes its place, with another id.',
    )
    .argument('<recurring>', NAMED)
    .argument('[file]', 'another compiled pipeline (IR)')
    .action(async (named: string, file: string | undefined, options: RecurringOptions, command: Command) => {
      if (file !== undefined && options.pipeline !== undefined) sourceOf(command, file, options);
      const schedule = scheduleOf(command, options);
      const client = clientOf(options);
      const changes: KfpRecurringRunChanges = { ...settingsOf(options), file, ...recurrenceOf(options), schedule };
      const made = await undisturbed(() => client.recurringRuns.update(named, changes));
      show(options, made, client.recurringRunUrl(made.recurring_run_id), 'updated');
    });
  withServer(recurring.command('list'))
    .summary('list recurring runs, the newest first')
    .option('--limit <n>', 'how many at most', positive)
    .action(async (options: ServerOptions & { readonly limit?: number }) => {
      const found = await clientOf(options).recurringRuns.list({ limit: options.limit });
      print(options.output, { recurring_runs: found }, () =>
        table(
          ['NAME', 'ID', 'STATUS', 'SCHEDULE'],
          found.map((each) => [each.display_name, each.recurring_run_id, each.status, when(each)]),
        ),
      );
    });
  for (const [verb, past] of [
    ['pause', 'paused'],
    ['resume', 'resumed'],
    ['delete', 'deleted'],
  ] as const) {
    withServer(recurring.command(verb))
      .summary(`${verb} a recurring run; runs that go on are left alone`)
      .argument('<recurring>', NAMED)
      .action(async (named: string, options: ServerOptions) => {
        const { recurringRuns } = clientOf(options);
        const { recurring_run_id: id, display_name: name } = await recurringRuns.need(named);
        await recurringRuns[verb](id);
        print(options.output, { recurring_run_id: id, display_name: name, done: past }, () => [
          ...table([name ?? '', id, past], []),
        ]);
      });
  }
}

/** Lets an update come to its end: the first Ctrl-C waits for it, the next ends everything. */
async function undisturbed<T>(update: () => Promise<T>): Promise<T> {
  const wait = () => void process.stderr.write('finishing the update first; once more ends it half way\n');
  for (const signal of ENDING_SIGNALS) process.once(signal, wait);
  try {
    return await update();
  } finally {
    for (const signal of ENDING_SIGNALS) process.off(signal, wait);
  }
}

function withSchedule(command: Command): Command {
  return command
    .option('--cron <expression>', 'when runs start: five fields, six with seconds in front, or @daily and the like')
    .option('--every <duration>', 'how long between two runs: 90s, 10m, 1h30m, 1d', duration)
    .option('--start <time>', 'no run before, such as 2030-01-31T12:00:00Z')
    .option('--end <time>', 'no run after')
    .option('--max-concurrency <n>', 'how many runs may be active at once, 1 to 10', positive)
    .option('--catch-up', 'make up for runs that were missed, one by one')
    .option('--no-catch-up', 'start only the latest of the runs that were missed')
    .option('--follow-latest', "take the pipeline's newest version each time");
}

function scheduleOf(command: Command, options: RecurringOptions): KfpSchedule | undefined {
  const { cron, every, start, end } = options;
  if (cron !== undefined && every !== undefined) command.error('error: name one schedule, --cron or --every');
  if (cron !== undefined || every !== undefined) return { cron, intervalSeconds: every, start, end };
  if (start !== undefined || end !== undefined)
    command.error('error: --start and --end are of a schedule: --cron or --every');
  return undefined;
}

function recurrenceOf({ maxConcurrency, catchUp, followLatest }: RecurringOptions) {
  return { maxConcurrency, catchUp, followsLatest: followLatest };
}

function duration(text: string): number {
  const units = { d: 86_400, h: 3600, m: 60, s: 1 };
  const parts = [...text.matchAll(/(\d+)([dhms])/g)];
  const total = parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units], 0);
  if (parts.map(([part]) => part).join('') !== text || total < 1) {
    throw new InvalidArgumentError('Write it as 90s, 10m, 1h30m or 1d.');
  }
  return total;
}

function when({ trigger }: KfpApiRecurringRun): string | undefined {
  const interval = trigger?.periodic_schedule?.interval_second;
  return trigger?.cron_schedule?.cron ?? (interval && `every ${interval}s`);
}

function show(options: ServerOptions, made: KfpApiRecurringRun, url: string, done: string): void {
  print(options.output, { recurring_run: made, url }, () => [
    ...table([made.display_name ?? '', made.recurring_run_id, done], []),
    url,
  ]);
}
