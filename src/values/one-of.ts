import { Value } from './value';

/**
 * What the branch of an If gave that was taken: KFP's `OneOf`. Each branch gives one of the values, and the If has an Else,
 * so that one of them is certain to exist.
 *
 * ```ts
 * const large = new If(pipeline, 'large', { condition: rows.gt(1e6) });
 * const spark = new Task(large, 'spark', …);
 * const local = new Task(large.else('small'), 'pandas', …);
 * new Task(pipeline, 'train', { component: train, inputs: { data: oneOf(spark.outputs.data, local.outputs.data) } });
 * ```
 *
 * @param first the value of one branch; all others are of its type
 * @throws where something is no value of the run
 */
export function oneOf<T, U extends T = T>(first: Value<T>, ...others: readonly Value<U>[]): Value<T> {
  const values = [first, ...others].map((value) => {
    if (value instanceof Value) return Value.expressionOf(value);
    throw new Error(`oneOf is given ${String(value)}: give it an output of a task in each branch.`);
  });
  return Value.of({ kind: 'one-of', values, type: values[0]!.type });
}
