// pod-templates < FILES.json: prints the pod templates in some files of manifests, each with what the table of the tests has against it
// by PodSecurity's level "restricted", and why it may be otherwise where it may.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type Any, containersOf, type Template, templatesIn } from '../test/backends/objects';
import { violations } from '../test/pods/restricted';

/** What may be otherwise, by the reason. Objects are those of one app. */
const OTHERWISE: readonly (readonly [string, (template: Template, objects: readonly Any[]) => boolean])[] = [
  ['upstream’s own objects of KFP 2.2.0, which confine nothing', (_, objects) => isUpstreams(objects, '2.2.0')],
  ['NVIDIA’s device plugin, which speaks to the kubelet', (template) => containersOf(template).every(isDevicePlugin)],
];

function isDevicePlugin({ image }: Any): boolean {
  return image.startsWith('nvcr.io/nvidia/k8s-device-plugin:');
}

/** Upstream's Secret with a well-known password is in no installation of ours. */
function isUpstreams(objects: readonly Any[], version: string): boolean {
  const isThere = (kind: string, name: string, holds: (object: Any) => boolean) =>
    objects.some((each) => each.kind === kind && each.metadata.name === name && holds(each));
  return (
    isThere('Secret', 'mysql-secret', ({ stringData }) => stringData.password === '') &&
    isThere('ConfigMap', 'pipeline-install-config', ({ data }) => data.appVersion === version)
  );
}

const listed = (JSON.parse(fs.readFileSync(0, 'utf8')) as readonly string[]).flatMap((file) => {
  const documents = parseAllDocuments(fs.readFileSync(file, 'utf8'), { version: '1.1' });
  const objects = documents.map((document) => document.toJS()).filter((object) => object?.kind !== undefined);
  return templatesIn(objects).map((template) => ({
    of: `${path.basename(file)}: ${template.of}`,
    template: { metadata: template.metadata, spec: template.spec },
    violations: violations(template),
    otherwise: OTHERWISE.find(([, isMeant]) => isMeant(template, objects))?.[0],
  }));
});
console.log(JSON.stringify(listed));
