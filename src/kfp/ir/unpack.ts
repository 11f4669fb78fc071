import type { Diagnostic } from '../../diagnostic';
import { ArchiveError, gunzip, tarMembers } from './tar';
import { zipMembers } from './zip';

/** The most that a file may hold, packed or unpacked: more than KFP's server takes. */
export const SIZE_LIMIT = 50 * 1024 * 1024;

/** The text of a file, and what diagnostics call it. */
export interface Unpacked {
  readonly name: string;
  readonly text: string;
}

interface Candidate {
  readonly name: string;
  content(): Uint8Array;
}

const MEND = 'give the YAML file of the compiled pipeline, or one that is packed alone';

/**
 * The text of a file; of the pipeline in it, where it is a zip or a tar.gz. Nothing is written.
 *
 * @param name what diagnostics call the file
 */
export function textOf(name: string, content: Uint8Array | string): Unpacked | { readonly problem: Diagnostic } {
  const tooLarge = { code: 'KFP1500', at: name, message: sizeMessage, mend: 'give the file of a compiled pipeline' };
  if (content.length > SIZE_LIMIT) return { problem: tooLarge };
  if (typeof content === 'string') return { name, text: content.replace(/^\ufeff/, '') };
  try {
    const packed = candidates(content);
    if (!packed) return decoded(name, content);
    const { name: member, content: unpack } = chosen(packed);
    return decoded(`${name}/${member}`, unpack());
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return {
      problem: { code: 'KFP1501', at: name, message: `the archive is not read: ${error.message}`, mend: MEND },
    };
  }
}

/** Why a file is refused before it is read. */
export const sizeMessage = `the file is larger than ${SIZE_LIMIT / 1024 / 1024} MB`;

/** The files of an archive; undefined for what is none. */
function candidates(content: Uint8Array): readonly Candidate[] | undefined {
  const begins = (...bytes: number[]) => bytes.every((byte, place) => content[place] === byte);
  if (begins(0x50, 0x4b, 0x03, 0x04) || begins(0x50, 0x4b, 0x05, 0x06)) {
    return zipMembers(content, SIZE_LIMIT).filter(({ name }) => {
      refuse(name, false);
      return !name.endsWith('/');
    });
  }
  if (!begins(0x1f, 0x8b)) return undefined;
  return tarMembers(gunzip(content, SIZE_LIMIT)).filter(({ name, kind }) => {
    refuse(name, kind !== 'file' && kind !== 'directory');
    return kind === 'file';
  });
}

function refuse(name: string, special: boolean): void {
  if (special) throw new ArchiveError(`'${name}' in it is neither a file nor a directory`);
  if (leadsOut(name)) throw new ArchiveError(`'${name}' leads out of it`);
}

/** True for a path that is not below the directory into which it would be unpacked. */
export function leadsOut(path: string): boolean {
  return path === '' || /^[\\/]|^[A-Za-z]:/.test(path) || path.split(/[\\/]/).includes('..');
}

/** KFP's server takes the file of this name, or the only one. */
function chosen(files: readonly Candidate[]): Candidate {
  // macOS packs files of its own beside them.
  const texts = files.filter(({ name }) => /\.(ya?ml|json)$/i.test(name) && !/(^|\/)(__MACOSX\/|\._)/.test(name));
  const only = texts.length === 1 ? texts[0] : texts.find(({ name }) => name === 'pipeline.yaml');
  if (only) return only;
  const names = (texts.length > 0 ? texts : files).slice(0, 5).map(({ name }) => name);
  throw new ArchiveError(
    texts.length > 0
      ? `it holds several files, and none is pipeline.yaml: ${names.join(', ')}`
      : `it holds no YAML or JSON file${names.length > 0 ? `, but ${names.join(', ')}` : ''}`,
  );
}

function decoded(name: string, content: Uint8Array): Unpacked | { readonly problem: Diagnostic } {
  // PowerShell writes UTF-16 where output is redirected to a file.
  const encoding = content[0] === 0xff && content[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return { name, text: new TextDecoder(encoding, { fatal: true }).decode(content) };
  } catch {
    return {
      problem: {
        code: 'KFP1500',
        at: name,
        message: 'the file is not text in UTF-8',
        mend: 'give the YAML file of the compiled pipeline, in UTF-8',
      },
    };
  }
}
