import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from './environment';

/** A Python of this machine. */
export interface Interpreter {
  readonly executable: string;
  /** `major.minor`. */
  readonly version: string;
}

/** An interpreter for an image, and what is to be said about the choice. */
export interface InterpreterChoice extends Interpreter {
  readonly warning?: string;
}

/** The Python minor version that an image's name tells (`python:3.11-slim` → 11); undefined where it tells none. */
export function pythonMinorOf(image: string): number | undefined {
  const match = /(?:^|[^a-z0-9])py(?:thon)?[:_-]?3\.?(\d{1,2})(?!\d)/i.exec(image);
  return match ? Number(match[1]) : undefined;
}

/** The oldest minor version that the runtime works with: what is older is no substitute. */
const OLDEST = 8;

/** Finds interpreters, and remembers what it found. */
export class Interpreters {
  private readonly choices = new Map<string, Promise<InterpreterChoice>>();
  private readonly probes = new Map<string, Promise<Interpreter | undefined>>();

  public constructor(private readonly env: Environment = process.env) {}

  /**
   * The interpreter for an image: `CDK8S_KFP_PYTHON`, else the minor version that the image's name tells, else the
   * nearest one, with a warning.
   *
   * @throws where the machine has no Python 3
   */
  public for(image: string): Promise<InterpreterChoice> {
    let choice = this.choices.get(image);
    if (!choice) {
      choice = this.choose(image);
      this.choices.set(image, choice);
    }
    return choice;
  }

  private async choose(image: string): Promise<InterpreterChoice> {
    const override = this.env.CDK8S_KFP_PYTHON;
    if (override) {
      const found = await this.probe(override);
      if (!found) throw new Error(`CDK8S_KFP_PYTHON names '${override}', which is no Python 3 that starts`);
      return found;
    }
    const wanted = pythonMinorOf(image);
    const usual = await this.probe('python3');
    if (wanted === undefined || (usual && minorOf(usual) === wanted)) {
      if (usual) return usual;
      if (wanted === undefined) throw new Error('no python3 was found on PATH; install one, or set CDK8S_KFP_PYTHON');
    }
    const candidates = this.candidates();
    const minors = [...new Set([...candidates.keys(), ...(usual ? [minorOf(usual)] : [])])];
    minors.sort((a, b) => Math.abs(a - wanted!) - Math.abs(b - wanted!) || b - a);
    for (const minor of minors) {
      const commands = [
        ...(candidates.get(minor) ?? []),
        ...(usual && minorOf(usual) === minor ? [usual.executable] : []),
      ];
      for (const command of commands) {
        const found = await this.probe(command);
        if (!found || minorOf(found) !== minor) continue;
        if (minor === wanted) return found;
        return {
          ...found,
          warning: `image ${image} has Python 3.${wanted}, which this machine lacks: Python ${found.version} is used`,
        };
      }
    }
    throw new Error(`no Python 3 was found for image ${image}; install one, or set CDK8S_KFP_PYTHON`);
  }

  /** Commands by minor version: those on PATH, then pyenv's. A command may still fail, as pyenv's shims do. */
  private candidates(): Map<number, string[]> {
    const found = new Map<number, string[]>();
    const add = (minor: string, command: string) => {
      if (Number(minor) < OLDEST) return;
      found.set(Number(minor), [...(found.get(Number(minor)) ?? []), command]);
    };
    for (const folder of (this.env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute)) {
      for (const file of entriesOf(folder)) {
        const match = /^python3\.(\d+)$/.exec(file);
        if (match) add(match[1]!, path.join(folder, file));
      }
    }
    const pyenv = path.join(this.env.PYENV_ROOT ?? path.join(os.homedir(), '.pyenv'), 'versions');
    for (const version of entriesOf(pyenv)) {
      const match = /^3\.(\d+)(\.\d+)*$/.exec(version);
      if (match) add(match[1]!, path.join(pyenv, version, 'bin', 'python3'));
    }
    return found;
  }

  /** Starts a command to learn what it is: the name alone says little about shims and links. */
  private probe(command: string): Promise<Interpreter | undefined> {
    let probe = this.probes.get(command);
    if (!probe) {
      const code = 'import sys; print(sys.executable); print("%d.%d" % sys.version_info[:2])';
      probe = promisify(execFile)(command, ['-I', '-S', '-c', code], { env: this.env, timeout: 20_000 }).then(
        ({ stdout }) => {
          const [executable, version] = stdout.trim().split('\n');
          return executable && version?.startsWith('3.') ? { executable, version } : undefined;
        },
        () => undefined,
      );
      this.probes.set(command, probe);
    }
    return probe;
  }
}

function minorOf(interpreter: Interpreter): number {
  return Number(interpreter.version.split('.')[1]);
}

function entriesOf(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
