import type { PythonImplementation } from '../components/definition';
import type { Diagnostic } from '../diagnostic';
import { allTasks, type PipelineGraph, type TaskNode } from '../graph/graph';
import { nearest } from '../graph/names';
import { isRequirement } from '../graph/rules/packages';
import type { ContainerEngine } from './container-attempt';
import { isRunnable, type Stub, stubOf } from './stub';

/**
 * What would go wrong in a run, found before anything runs.
 *
 * @param tasks the tasks that may run
 * @param findEngine looks for a container engine; asked only where a task needs one
 */
export function preflight(
  graph: PipelineGraph,
  tasks: readonly TaskNode[],
  stubs: Readonly<Record<string, Stub | string>>,
  findEngine: () => ContainerEngine | undefined,
): { readonly diagnostics: readonly Diagnostic[]; readonly engine?: ContainerEngine } {
  const diagnostics: Diagnostic[] = unknownStubs(graph, stubs);
  const components = new Set<string>();
  const containers: TaskNode[] = [];
  for (const task of tasks) {
    const component = graph.components[task.component]!;
    if (stubOf(task, stubs) !== undefined) continue;
    if (component.implementation.kind === 'container') containers.push(task);
    else if (!components.has(task.component)) {
      components.add(task.component);
      diagnostics.push(...refusedPackages(task, component.implementation));
    }
  }
  const engine = containers.length > 0 ? findEngine() : undefined;
  if (!engine) {
    for (const { id, path, component } of containers) {
      diagnostics.push({
        code: 'KFP1421',
        path,
        message: `task '${id}' runs the container image ${graph.components[component]!.implementation.image}, and neither docker nor podman works here`,
        mend: `start one of them, or stand in for the task: --stub ${id}=path/to/program, or stubs: { '${id}': async ({ inputs, outputs }) => … } in a test`,
      });
    }
  }
  return { diagnostics, ...(engine && { engine }) };
}

function unknownStubs(graph: PipelineGraph, stubs: Readonly<Record<string, Stub | string>>): Diagnostic[] {
  const tasks = allTasks(graph);
  const names = [...new Set([...tasks.map(({ id }) => id), ...Object.keys(graph.components)])];
  return Object.entries(stubs).flatMap(([name, stub]): Diagnostic[] => {
    if (!names.includes(name)) {
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
