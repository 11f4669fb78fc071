import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { BACKENDS, type PublishedBackend } from '../constructs/publish-backend';
import type { PipelineGraph } from '../graph/graph';
import { nearest } from '../graph/names';
import { type AppCommand, problem, runApp, show } from './app-command';

/** What an app has to say of itself. */
export interface AppFacts {
  readonly graphs: readonly PipelineGraph[];
  readonly backends: readonly PublishedBackend[];
}

/**
 * The graphs of an app's pipelines.
 *
 * @throws DiagnosticsError where the app fails, or has no pipeline
 */
export async function appGraphs(app: AppCommand): Promise<readonly PipelineGraph[]> {
  const { graphs } = await appFacts(app);
  if (graphs.length > 0) return graphs;
  throw problem(
    'KFP1435',
    `the app wrote no pipeline: ${show(app)}`,
    'create a Pipeline in it, and call app.synth() at its end',
  );
}

/**
 * The graphs of an app's pipelines, and its backends, by running it: the library writes them where `CDK8S_KFP_GRAPHS` says. What the app
 * writes on stderr is shown; its stdout only where it fails.
 *
 * @throws DiagnosticsError where the app fails
 */
export async function appFacts(app: AppCommand): Promise<AppFacts> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk8s-kfp-'));
  try {
    const graphs = path.join(folder, 'graphs');
    const manifests = path.join(folder, 'manifests');
    fs.mkdirSync(graphs);
    fs.mkdirSync(manifests);
    await runApp(app, { ...process.env, CDK8S_KFP_GRAPHS: graphs, CDK8S_OUTDIR: manifests });
    return {
      graphs: documentsIn(graphs) as readonly PipelineGraph[],
      backends: documentsIn(path.join(graphs, BACKENDS)) as readonly PublishedBackend[],
    };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function documentsIn(folder: string): readonly unknown[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) as unknown);
}

/**
 * The pipeline that is meant among those of an app.
 *
 * @param name its name; it may be left out where there is only one
 * @param several how the command is written where there are several, by the name of one of them
 * @throws DiagnosticsError where there is no such pipeline, or there are several
 */
export function selectGraph(
  graphs: readonly PipelineGraph[],
  name: string | undefined,
  several: (name: string) => string,
): PipelineGraph {
  if (name !== undefined) return graphsNamed(graphs, name)[0]!;
  if (graphs.length === 1) return graphs[0]!;
  const names = graphs.map((graph) => graph.name);
  throw problem('KFP1436', `the app has several pipelines: ${names.join(', ')}`, several(names[0]!));
}

/**
 * The pipelines of a name; those of several namespaces may have one name.
 *
 * @throws DiagnosticsError where there is none
 */
export function graphsNamed(graphs: readonly PipelineGraph[], name: string): readonly PipelineGraph[] {
  const found = graphs.filter((graph) => graph.name === name);
  if (found.length > 0) return found;
  const names = graphs.map((graph) => graph.name);
  const meant = nearest(name, names);
  const has = `it has ${names.join(', ')}`;
  throw problem('KFP1437', `the app has no pipeline '${name}'`, meant ? `did you mean '${meant}'? ${has}` : has);
}
