import type { Diagnostic } from '../diagnostic';
import { isCached } from '../graph/cache-key';
import { bodiesOf, type Dag, type GraphNode, type PipelineGraph } from '../graph/graph';
import { pipelineManifest } from './pipeline-manifest';
import type { Template } from './types';

/** What the full CRDs of Argo 4 allow in `spec.templates` and in `dag.tasks`. */
const CRD_LIMIT = 200;
/** kubectl's client-side apply keeps the whole object in an annotation, which Kubernetes limits to this. */
const CLIENT_SIDE_APPLY = 256 * 1024;
/** Words of the language in which Argo evaluates what a task waits for. */
const WORDS: ReadonlySet<string> = new Set(
  'not in and or matches contains startsWith endsWith let if else nil true false'.split(' '),
);
/** How deep Argo's engine lets templates be nested. */
const DEPTH_LIMIT = 100;
/** Linux' limit for one variable of a process' environment, less the variable's name. */
const VARIABLE_LIMIT = 128 * 1024 - 256;
/** A ConfigMap holds at most 1 MiB. */
const CONFIG_MAP_LIMIT = 1024 * 1024;

/** The counts and sizes that a cluster refuses, and template names that stand for two things. */
export function limits(graph: PipelineGraph): readonly Diagnostic[] {
  const { spec, collisions } = pipelineManifest(graph);
  const diagnostics: Diagnostic[] = [];
  const report = (code: string, message: string, mend: string, severity?: 'warning') =>
    diagnostics.push({
      code,
      path: graph.path,
      message,
      mend,
      ...(severity && { severity }),
    });
  for (const { dag } of spec.templates) {
    const tasks = dag?.tasks ?? [];
    if (!tasks.some(({ name }) => isMistaken(name))) continue;
    const awaited = new Set(tasks.flatMap(({ depends = '' }) => depends.match(/[\w-]+(?=\.)/g) ?? []));
    for (const id of awaited) {
      if (!isMistaken(id)) continue;
      report('KFP1300', `the id '${id}' cannot be waited for: Argo's engine takes it for something else`, 'rename it');
    }
  }
  for (const { name, uses } of collisions) {
    report('KFP1305', `the template name '${name}' stands for ${uses.join(' and for ')}`, 'rename one of them');
  }
  const known: Depths = new Map();
  const depth = Math.max(depthOf(graph, graph.root, known), graph.onExit ? depthOfNode(graph, graph.onExit, known) : 0);
  if (depth > DEPTH_LIMIT) {
    report(
      'KFP1309',
      `templates are nested ${depth} deep; Argo's engine takes ${DEPTH_LIMIT}`,
      'nest less: each If, loop, exit handler and call is a level or two, a RepeatUntil one for each iteration',
    );
  }
  if (graph.limits.crds === 'full') {
    if (spec.templates.length > CRD_LIMIT) {
      report(
        'KFP1302',
        `the pipeline has ${spec.templates.length} templates; Argo's full CRDs allow ${CRD_LIMIT}`,
        "split it into pipelines of fewer components and branches, or set crds: 'minimal' where the cluster has the minimal CRDs",
      );
    }
    for (const { name, dag } of spec.templates) {
      if (!dag || dag.tasks.length <= CRD_LIMIT) continue;
      report(
        'KFP1303',
        `the DAG '${name}' has ${dag.tasks.length} tasks; Argo's full CRDs allow ${CRD_LIMIT}`,
        "split it into several pipelines, or set crds: 'minimal' where the cluster has the minimal CRDs",
      );
    }
  }
  const isPod = ({ container, synchronization }: Template) => container !== undefined || synchronization !== undefined;
  const pods = new Set(spec.templates.filter(isPod).map(({ name }) => name));
  for (const { dag } of spec.templates) {
    for (const task of dag?.tasks ?? []) {
      if (!pods.has(task.template)) continue;
      for (const { name, value = '' } of task.arguments?.parameters ?? []) {
        // A character has three bytes at most.
        if (value.length * 3 <= VARIABLE_LIMIT || Buffer.byteLength(value) <= VARIABLE_LIMIT) continue;
        report(
          'KFP1308',
          `the input '${name}' of '${task.name}' has ${kilobytes(Buffer.byteLength(value))}; a variable holds 128 kB`,
          'pass it as an artifact',
        );
      }
    }
  }
  const bytes = Buffer.byteLength(JSON.stringify(spec));
  if (bytes > graph.limits.bytes) {
    report(
      'KFP1304',
      `the WorkflowTemplate has ${kilobytes(bytes)}; ${kilobytes(graph.limits.bytes)} are allowed, because a run holds its template twice`,
      'split the pipeline, or raise sizeLimit for an engine that takes larger objects',
    );
  } else if (bytes > CLIENT_SIDE_APPLY) {
    report(
      'KFP1306',
      `the WorkflowTemplate has ${kilobytes(bytes)}; kubectl's client-side apply takes ${kilobytes(CLIENT_SIDE_APPLY)}`,
      'apply it with `kubectl apply --server-side`, or split the pipeline',
      'warning',
    );
  }
  for (const [file, functions] of Object.entries(graph.sources)) {
    const size = Object.values(functions).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (size <= CONFIG_MAP_LIMIT) continue;
    report('KFP1307', `the components of ${file} have ${kilobytes(size)}; a ConfigMap holds 1024 kB`, 'split the file');
  }
  return diagnostics;
}

/** True for an id that Argo's engine takes for something else than a task's, where that is waited for. */
function isMistaken(id: string): boolean {
  return /^\d/.test(id) || WORDS.has(id);
}

/** How deep templates are nested below each pipeline's, by the pipeline's name. */
type Depths = Map<string, number>;

/** How deep the templates of a DAG are nested, the DAG itself included. */
function depthOf(graph: PipelineGraph, dag: Dag, known: Depths): number {
  return 1 + dag.nodes.reduce((most, node) => Math.max(most, depthOfNode(graph, node, known)), 0);
}

function depthOfNode(graph: PipelineGraph, node: GraphNode, known: Depths): number {
  // What is cached has two DAGs of its own.
  if (node.kind === 'task') return isCached(node, graph) ? 3 : 1;
  const bodies = bodiesOf(node).map((body) => depthOf(graph, body, known));
  switch (node.kind) {
    case 'if':
    case 'loop':
      return 1 + Math.max(...bodies);
    case 'exit-handler':
      return Math.max(...bodies, node.onExit ? depthOfNode(graph, node.onExit, known) : 0);
    case 'pipeline':
      return depthOfPipeline(graph, node.pipeline, known);
    case 'repeat':
      return node.limit + depthOfPipeline(graph, node.pipeline, known);
    default:
      return 1;
  }
}

function depthOfPipeline(graph: PipelineGraph, name: string, known: Depths): number {
  let depth = known.get(name);
  if (depth === undefined) {
    const { root, onExit } = graph.pipelines[name]!;
    // With an exit task, the pipeline is called inside of what the hook belongs to.
    depth = depthOf(graph, root, known) + (onExit ? 1 : 0);
    if (onExit) depth = Math.max(depth, 1 + depthOfNode(graph, onExit, known));
    known.set(name, depth);
  }
  return depth;
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} kB`;
}
