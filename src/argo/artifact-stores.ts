import type { ArtifactStore } from '../graph/artifact-location';
import type { GraphArtifactRepository } from '../graph/graph';
import type { GraphSecretKey, GraphStoreAccess } from '../graph/settings';
import type { ArtifactLocation } from './types';

type OtherStore = Extract<ArtifactStore, { kind: 's3' | 'gcs' | 'azure' }>;

/** A key in the pipeline's repository: all else is in Argo's own description of that. */
export function inRepository(repository: GraphArtifactRepository, key: string): ArtifactLocation {
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

/** An object of another store: Argo has to be told everything. */
export function inStore({ kind, account, access }: OtherStore, bucket: string, key: string): ArtifactLocation {
  const isIdentity = typeof access.credentials === 'string';
  switch (kind) {
    case 's3': {
      const { endpoint = 's3.amazonaws.com', region, insecure } = access;
      return {
        s3: {
          endpoint,
          bucket,
          ...(region !== undefined && { region }),
          ...(insecure && { insecure }),
          ...(isIdentity ? { useSDKCreds: true } : s3Secrets(access)),
          key,
        },
      };
    }
    case 'gcs': {
      const secret = secretOf(access, 'serviceAccountKey');
      return { gcs: { bucket, ...(secret && { serviceAccountKeySecret: secret }), key } };
    }
    case 'azure': {
      const secret = secretOf(access, 'accountKey');
      const credentials = secret ? { accountKeySecret: secret } : { useSDKCreds: true };
      return { azure: { endpoint: account!, container: bucket, ...credentials, blob: key } };
    }
  }
}

function s3Secrets(access: GraphStoreAccess) {
  const sessionToken = secretOf(access, 'sessionToken');
  return {
    accessKeySecret: secretOf(access, 'accessKey')!,
    secretKeySecret: secretOf(access, 'secretKey')!,
    ...(sessionToken && { sessionTokenSecret: sessionToken }),
  };
}

function secretOf({ credentials }: GraphStoreAccess, name: string): GraphSecretKey | undefined {
  const secret = typeof credentials === 'string' ? undefined : credentials[name];
  return secret && { ...secret };
}
