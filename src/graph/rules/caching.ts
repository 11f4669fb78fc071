import type { Diagnostic } from '../../diagnostic';
import { type Expression, isArtifactType } from '../../values/expression';
import { CACHING_PARAMETER, cachesSomething, isCached, mayBeCached } from '../cache-key';
import { bodiesOf, type Dag, type GraphNode, nodesIn, type PipelineGraph, type TaskNode } from '../graph';
import { memberOf } from '../member';
import { isRunValue } from '../settings';
import { nodesById, notableNodesOf } from '../walk';

/** What is kept of one task: results of more iterations than this fill the ConfigMap that holds them. */
const MANY = 500;
/** The engine keeps results for a month, at most. */
const MONTH_SECONDS = 31 * 24 * 3600;

/** How a task is told to reuse nothing, here and in the Python of a compiled pipeline. */
const NOT_CACHED = 'set `caching: false` for it (in Python: task.set_caching_options(False))';

/** What reuses results of tasks can do so, and does it as it was meant. */
export function caching(graph: PipelineGraph): readonly Diagnostic[] {
  return [...reserved(graph), ...options(graph), ...environment(graph), ...doubtful(graph), ...collected(graph)];
}

function reserved(graph: PipelineGraph): readonly Diagnostic[] {
  if (!Object.hasOwn(graph.parameters, CACHING_PARAMETER) || !cachesSomething(graph)) return [];
  return [
    {
      code: 'KFP1264',
      path: graph.path,
      message: `the parameter '${CACHING_PARAMETER}' has the name of the one by which a run says whether it reuses results`,
      mend: 'rename it',
    },
  ];
}

/** The tasks that ask for reuse. */
function askingTasks(
  graph: PipelineGraph,
): readonly { readonly node: TaskNode; readonly around: readonly GraphNode[] }[] {
  return notableNodesOf(graph).flatMap(({ node, around }) => {
    if (node.kind !== 'task' || !node.settings.caching) return [];
    return mayBeCached(node, graph) ? [{ node, around }] : [];
  });
}

function options(graph: PipelineGraph): readonly Diagnostic[] {
  return askingTasks(graph).flatMap(({ node: { path, settings } }) => {
    const { key, maxAgeSeconds } = settings.caching!;
    const wrong: Diagnostic[] = [];
    if (key !== undefined && !isRunValue(key) && (typeof key !== 'string' || key === '')) {
      const message = `the cache key is ${JSON.stringify(key)}`;
      wrong.push({ code: 'KFP1267', path, message, mend: 'give a text that is not empty, or leave the key out' });
    }
    if (maxAgeSeconds !== undefined && !(Number.isInteger(maxAgeSeconds) && maxAgeSeconds >= 1)) {
      const message = `the maximum age of ${maxAgeSeconds} s is not a whole number of seconds`;
      const mend = 'give whole seconds, from 1, or `caching: false` for results that are never reused';
      wrong.push({ code: 'KFP1267', path, message, mend });
    }
    return wrong;
  });
}

/** Values that only the cluster knows cannot be part of a key, and those of Secrets must not. */
function environment(graph: PipelineGraph): readonly Diagnostic[] {
  return askingTasks(graph).flatMap(({ node: { path, settings } }) =>
    settings.caching!.env.flatMap((name): Diagnostic[] => {
      const report = (message: string, mend: string): Diagnostic[] => [{ code: 'KFP1265', path, message, mend }];
      const variable = settings.env?.find((each) => each.name === name);
      if (!variable) {
        return report(
          `the variable '${name}' is to be part of the cache key, and the task does not set it`,
          `set it in \`env\`, or leave it out of \`caching\``,
        );
      }
      if ('value' in variable) return [];
      const secret = 'secretKeyRef' in variable.valueFrom;
      return report(
        `the variable '${name}' is to be part of the cache key, and its value comes from ${secret ? 'a Secret' : 'the cluster'}`,
        'leave it out of `caching`; where its value makes a difference, say so by an input, or by a key of your own',
      );
    }),
  );
}

/** Warnings: reuse of what is not the same, or none where some was asked for. */
function doubtful(graph: PipelineGraph): readonly Diagnostic[] {
  const warnings: Diagnostic[] = [];
  const images = new Set<string>();
  for (const { node, around } of askingTasks(graph)) {
    const { path, settings, component } = node;
    const warn = (code: string, message: string, mend: string) =>
      warnings.push({ code, severity: 'warning', path, message, mend });
    const claim = settings.volumes?.find((volume) => volume.claim);
    if (claim) {
      warn(
        'KFP1269',
        `it is never reused, because it mounts '${claim.name}', a volume of its own in each run`,
        `${NOT_CACHED}, or hand on what it reads and writes there as artifacts`,
      );
      continue;
    }
    const { key, maxAgeSeconds = 0 } = settings.caching!;
    const { implementation } = graph.components[component]!;
    const image = settings.image ?? ('image' in implementation ? implementation.image : undefined);
    if (key === undefined && typeof image === 'string' && isMoving(image) && !images.has(image)) {
      images.add(image);
      warn(
        'KFP1268',
        `results are reused also when '${image}' has become another image`,
        `give the image (base_image in Python) a tag that stays, or a digest; or ${NOT_CACHED}`,
      );
    }
    for (const [input, value] of Object.entries(key === undefined ? node.inputs : {})) {
      const made = value.kind === 'output' ? nodesById(graph).get(value.task)?.node : undefined;
      if (value.kind !== 'output' || made?.kind !== 'task') continue;
      const place = memberOf(made.settings.artifacts ?? {}, value.output);
      if (typeof (place?.uri ?? place?.key ?? place?.path) !== 'string') continue;
      warn(
        'KFP1268',
        `its input '${input}' is always at the same place, so that results are reused also when '${made.path}' has made another one`,
        `let the place change with the run, by \`pipeline.run.name\`; or ${NOT_CACHED}`,
      );
    }
    if (maxAgeSeconds > MONTH_SECONDS) {
      warn(
        'KFP1269',
        'the maximum age is longer than a month, after which the engine begins with nothing kept',
        'leave `maxAge` out, or give less',
      );
    }
    const items = around.reduce((count, loop) => count * countOf(loop), 1);
    if (items > MANY) {
      warn(
        'KFP1269',
        `it runs ${items} times, and what is kept of a component has to fit one ConfigMap, about 1,000 to 3,000 results`,
        `${NOT_CACHED}, or reuse the result of what makes the items`,
      );
    }
  }
  return warnings;
}

function countOf(node: GraphNode): number {
  return node.kind === 'loop' && node.items.kind === 'literal' ? (node.items.value as readonly unknown[]).length : 1;
}

/** An image without a digest, and without a tag or with the one that is moved by custom. */
function isMoving(image: string): boolean {
  if (image.includes('@')) return false;
  const [, tag] = /:([^:/]+)$/.exec(image) ?? [];
  return tag === undefined || tag === 'latest';
}

/**
 * A list of artifacts is fetched as one folder of the run: what an earlier run made is not in there.
 */
function collected(graph: PipelineGraph): readonly Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const { node } of notableNodesOf(graph)) {
    if (node.kind !== 'loop') continue;
    for (const value of Object.values(node.body.outputs)) {
      if (!isArtifactType(value.type)) continue;
      for (const task of cachedProducers(value, graph)) {
        found.set(task.path, {
          code: 'KFP1266',
          path: task.path,
          message: `'${node.path}' collects its artifacts, which are fetched from the run's own folder: what is reused lies in that of an earlier run`,
          mend: 'set `caching: false` for it, or collect parameters',
        });
      }
    }
  }
  return [...found.values()];
}

function cachedProducers(value: Expression, graph: PipelineGraph): readonly TaskNode[] {
  const own = nodesById(graph);
  return producersOf(value, (id) => own.get(id)?.node, graph).filter((task) => isCached(task, graph));
}

/** The tasks whose artifacts a value may be, through whatever they stand in. */
function producersOf(
  value: Expression,
  nodeOf: (id: string) => GraphNode | undefined,
  graph: PipelineGraph,
): readonly TaskNode[] {
  if (value.kind !== 'output') return [];
  const node = nodeOf(value.task);
  if (node === undefined) return [];
  if (node.kind === 'task') return [node];
  const given = (bodies: readonly Dag[], find: typeof nodeOf) =>
    bodies.flatMap(({ outputs }) => {
      const inner = memberOf(outputs, value.output);
      return inner ? producersOf(inner, find, graph) : [];
    });
  if (node.kind !== 'pipeline' && node.kind !== 'repeat') return given(bodiesOf(node), nodeOf);
  const called = graph.pipelines[node.pipeline];
  if (!called) return [];
  const inside = new Map(nodesIn(called.root).map((each) => [each.id, each]));
  return given([called.root], (id) => inside.get(id));
}
