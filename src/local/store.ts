import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { DiagnosticsError } from '../diagnostic';
import type { GroupResult, RunState, TaskResult } from './local-run';
import { readIfPresent } from './read-if-present';

/** A run as the store remembers it: values are kept as the texts that passed between tasks. */
export interface StoredRun {
  readonly name: string;
  readonly pipeline: string;
  /** Absent while the run is going on, and where it was killed. */
  readonly state?: RunState;
  readonly startedAt: string;
  /** Texts of the parameters' values. */
  readonly arguments: Readonly<Record<string, string>>;
  readonly tasks: Readonly<Record<string, StoredTask>>;
  readonly groups: Readonly<Record<string, StoredGroup>>;
}

/** A task's result, its outputs as texts. */
export interface StoredTask extends Omit<TaskResult, 'outputs' | 'artifacts'> {
  /** Texts of output parameters, and references of output artifacts, by output name. */
  readonly texts: Readonly<Record<string, string>>;
  /** True where it did not run because the run was stopped, or because an earlier run's result was missing. */
  readonly incomplete?: boolean;
}

/** The result of a node that is no task, its outputs as texts. */
export interface StoredGroup extends Omit<GroupResult, 'outputs' | 'artifacts'> {
  readonly texts?: Readonly<Record<string, string>>;
  readonly incomplete?: boolean;
}

/** The folder of runs, artifacts and virtual environments; `.cdk8s-kfp` in the project. */
export class Store {
  /** The folder, as an absolute path. */
  public readonly folder: string;

  /**
   * @param folder its path
   * @param series which runs go on from each other; each series knows its own last run
   */
  public constructor(
    folder: string,
    private readonly series = 'latest',
  ) {
    this.folder = path.resolve(folder);
  }

  /** What stands before a key in an artifact's URI: keys are paths in the store, so that the URI is that of the file. */
  public get uriPrefix(): string {
    return `${pathToFileURL(this.folder).href}/`;
  }

  /** Where virtual environments are kept. */
  public get venvs(): string {
    return path.join(this.folder, 'venvs');
  }

  /** A file among the results that are kept for equal tasks. */
  public cacheFile(name: string): string {
    return path.join(this.folder, 'cache', name);
  }

  /** The folder that stands for the volume that all tasks of a run may share. */
  public workspaceOf(run: string): string {
    const folder = path.join(this.runFolder(run), 'workspace');
    fs.mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** The folder of a run. */
  public runFolder(run: string): string {
    return path.join(this.folder, 'runs', run);
  }

  /** The file or folder that a storage key names. */
  public pathOf(key: string): string {
    return path.join(this.folder, ...key.split('/'));
  }

  /** The storage key of a file or folder in the store. */
  public keyOf(file: string): string {
    return path.relative(this.folder, file).split(path.sep).join('/');
  }

  /**
   * Makes a run's folder. Its name is new, also where several runs start at the same moment.
   *
   * @throws DiagnosticsError where it cannot be made
   */
  public createRun(pipeline: string): string {
    return this.writing(() => this.makeRunFolder(pipeline));
  }

  private makeRunFolder(pipeline: string): string {
    fs.mkdirSync(path.join(this.folder, 'runs'), { recursive: true });
    this.ignoreInGit();
    for (;;) {
      const time = new Date()
        .toISOString()
        .replace(/[-:]|\..*/g, '')
        .replace('T', '-');
      const name = `${pipeline}-${time}-${randomBytes(2).toString('hex')}`;
      try {
        fs.mkdirSync(this.runFolder(name));
        return name;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  /**
   * Writes what is known of a run, and makes it the last run of its pipeline.
   *
   * @throws DiagnosticsError where it cannot be written
   */
  public save(run: StoredRun): void {
    this.writing(() => {
      writeAtomically(this.stateFile(run.name), `${JSON.stringify(run, null, 2)}\n`);
      writeAtomically(this.pointer(run.pipeline), `${run.name}\n`);
    });
  }

  /**
   * The last run of a pipeline; undefined where there is none, or its folder was deleted.
   *
   * @throws DiagnosticsError where what is there cannot be read
   */
  public lastRun(pipeline: string): StoredRun | undefined {
    let file = this.pointer(pipeline);
    try {
      const name = readIfPresent(file)?.trim();
      if (!name) return undefined;
      file = this.stateFile(name);
      const text = readIfPresent(file);
      return text === undefined ? undefined : storedRun(JSON.parse(text));
    } catch (error) {
      throw new DiagnosticsError([
        {
          code: 'KFP1413',
          at: file,
          message: `the state of the last run of '${pipeline}' cannot be read: ${reasonOf(error)}`,
          mend: 'run the whole pipeline again, or remove the file',
        },
      ]);
    }
  }

  private stateFile(run: string): string {
    return path.join(this.runFolder(run), 'state.json');
  }

  private writing<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      const { path: file, dest } = error as { readonly path?: string; readonly dest?: string };
      throw new DiagnosticsError([
        {
          code: 'KFP1404',
          at: dest ?? file ?? this.folder,
          message: `the store ${this.folder} cannot be written: ${reasonOf(error)}`,
          mend: 'remove what is in the way, or name another folder as the store',
        },
      ]);
    }
  }

  private pointer(pipeline: string): string {
    return path.join(this.folder, this.series, pipeline);
  }

  /** Runs do not belong into version control; saying so here spares users a line of their own. */
  private ignoreInGit(): void {
    const file = path.join(this.folder, '.gitignore');
    if (!fs.existsSync(file)) writeAtomically(file, '*\n');
  }
}

/** What went wrong with a file, without the system call and its operands. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : message.split(',')[0]!;
}

/**
 * The state of a run, as far as anything reads it.
 *
 * @throws where it is none
 */
function storedRun(value: unknown): StoredRun {
  const run = value as StoredRun;
  const isRun =
    isRecord(value) &&
    [run.name, run.pipeline, run.startedAt].every(isText) &&
    isRecord(run.arguments, isText) &&
    isRecord(run.tasks, (task) => isRecord(task) && isText(task.state) && isRecord(task.texts, isText)) &&
    isRecord(
      run.groups,
      (group) => isRecord(group) && isText(group.state) && (group.texts === undefined || isRecord(group.texts, isText)),
    );
  if (!isRun) throw new TypeError('it is not the state of a run');
  return run;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isRecord(value: unknown, holds: (member: unknown) => boolean = () => true): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(holds);
}

/** Replaces a file, so that a reader, or an interruption, never sees half of it. */
export function writeAtomically(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, text);
  try {
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}
