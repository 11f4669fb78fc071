import type { KindsOf } from './kinds';

/** Where credentials may stand in an object store, and those that each has. */
const OF_STORES = {
  credentials: ['accessKey', 'secretKey', 'sessionToken', 'serviceAccountKey', 'accountKey'],
  hmac: ['accessKey', 'secretKey'],
  gateway: ['accessKey', 'secretKey'],
} as const;

/**
 * That credentials of an object store are keys of Secrets. Who gives one itself is told where it stands, and nobody what it is.
 *
 * @param place where the store stands among the props
 */
export function storeCredentialKinds(place: string, store: unknown): KindsOf[] {
  return Object.entries(OF_STORES).flatMap(([prop, names]) => {
    const given = (Object(store) as Readonly<Record<string, unknown>>)[prop];
    if (typeof given !== 'object' || given === null) return [];
    const kinds = Object.fromEntries(names.map((name) => [name, 'a key of a Secret, { secret, key }' as const]));
    return [{ props: given, kinds, place: `${place}.${prop}` }];
  });
}

/** The same of a database. A password that is a text can be the cloud's own way to log in: its checks look at that. */
export function databaseCredentialKinds(place: string, database: unknown): KindsOf[] {
  if (typeof database !== 'object' || database === null) return [];
  return [{ props: database, kinds: { username: 'a key of a Secret, { secret, key }' }, place }];
}
