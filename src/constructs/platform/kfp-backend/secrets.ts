import type { ISecretReference } from '../secret-reference';
import type { KfpSettings } from './settings';

/** The keys of Secrets that must exist, each once: what is among the objects, or made by cert-manager, is not among them. */
export function secretsOf({ parity, database, store }: KfpSettings): readonly ISecretReference[] {
  if (parity) return [];
  const { username, password } = database;
  const all = [
    ...(typeof username === 'string' ? [] : [username]),
    password,
    ...(store.keys ? [store.keys.accessKey, store.keys.secretKey] : []),
    ...(store.googleKey ? [store.googleKey] : []),
  ];
  return [...new Map(all.map((each) => [`${each.name}/${each.key}`, each])).values()];
}
