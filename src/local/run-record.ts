import type { Json } from '../components/definition';
import type { PipelineGraph } from '../graph/graph';
import { memberOf } from '../graph/member';
import type { RunField, ValueType } from '../values/expression';
import { finalStatus } from './final-status';
import type { Frame, NodeEnd, RunFacts } from './frame';
import { Instances, instancesOf } from './instance';
import type { GroupResult, LocalArtifact, LocalRun, RunState, TaskResult, TaskState } from './local-run';
import { decodedOutputs, outputTypesOf } from './outputs';
import type { Store, StoredGroup, StoredRun, StoredTask } from './store';
import { decodeText, encodeText } from './value-text';

/** What a run knows while it is going on: arguments, results, facts. It is written to the store after each result. */
export class RunRecord implements RunFacts {
  /** Texts of the pipeline's parameters. */
  public readonly arguments: Readonly<Record<string, string>>;
  private readonly tasks: Record<string, StoredTask> = {};
  private readonly groups: Record<string, StoredGroup> = {};
  private readonly startedAt = new Date().toISOString();
  private readonly instances: Instances;

  public constructor(
    private readonly graph: PipelineGraph,
    public readonly store: Store,
    public readonly name: string,
    values: Readonly<Record<string, Json>>,
  ) {
    this.instances = new Instances(graph);
    this.arguments = Object.fromEntries(
      Object.entries(values).map(([parameter, value]) => [
        parameter,
        encodeText(graph.parameters[parameter]!.type, value),
      ]),
    );
    this.save();
  }

  public fact(field: Exclude<RunField, 'finalStatus'>): string {
    switch (field) {
      case 'name':
      // A run here has no other identity than its name, which is unique.
      case 'id':
        return this.name;
      case 'namespace':
        return this.graph.namespace ?? 'default';
      case 'creationTime':
      // A run that is started by hand is due at once.
      case 'scheduledTime':
        return this.startedAt.replace(/\.\d+Z$/, 'Z');
      case 'workspacePath':
        return this.store.workspaceOf(this.name);
    }
  }

  public statusOf(frame: Frame, node: string, state: TaskState): string {
    const key = frame.keyOf(node);
    const target = this.instances.nodeAt(key);
    const own = this.tasks[key]?.error;
    const errors =
      own !== undefined ? [own] : target ? this.errors(instancesOf(target, frame.execution.prefix, frame.indices)) : [];
    return finalStatus(this.name, node, state, errors);
  }

  /** What an execution of a pipeline tells its exit task: what failed in it. */
  public statusOfExecution({ execution }: Frame, state: TaskState): string {
    const errors = this.errors((key) => key.startsWith(execution.prefix));
    return finalStatus(this.name, execution.pipeline.name, state, errors);
  }

  private errors(isInside: (key: string) => boolean): readonly string[] {
    return [...Object.entries(this.tasks), ...Object.entries(this.groups)].flatMap(([key, { error }]) =>
      error === undefined || !isInside(key) ? [] : [`${key}: ${error}`],
    );
  }

  /** How an instance ended. */
  public endOf(key: string): NodeEnd | undefined {
    const result = memberOf(this.tasks, key) ?? memberOf(this.groups, key);
    return result && { state: result.state, texts: result.texts ?? {}, incomplete: result.incomplete ?? false };
  }

  /** The instances outside of all loops and calls, by the ids of their nodes. */
  public plainEnds(): ReadonlyMap<string, NodeEnd> {
    const keys = [...Object.keys(this.tasks), ...Object.keys(this.groups)].filter((key) => !/[[/]/.test(key));
    return new Map(keys.map((key) => [key, this.endOf(key)!]));
  }

  /** Keeps the result of a task. */
  public setTask(key: string, result: StoredTask): void {
    this.tasks[key] = result;
    this.save();
  }

  /** Keeps the result of a node that is no task. */
  public setGroup(key: string, result: StoredGroup): void {
    this.groups[key] = result;
    this.save();
  }

  /** Takes over the results of an earlier run. */
  public reuse(last: StoredRun, isReused: (key: string) => boolean): void {
    const reused = <T extends StoredTask | StoredGroup>(result: T): T => ({
      ...result,
      reusedFrom: result.reusedFrom ?? last.name,
    });
    for (const [key, task] of Object.entries(last.tasks)) if (isReused(key)) this.tasks[key] = reused(task);
    for (const [key, group] of Object.entries(last.groups)) if (isReused(key)) this.groups[key] = reused(group);
    this.save();
  }

  /** The result of a task, decoded. */
  public result(key: string): TaskResult {
    const { texts, incomplete: _, ...rest } = this.tasks[key]!;
    const { outputs, artifacts } = this.decoded(texts, this.outputTypes(key));
    const single = Object.entries(artifacts).filter(
      (entry): entry is [string, LocalArtifact] => !Array.isArray(entry[1]),
    );
    return { ...rest, outputs, artifacts: Object.fromEntries(single) };
  }

  /** The result of a node that is no task, decoded. */
  public group(key: string): GroupResult {
    const { texts = {}, incomplete: _, ...rest } = this.groups[key]!;
    const { outputs, artifacts } = this.decoded(texts, this.outputTypes(key));
    return {
      ...rest,
      ...(Object.keys(outputs).length > 0 && { outputs }),
      ...(Object.keys(artifacts).length > 0 && { artifacts }),
    };
  }

  private outputTypes(key: string): Readonly<Record<string, ValueType>> {
    const node = this.instances.nodeAt(key);
    return node ? outputTypesOf(node, this.graph) : {};
  }

  private decoded(texts: Readonly<Record<string, string>>, types: Readonly<Record<string, ValueType>>) {
    return decodedOutputs(texts, types, this.store);
  }

  /**
   * The run as its user sees it, and its end in the store.
   *
   * @param outputs texts of what the pipeline returned
   */
  public finish(state: RunState, outputs: Readonly<Record<string, string>>): LocalRun {
    this.save(state);
    const values = Object.entries(this.arguments).map(([name, text]): [string, Json] => [
      name,
      decodeText(this.graph.parameters[name]!.type, text) ?? null,
    ]);
    const types = Object.entries(this.graph.root.outputs).map(([name, { type }]) => [name, type]);
    return {
      name: this.name,
      pipeline: this.graph.name,
      state,
      tasks: Object.fromEntries(this.instances.sorted(Object.keys(this.tasks)).map((key) => [key, this.result(key)])),
      groups: Object.fromEntries(this.instances.sorted(Object.keys(this.groups)).map((key) => [key, this.group(key)])),
      ...this.decoded(outputs, Object.fromEntries(types)),
      arguments: Object.fromEntries(values),
      folder: this.store.runFolder(this.name),
    };
  }

  private save(state?: RunState): void {
    this.store.save({
      name: this.name,
      pipeline: this.graph.name,
      ...(state && { state }),
      startedAt: this.startedAt,
      arguments: this.arguments,
      tasks: this.tasks,
      groups: this.groups,
    });
  }
}
