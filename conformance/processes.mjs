import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root. */
export const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

/** What the conformance run builds, downloads and records; git ignores it. */
export const CACHE = path.join(ROOT, '.conformance');

/** Runs a program in the project's root and gives how it ended and what it printed. */
export function run(program, args, { input, env, cwd = ROOT } = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    input,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error) throw new Error(`cannot run ${program}: ${error.message}`);
  return { status, stdout, output: `${stdout}${stderr}`.trim() };
}

/** Runs a program that has to succeed, and gives what it printed. */
export function must(program, args, options) {
  const { status, stdout, output } = run(program, args, options);
  if (status !== 0) throw new Error(`${[program, ...args].join(' ').slice(0, 300)} ended with ${status}\n${output}`);
  return stdout;
}
