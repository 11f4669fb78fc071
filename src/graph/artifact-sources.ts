import { isDeepStrictEqual } from 'node:util';
import type { Expression } from '../values/expression';
import { type ArtifactStore, locationOf } from './artifact-location';
import {
  allTasks,
  bodiesOf,
  type CalledPipeline,
  type GraphNode,
  nodesIn,
  type PipelineGraph,
  pipelinesOf,
  type TaskNode,
  tasksWithSettings,
} from './graph';
import { memberOf } from './member';
import { once } from './once';

/** How a task gets an input artifact, where that is not from the repository by its key. */
export type Fetch =
  /** From the repository where it is there, else by its URI. */
  | { readonly kind: 'repository' }
  | Extract<ArtifactStore, { kind: 's3' | 'gcs' | 'azure' | 'web' }>
  /** In place, on a volume that the task mounts there. */
  | { readonly kind: 'mounted'; readonly folder: string }
  /** By its URI: nothing is fetched. */
  | { readonly kind: 'reference' }
  /** Not at all, for this reason. */
  | { readonly kind: 'impossible'; readonly why: string; readonly mend: string };

/** How a task's input artifacts reach it, by input. */
export type Fetches = Readonly<Record<string, Fetch>>;

const NONE: Fetches = {};

/** How a task's input artifacts reach it; those that come from the repository by their keys are left out. */
export function fetchesOf(task: TaskNode, graph: PipelineGraph): Fetches {
  return fetches(graph).get(task) ?? NONE;
}

/** True where some task's input artifacts reach it in another way than from the repository by their keys. */
export function fetchesSpecially(graph: PipelineGraph): boolean {
  return fetches(graph).size > 0;
}

/** True where a task cannot share its component's template. */
export function hasOwnTemplate(task: TaskNode, graph: PipelineGraph): boolean {
  return task.ownSettings || fetches(graph).has(task);
}

const fetches = once((graph: PipelineGraph): ReadonlyMap<TaskNode, Fetches> => {
  const found = new Map<TaskNode, Fetches>();
  const pipelines = pipelinesOf(graph);
  const isPlain = pipelines.every((each) =>
    tasksWithSettings(each).every(({ settings: s }) => !s.artifacts && !s.byReference),
  );
  if (isPlain) return found;
  const sources = new ArtifactSources(graph);
  for (const pipeline of pipelines) {
    for (const task of allTasks(pipeline)) {
      const own: Record<string, Fetch> = {};
      for (const [name, port] of Object.entries(graph.components[task.component]?.inputs ?? {})) {
        const value = memberOf(task.inputs, name);
        if (port.kind !== 'artifact' || !value) continue;
        const fetch = task.settings.byReference?.includes(name)
          ? ({ kind: 'reference' } as const)
          : fetchFrom(sources.of(value, pipeline), task, port.list === true);
        if (fetch) own[name] = fetch;
      }
      if (Object.keys(own).length > 0) found.set(task, own);
    }
  }
  return found;
});

/** How an artifact is fetched that is in one of these stores; undefined where that is the repository. */
function fetchFrom(stores: readonly ArtifactStore[], task: TaskNode, isList: boolean): Fetch | undefined {
  const kinds = new Set(stores.map(({ kind }) => kind));
  const [first, ...more] = stores;
  if (!first || (kinds.size === 1 && first.kind === 'repository' && !(isList && stores.some(isNamed))))
    return undefined;
  if (kinds.size === 1 && first.kind === 'elsewhere') return { kind: 'reference' };
  if (isList && first.kind !== 'volume') {
    return impossible('is a list, which is fetched as one folder of the repository, and some of it is kept elsewhere');
  }
  if ([...kinds].every((kind) => kind === 'repository' || kind === 'unknown' || kind === 'elsewhere')) {
    return { kind: 'repository' };
  }
  if (more.some((other) => !isDeepStrictEqual(other, first))) return impossible('may be in one of several stores');
  switch (first.kind) {
    case 's3':
    case 'gcs':
    case 'azure':
    case 'web':
      return first;
    default:
      return onVolume(first, task);
  }
}

function isNamed(store: ArtifactStore): boolean {
  return store.kind === 'repository' && store.named === true;
}

/** Read where the task mounts the same part of the volume. */
function onVolume(store: ArtifactStore, { settings }: TaskNode): Fetch {
  const { volume, subPath } = store as Extract<ArtifactStore, { kind: 'volume' }>;
  const mounts = settings.mounts?.filter((mount) =>
    isDeepStrictEqual(
      volume,
      settings.volumes?.find(({ name }) => name === mount.volume),
    ),
  );
  const mount = mounts?.find((each) => isDeepStrictEqual(each.subPath, subPath));
  if (mount) return { kind: 'mounted', folder: mount.path };
  const name = (volume as { readonly name?: string } | undefined)?.name;
  return {
    kind: 'impossible',
    why: `is on the volume '${name}', ${mounts?.length ? 'of which the task mounts another part' : 'which the task does not mount'}`,
    mend: 'mount the volume as the task does that writes it',
  };
}

function impossible(why: string): Fetch {
  return { kind: 'impossible', why, mend: 'keep all of it in one store, or let the program read it: byReference' };
}

/** Finds where the artifacts may be that a value stands for. */
class ArtifactSources {
  private readonly nodes = new Map<CalledPipeline, ReadonlyMap<string, GraphNode>>();

  public constructor(private readonly graph: PipelineGraph) {}

  /** The distinct stores. */
  public of(value: Expression, pipeline: CalledPipeline): readonly ArtifactStore[] {
    const found: ArtifactStore[] = [];
    this.trace(value, pipeline, new Set(), (store) => {
      if (!found.some((other) => isDeepStrictEqual(other, store))) found.push(store);
    });
    return found;
  }

  private trace(
    value: Expression,
    pipeline: CalledPipeline,
    seen: Set<string>,
    take: (s: ArtifactStore) => void,
  ): void {
    const key = JSON.stringify([pipeline.name, value]);
    if (seen.has(key)) return;
    seen.add(key);
    switch (value.kind) {
      case 'output':
        this.traceOutput(value, pipeline, seen, take);
        return;
      case 'loop': {
        const node = this.nodesOf(pipeline).get(value.loop);
        if (node?.kind === 'loop') this.trace(node.items, pipeline, seen, take);
        return;
      }
      case 'parameter':
        for (const caller of pipelinesOf(this.graph)) {
          for (const node of this.nodesOf(caller).values()) {
            if ((node.kind !== 'pipeline' && node.kind !== 'repeat') || node.pipeline !== pipeline.name) continue;
            const given = memberOf(node.inputs, value.name);
            if (given) this.trace(given, caller, seen, take);
            // What a call gives is what the next one gets.
            const fed = node.kind === 'repeat' && memberOf(pipeline.root.outputs, value.name);
            if (fed) this.trace(fed, pipeline, seen, take);
          }
        }
        return;
      default:
        return;
    }
  }

  private traceOutput(
    { task, output }: Extract<Expression, { kind: 'output' }>,
    pipeline: CalledPipeline,
    seen: Set<string>,
    take: (store: ArtifactStore) => void,
  ): void {
    const node = this.nodesOf(pipeline).get(task);
    if (!node) return;
    if (node.kind === 'task') {
      const place = memberOf(node.settings.artifacts ?? {}, output);
      const location = place && locationOf(place, node.settings, this.graph.artifactRepository);
      take(location?.store ?? { kind: 'repository' });
      return;
    }
    const called = node.kind === 'pipeline' || node.kind === 'repeat' ? this.graph.pipelines[node.pipeline] : undefined;
    const bodies = called ? [called.root] : bodiesOf(node);
    for (const { outputs } of bodies) {
      const inner = memberOf(outputs, output);
      if (inner) this.trace(inner, called ?? pipeline, seen, take);
    }
  }

  private nodesOf(pipeline: CalledPipeline): ReadonlyMap<string, GraphNode> {
    let nodes = this.nodes.get(pipeline);
    if (!nodes) {
      const all = [...nodesIn(pipeline.root), ...(pipeline.onExit ? [pipeline.onExit] : [])];
      nodes = new Map(all.map((node) => [node.id, node]));
      this.nodes.set(pipeline, nodes);
    }
    return nodes;
  }
}
