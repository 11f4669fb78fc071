import type { Flat } from '../values/flat';
import type { LiteralOf } from '../values/parameter';
import { Parameter } from '../values/parameter';
import type { AnyArtifact, Artifact } from '../values/types';
import type { Value } from '../values/value';
import { ArtifactType } from './artifact-type';
import type { ReturnsNothing, Unavailable } from './component';
import type { PortDefinition } from './definition';

/** An artifact input that may be left out. */
export class OptionalPort<out T> {
  /** Only for the compiler. */
  declare public readonly typed?: T;

  /** Use {@link optional}. @internal */
  public constructor(public readonly port: ArtifactType<unknown> | ListPort<unknown>) {}
}

/** A list of artifacts. */
export class ListPort<out T> {
  /** Only for the compiler. */
  declare public readonly typed?: readonly T[];

  /** Use {@link listOf}. @internal */
  public constructor(public readonly element: ArtifactType<unknown>) {}
}

/** An artifact input that may be left out: `optional(Model)`. A parameter is optional by having a default. */
export function optional<T>(port: ArtifactType<T> | ListPort<T>): OptionalPort<T> {
  return new OptionalPort<T>(port);
}

/** An input that takes a list of artifacts: `listOf(Dataset)`. */
export function listOf<T>(element: ArtifactType<T>): ListPort<T> {
  return new ListPort<T>(element);
}

/** What an input of a component can be declared as. */
export type InputPort = Parameter<unknown, boolean> | ArtifactType<unknown> | OptionalPort<unknown> | ListPort<unknown>;

/** What an output of a component can be declared as. */
export type OutputPort = Parameter<unknown, boolean> | ArtifactType<unknown>;

/** Declared inputs, by name. */
export type InputPorts = Readonly<Record<string, InputPort>>;

/** Declared outputs, by name. */
export type OutputPorts = Readonly<Record<string, OutputPort>>;

type Accepts<T> = [T] extends [Artifact] ? Value<AnyArtifact> : Value<T | Artifact>;

type InputOf<P> =
  P extends Parameter<infer T, boolean>
    ? LiteralOf<T> | Value<T>
    : P extends ListPort<infer T>
      ? Value<readonly (T | Artifact)[]>
      : P extends OptionalPort<infer T> | ArtifactType<infer T>
        ? Accepts<T>
        : never;

type OptionalKeys<I> = {
  [K in keyof I]: I[K] extends Parameter<unknown, true> | OptionalPort<unknown> ? K : never;
}[keyof I];

/** The inputs that a task gives to a component with these declared ports. */
export type InputsOf<I extends InputPorts> = Flat<
  {
    readonly [K in Exclude<keyof I, OptionalKeys<I>>]: InputOf<I[K]>;
  } & { readonly [K in OptionalKeys<I>]?: InputOf<I[K]> | undefined }
>;

/** The outputs that a task of a component with these declared ports offers. */
export type OutputsOf<O extends OutputPorts> = Flat<{
  readonly [K in keyof O]: O[K] extends Parameter<infer T, boolean> | ArtifactType<infer T> ? Value<T> : never;
}>;

/** The return value: the output named `Output`, as in KFP. */
export type ReturnOf<O extends OutputPorts> = O extends {
  readonly Output: Parameter<infer T, boolean> | ArtifactType<infer T>;
}
  ? Value<T>
  : Unavailable<ReturnsNothing>;

/** The plain data of a declared port. */
export function definitionOfPort(port: InputPort | OutputPort): PortDefinition {
  if (port instanceof Parameter) return port.definition;
  if (port instanceof ArtifactType) return { kind: 'artifact', type: port.schemaTitle };
  if (port instanceof ListPort) return { ...definitionOfPort(port.element), list: true } as PortDefinition;
  return { ...definitionOfPort(port.port), optional: true };
}
