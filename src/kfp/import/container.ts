import type {
  ContainerArgument,
  ContainerArguments,
  ContainerImplementation,
  ContainerReference,
  Json,
  Passthrough,
} from '../../components/definition';
import type { Report } from '../ir/checks';
import { type IrArgument, parseArgument } from '../ir/command';
import type { IrPath } from '../ir/message';
import type { IrPart, IrPlaceholder } from '../ir/placeholders';
import type { IrContainer } from '../ir/types';
import type { ImportedPorts } from './python';

type Parts = readonly (string | ContainerReference)[];

/** A container component. */
export interface ImportedContainer {
  readonly implementation: Omit<ContainerImplementation, 'image'>;
  /** What would be written in another way where the component is exported. */
  readonly kfp: Passthrough;
}

/** What a container runs that is no Python component. */
export function importContainer(
  { command = [], args = [] }: IrContainer,
  ports: ImportedPorts,
  place: IrPath,
  report: Report,
): ImportedContainer {
  const kfp: Record<string, Json> = {};
  const lower = (side: 'command' | 'args', all: readonly string[]): ContainerArguments =>
    all.flatMap((each, index) => {
      const read = new ArgumentImport(ports, [...place, 'container', side, index], report);
      const elements = read.read(each);
      if (!read.isExact) kfp[`/executor/container/${side}`] = [...all];
      return elements;
    });
  const implementation = { kind: 'container' as const, command: lower('command', command), args: lower('args', args) };
  return { implementation, kfp };
}

/** Which optional parameters are present. */
type Presence = Readonly<Record<string, boolean>>;

/** An element of a command line. */
class ArgumentImport {
  /** False for one that comes out as something else, which means the same. */
  public isExact = true;
  /** Said once of an element, however often it is read. */
  private warned = false;

  public constructor(
    private readonly ports: ImportedPorts,
    private readonly place: IrPath,
    private readonly report: Report,
  ) {}

  public read(element: string): ContainerArguments {
    const argument = parseArgument(element);
    if ('error' in argument) {
      this.warn(`${argument.error}: it stays text`);
      return [element];
    }
    const undecided = [...this.undecided(argument)];
    this.isExact = argument.kind === 'text' || (argument.kind === 'if-present' && isPlain(argument, undecided));
    const [input] = undecided;
    if (input === undefined) return this.elements(argument, {});
    if (undecided.length > 1) {
      this.warn(`it depends on ${undecided.join(' and ')} at once, and stays text`);
      return [element];
    }
    const absent = this.elements(argument, { [input]: false });
    return [
      {
        ifPresent: input,
        // biome-ignore lint/suspicious/noThenProperty: so the definition calls it
        then: this.elements(argument, { [input]: true }),
        ...(absent.length > 0 && { else: absent }),
      },
    ];
  }

  /** The parameters of which only the run knows whether they are present. */
  private undecided(argument: IrArgument, found = new Set<string>()): ReadonlySet<string> {
    if (argument.kind === 'concat') for (const item of argument.items) this.undecided(item, found);
    if (argument.kind === 'if-present') {
      if (this.certain(argument.input) === undefined) found.add(argument.input);
      for (const each of [...argument.given, ...(argument.absent ?? [])]) this.undecided(each, found);
    }
    return found;
  }

  /** Whether something is always or never present; undefined where the run decides. KFP knows of parameters alone. */
  private certain(input: string): boolean | undefined {
    const port = Object.hasOwn(this.ports.inputs, input) ? this.ports.inputs[input] : undefined;
    if (port?.kind !== 'parameter') return false;
    return port.optional ? undefined : true;
  }

  private taken(argument: Extract<IrArgument, { kind: 'if-present' }>, presence: Presence): readonly IrArgument[] {
    const isPresent = this.certain(argument.input) ?? presence[argument.input];
    return isPresent ? argument.given : (argument.absent ?? []);
  }

  private elements(argument: IrArgument, presence: Presence): ContainerArgument[] {
    if (argument.kind === 'if-present')
      return this.taken(argument, presence).flatMap((each) => this.elements(each, presence));
    const parts: (string | ContainerReference)[] = [];
    for (const part of this.parts(argument, presence)) {
      const last = parts.at(-1);
      if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
      else parts.push(part);
    }
    return [parts.every((part) => typeof part === 'string') ? parts.join('') : { parts }];
  }

  private parts(argument: IrArgument, presence: Presence): Parts {
    switch (argument.kind) {
      case 'text':
        return argument.parts.map((part) => this.part(part));
      case 'concat':
        return argument.items.flatMap((item) => this.parts(item, presence));
      case 'if-present':
        return this.taken(argument, presence).flatMap((each) => this.parts(each, presence));
    }
  }

  private part(part: IrPart): string | ContainerReference {
    if (typeof part === 'string') return part;
    const reference = this.reference(part);
    if (reference) return reference;
    const text = `{{$${part.placeholder}}}`;
    const isTold = part.kind === 'executor-input';
    this.warn(`${text} stays as it is${isTold ? ', which KFP would put its executor’s input for' : ', as under KFP'}`);
    return text;
  }

  private reference({ kind, input, output, property, member }: IrPlaceholder): ContainerReference | undefined {
    const { inputs, outputs } = this.ports;
    if (input !== undefined && !Object.hasOwn(inputs, input)) return undefined;
    if (output !== undefined && !Object.hasOwn(outputs, output)) return undefined;
    if (kind === 'input-parameter') return { ref: 'input-value', name: input! };
    if (kind === 'output-parameter') return { ref: 'output-path', name: output! };
    const port = input === undefined ? undefined : inputs[input];
    const isSingle = port?.kind === 'artifact' && !port.list;
    if (kind === 'input-artifact' && property !== undefined && property !== 'value' && isSingle) {
      return { ref: `input-${property}`, name: input!, ...(member !== undefined && { member }) };
    }
    if (kind === 'output-artifact' && (property === 'path' || property === 'uri')) {
      return { ref: `output-${property}`, name: output! };
    }
    return undefined;
  }

  private warn(message: string): void {
    if (this.warned) return;
    this.warned = true;
    this.report('KFP1541', this.place, message, 'nothing has to be done where the program expects that', 'warning');
  }
}

/** True for a choice that is written back as it was. */
function isPlain(
  { given, absent = [] }: Extract<IrArgument, { kind: 'if-present' }>,
  undecided: readonly string[],
): boolean {
  return undecided.length === 1 && [...given, ...absent].every(({ kind }) => kind === 'text');
}
