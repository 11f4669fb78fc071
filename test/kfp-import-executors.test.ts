import { gzipSync } from 'node:zlib';
import { Chart, Duration, Testing } from 'cdk8s';
import { optional, Pipeline, Runner, spot, str, Task } from '../src';
import type { ContainerImplementation, Json, PythonImplementation } from '../src/components/definition';
import { shippedFile, shippedName, shippedTexts } from '../src/components/shipped-texts';
import { lowerSettings, type TaskSettings } from '../src/constructs/settings/task-settings';
import { renderDiagnostic } from '../src/diagnostic';
import { ExecutorImports, type ImportedImporter, type ImportedTask } from '../src/kfp/import/components';
import { parsePipScript } from '../src/kfp/import/pip-script';
import { isPathAnnotation, parametersOf } from '../src/kfp/ir/signature';
import type {
  IrComponent,
  IrContainer,
  IrDocument,
  IrExecutor,
  IrTask,
  KubernetesExecutorConfig,
  KubernetesPipelineConfig,
} from '../src/kfp/ir/types';
import { runFact } from '../src/values/run-facts';
import { Value } from '../src/values/value';
import { replaceTags } from './interpreter/tags';
import { synth } from './synth';

const PREAMBLE = '\nimport kfp\nfrom kfp import dsl\nfrom kfp.dsl import *\nfrom typing import *\n\n';
const WRITER =
  'd=$(mktemp -d)\nprintf "%s" "$0" > "$d/ephemeral_component.py"\npython3 -m kfp.dsl.executor_main "$@"\n';

/** The executor of a lightweight Python component. */
function lightweight(
  source: string,
  name = /def (\w+)/.exec(source)![1]!,
  before: readonly string[] = [],
): IrContainer {
  return {
    image: 'python:3.11-slim',
    command: [...before, 'sh', '-ec', WRITER, PREAMBLE + source],
    args: ['--executor_input', '{{$}}', '--function_to_execute', name],
  };
}

interface Given {
  readonly component?: Omit<IrComponent, 'executorLabel'>;
  readonly executor?: IrExecutor;
  readonly container?: IrContainer;
  readonly task?: Omit<IrTask, 'componentRef'>;
  readonly config?: { readonly [field: string]: unknown };
}

interface DocumentOptions {
  readonly root?: Omit<IrComponent, 'dag'>;
  readonly components?: Readonly<Record<string, IrComponent>>;
  readonly pipelineConfig?: KubernetesPipelineConfig;
}

/** A document whose root runs these tasks, by key. */
function documentOf(tasks: Readonly<Record<string, Given>>, options: DocumentOptions = {}): IrDocument {
  const keys = Object.entries(tasks);
  const { root, components = {}, pipelineConfig } = options;
  return {
    spec: {
      pipelineInfo: { name: 'p' },
      schemaVersion: '2.1.0',
      root: {
        ...root,
        dag: {
          tasks: Object.fromEntries(
            keys.map(([key, { task }]) => [key, { ...task, componentRef: { name: `comp-${key}` } }]),
          ),
        },
      },
      components: {
        ...components,
        ...Object.fromEntries(
          keys.map(([key, { component }]) => [`comp-${key}`, { ...component, executorLabel: `exec-${key}` }]),
        ),
      },
      deploymentSpec: {
        executors: Object.fromEntries(
          keys.map(([key, { executor, container = { image: 'alpine', command: ['true'] } }]) => [
            `exec-${key}`,
            executor ?? { container },
          ]),
        ),
      },
    },
    platform: {
      platforms: {
        kubernetes: {
          deploymentSpec: {
            executors: Object.fromEntries(
              keys.flatMap(([key, { config }]) =>
                config ? [[`exec-${key}`, config as KubernetesExecutorConfig]] : [],
              ),
            ),
          },
          ...(pipelineConfig && { pipelineConfig }),
        },
      },
    },
  };
}

const READ = { at: () => 'pipeline.yaml:1', unknown: [] };

class Imported {
  private readonly imports: ExecutorImports;

  public constructor(
    private readonly document: IrDocument,
    executor: 'runtime' | 'kfp' = 'runtime',
    unknown: { path: string[]; value: Json }[] = [],
  ) {
    this.imports = new ExecutorImports(document, { ...READ, unknown }, { executor, file: 'pipelines/p.yaml' });
  }

  public get runs() {
    return this.imports.runSettings();
  }

  public get resources() {
    return this.imports.resourceComponents.map(({ definition }) => definition.name);
  }

  public of(key: string): ImportedTask | ImportedImporter {
    const path = ['spec', 'root', 'dag', 'tasks', key];
    return this.imports.task(`comp-${key}`, this.document.spec.root.dag!.tasks![key]!, path);
  }

  public task(key: string): ImportedTask {
    return this.of(key) as ImportedTask;
  }
}

/** A task alone. */
function one(given: Given, options: DocumentOptions & { readonly executor?: 'runtime' | 'kfp' } = {}): ImportedTask {
  return new Imported(documentOf({ step: given }, options), options.executor).task('step');
}

const inputs =
  (values: Readonly<Record<string, unknown>> = {}) =>
  (name: string) =>
    values[name];
const outer = (source: { readonly componentInputParameter?: string }) =>
  `outer ${source.componentInputParameter ?? 'output'}`;

/** Settings as the graph has them. */
function settingsOf(
  task: ImportedTask,
  values: Readonly<Record<string, unknown>> = {},
  of: typeof outer | (() => unknown) = outer,
) {
  return lowerSettings([task.settings(inputs(values), of)]);
}

function problemsOf({ problems }: ImportedTask | ImportedImporter): string {
  return problems.map((problem) => renderDiagnostic(problem)).join('\n');
}

const text = { parameterType: 'STRING' };
const dataset = { artifactType: { schemaTitle: 'system.Dataset', schemaVersion: '0.0.1' } };

describe('the script that installs packages', () => {
  const withPip =
    '\nif ! [ -x "$(command -v pip)" ]; then\n    python3 -m ensurepip || python3 -m ensurepip --user\nfi\n\n';
  const install = 'python3 -m pip install --quiet --no-warn-script-location ';
  const kfp = `'kfp==2.9.0' '--no-deps' 'typing-extensions>=3.7.4,<5; python_version<"3.9"'`;
  const venv =
    '\nexport PIP_DISABLE_PIP_VERSION_CHECK=1\ntmp=$(mktemp -d)\npython3 -m venv "$tmp/venv" --system-site-packages\n. "$tmp/venv/bin/activate"\n';
  const nothing = { packages: [], indexUrls: [], trustedHosts: [], useVenv: false };

  test('of each release', () => {
    const first = `${withPip}PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip install --quiet     --no-warn-script-location 'pandas==2.0' 'kfp==2.0.1' && "$0" "$@"\n`;
    expect(parsePipScript(first)).toEqual({ ...nothing, packages: ['pandas==2.0'] });
    const middle = `${withPip}PIP_DISABLE_PIP_VERSION_CHECK=1 ${install}${kfp}  &&  ${install}'pandas' && "$0" "$@"\n`;
    expect(parsePipScript(middle)).toEqual({ ...nothing, packages: ['pandas'] });
    const index =
      '--index-url https://a/simple --extra-index-url https://b/simple --trusted-host a --trusted-host b:80 ';
    const last = `${withPip}PIP_DISABLE_PIP_VERSION_CHECK=1 ${install}${index}'pandas' 'x; python_version<"3.9"'  &&  ${venv} ${install}${index}${kfp} && "$0" "$@"\n`;
    expect(parsePipScript(last)).toEqual({
      packages: ['pandas', 'x; python_version<"3.9"'],
      indexUrls: ['https://a/simple', 'https://b/simple'],
      trustedHosts: ['a', 'b:80'],
      useVenv: true,
    });
  });

  test('with requirements that only look like kfp, and kfp from elsewhere', () => {
    const script = `${install}'kfp-kubernetes==1.0' 'kfp[all]' 'it'\\''s' "double 'quoted'" && "$0" "$@"`;
    expect(parsePipScript(script)?.packages).toEqual(['kfp-kubernetes==1.0', "it's", "double 'quoted'"]);
    const branch = `${install}'git+https://github.com/kubeflow/pipelines@refs/pull/1#subdirectory=sdk/python' '--no-deps' && "$0" "$@"`;
    expect(parsePipScript(branch)).toEqual(nothing);
  });

  test.each([
    ['an option', `${install}--pre 'x' && "$0" "$@"`],
    ['a quoted option', `${install}'--find-links=x' && "$0" "$@"`],
    ['no dependencies of the user’s', `${install}'x' '--no-deps' && "$0" "$@"`],
    ['another program', 'curl https://x && "$0" "$@"'],
    ['another end', `${install}'x' && echo`],
    ['a pipe', `${install}'x' | tee && "$0" "$@"`],
    ['a substitution', `${install}"$(id)" && "$0" "$@"`],
    ['a variable', `${install}$HOME && "$0" "$@"`],
    ['an index without a URL', `${install}--index-url && "$0" "$@"`],
    ['nothing', ''],
  ])('with %s is not followed', (_, script) => expect(parsePipScript(script)).toBeUndefined());
});

test('the parameters of a function are read from its def', () => {
  const source = `
def helper(a: int): return 1

def f(  # (a comment: with ) and ,
    a: str = "x, b: int) -> (", b: Dict[str, List[int]] = {'k': [1, 2]}, *,
    c: dsl.InputPath('Dataset'), d: Optional[OutputPath(Model)] = None,
    e: "Input['x)']" = r'\\'', f_: Annotated[str, lambda x: x] = (lambda y: y)(1), g=3, **kwargs
) -> NamedTuple('O', [('a', str)]):
    """def f(nothing: int)"""
`;
  expect(parametersOf(source, 'f')).toMatchInlineSnapshot(`
[
  {
    "annotation": "str",
    "name": "a",
  },
  {
    "annotation": "Dict[str, List[int]]",
    "name": "b",
  },
  {
    "annotation": "dsl.InputPath('')",
    "name": "c",
  },
  {
    "annotation": "Optional[OutputPath(Model)]",
    "name": "d",
  },
  {
    "annotation": """",
    "name": "e",
  },
  {
    "annotation": "Annotated[str, lambda x: x]",
    "name": "f_",
  },
  {
    "annotation": "",
    "name": "g",
  },
  {
    "annotation": "",
    "name": "**kwargs",
  },
]
`);
  expect(parametersOf(source, 'helper')?.map(({ name }) => name)).toEqual(['a']);
  expect(parametersOf('async def f(a: int):\n  pass', 'f')?.map(({ name }) => name)).toEqual(['a']);
  expect(parametersOf('def f(\n', 'f')).toBeUndefined();
  expect(parametersOf("def f(a: str = 'x\n'):", 'f')).toBeUndefined();
  expect(parametersOf('def g(): pass', 'f')).toBeUndefined();
  const long = 'x'.repeat(500_000);
  expect(parametersOf(`def f(a: ${long}):`, 'f')).toEqual([{ name: 'a', annotation: long }]);
  expect(
    ['InputPath()', 'dsl.OutputPath(str)', 'Optional[InputPath(x)]', 'kfp.dsl.InputPath'].every(isPathAnnotation),
  ).toBe(true);
  expect(['Input[Dataset]', 'str', "''", 'MyInputPath()', 'InputPathLike'].some(isPathAnnotation)).toBe(false);
});

describe('Python components', () => {
  const source = `def train(rows: int, data: Input[Dataset], raw: InputPath('Dataset'), model: Output[Model], out: OutputPath(str)) -> str:\n    return "x"\n\n`;
  const component = {
    inputDefinitions: {
      parameters: {
        rows: { parameterType: 'NUMBER_INTEGER', defaultValue: 3, isOptional: true, description: 'How many.' },
      },
      artifacts: { data: dataset, raw: dataset },
    },
    outputDefinitions: {
      parameters: { out: text, Output: text },
      artifacts: { model: { artifactType: { schemaTitle: 'system.Model', schemaVersion: '0.0.1' } } },
    },
  };

  test('run on the runtime, with the text of their function', () => {
    const pip = `PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip install --quiet 'pandas' && "$0" "$@"\n`;
    const container = lightweight(source, 'train', ['sh', '-c', pip]);
    const { component: made, problems } = one({ component, container });
    expect(problems).toEqual([]);
    expect(made.problems).toEqual([]);
    expect(made.definition).toEqual({
      name: 'train',
      inputs: {
        data: { kind: 'artifact', type: 'system.Dataset' },
        raw: { kind: 'artifact', type: 'system.Dataset' },
        rows: { kind: 'parameter', type: 'NUMBER_INTEGER', optional: true, default: 3, description: 'How many.' },
      },
      outputs: {
        model: { kind: 'artifact', type: 'system.Model' },
        out: { kind: 'parameter', type: 'STRING' },
        Output: { kind: 'parameter', type: 'STRING' },
      },
      implementation: {
        kind: 'python',
        file: 'pipelines/p.yaml',
        function: 'train',
        line: 1,
        source,
        image: 'python:3.11-slim',
        packages: ['pandas'],
        paths: ['raw', 'out'],
      },
      kfp: { '/python/command': ['sh', '-c', pip, 'sh', '-ec', WRITER], '/python/preamble': PREAMBLE },
    });
  });

  test('keep KFP’s own executor where they are told to, or where the runtime does something else', () => {
    const plain = 'def f(x: str):\n    pass\n';
    const withX = { inputDefinitions: { parameters: { x: text } } };
    const programOf = (given: Given, executor?: 'kfp') => {
      const task = one({ component: withX, ...given }, executor && { executor });
      return [(task.component.definition.implementation as PythonImplementation).program, problemsOf(task)] as const;
    };
    const container = lightweight(plain);
    expect(programOf({ container }, 'kfp')).toEqual([[...container.command!, ...container.args!], '']);
    expect(programOf({ container })).toEqual([undefined, '']);
    const built = { ...container, command: ['python3', '-m', 'kfp.dsl.executor_main'] };
    expect(programOf({ container: built })).toEqual([[...built.command, ...container.args!], '']);
    const reasons = [
      lightweight(plain, 'f', ['sh', '-c', 'curl https://x | sh; "$0" "$@"']),
      lightweight('def f(x: str):\n    from kfp import compiler\n'),
      lightweight('def f(x: str):\n    kfp.Client()\n'),
      lightweight('def f(x: str):\n    from kfp.dsl.types import type_utils\n'),
      lightweight(plain, 'g'),
      lightweight('def f(y: str):\n    pass\n'),
    ].map((each) => programOf({ container: each }));
    expect(reasons.every(([program]) => program !== undefined)).toBe(true);
    expect(reasons.map(([, problem]) => /in each pod: (.*)/.exec(problem)?.[1])).toMatchInlineSnapshot(`
[
  "the script that installs its packages does more than KFP’s own",
  "its code uses more of the kfp package than kfp.dsl",
  "its code uses more of the kfp package than kfp.dsl",
  "its code uses more of the kfp package than kfp.dsl",
  "its text has no function g at its top that could be read",
  "its function f has no parameter x",
]
`);
    expect(reasons[0]![1]).toMatchInlineSnapshot(`
"KFP1540 spec.deploymentSpec.executors.exec-step.container: KFP’s own executor runs 'f', and installs kfp in each pod: the script that installs its packages does more than KFP’s own
    at pipeline.yaml:1
    mend: nothing has to be done; compile a component with KFP’s SDK to have it run without"
`);
    const harmless = lightweight(
      'def f(x: str):\n    from kfp import dsl\n    import kfp.dsl as d\n    from kfp.dsl import Dataset\n    "kfp.org"\n',
    );
    expect(programOf({ container: harmless })).toEqual([undefined, '']);
  });

  test('that want their inputs as KFP’s executor does run as programs; others stay containers', () => {
    const program: IrContainer = {
      image: 'google:1',
      command: ['python3', '-m', 'launcher'],
      args: ['--executor_input', '{{$}}'],
    };
    expect(one({ container: program }).component.definition).toMatchObject({
      name: 'step',
      implementation: {
        kind: 'python',
        program: ['python3', '-m', 'launcher', '--executor_input', '{{$}}'],
        image: 'google:1',
      },
    });
    const other = one({ container: { ...program, command: ['launcher'] } });
    expect(other.component.definition.implementation.kind).toBe('container');
    expect(problemsOf(other)).toMatch('{{$}} stays as it is, which KFP would put its executor’s input for');
  });

  test('warn of a placeholder in their source', () => {
    const task = one({ container: lightweight(`def f():\n    return "{{$.inputs.parameters['x']}}"\n`) });
    expect(problemsOf(task)).toMatchInlineSnapshot(`
"KFP1541 spec.deploymentSpec.executors.exec-step.container.command: its source holds a placeholder, which stays text; KFP puts a value into the source
    at pipeline.yaml:1
    mend: give the function an input instead"
`);
  });

  test('do not unpack files outside of their folder', () => {
    const member = (name: string) => {
      const block = Buffer.alloc(1024);
      block.write(name);
      block.write('0000644\0', 100);
      block.write('00000000000\0', 124);
      block.write('        ', 148);
      block.write('0', 156);
      const sum = block.subarray(0, 512).reduce((total, byte) => total + byte, 0);
      block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
      return gzipSync(Buffer.concat([block.subarray(0, 512), Buffer.alloc(1024)])).toString('base64');
    };
    const withFile = (name: string) =>
      lightweight(`__KFP_EMBEDDED_ARCHIVE_B64 = '${member(name)}'\n\ndef f():\n    pass\n`, 'f');
    expect(problemsOf(one({ container: withFile('rows.csv') }))).toBe('');
    expect(problemsOf(one({ container: withFile('../../etc/cron.d/x') }))).toMatchInlineSnapshot(`
"KFP1550 spec.deploymentSpec.executors.exec-step.container.command[3]: '../../etc/cron.d/x' in the embedded archive leads out of it
    at pipeline.yaml:1
    mend: compile the component again from files that it may unpack"
`);
  });
});

describe('components that are equal', () => {
  const say = (word: string) => lightweight(`def say():\n    print("${word}")\n`);

  test('are one; others of the name have numbers, and texts of their own', () => {
    const imported = new Imported(
      documentOf({
        say: { container: say('a') },
        'say-2': { container: say('b') },
        'say-3': { container: say('a'), config: { imagePullPolicy: 'Always' } },
        print: { container: { image: 'alpine', command: ['echo'] } },
        'print-2': { container: { image: 'alpine', command: ['echo'] } },
        'print-3': { container: { image: 'alpine', command: ['printf'] } },
        'step-2': {},
      }),
    );
    const names = ['say', 'say-2', 'say-3', 'print', 'print-2', 'print-3', 'step-2'].map(
      (key) => imported.task(key).component,
    );
    expect(names.map(({ definition }) => definition.name)).toEqual([
      'say',
      'say-2',
      'say',
      'print',
      'print',
      'print-2',
      'step-2',
    ]);
    expect(names[0]).toBe(names[2]);
    const texts = names[0]!.companions.map(({ implementation }) =>
      shippedTexts(implementation as PythonImplementation),
    );
    expect(Object.keys(Object.assign({}, ...texts))).toEqual(['say', 'say-2']);
    expect(shippedFile(shippedName(names[1]!.definition.implementation as PythonImplementation))).toBe('say-2.py');
  });

  test('have names that a template can have', () => {
    const long = 'x'.repeat(70);
    const imported = new Imported(
      documentOf({
        a: { container: lightweight(`def ${long}(): pass`) },
        b: { container: lightweight('def Say(): pass') },
        c: { container: say('c') },
        d: { container: lightweight('def __proto__(): pass') },
      }),
    );
    const names = ['a', 'b', 'c', 'd'].map((key) => imported.task(key).component.definition.name);
    expect(names).toEqual([
      expect.stringMatching(/^x{40}-[0-9a-f]{6}$/),
      'Say',
      'say-2',
      expect.stringMatching(/^proto-[0-9a-f]{6}$/),
    ]);
    const { implementation } = one({ container: lightweight('def größe(a: int): pass', 'größe') }).component.definition;
    expect(implementation).toMatchObject({ function: 'größe', shipsAs: 'gr-e' });
  });

  test('of a document run side by side, each with its own text', () => {
    const document = documentOf({ say: { container: say('a') }, 'say-2': { container: say('b') } });
    const imported = new Imported(document);
    const chart = new Chart(Testing.app(), 'ml', { namespace: 'ml' });
    const pipeline = new Pipeline(chart, 'p');
    for (const key of ['say', 'say-2']) new Task(pipeline, key, { component: imported.task(key).component });
    const objects = synth(chart);
    const sources = objects.find(({ metadata }) => metadata.labels?.['cdk8s-kfp/source']?.startsWith('pipelines'));
    expect(sources.data).toEqual({
      'say.py': 'def say():\n    print("a")\n',
      'say-2.py': 'def say():\n    print("b")\n',
    });
    const { templates } = objects.find(({ kind }) => kind === 'WorkflowTemplate').spec;
    const variables = (name: string) => templates.find((each: { name: string }) => each.name === name).container.env;
    expect(variables('say-2')).toContainEqual({ name: 'KFP_SOURCE', value: '/kfp/component/say-2.py' });
    expect(variables('say').map(({ name }: { name: string }) => name)).not.toContain('KFP_SOURCE');
  });

  test('can have tasks with settings beside those without', () => {
    const imported = new Imported(documentOf({ say: { container: say('a') }, 'say-2': { container: say('a') } }));
    const chart = new Chart(Testing.app(), 'ml', { namespace: 'ml' });
    const pipeline = new Pipeline(chart, 'p');
    new Task(pipeline, 'say', { component: imported.task('say').component, env: { A: 'b' } });
    new Task(pipeline, 'say-2', { component: imported.task('say-2').component });
    const { templates } = synth(chart).find(({ kind }) => kind === 'WorkflowTemplate').spec;
    expect(templates.map(({ name }: { name: string }) => name)).toEqual(['main', 'say--task', 'say']);
    expect(templates[0].dag.tasks.map(({ template }: { template: string }) => template)).toEqual(['say--task', 'say']);
  });
});

describe('containers', () => {
  const component: Omit<IrComponent, 'executorLabel'> = {
    inputDefinitions: {
      parameters: { x: text, y: { ...text, isOptional: true }, z: { ...text, isOptional: true } },
      artifacts: { data: dataset, many: { ...dataset, isArtifactList: true } },
    },
    outputDefinitions: { parameters: { out: text }, artifacts: { model: dataset } },
  };
  const lineOf = (args: readonly (string | object)[], command: readonly string[] = ['echo']) => {
    const written = args.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
    const task = one({ component, container: { image: 'alpine:3', command, args: written } });
    const { implementation, kfp } = task.component.definition;
    return { args: (implementation as ContainerImplementation).args, kept: kfp, problems: problemsOf(task), written };
  };
  const x = { ref: 'input-value', name: 'x' };
  const chosen = (ifPresent: string, given: readonly unknown[], absent?: readonly unknown[]) =>
    Object.fromEntries([['ifPresent', ifPresent], ['then', given], ...(absent ? [['else', absent]] : [])]);

  test('have placeholders for all that KFP puts into a command line', () => {
    const { args, problems, kept } = lineOf([
      'plain',
      `--x={{$.inputs.parameters['x']}}!`,
      `{{$.inputs.artifacts['data'].path}}`,
      `{{$.inputs.artifacts['data'].uri}}`,
      `{{$.inputs.artifacts['data'].metadata}}`,
      `{{$.inputs.artifacts['data'].metadata['k']}}`,
      `{{$.outputs.parameters['out'].output_file}}`,
      `{{$.outputs.artifacts['model'].path}}:{{$.outputs.artifacts['model'].uri}}`,
    ]);
    expect(args).toEqual([
      'plain',
      { parts: ['--x=', x, '!'] },
      { parts: [{ ref: 'input-path', name: 'data' }] },
      { parts: [{ ref: 'input-uri', name: 'data' }] },
      { parts: [{ ref: 'input-metadata', name: 'data' }] },
      { parts: [{ ref: 'input-metadata', name: 'data', member: 'k' }] },
      { parts: [{ ref: 'output-path', name: 'out' }] },
      { parts: [{ ref: 'output-path', name: 'model' }, ':', { ref: 'output-uri', name: 'model' }] },
    ]);
    expect([problems, kept]).toEqual(['', undefined]);
  });

  test('leave as text what KFP leaves, and say so', () => {
    const { args, problems } = lineOf([
      `{{$.inputs.artifacts['many']}}`,
      `{{$.outputs.artifacts['model'].metadata}} {{$.inputs.parameters['none']}}`,
      '{"IfPresent": {"Then": "x"}}',
    ]);
    expect(args).toEqual([
      `{{$.inputs.artifacts['many']}}`,
      `{{$.outputs.artifacts['model'].metadata}} {{$.inputs.parameters['none']}}`,
      '{"IfPresent": {"Then": "x"}}',
    ]);
    expect(problems).toMatchInlineSnapshot(`
"KFP1541 spec.deploymentSpec.executors.exec-step.container.args[0]: {{$.inputs.artifacts['many']}} stays as it is, as under KFP
    at pipeline.yaml:1
    mend: nothing has to be done where the program expects that
KFP1541 spec.deploymentSpec.executors.exec-step.container.args[1]: {{$.outputs.artifacts['model'].metadata}} stays as it is, as under KFP
    at pipeline.yaml:1
    mend: nothing has to be done where the program expects that
KFP1541 spec.deploymentSpec.executors.exec-step.container.args[2]: an IfPresent has no InputName or Then, or more than InputName, Then and Else: it stays text
    at pipeline.yaml:1
    mend: nothing has to be done where the program expects that"
`);
  });

  test('join texts and choose arguments', () => {
    const value = `{{$.inputs.parameters['x']}}`;
    const choice = (InputName: string, Then: unknown, Else?: unknown) => ({
      IfPresent: { InputName, Then, ...(Else !== undefined && { Else }) },
    });
    const simple = lineOf([choice('y', ['--y', `{{$.inputs.parameters['y']}}`], ['--none']), choice('y', 'given')]);
    const y = { parts: [{ ref: 'input-value', name: 'y' }] };
    expect(simple.args).toEqual([chosen('y', ['--y', y], ['--none']), chosen('y', ['given'])]);
    expect([simple.kept, simple.problems]).toEqual([undefined, '']);

    const nested = lineOf([
      { Concat: ['a', value, { Concat: ['b', 'c'] }] },
      choice('x', ['always'], ['never']),
      choice('data', ['never'], ['an artifact is none']),
      { Concat: ['who=', choice('y', { Concat: [`{{$.inputs.parameters['y']}}`, '!'] }, '?')] },
      choice('y', ['a', choice('y', ['b'], ['c'])]),
    ]);
    expect(nested.args).toEqual([
      { parts: ['a', x, 'bc'] },
      'always',
      'an artifact is none',
      chosen('y', [{ parts: ['who=', { ref: 'input-value', name: 'y' }, '!'] }], ['who=?']),
      chosen('y', ['a', 'b']),
    ]);
    // What means the same is written back as it was.
    expect(nested.kept).toEqual({ '/executor/container/args': nested.written });
    const torn = lineOf([choice('y', ['a', choice('z', ['b'])])]);
    expect(torn.args).toEqual(torn.written);
    expect(torn.problems).toMatch('it depends on y and z at once, and stays text');
  });

  test('may have no command', () => {
    const { component: made } = one({ container: { image: 'hello-world' } });
    expect(made.definition.implementation).toEqual({ kind: 'container', image: 'hello-world', command: [], args: [] });
  });
});

describe('the settings of an executor', () => {
  const container = { image: 'alpine', command: ['true'] };
  const amount = (resources: IrContainer['resources'], values = {}) =>
    settingsOf(one({ container: { ...container, resources: resources! } }), values).resources;

  test('are amounts in words, and before those in numbers', () => {
    expect(
      amount({
        resourceCpuRequest: '500m',
        cpuRequest: 9,
        resourceCpuLimit: '2',
        resourceMemoryLimit: '3Gi',
        accelerator: { resourceType: 'amd.com/gpu', resourceCount: '2', type: 'x', count: '9' },
      }),
    ).toEqual({ requests: { cpu: '500m' }, limits: { cpu: '2', memory: '3Gi', 'amd.com/gpu': '2' } });
    expect(
      amount({
        cpuLimit: 0.5,
        cpuRequest: 0.25,
        memoryLimit: 1.5,
        memoryRequest: 0,
        accelerator: { type: 'nvidia.com/gpu', count: 1 },
      }),
    ).toEqual({
      requests: { cpu: '0.25' },
      limits: { cpu: '0.5', memory: '1500000000', 'nvidia.com/gpu': '1' },
    });
    expect(amount({ accelerator: { resourceType: 'x.com/y', resourceCount: '0' } })).toBeUndefined();
  });

  test('are values of the run, where inputs stand in them', () => {
    const value = `{{$.inputs.parameters['pipelinechannel--n']}}`;
    const given = { resourceCpuLimit: value, accelerator: { resourceType: value, resourceCount: value } };
    expect(amount(given, { 'pipelinechannel--n': 4 })?.limits).toEqual({ cpu: '4', '4': '4' });
    const late = amount(given, { 'pipelinechannel--n': runFact('name') });
    expect(late).toMatchObject({
      limits: { cpu: { plain: true } },
      accelerator: { resource: { plain: true }, count: { plain: true } },
    });
    expect(amount(given)).toBeUndefined();
    const image = one({ container: { ...container, image: `registry/${value}:1` } });
    expect(image.component.definition.implementation).toMatchObject({ image: '' });
    expect(settingsOf(image, { 'pipelinechannel--n': 'alpine' }).image).toBe('registry/alpine:1');
    expect(settingsOf(image, { 'pipelinechannel--n': runFact('name') }).image).toMatchObject({
      expression: { kind: 'text', parts: ['registry/', { kind: 'run' }, ':1'] },
    });
    const plain = one({ container: { ...container, image: value } });
    expect(settingsOf(plain, { 'pipelinechannel--n': runFact('name') }).image).toMatchObject({
      expression: { kind: 'run' },
    });
  });

  test('are what tasks say of retries and of what is reused', () => {
    const of = (task: Given['task'], more: Given = {}) => one({ container, ...more, ...(task && { task }) });
    const policy = { maxRetryCount: 3, backoffDuration: '10s', backoffFactor: 2, backoffMaxDuration: '3600s' };
    expect(settingsOf(of({ retryPolicy: policy }))).toEqual({
      retry: { retries: 3, policy: 'Always', backoffSeconds: 10, backoffFactor: 2, backoffCapSeconds: 3600 },
    });
    expect(settingsOf(of({ retryPolicy: { ...policy, backoffDuration: '0s' } })).retry).toEqual({
      retries: 3,
      policy: 'Always',
    });
    // A preset that is given afterwards says the rest.
    const said = of({ retryPolicy: { ...policy, backoffDuration: '0s' } }).settings(inputs(), outer);
    expect(lowerSettings([said, { presets: [spot('gke')] }]).retry).toMatchObject({
      retries: 3,
      backoffSeconds: 30,
      when: { lost: true },
    });
    expect(of({ retryPolicy: { ...policy, backoffDuration: '0s' } }).kfp).toEqual({
      '/task/retryPolicy': { ...policy, backoffDuration: '0s' },
    });
    expect(settingsOf(of({ retryPolicy: { maxRetryCount: 0 } }))).toEqual({});
    const rounded = of({ retryPolicy: { ...policy, backoffFactor: 1.5 } });
    expect(settingsOf(rounded).retry?.backoffFactor).toBe(2);
    expect(problemsOf(rounded)).toMatchInlineSnapshot(`
"KFP1549 spec.root.dag.tasks.step.retryPolicy.backoffFactor: the wait is multiplied by 2: Argo takes whole numbers only
    at pipeline.yaml:1
    mend: give a whole number"
`);
    const caching = (task: Given['task']) => of(task).settings(inputs(), outer).caching;
    expect(caching({ cachingOptions: { enableCache: true } })).toBe(true);
    expect(caching({ cachingOptions: {} })).toBe(false);
    expect(caching({})).toBeUndefined();
    expect(caching({ cachingOptions: { enableCache: true, cacheKey: 'k' } })).toEqual({ key: 'k' });
    expect(of({ cachingOptions: { cacheKey: 'k' } }).kfp).toEqual({ '/task/cachingOptions/cacheKey': 'k' });
  });

  test('are variables with text', () => {
    const env = [{ name: 'A', value: '{{$.x}} $(B)' }, { name: 'B' }];
    expect(settingsOf(one({ container: { ...container, env } })).env).toEqual([
      { name: 'A', value: '{{$.x}} $(B)' },
      { name: 'B', value: '' },
    ]);
  });
});

describe('what Kubernetes is told', () => {
  const of = (config: Given['config'], options: DocumentOptions = {}) => one({ config: config! }, options);
  const constant = (value: unknown) => ({ runtimeValue: { constant: value } });
  const input = (name: string) => ({ componentInputParameter: name });

  test('of Secrets, ConfigMaps and fields of the pod', () => {
    const settings = settingsOf(
      of({
        secretAsEnv: [
          {
            secretName: 'old',
            secretNameParameter: constant('s'),
            keyToEnv: [{ secretKey: 'k', envVar: 'K' }],
            optional: true,
          },
        ],
        configMapAsEnv: [{ configMapName: 'c', keyToEnv: [{ configMapKey: 'k', envVar: 'L' }], optional: false }],
        fieldPathAsEnv: [{ name: 'NODE', fieldPath: 'spec.nodeName' }],
        secretAsVolume: [{ secretNameParameter: input('secret'), mountPath: '/s', optional: true }],
        configMapAsVolume: [{ configMapName: 'c', mountPath: '/c' }],
        imagePullSecret: [{ secretName: 'pull' }, { secretNameParameter: constant(null) }],
      }),
    );
    expect(settings).toEqual({
      env: [
        { name: 'K', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
        { name: 'L', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
        { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      ],
      volumes: [
        {
          name: expect.stringMatching(/^secret-outer-secret-/),
          source: { secret: { secretName: 'outer secret', optional: true } },
        },
        { name: 'config-c', source: { configMap: { name: 'c' } } },
      ],
      mounts: [
        { volume: expect.stringMatching(/^secret-outer-secret-/), path: '/s' },
        { volume: 'config-c', path: '/c' },
      ],
      imagePullSecrets: ['pull'],
    });
  });

  test('of volumes, in both forms of their names', () => {
    const settings = settingsOf(
      of({
        pvcMount: [
          { constant: 'a', mountPath: '/a', subPath: 'x' },
          { componentInputParameter: 'b', mountPath: '/b' },
          { taskOutputParameter: { producerTask: 't', outputParameterKey: 'name' }, mountPath: '/c' },
          { constant: 'old', pvcNameParameter: constant('new'), mountPath: '/d' },
        ],
        emptyDirMounts: [
          { volumeName: 'shm', mountPath: '/dev/shm', medium: 'Memory', sizeLimit: '1Gi' },
          { volumeName: 'tmp', mountPath: '/tmp' },
        ],
        genericEphemeralVolume: [
          {
            volumeName: 'scratch',
            mountPath: '/e',
            accessModes: ['ReadWriteOnce'],
            size: '5Gi',
            defaultStorageClass: true,
            metadata: { labels: { a: 'b' } },
          },
          { volumeName: 'fast', mountPath: '/f', accessModes: ['ReadWriteOnce'], size: '5Gi', storageClassName: 'ssd' },
        ],
      }),
    );
    const claims = settings.volumes!.map(
      ({ source }) => (source!.persistentVolumeClaim as { claimName: string } | undefined)?.claimName,
    );
    expect(claims.slice(0, 4)).toEqual(['a', 'outer b', 'outer output', 'new']);
    expect(settings.mounts![0]).toEqual({ volume: 'claim-a', path: '/a', subPath: 'x' });
    expect(settings.volumes!.slice(4)).toEqual([
      { name: 'shm', source: { emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } } },
      { name: 'tmp', source: { emptyDir: {} } },
      {
        name: 'scratch',
        source: {
          ephemeral: {
            volumeClaimTemplate: {
              metadata: { labels: { a: 'b' } },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
            },
          },
        },
      },
      {
        name: 'fast',
        source: {
          ephemeral: {
            volumeClaimTemplate: {
              spec: {
                accessModes: ['ReadWriteOnce'],
                resources: { requests: { storage: '5Gi' } },
                storageClassName: 'ssd',
              },
            },
          },
        },
      },
    ]);
  });

  test('of nodes: one of several terms has to hold', () => {
    const term = (key: string, more = {}) => ({ matchExpressions: [{ key, operator: 'In', values: ['v'] }], ...more });
    const written = (key: string) => ({ matchExpressions: [{ key, operator: 'In', values: ['v'] }] });
    const affinity = (nodeAffinity: readonly object[]) => {
      const settings = settingsOf(of({ nodeAffinity }));
      return (settings.affinity ?? settings.extraPodSpec?.affinity) as object;
    };
    expect(affinity([term('a'), term('b'), term('c', { weight: 3 })])).toEqual({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [written('a'), written('b')] },
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 3, preference: written('c') }],
      },
    });
    const fields = [{ key: 'metadata.name', operator: 'In', values: ['n'] }];
    expect(affinity([term('a', { matchFields: fields }), {}])).toEqual({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ ...written('a'), matchFields: fields }],
        },
      },
    });
    const json = {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [written('j')] },
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: written('k') }],
    };
    expect(affinity([{ nodeAffinityJson: constant(json) }, term('a')])).toEqual({
      nodeAffinity: {
        ...json,
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [written('j'), written('a')] },
      },
    });
    const late = of({ nodeAffinity: [{ nodeAffinityJson: input('a') }] });
    expect(
      settingsOf(late, {}, () => Value.of({ kind: 'parameter', name: 'a', type: 'STRUCT' })).affinity,
    ).toMatchObject({
      nodeAffinity: { expression: { name: 'a' }, port: { optional: true } },
    });
    expect(settingsOf(late, {}, () => undefined)).toEqual({});
  });

  test('of labels, tolerations, timeouts and users', () => {
    const settings = settingsOf(
      of({
        nodeSelector: { labels: { pool: 'gpu' } },
        tolerations: [
          { key: 'a', operator: 'Exists', value: '', effect: 'NoSchedule', tolerationSeconds: '30' },
          { tolerationJson: constant([{ key: 'b' }]) },
        ],
        podMetadata: { labels: { team: 'ml' }, annotations: { note: 'x' } },
        imagePullPolicy: 'Always',
        activeDeadlineSeconds: '60',
        securityContext: { runAsUser: '5', runAsGroup: '0', runAsNonRoot: true },
      }),
    );
    expect(settings).toEqual({
      nodeSelector: { pool: 'gpu' },
      tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 30 }, { key: 'b' }],
      labels: { team: 'ml' },
      annotations: { note: 'x' },
      imagePullPolicy: 'Always',
      timeoutSeconds: 60,
      securityContext: { runAsUser: 5, runAsGroup: 0, runAsNonRoot: true },
    });
    expect(
      settingsOf(of({ nodeSelector: { labels: { a: 'b' }, nodeSelectorJson: constant({ c: 'd' }) } })).nodeSelector,
    ).toEqual({ c: 'd' });
    expect(settingsOf(of({ activeDeadlineSeconds: 0, nodeSelector: { nodeSelectorJson: constant(null) } }))).toEqual(
      {},
    );
  });

  test('of annotations in which Argo would expand something', () => {
    const note = '{"a":{{"b"}}, "{{workflow.name}}": {{{}}}}';
    const task = of({ podMetadata: { annotations: { note, 'a/b': 'x' } } });
    expect(settingsOf(task).annotations).toEqual({
      note: '{"a":{ {"b"}}, "{ {workflow.name}}": { { {}}}}',
      'a/b': 'x',
    });
    expect(task.kfp).toEqual({ '/platform/podMetadata/annotations/note': note });
    expect(problemsOf(task)).toMatchInlineSnapshot(`
"KFP1544 platform.platforms.kubernetes.deploymentSpec.executors.exec-step.podMetadata.annotations.note: two braces in a row have a space between them on the pod: Argo would expand them
    at pipeline.yaml:1
    mend: leave the annotation out where what reads it cannot do with that"
`);
  });

  test('of tolerations that the run gives, beside others', () => {
    const chart = new Chart(Testing.app(), 'ml', { namespace: 'ml' });
    const pipeline = new Pipeline(chart, 'p', { parameters: {} });
    const task = of({ tolerations: [{ tolerationJson: input('t') }, { key: 'a', operator: 'Exists' }] });
    const made = new Task(pipeline, 'step', { component: of({}).component });
    const value = Value.of({ kind: 'run', field: 'name', type: 'UNKNOWN' });
    made.configure(task.settings(inputs(), () => value) as TaskSettings);
    // The run's name stands for any value; it would be no toleration.
    const { templates } = Testing.synth(chart).find(({ kind }) => kind === 'WorkflowTemplate').spec;
    const { podSpecPatch, tolerations } = templates.find(({ container }: { container?: object }) => container);
    expect(tolerations).toBeUndefined();
    const patchOf = (given: string) =>
      JSON.parse(replaceTags(podSpecPatch, { 'inputs.parameters.setting--tolerations-0': given }));
    const known = { key: 'a', operator: 'Exists' };
    expect(patchOf('{"key":"t"}')).toEqual({ tolerations: [{ key: 't' }, known] });
    expect(patchOf('[{"key":"t"},{"key":"u"}]')).toEqual({ tolerations: [{ key: 't' }, { key: 'u' }, known] });
    expect(patchOf('json:')).toEqual({ tolerations: [known] });
  });

  test('that KFP ignores holds, with a warning', () => {
    const task = of({
      podAffinity: [
        { matchPodLabels: { app: 'a' }, topologyKey: 'zone', anti: true },
        { matchPodLabels: { app: 'b' }, weight: 5 },
      ],
      enabledSharedMemory: { size: '2Gi' },
    });
    expect(problemsOf(task)).toMatchInlineSnapshot(`
"KFP1543 platform.platforms.kubernetes.deploymentSpec.executors.exec-step.podAffinity: KFP ignores this; here it holds
    at pipeline.yaml:1
    mend: leave it out where it must not
KFP1543 platform.platforms.kubernetes.deploymentSpec.executors.exec-step.enabledSharedMemory: KFP ignores this; here it holds
    at pipeline.yaml:1
    mend: leave it out where it must not"
`);
    const settings = settingsOf(task);
    expect(settings.mounts).toEqual([{ volume: 'shared-memory', path: '/dev/shm' }]);
    const terms = (kind: string) => (settings.affinity as Record<string, Record<string, object[]>>)[kind];
    expect(terms('podAntiAffinity')!.requiredDuringSchedulingIgnoredDuringExecution).toEqual([
      { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'a' } } },
    ]);
    expect(terms('podAffinity')!.preferredDuringSchedulingIgnoredDuringExecution).toHaveLength(1);
    const more = settingsOf(
      of({
        podAffinity: [
          {
            matchPodExpressions: [{ key: 'k', operator: 'Exists' }],
            namespaces: ['n'],
            matchNamespaceLabels: { a: 'b' },
          },
        ],
      }),
    );
    expect(more.extraPodSpec).toEqual({
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              topologyKey: 'kubernetes.io/hostname',
              labelSelector: { matchExpressions: [{ key: 'k', operator: 'Exists' }] },
              namespaces: ['n'],
              namespaceSelector: { matchLabels: { a: 'b' } },
            },
          ],
        },
      },
    });
  });

  test('of objects whose name may be absent is left out by runs without one', () => {
    const task = of({
      secretAsEnv: [{ secretNameParameter: input('secret'), keyToEnv: [{ secretKey: 'k', envVar: 'K' }] }],
      configMapAsEnv: [{ configMapName: 'c', keyToEnv: [{ configMapKey: 'l', envVar: 'L' }] }],
      secretAsVolume: [{ secretNameParameter: input('secret'), mountPath: '/s' }],
      configMapAsVolume: [{ configMapNameParameter: input('certain'), mountPath: '/c' }],
      imagePullSecret: [{ secretNameParameter: input('secret') }, { secretName: 'pull' }],
    });
    const chart = new Chart(Testing.app(), 'ml', { namespace: 'ml' });
    const pipeline = new Pipeline(chart, 'p', { parameters: { secret: optional(str()), certain: str('c') } });
    const made = new Task(pipeline, 'step', { component: task.component });
    made.configure(
      task.settings(inputs(), ({ componentInputParameter: name }) => pipeline.parameters[name as 'secret' | 'certain']),
    );
    const { templates } = synth(chart).find(({ kind }) => kind === 'WorkflowTemplate').spec;
    const template = templates.find((each: { container?: object }) => each.container);
    const [volume] = template.volumes;
    expect(template.container.env.at(-1)).toEqual({
      name: 'L',
      valueFrom: { configMapKeyRef: { name: 'c', key: 'l' } },
    });
    expect(template.volumes).toEqual([{ name: volume.name, configMap: { name: expect.stringContaining('inputs.') } }]);
    const names = template.inputs.parameters.map(({ name }: { name: string }) => `inputs.parameters.${name}`);
    const patchOf = (secret: string) =>
      JSON.parse(replaceTags(template.podSpecPatch, Object.fromEntries(names.map((name: string) => [name, secret]))));
    const secretVolume = { name: expect.stringMatching(/^secret-/), secret: { secretName: 'mine' } };
    expect(patchOf('mine')).toEqual({
      imagePullSecrets: [{ name: 'mine' }, { name: 'pull' }],
      volumes: [secretVolume],
      containers: [
        {
          name: 'main',
          env: [{ name: 'K', valueFrom: { secretKeyRef: { name: 'mine', key: 'k' } } }],
          volumeMounts: [{ name: expect.stringMatching(/^secret-/), mountPath: '/s' }],
        },
      ],
    });
    for (const absent of ['json:', 'json:null']) {
      expect(patchOf(absent)).toEqual({
        imagePullSecrets: [{ name: 'pull' }],
        volumes: [],
        containers: [{ name: 'main', env: [], volumeMounts: [] }],
      });
    }
  });
});

describe('operations on claims', () => {
  const create = (parameters: NonNullable<IrTask['inputs']>['parameters']) => ({
    container: { image: 'argostub/createpvc' },
    task: { inputs: { parameters: parameters! }, cachingOptions: { enableCache: true } },
  });
  const given = { runtimeValue: { constant: 'x' } };

  test('are components that Argo’s executor runs', () => {
    const imported = new Imported(
      documentOf({
        a: create({ pvc_name: given, size: given }),
        b: create({ pvc_name_suffix: given, size: given }),
        c: { container: { image: 'argostub/deletepvc' } },
        d: create({ pvc_name: given, size: given }),
      }),
    );
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((key) => imported.task(key));
    expect([a, b, c].map((each) => each!.component.definition.name)).toEqual([
      'create-kept-claim',
      'create-suffixed-claim',
      'delete-claim',
    ]);
    expect(d!.component).toBe(a!.component);
    expect(a!.component.definition.implementation).not.toHaveProperty('setOwnerReference');
    expect(b!.component.definition.implementation).toMatchObject({
      manifest: {
        metadata: { generateName: { expression: { parts: [{ field: 'name' }, { name: 'pvc_name_suffix' }, '-'] } } },
      },
    });
    expect(a!.kfp).toEqual({ '/task/cachingOptions': { enableCache: true } });
    expect(settingsOf(a!)).toEqual({});
    expect(imported.resources).toEqual(['create-kept-claim', 'create-suffixed-claim', 'delete-claim']);
  });

  test('can be allowed to a runner', () => {
    const imported = new Imported(documentOf({ b: create({ pvc_name_suffix: given, size: given }) }));
    const chart = new Chart(Testing.app(), 'ml', { namespace: 'ml' });
    const runner = new Runner(chart, 'runner');
    runner.allow(imported.task('b').component);
    const pipeline = new Pipeline(chart, 'p', { runner });
    new Task(pipeline, 'b', {
      component: imported.task('b').component,
      inputs: { size: '1Gi', pvc_name_suffix: '-x' },
    });
    const { templates } = synth(chart).find(({ kind }) => kind === 'WorkflowTemplate').spec;
    expect(templates.find(({ resource }: { resource?: object }) => resource).resource.manifest).toMatch(/generateName/);
  });
});

describe('importers', () => {
  const importer = (
    given: Partial<NonNullable<IrExecutor['importer']>>,
    parameters: NonNullable<IrTask['inputs']>['parameters'] = {},
  ) => {
    const executor = {
      importer: {
        artifactUri: { runtimeParameter: 'uri' },
        typeSchema: { schemaTitle: 'system.Dataset', schemaVersion: '0.0.1' },
        ...given,
      },
    };
    return new Imported(documentOf({ imp: { executor, task: { inputs: { parameters } } } })).of(
      'imp',
    ) as ImportedImporter;
  };
  const uri = (constant: string) => ({ uri: { runtimeValue: { constant } } });

  test('take what is at a URI, with the account of the pods where KFP does', () => {
    const made = importer({ reimport: true, metadata: { a: 'b', n: 1 } }, uri('gs://b/k'));
    expect(made.props(inputs({ uri: 'gs://b/k' }))).toEqual({
      uri: 'gs://b/k',
      type: { schemaTitle: 'system.Dataset' },
      metadata: { a: 'b', n: 1 },
      reimport: true,
      credentials: 'identity',
    });
    expect([made.kfp, problemsOf(made)]).toEqual([{}, '']);
    const constant = importer({
      artifactUri: { constant: 'https://x/y' },
      typeSchema: { schemaTitle: 'google.VertexModel', schemaVersion: '0.0.1' },
    });
    expect(constant.props(inputs())).toEqual({ uri: 'https://x/y', type: { schemaTitle: 'google.VertexModel' } });
    const late = importer(
      { metadata: { a: `{{$.inputs.parameters['metadata']}}`, l: [1, `x{{$.inputs.parameters['metadata']}}`] } },
      { uri: { componentInputParameter: 'u' } },
    );
    const { metadata, uri: value } = late.props(inputs({ uri: runFact('name'), metadata: runFact('id') }));
    expect(Value.expressionOf(metadata as Value<never>)).toMatchObject({
      kind: 'dict',
      members: { l: { kind: 'list' } },
    });
    expect(value).toBeInstanceOf(Value);
    expect(problemsOf(late)).toMatchInlineSnapshot(`
"KFP1548 spec.deploymentSpec.executors.exec-imp.importer.artifactUri: the run says where the artifact is: it is fetched where that is in the pipeline’s own repository, and else its tasks get the URI alone
    at pipeline.yaml:1
    mend: write a URI that begins with s3:// or gs:// into the document, or let its tasks fetch it themselves"
`);
  });

  test('tell of what is done otherwise', () => {
    expect(problemsOf(importer({ downloadToWorkspace: true }, uri('oci://registry/model:1')))).toMatchInlineSnapshot(`
"KFP1548 spec.deploymentSpec.executors.exec-imp.importer.artifactUri: the image oci://registry/model:1 is not unpacked: its tasks get the URI alone
    at pipeline.yaml:1
    mend: mount the image in them: volumes: { '/model': Volume.of('image', undefined, { image: { reference: 'registry/model:1' } }) }
KFP1544 spec.deploymentSpec.executors.exec-imp.importer.downloadToWorkspace: nothing is copied to the workspace: each task that reads the artifact fetches it
    at pipeline.yaml:1
    mend: nothing has to be done; a task that copies it there helps where it is large"
`);
    const minio = importer(
      { metadata: { "k{{$.inputs.parameters['m']}}": 1 } },
      { ...uri('minio://mlpipeline/v2/x'), m: { componentInputParameter: 'm' } },
    );
    expect(problemsOf(minio)).toMatchInlineSnapshot(`
"KFP1548 spec.deploymentSpec.executors.exec-imp.importer.artifactUri: minio://mlpipeline/v2/x is taken for an object of S3’s: s3://mlpipeline/v2/x
    at pipeline.yaml:1
    mend: give the pipeline the artifact repository whose bucket that is
KFP1541 spec.deploymentSpec.executors.exec-imp.importer.metadata: the key k{{$.inputs.parameters['m']}} stays as it is, because only the run knows what stands there
    at pipeline.yaml:1
    mend: give it a key that is known"
`);
    expect(minio.props(inputs({ uri: 'minio://mlpipeline/v2/x', m: runFact('id') }))).toMatchObject({
      uri: 's3://mlpipeline/v2/x',
      metadata: { "k{{$.inputs.parameters['m']}}": 1 },
    });
    expect(minio.kfp).toMatchObject({
      '/task/inputs/parameters/uri': { runtimeValue: { constant: 'minio://mlpipeline/v2/x' } },
    });
    expect(
      importer(
        { downloadToWorkspace: true, typeSchema: { schemaTitle: 'a.B', schemaVersion: '1.0.0' } },
        uri('gs://b/k'),
      ).kfp,
    ).toEqual({
      '/executor/importer/downloadToWorkspace': true,
      '/executor/importer/typeSchema': { schemaTitle: 'a.B', schemaVersion: '1.0.0' },
    });
  });
});

describe('what a task hands on to what it starts', () => {
  const component = (fields: readonly { field: string; applyToTask?: boolean }[]) => ({
    inputDefinitions: { parameters: { config: { parameterType: 'TASK_CONFIG', isOptional: true } } },
    taskConfigPassthroughs: fields,
  });
  const container: IrContainer = {
    ...lightweight('def launch(config: dsl.TaskConfig): pass'),
    resources: { resourceCpuLimit: '2', resourceMemoryRequest: `{{$.inputs.parameters['pipelinechannel--m']}}` },
    env: [{ name: 'A', value: 'b' }],
  };
  const config = {
    nodeSelector: { labels: { a: 'b' } },
    tolerations: [{ key: 'k' }],
    pvcMount: [{ constant: 'data', mountPath: '/data', subPath: 's' }],
    emptyDirMounts: [{ volumeName: 'shm', mountPath: '/dev/shm' }],
    nodeAffinity: [{ matchExpressions: [{ key: 'x', operator: 'Exists' }] }],
  };
  const all = [
    'RESOURCES',
    'ENV',
    'KUBERNETES_AFFINITY',
    'KUBERNETES_TOLERATIONS',
    'KUBERNETES_NODE_SELECTOR',
    'KUBERNETES_VOLUMES',
  ];

  test('is not asked of its own pod, unless it is said to be', () => {
    const task = one({ container, config, component: component(all.map((field) => ({ field }))) });
    const values = { 'pipelinechannel--m': '1Gi' };
    expect(settingsOf(task, values)).toEqual({
      volumes: [{ name: 'shm', source: { emptyDir: {} } }],
      mounts: [{ volume: 'shm', path: '/dev/shm' }],
    });
    expect(task.inputs(inputs(values), outer)).toEqual({
      config: {
        resources: { requests: { memory: '1Gi' }, limits: { cpu: '2' } },
        env: [{ name: 'A', value: 'b' }],
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'x', operator: 'Exists' }] }],
            },
          },
        },
        tolerations: [{ key: 'k' }],
        nodeSelector: { a: 'b' },
        volumes: [{ name: 'claim-data', persistentVolumeClaim: { claimName: 'data' } }],
        volumeMounts: [{ name: 'claim-data', mountPath: '/data', subPath: 's' }],
      },
    });
    const both = one({ container, config, component: component(all.map((field) => ({ field, applyToTask: true }))) });
    expect(Object.keys(settingsOf(both, values)).sort()).toEqual([
      'affinity',
      'env',
      'mounts',
      'nodeSelector',
      'resources',
      'tolerations',
      'volumes',
    ]);
    const none = one({ container, config, component: component([]) });
    expect(none.inputs(inputs(values), outer)).toEqual({ config: {} });
    expect(task.component.definition.kfp).toMatchObject({
      '/component/taskConfigPassthroughs': all.map((field) => ({ field })),
    });
  });

  test('goes back into a document, where that can say it', () => {
    const component_ = component([
      { field: 'RESOURCES' },
      { field: 'KUBERNETES_VOLUMES' },
      { field: 'ENV', applyToTask: true },
    ]);
    const parameters = { 'pipelinechannel--m': { componentInputParameter: 'm' } };
    const given = { container, config, component: component_, task: { inputs: { parameters } } };
    expect(one(given).kfp).toEqual({
      '/executor/container/resources': container.resources,
      '/task/inputs/parameters/pipelinechannel--m': { componentInputParameter: 'm' },
      '/platform/pvcMount': config.pvcMount,
    });
    const document = documentOf({ step: given });
    const imports = new ExecutorImports(document, READ, { executor: 'runtime', file: 'p.yaml' });
    const inLoop = ['spec', 'components', 'comp-for-loop-1', 'dag', 'tasks', 'step'];
    const inner = imports.task('comp-step', document.spec.root.dag!.tasks!.step!, inLoop);
    expect(inner.kfp).toEqual({ '/platform/pvcMount': config.pvcMount });
    expect(problemsOf(inner)).toMatchInlineSnapshot(`
"KFP1544 spec.components.comp-for-loop-1.dag.tasks.step: what the task hands on as 'resources' is not part of a document that the pipeline is exported to
    at pipeline.yaml:1
    mend: nothing has to be done where it is not exported"
`);
  });

  test('may be known only when the pipeline runs', () => {
    const task = one({ container, config, component: component([{ field: 'RESOURCES' }]) });
    const { config: value } = task.inputs(inputs({ 'pipelinechannel--m': runFact('name') }), outer);
    expect(Value.expressionOf(value as Value<never>)).toMatchObject({
      kind: 'dict',
      members: {
        resources: {
          kind: 'dict',
          members: { requests: { kind: 'dict' }, limits: { kind: 'literal', value: { cpu: '2' } } },
        },
      },
    });
    const type = `{{$.inputs.parameters['pipelinechannel--t']}}`;
    const accelerator = { resourceType: type, resourceCount: '1' };
    const unknown = one({
      container: { ...container, resources: { accelerator } },
      component: component([{ field: 'RESOURCES' }]),
    });
    expect(problemsOf(unknown)).toMatchInlineSnapshot(`
"KFP1552 spec.deploymentSpec.executors.exec-step.container.resources.accelerator: what the task hands on cannot have accelerators whose type only the run knows
    at pipeline.yaml:1
    mend: name the type of the accelerator"
`);
  });
});

test('what a document says of runs as a whole', () => {
  const config: KubernetesPipelineConfig = {
    workspace: {
      size: '5Gi',
      kubernetes: { pvcSpecPatch: { accessModes: ['ReadWriteMany'], storageClassName: 'fast', volumeMode: 'Block' } },
    },
    resourceTtlOnCompletion: 10,
    resourceTtlOnFailure: 30,
    activeDeadlineSeconds: 60,
  };
  const { props, kfp, problems } = new Imported(documentOf({}, { pipelineConfig: config })).runs;
  expect(props).toEqual({
    workspace: { size: '5Gi', accessModes: ['ReadWriteMany'], storageClass: 'fast' },
    timeout: Duration.seconds(60),
    retention: { after: Duration.seconds(10), afterFailure: Duration.seconds(30) },
  });
  expect(kfp).toEqual({
    '/platform/platforms/kubernetes/pipelineConfig/workspace/kubernetes/pvcSpecPatch/volumeMode': 'Block',
  });
  expect(problems.map((problem) => renderDiagnostic(problem)).join('\n')).toMatchInlineSnapshot(`
"KFP1544 platform.platforms.kubernetes.pipelineConfig.workspace.kubernetes.pvcSpecPatch.volumeMode: the workspace’s claim is made without it, as by KFP
    at pipeline.yaml:1
    mend: leave it out"
`);
  expect(new Imported(documentOf({})).runs).toEqual({ props: {}, kfp: {}, problems: [] });
});

test('what nothing here stands for is kept', () => {
  const document = documentOf({
    step: {
      component: {
        inputDefinitions: {
          artifacts: {
            a: { artifactType: { schemaTitle: 'my.Thing', schemaVersion: '2.0.0' } },
            b: { artifactType: { instanceSchema: 'title: kfp.Dataset\ntype: object\n' } },
            c: { artifactType: { instanceSchema: 'type: object' } },
          },
        },
        singlePlatformSpecs: [{ platform: 'x' }],
      },
      container: { image: 'a', command: ['b'], lifecycle: { preCacheCheck: { command: ['c'] } } } as IrContainer,
    },
  });
  const unknown = [
    { path: ['spec', 'components', 'comp-step', 'inputDefinitions', 'new/field'], value: 1 },
    { path: ['spec', 'components', 'comp-step', 'dag', 'x'], value: 2 },
  ];
  const task = new Imported(document, 'runtime', unknown).task('step');
  const { inputs: ports, kfp } = task.component.definition;
  expect(Object.values(ports).map((port) => port.type)).toEqual(['my.Thing', 'system.Dataset', 'system.Artifact']);
  expect(kfp).toEqual({
    '/component/inputDefinitions/artifacts/a/artifactType': { schemaTitle: 'my.Thing', schemaVersion: '2.0.0' },
    '/component/inputDefinitions/artifacts/b/artifactType': { instanceSchema: 'title: kfp.Dataset\ntype: object\n' },
    '/component/inputDefinitions/artifacts/c/artifactType': { instanceSchema: 'type: object' },
    '/component/singlePlatformSpecs': [{ platform: 'x' }],
    '/component/inputDefinitions/new~1field': 1,
  });
  expect(task.kfp).toEqual({ '/executor/container/lifecycle': { preCacheCheck: { command: ['c'] } } });
});
