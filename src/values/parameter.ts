import type { Json, ParameterDefinition, ParameterType } from '../components/definition';
import type { Float, Int, List, Struct } from './types';

/**
 * The literal that a parameter of type `T` takes: a number for {@link Int} and {@link Float}, a list of such literals for
 * a list, else `T` itself.
 */
export type LiteralOf<T> = T extends Float
  ? number
  : T extends readonly (infer E)[]
    ? unknown extends E
      ? T
      : readonly LiteralOf<E>[]
    : T extends Struct | string | boolean
      ? T
      : never;

/** More about a parameter. */
export interface ParameterOptions<L> {
  /**
   * What the parameter means; Argo's UI shows it.
   * @default - the description that the first component reading it gives
   */
  readonly description?: string | undefined;
  /**
   * The allowed values; Argo's UI offers them in a list.
   * @default - the `Literal` values of the components that read it
   */
  readonly choices?: readonly L[] | undefined;
}

/**
 * A declared parameter of a pipeline, or of a component that is declared in TypeScript.
 *
 * @typeParam T its type
 * @typeParam D true where it has a default, so that it may be left out
 */
export class Parameter<out T, out D extends boolean> {
  /** Only for the compiler. */
  declare public readonly typed?: T;
  /** Only for the compiler. */
  declare public readonly defaulted?: D;

  /** Use {@link str}, {@link int}, {@link float}, {@link bool}, {@link list} or {@link dict}. @internal */
  public constructor(public readonly definition: ParameterDefinition) {}
}

interface ParameterFactory<T, L> {
  (defaultValue?: undefined, options?: ParameterOptions<L>): Parameter<T, false>;
  (defaultValue: L, options?: ParameterOptions<L>): Parameter<T, true>;
}

function factory<T, L extends Json>(type: ParameterType): ParameterFactory<T, L> {
  return ((defaultValue?: L, options: ParameterOptions<string | number | boolean> = {}) =>
    new Parameter({
      kind: 'parameter',
      type,
      ...(defaultValue !== undefined && { optional: true, default: defaultValue }),
      ...(options.description !== undefined && { description: options.description }),
      ...(options.choices && { literals: [...options.choices] }),
    })) as ParameterFactory<T, L>;
}

/** A string parameter: `str()` is required, `str('x')` has a default. */
export const str: ParameterFactory<string, string> = factory<string, string>('STRING');

/** A whole-number parameter: `int()` is required, `int(100)` has a default. */
export const int: ParameterFactory<Int, number> = factory<Int, number>('NUMBER_INTEGER');

/** A floating-point parameter: `float()` is required, `float(0.85)` has a default. */
export const float: ParameterFactory<Float, number> = factory<Float, number>('NUMBER_DOUBLE');

/** A boolean parameter: `bool()` is required, `bool(false)` has a default. */
export const bool: ParameterFactory<boolean, boolean> = factory<boolean, boolean>('BOOLEAN');

/** A list parameter: `list()` is required, `list([1, 2])` has a default. */
export const list: ParameterFactory<List, readonly Json[]> = factory<List, readonly Json[]>('LIST');

/** A dict parameter: `dict()` is required, `dict({ lr: 0.1 })` has a default. */
export const dict: ParameterFactory<Struct, { readonly [key: string]: Json }> = factory<
  Struct,
  { readonly [key: string]: Json }
>('STRUCT');
