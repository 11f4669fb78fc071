import type { Construct } from 'constructs';

/** Per app, the backends by the namespaces that they run workflows in. */
const BACKENDS = new WeakMap<Construct, Map<string, string>>();

/** Every namespace. */
export const CLUSTER = '*';

/**
 * Takes the namespaces that a backend's controller runs workflows in.
 *
 * @param wanted one of them, or {@link CLUSTER}
 * @returns the path of another backend that has taken some of them; undefined where none has
 */
export function takeNamespaces(backend: Construct, wanted: string): string | undefined {
  const root = backend.node.root as Construct;
  const taken = BACKENDS.get(root) ?? new Map<string, string>();
  BACKENDS.set(root, taken);
  const [any] = taken.values();
  const other = taken.get(wanted) ?? taken.get(CLUSTER) ?? (wanted === CLUSTER ? any : undefined);
  taken.set(wanted, other ?? backend.node.path);
  return other;
}

/** That another backend works on the same namespace. */
export function takenBy(other: string) {
  return {
    code: 'KFP1702',
    message: `'${other}' runs workflows of the same namespace: two controllers would work on each`,
    mend: 'keep one of them, or give each a namespace of its own: by its chart, or by `scope` of an ArgoBackend',
  };
}
