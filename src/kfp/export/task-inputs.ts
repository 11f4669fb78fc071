import type { Json, ParameterDefinition, PortDefinition } from '../../components/definition';
import { describeType } from '../../graph/literal';
import { type Expression, isArtifactType } from '../../values/expression';
import { type IrPart, parsePlaceholders } from '../ir/placeholders';
import { CHANNEL } from '../ir/reserved';
import type { IrTask, IrTaskArtifact, IrTaskParameter } from '../ir/types';
import { filled } from './builder';
import { portOfType } from './ports';
import type { ExportProblems } from './problems';
import { refuseExpression } from './refusals';
import { type Channel, channelOf, type DagScope, factOf } from './scope';

/**
 * The inputs of a task of a document: those of its component, and those that stand in texts, which KFP's SDK adds to them.
 */
export class TaskInputs {
  private readonly parameters: Record<string, IrTaskParameter> = {};
  private readonly artifacts: Record<string, IrTaskArtifact> = {};
  private readonly added = new Map<string, string>();
  private readonly addedPorts: Record<string, PortDefinition> = {};

  /** @param path the construct that is told of what is wrong */
  public constructor(
    private readonly scope: DagScope,
    private readonly problems: ExportProblems,
    private readonly path: string,
  ) {}

  /** The inputs as a document has them. */
  public get written(): IrTask['inputs'] {
    return filled({
      ...(filled(this.parameters) && { parameters: this.parameters }),
      ...(filled(this.artifacts) && { artifacts: this.artifacts }),
    });
  }

  /** The types of the inputs that were added, where they are known: KFP makes a value be of the type that is declared. */
  public get declared(): Readonly<Record<string, PortDefinition>> {
    return this.addedPorts;
  }

  /** Gives an input what the graph says. */
  public give(name: string, expression: Expression, port: PortDefinition | undefined): void {
    if (port?.kind === 'parameter' && port.type === 'TASK_CONFIG') return;
    if (isArtifactType(expression.type)) {
      const channel = channelOf(expression);
      if (channel) this.artifacts[name] = this.scope.artifact(channel);
      return;
    }
    const parameter = this.parameter(`the input '${name}'`, expression, port?.kind === 'parameter' ? port : undefined);
    if (parameter) this.parameters[name] = parameter;
  }

  /** Passes on to a DAG what tasks in it read. */
  public pass(name: string, channel: Channel): void {
    this.added.set(keyOf(channel), name);
    if (isArtifactType(channel.type)) this.artifacts[name] = this.scope.artifact(channel);
    else this.parameters[name] = this.scope.parameter(channel);
  }

  /** Gives an input a value that is a constant. */
  public constant(name: string, value: Json): void {
    this.parameters[name] = { runtimeValue: { constant: value } };
  }

  /** The name of an input that holds a value for the texts and conditions of the task; undefined where KFP has none for it. */
  public add(expression: Expression): string | undefined {
    const fact = factOf(expression);
    const channel = channelOf(expression);
    if (fact === undefined && !channel) return undefined;
    const key = fact ?? keyOf(channel!);
    const known = this.added.get(key);
    if (known !== undefined) return known;
    const base = channel ? this.scope.nameOf(channel) : `${CHANNEL}run-${fact!.replace(/[^a-z_]/g, '')}`;
    let name = base;
    for (let number = 2; Object.hasOwn(this.parameters, name); number++) name = `${base}-${number}`;
    this.parameters[name] = channel ? this.scope.parameter(channel) : { runtimeValue: { constant: fact! } };
    this.added.set(key, name);
    if (expression.type !== 'UNKNOWN') this.addedPorts[name] = portOfType(expression.type);
    return name;
  }

  /** The placeholder of such an input. */
  public placeholder(expression: Expression): string | undefined {
    const name = this.add(expression);
    return name === undefined ? undefined : `{{$.inputs.parameters['${name}']}}`;
  }

  /** A value of the run as KFP's driver can be told it; undefined where that was refused. */
  private parameter(
    reader: string,
    expression: Expression,
    port: ParameterDefinition | undefined,
  ): IrTaskParameter | undefined {
    switch (expression.kind) {
      case 'literal':
        return this.literal(reader, expression.value, port);
      case 'status':
        return { taskFinalStatus: { producerTask: this.scope.keyOf(expression.of) } };
      case 'text':
      case 'list':
      case 'dict': {
        const constant = this.template(reader, expression);
        return constant === undefined ? undefined : { runtimeValue: { constant } };
      }
      default: {
        const fact = factOf(expression);
        if (fact !== undefined) return { runtimeValue: { constant: fact } };
        const channel = channelOf(expression);
        if (channel) return this.scope.parameter(declared(channel, port));
        this.refuse(reader, expression);
        return undefined;
      }
    }
  }

  private literal(reader: string, value: Json, port: ParameterDefinition | undefined): IrTaskParameter | undefined {
    if (value === null) {
      if (port?.default !== undefined && port.default !== null) {
        this.problems.error(
          'KFP1579',
          this.path,
          `${reader} is None, which KFP cannot pass on: the input's default would be used instead`,
          'leave the default away, or give another value',
        );
      }
      return undefined;
    }
    this.checkLiteral(reader, value);
    return { runtimeValue: { constant: value } };
  }

  /** KFP fills in what looks like a placeholder of its own, and numbers are those of JSON. */
  private checkLiteral(reader: string, value: Json): void {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.problems.error(
        'KFP1585',
        this.path,
        `${reader} is ${value}, which KFP documents cannot hold`,
        'give a number that JSON knows',
      );
    }
    if (typeof value === 'string' && value.includes('{{$') && parsePlaceholders(value).some(isFilledIn)) {
      this.problems.warning(
        'KFP1578',
        this.path,
        `${reader} holds ${JSON.stringify(value)}, in which KFP would put a value`,
        'KFP has no escape: give the text by another way, or take the braces apart',
      );
    }
    if (typeof value === 'object' && value !== null) {
      for (const member of Object.values(value)) this.checkLiteral(reader, member as Json);
    }
  }

  /** A constant with placeholders in it, which KFP's launcher fills in. */
  private template(reader: string, expression: Expression): Json | undefined {
    if (expression.kind === 'literal') {
      this.checkLiteral(reader, expression.value);
      return expression.value;
    }
    if (expression.kind === 'dict') {
      const members = Object.entries(expression.members).map(([name, member]) => [
        name,
        this.template(`${reader}, at '${name}'`, member) ?? null,
      ]);
      return Object.fromEntries(members);
    }
    if (expression.kind === 'list') {
      return expression.items.map((item, index) => this.template(`${reader}, at ${index}`, item) ?? null);
    }
    if (expression.kind === 'text') {
      const parts = expression.parts.map((part) => {
        if (typeof part === 'string') {
          this.checkLiteral(reader, part);
          return part;
        }
        return this.inText(reader, part);
      });
      return parts.some((part) => part === undefined) ? undefined : parts.join('');
    }
    if (expression.type !== 'STRING' && channelOf(expression)) {
      this.problems.error(
        'KFP1586',
        this.path,
        `${reader} holds ${describeType(expression.type)}, which KFP would put there as text`,
        'give the task an input of its own for it',
      );
      return undefined;
    }
    return this.inText(reader, expression);
  }

  private inText(reader: string, part: Expression): string | undefined {
    // KFP's driver puts the workspace's path wherever it is named.
    if (part.kind === 'run' && part.field === 'workspacePath') return factOf(part);
    const placeholder = this.placeholder(part);
    if (placeholder === undefined) this.refuse(reader, part);
    return placeholder;
  }

  private refuse(reader: string, expression: Expression): void {
    refuseExpression(this.problems, this.path, reader, expression);
  }
}

/** What tells values apart that are passed on. */
function keyOf({ source, fields }: Channel): string {
  return JSON.stringify([source, fields]);
}

/** What nobody declared is what its reader takes it for. */
function declared(channel: Channel, port: ParameterDefinition | undefined): Channel {
  return channel.type === 'UNKNOWN' && port ? { ...channel, type: port.type } : channel;
}

/** KFP puts facts about the run in place of whole constants only. */
function isFilledIn(part: IrPart, _at: number, all: readonly IrPart[]): boolean {
  if (typeof part === 'string') return false;
  return (
    part.kind === 'workspace-path' || part.kind === 'input-parameter' || (all.length === 1 && part.kind !== 'unknown')
  );
}
