import type { ArgumentsOf, Pipeline, PipelineParameters } from './constructs/pipeline';
import type { RunArgumentsProp } from './constructs/run';
import type { LocalRun } from './local/local-run';
import type { LocalRunOptions } from './local/run-graph';

/** Options of {@link runLocally}: those of a local run, with arguments that the compiler checks. */
export type RunLocallyOptions<P extends PipelineParameters> = Omit<
  LocalRunOptions,
  'arguments' | 'argumentTexts' | 'caching'
> & {
  /** Whether results are reused of tasks whose settings say so, those of runs on the command line included. @default false */
  readonly caching?: boolean;
} & RunArgumentsProp<ArgumentsOf<NoInfer<P>>>;

/**
 * Runs a pipeline on this machine: Python components as processes, containers by docker or podman.
 *
 * ```ts
 * const run = await runLocally(pipeline, { arguments: { seed: 1 }, stubs: { push: async () => ({ uri: 'x' }) } });
 * expect(run.tasks.train?.state).toBe('Succeeded');
 * ```
 *
 * A run that fails is no error: its `state` says so, and each task's `error` says why.
 *
 * @throws DiagnosticsError where the pipeline, the arguments, the stubs or the machine do not permit the run
 */
export async function runLocally<P extends PipelineParameters>(
  pipeline: Pipeline<P>,
  ...[options]: {} extends ArgumentsOf<P> ? [options?: RunLocallyOptions<P>] : [options: RunLocallyOptions<P>]
): Promise<LocalRun> {
  // Loaded when it is asked for: synth has no use for it.
  const { runGraph } = require('./local/run-graph') as typeof import('./local/run-graph');
  // What a test runs, with stubs, is nothing that a rerun on the command line should go on from. And it means to run it.
  return runGraph(pipeline.graph, { series: 'tests', caching: false, ...(options as LocalRunOptions | undefined) });
}
