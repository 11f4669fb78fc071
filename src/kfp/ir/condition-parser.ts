import type { ComparisonOperator } from '../../values/expression';
import { CelError, type CelToken } from './cel-tokens';
import type { Condition, ConditionCast, ConditionOperand } from './condition';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const CASTS: ReadonlySet<string> = new Set(['int', 'double', 'string', 'bool']);
/** More than any pipeline nests, and little enough for the stack. */
const DEPTH_LIMIT = 100;

/** Reads the tokens of a condition, by recursive descent: what binds least is read first. */
export class ConditionParser {
  private next = 0;
  private depth = 0;

  /** @param tokens the condition's, with the one of its end */
  public constructor(private readonly tokens: readonly CelToken[]) {}

  /**
   * The condition.
   *
   * @throws CelError where the tokens are no condition that is read
   */
  public condition(): Condition {
    const condition = this.either();
    const { kind, start } = this.token;
    if (kind === 'end') return condition;
    throw new CelError(`${this.shown()} is not expected here`, start);
  }

  private either(): Condition {
    this.depth += 1;
    if (this.depth > DEPTH_LIMIT) throw new CelError('the condition is nested too deeply', this.token.start);
    const result = this.joined('||', 'or', () => this.joined('&&', 'and', () => this.comparison()));
    this.depth -= 1;
    return result;
  }

  private joined(operator: string, kind: 'and' | 'or', operand: () => Condition): Condition {
    const operands = [operand()];
    while (this.take(operator)) operands.push(operand());
    return operands.length === 1 ? operands[0]! : { kind, operands };
  }

  private comparison(): Condition {
    const start = this.token.start;
    const left = this.unary();
    const operator = this.token;
    if (operator.kind !== 'operator' || !COMPARISONS.has(operator.text)) return left;
    this.next += 1;
    const rightStart = this.token.start;
    const right = this.unary();
    return {
      kind: 'compare',
      operator: operator.text as ComparisonOperator,
      left: operandOf(left, start),
      right: operandOf(right, rightStart),
    };
  }

  private unary(): Condition {
    let negations = 0;
    while (this.take('!')) negations += 1;
    if (negations > DEPTH_LIMIT) throw new CelError('the condition is nested too deeply', this.token.start);
    let result = this.primary();
    for (; negations > 0; negations -= 1) result = { kind: 'not', operand: result };
    return result;
  }

  private primary(): Condition {
    const token = this.token;
    if (this.take('(')) {
      const inside = this.either();
      this.expect(')');
      return inside;
    }
    return { kind: 'value', operand: this.operand(token) };
  }

  private operand(token: CelToken): ConditionOperand {
    const negative = this.take('-');
    const { kind, start } = this.token;
    if (negative && kind !== 'number') throw new CelError('only a number can follow a minus', start);
    switch (this.token.kind) {
      case 'number': {
        const { value, double } = this.token;
        this.next += 1;
        if (double) return { literal: negative ? -value : value, double: true };
        return { literal: negative && value !== 0 ? -value : value };
      }
      case 'string': {
        const { value } = this.token;
        this.next += 1;
        return { literal: value };
      }
      case 'name':
        return this.named(this.token.text);
      default:
        throw new CelError(
          kind === 'end' ? 'the condition ends too early' : `${this.shown()} is not expected here`,
          token.start,
        );
    }
  }

  private named(name: string): ConditionOperand {
    const { start } = this.token;
    this.next += 1;
    if (name === 'true' || name === 'false') return { literal: name === 'true' };
    if (name === 'inputs') return { input: this.input() };
    if (CASTS.has(name) && this.take('(')) {
      const inside = this.either();
      this.expect(')');
      return castOf(name as ConditionCast, operandOf(inside, start), start);
    }
    throw new CelError(
      `'${name}' is not read: a condition compares inputs.parameter_values['…'] and literals, with int(), double(), string() or bool()`,
      start,
    );
  }

  private input(): string {
    this.expect('.');
    const { token } = this;
    if (token.kind !== 'name' || token.text !== 'parameter_values') {
      throw new CelError(`only inputs.parameter_values['…'] is read of the inputs`, token.start);
    }
    this.next += 1;
    this.expect('[');
    const key = this.token;
    if (key.kind !== 'string') throw new CelError('the name of an input is expected here, in quotes', key.start);
    this.next += 1;
    this.expect(']');
    return key.value;
  }

  private get token(): CelToken {
    return this.tokens[this.next]!;
  }

  private take(operator: string): boolean {
    const { token } = this;
    if (token.kind !== 'operator' || token.text !== operator) return false;
    this.next += 1;
    return true;
  }

  private expect(operator: string): void {
    if (!this.take(operator)) throw new CelError(`'${operator}' is expected here`, this.token.start);
  }

  private shown(): string {
    const { token } = this;
    if (token.kind === 'end') return 'the end';
    return token.kind === 'string' || token.kind === 'number' ? `a ${token.kind}` : `'${token.text}'`;
  }
}

function operandOf(condition: Condition, start: number): ConditionOperand {
  if (condition.kind === 'value') return condition.operand;
  throw new CelError('a comparison is not compared: only inputs and literals are', start);
}

/** A cast of an input stays; one of a literal is done. */
function castOf(cast: ConditionCast, operand: ConditionOperand, start: number): ConditionOperand {
  if ('input' in operand) {
    const { input, cast: inner, inner: innermost } = operand;
    if (innermost) throw new CelError('more than two casts of one value are not read', start);
    return inner && inner !== cast ? { input, cast, inner } : { input, cast };
  }
  const { literal } = operand;
  if (cast === 'double' && typeof literal === 'number') return { literal, double: true };
  if (cast === 'int' && typeof literal === 'number') return { literal: Math.trunc(literal) + 0 };
  if (cast === 'string' && !operand.double) return { literal: String(literal) };
  if (cast === 'bool' && typeof literal === 'boolean') return operand;
  throw new CelError(`${cast}() of this literal is not read`, start);
}
