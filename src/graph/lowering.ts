import { isDeepStrictEqual } from 'node:util';
import type { FlowNode } from '../constructs/flow-node';
import type { If } from '../constructs/if';
import type { ParallelFor } from '../constructs/parallel-for';
import type { ScopeNode } from '../constructs/task-scope';
import { type Expression, listTypeOf, withOperands } from '../values/expression';
import { lastName } from './names';
import type { Scope, Scopes } from './scope';

type Output = Extract<Expression, { kind: 'output' }>;
type Source = Extract<Expression<FlowNode>, { kind: 'output' | 'collect' | 'one-of' }>;

/**
 * Turns expressions over constructs into expressions over ids. What stands inside of another scope is read through that
 * scope's outputs, which are made here: those of loops as lists, those of Ifs by which branch was taken.
 *
 * What cannot be reached so stays as it is, for the rules to refuse.
 */
export class Lowering {
  /** Outputs of Ifs that every branch has to give, by If. */
  public readonly certain = new Map<ScopeNode, Set<string>>();
  /** Outputs of loops that join the lists of all iterations, by loop. */
  public readonly flat = new Map<ScopeNode, Set<string>>();
  private readonly read = new Map<Source, Output>();
  /** Ids of nodes whose outputs are those of what is inside of them. */
  private readonly groups = new Set<string>();

  public constructor(private readonly scopes: Scopes) {}

  /**
   * @param reader the scope that the expression is read in
   * @param upstream is given every node whose output is read
   */
  public expression(expression: Expression<FlowNode>, reader: Scope, upstream: ScopeNode[]): Expression {
    switch (expression.kind) {
      case 'output': {
        const task = expression.task as ScopeNode;
        // Most is read beside what gives it.
        if (this.scopes.homeOf(task) !== reader) return this.reach(expression, reader, upstream);
        upstream.push(task);
        return this.beside(expression);
      }
      case 'collect':
      case 'one-of':
        return this.reach(expression, reader, upstream);
      case 'loop':
        return { ...expression, loop: this.scopes.idOf(expression.loop as ScopeNode) };
      case 'status':
        return { ...expression, of: this.scopes.idOf(expression.of as ScopeNode) };
      default:
        return withOperands(expression, (operand) => this.expression(operand, reader, upstream));
    }
  }

  /** An output as what stands beside the node reads it; the same for all that do. */
  private beside(expression: Extract<Source, { kind: 'output' }>): Output {
    let output = this.read.get(expression);
    if (!output) {
      output = { ...expression, task: this.scopes.idOf(expression.task as ScopeNode) };
      this.read.set(expression, output);
    }
    return output;
  }

  private reach(expression: Source, reader: Scope, upstream: ScopeNode[]): Expression {
    const node = this.anchor(expression);
    if (node) upstream.push(node);
    const reached = this.tryReach(expression, reader, false);
    if (reached) return reached;
    switch (expression.kind) {
      case 'output':
        return { ...expression, task: this.scopes.idOf(expression.task as ScopeNode) };
      case 'collect': {
        const loop = this.scopes.idOf(expression.loop as ScopeNode);
        return { ...expression, loop, value: this.expression(expression.value, reader, []) };
      }
      case 'one-of':
        return { ...expression, values: expression.values.map((value) => this.expression(value, reader, [])) };
    }
  }

  /**
   * An output as a scope reads it; undefined where it cannot. `optional` says that it may come out of an If although the
   * branch may not be taken.
   */
  private tryReach(expression: Source, reader: Scope, optional: boolean): Output | undefined {
    const node = this.anchor(expression);
    const home = node && this.scopes.homeOf(node);
    if (!home) return undefined;
    const output = this.atHome(expression, node);
    return output && this.surface(output, home, reader, optional);
  }

  /** An output as the node's own scope reads it. */
  private atHome(expression: Source, node: ScopeNode): Output | undefined {
    switch (expression.kind) {
      case 'output':
        return { ...expression, task: this.scopes.idOf(node) };
      case 'collect':
        return this.collected(node as unknown as ParallelFor, expression);
      case 'one-of':
        return this.chosen(node as If, expression.values);
    }
  }

  /** The node that an output is one of: the task, the loop that collects, the If whose branches it comes from. */
  private anchor(expression: Expression<FlowNode>): ScopeNode | undefined {
    switch (expression.kind) {
      case 'output':
        return expression.task as ScopeNode;
      case 'collect':
        return expression.loop as ScopeNode;
      case 'one-of':
        return this.commonIf(expression.values);
      default:
        return undefined;
    }
  }

  /** The list of what the iterations of a loop give; undefined where the value is not the loop's own. */
  private collected(
    loop: ParallelFor,
    { value, flat }: Extract<Expression<FlowNode>, { kind: 'collect' }>,
  ): Output | undefined {
    const body = this.scopes.bodyOf(loop);
    const [given, inner] = this.given(value, body) ?? [];
    if (given === undefined || inner === undefined) return undefined;
    const owner = body.owner!;
    const task = this.scopes.idOf(owner);
    // Lists may be collected as they are as well.
    const name = flat ? `flat--${given}` : given;
    body.outputs[name] = inner;
    this.groups.add(task);
    if (flat) this.flat.set(owner, (this.flat.get(owner) ?? new Set()).add(name));
    return { kind: 'output', task, output: name, type: flat ? inner.type : listTypeOf(inner.type) };
  }

  /** What an iteration gives, and its name outside. */
  private given(value: Expression<FlowNode>, body: Scope): readonly [string, Expression] | undefined {
    switch (value.kind) {
      case 'output':
      case 'collect':
      case 'one-of': {
        const node = this.anchor(value);
        if (!node || !this.scopes.homeOf(node)?.chain.includes(body)) return undefined;
        const inner = this.tryReach(value, body, true);
        return inner && [this.nameOf(inner), inner];
      }
      case 'metric':
      case 'field': {
        const of = this.given(value.kind === 'metric' ? value.artifact : value.of, body);
        if (!of) return undefined;
        const inner = withOperands(value, () => of[1]);
        const name = `${of[0]}--${value.name.replace(/[^A-Za-z0-9_]+/g, '-')}`;
        // Where two names become one, their other characters are told apart.
        if (isDeepStrictEqual(body.outputs[name] ?? inner, inner)) return [name, inner];
        const exact = value.name.replace(/[^A-Za-z0-9_]/g, (character) => `-${character.charCodeAt(0).toString(16)}`);
        return [`${of[0]}--${exact}`, inner];
      }
      case 'loop': {
        const loop = this.scopes.idOf(value.loop as ScopeNode);
        return value.loop === body.owner ? [`${loop}--${value.field}`, { ...value, loop }] : undefined;
      }
      default:
        return undefined;
    }
  }

  /** The output of an If that each branch gives its own value to. */
  private chosen(node: If, values: readonly Expression<FlowNode>[]): Output | undefined {
    const found: { readonly scope: Scope; readonly value: Output }[] = [];
    for (const each of values) {
      const scope = this.branchOf(node, each)!;
      const value = this.tryReach(each as Source, scope, false);
      if (!value) return undefined;
      found.push({ scope, value });
    }
    const id = this.scopes.idOf(node);
    let name = `${id}--${[...new Set(found.map(({ value }) => lastName(value.output)))].join('-or-')}`;
    // Another choice between outputs of the same names: the tasks tell them apart.
    if (!found.every(({ scope, value }) => isSame(scope.outputs[name] ?? value, value))) {
      name = found.map(({ value }) => this.nameOf(value)).join('-or-');
    }
    for (const { scope, value } of found) scope.outputs[name] = value;
    this.groups.add(id);
    const certain = this.certain.get(node) ?? new Set();
    this.certain.set(node, certain.add(name));
    return { kind: 'output', task: id, output: name, type: found[0]!.value.type };
  }

  /** The innermost If of which each value is in another branch. */
  private commonIf(values: readonly Expression<FlowNode>[]): If | undefined {
    const first = values[0] && this.anchor(values[0]);
    const around = (first && this.scopes.homeOf(first)?.chain) ?? [];
    for (const { owner } of [...around].reverse()) {
      if (owner?.kind !== 'if') continue;
      const branches = values.map((value) => this.branchOf(owner, value));
      if (!branches.includes(undefined) && new Set(branches).size === values.length) return owner;
    }
    return undefined;
  }

  /** The branch of an If that a value comes from. */
  private branchOf(node: If, value: Expression<FlowNode>): Scope | undefined {
    const anchor = this.anchor(value);
    const chain = (anchor && this.scopes.homeOf(anchor)?.chain) ?? [];
    return chain.find((scope) => scope.owner === node);
  }

  /** An output of a node in `from`, as a scope outside reads it: through the outputs of all that is between. */
  private surface(output: Output, from: Scope, reader: Scope, optional: boolean): Output | undefined {
    let at = from;
    let found = output;
    while (!reader.chain.includes(at)) {
      const { owner, parent } = at;
      if (!owner || !parent || !(owner.kind === 'exit-handler' || (optional && owner.kind === 'if'))) return undefined;
      found = this.exported(found, at);
      at = parent;
    }
    return found;
  }

  /** Makes an output of a scope, and gives it as the node reads that holds the scope. */
  private exported(output: Output, scope: Scope): Output {
    const name = this.nameOf(output);
    const id = this.scopes.idOf(scope.owner!);
    scope.outputs[name] = output;
    this.groups.add(id);
    return { ...output, task: id, output: name };
  }

  /** The name of an output outside of the scope of its task: the task's and its own, however far out. */
  private nameOf({ task, output }: Output): string {
    return this.groups.has(task) ? output : `${task}--${output}`;
  }
}

function isSame(a: Expression, b: Output): boolean {
  return a.kind === 'output' && a.task === b.task && a.output === b.output;
}
