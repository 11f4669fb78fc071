import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, type Chart, Testing } from 'cdk8s';

/**
 * The objects of a chart.
 *
 * While the conformance run records (`CDK8S_KFP_RECORD` names a folder), the manifests of the chart's whole app are
 * written there too, to be held against Argo's own validator. A test whose manifests Argo is meant to refuse uses
 * `Testing.synth` instead.
 */
// biome-ignore lint/suspicious/noExplicitAny: tests reach into manifests of every kind
export function synth(chart: Chart): any[] {
  const objects = Testing.synth(chart);
  const folder = process.env.CDK8S_KFP_RECORD;
  if (folder) record(folder, App.of(chart).synthYaml());
  return objects;
}

/** One file for each distinct app: references are resolved among the objects of one file. */
function record(folder: string, yaml: string): void {
  const { testPath, currentTestName } = expect.getState();
  const test = path.basename(testPath ?? 'unknown').replace(/\.test\.ts$/, '');
  const hash = createHash('sha256').update(yaml).digest('hex').slice(0, 12);
  fs.mkdirSync(folder, { recursive: true });
  const title = (currentTestName ?? '').replace(/\s+/g, ' ');
  fs.writeFileSync(path.join(folder, `${test}-${hash}.yaml`), `# ${title}\n${yaml}`);
}
