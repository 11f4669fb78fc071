import type { PortDefinition } from '../../components/definition';
import { typeOfPort } from '../../components/port-type';
import type { Diagnostic } from '../../diagnostic';
import type { Expression, ValueType } from '../../values/expression';
import type { PipelineGraph } from '../graph';
import { describeType, literalProblem } from '../literal';
import { memberOf } from '../member';
import { expressionsOf, subexpressions } from '../walk';

/**
 * Values fit the inputs they are given to, and operands the operators: what the compiler holds for typed code, held for
 * untyped code and for literals as well. KFP's rules, except that an int is taken for a float.
 */
export function types(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const { expression, site, input, task } of expressionsOf(graph)) {
    if (task && input !== undefined) {
      const { inputs } = graph.components[task.component]!;
      const port = memberOf(inputs, input);
      const problem = port && portProblem(port, expression, graph);
      if (problem) {
        diagnostics.push({
          code: 'KFP1212',
          path: site.path,
          message: `the input '${input}' of '${task.component}' takes ${describeType(typeOfPort(port))}: ${problem}`,
          mend: 'give it such a value',
        });
      }
    } else if (expression.type !== 'BOOLEAN') {
      diagnostics.push({
        code: 'KFP1213',
        path: site.path,
        message: `the condition is ${describeType(expression.type)}, not a boolean`,
        mend: 'compare it: `.eq(…)`, `.gte(…)`',
      });
    }
    for (const part of subexpressions(expression)) {
      const problem = operandProblem(part);
      if (problem) {
        diagnostics.push({
          code: 'KFP1217',
          path: site.path,
          message: problem,
          mend: 'compare values of one type',
        });
      }
    }
  }
  return diagnostics;
}

function portProblem(port: PortDefinition, expression: Expression, graph: PipelineGraph): string | undefined {
  if (expression.kind === 'literal') {
    if (port.kind === 'parameter') return literalProblem(port, expression.value);
    return expression.value === null && port.optional ? undefined : 'a literal cannot be an artifact';
  }
  if (!assignable(expression.type, typeOfPort(port))) return `it is given ${describeType(expression.type)}`;
  if (port.kind === 'parameter' && port.literals && expression.kind === 'parameter') {
    const value = graph.parameters[expression.name]?.default;
    const problem = value === undefined ? undefined : literalProblem(port, value);
    return problem && `the default of parameter '${expression.name}': ${problem}`;
  }
  return undefined;
}

/** True where a value of type `from` may be given to an input of type `to`. */
function assignable(from: ValueType, to: ValueType): boolean {
  if (from === to) return true;
  if (from === 'NUMBER_INTEGER') return to === 'NUMBER_DOUBLE';
  if (!from.includes('.') || !to.includes('.') || from.endsWith('[]') !== to.endsWith('[]')) return false;
  return from.startsWith('system.Artifact') || to.startsWith('system.Artifact');
}

const NUMBERS: ReadonlySet<string> = new Set(['NUMBER_INTEGER', 'NUMBER_DOUBLE']);
const COMPARABLE: ReadonlySet<string> = new Set([...NUMBERS, 'STRING', 'BOOLEAN']);

function operandProblem(expression: Expression): string | undefined {
  switch (expression.kind) {
    case 'compare': {
      const { left, right, operator } = expression;
      for (const side of [left, right]) {
        if (!COMPARABLE.has(side.type)) return `${describeType(side.type)} cannot be compared`;
        if (side.kind !== 'literal') continue;
        const problem = literalProblem({ kind: 'parameter', type: side.type as 'STRING' }, side.value);
        if (problem) return `a comparison: ${problem}`;
      }
      const numbers = NUMBERS.has(left.type) && NUMBERS.has(right.type);
      if (!numbers && left.type !== right.type) {
        return `${describeType(left.type)} is compared with ${describeType(right.type)}`;
      }
      if (!numbers && operator !== '==' && operator !== '!=')
        return `'${operator}' compares numbers, not ${describeType(left.type)}`;
      return undefined;
    }
    case 'and':
    case 'or':
    case 'not': {
      const operands = expression.kind === 'not' ? [expression.operand] : expression.operands;
      const wrong = operands.find(({ type }) => type !== 'BOOLEAN');
      return wrong && `'${expression.kind}' takes booleans, not ${describeType(wrong.type)}`;
    }
    case 'metric':
      return /^system\.\w*Metrics$/.test(expression.artifact.type)
        ? undefined
        : `'${expression.name}' is read as a metric of ${describeType(expression.artifact.type)}`;
    default:
      return undefined;
  }
}
