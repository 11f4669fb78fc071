import path from 'node:path';
import { goTool } from './go-tools.mjs';
import { must, ROOT, run } from './processes.mjs';

const FOLDER = path.join(ROOT, 'conformance', 'expressions');

/** Something that no evaluator can agree with: it proves that a difference is seen. */
const WRONG = { name: 'wrong', text: '{{=1 + 1}}', environment: {}, want: '3' };

/**
 * Evaluates what the expression printer prints with Argo's own code, and with the interpreter of the tests, which so is held
 * to Argo's code.
 *
 * @returns {string} what was evaluated
 * @throws where something comes out that is not what the library means
 */
export function checkExpressions() {
  const program = goTool('expressions', FOLDER);
  const cases = must(process.execPath, script('expression-cases.ts'));
  const evaluators = [
    [program, []],
    [process.execPath, script('interpreter-cases.ts')],
  ];
  return evaluators
    .map(([evaluator, args]) => {
      if (run(evaluator, args, { input: JSON.stringify([WRONG]) }).status !== 1) throw new Error('1 + 1 may be 3');
      return must(evaluator, args, { input: cases }).trim();
    })
    .join('; ');
}

function script(name) {
  return ['--import', 'tsx', path.join('conformance', name)];
}
