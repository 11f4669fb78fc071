import type { Json } from '../../components/definition';
import { compact, unordered } from './normal-values';
import { upstreamOf } from './order';
import { parsePlaceholders } from './placeholders';
import { componentOf, type Shapes } from './shapes';
import type { IrComponent, IrDocument, IrTask, IrTaskArtifact, IrTaskParameter } from './types';

/** A DAG, and where it stands. */
export interface DagPlace {
  readonly component: IrComponent;
  /** The names of the groups around it, in its pipeline. */
  readonly path: readonly string[];
  /** The task that the DAG is of, where that is a group of a pipeline. */
  readonly outer?: { readonly place: DagPlace; readonly key: string; readonly task: IrTask };
  /** What a task retries that says nothing of it. */
  readonly retry?: IrTask['retryPolicy'];
}

/** Gives what an input of a task stands for; undefined where the task has none of that name. */
export type Resolve = (input: string) => Json | undefined;

/** What the inputs and outputs of a document's tasks stand for. */
export class References {
  private readonly places = new Map<IrTask, DagPlace>();
  private readonly names = new Map<IrTask, string>();

  public constructor(
    private readonly document: IrDocument,
    private readonly shapes: Shapes,
  ) {}

  /** The DAG of a pipeline. */
  public pipeline(component: IrComponent, retry?: IrTask['retryPolicy']): DagPlace {
    return { component, path: [], ...(retry && { retry }) };
  }

  /** The DAG of a group. */
  public inside(place: DagPlace, key: string): DagPlace {
    const task = place.component.dag!.tasks![key]!;
    const known = this.places.get(task);
    if (known?.outer?.place === place) return known;
    const retry = task.retryPolicy ?? place.retry;
    const inner: DagPlace = {
      component: componentOf(task, this.document)!,
      path: [...place.path, this.nameOf(place, key)],
      outer: { place, key, task },
      ...(retry && { retry }),
    };
    this.places.set(task, inner);
    return inner;
  }

  /** The name of a task: its key, and for a group what kind of one it is, and the first of the names inside. */
  public nameOf({ component }: DagPlace, key: string): string {
    const task = component.dag!.tasks![key]!;
    const known = this.names.get(task);
    if (known !== undefined) return known;
    const shape = this.shapes.of(component.dag!).shapes.get(key)!;
    const name = shape === 'leaf' || shape === 'call' ? key : `${shape}(${this.leastOf(task) ?? key})`;
    this.names.set(task, name);
    return name;
  }

  /** What a pipeline gives, by output. */
  public outputsOf(place: DagPlace): Json {
    const { parameters = {}, artifacts = {} } = place.component.dag?.outputs ?? {};
    const given: Record<string, Json> = {};
    for (const name of Object.keys(parameters)) given[name] = this.given(place, name, 'parameters');
    for (const name of Object.keys(artifacts)) given[name] = this.given(place, name, 'artifacts');
    return given;
  }

  /** What stands for the inputs of a task. */
  public inputsOf(place: DagPlace, task: IrTask): Resolve {
    return (input) => {
      const { parameters = {} } = task.inputs ?? {};
      return Object.hasOwn(parameters, input) ? this.parameter(place, parameters[input]!, task) : undefined;
    };
  }

  /** What an input parameter of a task stands for. */
  public parameter(place: DagPlace, source: IrTaskParameter, task: IrTask): Json {
    const { parameterExpressionSelector: selector, componentInputParameter: input, ...others } = source;
    const { taskOutputParameter: output, runtimeValue, taskFinalStatus, ...unknown } = others;
    const value =
      input !== undefined
        ? this.input(place, input, 'parameters')
        : output
          ? this.output(place, output.producerTask, output.outputParameterKey, 'parameters')
          : taskFinalStatus
            ? { status: this.nameOf(place, taskFinalStatus.producerTask) }
            : runtimeValue?.constant !== undefined
              ? this.constant(place, runtimeValue.constant, task)
              : { ...(runtimeValue as Json as object), ...(unknown as Json as object) };
    return selector === undefined ? value : selected(value, selector);
  }

  /** What an input artifact of a task stands for. */
  public artifact(place: DagPlace, source: IrTaskArtifact): Json {
    const { componentInputArtifact: input, taskOutputArtifact: output } = source;
    if (input !== undefined) return this.input(place, input, 'artifacts');
    if (!output) return {};
    return this.output(place, output.producerTask, output.outputArtifactKey, 'artifacts');
  }

  /** What a loop goes over. */
  public itemsOf(place: DagPlace, task: IrTask): Json {
    const { parameterIterator, artifactIterator } = task;
    if (artifactIterator) {
      const source = task.inputs?.artifacts?.[artifactIterator.items.inputArtifact];
      return { artifacts: source ? this.artifact(place, source) : null };
    }
    const { raw, inputParameter } = parameterIterator!.items;
    if (raw !== undefined) return { raw: parsed(raw) };
    const list = this.inputsOf(place, task)(inputParameter!) ?? null;
    const { constant } = (list ?? {}) as { readonly constant?: Json };
    // Literals are the same, wherever they stand.
    if (constant === undefined) return { list };
    return { raw: typeof constant === 'string' ? parsed(constant) : constant };
  }

  /** The names of what a task waits for: what it is told to, and what it reads from. */
  public upstreamOf(place: DagPlace, key: string): Json {
    const task = place.component.dag!.tasks![key]!;
    return unordered([...new Set(upstreamOf(task))].map((other) => this.nameOf(place, other)));
  }

  /** A constant, with what fills it in. */
  private constant(place: DagPlace, value: Json, task: IrTask): Json {
    const resolve = this.inputsOf(place, task);
    const filled = (each: Json): Json => {
      if (typeof each === 'string')
        return SAME[each] ?? (each === TASK_NAME ? keyOf(place, task) : normalText(each, resolve));
      if (Array.isArray(each)) return each.map(filled);
      if (typeof each !== 'object' || each === null) return each;
      return Object.fromEntries(Object.entries(each).map(([name, member]) => [name, filled(member as Json)]));
    };
    const normal = filled(value);
    // A text that is filled in is what fills it in.
    return typeof value === 'string' && typeof normal !== 'string' ? normal : { constant: normal };
  }

  /** What an input of a DAG stands for, seen from inside. */
  private input(place: DagPlace, name: string, kind: 'parameters' | 'artifacts'): Json {
    const { outer } = place;
    if (!outer) {
      const declared = place.component.inputDefinitions?.[kind] ?? {};
      return Object.hasOwn(declared, name)
        ? { [kind === 'parameters' ? 'parameter' : 'artifact']: name }
        : { absent: name };
    }
    const { task } = outer;
    const iterator = task.parameterIterator ?? task.artifactIterator;
    if (iterator?.itemInput === name) return { item: place.path.join('/') };
    const source = kind === 'artifacts' ? task.inputs?.artifacts?.[name] : undefined;
    const given = source ? this.artifact(outer.place, source) : this.inputsOf(outer.place, task)(name);
    // KFP's SDK forgets to pass the item of an outer loop on to the loops in it.
    return given ?? this.input(outer.place, name, kind);
  }

  /** What an output of a task stands for: that of the task inside of groups that makes it. */
  private output(place: DagPlace, key: string, output: string, kind: 'parameters' | 'artifacts'): Json {
    const tasks = place.component.dag!.tasks!;
    // The platform's configuration of a task with a condition speaks of what is beside it, around the group that it is given here.
    if (!Object.hasOwn(tasks, key) && place.outer) return this.output(place.outer.place, key, output, kind);
    const task = tasks[key]!;
    const shape = this.shapes.of(place.component.dag!).shapes.get(key)!;
    if (shape === 'leaf' || shape === 'call') return { task: [...place.path, key].join('/'), output };
    const given = this.given(this.inside(place, key), output, kind);
    return task.parameterIterator || task.artifactIterator ? { collected: given } : given;
  }

  /** What an output of a DAG stands for. */
  private given(place: DagPlace, name: string, kind: 'parameters' | 'artifacts'): Json {
    const { dag } = place.component;
    const artifacts = dag?.outputs?.artifacts?.[name]?.artifactSelectors ?? [];
    const { valueFromParameter: one, valueFromOneof: several } = dag?.outputs?.parameters?.[name] ?? {};
    const from =
      kind === 'artifacts'
        ? artifacts.map((each) => this.output(place, each.producerSubtask, each.outputArtifactKey, kind))
        : (one ? [one] : (several?.parameterSelectors ?? [])).map((each) =>
            this.output(place, each.producerSubtask, each.outputParameterKey, kind),
          );
    return from.length === 1 ? from[0]! : { oneOf: from };
  }

  /** The least of the keys of what runs inside of a group. Each task stands in one group, so that it names it. */
  private leastOf(task: IrTask): string | undefined {
    const dag = componentOf(task, this.document)?.dag;
    if (!dag) return undefined;
    const { shapes } = this.shapes.of(dag);
    const keys = Object.entries(dag.tasks ?? {}).flatMap(([key, inner]) => {
      const shape = shapes.get(key)!;
      return shape === 'leaf' || shape === 'call' ? [key] : (this.leastOf(inner) ?? []);
    });
    return keys.sort()[0];
  }
}

/** What KFP puts there is the task's key. */
const TASK_NAME = '{{$.pipeline_task_name}}';
/** The run's title, and its name: a run here has one name. */
const SAME: Readonly<Record<string, string>> = { '{{$.pipeline_job_name}}': '{{$.pipeline_job_resource_name}}' };

function keyOf({ component }: DagPlace, task: IrTask): string {
  return Object.entries(component.dag?.tasks ?? {}).find(([, each]) => each === task)?.[0] ?? TASK_NAME;
}

/**
 * A text with what fills it in. One that is a single value is that value. What no input of the task fills in stays as it is.
 *
 * @param own inputs of the component, which are known by their names
 */
export function normalText(text: string, resolve: Resolve, own: ReadonlySet<string> = new Set()): Json {
  if (!text.includes('{{$')) return text;
  const parts: Json[] = [];
  for (const part of parsePlaceholders(text)) {
    const value = typeof part === 'string' ? part : filledBy(part, resolve, own);
    if (typeof value === 'string' && typeof parts.at(-1) === 'string') parts.push(`${parts.pop() as string}${value}`);
    else parts.push(value);
  }
  const [only] = parts;
  if (parts.length === 1)
    return only === undefined || typeof only !== 'object' ? only! : ((only as { constant?: Json }).constant ?? only);
  return { text: parts };
}

function filledBy(
  part: Exclude<ReturnType<typeof parsePlaceholders>[number], string>,
  resolve: Resolve,
  own: ReadonlySet<string>,
): Json {
  const literal = `{{$${part.placeholder}}}`;
  if (part.kind !== 'input-parameter') return literal;
  if (own.has(part.input!)) return { input: part.input! };
  const value = resolve(part.input!);
  if (value === undefined) return literal;
  const { constant } = value as { readonly constant?: Json };
  // KFP fills in a fact about the run where it is all of an input, and nowhere in a text.
  const isText = typeof constant === 'string' && !constant.includes('{{$');
  return isText || typeof constant === 'number' ? String(constant) : value;
}

/** A member of a value. Members of members are one list. */
function selected(value: Json, selector: string): Json {
  const members = /^parseJson\(string_value\)((?:\["(?:[^"\\]|\\.)*"\])+)$/.exec(selector)?.[1];
  const { of, select } = value as { readonly of?: Json; readonly select?: Json };
  if (members === undefined) return compact({ of: value, selector });
  const names = [...members.matchAll(/\["((?:[^"\\]|\\.)*)"\]/g)].map(([, name]) => JSON.parse(`"${name}"`) as string);
  if (of !== undefined && Array.isArray(select)) return { of, select: [...select, ...names] };
  return { of: value, select: names };
}

function parsed(raw: string): Json {
  try {
    return JSON.parse(raw) as Json;
  } catch {
    return raw;
  }
}
