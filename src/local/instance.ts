import { bodiesOf, type CalledPipeline, type Dag, type GraphNode, nodesIn, type PipelineGraph } from '../graph/graph';
import { memberOf } from '../graph/member';

/**
 * A node may run many times in a run: once for each iteration around it, and for each call of its pipeline. The key of an
 * instance is the node's id, `[i]` for each loop around it, outermost first, after the key of the call and a slash:
 * `train`, `search-train[2]`, `search-call[1]/load`, `tune[0]/step`.
 */

/** Finds the nodes of instances. It remembers where it looked. */
export class Instances {
  private readonly places = new Map<CalledPipeline, ReadonlyMap<string, Place>>();

  public constructor(private readonly graph: PipelineGraph) {}

  /** The node that an instance's key names, with all of its indices or with none; undefined where it names none. */
  public nodeAt(key: string): GraphNode | undefined {
    const steps = key.split('/');
    const isWhole = key.includes('[');
    let pipeline: CalledPipeline | undefined = this.graph;
    let node: GraphNode | undefined;
    for (const [at, step] of steps.entries()) {
      const [, id, indices = ''] = /^([^[\]]+)((?:\[\d+\])*)$/.exec(step) ?? [];
      const place: Place | undefined = pipeline && id !== undefined ? this.placesOf(pipeline).get(id) : undefined;
      if (!place) return undefined;
      node = place.node;
      // A repetition's own key has no index for its iterations; that of what is in one has.
      const repeats = node.kind === 'repeat' && at < steps.length - 1 ? 1 : 0;
      if (isWhole && indices.split('[').length - 1 !== place.loops + repeats) return undefined;
      pipeline = 'pipeline' in node ? memberOf(this.graph.pipelines, node.pipeline) : undefined;
    }
    return node;
  }

  /**
   * Keys in the order of their nodes in the graph, iterations by number. Instances end in another order each time. What the graph
   * does not know, as an earlier run may, comes last.
   */
  public sorted(keys: readonly string[]): readonly string[] {
    const places = new Map(keys.map((key) => [key, this.positionOf(key)]));
    return [...keys].sort((a, b) => comparePositions(places.get(a)!, places.get(b)!));
  }

  /** For each step of a key the node's place in its pipeline, then the indices. */
  private positionOf(key: string): readonly number[] {
    const position: number[] = [];
    let pipeline: CalledPipeline | undefined = this.graph;
    for (const step of key.split('/')) {
      const [id, ...indices] = step.split('[');
      const place: Place | undefined = pipeline && this.placesOf(pipeline).get(id!);
      if (!place) return [...position, Number.POSITIVE_INFINITY];
      position.push(place.position, ...indices.map((index) => Number.parseInt(index, 10)));
      pipeline = 'pipeline' in place.node ? memberOf(this.graph.pipelines, place.node.pipeline) : undefined;
    }
    return position;
  }

  private placesOf(pipeline: CalledPipeline): ReadonlyMap<string, Place> {
    let places = this.places.get(pipeline);
    if (!places) {
      const found = placesIn(pipeline.root, 0);
      if (pipeline.onExit) found.push({ node: pipeline.onExit, loops: 0 });
      places = new Map(found.map((place, position) => [place.node.id, { ...place, position }]));
      this.places.set(pipeline, places);
    }
    return places;
  }
}

/** A node, how many loops are around it, and how many nodes of its pipeline come before it. */
interface Place {
  readonly node: GraphNode;
  readonly loops: number;
  readonly position: number;
}

function comparePositions(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((number, index) => number !== b[index]);
  if (differing < 0) return a.length - b.length;
  return differing >= b.length ? 1 : a[differing]! < b[differing]! ? -1 : 1;
}

function placesIn(dag: Dag, loops: number): Omit<Place, 'position'>[] {
  return dag.nodes.flatMap((node) => [
    { node, loops },
    ...bodiesOf(node).flatMap((body) => placesIn(body, node.kind === 'loop' ? loops + 1 : loops)),
    ...(node.kind === 'exit-handler' && node.onExit ? [{ node: node.onExit, loops }] : []),
  ]);
}

/** Every node of a pipeline, what runs when it ends included. */
export function nodesOfPipeline({ root, onExit }: Pick<CalledPipeline, 'root' | 'onExit'>): readonly GraphNode[] {
  return onExit ? [...nodesIn(root), onExit] : nodesIn(root);
}

/** A node and all nodes inside of it. */
export function withInner(node: GraphNode): readonly GraphNode[] {
  return nodesIn({ nodes: [node], outputs: {} });
}

/** Tells the instances of a node, and of all that is inside of it, from others, by their keys. */
export function instancesOf(node: GraphNode, prefix = '', indices = ''): (key: string) => boolean {
  const ids = new Set(withInner(node).map(({ id }) => id));
  return (key) => {
    if (!key.startsWith(prefix)) return false;
    const [, id, rest] = /^([^[/]*)(.*)$/.exec(key.slice(prefix.length))!;
    return ids.has(id!) && rest!.startsWith(indices);
  };
}

/** What an instance can be named by, the nearest first: its key, its key without indices, its node's id. */
export function namesOf(key: string, id: string): readonly string[] {
  return [key, key.replace(/\[\d+\]/g, ''), id];
}

/** The folder of an instance below the run's: its key without the brackets, which URIs would escape. */
export function folderOf(key: string): string {
  return key.replace(/\[(\d+)\]/g, '.$1');
}
