import * as path from 'node:path';
import { measure, median, ROOT } from './measure';

/** What the kfp SDK makes of the same pipeline. */
export interface KfpFigure {
  readonly tasks: number;
  /** CPU seconds of the whole process that compiles it. */
  readonly cpu: number;
  /** Bytes of compact JSON of the PipelineSpec that it writes. */
  readonly bytes: number;
}

/** Compiles the benchmark's pipeline by the kfp SDK. @param python a Python that has kfp */
export function kfpFigure(python: string, tasks: number, runs: number): KfpFigure {
  const script = path.join(ROOT, 'bench', 'kfp_pipeline.py');
  const rounds = Array.from({ length: runs }, () => measure([python, script, String(tasks)]));
  return { tasks, cpu: median(rounds.map(({ cpu }) => cpu)), bytes: Number(rounds[0]!.stdout) };
}
