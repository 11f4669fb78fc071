// pods < FILES.json: prints the pods that Argo makes of the manifests in some files, and what the schemas do not see of them.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Template, WorkflowTemplateSpec } from '../src/argo/types';
import { makesPod, podOf } from '../test/pods/pod';
import { problemsOf } from '../test/pods/problems';

/** Stands in a field whose text only a run knows, and that no sample fits. */
const fallback = () => 'sample';

interface Manifest {
  readonly kind?: string;
  readonly spec?: WorkflowTemplateSpec;
}

const pods: { readonly of: string; readonly pod: unknown }[] = [];
const complaints: string[] = [];
for (const file of JSON.parse(fs.readFileSync(0, 'utf8')) as readonly string[]) {
  for (const document of parseAllDocuments(fs.readFileSync(file, 'utf8'), { version: '1.1' })) {
    const { kind, spec } = (document.toJS() ?? {}) as Manifest;
    if (kind === 'WorkflowTemplate')
      for (const template of spec!.templates.filter(makesPod)) take(file, spec!, template);
  }
}
console.log(JSON.stringify({ pods, complaints }));

function take(file: string, spec: WorkflowTemplateSpec, template: Template): void {
  const of = `${path.basename(file)}: ${template.name}`;
  try {
    const pod = podOf(spec, template, { fallback });
    pods.push({ of, pod });
    complaints.push(...problemsOf(pod).map((problem) => `${of}: ${problem}`));
  } catch (error) {
    complaints.push(`${of}: ${(error as Error).message}`);
  }
}
