import type { Json, ParameterType, Passthrough } from '../../components/definition';
import type { DeclaredItem, LoopItems } from '../../constructs/parallel-for';
import { shapeOf } from '../../constructs/shape-of';
import { membersOf, taskScopeOf } from '../../constructs/task-scope';
import { encodeJson } from '../../values/codec';
import { Parameter } from '../../values/parameter';
import { Value } from '../../values/value';
import type { IrTask } from '../ir/types';
import type { DagImport } from './dag';
import type { TaskInputs } from './inputs';
import { treeOfGiven } from './values';

/** The list of a loop. */
export interface LoopList {
  readonly items: LoopItems;
  /** What an item is, where the list does not say so. */
  readonly item?: DeclaredItem | undefined;
  /** The input that an iteration gets its item by. */
  readonly input: string;
  /** The items as the document has them, where they are others here. */
  readonly kfp?: Passthrough;
}

/** What a task's iterator goes over; undefined where that is told to be wrong. */
export function loopList(dag: DagImport, key: string, task: IrTask, inputs: TaskInputs): LoopList | undefined {
  const { parameterIterator, artifactIterator } = task;
  if (artifactIterator) {
    const { items, itemInput } = artifactIterator;
    const list = inputs.artifact(items.inputArtifact);
    if (list instanceof Value) return { items: list as Value<readonly unknown[]>, input: itemInput };
    return refuse(dag, key, 'artifactIterator', `the list of artifacts '${items.inputArtifact}' is given by nothing`);
  }
  const { items, itemInput } = parameterIterator!;
  const type = inputs.typeOf(itemInput);
  const given = items.inputParameter === undefined ? items.raw : inputs.effective(items.inputParameter);
  dag.pipeline.needs(given);
  if (given instanceof Value) {
    return { items: given as Value<readonly unknown[]>, item: declared(dag, given, type), input: itemInput };
  }
  const list = typeof given === 'string' ? parsed(given) : given;
  if (Array.isArray(list)) return { ...ofLiterals(dag, list as readonly Json[], type), input: itemInput };
  const what = given === undefined ? 'absent' : 'no list';
  return refuse(dag, key, 'parameterIterator', `the items '${items.inputParameter ?? 'raw'}' are ${what}`);
}

function refuse(dag: DagImport, key: string, field: string, message: string): undefined {
  dag.document.report.error('KFP1525', [...dag.pathOf(key), field], message, 'compile the pipeline again');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The SDK calls items text of which it knows nothing, so that says nothing. */
function declared(dag: DagImport, list: Value<unknown>, type: string | undefined): DeclaredItem | undefined {
  const { element } = shapeOf(Value.expressionOf(list), membersOf(taskScopeOf(dag.place.construct)).pipeline);
  if (type === undefined || type === 'STRING' || (element && element.type !== 'UNKNOWN')) return undefined;
  return new Parameter({ kind: 'parameter', type: type as ParameterType });
}

/** Literals are of one shape in a loop here; KFP takes any, and makes text of those that its SDK calls text. */
function ofLiterals(dag: DagImport, list: readonly Json[], type: string | undefined): Omit<LoopList, 'input'> {
  if (areAlike(list))
    return {
      items: list,
      item: isFloat(list, type) ? new Parameter({ kind: 'parameter', type: 'NUMBER_DOUBLE' }) : undefined,
    };
  if (type === 'STRING') {
    return {
      items: list.map((item) => (typeof item === 'string' ? item : encodeJson(item))),
      kfp: { '/task/parameterIterator/items/raw': JSON.stringify(list) },
    };
  }
  const items: Value<readonly unknown[]> = Value.of({ kind: 'list', items: list.map(treeOfGiven), type: 'LIST' });
  return { items, item: declared(dag, items, type) };
}

/** JSON does not tell a float without a fraction from an int. */
function isFloat(list: readonly Json[], type: string | undefined): boolean {
  return type === 'NUMBER_DOUBLE' && list.every((item) => typeof item === 'number');
}

/** Whether all items are of one type, and dicts have the same keys, of the same types. */
function areAlike(list: readonly Json[]): boolean {
  const kinds = new Set(list.map(kindOf));
  if (kinds.size > 1) return false;
  const [first] = list;
  if (typeof first !== 'object' || first === null || Array.isArray(first)) return true;
  const dicts = list as readonly { readonly [key: string]: Json }[];
  const keys = JSON.stringify(Object.keys(first).sort());
  return (
    dicts.every((dict) => JSON.stringify(Object.keys(dict).sort()) === keys) &&
    Object.keys(first).every(
      (key) =>
        new Set(
          dicts
            .map((dict) => dict[key]!)
            .filter((member) => member !== null)
            .map(kindOf),
        ).size <= 1,
    )
  );
}

function kindOf(value: Json): string {
  return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
}
