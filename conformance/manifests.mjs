import fs from 'node:fs';
import path from 'node:path';
import { checkCoreKinds } from './core-kinds.mjs';
import { argoCrds, platformCrds, sharedTool } from './go-tools.mjs';
import { CACHE, ROOT, run } from './processes.mjs';

/** Manifests that one of the checkers must refuse: they prove that it can. */
const REFUSED = path.join(ROOT, 'conformance', 'refused');

/**
 * Holds all manifests against the CRDs' schemas, Argo's validator and the schemas of Kubernetes' own kinds.
 *
 * @returns {string} what was checked
 * @throws where a manifest is refused, or a broken one is not
 */
export function checkManifests() {
  const checkers = makeCheckers();
  proveThatTheyRefuse(checkers);

  const examples = yamlFiles(path.join(ROOT, 'dist'));
  const { files, failure } = recorded();
  // The examples are one app, each recorded file is another.
  const found = complaintsAbout([examples, ...files.map((file) => [file])], checkers);
  const complaints = failure === '' ? found : [failure, ...found];
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  return `${examples.length} files of examples and ${files.length} of tests accepted, ${brokenOnes(checkers).length} broken ones refused`;
}

/**
 * What the checkers have against manifests.
 *
 * @param apps the files of each app: references are resolved among them
 * @returns {string[]} a text for each complaint
 */
export function complaintsAbout(apps, checkers = makeCheckers()) {
  const files = apps.flat();
  const complaints = [checkers.schema(files), checkers.core(files), ...apps.map((app) => checkers.argo(app))];
  return complaints.filter((complaint) => complaint !== '');
}

/** A checker gives its complaints about some files, or an empty text. */
function makeCheckers() {
  return { schema: bySchema(), argo: byArgo(), core: checkCoreKinds };
}

function bySchema() {
  const program = sharedTool('crdcheck');
  const folders = [argoCrds(), platformCrds()];
  return (files) =>
    folders
      .map((crds) => complaintsOf(program, [crds, ...files]))
      .filter((complaint) => complaint !== '')
      .join('\n');
}

function byArgo() {
  const program = sharedTool('argocheck');
  return (files) => complaintsOf(program, files);
}

function complaintsOf(program, args) {
  const { status, output } = run(program, args);
  return status === 0 ? '' : output;
}

/** Each file in the folder of a checker's name is one thing that the checker has to see. */
function proveThatTheyRefuse(checkers) {
  for (const [name, check] of Object.entries(checkers)) {
    const files = yamlFiles(path.join(REFUSED, name));
    if (files.length === 0) throw new Error(`no manifest proves that the checker '${name}' can refuse one`);
    for (const file of files) {
      if (check([file]) === '') throw new Error(`the checker '${name}' accepts ${path.relative(ROOT, file)}`);
    }
  }
}

/** The broken manifests for some checkers. */
function brokenOnes(checkers) {
  return Object.keys(checkers).flatMap((name) => yamlFiles(path.join(REFUSED, name)));
}

/** What the tests synthesise: they run once, whatever is checked. */
export function recorded() {
  known ??= record();
  return known;
}

let known;

/** Runs the tests that synthesise, and gives the files of what they synthesised, and how they failed where they did. */
function record() {
  const folder = path.join(CACHE, 'manifests');
  fs.rmSync(folder, { recursive: true, force: true });
  const tests = path.join(ROOT, 'test');
  const synthesising = fs
    .readdirSync(tests, { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => path.join(tests, file))
    .filter((file) => /from '(\.|\.\.)\/synth'/.test(fs.readFileSync(file, 'utf8')));
  if (synthesising.length === 0) throw new Error('no test uses test/synth.ts');
  const jest = path.join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const { status, output } = run(process.execPath, [jest, '--ci', '--silent', '--runTestsByPath', ...synthesising], {
    env: { CDK8S_KFP_RECORD: folder },
  });
  const names = output.split('\n').filter((line) => line.includes('●') || line.startsWith('Tests:'));
  const failure = status === 0 ? '' : `tests that synthesise fail, \`npm test\` says why:\n${names.join('\n')}`;
  return { files: yamlFiles(folder), failure };
}

/** All YAML files in a folder, and in those below. */
export function yamlFiles(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => path.join(folder, file));
}
