import type { Json } from '../components/definition';
import { encodeJson, escapeJson } from '../values/codec';

/** What a task knows of an artifact that another one made; an edge carries its text (docs/runtime-contract.md). */
export interface ArtifactReference {
  /** The storage key: here a path relative to the store. Empty where the artifact is elsewhere. */
  readonly key: string;
  /** KFP's schema title. */
  readonly type: string;
  readonly metadata: Readonly<Record<string, Json>>;
  /** Present where the artifact has another URI than its key gives. */
  readonly uri?: string;
  /** Present where each run takes it for another artifact: the run. */
  readonly importedBy?: string;
}

/** The text of a reference. Its metadata is JSON inside of a JSON string, so that no engine prints it again. */
export function encodeReference(reference: ArtifactReference): string {
  const { metadata, ...rest } = reference;
  return escapeJson(encodeJson({ ...rest, metadata: escapeJson(encodeJson(metadata)) }));
}

/**
 * The reference in a text.
 *
 * @throws where the text is none
 */
export function decodeReference(text: string): ArtifactReference {
  return reference(JSON.parse(text));
}

/**
 * The references in the text of an input: one at the place '', or those of a list of artifacts, each at its place below
 * the list's folder (`0`, `1`; `0/1` in a list of lists). What a loop did not produce keeps its place and is left out.
 *
 * @throws where the text is neither
 */
export function placesOf(text: string): readonly { readonly place: string; readonly reference: ArtifactReference }[] {
  return places(parse(text), '');
}

/** Whether a text is that of a list of artifacts. */
export function isReferenceList(text: string): boolean {
  return /^(json:)?\[/.test(text);
}

function places(item: unknown, place: string): ReturnType<typeof placesOf> {
  if (Array.isArray(item)) return item.flatMap((each, index) => places(each, place ? `${place}/${index}` : `${index}`));
  if (item === null || item === '' || item === 'json:' || item === 'json:null') return [];
  // Elements may be the texts of references, as an engine aggregates them.
  return typeof item === 'string' ? places(parse(item), place) : [{ place, reference: reference(item) }];
}

/** The JSON of a text; that of a list may carry the prefix of encoded values. */
function parse(text: string): unknown {
  return JSON.parse(text.replace(/^json:/, ''));
}

function reference(item: unknown): ArtifactReference {
  const raw = item as Record<string, unknown> | null;
  if (typeof raw?.key !== 'string' || typeof raw.type !== 'string') {
    throw new TypeError(`not the reference of an artifact: ${JSON.stringify(item)}`);
  }
  const metadata = typeof raw.metadata === 'string' && raw.metadata !== '' ? JSON.parse(raw.metadata) : {};
  return {
    key: raw.key,
    type: raw.type,
    metadata: metadata as Record<string, Json>,
    ...(typeof raw.uri === 'string' && { uri: raw.uri }),
  };
}
