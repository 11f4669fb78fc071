import fs from 'node:fs';
import path from 'node:path';
import { CORPUS, compiled, differencesOf, python, report } from './kfp-corpus.mjs';
import { CACHE, must } from './processes.mjs';

const HOME = path.join(CACHE, 'kfp', 'local');

/** Stands in the arguments of runs for a folder of the run's own. */
const SCRATCH = '<scratch>';

/** How much is shown of what a run said. */
const LINES = 12;

/**
 * Runs pipelines of the corpus with kfp.local and with our local runner, which must agree on what the pipelines and their
 * tasks give, and on which tasks fail. What kfp.local cannot run must give what the corpus states.
 *
 * @returns {string} what was run
 * @throws where they differ
 */
export function checkLocal() {
  fs.rmSync(HOME, { recursive: true, force: true });
  const { runs } = compiled();
  const byKfp = runs.filter(({ outputs }) => !outputs);
  const stated = runs.filter(({ outputs }) => outputs);
  const theirs = runsOfKfp(byKfp);
  const ours = ourRuns([...byKfp, ...stated]);
  report([
    ...byKfp.flatMap((each, index) => complaintsOf(each, theirs[index], ours[index])),
    ...stated.flatMap((each, index) => complaintsOf(each, statedRun(each), ours[byKfp.length + index])),
  ]);
  return `${byKfp.length} runs as with kfp.local, ${stated.length} as stated`;
}

function runsOfKfp(runs) {
  const requests = runs.map((each, index) => ({ ...each, ...argumentsOf(each, `kfp-${index}`) }));
  return JSON.parse(python('local_kfp.py', [path.join(HOME, 'kfp')], JSON.stringify(requests)));
}

function ourRuns(runs) {
  const requests = runs.map((each, index) => {
    const { arguments: given, scratch } = argumentsOf(each, `ours-${index}`);
    const parameters = Object.entries(given).map(([name, value]) => ({ name, text: textOf(value) }));
    return { document: each.document, parameters, store: path.join(scratch, 'store') };
  });
  return JSON.parse(must(process.execPath, [path.join(CORPUS, 'local.mjs')], { input: JSON.stringify(requests) }));
}

/** The arguments of a run, and its folder, which has one file. */
function argumentsOf({ arguments: given }, name) {
  const scratch = path.join(HOME, name);
  fs.mkdirSync(scratch, { recursive: true });
  fs.writeFileSync(path.join(scratch, 'imported.txt'), 'from outside');
  const text = JSON.stringify(given).replaceAll(SCRATCH, JSON.stringify(scratch).slice(1, -1));
  return { arguments: JSON.parse(text), scratch };
}

/** A parameter's value as the command line takes it. */
function textOf(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A run that succeeds and gives what is stated. */
function statedRun({ outputs }) {
  return { status: 'succeeded', outputs };
}

/** Where a run differs from what it has to be; its tasks are compared where those are told. */
function complaintsOf({ document, arguments: given }, expected, found) {
  const name = `${path.basename(document, '.yaml')} ${JSON.stringify(given)}`;
  if (expected.status === 'broken') return [`${name}: kfp.local cannot run it: ${expected.why}`];
  const { tasks, outputs } = expected;
  const compared = tasks
    ? { status: found.status, outputs: found.outputs, tasks: named(found.tasks) }
    : { status: found.status, outputs: only(found.outputs, Object.keys(outputs)) };
  const wanted = { status: expected.status, outputs, ...(tasks && { tasks: named(tasks) }) };
  const different = differencesOf(wanted, compared);
  if (different.length === 0) return [];
  const said = found.said.trim().split('\n').slice(-LINES);
  return [...different.map((difference) => `${name}: ${difference}`), ...said.map((line) => `    ${line}`)];
}

function named(tasks) {
  return Object.fromEntries(Object.entries(tasks).map(([taskPath, task]) => [flat(taskPath), task]));
}

/**
 * A task's path as one name, with the indices of all loops around it. What KFP nests for the sake of Elif and Else has no
 * counterpart.
 */
function flat(taskPath) {
  const steps = taskPath.split('/').filter((step) => !step.startsWith('condition-branches-'));
  const indices = steps.flatMap((step) => step.match(/\[\d+\]/g) ?? []);
  return `${steps.map((step) => step.replace(/\[\d+\]/g, '')).join('-')}${indices.join('')}`;
}

function only(outputs, names) {
  return Object.fromEntries(names.map((name) => [name, outputs[name]]));
}
