import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** Where the blocks of a document come from, by their language. */
const SOURCES: Readonly<Record<string, string>> = {
  ts: 'src/apps/ml-training.ts',
  python: 'components/training.py',
  yaml: 'dist/training.k8s.yaml',
};

const blocksOf = (document: string) =>
  [...fs.readFileSync(document, 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, language, text]) => ({
    language: language!,
    text: text!,
  }));

test.each(blocksOf('README.md').filter(({ language }) => language in SOURCES))(
  'the $language block of the README is what the example holds',
  ({ language, text }) => {
    expect(fs.readFileSync(SOURCES[language]!, 'utf8')).toContain(text);
  },
);

const DOCUMENTS = ['README.md', ...fs.readdirSync('docs').map((file) => path.join('docs', file))];

test.each(DOCUMENTS)('the links of %s lead somewhere', (document) => {
  for (const [, target, anchor] of fs
    .readFileSync(document, 'utf8')
    .matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)) {
    const file = target ? path.join(path.dirname(document), target) : document;
    expect([target, fs.existsSync(file)]).toEqual([target, true]);
    if (anchor) expect(anchorsOf(file)).toContain(anchor);
  }
});

/** The anchors that GitHub gives to headings. */
function anchorsOf(document: string): readonly string[] {
  return [...fs.readFileSync(document, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

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

const TSC = path.resolve('node_modules/typescript/bin/tsc');
const CLI = ['--import', 'tsx', path.resolve('src/cli/main.ts')];

/** Calls `use` with a way to run node in a folder that holds an app, its components, and files beside these. */
function inFolder(
  python: string,
  main: string,
  use: (run: (...args: string[]) => string) => void,
  files: Readonly<Record<string, string>> = {},
): void {
  const folder = fs.mkdtempSync(path.join('test', 'guide-'));
  try {
    const [, file] = /from '.\/imports\/(\w+)'/.exec(main)!;
    fs.mkdirSync(path.join(folder, 'components'));
    fs.writeFileSync(path.join(folder, `components/${file}.py`), python);
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, 'components', name), text);
    fs.writeFileSync(path.join(folder, 'main.ts'), main);
    fs.writeFileSync(path.join(folder, 'cdk8s.yaml'), 'app: node --import tsx main.ts\n');
    fs.writeFileSync(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../tsconfig.json',
        compilerOptions: { paths: { 'cdk8s-kfp': ['../../src/index.ts'] } },
        include: ['.'],
      }),
    );
    const run = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
      // The compiler tells what is wrong on stdout.
      if (status !== 0) throw new Error(`${args.join(' ')}\n${stdout}${stderr}`);
      return stdout;
    };
    run(...CLI, 'import', `components/${file}.py`);
    use(run);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

test('the guide’s first app type-checks, and runs here', () => {
  const blocks = blocksOf('docs/guide.md');
  const python = blocks.find(({ language }) => language === 'python')!.text;
  const main = blocks.find(({ text }) => text.startsWith('import { App'))!.text;
  inFolder(python, main, (run) => {
    expect(run(TSC, '-p', '.')).toBe('');
    expect(run(...CLI, 'synth')).toBe('dist/words.k8s.yaml\n');
    expect(run(...CLI, 'run', '--quiet')).toContain('count     ✔ succeeded');
  });
});

test('the notebook of the guide type-checks and synthesises', () => {
  const guide = blocksOf('docs/guide.md');
  const at = guide.findIndex(({ text }) => text.includes('@dsl.notebook_component'));
  const [python, main] = guide.slice(at, at + 2).map(({ text }) => text);
  const app = `import { App, Chart } from 'cdk8s';
import { Pipeline, Task, text } from 'cdk8s-kfp';
import { report } from './imports/reports';
const app = new App();
const chart = new Chart(app, 'reports', { namespace: 'ml' });
const pipeline = new Pipeline(chart, 'reports', { runner: { name: 'runner' } });
${main}app.synth();
`;
  const notebook = JSON.stringify({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 });
  inFolder(
    python!,
    app,
    (run) => {
      expect(run(TSC, '-p', '.')).toBe('');
      expect(run(...CLI, 'synth')).toBe('dist/reports.k8s.yaml\n');
    },
    { 'report.ipynb': notebook },
  );
});

test.each([
  ['control-flow', 'flow'],
  ['pods', 'pods'],
])('the blocks of the %s page are one app that type-checks and synthesises', (page, chart) => {
  const blocks = blocksOf(`docs/${page}.md`);
  const all = (language: string) =>
    blocks
      .filter((block) => block.language === language)
      .map(({ text }) => text)
      .join('\n');
  inFolder(all('python'), all('ts'), (run) => {
    expect(run(TSC, '-p', '.')).toBe('');
    expect(run(...CLI, 'synth')).toBe(`dist/${chart}.k8s.yaml\n`);
  });
});
