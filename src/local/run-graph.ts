import { setMaxListeners } from 'node:events';
import * as os from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../components/definition';
import { DiagnosticsError } from '../diagnostic';
import { type ApprovalDecision, GRAPH_FORMAT, type PipelineGraph } from '../graph/graph';
import { memberOf } from '../graph/member';
import type { Decide } from './approval';
import { checkArguments } from './arguments';
import { LocalCache } from './cache';
import { findContainerEngine } from './container-attempt';
import { Interpreters } from './interpreter';
import type { LocalRun } from './local-run';
import { LocalRunner } from './local-runner';
import { preflight } from './preflight';
import type { Reporter } from './reporter';
import { nodesToRun, planRerun, type Rerun, type RerunRequest } from './rerun';
import { RunRecord } from './run-record';
import { Slots } from './scheduler';
import { Store } from './store';
import type { Stub } from './stub';
import type { TaskEnvironment } from './task-runner';
import { decodeText } from './value-text';
import { Venvs } from './venv';

/** How a pipeline is run on this machine. */
export interface LocalRunOptions extends RerunRequest {
  /** Values of parameters, by name. @default - the parameters' defaults; in a rerun, the last run's values */
  readonly arguments?: Readonly<Record<string, Json | undefined>>;
  /** Further arguments as `name=value` texts, as on the command line. @default - none */
  readonly argumentTexts?: readonly string[];
  /**
   * What stands in for components, by instance (`first/load`), task id or component name: a function, or the path of a
   * program.
   *
   * @default - none
   */
  readonly stubs?: Readonly<Record<string, Stub | string>>;
  /** Decisions about approvals, by id for all instances, or by the key of one. @default - `decide` is asked */
  readonly approvals?: Readonly<Record<string, ApprovalDecision>>;
  /** Is asked about approvals that `approvals` does not hold. @default - each approval has to stand there */
  readonly decide?: Decide;
  /** The folder of runs and virtual environments. @default '.cdk8s-kfp' in the current folder */
  readonly store?: string;
  /** Runs of one series go on from each other in a rerun. @default 'latest', that of the command line */
  readonly series?: string;
  /**
   * Whether results are reused of tasks whose settings say so. Where not, they run, and their new results are kept.
   * @default true
   */
  readonly caching?: boolean;
  /** How many tasks run at the same time. @default - the number of CPUs */
  readonly parallelism?: number;
  /** Is told what happens. @default - nobody is */
  readonly reporter?: Reporter;
  /** Stops the run when aborted: tasks that are running are ended, then exit tasks run. @default - never */
  readonly signal?: AbortSignal;
  /** How long a program may take to end when it is stopped, in milliseconds. @default 5000 */
  readonly graceMs?: number;
  /** The folder of the Python runtime. @default - the one of this library */
  readonly runtime?: string;
}

/**
 * Runs a compiled pipeline on this machine: a task that fails makes the run Failed, and is no error of this function.
 *
 * @throws DiagnosticsError where the arguments, the stubs or the machine do not permit the run
 */
export async function runGraph(graph: PipelineGraph, options: LocalRunOptions = {}): Promise<LocalRun> {
  if (graph.format !== GRAPH_FORMAT) {
    throw new DiagnosticsError([
      {
        code: 'KFP1403',
        message: `the graph of '${graph.name}' has format ${graph.format}, not ${GRAPH_FORMAT}`,
        mend: 'synthesise it with the version of cdk8s-kfp that runs it',
      },
    ]);
  }
  const store = new Store(options.store ?? '.cdk8s-kfp', options.series);
  const rerun = planRerun(graph, store, options);
  const before = rerun ? lastArguments(graph, rerun) : {};
  const given = { ...before, ...options.arguments };
  const { values, problems } = checkArguments(graph, given, options.argumentTexts ?? []);
  const stubs = options.stubs ?? {};
  const decisions = { approvals: options.approvals ?? {}, ...(options.decide && { decide: options.decide }) };
  const { diagnostics, engine } = preflight(graph, nodesToRun(graph, rerun), stubs, decisions, findContainerEngine);
  if (problems.length + diagnostics.length > 0) throw new DiagnosticsError([...problems, ...diagnostics]);

  const { signal, reporter = {} } = options;
  // Each task that is running listens.
  if (signal) setMaxListeners(0, signal);
  const record = new RunRecord(graph, store, store.createRun(graph.name), values);
  reporter.runStarted?.({ name: record.name, pipeline: graph.name, folder: store.runFolder(record.name) });
  for (const name of Object.keys(before)) {
    if (isDeepStrictEqual(before[name], values[name])) continue;
    reporter.warning?.(
      `parameter '${name}' has another value than in ${rerun!.last.name}, whose outputs are used again`,
    );
  }
  const environment: TaskEnvironment = {
    run: record.name,
    store,
    reporter,
    interpreters: new Interpreters(),
    venvs: new Venvs(store.venvs),
    slots: new Slots(options.parallelism ?? os.availableParallelism()),
    cache: new LocalCache(store, record.name, options.caching ?? true, reporter),
    stubs,
    ...(engine && { engine }),
    ...(options.runtime !== undefined && { runtime: options.runtime }),
    ...(options.graceMs !== undefined && { graceMs: options.graceMs }),
  };
  const { state, outputs } = await new LocalRunner(graph, record, rerun, signal, environment, decisions).runAll();
  const finished = record.finish(state, outputs);
  reporter.runEnded?.(finished);
  return finished;
}

/** The last run's values of the parameters that the pipeline still has, where they still are of their types. */
function lastArguments(graph: PipelineGraph, { last }: Rerun): Readonly<Record<string, Json | undefined>> {
  const values: Record<string, Json | undefined> = {};
  for (const [name, text] of Object.entries(last.arguments)) {
    const parameter = memberOf(graph.parameters, name);
    if (!parameter) continue;
    try {
      values[name] = decodeText(parameter.type, text);
    } catch {
      // The pipeline changed since: its default applies.
    }
  }
  return values;
}
