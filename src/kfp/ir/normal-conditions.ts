import type { Json } from '../../components/definition';
import { type Condition, type ConditionOperand, parseCondition } from './condition';
import type { Resolve } from './normal-references';

/** Casts that change nothing of a value of a type. */
const IDENTITY: Readonly<Record<string, readonly string[]>> = {
  NUMBER_INTEGER: ['int', 'double'],
  NUMBER_DOUBLE: ['double'],
  STRING: ['string'],
  BOOLEAN: ['bool'],
};

/**
 * A condition over what its inputs stand for. Numbers are compared as numbers, however they are written, and what is negated twice
 * is not. A condition that cannot be read stays text.
 */
export function canonicalCondition(
  text: string,
  resolve: Resolve,
  typeOf: (input: string) => string | undefined,
): Json {
  const parsed = parseCondition(text);
  if ('error' in parsed) return text;
  return canonical(parsed);

  function canonical(condition: Condition): Json {
    switch (condition.kind) {
      case 'compare':
        return [condition.operator, operand(condition.left), operand(condition.right)];
      case 'not': {
        const inner = condition.operand;
        return inner.kind === 'not' ? canonical(inner.operand) : ['!', canonical(inner)];
      }
      case 'value':
        return ['==', operand(condition.operand), { literal: true }];
      default:
        return [condition.kind === 'and' ? '&&' : '||', ...flat(condition.kind, condition.operands)];
    }
  }

  /** What stands in parentheses among the same is one list. */
  function flat(kind: 'and' | 'or', operands: readonly Condition[]): readonly Json[] {
    return operands.flatMap((each) => (each.kind === kind ? flat(kind, each.operands) : [canonical(each)]));
  }

  function operand(given: ConditionOperand): Json {
    if (!('input' in given)) return { literal: given.literal };
    const { input, cast, inner } = given;
    const value = resolve(input) ?? { input };
    const casts = [inner, cast].filter((each) => each !== undefined && !IDENTITY[typeOf(input) ?? '']?.includes(each));
    const { constant } = value as { readonly constant?: Json };
    // A literal is the same, wherever it stands.
    if (constant !== undefined && casts.length === 0) return { literal: constant };
    return casts.length > 0 ? { cast: casts as readonly string[], value } : value;
  }
}
