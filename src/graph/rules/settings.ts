import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph, TaskNode } from '../graph';
import { isDnsLabel } from '../names';
import { runValuesOf } from '../settings';
import { notableNodesOf, subexpressions } from '../walk';
import { containers } from './settings/containers';
import { environment } from './settings/environment';
import { placement } from './settings/placement';
import { resources } from './settings/resources';
import { timing } from './settings/timing';
import { volumes } from './settings/volumes';

/** Says what is wrong with a task's settings; KFP1240 where nothing else is said. */
export type Report = (message: string, mend: string, code?: string, severity?: 'warning') => void;

/** What is asked of the settings of each task. */
const CHECKS: readonly ((task: TaskNode, report: Report, graph: PipelineGraph) => void)[] = [
  resources,
  placement,
  environment,
  volumes,
  containers,
  timing,
];

/** What a task asks of its pod is such that Kubernetes and Argo take it. */
export function settings(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [...accounts(graph), ...shared(graph)];
  if (!REPOSITORIES.includes(graph.artifactRepository.kind)) {
    const message = `'${graph.artifactRepository.kind}' is no kind of artifact repository`;
    diagnostics.push({ code: 'KFP1243', path: graph.path, message, mend: `use one of ${REPOSITORIES.join(', ')}` });
  }
  for (const { node } of notableNodesOf(graph)) {
    const report: Report = (message, mend, code = 'KFP1240', severity) =>
      diagnostics.push({ code, path: node.path, message, mend, ...(severity && { severity }) });
    if (node.kind === 'loop' && node.parallelism !== undefined && !isCount(node.parallelism)) {
      report(`the parallelism is ${node.parallelism}`, 'give a whole number from 1, or leave it out for no limit');
    }
    if (node.kind === 'approval' && node.timeoutSeconds !== undefined && !isCount(node.timeoutSeconds)) {
      report(`the timeout of ${node.timeoutSeconds} s is not a whole number of seconds`, 'give whole seconds, from 1');
    }
    if (node.kind !== 'task') continue;
    for (const check of CHECKS) check(node, report, graph);
  }
  return diagnostics;
}

/** True for a whole number from 1. */
export function isCount(number: number): boolean {
  return Number.isInteger(number) && number >= 1;
}

/** True for what can be the name of most objects of Kubernetes. */
export function isObjectName(name: unknown): boolean {
  return typeof name === 'string' && name.length <= 253 && name.split('.').every((part) => isDnsLabel(part));
}

const REPOSITORIES: readonly string[] = ['s3', 'gcs', 'azure', 'none'];

/** Names of objects that stand in the template as they are. */
function accounts(graph: PipelineGraph): readonly Diagnostic[] {
  const names = [
    ['service account', graph.runner?.serviceAccountName],
    ['ConfigMap of the artifact repository', graph.artifactRepository.configMap],
  ] as const;
  return names.flatMap(([what, name]) =>
    name === undefined || isObjectName(name)
      ? []
      : [
          {
            code: 'KFP1241',
            path: graph.path,
            message: `'${name}' cannot be the name of a ${what}`,
            mend: 'use lower-case letters, digits, hyphens and dots',
          },
        ],
  );
}

/** What all tasks are given exists before any of them. */
function shared(graph: PipelineGraph): readonly Diagnostic[] {
  return runValuesOf(graph.settings).flatMap(({ value, place }) =>
    subexpressions(value.expression).some(({ kind }) => kind === 'output' || kind === 'loop' || kind === 'status')
      ? [
          {
            code: 'KFP1239',
            path: graph.path,
            message: `the setting '${place}' of all tasks reads what a task gives`,
            mend: 'read parameters and facts of the run, or set it on the tasks that it is for',
          },
        ]
      : [],
  );
}
