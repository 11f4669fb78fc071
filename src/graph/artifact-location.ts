import type { GraphArtifactRepository } from './graph';
import {
  type GraphArtifactPlace,
  type GraphStoreAccess,
  type GraphTaskSettings,
  isRunValue,
  type Text,
} from './settings';

/** What holds an artifact, as far as it is known at synth. */
export type ArtifactStore =
  /** The pipeline's repository; `named` where the user chose the key. */
  | { readonly kind: 'repository'; readonly named?: boolean }
  /** Another object store. Where its bucket (Azure's container) is only known when the pipeline runs, it is left out. */
  | {
      readonly kind: 's3' | 'gcs' | 'azure';
      readonly bucket?: string;
      /** Azure's account, as a URL. */
      readonly account?: string;
      readonly access: GraphStoreAccess;
    }
  /** A volume, and the part of it that is mounted. */
  | { readonly kind: 'volume'; readonly volume: object | undefined; readonly subPath?: Text }
  | { readonly kind: 'web' }
  /** Nothing that is fetched: programs get the URI. */
  | { readonly kind: 'elsewhere' }
  /** The repository or elsewhere: the run knows. */
  | { readonly kind: 'unknown' };

/** Where an artifact is. */
export interface ArtifactLocation {
  readonly store: ArtifactStore;
  /** The text that the user gave. */
  readonly text: Text;
  /** What of it is the key: what follows this text, or this many slashes. */
  readonly key?: { readonly after: string } | { readonly slashes: number };
}

/** The URI that artifacts of the pipeline's repository have, less their key. */
export function repositoryUri({ kind, bucket, azure }: GraphArtifactRepository): string {
  if (azure) return `${azure.endpoint.replace(/\/$/, '')}/${azure.container}/`;
  if (bucket !== undefined) return `${kind === 'gcs' ? 'gs' : 's3'}://${bucket}/`;
  return NO_BUCKET;
}

/** The same where nobody tells the bucket. */
export const NO_BUCKET = 'artifact:///';

/** Where an artifact is; undefined where nobody chose a place. */
export function locationOf(
  place: GraphArtifactPlace,
  settings: GraphTaskSettings,
  repository: GraphArtifactRepository,
): ArtifactLocation | undefined {
  if (place.uri !== undefined) return ofUri(place.uri, place.access!, repository);
  if (place.key !== undefined) {
    return { store: { kind: 'repository', named: true }, text: place.key, key: { after: '' } };
  }
  if (place.volume === undefined) return undefined;
  const mount = settings.mounts?.find(({ volume }) => volume === place.volume);
  const volume = settings.volumes?.find(({ name }) => name === place.volume);
  const store = { kind: 'volume', volume, ...(mount?.subPath !== undefined && { subPath: mount.subPath }) } as const;
  return { store, text: place.path!, key: { after: '' } };
}

function ofUri(text: Text, access: GraphStoreAccess, repository: GraphArtifactRepository): ArtifactLocation {
  const head = beginningOf(text);
  for (const own of [repositoryUri(repository), NO_BUCKET]) {
    if (head.startsWith(own)) return { store: { kind: 'repository', named: true }, text, key: { after: own } };
  }
  const [, scheme, host = '', end] = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)(\/?)/i.exec(head) ?? [];
  if (scheme === undefined) return { store: { kind: isRunValue(text) ? 'unknown' : 'elsewhere' }, text };
  const isFetched = access.credentials !== 'none';
  if ((scheme === 's3' || scheme === 'gs') && isFetched) {
    const kind = scheme === 's3' ? 's3' : 'gcs';
    return end
      ? { store: { kind, bucket: host, access }, text, key: { after: `${scheme}://${host}/` } }
      : { store: { kind, access }, text, key: { slashes: 3 } };
  }
  if (scheme === 'https' && isFetched && isAzure(host, access)) {
    const account = `https://${host}`;
    const [, container] = /^\/([^/]+)\//.exec(head.slice(account.length)) ?? [];
    return container !== undefined
      ? {
          store: { kind: 'azure', bucket: container, account, access },
          text,
          key: { after: `${account}/${container}/` },
        }
      : { store: { kind: 'azure', account, access }, text, key: { slashes: 4 } };
  }
  return { store: { kind: /^https?$/.test(scheme) ? 'web' : 'elsewhere' }, text };
}

function isAzure(host: string, { credentials }: GraphStoreAccess): boolean {
  return host.endsWith('.blob.core.windows.net') || (typeof credentials === 'object' && 'accountKey' in credentials);
}

/** What a text begins with, as far as it is known. */
export function beginningOf(text: Text): string {
  if (!isRunValue(text)) return text;
  const { expression } = text;
  if (expression.kind === 'literal') return String(expression.value);
  const first = expression.kind === 'text' ? expression.parts[0] : undefined;
  return typeof first === 'string' ? first : '';
}

/** True for a folder, in which each pod has a name of its own. */
export function isFolder(text: Text): boolean {
  if (!isRunValue(text)) return text.endsWith('/');
  const last = text.expression.kind === 'text' ? text.expression.parts.at(-1) : undefined;
  return typeof last === 'string' && last.endsWith('/');
}
