import { ExitHandler } from '../../constructs/exit-handler';
import { Value } from '../../values/value';
import type { IrPath } from '../ir/message';
import type { IrTask, IrTaskArtifact, IrTaskParameter } from '../ir/types';
import type { DagImport } from './dag';
import { TaskInputs } from './inputs';
import { constantValue, memberOfGiven, selectedKey } from './values';

/** The inputs of a task, as the DAG around it knows them; `items` are those that a loop around the task gives. */
export function inputsOf(dag: DagImport, key: string, task: IrTask, items?: ReadonlyMap<string, unknown>): TaskInputs {
  const path = [...dag.pathOf(key), 'inputs', 'parameters'];
  return new TaskInputs(
    task,
    dag.document.component(task.componentRef.name),
    {
      parameter: (source, name, own) => boundParameter(dag, source, key, [...path, name], own),
      artifact: (source) => boundArtifact(dag, source),
    },
    items,
  );
}

/**
 * What a parameter of a task is given: a literal or a value of the run; undefined where it is absent.
 *
 * @param path where that is said
 * @param own gives the other inputs of the task, which may stand in a constant
 */
export function boundParameter(
  dag: DagImport,
  source: IrTaskParameter,
  key: string,
  path: IrPath,
  own: (name: string) => unknown,
): unknown {
  const value = sourceOf(dag, source, key, path, own);
  const { parameterExpressionSelector: selector } = source;
  if (selector === undefined || selector === '' || value === undefined) return value;
  const member = selectedKey(selector);
  if (member !== undefined) {
    dag.pipeline.needs(value);
    return memberOfGiven(value, member, dag.place.construct);
  }
  dag.document.report.error(
    'KFP1523',
    [...path, 'parameterExpressionSelector'],
    `'${selector}' is no expression that is known here`,
    'KFP’s SDK writes parseJson(string_value)["key"]: read anything else in a component',
  );
  return undefined;
}

function boundArtifact(
  { place, producedBy }: DagImport,
  { componentInputArtifact: input, taskOutputArtifact: output }: IrTaskArtifact,
): unknown {
  if (input !== undefined) return place.artifact(input);
  return output && producedBy(output.producerTask)?.output(output.outputArtifactKey)?.value;
}

function sourceOf(
  dag: DagImport,
  { componentInputParameter, taskOutputParameter, taskFinalStatus, runtimeValue }: IrTaskParameter,
  key: string,
  path: IrPath,
  own: (name: string) => unknown,
): unknown {
  if (componentInputParameter !== undefined) return dag.place.parameter(componentInputParameter);
  if (taskOutputParameter) {
    const { producerTask, outputParameterKey } = taskOutputParameter;
    return dag.producedBy(producerTask)?.output(outputParameterKey)?.value;
  }
  if (taskFinalStatus) return finalStatus(dag, taskFinalStatus.producerTask);
  if (runtimeValue?.runtimeParameter !== undefined) return dag.place.parameter(runtimeValue.runtimeParameter);
  if (runtimeValue?.constant === undefined) return undefined;
  return constantValue(runtimeValue.constant, {
    task: key,
    input: (name) => {
      const given = own(name);
      dag.pipeline.needs(given);
      return given;
    },
    literal: (placeholder) =>
      dag.document.report.warning(
        'KFP1528',
        [...path, 'runtimeValue', 'constant'],
        `'${placeholder}' stays as it is, as in KFP, which fills it in where it is the whole text or nowhere`,
        'take it out of the text',
      ),
  });
}

function finalStatus({ producedBy }: DagImport, producer: string): unknown {
  const node = producedBy(producer)?.node;
  if (!node) return undefined;
  if (node instanceof ExitHandler) return node.finalStatus;
  return Value.of({ kind: 'status', of: node, type: 'TASK_FINAL_STATUS' });
}
