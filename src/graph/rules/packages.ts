import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';

/** What is to be installed are requirements: no options of pip, which would change where packages come from. */
export function packages(graph: PipelineGraph): readonly Diagnostic[] {
  return Object.values(graph.components).flatMap(({ name, implementation }) => {
    if (implementation.kind !== 'python') return [];
    const { file, line } = implementation;
    return (implementation.packages ?? [])
      .filter((requirement) => !isRequirement(requirement))
      .map((requirement) => ({
        code: 'KFP1233',
        path: graph.path,
        at: `${file}:${line}`,
        message: `'${requirement}' in packages_to_install of '${name}' is no requirement`,
        mend: 'write requirements such as pandas==2.1.4; indexes belong into pip_index_urls',
      }));
  });
}

/** False for what is empty, and for what pip would take for one of its options. */
export function isRequirement(text: string): boolean {
  return !/^\s*(-|$)/.test(text);
}
