import { type ObjectStore, storeProblems } from '../object-store';
import { type Problem, wholeProblems } from '../problems';
import { azureProblems } from './azure-problems';
import type { KfpProblem } from './problems';
import { NEWER } from './release';
import type { KfpSettings } from './settings';

/** What is wrong with an object store, for KFP. */
export function storeBindingProblems(settings: KfpSettings): KfpProblem[] {
  const { parity, props, store, release } = settings;
  const { objectStore } = props;
  if (parity || !objectStore) return [];
  const { kind } = objectStore;
  const kinds = storeProblems(objectStore, 'objectStore');
  const found = (kinds.length > 0 ? kinds : textProblems(objectStore)).map((each) => ({
    ...each,
    code: 'KFP1737',
  }));
  if (found.length > 0) return found;
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
            mend: `give \`credentials\`, or ${NEWER}`,
          },
        ]
      : []),
    ...(store.scheme === 's3' && store.region === undefined
      ? [
          {
            code: 'KFP1737',
            message: `KFP must be told the region of the bucket '${store.bucket}': and does not look it up`,
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

/** Texts that stand in variables of pods, where Kubernetes puts the value of X for `$(X)`. */
function textProblems(store: ObjectStore): Problem[] {
  const { endpoint, region } = (store.kind === 's3' ? store : {}) as {
    readonly [of in 'endpoint' | 'region']?: string;
  };
  const [host = '', port = '443'] = endpoint?.split(':') ?? [];
  const isAddress = endpoint !== undefined && /^[^/\s:]+(:\d+)?$/.test(endpoint);
  return [
    // What is no host and port at all, it is said of every backend.
    ...(!isAddress || /^\w[\w.-]*$/.test(host)
      ? []
      : [{ message: 'the endpoint of the store is no host', mend: 'give host and port, without a scheme' }]),
    ...(isAddress ? wholeProblems("the port of the store's endpoint", Number(port), 1, 65535) : []),
    ...(region === undefined || /^[\w-]+$/.test(region)
      ? []
      : [{ message: 'the region of the bucket is none', mend: "write it as the store does: 'eu-central-1'" }]),
    ...(store.keyFormat === undefined || (/^\P{Cc}+$/u.test(store.keyFormat) && !store.keyFormat.includes('$('))
      ? []
      : [
          {
            message: '`keyFormat` is empty, or holds a line break or `$(`, which Kubernetes would expand',
            mend: 'write it as `private-artifacts/{{workflow.namespace}}/{{workflow.name}}/{{pod.name}}`',
          },
        ]),
  ];
}
