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
