import type { ArtifactLocation } from '../artifact-location';
import { beginningOf } from '../artifact-location';
import { type GraphArtifactPlace, type GraphStoreAccess, isRunValue, type Text } from '../settings';

type Problem = readonly [code: string, message: string, mend: string];

/** Secrets in a URI: a user before the host, or what signs a request. */
const CREDENTIALS =
  /^[a-z][a-z0-9+.-]*:\/\/[^/]*@|[?&](sig|signature|token|x-amz-[a-z-]+|awsaccesskeyid|x-goog-[a-z-]+)=/i;

const FORMS = 'write s3://bucket/key, gs://bucket/key or https://account.blob.core.windows.net/container/blob';

/** Which Secrets each kind of store takes. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  s3: ['accessKey', 'secretKey', 'sessionToken'],
  gcs: ['serviceAccountKey'],
  azure: ['accountKey'],
};

/** What is wrong with a place that the user chose. */
export function placeProblems(
  output: string,
  place: GraphArtifactPlace,
  location: ArtifactLocation,
  isImported: boolean,
): readonly Problem[] {
  const what = isImported ? 'what is imported' : `the output '${output}'`;
  const { text, store } = location;
  const problem = textProblem(text, place.uri === undefined ? 'key' : 'uri');
  if (problem)
    return [['KFP1270', `the place of ${what} ${problem}`, place.uri === undefined ? 'write it as a/b/c' : FORMS]];
  if (place.uri === undefined) return [];
  if (literalsOf(text).some((each) => CREDENTIALS.test(each))) {
    return [
      ['KFP1277', `the URI of ${what} holds credentials`, 'take them out, and name the keys of a Secret: credentials'],
    ];
  }
  const head = beginningOf(text);
  const scheme = /^[a-z][a-z0-9+.-]*(?=:\/\/)/i.exec(head)?.[0];
  if (scheme === undefined && !(isImported && isRunValue(text))) {
    const why = isRunValue(text) ? 'has a scheme that only the run knows' : `is '${text}', which is no URI`;
    return [['KFP1270', `the place of ${what} ${why}`, FORMS]];
  }
  if (!isImported && store.kind === 'web') {
    return [['KFP1276', `the output '${output}' cannot be written over ${scheme}`, FORMS]];
  }
  if (!isImported && (store.kind === 'elsewhere' || store.kind === 'unknown')) {
    return [
      ['KFP1270', `nothing is stored at ${scheme}:// by the engine, where the output '${output}' is kept`, FORMS],
    ];
  }
  if (!isRunValue(text) && isIncomplete(location)) {
    return [['KFP1270', `the place of ${what} is '${text}', which lacks a bucket or a key`, FORMS]];
  }
  return accessProblems(what, store.kind, place.access!);
}

/** What is wrong with a text, as far as it is known; for a key, it stands below something. */
export function textProblem(text: Text, kind: 'uri' | 'key'): string | undefined {
  const literals = literalsOf(text);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (literals.some((each) => /[\0-\x1f\x7f]/.test(each))) return 'holds a control character';
  if (!isRunValue(text) && text === '') return 'is empty';
  if (kind === 'key' && beginningOf(text).startsWith('/')) return 'begins with a slash';
  const path = literals.join('x').replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const parts = path.replace(/\/$/, '').split('/');
  if (parts.some((part) => part === '.' || part === '..')) return "holds a part '.' or '..'";
  return kind === 'key' && parts.includes('') ? 'holds an empty part' : undefined;
}

function isIncomplete({ store, text, key }: ArtifactLocation): boolean {
  if (!key) return false;
  const known = text as string;
  if ('slashes' in key) return true;
  const bucket = 'bucket' in store ? store.bucket : undefined;
  return bucket === '' || known.length === key.after.length;
}

function accessProblems(what: string, kind: string, access: GraphStoreAccess): readonly Problem[] {
  const { endpoint, region, insecure, credentials } = access;
  const problems: Problem[] = [];
  if (kind !== 's3' && (endpoint !== undefined || region !== undefined || insecure !== undefined)) {
    const mend = 'leave them out, or write an s3:// URI, with credentials where it is imported';
    problems.push(['KFP1271', `endpoint, region and insecure are S3's, and ${what} is not fetched from there`, mend]);
  }
  if (typeof credentials === 'string') return problems;
  const keys = KEYS[kind];
  const named = Object.keys(credentials);
  const wrong = named.filter((name) => !keys?.includes(name));
  const missing = kind === 's3' ? ['accessKey', 'secretKey'].filter((name) => !named.includes(name)) : [];
  if (wrong.length > 0 || missing.length > 0) {
    const lacks = missing.length > 0 ? `lack ${missing.join(' and ')}` : `have ${wrong.join(', ')}`;
    const mend = keys ? `give ${keys.join(', ')}` : 'leave them out: nothing is fetched with credentials there';
    problems.push(['KFP1271', `the credentials of ${what} ${lacks}`, mend]);
  }
  return problems;
}

/** The texts that are known at synth. */
function literalsOf(text: Text): readonly string[] {
  if (!isRunValue(text)) return [String(text)];
  const { expression } = text;
  return expression.kind === 'text' ? expression.parts.filter((part) => typeof part === 'string') : [];
}
