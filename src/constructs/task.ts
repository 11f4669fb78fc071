import type { Construct } from 'constructs';
import { Component } from '../components/component';
import type { ComponentDefinition } from '../components/definition';
import { typeOfPort } from '../components/port-type';
import { Value } from '../values/value';
import { FlowNode } from './flow-node';
import type { TaskArtifacts } from './settings/artifacts';
import type { InitContainer, SideContainer } from './settings/containers';
import type { EnvFrom, EnvValue } from './settings/environment';
import type { TaskMetric } from './settings/metrics';
import type { INodePool, TaskNodeAffinity, TaskPodAffinity, Toleration } from './settings/placement';
import type { NamedObject, SettingText } from './settings/setting-value';
import type { TaskLayer, TaskSettings } from './settings/task-settings';
import { mountOf, type Volume, type VolumeMount } from './settings/volume';
import { enterScope } from './task-scope';

/** The inputs prop: required where the component has a required input. */
export type TaskInputs<I> = {} extends I
  ? {
      /** A literal or a value for each input. @default - none */
      readonly inputs?: NoInfer<I> | undefined;
    }
  : {
      /** A literal or a value for each input. */
      readonly inputs: NoInfer<I>;
    };

/** Props of {@link Task} but its inputs. */
export interface TaskBaseProps<I, O, R> extends TaskSettings, TaskArtifacts<NoInfer<I>, NoInfer<O>> {
  /** The component to run. */
  readonly component: Component<I, O, R>;
}

/** Props of {@link Task}. */
export type TaskProps<I, O, R> = TaskBaseProps<I, O, R> & TaskInputs<I>;

/**
 * One execution of a component: one pod. It runs when the tasks whose outputs it reads have succeeded.
 *
 * The scope is the nesting: a task created under an If or a loop runs inside it.
 */
export class Task<I = Record<string, unknown>, O = unknown, R = unknown> extends FlowNode {
  public readonly kind = 'task';
  /** The values given to the inputs, by name. */
  public readonly inputs: Readonly<Record<string, unknown>>;
  /** The component it runs. */
  public readonly component: ComponentDefinition;

  private readonly layers: TaskLayer[];
  private values: Record<string, Value<unknown>> | undefined;

  /** @internal */
  public readonly _component: Component<never, unknown, unknown>;

  /**
   * @param scope a Pipeline, a branch, a loop, or any construct under one
   * @param id the task's name in its scope
   * @throws where the scope is in no pipeline, or its pipeline was already synthesised
   */
  public constructor(scope: Construct, id: string, props: TaskProps<I, O, R>) {
    super(scope, id, new.target);
    if (!(props.component instanceof Component)) {
      throw new Error(
        `The task '${this.node.path}' has no component: it is ${String(props.component)}. Is it imported by its right name?`,
      );
    }
    this._component = props.component as Component<never, unknown, unknown>;
    this.component = props.component.definition;
    const { component: _, inputs: __, ...settings } = props as TaskBaseProps<I, O, R> & { readonly inputs?: unknown };
    // Not pushed: V8 would make room for sixteen more.
    this.layers = [settings as TaskLayer];
    this.waitFor(settings);
    this.inputs = { ...(props.inputs as Record<string, unknown> | undefined) };
    this.register();
  }

  /** The task's outputs, by the names the component gives them. Made when they are first asked for: few of many tasks are read. */
  public get outputs(): O {
    this.values ??= outputsOf(this as unknown as Task);
    return this.values as O;
  }

  /**
   * The component's return value.
   *
   * A component that returns nothing has none: read a named output from {@link outputs}.
   */
  public get output(): R {
    return (this.outputs as Record<string, unknown>).Output as R;
  }

  /** The settings given to this task alone, earliest first. */
  public get settings(): readonly TaskLayer[] {
    return this.layers;
  }

  /**
   * Gives the task more settings, over those that it has.
   *
   * @throws where the pipeline was already synthesised
   */
  public configure(settings: TaskSettings): this {
    this.assertOpen('was configured');
    this.layers.push(settings);
    this.waitFor(settings);
    return this;
  }

  /** Runs the task on a pool's nodes, with so many of its accelerators. */
  public runOn(pool: INodePool, options: { readonly accelerators?: number } = {}): this {
    return this.configure({ runOn: { pool, ...options } });
  }

  /** Sets an environment variable. */
  public addEnv(name: string, value: EnvValue): this {
    return this.configure({ env: { [name]: value } });
  }

  /** Makes variables of all keys of a Secret or ConfigMap. */
  public addEnvFrom(from: EnvFrom): this {
    return this.configure({ envFrom: [from] });
  }

  /** Mounts a volume at a path. */
  public addVolume(mountPath: string, volume: Volume | VolumeMount): this {
    return this.configure({ volumes: { [mountPath]: volume } });
  }

  /** Requires a label of the node. */
  public addNodeSelector(label: string, value: SettingText): this {
    return this.configure({ nodeSelector: { [label]: value } });
  }

  /** Says more about the node; what was required before still holds. */
  public addNodeAffinity(affinity: TaskNodeAffinity): this {
    return this.configure({ nodeAffinity: affinity });
  }

  /** Says which pods to be near, or apart from. */
  public addPodAffinity(affinity: TaskPodAffinity): this {
    return this.configure({ podAffinity: [affinity] });
  }

  /** Puts up with a taint of nodes. */
  public addToleration(toleration: Toleration): this {
    return this.configure({ tolerations: [toleration] });
  }

  /** Labels the pod. */
  public addLabel(key: string, value: SettingText): this {
    return this.configure({ labels: { [key]: value } });
  }

  /** Annotates the pod. */
  public addAnnotation(key: string, value: SettingText): this {
    return this.configure({ annotations: { [key]: value } });
  }

  /**
   * Reports a Prometheus metric when the task has ended: one of its outputs, a metric that it logged, how long it took.
   *
   * ```ts
   * evaluate.addMetric({ name: 'model_accuracy', help: 'Accuracy on the test set', value: evaluate.output });
   * ```
   */
  public addMetric(metric: TaskMetric): this {
    return this.configure({ metrics: [metric] });
  }

  /** Runs a container before the task's own. */
  public addInitContainer(container: InitContainer): this {
    return this.configure({ initContainers: [container] });
  }

  /** Runs a container beside the task's own. */
  public addSidecar(container: SideContainer): this {
    return this.configure({ sidecars: [container] });
  }

  /** Pulls images with the credentials of a Secret. */
  public addImagePullSecret(secret: NamedObject): this {
    return this.configure({ imagePullSecrets: [secret] });
  }

  /**
   * A volume that this task mounts, for tasks that must run after it because they read what it wrote there: KFP v1's
   * `op.pvolume`.
   *
   * @throws where nothing is mounted there
   */
  public volumeAt(mountPath: string): Volume {
    const layer = this.layers.findLast(({ volumes }) => volumes?.[mountPath] !== undefined);
    if (!layer) throw new Error(`'${this.node.path}' mounts nothing at '${mountPath}'.`);
    return mountOf(layer.volumes![mountPath]!, mountPath).volume.after(this as unknown as Task);
  }

  /** A volume that was written to is mounted after that. */
  private waitFor({ volumes }: TaskSettings): void {
    if (!volumes) return;
    for (const [path, given] of Object.entries(volumes)) this.after(...mountOf(given, path).volume.awaited);
  }

  /** Takes its place among the tasks of its scope. @internal */
  protected register(): void {
    const task = this as unknown as Task;
    enterScope(task).useComponent(task);
  }
}

function outputsOf(task: Task): Record<string, Value<unknown>> {
  if (task._component.isBroken) return unknownOutputs(task);
  const outputs: Record<string, Value<unknown>> = {};
  for (const [output, port] of Object.entries(task.component.outputs)) {
    outputs[output] = Value.of({ kind: 'output', task, output, type: typeOfPort(port) });
  }
  return outputs;
}

/**
 * The outputs of a component that could not be read: whatever is asked for. So the code that uses them goes on, and synth
 * reports why the component could not be read.
 */
function unknownOutputs(task: Task): Record<string, Value<unknown>> {
  return new Proxy(
    {},
    { get: (_, output) => Value.of({ kind: 'output', task, output: String(output), type: 'STRING' }) },
  );
}
