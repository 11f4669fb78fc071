import * as path from 'node:path';
import type { Json } from '../components/definition';
import { type Paint, showDuration, showGroup, showState, showValues } from './line-reporter';
import type { GroupResult, LocalArtifact, LocalArtifacts, LocalRun, TaskResult } from './local-run';

/** A run's results as lines of text: tasks, loops, outputs, metrics, artifacts, and what failed. */
export function summaryOf(run: LocalRun, paint: Paint): readonly string[] {
  const results = Object.entries(run.tasks);
  return [
    '',
    `${paint('bold', run.name)}  ${showState(run.state, paint)}`,
    ...table([
      ...results.map(([id, result]) => [
        `  ${id}`,
        showState(result.state, paint),
        time(result),
        showValues(result.outputs),
      ]),
      ...Object.entries(run.groups).flatMap(([id, group]) => groupRows(id, group, paint)),
    ]),
    ...section(
      'metrics',
      paint,
      results.flatMap(([id, { artifacts }]) => metricLines(id, artifacts)),
    ),
    ...section('artifacts', paint, table(results.flatMap(([id, { artifacts }]) => artifactRows(id, artifacts)))),
    ...section('outputs of the pipeline', paint, table(returnedRows(run))),
    ...results.flatMap(([id, result]) => failureLines(id, result, paint)),
    ...Object.entries(run.groups).flatMap(([id, { state, error }]) =>
      state !== 'Failed' || error === undefined ? [] : ['', paint('red', `${id} failed: ${error}`)],
    ),
  ];
}

function time({ attempts, durationMs, reusedFrom, cachedFrom }: TaskResult): string {
  if (reusedFrom !== undefined) return `from ${reusedFrom}`;
  if (cachedFrom !== undefined) return `cached from ${cachedFrom}`;
  return attempts === 0 ? '' : `${showDuration(durationMs)}${attempts > 1 ? `, ${attempts} attempts` : ''}`;
}

/** Loops, repeats and approvals have something to tell besides what is inside of them. */
function groupRows(id: string, group: GroupResult, paint: Paint): readonly (readonly string[])[] {
  const what = showGroup(group);
  const from = group.reusedFrom === undefined ? '' : `from ${group.reusedFrom}`;
  return what ? [[`  ${id}`, showState(group.state, paint), from || what, from && what]] : [];
}

function returnedRows({ outputs, artifacts }: LocalRun): readonly (readonly string[])[] {
  return [
    ...Object.entries(outputs).map(([name, value]) => [
      `  ${name}`,
      typeof value === 'number' ? String(value) : JSON.stringify(value),
    ]),
    ...Object.entries(artifacts).flatMap(([name, artifact]) => artifactPlaces(`  ${name}`, artifact)),
  ];
}

function artifactPlaces(name: string, artifact: LocalArtifacts): readonly (readonly string[])[] {
  if (!('path' in artifact)) return artifact.flatMap((element, index) => artifactPlaces(`${name}[${index}]`, element));
  return [[name, artifact.type, shortPath(artifact.path)]];
}

function section(title: string, paint: Paint, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', paint('bold', title), ...lines];
}

function artifactRows(
  task: string,
  artifacts: Readonly<Record<string, LocalArtifact>>,
): readonly (readonly string[])[] {
  return Object.entries(artifacts)
    .filter(([, { type }]) => !/Metrics$/.test(type))
    .map(([name, artifact]) => [`  ${task}.${name}`, artifact.type, shortPath(artifact.path)]);
}

function metricLines(task: string, artifacts: Readonly<Record<string, LocalArtifact>>): readonly string[] {
  return Object.entries(artifacts).flatMap(([name, { type, metadata }]) => {
    if (!/Metrics$/.test(type)) return [];
    const { confusionMatrix, confidenceMetrics, ...numbers } = metadata as Record<string, Json>;
    const rows = Object.entries(numbers).map(([metric, value]) => [
      `    ${metric}`,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    const points = Array.isArray(confidenceMetrics) ? [`    ROC curve of ${confidenceMetrics.length} points`] : [];
    return [`  ${task}.${name}`, ...table(rows), ...points, ...confusionLines(confusionMatrix)];
  });
}

interface ConfusionMatrix {
  readonly annotationSpecs?: readonly { readonly displayName?: string }[];
  readonly rows?: readonly { readonly row?: readonly number[] }[];
}

/** A confusion matrix as KFP stores it: the true classes are its rows, the predicted ones its columns. */
function confusionLines(value: Json | undefined): readonly string[] {
  const matrix = (typeof value === 'object' ? value : undefined) as ConfusionMatrix | null | undefined;
  if (!Array.isArray(matrix?.annotationSpecs) || !Array.isArray(matrix.rows)) return [];
  const names = matrix.annotationSpecs.map(({ displayName }) => displayName ?? '');
  const rows = matrix.rows.map(({ row }, index) => [`    ${names[index] ?? ''}`, ...(row ?? []).map(String)]);
  return table([['    true \\ predicted', ...names], ...rows]);
}

function failureLines(task: string, { state, error, traceback, logs }: TaskResult, paint: Paint): readonly string[] {
  if (state !== 'Failed') return [];
  return [
    '',
    paint('red', `${task} failed: ${error}`),
    ...(traceback
      ? traceback
          .split('\n')
          .slice(-20)
          .map((line) => `  ${line}`)
      : []),
    ...(logs ? [paint('dim', `  log: ${shortPath(logs)}`)] : []),
  ];
}

/** A path as people write it: relative where it is below the current folder. */
function shortPath(file: string): string {
  const relative = path.relative('', file);
  return relative.startsWith('..') ? file : relative;
}

/** Rows with their columns aligned; styles take no room. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: styles are control sequences
  const width = (cell: string) => cell.replace(/\u001b\[\d+m/g, '').length;
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, width(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat(widths[column]! - width(cell)))
      .join('  ')
      .trimEnd(),
  );
}
