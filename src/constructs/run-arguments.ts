import { withoutCaching } from '../argo/cache';
import type { Parameter } from '../argo/types';
import type { Json, ParameterType } from '../components/definition';
import { renderDiagnostic } from '../diagnostic';
import { argumentProblems } from '../graph/arguments';
import { memberOf } from '../graph/member';
import { encodeValue } from '../values/codec';
import type { Pipeline } from './pipeline';

/** Arguments of a run, by parameter. An undefined one is left out. */
export type RunArguments = Readonly<Record<string, Json | undefined>>;

/**
 * The arguments as Argo's parameters, in the order in which the pipeline declares them.
 *
 * @param caching false for a run that reuses no results
 */
export function printRunArguments(pipeline: Pipeline, given: RunArguments, caching = true): Parameter[] {
  const parameters = Object.entries(pipeline.declared).flatMap(([name, { type }]) => {
    const value = memberOf(given, name);
    return value === undefined ? [] : [{ name, value: encodeValue(type as ParameterType, value) }];
  });
  return caching ? parameters : [...parameters, ...withoutCaching(pipeline.graph)];
}

/** What is wrong with the arguments of a run, as validation messages of the construct that holds them. */
export function checkRunArguments(pipeline: Pipeline, given: RunArguments, at: string | undefined): string[] {
  if (pipeline.props.standalone === false) {
    const message = `'${pipeline.node.path}' cannot be run by itself`;
    const mend = 'take out `standalone: false`, or call it by a SubPipeline of the pipeline that is run';
    return [renderDiagnostic({ code: 'KFP1314', message, mend, ...(at && { at }) })];
  }
  if (!pipeline.hasTemplate) {
    const message = `'${pipeline.node.path}' has no WorkflowTemplate that could be run`;
    const mend = "add 'argo' to its `targets`, or run it on its KFP server: cdk8s-kfp kfp run";
    return [renderDiagnostic({ code: 'KFP1613', message, mend, ...(at && { at }) })];
  }
  const literals = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return argumentProblems(pipeline.declared, literals as Readonly<Record<string, Json>>).map((problem) =>
    renderDiagnostic({ code: 'KFP1310', ...problem, ...(at && { at }) }),
  );
}
