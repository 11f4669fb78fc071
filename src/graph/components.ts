import { isDeepStrictEqual } from 'node:util';
import type { ComponentDefinition } from '../components/definition';
import { shippedTexts } from '../components/shipped-texts';
import type { Task } from '../constructs/task';
import type { Diagnostic } from '../diagnostic';
import type { PipelineGraph } from './graph';
import { memberOf } from './member';

/**
 * The distinct components of tasks, by name, with what is wrong with them: their own problems (stale bindings, a missing
 * file), and two different components of one name, which could not have templates named after them.
 *
 * @param called tasks of pipelines that are called, which report the problems of their components themselves
 */
export function sharedComponents(
  tasks: readonly Task[],
  called: readonly Task[],
): {
  readonly components: Readonly<Record<string, ComponentDefinition>>;
  readonly diagnostics: readonly Diagnostic[];
} {
  const components: Record<string, ComponentDefinition> = {};
  const firstUse = new Map<string, Task>();
  const checked = new Set<unknown>();
  const problems = new Map<string, Diagnostic>();
  const diagnostics: Diagnostic[] = [];
  const own = new Set(tasks);
  for (const task of new Set([...tasks, ...called])) {
    if (checked.has(task._component)) continue;
    checked.add(task._component);
    for (const problem of own.has(task) ? task._component.problems : []) {
      // One stale file is one problem, however many of its components are used.
      const key = JSON.stringify(problem);
      if (!problems.has(key)) problems.set(key, problem);
    }
    const { component } = task;
    const other = memberOf(components, component.name);
    if (other === undefined) {
      components[component.name] = component;
      firstUse.set(component.name, task);
    } else if (!isDeepStrictEqual(other, component)) {
      diagnostics.push({
        code: 'KFP1205',
        path: task.node.path,
        message: `two different components are named '${component.name}'; '${firstUse.get(component.name)!.node.path}' uses the other one`,
        mend: 'rename one of them: a template is named after its component',
      });
    }
  }
  return { components, diagnostics: [...problems.values(), ...diagnostics] };
}

/** Python file → function → the text that ships; a function's notebook stands beside it. */
export function sourcesOf(tasks: Iterable<Task>): PipelineGraph['sources'] {
  const sources: Record<string, Record<string, string>> = {};
  const seen = new Set<ComponentDefinition>();
  for (const task of tasks) {
    if (seen.has(task.component)) continue;
    seen.add(task.component);
    for (const { implementation } of task._component.companions) {
      if (implementation.kind !== 'python') continue;
      const { file } = implementation;
      sources[file] = Object.assign(sources[file] ?? {}, shippedTexts(implementation));
    }
  }
  return sources;
}
