import type { Parameter } from '../values/parameter';
import { Component } from './component';
import type { ContainerArgument, ContainerReference, OptionalArguments, PortDefinition } from './definition';
import {
  definitionOfPort,
  type InputPorts,
  type InputsOf,
  type ListPort,
  type OptionalPort,
  type OutputPorts,
  type OutputsOf,
  type ReturnOf,
} from './ports';

/** A reference to an input or an output inside a container's command, args or env. */
export class Placeholder {
  /** Given to the functions in {@link ContainerComponentProps}. @internal */
  public constructor(public readonly reference: ContainerReference) {}
}

/** A parameter that a container component reads: its value as text, lists and dicts as JSON. */
export class ParameterPlaceholder extends Placeholder {
  /** Local path of a file that holds the same text, for what is too long for an argument, or read from a file. */
  public get path(): Placeholder {
    return new Placeholder({ ref: 'input-path', name: this.reference.name });
  }
}

/** The metadata of an input artifact: as a whole, JSON. */
export class MetadataPlaceholder extends Placeholder {
  /** One member of it: a string as it is, JSON for any other type, nothing where it is not there. */
  public field(name: string): Placeholder {
    return new Placeholder({ ...this.reference, member: name });
  }
}

/** A list of artifacts that a container component reads. */
export interface ListPlaceholder {
  /** Local path of the folder that holds them. */
  readonly path: Placeholder;
}

/** An artifact that a container component reads. What is said of one that was left out is nothing. */
export interface ArtifactPlaceholder {
  /** Local path of the file or folder. */
  readonly path: Placeholder;
  /** Where it is kept: `s3://bucket/key`. */
  readonly uri: Placeholder;
  /** What is known of it. */
  readonly metadata: MetadataPlaceholder;
}

/** An output parameter of a container component. */
export interface OutputPlaceholder {
  /** Local path of the file whose content becomes the output's value. */
  readonly path: Placeholder;
}

/** An artifact that a container component writes. */
export interface OutputArtifactPlaceholder {
  /** Local path that the file or folder is to be written to. The folder around it exists. */
  readonly path: Placeholder;
  /** Where it will be kept. It is uploaded from its path: nothing needs to be written there. */
  readonly uri: Placeholder;
}

/** A list of arguments, or a function that makes it of the component's ports. */
export type CommandLine<I, O> =
  | readonly (Argument | PresentArguments)[]
  | ((ports: ContainerPorts<I, O>) => readonly (Argument | PresentArguments)[]);

/** The declared ports of a container component, as its command line refers to them. */
export interface ContainerPorts<I, O> {
  /** A parameter stands for its value as text (lists and dicts as JSON); an artifact has `path`, `uri` and `metadata`. */
  readonly inputs: {
    readonly [K in keyof I]-?: I[K] extends Parameter<unknown, boolean>
      ? ParameterPlaceholder
      : I[K] extends ListPort<unknown> | OptionalPort<readonly unknown[]>
        ? ListPlaceholder
        : ArtifactPlaceholder;
  };
  /** A parameter has a `path`, an artifact a `uri` as well. */
  readonly outputs: {
    readonly [K in keyof O]: O[K] extends Parameter<unknown, boolean> ? OutputPlaceholder : OutputArtifactPlaceholder;
  };
}

/** Text, a reference, or both joined by {@link arg}. */
export type Argument = string | Placeholder | Concatenation;

/** Text and references joined into one argument. Made by {@link arg}. */
export class Concatenation {
  /** Use {@link arg}. @internal */
  public constructor(public readonly parts: readonly (string | ContainerReference)[]) {}
}

/** Joins text and references into one argument: ``arg`--stage=${inputs.stage}` ``. */
export function arg(strings: TemplateStringsArray, ...placeholders: readonly Placeholder[]): Concatenation {
  const parts = strings.flatMap((string, index) => {
    if (index === placeholders.length) return [string];
    const placeholder = placeholders[index];
    if (!(placeholder instanceof Placeholder)) {
      throw new Error(
        `${String(placeholder)} is no placeholder: arg\`…\` joins text with inputs and paths of a container.`,
      );
    }
    return [string, placeholder.reference];
  });
  return new Concatenation(parts.filter((part) => part !== ''));
}

/** Arguments that depend on whether an input is given. Made by {@link ifPresent}. */
export class PresentArguments {
  /** Use {@link ifPresent}. @internal */
  public constructor(public readonly lowered: OptionalArguments) {}
}

/**
 * Arguments that are there only where an optional input is given, and is not None: KFP's `IfPresentPlaceholder`. A default is
 * no value that was given.
 *
 * ```ts
 * args: ({ inputs }) => ['--rows', inputs.rows, ifPresent(inputs.limit, ['--limit', inputs.limit])],
 * ```
 *
 * @param input a parameter, an artifact or a list of artifacts, of the component's inputs
 * @param then the arguments where it is given
 * @param otherwise the arguments where it is not; none where this is left out
 */
export function ifPresent(
  input: Placeholder | ArtifactPlaceholder | ListPlaceholder,
  then: readonly Argument[],
  otherwise: readonly Argument[] = [],
): PresentArguments {
  const { reference } = input instanceof Placeholder ? input : input.path;
  if (!reference.ref.startsWith('input-')) {
    throw new Error(`ifPresent(…): '${reference.name}' is an output. Give it one of the component's inputs.`);
  }
  return new PresentArguments({
    ifPresent: reference.name,
    // biome-ignore lint/suspicious/noThenProperty: KFP's word, in data that nobody awaits
    then: then.map(lower),
    ...(otherwise.length > 0 && { else: otherwise.map(lower) }),
  });
}

/** Props of {@link ContainerComponent}. */
export interface ContainerComponentProps<I extends InputPorts, O extends OutputPorts> {
  /** The component's name. A letter or digit first, then letters, digits, `-` and `_`. */
  readonly name: string;
  /** What it does. @default - none */
  readonly description?: string | undefined;
  /** The image, with a tag or a digest. */
  readonly image: string;
  /** Inputs by name: `str()`, `int(3)`, `Model`, `optional(Dataset)`, … @default - none */
  readonly inputs?: I | undefined;
  /** Outputs by name: `str()`, `Model`, … @default - none */
  readonly outputs?: O | undefined;
  /**
   * The program to run. Without it Argo looks the image's entry point up, for which it must reach the image's registry: synth
   * warns of that.
   *
   * @default - the image's own entry point
   */
  readonly command?: CommandLine<I, O> | undefined;
  /** Its arguments. @default - none */
  readonly args?: CommandLine<I, O> | undefined;
  /**
   * Where the program writes outputs, by output, for one that cannot be told their paths.
   *
   * @default - each is written to the path that the command line tells
   */
  readonly outputPaths?: { readonly [K in keyof O]?: string | undefined } | undefined;
  /** Environment variables. @default - none */
  readonly env?:
    | { readonly [name: string]: Argument }
    | ((ports: ContainerPorts<I, O>) => { readonly [name: string]: Argument })
    | undefined;
}

/**
 * A component that runs a container image as it is.
 *
 * ```ts
 * const push = new ContainerComponent({
 *   name: 'push',
 *   image: 'registry.example.com/push:1.4',
 *   inputs: { model: Model, stage: str('dev') },
 *   outputs: { uri: str() },
 *   command: ['push'],
 *   args: ({ inputs, outputs }) => [inputs.model.path, arg`--stage=${inputs.stage}`, '--out', outputs.uri.path],
 * });
 * ```
 *
 * Input values reach the program as they are, as arguments or environment variables, never through a shell.
 */
export class ContainerComponent<const I extends InputPorts = {}, const O extends OutputPorts = {}> extends Component<
  InputsOf<I>,
  OutputsOf<O>,
  ReturnOf<O>
> {
  public constructor(props: ContainerComponentProps<I, O>) {
    const inputs = Object.fromEntries(Object.entries(props.inputs ?? {}).map(([k, p]) => [k, definitionOfPort(p)]));
    const outputs = Object.fromEntries(Object.entries(props.outputs ?? {}).map(([k, p]) => [k, definitionOfPort(p)]));
    const ports = {
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, port]) => [name, inputPlaceholder(name, port)])),
      outputs: Object.fromEntries(Object.entries(outputs).map(([name, port]) => [name, outputPlaceholder(name, port)])),
    } as unknown as ContainerPorts<I, O>;
    const { command = [], args = [], env = {} } = props;
    const fixed = Object.entries<string | undefined>(props.outputPaths ?? {}).flatMap(([output, path]) =>
      path === undefined ? [] : [[output, path] as const],
    );
    super(() => definition);
    const definition = {
      name: props.name,
      ...(props.description !== undefined && { description: props.description }),
      inputs,
      outputs,
      implementation: {
        kind: 'container' as const,
        image: props.image,
        command: (typeof command === 'function' ? command(ports) : command).map(lowerAny),
        args: (typeof args === 'function' ? args(ports) : args).map(lowerAny),
        ...(fixed.length > 0 && { outputPaths: Object.fromEntries(fixed) }),
        env: Object.fromEntries(
          Object.entries(typeof env === 'function' ? env(ports) : env).map(([name, value]) => [name, lower(value)]),
        ),
      },
    };
  }
}

function inputPlaceholder(name: string, port: PortDefinition) {
  const to = (ref: ContainerReference['ref']) => new Placeholder({ ref, name });
  if (port.kind === 'parameter') return new ParameterPlaceholder({ ref: 'input-value', name });
  if (port.list) return { path: to('input-path') };
  return {
    path: to('input-path'),
    uri: to('input-uri'),
    metadata: new MetadataPlaceholder({ ref: 'input-metadata', name }),
  };
}

function outputPlaceholder(name: string, port: PortDefinition) {
  const path = new Placeholder({ ref: 'output-path', name });
  return port.kind === 'parameter' ? { path } : { path, uri: new Placeholder({ ref: 'output-uri', name }) };
}

function lowerAny(argument: Argument | PresentArguments): ContainerArgument | OptionalArguments {
  return argument instanceof PresentArguments ? argument.lowered : lower(argument);
}

function lower(argument: Argument): ContainerArgument {
  if (typeof argument === 'string') return argument;
  if (!(argument instanceof Concatenation) && !(argument instanceof Placeholder)) {
    throw new Error(
      `${String(argument)} is no argument of a container: give text, a placeholder, or both joined by arg\`…\`.`,
    );
  }
  return { parts: argument instanceof Concatenation ? argument.parts : [argument.reference] };
}
