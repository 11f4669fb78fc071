import { type Diagnostic, DiagnosticsError } from '../diagnostic';
import { bodiesOf, type Dag, type GraphNode, type PipelineGraph } from '../graph/graph';
import { kebab, nearest } from '../graph/names';
import { Instances, nodesOfPipeline, withInner } from './instance';
import { dependentsOf, producersOf, whatIsMissing } from './rerun-needs';
import type { Store, StoredRun } from './store';

/** Which part of a pipeline is run again, on what the last run left. */
export interface RerunRequest {
  /** One node alone; its branch's condition is not asked. */
  readonly task?: string;
  /** A node and all that depends on it. A node inside of a loop, an exit handler or a call stands for that. */
  readonly from?: string;
}

/** A part of a pipeline that is run again. */
export interface Rerun {
  readonly last: StoredRun;
  /** Ids of the nodes that run; the results of all others are the last run's. */
  readonly nodes: ReadonlySet<string>;
  /** The one node that runs, where only one was asked for. */
  readonly only?: GraphNode;
}

/**
 * Decides what a rerun runs.
 *
 * @throws DiagnosticsError where there is no such node, no last run, or the last run lacks what is needed
 */
export function planRerun(graph: PipelineGraph, store: Store, request: RerunRequest): Rerun | undefined {
  const name = request.task ?? request.from;
  if (name === undefined) return undefined;
  const found = targetOf(graph, name);
  const alone = request.task !== undefined;
  if (alone && (found.isInstance || found.around.some(({ kind }) => kind === 'loop'))) {
    const whole = (found.around.find(({ kind }) => kind === 'loop') ?? found.node).id;
    throw new DiagnosticsError([
      {
        code: 'KFP1425',
        path: found.node.path,
        message: `'${name}' cannot run alone: it runs several times, or inside of a called pipeline`,
        mend: `run all of '${whole}' again: --from ${whole}`,
      },
    ]);
  }
  const target = alone ? found.node : (found.around[0] ?? found.node);
  const last = store.lastRun(graph.name);
  if (!last) {
    throw new DiagnosticsError([
      {
        code: 'KFP1411',
        path: target.path,
        message: `'${name}' cannot run alone: pipeline '${graph.name}' has no last run in ${store.folder}`,
        mend: 'run the whole pipeline once',
      },
    ]);
  }
  const only = alone || target === graph.onExit ? target : undefined;
  const { nodes, needed } = only
    ? { nodes: idsOf(only), needed: producersOf(only, graph) }
    : dependentsOf(graph.root, target.id);
  const lacking = [...needed].flatMap(([node, need]) => whatIsMissing(node, need, last, store));
  if (lacking.length > 0) {
    throw new DiagnosticsError(
      lacking.map(
        (message): Diagnostic => ({
          code: 'KFP1412',
          path: target.path,
          message: `'${name}' needs the last run (${last.name}): ${message}`,
          mend: 'run the whole pipeline, or begin further up with --from',
        }),
      ),
    );
  }
  return { last, nodes, ...(only && { only }) };
}

/** The nodes that may run: those that a rerun runs, or all, and all of the pipelines that these call. */
export function nodesToRun(graph: PipelineGraph, rerun: Rerun | undefined): readonly GraphNode[] {
  const nodes = [...nodesOfPipeline(graph)].filter(
    (node) => !rerun || rerun.nodes.has(node.id) || (!rerun.only && node === graph.onExit),
  );
  const called = new Set<string>();
  // The list grows while it is gone through: what is called may call others.
  for (const node of nodes) {
    if (!('pipeline' in node) || called.has(node.pipeline)) continue;
    called.add(node.pipeline);
    nodes.push(...nodesOfPipeline(graph.pipelines[node.pipeline]!));
  }
  return nodes;
}

interface Target {
  readonly node: GraphNode;
  /** The nodes around it that run as a whole, outermost first: not Ifs. */
  readonly around: readonly GraphNode[];
  /** True where it was named as an instance: of an iteration, or in a call. */
  readonly isInstance: boolean;
}

function targetOf(graph: PipelineGraph, name: string): Target {
  const isInstance = new Instances(graph).nodeAt(name) !== undefined && /[[/]/.test(name);
  const id = isInstance ? name.replace(/[[/].*$/, '') : name;
  const node = nodesOfPipeline(graph).find((node) => node.id === id);
  if (node) return { node, around: aroundOf(graph.root, node) ?? [], isInstance };
  const short = nodesNamed(graph, name);
  if (short.length === 1) {
    return { node: short[0]!, around: aroundOf(graph.root, short[0]!) ?? [], isInstance: /\[/.test(name) };
  }
  if (short.length > 1) {
    throw new DiagnosticsError([
      {
        code: 'KFP1410',
        path: graph.path,
        message: `pipeline '${graph.name}' has several tasks '${name}'`,
        mend: `name one of ${short.map(({ id }) => id).join(', ')}`,
      },
    ]);
  }
  const known = nodesOfPipeline(graph).map(({ id }) => id);
  const callers = nodesOfPipeline(graph).filter(
    (caller) => 'pipeline' in caller && calls(graph, caller.pipeline).some((inner) => inner.id === name),
  );
  const meant = nearest(name, [...known, ...nodesOfPipeline(graph).map(({ path }) => lastPart(path))]);
  const inside = callers.map(({ id }) => `'${id}' (--from ${id})`).join(', ');
  throw new DiagnosticsError([
    {
      code: 'KFP1410',
      path: graph.path,
      message: `pipeline '${graph.name}' has no task '${name}'`,
      mend: inside
        ? `it is inside of what it calls: run again all of ${inside}`
        : meant
          ? `did you mean '${meant}'?`
          : `its tasks are ${known.join(', ')}`,
    },
  ]);
}

/** The nodes that a name may mean which is the end of a construct's path, as for `pipeline.task()`: `notify`, `check/notify`. */
function nodesNamed(graph: PipelineGraph, name: string): readonly GraphNode[] {
  const inKebab = (path: string) => path.split('/').map(kebab).join('/');
  const end = `/${inKebab(name.replace(/\[\d+\]/g, ''))}`;
  return nodesOfPipeline(graph).filter(({ path }) => inKebab(path.slice(graph.path.length)).endsWith(end));
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The nodes of a pipeline, and of those that it calls. */
function calls(graph: PipelineGraph, pipeline: string): readonly GraphNode[] {
  return nodesOfPipeline(graph.pipelines[pipeline]!).flatMap((node) => [
    node,
    ...('pipeline' in node ? calls(graph, node.pipeline) : []),
  ]);
}

/** The nodes around a node that are no Ifs, outermost first; undefined where it is not in the DAG. */
function aroundOf(dag: Dag, target: GraphNode): readonly GraphNode[] | undefined {
  for (const node of dag.nodes) {
    if (node === target) return [];
    const own = node.kind === 'if' ? [] : [node];
    if (node.kind === 'exit-handler' && node.onExit === target) return own;
    for (const body of bodiesOf(node)) {
      const inner = aroundOf(body, target);
      if (inner) return [...own, ...inner];
    }
  }
  return undefined;
}

function idsOf(node: GraphNode): ReadonlySet<string> {
  return new Set(withInner(node).map(({ id }) => id));
}
