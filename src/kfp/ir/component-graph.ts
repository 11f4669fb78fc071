import type { Report } from './checks';
import type { IrPath } from './message';
import { upstreamOf } from './order';
import type { IrComponent, PipelineSpec } from './types';

/** Deeper than Argo's engine goes. */
const DEPTH_LIMIT = 100;
/** What a document may stand for, where components that hold tasks are used again and again. */
const TASK_LIMIT = 100_000;

/** What a component stands for, with all that is in it. */
interface Measure {
  readonly depth: number;
  readonly tasks: number;
}

/**
 * Circles: components that contain themselves, and tasks that wait for each other. Also components that are nested too deeply, or
 * stand for more tasks than anything could run.
 *
 * @returns whether components can be gone through from the root downwards
 */
export function checkComponentGraph(spec: PipelineSpec, report: Report): boolean {
  const components = new Map(Object.entries(spec.components ?? {}));
  checkTaskCircles(spec.root, ['spec', 'root'], report);
  for (const [name, component] of components) checkTaskCircles(component, ['spec', 'components', name], report);
  const { circles, total } = measured(spec.root, components);
  for (const name of circles) {
    report(
      'KFP1509',
      ['spec', 'components', name],
      'the component contains itself, directly or through others',
      'compile the pipeline again',
    );
  }
  if (circles.length > 0) return false;
  if (total.depth > DEPTH_LIMIT) {
    const message = `components are nested ${total.depth} deep, and ${DEPTH_LIMIT} is the most`;
    report('KFP1509', ['spec', 'root'], message, 'nest fewer pipelines and groups');
  }
  if (total.tasks > TASK_LIMIT) {
    const message = `the pipeline has more than ${TASK_LIMIT} tasks, with those of the components that it uses again`;
    report('KFP1509', ['spec', 'root'], message, 'cut the pipeline into several');
  }
  return total.depth <= DEPTH_LIMIT && total.tasks <= TASK_LIMIT;
}

/** Goes through the components depth first, without recursion: documents choose how deep. */
function measured(
  root: IrComponent,
  components: ReadonlyMap<string, IrComponent>,
): { readonly circles: readonly string[]; readonly total: Measure } {
  const done = new Map<string, Measure>();
  const open = new Set<string>();
  const circles = new Set<string>();
  const used = (component: IrComponent) =>
    Object.values(component.dag?.tasks ?? {})
      .map((task) => task.componentRef.name)
      .reverse();
  const measure = (component: IrComponent): Measure => {
    let depth = 0;
    let tasks = 0;
    for (const name of used(component)) {
      const inside = done.get(name) ?? { depth: 0, tasks: 0 };
      depth = Math.max(depth, inside.depth + 1);
      tasks += 1 + inside.tasks;
    }
    return { depth, tasks };
  };
  const stack: { readonly name?: string; readonly component: IrComponent; readonly left: string[] }[] = [
    { component: root, left: used(root) },
  ];
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const name = frame.left.pop();
    const component = name === undefined ? undefined : components.get(name);
    if (name === undefined) {
      stack.pop();
      if (frame.name === undefined) continue;
      done.set(frame.name, measure(frame.component));
      open.delete(frame.name);
    } else if (open.has(name)) {
      circles.add(name);
    } else if (component && !done.has(name)) {
      open.add(name);
      stack.push({ name, component, left: used(component) });
    }
  }
  return { circles: [...circles], total: measure(root) };
}

/** Takes away what waits for nothing, again and again: what is left waits in a circle, or for one. */
function checkTaskCircles({ dag }: IrComponent, path: IrPath, report: Report): void {
  const tasks = Object.entries(dag?.tasks ?? {});
  const waits = new Map<string, number>();
  const followers = new Map<string, string[]>();
  for (const [name, task] of tasks) {
    const before = upstreamOf(task);
    waits.set(name, before.length);
    for (const producer of before) {
      const known = followers.get(producer);
      if (known) known.push(name);
      else followers.set(producer, [name]);
    }
  }
  const free = tasks.flatMap(([name]) => (waits.get(name) === 0 ? [name] : []));
  for (const name of free) {
    waits.delete(name);
    for (const follower of followers.get(name) ?? []) {
      const left = waits.get(follower)! - 1;
      waits.set(follower, left);
      if (left === 0) free.push(follower);
    }
  }
  const known = new Set(tasks.map(([name]) => name));
  const stuck = [...waits.keys()].filter((name) => upstreamOf(dag!.tasks![name]!).every((each) => known.has(each)));
  if (stuck.length === 0) return;
  const names = stuck.slice(0, 5).join(', ');
  report(
    'KFP1509',
    [...path, 'dag', 'tasks'],
    `these tasks wait for each other: ${names}`,
    'compile the pipeline again',
  );
}
