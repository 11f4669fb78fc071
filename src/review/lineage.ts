import { CACHED_TASK, LOOKUP_TASK } from '../argo/cache';
import { EXPERIMENT_LABEL } from '../argo/pipeline-manifest';
import { COMPONENT_LABEL, PIPELINE_LABEL, SOURCE_ANNOTATION, VERSION_LABEL } from '../argo/pod-labels';
import type { Json } from '../components/definition';
import { placesOf } from '../local/reference';
import { type Interface, interfaceOf, textsOf, valueOfText } from './ports';
import {
  argumentsOf,
  nodesOf,
  templatesOf,
  type WorkflowNode,
  type WorkflowObject,
  type WorkflowTemplateObject,
} from './workflow';

/** Who produced what, from which inputs and source, in one run. */
export interface Lineage {
  readonly run: LineageRun;
  /** Every attempt at a task, and every task whose results were reused, by when it started. */
  readonly tasks: readonly LineageTask[];
  /** Every artifact that was produced or read. */
  readonly artifacts: readonly LineageArtifact[];
}

/** The run. */
export interface LineageRun {
  readonly name: string;
  readonly id?: string;
  readonly namespace?: string;
  readonly pipeline?: string;
  readonly version?: string;
  readonly experiment?: string;
  readonly phase?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** The run's arguments, defaults included. */
  readonly parameters: Readonly<Record<string, Json>>;
}

/** The code of a task. */
export interface LineageSource {
  /** The Python file and the function in it. */
  readonly file?: string;
  readonly function?: string;
  /** The first digits of the SHA-256 of the text that shipped. */
  readonly digest?: string;
  /** The image, of what is no Python component. */
  readonly image?: string;
}

/** An attempt at a task. */
export interface LineageTask {
  /** Where it stands in the run: `train`, `search.each-search(0:0).train`. */
  readonly path: string;
  /** The task's name. */
  readonly task: string;
  readonly component: string;
  readonly source: LineageSource;
  readonly phase?: string;
  /** 1 for the first, where there may be several. */
  readonly attempt?: number;
  /** True where an earlier result was reused, so that there was no pod. */
  readonly cached?: boolean;
  readonly pod?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly parameters: Readonly<Record<string, Json>>;
  /** Values of the run in its settings: an image, a variable of the environment. */
  readonly settings?: Readonly<Record<string, Json>>;
  /** The ids of the artifacts that it read, by input. */
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  /** The ids of the artifacts that it gave, by output. */
  readonly outputs: Readonly<Record<string, readonly string[]>>;
  /** The values that it gave, by output. */
  readonly results: Readonly<Record<string, Json>>;
}

/** An artifact. What is said of a producer is absent where it was not produced in this run. */
export interface LineageArtifact {
  /** Its storage key; its URI, where it is elsewhere. */
  readonly id: string;
  readonly type: string;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly uri?: string;
  readonly run: string;
  readonly pipeline?: string;
  readonly version?: string;
  /** The path of the task that gave it, and its output. */
  readonly producer?: string;
  readonly output?: string;
  readonly component?: string;
  readonly source?: LineageSource;
  /** What the producer read. */
  readonly inputs?: LineageTask['inputs'];
  readonly parameters?: LineageTask['parameters'];
  /** True where the producer reused it from an earlier run. */
  readonly cached?: boolean;
  /** The paths of the tasks that read it. */
  readonly usedBy: readonly string[];
}

/**
 * Rebuilds from a Workflow object alone who produced what: for an audit, for a catalogue, for a question years later. It reads
 * what `kubectl get workflow NAME -o json` or Argo's archive gives of a run of a pipeline of this library.
 *
 * @throws where the object holds no nodes because Argo keeps them in its database
 */
export function lineageOf(workflow: object): Lineage {
  const given = workflow as WorkflowObject;
  const run = runOf(given);
  const references = new Map<string, Reference>();
  const tasks = tasksOf(given, run.name, references);
  const gave = tasksBy(tasks, 'outputs');
  const read = tasksBy(tasks, 'inputs');
  const ids = new Set(tasks.flatMap(({ inputs, outputs }) => [inputs, outputs].flatMap(Object.values).flat()));
  const artifacts = [...ids].map((id) => artifactOf(references.get(id)!, run, gave.get(id) ?? [], read.get(id) ?? []));
  return { run, tasks, artifacts };
}

/** The tasks that gave or read an artifact, by its id. */
function tasksBy(
  tasks: readonly LineageTask[],
  side: 'inputs' | 'outputs',
): ReadonlyMap<string, readonly LineageTask[]> {
  const found = new Map<string, LineageTask[]>();
  for (const task of tasks) {
    for (const id of Object.values(task[side]).flat()) {
      const known = found.get(id);
      if (known) known.push(task);
      else found.set(id, [task]);
    }
  }
  return found;
}

type Reference = Pick<LineageArtifact, 'id' | 'type' | 'metadata' | 'uri'>;

function runOf(workflow: WorkflowObject): LineageRun {
  const { name = '', uid, namespace, labels = {} } = workflow.metadata ?? {};
  const { phase, startedAt, finishedAt } = workflow.status ?? {};
  return present<LineageRun>({
    name,
    id: uid,
    namespace,
    pipeline: labels[PIPELINE_LABEL],
    version: labels[VERSION_LABEL],
    experiment: labels[EXPERIMENT_LABEL],
    phase,
    startedAt,
    finishedAt,
    parameters: valuesOf(textsOf(argumentsOf(workflow))),
  });
}

function tasksOf(workflow: WorkflowObject, run: string, references: Map<string, Reference>): LineageTask[] {
  const templates = templatesOf(workflow);
  const found = nodesOf(workflow).flatMap((node): LineageTask[] => {
    const leaf = leafOf(node, templates);
    return leaf ? [taskOf(node, leaf, run, references)] : [];
  });
  const order = (task: LineageTask) => `${task.startedAt ?? '~'} ${task.path}`;
  return found.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** Nodes that hold others, or that stand for what did not run. */
const NO_ATTEMPT: ReadonlySet<string> = new Set(['Retry', 'TaskGroup', 'StepGroup', 'Skipped']);

/** The template of the component that a node ran; of one that reused results, of the component that would have run. */
function leafOf(
  { type, templateName = '', memoizationStatus }: WorkflowNode,
  templates: ReadonlyMap<string, WorkflowTemplateObject>,
): WorkflowTemplateObject | undefined {
  const template = templates.get(templateName);
  if (memoizationStatus?.hit) {
    const inner = template?.dag?.tasks.find(({ name }) => name === CACHED_TASK);
    return templates.get(inner?.template ?? '');
  }
  return NO_ATTEMPT.has(type) || template?.metadata?.annotations?.[SOURCE_ANNOTATION] === undefined
    ? undefined
    : template;
}

function taskOf(
  node: WorkflowNode,
  leaf: WorkflowTemplateObject,
  run: string,
  references: Map<string, Reference>,
): LineageTask {
  const attempt = node.nodeFlag?.retried ? Number(/\((\d+)\)$/.exec(node.name)?.[1] ?? 0) + 1 : undefined;
  const cached = node.memoizationStatus?.hit ?? false;
  const path = node.name
    .slice(run.length + 1)
    .replace(attempt === undefined ? '' : /\(\d+\)$/, '')
    .replace(new RegExp(`\\.${LOOKUP_TASK}(\\.${CACHED_TASK})?$`), '');
  const ports = interfaceOf(leaf);
  const read = split(textsOf(node.inputs?.parameters), ports.inputs, references);
  // An attempt that failed gave nothing, whatever texts its template has for what it would have given.
  const gave = split(node.phase === 'Succeeded' ? textsOf(node.outputs?.parameters) : {}, ports.outputs, references);
  // What a metric is labelled with changes nothing about what the task does.
  const settings = Object.entries(read.values).flatMap(([name, value]) =>
    name.startsWith(SETTING) && !name.startsWith(`${SETTING}metrics-`) ? [[name.slice(SETTING.length), value]] : [],
  );
  // No port of a component has two hyphens in a row.
  const parameters = Object.entries(read.values).filter(([name]) => !name.includes('--'));
  const { annotations = {}, labels = {} } = leaf.metadata ?? {};
  return present<LineageTask>({
    path,
    task: path.slice(path.lastIndexOf('.') + 1).replace(/\(.*\)$/, ''),
    component: labels[COMPONENT_LABEL] ?? '',
    source: sourceOf(annotations[SOURCE_ANNOTATION] ?? '', read.values[`${SETTING}image`]),
    phase: node.phase,
    attempt,
    cached: cached || undefined,
    pod: cached ? undefined : podOf(node, run),
    startedAt: node.startedAt,
    finishedAt: node.finishedAt,
    parameters: Object.fromEntries(parameters),
    settings: settings.length > 0 ? Object.fromEntries(settings) : undefined,
    inputs: read.artifacts,
    outputs: gave.artifacts,
    results: gave.values,
  });
}

const SETTING = 'setting--';

/** Texts of ports: those of artifacts are references. */
function split(
  texts: Readonly<Record<string, string>>,
  ports: Interface['inputs'],
  references: Map<string, Reference>,
): {
  readonly values: Readonly<Record<string, Json>>;
  readonly artifacts: Readonly<Record<string, readonly string[]>>;
} {
  const isArtifact = (name: string) => ports.get(name) === 'artifact';
  const entries = Object.entries(texts);
  return {
    values: valuesOf(Object.fromEntries(entries.filter(([name]) => !isArtifact(name))), ports),
    artifacts: Object.fromEntries(
      entries
        .filter(([name]) => isArtifact(name))
        .map(([name, text]) => [name, referencesIn(text).map((reference) => noted(reference, references))]),
    ),
  };
}

function referencesIn(text: string): readonly Reference[] {
  try {
    return placesOf(text).map(({ reference: { key, type, metadata, uri } }) => ({
      id: key === '' ? (uri ?? '') : key,
      type,
      metadata,
      ...(uri !== undefined && { uri }),
    }));
  } catch {
    return [];
  }
}

function noted(reference: Reference, references: Map<string, Reference>): string {
  if (!references.has(reference.id)) references.set(reference.id, reference);
  return reference.id;
}

function valuesOf(texts: Readonly<Record<string, string>>, ports?: Interface['inputs']): Record<string, Json> {
  const values: Record<string, Json> = {};
  for (const [name, text] of Object.entries(texts)) {
    const value = valueOfText(text, ports?.get(name));
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** The text of the annotation, taken apart. The digest of an image has all its digits. */
function sourceOf(text: string, image: Json | undefined): LineageSource {
  const python = /^(.+):([^:@]+)@sha256:([0-9a-f]{12})$/.exec(text);
  if (python) return { file: python[1]!, function: python[2]!, digest: python[3]! };
  return { image: text.includes('{{') && typeof image === 'string' ? image : text };
}

/** The name of a node's pod: the node's id with the template's name in it. */
function podOf({ id, templateName }: WorkflowNode, run: string): string {
  return id === run ? id : `${run}-${templateName}-${id.slice(run.length + 1)}`;
}

/** An artifact with what gave it: of several, the one that did not reuse it. */
function artifactOf(
  reference: Reference,
  run: LineageRun,
  producers: readonly LineageTask[],
  readers: readonly LineageTask[],
): LineageArtifact {
  const producer = producers.find(({ cached }) => !cached) ?? producers[0];
  const output = Object.entries(producer?.outputs ?? {}).find(([, ids]) => ids.includes(reference.id))?.[0];
  return present<LineageArtifact>({
    ...reference,
    run: run.name,
    pipeline: run.pipeline,
    version: run.version,
    producer: producer?.path,
    output,
    component: producer?.component,
    source: producer?.source,
    inputs: producer?.inputs,
    parameters: producer?.parameters,
    cached: producer?.cached,
    usedBy: [...new Set(readers.map(({ path }) => path))],
  });
}

function present<T extends object>(given: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}
