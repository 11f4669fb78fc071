// npm run docs: writes docs/from-kfp.md from the rows that test/from-kfp.test.ts tests.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { sections } from '../test/fixtures/kfp-methods';
import type { Row, Section } from '../test/fixtures/kfp-methods/row';

const ROOT = path.join(__dirname, '..');
const ROWS = path.join(ROOT, 'test', 'fixtures', 'kfp-methods');

/** The document that is written. */
export const DOCUMENT: string = path.join(ROOT, 'docs', 'from-kfp.md');

/** The text of the document. */
export function render(): string {
  const shown = new Map<string, string[]>();
  return `# From KFP: what a task can say

Everything that KFP v2's \`PipelineTask\` and kfp-kubernetes, and KFP v1's \`ContainerOp\`, let a task say, and how it is said
here. \`npm run docs\` writes this page from examples that the tests run: each is held against the pod that Argo makes of it. A guide
to the settings is in [pods.md](pods.md), control flow in [control-flow.md](control-flow.md).

The examples refer to these:

\`\`\`ts
${setup()}\`\`\`

${sections.map((section) => sectionText(section, shown)).join('\n')}`;
}

function sectionText(section: Section, shown: Map<string, string[]>): string {
  const examples = shown.get(section.file) ?? examplesIn(fs.readFileSync(path.join(ROWS, section.file), 'utf8'));
  shown.set(section.file, examples);
  const rows = section.rows.map((row) => rowText(row, row.example ? examples.shift()! : ''));
  return `## ${section.title}

${section.intro}

| KFP | Here | |
|---|---|---|
${rows.join('')}`;
}

function rowText({ kfp, note = '' }: Row, example: string): string {
  return `| ${code(kfp)} | ${statementsOf(example).map(code).join('<br>')} | ${note.replaceAll('|', '\\|')} |\n`;
}

/** Code in a cell of a table. */
function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text.replaceAll('|', '\\|')}${fence}`;
}

/** What the examples refer to, as the rows' file has it. */
function setup(): string {
  const text = fs.readFileSync(path.join(ROWS, 'row.ts'), 'utf8');
  return `${text
    .slice(text.indexOf('export const work'), text.indexOf('// Until here.'))
    .trimEnd()
    .replace(/^export /gm, '')}\n`;
}

/** The sources of the examples in a file, in order: what stands behind the arrow, up to the comma that ends the property. */
function examplesIn(text: string): string[] {
  return [...text.matchAll(/^ {6}example: \(.*?\) =>\s/gm)].map((found) => {
    const start = found.index + found[0].length;
    return text.slice(start, endOf(text, start));
  });
}

/** Where an expression ends: at a comma outside of all brackets and texts. */
function endOf(text: string, start: number): number {
  let depth = 0;
  let quote = '';
  for (let at = start; at < text.length; at++) {
    const character = text[at]!;
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote) quote = '';
    } else if ('\'"`'.includes(character)) quote = character;
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    else if (character === ',' && depth === 0) return at;
  }
  throw new Error(`an example has no end: ${text.slice(start, start + 80)}`);
}

/** The statements of an example, each on one line. */
function statementsOf(example: string): string[] {
  if (example === '') return [];
  if (!example.startsWith('{')) return [oneLine(example)];
  const lines = example.split('\n').slice(1, -1);
  const indent = /^ */.exec(lines[0]!)![0];
  const statements: string[] = [];
  for (const line of lines) {
    const isNew = line.startsWith(indent) && !/^[\s})\].]/.test(line.slice(indent.length));
    if (isNew) statements.push(line);
    else statements[statements.length - 1] += `\n${line}`;
  }
  return statements.filter((line) => !line.trim().startsWith('return ')).map(oneLine);
}

function oneLine(text: string): string {
  return text
    .trim()
    .replace(/\n\s*\./g, '.')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/([([]) /g, '$1')
    .replace(/,? ([)\]])/g, '$1')
    .replace(/, \}/g, ' }');
}

if (require.main === module) fs.writeFileSync(DOCUMENT, render());
