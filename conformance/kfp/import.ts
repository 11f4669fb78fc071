// import FOLDER < FILES.json: imports documents, and prints what became of each, by file, once run by our runtime and once by
// KFP's executor: the facts of its graph, its manifests' file in the folder, what our writer makes of it, and the normal forms
// of both documents; or what is wrong with it.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Chart, YamlOutputType } from 'cdk8s';
import { Pipeline } from 'cdk8s-kfp';
import { DiagnosticsError, isWarning } from '../../src/diagnostic';
import type { PipelineGraph } from '../../src/graph/graph';
import { printIr, writeIr } from '../../src/kfp/export/to-ir';
import { normalForm } from '../../src/kfp/ir/normal-form';
import { readIr, readIrFile } from '../../src/kfp/ir/read';
import { factsOf, uncalled } from './graph-facts';

const [folder] = process.argv.slice(2);
const files = JSON.parse(fs.readFileSync(0, 'utf8')) as readonly string[];
const executors = ['runtime', 'kfp'] as const;
const results = files.map((file, index) => [
  file,
  executors.map((executor) => imported(file, executor, String(index))),
]);
console.log(JSON.stringify(Object.fromEntries(results)));

function imported(file: string, executor: 'runtime' | 'kfp', id: string): Record<string, unknown> {
  const outdir = path.join(folder!, `${id}-${executor}`);
  const app = new App({ outdir, yamlOutputType: YamlOutputType.FILE_PER_APP });
  // Nothing gives a run artifacts: what takes some is there to be called.
  const takesArtifacts = readIrFile(file).document?.spec.root.inputDefinitions?.artifacts !== undefined;
  const standalone = takesArtifacts ? { standalone: false } : {};
  let graph: PipelineGraph;
  try {
    graph = Pipeline.fromIr(new Chart(app, 'chart', { namespace: 'ml' }), 'imported', {
      file,
      executor,
      ...standalone,
    }).graph;
  } catch (error) {
    if (!(error instanceof DiagnosticsError)) return { executor, broken: (error as Error).stack };
    return { executor, refused: error.diagnostics.map(({ code, message }) => `${code} ${message}`) };
  }
  try {
    const idle = uncalled(graph);
    if (idle.length > 0) throw new Error(`nothing calls ${idle.join(', ')}`);
    app.synth();
    const manifests = takesArtifacts ? {} : { manifests: path.join(outdir, 'app.k8s.yaml') };
    return { executor, facts: factsOf(graph), ...manifests, ...written(file, graph) };
  } catch (error) {
    return { executor, broken: (error as Error).stack };
  }
}

/** What our writer makes of a graph, and the normal forms of the document before and after. */
function written(file: string, graph: PipelineGraph): Record<string, unknown> {
  const { document, diagnostics } = writeIr(graph);
  const errors = diagnostics.filter((diagnostic) => !isWarning(diagnostic));
  if (errors.length > 0) return { unwritten: errors.map(({ code, message }) => `${code} ${message}`) };
  const text = printIr(document);
  const again = readIr('written.yaml', text);
  if (!again.document) return { unwritten: again.problems.map(({ message }) => message) };
  return { written: text, before: normalForm(readIrFile(file).document!), after: normalForm(again.document) };
}
