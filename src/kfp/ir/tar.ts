import { gunzipSync } from 'node:zlib';
import type { ReadEntry } from 'tar';

/** A member of an archive, as the archive says it. */
export interface TarMember {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link' | 'hard-link' | 'other';
  /** What a link points to. */
  readonly target: string;
  /** How much a file holds; a directory or a link holds nothing. */
  readonly size: number;
  content(): Uint8Array;
}

/** Why an archive is not read. */
export class ArchiveError extends Error {}

/** Linux takes no longer paths. */
const PATH_LIMIT = 4096;
const AMBIGUOUS = 'it is damaged: others would find other members in it';
const KINDS: Readonly<Record<string, TarMember['kind']>> = {
  File: 'file',
  OldFile: 'file',
  ContiguousFile: 'file',
  Link: 'hard-link',
  SymbolicLink: 'link',
  Directory: 'directory',
};

/**
 * What a library reads of an archive.
 *
 * @param tooLarge what is said where zlib stops at its limit
 * @throws ArchiveError for whatever the library throws
 */
export function reading<T>(read: () => T, tooLarge = ''): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new ArchiveError(tooLarge);
    throw new ArchiveError(`it is damaged: ${message.replace(/^TAR_\w+: /, '')}`);
  }
}

/**
 * What gzip packed.
 *
 * @param limit the most bytes that may come out of it
 * @throws ArchiveError where it is damaged, or more than the limit
 */
export function gunzip(content: Uint8Array, limit: number): Buffer {
  const tooLarge = `it unpacks to more than ${limit / 1024 / 1024} MB`;
  return reading(() => gunzipSync(content, { maxOutputLength: limit }), tooLarge);
}

/**
 * The members of a tar archive: in the formats of POSIX (ustar and pax) and of GNU. Names and targets are as the archive says
 * them, so that a reader sees those that lead out of it.
 *
 * @throws ArchiveError where it is damaged
 */
export function tarMembers(archive: Buffer): readonly TarMember[] {
  // node-tar would unpack it once more, and with no limit.
  if (archive[0] === 0x1f && archive[1] === 0x8b) throw new ArchiveError('it is packed twice');
  const { Parser } = require('tar') as typeof import('tar');
  const sizes = plainSizes(archive);
  const members: TarMember[] = [];
  const add = (entry: ReadEntry): void => {
    const { path: name, linkpath, extended, size } = entry;
    if (size !== sizes[members.length]) throw new ArchiveError(AMBIGUOUS);
    // node-tar has it the other way round: what is said for all members goes before what is said for this one.
    const target = extended?.linkpath ?? linkpath ?? '';
    // node-tar goes on behind a zero byte where a new line follows; others end the name there.
    if (/[\p{Cc}\u2028\u2029]/u.test(name + target)) throw new ArchiveError('a name in it holds control characters');
    if (Math.max(name.length, target.length) > PATH_LIMIT) throw new ArchiveError('a name in it is too long');
    const chunks: Uint8Array[] = [];
    members.push({ name, kind: KINDS[entry.type] ?? 'other', target, size, content: () => Buffer.concat(chunks) });
    entry.on('data', (chunk) => chunks.push(chunk));
  };
  // What is larger than `maxMetaEntrySize` would be passed over, and with it the name that others read.
  const parser = new Parser({ strict: true, zstd: false, maxMetaEntrySize: archive.length });
  parser.on('meta', checkAttributes).on('entry', add).on('ignoredEntry', add);
  parser.on('error', (error) => {
    throw error;
  });
  reading(() => parser.end(archive));
  return members;
}

/**
 * The sizes of the members, as their headers say them. node-tar is lenient: a file whose name ends in a slash has no content, a
 * number ends where it is none, and N is a long name. Python, which unpacks the archive, would find other members in it.
 */
function plainSizes(archive: Buffer): readonly number[] {
  const sizes: number[] = [];
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const type = String.fromCharCode(archive[at + 156]!);
    const [, digits] = /^ *([0-7]*)[ \0]*$/.exec(archive.toString('latin1', at + 124, at + 136)) ?? [];
    const size = Number.parseInt(digits || '0', 8);
    if (digits === undefined || type === 'N' || (size > 0 && /[1-6]/.test(type))) throw new ArchiveError(AMBIGUOUS);
    if (!/[xXgLK]/.test(type)) sizes.push(size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return sizes;
}

/**
 * Refuses pax records that node-tar passes over, as it does those with a line break, and others read: they would see another name.
 * A long name of GNU's comes here as well; it has neither a length nor a line break.
 */
function checkAttributes(text: string): void {
  if (!/^\d+ |\n/.test(text)) return;
  for (const record of text.replace(/\n$/, '').split('\n')) {
    const [, length, key = ''] = /^(\d+) ([^=]+)=/.exec(record) ?? [];
    if (Number(length) !== Buffer.byteLength(record) + 1) {
      throw new ArchiveError('it is damaged: a member has no proper attributes');
    }
    // A size of its own would make this reader and others see different members.
    if (key === 'size' || key.startsWith('GNU.sparse')) throw new ArchiveError(`the attribute ${key} is not read`);
  }
}
