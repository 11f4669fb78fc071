import path from 'node:path';
import { complaintsAbout, KUBERNETES } from './kubernetes-schemas.mjs';
import { recorded, yamlFiles } from './manifests.mjs';
import { must, ROOT } from './processes.mjs';

/** Manifests whose pods must be refused: one fault each. */
const REFUSED = path.join(ROOT, 'conformance', 'refused', 'pods');

/**
 * Makes the pods that Argo makes of all manifests, and holds them against Kubernetes' schemas and what its API looks at
 * besides.
 *
 * @returns {string} what was checked
 * @throws where a pod is refused, or a broken one is not
 */
export function checkPods() {
  const broken = yamlFiles(REFUSED);
  if (broken.length === 0) throw new Error('no manifest proves that a pod can be refused');
  for (const file of broken) {
    const { pods, complaints } = podsIn([file]);
    if (pods === 0 && complaints === '') throw new Error(`there is no pod in ${path.relative(ROOT, file)}`);
    if (complaints === '') throw new Error(`a pod of ${path.relative(ROOT, file)} is accepted`);
  }
  const examples = yamlFiles(path.join(ROOT, 'dist'));
  const { files, failure } = recorded();
  const { pods, complaints } = podsIn([...examples, ...files]);
  const all = [failure, complaints].filter((complaint) => complaint !== '');
  if (all.length > 0) throw new Error(all.join('\n'));
  return `${pods} pods accepted by the schemas of Kubernetes ${KUBERNETES}, ${broken.length} broken ones refused`;
}

/** How many pods there are in some files, and what is wrong with them. */
export function podsIn(files) {
  const listed = must(process.execPath, ['--import', 'tsx', path.join('conformance', 'pods.ts')], {
    input: JSON.stringify(files),
  });
  const { pods, complaints } = JSON.parse(listed);
  const refused = complaintsAbout(pods.map(({ of, pod }) => ({ of, object: pod })));
  return { pods: pods.length, complaints: [...complaints, refused].filter((each) => each !== '').join('\n') };
}
