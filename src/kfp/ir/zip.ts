import { inflateRawSync } from 'node:zlib';
import type { UnzipFileInfo } from 'fflate';
import { ArchiveError, reading } from './tar';

/** A file of a zip archive, as its directory says it. */
export interface ZipMember {
  readonly name: string;
  /**
   * Unpacks it.
   *
   * @throws ArchiveError where it is damaged, packed by another method than deflate, or other than its directory says
   */
  content(): Uint8Array;
}

/** fflate takes each of them deeper into its stack, and the square of their number in time. */
const FILES = 1000;
const DAMAGED = 'it is damaged: its directory does not fit its content';

/**
 * The files of a zip archive. fflate does not tell a link from a file: nothing is written, so that its text is read, and leads
 * nowhere. Nor what is encrypted: it does not unpack.
 *
 * @param limit the most bytes that a file may unpack to
 * @throws ArchiveError where the directory is damaged, or of more than 1000 files
 */
export function zipMembers(archive: Uint8Array, limit: number): readonly ZipMember[] {
  const { unzipSync } = require('fflate') as typeof import('fflate');
  const members: ZipMember[] = [];
  const filter = (file: UnzipFileInfo): boolean => {
    // Behind the archive's end there are no names, however many files (up to 2^32) it says that it holds.
    if (file.name === '') throw new ArchiveError(DAMAGED);
    if (members.length === FILES) throw new ArchiveError(`it holds more than ${FILES} files`);
    members.push({ name: file.name, content: () => unpacked(archive, file, limit) });
    return false;
  };
  reading(() => unzipSync(archive, { filter }));
  return members;
}

/**
 * fflate finds the packed bytes, and zlib unpacks them: where a file is larger than the directory says, fflate cuts it off in
 * silence, and only after it went through all of it, which can take minutes.
 */
function unpacked(archive: Uint8Array, file: UnzipFileInfo, limit: number): Uint8Array {
  const { name, size, originalSize, compression } = file;
  if (originalSize > limit) throw new ArchiveError(`it unpacks to more than ${limit / 1024 / 1024} MB`);
  if (compression !== 0 && compression !== 8) {
    throw new ArchiveError('its file is packed by another method than deflate');
  }
  const { Unzip, UnzipPassThrough } = require('fflate') as typeof import('fflate');
  const found: Uint8Array[][] = [];
  let count = 0;
  const unzip = new Unzip((member) => {
    count += 1;
    if (count > FILES) throw new ArchiveError(DAMAGED);
    if (member.name !== name) return;
    const chunks: Uint8Array[] = [];
    found.push(chunks);
    member.ondata = (error, chunk) => {
      if (error) throw error;
      chunks.push(chunk);
    };
    member.start();
  });
  unzip.register(
    class extends UnzipPassThrough {
      static override compression = 8;
    },
  );
  reading(() => unzip.push(archive, true));
  const packed = Buffer.concat(found[0] ?? []);
  if (found.length !== 1 || packed.length !== size) throw new ArchiveError(DAMAGED);
  // An empty file needs room as well: zlib refuses a limit of none.
  const inflate = () => inflateRawSync(packed, { maxOutputLength: Math.max(originalSize, 1) });
  const content = compression === 0 ? packed : reading(inflate, 'its file is larger than it says');
  if (content.length !== originalSize) throw new ArchiveError(DAMAGED);
  return content;
}
