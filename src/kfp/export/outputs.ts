import type { PortDefinition } from '../../components/definition';
import { type Expression, isArtifactType, listTypeOf, type ValueType } from '../../values/expression';
import type { IrComponent, IrDag, IrDagArtifact, IrDagParameter } from '../ir/types';
import { filled } from './builder';
import { outputDefinitions, portOfType } from './ports';
import type { ExportProblems } from './problems';
import { type NodeNames, outputName } from './scope';

/** An output of a DAG: of one task, or of the first of several that ran. */
export interface DagOutput {
  readonly name: string;
  readonly type: ValueType;
  readonly from: readonly { readonly task: string; readonly output: string }[];
}

/** What of a DAG can be read outside. KFP takes outputs of its tasks only. */
export function dagOutputs(
  outputs: Readonly<Record<string, Expression>>,
  nodes: ReadonlyMap<string, NodeNames>,
  problems: ExportProblems,
  path: string,
  rename: (name: string) => string,
): readonly DagOutput[] {
  return Object.entries(outputs).flatMap(([name, expression]) => {
    const producer = expression.kind === 'output' ? nodes.get(expression.task) : undefined;
    if (expression.kind !== 'output' || !producer) {
      problems.error(
        'KFP1580',
        path,
        `the output '${name}' is no output of a task, and KFP gives nothing else out of a pipeline or a loop`,
        'let a task return it',
      );
      return [];
    }
    const output = producer.isGroup ? outputName(expression.output) : expression.output;
    return [{ name: rename(name), type: expression.type, from: [{ task: producer.key, output }] }];
  });
}

/** The outputs as a DAG has them. */
export function printOutputs(outputs: readonly DagOutput[]): IrDag['outputs'] {
  const parameters: Record<string, IrDagParameter> = {};
  const artifacts: Record<string, IrDagArtifact> = {};
  for (const { name, type, from } of outputs) {
    if (isArtifactType(type)) {
      artifacts[name] = {
        artifactSelectors: from.map(({ task, output }) => ({ producerSubtask: task, outputArtifactKey: output })),
      };
    } else {
      const selectors = from.map(({ task, output }) => ({ producerSubtask: task, outputParameterKey: output }));
      const [only, ...others] = selectors;
      parameters[name] =
        others.length === 0 ? { valueFromParameter: only! } : { valueFromOneof: { parameterSelectors: selectors } };
    }
  }
  return filled({ ...(filled(parameters) && { parameters }), ...(filled(artifacts) && { artifacts }) });
}

/** What a DAG that the document needs declares; of a loop, lists. */
export function declaredOutputs(outputs: readonly DagOutput[], isLoop = false): Pick<IrComponent, 'outputDefinitions'> {
  const ports = outputs.map(({ name, type }): [string, PortDefinition] => [
    name,
    // KFP has no lists of lists of artifacts: those of loops in loops are one list.
    portOfType(isLoop && !type.endsWith('[]') ? listTypeOf(type) : type),
  ]);
  const declared = outputDefinitions(Object.fromEntries(ports));
  return declared ? { outputDefinitions: declared } : {};
}
