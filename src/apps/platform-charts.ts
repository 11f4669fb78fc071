import { ApiObject, Chart } from 'cdk8s';
import { ArgoCrds, KfpCrds } from 'cdk8s-kfp';
import type { Construct } from 'constructs';
import { Argo } from './argo';
import { Kubeflow } from './kubeflow';
import { MlPlatform } from './ml-platform';

/**
 * A platform: what is the whole cluster's, the backends, and what a team's pipelines run on.
 *
 * @returns the team's place
 */
export function addPlatform(app: Construct): MlPlatform {
  const cluster = new Chart(app, 'cluster');
  // Both backends work with Argo's kinds: they are defined once.
  new ArgoCrds(cluster, 'argo');
  new KfpCrds(cluster, 'kfp');
  new ApiObject(cluster, 'argo-namespace', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: 'argo',
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
      annotations: { 'argocd.argoproj.io/sync-wave': '-1' },
    },
  });
  const { backend } = new Argo(app, 'argo');
  new Kubeflow(app, 'kubeflow');
  return new MlPlatform(app, 'platform', { engine: backend });
}
