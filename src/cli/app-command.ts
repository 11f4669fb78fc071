import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { parse } from 'yaml';
import { DiagnosticsError } from '../diagnostic';
import type { Environment } from '../local/environment';
import { ENDING_SIGNALS, signalGroup } from '../local/process-group';
import { CONFIG, isDocument } from './app-files';
import { InterruptedError } from './interrupted-error';

/** How an app is run. */
export interface AppCommand {
  /** A program and its arguments, or the user's own command line, which a shell runs as cdk8s does. */
  readonly command: readonly string[] | string;
  /** The project's folder. */
  readonly cwd: string;
  /** The folder of the manifests, below the project's. */
  readonly output: string;
}

/** Whether a child can lead a process group. */
const GROUPS = process.platform !== 'win32';

/** How long an app may take to end. */
const GRACE_MS = 5000;

/** Where cdk8s writes manifests unless it is told otherwise. */
const OUTPUT = 'dist';

/**
 * The command that runs an app.
 *
 * @param app the app's entry file, its cdk8s.yaml, or a folder with one; the current folder where left out
 * @throws DiagnosticsError where it cannot be told how
 */
export function appCommand(app = '.'): AppCommand {
  const stat = fs.statSync(app, { throwIfNoEntry: false });
  if (!stat)
    throw problem('KFP1430', `there is no app '${app}'`, "name the app's entry file, or the folder of its cdk8s.yaml");
  if (stat.isDirectory()) return configuredCommand(path.join(app, CONFIG));
  if (isDocument(app)) throw documentProblem(app);
  return /\.ya?ml$/.test(app)
    ? configuredCommand(app)
    : { command: entryCommand(app), cwd: process.cwd(), output: OUTPUT };
}

/** A file that is named where an app is asked for, and says of none how it is run. */
function documentProblem(file: string): DiagnosticsError {
  // Loaded where something is wrong anyway.
  const { readIrFile } = require('../kfp/ir/read') as typeof import('../kfp/ir/read');
  const { document } = readIrFile(file);
  if (!document) {
    const mend = `name the app's entry file, the folder of its ${CONFIG}, or a YAML file with a line such as 'app: node main.js'`;
    return problem('KFP1432', `'${file}' is no app`, mend);
  }
  return problem(
    'KFP1432',
    `'${file}' is a compiled KFP pipeline, and no app`,
    `run it (cdk8s-kfp run ${file}), turn it into Argo manifests (cdk8s-kfp convert ${file}), upload it (cdk8s-kfp kfp upload ${file}), or take it into an app by Pipeline.fromIr`,
  );
}

function configuredCommand(config: string): AppCommand {
  if (!fs.existsSync(config)) {
    throw problem('KFP1430', `there is no ${config}`, "name the app's entry file, or run this where cdk8s.yaml is");
  }
  const { app, output } = readConfig(config) as {
    readonly app?: unknown;
    readonly output?: unknown;
  };
  if (typeof app !== 'string' || app === '') {
    throw problem('KFP1431', `${config} does not say how to run the app`, "add a line such as 'app: node main.js'");
  }
  return {
    command: app,
    cwd: path.dirname(path.resolve(config)),
    output: typeof output === 'string' ? output : OUTPUT,
  };
}

function readConfig(config: string): unknown {
  try {
    return parse(fs.readFileSync(config, 'utf8')) ?? {};
  } catch (error) {
    throw problem('KFP1431', `${config} is no YAML: ${(error as Error).message.trim()}`, 'mend the file');
  }
}

/** TypeScript is run by tsx where the project has it, else by a Node that strips types itself. */
function entryCommand(file: string): readonly string[] {
  if (/\.[cm]?js$/.test(file)) return [process.execPath, file];
  if (/\.py$/.test(file)) {
    const document = file.replace(/\.py$/, '.yaml');
    const mend = `compile its pipeline (kfp dsl compile --py ${file} --output ${document}) and run or convert that; or write bindings of its components (cdk8s-kfp import ${file})`;
    throw problem('KFP1432', `'${file}' is Python, and no app`, mend);
  }
  if (!/\.[cm]?ts$/.test(file)) {
    throw problem('KFP1432', `'${file}' is no app`, 'name a .js or .ts file, a cdk8s.yaml, or a folder with one');
  }
  try {
    createRequire(path.join(process.cwd(), 'noop.js')).resolve('tsx');
    return [process.execPath, '--import', 'tsx', file];
  } catch {
    const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
    if (major > 22 || (major === 22 && minor >= 18)) return [process.execPath, file];
    throw problem(
      'KFP1433',
      `Node ${process.versions.node} cannot run ${file}`,
      'npm install --save-dev tsx, or name the compiled .js file',
    );
  }
}

/**
 * Runs an app. What it writes on stderr is shown; its stdout only where it fails. A signal to this process ends the app
 * first.
 *
 * @throws DiagnosticsError where it fails
 * @throws InterruptedError where a signal came
 */
export function runApp(app: AppCommand, env: Environment): Promise<void> {
  const { command, cwd } = app;
  return new Promise((resolve, reject) => {
    const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
    // A group of its own: a shell does not pass on what it is sent.
    const options = { cwd, env, stdio, detached: GROUPS };
    const child =
      typeof command === 'string'
        ? spawn(command, { ...options, shell: true })
        : spawn(command[0]!, command.slice(1), options);
    const interruption = passOnSignals(child);
    const printed: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
    child.once('error', (error) => {
      interruption.end();
      reject(error);
    });
    child.once('close', (code, signal) => {
      const interrupted = interruption.end();
      if (interrupted) return reject(new InterruptedError(interrupted));
      if (code === 0) return resolve();
      process.stderr.write(Buffer.concat(printed));
      const end = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
      reject(problem('KFP1434', `the app ${end}: ${show(app)}`, 'what it wrote is above; cdk8s synth shows the same'));
    });
  });
}

/** Sends the signals that this process gets to a child, the second as SIGKILL. `end` tells the first that came. */
function passOnSignals(child: ChildProcess): { readonly end: () => NodeJS.Signals | undefined } {
  let first: NodeJS.Signals | undefined;
  let grace: NodeJS.Timeout | undefined;
  const send = (name: NodeJS.Signals) => {
    if (GROUPS && child.pid !== undefined) signalGroup(child.pid, name);
    else child.kill(name);
  };
  const kill = () => send('SIGKILL');
  const onSignal = (name: NodeJS.Signals) => {
    send(first === undefined ? name : 'SIGKILL');
    first ??= name;
    grace ??= setTimeout(kill, GRACE_MS);
  };
  for (const name of ENDING_SIGNALS) process.on(name, onSignal);
  process.on('exit', kill);
  return {
    end: () => {
      clearTimeout(grace);
      for (const name of ENDING_SIGNALS) process.off(name, onSignal);
      process.off('exit', kill);
      if (first !== undefined) kill();
      return first;
    },
  };
}

/** The app's command line, as a person knows it. */
export function show({ command }: AppCommand): string {
  if (typeof command === 'string') return command;
  return command.map((word) => (word === process.execPath ? 'node' : word)).join(' ');
}

/** A diagnostic of the command line, to be thrown. */
export function problem(code: string, message: string, mend: string): DiagnosticsError {
  return new DiagnosticsError([{ code, message, mend }]);
}
