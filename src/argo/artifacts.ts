import type { ArtifactDefinition } from '../components/definition';
import type { GraphArtifactRepository } from '../graph/graph';
import { encodeJson } from '../values/codec';
import { INPUT_DIR } from './paths';
import type { Artifact, ArtifactLocation } from './types';

/** Reports get an extension, by which Argo's UI knows how to show them. */
const EXTENSION: Readonly<Record<string, string>> = { 'system.HTML': '.html', 'system.Markdown': '.md' };

/** The storage key of an output artifact: one for each attempt of each task of each run. */
export function outputKey(name: string, { type }: ArtifactDefinition): string {
  return `{{workflow.namespace}}/{{workflow.name}}/{{pod.name}}/${name}${EXTENSION[type] ?? ''}`;
}

/** An output artifact, uploaded as it is: no archive, so that a reader of the storage sees what the task wrote. */
export function outputArtifact(
  name: string,
  path: string,
  port: ArtifactDefinition,
  repository: GraphArtifactRepository,
): Artifact {
  return { name, path, archive: { none: {} }, ...location(repository, outputKey(name, port)) };
}

/**
 * An input artifact. Its key comes from the reference, which arrives as the parameter of the same name: so an edge
 * carries one parameter, whatever made the reference.
 */
export function inputArtifact(name: string, port: ArtifactDefinition, repository: GraphArtifactRepository): Artifact {
  const parameter = `inputs.parameters['${name}']`;
  const path = `${INPUT_DIR}/${name}`;
  if (!port.optional) return { name, path, ...location(repository, `{{=fromJSON(${parameter}).key}}`) };
  // Argo does not download an optional artifact whose key is empty.
  const key = `{{=${parameter} startsWith 'json:' ? '' : fromJSON(${parameter}).key}}`;
  return { name, path, optional: true, ...location(repository, key) };
}

/** The reference of an artifact that a container without the runtime writes. Argo fills in the key. */
export function plainReference(name: string, port: ArtifactDefinition): string {
  // The key is made of names of Kubernetes objects: nothing in it needs to be escaped, and its tags must stay.
  return `{"key":${JSON.stringify(outputKey(name, port))},"metadata":"{}","type":${encodeJson(port.type)}}`;
}

function location(repository: GraphArtifactRepository, key: string): ArtifactLocation {
  switch (repository.kind) {
    case 's3':
      return { s3: { key } };
    case 'gcs':
      return { gcs: { key } };
    case 'azure': {
      const { endpoint, container, accountKeySecret: secret } = repository.azure!;
      // The secret is copied: the YAML printer would write an object that occurs twice as an alias.
      const credentials = secret ? { accountKeySecret: { name: secret.name, key: secret.key } } : { useSDKCreds: true };
      return { azure: { endpoint, container, ...credentials, blob: key } };
    }
  }
}
