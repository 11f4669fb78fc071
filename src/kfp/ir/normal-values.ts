import type { Json } from '../../components/definition';
import type { IrArtifact, IrComponent, IrParameter } from './types';

/** An object without what is undefined, false, or has nothing in it: what a document says by leaving it out. */
export function compact(object: { readonly [key: string]: Json | undefined }): Json {
  const entries = Object.entries(object).filter(([, value]) => !isEmpty(value));
  return Object.fromEntries(entries) as Json;
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === false || value === '') return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Whole numbers of 64 bits are strings in protobuf's JSON. */
export function numberOf(value: Json): Json {
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
}

/** A duration of protobuf's, in seconds. */
export function secondsOf(duration: string | undefined): number {
  return Number(/^([\d.]+)s$/.exec(duration ?? '')?.[1] ?? 0);
}

/** A list whose order means nothing. */
export function unordered(list: readonly Json[]): readonly Json[] {
  return [...list].sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
}

/** A text that is the same for values that are, whatever the order of their keys. */
export function textOf(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${textOf(member as Json)}`);
  return `{${members.sort().join()}}`;
}

/** Inputs or outputs. */
export function normalPorts(ports: IrComponent['inputDefinitions']): Json {
  const { parameters = {}, artifacts = {}, ...others } = ports ?? {};
  return compact({
    ...(others as Record<string, Json>),
    parameters: mapped(parameters, normalParameter),
    artifacts: mapped(artifacts, normalArtifact),
  });
}

function normalParameter({ isOptional, defaultValue, ...parameter }: IrParameter): Json {
  // KFP gives them, whether they are optional or not.
  const isGiven = parameter.parameterType === 'TASK_FINAL_STATUS' || parameter.parameterType === 'TASK_CONFIG';
  const optional = !isGiven && (isOptional === true || defaultValue !== undefined);
  const normal = compact({ ...(parameter as unknown as Record<string, Json>), optional }) as Record<string, Json>;
  return defaultValue === undefined || defaultValue === null ? normal : { ...normal, defaultValue };
}

function normalArtifact({ artifactType, ...artifact }: IrArtifact): Json {
  return compact({ ...(artifact as unknown as Record<string, Json>), artifactType: normalType(artifactType) });
}

/** A type of artifacts; all of KFP's have one version. */
export function normalType({ schemaVersion, ...type }: IrArtifact['artifactType']): Json {
  return compact({
    ...(type as Record<string, Json>),
    ...(schemaVersion !== '0.0.1' && schemaVersion !== undefined && { schemaVersion }),
  });
}

/** A record of values that were made normal. */
export function mapped<T>(record: Readonly<Record<string, T>>, normal: (value: T) => Json): Json {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, normal(value)]));
}
