import type { Construct } from 'constructs';
import { factsOf, type PlatformFacts } from '../facts';

/** Every namespace. */
export const CLUSTER = '*';

/**
 * Takes the namespaces that a backend's controller runs workflows in.
 *
 * @param wanted one of them, or {@link CLUSTER}
 * @returns the path of another backend that has taken some of them; undefined where none has
 */
export function takeNamespaces(backend: Construct, wanted: string): string | undefined {
  const { engines } = factsOf(backend);
  const [any] = engines.values();
  const other = engines.get(wanted) ?? engines.get(CLUSTER) ?? (wanted === CLUSTER ? any : undefined);
  engines.set(wanted, other ?? backend.node.path);
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

/** That there are backends in the app, and none of them runs workflows of a namespace; it may have Argo of somebody else's. */
export function unserved(namespace: string | undefined, { engines }: PlatformFacts) {
  if (namespace === undefined || engines.size === 0 || engines.has(namespace) || engines.has(CLUSTER)) return [];
  const others = [...engines].map(([where, path]) => `'${path}' does in '${where}'`);
  return [
    {
      code: 'KFP1728',
      severity: 'warning' as const,
      message: `no backend of the app runs workflows in the namespace '${namespace}': ${others.join(', ')}`,
      mend: `give the backend \`scope: { managedNamespace: '${namespace}' }\`, or 'cluster'; or see that Argo is there`,
    },
  ];
}
