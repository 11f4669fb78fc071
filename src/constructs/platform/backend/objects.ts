import type { Construct } from 'constructs';
import type { PolicyRule } from '../../../components/definition';
import { Manifest } from '../../manifest';
import { unshared } from '../unshared';
import type { ImageOptions } from './images';
import { deployment, type Workload, type WorkloadOptions } from './workload';

const RBAC = 'rbac.authorization.k8s.io';

/** Makes the objects that programs of a backend consist of, in one scope. */
export class BackendObjects {
  /**
   * @param namespace the namespace of the programs
   */
  public constructor(
    private readonly scope: Construct,
    public readonly namespace: string,
    private readonly images: ImageOptions,
  ) {}

  /** A service account. */
  public account(id: string, name: string): void {
    new Manifest(this.scope, id, { apiVersion: 'v1', kind: 'ServiceAccount', name, body: () => ({ fields: {} }) });
  }

  /**
   * What an account may do.
   *
   * @param where a namespace, or `'none'` for the whole cluster
   */
  public role(id: string, name: string, account: string, rules: readonly PolicyRule[], where = this.namespace): void {
    const kind = where === 'none' ? 'ClusterRole' : 'Role';
    const common = { apiVersion: `${RBAC}/v1`, name, namespace: where };
    new Manifest(this.scope, id, {
      ...common,
      kind,
      body: () => ({ fields: { rules: unshared(rules) } }),
    });
    new Manifest(this.scope, `${id}Binding`, {
      ...common,
      kind: `${kind}Binding`,
      body: () => ({
        fields: {
          roleRef: { apiGroup: RBAC, kind, name },
          subjects: [{ kind: 'ServiceAccount', name: account, namespace: this.namespace }],
        },
      }),
    });
  }

  /** A Deployment; with several replicas, a budget for when nodes are drained as well. */
  public deployment(id: string, workload: Workload, options: WorkloadOptions): void {
    const { name } = workload;
    new Manifest(this.scope, id, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name,
      labels: labelsOf(name),
      body: () => ({ fields: deployment(workload, options, this.images) }),
    });
    if ((options.replicas ?? 1) < 2) return;
    new Manifest(this.scope, `${id}Budget`, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      name,
      body: () => ({ fields: { spec: { minAvailable: 1, selector: { matchLabels: labelsOf(name) } } } }),
    });
  }

  /** A Service on one port of a program. */
  public service(
    id: string,
    name: string,
    program: string,
    port: { readonly name: string; readonly port: number },
  ): void {
    new Manifest(this.scope, id, {
      apiVersion: 'v1',
      kind: 'Service',
      name,
      labels: labelsOf(program),
      body: () => ({
        fields: { spec: { selector: labelsOf(program), ports: [{ ...port, targetPort: port.name }] } },
      }),
    });
  }
}

/** The labels that a program's pods are known by. */
export function labelsOf(program: string): Record<string, string> {
  return { 'app.kubernetes.io/name': program };
}
