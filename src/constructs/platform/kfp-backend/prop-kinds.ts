import type { Construct } from 'constructs';
import { databaseCredentialKinds, storeCredentialKinds } from '../credential-kinds';
import { expectAllKinds, type KindsOf } from '../kinds';
import type { KfpBackendProps, KfpParityProps } from './props';

/** Props as somebody without a compiler may give them. */
type Given = Readonly<Record<string, unknown>>;

/**
 * Sees that props are of the kind that TypeScript wants, as far as a diagnostic could not say so.
 *
 * @throws where something is not
 */
export function expectPropKinds(construct: Construct, props: KfpBackendProps | KfpParityProps): void {
  const isParity = props?.parity === 'upstream';
  const given: Partial<KfpBackendProps> = isParity ? {} : (props ?? {});
  expectAllKinds(construct, [
    { props, kinds: { createNamespace: 'true or false', kubernetesNative: 'true, false or an object' } },
    ...inPlace('kubernetesNative', props?.kubernetesNative, { issuer: 'an object!' }),
    ...(isParity ? [] : [{ props, kinds: { database: 'an object!', objectStore: 'an object!' } } as const]),
    ...(isParity ? [] : [{ props, kinds: OWN }]),
    ...storeKinds(given.objectStore),
    ...storeCredentialKinds('objectStore', given.objectStore),
    ...databaseCredentialKinds('database', given.database),
    ...databaseKinds(given.database),
    ...argoKinds(given.argo),
    ...programKinds(given.programs),
    ...accountKinds(given),
    ...inPlace('images', given.images, { registry: 'a text', digests: 'an object', overrides: 'an object' }),
    ...inPlace('images', given.images, { pullSecrets: 'a list' }),
    ...textsOf('images.digests', given.images, 'digests'),
    ...textsOf('images.overrides', given.images, 'overrides'),
    ...inPlace('tls', given.tls, { issuer: 'an object' }),
    ...inPlace('proxy', given.proxy, { http: 'a text', https: 'a text', except: 'a list' }),
    ...inPlace('exposure', given.exposure, { annotations: 'an object', from: 'an object' }),
    ...inPlace('runs', given.runs, {
      cache: 'true or false',
      publishLogs: 'true or false',
      workflowTtl: 'a Duration of cdk8s',
      artifactPath: 'a text',
      securityContext: 'an object',
    }),
  ]);
}

const OWN = {
  multiUser: 'an object',
  runs: 'an object',
  programs: 'an object',
  images: 'an object',
  proxy: 'an object',
  exposure: 'an object',
  workloadIdentity: 'an object',
  runner: 'an object',
  tls: 'true, false or an object',
  argo: 'a text or an object',
  ui: 'true or false',
  v1: 'true or false',
  metadataDatabase: 'a text',
  clusterDomain: 'a text',
  timezone: 'a text',
} as const;

/** What stands in a prop; nothing where that is no object, which is told of the prop itself. */
function inPlace(place: string, given: unknown, kinds: KindsOf['kinds']): KindsOf[] {
  return typeof given === 'object' && given !== null ? [{ props: given, kinds, place }] : [];
}

/** A prop of names and texts. */
function textsOf(place: string, given: unknown, name: string): KindsOf[] {
  const texts = typeof given === 'object' ? (given as Given | null)?.[name] : undefined;
  return inPlace(place, texts, Object.fromEntries(Object.keys(Object(texts)).map((each) => [each, 'a text'])));
}

function databaseKinds(database: unknown): KindsOf[] {
  const { tryOut } = Object(database) as Given;
  return [
    ...inPlace('database', database, { host: 'a text', database: 'a text', caCertificate: 'an object' }),
    ...inPlace('database', database, { tryOut: 'an object' }),
    ...inPlace('database.tryOut', tryOut, SIZE),
  ];
}

function storeKinds(store: unknown): KindsOf[] {
  const { tryOut } = Object(store) as Given;
  return [
    ...inPlace('objectStore', store, {
      bucket: 'a text',
      endpoint: 'a text',
      region: 'a text',
      keyFormat: 'a text',
      credentials: 'a text or an object',
      hmac: 'an object',
      caCertificate: 'an object',
      insecure: 'true or false',
      createBucket: 'true or false',
      tryOut: 'an object',
    }),
    ...inPlace('objectStore.tryOut', tryOut, { ...SIZE, credentials: 'an object!' }),
  ];
}

/** What is said of the pod of a try-out. */
const SIZE = { size: 'a Size of cdk8s', storageClassName: 'a text', image: 'a text' } as const;

function argoKinds(argo: unknown): KindsOf[] {
  const { executor } = Object(argo) as Given;
  return [
    ...inPlace('argo', argo, {
      retention: 'an object',
      workflowDefaults: 'an object',
      executor: 'an object',
      metrics: 'false or an object',
    }),
    ...inPlace('argo.executor', executor, { env: 'an object', resources: 'an object', securityContext: 'an object' }),
    ...amountKinds('argo.executor', executor),
  ];
}

function programKinds(programs: unknown): KindsOf[] {
  return Object.entries(Object(programs)).flatMap(([name, options]) => [
    ...inPlace('programs', programs, { [name]: 'an object' }),
    ...inPlace(`programs['${name}']`, options, {
      resources: 'an object',
      env: 'an object',
      labels: 'an object',
      annotations: 'an object',
      nodeSelector: 'an object',
      tolerations: 'a list',
      affinity: 'an object',
    }),
    ...amountKinds(`programs['${name}']`, options),
  ]);
}

function amountKinds(place: string, options: unknown): KindsOf[] {
  const { resources } = Object(options) as Given;
  return inPlace(`${place}.resources`, resources, { requests: 'an object', limits: 'an object' });
}

function accountKinds({ runner, workloadIdentity }: Partial<KfpBackendProps>): KindsOf[] {
  const identity = { annotations: 'an object!', podLabels: 'an object' } as const;
  return [
    ...inPlace('runner', runner, { annotations: 'an object', workloadIdentity: 'an object' }),
    ...inPlace('runner', runner, { rules: 'a list', imagePullSecrets: 'a list' }),
    ...inPlace('workloadIdentity', workloadIdentity, identity),
    ...inPlace('runner.workloadIdentity', (Object(runner) as Given).workloadIdentity, identity),
  ];
}
