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

  private placesOf(pipeline: CalledPipeline): ReadonlyMap<string, Place> {
    let places = this.places.get(pipeline);
    if (!places) {
      const found = placesIn(pipeline.root, 0);
      if (pipeline.onExit) found.push({ node: pipeline.onExit, loops: 0 });
      places = new Map(found.map((place) => [place.node.id, place]));
      this.places.set(pipeline, places);
    }
    return places;
  }
}

/** A node, and how many loops are around it. */
interface Place {
  readonly node: GraphNode;
  readonly loops: number;
}

function placesIn(dag: Dag, loops: number): Place[] {
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
