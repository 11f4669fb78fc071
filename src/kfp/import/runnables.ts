import type { Construct } from 'constructs';
import type { Json, PortDefinition } from '../../components/definition';
import type { FlowNode } from '../../constructs/flow-node';
import { Importer } from '../../constructs/importer';
import { OnExit, OnExitPipeline } from '../../constructs/on-exit';
import { SubPipeline } from '../../constructs/sub-pipeline';
import { Task } from '../../constructs/task';
import { encodeJson } from '../../values/codec';
import { isArtifactType } from '../../values/expression';
import { Value } from '../../values/value';
import type { IrPath } from '../ir/message';
import { CHANNEL } from '../ir/reserved';
import type { IrTask, IrTaskParameter } from '../ir/types';
import { boundParameter, readInput, tellMissing } from './bindings';
import { addToBag, freeId, saidOfGroup, saidOfInputs, saidOfName } from './created';
import type { DagImport, Produced } from './dag';
import type { TaskInputs } from './inputs';
import type { Given } from './outputs';
import { importedParameter } from './ports';
import type { Tree } from './values';

/** Where a task is created. */
export interface RunnablePlace {
  readonly construct: Construct;
  /** The name of that in the graph; empty for a pipeline. */
  readonly around: string;
  /** The exit handler whose exit task it is. */
  readonly handler?: FlowNode | undefined;
}

/** Creates what a task runs: a component, or a pipeline. What a condition or a loop around the task is exists already. */
export function importRunnable(
  dag: DagImport,
  key: string,
  task: IrTask,
  inputs: TaskInputs,
  place: RunnablePlace,
): Produced {
  const isCall = dag.document.component(task.componentRef.name)?.dag !== undefined;
  return (isCall ? importCall : importTask)(dag, key, task, inputs, place);
}

function importTask(
  dag: DagImport,
  key: string,
  task: IrTask,
  inputs: TaskInputs,
  { construct, around, handler }: RunnablePlace,
): Produced {
  const { executors, report } = dag.document;
  const path = dag.pathOf(key);
  const retryPolicy = task.retryPolicy ?? dag.place.retry;
  const told = retryPolicy ? { ...task, retryPolicy } : task;
  const imported = executors.task(task.componentRef.name, told, path);
  report.add(imported.problems);
  const input = (name: string) => readInput(dag, inputs, name, path);
  const outer = (source: IrTaskParameter) => {
    const given = boundParameter(dag, source, key, path, inputs);
    if (given === undefined) tellMissing(dag, nameOfSource(source), path);
    return given;
  };
  const id = dag.leafId(key, around);
  if (imported.kind === 'importer') {
    const importer = new Importer(construct, freeId(construct, id), imported.props(input));
    addToBag(importer, saidOfName(key, task), saidOfInputs(task), imported.kfp);
    return { awaited: importer, node: importer, output: (name) => outputOf(importer.outputs, name) };
  }
  const { component } = imported;
  const given: Record<string, unknown> = {};
  for (const [name, port] of Object.entries(component.definition.inputs)) {
    const value = givenTo(dag, inputs, port.kind, name, path);
    if (value === undefined) continue;
    if (!port.optional) dag.pipeline.needs(value);
    given[name] = asText(value, port);
  }
  Object.assign(given, imported.inputs(input, outer));
  const settings = dag.pipeline.ownSettings(imported.settings(input, outer));
  const props = { component, inputs: given, ...settings };
  const node = handler
    ? new OnExit(handler, freeId(handler, id), props)
    : new Task(construct, freeId(construct, id), props);
  addToBag(node, saidOfName(key, task), saidOfInputs(task), imported.kfp);
  if (told.cachingOptions?.enableCache) dag.document.cached.set(node, { path, options: told.cachingOptions });
  return { awaited: node, node, output: (name) => outputOf(node.outputs, name) };
}

function importCall(
  dag: DagImport,
  key: string,
  task: IrTask,
  inputs: TaskInputs,
  { construct, around, handler }: RunnablePlace,
): Produced {
  const { name } = task.componentRef;
  const called = dag.document.pipelines.of(name, task.retryPolicy ?? dag.place.retry);
  const { parameters = {}, artifacts = {} } = dag.document.component(name)?.inputDefinitions ?? {};
  const path = dag.pathOf(key);
  const given: Record<string, unknown> = {};
  for (const input of Object.keys(parameters)) {
    const value = givenTo(dag, inputs, 'parameter', input, path);
    if (value === undefined) continue;
    const parameter = called.nameOf(input);
    if (!called.mayBeAbsent(parameter)) dag.pipeline.needs(value);
    given[parameter] = asText(value, importedParameter(parameters[input]!));
  }
  for (const input of Object.keys(artifacts)) {
    const value = givenTo(dag, inputs, 'artifact', input, path);
    if (value !== undefined) given[called.nameOf(input)] = value;
  }
  const props = { pipeline: called.pipeline, inputs: given };
  const id = dag.leafId(key, around);
  const node: FlowNode & { readonly outputs: unknown } = handler
    ? new OnExitPipeline(handler, freeId(handler, id), props)
    : new SubPipeline(construct, freeId(construct, id), props);
  addToBag(
    node,
    saidOfGroup(key, task),
    saidOfInputs(task),
    task.cachingOptions && { '/task/cachingOptions': { ...task.cachingOptions } },
  );
  return {
    awaited: node,
    node,
    output: (output) => {
      const found = outputOf(node.outputs, output);
      return found && { ...found, isCollected: called.isCollected(output) };
    },
  };
}

/** What a source reads. */
function nameOfSource({ componentInputParameter: input, taskOutputParameter: output }: IrTaskParameter): string {
  return input ?? (output ? `${output.producerTask}.${output.outputParameterKey}` : 'the value');
}

/**
 * What an input is given; undefined where it is left out. One that is given something that nothing gives is told of, unless the
 * SDK's compiler made it, as it also makes some that nobody reads.
 */
function givenTo(
  dag: DagImport,
  inputs: TaskInputs,
  kind: PortDefinition['kind'],
  name: string,
  path: IrPath,
): unknown {
  const value = inputs[kind](name);
  if (value === undefined && inputs.isGiven(kind, name) && !name.startsWith(CHANNEL)) {
    tellMissing(dag, name, [...path, 'inputs', `${kind}s`, name]);
  }
  return value;
}

/** KFP makes text of whatever is given to an input that is text. */
function asText(value: unknown, port: PortDefinition): unknown {
  if (port.kind !== 'parameter' || port.type !== 'STRING') return value;
  if (!(value instanceof Value)) {
    return typeof value === 'string' || value === null ? value : encodeJson(value as Json);
  }
  const expression = Value.expressionOf(value);
  const isText = expression.type === 'STRING' || expression.type === 'UNKNOWN' || isArtifactType(expression.type);
  return isText ? value : Value.of({ ...expression, type: 'UNKNOWN' } as Tree);
}

/** An output of a task or of a call. */
function outputOf(outputs: unknown, name: string): Given | undefined {
  const known = outputs as Readonly<Record<string, unknown>>;
  return Object.hasOwn(known, name) ? { value: known[name], isCollected: false } : undefined;
}
