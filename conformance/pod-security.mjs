import path from 'node:path';
import { goTool } from './go-tools.mjs';
import { recorded, yamlFiles } from './manifests.mjs';
import { must, ROOT } from './processes.mjs';

/** Manifests whose pods must be refused: one fault each. */
const REFUSED = path.join(ROOT, 'conformance', 'refused', 'pod-security');

/**
 * Has Kubernetes' own PodSecurity admission judge the pods of everything that runs outside of workflows, at its level "restricted". The
 * table of the tests must judge all of them alike.
 *
 * @returns {string} what was judged
 * @throws where a pod is refused, a broken one is not, or the table judges otherwise
 */
export function checkPodSecurity() {
  const broken = yamlFiles(REFUSED);
  if (broken.length === 0) throw new Error('no manifest proves that a pod can be refused');
  const faults = broken.map((file) => judged([file]));
  const accepted = faults.flat().filter(({ forbidden }) => forbidden.length === 0);
  const empty = broken.filter((_, index) => faults[index].length === 0);

  const { files, failure } = recorded();
  const pods = judged([...yamlFiles(path.join(ROOT, 'dist')), ...files]);
  const complaints = [
    failure,
    ...empty.map((file) => `there is no pod in ${path.relative(ROOT, file)}`),
    ...accepted.map(({ of }) => `${of}: is accepted, and must not be`),
    ...pods.filter(isRefused).map(({ of, forbidden }) => `${of}: ${forbidden.join('; ')}`),
    ...[...faults.flat(), ...pods].filter(isJudgedOtherwise).map(({ of, forbidden, violations }) => {
      const [kubernetes, table] = [forbidden, violations].map((each) => each.join('; ') || 'nothing');
      return `${of}: Kubernetes has ${kubernetes} against it, test/pods/restricted.ts ${table}`;
    }),
  ].filter((complaint) => complaint !== '');
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  const meant = pods.filter(({ forbidden }) => forbidden.length > 0).length;
  return `${pods.length - meant} pod templates accepted by Kubernetes, ${meant} meant to be otherwise, ${faults.flat().length} broken ones refused`;
}

function isRefused({ forbidden, otherwise }) {
  return forbidden.length > 0 && otherwise === undefined;
}

function isJudgedOtherwise({ forbidden, violations }) {
  return forbidden.length > 0 !== violations.length > 0;
}

/** The pod templates in some files, with what Kubernetes forbids of each. */
function judged(files) {
  const input = JSON.stringify(files);
  const script = ['--import', 'tsx', path.join('conformance', 'pod-templates.ts')];
  const listed = JSON.parse(must(process.execPath, script, { input }));
  const program = goTool('pod-security', path.join(ROOT, 'conformance', 'pod-security'));
  const forbidden = JSON.parse(must(program, [], { input: JSON.stringify(listed.map(({ template }) => template)) }));
  return listed.map((each, index) => ({ ...each, forbidden: forbidden[index] }));
}
