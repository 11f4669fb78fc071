import type { CalledPipeline } from '../graph/graph';
import { memberOf } from '../graph/member';
import type { RunField } from '../values/expression';
import type { Values } from './evaluate';
import type { TaskState } from './local-run';
import { present } from './value-text';

/** How a node ended in a frame. */
export interface NodeEnd {
  readonly state: TaskState;
  /** Texts of the outputs that can be read. */
  readonly texts: Readonly<Record<string, string>>;
  /** True where it did not run because the run was stopped, or because an earlier run's result is missing. */
  readonly incomplete?: boolean;
}

/** What frames ask of the run as a whole. */
export interface RunFacts {
  /** A fact about the run. */
  fact(field: Exclude<RunField, 'finalStatus'>): string;
  /** The final status of a node, or of what is inside of it. */
  statusOf(frame: Frame, node: string, state: TaskState): string;
}

/** One execution of a pipeline: the run itself, or a call. */
export interface Execution {
  readonly pipeline: CalledPipeline;
  /** What the keys of its instances begin with. */
  readonly prefix: string;
  /** Texts of its parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What its exit task is told; empty until its nodes have ended. */
  finalStatus: string;
}

interface Iteration {
  readonly loop: string;
  readonly index: number;
  readonly item: string;
}

/**
 * The values that one execution of a DAG sees: the results of its nodes, the item of its iteration, then what is around it
 * in the same pipeline. A called pipeline sees nothing of its caller.
 */
export class Frame implements Values {
  /** How the nodes of this DAG ended. */
  public readonly ends: Map<string, NodeEnd>;
  /** `[i]` for each iteration around it, outermost first. */
  public readonly indices: string;

  /** @param signal stops what runs in it */
  public constructor(
    public readonly execution: Execution,
    public readonly signal: AbortSignal | undefined,
    private readonly facts: RunFacts,
    private readonly around?: Frame,
    private readonly iteration?: Iteration,
    ends = new Map<string, NodeEnd>(),
  ) {
    this.ends = ends;
    this.indices = (around?.indices ?? '') + (iteration ? `[${iteration.index}]` : '');
  }

  /** The frame of a DAG inside of this one; of an iteration, where it is one. */
  public inside(iteration?: Iteration): Frame {
    return new Frame(this.execution, this.signal, this.facts, this, iteration);
  }

  /** The frame of a called pipeline. */
  public called(execution: Execution): Frame {
    return new Frame(execution, this.signal, this.facts);
  }

  /** This frame, for what runs to its end although the run was stopped. */
  public unstoppable(): Frame {
    return new Frame(this.execution, undefined, this.facts, this.around, this.iteration, this.ends);
  }

  /** True when nothing more is to be started. */
  public get isStopped(): boolean {
    return this.signal?.aborted ?? false;
  }

  /** The key of a node's instance in this frame. */
  public keyOf(node: string): string {
    return this.execution.prefix + node + this.indices;
  }

  /** How a node ended that this frame sees. */
  public endOf(node: string): NodeEnd | undefined {
    return this.ends.get(node) ?? this.around?.endOf(node);
  }

  public parameter(name: string): string | undefined {
    return present(memberOf(this.execution.parameters, name));
  }

  public output(task: string, output: string): string | undefined {
    return present(memberOf(this.endOf(task)?.texts ?? {}, output));
  }

  public loop(loop: string, field: 'item' | 'index'): string | undefined {
    if (this.iteration?.loop !== loop) return this.around?.loop(loop, field);
    return field === 'item' ? present(this.iteration.item) : String(this.iteration.index);
  }

  public status(node: string): string | undefined {
    const end = this.ends.get(node);
    return end ? this.facts.statusOf(this, node, end.state) : this.around?.status(node);
  }

  public run(field: RunField): string {
    return field === 'finalStatus' ? this.execution.finalStatus : this.facts.fact(field);
  }
}
