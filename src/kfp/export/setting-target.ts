import type { ComponentDefinition, Json } from '../../components/definition';
import {
  type GraphTaskSettings,
  holdsRunValue,
  isRunValue,
  type RunValue,
  type Text,
  type Tree,
} from '../../graph/settings';
import type { IrContainer, IrTask, IrTaskParameter } from '../ir/types';
import type { ExportProblems } from './problems';
import { channelOf, type DagScope, factOf } from './scope';
import type { TaskInputs } from './task-inputs';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Where the settings of a task go: its container, its task, and what Kubernetes is told of it. */
export class SettingTarget {
  /** What stands in the executor. */
  public readonly container: Partial<Mutable<IrContainer>> = {};
  /** What stands in the task itself. */
  public readonly task: Partial<Mutable<IrTask>> = {};
  /** What Kubernetes is told. */
  public readonly platform: Record<string, Json> = {};

  public constructor(
    public readonly settings: GraphTaskSettings,
    public readonly component: ComponentDefinition,
    public readonly inputs: TaskInputs,
    private readonly scope: DagScope,
    private readonly problems: ExportProblems,
    private readonly path: string,
  ) {}

  /** Adds an entry to a list of the platform's configuration. */
  public append(list: string, ...entries: readonly object[]): void {
    this.platform[list] = [...((this.platform[list] as readonly Json[]) ?? []), ...(entries as readonly Json[])];
  }

  /** A setting that KFP has nothing for. */
  public lost(setting: string, mend = 'leave it away, or run the pipeline on Argo'): void {
    this.problems.error('KFP1568', this.path, `KFP has no counterpart of the setting '${setting}'`, mend);
  }

  /** A setting that stands in the document, and that KFP's backend does not read, or not so. */
  public ignored(setting: string, why: string): void {
    this.problems.warning(
      'KFP1572',
      this.path,
      `the setting '${setting}': ${why}`,
      'do not rely on it on a KFP server',
    );
  }

  /** A value of the run where KFP takes what is known beforehand. */
  public late(setting: string, mend = 'give a text, or a parameter, an output or a fact of the run alone'): void {
    this.problems.error('KFP1569', this.path, `KFP takes no such value of the run for the setting '${setting}'`, mend);
  }

  /** A text that has to be known; undefined where it is not, which is reported. */
  public known(setting: string, text: Text): string | undefined {
    if (!isRunValue(text)) return text;
    const { expression } = text;
    if (expression.kind === 'literal') return String(expression.value);
    this.late(setting, 'give a text that is known when the document is written');
    return undefined;
  }

  /** Kubernetes' own fields, where all of them are known. */
  public plain(setting: string, tree: Tree): Json | undefined {
    if (!holdsRunValue(tree)) return tree as Json;
    this.late(setting, 'give what is known when the document is written');
    return undefined;
  }

  /** A text of the container in which the value stands that an input of the task holds. */
  public filled(setting: string, text: Text): string | undefined {
    if (!isRunValue(text)) return text;
    const { expression } = text;
    if (expression.kind === 'literal') return String(expression.value);
    const parts = expression.kind === 'text' ? expression.parts : [expression];
    if (parts.length > 1)
      this.ignored(setting, 'KFP’s backend puts a value in place of all of it, and not into a text');
    const texts = parts.map((part) => (typeof part === 'string' ? part : this.inputs.placeholder(part)));
    if (!texts.includes(undefined)) return texts.join('');
    this.late(setting);
    return undefined;
  }

  /** A name in the platform's configuration, as new backends read it; undefined where it was refused. */
  public reference(setting: string, text: Text): IrTaskParameter | undefined {
    if (!isRunValue(text)) return { runtimeValue: { constant: text } };
    const { expression } = text;
    const fact = factOf(expression);
    if (fact !== undefined) return { runtimeValue: { constant: fact } };
    const channel = channelOf(expression);
    const reference = channel && this.scope.reference(typed(channel, text));
    if (!reference) this.late(setting);
    return reference;
  }
}

function typed(channel: NonNullable<ReturnType<typeof channelOf>>, { port }: RunValue) {
  return channel.type === 'UNKNOWN' ? { ...channel, type: port.type } : channel;
}

/** What the platform's configuration has besides a reference, for backends that do not read these. */
export function twin(field: string, { runtimeValue }: IrTaskParameter): object {
  return runtimeValue?.constant === undefined ? {} : { [field]: runtimeValue.constant };
}
