import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';

/** No secret stands in a manifest: the URLs of indexes and packages hold no credentials. */
export function secrets(graph: PipelineGraph): readonly Diagnostic[] {
  return Object.values(graph.components).flatMap(({ name, implementation }): Diagnostic[] => {
    if (implementation.kind !== 'python') return [];
    const texts = [...(implementation.pipIndexUrls ?? []), ...(implementation.packages ?? [])];
    if (!texts.some((text) => /[a-z+]+:\/\/[^/?#\s]*@/i.test(text))) return [];
    return [
      {
        code: 'KFP1232',
        path: graph.path,
        at: `${implementation.file}:${implementation.line}`,
        message: `the component '${name}' has credentials in the URL of an index or a package, which would stand in the manifest`,
        mend: 'leave them out, and give them to pip by its configuration in the image',
      },
    ];
  });
}
