import type { PortDefinition } from '../../components/definition';
import { typeOfPort } from '../../components/port-type';
import type { Diagnostic } from '../../diagnostic';
import { type Expression, isArtifactType, type ValueType } from '../../values/expression';
import type { PipelineGraph } from '../graph';
import { describeType, literalProblem } from '../literal';
import { expressionsOf, isLeaf, subexpressions } from '../walk';

/**
 * Values fit the inputs they are given to, and operands the operators: what the compiler holds for typed code, held for
 * untyped code and for literals as well. KFP's rules, except that an int is taken for a float.
 */
export function types(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const { expression, site, reader, port, of, isCondition } of expressionsOf(graph)) {
    const problem = port && portProblem(port, expression, graph);
    if (problem) {
      diagnostics.push({
        code: 'KFP1212',
        path: site.path,
        message: `${reader}${of === undefined ? '' : ` of '${of}'`} takes ${describeType(typeOfPort(port))}: ${problem}`,
        mend: 'give it such a value',
      });
    }
    if (isCondition && expression.type !== 'BOOLEAN' && expression.type !== 'UNKNOWN') {
      diagnostics.push({
        code: 'KFP1213',
        path: site.path,
        message: `the condition is ${describeType(expression.type)}, not a boolean`,
        mend: 'compare it: `.eq(…)`, `.gte(…)`',
      });
    }
    for (const part of isLeaf(expression) ? [] : subexpressions(expression)) {
      const problem = operandProblem(part);
      if (!problem) continue;
      diagnostics.push({
        code: 'KFP1217',
        path: site.path,
        message: problem,
        mend: OPERAND_MENDS[part.kind] ?? COMPARE,
      });
    }
  }
  return diagnostics;
}

const COMPARE = 'compare values of one type';
const OPERAND_MENDS: Readonly<Partial<Record<Expression['kind'], string>>> = {
  field: 'read fields of dicts, by their names',
  metric: 'read metrics of Metrics and ClassificationMetrics',
};

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
export function assignable(from: ValueType, to: ValueType): boolean {
  if (from === to) return true;
  if (from === 'UNKNOWN') return !isArtifactType(to);
  if (from === 'NUMBER_INTEGER') return to === 'NUMBER_DOUBLE';
  if (from === 'TASK_FINAL_STATUS') return to === 'STRUCT';
  if (to === 'TASK_CONFIG') return from === 'STRUCT';
  if (!isArtifactType(from) || !isArtifactType(to)) return false;
  // Lists of lists, from loops in loops, are one list for a component.
  if (from.endsWith('[]') !== to.endsWith('[]')) return false;
  const [a, b] = [from.replace(/(\[\])+$/, ''), to.replace(/(\[\])+$/, '')];
  return a === b || a === 'system.Artifact' || b === 'system.Artifact';
}

const NUMBERS: ReadonlySet<string> = new Set(['NUMBER_INTEGER', 'NUMBER_DOUBLE']);
const COMPARABLE: ReadonlySet<string> = new Set([...NUMBERS, 'STRING', 'BOOLEAN', 'UNKNOWN']);

function operandProblem(expression: Expression): string | undefined {
  switch (expression.kind) {
    case 'compare':
      return comparisonProblem(expression);
    case 'and':
    case 'or':
    case 'not': {
      const operands = expression.kind === 'not' ? [expression.operand] : expression.operands;
      const wrong = operands.find(({ type }) => type !== 'BOOLEAN' && type !== 'UNKNOWN');
      return wrong && `'${expression.kind}' takes booleans, not ${describeType(wrong.type)}`;
    }
    case 'in': {
      const { value, list } = expression;
      if (!COMPARABLE.has(value.type)) return `${describeType(value.type)} cannot be looked for in a list`;
      if (list.type !== 'LIST' && list.type !== 'UNKNOWN') return `'in' takes a list, not ${describeType(list.type)}`;
      if (list.kind !== 'literal' || value.type === 'UNKNOWN') return undefined;
      const port = { kind: 'parameter', type: NUMBERS.has(value.type) ? 'NUMBER_DOUBLE' : value.type } as const;
      const members = Array.isArray(list.value) ? list.value : [list.value];
      const problem = members
        .map((member) => literalProblem(port as { kind: 'parameter'; type: 'STRING' }, member))
        .find(Boolean);
      return problem && `a list of values: ${problem}`;
    }
    case 'field':
      if (typeof expression.name !== 'string') return `a field's name is ${String(expression.name)}, which is no text`;
      return ['STRUCT', 'UNKNOWN', 'TASK_FINAL_STATUS'].includes(expression.of.type)
        ? undefined
        : `'${expression.name}' is read as a field of ${describeType(expression.of.type)}`;
    case 'metric':
      return /^system\.\w*Metrics$/.test(expression.artifact.type)
        ? undefined
        : `'${expression.name}' is read as a metric of ${describeType(expression.artifact.type)}`;
    default:
      return undefined;
  }
}

function comparisonProblem({ left, right, operator }: Extract<Expression, { kind: 'compare' }>): string | undefined {
  for (const side of [left, right]) {
    if (!COMPARABLE.has(side.type)) return `${describeType(side.type)} cannot be compared`;
    if (side.kind !== 'literal' || side.type === 'UNKNOWN') continue;
    const problem = literalProblem({ kind: 'parameter', type: side.type as 'STRING' }, side.value);
    if (problem) return `a comparison: ${problem}`;
  }
  if (left.type === 'UNKNOWN' || right.type === 'UNKNOWN') return undefined;
  const numbers = NUMBERS.has(left.type) && NUMBERS.has(right.type);
  if (!numbers && left.type !== right.type) {
    return `${describeType(left.type)} is compared with ${describeType(right.type)}`;
  }
  if (left.type === 'BOOLEAN' && operator !== '==' && operator !== '!=') {
    return `'${operator}' compares numbers or texts, not ${describeType(left.type)}`;
  }
  return undefined;
}
