import type { Json, Passthrough } from '../../components/definition';
import type { IrPath } from '../ir/message';
import { pointer } from '../ir/passthrough';
import type { IrArtifact, IrComponent, IrContainer } from '../ir/types';

/** A field that KFP's messages do not have. */
interface UnknownField {
  readonly path: IrPath;
  readonly value: Json;
}

/** Unknown fields of components, less those of tasks inside of them: by component, with pointers below `/component`. */
export function unknownOfComponents(fields: readonly UnknownField[]): ReadonlyMap<string, Passthrough> {
  const found = new Map<string, Record<string, Json>>();
  for (const { path, value } of fields) {
    const [document, components, name, first] = path;
    if (document !== 'spec' || components !== 'components' || first === undefined || first === 'dag') continue;
    const known = found.get(String(name)) ?? {};
    known[pointer(['component', ...path.slice(3)])] = value;
    found.set(String(name), known);
  }
  return found;
}

/** What a component says that its definition here does not, and that changes nothing. */
export function componentPassthrough(component: IrComponent): Passthrough {
  const kept: Record<string, Json> = {};
  for (const side of ['inputDefinitions', 'outputDefinitions'] as const) {
    const { artifacts = {} } = component[side] ?? {};
    for (const name in artifacts) {
      const artifact = artifacts[name] as IrArtifact & { readonly [more: string]: Json | undefined };
      if (isUnusual(artifact.artifactType)) {
        kept[pointer(['component', side, 'artifacts', name, 'artifactType'])] = artifact.artifactType as Json;
      }
      for (const field of ['properties', 'customProperties', 'metadata']) {
        const value = artifact[field];
        if (value !== undefined) kept[pointer(['component', side, 'artifacts', name, field])] = value;
      }
    }
  }
  const { singlePlatformSpecs, taskConfigPassthroughs } = component;
  if (singlePlatformSpecs) kept['/component/singlePlatformSpecs'] = singlePlatformSpecs;
  if (taskConfigPassthroughs) kept['/component/taskConfigPassthroughs'] = taskConfigPassthroughs as unknown as Json;
  return kept;
}

/** A type that is more than a title of the version that all have. */
function isUnusual(type: IrArtifact['artifactType']): boolean {
  const { schemaTitle, schemaVersion, ...others } = type;
  return !schemaTitle || (schemaVersion !== undefined && schemaVersion !== '0.0.1') || Object.keys(others).length > 0;
}

/** What an executor says that nothing is made of, and that KFP's backend makes nothing of either. */
export function containerPassthrough(container: IrContainer & { readonly lifecycle?: Json }): Passthrough {
  return container.lifecycle === undefined ? {} : { '/executor/container/lifecycle': container.lifecycle };
}
