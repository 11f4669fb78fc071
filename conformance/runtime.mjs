import fs from 'node:fs';
import path from 'node:path';
import { must, ROOT } from './processes.mjs';
import { pythonWith } from './venvs.mjs';

/**
 * Runs components by the runtime and by the kfp SDK's own executor; both must write the same.
 *
 * @returns {string} the last line of what the comparison prints
 * @throws where they differ
 */
export function checkRuntime() {
  const script = path.join('conformance', 'runtime_differential.py');
  if (!fs.existsSync(path.join(ROOT, script))) return `skipped, there is no ${script}`;
  return must('python3', [script, kfpPython()]).trim().split('\n').at(-1);
}

/** A Python that has the kfp SDK, with its Kubernetes settings and what it installs where a notebook is to run. */
export function kfpPython() {
  return pythonWith('kfp[kubernetes,notebooks]==2.17.0');
}
