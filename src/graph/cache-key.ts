import { createHash } from 'node:crypto';
import type { ComponentDefinition, Json, PortDefinition } from '../components/definition';
import { encodeJson } from '../values/codec';
import { type PipelineGraph, pipelinesOf, type TaskNode, tasksWithSettings } from './graph';
import { kebab } from './names';
import { type GraphTaskSettings, isRunValue, mapRunValues, type RunValue, type Text, type Tree } from './settings';

/**
 * Part of every key. It changes when the texts of parameters or the references of artifacts do (docs/runtime-contract.md): what
 * was kept in the old form is not found any more.
 */
const FORMAT = 1;

/** The parameter by which a run of the manifests says whether it reuses results. */
export const CACHING_PARAMETER = 'kfp-caching';

/** A text of the run that is part of a key: that of an input, or of a value among the settings. */
export type KeyPart =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'setting'; readonly value: RunValue };

/** What makes two tasks equal, as far as it is known at synth. The engine and the local runner put the rest into it. */
export interface CacheKey {
  /** What the key begins with: the component's name and a digest. */
  readonly prefix: string;
  /** What follows, after a hyphen: the SHA-256 of the JSON list of their texts. */
  readonly parts: readonly KeyPart[];
}

/**
 * True where results of tasks with these settings are reused. What mounts a volume of the run's own reads or leaves something
 * there that no other run has: it always runs.
 */
export function asksForCaching({ caching, volumes = [] }: GraphTaskSettings): boolean {
  return caching !== undefined && !volumes.some(({ claim }) => claim);
}

/** True where a task's results are reused. */
export function isCached(task: TaskNode, graph: PipelineGraph): boolean {
  return asksForCaching(task.settings) && mayBeCached(task, graph);
}

/** True where a task runs a program. What is done to the cluster is done each time, and what has no pod costs nothing. */
export function mayBeCached({ component }: TaskNode, graph: PipelineGraph): boolean {
  // A rule's graph lacks the components of called pipelines, which have rules of their own.
  const kind = graph.components[component]?.implementation.kind;
  return kind === undefined || kind === 'python' || kind === 'container';
}

/** True where results of some task of a run are reused. */
export function cachesSomething(graph: PipelineGraph): boolean {
  return pipelinesOf(graph).some((pipeline) => tasksWithSettings(pipeline).some((task) => isCached(task, graph)));
}

/** The key of tasks of a component that have these settings. */
export function cacheKeyOf(component: ComponentDefinition, settings: GraphTaskSettings): CacheKey {
  const { caching } = settings;
  // What is known only when the pipeline runs has its name in here.
  const texts: Record<string, Json> = {};
  const parts: KeyPart[] = [];
  const add = (name: string, text: Text | undefined) => {
    if (isRunValue(text)) parts.push({ kind: 'setting', value: text });
    if (text !== undefined) texts[name] = isRunValue(text) ? null : text;
  };
  const what: Record<string, Json | undefined> = {
    format: FORMAT,
    component: component.name,
    outputs: ports(component.outputs),
  };
  if (caching?.key !== undefined) {
    add('key', caching.key);
  } else {
    what.inputs = ports(component.inputs);
    what.implementation = programOf(component, settings);
    // Where artifacts are stored, as it is written in the pipeline: another place is asked for by name.
    what.places = settings.artifacts as Json | undefined;
    what.byReference = settings.byReference;
    parts.push(...Object.keys(component.inputs).map((name): KeyPart => ({ kind: 'input', name })));
    add('image', settings.image);
    for (const [name, value] of variablesOf(settings)) add(`env ${name}`, value);
    const { extraContainerSpec, templateOverrides } = settings;
    for (const [name, tree] of [
      ...storageOf(settings),
      ['extraContainerSpec', extraContainerSpec],
      ['templateOverrides', templateOverrides],
    ] as const) {
      if (tree === undefined) continue;
      what[name] = mapRunValues(tree, () => null) as Json;
      parts.push(...valuesIn(tree).map((value): KeyPart => ({ kind: 'setting', value })));
    }
  }
  const digest = sha256(encodeJson({ ...what, texts })).slice(0, 12);
  return { prefix: `${kebab(component.name)}-${digest}`, parts };
}

/** The key, with the texts of its parts. The engine computes the same by an expression. */
export function keyWithTexts({ prefix }: CacheKey, texts: readonly string[]): string {
  return `${prefix}-${sha256(encodeJson(texts))}`;
}

/** What runs, without the place of its source: moving a function changes nothing about what it does. */
function programOf({ implementation }: ComponentDefinition, settings: GraphTaskSettings): Json {
  const program = { ...implementation, ...(settings.image !== undefined && { image: undefined }) };
  if (program.kind !== 'python') return program as unknown as Json;
  const { file: _, line: __, shipsAs: ___, notebook, ...code } = program;
  return { ...code, ...(notebook && { notebook: notebook.source }) } as unknown as Json;
}

/** What an interface promises, without what is there for people. */
function ports(all: Readonly<Record<string, PortDefinition>>): Json {
  return Object.fromEntries(
    Object.entries(all).map(([name, port]) => {
      const { description: _, ...rest } = port;
      if (rest.kind === 'parameter') return [name, rest as unknown as Json];
      const { metrics: __, ...artifact } = rest;
      return [name, artifact as unknown as Json];
    }),
  );
}

/** The chosen variables of the environment. A rule refuses those that only the cluster knows. */
function variablesOf({ caching, env = [] }: GraphTaskSettings): readonly (readonly [name: string, value: Text])[] {
  const chosen = new Set(caching?.env ?? []);
  return env.flatMap((variable) =>
    chosen.has(variable.name) && 'value' in variable ? [[variable.name, variable.value] as const] : [],
  );
}

/** Volumes that hold nothing of others, or what only the cluster knows. */
const WITHOUT_DATA: readonly string[] = ['emptyDir', 'ephemeral', 'secret', 'configMap', 'downwardAPI', 'projected'];

/** The storage that is mounted, by place, and which part of it: as in KFP, another claim is another task. */
function storageOf({
  volumes = [],
  mounts = [],
}: GraphTaskSettings): readonly (readonly [place: string, storage: Tree])[] {
  return mounts.flatMap(({ volume, path, subPath }) => {
    const source = volumes.find(({ name }) => name === volume)?.source;
    if (!source || Object.keys(source).every((kind) => WITHOUT_DATA.includes(kind))) return [];
    return [[`volume ${path}`, { source, ...(subPath !== undefined && { subPath }) }] as const];
  });
}

function valuesIn(tree: Tree): readonly RunValue[] {
  if (isRunValue(tree)) return [tree];
  return typeof tree === 'object' && tree !== null ? Object.values(tree as object).flatMap(valuesIn) : [];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
