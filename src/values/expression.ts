import type { Json, ParameterType } from '../components/definition';

/**
 * The type of a value: a KFP parameter type, an artifact's schema title (it holds a dot: `system.Model`), or a list of
 * artifacts (`system.Model[]`).
 */
export type ValueType = ParameterType | `${string}.${string}`;

/** Comparison operators, as KFP and Argo's expression language write them. */
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * An expression tree over values that exist only while a pipeline runs. `T` is how a task is referred to: the construct
 * itself while the tree is being built, the task's id in a compiled graph.
 */
export type Expression<T = string> =
  | { readonly kind: 'literal'; readonly type: ValueType; readonly value: Json }
  /** A parameter of the pipeline. */
  | { readonly kind: 'parameter'; readonly name: string; readonly type: ValueType }
  /** An output of a task: a parameter's value or an artifact. */
  | { readonly kind: 'output'; readonly task: T; readonly output: string; readonly type: ValueType }
  /** A number from the metadata of a Metrics artifact. */
  | { readonly kind: 'metric'; readonly artifact: Expression<T>; readonly name: string; readonly type: 'NUMBER_DOUBLE' }
  /** A fact about the run. `finalStatus` exists in exit tasks only. */
  | { readonly kind: 'run'; readonly field: RunField; readonly type: ValueType }
  /** Text and values, concatenated. */
  | { readonly kind: 'text'; readonly parts: readonly (string | Expression<T>)[]; readonly type: 'STRING' }
  | {
      readonly kind: 'compare';
      readonly operator: ComparisonOperator;
      readonly left: Expression<T>;
      readonly right: Expression<T>;
      readonly type: 'BOOLEAN';
    }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression<T>[]; readonly type: 'BOOLEAN' }
  | { readonly kind: 'not'; readonly operand: Expression<T>; readonly type: 'BOOLEAN' };

/** Facts about a run: Argo's `workflow.*` variables. */
export type RunField = 'name' | 'id' | 'namespace' | 'creationTime' | 'finalStatus';

/** The expressions directly inside an expression. */
export function operandsOf<T>(expression: Expression<T>): readonly Expression<T>[] {
  switch (expression.kind) {
    case 'literal':
    case 'parameter':
    case 'output':
    case 'run':
      return [];
    case 'metric':
      return [expression.artifact];
    case 'text':
      return expression.parts.filter((part): part is Expression<T> => typeof part !== 'string');
    case 'compare':
      return [expression.left, expression.right];
    case 'and':
    case 'or':
      return expression.operands;
    case 'not':
      return [expression.operand];
  }
}
