import { type Dependency, endingsIn, type GraphNode } from '../../graph/graph';
import { WHEN_ENDED } from '../ir/reserved';
import type { IrTask } from '../ir/types';
import type { ExportProblems } from './problems';

/**
 * What a node waits for. KFP knows two ways: that all has succeeded, and that all has ended.
 *
 * @param siblings the nodes beside it, by id
 */
export function waitingOf(
  node: GraphNode,
  siblings: ReadonlyMap<string, GraphNode>,
  keyOf: (id: string) => string,
  problems: ExportProblems,
): Pick<IrTask, 'dependentTasks' | 'triggerPolicy'> {
  const { dependsOn, runsWhen, path } = node;
  const dependentTasks = [...new Set(dependsOn.map(keyOf))].sort();
  const how = runsWhen === undefined ? 'succeeded' : howOf(runsWhen, dependsOn);
  if (how === undefined || (how === 'ended' && node.kind !== 'task' && node.kind !== 'pipeline')) {
    problems.error(
      'KFP1565',
      path,
      how
        ? 'it runs although what it waits for may have failed, which KFP knows for tasks only'
        : 'it waits for more than success, which KFP cannot',
      'wait for success, or call ignoreUpstreamFailure() on a task',
    );
  }
  const upstream = dependsOn.flatMap((id) => siblings.get(id) ?? []);
  if (how === 'ended') warnOfEnded(node, upstream, problems);
  else warnOfWaiting(node, upstream, problems);
  return {
    ...(dependentTasks.length > 0 && { dependentTasks }),
    ...(how === 'ended' && { triggerPolicy: { strategy: WHEN_ENDED } }),
  };
}

/** Whether all of it has to have succeeded, or only to have ended. */
function howOf(condition: Dependency, dependsOn: readonly string[]): 'succeeded' | 'ended' | undefined {
  const terms = condition.kind === 'and' ? condition.operands : [condition];
  if (!terms.every(({ kind }) => kind === 'ended')) return undefined;
  const endings = endingsIn(condition);
  if (new Set(endings.map(({ node }) => node)).size < dependsOn.length) return undefined;
  if (endings.every(({ states }) => states.length === 3)) return 'ended';
  return endings.every(({ states }) => states.join() === 'Succeeded') ? 'succeeded' : undefined;
}

/** KFP hangs such a task on each pod that it waits for, as what runs at its exit. */
function warnOfEnded({ path, dependsOn }: GraphNode, upstream: readonly GraphNode[], problems: ExportProblems): void {
  const warn = (message: string, mend: string) => problems.warning('KFP1574', path, message, mend);
  if (dependsOn.length === 0)
    warn('it ignores failures upstream but waits for nothing: KFP drops it', 'let it wait for a task');
  if (dependsOn.length > 1)
    warn('it ignores failures of several tasks: KFP runs it once for each of them', 'let it wait for one');
  for (const { kind, path: other } of upstream) {
    if (kind === 'loop')
      warn(`it ignores failures of the loop '${other}': KFP never runs it`, 'wait for a task after the loop');
  }
}

function warnOfWaiting({ path }: GraphNode, upstream: readonly GraphNode[], problems: ExportProblems): void {
  for (const other of upstream) {
    if (other.kind === 'if' && other.branches.at(-1)!.condition !== undefined) {
      problems.warning(
        'KFP1575',
        path,
        `it runs after '${other.path}', which may take no branch: KFP then leaves it out, and Argo runs it`,
        'give the If an Else, or do not wait for it',
      );
    }
    if (other.kind === 'task' && other.runsWhen !== undefined && howOf(other.runsWhen, other.dependsOn) === 'ended') {
      problems.warning(
        'KFP1574',
        path,
        `it runs after '${other.path}', which ignores failures: KFP's backend refuses what waits for such a task`,
        'wait for what comes before it',
      );
    }
  }
}
