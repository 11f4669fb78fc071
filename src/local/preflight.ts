import type { ContainerImplementation, PythonImplementation, ResourceImplementation } from '../components/definition';
import type { Diagnostic } from '../diagnostic';
import {
  type ApprovalNode,
  allTasks,
  type GraphNode,
  type PipelineGraph,
  pipelinesOf,
  type TaskNode,
} from '../graph/graph';
import { memberOf } from '../graph/member';
import { nearest } from '../graph/names';
import { isRequirement } from '../graph/rules/packages';
import type { Decisions } from './approval';
import type { ContainerEngine } from './container-attempt';
import { Instances, nodesOfPipeline } from './instance';
import { isRunnable, type Stub, stubOf } from './stub';

/**
 * What would go wrong in a run, found before anything runs.
 *
 * @param nodes the nodes that may run, those of called pipelines included
 * @param findEngine looks for a container engine; asked only where a task needs one
 */
export function preflight(
  graph: PipelineGraph,
  nodes: readonly GraphNode[],
  stubs: Readonly<Record<string, Stub | string>>,
  decisions: Decisions,
  findEngine: () => ContainerEngine | undefined,
): { readonly diagnostics: readonly Diagnostic[]; readonly engine?: ContainerEngine } {
  const instances = new Instances(graph);
  const diagnostics: Diagnostic[] = [
    ...unknownStubs(graph, stubs, instances),
    ...unknownApprovals(graph, decisions, instances),
    ...undecided(nodes, decisions, instances),
  ];
  // Where some instances have stubs, the others may have none: they fail when their turn comes.
  const stubbed = new Set(Object.keys(stubs).map((key) => instances.nodeAt(key)));
  const components = new Set<string>();
  const containers: TaskNode[] = [];
  const tasks = nodes.filter((node): node is TaskNode => node.kind === 'task');
  for (const task of tasks) {
    const component = graph.components[task.component]!;
    if (stubOf(task, stubs) !== undefined) continue;
    if (component.implementation.kind === 'container') containers.push(task);
    else if (component.implementation.kind === 'resource') {
      if (!stubbed.has(task)) diagnostics.push(noCluster(task, component.implementation));
    } else if (component.implementation.kind === 'python' && !components.has(task.component)) {
      components.add(task.component);
      diagnostics.push(...refusedPackages(task, component.implementation));
    }
  }
  const engine = containers.length > 0 ? findEngine() : undefined;
  if (!engine) {
    for (const task of containers) {
      if (stubbed.has(task)) continue;
      const { id, path, component } = task;
      const { image } = graph.components[component]!.implementation as ContainerImplementation;
      diagnostics.push({
        code: 'KFP1421',
        path,
        message: `task '${id}' runs the container image ${image}, and neither docker nor podman works here`,
        mend: `start one of them, or stand in for the task: --stub ${id}=path/to/program, or stubs: { '${id}': async ({ inputs, outputs }) => … } in a test`,
      });
    }
  }
  return { diagnostics, ...(engine && { engine }) };
}

/** There is no cluster here whose objects could be touched. */
function noCluster({ id, path }: TaskNode, { action, manifest }: ResourceImplementation): Diagnostic {
  const { kind = 'object' } = { ...(manifest as object) } as { readonly kind?: unknown };
  return {
    code: 'KFP1289',
    path,
    message: `task '${id}' would ${action} a ${kind} of the cluster, and a local run has none`,
    mend: `stand in for the task: --stub ${id}=path/to/program, or stubs: { '${id}': async ({ inputs }) => ({ … }) } in a test`,
  };
}

/** Approvals that nobody would decide about. Waiting for ever, or for a timeout, helps nobody here. */
function undecided(
  nodes: readonly GraphNode[],
  { approvals, decide }: Decisions,
  instances: Instances,
): readonly Diagnostic[] {
  if (decide) return [];
  const named = new Set(Object.keys(approvals).map((key) => instances.nodeAt(key)));
  return nodes
    .filter((node): node is ApprovalNode => node.kind === 'approval')
    .filter((node) => memberOf(approvals, node.id) === undefined && !named.has(node))
    .map(({ id, path, message }) => ({
      code: 'KFP1424',
      path,
      message: `approval '${id}' waits for a decision${message?.kind === 'literal' ? `: ${message.value}` : ''}`,
      mend: `decide beforehand: --approve ${id}, or --approve ${id}=rejected; approvals: { '${id}': 'approved' } in a test`,
    }));
}

function unknownApprovals(graph: PipelineGraph, { approvals }: Decisions, instances: Instances): readonly Diagnostic[] {
  const known = pipelinesOf(graph)
    .flatMap(nodesOfPipeline)
    .flatMap(({ kind, id }) => (kind === 'approval' ? [id] : []));
  return Object.keys(approvals)
    .filter((name) => !known.includes(name) && instances.nodeAt(name)?.kind !== 'approval')
    .map((name) => {
      const meant = nearest(name, known);
      const all = known.length > 0 ? `it has the approvals ${known.join(', ')}` : 'it has none: leave that out';
      return {
        code: 'KFP1426',
        message: `'${name}' names no approval of pipeline '${graph.name}'`,
        mend: meant ? `did you mean '${meant}'?` : all,
      };
    });
}

function unknownStubs(
  graph: PipelineGraph,
  stubs: Readonly<Record<string, Stub | string>>,
  instances: Instances,
): Diagnostic[] {
  const tasks = pipelinesOf(graph).flatMap(allTasks);
  const names = [...new Set([...tasks.map(({ id }) => id), ...Object.keys(graph.components)])];
  return Object.entries(stubs).flatMap(([name, stub]): Diagnostic[] => {
    if (!names.includes(name) && instances.nodeAt(name)?.kind !== 'task') {
      const meant = nearest(name, names);
      return [
        {
          code: 'KFP1420',
          message: `the stub '${name}' names no task and no component of pipeline '${graph.name}'`,
          mend: meant ? `did you mean '${meant}'?` : `it has the tasks ${tasks.map(({ id }) => id).join(', ')}`,
        },
      ];
    }
    if (typeof stub === 'string' && !isRunnable(stub)) {
      return [
        {
          code: 'KFP1422',
          message: `the stub of '${name}' is ${stub}, which is no program`,
          mend: 'name a .py file, or any file that is executable',
        },
      ];
    }
    return [];
  });
}

/** A requirement that begins with a hyphen would be an option of pip's. */
function refusedPackages({ path }: TaskNode, { file, line, packages = [] }: PythonImplementation): Diagnostic[] {
  return packages
    .filter((name) => !isRequirement(name))
    .map((name) => ({
      code: 'KFP1423',
      path,
      at: `${file}:${line}`,
      message: `'${name}' is no package`,
      mend: 'packages_to_install takes requirements such as pandas==2.1.4; indexes belong into pip_index_urls',
    }));
}
