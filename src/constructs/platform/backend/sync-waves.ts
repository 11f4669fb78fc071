import type { Construct } from 'constructs';
import { Manifest } from '../../manifest';

/**
 * What tells Argo CD when to apply an object: it goes on to the next wave when all objects of one are well. What says nothing, such as
 * most of what is not ours, is in wave 0.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
export const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';

const WAVES = {
  definitions: -2,
  namespaces: -1,
  /** Accounts, rights, configuration, and what people make themselves: Secrets above all. */
  rest: 0,
  certificates: 1,
  stores: 2,
  programs: 3,
  /** They ask the API server, and refuse what it does not answer for. */
  webhooks: 4,
  /** What some program of the backend works on: before it, none of these gets well. */
  work: 5,
  /** What is refused where the work that it belongs to is not there yet, and what nothing may wait for. */
  last: 6,
} as const;

const KINDS: Readonly<Record<string, keyof typeof WAVES>> = {
  CustomResourceDefinition: 'definitions',
  Namespace: 'namespaces',
  Issuer: 'certificates',
  Certificate: 'certificates',
  // A claim can wait for its first pod: it comes with its store, and not before.
  PersistentVolumeClaim: 'stores',
  Job: 'stores',
  Deployment: 'programs',
  StatefulSet: 'programs',
  MutatingWebhookConfiguration: 'webhooks',
  ValidatingWebhookConfiguration: 'webhooks',
  // They are well when they have an address, which some never get: nothing may wait for it.
  Ingress: 'last',
  HTTPRoute: 'last',
};

/** Stores of ours, which programs need. */
const STORE = /^try-out-/;

/** Apps with a backend whose objects are in order. */
const ORDERED = new WeakSet<Construct>();

/** The wave of an object of a backend's. */
export function waveOf(kind: string, name: string): number {
  const group = Object.hasOwn(KINDS, kind) ? KINDS[kind]! : 'rest';
  return WAVES[group === 'programs' && STORE.test(name) ? 'stores' : group];
}

/** Says of each object of a backend when Argo CD applies it, where nothing else is said of it. */
export function orderObjects(backend: Construct): void {
  ORDERED.add(backend.node.root as Construct);
  for (const each of backend.node.findAll()) {
    if (!(each instanceof Manifest) || each.metadata.toJson().annotations?.[SYNC_WAVE] !== undefined) continue;
    const wave = waveOf(each.kind, each.name);
    if (wave !== WAVES.rest) each.metadata.addAnnotation(SYNC_WAVE, String(wave));
  }
}

/**
 * Annotations of what is no backend's and gets well by its programs alone: runs, and claims that wait for their first run. An app that
 * applied them first would wait for ever; one without a backend says nothing of it.
 *
 * @see https://github.com/argoproj/argo-cd/issues/12840
 * @param wave `'last'` for what is refused where the work that it belongs to is not there yet
 */
export function afterBackend(construct: Construct, wave: 'work' | 'last' = 'work'): Record<string, string> {
  return ORDERED.has(construct.node.root as Construct) ? { [SYNC_WAVE]: String(WAVES[wave]) } : {};
}
