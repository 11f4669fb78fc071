import type { Diagnostic } from '../../diagnostic';
import { allTasks, type PipelineGraph, pipelinesOf } from '../../graph/graph';
import { unserved } from './backend/taken-namespaces';
import { straddling } from './checks/namespaces';
import { podSecurityProblems } from './checks/pod-security';
import { poolProblems } from './checks/pools';
import { queueProblems } from './checks/queues';
import { quotaProblems } from './checks/quotas';
import { volumeProblems } from './checks/volumes';
import type { PlatformFacts } from './facts';

/**
 * Where a pipeline does not fit what its app says of the cluster: pools, queues, quotas, volumes, namespaces. An app that says nothing
 * is checked for nothing.
 */
export function platformProblems(graph: PipelineGraph, facts: PlatformFacts): readonly Diagnostic[] {
  const placed = allTasks(graph).flatMap((task) => [
    ...poolProblems(task, facts),
    ...queueProblems(task, facts.queues),
  ]);
  // Pods are in the namespace of the pipeline that is run, whichever the called ones stand in.
  if (!graph.standalone) return placed;
  const tasks = pipelinesOf(graph).flatMap(allTasks);
  return [
    ...placed,
    ...tasks.flatMap((task) => quotaProblems(task, graph.namespace, facts.quotas)),
    ...podSecurityProblems(graph, tasks, facts.podSecurity),
    ...volumeProblems(graph, facts.claims),
    ...straddling(graph, tasks, facts),
    ...unserved(graph.namespace, facts).map((each) => ({ ...each, path: graph.path })),
  ];
}
