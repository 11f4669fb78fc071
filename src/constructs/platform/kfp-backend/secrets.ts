import { databaseSecrets } from '../database';
import { storeSecrets } from '../object-store';
import { distinctSecrets, type ISecretReference } from '../secret-reference';
import type { KfpSettings } from './settings';

/** The keys of Secrets that must exist, each once: what is among the objects, or made by cert-manager, is not among them. */
export function secretsOf({
  props: { database, objectStore },
  store: { keys },
}: KfpSettings): readonly ISecretReference[] {
  const all = [
    ...(database ? databaseSecrets(database) : []),
    ...(objectStore ? storeSecrets(objectStore) : []),
    // Those of Google's store are not the credentials of runs.
    ...(objectStore && keys ? [keys.accessKey, keys.secretKey] : []),
  ];
  return distinctSecrets(all);
}
