import { contentHash } from '../../graph/content-hash';
import { kebab, NAME_LIMIT } from '../../graph/names';
import type { Shapes } from '../ir/shapes';
import type { IrComponent, IrDocument } from '../ir/types';

/** Room for a task's name where groups leave little. */
const LEAST = 24;

/**
 * The ids of constructs: KFP's keys. A node's name is its whole path below the pipeline, and has to be a DNS label: where it would
 * be longer, the names of groups are cut to a letter and their number, and those of tasks in the end. The same document
 * always gives the same names.
 */
export class TaskIds {
  private readonly needs = new Map<string, number>();

  public constructor(
    private readonly document: IrDocument,
    private readonly shapes: Shapes,
  ) {}

  /**
   * The id of what holds others.
   *
   * @param around the name of what it stands in; empty for the pipeline
   * @param inside how many characters the longest name inside of it takes
   * @param siblings the keys of the DAG, whose ids are taken
   */
  public group(key: string, around: string, inside: number, siblings: Readonly<Record<string, unknown>>): string {
    if (lengthOf(around) + kebab(key).length + 1 + inside <= NAME_LIMIT) return key;
    const [, words, number] = /^(.*?)-?(\d*)$/.exec(kebab(key)) ?? [];
    const initials = (words ?? '')
      .split('-')
      .map((word) => word[0] ?? '')
      .join('');
    const short = number && initials ? `${initials}${number}` : `g${contentHash(key).slice(0, 4)}`;
    return Object.hasOwn(siblings, short) ? `${short}-${contentHash(key).slice(0, 4)}` : short;
  }

  /** The id of a task, or of a call of a pipeline. */
  public leaf(key: string, around: string): string {
    const room = NAME_LIMIT - lengthOf(around);
    const name = kebab(key);
    if (around === '' && !canBeAwaited(name)) return `task-${name}`;
    if (name.length <= room || room < 10) return key;
    return `${name.slice(0, room - 7).replace(/-+$/, '')}-${contentHash(key).slice(0, 6)}`;
  }

  /** How many characters the longest name inside of a component's DAG takes, where everything is as short as it can be. */
  public inside(name: string): number {
    const known = this.needs.get(name);
    if (known !== undefined) return known;
    // A component that holds itself is refused elsewhere.
    this.needs.set(name, 0);
    const component = this.document.spec.components?.[name];
    const need = component ? this.insideOf(component) : 0;
    this.needs.set(name, need);
    return need;
  }

  private insideOf({ dag }: IrComponent): number {
    if (!dag) return 0;
    const needs = [...this.shapes.of(dag).shapes].map(([key, shape]) => {
      const task = dag.tasks![key]!;
      const own = kebab(key).length;
      if (shape === 'branches') return this.inside(task.componentRef.name);
      if (shape === 'leaf' || shape === 'call') return Math.min(own, LEAST);
      return Math.min(own, 6) + 1 + this.inside(task.componentRef.name);
    });
    return Math.max(0, ...needs);
  }
}

/** Argo reads what a task waits for as an expression, in which a number or an operator is no name. */
function canBeAwaited(name: string): boolean {
  return !/^(\d|(and|or|not|in|let|if|else|nil|true|false|matches|contains)$)/.test(name);
}

/** What a name around takes, with the hyphen after it. */
function lengthOf(around: string): number {
  return around === '' ? 0 : around.length + 1;
}
