import type { ApprovalDecision, ApprovalNode } from '../graph/graph';
import { memberOf } from '../graph/member';
import { evaluate } from './evaluate';
import type { Frame } from './frame';
import { namesOf } from './instance';
import type { GroupEnd } from './node-runner';
import { sleep } from './process-group';

/** An approval that waits for a decision. */
export interface ApprovalRequest {
  /** The key of the approval's instance. */
  readonly key: string;
  /** What the person is told; empty where nothing is. */
  readonly message: string;
}

/** Where decisions about approvals come from. */
export interface Decisions {
  /** Decisions by the key of an instance, or by id for all instances. */
  readonly approvals: Readonly<Record<string, ApprovalDecision>>;
  /** Is asked about any other. */
  readonly decide?: Decide;
}

/** Asks a person about an approval. The signal is aborted when the answer is not waited for any more. */
export type Decide = (approval: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalDecision>;

/** Gets the decision about an approval. */
export async function runApproval(
  node: ApprovalNode,
  frame: Frame,
  { approvals, decide }: Decisions,
): Promise<GroupEnd> {
  const key = frame.keyOf(node.id);
  const given = namesOf(key, node.id)
    .map((name) => memberOf(approvals, name))
    .find((decision) => decision !== undefined);
  const decision = given ?? (await ask(key, node, frame, decide));
  if (decision === undefined) return { state: 'Stopped', error: 'stopped' };
  return { state: decision === 'approved' ? 'Succeeded' : 'Skipped', decision, texts: { decision } };
}

/** What a person decides; undefined where the run was stopped before that. */
async function ask(
  key: string,
  { message: text }: ApprovalNode,
  frame: Frame,
  decide: Decide | undefined,
): Promise<ApprovalDecision | undefined> {
  if (!decide) throw new Error(`nobody decides about '${key}'`);
  const message = String((text && evaluate(text, frame, 'STRING')) ?? '');
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, ...(frame.signal ? [frame.signal] : [])]);
  try {
    return await Promise.race([decide({ key, message }, signal), sleep(2 ** 31 - 1, signal).then(() => undefined)]);
  } finally {
    over.abort();
  }
}
