import { Chart, Duration } from 'cdk8s';
import { ArgoBackend, Database, ObjectStore } from 'cdk8s-kfp';
import type { Construct } from 'constructs';

/** The engine of the team's pipelines: Argo Workflows in a namespace of its own, working on the team's. */
export class Argo extends Chart {
  /** The engine. */
  public readonly backend: ArgoBackend;

  public constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'argo' });

    this.backend = new ArgoBackend(this, 'argo', {
      scope: { managedNamespace: 'ml' },
      crds: 'external',
      artifactRepository: ObjectStore.s3({ bucket: 'ml-artifacts', region: 'eu-central-1' }),
      database: Database.postgres({
        host: 'argo.db.internal',
        database: 'argo',
        username: { secret: 'argo-database', key: 'user' },
        password: { secret: 'argo-database', key: 'password' },
      }),
      archive: { ttl: Duration.days(365) },
      retention: { completed: 200, failed: 100, errored: 100 },
      // Whoever runs pipelines says whether results are kept: see the team's runner.
      caching: false,
      server: {},
    });
  }
}
