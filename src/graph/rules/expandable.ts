import type { Diagnostic } from '../../diagnostic';
import { allTasks, type PipelineGraph, pipelinesOf } from '../graph';

/**
 * An image holds no `{{`, which Argo would expand and cannot escape. All other text of a user is encoded or escaped on
 * its way into a template, and needs no rule.
 */
export function expandable(graph: PipelineGraph): readonly Diagnostic[] {
  return Object.values(graph.components).flatMap(({ name, implementation }): Diagnostic[] => {
    if (implementation.kind === 'resource' || implementation.kind === 'importer') return [];
    if (implementation.image.trim() === '') {
      if (eachHasItsOwn(graph, name)) return [];
      const mend = 'give it an image, with a tag or a digest';
      return [{ code: 'KFP1231', path: graph.path, message: `the component '${name}' has no image`, mend }];
    }
    if (!implementation.image.includes('{{')) return [];
    const message = `the component '${name}' has '{{' in its image, which Argo would expand`;
    return [
      {
        code: 'KFP1230',
        path: graph.path,
        message,
        mend: 'write the image as it is: a pipeline cannot compute it',
      },
    ];
  });
}

/** True where every task of a component is given an image of its own. */
function eachHasItsOwn(graph: PipelineGraph, component: string): boolean {
  const tasks = pipelinesOf(graph).flatMap(allTasks);
  return tasks.every((task) => task.component !== component || task.settings.image !== undefined);
}
