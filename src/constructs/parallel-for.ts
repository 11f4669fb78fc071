import type { Construct } from 'constructs';
import type { Json } from '../components/definition';
import { listTypeOf, type ValueType } from '../values/expression';
import { Parameter } from '../values/parameter';
import { type Shape, shapeOfLiterals, shapeOfPort, UNKNOWN } from '../values/shape';
import type { Int, Struct } from '../values/types';
import { Value } from '../values/value';
import { FlowNode } from './flow-node';
import { shapeOf } from './shape-of';
import { becomeTaskScope, enterScope, membersOf, taskScopeOf } from './task-scope';

/** What a loop can run over: literals, or a list that exists when the pipeline runs. */
export type LoopItems = readonly Json[] | Value<readonly unknown[]>;

/** What the items of a list are declared to be: one type, or the fields of dicts. */
export type DeclaredItem = Parameter<unknown, boolean> | Readonly<Record<string, Parameter<unknown, boolean>>>;

/** A dict item: a value itself, and its fields as values. */
type FieldOf<F> = Exclude<keyof F, keyof Value<unknown>>;

type LiteralItem<L> = [L] extends [never]
  ? // biome-ignore lint/suspicious/noExplicitAny: an empty list says nothing
    Value<any>
  : [L] extends [number]
    ? Value<Int>
    : [L] extends [string]
      ? Value<string>
      : [L] extends [boolean]
        ? Value<boolean>
        : [L] extends [readonly (infer E)[]]
          ? Value<readonly LiteralElement<E>[]>
          : [L] extends [object]
            ? Value<Struct> & { readonly [K in FieldOf<L>]: LiteralItem<L[K]> }
            : // biome-ignore lint/suspicious/noExplicitAny: nothing is known of items of several types
              Value<any>;

type LiteralElement<L> = [L] extends [number] ? Int : [L] extends [string | boolean] ? L : unknown;

type DeclaredValue<D> =
  D extends Parameter<infer T, boolean>
    ? Value<T>
    : Value<Struct> & { readonly [K in FieldOf<D>]: D[K] extends Parameter<infer T, boolean> ? Value<T> : never };

/** The value of a loop's item: that of an element of the list, with fields where it is a dict whose fields are known. */
export type LoopItem<I, D> = [D] extends [DeclaredItem]
  ? DeclaredValue<D>
  : I extends Value<readonly (infer U)[]>
    ? unknown extends U
      ? // biome-ignore lint/suspicious/noExplicitAny: nobody says what the list holds
        Value<any>
      : Value<U>
    : I extends readonly (infer L)[]
      ? LiteralItem<L>
      : never;

/** Props of {@link ParallelFor}. */
export interface ParallelForProps<I extends LoopItems, D extends DeclaredItem | undefined> {
  /**
   * What to loop over: literals, a list parameter, a task's list output, a list of artifacts, another loop's item.
   * Literal dicts all have the same keys.
   */
  readonly items: I;
  /**
   * What an item is, where the list does not say so: `str()`, or `{ lr: float(), depth: int() }` for dicts.
   * @default - what the list says
   */
  readonly item?: D | undefined;
  /** How many iterations run at the same time, at most. @default - all */
  readonly parallelism?: number | undefined;
}

/**
 * Runs what is created under it once for each item of a list, side by side: KFP's `ParallelFor`.
 *
 * ```ts
 * const search = new ParallelFor(pipeline, 'search', { items: [{ lr: 0.1, depth: 3 }, { lr: 0.01, depth: 6 }], parallelism: 2 });
 * const train = new Task(search, 'train', { component: trainModel, inputs: { rows, ...search.item } });
 * new Task(pipeline, 'pick', { component: pickBest, inputs: { scores: search.collect(train.outputs.score) } });
 * ```
 *
 * An iteration that fails does not stop the others; the loop has failed when all have ended.
 *
 * @typeParam I the type of the list
 * @typeParam D what an item is declared to be
 */
export class ParallelFor<
  const I extends LoopItems = LoopItems,
  const D extends DeclaredItem | undefined = undefined,
> extends FlowNode {
  public readonly kind = 'loop';
  /**
   * The item of the iteration; the fields of a dict are its properties, so that `{ ...loop.item }` are inputs of these names.
   * It exists inside of the loop only.
   */
  public readonly item: LoopItem<I, D>;
  /** The item's place in the list, from 0. It exists inside of the loop only. */
  public readonly index: Value<Int>;
  /** The list. */
  public readonly items: I;
  /** How many iterations run at the same time, at most. */
  public readonly parallelism: number | undefined;
  /** What an item is. @internal */
  public readonly shape: Shape;
  /** What the list itself says of its elements. @internal */
  public readonly elementType: ValueType;

  /**
   * @param scope a Pipeline, a branch, a loop, or any construct under one
   * @param id the loop's name in its scope
   * @throws where the scope is in no pipeline, or its pipeline was already synthesised, or `items` is no list
   */
  public constructor(scope: Construct, id: string, props: ParallelForProps<I, D>) {
    super(scope, id, new.target);
    const { items, parallelism } = props;
    if (!Array.isArray(items) && !((items as unknown) instanceof Value)) {
      throw new Error(
        `The items of '${this.node.path}' are ${String(items)}: give a list of literals, or a list that exists in the run.`,
      );
    }
    const self = this as unknown as ParallelFor;
    becomeTaskScope(this, membersOf(taskScopeOf(scope)).pipeline);
    this.items = items;
    this.parallelism = parallelism;
    const element = elementOf(items, self);
    this.elementType = element.type;
    this.shape = props.item === undefined ? element : declared(this, props.item);
    const item = Value.of<unknown>({ kind: 'loop', loop: self, field: 'item', type: this.shape.type });
    this.item = withFields(item, this.shape) as LoopItem<I, D>;
    this.index = Value.of({ kind: 'loop', loop: self, field: 'index', type: 'NUMBER_INTEGER' });
    enterScope(self);
  }

  /**
   * What a task inside of this loop gives, as the list of all iterations, in the items' order: KFP's `Collected`. What an
   * iteration does not give, because a condition in it did not hold, is left out. For loops inside of loops,
   * `outer.collect(inner.collect(value))` is a list of lists; with `{ flat: true }`, what KFP's backend makes of it: one list.
   *
   * @param value an output of a task in this loop, or of what else has outputs; a metric of one, or the loop's own item
   * @throws where it is something else, such as a comparison, or where what is to be made flat is no list
   */
  public collect<T>(value: Value<T>): Value<readonly T[]>;
  public collect<T>(value: Value<readonly T[]>, options: { readonly flat: true }): Value<readonly T[]>;
  public collect(value: Value<unknown>, { flat = false }: { readonly flat?: boolean } = {}): Value<readonly unknown[]> {
    const expression = value instanceof Value ? Value.expressionOf(value) : undefined;
    if (!expression || !COLLECTABLE.includes(expression.kind)) {
      throw new Error(
        `'${this.node.path}' can collect outputs of what runs in it, metrics and items: give it an output of a task.`,
      );
    }
    const { type } = expression;
    if (flat && type !== 'LIST' && !type.endsWith('[]')) {
      throw new Error(`'${this.node.path}' is told to join lists: give collect(…, { flat: true }) a list.`);
    }
    return Value.of({
      kind: 'collect',
      loop: this as unknown as ParallelFor,
      value: expression,
      ...(flat && { flat }),
      type: flat ? type : listTypeOf(type),
    });
  }
}

const COLLECTABLE: readonly string[] = ['output', 'collect', 'one-of', 'metric', 'field', 'loop'];

function declared(loop: Construct, item: DeclaredItem): Shape {
  if (item instanceof Parameter) return shapeOfPort(item.definition);
  const fields = Object.entries(typeof item === 'object' && item !== null ? item : {});
  if (fields.length === 0 || !fields.every(([, field]) => (field as unknown) instanceof Parameter)) {
    throw new Error(
      `The item of '${loop.node.path}' is declared as ${String(item)}: give str(), int(), …, or one of them for each field of a dict.`,
    );
  }
  return {
    type: 'STRUCT',
    fields: Object.fromEntries(fields.map(([name, { definition }]) => [name, shapeOfPort(definition)])),
  };
}

function elementOf(items: LoopItems, loop: ParallelFor): Shape {
  if (!(items instanceof Value)) return shapeOfLiterals(items);
  return shapeOf(Value.expressionOf(items), membersOf(loop).pipeline).element ?? UNKNOWN;
}

/** Gives a value of a dict its fields as properties. Names that a Value has already are reached by `field`. */
function withFields(value: Value<unknown>, { fields = {} }: Shape): Value<unknown> {
  const of = Value.expressionOf(value);
  for (const [name, shape] of Object.entries(fields)) {
    if (name in value) continue;
    const field = Value.of<unknown>({ kind: 'field', of, name, type: shape.type });
    Object.defineProperty(value, name, { enumerable: true, value: withFields(field, shape) });
  }
  return value;
}
