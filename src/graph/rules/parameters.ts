import type { ParameterDefinition } from '../../components/definition';
import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';
import { literalProblem } from '../literal';
import { portOf } from '../walk';

/** What a parameter may be called: Argo, the environment of a container and `argo submit -p` all take such a name. */
const NAME = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_-]*$/;

/** Parameters and ports have names that every layer takes, and defaults of their own type. */
export function parameters(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const report = (code: string, message: string, mend: string) =>
    diagnostics.push({ code, path: graph.path, message, mend });
  for (const [name, parameter] of Object.entries(graph.parameters)) {
    if (!NAME.test(name) || name.includes('--')) {
      report(
        'KFP1214',
        `the parameter's name '${name}' has other characters than letters, digits, '_' and single '-'`,
        'rename it',
      );
    }
    const port = portOf(parameter);
    if (port.kind === 'artifact' && !port.optional && graph.standalone) {
      report(
        'KFP1252',
        `the pipeline takes the artifact '${name}', which a run of it cannot be given`,
        'set `standalone: false` where only other pipelines call it, take the artifact in by an Importer, or make it optional()',
      );
    }
    if (parameter.default === undefined) continue;
    const problem = literalProblem(port as ParameterDefinition, parameter.default);
    if (problem) {
      report(
        'KFP1215',
        `the default of parameter '${name}': ${problem}`,
        'change the default, or the parameter’s type or choices',
      );
    }
  }
  for (const name of Object.keys(graph.returns)) {
    if (NAME.test(name)) continue;
    report(
      'KFP1214',
      `the output's name '${name}' has other characters than letters, digits, '_' and '-'`,
      'rename it',
    );
  }
  for (const component of Object.values(graph.components)) {
    for (const [name, port] of Object.entries(component.inputs)) {
      if (port.kind !== 'parameter' || port.default === undefined) continue;
      const problem = literalProblem(port, port.default);
      if (!problem) continue;
      report(
        'KFP1215',
        `the default of input '${name}' of '${component.name}': ${problem}`,
        'change the default, or the type',
      );
    }
    for (const port of [...Object.keys(component.inputs), ...Object.keys(component.outputs)]) {
      if (NAME.test(port) && !port.includes('--')) continue;
      report(
        'KFP1216',
        `the component '${component.name}' has a port '${port}' with other characters than letters, digits, '_' and '-'`,
        'rename the port',
      );
    }
  }
  return diagnostics;
}
