import { Chart } from 'cdk8s';
import { Database, KfpBackend, ObjectStore, WorkloadIdentity } from 'cdk8s-kfp';
import type { Construct } from 'constructs';

/** Kubeflow Pipelines, for those who send their pipelines to its API, with an Argo of its own for its namespace alone. */
export class Kubeflow extends Chart {
  /** Where pipelines are sent to. */
  public readonly backend: KfpBackend;

  public constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'kubeflow' });

    this.backend = new KfpBackend(this, 'kfp', {
      crds: 'external',
      database: Database.mysql({
        host: 'kfp.db.internal',
        database: 'mlpipeline',
        username: { secret: 'kfp-database', key: 'user' },
        password: { secret: 'kfp-database', key: 'password' },
      }),
      objectStore: ObjectStore.s3({ bucket: 'kfp-artifacts', region: 'eu-central-1' }),
      // Nobody holds a key of the bucket: the pods are this role.
      workloadIdentity: WorkloadIdentity.eks('arn:aws:iam::123456789012:role/kfp'),
    });
  }
}
