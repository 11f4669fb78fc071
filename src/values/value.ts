import type { Json } from '../components/definition';
import type { FlowNode } from '../constructs/flow-node';
import type { ComparisonOperator, Expression, ValueType } from './expression';
import type { LiteralOf } from './parameter';
import type { ClassificationMetrics, Float, List, Metrics, Struct } from './types';

declare const TYPE: unique symbol;

/** What a value of type `T` may be compared with: a literal or another value of a comparable type. */
export type Comparable<T> = T extends Float
  ? number | Value<Float>
  : T extends boolean
    ? boolean | Value<boolean>
    : T extends string
      ? T | Value<string>
      : never;

/**
 * A value that exists only while the pipeline runs: a parameter, a task's output, an artifact, a fact about the run, or
 * an expression over such values. It knows its type and where it comes from, and it is never a string: where Argo needs
 * text, the library prints it, so that nothing in it can be expanded or change a condition.
 *
 * @typeParam T what it is when the pipeline runs: `string`, `boolean`, {@link Int}, {@link Float}, `readonly string[]`,
 *   {@link Dataset}, {@link Model}, …
 */
export class Value<out T> {
  // Protected, not private: declaration files drop the types of private members.
  declare protected readonly [TYPE]: T;

  /**
   * The expression behind a value. For the library's own use: it may change without notice.
   *
   * @internal
   */
  public static expressionOf(value: Value<unknown>): Expression<FlowNode> {
    return value.#expression;
  }

  /**
   * A value of an expression. For the library's own use: it may change without notice.
   *
   * @internal
   */
  public static of<T>(expression: Expression<FlowNode>): Value<T> {
    return new Value<T>(expression);
  }

  // Not enumerable, so that `{ ...loop.item }` are the fields of a loop's item and nothing else.
  readonly #expression: Expression<FlowNode>;

  private constructor(expression: Expression<FlowNode>) {
    this.#expression = expression;
  }

  /** True when this equals `other`. */
  public eq(this: Value<string | boolean | Float>, other: Comparable<T>): Value<boolean> {
    return compare('==', this, other);
  }

  /** True when this differs from `other`. */
  public ne(this: Value<string | boolean | Float>, other: Comparable<T>): Value<boolean> {
    return compare('!=', this, other);
  }

  /** True when this number is greater than `other`. */
  public gt(this: Value<Float>, other: number | Value<Float>): Value<boolean> {
    return compare('>', this, other);
  }

  /** True when this number is greater than or equal to `other`. */
  public gte(this: Value<Float>, other: number | Value<Float>): Value<boolean> {
    return compare('>=', this, other);
  }

  /** True when this number is less than `other`. */
  public lt(this: Value<Float>, other: number | Value<Float>): Value<boolean> {
    return compare('<', this, other);
  }

  /** True when this number is less than or equal to `other`. */
  public lte(this: Value<Float>, other: number | Value<Float>): Value<boolean> {
    return compare('<=', this, other);
  }

  /** True when this and all `others` are true. */
  public and(this: Value<boolean>, ...others: Value<boolean>[]): Value<boolean> {
    const operands = [this, ...others].map(Value.expressionOf);
    return Value.of({ kind: 'and', operands, type: 'BOOLEAN' });
  }

  /** True when this or one of `others` is true. */
  public or(this: Value<boolean>, ...others: Value<boolean>[]): Value<boolean> {
    const operands = [this, ...others].map(Value.expressionOf);
    return Value.of({ kind: 'or', operands, type: 'BOOLEAN' });
  }

  /** True when this is false. */
  public not(this: Value<boolean>): Value<boolean> {
    return Value.of({ kind: 'not', operand: Value.expressionOf(this), type: 'BOOLEAN' });
  }

  /** True when this is a member of a list: of literals, or of a value such as a parameter. */
  public in(this: Value<string | boolean | Float>, list: readonly LiteralOf<T>[] | Value<List>): Value<boolean> {
    const members = operand(list, 'LIST');
    return Value.of({ kind: 'in', value: Value.expressionOf(this), list: members, type: 'BOOLEAN' });
  }

  /**
   * A member of this dict, whose type the compiler does not know: it fits every parameter. A run in which the dict has no
   * such member gives null.
   */
  // biome-ignore lint/suspicious/noExplicitAny: a dict says nothing about its members
  public field(this: Value<Struct>, name: string): Value<any> {
    return Value.of({ kind: 'field', of: Value.expressionOf(this), name, type: 'UNKNOWN' });
  }

  /**
   * A number that the producing component logged on this artifact by `log_metric`, read from the artifact's metadata
   * when the pipeline runs; no pod is needed to read it. A run in which the metric was not logged fails at the place that
   * reads it; where it is collected from a loop, that iteration is left out.
   *
   * @param name the metric's name; names found in the component's source complete in the editor
   */
  public metric<N extends string>(
    this: Value<Metrics<N> | ClassificationMetrics<N>>,
    name: N | (string & {}),
  ): Value<Float> {
    return Value.of({ kind: 'metric', artifact: Value.expressionOf(this), name, type: 'NUMBER_DOUBLE' });
  }

  /** Refuses to become text: a value has none before the pipeline runs. Use {@link text} to build a string from values. */
  public toString(): never {
    throw new Error(
      'A Value has no text before the pipeline runs. Pass it as an input, or build a string from values with the `text` template tag.',
    );
  }
}

/**
 * The expression of a literal or a value. A literal takes the type of `like`, the value it is compared with or the input
 * it is given to.
 */
function operand(other: unknown, like: ValueType): Expression<FlowNode> {
  if (other instanceof Value) return Value.expressionOf(other);
  const type =
    typeof other === 'number' && !Number.isInteger(other) && like === 'NUMBER_INTEGER' ? 'NUMBER_DOUBLE' : like;
  return { kind: 'literal', type, value: other as Json };
}

function compare(operator: ComparisonOperator, left: Value<unknown>, other: unknown): Value<boolean> {
  const expression = Value.expressionOf(left);
  return Value.of({
    kind: 'compare',
    operator,
    left: expression,
    right: operand(other, expression.type),
    type: 'BOOLEAN',
  });
}
