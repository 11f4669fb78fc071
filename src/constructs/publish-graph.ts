import * as fs from 'node:fs';
import * as path from 'node:path';
import type { PipelineGraph } from '../graph/graph';

/** Writes a graph for the command line, which runs the app with this variable set. */
export function publishGraph(graph: PipelineGraph): void {
  const folder = process.env.CDK8S_KFP_GRAPHS;
  if (!folder) return;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${graph.path.replaceAll('/', '.')}.json`), JSON.stringify(graph));
}
