import type { ComponentDefinition, PortDefinition } from '../../components/definition';
import { missingRules } from '../../components/resource-rules';
import type { Diagnostic } from '../../diagnostic';
import { ARTIFACT_GC } from '../artifact-gc';
import { type ArtifactLocation, isFolder, locationOf } from '../artifact-location';
import { fetchesOf, fetchesSpecially } from '../artifact-sources';
import { isCached } from '../cache-key';
import { allTasks, type GraphNode, type PipelineGraph, pipelinesOf, type TaskNode } from '../graph';
import { memberOf } from '../member';
import { type GraphArtifactPlace, isRunValue, type Text, type TreeObject } from '../settings';
import { notableNodesOf, subexpressions } from '../walk';
import { placeProblems, textProblem } from './artifact-uris';

/** Reports what is wrong at a task or at the pipeline. */
type Report = (code: string, message: string, mend: string, severity?: 'warning') => void;

/** Where artifacts are kept is such that the engine can keep them there, and each has a place of its own. */
export function artifacts(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const at =
    (path: string): Report =>
    (code, message, mend, severity) =>
      diagnostics.push({ code, path, message, mend, ...(severity && { severity }) });
  ofPipeline(graph, at(graph.path));
  const taken = new Map<string, string>();
  for (const { node, around } of notableNodesOf(graph)) {
    if (node.kind !== 'task') continue;
    const component = graph.components[node.component]!;
    const report = at(node.path);
    for (const [output, place] of Object.entries(node.settings.artifacts ?? {})) {
      const problem = portProblem('output', output, component);
      if (problem) report('KFP1272', ...problem);
      if (!problem && checkPlace(output, place, node, graph, report) && component.implementation.kind !== 'importer') {
        checkOwnPlace(output, place, { node, around }, taken, report);
      }
    }
    for (const input of node.settings.byReference ?? []) {
      const problem = portProblem('input', input, component);
      if (problem) report('KFP1274', ...problem);
      else if (component.implementation.kind !== 'python') report('KFP1274', ...noUri(input, node.component));
    }
  }
  return diagnostics;
}

/**
 * What a task reads can be fetched from where it is kept. Asked of a pipeline with all that it calls, because what is passed to
 * a pipeline is known only where it is called.
 */
export function fetching(graph: PipelineGraph): readonly Diagnostic[] {
  if (!fetchesSpecially(graph)) return [];
  return pipelinesOf(graph).flatMap((pipeline) =>
    allTasks(pipeline).flatMap((task): Diagnostic[] =>
      Object.entries(fetchesOf(task, graph)).flatMap(([input, fetch]): Diagnostic[] => {
        // What it does not get from its caller, a pipeline reports itself.
        if (pipeline !== graph && task.inputs[input]?.kind !== 'parameter') return [];
        const report = (why: string, mend: string): Diagnostic[] => [
          { code: 'KFP1278', path: task.path, message: `the input '${input}' ${why}`, mend },
        ];
        if (fetch.kind === 'impossible') return report(fetch.why, fetch.mend);
        const isAsked = task.settings.byReference?.includes(input);
        const isPython = graph.components[task.component]?.implementation.kind === 'python';
        if (fetch.kind !== 'reference' || isAsked || isPython) return [];
        return report(
          'is not fetched from where it is, and the container takes a path',
          'let the importer fetch it with credentials, or pass the URI as a parameter',
        );
      }),
    ),
  );
}

function ofPipeline({ artifactRepository, runner }: PipelineGraph, report: Report): void {
  const { prefix, gc } = artifactRepository;
  // Braces in settings of tasks are told of there.
  const holdsTag = prefix !== undefined && !isRunValue(prefix) && prefix.includes('{{');
  const problem = holdsTag ? "holds '{{', which Argo would expand" : prefix !== undefined && textProblem(prefix, 'key');
  if (problem) report('KFP1270', `the prefix of artifacts ${problem}`, 'write it as team/project');
  const late = ['output', 'loop', 'status', 'metric', 'collect', 'one-of'];
  if (isRunValue(prefix) && subexpressions(prefix.expression).some(({ kind }) => late.includes(kind))) {
    const mend = 'build it from parameters and facts of the run';
    report('KFP1270', 'the prefix of artifacts reads what is known only when the run has begun', mend);
  }
  if (gc === undefined || gc === 'Never' || !runner?.rules) return;
  const missing = missingRules(ARTIFACT_GC, runner.rules);
  if (missing.length === 0) return;
  const message = `the account '${runner.serviceAccountName}' may not remove artifacts: it lacks ${missing.join(', ')}`;
  report('KFP1275', message, 'create its Runner with `artifactGc: true`');
}

function portProblem(
  kind: 'input' | 'output',
  name: string,
  component: ComponentDefinition,
): readonly [message: string, mend: string] | undefined {
  const ports: Readonly<Record<string, PortDefinition>> = component[`${kind}s`];
  const port = memberOf(ports, name);
  if (port?.kind === 'artifact') return undefined;
  const names = Object.keys(ports).filter((each) => ports[each]!.kind === 'artifact');
  const mend = names.length > 0 ? `name one of ${names.join(', ')}` : `it has no artifact among its ${kind}s`;
  return [`'${name}' is ${port ? 'a parameter, and no artifact' : `no ${kind}`} of '${component.name}'`, mend];
}

function noUri(input: string, component: string): readonly [message: string, mend: string] {
  return [
    `the input '${input}' is to be read by its URI, and '${component}' takes a path`,
    'take it out of byReference: a container without the runtime is given no URI',
  ];
}

function checkPlace(
  output: string,
  place: GraphArtifactPlace,
  node: TaskNode,
  graph: PipelineGraph,
  report: Report,
): boolean {
  const isImported = graph.components[node.component]!.implementation.kind === 'importer';
  const location = locationOf(place, node.settings, graph.artifactRepository);
  if (location) {
    const problems = placeProblems(output, place, location, isImported);
    for (const [code, message, mend] of problems) report(code, message, mend);
    if (problems.length > 0) return false;
    if (place.key !== undefined && graph.artifactRepository.kind === 'none') {
      const mend = 'give its whole URI, or name the repository';
      report('KFP1271', `the output '${output}' is kept in the artifact repository, and the pipeline has none`, mend);
    }
    if (location.store.kind === 'volume') checkVolume(output, place, location, node, report);
  }
  if (place.gc !== undefined && place.gc !== 'Never' && isCached(node, graph)) {
    report(
      'KFP1275',
      `the output '${output}' is to be removed, and the task's results are reused by other runs`,
      "set its `gc` to 'Never', or `caching: false` for the task",
    );
  }
  return true;
}

function checkVolume(
  output: string,
  place: GraphArtifactPlace,
  { store }: ArtifactLocation,
  { settings }: TaskNode,
  report: Report,
): void {
  const { volume } = store as Extract<ArtifactLocation['store'], { kind: 'volume' }>;
  const { source, claim } = (volume ?? {}) as { readonly source?: TreeObject; readonly claim?: TreeObject };
  const existing = source?.persistentVolumeClaim as TreeObject | undefined;
  const mount = settings.mounts?.find((each) => each.volume === place.volume);
  const what = `the output '${output}' is kept on the volume '${place.volume}'`;
  if (!mount) {
    report('KFP1273', `${what}, which the task does not mount`, 'mount it: volumes: { [path]: volume }');
  } else if (!existing && !claim) {
    report('KFP1273', `${what}, which is gone with the pod`, 'use Volume.claim(…) or Volume.perRun(…)');
  } else if (mount.readOnly || existing?.readOnly === true) {
    report('KFP1273', `${what}, which is mounted read-only`, 'mount it without readOnly');
  }
}

/** No two tasks, iterations or runs write to one place. */
function checkOwnPlace(
  output: string,
  { uri, key, volume, path }: GraphArtifactPlace,
  { node, around }: { readonly node: GraphNode; readonly around: readonly GraphNode[] },
  taken: Map<string, string>,
  report: Report,
): void {
  const text = uri ?? key ?? path;
  if (text === undefined || isFolder(text)) return;
  const mend = 'end it with a slash, for a folder in which each task has a name of its own, or build it from values';
  if (around.some(({ kind }) => kind === 'loop') && !isOfIteration(text)) {
    report('KFP1279', `the output '${output}' has one place, and each iteration writes to it`, mend);
    return;
  }
  const written = JSON.stringify([volume, text]);
  const other = taken.get(written);
  // Of branches, one is taken.
  if (other !== undefined && !around.some(({ kind }) => kind === 'if')) {
    report('KFP1279', `the output '${output}' has the place that '${other}' writes to`, mend);
  } else if (!isRunValue(text)) {
    report('KFP1279', `the output '${output}' has one place, and each run writes to it`, mend, 'warning');
  }
  taken.set(written, node.path);
}

function isOfIteration(text: Text): boolean {
  return isRunValue(text) && subexpressions(text.expression).some(({ kind }) => kind === 'loop' || kind === 'output');
}
