import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** Where the blocks of a document come from, by their language. */
const SOURCES: Readonly<Record<string, string>> = {
  ts: 'src/apps/ml-training.ts',
  python: 'components/training.py',
  yaml: 'dist/training.k8s.yaml',
};

const readme = fs.readFileSync('README.md', 'utf8');
const blocks = [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language, text]) => ({
  language: language!,
  text: text!,
}));

test.each(blocks.filter(({ language }) => language in SOURCES))(
  'the $language block of the README is what the example holds',
  ({ language, text }) => {
    expect(fs.readFileSync(SOURCES[language]!, 'utf8')).toContain(text);
  },
);

test('the README’s links lead somewhere', () => {
  for (const [, target] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
    expect([target, fs.existsSync(path.join('.', target!))]).toEqual([target, true]);
});

test('every diagnostic code is documented, and every documented code exists', () => {
  const codes = (text: string) => new Set(text.match(/\bKFP1\d{3}\b/g));
  const sources = fs
    .readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|py)$/.test(file))
    .map((file) => fs.readFileSync(path.join('src', file), 'utf8'))
    .join('\n');
  const documents = fs
    .readdirSync('docs')
    .filter((file) => file.startsWith('diagnostics'))
    .map((file) => fs.readFileSync(path.join('docs', file), 'utf8'))
    .join('\n');
  expect([...codes(documents)].sort()).toEqual([...codes(sources)].sort());
});

test('the guide’s first app type-checks, and runs here', async () => {
  const guide = fs.readFileSync('docs/guide.md', 'utf8');
  const [python, main] = ['```python\n', '```ts\nimport { App'].map((start) => {
    const from = guide.indexOf(start) + start.indexOf('\n') + 1;
    return guide.slice(from, guide.indexOf('```', from));
  });
  const folder = fs.mkdtempSync(path.join('test', 'guide-'));
  try {
    fs.mkdirSync(path.join(folder, 'components'));
    fs.writeFileSync(path.join(folder, 'components/words.py'), python!);
    fs.writeFileSync(path.join(folder, 'main.ts'), main!);
    fs.writeFileSync(path.join(folder, 'cdk8s.yaml'), 'app: node --import tsx main.ts\n');
    fs.writeFileSync(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../tsconfig.json',
        compilerOptions: { paths: { 'cdk8s-kfp': ['../../src/index.ts'] } },
        include: ['.'],
      }),
    );
    const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    const cli = ['--import', 'tsx', path.resolve('src/cli/main.ts')];
    run(...cli, 'import', 'components/words.py');
    expect(run(path.resolve('node_modules/typescript/bin/tsc'), '-p', '.')).toBe('');
    expect(run(...cli, 'synth')).toBe('dist/words.k8s.yaml\n');
    expect(run(...cli, 'run', '--quiet')).toContain('count     ✔ succeeded');
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
