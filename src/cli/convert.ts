import { Command, Option } from 'commander';
import { problem } from './app-command';
import { importDocuments } from './document-pipelines';
import { writeDocuments } from './write-documents';

interface ConvertOptions {
  readonly output?: string;
  readonly name?: string;
  readonly version?: string;
  readonly namespace?: string;
  readonly serviceAccount?: string;
  readonly executor: 'runtime' | 'kfp';
  readonly crds: 'full' | 'minimal';
}

/** `cdk8s-kfp convert`: compiled KFP pipelines as manifests of Argo Workflows. */
export function convertCommand(): Command {
  return new Command('convert')
    .summary('turn compiled KFP pipelines into Argo manifests')
    .description(
      'Turn pipelines that the KFP SDK has compiled into Argo manifests: a WorkflowTemplate for each, and the ConfigMaps with ' +
        'the sources of their Python components. Nothing of a pipeline is executed.',
    )
    .argument('<file...>', 'compiled pipelines: YAML, JSON, or an archive of one file')
    .option('-o, --output <file>', 'the file of the manifests (default: stdout)')
    .option('--name <name>', "the pipeline's name (default: the one in the file)")
    .option('--version <version>', "the pipeline's version, a label on what is made (default: none)")
    .option('--namespace <namespace>', 'the namespace of the objects (default: none)')
    .option('--service-account <name>', "who the pods run as (default: the namespace's default account)")
    .addOption(
      new Option(
        '--executor <which>',
        "what runs Python components: this library's runtime, or KFP's own, installed by pip",
      )
        .choices(['runtime', 'kfp'])
        .default('runtime'),
    )
    .addOption(
      new Option(
        '--crds <which>',
        "which of Argo's resource definitions the cluster has; KFP installs the minimal ones",
      )
        .choices(['full', 'minimal'])
        .default('full'),
    )
    .action(convert);
}

function convert(files: readonly string[], options: ConvertOptions): void {
  const { output, name, version, namespace, serviceAccount, executor, crds } = options;
  if (files.length > 1 && (name !== undefined || version !== undefined)) {
    throw problem('KFP1617', '--name and --version are for one file', 'convert the files one by one');
  }
  const runner = serviceAccount === undefined ? undefined : { name: serviceAccount };
  const { app } = importDocuments(files, { executor, crds, name, version, runner }, namespace);
  const manifests = app.synthYaml();
  if (output === undefined) process.stdout.write(manifests);
  else writeDocuments([{ path: output, text: manifests }]);
}
