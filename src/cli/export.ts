import * as fs from 'node:fs';
import * as path from 'node:path';
import { Command } from 'commander';
import { type Diagnostic, DiagnosticsError, isWarning, renderDiagnostic } from '../diagnostic';
import type { PipelineGraph } from '../graph/graph';
import { printIr, writeIr } from '../kfp/export/to-ir';
import { fileClash, irFileName } from '../kfp/version';
import { appAndPipeline } from './app-and-pipeline';
import { appCommand } from './app-command';
import { appGraphs, selectGraph } from './app-graphs';
import { writeDocuments } from './write-documents';

/** `cdk8s-kfp export`: pipelines of an app as documents for a KFP server. */
export function exportCommand(): Command {
  return new Command('export')
    .summary('write the pipelines of an app as documents for a KFP server')
    .description(
      'Write pipelines of an app as KFP documents (IR YAML), which `kfp` and KFP servers take. One pipeline goes to stdout or to a ' +
        'file; into a folder all of them go, each as NAME-VERSION.yaml.',
    )
    .argument('[app]', "the app's entry file, its cdk8s.yaml or its folder (default: the current folder)")
    .argument('[pipeline]', 'the name of the pipeline, where the app has several')
    .option('-o, --output <path>', 'a .yaml file, or a folder (default: stdout)')
    .action(exportPipelines);
}

async function exportPipelines(
  first: string | undefined,
  second: string | undefined,
  { output }: { readonly output?: string },
): Promise<void> {
  const [app, pipeline] = appAndPipeline(first, second);
  const isFolder = output !== undefined && !isFile(output);
  const graphs = await appGraphs(appCommand(app));
  const chosen = isFolder && pipeline === undefined ? graphs : [selectGraph(graphs, pipeline, several(app))];
  const documents = chosen.map(print);
  const found = documents.flatMap(({ diagnostics }) => diagnostics);
  for (const warning of found.filter(isWarning)) process.stderr.write(`warning: ${renderDiagnostic(warning)}\n`);
  const errors = [...found.filter((diagnostic) => !isWarning(diagnostic)), ...(isFolder ? sameFiles(chosen) : [])];
  if (errors.length > 0) throw new DiagnosticsError(errors);
  if (output === undefined) {
    process.stdout.write(documents[0]!.text());
    return;
  }
  const files = documents.map(({ file, text }) => ({
    path: isFolder ? path.join(output, file) : output,
    text: text(),
  }));
  writeDocuments(files);
  for (const file of files) process.stdout.write(`${file.path}\n`);
}

function several(app: string | undefined): (name: string) => string {
  const command = `cdk8s-kfp export${app === undefined ? '' : ` ${app}`}`;
  return (name) =>
    `name one of them, such as '${command} ${name}', or write them all into a folder: '${command} -o DIR'`;
}

function isFile(output: string): boolean {
  return /\.ya?ml$/i.test(output) && !fs.statSync(output, { throwIfNoEntry: false })?.isDirectory();
}

/** Pipelines of several namespaces may have one name. */
function sameFiles(graphs: readonly PipelineGraph[]): readonly Diagnostic[] {
  const first = new Map<string, PipelineGraph>();
  return graphs.flatMap((graph) => {
    const file = irFileName(graph.name, graph.version);
    const other = first.get(file);
    if (!other) {
      first.set(file, graph);
      return [];
    }
    return [{ ...fileClash(file, other.path), path: graph.path }];
  });
}

function print(graph: PipelineGraph) {
  const { document, diagnostics } = writeIr(graph);
  return { diagnostics, file: irFileName(graph.name, graph.version), text: () => printIr(document) };
}
