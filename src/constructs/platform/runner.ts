import { Construct } from 'constructs';
import { kebab } from '../../graph/names';
import { Manifest } from '../manifest';

/** Anything with the name of a service account: a {@link Runner}, a cdk8s-plus ServiceAccount of any version, `{ name }`. */
export interface IRunner {
  /** The name of the service account. */
  readonly name: string;
  /**
   * True where a Secret named `<name>.service-account-token` exists, so that only Argo's executor holds a token and the
   * user's container none.
   * @default false
   */
  readonly tokenSecret?: boolean | undefined;
}

/** Props of {@link Runner}. */
export interface RunnerProps {
  /** The name of the service account. @default - the construct's id, in kebab case */
  readonly name?: string | undefined;
  /**
   * Annotations of the service account, such as a cloud's workload identity.
   * @default - none
   */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/**
 * Who a pipeline's pods run as: a service account with the two verbs that Argo's executor needs, and a token Secret, so
 * that the token is mounted into the executor's containers only. Kubernetes fills the Secret; the manifest holds no
 * secret. The token does not expire: whoever can read Secrets in the namespace can act as this account, which may only
 * create and patch WorkflowTaskResults.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/workflow-rbac/
 */
export class Runner extends Construct implements IRunner {
  public readonly name: string;
  public readonly tokenSecret = true;

  public constructor(scope: Construct, id: string, props: RunnerProps = {}) {
    super(scope, id);
    this.name = props.name ?? kebab(id);
    const name = this.name;
    new Manifest(this, 'Default', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      name,
      ...(props.annotations && { annotations: props.annotations }),
      body: () => ({ fields: {} }),
    });
    new Manifest(this, 'Token', {
      apiVersion: 'v1',
      kind: 'Secret',
      name: `${name}.service-account-token`,
      annotations: { 'kubernetes.io/service-account.name': name },
      body: () => ({ fields: { type: 'kubernetes.io/service-account-token' } }),
    });
    new Manifest(this, 'Role', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      name,
      body: () => ({
        fields: {
          rules: [{ apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] }],
        },
      }),
    });
    new Manifest(this, 'RoleBinding', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      name,
      body: () => ({
        fields: {
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
          subjects: [{ kind: 'ServiceAccount', name }],
        },
      }),
    });
  }
}
