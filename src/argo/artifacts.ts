import type { ArtifactDefinition, ComponentDefinition } from '../components/definition';
import type { GraphArtifactRepository } from '../graph/graph';
import { kebab } from '../graph/names';
import { encodeJson } from '../values/codec';
import { tag } from './expression-printer';
import { INPUT_DIR } from './paths';
import type { Artifact, ArtifactLocation } from './types';

/** Reports get an extension, by which Argo's UI knows how to show them. */
const EXTENSION: Readonly<Record<string, string>> = { 'system.HTML': '.html', 'system.Markdown': '.md' };

/**
 * The storage key of an output artifact: one for each attempt of each task of each run. What tasks of one component write
 * to one output lies in one folder, so that what a loop gives can be fetched at once.
 */
export function outputKey(name: string, { type }: ArtifactDefinition, component: ComponentDefinition): string {
  const folder = `{{workflow.namespace}}/{{workflow.name}}/${kebab(component.name)}/${name}`;
  return `${folder}/{{pod.name}}${EXTENSION[type] ?? ''}`;
}

/** An output artifact, uploaded as it is: no archive, so that a reader of the storage sees what the task wrote. */
export function outputArtifact(
  name: string,
  path: string,
  port: ArtifactDefinition,
  component: ComponentDefinition,
  repository: GraphArtifactRepository,
): Artifact {
  return { name, path, archive: { none: {} }, ...location(repository, outputKey(name, port, component)) };
}

/**
 * An input artifact. Its key comes from the reference, which arrives as the parameter of the same name: so an edge
 * carries one parameter, whatever made the reference. Argo does not download an optional artifact whose key is empty.
 */
export function inputArtifact(name: string, port: ArtifactDefinition, repository: GraphArtifactRepository): Artifact {
  const path = `${INPUT_DIR}/${name}`;
  const optional = port.optional || port.list;
  return { name, path, ...(optional && { optional: true }), ...location(repository, inputKey(name, port)) };
}

/** The storage key of an input artifact: for a list, that of the folder that all of its artifacts are in. */
export function inputKey(name: string, port: ArtifactDefinition): string {
  const parameter = `inputs.parameters['${name}']`;
  if (port.list)
    return tag(folderOf(`fromJSON(${parameter} startsWith 'json:' ? '[' + ${parameter}[5:] + ']' : ${parameter})`));
  if (!port.optional) return tag(`fromJSON(${parameter}).key`);
  return tag(`${parameter} startsWith 'json:' ? '' : fromJSON(${parameter}).key`);
}

/**
 * The folder that holds the artifacts of a list: that of one component's output, where all are from there, else the run's.
 * Loops in loops give lists of lists.
 */
function folderOf(list: string): string {
  const keys = `map(flatten(${list}), #.key)`;
  const parent = "join(split(#, '/')[:len(split(#, '/')) - 1], '/')";
  const run = "join(split(#, '/')[:2], '/')";
  return `map([uniq(map(${keys}, ${parent}))], len(#) == 0 ? '' : len(#) == 1 ? #[0] : map(#, ${run})[0])[0]`;
}

/** The reference of an artifact that a container without the runtime writes. Argo fills in the key. */
export function plainReference(name: string, port: ArtifactDefinition, component: ComponentDefinition): string {
  // The key is made of names of Kubernetes objects: nothing in it needs to be escaped, and its tags must stay.
  return `{"key":${JSON.stringify(outputKey(name, port, component))},"metadata":"{}","type":${encodeJson(port.type)}}`;
}

function location(repository: GraphArtifactRepository, key: string): ArtifactLocation {
  switch (repository.kind) {
    case 's3':
      return { s3: { key } };
    case 'gcs':
      return { gcs: { key } };
    case 'none':
      throw new Error('artifacts without a repository stand in a graph that the rules refuse');
    case 'azure': {
      const { endpoint, container, accountKeySecret: secret } = repository.azure!;
      // The secret is copied: the YAML printer would write an object that occurs twice as an alias.
      const credentials = secret ? { accountKeySecret: { name: secret.name, key: secret.key } } : { useSDKCreds: true };
      return { azure: { endpoint, container, ...credentials, blob: key } };
    }
  }
}
