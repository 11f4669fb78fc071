import * as fs from 'node:fs';
import * as path from 'node:path';
import { measure, median, ROOT } from './measure';

/** What it costs to turn a KFP document into manifests. */
export interface ConvertFigure {
  readonly tasks: number;
  /** Size of the document, in bytes. */
  readonly bytes: number;
  /** CPU seconds of the whole process that reads the document and writes the manifests. */
  readonly convert: number;
  /** What the library `yaml` needs to read the document. */
  readonly parse: number;
  /** CPU seconds of the whole process that synthesises the same pipeline from TypeScript. */
  readonly synth: number;
  /** Median of convert beside the sum of the two, of runs made one after the other. */
  readonly ratio: number;
}

/** Converts a document of this many tasks, by turns with reading it alone and with the synth of the same pipeline. */
export function convertFigure(workspace: string, tasks: number, runs: number): ConvertFigure {
  const document = path.join(workspace, `document-${tasks}.yaml`);
  const out = path.join(workspace, 'converted.yaml');
  const env = { CDK8S_OUTDIR: path.join(workspace, 'dist-ours') };
  measure(['node', path.join(workspace, 'document.js'), String(tasks), document]);
  const command = [
    'node',
    path.join(ROOT, 'lib', 'cli', 'main.js'),
    'convert',
    document,
    '--crds',
    'minimal',
    '-o',
    out,
  ];
  const rounds = Array.from({ length: runs }, () => {
    const convert = measure(command).cpu;
    const parse = Number(measure(['node', path.join(workspace, 'parse.js'), document]).stdout);
    const synth = measure(['node', path.join(workspace, 'ours.js'), String(tasks), String(tasks)], env).cpu;
    return { convert, parse, synth, ratio: convert / (parse + synth) };
  });
  const bytes = fs.statSync(document).size;
  fs.rmSync(document);
  return {
    tasks,
    bytes,
    convert: median(rounds.map((round) => round.convert)),
    parse: median(rounds.map((round) => round.parse)),
    synth: median(rounds.map((round) => round.synth)),
    ratio: median(rounds.map((round) => round.ratio)),
  };
}
