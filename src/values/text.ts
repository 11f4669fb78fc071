import type { Float } from './types';
import { Value } from './value';

/**
 * A string built from text and values when the pipeline runs.
 *
 * ```ts
 * text`s3://bucket/${pipeline.parameters.region}/${pipeline.run.name}`
 * ```
 *
 * Numbers appear as JSON numbers, booleans as `true` and `false`. Whatever a value holds stays as it is: nothing in it is
 * expanded.
 */
export function text(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | boolean | Value<string | boolean | Float>)[]
): Value<string> {
  const parts = strings.flatMap((string, index) => {
    if (index === values.length) return [string];
    const value = values[index];
    if (!(value instanceof Value) && !['string', 'number', 'boolean'].includes(typeof value)) {
      throw new Error(`${String(value)} cannot stand in text: give strings, numbers, booleans and values of the run.`);
    }
    return [string, value instanceof Value ? Value.expressionOf(value) : String(value)];
  });
  return Value.of({ kind: 'text', parts: parts.filter((part) => part !== ''), type: 'STRING' });
}
