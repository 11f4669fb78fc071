import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Diagnostic, DiagnosticsError } from './diagnostic';

/** A file to be written. */
export interface WrittenFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Writes files whole: all of them, or none where one cannot be written.
 *
 * @param unwritable says what is wrong with a file
 * @throws DiagnosticsError where one cannot be written
 */
export function writeAll(
  files: readonly WrittenFile[],
  unwritable: (path: string, error: NodeJS.ErrnoException) => Diagnostic,
): void {
  const undo: (() => void)[] = [];
  const temporaries: string[] = [];
  let current = '';
  try {
    for (const { path, text } of files) {
      current = path;
      mkdirSync(dirname(path), { recursive: true });
      temporaries.push(temporaryOf(path));
      writeFileSync(temporaryOf(path), text);
    }
    for (const { path } of files) {
      current = path;
      const before = existsSync(path) ? readFileSync(path) : undefined;
      renameSync(temporaryOf(path), path);
      undo.push(() => (before ? writeFileSync(path, before) : rmSync(path)));
    }
  } catch (error) {
    for (const step of undo.reverse()) attempt(step);
    throw new DiagnosticsError([unwritable(current, error as NodeJS.ErrnoException)]);
  } finally {
    for (const path of temporaries) attempt(() => rmSync(path, { force: true }));
  }
}

function temporaryOf(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

/** Does what can be done; the error that led to it matters more than one of its own. */
function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // It stays as it is.
  }
}
