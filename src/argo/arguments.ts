import type { Expression } from '../values/expression';
import { printArgument, type Resolve } from './expression-printer';
import type { Arguments, Parameter } from './types';

/** `arguments`, where there are some. */
export function argumentsOf(parameters: readonly Parameter[]): { readonly arguments?: Arguments } {
  return parameters.length > 0 ? { arguments: { parameters } } : {};
}

/** Expressions as arguments of the same names. */
export function printInputs(inputs: Readonly<Record<string, Expression>>, resolve: Resolve): Parameter[] {
  return Object.entries(inputs).map(([name, expression]) => ({ name, value: printArgument(expression, resolve) }));
}
