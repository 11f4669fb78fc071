import type { Json, ParameterType } from '../components/definition';

/**
 * The type of a value: a KFP parameter type, an artifact's schema title (it holds a dot: `system.Model`), a list of
 * artifacts (`system.Model[]`), or `UNKNOWN`: an element of a list whose type nobody declared. It fits every parameter.
 */
export type ValueType = ParameterType | 'UNKNOWN' | `${string}.${string}`;

/** Whether a type is that of an artifact, or of a list of artifacts. */
export function isArtifactType(type: ValueType): boolean {
  return type.includes('.');
}

/** The type of a list of values of a type. */
export function listTypeOf(type: ValueType): ValueType {
  return isArtifactType(type) ? (`${type}[]` as ValueType) : 'LIST';
}

/** Comparison operators, as KFP and Argo's expression language write them. */
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * An expression tree over values that exist only while a pipeline runs. `T` is how a node is referred to: the construct
 * itself while the tree is being built, the node's id in a compiled graph.
 */
export type Expression<T = string> =
  | { readonly kind: 'literal'; readonly type: ValueType; readonly value: Json }
  /** A parameter of the pipeline. */
  | { readonly kind: 'parameter'; readonly name: string; readonly type: ValueType }
  /** An output of a task, or of another node that has some: a parameter's value or an artifact. */
  | { readonly kind: 'output'; readonly task: T; readonly output: string; readonly type: ValueType }
  /** The item of a loop's iteration, or its index. */
  | { readonly kind: 'loop'; readonly loop: T; readonly field: 'item' | 'index'; readonly type: ValueType }
  /** A member of a dict. */
  | { readonly kind: 'field'; readonly of: Expression<T>; readonly name: string; readonly type: ValueType }
  /** How a node ended, as KFP's `PipelineTaskFinalStatus`. It exists where the node has ended, however it did. */
  | { readonly kind: 'status'; readonly of: T; readonly type: 'TASK_FINAL_STATUS' }
  /**
   * What the iterations of a loop gave, as a list; where they gave lists and it is `flat`, their elements as one list. A correct
   * graph holds none: it is an output of the loop there.
   */
  | {
      readonly kind: 'collect';
      readonly loop: T;
      readonly value: Expression<T>;
      readonly flat?: boolean;
      readonly type: ValueType;
    }
  /** What the branch that was taken gave. A correct graph holds none: it is an output of the If there. */
  | { readonly kind: 'one-of'; readonly values: readonly Expression<T>[]; readonly type: ValueType }
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
  /** Whether a value is a member of a list. */
  | { readonly kind: 'in'; readonly value: Expression<T>; readonly list: Expression<T>; readonly type: 'BOOLEAN' }
  /** A dict that holds values. */
  | { readonly kind: 'dict'; readonly members: Readonly<Record<string, Expression<T>>>; readonly type: 'STRUCT' }
  /** A list that holds values. */
  | { readonly kind: 'list'; readonly items: readonly Expression<T>[]; readonly type: 'LIST' }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression<T>[]; readonly type: 'BOOLEAN' }
  | { readonly kind: 'not'; readonly operand: Expression<T>; readonly type: 'BOOLEAN' };

/** Facts about a run: Argo's `workflow.*` variables. */
export type RunField = 'name' | 'id' | 'namespace' | 'creationTime' | 'scheduledTime' | 'workspacePath' | 'finalStatus';

/** The expressions directly inside an expression. */
export function operandsOf<T>(expression: Expression<T>): readonly Expression<T>[] {
  switch (expression.kind) {
    case 'literal':
    case 'parameter':
    case 'output':
    case 'loop':
    case 'status':
    case 'run':
      return [];
    case 'field':
      return [expression.of];
    case 'collect':
      return [expression.value];
    case 'one-of':
      return expression.values;
    case 'in':
      return [expression.value, expression.list];
    case 'dict':
      return Object.values(expression.members);
    case 'list':
      return expression.items;
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

/** An expression whose operands are replaced; how nodes are referred to may change with them. */
export function withOperands<T, U>(
  expression: Exclude<Expression<T>, { kind: 'output' | 'loop' | 'status' | 'collect' | 'one-of' }>,
  replace: (operand: Expression<T>) => Expression<U>,
): Expression<U> {
  switch (expression.kind) {
    case 'metric':
      return { ...expression, artifact: replace(expression.artifact) };
    case 'field':
      return { ...expression, of: replace(expression.of) };
    case 'in':
      return { ...expression, value: replace(expression.value), list: replace(expression.list) };
    case 'text':
      return {
        ...expression,
        parts: expression.parts.map((part) => (typeof part === 'string' ? part : replace(part))),
      };
    case 'compare':
      return { ...expression, left: replace(expression.left), right: replace(expression.right) };
    case 'and':
    case 'or':
      return { ...expression, operands: expression.operands.map(replace) };
    case 'not':
      return { ...expression, operand: replace(expression.operand) };
    case 'list':
      return { ...expression, items: expression.items.map(replace) };
    case 'dict': {
      const members = Object.entries(expression.members).map(([name, member]) => [name, replace(member)]);
      return { ...expression, members: Object.fromEntries(members) };
    }
    default:
      return expression;
  }
}
