import { FreeNames } from '../../graph/free-names';
import { kebab } from '../../graph/names';
import type { IrComponent, IrExecutor, KubernetesExecutorConfig } from '../ir/types';

/** What is run for a leaf of a document, and what Kubernetes is told of it. */
export interface WrittenLeaf {
  readonly component: Omit<IrComponent, 'executorLabel'>;
  readonly executor: IrExecutor;
  readonly platform?: KubernetesExecutorConfig | undefined;
}

/** The components and executors of a document, each under a name of its own. */
export class DocumentBuilder {
  /** By name. */
  public readonly components: Record<string, IrComponent> = {};
  /** By label. */
  public readonly executors: Record<string, IrExecutor> = {};
  /** What Kubernetes is told of them, by label. */
  public readonly platform: Record<string, KubernetesExecutorConfig> = {};
  /** Leaves that are there already, by all that they say. */
  private readonly leaves = new Map<string, string>();
  private readonly words = new FreeNames();

  /**
   * The name of a component that is run. Tasks that ask for the same share one: KFP's SDK writes one for each task instead,
   * with the whole source in it.
   */
  public leaf(name: string, leaf: WrittenLeaf): string {
    const key = JSON.stringify(leaf);
    const known = this.leaves.get(key);
    if (known !== undefined) return known;
    const word = this.freeWord(name);
    const executorLabel = `exec-${word}`;
    this.components[`comp-${word}`] = { ...leaf.component, executorLabel };
    this.executors[executorLabel] = leaf.executor;
    if (leaf.platform && Object.keys(leaf.platform).length > 0) this.platform[executorLabel] = leaf.platform;
    this.leaves.set(key, `comp-${word}`);
    return `comp-${word}`;
  }

  /** A name for a component that holds others, before these take it. */
  public reserve(name: string): string {
    return `comp-${this.freeWord(name)}`;
  }

  /** Puts a component under a name that was reserved for it. */
  public define(name: string, component: IrComponent): void {
    this.components[name] = component;
  }

  private freeWord(name: string): string {
    return this.words.take(kebab(name) || 'component');
  }
}

/** An object without what is undefined in it. */
export function present<T extends object>(object: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

/** The object, or undefined where nothing is in it. */
export function filled<T extends object>(object: T): T | undefined {
  return Object.keys(object).length > 0 ? object : undefined;
}
