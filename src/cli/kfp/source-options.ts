import { type Command, Option } from 'commander';
import type { KfpRunSettings } from '../../kfp/client/runs';
import { collect } from '../option-values';

/** Options that say what a run or a recurring run runs. */
export interface SourceOptions {
  readonly pipeline?: string;
  readonly version?: string;
  readonly param?: readonly string[];
  readonly experiment?: string;
  readonly description?: string;
  readonly serviceAccount?: string;
  readonly pipelineRoot?: string;
  readonly cache?: boolean;
}

/** Adds the options that say what is run. */
export function withSource(command: Command): Command {
  return command
    .option('--pipeline <name>', 'a pipeline on the server, instead of a file')
    .option('--version <name>', 'its version (default: the newest)')
    .option('-p, --param <name=value>', "a parameter's value; may be given again", collect)
    .option('--description <text>', 'what it is about')
    .option('--service-account <name>', "the service account of the run's pods (default: the server's)")
    .option('--pipeline-root <uri>', "where artifacts are stored (default: the server's)")
    .option('--cache', 'let every task reuse results (default: as the pipeline says)')
    .option('--no-cache', 'let no task reuse results');
}

/** The option that names the experiment. */
export function experimentOption(): Option {
  const option = new Option(
    '--experiment <name>',
    "the experiment; it is made where there is none (default: 'Default')",
  );
  return option.env('KF_PIPELINES_DEFAULT_EXPERIMENT_NAME');
}

/** What the options say is run. A command line that says nothing, or two things, is wrong. */
export function sourceOf(command: Command, file: string | undefined, options: SourceOptions): KfpRunSettings {
  if ((file === undefined) === (options.pipeline === undefined)) {
    command.error(
      `error: name ${file === undefined ? 'a file or --pipeline' : 'either a file or --pipeline, not both'}`,
    );
  }
  if (file !== undefined && options.version !== undefined)
    command.error('error: --version is of a --pipeline, not of a file');
  return { ...settingsOf(options), file };
}

/** The options as the client takes them. */
export function settingsOf(options: SourceOptions): KfpRunSettings {
  return {
    pipeline: options.pipeline,
    version: options.version,
    argumentTexts: options.param,
    experiment: options.experiment,
    description: options.description,
    serviceAccount: options.serviceAccount,
    pipelineRoot: options.pipelineRoot,
    caching: options.cache,
  };
}
