import * as fs from 'node:fs';
import * as path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ApprovalDecision, PipelineGraph } from '../graph/graph';
import { LineReporter, paintFor } from '../local/line-reporter';
import { ENDING_SIGNALS } from '../local/process-group';
import type { Reporter } from '../local/reporter';
import { runGraph } from '../local/run-graph';
import { summaryOf } from '../local/summary';
import { appAndPipeline } from './app-and-pipeline';
import { appCommand, problem } from './app-command';
import { isDocument, isDocumentName } from './app-files';
import { appGraphs, selectGraph } from './app-graphs';
import { askDecisions } from './ask-decision';
import { collect, positive } from './option-values';
import { printResult, resultOf } from './run-result';

interface RunOptions {
  readonly param?: readonly string[];
  readonly task?: string;
  readonly from?: string;
  readonly parallelism?: number;
  readonly stub?: Readonly<Record<string, string>>;
  readonly approve?: Readonly<Record<string, ApprovalDecision>>;
  readonly output: 'text' | 'json';
  readonly json?: true;
  readonly quiet?: true;
  readonly store?: string;
  /** False where `--no-cache` was given. */
  readonly cache: boolean;
}

/** What a shell gives for a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** `cdk8s-kfp run`: runs a pipeline on this machine. */
export function runCommand(): Command {
  return new Command('run')
    .summary('run a pipeline on this machine')
    .description(
      'Run a pipeline of an app, or a compiled KFP pipeline, on this machine: Python components as processes, containers by ' +
        'docker or podman.',
    )
    .argument(
      '[app]',
      "the app's entry file, its cdk8s.yaml or its folder (default: the current folder); or a compiled KFP pipeline",
    )
    .argument('[pipeline]', 'the name of the pipeline, where the app has several')
    .option('-p, --param <name=value>', "a parameter's value; may be given again", collect)
    .addOption(
      new Option('--task <name>', 'run this task, or other node, alone, on what the last run left').conflicts('from'),
    )
    .option('--from <name>', 'run this task and all that depends on it, on what the last run left')
    .option('--parallelism <n>', 'how many tasks run at the same time (default: the number of CPUs)', positive)
    .option('--stub <name=program>', 'run a program instead of a task or a component; may be given again', stub)
    .option('--approve <name[=decision]>', 'decide about an approval: approved, rejected or timed-out', approve)
    .option('--no-cache', 'reuse no results; keep the new ones')
    .addOption(
      new Option('--output <form>', 'how the result is printed; json is one object, and nothing else is on stdout')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addOption(new Option('--json', 'print all that is known of the run as JSON on stdout').conflicts('output'))
    .option('--quiet', 'print the result only')
    .option('--store <folder>', "the folder of runs and artifacts (default: '.cdk8s-kfp' beside cdk8s.yaml)")
    .addHelpText('after', STUBS)
    .action(run);
}

const STUBS = `
A stub's program (a .py file, or any executable) reads parameters, and paths of artifacts, from INPUT_<name>, and
writes each output to the file that OUTPUT_<name> names.

What runs several times is named by its key: train[2] is in the third iteration, first/load in the pipeline that first
calls. --stub and --approve take keys, and names for all that have it; --from runs a loop or a call again as a whole.
An approval that is not decided beforehand is asked about on a terminal.

Exit codes: 0 the run succeeded, 1 it failed, 130 it was stopped. Ctrl-C stops the tasks, then exit tasks run; Ctrl-C
again ends everything at once.`;

async function run(first: string | undefined, second: string | undefined, options: RunOptions): Promise<void> {
  const { graph, folder } = await graphToRun(first, second);
  const isJson = options.json || options.output === 'json';
  const progress = isJson ? process.stderr : process.stdout;
  const print = (line: string) => void progress.write(`${line}\n`);
  const reporter: Reporter = options.quiet ? {} : new LineReporter(graph, print, paintFor(progress));
  const interruption = interruptible();
  try {
    const result = await runGraph(graph, {
      argumentTexts: options.param ?? [],
      stubs: options.stub ?? {},
      store: options.store ?? path.join(folder, '.cdk8s-kfp'),
      approvals: options.approve ?? {},
      ...(process.stdin.isTTY && process.stdout.isTTY && { decide: askDecisions() }),
      reporter,
      caching: options.cache,
      signal: interruption.signal,
      ...(options.task !== undefined && { task: options.task }),
      ...(options.from !== undefined && { from: options.from }),
      ...(options.parallelism !== undefined && { parallelism: options.parallelism }),
    });
    if (isJson) process.stdout.write(`${printResult(options.json ? result : resultOf(result))}\n`);
    else for (const line of summaryOf(result, paintFor(process.stdout))) print(line);
    process.exitCode = { Succeeded: 0, Failed: 1, Stopped: INTERRUPTED }[result.state];
  } finally {
    interruption.end();
  }
}

/** The pipeline that is meant, and the folder of its project. */
async function graphToRun(
  first: string | undefined,
  second: string | undefined,
): Promise<{ readonly graph: PipelineGraph; readonly folder: string }> {
  if (first !== undefined && isDocument(first)) {
    if (second !== undefined) {
      const mend = `run it by its file alone: cdk8s-kfp run ${first}`;
      throw problem('KFP1618', `${first} is one compiled pipeline, and '${second}' is not an argument for it`, mend);
    }
    // An app's pipelines come as graphs, and need none of what this loads.
    const { importDocuments } = require('./document-pipelines') as typeof import('./document-pipelines');
    const { pipelines } = importDocuments([first]);
    return { graph: pipelines[0]!.graph, folder: '.' };
  }
  if (first !== undefined && isDocumentName(first) && !fs.existsSync(first)) {
    const mend = "name a compiled KFP pipeline, the app's entry file, or the folder of its cdk8s.yaml";
    throw problem('KFP1430', `there is no file '${first}'`, mend);
  }
  const [app, pipeline] = appAndPipeline(first, second);
  const command = appCommand(app);
  const several = (name: string) =>
    `name one of them, such as 'cdk8s-kfp run ${app === undefined ? '' : `${app} `}${name}'`;
  return { graph: selectGraph(await appGraphs(command), pipeline, several), folder: command.cwd };
}

/** The first signal stops the run in good order; the second ends this process, which kills all that it started. */
function interruptible(): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    process.stderr.write('stopping; once more ends everything at once\n');
    controller.abort();
  };
  for (const name of ENDING_SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    end: () => {
      for (const name of ENDING_SIGNALS) process.off(name, onSignal);
    },
  };
}

function stub(text: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Write it as NAME=path/to/program.');
  return { ...earlier, [text.slice(0, equals)]: text.slice(equals + 1) };
}

const DECISIONS: readonly ApprovalDecision[] = ['approved', 'rejected', 'timed-out'];

function approve(
  text: string,
  earlier: Readonly<Record<string, ApprovalDecision>> = {},
): Readonly<Record<string, ApprovalDecision>> {
  const [, name, decision = 'approved'] = /^([^=]+)(?:=(.*))?$/.exec(text) ?? [];
  const known = DECISIONS.find((each) => each === decision);
  if (name === undefined || !known) {
    throw new InvalidArgumentError(`Write it as NAME, or NAME=${DECISIONS.join('|')}.`);
  }
  return { ...earlier, [name]: known };
}
