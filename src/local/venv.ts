import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { PythonImplementation } from '../components/definition';
import type { Interpreter } from './interpreter';
import { type GroupExit, runGroup } from './process-group';
import { userEnvironment } from './user-environment';

/** The packages of a component could not be installed. */
export class InstallError extends Error {}

/** What a virtual environment holds. */
export type Packages = Pick<PythonImplementation, 'packages' | 'pipIndexUrls' | 'pipTrustedHosts'> & {
  /** Present where what runs there may install more: whose environment it is, then. */
  readonly owner?: string;
};

/** Builds virtual environments, one for each set of packages, and keeps them for later runs. */
export class Venvs {
  private readonly builds = new Map<string, Promise<string>>();
  private uv: boolean | undefined;

  /** @param folder where they are kept */
  public constructor(private readonly folder: string) {}

  /**
   * The Python to run a component with: the interpreter itself where no packages are needed. Tasks that need the same
   * packages at the same time wait for one build.
   *
   * @param onBuild called where an environment has to be built
   * @param signal stops the build
   * @throws InstallError
   */
  public python(
    interpreter: Interpreter,
    packages: Packages,
    onBuild: () => void,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    if (!packages.packages?.length && packages.owner === undefined) return Promise.resolve(interpreter.executable);
    const key = [
      interpreter.executable,
      interpreter.version,
      packages.packages,
      packages.pipIndexUrls ?? [],
      packages.pipTrustedHosts ?? [],
      ...(packages.owner === undefined ? [] : [packages.owner]),
    ];
    const hash = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 16);
    let build = this.builds.get(hash);
    if (!build) {
      build = this.findOrBuild(path.join(this.folder, hash), interpreter, packages, onBuild, signal);
      this.builds.set(hash, build);
      // Another attempt may have better luck, with the network for example.
      build.catch(() => this.builds.delete(hash));
    }
    return build;
  }

  /**
   * An environment is built in a folder of its own, to which a link is made when it is complete: so an interrupted build
   * is never taken for an environment, and scripts in it keep working, which know the folder they were installed into.
   */
  private async findOrBuild(
    link: string,
    interpreter: Interpreter,
    packages: Packages,
    onBuild: () => void,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const python = path.join(link, 'bin', 'python');
    // The link may stay behind where its folder was deleted, and the folder where its interpreter was uninstalled.
    if (fs.existsSync(python)) return python;
    fs.rmSync(link, { force: true, recursive: true });
    removeAbandoned(link);
    onBuild();
    const folder = `${link}.${process.pid}.${randomBytes(3).toString('hex')}`;
    try {
      fs.mkdirSync(folder, { recursive: true });
      await this.build(folder, interpreter, packages, signal);
      fs.symlinkSync(path.basename(folder), link);
    } catch (error) {
      fs.rmSync(folder, { recursive: true, force: true });
      // Another process was faster: its environment is as good.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    return python;
  }

  private async build(
    folder: string,
    interpreter: Interpreter,
    packages: Packages,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const names = packages.packages ?? [];
    const [index, ...others] = packages.pipIndexUrls ?? [];
    const where = [
      ...(index === undefined ? [] : ['--index-url', index]),
      ...others.flatMap((url) => ['--extra-index-url', url]),
    ];
    const hosts = packages.pipTrustedHosts ?? [];
    const python = path.join(folder, 'bin', 'python');
    // Whoever installs more there calls pip.
    const seed = packages.owner === undefined ? [] : ['--seed'];
    const [environment, installed] = (await this.hasUv())
      ? [
          [
            ...['uv', 'venv', '--quiet', '--no-project', '--allow-existing', ...seed],
            ...['--python', interpreter.executable, folder],
          ],
          [
            'uv',
            'pip',
            'install',
            '--python',
            python,
            ...where,
            ...hosts.flatMap((host) => ['--allow-insecure-host', host]),
            '--',
            ...names,
          ],
        ]
      : [
          [interpreter.executable, '-m', 'venv', folder],
          [
            ...[python, '-m', 'pip', 'install', '--disable-pip-version-check', '--no-input'],
            ...[...where, ...hosts.flatMap((host) => ['--trusted-host', host]), '--', ...names],
          ],
        ];
    for (const [command, ...args] of names.length > 0 ? [environment!, installed!] : [environment!]) {
      const { exit, lines } = await this.step(command!, args, signal);
      if (exit.exitCode === 0) continue;
      const reason = exit.stopped
        ? 'stopped'
        : [...lines, ...(lines.length > 0 ? [] : exit.stderr)].slice(-8).join('\n');
      throw new InstallError(`could not install ${names.join(', ')} for Python ${interpreter.version}: ${reason}`);
    }
  }

  private async step(
    command: string,
    args: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ exit: GroupExit; lines: readonly string[] }> {
    const lines: string[] = [];
    const exit = await runGroup({
      command,
      args,
      cwd: this.folder,
      env: userEnvironment(),
      onLine: (line) => lines.push(line),
      ...(signal && { signal }),
    });
    return { exit, lines };
  }

  private async hasUv(): Promise<boolean> {
    this.uv ??= (await this.step('uv', ['--version'])).exit.exitCode === 0;
    return this.uv;
  }
}

/** Removes what processes that no longer live began to build. */
function removeAbandoned(link: string): void {
  const folder = path.dirname(link);
  if (!fs.existsSync(folder)) return;
  for (const entry of fs.readdirSync(folder)) {
    const pid = entry.startsWith(`${path.basename(link)}.`) ? Number(entry.split('.')[1]) : undefined;
    if (pid === undefined || isAlive(pid)) continue;
    fs.rmSync(path.join(folder, entry), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
