import type { ComponentDefinition, Json, ParameterType } from '../components/definition';
import type { Expression } from '../values/expression';

/** The version of the graph's JSON form. It changes when a reader of the old form would misread the new one. */
export const GRAPH_FORMAT = 1;

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
  readonly parameters: Readonly<Record<string, PipelineParameter>>;
  /** The distinct components, by component name. */
  readonly components: Readonly<Record<string, ComponentDefinition>>;
  /** Python file → function → the text that ships: every component of each file that is used. */
  readonly sources: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly root: Dag;
  /** The task that runs when the run ends, however it ends. */
  readonly onExit?: TaskNode;
  /** Who the pods run as. */
  readonly runner?: GraphRunner;
  readonly artifactRepository: GraphArtifactRepository;
  readonly limits: GraphLimits;
}

/** What the cluster accepts. */
export interface GraphLimits {
  /** Argo's full CRDs allow 200 templates and 200 tasks in a DAG; the minimal ones do not limit them. */
  readonly crds: 'full' | 'minimal';
  /** The largest WorkflowTemplate, in bytes of compact JSON. */
  readonly bytes: number;
}

/** A parameter of a pipeline. Without a default, a run must supply it. */
export interface PipelineParameter {
  readonly type: ParameterType;
  readonly default?: Json;
  readonly description?: string;
  /** The allowed values. */
  readonly choices?: readonly (string | number | boolean)[];
}

/** The service account of a pipeline's pods. */
export interface GraphRunner {
  readonly serviceAccountName: string;
  /** True where the account has a token Secret named `<account>.service-account-token`, so that pods need no token. */
  readonly tokenSecret: boolean;
}

/** Where artifacts are stored. */
export interface GraphArtifactRepository {
  readonly kind: 's3' | 'gcs' | 'azure';
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
}

export type GraphNode = TaskNode | IfNode;

interface NodeBase {
  /** Kebab-case path below the pipeline: unique in the pipeline, a DNS label. */
  readonly id: string;
  /** Path of the construct. */
  readonly path: string;
  /** Ids of nodes of the same DAG that must have succeeded before this one starts (data and order alike). */
  readonly dependsOn: readonly string[];
}

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

/** What a task asks of its pod, in plain data. */
export interface GraphTaskSettings {
  readonly resources?: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
  readonly retry?: {
    /** Number of retries after the first attempt. */
    readonly retries: number;
    readonly policy: 'Always' | 'OnFailure' | 'OnError' | 'OnTransientError';
    readonly backoffSeconds?: number;
    readonly backoffFactor?: number;
    readonly backoffCapSeconds?: number;
  };
  readonly timeoutSeconds?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** An If with its Elifs and Else. At most one branch runs: the first whose condition holds. */
export interface IfNode extends NodeBase {
  readonly kind: 'if';
  readonly branches: readonly Branch[];
}

/** A branch of an {@link IfNode}; the last one has no condition where it is the Else. */
export interface Branch {
  /** Kebab-case path below the pipeline. */
  readonly id: string;
  readonly path: string;
  readonly condition?: Expression;
  readonly body: Dag;
}

/** Every task of a DAG, those inside branches included, in creation order. */
export function tasksOf(dag: Dag): readonly TaskNode[] {
  return dag.nodes.flatMap((node) =>
    node.kind === 'task' ? [node] : node.branches.flatMap((branch) => tasksOf(branch.body)),
  );
}

/** Every task of a pipeline; the exit task comes last. */
export function allTasks(graph: PipelineGraph): readonly TaskNode[] {
  return graph.onExit ? [...tasksOf(graph.root), graph.onExit] : tasksOf(graph.root);
}
