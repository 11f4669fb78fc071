import fs from 'node:fs';
import path from 'node:path';
import { CORPUS, compiled, differencesOf, firstDocuments, python, report } from './kfp-corpus.mjs';
import { complaintsAbout } from './manifests.mjs';
import { podsIn } from './pods.mjs';
import { CACHE, must, ROOT, run } from './processes.mjs';
import { kfpPython } from './runtime.mjs';

const MANIFESTS = path.join(CACHE, 'kfp', 'manifests');
const BY_HAND = path.join(ROOT, CORPUS, 'documents');

/**
 * Imports what the kfp SDK compiles, and documents that it does not write. The graph must say what the document says, its
 * manifests must be accepted, and what our writer makes of it must be equal to the document and load in kfp.
 *
 * @returns {string} what was checked
 * @throws where one of these does not hold, or a document is accepted that has to be refused
 */
export function checkImport() {
  const { documents, forms, mended } = compiled();
  const known = [...documents, ...firstDocuments(), ...documentsIn(BY_HAND)];
  const refused = documentsIn(path.join(BY_HAND, 'refused'));
  const covered = python('coverage.py', known).trim();
  const facts = JSON.parse(python('facts.py', known));
  for (const [form, file] of Object.entries(forms)) facts[form] = facts[file];
  if (differencesOf(facts[known[0]], facts[known[1]]).length === 0)
    throw new Error('two documents have the same facts');

  const results = imported([...Object.keys(facts), ...mended, ...refused]);
  const resultsOf = (files) => files.flatMap((file) => results[file].map((result) => ({ file, ...result })));
  // What the SDK meant is not what the document says.
  const meant = resultsOf(mended).map(({ facts: _, before: __, after: ___, ...result }) => result);
  const accepted = [...resultsOf(Object.keys(facts)), ...meant];
  const loaded = loadedByKfp(accepted);
  const made = accepted.flatMap(({ manifests }) => manifests ?? []);
  const { pods, complaints } = podsIn(made);
  report([
    ...accepted.flatMap((result) => complaintsOf(result, facts[result.file])),
    ...refused.flatMap((file) => results[file].flatMap((result) => acceptanceOf(file, result))),
    ...loaded.complaints,
    ...complaintsAbout(made.map((file) => [file])),
    ...(complaints === '' ? [] : [complaints]),
  ]);
  return [
    covered,
    `${known.length} imported, written again and equal; ${mended.length} imported as they are meant`,
    loaded.counted,
    `${made.length} manifests and ${pods} pods accepted`,
    `${refused.length} documents refused`,
  ].join('; ');
}

/** What became of documents, by file: a result for each way in which Python components can be run. */
function imported(files) {
  fs.rmSync(MANIFESTS, { recursive: true, force: true });
  const script = ['--import', 'tsx', path.join(CORPUS, 'import.ts'), MANIFESTS];
  return JSON.parse(must(process.execPath, script, { input: JSON.stringify(files) }));
}

/** What is wrong with a document that has to be accepted. */
function complaintsOf({ file, executor, broken, refused = [], unwritten = [], ...result }, facts) {
  const complaints = [
    ...(broken ? [broken] : []),
    ...refused.map((problem) => `is refused: ${problem}`),
    ...unwritten.map((problem) => `cannot be written: ${problem}`),
    ...(result.facts ? differencesOf(facts, result.facts, 'facts') : []),
    ...differencesOf(result.before, result.after, 'round trip'),
  ];
  return complaints.map((complaint) => `${path.basename(file)} (${executor}): ${complaint}`);
}

/** What is wrong with a document that has to be refused. */
function acceptanceOf(file, { executor, broken, refused }) {
  if (refused) return [];
  return [`${path.basename(file)} (${executor}): ${broken ?? 'is accepted'}`];
}

/** How many of the documents that we wrote kfp loads, and what it has against the others. */
function loadedByKfp(results) {
  const texts = results.flatMap(({ file, executor, written }) =>
    written ? [[`${path.basename(file)} (${executor})`, written]] : [],
  );
  const input = JSON.stringify(Object.fromEntries(texts));
  const { status, stdout, output } = run(kfpPython(), [path.join(CORPUS, 'load.py')], { input });
  return { counted: stdout.trim(), complaints: status === 0 ? [] : [`kfp does not load what we write:\n${output}`] };
}

function documentsIn(folder) {
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return names.sort().map((name) => path.join(folder, name));
}
