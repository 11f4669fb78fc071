import fs from 'node:fs';
import path from 'node:path';
import { CACHE, must, ROOT } from './processes.mjs';

/** The kfp SDK that the runtime is held against, and what it installs where a notebook is to run. */
const KFP = 'kfp==2.17.0';
const NOTEBOOKS = ['nbclient>=0.10,<1', 'ipykernel>=6,<7', 'jupyter_client>=7,<9'];

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

/** A Python that has the kfp SDK, in a virtual environment that is made once. */
export function kfpPython() {
  const home = path.join(CACHE, `venv-${KFP.replace('==', '-')}-notebooks`);
  const python = path.join(home, 'bin', 'python');
  const done = path.join(home, 'installed');
  if (!fs.existsSync(done)) {
    console.log(`installing ${KFP}`);
    fs.rmSync(home, { recursive: true, force: true });
    must('python3', ['-m', 'venv', home]);
    must(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', KFP, ...NOTEBOOKS]);
    fs.writeFileSync(done, '');
  }
  return python;
}
