import { type WrittenFile, writeAll } from '../write-all';

/**
 * Writes files that the command line was asked for: all of them, or none where one cannot be written.
 *
 * @throws DiagnosticsError where one cannot be written
 */
export function writeDocuments(files: readonly WrittenFile[]): void {
  writeAll(files, (path, { message }) => ({
    code: 'KFP1616',
    message: `${path} cannot be written, so nothing was: ${message.split(',')[0]}`,
    mend: 'name another place with --output',
  }));
}
