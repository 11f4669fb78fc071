import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const BEGIN = '<!-- npm run bench -- --write -->';
const END = '<!-- end -->';

/** Puts the tables between the markers of docs/performance.md, with what they were measured on. */
export function writeTables(root: string, tables: string): void {
  const file = path.join(root, 'docs', 'performance.md');
  const text = fs.readFileSync(file, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${file} has no ${BEGIN} … ${END}`);
  const machine = `Node ${process.versions.node}, ${os.cpus().length} × ${os.cpus()[0]?.model.trim() ?? 'unknown CPU'}.`;
  fs.writeFileSync(file, `${text.slice(0, begin)}${BEGIN}\n\n${machine}\n\n${tables}\n\n${text.slice(end)}`);
}
