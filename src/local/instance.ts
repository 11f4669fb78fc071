import type { CalledPipeline, GraphNode, PipelineGraph } from '../graph/graph';
import { nodesIn } from '../graph/graph';
import { memberOf } from '../graph/member';

/**
 * A node may run many times in a run: once for each iteration around it, and for each call of its pipeline. The key of an
 * instance is the node's id, `[i]` for each loop around it, outermost first, after the key of the call and a slash:
 * `train`, `search-train[2]`, `search-call[1]/load`, `tune[0]/step`.
 */

/** Finds the nodes of instances. It remembers where it looked. */
export class Instances {
  private readonly nodes = new Map<CalledPipeline, ReadonlyMap<string, GraphNode>>();

  public constructor(private readonly graph: PipelineGraph) {}

  /** The node that an instance's key names; undefined where it names none. */
  public nodeAt(key: string): GraphNode | undefined {
    let pipeline: CalledPipeline | undefined = this.graph;
    let node: GraphNode | undefined;
    for (const step of key.split('/')) {
      const id = /^([^[\]]+)(?:\[\d+\])*$/.exec(step)?.[1];
      node = pipeline && id !== undefined ? this.nodesOf(pipeline).get(id) : undefined;
      pipeline = node && 'pipeline' in node ? memberOf(this.graph.pipelines, node.pipeline) : undefined;
    }
    return node;
  }

  private nodesOf(pipeline: CalledPipeline): ReadonlyMap<string, GraphNode> {
    let nodes = this.nodes.get(pipeline);
    if (!nodes) {
      nodes = new Map(nodesOfPipeline(pipeline).map((node) => [node.id, node]));
      this.nodes.set(pipeline, nodes);
    }
    return nodes;
  }
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

/** The folder of an instance below the run's: its key without the brackets, which URIs would escape. */
export function folderOf(key: string): string {
  return key.replace(/\[(\d+)\]/g, '.$1');
}
