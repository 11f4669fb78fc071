import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { parse } from 'yaml';
import { type Diagnostic, DiagnosticsError } from '../diagnostic';
import type { PipelineGraph } from '../graph/graph';
import { nearest } from '../graph/names';

/** How an app is run. */
export interface AppCommand {
  /** A program and its arguments, or the user's own command line, which a shell runs as cdk8s does. */
  readonly command: readonly string[] | string;
  /** The project's folder. */
  readonly cwd: string;
}

/** The folder's description of its app. */
const CONFIG = 'cdk8s.yaml';

/** Whether a word of the command line names an app: its entry file, its cdk8s.yaml, or a folder with one. */
export function isApp(word: string): boolean {
  if (!fs.existsSync(word)) return false;
  return fs.statSync(word).isFile() || fs.existsSync(path.join(word, CONFIG));
}

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
  return /\.ya?ml$/.test(app) ? configuredCommand(app) : { command: entryCommand(app), cwd: process.cwd() };
}

function configuredCommand(config: string): AppCommand {
  if (!fs.existsSync(config)) {
    throw problem('KFP1430', `there is no ${config}`, "name the app's entry file, or run this where cdk8s.yaml is");
  }
  const { app } = (parse(fs.readFileSync(config, 'utf8')) ?? {}) as { readonly app?: unknown };
  if (typeof app !== 'string' || app === '') {
    throw problem('KFP1431', `${config} does not say how to run the app`, "add a line such as 'app: node main.js'");
  }
  return { command: app, cwd: path.dirname(path.resolve(config)) };
}

/** TypeScript is run by tsx where the project has it, else by a Node that strips types itself. */
function entryCommand(file: string): readonly string[] {
  if (/\.[cm]?js$/.test(file)) return [process.execPath, file];
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
 * The graphs of an app's pipelines, by running it: the library writes them where `CDK8S_KFP_GRAPHS` says. What the app
 * writes on stderr is shown; its stdout only where it fails.
 *
 * @throws DiagnosticsError where the app fails, or has no pipeline
 */
export async function appGraphs(app: AppCommand): Promise<readonly PipelineGraph[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk8s-kfp-'));
  try {
    const graphs = path.join(folder, 'graphs');
    const manifests = path.join(folder, 'manifests');
    fs.mkdirSync(graphs);
    fs.mkdirSync(manifests);
    await synthesise(app, { ...process.env, CDK8S_KFP_GRAPHS: graphs, CDK8S_OUTDIR: manifests });
    const files = fs
      .readdirSync(graphs)
      .filter((file) => file.endsWith('.json'))
      .sort();
    if (files.length === 0) {
      throw problem(
        'KFP1435',
        `the app wrote no pipeline: ${show(app)}`,
        'create a Pipeline in it, and call app.synth() at its end',
      );
    }
    return files.map((file) => JSON.parse(fs.readFileSync(path.join(graphs, file), 'utf8')) as PipelineGraph);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The pipeline that is meant among those of an app.
 *
 * @param name its name; it may be left out where there is only one
 * @throws DiagnosticsError where there is no such pipeline, or there are several
 */
export function selectGraph(graphs: readonly PipelineGraph[], name: string | undefined): PipelineGraph {
  const names = graphs.map((graph) => graph.name);
  if (name === undefined) {
    if (graphs.length === 1) return graphs[0]!;
    throw problem(
      'KFP1436',
      `the app has several pipelines: ${names.join(', ')}`,
      `name one of them, such as 'cdk8s-kfp run ${names[0]}'`,
    );
  }
  const graph = graphs.find((candidate) => candidate.name === name);
  if (graph) return graph;
  const meant = nearest(name, names);
  throw problem(
    'KFP1437',
    `the app has no pipeline '${name}'`,
    meant ? `did you mean '${meant}'?` : `it has ${names.join(', ')}`,
  );
}

function synthesise({ command, cwd }: AppCommand, env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
    const child =
      typeof command === 'string'
        ? spawn(command, { cwd, env, stdio, shell: true })
        : spawn(command[0]!, command.slice(1), { cwd, env, stdio });
    const printed: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve();
      process.stderr.write(Buffer.concat(printed));
      const end = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
      reject(
        problem(
          'KFP1434',
          `the app ${end}: ${show({ command, cwd })}`,
          'what it wrote is above; cdk8s synth shows the same',
        ),
      );
    });
  });
}

function show({ command }: AppCommand): string {
  if (typeof command === 'string') return command;
  return command.map((word) => (word === process.execPath ? 'node' : word)).join(' ');
}

function problem(code: string, message: string, mend: string): DiagnosticsError {
  const diagnostic: Diagnostic = { code, message, mend };
  return new DiagnosticsError([diagnostic]);
}
