import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { median, ROOT } from '../measure';
import { generateProject } from './generate';

/** What the type check of a large app costs. */
export interface TypesFigure {
  readonly components: number;
  readonly instantiations: number;
  /** Seconds that the compiler says the check took, reading and binding files aside. */
  readonly checkSeconds: number;
}

/** Type-checks an app of this many generated components and tasks. @throws where it does not type-check */
export function typesFigure(workspace: string, components: number, runs: number): TypesFigure {
  const folder = path.join(workspace, 'types');
  generateProject(folder, components, ROOT);
  const rounds = Array.from({ length: runs }, () => check(folder));
  return {
    components,
    instantiations: rounds[0]!.instantiations,
    checkSeconds: median(rounds.map(({ checkSeconds }) => checkSeconds)),
  };
}

function check(folder: string): { readonly instantiations: number; readonly checkSeconds: number } {
  const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '--extendedDiagnostics', '-p', folder], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stdout);
  const figure = (name: string) => {
    const found = new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(stdout);
    if (!found) throw new Error(`tsc says nothing of '${name}':\n${stdout}`);
    return Number(found[1]);
  };
  return { instantiations: figure('Instantiations'), checkSeconds: figure('Check time') };
}
