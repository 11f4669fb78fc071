import type { Construct } from 'constructs';
import { membersOf, type ScopeNode, scopesOf } from '../constructs/task-scope';
import type { Expression } from '../values/expression';
import { kebab } from './names';

/** What runs together: a pipeline, a branch of an If, a loop's iteration, what an exit handler holds. */
export interface Scope {
  /** The construct that the nodes are created under. */
  readonly construct: Construct;
  /** The node that it is inside of; undefined for a pipeline. */
  readonly owner?: ScopeNode;
  readonly parent?: Scope;
  /** The scopes around it, outermost first, itself last. */
  readonly chain: readonly Scope[];
  /** What is read from outside, by the name that it has there. */
  readonly outputs: Record<string, Expression>;
}

/** Where every node of a pipeline stands, and what it is called. */
export class Scopes {
  public readonly root: Scope;
  private readonly homes = new Map<ScopeNode, Scope>();
  /** Exit tasks stand beside nothing: nobody can wait for them. */
  private readonly exits = new Set<ScopeNode>();
  private readonly bodies = new Map<Construct, Scope>();
  private readonly ids = new Map<Construct, string>();

  public constructor(pipeline: Construct & { readonly exit?: ScopeNode | undefined }) {
    this.ids.set(pipeline, '');
    this.root = this.place(pipeline, undefined, undefined);
    if (pipeline.exit) this.exits.add(pipeline.exit);
  }

  /** The scope that a node stands in; undefined for an exit task and for a node of another pipeline. */
  public homeOf(node: ScopeNode): Scope | undefined {
    return this.homes.get(node);
  }

  /** The scope that is inside of a construct. */
  public bodyOf(construct: Construct): Scope {
    return this.bodies.get(construct)!;
  }

  /** A node's id. What is no node of this pipeline keeps its whole path instead, which is no id. */
  public idOf(node: ScopeNode): string {
    return this.homes.has(node) || this.exits.has(node) ? this.nameOf(node) : `/${node.node.path}`;
  }

  /** The kebab-case path of a construct below the pipeline: its scope's, and one word more. */
  public nameOf(construct: Construct): string {
    let name = this.ids.get(construct);
    if (name === undefined) {
      const { id, scope } = construct.node;
      const above = scope ? this.nameOf(scope as Construct) : '';
      name = above === '' ? kebab(id) : `${above}-${kebab(id)}`;
      this.ids.set(construct, name);
    }
    return name;
  }

  /**
   * The node beside `node` that waiting for `other` means to wait for: itself, or what it is inside of. Undefined where
   * `other` is around `node`, or in another pipeline.
   */
  public beside(node: ScopeNode, other: ScopeNode): ScopeNode | undefined {
    const home = this.homes.get(node)!;
    const around = this.homes.get(other);
    if (around === home) return other;
    const depth = home.chain.length;
    return around?.chain[depth - 1] === home ? around.chain[depth]?.owner : undefined;
  }

  private place(construct: Construct, owner: ScopeNode | undefined, parent: Scope | undefined): Scope {
    const chain: Scope[] = parent ? [...parent.chain] : [];
    const scope: Scope = { construct, ...(owner && { owner }), ...(parent && { parent }), chain, outputs: {} };
    chain.push(scope);
    this.bodies.set(construct, scope);
    for (const node of membersOf(construct).nodes) {
      this.homes.set(node, scope);
      for (const inner of scopesOf(node)) this.place(inner, node, scope);
      if (node.kind === 'exit-handler' && node.exit) this.exits.add(node.exit);
    }
    return scope;
  }
}
