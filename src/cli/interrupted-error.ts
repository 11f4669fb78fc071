import { signalNumber } from '../local/process-group';

/** A signal ended what was going on. */
export class InterruptedError extends Error {
  /** What a shell gives for a program that the signal ended. */
  public readonly exitCode: number;

  /** @param signal the signal */
  public constructor(signal: string) {
    super(`interrupted by ${signal}`);
    this.name = 'InterruptedError';
    this.exitCode = 128 + signalNumber(signal);
  }
}
