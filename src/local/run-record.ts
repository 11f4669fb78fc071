import type { Json } from '../components/definition';
import { allTasks, type PipelineGraph, type PipelineParameter, type TaskNode } from '../graph/graph';
import { memberOf } from '../graph/member';
import { decodeValue, encodeJson, encodeValue } from '../values/codec';
import type { RunField } from '../values/expression';
import type { Values } from './evaluate';
import type { GroupResult, LocalArtifact, LocalRun, RunState, TaskResult } from './local-run';
import { decodeReference, isReferenceList } from './reference';
import type { Store, StoredRun, StoredTask } from './store';
import { localArtifact } from './stub';

const ABSENT = encodeValue('STRING', undefined);

/** What a run knows while it is going on: arguments, results, facts. It is written to the store after each result. */
export class RunRecord implements Values {
  private readonly tasks: Record<string, StoredTask> = {};
  private readonly groups: Record<string, GroupResult> = {};
  private readonly arguments: Readonly<Record<string, string>>;
  private readonly startedAt = new Date().toISOString();
  private readonly nodes: ReadonlyMap<string, TaskNode>;
  private finalStatus = '';

  public constructor(
    private readonly graph: PipelineGraph,
    public readonly store: Store,
    public readonly name: string,
    values: Readonly<Record<string, Json>>,
  ) {
    this.nodes = new Map(allTasks(graph).map((node) => [node.id, node]));
    this.arguments = Object.fromEntries(
      Object.entries(values).map(([parameter, value]) => [
        parameter,
        encodeValue(graph.parameters[parameter]!.type, value),
      ]),
    );
    this.save();
  }

  public parameter(name: string): string | undefined {
    return present(memberOf(this.arguments, name));
  }

  public output(task: string, output: string): string | undefined {
    return present(memberOf(memberOf(this.tasks, task)?.texts ?? {}, output));
  }

  public run(field: RunField): string {
    switch (field) {
      case 'name':
      // A run here has no other identity than its name, which is unique.
      case 'id':
        return this.name;
      case 'namespace':
        return this.graph.namespace ?? 'default';
      case 'creationTime':
        return this.startedAt.replace(/\.\d+Z$/, 'Z');
      case 'finalStatus':
        return this.finalStatus;
    }
  }

  /** What is known of a task. */
  public task(id: string): StoredTask | undefined {
    return memberOf(this.tasks, id);
  }

  /** Keeps the result of a task. */
  public setTask(id: string, result: StoredTask): void {
    this.tasks[id] = result;
    this.save();
  }

  /** Keeps the result of an If. */
  public setGroup(id: string, result: GroupResult): void {
    this.groups[id] = result;
    this.save();
  }

  /** Takes over the results of an earlier run. */
  public reuse(last: StoredRun, isTask: (id: string) => boolean, isGroup: (id: string) => boolean): void {
    for (const [id, task] of Object.entries(last.tasks)) {
      if (isTask(id)) this.tasks[id] = { ...task, reusedFrom: task.reusedFrom ?? last.name };
    }
    for (const [id, group] of Object.entries(last.groups)) if (isGroup(id)) this.groups[id] = group;
    this.save();
  }

  /** Fixes what the exit task is told about the run, in the words of the manifests. */
  public setFinalStatus(state: RunState): void {
    const errors = [...Object.entries(this.tasks), ...Object.entries(this.groups)].flatMap(([id, { error }]) =>
      error === undefined ? [] : [`${id}: ${error}`],
    );
    this.finalStatus = encodeJson({
      state: state === 'Succeeded' ? 'SUCCEEDED' : 'FAILED',
      pipelineJobResourceName: this.name,
      pipelineTaskName: this.graph.name,
      error: state === 'Succeeded' ? { code: 0, message: '' } : { code: 1, message: errors.join('; ') },
    });
  }

  /** The result of a task, decoded. */
  public result(id: string): TaskResult {
    const { texts, ...rest } = this.tasks[id]!;
    const component = this.graph.components[this.nodes.get(id)?.component ?? ''];
    const outputs: Record<string, Json> = {};
    const artifacts: Record<string, LocalArtifact> = {};
    for (const [name, text] of Object.entries(texts)) {
      const port = component && memberOf(component.outputs, name);
      if (port?.kind === 'parameter') outputs[name] = decodeValue(port.type, text) ?? null;
      else if (port && !isReferenceList(text)) artifacts[name] = localArtifact(decodeReference(text), this);
    }
    return { ...rest, outputs, artifacts };
  }

  /** The run as its user sees it, and its end in the store. */
  public finish(state: RunState): LocalRun {
    this.save(state);
    const values = Object.entries(this.arguments).map(([name, text]): [string, Json] => {
      const parameter = this.graph.parameters[name] as PipelineParameter;
      return [name, decodeValue(parameter.type, text) ?? null];
    });
    return {
      name: this.name,
      pipeline: this.graph.name,
      state,
      tasks: Object.fromEntries(Object.keys(this.tasks).map((id) => [id, this.result(id)])),
      groups: this.groups,
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

/** Absence has a text of its own, which no reader of an expression should see. */
function present(text: string | undefined): string | undefined {
  return text === undefined || text === ABSENT ? undefined : text;
}
