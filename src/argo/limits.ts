import type { Diagnostic } from '../diagnostic';
import { bodiesOf, type Dag, type GraphNode, type PipelineGraph } from '../graph/graph';
import { pipelineManifest } from './pipeline-manifest';

/** What the full CRDs of Argo 4 allow in `spec.templates` and in `dag.tasks`. */
const CRD_LIMIT = 200;
/** kubectl's client-side apply keeps the whole object in an annotation, which Kubernetes limits to this. */
const CLIENT_SIDE_APPLY = 256 * 1024;
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
  for (const { name, uses } of collisions) {
    report('KFP1305', `the template name '${name}' stands for ${uses.join(' and for ')}`, 'rename one of them');
  }
  const depth = depthOf(graph, graph.root);
  if (depth > DEPTH_LIMIT) {
    report(
      'KFP1309',
      `templates are nested ${depth} deep; Argo's engine takes ${DEPTH_LIMIT}`,
      'nest less: each If, loop, exit handler and call is a level or two, a RepeatUntil two for each iteration',
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
  const pods = new Set(spec.templates.filter(({ container }) => container).map(({ name }) => name));
  for (const { dag } of spec.templates) {
    for (const task of dag?.tasks ?? []) {
      if (!pods.has(task.template)) continue;
      for (const { name, value = '' } of task.arguments?.parameters ?? []) {
        if (Buffer.byteLength(value) <= VARIABLE_LIMIT) continue;
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

/** How deep the templates of a DAG are nested, the DAG itself included. */
function depthOf(graph: PipelineGraph, dag: Dag): number {
  return 1 + Math.max(0, ...dag.nodes.map((node) => depthOfNode(graph, node)));
}

function depthOfNode(graph: PipelineGraph, node: GraphNode): number {
  switch (node.kind) {
    case 'if':
    case 'loop':
      return 1 + Math.max(...bodiesOf(node).map((body) => depthOf(graph, body)));
    case 'exit-handler':
      return depthOf(graph, node.body);
    case 'pipeline':
      return depthOf(graph, graph.pipelines[node.pipeline]!.root) + (graph.pipelines[node.pipeline]!.onExit ? 1 : 0);
    case 'repeat':
      return node.limit + depthOf(graph, graph.pipelines[node.pipeline]!.root);
    default:
      return 1;
  }
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} kB`;
}
