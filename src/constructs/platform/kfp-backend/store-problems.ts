import { storeProblems } from '../object-store';
import { azureProblems } from './azure-problems';
import type { KfpProblem } from './problems';
import type { KfpSettings } from './settings';

/** What is wrong with an object store, for KFP. */
export function storeBindingProblems(settings: KfpSettings): KfpProblem[] {
  const { parity, props, store, release } = settings;
  const { objectStore } = props;
  if (parity || !objectStore) return [];
  const found = storeProblems(objectStore).map((each) => ({ ...each, code: 'KFP1737' }));
  if (found.length > 0) return found;
  const { kind } = objectStore;
  const secrets = store.keys && [store.keys.accessKey.name, store.keys.secretKey.name];
  return [
    ...(kind === 'azure' ? azureProblems(objectStore, settings) : []),
    ...(kind === 'gcs' && !store.keys
      ? [
          {
            code: 'KFP1737',
            message: 'KFP’s API server speaks S3’s protocol to Google’s store, for which it needs keys',
            mend: 'give `hmac` of ObjectStore.gcs: HMAC keys of a service account',
          },
        ]
      : []),
    ...(secrets && secrets[0] !== secrets[1]
      ? [
          {
            code: 'KFP1737',
            message: 'both keys of the object store must stand in one Secret, for KFP’s launcher',
            mend: `put them into '${secrets[0]}'`,
          },
        ]
      : []),
    ...(kind === 's3' && !store.keys && !release.storeByIdentity
      ? [
          {
            code: 'KFP1737',
            message: `KFP ${release.version} needs keys of the object store: it does not know who its pods are to a cloud`,
            mend: "give `credentials`, or take version '2.17.0'",
          },
        ]
      : []),
    ...(store.scheme === 's3' && store.region === undefined
      ? [
          {
            code: 'KFP1737',
            message: `KFP must be told the region of the bucket '${store.bucket}': it looks for no bucket's`,
            mend: "give `region`: 'eu-central-1'",
          },
        ]
      : []),
    ...(kind === 's3' &&
    objectStore.credentials !== undefined &&
    objectStore.credentials !== 'identity' &&
    objectStore.credentials.sessionToken
      ? [
          {
            code: 'KFP1737',
            message: 'KFP knows no token of a session beside the keys of an object store',
            mend: "leave out `sessionToken`, or give 'identity' for who the pods are to the cloud",
          },
        ]
      : []),
    ...(kind === 's3' && objectStore.insecure && !objectStore.tryOut
      ? [
          {
            code: 'KFP1736',
            severity: 'warning' as const,
            message: `what goes to the bucket '${store.bucket}' crosses the network in the clear`,
            mend: 'leave out `insecure`',
          },
        ]
      : []),
    ...(store.bundled === 'try-out'
      ? [
          {
            code: 'KFP1735',
            severity: 'warning' as const,
            message: 'artifacts are kept in a try-out store: one pod, one volume, no TLS, no backups',
            mend: 'in production, give ObjectStore.s3, .gcs or .azure',
          },
        ]
      : []),
  ];
}
