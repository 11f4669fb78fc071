import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Diagnostic, DiagnosticsError } from '../diagnostic';
import { writeAll } from '../write-all';
import { generateBindings, generateYamlBindings } from './bindings';
import { displayName, parsePythonFiles } from './parser';

/** The bindings of one file of components, as they should be. */
export interface BindingFile {
  /** The file: Python, or YAML of a component. */
  readonly source: string;
  /** The TypeScript file, from the working directory, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** The names of the components in it. */
  readonly components: readonly string[];
}

/** The bindings of some Python files, and what is noteworthy about these. */
export interface BindingPlan {
  readonly bindings: readonly BindingFile[];
  readonly warnings: readonly Diagnostic[];
}

/**
 * What the bindings of some files should be; writes nothing.
 *
 * @param files Python files, and YAML of components, from the working directory
 * @param output folder of the bindings
 * @throws DiagnosticsError with everything that is wrong in all files
 */
export function planBindings(files: readonly string[], output: string): BindingPlan {
  const unprintable = files.map(displayName).filter((name) => UNPRINTABLE.test(name));
  if (unprintable.length > 0) throw new DiagnosticsError(unprintable.map(unprintableName));
  const distinct = [...new Map(files.map((file) => [displayName(file), file])).values()];
  const yaml = distinct.filter(isYaml).map((file) => yamlBinding(displayName(file), output));
  const python = distinct.filter((file) => !isYaml(file));
  const parsed = python.length > 0 ? parsePythonFiles(python) : { files: [], components: [], diagnostics: [] };
  const bindings = [
    ...parsed.files.map((file) => ({
      source: file.name,
      path: pathOf(file.name, output),
      text: generateBindings(file.name, file),
      components: file.components.map(({ name }) => name),
    })),
    ...yaml.flatMap(({ binding }) => binding ?? []),
  ];
  const found = [
    ...yaml.flatMap(({ problems }) => problems),
    ...parsed.diagnostics,
    ...parsed.files
      .filter(({ components, diagnostics }) => components.length === 0 && !diagnostics.some(isError))
      .map(({ name }) => emptyFile(name)),
    ...sharedPaths(bindings),
    ...bindings.flatMap(takenPath),
  ];
  if (parsed.diagnostics.some(isError) || found.some(isError)) throw new DiagnosticsError(found);
  return { bindings, warnings: found };
}

function isYaml(file: string): boolean {
  return /\.ya?ml$/i.test(file);
}

function pathOf(source: string, output: string): string {
  return displayName(join(output, `${basename(source).replace(/\.(py|ya?ml)$/i, '')}.ts`));
}

/** The bindings of a component in YAML; none where it cannot be used. */
function yamlBinding(
  source: string,
  output: string,
): { readonly binding?: BindingFile; readonly problems: readonly Diagnostic[] } {
  const { readComponentFile } = require('../components/yaml-reader') as typeof import('../components/yaml-reader');
  const { definition, problems, digest } = readComponentFile(source);
  if (!definition) return { problems };
  const text = generateYamlBindings(source, definition, digest!);
  return { binding: { source, path: pathOf(source, output), text, components: [definition.name] }, problems };
}

/** The bindings among these that are missing on disk or differ from what is there, as diagnostics. */
export function staleBindings(bindings: readonly BindingFile[]): readonly Diagnostic[] {
  return bindings.flatMap(({ source, path, text }) => {
    const present = readIfPresent(path);
    if (present?.replace(/\r\n/g, '\n') === text) return [];
    const message =
      present === undefined ? `${path}, the bindings of ${source}, is missing` : `${path} is not what ${source} gives`;
    const folder = dirname(path) === 'imports' ? '' : ` --output ${dirname(path)}`;
    return [{ code: 'KFP1108', at: path, message, mend: `run \`npx cdk8s-kfp import ${source}${folder}\`` }];
  });
}

/**
 * Writes bindings: all of them, or none where one cannot be written.
 *
 * @throws DiagnosticsError where one cannot be written
 */
export function writeBindings(bindings: readonly BindingFile[]): void {
  writeAll(bindings, unwritable);
}

function unwritable(path: string, { message }: NodeJS.ErrnoException): Diagnostic {
  return {
    code: 'KFP1145',
    at: path,
    message: `the bindings ${path} cannot be written: ${message.split(',')[0]}`,
    mend: 'remove what is in the way, or name another folder with --output; no bindings were changed',
  };
}

function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity !== 'warning';
}

function emptyFile(name: string): Diagnostic {
  const mend = 'decorate functions with @dsl.component, or leave the file out';
  return { code: 'KFP1105', at: name, message: `${name} has no component`, mend };
}

/** Characters that end a line, or that no editor shows: what is generated names the file in comments. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

function unprintableName(name: string): Diagnostic {
  return {
    code: 'KFP1146',
    at: JSON.stringify(name),
    message: `the path ${JSON.stringify(name)} holds a control character`,
    mend: 'rename the file or its folder',
  };
}

/** Two files whose bindings would be one file; letter case does not tell files apart everywhere. */
function sharedPaths(bindings: readonly BindingFile[]): readonly Diagnostic[] {
  const first = new Map<string, BindingFile>();
  return bindings.flatMap((binding) => {
    const other = first.get(binding.path.toLowerCase());
    if (!other) {
      first.set(binding.path.toLowerCase(), binding);
      return [];
    }
    const message = `${binding.source} and ${other.source} would both write ${binding.path}`;
    return [{ code: 'KFP1107', at: binding.source, message, mend: 'rename one, or import it into another --output' }];
  });
}

/** Bindings that would replace those of another file, which is still there: what was renamed or moved is not. */
function takenPath({ source, path }: BindingFile): readonly Diagnostic[] {
  const [, other] = HEADER.exec(readIfPresent(path) ?? '') ?? [];
  if (other === undefined || other === source || !existsSync(other)) return [];
  const message = `${source} would write ${path}, which holds the bindings of ${other}`;
  const mend = `rename one, import it into another --output, or remove ${path}`;
  return [{ code: 'KFP1107', at: source, message, mend }];
}

/** What bindings say of their file, in their first line. */
const HEADER = /^\/\/ Written by `cdk8s-kfp import (.*)`\. Do not edit/;

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
