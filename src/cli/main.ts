#!/usr/bin/env node
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Command, CommanderError } from 'commander';
import { DiagnosticsError } from '../diagnostic';
import { InterruptedError } from './interrupted-error';

/** Exit code where the command line itself is wrong; 1 means that what was asked for failed. */
const USAGE = 2;

interface Subcommand {
  readonly name: string;
  /** What `--help` says; it is here, so that `--help` and `--version` load no subcommand. */
  readonly summary: string;
  readonly load: () => Command;
}

const SUBCOMMANDS: readonly Subcommand[] = [
  {
    name: 'import',
    summary: 'write typed bindings of the components in Python files, or in YAML',
    load: () => (require('./import') as typeof import('./import')).importCommand(),
  },
  {
    name: 'synth',
    summary: 'write the manifests of an app, whole or not at all',
    load: () => (require('./synth') as typeof import('./synth')).synthCommand(),
  },
  {
    name: 'run',
    summary: 'run a pipeline on this machine',
    load: () => (require('./run') as typeof import('./run')).runCommand(),
  },
  {
    name: 'convert',
    summary: 'turn compiled KFP pipelines into Argo manifests',
    load: () => (require('./convert') as typeof import('./convert')).convertCommand(),
  },
  {
    name: 'export',
    summary: 'write the pipelines of an app as documents for a KFP server',
    load: () => (require('./export') as typeof import('./export')).exportCommand(),
  },
  {
    name: 'doctor',
    summary: 'say what a cluster lacks to run pipelines',
    load: () => (require('./doctor') as typeof import('./doctor')).doctorCommand(),
  },
  {
    name: 'lineage',
    summary: 'say who produced what in a run',
    load: () => (require('./lineage') as typeof import('./lineage')).lineageCommand(),
  },
  {
    name: 'kfp',
    summary: 'drive a KFP server: upload, run, wait, schedule',
    load: () => (require('./kfp') as typeof import('./kfp')).kfpCommand(),
  },
];

/** The program, with the subcommand that `args` asks for. */
function program(args: readonly string[]): Command {
  const wanted = args[0] === 'help' ? args[1] : args[0];
  const root = new Command('cdk8s-kfp')
    .description('Kubeflow Pipelines as TypeScript constructs.')
    .version(version())
    // An option after a subcommand is the subcommand's: `--version` names that of a pipeline there.
    .enablePositionalOptions()
    .exitOverride();
  for (const { name, summary, load } of SUBCOMMANDS) {
    const command = name === wanted ? load() : new Command(name).summary(summary);
    root.addCommand(command.copyInheritedSettings(root));
  }
  return root;
}

function version(): string {
  const file = path.join(__dirname, '..', '..', 'package.json');
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly version: string }).version;
}

/** Says what went wrong, and gives the exit code. A stack helps only where the mistake may be this library's. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (error instanceof InterruptedError) return error.exitCode;
  if (error instanceof DiagnosticsError) process.stderr.write(`${error.message}\n`);
  else process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}

// A reader that has seen enough, such as `head`, ends neither a run nor this program.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const args = process.argv.slice(2);
program(args)
  .parseAsync(args, { from: 'user' })
  .catch((error: unknown) => {
    process.exitCode = report(error);
  });
