import type { ComparisonOperator } from '../../values/expression';
import { CelError, celTokens } from './cel-tokens';
import { ConditionParser } from './condition-parser';

/**
 * When a task of a KFP document runs: comparisons of its inputs, and what they are combined to. Nothing in it is evaluated.
 */
export type Condition =
  | {
      readonly kind: 'compare';
      readonly operator: ComparisonOperator;
      readonly left: ConditionOperand;
      readonly right: ConditionOperand;
    }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[] }
  | { readonly kind: 'not'; readonly operand: Condition }
  | { readonly kind: 'value'; readonly operand: ConditionOperand };

/** What is compared: an input of the task, or a literal. */
export type ConditionOperand =
  | {
      readonly input: string;
      /** The type that the value is made to be. */
      readonly cast?: ConditionCast;
      /** What it is made to be before that: `double(int(…))` is how the SDK compares an int with a float. */
      readonly inner?: ConditionCast;
    }
  | {
      readonly literal: string | number | boolean;
      /** True for a float, also for one without a fraction. */
      readonly double?: true;
    };

/** CEL's functions that make a value be of a type. */
export type ConditionCast = 'int' | 'double' | 'string' | 'bool';

/** Why a condition is refused, and at which column (1-based) of its text. */
export interface ConditionError {
  readonly error: string;
  readonly column: number;
}

/** Far more than any pipeline says, and little enough that no text takes long. */
const LENGTH_LIMIT = 100_000;

/**
 * Reads the text of `triggerPolicy.condition`, which is CEL: comparisons of `inputs.parameter_values['name']` and literals,
 * with `&&`, `||`, `!` and casts. The rest of CEL is refused, and so is what the KFP SDK writes where it quotes wrongly.
 */
export function parseCondition(text: string): Condition | ConditionError {
  if (text.length > LENGTH_LIMIT) {
    return { error: `the condition has more than ${LENGTH_LIMIT} characters`, column: LENGTH_LIMIT + 1 };
  }
  const misquoted = misquote(text);
  if (misquoted) return misquoted;
  try {
    return new ConditionParser(celTokens(text)).condition();
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return { error: error.message, column: error.start + 1 };
  }
}

/** The text of a condition: KFP's backend reads it, and so does `parseCondition`. */
export function printCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'compare':
      return `${printOperand(condition.left)} ${condition.operator} ${printOperand(condition.right)}`;
    case 'not':
      return `!(${printCondition(condition.operand)})`;
    case 'value':
      return printOperand(condition.operand);
    default:
      return condition.operands
        .map((each) => (each.kind === 'or' || each.kind === 'and' ? `(${printCondition(each)})` : printCondition(each)))
        .join(condition.kind === 'and' ? ' && ' : ' || ');
  }
}

function printOperand(operand: ConditionOperand): string {
  if ('input' in operand) {
    const { input, cast, inner } = operand;
    const value = `inputs.parameter_values[${quoted(input)}]`;
    const first = inner ? `${inner}(${value})` : value;
    return cast ? `${cast}(${first})` : first;
  }
  const { literal, double } = operand;
  if (typeof literal === 'string') return quoted(literal);
  if (!double) return String(literal);
  const text = Object.is(literal, -0) ? '-0' : String(literal);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function quoted(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return `'${text.replace(/[\\']/g, '\\$&').replace(/[\n\r\t]/g, (each) => escapes[each]!)}'`;
}

/** The SDK puts a value into quotes where it compares a bool or a number with a text: no CEL, and not what was meant. */
function misquote(text: string): ConditionError | undefined {
  const found = /'(?:\w+\()*inputs\.parameter_values\[/.exec(text);
  if (!found) return undefined;
  return {
    error:
      'the value stands in quotes, because the KFP SDK writes this where a bool or a number is compared with a text',
    column: found.index + 1,
  };
}
