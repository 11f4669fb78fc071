import type { Diagnostic } from '../../diagnostic';
import { allTasks, type PipelineGraph, type TaskNode } from '../../graph/graph';
import { straddling } from './checks/namespaces';
import { poolProblems } from './checks/pools';
import { quotaProblems } from './checks/quotas';
import { volumeProblems } from './checks/volumes';
import type { PlatformFacts } from './facts';

/**
 * Where a pipeline does not fit what its app says of the cluster: pools, quotas, volumes, namespaces. An app that says nothing is
 * checked for nothing.
 */
export function platformProblems(graph: PipelineGraph, facts: PlatformFacts): readonly Diagnostic[] {
  const tasks: readonly TaskNode[] = allTasks(graph);
  return [
    ...tasks.flatMap((task) => poolProblems(task, facts.pools, facts.offered)),
    ...tasks.flatMap((task) => quotaProblems(task, graph.namespace, facts.quotas)),
    ...volumeProblems(graph, facts.claims),
    ...straddling(graph, tasks, facts),
  ];
}
