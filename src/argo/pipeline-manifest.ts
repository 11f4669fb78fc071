import type { Json, ParameterType } from '../components/definition';
import type { ManifestBody } from '../constructs/manifest';
import { allTasks, type PipelineGraph, type PipelineParameter } from '../graph/graph';
import { once } from '../graph/once';
import { portOf } from '../graph/walk';
import { encodeValue } from '../values/codec';
import { componentTemplate, inputParameter } from './component-template';
import { type DagPrinter, printersOf } from './dag-templates';
import { NO_OP } from './depends';
import { RUNTIME_VOLUME, WORK_VOLUME } from './paths';
import { runtimeConfigMap, runtimeItems, sourceConfigMap, volumeNameOf } from './sources';
import { ENTRYPOINT } from './template-names';
import type { Parameter, Template, Volume, WorkflowTemplateSpec } from './types';

/** A label that pipelines, and through them all runs, carry: the pipeline's name. */
export const PIPELINE_LABEL = 'cdk8s-kfp/pipeline';
/** The pipeline's version. */
export const VERSION_LABEL = 'cdk8s-kfp/pipeline-version';
/** The experiment that a run belongs to. */
export const EXPERIMENT_LABEL = 'cdk8s-kfp/experiment';

/** Finished pods of successful tasks go after this long; failed ones stay for as long as their run. */
const POD_RETENTION = '600s';

/** A pipeline's WorkflowTemplate. */
export interface PipelineManifest {
  readonly body: ManifestBody;
  readonly spec: WorkflowTemplateSpec;
  /** Template names that stand for two things. */
  readonly collisions: readonly { readonly name: string; readonly uses: readonly string[] }[];
}

/** The WorkflowTemplate of a pipeline. Computed once for each graph. */
export const pipelineManifest = once(print);

function print(graph: PipelineGraph): PipelineManifest {
  const printers = printersOf(graph);
  const { templates, collisions } = templatesOf(graph, printers);
  const parameters = Object.entries(graph.parameters).map(([name, parameter]) => argument(name, parameter));
  const labels = {
    [PIPELINE_LABEL]: graph.name,
    ...(graph.version !== undefined && { [VERSION_LABEL]: graph.version }),
  };
  const annotations = {
    ...(graph.displayName !== undefined && { 'workflows.argoproj.io/title': graph.displayName }),
    ...(graph.description !== undefined && { 'workflows.argoproj.io/description': graph.description }),
  };
  const { runner, artifactRepository: repository } = graph;
  const spec: WorkflowTemplateSpec = {
    entrypoint: ENTRYPOINT,
    ...(parameters.length > 0 && { arguments: { parameters } }),
    ...(runner && { serviceAccountName: runner.serviceAccountName }),
    // Where the executor has a token of its own, the user's code needs none.
    ...(runner?.tokenSecret && {
      automountServiceAccountToken: false,
      executor: { serviceAccountName: runner.serviceAccountName },
    }),
    ...(repository.configMap !== undefined && {
      artifactRepositoryRef: {
        configMap: repository.configMap,
        ...(repository.key !== undefined && { key: repository.key }),
      },
    }),
    workflowMetadata: { labels: { ...labels } },
    podGC: { strategy: 'OnPodSuccess', deleteDelayDuration: POD_RETENTION },
    ...(graph.onExit && { hooks: { exit: printers[0]!.hookOfRun(graph.onExit) } }),
    volumes: volumesOf(graph),
    templates,
  };
  return { spec, collisions, body: { labels, annotations, fields: { spec } } };
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
    ...(description !== undefined && { description: description.replaceAll('{{', '{ {') }),
    ...(choices && { enum: choices.map((choice) => encodeValue(type, choice as Json)) }),
  };
}

function templatesOf(
  graph: PipelineGraph,
  printers: readonly DagPrinter[],
): Pick<PipelineManifest, 'collisions'> & { readonly templates: Template[] } {
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
  if (templates.some(({ dag }) => dag?.tasks.some(({ template }) => template === NO_OP))) {
    take(NO_OP, 'what does nothing');
    templates.push({ name: NO_OP, suspend: { duration: '0' } });
  }
  const leaves = new Map<string, Template>();
  for (const printer of printers) {
    for (const task of allTasks(printer.pipeline)) {
      const name = printer.templateNameOf(task);
      const isNew = take(name, task.ownSettings ? `the task '${task.path}'` : `the component '${task.component}'`);
      if (!isNew || leaves.has(name)) continue;
      leaves.set(name, componentTemplate(name, graph.components[task.component]!, task.settings, graph));
    }
  }
  const collisions = [...uses].filter(([, what]) => what.size > 1).map(([name, what]) => ({ name, uses: [...what] }));
  return { templates: [...templates, ...leaves.values()], collisions };
}

/** The runtime, each Python file, and a work folder for each pod. */
function volumesOf(graph: PipelineGraph): Volume[] {
  const files = Object.entries(graph.sources);
  return [
    ...(files.length > 0
      ? [{ name: RUNTIME_VOLUME, configMap: { name: runtimeConfigMap().name, items: runtimeItems() } }]
      : []),
    ...files.map(([file, functions]) => ({
      name: volumeNameOf(file),
      configMap: { name: sourceConfigMap(file, functions).name },
    })),
    { name: WORK_VOLUME, emptyDir: {} },
  ];
}
