import * as fs from 'node:fs';
import * as path from 'node:path';
import { shippedFile } from '../components/shipped-texts';
import { contentHash } from '../graph/content-hash';
import { kebab } from '../graph/names';

/** An immutable ConfigMap whose name changes with its content. */
export interface SourceConfigMap {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

/**
 * The annotations of what others still refer to when the app no longer holds it. Runs in progress, and runs started again
 * later, need the ConfigMap that their template named: it must not be pruned then, nor be reported as left over.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 */
export const KEPT = {
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
  return [name, contentHash({ file }).slice(0, 4)].filter(Boolean).join('-');
}

/** The volume that holds a Python file's components. */
export function volumeNameOf(file: string): string {
  return `source-${nameOf(file)}`;
}

/** The ConfigMap of a Python file: one key for each of its components, and one for each of their notebooks. */
export function sourceConfigMap(file: string, functions: Readonly<Record<string, string>>): SourceConfigMap {
  const keys = Object.keys(functions).sort();
  const data = Object.fromEntries(keys.map((name) => [shippedFile(name), functions[name]!]));
  return {
    name: `${nameOf(file)}-${contentHash(data)}`,
    labels: { 'cdk8s-kfp/source': nameOf(file) },
    annotations: { ...KEPT },
    data,
  };
}

/** The runtime, as it ships: keys and texts, the paths of the keys, and the ConfigMap's name. Read and hashed once. */
interface Runtime {
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
  readonly items: readonly { readonly key: string; readonly path: string }[];
}

let runtime: Runtime | undefined;

function readRuntime(): Runtime {
  if (!runtime) {
    const folder = path.join(__dirname, '..', 'runtime');
    // A ConfigMap's key holds no slash.
    const items = pythonFiles(folder, '').map((file) => ({ key: file.replaceAll('/', '.'), path: file }));
    const data = Object.fromEntries(
      items.map((item) => [item.key, fs.readFileSync(path.join(folder, item.path), 'utf8')]),
    );
    runtime = { name: `kfp-runtime-${contentHash(data)}`, data, items };
  }
  return runtime;
}

/** The ConfigMap of the runtime that runs Python components: one key for each of its files. */
export function runtimeConfigMap(): SourceConfigMap {
  const { name, data } = readRuntime();
  return { name, labels: { 'cdk8s-kfp/source': 'runtime' }, annotations: { ...KEPT }, data };
}

/** Where the volume puts the runtime's keys: files of packages go into their folders again. */
export function runtimeItems(): { readonly key: string; readonly path: string }[] {
  return readRuntime().items.map((item) => ({ ...item }));
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
