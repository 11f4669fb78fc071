import type {
  ArtifactDefinition,
  ParameterDefinition,
  ParameterType,
  PortDefinition,
} from '../../components/definition';
import { CHANNEL } from '../ir/reserved';
import type { IrArtifact, IrComponent, IrParameter, IrPorts } from '../ir/types';
import type { ImportedPorts } from './python';

/** The interface of a component that runs something, without what is there for its settings and constants alone. */
export function importedPorts({ inputDefinitions = {}, outputDefinitions = {} }: IrComponent): ImportedPorts {
  return {
    inputs: portsOf(inputDefinitions, (name) => !name.startsWith(CHANNEL)),
    outputs: portsOf(outputDefinitions),
  };
}

/** Inputs or outputs, in the document's order. */
function portsOf(
  { parameters = {}, artifacts = {} }: IrPorts,
  isOwn: (name: string) => boolean = () => true,
): Record<string, PortDefinition> {
  const ports: Record<string, PortDefinition> = {};
  for (const name in artifacts) if (isOwn(name)) ports[name] = importedArtifact(artifacts[name]!);
  for (const name in parameters) if (isOwn(name)) ports[name] = importedParameter(parameters[name]!);
  return ports;
}

/** A parameter of a component or of a pipeline. */
export function importedParameter({
  parameterType,
  defaultValue,
  isOptional,
  description,
  literals,
}: IrParameter): ParameterDefinition {
  const type = parameterType as ParameterType;
  const optional = isOptional || defaultValue !== undefined;
  const hasDefault = defaultValue !== undefined && defaultValue !== null;
  return {
    kind: 'parameter',
    type,
    ...(optional && { optional }),
    ...(hasDefault && { default: defaultValue }),
    ...(description !== undefined && description !== '' && { description }),
    ...(literals && literals.length > 0 && { literals: [...literals] }),
  };
}

/** An artifact of a component or of a pipeline. */
export function importedArtifact({
  artifactType,
  isArtifactList,
  isOptional,
  description,
}: IrArtifact): ArtifactDefinition {
  return {
    kind: 'artifact',
    type: artifactTitle(artifactType),
    ...(isArtifactList && { list: true }),
    ...(isOptional && { optional: true }),
    ...(description !== undefined && description !== '' && { description }),
  };
}

/** The title of a type. One that is written out instead has it inside, or is any artifact. */
export function artifactTitle({ schemaTitle, instanceSchema }: IrArtifact['artifactType']): string {
  if (schemaTitle) return schemaTitle;
  const title = /^\s*title:\s*['"]?(\w+\.\w+)['"]?\s*$/m.exec(instanceSchema ?? '')?.[1];
  return title?.replace(/^kfp\./, 'system.') ?? 'system.Artifact';
}
