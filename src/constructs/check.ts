import type { Construct } from 'constructs';
import { checkComponent } from '../components/check-component';
import { type Expression, operandsOf } from '../values/expression';
import { text } from '../values/text';
import type { Struct } from '../values/types';
import { Value } from '../values/value';
import type { FlowNode } from './flow-node';
import type { TaskSettings } from './settings/task-settings';
import { Task } from './task';

/** Props of {@link Check}. */
export interface CheckProps extends TaskSettings {
  /** The rules: a name for each, and the condition that must hold. */
  readonly rules: { readonly [name: string]: Value<boolean> };
  /** The image that tells of broken rules; any with Python 3.8 or newer. @default 'python:3.11-slim' */
  readonly image?: string | undefined;
}

/**
 * A stage of validation: a task that fails where one of its rules is broken, and whose error names all broken rules with
 * the values that they saw. What runs after it runs on data that is good.
 *
 * ```ts
 * const quality = new Check(pipeline, 'quality', {
 *   rules: { 'enough rows': profile.outputs.rows.gte(1000), 'few gaps': profile.outputs.gaps.lte(0.01) },
 * });
 * train.after(quality);
 * ```
 */
export class Check extends Task<{ readonly rules: Value<Struct> }> {
  /**
   * @param scope a Pipeline, a branch, a loop, or any construct under one
   * @param id the task's name in its scope
   * @throws where a rule is no condition
   */
  public constructor(scope: Construct, id: string, props: CheckProps) {
    const { rules, image, ...settings } = props;
    if (typeof rules !== 'object' || rules === null) {
      throw new Error(`The rules of '${id}' are ${String(rules)}: give a condition for each name.`);
    }
    if (Object.keys(rules).length === 0 || Object.hasOwn(rules, '')) {
      throw new Error(
        `The check '${id}' has ${Object.hasOwn(rules, '') ? 'a rule without a name' : 'no rule'}: give each rule a name and a condition.`,
      );
    }
    const members = Object.entries(rules).map(([name, rule]): [string, Expression<FlowNode>] => {
      const condition = rule instanceof Value ? Value.expressionOf(rule) : undefined;
      if (condition?.type === 'BOOLEAN' || condition?.type === 'UNKNOWN') return [name, ruleOf(condition)];
      throw new Error(
        `The rule '${name}' of '${id}' is ${condition ? 'no boolean' : String(rule)}: give a condition, such as task.output.gte(0.9).`,
      );
    });
    const value: Value<Struct> = Value.of({ kind: 'dict', members: Object.fromEntries(members), type: 'STRUCT' });
    super(scope, id, { component: checkComponent(image), inputs: { rules: value }, ...settings });
  }
}

/** Whether a rule holds, what it says, and the values that it is about. */
function ruleOf(rule: Expression<FlowNode>): Expression<FlowNode> {
  const seen = leavesOf(rule).map((leaf) => [inWords(leaf), leaf] as const);
  const values = [...new Map(seen)].map(
    ([name, leaf], index) => text`${index > 0 ? ', ' : ''}${name} is ${Value.of<string>(leaf)}`,
  );
  const parts = values.flatMap(
    (value) => (Value.expressionOf(value) as Extract<Expression<FlowNode>, { kind: 'text' }>).parts,
  );
  return {
    kind: 'dict',
    type: 'STRUCT',
    members: {
      holds: rule,
      says: { kind: 'literal', type: 'STRING', value: inWords(rule) },
      seen: { kind: 'text', parts, type: 'STRING' },
    },
  };
}

/** The values of the run in a condition that have a text of one line. */
function leavesOf(expression: Expression<FlowNode>): readonly Expression<FlowNode>[] {
  if (['output', 'parameter', 'loop', 'field', 'metric'].includes(expression.kind)) {
    return /^(STRING|NUMBER_\w+|BOOLEAN)$/.test(expression.type) ? [expression] : [];
  }
  return operandsOf(expression).flatMap(leavesOf);
}

/** An expression as a person reads it. */
function inWords(expression: Expression<FlowNode>): string {
  switch (expression.kind) {
    case 'literal':
      return JSON.stringify(expression.value);
    case 'parameter':
      return expression.name;
    case 'output':
      return expression.output === 'Output'
        ? expression.task.node.id
        : `${expression.task.node.id}.${expression.output}`;
    case 'metric':
      return `${inWords(expression.artifact)}.${expression.name}`;
    case 'field':
      return `${inWords(expression.of)}.${expression.name}`;
    case 'loop':
      return `${expression.loop.node.id}.${expression.field}`;
    case 'compare':
      return `${inWords(expression.left)} ${expression.operator} ${inWords(expression.right)}`;
    case 'in':
      return `${inWords(expression.value)} in ${inWords(expression.list)}`;
    case 'and':
    case 'or':
      return expression.operands.map((operand) => `(${inWords(operand)})`).join(` ${expression.kind} `);
    case 'not':
      return `not (${inWords(expression.operand)})`;
    default:
      return 'a value';
  }
}
