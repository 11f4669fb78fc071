import { FreeNames } from '../../graph/free-names';
import { type Dag, type GraphNode, nodesIn } from '../../graph/graph';
import { kebab } from '../../graph/names';

/**
 * The keys of a pipeline's tasks in a document: the names that they have in their scope, where no other of the pipeline has the
 * same, and else their paths. KFP's UI and logs show them, and its SDK makes them unique in a pipeline.
 */
export class TaskKeys {
  private readonly keys = new Map<string, string>();
  private readonly taken = new FreeNames();

  public constructor(root: Dag) {
    const sites = nodesIn(root).flatMap(sitesOf);
    const uses = new Map<string, number>();
    for (const site of sites) uses.set(shortName(site.path), (uses.get(shortName(site.path)) ?? 0) + 1);
    for (const { id, path } of sites) {
      const short = shortName(path);
      this.keys.set(id, this.free(uses.get(short) === 1 && short !== '' ? short : id));
    }
  }

  /** The key of a node, or of a branch, by its id. */
  public of(id: string): string {
    return this.keys.get(id) ?? id;
  }

  /** The key of something that the document needs besides. */
  public free(wanted: string): string {
    return this.taken.take(wanted);
  }
}

interface NamedSite {
  readonly id: string;
  readonly path: string;
}

/** An If has the id of its first branch. */
function sitesOf(node: GraphNode): readonly NamedSite[] {
  return node.kind === 'if' ? node.branches : [node];
}

function shortName(path: string): string {
  return kebab(path.slice(path.lastIndexOf('/') + 1));
}
