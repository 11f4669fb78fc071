import type { Json, PortDefinition } from '../components/definition';
import { typeOfPort } from '../components/port-type';
import { definitionOfPort } from '../components/ports';
import type { Pipeline } from '../constructs/pipeline';
import type { PipelineParameter } from './graph';

/**
 * Parameters, with the descriptions and choices of the components that read them where they have none of their own. A document says
 * all that there is to say of its own.
 *
 * @param readers the inputs of components that each parameter is given to
 */
export function pipelineParameters(
  pipeline: Pipeline,
  readers: ReadonlyMap<string, ReadonlySet<PortDefinition>>,
): Readonly<Record<string, PipelineParameter>> {
  const parameters = Object.entries(pipeline.props.parameters ?? {}).map(
    ([name, declared]): [string, PipelineParameter] => {
      const definition = definitionOfPort(declared);
      const ports = pipeline.imported ? [] : [...(readers.get(name) ?? [])];
      const description = definition.description ?? ports.find((port) => port.description)?.description;
      if (definition.kind === 'artifact') {
        const { optional } = definition;
        return [
          name,
          {
            type: typeOfPort(definition),
            ...(optional && { optional }),
            ...(description !== undefined && { description }),
          },
        ];
      }
      const choices = definition.literals ?? offered(ports, definition.default);
      const parameter = {
        type: definition.type,
        ...(definition.element && { element: definition.element }),
        ...(definition.default !== undefined
          ? { default: definition.default }
          : definition.optional && { optional: true }),
        ...(description !== undefined && { description }),
        ...(choices && { choices }),
      };
      return [name, parameter];
    },
  );
  return Object.fromEntries(parameters);
}

/**
 * The values that all readers take. None where the default is not among them: the reader that refuses it is then told of,
 * not choices that nobody gave.
 */
function offered(
  ports: readonly PortDefinition[],
  defaultValue: Json | undefined,
): readonly (string | number | boolean)[] | undefined {
  const lists = ports.flatMap((port) => (port.kind === 'parameter' && port.literals ? [port.literals] : []));
  const common = lists[0]?.filter((literal) => lists.every((list) => list.includes(literal)));
  return defaultValue === undefined || common?.includes(defaultValue as string) ? common : undefined;
}
