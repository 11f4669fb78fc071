import type { Json } from '../../components/definition';
import { isObject } from './message';
import { type IrPart, parsePlaceholders } from './placeholders';

/** An element of a command or of its arguments, in a KFP document. */
export type IrArgument =
  | { readonly kind: 'text'; readonly parts: readonly IrPart[] }
  /** KFP's ConcatPlaceholder: one argument. */
  | { readonly kind: 'concat'; readonly items: readonly IrArgument[] }
  /** KFP's IfPresentPlaceholder: one argument, several where `list` is true, or none: as the input is given or absent. */
  | {
      readonly kind: 'if-present';
      readonly input: string;
      readonly given: readonly IrArgument[];
      /** What stands there otherwise; nothing where absent. */
      readonly absent?: readonly IrArgument[];
      /** True where the then and the else are lists. */
      readonly list: boolean;
    };

/** Why an element is refused. */
export interface IrArgumentError {
  readonly error: string;
}

const DEPTH_LIMIT = 20;
const SIZE_LIMIT = 10_000;

/**
 * Reads an element of `command` or `args`: `{"Concat": […]}` and `{"IfPresent": {…}}` are JSON in a text, and nest. All else is text
 * with placeholders, also JSON that only looks alike.
 */
export function parseArgument(element: string): IrArgument | IrArgumentError {
  const structure = /^\s*\{\s*"(?:Concat|IfPresent)"\s*:/.test(element) ? structureOf(element) : undefined;
  if (!structure) return text(element);
  try {
    const budget = { left: SIZE_LIMIT };
    return parsed(structure, 0, budget);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    return { error: error.message };
  }
}

class ArgumentError extends Error {}

function structureOf(element: string): Json | undefined {
  try {
    const value = JSON.parse(element) as Json;
    return isObject(value) && Object.keys(value).length === 1 ? value : undefined;
  } catch {
    return undefined;
  }
}

function text(value: string): IrArgument {
  return { kind: 'text', parts: parsePlaceholders(value) };
}

function parsed(value: Json, depth: number, budget: { left: number }): IrArgument {
  budget.left -= 1;
  if (depth > DEPTH_LIMIT || budget.left < 0)
    throw new ArgumentError('the placeholder is nested too deeply, or too long');
  if (typeof value === 'string') return text(value);
  if (isObject(value) && Object.keys(value).length === 1) {
    const { Concat: items, IfPresent: choice } = value;
    if (Array.isArray(items)) {
      const read = (items as readonly Json[]).map((item) => parsed(item, depth + 1, budget));
      if (read.some((item) => item.kind === 'if-present' && item.list)) {
        throw new ArgumentError('an IfPresent with lists stands in a Concat, which is one text');
      }
      return { kind: 'concat', items: read };
    }
    if (isObject(choice)) return ifPresent(choice, depth, budget);
  }
  throw new ArgumentError('a placeholder is neither text, {"Concat": […]} nor {"IfPresent": {…}}');
}

function ifPresent(choice: { readonly [key: string]: Json }, depth: number, budget: { left: number }): IrArgument {
  const { InputName: input, Then: then, Else: otherwise, ...rest } = choice;
  if (typeof input !== 'string' || then === undefined || Object.keys(rest).length > 0) {
    throw new ArgumentError('an IfPresent has no InputName or Then, or more than InputName, Then and Else');
  }
  const branch = (value: Json): readonly IrArgument[] =>
    (Array.isArray(value) ? (value as readonly Json[]) : [value]).map((item) => parsed(item, depth + 1, budget));
  return {
    kind: 'if-present',
    input,
    given: branch(then),
    ...(otherwise !== undefined && otherwise !== null && { absent: branch(otherwise) }),
    list: Array.isArray(then) || Array.isArray(otherwise),
  };
}
