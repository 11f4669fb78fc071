import { isCached } from '../graph/cache-key';
import type { PipelineGraph, TaskNode } from '../graph/graph';
import { memberOf } from '../graph/member';
import { encodeValue } from '../values/codec';
import type { Expression } from '../values/expression';
import { type CachedTask, localKey } from './cache';
import { clusterOnly } from './cluster-only';
import { describe, textOf } from './evaluate';
import type { Frame } from './frame';
import { notRun } from './local-run';
import { imageOf, settledSettings } from './settings';
import type { StoredTask } from './store';
import { stubOf } from './stub';
import { runTask, type TaskEnvironment } from './task-runner';

/** Starts instances of tasks with the values that their frames have. */
export class TaskStarter {
  private readonly warned = new Set<string>();

  public constructor(
    private readonly graph: PipelineGraph,
    private readonly environment: TaskEnvironment,
  ) {}

  /** Runs a task to its end. */
  public async start(node: TaskNode, frame: Frame): Promise<StoredTask> {
    const component = this.graph.components[node.component]!;
    const key = frame.keyOf(node.id);
    try {
      const inputs = this.inputsOf(node, frame);
      const execute = async () => {
        const settled = { ...node, settings: settledSettings(node.settings, frame) };
        await this.warnOfInterpreter(settled, key);
        this.warnOfCluster(node, key);
        return runTask(settled, key, component, inputs, this.environment, frame.signal);
      };
      const { cache, stubs } = this.environment;
      // What stands in for a component gives nothing that the component itself would.
      if (!isCached(node, this.graph) || stubOf({ ...node, key }, stubs) !== undefined) return await execute();
      const cached: CachedTask = {
        name: key,
        component,
        key: localKey(component, node.settings, inputs, frame),
        maxAgeSeconds: node.settings.caching?.maxAgeSeconds,
      };
      return await cache.resultOf(cached, execute, frame.signal);
    } catch (error) {
      // Whatever it is, other tasks go on.
      return storedTask('Failed', (error as Error).message);
    }
  }

  /** Texts of the inputs that have a value. As on the engine, a default stands for what is left out, not for what is absent. */
  private inputsOf(node: TaskNode, frame: Frame): Readonly<Record<string, string>> {
    const component = this.graph.components[node.component]!;
    const texts: Record<string, string> = {};
    for (const [name, port] of Object.entries(component.inputs)) {
      const expression = memberOf(node.inputs, name);
      const text = expression && textOf(expression, frame);
      if (text !== undefined) texts[name] = text;
      else if (!expression && port.kind === 'parameter' && port.default !== undefined) {
        texts[name] = encodeValue(port.type, port.default);
      } else if (expression && !port.optional)
        throw new Error(`input '${name}' has no value: ${absence(expression, frame)}`);
    }
    return texts;
  }

  /** Says once for each task what only a cluster gives it. */
  private warnOfCluster(node: TaskNode, key: string): void {
    const { stubs, reporter } = this.environment;
    if (this.warned.has(node.path) || stubOf({ ...node, key }, stubs) !== undefined) return;
    this.warned.add(node.path);
    for (const missing of clusterOnly(node.settings)) reporter.warning?.(`${node.id}: ${missing}`);
  }

  /** Says once for each component that its image has another Python than this machine. */
  private async warnOfInterpreter(node: TaskNode, key: string): Promise<void> {
    const name = node.component;
    const { implementation } = this.graph.components[name]!;
    const { stubs, interpreters, reporter } = this.environment;
    if (implementation.kind !== 'python' || stubOf({ ...node, key }, stubs) !== undefined) return;
    const { warning } = await interpreters.for(imageOf(node.settings, implementation));
    if (!warning || this.warned.has(name)) return;
    this.warned.add(name);
    reporter.warning?.(`${name}: ${warning}`);
  }
}

/** The result of a task that never ran, as the store keeps it. */
export function storedTask(state: Parameters<typeof notRun>[0], error?: string): StoredTask {
  const { outputs: _, artifacts: __, ...result } = notRun(state, error);
  return { ...result, texts: {} };
}

function absence(expression: Expression, frame: Frame): string {
  const state = expression.kind === 'output' ? frame.endOf(expression.task)?.state : undefined;
  if (state === undefined) return `${describe(expression)} is absent`;
  return state === 'Succeeded'
    ? `task '${(expression as { task: string }).task}' returned None for its ${describe(expression).split(' of ')[0]}`
    : `${describe(expression)} is absent, as the task was ${state}`;
}
