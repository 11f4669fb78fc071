import fs from 'node:fs';
import path from 'node:path';
import { CACHE, must } from './processes.mjs';

/**
 * A Python that has a package, in a virtual environment that is made once.
 *
 * @param {string} requirement the package, as pip is told: `kubernetes-validate==1.37.0`
 * @returns {string} the path of the Python
 * @throws where it cannot be installed
 */
export function pythonWith(requirement) {
  const home = path.join(CACHE, `venv-${requirement.replace(/[^\w.]+/g, '-')}`);
  const python = path.join(home, 'bin', 'python');
  const done = path.join(home, 'installed');
  if (!fs.existsSync(done)) {
    console.log(`installing ${requirement}`);
    fs.rmSync(home, { recursive: true, force: true });
    must('python3', ['-m', 'venv', home]);
    must(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement]);
    fs.writeFileSync(done, '');
  }
  return python;
}
