import type { Json } from '../../components/definition';
import type { IrComponent, IrParameterSelector, PipelineSpec } from '../ir/types';
import { documentIn } from './document';
import type { StoredExecution } from './metadata-store';
import type { KfpApiRun, KfpApiState } from './types';

/** An artifact that a run gave. */
export interface KfpArtifact {
  /** KFP's type, `system.Model`. */
  readonly type: string;
  /** Where its data is. */
  readonly uri: string;
  /** What the task noted about it. */
  readonly metadata: Readonly<Record<string, Json>>;
}

/** What one task gave. */
export interface KfpTaskOutputs {
  /** How the task ended, or how it fares. */
  readonly state: StoredExecution['state'];
  /** By output. */
  readonly parameters: Readonly<Record<string, Json>>;
  /** By output; several where the output is a list. */
  readonly artifacts: Readonly<Record<string, readonly KfpArtifact[]>>;
  /** The numbers in its Metrics artifacts. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What a run gave. */
export interface KfpRunOutputs {
  /** The run's id. */
  readonly runId: string;
  /** How the run ended, or how it fares. */
  readonly state: KfpApiState;
  /** The pipeline's own outputs: parameters as values, artifacts as such. Those that no task gave are missing. */
  readonly outputs: Readonly<Record<string, Json | readonly KfpArtifact[]>>;
  /** By path: `train`, `condition-1/train`, `for-loop-1[0]/train`. */
  readonly tasks: Readonly<Record<string, KfpTaskOutputs>>;
}

/** Puts together what the metadata store knows of a run and what the pipeline says of its outputs. */
export function outputsOf(
  run: KfpApiRun,
  struct: Json | undefined,
  executions: readonly StoredExecution[],
): KfpRunOutputs {
  const byId = new Map(executions.map((execution) => [execution.id, execution]));
  // A task that was retried as a whole has several; the last counts.
  const sorted = [...executions].sort((a, b) => Number(BigInt(a.id) - BigInt(b.id)));
  const tasks = sorted.filter(({ isTask }) => isTask).map((task) => [pathOf(task, byId), taskOutputs(task)] as const);
  const spec = documentIn(struct)?.spec;
  const root = sorted.find(({ parent }) => parent === undefined);
  return {
    runId: run.run_id,
    state: run.state ?? 'RUNTIME_STATE_UNSPECIFIED',
    outputs: spec && root ? pipelineOutputs(spec, root, sorted) : {},
    tasks: Object.fromEntries(tasks),
  };
}

function pathOf(execution: StoredExecution, byId: ReadonlyMap<string, StoredExecution>, depth = 0): string {
  const { name, iteration, parent } = execution;
  const above = parent === undefined || depth > 100 ? undefined : byId.get(parent);
  const before = above && above.parent !== undefined ? pathOf(above, byId, depth + 1) : '';
  const index = iteration === undefined ? '' : `[${iteration}]`;
  // The iterations of a loop are groups of the loop's own name.
  if (above && above.name === name && index !== '' && before !== '') return `${before}${index}`;
  return `${before && `${before}/`}${name}${index}`;
}

function taskOutputs({ state, parameters, artifacts }: StoredExecution): KfpTaskOutputs {
  const byKey: Record<string, KfpArtifact[]> = {};
  const metrics: Record<string, number> = {};
  for (const { key, ...artifact } of artifacts) {
    byKey[key] = [...(Object.hasOwn(byKey, key) ? byKey[key]! : []), artifact];
    if (artifact.type !== 'system.Metrics') continue;
    for (const [name, value] of Object.entries(artifact.metadata)) if (typeof value === 'number') metrics[name] = value;
  }
  return { state, parameters, artifacts: byKey, metrics };
}

function pipelineOutputs(
  spec: PipelineSpec,
  root: StoredExecution,
  executions: readonly StoredExecution[],
): KfpRunOutputs['outputs'] {
  const given: Record<string, Json | readonly KfpArtifact[]> = {};
  const finder = new OutputFinder(spec, executions);
  for (const name of Object.keys(spec.root.dag?.outputs?.parameters ?? {})) {
    const value = finder.parameter(spec.root, root, name);
    if (value !== undefined) given[name] = value;
  }
  for (const name of Object.keys(spec.root.dag?.outputs?.artifacts ?? {})) {
    const value = finder.artifacts(spec.root, root, name);
    if (value !== undefined) given[name] = value;
  }
  return given;
}

/** Follows the outputs of groups to the tasks that gave them. */
class OutputFinder {
  public constructor(
    private readonly spec: PipelineSpec,
    private readonly executions: readonly StoredExecution[],
  ) {}

  public parameter(component: IrComponent, group: StoredExecution, name: string): Json | undefined {
    const selector = component.dag?.outputs?.parameters?.[name];
    const selectors: readonly (IrParameterSelector | undefined)[] = [
      selector?.valueFromParameter,
      ...(selector?.valueFromOneof?.parameterSelectors ?? []),
    ];
    for (const each of selectors) {
      const below = each && this.below(component, group, each.producerSubtask);
      if (!each || !below) continue;
      const key = each.outputParameterKey;
      const value = below.component?.dag
        ? this.parameter(below.component, below.execution, key)
        : below.execution.parameters[key];
      if (value !== undefined) return value;
    }
    return undefined;
  }

  public artifacts(component: IrComponent, group: StoredExecution, name: string): readonly KfpArtifact[] | undefined {
    for (const { producerSubtask, outputArtifactKey } of component.dag?.outputs?.artifacts?.[name]?.artifactSelectors ??
      []) {
      const below = this.below(component, group, producerSubtask);
      if (!below) continue;
      const found = below.component?.dag
        ? this.artifacts(below.component, below.execution, outputArtifactKey)
        : taskOutputs(below.execution).artifacts[outputArtifactKey];
      if (found) return found;
    }
    return undefined;
  }

  private below(component: IrComponent, group: StoredExecution, subtask: string) {
    const task = component.dag?.tasks?.[subtask];
    const names = [subtask, task?.taskInfo?.name];
    const execution = this.executions.findLast(({ parent, name }) => parent === group.id && names.includes(name));
    if (!execution || !task) return undefined;
    return { execution, component: this.spec.components?.[task.componentRef.name] };
  }
}
