import type { Construct } from 'constructs';
import type { PortDefinition } from '../../components/definition';
import { memberOf } from '../../graph/member';
import type { IrComponent, IrTask, IrTaskArtifact, IrTaskParameter } from '../ir/types';
import { memberOfGiven } from './values';

/** How a DAG knows the values of its tasks' inputs. */
export interface Sources {
  /** What a parameter of a task is; `own` gives the task's other inputs, for constants that read them. */
  parameter(source: IrTaskParameter, name: string, own: TaskInputs): unknown;
  /** What an artifact of a task is. */
  artifact(source: IrTaskArtifact, name: string): unknown;
}

/** What the inputs of one task are: literals and values of the run; undefined where an input is absent. */
export class TaskInputs {
  private readonly known = new Map<string, unknown>();

  /**
   * @param items what is given by a loop around the task, by input
   */
  public constructor(
    private readonly task: IrTask,
    private readonly component: IrComponent | undefined,
    private readonly sources: Sources,
    private readonly items: ReadonlyMap<string, unknown> = new Map(),
  ) {}

  /** A parameter, as the task is given it. */
  public parameter(name: string): unknown {
    if (this.items.has(name)) return this.items.get(name);
    // What reads itself is absent.
    if (this.known.has(name)) return this.known.get(name);
    this.known.set(name, undefined);
    const source = memberOf(this.task.inputs?.parameters ?? {}, name);
    const value = source && this.sources.parameter(source, name, this);
    this.known.set(name, value);
    return value;
  }

  /** A parameter with the component's default where the task is given none. */
  public effective(name: string): unknown {
    const given = this.parameter(name);
    if (given !== undefined) return given;
    return memberOf(this.component?.inputDefinitions?.parameters ?? {}, name)?.defaultValue;
  }

  /** An artifact, as the task is given it. */
  public artifact(name: string): unknown {
    if (this.items.has(name)) return this.items.get(name);
    const source = memberOf(this.task.inputs?.artifacts ?? {}, name);
    return source && this.sources.artifact(source, name);
  }

  /** Whether the task says where an input comes from. */
  public isGiven(kind: PortDefinition['kind'], name: string): boolean {
    return Object.hasOwn(this.task.inputs?.[`${kind}s`] ?? {}, name);
  }

  /** Whether a parameter that is not there is left out: the task is given none, and its component knows of it. */
  public isLeftOut(name: string): boolean {
    return (
      !this.isGiven('parameter', name) &&
      memberOf(this.component?.inputDefinitions?.parameters ?? {}, name) !== undefined
    );
  }

  /**
   * The member of the loop's item that the name of an input means. KFP's SDK makes such inputs, and forgets to hand them on where
   * only a text reads them, or what stands in a group.
   *
   * @see https://github.com/kubeflow/pipelines/issues/13273
   */
  public memberOfItem(name: string, scope: Construct): unknown {
    for (const [input, item] of this.items) {
      const before = `${input}-subvar-`;
      if (name.startsWith(before)) return memberOfGiven(item, name.slice(before.length), scope);
    }
    return undefined;
  }

  /** The type that the component declares for a parameter. */
  public typeOf(name: string): string | undefined {
    return memberOf(this.component?.inputDefinitions?.parameters ?? {}, name)?.parameterType;
  }
}
