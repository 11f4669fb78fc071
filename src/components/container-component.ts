import type { Parameter } from '../values/parameter';
import { Component } from './component';
import type { ContainerArgument, ContainerReference } from './definition';
import {
  definitionOfPort,
  type InputPorts,
  type InputsOf,
  type OutputPorts,
  type OutputsOf,
  type ReturnOf,
} from './ports';

/** A reference to an input or an output inside a container's command, args or env. */
export class Placeholder {
  /** Given to the functions in {@link ContainerComponentProps}. @internal */
  public constructor(public readonly reference: ContainerReference) {}
}

/** An artifact of a container component: its place in the container. */
export interface ArtifactPlaceholder {
  /** Local path of the file or folder. The folder that an output is to be written into exists. */
  readonly path: Placeholder;
}

/** An output parameter of a container component. */
export interface OutputPlaceholder {
  /** Local path of the file whose content becomes the output's value. */
  readonly path: Placeholder;
}

/** The declared ports of a container component, as its command line refers to them. */
export interface ContainerPorts<I, O> {
  /** A parameter stands for its value as text (lists and dicts as JSON); an artifact has a `path`. */
  readonly inputs: {
    readonly [K in keyof I]-?: I[K] extends Parameter<unknown, boolean> ? Placeholder : ArtifactPlaceholder;
  };
  readonly outputs: { readonly [K in keyof O]: OutputPlaceholder };
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
   * The program to run. It is required, because a cluster that cannot reach the image's registry cannot look up the
   * image's own entry point.
   */
  readonly command: readonly Argument[] | ((ports: ContainerPorts<I, O>) => readonly Argument[]);
  /** Its arguments. @default - none */
  readonly args?: readonly Argument[] | ((ports: ContainerPorts<I, O>) => readonly Argument[]) | undefined;
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
    const path = (ref: ContainerReference['ref'], name: string) => ({ path: new Placeholder({ ref, name }) });
    const ports = {
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([name, port]) => [
          name,
          port.kind === 'parameter' ? new Placeholder({ ref: 'input-value', name }) : path('input-path', name),
        ]),
      ),
      outputs: Object.fromEntries(Object.keys(outputs).map((name) => [name, path('output-path', name)])),
    } as unknown as ContainerPorts<I, O>;
    const { command, args = [], env = {} } = props;
    super(() => definition);
    const definition = {
      name: props.name,
      ...(props.description !== undefined && { description: props.description }),
      inputs,
      outputs,
      implementation: {
        kind: 'container' as const,
        image: props.image,
        command: (typeof command === 'function' ? command(ports) : command).map(lower),
        args: (typeof args === 'function' ? args(ports) : args).map(lower),
        env: Object.fromEntries(
          Object.entries(typeof env === 'function' ? env(ports) : env).map(([name, value]) => [name, lower(value)]),
        ),
      },
    };
  }
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
