import { type Condition, type ConditionOperand, parseCondition, printCondition } from './condition';
import { CHANNEL } from './reserved';
import { componentOf, isLoop, Shapes } from './shapes';
import type { IrArtifact, IrComponent, IrDag, IrDocument, IrParameter, IrTask } from './types';

/**
 * A document in which only groups have conditions and iterators, as the SDK writes it: another task that has some stands alone in
 * a group that has them instead, under its own key.
 */
export function withGroups(document: IrDocument): IrDocument {
  const groups = new Groups(document);
  const { spec } = document;
  const root = groups.component(spec.root);
  const components = Object.entries(spec.components ?? {}).map(([name, each]) => [name, groups.component(each)]);
  return { ...document, spec: { ...spec, root, components: { ...Object.fromEntries(components), ...groups.made } } };
}

/** What a group says in the place of the task in it, and the input that it gives each item by. */
interface Around {
  readonly said: Partial<IrTask>;
  readonly item?: { readonly input: string; readonly kind: 'parameters' | 'artifacts' };
}

class Groups {
  /** The components of the groups. */
  public readonly made: Record<string, IrComponent> = {};
  private readonly shapes: Shapes;

  public constructor(private readonly document: IrDocument) {
    this.shapes = new Shapes(document);
  }

  /** A component whose tasks stand in groups where they need one. */
  public component(component: IrComponent): IrComponent {
    const { dag } = component;
    if (!dag?.tasks) return component;
    const { shapes } = this.shapes.of(dag);
    const tasks = Object.entries(dag.tasks).map(([key, task]) => {
      const shape = shapes.get(key);
      return [key, shape === 'leaf' || shape === 'call' ? this.grouped(key, task) : task];
    });
    return { ...component, dag: { ...dag, tasks: Object.fromEntries(tasks) } };
  }

  private grouped(key: string, given: IrTask): IrTask {
    const { triggerPolicy, dependentTasks, ...task } = given;
    const order = { ...(dependentTasks && { dependentTasks }), ...(triggerPolicy && { triggerPolicy }) };
    const { condition } = triggerPolicy ?? {};
    if (condition !== undefined) {
      const policy = { ...triggerPolicy, condition: renamed(condition) };
      return this.around(key, this.grouped(key, task), { said: { ...order, triggerPolicy: policy } });
    }
    if (!isLoop(task)) return given;
    const { parameterIterator: parameters, artifactIterator: artifacts, iteratorPolicy, ...one } = task;
    const { itemInput } = (parameters ?? artifacts)!;
    const { items = {} } = parameters ?? {};
    const said = {
      ...order,
      ...(iteratorPolicy && { iteratorPolicy }),
      ...(parameters && {
        parameterIterator: {
          ...parameters,
          items: {
            ...items,
            ...(items.inputParameter !== undefined && { inputParameter: passed(items.inputParameter) }),
          },
          itemInput: passed(itemInput),
        },
      }),
      ...(artifacts && {
        artifactIterator: {
          ...artifacts,
          items: { ...artifacts.items, inputArtifact: passed(artifacts.items.inputArtifact) },
          itemInput: passed(itemInput),
        },
      }),
    };
    return this.around(key, one, { said, item: { input: itemInput, kind: parameters ? 'parameters' : 'artifacts' } });
  }

  /** The task of a group that holds one task, to which it passes its inputs. */
  private around(key: string, task: IrTask, { said, item }: Around): IrTask {
    const { componentRef, inputs = {} } = task;
    const { parameters = {}, artifacts = {} } = inputs;
    const isGroup = Object.hasOwn(this.made, componentRef.name);
    const component = isGroup ? this.made[componentRef.name]! : componentOf(task, this.document)!;
    const declared = component.inputDefinitions ?? {};
    // A group is known by the names of its inputs.
    const name = isGroup ? (input: string) => input : passed;
    const inner: IrTask = {
      ...task,
      inputs: {
        parameters: {
          ...mapped(parameters, (source, input) =>
            source.runtimeValue?.constant === undefined ? { componentInputParameter: name(input) } : source,
          ),
          ...(item?.kind === 'parameters' && { [item.input]: { componentInputParameter: name(item.input) } }),
        },
        artifacts: {
          // The list that a loop goes over is no input of the task in it.
          ...mapped(common(artifacts, declared.artifacts ?? {}), (_, input) => ({
            componentInputArtifact: name(input),
          })),
          ...(item?.kind === 'artifacts' && { [item.input]: { componentInputArtifact: name(item.input) } }),
        },
      },
    };
    const group = `${componentRef.name} as a group, ${Object.keys(this.made).length}`;
    this.made[group] = {
      inputDefinitions: {
        parameters: rekeyed({ ...mapped(parameters, () => NO_PARAMETER), ...declared.parameters }, name),
        artifacts: rekeyed({ ...mapped(artifacts, () => NO_ARTIFACT), ...declared.artifacts }, name),
      },
      dag: { tasks: { [key]: inner }, outputs: outputsOf(component, key) },
    };
    return {
      ...said,
      componentRef: { name: group },
      inputs: { parameters: rekeyed(parameters, name), artifacts: rekeyed(artifacts, name) },
    };
  }
}

/** What nothing is known of but its name. */
const NO_PARAMETER: IrParameter = { parameterType: '' };
const NO_ARTIFACT: IrArtifact = { artifactType: {} };

/** All that the one task of a group gives, by the same names. */
function outputsOf({ outputDefinitions = {} }: IrComponent, producerSubtask: string): IrDag['outputs'] {
  return {
    parameters: mapped(outputDefinitions.parameters ?? {}, (_, outputParameterKey) => ({
      valueFromParameter: { producerSubtask, outputParameterKey },
    })),
    artifacts: mapped(outputDefinitions.artifacts ?? {}, (_, outputArtifactKey) => ({
      artifactSelectors: [{ producerSubtask, outputArtifactKey }],
    })),
  };
}

/** The name by which a group has an input of the task in it. */
function passed(input: string): string {
  return `${CHANNEL}${input}`;
}

/** A condition over the inputs of the group. One that cannot be read stays as it is. */
function renamed(text: string): string {
  const parsed = parseCondition(text);
  return 'error' in parsed ? text : printCondition(over(parsed));
}

function over(condition: Condition): Condition {
  const operand = (given: ConditionOperand): ConditionOperand =>
    'input' in given ? { ...given, input: passed(given.input) } : given;
  switch (condition.kind) {
    case 'compare':
      return { ...condition, left: operand(condition.left), right: operand(condition.right) };
    case 'not':
      return { ...condition, operand: over(condition.operand) };
    case 'value':
      return { ...condition, operand: operand(condition.operand) };
    default:
      return { ...condition, operands: condition.operands.map(over) };
  }
}

type Named<T> = Readonly<Record<string, T>>;

function mapped<T, U>(record: Named<T>, map: (value: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}

function rekeyed<T>(record: Named<T>, rename: (name: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [rename(name), value]));
}

function common<T>(record: Named<T>, declared: Named<unknown>): Named<T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => Object.hasOwn(declared, name)));
}
