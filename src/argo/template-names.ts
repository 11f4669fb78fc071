import { kebab } from '../graph/names';

/** The name of the pipeline's outermost DAG. */
export const ENTRYPOINT = 'main';

/** The template of a pipeline that is called. */
export function pipelineTemplateName(pipeline: string): string {
  return `pipeline-${kebab(pipeline)}`;
}
