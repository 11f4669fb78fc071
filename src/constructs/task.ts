import type { Construct } from 'constructs';
import { Component } from '../components/component';
import type { ComponentDefinition } from '../components/definition';
import { typeOfPort } from '../components/port-type';
import { Value } from '../values/value';
import { FlowNode } from './flow-node';
import { enterScope, membersOf, taskScopeOf } from './task-scope';
import type { TaskSettings } from './task-settings';

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
export interface TaskBaseProps<I, O, R> extends TaskSettings {
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
  /** The task's outputs, by the names the component gives them. */
  public readonly outputs: O;
  /** The values given to the inputs, by name. */
  public readonly inputs: Readonly<Record<string, unknown>>;
  /** The component it runs. */
  public readonly component: ComponentDefinition;
  /** The settings given to this task alone. */
  public readonly settings: TaskSettings;

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
    this.settings = { resources: props.resources, retry: props.retry, timeout: props.timeout, env: props.env };
    this.inputs = { ...(props.inputs as Record<string, unknown> | undefined) };
    this.outputs = outputsOf(this as unknown as Task) as O;
    this.register();
  }

  /**
   * The component's return value.
   *
   * A component that returns nothing has none: read a named output from {@link outputs}.
   */
  public get output(): R {
    return (this.outputs as Record<string, unknown>).Output as R;
  }

  /** Takes its place among the tasks of its scope. @internal */
  protected register(): void {
    const task = this as unknown as Task;
    enterScope(task);
    membersOf(taskScopeOf(this)).pipeline.useComponent(task);
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
