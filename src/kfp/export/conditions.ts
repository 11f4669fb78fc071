import type { Expression } from '../../values/expression';
import { type Condition, type ConditionOperand, printCondition } from '../ir/condition';
import { hasPlaceholder } from '../ir/placeholders';
import type { ExportProblems } from './problems';
import { refuseExpression } from './refusals';
import type { TaskInputs } from './task-inputs';

/**
 * The condition under which a branch is taken: its own, where none of those before it holds. The values that it compares become
 * inputs of the branch's task.
 *
 * @returns undefined where something in it cannot be said, which is reported
 */
export function conditionText(
  own: Expression | undefined,
  before: readonly Expression[],
  inputs: TaskInputs,
  problems: ExportProblems,
  path: string,
): string | undefined {
  const writer = new ConditionWriter(inputs, problems, path);
  const earlier = before.map((each): Condition | undefined => {
    const condition = writer.condition(each);
    return condition && { kind: 'not', operand: condition };
  });
  const parts = [...earlier, ...(own ? [writer.condition(own)] : [])];
  const operands = parts.filter((part) => part !== undefined);
  if (operands.length < parts.length) return undefined;
  return printCondition(operands.length === 1 ? operands[0]! : { kind: 'and', operands });
}

class ConditionWriter {
  public constructor(
    private readonly inputs: TaskInputs,
    private readonly problems: ExportProblems,
    private readonly path: string,
  ) {}

  public condition(expression: Expression): Condition | undefined {
    switch (expression.kind) {
      case 'and':
      case 'or': {
        const operands = expression.operands.map((each) => this.condition(each));
        return all(operands) ? { kind: expression.kind, operands } : undefined;
      }
      case 'not': {
        const operand = this.condition(expression.operand);
        return operand && { kind: 'not', operand };
      }
      case 'compare': {
        const asNumber = numbers(expression.left, expression.right);
        const left = this.operand(expression.left, asNumber);
        const right = this.operand(expression.right, asNumber);
        return left && right && { kind: 'compare', operator: expression.operator, left, right };
      }
      case 'in':
        return this.membership(expression);
      default: {
        // A boolean alone. KFP's SDK compares it.
        const left = this.operand(expression, undefined);
        return left && { kind: 'compare', operator: '==', left, right: { literal: true } };
      }
    }
  }

  /** KFP's conditions know no lists: each member is compared with. */
  private membership({ value, list }: Extract<Expression, { kind: 'in' }>): Condition | undefined {
    if (list.kind !== 'literal' || !Array.isArray(list.value)) {
      refuseExpression(this.problems, this.path, 'the condition', { kind: 'in', value, list, type: 'BOOLEAN' });
      return undefined;
    }
    if (list.value.length === 0) {
      return { kind: 'compare', operator: '==', left: { literal: true }, right: { literal: false } };
    }
    const operands = list.value.map((member) =>
      this.condition({
        kind: 'compare',
        operator: '==',
        left: value,
        right: { kind: 'literal', type: literalType(member, value), value: member },
        type: 'BOOLEAN',
      }),
    );
    if (!all(operands)) return undefined;
    return operands.length === 1 ? operands[0] : { kind: 'or', operands };
  }

  /** A value as text. */
  private asText(value: Expression): ConditionOperand | undefined {
    const text = value.type === 'UNKNOWN' ? ({ ...value, type: 'STRING' } as Expression) : value;
    const operand = this.operand(text, undefined);
    if (!operand || 'input' in operand) return operand && { ...operand, ...TEXT_CASTS[value.type] };
    return { literal: String(operand.literal) };
  }

  private operand(expression: Expression, asNumber: 'int' | 'double' | undefined): ConditionOperand | undefined {
    const only = onlyPartOf(expression);
    if (only) return this.asText(only);
    if (expression.kind === 'literal') {
      const { value } = expression;
      if (typeof value === 'number' && asNumber === 'double') return { literal: value, double: true };
      if (typeof value === 'string' && hasPlaceholder(value)) {
        this.problems.warning(
          'KFP1578',
          this.path,
          `the condition holds ${JSON.stringify(value)}, in which KFP would put a value`,
          'KFP has no escape: compare with another text',
        );
      }
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        return { literal: value };
    }
    const input = this.inputs.add(expression);
    if (input === undefined) {
      refuseExpression(this.problems, this.path, 'the condition', expression);
      return undefined;
    }
    // Numbers arrive as floats, and CEL compares an int with an int only.
    const cast = asNumber === 'int' || (asNumber && expression.type !== 'NUMBER_DOUBLE') ? asNumber : undefined;
    return { input, ...(cast && { cast }) };
  }
}

/** The value that a text is of, which holds nothing else. */
function onlyPartOf(expression: Expression): Expression | undefined {
  if (expression.kind !== 'text' || expression.parts.length !== 1) return undefined;
  const [part] = expression.parts;
  if (typeof part === 'string') return { kind: 'literal', type: 'STRING', value: part };
  return TEXT_CASTS[part!.type] ? part : undefined;
}

/** The casts by which CEL makes text of a value, from the outside. Numbers arrive as floats. */
const TEXT_CASTS: Readonly<Partial<Record<Expression['type'], Pick<CastOperand, 'cast' | 'inner'>>>> = {
  STRING: {},
  // An input that is declared as text: KFP makes text of whatever it is given.
  UNKNOWN: {},
  NUMBER_INTEGER: { cast: 'string', inner: 'int' },
  NUMBER_DOUBLE: { cast: 'string' },
  BOOLEAN: { cast: 'string' },
};

type CastOperand = Extract<ConditionOperand, { input: string }>;

/** How two operands are compared where they are numbers. */
function numbers(left: Expression, right: Expression): 'int' | 'double' | undefined {
  const types = [left.type, right.type];
  if (types.every((type) => type === 'NUMBER_INTEGER')) return 'int';
  const isNumber = types.some((type) => type === 'NUMBER_INTEGER' || type === 'NUMBER_DOUBLE');
  const literals = [left, right].filter((each) => each.kind === 'literal');
  return isNumber || literals.some((each) => each.kind === 'literal' && typeof each.value === 'number')
    ? 'double'
    : undefined;
}

function literalType(member: unknown, value: Expression): Expression['type'] {
  return typeof member === 'number' && !Number.isInteger(member) ? 'NUMBER_DOUBLE' : value.type;
}

function all<T>(list: readonly (T | undefined)[]): list is readonly T[] {
  return list.every((each) => each !== undefined);
}
