import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';

/** Where a pipeline is said to have no artifact repository, nothing in it makes or reads artifacts. */
export function repository(graph: PipelineGraph): readonly Diagnostic[] {
  if (graph.artifactRepository.kind !== 'none') return [];
  return Object.values(graph.components).flatMap(({ name, inputs, outputs }): Diagnostic[] => {
    const ports = Object.entries({ ...inputs, ...outputs }).filter(([, port]) => port.kind === 'artifact');
    if (ports.length === 0) return [];
    const names = ports.map(([port]) => `'${port}'`).join(', ');
    return [
      {
        code: 'KFP1242',
        path: graph.path,
        message: `the component '${name}' has artifacts (${names}), and the pipeline has no artifact repository`,
        mend: 'name the artifact repository, or pass parameters',
      },
    ];
  });
}
