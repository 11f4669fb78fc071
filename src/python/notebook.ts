import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, normaliseText } from './source-text';

/** A notebook that a component runs, as its bindings know it. */
export interface NotebookBinding {
  /** The notebook, as a path from the project's root, with forward slashes. */
  readonly file: string;
  /** The digest that what ships of it had when the bindings were written. */
  readonly digest: string;
}

/** Why a notebook cannot ship: what a diagnostic says besides its place. */
export class NotebookProblem extends Error {
  public constructor(
    public readonly code: string,
    message: string,
    public readonly mend: string,
  ) {
    super(message);
  }
}

/** What `notebook_path` leads to. */
export interface FoundNotebook {
  readonly file: string;
  /** Files beside it in its folder, where the folder was named: KFP would ship them. */
  readonly others: readonly string[];
}

const SUFFIX = /\.ipynb$/i;
/** What Jupyter and Python leave behind, and what nobody means to ship. */
const IGNORED = /(^|[\\/])(\.[^\\/]*|__pycache__)([\\/]|$)/;

/**
 * The notebook at a path: the file itself, or the only one in a folder and those below it.
 *
 * @throws NotebookProblem
 */
export function findNotebook(path: string): FoundNotebook {
  const isFolder = onDisk(path, () => statSync(path, { throwIfNoEntry: false })?.isDirectory());
  if (isFolder === undefined) {
    const mend =
      'a notebook_path begins in the folder of its Python file; with os.path.dirname(__file__) it does in KFP too';
    throw new NotebookProblem('KFP1150', `there is no ${path}`, mend);
  }
  if (!isFolder) {
    if (SUFFIX.test(path)) return { file: path, others: [] };
    throw new NotebookProblem('KFP1150', `${path} is no .ipynb file`, 'name a notebook, or a folder that holds one');
  }
  const files = onDisk(path, () =>
    readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => !IGNORED.test(name) && statSync(join(path, name), { throwIfNoEntry: false })?.isFile())
      .sort(),
  );
  const [notebook, ...more] = files.filter((name) => SUFFIX.test(name));
  if (notebook === undefined || more.length > 0) {
    const held = notebook === undefined ? 'no notebook' : `several notebooks: ${listed([notebook, ...more])}`;
    throw new NotebookProblem('KFP1150', `the folder ${path} holds ${held}`, 'name the notebook itself');
  }
  return { file: join(path, notebook), others: files.filter((name) => name !== notebook) };
}

/** Some names, not too many of them. */
export function listed(names: readonly string[]): string {
  return [...names.slice(0, 3), ...(names.length > 3 ? ['…'] : [])].join(', ');
}

/** What ships of a notebook. */
export interface NotebookText {
  /** The notebook as JSON, a line of source on a line of its own. */
  readonly text: string;
  readonly digest: string;
}

/**
 * What ships of a notebook: the cells' kinds, sources and tags. Outputs, counts and what else a run or an editor leaves in
 * the file do not, so that running a notebook changes neither a manifest nor bindings.
 *
 * @throws NotebookProblem where it cannot be read, or is not a notebook in Python
 */
export function readNotebook(file: string): NotebookText {
  const text = shippedText(file, parse(file));
  return { text, digest: digestOf(text) };
}

type Members = Readonly<Record<string, unknown>>;

function parse(file: string): Members {
  const text = onDisk(file, () => normaliseText(readFileSync(file, 'utf8')));
  try {
    return membersOf(JSON.parse(withoutNaN(text)));
  } catch (error) {
    throw new NotebookProblem('KFP1151', `${file} is not JSON: ${(error as Error).message}`, 'save it from Jupyter');
  }
}

function onDisk<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    const mend = 'make it readable; where it was moved, import its Python file again';
    throw new NotebookProblem('KFP1102', `cannot read the notebook ${path}: ${reason}`, mend);
  }
}

/** Python writes the numbers that JSON lacks, which outputs may hold, as words. */
function withoutNaN(text: string): string {
  if (!/\b(NaN|Infinity)\b/.test(text)) return text;
  let inString = false;
  return text.replace(/\\.|"|-?\b(?:NaN|Infinity)\b/gs, (token) => {
    if (token === '"') inString = !inString;
    return inString || token === '"' ? token : 'null';
  });
}

const CELL_TYPES = ['code', 'markdown', 'raw'];

function shippedText(file: string, notebook: Members): string {
  const { nbformat, cells } = notebook;
  if (typeof nbformat === 'number' && nbformat !== 4) {
    const message = `${file} has notebook format ${nbformat}, and format 4 is what runs`;
    throw new NotebookProblem('KFP1151', message, 'open it in Jupyter and save it');
  }
  if (nbformat === undefined || !Array.isArray(cells) || !cells.map(membersOf).every(isCell)) {
    throw new NotebookProblem('KFP1151', `${file} is no Jupyter notebook`, 'save it from Jupyter');
  }
  const { kernelspec, language_info } = membersOf(notebook.metadata);
  const language = membersOf(kernelspec).language ?? membersOf(language_info).name ?? 'python';
  if (String(language).toLowerCase() !== 'python') {
    throw new NotebookProblem('KFP1151', `${file} is in ${language}, and Python is what runs it`, 'write it in Python');
  }
  // Cells of format 4.5 have ids, which are for editors.
  const shipped = { cells: cells.map(shippedCell), metadata: {}, nbformat: 4, nbformat_minor: 4 };
  return `${escapeUnprintable(JSON.stringify(shipped, undefined, 1))}\n`;
}

function isCell({ cell_type, source }: Members): boolean {
  return CELL_TYPES.includes(cell_type as string) && textOf(source) !== undefined;
}

function shippedCell({ cell_type, metadata, source }: Members) {
  const { tags } = membersOf(metadata);
  return {
    cell_type,
    metadata: Array.isArray(tags) && tags.length > 0 ? { tags } : {},
    source: textOf(source)!.match(/[^\n]*\n|[^\n]+$/g) ?? [],
    ...(cell_type === 'code' && { execution_count: null, outputs: [] }),
  };
}

/** A text of a notebook: a string, or its lines; undefined where it is neither. */
function textOf(source: unknown): string | undefined {
  const lines = Array.isArray(source) ? source : [source];
  return lines.every((line) => typeof line === 'string') ? lines.join('') : undefined;
}

function membersOf(value: unknown): Members {
  return value !== null && typeof value === 'object' ? (value as Members) : {};
}

/** What YAML cannot hold, in a manifest, as JSON's escapes. */
function escapeUnprintable(json: string): string {
  return json.replace(
    /[\x7f-\x9f\u2028\u2029\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
