import type { PortDefinition } from '../../components/definition';
import { FreeNames } from '../../graph/free-names';
import type { Expression, RunField, ValueType } from '../../values/expression';
import { CHANNEL } from '../ir/reserved';
import type { IrTaskArtifact, IrTaskParameter } from '../ir/types';
import { portOfType } from './ports';

/** A value that a document can pass on: where it comes from, and which member of it is meant. */
export interface Channel {
  readonly source:
    | { readonly kind: 'parameter'; readonly name: string }
    | { readonly kind: 'output'; readonly task: string; readonly output: string }
    | { readonly kind: 'item'; readonly loop: string };
  readonly fields: readonly string[];
  readonly type: ValueType;
  /** The type of what the members are of, where there are some. */
  readonly baseType: ValueType;
}

/** An expression as a value that can be passed on; undefined where it has to be computed. */
export function channelOf(expression: Expression): Channel | undefined {
  const { type } = expression;
  switch (expression.kind) {
    case 'parameter':
      return { source: { kind: 'parameter', name: expression.name }, fields: [], type, baseType: type };
    case 'output': {
      const { task, output } = expression;
      return { source: { kind: 'output', task, output }, fields: [], type, baseType: type };
    }
    case 'loop':
      if (expression.field === 'index') return undefined;
      return { source: { kind: 'item', loop: expression.loop }, fields: [], type, baseType: type };
    case 'field': {
      const of = channelOf(expression.of);
      return of && { ...of, fields: [...of.fields, expression.name], type };
    }
    default:
      return undefined;
  }
}

/** What KFP puts in place of a constant, by what it is here. Where only this is a whole constant, KFP fills it in. */
const FACTS: Readonly<Partial<Record<RunField, string>>> = {
  name: '{{$.pipeline_job_resource_name}}',
  id: '{{$.pipeline_job_uuid}}',
  creationTime: '{{$.pipeline_job_create_time_utc}}',
  scheduledTime: '{{$.pipeline_job_schedule_time_utc}}',
  workspacePath: '{{$.workspace_path}}',
};

/** KFP's placeholder of a fact about the run; undefined where it has none, or the expression is none. */
export function factOf(expression: Expression): string | undefined {
  return expression.kind === 'run' ? FACTS[expression.field] : undefined;
}

/** How readers in a DAG know a node of it. */
export interface NodeNames {
  /** The task's key. */
  readonly key: string;
  /** True for what holds others: what is read out of it has a name that the compiler made. */
  readonly isGroup: boolean;
}

/** An input that something around a DAG has to give it. */
export interface PassedIn {
  readonly name: string;
  readonly channel: Channel;
  readonly port: PortDefinition;
}

/**
 * What tasks of one DAG can refer to: tasks beside them, and the inputs of the DAG. What stands further out becomes an input of
 * each DAG between.
 */
export class DagScope {
  private readonly passed: PassedIn[] = [];
  private readonly byKey = new Map<string, PassedIn>();
  private readonly names: FreeNames;
  private read: ValueType | undefined;

  /**
   * @param outer what is around; undefined for a pipeline, whose inputs are its parameters
   * @param item the loop whose iteration it is, and the input that holds the item
   */
  public constructor(
    private readonly nodes: ReadonlyMap<string, NodeNames>,
    private readonly outer?: DagScope,
    private readonly item?: { readonly loop: string; readonly input: string },
    /** Whether a parameter of the pipeline may be absent, and how its tasks are called. */
    private readonly pipeline?: { isAbsent(parameter: string): boolean; keyOf(id: string): string },
  ) {
    this.names = new FreeNames(item ? [item.input] : []);
  }

  /** What has to be given from around. */
  public get inputs(): readonly PassedIn[] {
    return this.passed;
  }

  /** What those who read the loop's item take it for, where nobody declared what it is. */
  public get itemType(): ValueType {
    return this.read ?? 'UNKNOWN';
  }

  /** How a task of this DAG is called. */
  public keyOf(id: string): string {
    return this.nodes.get(id)?.key ?? this.root.pipeline!.keyOf(id);
  }

  /** An input of a task here that is the value. */
  public parameter(channel: Channel): IrTaskParameter {
    const at = this.local(channel);
    if (at && channel.source.kind === 'item' && this.read === undefined) {
      const type = channel.fields.length > 0 ? 'STRUCT' : channel.type;
      if (type !== 'UNKNOWN') this.read = type;
    }
    if (!at) return { componentInputParameter: this.passIn(channel) };
    // An input of KFP's backend may be any expression in CEL over the value's JSON.
    const members = channel.fields.map((field) => `[${JSON.stringify(field)}]`).join('');
    return { ...at.parameter, ...(members && { parameterExpressionSelector: `parseJson(string_value)${members}` }) };
  }

  /** The same for an artifact. */
  public artifact(channel: Channel): IrTaskArtifact {
    return this.local(channel)?.artifact ?? { componentInputArtifact: this.passIn(channel) };
  }

  /**
   * What the platform's configuration of a task here is told: as an input, but KFP takes no members there. Undefined where it
   * would have to.
   */
  public reference(channel: Channel): IrTaskParameter | undefined {
    return channel.fields.length > 0 && this.local(channel) ? undefined : this.parameter(channel);
  }

  /** A name for a value among the inputs of a task or a DAG. */
  public nameOf({ source, fields }: Channel): string {
    const members = fields.map((field) => `-subvar-${field}`).join('');
    const base =
      source.kind === 'parameter'
        ? source.name
        : source.kind === 'item'
          ? `${this.root.pipeline!.keyOf(source.loop)}-loop-item`
          : `${this.root.pipeline!.keyOf(source.task)}-${source.output}`;
    return CHANNEL + `${base}${members}`.replace(/[^A-Za-z0-9_-]+/g, '-');
  }

  private get root(): DagScope {
    return this.outer ? this.outer.root : this;
  }

  /** Where a value is that this DAG has by itself. */
  private local({ source }: Channel): { parameter: IrTaskParameter; artifact: IrTaskArtifact } | undefined {
    const input = (name: string) => ({
      parameter: { componentInputParameter: name },
      artifact: { componentInputArtifact: name },
    });
    if (source.kind === 'parameter') return this.outer ? undefined : input(source.name);
    if (source.kind === 'item') return this.item?.loop === source.loop ? input(this.item.input) : undefined;
    const producer = this.nodes.get(source.task);
    if (!producer) return undefined;
    const { key, isGroup } = producer;
    const output = isGroup ? outputName(source.output) : source.output;
    return {
      parameter: { taskOutputParameter: { producerTask: key, outputParameterKey: output } },
      artifact: { taskOutputArtifact: { producerTask: key, outputArtifactKey: output } },
    };
  }

  private passIn(channel: Channel): string {
    const key = JSON.stringify([channel.source, channel.fields]);
    const known = this.byKey.get(key);
    if (known) return known.name;
    const name = this.names.take(this.nameOf(channel));
    const input = { name, channel, port: this.portOf(channel) };
    this.byKey.set(key, input);
    this.passed.push(input);
    return name;
  }

  private portOf({ source, fields, type }: Channel): PortDefinition {
    const port = portOfType(type);
    const isAbsent = source.kind === 'parameter' && fields.length === 0 && this.root.pipeline!.isAbsent(source.name);
    return isAbsent ? { ...port, optional: true } : port;
  }
}

/** The name of an output of what holds others. */
export function outputName(name: string): string {
  return CHANNEL + name;
}
