import type { ContainerArgument } from '../../components/definition';
import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';
import { nodesOf } from '../walk';

/**
 * Text that stands in a template as it is (images, commands, arguments, environment) holds no `{{`: Argo would expand it,
 * and has no way to escape it. Values of parameters are encoded instead, and need no rule.
 */
export function expandable(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const { name, implementation } of Object.values(graph.components)) {
    const texts: [string, string][] = [['image', implementation.image]];
    if (implementation.kind === 'container') {
      for (const part of implementation.command) texts.push(['command', literalText(part)]);
      for (const part of implementation.args) texts.push(['args', literalText(part)]);
      for (const [variable, part] of Object.entries(implementation.env ?? {}))
        texts.push([`env ${variable}`, literalText(part)]);
    }
    for (const [where, text] of texts) {
      if (text.includes('{{'))
        diagnostics.push(expands(graph.path, graph.at, `the component '${name}' has '{{' in its ${where}`));
      if (where === 'image' && text.trim() === '') {
        diagnostics.push({
          code: 'KFP1231',
          path: graph.path,
          ...(graph.at && { at: graph.at }),
          message: `the component '${name}' has no image`,
          mend: 'give it an image, with a tag or a digest',
        });
      }
    }
  }
  for (const { node } of nodesOf(graph)) {
    if (node.kind !== 'task') continue;
    for (const [variable, text] of Object.entries(node.settings.env ?? {})) {
      if (text.includes('{{'))
        diagnostics.push(expands(node.path, node.at, `the environment variable '${variable}' holds '{{'`));
    }
  }
  return diagnostics;
}

function literalText(argument: ContainerArgument): string {
  if (typeof argument === 'string') return argument;
  return argument.parts.map((part) => (typeof part === 'string' ? part : '\u0000')).join('');
}

function expands(path: string, at: string | undefined, message: string): Diagnostic {
  return {
    code: 'KFP1230',
    path,
    ...(at && { at }),
    message: `${message}, which Argo would expand`,
    mend: 'pass such text as an input: inputs are encoded, so that nothing in them is expanded',
  };
}
