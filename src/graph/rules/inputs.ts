import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';
import { nearest } from '../names';
import { calleeOf, nodesOf } from '../walk';

/** A task gives its component every required input, and none that it does not have; and so does a call of a pipeline. */
export function inputs(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const { node } of nodesOf(graph)) {
    if (node.kind !== 'task' && node.kind !== 'pipeline' && node.kind !== 'repeat') continue;
    const component = calleeOf(node, graph);
    for (const name of Object.keys(component.inputs)) {
      if (component.inputs[name]!.optional || Object.hasOwn(node.inputs, name)) continue;
      diagnostics.push({
        code: 'KFP1210',
        path: node.path,
        message: `the input '${name}' of '${component.name}' is missing`,
        mend: `add '${name}' to the inputs`,
      });
    }
    for (const name of Object.keys(node.inputs)) {
      if (Object.hasOwn(component.inputs, name)) continue;
      const known = Object.keys(component.inputs);
      const meant = nearest(name, known);
      diagnostics.push({
        code: 'KFP1211',
        path: node.path,
        message: `'${component.name}' has no input '${name}'`,
        mend: meant ? `did you mean '${meant}'?` : `its inputs are: ${known.join(', ') || 'none'}`,
      });
    }
  }
  return diagnostics;
}
