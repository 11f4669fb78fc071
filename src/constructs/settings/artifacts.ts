import { isDeepStrictEqual } from 'node:util';
import type { ArtifactGc, GraphArtifactPlace, GraphSecretKey, GraphStoreAccess } from '../../graph/settings';
import type { AnyArtifact } from '../../values/types';
import type { Value } from '../../values/value';
import { loweredText, type SettingText } from './setting-value';
import { mountOf, type PodVolumes, type TaskVolumes, type Volume } from './volume';

/** A key of a Secret of the same namespace. Its value stands in no manifest. */
export interface SecretKey {
  /** The Secret, by its name or by itself. */
  readonly secret: string | { readonly name: string };
  /** The key in it. */
  readonly key: string;
}

/** Access keys of S3 and what speaks its protocol. */
export interface S3Credentials {
  /** The access key's id. */
  readonly accessKey: SecretKey;
  /** The secret access key. */
  readonly secretKey: SecretKey;
  /** The token of a session. @default - none */
  readonly sessionToken?: SecretKey | undefined;
}

/** A service account's key of Google Cloud Storage. */
export interface GcsCredentials {
  /** The JSON key file. */
  readonly serviceAccountKey: SecretKey;
}

/** The access key of a storage account of Azure. */
export interface AzureCredentials {
  /** The account's key. */
  readonly accountKey: SecretKey;
}

/** How an object store is spoken to. The URI says which kind it is. */
export interface StoreAccess {
  /** Host and port of what speaks S3's protocol. @default 's3.amazonaws.com' */
  readonly endpoint?: string | undefined;
  /** S3's region. @default - the store's */
  readonly region?: string | undefined;
  /** True for S3's protocol without TLS. @default false */
  readonly insecure?: boolean | undefined;
  /** Keys of Secrets, or `'identity'`: who the pod is to the cloud. @default 'identity' */
  readonly credentials?: 'identity' | S3Credentials | GcsCredentials | AzureCredentials | undefined;
}

/** What may be said of any output that is stored as an object. */
interface Collected {
  /** When it is removed. @default - as the pipeline's `artifactGc` says */
  readonly gc?: ArtifactGc | undefined;
}

/** An object of another store than the pipeline's repository. */
export interface ObjectPlace extends StoreAccess, Collected {
  /**
   * `s3://bucket/key`, `gs://bucket/key`, or `https://account.blob.core.windows.net/container/blob`. Values of the run may
   * stand in it, but not for its scheme. One that ends with a slash is a folder, in which each pod has a name of its own.
   */
  readonly uri: SettingText;
}

/** An object of the pipeline's repository under a key that the user chooses. */
export interface KeyPlace extends Collected {
  /** The key. One that ends with a slash is a folder, in which each pod has a name of its own. */
  readonly key: SettingText;
}

/** A file or folder of a volume: nothing is uploaded, and those who mount the volume read it in place. */
export interface VolumePlace {
  /** The claim. The task mounts it. */
  readonly volume: Volume;
  /** The path on the volume. One that ends with a slash is a folder, in which each pod has a name of its own. */
  readonly path: SettingText;
}

/** Where an output artifact is kept. */
export type ArtifactPlace = ObjectPlace | KeyPlace | VolumePlace | Required<Collected>;

/** The names of the artifacts among a component's inputs or outputs. */
export type ArtifactNames<P> = {
  [K in keyof P]-?: NonNullable<P[K]> extends Value<AnyArtifact | readonly AnyArtifact[]> ? K : never;
}[keyof P];

/** What is said of a task's artifacts; the names are those of the component's interface. */
export interface TaskArtifacts<I, O> {
  /**
   * Where output artifacts are kept, by output: `artifacts: { model: { uri: 's3://models/latest' } }`.
   * @default - each under a name of its own in the pipeline's repository
   */
  readonly artifacts?: { readonly [K in ArtifactNames<O>]?: ArtifactPlace } | undefined;
  /**
   * Input artifacts that are not fetched, because the program reads them itself by their `uri`.
   * @default - all are fetched
   */
  readonly byReference?: readonly ArtifactNames<I>[] | undefined;
}

/** The same, of a component that nobody knows. */
export interface ArtifactSettings {
  readonly artifacts?: { readonly [output: string]: ArtifactPlace | ImportedPlace } | undefined;
  readonly byReference?: readonly PropertyKey[] | undefined;
}

/** Where an artifact is that somebody else made. */
export interface ImportedPlace extends Omit<ObjectPlace, 'credentials'> {
  readonly credentials: StoreAccess['credentials'] | 'none';
  readonly reimport?: boolean | undefined;
}

/** Places of artifacts as plain data. */
export function lowerArtifacts(
  given: NonNullable<ArtifactSettings['artifacts']>,
  volumes: NonNullable<TaskVolumes['volumes']>,
  pod: PodVolumes,
): Record<string, GraphArtifactPlace> {
  const places = Object.entries(given).filter(([, place]) => place !== undefined);
  return Object.fromEntries(places.map(([output, place]) => [output, lowerPlace(place, volumes, pod)]));
}

function lowerPlace(
  place: ArtifactPlace | ImportedPlace,
  volumes: NonNullable<TaskVolumes['volumes']>,
  pod: PodVolumes,
): GraphArtifactPlace {
  if ('volume' in place) return { volume: nameOf(place.volume, volumes, pod), path: loweredText(place.path) };
  const gc = place.gc && { gc: place.gc };
  if ('key' in place) return { key: loweredText(place.key), ...gc };
  if (!('uri' in place)) return { ...gc };
  const reimport = 'reimport' in place && place.reimport;
  return { uri: loweredText(place.uri), access: lowerAccess(place), ...(reimport && { reimport }), ...gc };
}

/** What a volume is called in the task's pod; one that it does not mount has the name that it has elsewhere. */
function nameOf(volume: Volume, volumes: NonNullable<TaskVolumes['volumes']>, pod: PodVolumes): string {
  const mounted = Object.entries(volumes).find(([path, given]) =>
    isDeepStrictEqual(mountOf(given, path).volume.lower(path), volume.lower(path)),
  );
  return (mounted ? pod.take(volume, mounted[0]) : volume.lower('')).name;
}

function lowerAccess({ endpoint, region, insecure, credentials = 'identity' }: ImportedPlace | ObjectPlace) {
  const access: GraphStoreAccess = {
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(insecure !== undefined && { insecure }),
    credentials: typeof credentials === 'string' ? credentials : secretKeys(credentials),
  };
  return access;
}

function secretKeys(credentials: object): { readonly [credential: string]: GraphSecretKey } {
  const keys = Object.entries(credentials as { readonly [credential: string]: SecretKey | undefined });
  return Object.fromEntries(
    keys.flatMap(([credential, given]) => {
      if (given === undefined) return [];
      const { secret, key } = given;
      return [[credential, { name: typeof secret === 'string' ? secret : secret.name, key }]];
    }),
  );
}
