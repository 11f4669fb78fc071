import type { ExitNode, GraphNode, PipelineGraph } from '../graph/graph';
import type { Frame, NodeEnd } from './frame';
import type { StoredGroup } from './store';

/** What is done with the nodes of a graph. Each kind of node that holds others asks it to run them. */
export interface NodeRunner {
  readonly graph: PipelineGraph;
  /** Runs a node, whose turn has come, to its end. */
  run(node: GraphNode, frame: Frame): Promise<NodeEnd>;
  /** Runs what follows an end, whatever that was: it is not stopped, and its failure is told but does not count. */
  runExit(node: ExitNode, frame: Frame): Promise<void>;
  /** Is told of a node that does not run; `incomplete` as of {@link NodeEnd}. */
  passOver(node: GraphNode, frame: Frame, state: 'Skipped' | 'Omitted', incomplete?: boolean): NodeEnd;
  /** Is told what an execution of a pipeline came to, for its exit task. */
  setFinalStatus(frame: Frame, state: NodeEnd['state']): void;
}

/** What a node that is no task comes to. Where it throws instead, it has failed. */
export type GroupEnd = Omit<StoredGroup, 'incomplete' | 'reusedFrom'>;
