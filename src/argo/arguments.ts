import { once } from '../graph/once';
import type { Expression } from '../values/expression';
import { printArgument, type Resolve } from './expression-printer';
import type { Arguments, Parameter } from './types';

/** `arguments`, where there are some. */
export function argumentsOf(parameters: readonly Parameter[]): { readonly arguments?: Arguments } {
  return parameters.length > 0 ? { arguments: { parameters } } : {};
}

/** Expressions as arguments of the same names. */
export function printInputs(inputs: Readonly<Record<string, Expression>>, resolve: Resolve): Parameter[] {
  const printed = printedBy(resolve);
  return Object.keys(inputs).map((name) => {
    const expression = inputs[name]!;
    let value = printed.get(expression);
    if (value === undefined) {
      value = printArgument(expression, resolve);
      printed.set(expression, value);
    }
    return { name, value };
  });
}

/** The texts of expressions: thousands of tasks read the same few values, and one text takes less room than thousands. */
const printedBy = once((_: Resolve) => new Map<Expression, string>());
