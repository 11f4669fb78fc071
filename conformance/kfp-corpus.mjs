import path from 'node:path';
import { CACHE, must } from './processes.mjs';
import { kfpPython } from './runtime.mjs';
import { pythonWith } from './venvs.mjs';

/** The folder of the corpus: pipelines that the kfp SDK compiles, and what is done with them. */
export const CORPUS = path.join('conformance', 'kfp');

const COMPILED = path.join(CACHE, 'kfp', 'compiled');

/** The first SDK of version 2. */
const FIRST_SDK = 'kfp==2.0.1';

const SHOWN = 40;
let known;

/**
 * Compiles the pipelines of the corpus, once.
 *
 * @returns {object} what compile.py prints
 */
export function compiled() {
  known ??= JSON.parse(python('compile.py', [COMPILED]));
  return known;
}

/** The documents that the first SDK makes of the pipelines that it can compile. */
export function firstDocuments() {
  const words = ['-W', 'ignore', path.join(CORPUS, 'compile.py'), `${COMPILED}-first`, 'first-pipelines'];
  return JSON.parse(must(pythonWith(FIRST_SDK), words)).documents;
}

/** Runs a program of the corpus by a Python that has the kfp SDK, and gives what it printed. */
export function python(script, args, input) {
  return must(kfpPython(), ['-W', 'ignore', path.join(CORPUS, script), ...args], { input });
}

/**
 * Where two values of JSON differ: a text for each place. The sources that a choice is between have no order.
 *
 * @param at what the places begin with
 */
export function differencesOf(before, after, at = '') {
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    const [left, right] = before[0] === 'one-of' ? [sorted(before), sorted(after)] : [before, after];
    return left.flatMap((each, index) => differencesOf(each, right[index], `${at}/${index}`));
  }
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differencesOf(before[key], after[key], `${at}/${key}`));
  }
  return before === after ? [] : [`${at}: ${shown(before)}, and ours ${shown(after)}`];
}

/**
 * Ends the part where there is something to complain about.
 *
 * @throws with the first of them
 */
export function report(complaints) {
  if (complaints.length === 0) return;
  const more = complaints.length > SHOWN ? [`and ${complaints.length - SHOWN} more`] : [];
  throw new Error([...complaints.slice(0, SHOWN), ...more].join('\n'));
}

function sorted(sources) {
  return [...sources].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value) {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 300);
}
