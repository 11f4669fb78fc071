import type { ComponentDefinition, ElementType, Json, Passthrough, PortDefinition } from '../components/definition';
import type { Expression, ValueType } from '../values/expression';
import { once } from './once';
import type { GraphRunSettings } from './run-settings';
import type { ArtifactGc, GraphRunner, GraphTaskSettings, Text, TreeObject } from './settings';

/** The version of the graph's JSON form. It changes when a reader of the old form would misread the new one. */
export const GRAPH_FORMAT = 3;

/**
 * A compiled pipeline: plain, immutable, JSON-serialisable data in which every rule has been checked. All readers (Argo
 * manifests, the local runner, reviews) are functions of it.
 */
export interface PipelineGraph {
  readonly format: typeof GRAPH_FORMAT;
  /** The pipeline's Kubernetes name, and the name of its WorkflowTemplate. */
  readonly name: string;
  /** Path of the Pipeline construct. */
  readonly path: string;
  readonly namespace?: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly version?: string;
  /** True where it can be run by itself, and not only be called by others. */
  readonly standalone: boolean;
  readonly parameters: Readonly<Record<string, PipelineParameter>>;
  /** The distinct components, by component name. */
  readonly components: Readonly<Record<string, ComponentDefinition>>;
  /** Python file → function → the text that ships: every component of each file that is used. */
  readonly sources: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What `root.outputs` are declared to be, for those who call the pipeline. */
  readonly returns: Readonly<Record<string, PortDefinition>>;
  /** What the tasks that have no settings of their own ask of their pods. */
  readonly settings: GraphTaskSettings;
  readonly root: Dag;
  /** What runs when the run ends, however it ends. */
  readonly onExit?: ExitNode;
  /** The pipelines that are called inside of this one, at whatever depth, by name. */
  readonly pipelines: Readonly<Record<string, CalledPipeline>>;
  /** Who the pods run as. */
  readonly runner?: GraphRunner;
  /** What its runs ask of Argo as a whole. */
  readonly run?: GraphRunSettings;
  /** The claim of the volume that tasks of a run may share, whether one mounts it or not; a PersistentVolumeClaimSpec. */
  readonly workspace?: TreeObject;
  readonly artifactRepository: GraphArtifactRepository;
  readonly limits: GraphLimits;
  /** What the KFP document that it came from says besides; pointers into its two documents, `/spec` and `/platform`. */
  readonly kfp?: Passthrough;
}

/** A pipeline that others call. What it needs besides (components, sources) stands in the caller's graph. */
export type CalledPipeline = Pick<
  PipelineGraph,
  'name' | 'path' | 'parameters' | 'returns' | 'settings' | 'root' | 'onExit' | 'kfp'
>;

/** What the cluster accepts. */
export interface GraphLimits {
  /** Argo's full CRDs allow 200 templates and 200 tasks in a DAG; the minimal ones do not limit them. */
  readonly crds: 'full' | 'minimal';
  /** The largest WorkflowTemplate, in bytes of compact JSON. */
  readonly bytes: number;
}

/**
 * A parameter of a pipeline, or an artifact that it is called with. What is not optional, and has no default, the caller
 * must supply.
 */
export interface PipelineParameter {
  readonly type: ValueType;
  readonly default?: Json;
  /** The type of a list's elements, where it is declared. */
  readonly element?: ElementType;
  /** True where it may be left out although it has no default: it is absent then. */
  readonly optional?: boolean;
  readonly description?: string;
  /** The allowed values. */
  readonly choices?: readonly (string | number | boolean)[];
}

/** Where artifacts are stored. */
export interface GraphArtifactRepository {
  readonly kind: 's3' | 'gcs' | 'azure' | 'none';
  /** The bucket, where it is told: then artifacts have URIs that code outside of the engine can open. */
  readonly bucket?: string;
  /** What the keys of all artifacts of a run begin with. */
  readonly prefix?: Text;
  /** When the artifacts of a run are removed. */
  readonly gc?: ArtifactGc;
  /** What an artifact's location on Azure holds besides its blob. */
  readonly azure?: {
    readonly endpoint: string;
    readonly container: string;
    readonly accountKeySecret?: { readonly name: string; readonly key: string };
  };
  /** The ConfigMap that describes the repository; Argo's default repository where absent. */
  readonly configMap?: string;
  readonly key?: string;
}

/** Nodes that run in dependency order. Nodes stand in the order in which the user created them. */
export interface Dag {
  readonly nodes: readonly GraphNode[];
  /**
   * What is read from outside: of a branch, an iteration, an exit handler's tasks, or a pipeline. The node that holds this
   * DAG has outputs of these names; a loop gives lists of them.
   */
  readonly outputs: Readonly<Record<string, Expression>>;
}

export type GraphNode = TaskNode | PipelineNode | RepeatNode | ApprovalNode | IfNode | LoopNode | ExitHandlerNode;

/** What runs when something has ended. */
export type ExitNode = TaskNode | PipelineNode;

interface NodeBase {
  /** Kebab-case path below the pipeline: unique in the pipeline, a DNS label. */
  readonly id: string;
  /** Path of the construct. */
  readonly path: string;
  /** Ids of nodes of the same DAG that must have ended before this one starts (data and order alike). */
  readonly dependsOn: readonly string[];
  /** How they must have ended, where that is not just that all have succeeded. */
  readonly runsWhen?: Dependency;
  /** True where a failure of this node does not make what is around it fail. What waits for its success goes on as well. */
  readonly continueOnFailure?: boolean;
  /**
   * What the KFP document that it came from says of it besides; pointers below its `/task`, its `/executor`, and what its
   * executor is told of the `/platform`; for what holds others, below their `/component` too.
   */
  readonly kfp?: Passthrough;
}

/** How a node can end. Errors of the engine are failures; what was omitted, because of something upstream, is skipped. */
export type NodeState = 'Succeeded' | 'Failed' | 'Skipped';

/** A condition on how nodes of the same DAG have ended. It is asked when all of them have. */
export type Dependency<T = string> =
  | { readonly kind: 'ended'; readonly node: T; readonly states: readonly NodeState[] }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Dependency<T>[] }
  | { readonly kind: 'not'; readonly operand: Dependency<T> };

/** One execution of a component. */
export interface TaskNode extends NodeBase {
  readonly kind: 'task';
  /** Key in {@link PipelineGraph.components}. */
  readonly component: string;
  /** Values by input name; an optional input that is left out is absent here. */
  readonly inputs: Readonly<Record<string, Expression>>;
  /** The pod's settings: the task's own over the pipeline's. */
  readonly settings: GraphTaskSettings;
  /** True where some setting is the task's own, so that it cannot share its component's template. */
  readonly ownSettings: boolean;
}

/** An If with its Elifs and Else. At most one branch runs: the first whose condition holds. */
export interface IfNode extends NodeBase {
  readonly kind: 'if';
  readonly branches: readonly Branch[];
  /** Outputs that are read as existing whichever branch is taken. */
  readonly certain?: readonly string[];
}

/** A branch of an {@link IfNode}; the last one has no condition where it is the Else. */
export interface Branch {
  /** Kebab-case path below the pipeline. */
  readonly id: string;
  readonly path: string;
  readonly condition?: Expression;
  readonly body: Dag;
  /** As that of a node, where the branch has a task of its own in the KFP document that it came from. */
  readonly kfp?: Passthrough;
}

/** What a condition asks of single nodes, in reading order. */
export function endingsIn(condition: Dependency): readonly Ending[] {
  switch (condition.kind) {
    case 'ended':
      return [condition];
    case 'not':
      return endingsIn(condition.operand);
    default:
      return condition.operands.flatMap(endingsIn);
  }
}

/** How one node must have ended. */
export type Ending = Extract<Dependency, { kind: 'ended' }>;

/** A call of a pipeline. Its outputs are those of the pipeline's root. */
export interface PipelineNode extends NodeBase {
  readonly kind: 'pipeline';
  /** Key in {@link PipelineGraph.pipelines}. */
  readonly pipeline: string;
  /** Values by parameter name; one that is left out is absent here. */
  readonly inputs: Readonly<Record<string, Expression>>;
}

/**
 * Calls of a pipeline, one after the other, until its boolean output `until` is true or `limit` calls were made. An
 * output that has the name of a parameter is that parameter's value in the next call. Its outputs are those of the last
 * call, and `iterations`, the number of calls.
 */
export interface RepeatNode extends NodeBase {
  readonly kind: 'repeat';
  readonly pipeline: string;
  readonly inputs: Readonly<Record<string, Expression>>;
  readonly until: string;
  readonly limit: number;
}

/** What became of an approval. */
export type ApprovalDecision = 'approved' | 'rejected' | 'timed-out';

/**
 * Waits for a person. Its output `decision` is `approved`, `rejected`, or `timed-out` where nobody decided in time; it is
 * there in each case. The node ends as Succeeded where it was approved, and else as Skipped.
 */
export interface ApprovalNode extends NodeBase {
  readonly kind: 'approval';
  readonly message?: Expression;
  readonly timeoutSeconds?: number;
}

/** One iteration for each item of a list, side by side. Its outputs are lists, in the items' order. */
export interface LoopNode extends NodeBase {
  readonly kind: 'loop';
  readonly items: Expression;
  readonly itemType: ValueType;
  /** What the list itself says of its elements, where it does. */
  readonly elementType?: ValueType;
  /** How many iterations run at the same time, at most. */
  readonly parallelism?: number;
  /** Outputs of the body that are lists, whose elements are those of the loop's list. */
  readonly flat?: readonly string[];
  readonly body: Dag;
}

/** Nodes, and what runs when they have ended, however they did. */
export interface ExitHandlerNode extends NodeBase {
  readonly kind: 'exit-handler';
  readonly body: Dag;
  /** It stands outside of the body, and reads values from there. */
  readonly onExit?: ExitNode;
}

/** The DAGs directly inside of a node. */
export function bodiesOf(node: GraphNode): readonly Dag[] {
  switch (node.kind) {
    case 'if':
      return node.branches.map(({ body }) => body);
    case 'loop':
    case 'exit-handler':
      return [node.body];
    default:
      return [];
  }
}

/** Every node of a DAG, those inside of others included, in creation order; an exit task comes after what it waits for. */
export const nodesIn = once((dag: Dag): readonly GraphNode[] => {
  const found: GraphNode[] = [];
  collectNodes(dag, found);
  return found;
});

function collectNodes(dag: Dag, found: GraphNode[]): void {
  for (const node of dag.nodes) {
    found.push(node);
    if (node.kind === 'task') continue;
    for (const body of bodiesOf(node)) collectNodes(body, found);
    if (node.kind === 'exit-handler' && node.onExit) found.push(node.onExit);
  }
}

/** Every task of a DAG, those inside of other nodes included, in creation order. */
export const tasksOf = once((dag: Dag): readonly TaskNode[] =>
  nodesIn(dag).filter((node): node is TaskNode => node.kind === 'task'),
);

/** Every task of a pipeline, but not those of pipelines that it calls; the exit task comes last. */
export function allTasks({ root, onExit }: Pick<PipelineGraph, 'root' | 'onExit'>): readonly TaskNode[] {
  return onExit?.kind === 'task' ? [...tasksOf(root), onExit] : tasksOf(root);
}

/** The tasks among {@link allTasks} that ask for something: most of thousands of tasks do not. */
export function tasksWithSettings({ root, onExit }: Pick<PipelineGraph, 'root' | 'onExit'>): readonly TaskNode[] {
  const found = askingIn(root);
  return onExit?.kind === 'task' && asksForSomething(onExit) ? [...found, onExit] : found;
}

const askingIn = once((dag: Dag): readonly TaskNode[] => tasksOf(dag).filter(asksForSomething));

/** True for a task whose settings, its own and those of its pipeline, say anything. */
export function asksForSomething({ settings }: TaskNode): boolean {
  for (const _ in settings) return true;
  return false;
}

/** A pipeline and those that it calls. */
export function pipelinesOf(graph: PipelineGraph): readonly CalledPipeline[] {
  return [graph, ...Object.values(graph.pipelines)];
}
