import type { Json } from '../components/definition';
import { encodeJson } from '../values/codec';
import type { Lineage, LineageArtifact, LineageSource } from './lineage';

const HEADINGS = ['ARTIFACT', 'PRODUCED BY', 'COMPONENT', 'SOURCE', 'FROM', 'PARAMETERS', 'USED BY'];

/** A lineage as a table for people: a line for each artifact. */
export function lineageTable({ run, artifacts }: Lineage): string {
  const names = new Map(artifacts.map((artifact) => [artifact.id, nameOf(artifact)]));
  const rows = artifacts.map((artifact) => [
    artifact.id,
    `${artifact.producer === undefined ? '' : nameOf(artifact)}${artifact.cached ? ' (reused)' : ''}`,
    artifact.component ?? '',
    sourceText(artifact.source ?? {}),
    Object.values(artifact.inputs ?? {})
      .flat()
      .map((id) => names.get(id) ?? id)
      .join(', '),
    Object.entries(artifact.parameters ?? {})
      .map(([name, value]) => `${name}=${shown(value)}`)
      .join(', '),
    artifact.usedBy.join(', '),
  ]);
  const version = run.version === undefined ? '' : ` ${run.version}`;
  const title = `${run.name}: ${run.pipeline ?? 'a run'}${version}, ${run.phase ?? 'not started'}\n\n`;
  return title + aligned([HEADINGS, ...rows]);
}

/** What an artifact is called as the input of another. */
function nameOf({ producer, output, id }: LineageArtifact): string {
  return producer === undefined ? id : `${producer}.${output}`;
}

function sourceText({ file, function: name, digest, image = '' }: LineageSource): string {
  return file === undefined ? image : `${file}:${name}@${digest}`;
}

function shown(value: Json): string {
  const text = typeof value === 'string' ? value : encodeJson(value);
  const line = text.replace(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => (cell || '-').padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
