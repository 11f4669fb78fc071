import type { ArtifactDefinition, ParameterDefinition, PortDefinition } from '../../components/definition';
import type { ValueType } from '../../values/expression';
import { isArtifactType } from '../../values/expression';
import type { IrArtifact, IrArtifactType, IrComponent, IrParameter, IrPorts } from '../ir/types';
import { filled } from './builder';

/** The version of all artifact types that KFP has. */
const SCHEMA_VERSION = '0.0.1';

/** An artifact type by its title. */
export function artifactType(title: string): IrArtifactType {
  return { schemaTitle: title, schemaVersion: SCHEMA_VERSION };
}

/** Inputs, as a component declares them. */
export function inputDefinitions(ports: Readonly<Record<string, PortDefinition>>): IrPorts | undefined {
  return definitions(ports, inputParameter, inputArtifact);
}

/** Outputs, as a component declares them. KFP lets any artifact be missing, and says nothing of it. */
export function outputDefinitions(ports: Readonly<Record<string, PortDefinition>>): IrPorts | undefined {
  return definitions(
    ports,
    ({ type, description }) => ({ parameterType: type, ...(description !== undefined && { description }) }),
    ({ optional: _, ...port }) => inputArtifact(port),
  );
}

/** Inputs and outputs, where there are some. */
export function interfaceOf(
  inputs: Readonly<Record<string, PortDefinition>>,
  outputs: Readonly<Record<string, PortDefinition>>,
): Pick<IrComponent, 'inputDefinitions' | 'outputDefinitions'> {
  const given = inputDefinitions(inputs);
  const gives = outputDefinitions(outputs);
  return { ...(given && { inputDefinitions: given }), ...(gives && { outputDefinitions: gives }) };
}

/** The port of a value that is passed on. What nobody declared is text, as KFP takes it. */
export function portOfType(type: ValueType): PortDefinition {
  if (!isArtifactType(type)) return { kind: 'parameter', type: type === 'UNKNOWN' ? 'STRING' : (type as 'STRING') };
  const list = type.endsWith('[]');
  return { kind: 'artifact', type: list ? type.slice(0, -2) : type, ...(list && { list }) };
}

function definitions(
  ports: Readonly<Record<string, PortDefinition>>,
  parameter: (port: ParameterDefinition) => IrParameter,
  artifact: (port: ArtifactDefinition) => IrArtifact,
): IrPorts | undefined {
  const parameters: Record<string, IrParameter> = {};
  const artifacts: Record<string, IrArtifact> = {};
  for (const [name, port] of Object.entries(ports)) {
    if (port.kind === 'parameter') parameters[name] = parameter(port);
    else artifacts[name] = artifact(port);
  }
  return filled({
    ...(filled(parameters) && { parameters }),
    ...(filled(artifacts) && { artifacts }),
  });
}

function inputParameter({ type, optional, default: value, description, literals }: ParameterDefinition): IrParameter {
  // KFP gives these itself, and its SDK declares them so.
  const isGiven = type === 'TASK_FINAL_STATUS' || type === 'TASK_CONFIG';
  return {
    parameterType: type,
    ...(value !== undefined && value !== null && { defaultValue: value }),
    ...((optional || value !== undefined || isGiven) && { isOptional: true }),
    ...(description !== undefined && { description }),
    ...(literals && { literals }),
  };
}

function inputArtifact({ type, list, optional, description }: ArtifactDefinition): IrArtifact {
  return {
    artifactType: artifactType(type),
    ...(list && { isArtifactList: true }),
    ...(optional && { isOptional: true }),
    ...(description !== undefined && { description }),
  };
}
