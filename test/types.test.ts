import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..');
const MISUSE = path.join(__dirname, 'types', 'misuse.ts');

/** The messages of the compiler for the statement after each comment of misuse.ts. */
function messages(): Record<string, string> {
  // The compiler must see the mistakes: a copy without the markers that expect them.
  const folder = path.join(__dirname, 'types', 'errors');
  fs.mkdirSync(folder, { recursive: true });
  const source = fs.readFileSync(MISUSE, 'utf8').replace(/^ *\/\/ @ts-expect-error\n/gm, '');
  fs.writeFileSync(path.join(folder, 'misuse.ts'), source.replaceAll("'../../imports/", "'../../../imports/"));
  fs.writeFileSync(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.json', include: ['./misuse.ts'], exclude: [] }),
  );
  const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    encoding: 'utf8',
    cwd: ROOT,
  });
  fs.rmSync(folder, { recursive: true });
  const lines = source.split('\n');
  const found: Record<string, string> = {};
  let key = '';
  for (const line of stdout.split('\n')) {
    const match = /misuse\.ts\((\d+),\d+\): error (TS\d+: .*)$/.exec(line);
    if (match) {
      // The comment above the statement says what is wrong with it.
      let at = Number(match[1]) - 1;
      while (at > 0 && !lines[at]!.trim().startsWith('//')) at--;
      key = lines[at]!.trim().slice(3);
      found[key] = match[2]!;
    } else if (key && line.trim()) found[key] += `\n${line}`;
  }
  return found;
}

test('what the compiler says of mistakes', () => {
  const found = messages();
  const expected = fs.readFileSync(MISUSE, 'utf8').match(/@ts-expect-error/g)!.length;
  expect(Object.keys(found)).toHaveLength(expected);
  expect(found).toMatchSnapshot();
});

test('the first line of a message shows no helper type', () => {
  for (const message of Object.values(messages())) {
    expect(message.split('\n')[0]).not.toMatch(
      /NoInfer|InputsOf|OutputsOf|Comparable|TaskInputs|ArgumentsOf|RunArgumentsProp/,
    );
  }
});
