import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';

/** No secret stands in a manifest: the URLs of package indexes hold no credentials. */
export function secrets(graph: PipelineGraph): readonly Diagnostic[] {
  return Object.values(graph.components).flatMap(({ name, implementation }): Diagnostic[] => {
    if (implementation.kind !== 'python') return [];
    if (!(implementation.pipIndexUrls ?? []).some((url) => /^[a-z+]+:\/\/[^/?#]*@/i.test(url))) return [];
    return [
      {
        code: 'KFP1232',
        path: graph.path,
        at: `${implementation.file}:${implementation.line}`,
        message: `the component '${name}' has an index URL with credentials, which would stand in the manifest`,
        mend: 'leave them out of pip_index_urls, and give them to pip by its configuration in the image',
      },
    ];
  });
}
