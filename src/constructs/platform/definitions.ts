import { Construct } from 'constructs';
import { argoCrds } from './argo-backend/crds';
import { addDefinitions } from './backend/definitions';
import { kfpKinds } from './kfp-backend/crds';

/**
 * The definitions of Argo's kinds, apart from any backend: where several backends of a cluster share them, or where who
 * installs a backend may not change the cluster. The backends have `crds: 'external'` then. They are the small ones, which leave it
 * to Argo's controller to check objects.
 *
 * ```ts
 * const cluster = new Chart(app, 'cluster');
 * new ArgoCrds(cluster, 'argo');
 * new KfpCrds(cluster, 'kfp');
 * new KfpBackend(chart, 'kfp', { crds: 'external', … });
 * ```
 */
export class ArgoCrds extends Construct {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    addDefinitions(this, argoCrds());
  }
}

/** Props of {@link KfpCrds}. */
export interface KfpCrdsProps {
  /** Those of pipelines that are objects of Kubernetes. @default false */
  readonly kubernetesNative?: boolean | undefined;
  /** Those of what shows results of KFP's first version. @default false */
  readonly v1?: boolean | undefined;
}

/** The definitions of KFP's own kinds, apart from any backend. Those of Argo's, which each backend needs as well, are {@link ArgoCrds}. */
export class KfpCrds extends Construct {
  public constructor(scope: Construct, id: string, props: KfpCrdsProps = {}) {
    super(scope, id);
    addDefinitions(this, kfpKinds(props));
  }
}
