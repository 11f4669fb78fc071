import { printArgument } from '../argo/expression-printer';
import type { Parameter } from '../argo/types';
import type { Json } from '../components/definition';
import { type Diagnostic, renderDiagnostic } from '../diagnostic';
import { argumentProblems } from '../graph/arguments';
import { subexpressions } from '../graph/walk';
import type { Expression } from '../values/expression';
import { Value } from '../values/value';
import type { Pipeline } from './pipeline';

/** Arguments of a run: literals, and values where the engine knows them when it starts the run. */
export type RunArguments = Readonly<Record<string, unknown>>;

/** The arguments as Argo's parameters, in the order in which the pipeline declares them. */
export function printRunArguments(pipeline: Pipeline, given: RunArguments): Parameter[] {
  const { parameters } = pipeline.graph;
  return Object.entries(parameters).flatMap(([name, { type }]) => {
    const value = given[name];
    if (value === undefined) return [];
    const expression: Expression =
      value instanceof Value
        ? (Value.expressionOf(value) as Expression)
        : { kind: 'literal', type, value: value as Json };
    return [{ name, value: printArgument(expression, () => SCHEDULED_TIME) }];
  });
}

const SCHEDULED_TIME = { tag: 'workflow.scheduledTime', variable: 'workflow.scheduledTime' };

/** What is wrong with the arguments of a run, as validation messages of the construct that holds them. */
export function checkRunArguments(
  pipeline: Pipeline,
  given: RunArguments,
  site: { readonly path: string; readonly at: string | undefined },
): string[] {
  if (pipeline.diagnostics.some(({ severity }) => severity !== 'warning')) return [];
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const literals = entries.filter(([, value]) => !(value instanceof Value));
  const values = entries.filter(([, value]) => value instanceof Value) as [string, Value<unknown>][];
  const problems = [
    ...argumentProblems(
      pipeline.graph.parameters,
      Object.fromEntries(literals) as Record<string, Json>,
      new Set(values.map(([name]) => name)),
    ),
    ...values.flatMap(([name, value]) => valueProblems(pipeline, name, value)),
  ];
  return problems.map(({ message, mend }) => {
    const diagnostic: Diagnostic = { code: 'KFP1310', message, mend, ...(site.at && { at: site.at }) };
    return renderDiagnostic(diagnostic);
  });
}

function valueProblems(pipeline: Pipeline, name: string, value: Value<unknown>) {
  const parameter = pipeline.graph.parameters[name];
  if (!parameter) return argumentProblems(pipeline.graph.parameters, { [name]: null }).slice(0, 1);
  const parts = [...subexpressions(Value.expressionOf(value) as Expression)];
  const known = parts.every(
    (part) =>
      part.kind === 'literal' || part.kind === 'text' || (part.kind === 'run' && part.field === 'scheduledTime'),
  );
  if (!known) {
    return [
      {
        message: `the argument '${name}' is a value that does not exist before the run`,
        mend: 'use RecurringRun.scheduledTime or a literal',
      },
    ];
  }
  if (parameter.type !== value.type) {
    return [
      {
        message: `the argument '${name}' is a ${value.type}, the parameter a ${parameter.type}`,
        mend: 'declare the parameter as str()',
      },
    ];
  }
  return [];
}
