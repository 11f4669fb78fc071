import type { TaskNode } from '../../graph';
import { isCount, type Report } from '../settings';

const POLICIES: readonly string[] = ['Always', 'OnFailure', 'OnError', 'OnTransientError'];

/** Retries and times are such that Argo takes them, and do what they seem to. */
export function timing({ settings }: TaskNode, report: Report): void {
  const { retry, timeoutSeconds, totalTimeoutSeconds } = settings;
  if (retry) {
    const { retries, policy, backoffFactor, memoryFactor, when, expression } = retry;
    if (!POLICIES.includes(policy)) report(`'${policy}' is no retry policy`, `use one of ${POLICIES.join(', ')}`);
    if (!(Number.isInteger(retries) && retries >= 0))
      report(`${retries} is no number of retries`, 'give a whole number');
    if (backoffFactor !== undefined && !isCount(backoffFactor)) {
      report(`the backoff's factor is ${backoffFactor}`, 'give a whole number from 1: Argo takes no other');
    }
    if (memoryFactor !== undefined && !(memoryFactor >= 1)) {
      report(`the memory of further attempts is multiplied by ${memoryFactor}`, 'give a number from 1');
    }
    if (when) {
      if (when.exitCodes.length === 0 && !when.lost && !when.outOfMemory)
        report('no failure is retried', 'say which, or leave `on` out');
      for (const code of when.exitCodes) {
        if (Number.isInteger(code) && code >= 1 && code <= 255) continue;
        report(`${code} is no exit code of a failure`, 'give whole numbers from 1 to 255');
      }
      if (when.lost && policy === 'OnFailure') {
        report('lost pods are retried, which the policy OnFailure does not cover', "use policy: 'Always'");
      }
      if (when.exitCodes.length > 0 && (policy === 'OnError' || policy === 'OnTransientError')) {
        report(`exit codes are retried, which the policy ${policy} does not cover`, "use policy: 'Always'");
      }
      if (expression !== undefined) report('the retry has both `on` and an expression', 'leave one of them out');
    }
  }
  for (const [name, seconds] of [
    ['timeout', timeoutSeconds],
    ['total timeout', totalTimeoutSeconds],
    ['backoff', retry?.backoffSeconds],
    ['cap of the backoff', retry?.backoffCapSeconds],
  ] as const) {
    if (seconds === undefined || (isCount(seconds) && seconds < 2 ** 31)) continue;
    report(`the ${name} of ${seconds} s is not a whole number of seconds`, 'give whole seconds, from 1');
  }
  if (timeoutSeconds !== undefined && totalTimeoutSeconds !== undefined && totalTimeoutSeconds < timeoutSeconds) {
    report(
      `all attempts together may take ${totalTimeoutSeconds} s, and one of them ${timeoutSeconds} s`,
      'give the total timeout more time than the timeout',
    );
  }
}
