import { createInterface } from 'node:readline';
import type { ApprovalDecision } from '../graph/graph';
import type { ApprovalRequest, Decide } from '../local/approval';

/** Asks the person at the terminal about approvals, one at a time. */
export function askDecisions(): Decide {
  let before: Promise<unknown> = Promise.resolve();
  return (approval, signal) => {
    const answer = before.then(() => askDecision(approval, signal));
    before = answer.catch(() => undefined);
    return answer;
  };
}

async function askDecision({ key, message }: ApprovalRequest, signal: AbortSignal): Promise<ApprovalDecision> {
  if (signal.aborted) throw new Error('nobody waits for a decision any more');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal would keep Ctrl-C to itself.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  signal.addEventListener('abort', () => terminal.close(), { once: true });
  try {
    for (;;) {
      const answer = await new Promise<string>((resolve, reject) => {
        terminal.once('close', () => reject(new Error('the terminal was closed before there was a decision')));
        terminal.question(`${key}  ${message || 'approve?'} (y/n) `, resolve);
      });
      if (/^\s*y(es)?\s*$/i.test(answer)) return 'approved';
      if (/^\s*no?\s*$/i.test(answer)) return 'rejected';
    }
  } finally {
    terminal.close();
  }
}
