import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';
import { describeType } from '../literal';
import { notableNodesOf } from '../walk';

/** A oneOf has a value from each branch of an If that is certain to take a branch, and all are of one type. */
export function oneOf(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const { node } of notableNodesOf(graph)) {
    if (node.kind !== 'if') continue;
    for (const name of node.certain ?? []) {
      const lacking = node.branches.filter(({ body }) => !Object.hasOwn(body.outputs, name));
      const types = new Set(node.branches.flatMap(({ body }) => body.outputs[name]?.type ?? []));
      const report = (message: string, mend: string) =>
        diagnostics.push({ code: 'KFP1261', path: node.path, message, mend });
      if (node.branches.at(-1)!.condition) {
        report('a oneOf reads what its branches give, but it may take no branch', 'add an Else: `.else(…)`');
      } else if (lacking.length > 0) {
        const paths = lacking.map(({ path }) => `'${path}'`).join(', ');
        report(
          `a oneOf reads what its branches give, but has no value from ${paths}`,
          'give it a value from each branch',
        );
      } else if (types.size > 1) {
        const all = [...types].map(describeType).join(' and ');
        report(`a oneOf joins ${all}`, 'give it values of one type');
      }
    }
  }
  return diagnostics;
}
