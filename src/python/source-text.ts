import { createHash } from 'node:crypto';

/** A Python file's text with line feeds only and without a byte order mark, so that it is the same on every system. */
export function normaliseText(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
}

/** The digest of a normalised text: `sha256:` and 64 hexadecimal digits. */
export function digestOf(normalised: string): string {
  return `sha256:${createHash('sha256').update(normalised, 'utf8').digest('hex')}`;
}

/** Lines of a file, both 1-based and inclusive. */
export type LineSpan = readonly [first: number, last: number];

/** The text of some spans of a file, each without the indentation of its first line, in the given order. */
export function sliceText(normalised: string, spans: readonly LineSpan[]): string {
  const lines = normalised.split('\n');
  const parts = spans.map(([first, last]) => dedent(lines.slice(first - 1, last)).join('\n'));
  return `${parts.join('\n\n\n')}\n`;
}

function dedent(lines: readonly string[]): readonly string[] {
  const indent = /^[ \t]*/.exec(lines[0] ?? '')?.[0] ?? '';
  return lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
}
