// npm run bench [-- --write]: measures what the library costs and prints it as Markdown. With --write, the tables go into
// docs/performance.md. Set CDK8S_KFP_BENCH_KFP to a Python that has the kfp SDK to measure that beside it.
import * as fs from 'node:fs';
import { convertFigure } from './convert';
import { kfpFigure } from './kfp';
import { measure, ROOT } from './measure';
import { writeTables } from './performance-doc';
import { runtimeStart } from './runtime-start';
import { bytesPerTask, diamonds, growth, type SynthFigure, synthFigure } from './synth';
import { typesFigure } from './types/check';
import { prepareWorkspace } from './workspace';

/** Runs for each number of tasks: the shorter one takes, the more often. */
const RUNS: Readonly<Record<number, number>> = { 10: 7, 100: 7, 1000: 7, 3000: 5, 10000: 5 };
/** Tasks of a pipeline where an app has many. */
const USUAL = 150;

const seconds = (value: number) => `${value.toFixed(2)} s`;
const milliseconds = (value: number) => `${Math.round(value * 1000)} ms`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function synthTable(figures: readonly SynthFigure[]): string {
  const rows = figures.map(({ tasks, perPipeline, ours, raw, ratio }) => [
    String(tasks),
    tasks <= perPipeline ? 'one' : `${Math.ceil(tasks / perPipeline)} of ${perPipeline} tasks`,
    seconds(ours),
    seconds(raw),
    ratio.toFixed(2),
  ]);
  return table(['tasks', 'pipelines', 'this library', 'raw cdk8s', 'ratio'], rows);
}

function goals(workspace: string, figures: readonly SynthFigure[]): string {
  const single = (tasks: number) => figures.find((figure) => figure.tasks === tasks && figure.perPipeline >= tasks)!;
  const large = figures.filter(({ tasks }) => tasks >= 1000);
  const worst = Math.max(...large.map(({ ratio }) => ratio));
  const exponent = growth(single(10).ours, single(1000), single(10_000));
  const start = runtimeStart(workspace, 15);
  const types = typesFigure(workspace, 300, 5);
  const convert = convertFigure(workspace, 1000, 5);
  return table(
    ['what', 'figure', 'goal'],
    [
      ['synth beside raw cdk8s, 1,000 tasks and more, the worst', worst.toFixed(2), '1.25'],
      ['growth of synth from 1,000 to 10,000 tasks, as an exponent', exponent.toFixed(2), '1.05'],
      ['30 stacked diamonds, tied by data', seconds(diamonds(workspace, 'data')), '1 s'],
      ['30 stacked diamonds, tied by `.after()`', seconds(diamonds(workspace, 'after')), '1 s'],
      [
        `converting a KFP document of 1,000 tasks (${(convert.bytes / 1e6).toFixed(1)} MB, ${seconds(convert.convert)}), beside \`yaml\` reading it (${seconds(convert.parse)}) and synth of the same pipeline (${seconds(convert.synth)})`,
        convert.ratio.toFixed(2),
        '1.50',
      ],
      ['bytes of JSON that a task adds', bytesPerTask(workspace).toFixed(0), '300'],
      [
        `start of a component, beside \`python3 -c 0\` (${milliseconds(start.python)})`,
        milliseconds(start.ours),
        milliseconds(start.python * 2 + 0.02),
      ],
      [
        `type check of ${types.components} components and tasks (${types.instantiations} instantiations)`,
        seconds(types.checkSeconds),
        '1 s',
      ],
    ],
  );
}

function kfpTable(python: string, figures: readonly SynthFigure[]): string {
  const rows = [10, 100, 300].map((tasks) => {
    const { cpu, bytes } = kfpFigure(python, tasks, 3);
    const ours = figures.find((figure) => figure.tasks === tasks)?.ours;
    return [String(tasks), seconds(cpu), ours === undefined ? '' : seconds(ours), (bytes / tasks).toFixed(0)];
  });
  return table(['tasks', 'kfp compile', 'this library', 'bytes of kfp’s PipelineSpec per task'], rows);
}

function main(): void {
  measure(['node', 'scripts/build.mjs']);
  const workspace = prepareWorkspace();
  try {
    const figures = Object.entries(RUNS).flatMap(([key, runs]) => {
      const tasks = Number(key);
      const single = synthFigure(workspace, tasks, tasks, runs);
      return tasks <= USUAL ? [single] : [single, synthFigure(workspace, tasks, USUAL, runs)];
    });
    const python = process.env.CDK8S_KFP_BENCH_KFP;
    const tables = [goals(workspace, figures), synthTable(figures), ...(python ? [kfpTable(python, figures)] : [])];
    const text = tables.join('\n\n');
    console.log(text);
    if (process.argv.includes('--write')) writeTables(ROOT, text);
  } finally {
    fs.rmSync(workspace, { recursive: true, force: true });
  }
}

main();
