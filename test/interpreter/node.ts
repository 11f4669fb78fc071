export type Phase = 'Succeeded' | 'Failed' | 'Error' | 'Skipped' | 'Omitted';

/** A node of a run, as Argo's status has them. */
export class EngineNode {
  /** Texts of output parameters; undefined where the engine has none at all. */
  public outputs: Readonly<Record<string, string>> | undefined;
  /** What starts after it, or inside of it. */
  public readonly children: EngineNode[] = [];
  /** The last nodes of a DAG. */
  public outbound: readonly EngineNode[] = [];
  /** The tasks of a DAG, by name; of one that ran. */
  public readonly tasks = new Map<string, EngineNode>();
  /** The iterations of a task with a loop. */
  public readonly iterations: EngineNode[] = [];
  /** What its exit hook ran. */
  public exit: EngineNode | undefined;
  public message = '';
  /** True where its outputs are those of an earlier node, and nothing was run. */
  public hit = false;

  public constructor(
    public readonly name: string,
    public readonly type: 'Pod' | 'DAG' | 'TaskGroup' | 'Suspend' | 'Skipped',
    public readonly template: string,
    public phase: Phase,
  ) {}

  public get failed(): boolean {
    return this.phase === 'Failed' || this.phase === 'Error';
  }

  /** Whether it came to an end of its own, and was not passed over. */
  public get completed(): boolean {
    return this.phase === 'Succeeded' || this.failed;
  }
}

/** The nodes that what comes after a node is a child of. Argo's getOutboundNodes. */
export function outboundOf(node: EngineNode): readonly EngineNode[] {
  if (node.hit) return [node];
  if (node.type === 'DAG') return node.outbound.flatMap(outboundOf);
  if (node.type !== 'TaskGroup' || node.iterations.length === 0) return [node];
  return node.iterations.flatMap(outboundOf);
}

/**
 * The phase of a DAG whose tasks have ended. Argo's assessDAGPhase: what did not run has the phase of what is before it,
 * and the last tasks count.
 */
export function assess(boundary: EngineNode, targets: readonly EngineNode[]): Phase {
  const phases = new Map<EngineNode, Phase | undefined>(targets.map((target) => [target, undefined]));
  const seen = new Set<string>();
  const ids = new Map<EngineNode, number>();
  const queue: (readonly [EngineNode, Phase])[] = [];
  const add = (nodes: readonly EngineNode[], phase: Phase) => {
    for (const node of nodes) {
      if (!ids.has(node)) ids.set(node, ids.size);
      const key = `${ids.get(node)} ${phase}`;
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push([node, phase]);
    }
  };
  add(boundary.children, 'Succeeded');
  for (const [node, above] of queue) {
    const phase = node.completed ? node.phase : above;
    const before = phases.get(node);
    if (phases.has(node) && before !== 'Failed' && before !== 'Error') phases.set(node, phase);
    add(node.children, phase);
  }
  let result: Phase = 'Succeeded';
  for (const target of targets) {
    const phase = phases.get(target);
    if (phase === undefined) throw new Error(`${boundary.name} never ends: ${target.name} is after nothing`);
    if (phase === 'Failed' || phase === 'Error') result = phase;
  }
  return result;
}
