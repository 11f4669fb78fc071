import * as fs from 'node:fs';
import * as path from 'node:path';
import { generateBindings } from '../../src/python/bindings';
import { parsePythonFiles } from '../../src/python/parser';

/** Components in a file: a file of a hundred is already an unusual one. */
const PER_FILE = 100;

/**
 * Writes a TypeScript project of this many components, in bindings as `cdk8s-kfp import` writes them, and as many tasks,
 * each of which reads an output of the one before.
 *
 * @param library the library's root, from which types are taken
 */
export function generateProject(folder: string, components: number, library: string): void {
  fs.mkdirSync(folder, { recursive: true });
  const files = Math.ceil(components / PER_FILE);
  for (let file = 0; file < files; file++) {
    const count = Math.min(PER_FILE, components - file * PER_FILE);
    const python = path.join(folder, `steps_${file}.py`);
    fs.writeFileSync(python, pythonFile(file * PER_FILE, count));
    const [parsed] = parsePythonFiles([python]).files;
    fs.writeFileSync(path.join(folder, `steps_${file}.ts`), generateBindings(`steps_${file}.py`, parsed!));
  }
  fs.writeFileSync(path.join(folder, 'app.ts'), app(components));
  fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(tsconfig(library), undefined, 2));
}

function pythonFile(first: number, count: number): string {
  const functions = Array.from({ length: count }, (_, index) => {
    const n = first + index;
    return `

@dsl.component(base_image="python:3.11-slim")
def step_${n}(data: Input[Dataset], rate: float, name: str, model: Output[Model], out: Output[Dataset], epochs: int = 3) -> float:
    """Step ${n}.

    Args:
        data: What the step before made.
        rate: How fast to learn.
        epochs: How often.
    """
    return rate
`;
  });
  return `from kfp import dsl\nfrom kfp.dsl import Dataset, Input, Model, Output\n${functions.join('')}`;
}

function app(components: number): string {
  const numbers = Array.from({ length: components }, (_, index) => index);
  const files = [...new Set(numbers.map((n) => Math.floor(n / PER_FILE)))];
  const imports = files.map((file) => {
    const names = numbers.filter((n) => Math.floor(n / PER_FILE) === file).map((n) => `step${n}`);
    return `import { ${names.join(', ')} } from './steps_${file}';`;
  });
  const tasks = numbers.map((n) => {
    const data = n === 0 ? 'first.outputs.data' : `task${n - 1}.outputs.out`;
    return `const task${n} = new Task(pipeline, 'task-${n}', { component: step${n}, inputs: { data: ${data}, rate, name: 'n${n}' } });`;
  });
  return `import { App, Chart } from 'cdk8s';
import { ContainerComponent, Dataset, float, Pipeline, Task } from 'cdk8s-kfp';
${imports.join('\n')}

const pipeline = new Pipeline(new Chart(new App(), 'c'), 'p', { parameters: { rate: float(0.1) } });
const { rate } = pipeline.parameters;
const source = new ContainerComponent({ name: 'source', image: 'busybox:1.37', outputs: { data: Dataset }, command: ['true'] });
const first = new Task(pipeline, 'first', { component: source });
${tasks.join('\n')}
export const last = task${components - 1};
`;
}

function tsconfig(library: string) {
  const module = (...parts: string[]) => [path.join(library, ...parts)];
  return {
    compilerOptions: {
      target: 'es2022',
      module: 'node16',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
      paths: {
        'cdk8s-kfp': module('lib', 'index.d.ts'),
        cdk8s: module('node_modules', 'cdk8s'),
        constructs: module('node_modules', 'constructs'),
      },
    },
    include: ['*.ts'],
  };
}
