import type { Json, ParameterType } from '../components/definition';
import type { ManifestBody } from '../constructs/manifest';
import { fetchesOf, hasOwnTemplate } from '../graph/artifact-sources';
import { isCached } from '../graph/cache-key';
import { allTasks, type PipelineGraph, type PipelineParameter, tasksWithSettings } from '../graph/graph';
import { once } from '../graph/once';
import { presenceOf } from '../graph/presence';
import { portOf } from '../graph/walk';
import { encodeValue } from '../values/codec';
import type { RunContext } from './artifacts';
import { cachedTemplates, cachingParameter } from './cache';
import { componentTemplate, inputParameter } from './component-template';
import { type DagPrinter, printersOf } from './dag-templates';
import { NO_OP } from './depends';
import { metricsOfRun } from './metrics';
import { RUNTIME_VOLUME, WORK_VOLUME } from './paths';
import { pipelineLabels, podLabels } from './pod-labels';
import { identity } from './pod-settings';
import { textWithoutTags } from './raw-text';
import { knownMetadata, metadataOfRuns, runFields } from './run-settings';
import { runtimeConfigMap, runtimeItems, sourceConfigMap, volumeNameOf } from './sources';
import { ENTRYPOINT } from './template-names';
import type { KubernetesObject, Parameter, Template, Volume, WorkflowTemplateSpec } from './types';

/** The experiment that a run belongs to. */
export const EXPERIMENT_LABEL = 'cdk8s-kfp/experiment';

/** A pipeline's WorkflowTemplate. */
export interface PipelineManifest {
  readonly body: ManifestBody;
  readonly spec: WorkflowTemplateSpec;
  /** Template names that stand for two things. */
  readonly collisions: readonly { readonly name: string; readonly uses: readonly string[] }[];
}

/** The number of tasks from which printing them quickly saves more than it costs. */
const LONG = 100;

/** The WorkflowTemplate of a pipeline. Computed once for each graph. */
export const pipelineManifest = once(print);

function print(graph: PipelineGraph): PipelineManifest {
  const printers = printersOf(graph);
  const ofRun = printers[0]!.references.in(new Set());
  const { templates, collisions } = templatesOf({ graph, ofRun }, printers);
  const parameters = [
    ...Object.entries(graph.parameters).map(([name, parameter]) => argument(name, parameter)),
    ...cachingParameter(graph),
  ];
  const { labels: ofRuns, annotations: notes } = graph.run ?? {};
  const own = pipelineLabels(graph);
  const labels = { ...knownMetadata(ofRuns), ...own };
  const annotations = {
    ...knownMetadata(notes),
    ...(graph.displayName !== undefined && { 'workflows.argoproj.io/title': graph.displayName }),
    ...(graph.description !== undefined && { 'workflows.argoproj.io/description': graph.description }),
  };
  const { runner, artifactRepository: repository } = graph;
  const spec: WorkflowTemplateSpec = {
    entrypoint: ENTRYPOINT,
    ...(parameters.length > 0 && { arguments: { parameters } }),
    ...(runner && identity(runner)),
    podMetadata: { labels: { ...podLabels(graph), ...runner?.podLabels } },
    ...(repository.configMap !== undefined && {
      artifactRepositoryRef: {
        configMap: repository.configMap,
        ...(repository.key !== undefined && { key: repository.key }),
      },
    }),
    ...artifactGc(graph),
    workflowMetadata: {
      labels: { ...metadataOfRuns(ofRuns, ofRun), ...own },
      ...(notes && { annotations: metadataOfRuns(notes, ofRun) }),
    },
    ...runFields(graph.run, ofRun),
    ...metricsOfRun(graph.run?.metrics, graph.parameters, ofRun),
    ...(graph.onExit && { hooks: { exit: printers[0]!.hookOfRun(graph.onExit) } }),
    volumes: volumesOf(graph),
    ...claimsOf(printers),
    templates,
  };
  return { spec, collisions, body: { labels, annotations, fields: { spec }, isLong: allTasks(graph).length >= LONG } };
}

/** When artifacts are removed. Argo does that in pods of its own, as the account that the other pods have. */
function artifactGc({ artifactRepository, runner }: PipelineGraph): Pick<WorkflowTemplateSpec, 'artifactGC'> {
  const { gc } = artifactRepository;
  if (gc === undefined) return {};
  return { artifactGC: { strategy: gc, ...(runner && { serviceAccountName: runner.serviceAccountName }) } };
}

/** A parameter of a run, as Argo's UI offers it. */
function argument(name: string, parameter: PipelineParameter): Parameter {
  const { description, choices } = parameter;
  const type = parameter.type as ParameterType;
  const { default: value } = inputParameter(name, portOf(parameter));
  return {
    name,
    ...(value !== undefined && { value }),
    // Argo expands tags in a parameter's description too, and has no escape for them.
    ...(description !== undefined && { description: textWithoutTags(description) }),
    ...(choices && { enum: choices.map((choice) => encodeValue(type, choice as Json)) }),
  };
}

function templatesOf(
  run: RunContext,
  printers: readonly DagPrinter[],
): Pick<PipelineManifest, 'collisions'> & { readonly templates: Template[] } {
  const { graph } = run;
  const templates: Template[] = [];
  const uses = new Map<string, Set<string>>();
  const take = (name: string, use: string): boolean => {
    const known = uses.get(name) ?? new Set<string>();
    uses.set(name, known.add(use));
    return known.size === 1;
  };
  for (const printer of printers) {
    for (const template of printer.templates()) {
      take(template.name, `the DAG '${template.name}'`);
      templates.push(template);
    }
  }
  const leaves = new Map<string, Template>();
  for (const printer of printers) {
    const printed = new Set<string>();
    for (const task of allTasks(printer.pipeline)) {
      const isOwn = hasOwnTemplate(task, graph);
      if (!isOwn) {
        if (printed.has(task.component)) continue;
        printed.add(task.component);
      }
      const name = printer.templateNameOf(task);
      const isNew = take(name, isOwn ? `the task '${task.path}'` : `the component '${task.component}'`);
      if (!isNew || leaves.has(name)) continue;
      const component = graph.components[task.component]!;
      const [fetches, presence] = [fetchesOf(task, graph), presenceOf(task, graph)];
      const leaf = componentTemplate(name, component, task.settings, fetches, run, presence);
      if (isCached(task, graph)) {
        for (const cached of cachedTemplates(leaf, component, task.settings)) {
          if (take(cached.name, `the cache of '${name}'`)) leaves.set(cached.name, cached);
        }
      }
      leaves.set(name, leaf);
    }
  }
  if ([...templates, ...leaves.values()].some(({ dag }) => dag?.tasks.some(({ template }) => template === NO_OP))) {
    take(NO_OP, 'what does nothing');
    templates.push({ name: NO_OP, suspend: { duration: '0' } });
  }
  const collisions = [...uses].filter(([, what]) => what.size > 1).map(([name, what]) => ({ name, uses: [...what] }));
  return { templates: [...templates, ...leaves.values()], collisions };
}

/** The claims of a run: those of all its tasks, removed when it has ended, however it did. */
function claimsOf(
  printers: readonly DagPrinter[],
): Pick<WorkflowTemplateSpec, 'volumeClaimTemplates' | 'volumeClaimGC'> {
  const claims = new Map<string, KubernetesObject>();
  for (const { pipeline } of printers) {
    for (const { settings } of tasksWithSettings(pipeline)) {
      for (const { name, claim } of settings.volumes ?? []) if (claim) claims.set(name, claim);
    }
  }
  if (claims.size === 0) return {};
  return {
    volumeClaimTemplates: [...claims].map(([name, spec]) => ({ metadata: { name }, spec: structuredClone(spec) })),
    volumeClaimGC: { strategy: 'OnWorkflowCompletion' },
  };
}

/** The runtime, each Python file, and a work folder for each pod. */
function volumesOf(graph: PipelineGraph): Volume[] {
  const files = Object.entries(graph.sources);
  return [
    ...(files.length > 0
      ? [{ name: RUNTIME_VOLUME, configMap: { name: runtimeConfigMap().name, items: runtimeItems() } }]
      : []),
    ...files
      .filter(([, functions]) => Object.keys(functions).length > 0)
      .map(([file, functions]) => ({
        name: volumeNameOf(file),
        configMap: { name: sourceConfigMap(file, functions).name },
      })),
    { name: WORK_VOLUME, emptyDir: {} },
  ];
}
