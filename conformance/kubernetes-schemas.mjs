import fs from 'node:fs';
import path from 'node:path';
import { CACHE, must, run } from './processes.mjs';

/** Kubernetes' schemas. */
const SCHEMAS = 'kubernetes-validate==1.37.0';

/** The version of them: the first in which all is there that the library writes. */
export const KUBERNETES = '1.34';

/**
 * Holds objects of Kubernetes' own kinds against its schemas; fields that they do not know are refused.
 *
 * @param {readonly { of: string, object: unknown }[]} objects
 * @returns {string} what is wrong; empty where nothing is
 */
export function complaintsAbout(objects) {
  const { status, output } = run(python(), [path.join('conformance', 'kubernetes_schemas.py'), KUBERNETES], {
    input: JSON.stringify(objects),
  });
  return status === 0 ? '' : output;
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
