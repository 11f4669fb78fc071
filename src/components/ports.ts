import type { Flat, IsAny } from '../values/flat';
import type { LiteralOf, ParameterOptions } from '../values/parameter';
import { Parameter } from '../values/parameter';
import type { AnyArtifact, Artifact } from '../values/types';
import type { Value } from '../values/value';
import { ArtifactType } from './artifact-type';
import type { ReturnsNothing, Unavailable } from './component';
import type { Json, PortDefinition } from './definition';

/** An artifact input that may be left out. */
export class OptionalPort<out T> {
  /** Only for the compiler. */
  declare public readonly typed?: T;

  /** Use {@link optional}. @internal */
  public constructor(public readonly port: ArtifactType<unknown> | ListPort<unknown>) {}
}

/** A parameter that may be left out, or null: Python's None. */
export class OptionalParameter<out T> extends Parameter<T, true> {
  /** Only for the compiler. */
  declare public readonly nullable: true;
}

/** A list of artifacts. */
export class ListPort<out T> {
  /** Only for the compiler. */
  declare public readonly typed?: readonly T[];

  /** Use {@link listOf}. @internal */
  public constructor(public readonly element: ArtifactType<unknown>) {}
}

/**
 * A parameter that may be left out and has no default: `optional(str())`. It is absent then. One with a default may be
 * left out anyway.
 */
export function optional<T>(port: Parameter<T, false>): OptionalParameter<T>;
/** An artifact input that may be left out: `optional(Model)`, `optional(listOf(Model))`. */
export function optional<T>(port: ListPort<T>): OptionalPort<readonly T[]>;
export function optional<T>(port: ArtifactType<T>): OptionalPort<T>;
export function optional(
  port: Parameter<unknown, false> | ArtifactType<unknown> | ListPort<unknown>,
): OptionalParameter<unknown> | OptionalPort<unknown> {
  return port instanceof Parameter
    ? new OptionalParameter({ ...port.definition, optional: true })
    : new OptionalPort<unknown>(port);
}

/** More about a list parameter. */
export type ListOptions = Pick<ParameterOptions<never>, 'description'>;

/** An input that takes a list of artifacts: `listOf(Dataset)`. */
export function listOf<T>(element: ArtifactType<T>): ListPort<T>;
/** A list parameter that knows its elements' type: `listOf(str())` is required, `listOf(str(), ['a'])` has a default. */
export function listOf<T>(
  element: Parameter<T, false>,
  defaultValue?: undefined,
  options?: ListOptions,
): Parameter<readonly T[], false>;
export function listOf<T>(
  element: Parameter<T, false>,
  defaultValue: readonly LiteralOf<NoInfer<T>>[],
  options?: ListOptions,
): Parameter<readonly T[], true>;
export function listOf(
  element: ArtifactType<unknown> | Parameter<unknown, false>,
  defaultValue?: readonly unknown[],
  options?: ListOptions,
): ListPort<unknown> | Parameter<unknown, boolean> {
  if (!(element instanceof Parameter)) return new ListPort<unknown>(element);
  const { kind, type, element: inner, ...others } = element.definition;
  const lost = Object.keys(others).map((key) => (key === 'literals' ? 'choices' : key));
  if (lost.length > 0) {
    throw new Error(
      `listOf(…): an element is a type alone, without ${lost.join(', ')}. Write listOf(str(), ['a'], { description: '…' }).`,
    );
  }
  return new Parameter({
    kind,
    type: 'LIST',
    element: { type, ...(inner && { element: inner }) },
    ...(defaultValue !== undefined && { optional: true, default: defaultValue as readonly Json[] }),
    ...(options?.description !== undefined && { description: options.description }),
  });
}

/** What an input of a component can be declared as. */
export type InputPort = Parameter<unknown, boolean> | ArtifactType<unknown> | OptionalPort<unknown> | ListPort<unknown>;

/** What an output of a component can be declared as. A container may leave an optional artifact out. */
export type OutputPort = Parameter<unknown, boolean> | ArtifactType<unknown> | OptionalPort<unknown>;

/** Declared inputs, by name. */
export type InputPorts = Readonly<Record<string, InputPort>>;

/** Declared outputs, by name. */
export type OutputPorts = Readonly<Record<string, OutputPort>>;

/** Declared outputs of a pipeline, by name: unlike a component, it may return lists of artifacts. */
export type ReturnPorts = Readonly<Record<string, OutputPort | ListPort<unknown>>>;

type Accepted<T> = [T] extends [Artifact] ? AnyArtifact : T | Artifact;

type InputOf<P> =
  P extends OptionalParameter<infer T>
    ? LiteralOf<T> | Value<T> | null
    : P extends Parameter<infer T, boolean>
      ? LiteralOf<T> | Value<T>
      : P extends ListPort<infer T> | OptionalPort<readonly (infer T)[]>
        ? Value<readonly Accepted<T>[]>
        : P extends OptionalPort<infer T> | ArtifactType<infer T>
          ? Value<Accepted<T>>
          : never;

type OptionalKeys<I> = {
  [K in keyof I]: I[K] extends Parameter<unknown, true> | OptionalPort<unknown> ? K : never;
}[keyof I];

/** The inputs that a task gives to a component with these declared ports. */
export type InputsOf<I extends InputPorts> =
  IsAny<I> extends true
    ? // biome-ignore lint/suspicious/noExplicitAny: nobody declared them
      { readonly [name: string]: any }
    : Flat<
        {
          readonly [K in Exclude<keyof I, OptionalKeys<I>>]: InputOf<I[K]>;
        } & { readonly [K in OptionalKeys<I>]?: InputOf<I[K]> | undefined }
      >;

/** The outputs that a task of a component with these declared ports offers. */
export type OutputsOf<O extends ReturnPorts> = Flat<{
  readonly [K in keyof O]: O[K] extends Parameter<infer T, boolean> | ArtifactType<infer T> | OptionalPort<infer T>
    ? Value<T>
    : O[K] extends ListPort<infer T>
      ? Value<readonly T[]>
      : never;
}>;

/** The return value: the output named `Output`, as in KFP. */
export type ReturnOf<O extends OutputPorts> = O extends {
  readonly Output: Parameter<infer T, boolean> | ArtifactType<infer T>;
}
  ? Value<T>
  : Unavailable<ReturnsNothing>;

/** Whether something is a declared port. */
export function isInputPort(port: unknown): port is InputPort {
  return [Parameter, ArtifactType, OptionalPort, ListPort].some((kind) => port instanceof kind);
}

/** The plain data of a declared port. */
export function definitionOfPort(port: InputPort | OutputPort): PortDefinition {
  if (port instanceof Parameter) return port.definition;
  if (port instanceof ArtifactType) return { kind: 'artifact', type: port.schemaTitle };
  if (port instanceof ListPort) return { ...definitionOfPort(port.element), list: true } as PortDefinition;
  return { ...definitionOfPort(port.port), optional: true };
}
