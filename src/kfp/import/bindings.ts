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
 * @param own the other inputs of the task, which may stand in a constant
 */
export function boundParameter(
  dag: DagImport,
  source: IrTaskParameter,
  key: string,
  path: IrPath,
  own: TaskInputs,
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
  dag.document.isIncomplete = true;
  return undefined;
}

/**
 * What an input of a task is that stands in a text or in a setting; undefined where it is left out. One that nothing gives is
 * told of: the text would lose it.
 *
 * @param path where it is read
 */
export function readInput(dag: DagImport, inputs: TaskInputs, name: string, path: IrPath): unknown {
  const given = inputs.effective(name);
  if (given === undefined && !inputs.isLeftOut(name)) tellMissing(dag, name, path);
  return given;
}

/** Says that nothing gives what is read, unless that comes from what was refused. */
export function tellMissing({ document }: DagImport, name: string, path: IrPath): void {
  if (document.isIncomplete) return;
  document.report.error(
    'KFP1508',
    path,
    `'${name}' is read here, and nothing gives it: no input, no output of a task, and no item of a loop around this`,
    'give the value to an input of a component that uses it, and compile the pipeline again',
  );
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
  own: TaskInputs,
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
      const given = readInput(dag, own, name, [...path, 'runtimeValue', 'constant']);
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
