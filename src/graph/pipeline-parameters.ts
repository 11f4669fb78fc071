import type { PortDefinition } from '../components/definition';
import type { Pipeline } from '../constructs/pipeline';
import { Value } from '../values/value';
import type { PipelineParameter } from './graph';
import { memberOf } from './member';

/** Parameters, with the descriptions and choices of the components that read them where they have none of their own. */
export function pipelineParameters(pipeline: Pipeline): Readonly<Record<string, PipelineParameter>> {
  const readers = new Map<string, PortDefinition[]>();
  for (const task of pipeline.tasks) {
    for (const [input, given] of Object.entries(task.inputs)) {
      if (!(given instanceof Value)) continue;
      const expression = Value.expressionOf(given);
      const port = memberOf(task.component.inputs, input);
      if (expression.kind !== 'parameter' || !port) continue;
      const ports = readers.get(expression.name);
      if (ports) ports.push(port);
      else readers.set(expression.name, [port]);
    }
  }
  const parameters: Record<string, PipelineParameter> = {};
  for (const [name, { definition }] of Object.entries(pipeline.props.parameters ?? {})) {
    const ports = readers.get(name) ?? [];
    const description = definition.description ?? ports.find((port) => port.description)?.description;
    const choices = definition.literals ?? commonLiterals(ports);
    parameters[name] = {
      type: definition.type,
      ...(definition.default !== undefined && { default: definition.default }),
      ...(description !== undefined && { description }),
      ...(choices && { choices }),
    };
  }
  return parameters;
}

function commonLiterals(ports: readonly PortDefinition[]): readonly (string | number | boolean)[] | undefined {
  const lists = ports.flatMap((port) => (port.kind === 'parameter' && port.literals ? [port.literals] : []));
  return lists[0]?.filter((literal) => lists.every((list) => list.includes(literal)));
}
