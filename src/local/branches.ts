import type { Branch, IfNode } from '../graph/graph';
import { isTrue } from './evaluate';
import type { Frame } from './frame';
import type { GroupEnd, NodeRunner } from './node-runner';
import { outputTexts } from './outputs';
import { runDag } from './scheduler';

/** Runs the first branch of an If whose condition holds. */
export async function runBranches(node: IfNode, frame: Frame, runner: NodeRunner): Promise<GroupEnd> {
  const pass = (branch: Branch, state: 'Skipped' | 'Omitted') => {
    for (const inner of branch.body.nodes) runner.passOver(inner, frame, state);
  };
  let taken: Branch | undefined;
  try {
    taken = node.branches.find(({ condition }) => condition === undefined || isTrue(condition, frame));
  } catch (error) {
    for (const branch of node.branches) pass(branch, 'Omitted');
    throw error;
  }
  for (const branch of node.branches) if (branch !== taken) pass(branch, 'Skipped');
  if (!taken) return { state: 'Succeeded' };
  const body = frame.inside();
  const state = await runDag(taken.body, body, runner);
  return { state, branch: taken.id, texts: state === 'Succeeded' ? outputTexts(taken.body, body) : {} };
}
