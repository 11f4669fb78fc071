import { ArchiveError, gunzip, type TarMember, tarMembers } from './tar';
import { leadsOut } from './unpack';

/** The archive that a module of a Python component holds: what it would unpack when it runs. */
export interface EmbeddedArchive {
  readonly members: readonly { readonly name: string; readonly kind: TarMember['kind']; readonly size: number }[];
  /** Why it is refused, in the words of a diagnostic. */
  readonly problems: readonly string[];
}

const UNPACKED_LIMIT = 100 * 1024 * 1024;
/** Each folder around a member is looked at. */
const DEPTH_LIMIT = 100;
const NAME = '__KFP_EMBEDDED_ARCHIVE_B64';
const ASSIGNMENT = new RegExp(`^[ \\t]*${NAME}[ \\t]*=(.*)`, 'gm');
const LITERAL = /^\s*(['"])([A-Za-z0-9+/]*={0,2})\1\s*(?:#.*)?$/;

/**
 * The archive that the KFP SDK puts into a module for `embedded_artifact_path` and for notebooks; undefined where there is none. It
 * is only looked at: KFP's module unpacks all of it with the rights of its process, so a member that leads out of the directory
 * is a problem, and so is what is neither a file, a directory nor a link within it.
 */
export function embeddedArchive(module: string): EmbeddedArchive | undefined {
  if (!module.includes(NAME)) return undefined;
  const members: TarMember[] = [];
  const problems: string[] = [];
  let assigned = false;
  for (const [, value = ''] of module.matchAll(ASSIGNMENT)) {
    assigned = true;
    const literal = LITERAL.exec(value)?.[2];
    if (literal === undefined) {
      problems.push('the embedded archive is not one text in base64');
      continue;
    }
    try {
      const found = tarMembers(gunzip(Buffer.from(literal, 'base64'), UNPACKED_LIMIT));
      members.push(...found);
      problems.push(...escapes(found));
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      problems.push(`the embedded archive is not read: ${error.message}`);
    }
  }
  if (!assigned) return undefined;
  return { members: members.map(({ name, kind, size }) => ({ name, kind, size })), problems };
}

/** The members that would make a file, or let one be made, outside of the directory that the archive is unpacked into. */
function escapes(members: readonly TarMember[]): readonly string[] {
  const links = new Set(members.filter(({ kind }) => kind === 'link').map(({ name }) => plain(name)));
  const wrong = ({ name, kind, target }: TarMember): string | undefined => {
    if (name !== '' && plain(name) === '' && kind === 'directory') return undefined;
    if (leadsOut(name)) return 'leads out of it';
    if (depthOf(name) > DEPTH_LIMIT) return 'is in too many folders';
    if (kind === 'other') return 'is neither a file, a directory nor a link';
    if (parentsOf(name).some((parent) => links.has(parent))) return 'is written through a link';
    if (kind === 'hard-link' && leadsOut(target)) return 'is a link that leads out of it';
    if (kind === 'link' && linkLeadsOut(name, target)) return 'is a link that leads out of it';
    return undefined;
  };
  return members.flatMap((member) => {
    const why = wrong(member);
    return why ? [`'${member.name}' in the embedded archive ${why}`] : [];
  });
}

/**
 * A link's target goes up at its beginning only, and not further than to the archive's directory: what follows can go through
 * other links, which are looked at as well, but never up again.
 */
function linkLeadsOut(name: string, target: string): boolean {
  if (/^[\\/]|^[A-Za-z]:/.test(target)) return true;
  const steps = target.split('/').filter((step) => step !== '' && step !== '.');
  const up = steps.findIndex((step) => step !== '..');
  const ups = up < 0 ? steps.length : up;
  return ups > depthOf(name) || steps.slice(ups).includes('..');
}

/** How many directories a member is in. */
function depthOf(name: string): number {
  return plain(name).split('/').length - 1;
}

/** The directories that a member is in, outermost first. */
function parentsOf(name: string): readonly string[] {
  const steps = plain(name).split('/');
  return steps.slice(1).map((_, place) => steps.slice(0, place + 1).join('/'));
}

function plain(name: string): string {
  return name
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .join('/');
}
