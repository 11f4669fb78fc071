/**
 * Where a pipeline's artifacts are stored: the kind of storage, and the ConfigMap of Argo's that describes it.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/artifact-repository-ref/
 */
export interface IArtifactRepository {
  /** S3 and everything that speaks its protocol, Google Cloud Storage, or Azure Blob Storage. */
  readonly kind: 's3' | 'gcs' | 'azure';
  /** The ConfigMap that describes the repository. @default - Argo's default repository */
  readonly configMap?: string | undefined;
  /** The key in that ConfigMap. @default - the one the ConfigMap's annotation names */
  readonly key?: string | undefined;
}
