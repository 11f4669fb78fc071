/** Which of Argo's artifact repositories is meant. */
interface RepositoryReference {
  /** The ConfigMap that describes the repository. @default - Argo's default repository */
  readonly configMap?: string | undefined;
  /** The key in that ConfigMap. @default - the one the ConfigMap's annotation names */
  readonly key?: string | undefined;
}

/** A repository on S3 and everything that speaks its protocol, or on Google Cloud Storage. */
export interface IBucketRepository extends RepositoryReference {
  readonly kind: 's3' | 'gcs';
  /**
   * The bucket. Where it is told, artifacts have URIs such as `s3://bucket/key`, which programs can open by themselves.
   * @default - unknown: URIs are `artifact:///key`
   */
  readonly bucket?: string | undefined;
}

/** A repository on Azure Blob Storage. Argo wants to be told more than for the others: its schema requires it. */
export interface IAzureRepository extends RepositoryReference {
  readonly kind: 'azure';
  /** The account's service URL: `https://<account>.blob.core.windows.net`. */
  readonly endpoint: string;
  /** The container that holds the artifacts. */
  readonly container: string;
  /** The Secret that holds the account's access key. @default - the credentials of the pod's identity */
  readonly accountKeySecret?: { readonly name: string; readonly key: string } | undefined;
}

/** None: for a cluster without object storage. Synth refuses artifacts then. */
export interface INoRepository extends RepositoryReference {
  readonly kind: 'none';
}

/**
 * Where a pipeline's artifacts are stored: the kind of storage, and the ConfigMap of Argo's that describes it.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/artifact-repository-ref/
 */
export type IArtifactRepository = IBucketRepository | IAzureRepository | INoRepository;
