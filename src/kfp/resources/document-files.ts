import * as fs from 'node:fs';
import * as path from 'node:path';
import { App } from 'cdk8s';
import type { Pipeline } from '../../constructs/pipeline';
import { renderDiagnostic } from '../../diagnostic';
import { fileClash, irFileName } from '../version';

/**
 * The folder of the documents, below the manifests'. What applies manifests takes every YAML file of its own folder for
 * Kubernetes objects, which a document is not.
 */
const FOLDER = 'kfp';

/** Per app, the pipelines whose documents are written, by the document's file. */
const WRITTEN = new WeakMap<App, Map<string, Pipeline>>();

/** Lets `app.synth()` write a pipeline's document as well: `kfp/NAME-VERSION.yaml` beside the manifests. */
export function writeDocumentAtSynth(pipeline: Pipeline): void {
  const app = App.of(pipeline);
  const file = irFileName(pipeline.name, pipeline.props.version);
  const pipelines = WRITTEN.get(app) ?? writeAfterManifests(app);
  const other = pipelines.get(file);
  if (!other) {
    pipelines.set(file, pipeline);
    return;
  }
  const { at } = pipeline;
  pipeline.node.addValidation({
    validate: () => [renderDiagnostic({ ...fileClash(`${FOLDER}/${file}`, other.node.path), ...(at && { at }) })],
  });
}

/**
 * cdk8s has no hook for files that hold no Kubernetes objects. A validation would be called by tests of a chart as well, which
 * must write nothing; and documents are to be written only where everything in the app is right.
 */
function writeAfterManifests(app: App): Map<string, Pipeline> {
  const pipelines = new Map<string, Pipeline>();
  WRITTEN.set(app, pipelines);
  const synth = app.synth;
  app.synth = () => {
    synth.call(app);
    const folder = path.join(app.outdir, FOLDER);
    fs.mkdirSync(folder, { recursive: true });
    for (const [file, pipeline] of pipelines) fs.writeFileSync(path.join(folder, file), pipeline.toIr());
  };
  return pipelines;
}
