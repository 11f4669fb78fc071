import type { Command } from 'commander';
import { nameOf } from '../../kfp/client/found';
import { positive } from '../option-values';
import { print, table } from './print';
import { clientOf, type ServerOptions, withServer } from './server-options';

interface UploadOptions extends ServerOptions {
  readonly pipeline?: string;
  readonly version?: string;
  readonly description?: string;
}

interface ListOptions extends ServerOptions {
  readonly limit?: number;
}

/** `kfp upload`, `kfp pipelines`, `kfp versions`. */
export function pipelineCommands(parent: Command): void {
  withServer(parent.command('upload'))
    .summary('make sure that a version of a pipeline is there')
    .description(
      'Upload a compiled pipeline as a version; make the pipeline where it is missing. A version of that name that is the same is used; one that is another is refused.',
    )
    .argument('<file>', 'the compiled pipeline (IR), YAML or JSON')
    .option('--pipeline <name>', "the pipeline's name (default: what the file says)")
    .option(
      '--version <name>',
      "the version's name (default: VERSION of NAME-VERSION.yaml, or one that changes with the content)",
    )
    .option('--description <text>', 'what the version is about')
    .action(upload);
  const pipelines = parent.command('pipelines').summary('list pipelines');
  withServer(pipelines.command('list'))
    .summary('list pipelines, the newest first')
    .option('--limit <n>', 'how many at most', positive)
    .action(async (options: ListOptions) => {
      const found = await clientOf(options).pipelines.list({ limit: options.limit });
      print(options.output, { pipelines: found }, () =>
        table(
          ['NAME', 'ID', 'CREATED'],
          found.map((each) => [nameOf(each), each.pipeline_id, each.created_at]),
        ),
      );
    });
  const versions = parent.command('versions').summary("list a pipeline's versions");
  withServer(versions.command('list'))
    .summary("list a pipeline's versions, the newest first")
    .argument('<pipeline>', "the pipeline's name")
    .option('--limit <n>', 'how many at most', positive)
    .action(async (name: string, options: ListOptions) => {
      const client = clientOf(options);
      const pipeline = await client.pipelines.need(name);
      const found = await client.pipelines.versions(pipeline.pipeline_id, { limit: options.limit });
      print(options.output, { pipeline, versions: found }, () =>
        table(
          ['NAME', 'ID', 'CREATED'],
          found.map((each) => [nameOf(each), each.pipeline_version_id, each.created_at]),
        ),
      );
    });
}

async function upload(file: string, options: UploadOptions): Promise<void> {
  const client = clientOf(options);
  const { pipeline, version, description } = options;
  const done = await client.pipelines.upload({ file }, { pipeline, version, description });
  const url = client.versionUrl(done.pipeline.pipeline_id, done.version.pipeline_version_id);
  print(options.output, { ...done, url }, () => [
    `pipeline ${nameOf(done.pipeline)}  ${done.isNewPipeline ? 'made' : 'found'}  ${done.pipeline.pipeline_id}`,
    `version ${nameOf(done.version)}  ${done.isNewVersion ? 'uploaded' : 'found, the same'}  ${done.version.pipeline_version_id}`,
    url,
  ]);
}
