import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { importCommand } from '../src/cli/import';
import type { ElementType, PortDefinition } from '../src/components/definition';
import { definitionOfPort, listOf, optional } from '../src/components/ports';
import { PythonComponent } from '../src/components/python-component';
import { renderDiagnostic } from '../src/diagnostic';
import { bindingNames } from '../src/python/binding-names';
import { generateBindings } from '../src/python/bindings';
import { parsePythonFiles } from '../src/python/parser';
import { PythonFile } from '../src/python/python-file';
import { digestOf, normaliseText } from '../src/python/source-text';
import { bool, dict, float, int, list, type Parameter, str } from '../src/values/parameter';

const root = resolve(__dirname, '..');
const fixtures = join(root, 'test/fixtures/python');
const interpreter = process.env.CDK8S_KFP_PYTHON;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cdk8s-kfp-python-'));
  cpSync(fixtures, folder, { recursive: true });
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(root);
  rmSync(folder, { recursive: true });
  if (interpreter === undefined) delete process.env.CDK8S_KFP_PYTHON;
  else process.env.CDK8S_KFP_PYTHON = interpreter;
});

/** Writes a Python file and gives its diagnostics as text. */
function diagnose(text: string): string[] {
  writeFileSync('written.py', text);
  return parsePythonFiles(['written.py']).diagnostics.map((diagnostic) => renderDiagnostic(diagnostic));
}

const kfp = 'from kfp import dsl\n';

describe('reading', () => {
  test('a rich file', () => {
    const { files, diagnostics } = parsePythonFiles(['rich.py']);
    expect(diagnostics).toEqual([]);
    expect(generateBindings('rich.py', files[0]!)).toMatchSnapshot();
  });

  test('the walk-through', () => {
    const { files, components, diagnostics } = parsePythonFiles(['walkthrough.py']);
    expect(diagnostics).toEqual([]);
    expect(components.map(({ name, implementation }) => [name, implementation.image, implementation.packages])).toEqual(
      [
        ['load_data', 'python:3.11-slim', ['pandas==2.1.4']],
        ['preprocess_data', 'python:3.11-slim', ['pandas==2.1.4', 'scikit-learn==1.4.0']],
        [
          'train_model',
          'python:3.11-slim',
          ['pandas==2.1.4', 'scikit-learn==1.4.0', 'joblib==1.3.2', 'xgboost==2.0.3'],
        ],
        [
          'evaluate_model',
          'python:3.11-slim',
          ['pandas==2.1.4', 'scikit-learn==1.4.0', 'joblib==1.3.2', 'xgboost==2.0.3'],
        ],
        ['deploy_model', 'python:3.11-slim', undefined],
      ],
    );
    expect(generateBindings('walkthrough.py', files[0]!)).toMatchSnapshot();
  });

  test('every mistake is a diagnostic at its place, and all are reported at once', () => {
    const { components, diagnostics } = parsePythonFiles(['bad.py']);
    const texts = diagnostics.map((diagnostic) => `${diagnostic.severity ?? 'error'} ${renderDiagnostic(diagnostic)}`);
    expect(texts.join('\n')).toMatchSnapshot();
    expect(components.map(({ name }) => name)).toEqual(['cached']);
  });

  test('files that are no Python', () => {
    const { diagnostics } = parsePythonFiles(['latin1.py', 'syntax_error.py', 'missing.py', 'no_components.py']);
    expect(diagnostics.map(({ code, at }) => [code, at?.replace(/:\d+$/, '')])).toEqual([
      ['KFP1103', 'latin1.py'],
      ['KFP1104', 'syntax_error.py:5'],
      ['KFP1102', 'missing.py'],
    ]);
    expect(diagnostics[2]?.message).toBe('cannot read missing.py: No such file or directory');
    expect(diagnostics[1]?.mend).toMatch(/^it was read by Python 3\.\d+\.\d+; CDK8S_KFP_PYTHON names another/);
  });

  test('a file with a byte order mark, CRLF and a null byte', () => {
    const text = `${kfp}@dsl.component\ndef f(x: int):\n    pass\n`;
    writeFileSync('lf.py', text);
    writeFileSync('crlf.py', `\uFEFF${text.replace(/\n/g, '\r\n')}`);
    const [lf, crlf] = parsePythonFiles(['lf.py', 'crlf.py']).files;
    expect(crlf?.digest).toBe(lf?.digest);
    expect(lf?.digest).toBe(digestOf(normaliseText(text)));
    expect(crlf?.components[0]?.sources).toEqual([[3, 4]]);
    expect(diagnose('x = "\0"\n')[0]).toContain('KFP1104 written.py is not valid Python');
  });

  test.each([
    ['a plain decorator', `${kfp}@dsl.component\n`],
    ['a called decorator', 'from kfp.dsl import component as c\n@c()\n'],
    ['a qualified decorator', 'import kfp as k\n@k.dsl.component\n'],
    ['a star import', 'from kfp.dsl import *\n@component\n'],
    ['the module of old versions', 'from kfp.v2 import dsl as d\n@d.component\n'],
    ['an import in a block', 'try:\n    from kfp import dsl\nexcept ImportError:\n    raise\n@dsl.component\n'],
  ])('%s makes a component', (_, head) => {
    expect(diagnose(`${head}def f(x: int):\n    pass\n`)).toEqual([]);
    expect(parsePythonFiles(['written.py']).components.map(({ name }) => name)).toEqual(['f']);
  });

  test('decorators of other modules make none', () => {
    diagnose('from other import dsl, component\n@dsl.component\ndef f(x): pass\n@component\ndef g(x): pass\n');
    expect(parsePythonFiles(['written.py'])).toMatchObject({ components: [], diagnostics: [] });
  });

  test.each([
    ['a comprehension variable', '[x for x in range(3) if x]'],
    ['a nested comprehension', '{a: b for a in [[1]] for b in a}'],
    ['a walrus inside a comprehension', '[y := 1 for _ in ()]; y'],
    ['an except variable', 'try:\n        pass\n    except ValueError as e:\n        print(e)'],
    ['an import', 'import a.b.c as d, os.path; d; os'],
    ['a with target', 'with open("x") as (a, b):\n        a; b'],
    ['a global of its own', 'global counter\n    counter = 1\n    counter += 1'],
    ['a nested function with a closure', 'z = 1\n    def g(a=z):\n        nonlocal z\n        z = a\n        return g'],
    ['its own name', 'f(1)'],
    ['a lambda', '(lambda a, *b, c=1, **d: (a, b, c, d))'],
    ['an annotated local', 'y: NotDefined = 1\n    y'],
    ['a class that uses super and __class__', 'class A:\n        def m(self):\n            return super(), __class__'],
    ['names of KFP and typing', 'dsl.Dataset; Model; get_uri; List; NamedTuple; cast; Optional[Any]'],
    ['names of newer Pythons', 'ExceptionGroup; aiter; exit'],
  ])('the body may use %s', (_, body) => {
    expect(diagnose(`${kfp}@dsl.component\ndef f(x: int):\n    ${body}\n`)).toEqual([]);
  });

  test.each([
    ['the first iterable of a comprehension', '[rows for rows in rows]', 'rows'],
    ['a name of a class body in its method', 'class A:\n        rows = 1\n        def m(self): return rows', 'rows'],
    ['a global that it only reads', 'global rows\n    print(rows)', 'rows'],
    ['a default of a nested function', 'def g(a=rows): pass', 'rows'],
    ['an annotation of a nested function', 'def g(a: rows): pass', 'rows'],
    ['a name of typing that the runtime leaves out', 'assert_never', 'assert_never'],
  ])('the body may not use %s', (_, body, name) => {
    const [diagnostic, ...others] = diagnose(`${kfp}rows = []\n@dsl.component\ndef f(x: int):\n    ${body}\n`);
    expect(others).toEqual([]);
    expect(diagnostic).toMatch(new RegExp(`^KFP114[02] f uses \`${name}\``));
  });

  test('one process reads all files, and a file that did not change is not read again', () => {
    writeFileSync('python', `#!/bin/sh\necho run >> ${join(folder, 'log')}\nexec ${interpreter ?? 'python3'} "$@"\n`);
    chmodSync('python', 0o755);
    process.env.CDK8S_KFP_PYTHON = join(folder, 'python');
    const runs = () => readFileSync('log', 'utf8').split('\n').length - 1;
    parsePythonFiles(['rich.py', 'walkthrough.py', 'bad.py']);
    expect(runs()).toBe(1);
    const before = parsePythonFiles(['walkthrough.py', 'rich.py']);
    expect(before.files.map(({ name }) => name)).toEqual(['walkthrough.py', 'rich.py']);
    expect(runs()).toBe(1);
    writeFileSync('rich.py', `${kfp}@dsl.component\ndef changed():\n    pass\n`);
    expect(parsePythonFiles(['rich.py', 'walkthrough.py']).components.map(({ name }) => name)).toContain('changed');
    expect(runs()).toBe(2);
  });

  test('without Python the message says so once', () => {
    process.env.CDK8S_KFP_PYTHON = '/nowhere/python3';
    const { diagnostics } = parsePythonFiles(['rich.py', 'walkthrough.py']);
    expect(diagnostics).toEqual([
      {
        code: 'KFP1100',
        message: 'Python files cannot be read: /nowhere/python3 does not work here: spawnSync /nowhere/python3 ENOENT',
        mend: 'install Python 3.8 or newer as python3, or set CDK8S_KFP_PYTHON to its path',
      },
    ]);
  });
});

/** A type of elements: how Python writes it, how it is declared in TypeScript, and what it is in definitions. */
interface ElementCase {
  readonly python: string;
  readonly port: Parameter<unknown, false>;
  readonly type: ElementType;
}

const scalarCase: fc.Arbitrary<ElementCase> = fc.constantFrom(
  { python: 'str', port: str(), type: { type: 'STRING' } },
  { python: 'int', port: int(), type: { type: 'NUMBER_INTEGER' } },
  { python: 'float', port: float(), type: { type: 'NUMBER_DOUBLE' } },
  { python: 'bool', port: bool(), type: { type: 'BOOLEAN' } },
  { python: 'Dict[str, int]', port: dict(), type: { type: 'STRUCT' } },
  { python: 'list', port: list(), type: { type: 'LIST' } },
);

const elementCase: fc.Arbitrary<ElementCase> = fc
  .tuple(scalarCase, fc.array(fc.constantFrom('List', 'list', 'typing.List'), { maxLength: 3 }))
  .map(([scalar, lists]) =>
    lists.reduce<ElementCase>(
      ({ python, port, type }, each) => ({
        python: `${each}[${python}]`,
        port: listOf(port),
        type: { type: 'LIST', element: type },
      }),
      scalar,
    ),
  );

describe('elements of lists', () => {
  const head = `import typing\nfrom typing import Dict, List, Literal, Optional\n${kfp}`;

  /** The ports of a function with these annotations of its inputs. */
  function inputsOf(...annotations: readonly string[]): PortDefinition[] {
    const parameters = annotations.map((annotation, index) => `x${index}: ${annotation}`).join(', ');
    expect(diagnose(`${head}@dsl.component\ndef f(${parameters}):\n    pass\n`)).toEqual([]);
    return Object.values(parsePythonFiles(['written.py']).components[0]!.inputs);
  }

  /** What is wrong with a declaration of the input `x` of a function. */
  function differences(annotation: string, port: Parameter<unknown, boolean>): readonly string[] {
    writeFileSync('written.py', `${head}@dsl.component\ndef f(x: ${annotation}):\n    pass\n`);
    const declared = PythonComponent.fromFile('written.py', 'f', { inputs: { x: port } });
    return declared.problems.map((problem) => `${problem.code} ${problem.message}`);
  }

  test('what Python says and what is declared are one definition', () => {
    fc.assert(
      fc.property(fc.array(elementCase, { minLength: 1, maxLength: 40 }), (cases) => {
        const ports = inputsOf(...cases.map(({ python }) => `List[${python}]`));
        expect(ports).toEqual(cases.map(({ type }) => ({ kind: 'parameter', type: 'LIST', element: type })));
        expect(ports).toEqual(cases.map(({ port }) => definitionOfPort(listOf(port))));
      }),
      { numRuns: 10 },
    );
  });

  test('a declaration agrees with itself, and with a list of anything, in either file', () => {
    fc.assert(
      fc.property(elementCase, ({ python, port }) => {
        expect(differences(`List[${python}]`, listOf(port))).toEqual([]);
        expect(differences(`List[${python}]`, list())).toEqual([]);
        expect(differences('list', listOf(port))).toEqual([]);
      }),
      { numRuns: 5 },
    );
  });

  test('no element type is known of elements that may be None, of other types, and of what is no list', () => {
    for (const port of inputsOf('list', 'List', 'List[Optional[str]]', 'List[typing.Any]', 'Dict[str, List[int]]')) {
      expect(port).not.toHaveProperty('element');
    }
    expect(inputsOf("List[Literal['a', 'b']]", 'Optional[List[int]]')).toEqual([
      { kind: 'parameter', type: 'LIST', element: { type: 'STRING' } },
      { kind: 'parameter', type: 'LIST', element: { type: 'NUMBER_INTEGER' } },
    ]);
  });

  test('a declaration of other elements is a problem that names both', () => {
    expect(differences('List[str]', listOf(int()))).toEqual([
      "KFP1109 the input 'x' of f is declared as LIST of NUMBER_INTEGER, but written.py says LIST of STRING",
    ]);
    expect(differences('List[List[float]]', listOf(listOf(int())))).toEqual([
      "KFP1109 the input 'x' of f is declared as LIST of LIST of NUMBER_INTEGER, but written.py says LIST of LIST of NUMBER_DOUBLE",
    ]);
    expect(differences('List[str]', listOf(listOf(str())))).toHaveLength(1);
    expect(differences('str', listOf(str()))).toHaveLength(1);
    expect(differences('List[str]', listOf(str(), ['a']))).toEqual([
      "KFP1109 the input 'x' of f is declared as optional LIST of STRING, but written.py says LIST of STRING",
    ]);
    expect(differences('List[str] = []', listOf(str(), ['a']))).toEqual([]);
    expect(differences('List[str] = None', optional(listOf(str())))).toEqual([]);
    expect(differences('str = None', optional(str()))).toEqual([]);
    expect(differences('str', optional(str()))).toHaveLength(1);
  });

  test('outputs say it too, and a declared one is compared', () => {
    writeFileSync('written.py', `${head}@dsl.component\ndef f() -> List[int]:\n    return []\n`);
    const declare = (port: Parameter<unknown, boolean>) =>
      PythonComponent.fromFile('written.py', 'f', { outputs: { Output: port } });
    const { definition, problems } = declare(listOf(int()));
    expect(problems).toEqual([]);
    expect(definition.outputs).toEqual({
      Output: { kind: 'parameter', type: 'LIST', element: { type: 'NUMBER_INTEGER' } },
    });
    expect(declare(list()).problems).toEqual([]);
    expect(declare(listOf(str())).problems.map(({ code }) => code)).toEqual(['KFP1109']);
  });

  test('what is declared', () => {
    expect(listOf(str(), ['a', 'b'], { description: 'Words' }).definition).toEqual({
      kind: 'parameter',
      type: 'LIST',
      element: { type: 'STRING' },
      optional: true,
      default: ['a', 'b'],
      description: 'Words',
    });
    expect(optional(str(undefined, { description: 'A note' })).definition).toEqual({
      kind: 'parameter',
      type: 'STRING',
      description: 'A note',
      optional: true,
    });
    expect(optional(listOf(int())).definition).toEqual({
      kind: 'parameter',
      type: 'LIST',
      element: { type: 'NUMBER_INTEGER' },
      optional: true,
    });
    expect(() => listOf(str(undefined, { choices: ['a'] }))).toThrow('an element is a type alone, without choices');
    // @ts-expect-error
    expect(() => listOf(str('x'))).toThrow('without optional, default');
  });
});

describe('PythonFile', () => {
  const text = `${kfp}def helper(x):\n    return x + "é"\n\nif True:\n    @dsl.component\n    def f(x: str) -> str:\n        return helper(x)\n`;
  const props = {
    line: 7,
    sources: [
      [2, 3],
      [7, 8],
    ] as const,
    image: 'i',
    inputs: {},
    outputs: {},
  };

  test('gives the text of the spans, helpers first, without indentation, whatever the line ends', () => {
    writeFileSync('a.py', text.replace(/\n/g, '\r\n'));
    const component = new PythonFile('a.py', { digest: digestOf(text) }).component('f', props);
    expect(component.problems).toEqual([]);
    expect(component.definition).toEqual({
      name: 'f',
      inputs: {},
      outputs: {},
      implementation: {
        kind: 'python',
        file: 'a.py',
        function: 'f',
        line: 7,
        image: 'i',
        source: 'def helper(x):\n    return x + "é"\n\n\ndef f(x: str) -> str:\n    return helper(x)\n',
      },
    });
    expect(component.definition).toBe(component.definition);
  });

  test('a changed or missing file is a problem of its components, not an exception', () => {
    writeFileSync('a.py', `${text}\n`);
    const changed = new PythonFile('a.py', { digest: digestOf(text) }).component('f', props);
    expect(changed.problems.map((problem) => renderDiagnostic(problem))).toEqual([
      'KFP1101 a.py changed since its bindings were written\n    at a.py\n    mend: run `npx cdk8s-kfp import a.py`',
    ]);
    const missing = new PythonFile('b.py', { digest: digestOf(text) }).component('f', props);
    expect(missing.problems.map(({ code, message }) => [code, message])).toEqual([
      ['KFP1102', 'cannot read b.py, the file of these bindings: ENOENT'],
    ]);
    expect(missing.definition.implementation).toMatchObject({ source: '' });
  });

  test('what ships runs on its own', () => {
    const { files } = parsePythonFiles(['rich.py']);
    const component = PythonComponent.fromFile('rich.py', 'with_helpers');
    expect(files[0]?.components.find(({ name }) => name === 'with_helpers')?.sources).toHaveLength(3);
    const implementation = component.definition.implementation as { source: string };
    const run = spawnSync('python3', ['-c', `${implementation.source}\nprint(with_helpers("x"))`], {
      encoding: 'utf8',
    });
    expect(run.stdout).toBe("'X'\n");
  });
});

describe('PythonComponent.fromFile', () => {
  test('reads one function, whatever is wrong with others', () => {
    writeFileSync(
      'two.py',
      `${kfp}@dsl.component\ndef good(x: int) -> str:\n    return ""\n@dsl.component\ndef bad(x): pass\n`,
    );
    const good = PythonComponent.fromFile('./two.py', 'good');
    expect(good.problems).toEqual([]);
    expect(good.definition).toEqual({
      name: 'good',
      inputs: { x: { kind: 'parameter', type: 'NUMBER_INTEGER' } },
      outputs: { Output: { kind: 'parameter', type: 'STRING' } },
      implementation: {
        kind: 'python',
        file: 'two.py',
        function: 'good',
        line: 3,
        image: 'python:3.11',
        source: 'def good(x: int) -> str:\n    return ""\n',
      },
    });
    const bad = PythonComponent.fromFile('two.py', 'bad');
    expect(bad.problems).toEqual([expect.objectContaining({ code: 'KFP1113', at: 'two.py:6:9' })]);
    expect(bad.definition.inputs).toEqual({});
  });

  test('a function or file that is not there', () => {
    expect(PythonComponent.fromFile('walkthrough.py', 'train').problems).toEqual([
      {
        code: 'KFP1106',
        at: 'walkthrough.py',
        message: 'walkthrough.py has no component train',
        mend: 'its components are load_data, preprocess_data, train_model, evaluate_model, deploy_model',
      },
    ]);
    expect(PythonComponent.fromFile('nope.py', 'f').problems.map(({ code }) => code)).toEqual(['KFP1102']);
  });
});

test('names of bindings', () => {
  const names = bindingNames(
    ['train_model', 'trainModel', '_private', 'class', 'URL_of', 'a__b_2', 'trailing_', 'Value', 'value', 'TrainModel'],
    ['Value'],
  );
  expect(names.map(({ constant, prefix }) => `${constant} ${prefix}`)).toEqual([
    'trainModel TrainModel',
    'trainModel_ TrainModel_',
    '_private _Private',
    'class_ Class',
    'URLOf URLOf',
    'aB2 AB2',
    'trailing_ Trailing_',
    'Value_ Value',
    'value Value_',
    'TrainModel TrainModel__',
  ]);
});

describe('cdk8s-kfp import', () => {
  let errors: string;
  let output: string;

  async function run(...args: string[]): Promise<number> {
    errors = '';
    output = '';
    process.exitCode = 0;
    const stderr = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      errors += text;
      return true;
    });
    const stdout = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      output += text;
      return true;
    });
    try {
      await importCommand().parseAsync(args, { from: 'user' });
      return Number(process.exitCode);
    } finally {
      stderr.mockRestore();
      stdout.mockRestore();
      process.exitCode = 0;
    }
  }

  test('writes bindings, the same every time, and --check agrees', async () => {
    expect(await run('walkthrough.py', './rich.py')).toBe(0);
    expect(output).toMatch(/^imports\/walkthrough\.ts: load_data, .*\nimports\/rich\.ts: plain, /);
    expect(readdirSync('imports').sort()).toEqual(['rich.ts', 'walkthrough.ts']);
    const first = readFileSync('imports/rich.ts', 'utf8');
    expect(await run('--check', 'rich.py', 'walkthrough.py')).toBe(0);
    expect(errors).toBe('');
    await run('rich.py');
    expect(readFileSync('imports/rich.ts', 'utf8')).toBe(first);
  });

  test('--check lists what is stale or missing and writes nothing', async () => {
    await run('walkthrough.py', '--output', 'src/bindings');
    writeFileSync('walkthrough.py', `${readFileSync('walkthrough.py', 'utf8')}\n`);
    expect(await run('walkthrough.py', 'rich.py', '--check', '--output', 'src/bindings')).toBe(1);
    expect(errors).toBe(
      [
        'KFP1108 src/bindings/walkthrough.ts is not what walkthrough.py gives',
        '    at src/bindings/walkthrough.ts',
        '    mend: run `npx cdk8s-kfp import walkthrough.py --output src/bindings`',
        'KFP1108 src/bindings/rich.ts, the bindings of rich.py, is missing',
        '    at src/bindings/rich.ts',
        '    mend: run `npx cdk8s-kfp import rich.py --output src/bindings`',
        '',
      ].join('\n'),
    );
    expect(readdirSync('src/bindings')).toEqual(['walkthrough.ts']);
  });

  test('writes nothing when anything is wrong in any file', async () => {
    expect(await run('walkthrough.py', 'no_components.py', 'syntax_error.py', 'latin1.py', 'missing.py')).toBe(1);
    expect(errors.match(/^KFP\d+/gm)).toEqual(['KFP1104', 'KFP1103', 'KFP1102', 'KFP1105']);
    expect(existsSync('imports')).toBe(false);
  });

  test('refuses files whose bindings would be one file, but not a file given twice', async () => {
    cpSync('walkthrough.py', 'other/Walkthrough.py');
    expect(await run('walkthrough.py', 'other/Walkthrough.py')).toBe(1);
    expect(errors).toContain('KFP1107 other/Walkthrough.py and walkthrough.py would both write imports/Walkthrough.ts');
    expect(await run('walkthrough.py', './walkthrough.py')).toBe(0);
  });

  test('refuses to replace the bindings of another file, unless that is gone', async () => {
    expect(await run('walkthrough.py')).toBe(0);
    const before = readFileSync('imports/walkthrough.ts', 'utf8');
    cpSync('walkthrough.py', 'other/walkthrough.py');
    for (const options of [[], ['--check']]) {
      errors = '';
      expect(await run('other/walkthrough.py', ...options)).toBe(1);
      expect(errors).toBe(
        [
          'KFP1107 other/walkthrough.py would write imports/walkthrough.ts, which holds the bindings of walkthrough.py',
          '    at other/walkthrough.py',
          '    mend: rename one, import it into another --output, or remove imports/walkthrough.ts',
          '',
        ].join('\n'),
      );
    }
    const yaml = 'name: walkthrough\nimplementation: {container: {image: busybox}}\n';
    writeFileSync('walkthrough.yaml', yaml);
    expect(await run('walkthrough.yaml')).toBe(1);
    expect(errors).toContain('walkthrough.yaml would write imports/walkthrough.ts, which holds the bindings of walk');
    expect(readFileSync('imports/walkthrough.ts', 'utf8')).toBe(before);
    rmSync('walkthrough.py');
    expect(await run('other/walkthrough.py')).toBe(0);
    expect(readFileSync('imports/walkthrough.ts', 'utf8')).not.toBe(before);
  });

  test('warnings are shown and stop nothing', async () => {
    writeFileSync('w.py', `${kfp}@dsl.component\ndef f():\n    pass\n@dsl.container_component\ndef g():\n    pass\n`);
    expect(await run('w.py')).toBe(0);
    expect(errors).toMatch(/^KFP1136 g is a container component/);
    expect(existsSync('imports/w.ts')).toBe(true);
  });

  test('bindings compile under --strict, and refuse what does not fit', async () => {
    expect(await run('rich.py', 'walkthrough.py')).toBe(0);
    writeFileSync(
      'imports/misuse.ts',
      [
        "import type { Int, Model, Value } from 'cdk8s-kfp';",
        "import type { ArtifactsInputs, GenericsInputs, LiteralsInputs, InlineTupleInputs } from './rich';",
        'declare const model: Value<Model>; declare const count: Value<Int>;',
        "export const right: LiteralsInputs = { mode: 'fast', level: count, maybe: null };",
        "export const wrongLiteral: LiteralsInputs = { mode: 'slow' };",
        'export const wrongArtifact: ArtifactsInputs["rows"] = model;',
        'export const floats: GenericsInputs["floats"] = [1.5];',
        "export const wrongElement: GenericsInputs['integers'] = ['1'];",
        'export const unknownInput: InlineTupleInputs = { typo: 1 };',
      ].join('\n'),
    );
    const compilerOptions = {
      ...JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).compilerOptions,
      exactOptionalPropertyTypes: true,
      types: [],
      paths: { 'cdk8s-kfp': [join(root, 'src/index.ts')] },
    };
    writeFileSync('tsconfig.json', JSON.stringify({ compilerOptions, include: ['imports'] }));
    const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], {
      encoding: 'utf8',
    });
    // the library itself is checked by `npm run types`
    const errors = tsc.stdout.split('\n').filter((line) => line.startsWith('imports/'));
    expect(errors.map((line) => line.replace(/,.*?(TS\d+).*/, ' $1'))).toEqual([
      'imports/misuse.ts(5 TS2322',
      'imports/misuse.ts(6 TS2322',
      'imports/misuse.ts(8 TS2322',
      'imports/misuse.ts(9 TS2322',
    ]);
  });
});
