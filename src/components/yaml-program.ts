import type { ComponentDefinition, ContainerArguments, ContainerReference } from './definition';
import { isOptional } from './optional-arguments';

type Ports = Pick<ComponentDefinition, 'inputs' | 'outputs'>;

/** An argument of a program that the runtime starts: references are KFP's placeholders, which it knows. */
export function programText(argument: ContainerArguments[number], ports: Ports): string {
  if (typeof argument === 'string') return argument;
  // A program's arguments are all there.
  if (isOptional(argument)) return '';
  return argument.parts.map((part) => (typeof part === 'string' ? part : placeholder(part, ports))).join('');
}

function placeholder({ ref, name }: ContainerReference, ports: Ports): string {
  const side = ref.startsWith('input-') ? 'inputs' : 'outputs';
  const isParameter = ports[side][name]?.kind === 'parameter';
  const port = `$.${side}.${isParameter ? 'parameters' : 'artifacts'}['${name}']`;
  if (ref === 'input-value') return `{{${port}}}`;
  if (ref.endsWith('-uri')) return `{{${port}.uri}}`;
  return `{{${port}.${isParameter ? 'output_file' : 'path'}}}`;
}
