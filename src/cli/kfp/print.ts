import { terminalText } from '../../diagnostic';
import { printable } from '../../kfp/client/errors';

/** Prints a result: one object as JSON, or lines for people, who can be shown nothing that steers their terminal. */
export function print(form: 'text' | 'json', object: object, lines: () => readonly string[]): void {
  const text = form === 'json' ? JSON.stringify(object, undefined, 2) : lines().map(lineOf).join('\n');
  if (text !== '') process.stdout.write(`${text}\n`);
}

/** What a server says stays on its line. */
export function lineOf(text: string): string {
  return terminalText(text.replaceAll('\n', ' '));
}

/** Rows in columns; what is not known is a dash. What a server says cannot steer the terminal. */
export function table(head: readonly string[], rows: readonly (readonly (string | undefined)[])[]): readonly string[] {
  const cells = [head, ...rows.map((row) => row.map((cell) => printable(String(cell || '-'))))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
