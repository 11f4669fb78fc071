import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import { Pipeline, PythonComponent, PythonFile, runLocally, str, Task } from '../src';
import { DiagnosticsError, renderDiagnostic } from '../src/diagnostic';
import { planBindings, staleBindings, writeBindings } from '../src/python/binding-files';
import { readNotebook } from '../src/python/notebook';
import { parsePythonFiles } from '../src/python/parser';
import { synth } from './synth';

const root = resolve(__dirname, '..');
const packages = join(root, 'test/fixtures/notebook/packages');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cdk8s-kfp-notebook-'));
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(root);
  rmSync(folder, { recursive: true });
});

type Cell = Readonly<Record<string, unknown>>;

/** A cell as Jupyter saves it after a run. */
const code = (source: string | readonly string[], more: Cell = {}): Cell => ({
  cell_type: 'code',
  execution_count: 3,
  id: 'a1b2',
  metadata: { collapsed: true, execution: { 'iopub.execute_input': '2026-01-01T00:00:00Z' } },
  outputs: [{ output_type: 'stream', name: 'stdout', text: ['out\n'] }],
  source,
  ...more,
});

const tagged = (...tags: string[]) => ({ metadata: { tags, editable: true } });

function writeNotebook(file: string, cells: readonly Cell[], more: Cell = {}): void {
  const kernelspec = { display_name: 'Python 3', language: 'python', name: 'python3' };
  const notebook = { cells, metadata: { kernelspec, widgets: {} }, nbformat: 4, nbformat_minor: 5, ...more };
  writeFileSync(file, JSON.stringify(notebook));
}

const HEAD = 'import os, pathlib\nfrom os import path\nfrom pathlib import Path\nfrom kfp import dsl\n';
const BODY = 'def report(rows: int) -> str:\n    dsl.run_notebook(rows=rows)\n    return ""\n';

/** Writes report.py with these options of its decorator, and gives what is wrong with it. */
function diagnose(options: string, before = ''): string[] {
  writeFileSync('report.py', `${HEAD}${before}@dsl.notebook_component(${options})\n${BODY}`);
  return parsePythonFiles(['report.py']).diagnostics.map((diagnostic) => renderDiagnostic(diagnostic));
}

const implementation = (file = 'report.py') => parsePythonFiles([file]).components[0]?.implementation;

describe('reading', () => {
  test('a notebook component is what a component of the same function is, and its notebook', () => {
    writeNotebook('report.ipynb', [code('rows')]);
    const { digest } = readNotebook('report.ipynb');
    expect(diagnose('notebook_path="report.ipynb", base_image="jupyter", packages_to_install=[]')).toEqual([]);
    const [notebook] = parsePythonFiles(['report.py']).components;
    writeFileSync(
      'plain.py',
      `${HEAD}@dsl.component(base_image="jupyter")\n${BODY.replace('dsl.run_notebook(rows=rows)', 'print(rows)')}`,
    );
    const [plain] = parsePythonFiles(['plain.py']).components;
    const { file, ...implementation } = plain!.implementation;
    expect(notebook).toEqual({
      ...plain,
      implementation: { ...implementation, file: 'report.py', notebook: { file: 'report.ipynb', digest } },
    });
  });

  test.each([
    ['', ['nbclient>=0.10,<1', 'ipykernel>=6,<7', 'jupyter_client>=7,<9']],
    [', packages_to_install=None', ['nbclient>=0.10,<1', 'ipykernel>=6,<7', 'jupyter_client>=7,<9']],
    [', packages_to_install=[]', undefined],
    [', packages_to_install=["pandas", "nbclient"]', ['pandas', 'nbclient']],
  ])('packages%s', (option, expected) => {
    writeNotebook('report.ipynb', []);
    expect(diagnose(`notebook_path="report.ipynb"${option}`)).toEqual([]);
    expect(implementation()?.packages).toEqual(expected);
  });

  test.each([
    '"../nb/report.ipynb"',
    'NAME',
    'os.path.join(os.path.dirname(__file__), "..", "nb", NOTEBOOK)',
    'path.join(HERE, "../nb/" + NOTEBOOK)',
    'f"{HERE}/../nb/{NOTEBOOK}"',
    'str(Path(__file__).parent.parent / "nb" / NOTEBOOK)',
    'Path(__file__).resolve().parent.joinpath("..", "nb", NOTEBOOK).as_posix()',
    'pathlib.Path(__file__).with_name("../nb/report.ipynb")',
    'os.fspath(Path(HERE, "../nb"))',
  ])('the path %s', (path) => {
    mkdirSync('components');
    mkdirSync('nb/.ipynb_checkpoints', { recursive: true });
    writeNotebook('nb/report.ipynb', []);
    writeNotebook('nb/.ipynb_checkpoints/report-checkpoint.ipynb', []);
    const before = [
      'NOTEBOOK = "report.ipynb"',
      'NAME = "../nb/" + NOTEBOOK',
      'HERE = os.path.dirname(os.path.abspath(__file__))',
    ];
    writeFileSync(
      'components/report.py',
      `${HEAD}${before.join('\n')}\n@dsl.notebook_component(notebook_path=${path})\n${BODY}`,
    );
    expect(parsePythonFiles(['components/report.py']).diagnostics).toEqual([]);
    expect(implementation('components/report.py')?.notebook?.file).toBe('nb/report.ipynb');
  });

  test('a decorator made by functools.partial', () => {
    writeNotebook('report.ipynb', []);
    const before =
      'import functools\nnotebook = functools.partial(dsl.notebook_component, notebook_path="report.ipynb")\n';
    writeFileSync('report.py', `${HEAD}${before}@notebook(base_image="x")\n${BODY}`);
    expect(parsePythonFiles(['report.py']).diagnostics).toEqual([]);
    expect(implementation()).toMatchObject({ image: 'x', notebook: { file: 'report.ipynb' } });
  });

  test('what leads to no notebook is a diagnostic at its place', () => {
    mkdirSync('none');
    mkdirSync('two/below', { recursive: true });
    writeNotebook('two/a.ipynb', []);
    writeNotebook('two/below/b.ipynb', []);
    writeFileSync('notes.txt', '');
    const paths = ['"gone.ipynb"', '"notes.txt"', '"none"', '"two"', 'os.environ["NOTEBOOK"]', '3', 'None'];
    const found = paths.flatMap((path) => diagnose(`notebook_path=${path}`));
    expect([...found, ...diagnose('base_image="x"')].join('\n')).toMatchInlineSnapshot(`
"KFP1150 there is no gone.ipynb
    at report.py:5:39
    mend: a notebook_path begins in the folder of its Python file; with os.path.dirname(__file__) it does in KFP too
KFP1150 notes.txt is no .ipynb file
    at report.py:5:39
    mend: name a notebook, or a folder that holds one
KFP1150 the folder none holds no notebook
    at report.py:5:39
    mend: name the notebook itself
KFP1150 the folder two holds several notebooks: a.ipynb, below/b.ipynb
    at report.py:5:39
    mend: name the notebook itself
KFP1132 the option notebook_path of report cannot be read: \`os.environ\` is known only when the file runs
    at report.py:5:39
    mend: write a constant here or at the top of the file; what differs by environment belongs in TypeScript
KFP1132 the option notebook_path of report cannot be read: \`3\` is not a path
    at report.py:5:39
    mend: write a constant here or at the top of the file; what differs by environment belongs in TypeScript
KFP1132 the option notebook_path of report cannot be read: \`None\` is not a path
    at report.py:5:39
    mend: write a constant here or at the top of the file; what differs by environment belongs in TypeScript
KFP1150 the component decorator of report names no notebook
    at report.py:5:2
    mend: add notebook_path="name.ipynb", from this file's folder"
`);
    expect(parsePythonFiles(['report.py']).components).toEqual([]);
  });

  test('what is no notebook that can run is a diagnostic', () => {
    const texts = {
      empty: '',
      list: '[]',
      conflict: '{\n<<<<<<< HEAD\n}',
      'no-cells': '{"nbformat": 4, "cells": {}}',
      'odd-cell': '{"nbformat": 4, "cells": [{"cell_type": "code", "source": 3}]}',
      old: '{"nbformat": 3, "worksheets": []}',
      r: '{"nbformat": 4, "cells": [], "metadata": {"kernelspec": {"language": "R", "name": "ir"}}}',
      julia: '{"nbformat": 4, "cells": [], "metadata": {"language_info": {"name": "julia"}}}',
    };
    const found = Object.entries(texts).flatMap(([name, text]) => {
      writeFileSync(`${name}.ipynb`, text);
      // Each version of Node tells in its own words what is wrong with JSON.
      return diagnose(`notebook_path="${name}.ipynb"`).map((text) => text.replace(/(is not JSON): .*|\n.*/gs, '$1'));
    });
    expect(found.join('\n')).toMatchInlineSnapshot(`
"KFP1151 empty.ipynb is not JSON
KFP1151 list.ipynb is no Jupyter notebook
KFP1151 conflict.ipynb is not JSON
KFP1151 no-cells.ipynb is no Jupyter notebook
KFP1151 odd-cell.ipynb is no Jupyter notebook
KFP1151 old.ipynb has notebook format 3, and format 4 is what runs
KFP1151 r.ipynb is in R, and Python is what runs it
KFP1151 julia.ipynb is in julia, and Python is what runs it"
`);
  });

  test('options that only other components have', () => {
    writeNotebook('report.ipynb', []);
    expect(diagnose('notebook_path="report.ipynb", target_image="x"')).toEqual([
      [
        'KFP1130 the component decorator of report has no option target_image',
        '    at report.py:5:68',
        '    mend: options are base_image, notebook_path, packages_to_install, pip_index_urls, pip_trusted_hosts, use_venv',
      ].join('\n'),
    ]);
  });

  test('a notebook’s folder ships nothing else, which is a warning', () => {
    mkdirSync('nb/__pycache__', { recursive: true });
    writeNotebook('nb/report.ipynb', []);
    writeFileSync('nb/.gitignore', '');
    writeFileSync('nb/__pycache__/helpers.pyc', '');
    expect(diagnose('notebook_path="nb"')).toEqual([]);
    for (const name of ['helpers.py', 'rows.csv', 'x', 'y']) writeFileSync(join('nb', name), '');
    const [warning, ...others] = parsePythonFiles(['report.py']).diagnostics;
    expect(others).toEqual([]);
    expect(warning).toMatchObject({ code: 'KFP1152', severity: 'warning', at: 'report.py:5:39', function: 'report' });
    expect(warning?.message).toBe('only the notebook of nb ships, not helpers.py, rows.csv, x, …');
    expect(implementation()?.notebook?.file).toBe('nb/report.ipynb');
    rmSync('nb', { recursive: true });
    writeNotebook('here.ipynb', []);
    expect(diagnose('notebook_path="."')[0]).toContain('KFP1152 only the notebook of . ships, not report.py');
    expect(implementation()?.notebook?.file).toBe('here.ipynb');
  });

  test('who runs a notebook has one, and who has one runs it', () => {
    writeNotebook('report.ipynb', []);
    const has = '@dsl.notebook_component(notebook_path="report.ipynb")\n';
    const functions = [
      'def helper():\n    dsl.run_notebook()\n',
      '@dsl.component\ndef plain():\n    dsl.run_notebook()\n',
      '@dsl.component(additional_funcs=[helper])\ndef indirect():\n    helper()\n',
      '@dsl.component\ndef other(runner: str):\n    runner.run_notebook()\n',
      `${has}def idle():\n    pass\n`,
      `${has}def later():\n    from kfp.dsl import run_notebook as run\n    run()\n`,
      `${has}def bare():\n    from kfp.dsl import run_notebook\n    run_notebook()\n`,
    ];
    writeFileSync('all.py', `${HEAD}${functions.join('')}`);
    const { components, diagnostics } = parsePythonFiles(['all.py']);
    expect(diagnostics.map(({ severity = 'error', code, message }) => `${severity} ${code} ${message}`)).toEqual([
      // at the call in its helper, which stands first
      'error KFP1153 indirect calls dsl.run_notebook and has no notebook',
      'error KFP1153 plain calls dsl.run_notebook and has no notebook',
      'warning KFP1154 idle never calls dsl.run_notebook, so its notebook does not run',
    ]);
    expect(components.map(({ name }) => name)).toEqual(['other', 'idle', 'later', 'bare']);
  });
});

describe('what ships of a notebook', () => {
  const cells = [
    { cell_type: 'markdown', id: 'm', metadata: {}, source: '# A *title*', attachments: { x: {} } },
    code(['rows = 0\n', 'name = "é"'], tagged('parameters')),
    code(''),
    { cell_type: 'raw', metadata: {}, source: 'a\n\nb\n' },
  ];

  test('is its cells, line by line, without what a run left there', () => {
    writeNotebook('report.ipynb', cells);
    expect(readNotebook('report.ipynb').text).toMatchInlineSnapshot(`
"{
 "cells": [
  {
   "cell_type": "markdown",
   "metadata": {},
   "source": [
    "# A *title*"
   ]
  },
  {
   "cell_type": "code",
   "metadata": {
    "tags": [
     "parameters"
    ]
   },
   "source": [
    "rows = 0\\n",
    "name = \\"é\\""
   ],
   "execution_count": null,
   "outputs": []
  },
  {
   "cell_type": "code",
   "metadata": {},
   "source": [],
   "execution_count": null,
   "outputs": []
  },
  {
   "cell_type": "raw",
   "metadata": {},
   "source": [
    "a\\n",
    "\\n",
    "b\\n"
   ]
  }
 ],
 "metadata": {},
 "nbformat": 4,
 "nbformat_minor": 4
}
"
`);
  });

  test('a run, another editor and another Python change nothing; a change of a cell does', () => {
    const digestOf = (more: readonly Cell[], notebook: Cell = {}) => {
      writeNotebook('report.ipynb', more, notebook);
      return readNotebook('report.ipynb').digest;
    };
    const before = digestOf(cells);
    const [title, parameters, ...rest] = cells as [Cell, Cell, ...Cell[]];
    expect(digestOf([title, { ...parameters, outputs: [], execution_count: null, id: 'z' }, ...rest])).toBe(before);
    expect(digestOf([{ ...title, source: ['# A ', '*title*'] }, parameters, ...rest])).toBe(before);
    expect(digestOf(cells, { metadata: { language_info: { name: 'python', version: '3.13' } } })).toBe(before);
    expect(digestOf(cells, { nbformat_minor: 2 })).toBe(before);
    expect(digestOf([title, { ...parameters, source: 'rows = 1' }, ...rest])).not.toBe(before);
    expect(digestOf([title, { ...parameters, metadata: {} }, ...rest])).not.toBe(before);
    expect(digestOf([parameters, title, ...rest])).not.toBe(before);
  });

  test('is JSON that a manifest can hold, whatever the notebook holds', () => {
    const nasty = 'x = "{{workflow.name}} $(HOME) \u0085\u2028\u007f\ufffe\ud800\\ud800\u0000 \\" NaN"\r\n';
    writeNotebook('report.ipynb', [code(nasty)]);
    const { text } = readNotebook('report.ipynb');
    expect(JSON.parse(text).cells[0].source.join('')).toBe(nasty);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]/);
  });

  test('numbers that only Python’s JSON has do not matter', () => {
    writeNotebook('report.ipynb', [code('"NaN"', { outputs: [{ data: { a: ['N', 'I', '-I'], 'b"': 'NaN \\"' } }] })]);
    const { text } = readNotebook('report.ipynb');
    const written = readFileSync('report.ipynb', 'utf8');
    writeFileSync('report.ipynb', written.replace('"N","I","-I"', 'NaN,Infinity,-Infinity'));
    expect(() => JSON.parse(readFileSync('report.ipynb', 'utf8'))).toThrow();
    expect(readNotebook('report.ipynb').text).toBe(text);
  });
});

const REPORT = `${HEAD}
@dsl.notebook_component(notebook_path="report.ipynb", base_image="python:3.11-slim", packages_to_install=[])
def report(name: str, html: dsl.Output[dsl.HTML]) -> str:
    dsl.run_notebook(name=name, path=html.path)
    return name


@dsl.component(base_image="python:3.11-slim")
def count(name: str) -> int:
    return len(name)
`;

const CELLS = [
  { cell_type: 'markdown', metadata: {}, source: '# Report' },
  code('name, path = "nobody", "/dev/null"', tagged('parameters')),
  code(['print("about", name)\n', 'with open(path, "w") as file:\n', '    file.write("<p>%s</p>" % name)']),
];

describe('bindings', () => {
  beforeEach(() => {
    writeFileSync('report.py', REPORT);
    writeNotebook('report.ipynb', CELLS);
  });

  const bind = () => planBindings(['report.py'], 'imports').bindings;

  test('know the notebook by its path and the digest of what ships', () => {
    const { text } = bind()[0]!;
    const { digest } = readNotebook('report.ipynb');
    expect(text).toContain(`  notebook: { file: 'report.ipynb', digest: '${digest}' },\n`);
    expect(text.match(/^export interface ReportInputs \{[^}]*\}/m)?.[0]).toBe(
      'export interface ReportInputs {\n  readonly name: string | Value<string>;\n}',
    );
  });

  test('are stale where a cell changed, though the Python file did not, and only there', () => {
    writeBindings(bind());
    expect(staleBindings(bind())).toEqual([]);
    writeNotebook(
      'report.ipynb',
      CELLS.map((cell) => ({ ...cell, outputs: [], execution_count: 9 })),
    );
    expect(staleBindings(bind())).toEqual([]);
    writeNotebook('report.ipynb', [...CELLS, code('1')]);
    expect(staleBindings(bind()).map(({ code, at }) => [code, at])).toEqual([['KFP1108', 'imports/report.ts']]);
    rmSync('report.ipynb');
    expect(bind).toThrow(DiagnosticsError);
  });

  /** The component of bindings that were written for the files as they are now. */
  function bound(name = 'report') {
    const { files, components } = parsePythonFiles(['report.py']);
    const file = new PythonFile('report.py', { digest: files[0]!.digest! });
    const all = components.map(({ name, sources, inputs, outputs, implementation }) => {
      const { kind: _, file: __, function: ___, ...settings } = implementation;
      return [name, file.component(name, { ...settings, sources, inputs, outputs })] as const;
    });
    return new Map(all).get(name)!;
  }

  test('have no problem where nothing changed, and their definition holds what ships', () => {
    const component = bound();
    expect(component.problems).toEqual([]);
    expect(component.definition).toEqual(PythonComponent.fromFile('report.py', 'report').definition);
    expect(component.definition.implementation).toMatchObject({
      notebook: { file: 'report.ipynb', source: readNotebook('report.ipynb').text },
    });
  });

  test.each([
    [
      'changed',
      () => writeNotebook('report.ipynb', []),
      'KFP1101 report.ipynb changed since the bindings of report.py were written',
    ],
    ['is gone', () => rmSync('report.ipynb'), 'KFP1102 cannot read the notebook report.ipynb: ENOENT'],
    ['is no notebook', () => writeFileSync('report.ipynb', '{}'), 'KFP1151 report.ipynb is no Jupyter notebook'],
  ])('a notebook that %s is a problem of every component of the file', (_, change, message) => {
    const components = [bound('report'), bound('count')];
    change();
    for (const { problems } of components) {
      expect(problems.map((problem) => `${problem.code} ${problem.message}`)).toEqual([message]);
      expect(problems[0]?.at).toBe('report.ipynb');
    }
    expect(components[0]?.definition.implementation).toMatchObject({ notebook: { source: '' } });
  });

  test('synth says once what is stale', () => {
    const [report, count] = [bound('report'), bound('count')];
    writeNotebook('report.ipynb', [code('1')]);
    const chart = new Chart(new App(), 'c', { namespace: 'ml' });
    const pipeline = new Pipeline(chart, 'p', { runner: { name: 'r' } });
    new Task(pipeline, 'report', { component: report as never, inputs: { name: 'x' } as never });
    new Task(pipeline, 'count', { component: count as never, inputs: { name: 'x' } as never });
    expect(() => Testing.synth(chart)).toThrow(
      /^(?=[\s\S]*KFP1101 report\.ipynb changed)(?![\s\S]*KFP1101[\s\S]*KFP1101)/,
    );
  });
});

describe('in a pipeline', () => {
  beforeEach(() => {
    writeFileSync('report.py', REPORT);
    writeNotebook('report.ipynb', CELLS);
  });

  function pipelineOf(env: Record<string, string> = {}) {
    const chart = new Chart(new App(), 'c', { namespace: 'ml' });
    const pipeline = new Pipeline(chart, 'p', { parameters: { name: str('Ada') }, runner: { name: 'r' } });
    const component = PythonComponent.fromFile('report.py', 'report');
    new Task(pipeline, 'report', { component, inputs: { name: pipeline.parameters.name }, env });
    return { chart, pipeline };
  }

  test('the notebook is a key beside its function, in the ConfigMap of the Python file', () => {
    const { chart, pipeline } = pipelineOf();
    const objects = synth(chart);
    const sources = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && /^report-/.test(metadata.name));
    expect(Object.keys(sources.data)).toEqual(['count.py', 'report.py', 'report.ipynb']);
    expect(sources.data['report.ipynb']).toBe(readNotebook('report.ipynb').text);
    const { spec } = objects.find(({ kind }) => kind === 'WorkflowTemplate');
    // The whole ConfigMap is mounted: the function finds its notebook beside itself.
    const volume = spec.volumes.find(({ name }: { name: string }) => name === 'source-report');
    expect(volume.configMap).toEqual({ name: sources.metadata.name });
    expect(pipeline.graph.sources['report.py']).toMatchObject({ 'report.ipynb': sources.data['report.ipynb'] });
  });

  test('its change changes the ConfigMap’s name', () => {
    const name = () => synth(pipelineOf().chart).find(({ metadata }) => /^report-/.test(metadata.name)).metadata.name;
    const before = name();
    writeNotebook('report.ipynb', [...CELLS, code('1')]);
    expect(name()).not.toBe(before);
  });

  test('one that is too large for a ConfigMap is refused', () => {
    writeNotebook('report.ipynb', [code(`x = """${'y'.repeat(1 << 20)}"""`)]);
    expect(() => Testing.synth(pipelineOf().chart)).toThrow(/KFP1307 the components of report\.py have/);
  });

  test('runs here', async () => {
    const lines: string[] = [];
    const { pipeline } = pipelineOf({ PYTHONPATH: packages });
    const run = await runLocally(pipeline, {
      arguments: { name: 'it\'s "x"' },
      store: join(folder, 'store'),
      reporter: { log: (task, line) => lines.push(`${task}: ${line}`) },
    });
    expect(run.tasks.report?.error).toBeUndefined();
    expect(run.state).toBe('Succeeded');
    expect(lines).toEqual(['report: about it\'s "x"']);
    expect(run.tasks.report?.outputs.Output).toBe('it\'s "x"');
    expect(readFileSync(run.tasks.report!.artifacts.html!.path, 'utf8')).toBe('<p>it\'s "x"</p>');
  });

  test('fails here with the error of the cell', async () => {
    writeNotebook('report.ipynb', [...CELLS, code('raise ValueError("no rows")')]);
    const run = await runLocally(pipelineOf({ PYTHONPATH: packages }).pipeline, { store: join(folder, 'store') });
    expect(run.state).toBe('Failed');
    expect(run.tasks.report?.error).toContain('NotebookError: cell 4: ValueError: no rows');
  });
});
