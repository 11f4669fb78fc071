import { createHash } from 'node:crypto';
import type { ComponentDefinition } from '../components/definition';
import { asksForCaching } from '../graph/cache-key';
import type { PipelineGraph } from '../graph/graph';
import { isLabelValue, kebab, NAME_LIMIT } from '../graph/names';
import type { GraphTaskSettings } from '../graph/settings';
import { CACHED_PATH } from './cache';
import { tag } from './expression-printer';
import { textWithoutTags } from './raw-text';
import type { SettingPrinter } from './setting-printer';
import type { Template } from './types';

/** A label of pipelines, of their runs and of all pods of these: the pipeline's name. */
export const PIPELINE_LABEL = 'cdk8s-kfp/pipeline';
/** The pipeline's version. */
export const VERSION_LABEL = 'cdk8s-kfp/pipeline-version';
/** A label of pods: the component's name. */
export const COMPONENT_LABEL = 'cdk8s-kfp/component';
/** A label of pods: the task's name. */
const TASK_LABEL = 'cdk8s-kfp/task';
/** An annotation of pods, and of the templates in a Workflow: what the pod runs, `file:function@sha256:digest` or the image. */
export const SOURCE_ANNOTATION = 'cdk8s-kfp/source';

/** The labels by which pipelines and runs are found. */
export function pipelineLabels({ name, version }: PipelineGraph): Record<string, string> {
  return { [PIPELINE_LABEL]: name, ...(version !== undefined && { [VERSION_LABEL]: version }) };
}

/**
 * The labels that all pods of a run have. `part-of` and not `name`: a Service of the pipeline's name would select the pods.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function podLabels(graph: PipelineGraph): Record<string, string> {
  return {
    ...pipelineLabels(graph),
    'app.kubernetes.io/part-of': graph.name,
    ...(graph.version !== undefined && { 'app.kubernetes.io/version': graph.version }),
  };
}

/** What a component's pods are found by and where their code is from, and what the task says besides. */
export function podMetadata(
  settings: GraphTaskSettings,
  component: ComponentDefinition,
  print: SettingPrinter,
): NonNullable<Template['metadata']> {
  const { labels = {}, annotations = {} } = settings;
  return {
    labels: {
      [COMPONENT_LABEL]: labelValue(component.name),
      [TASK_LABEL]: taskName(settings),
      ...print.tree<Record<string, string>>(labels),
    },
    annotations: {
      [SOURCE_ANNOTATION]: sourceOf(component, settings, print),
      ...print.tree<Record<string, string>>(annotations),
    },
  };
}

/** The same of an importer, which has no pod: the lineage of a run names it. */
export function importerMetadata(component: ComponentDefinition): NonNullable<Template['metadata']> {
  return {
    labels: { [COMPONENT_LABEL]: labelValue(component.name) },
    annotations: { [SOURCE_ANNOTATION]: component.implementation.kind },
  };
}

/**
 * The name of the task that a pod runs: the last part of its node's, less the index of an iteration. The exit task of something
 * is called `onExit` by Argo.
 */
export function taskName(settings: GraphTaskSettings): string {
  const node = asksForCaching(settings) ? `replace(node.name, '${CACHED_PATH}', '')` : 'node.name';
  return tag(`split(last(split(${node}, '.')), '(')[0]`);
}

/** The digest of a component's text, as it ships. */
function sourceDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function sourceOf(
  { implementation }: ComponentDefinition,
  { image }: GraphTaskSettings,
  print: SettingPrinter,
): string {
  switch (implementation.kind) {
    case 'python': {
      const { file, function: name, source, notebook } = implementation;
      const digest = sourceDigest(notebook ? source + notebook.source : source);
      return `${textWithoutTags(file)}:${name}@sha256:${digest}`;
    }
    case 'container':
      return image === undefined ? implementation.image : print.field(image);
    default:
      return implementation.kind;
  }
}

/** A name as a label has it. */
function labelValue(name: string): string {
  return isLabelValue(name) ? name : kebab(name).slice(0, NAME_LIMIT).replace(/-+$/, '');
}
