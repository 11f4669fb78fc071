import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { kebab } from '../graph/names';

/** An immutable ConfigMap whose name changes with its content. */
export interface SourceConfigMap {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

/**
 * Runs in progress, and runs started again later, need the ConfigMap that their template named: it must not be pruned
 * when the app no longer holds it, nor be reported as left over.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 */
const KEPT = {
  'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
  'argocd.argoproj.io/sync-options': 'Prune=false',
};

/**
 * Enough of a file's path for a person to know it by, with room for a hash in a DNS label. Where the name would not be the
 * path alone, because characters were changed or cut off, a hash of the path keeps it apart from other files' names.
 */
function nameOf(file: string): string {
  const stem = file.replace(/\.py$/, '');
  const name = kebab(stem).slice(-40).replace(/^-+/, '');
  if (name === stem.replaceAll('/', '-') && !stem.includes('-')) return name;
  return [name, hash({ file }).slice(0, 4)].filter(Boolean).join('-');
}

/** The volume that holds a Python file's components. */
export function volumeNameOf(file: string): string {
  return `source-${nameOf(file)}`;
}

/** The ConfigMap of a Python file: one key for each of its components. */
export function sourceConfigMap(file: string, functions: Readonly<Record<string, string>>): SourceConfigMap {
  const keys = Object.keys(functions).sort();
  const data = Object.fromEntries(keys.map((name) => [`${name}.py`, functions[name]!]));
  return {
    name: `${nameOf(file)}-${hash(data)}`,
    labels: { 'cdk8s-kfp/source': nameOf(file) },
    annotations: { ...KEPT },
    data,
  };
}

/** The runtime's files, by path below its folder, with forward slashes. Read once. */
let runtimeFiles: ReadonlyMap<string, string> | undefined;

function readRuntime(): ReadonlyMap<string, string> {
  const folder = path.join(__dirname, '..', 'runtime');
  runtimeFiles ??= new Map(
    pythonFiles(folder, '').map((file) => [file, fs.readFileSync(path.join(folder, file), 'utf8')]),
  );
  return runtimeFiles;
}

/** The ConfigMap of the runtime that runs Python components: one key for each of its files. */
export function runtimeConfigMap(): SourceConfigMap {
  const data = Object.fromEntries([...readRuntime()].map(([file, text]) => [runtimeKey(file), text]));
  return {
    name: `kfp-runtime-${hash(data)}`,
    labels: { 'cdk8s-kfp/source': 'runtime' },
    annotations: { ...KEPT },
    data,
  };
}

/** Where the volume puts the runtime's keys: files of packages go into their folders again. */
export function runtimeItems(): { readonly key: string; readonly path: string }[] {
  return [...readRuntime().keys()].map((file) => ({ key: runtimeKey(file), path: file }));
}

/** A ConfigMap's key holds no slash. */
function runtimeKey(file: string): string {
  return file.replaceAll('/', '.');
}

function pythonFiles(folder: string, prefix: string): string[] {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) return pythonFiles(path.join(folder, entry.name), `${prefix}${entry.name}/`);
      return entry.name.endsWith('.py') ? [prefix + entry.name] : [];
    });
}

function hash(data: Readonly<Record<string, string>>): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 8);
}
