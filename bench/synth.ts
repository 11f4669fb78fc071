import * as fs from 'node:fs';
import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { cpuOf, measure, median } from './measure';

/** What synth of a number of tasks costs, beside raw cdk8s emitting the very same objects. */
export interface SynthFigure {
  readonly tasks: number;
  readonly perPipeline: number;
  /** CPU seconds of the whole process. */
  readonly ours: number;
  readonly raw: number;
  /** Median of the ratios of runs made one after the other. */
  readonly ratio: number;
}

/** Synthesises an app of this many tasks by turns with this library and with cdk8s alone. */
export function synthFigure(workspace: string, tasks: number, perPipeline: number, runs: number): SynthFigure {
  const objects = path.join(workspace, `objects-${tasks}-${perPipeline}.json`);
  const outs = { ours: path.join(workspace, 'dist-ours'), raw: path.join(workspace, 'dist-raw') };
  const app = ['node', path.join(workspace, 'ours.js'), String(tasks), String(perPipeline)];
  measure([...app, objects], { CDK8S_OUTDIR: outs.ours });
  const rounds = Array.from({ length: runs }, () => {
    const ours = measure(app, { CDK8S_OUTDIR: outs.ours }).cpu;
    const { cpu, stdout } = measure(['node', path.join(workspace, 'raw.js'), objects], { CDK8S_OUTDIR: outs.raw });
    // A program that builds the objects itself reads no file.
    const raw = cpu - Number(stdout);
    return { ours, raw, ratio: ours / raw };
  });
  if (tasks <= 1000 && !sameObjects(outs.ours, outs.raw))
    throw new Error(`raw.js prints other objects at ${tasks} tasks`);
  fs.rmSync(objects);
  return {
    tasks,
    perPipeline,
    ours: median(rounds.map(({ ours }) => ours)),
    raw: median(rounds.map(({ raw }) => raw)),
    ratio: median(rounds.map(({ ratio }) => ratio)),
  };
}

function sameObjects(...folders: readonly [string, string]): boolean {
  const [ours, raw] = folders.map((folder) =>
    parseAllDocuments(fs.readFileSync(path.join(folder, 'bench.k8s.yaml'), 'utf8')).map((document) => document.toJS()),
  );
  return isDeepStrictEqual(ours, raw);
}

/**
 * How cost grows from one number of tasks to another, as an exponent: 1 is linear. What an app costs before its first
 * task would make it look better, and is taken out.
 */
export function growth(floor: number, from: SynthFigure, to: SynthFigure): number {
  return Math.log((to.ours - floor) / (from.ours - floor)) / Math.log(to.tasks / from.tasks);
}

/** Bytes of compact JSON that a task with one artifact in and one parameter in adds to a WorkflowTemplate. */
export function bytesPerTask(workspace: string): number {
  const size = (tasks: number) => {
    const file = path.join(workspace, 'objects.json');
    measure(['node', path.join(workspace, 'ours.js'), String(tasks), '1000', file], {
      CDK8S_OUTDIR: path.join(workspace, 'dist-ours'),
    });
    const objects = JSON.parse(fs.readFileSync(file, 'utf8')) as readonly { readonly kind: string }[];
    return Buffer.byteLength(JSON.stringify(objects.find(({ kind }) => kind === 'WorkflowTemplate')));
  };
  // Every tenth task loads; the others each read one artifact and one parameter.
  return (size(110) - size(102)) / 8;
}

/** CPU seconds of the synth of 30 stacked diamonds. */
export function diamonds(workspace: string, tied: 'data' | 'after'): number {
  const env = { CDK8S_OUTDIR: path.join(workspace, 'dist-ours') };
  return cpuOf(['node', path.join(workspace, 'diamonds.js'), tied], 3, env);
}
