import fs from 'node:fs';
import path from 'node:path';
import { recorded, yamlFiles } from './manifests.mjs';
import { CACHE, must, ROOT, run } from './processes.mjs';

/** Kubernetes' schemas, and the version of them: the first in which all is there that the library writes. */
const SCHEMAS = 'kubernetes-validate==1.37.0';
const KUBERNETES = '1.34';

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
    const { pods, complaints } = check([file]);
    if (pods === 0 && complaints === '') throw new Error(`there is no pod in ${path.relative(ROOT, file)}`);
    if (complaints === '') throw new Error(`a pod of ${path.relative(ROOT, file)} is accepted`);
  }
  const examples = yamlFiles(path.join(ROOT, 'dist'));
  const { files, failure } = recorded();
  const { pods, complaints } = check([...examples, ...files]);
  const all = [failure, complaints].filter((complaint) => complaint !== '');
  if (all.length > 0) throw new Error(all.join('\n'));
  return `${pods} pods accepted by the schemas of Kubernetes ${KUBERNETES}, ${broken.length} broken ones refused`;
}

/** How many pods there are in some files, and what is wrong with them. */
function check(files) {
  const listed = must(process.execPath, ['--import', 'tsx', path.join('conformance', 'pods.ts')], {
    input: JSON.stringify(files),
  });
  const { pods, complaints } = JSON.parse(listed);
  const { status, output } = run(python(), [path.join('conformance', 'pods.py'), KUBERNETES], {
    input: JSON.stringify(pods),
  });
  const refused = [...complaints, ...(status === 0 ? [] : [output])];
  return { pods: pods.length, complaints: refused.join('\n') };
}

/** A Python that has the schemas, in a virtual environment that is made once. */
function python() {
  const home = path.join(CACHE, `venv-${SCHEMAS.replace('==', '-')}`);
  const program = path.join(home, 'bin', 'python');
  const done = path.join(home, 'installed');
  if (!fs.existsSync(done)) {
    console.log(`installing ${SCHEMAS}`);
    fs.rmSync(home, { recursive: true, force: true });
    must('python3', ['-m', 'venv', home]);
    must(program, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', SCHEMAS]);
    fs.writeFileSync(done, '');
  }
  return program;
}
