import fs from 'node:fs';
import path from 'node:path';
import { differences } from './kfp-parity/compare.mjs';
import { must, ROOT } from './processes.mjs';

const FOLDER = path.join(ROOT, 'conformance', 'kfp-parity');

/**
 * Holds the objects of a KfpBackend with `parity: 'upstream'` against facts and digests of those that KFP's own kustomizations render.
 *
 * @returns {string} what was compared
 * @throws where an object differs, and the ledger does not say so; or where differences go unseen
 */
export function checkKfpParity() {
  const folder = path.resolve(ROOT, process.env.KFP_FACTS ?? path.join('..', 'shared', 'data', 'kfp-manifests'));
  if (!fs.existsSync(folder))
    return `not checked: ${path.relative(ROOT, folder)} is missing; KFP_FACTS says where it is`;
  const backends = JSON.parse(must(process.execPath, ['--import', 'tsx', path.join(FOLDER, 'objects.ts')]));
  const ledger = JSON.parse(fs.readFileSync(path.join(FOLDER, 'ledger.json'), 'utf8'));
  const names = [...new Set(backends.flatMap(({ of }) => of))];
  const facts = Object.fromEntries(
    names.map((name) => [name, JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), 'utf8'))]),
  );
  proveThatItRefuses(backends, facts, ledger);
  const found = differences(backends, facts, ledger);
  if (found.length > 0) throw new Error(found.join('\n'));
  const count = backends.reduce((sum, { objects }) => sum + objects.length, 0);
  const differing = new Set(ledger.flatMap(({ objects }) => Object.values(objects).flatMap(Object.keys))).size;
  return `${count} objects of ${backends.length} backends are upstream's; ${differing} differ as the ledger says`;
}

/** Faults of one object, or of the ledger: each must be seen. */
const FAULTS = [
  ['is missing', ({ objects }) => objects.pop()],
  ["is not upstream's", ({ objects }) => (named(objects, 'Service', 'ml-pipeline').metadata.name = 'pipelines')],
  ['is there twice', ({ objects }) => objects.push(objects[0])],
  ['containers.ml-pipeline-api-server.image', ({ objects }) => (serverOf(objects).image = 'kfp:1')],
  ['in what the facts do not tell', ({ objects }) => (named(objects, 'Service', 'ml-pipeline').spec.type = 'NodePort')],
  ['elsewhere than in', ({ objects }) => (serverOf(objects).livenessProbe.periodSeconds = 1)],
  ['says in vain', (_, ledger) => (ledger[0].objects['2.2.0.platform-agnostic'] = { 'v1|Service|kubeflow|mysql': '' })],
  ['is in the ledger twice', (_, ledger) => ledger.push(ledger[0])],
];

function named(objects, kind, name) {
  return objects.find((each) => each.kind === kind && each.metadata.name === name);
}

function serverOf(objects) {
  return named(objects, 'Deployment', 'ml-pipeline').spec.template.spec.containers[0];
}

function proveThatItRefuses(backends, facts, ledger) {
  for (const [complaint, breakIt] of FAULTS) {
    const broken = structuredClone({ backends, ledger });
    breakIt(broken.backends[0], broken.ledger);
    if (!differences(broken.backends, facts, broken.ledger).some((each) => each.includes(complaint))) {
      throw new Error(`a fault goes unseen, of which must be said: ${complaint}`);
    }
  }
}
