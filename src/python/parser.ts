import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { ComponentDefinition, Json, PythonImplementation } from '../components/definition';
import type { Diagnostic } from '../diagnostic';
import { findNotebook, listed, type NotebookBinding, NotebookProblem, readNotebook } from './notebook';
import { digestOf, type LineSpan, normaliseText } from './source-text';

/** A component as it stands in a Python file: its definition, and where its source is. */
export interface ParsedComponent extends Omit<ComponentDefinition, 'implementation'> {
  readonly implementation: Omit<PythonImplementation, 'source' | 'notebook'> & { readonly notebook?: NotebookBinding };
  /** The lines that ship: helpers first, then the function from its `def`. */
  readonly sources: readonly LineSpan[];
  /** The Python defaults that JSON can hold, by input. */
  readonly defaults: Readonly<Record<string, Json>>;
  /** The input parameters that may be None. */
  readonly nullable: readonly string[];
}

/** A diagnostic about a Python file. */
export interface PythonDiagnostic extends Diagnostic {
  /** The component that it is about; absent where it is about the whole file. */
  readonly function?: string;
}

/** One Python file, read. */
export interface ParsedFile {
  /** Its path from the working directory, with forward slashes. */
  readonly name: string;
  /** The digest of its text; absent where it could not be read. */
  readonly digest?: string;
  /** The components without errors, in source order. */
  readonly components: readonly ParsedComponent[];
  readonly diagnostics: readonly PythonDiagnostic[];
}

/** A Python file as Python reads it, which leaves the notebooks to be looked at. */
interface RawFile extends ParsedFile {
  /** For each notebook: whose it is, its path, and where in the Python file that stands. */
  readonly notebooks?: readonly { readonly function: string; readonly path: string; readonly at: string }[];
}

/** Several Python files, read. */
export interface ParseResult {
  /** In the order in which they were given. */
  readonly files: readonly ParsedFile[];
  /** The components of all files. */
  readonly components: readonly ParsedComponent[];
  /** What is wrong in all files. */
  readonly diagnostics: readonly PythonDiagnostic[];
}

const SCRIPT = join(__dirname, 'parse_components.py');

/** The environment variable that names another interpreter than `python3`. */
const INTERPRETER = 'CDK8S_KFP_PYTHON';

/** Files that were read before, by name, with the digest they had. */
const cache = new Map<string, RawFile>();

/**
 * Reads the components of Python files, without running the files. One Python process reads all that are not known from
 * an earlier call of this process.
 *
 * The interpreter is `python3`, or what the environment variable `CDK8S_KFP_PYTHON` names: any Python from 3.8 on that
 * knows the syntax of the files.
 *
 * @param files paths, from the working directory
 * @returns components and everything that is wrong, of all files; nothing is thrown
 */
export function parsePythonFiles(files: readonly string[]): ParseResult {
  const names = files.map(displayName);
  const known = new Map(names.map((name) => [name, cached(name)] as const));
  const unknown = [...known].filter(([, parsed]) => !parsed).map(([name]) => name);
  for (const parsed of unknown.length > 0 ? runPython(unknown) : []) {
    known.set(parsed.name, parsed);
    if (parsed.digest !== undefined) cache.set(cacheKey(parsed.name), parsed);
  }
  const parsed = names.flatMap((name) => known.get(name) ?? []).map(withNotebooks);
  return {
    files: parsed,
    components: parsed.flatMap((file) => file.components),
    diagnostics: parsed.flatMap((file) => file.diagnostics),
  };
}

/** How a file is named everywhere: its path from the working directory, with forward slashes. */
export function displayName(file: string): string {
  return relative(process.cwd(), resolve(file)).split(sep).join('/');
}

function interpreter(): string {
  return process.env[INTERPRETER] || 'python3';
}

/** Names are relative, and interpreters read different syntax. */
function cacheKey(name: string): string {
  return JSON.stringify([interpreter(), process.cwd(), name]);
}

/** Notebooks change without their Python files, so they are read each time. */
function withNotebooks({ notebooks = [], ...parsed }: RawFile): ParsedFile {
  const found = new Map<string, NotebookBinding>();
  const diagnostics: PythonDiagnostic[] = [];
  for (const { function: name, path, at } of notebooks) {
    try {
      const place = displayName(path) || '.';
      const { file, others } = findNotebook(place);
      found.set(name, { file: displayName(file), digest: readNotebook(file).digest });
      if (others.length > 0) diagnostics.push({ ...lonely(place, others), at, function: name });
    } catch (error) {
      if (!(error instanceof NotebookProblem)) throw error;
      const { code, message, mend } = error;
      diagnostics.push({ code, at, message, mend, function: name });
    }
  }
  const needed = new Set(notebooks.map((notebook) => notebook.function));
  const components = parsed.components.flatMap((component): ParsedComponent[] => {
    const notebook = found.get(component.name);
    if (!notebook) return needed.has(component.name) ? [] : [component];
    return [{ ...component, implementation: { ...component.implementation, notebook } }];
  });
  return { ...parsed, components, diagnostics: [...parsed.diagnostics, ...diagnostics] };
}

function lonely(folder: string, others: readonly string[]): Diagnostic {
  return {
    code: 'KFP1152',
    severity: 'warning',
    message: `only the notebook of ${folder} ships, not ${listed(others)}`,
    mend: 'name the notebook itself; put modules into an image or a package, and give data to the task as an artifact',
  };
}

function cached(name: string): RawFile | undefined {
  const parsed = cache.get(cacheKey(name));
  if (!parsed) return undefined;
  try {
    return digestOf(normaliseText(readFileSync(name, 'utf8'))) === parsed.digest ? parsed : undefined;
  } catch {
    return undefined; // Python says why it cannot be read
  }
}

function runPython(names: readonly string[]): readonly RawFile[] {
  const python = interpreter();
  const process = spawnSync(python, ['-I', '-S', SCRIPT], {
    input: JSON.stringify(names.map((name) => ({ path: resolve(name), name }))),
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
    windowsHide: true,
  });
  if (!process.error && process.status === 0) return JSON.parse(process.stdout) as RawFile[];
  const reason = process.error
    ? process.error.message
    : process.stderr.trim().split('\n').at(-1) || `it ended with ${process.status ?? process.signal}`;
  const problem: Diagnostic = {
    code: 'KFP1100',
    message: `Python files cannot be read: ${python} does not work here: ${reason}`,
    mend: `install Python 3.8 or newer as python3, or set ${INTERPRETER} to its path`,
  };
  return names.map((name, index) => ({ name, components: [], diagnostics: index === 0 ? [problem] : [] }));
}
