import { spawnSync } from 'node:child_process';
import * as path from 'node:path';

/** The project's root. */
export const ROOT = path.join(__dirname, '..');

/** What a command cost. */
export interface Measured {
  /** CPU seconds, user and system, of the command and its children. */
  readonly cpu: number;
  readonly stdout: string;
}

/** Runs a command in the project's root and says what it cost. @throws where it fails */
export function measure(command: readonly string[], env: NodeJS.ProcessEnv = {}): Measured {
  const { status, stdout, stderr, error } = spawnSync('python3', [path.join(__dirname, 'cpu.py'), ...command], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}\n${stderr}`);
  const lines = stdout.trimEnd().split('\n');
  return { cpu: Number(lines.pop()), stdout: lines.join('\n').trim() };
}

/** The CPU seconds of a command: the median of some runs. */
export function cpuOf(command: readonly string[], runs: number, env: NodeJS.ProcessEnv = {}): number {
  return median(Array.from({ length: runs }, () => measure(command, env).cpu));
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
