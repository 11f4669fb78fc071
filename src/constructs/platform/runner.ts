import { Construct } from 'constructs';
import type { ComponentDefinition, PolicyRule } from '../../components/definition';
import { missingRules } from '../../components/resource-rules';
import { renderDiagnostic } from '../../diagnostic';
import { ARTIFACT_GC } from '../../graph/artifact-gc';
import { kebab } from '../../graph/names';
import { callSite } from '../call-site';
import { Manifest } from '../manifest';
import { factsOf, namespaceOf } from './facts';
import type { WorkloadIdentity } from './workload-identity';

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
  /** Labels that the pods must have to act as the account: a cloud asks for them. @default - none */
  readonly podLabels?: Readonly<Record<string, string>> | undefined;
  /** What the account may do. Where it is known, synth checks that resource components may do what they do. @default - unknown */
  readonly rules?: readonly PolicyRule[] | undefined;
}

/** Who a service account is to a cloud: a {@link WorkloadIdentity}, or anything of its shape. */
export interface IWorkloadIdentity {
  /** Annotations of the service account. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Labels of the pods that use it. @default - none */
  readonly podLabels?: Readonly<Record<string, string>> | undefined;
}

/** The account that Argo's controller runs as. */
export interface ControllerAccount {
  /** The name of its service account. @default 'argo', that of Argo's own manifests */
  readonly name?: string | undefined;
  /** The namespace of the controller. */
  readonly namespace: string;
}

/** Props of {@link Runner}. */
export interface RunnerProps {
  /** The name of the service account. @default - the construct's id, in kebab case */
  readonly name?: string | undefined;
  /** The namespace, which is that of the pipelines that take it. @default - the chart's */
  readonly namespace?: string | undefined;
  /**
   * Annotations of the service account.
   * @default - none
   */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /**
   * Who the account is to a cloud: `WorkloadIdentity.gke('sa@project.iam.gserviceaccount.com')`, `.eks(roleArn)`,
   * `.azure(clientId)`.
   * @default - nobody; EKS Pod Identity needs nothing here
   */
  readonly workloadIdentity?: IWorkloadIdentity | undefined;
  /** Secrets with credentials of image registries, for all pods of the account. @default - none */
  readonly imagePullSecrets?: readonly (string | { readonly name: string })[] | undefined;
  /** What the account may do besides what Argo's executor needs; see also {@link Runner.allow}. @default - nothing */
  readonly rules?: readonly PolicyRule[] | undefined;
  /**
   * Lets pods of Argo's remove artifacts as the account, for pipelines with `artifactGc`.
   * @default false
   */
  readonly artifactGc?: boolean | undefined;
  /**
   * Lets Argo's controller keep results of tasks for reuse, in ConfigMaps of this namespace. It is the controller, and not the
   * pods, that reads and writes them; without the right to, nothing is reused, and nothing says so.
   * @default - nothing is granted: the controller may have the right already
   */
  readonly cacheController?: ControllerAccount | undefined;
}

/**
 * Who a pipeline's pods run as: a service account with the two verbs that Argo's executor needs, and a token Secret, so
 * that the token is mounted into the executor's containers only. Kubernetes fills the Secret; the manifest holds no
 * secret. The token does not expire: whoever can read Secrets in the namespace can act as this account, which may only
 * create and patch WorkflowTaskResults, and do what it was allowed besides.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/workflow-rbac/
 */
export class Runner extends Construct implements IRunner {
  public readonly name: string;
  public readonly tokenSecret = true;
  public readonly podLabels: Readonly<Record<string, string>> | undefined;
  private readonly allowed: PolicyRule[];

  public constructor(scope: Construct, id: string, props: RunnerProps = {}) {
    super(scope, id);
    this.name = props.name ?? kebab(id);
    const { name } = this;
    const common = { name, ...(props.namespace !== undefined && { namespace: props.namespace }) };
    const { workloadIdentity: cloud, imagePullSecrets: secrets = [] } = props;
    factsOf(this).runners.push({ name, namespace: props.namespace ?? namespaceOf(this) });
    this.podLabels = Object.keys(cloud?.podLabels ?? {}).length > 0 ? cloud?.podLabels : undefined;
    this.allowed = [EXECUTOR, ...(props.artifactGc ? ARTIFACT_GC : []), ...(props.rules ?? [])];
    new Manifest(this, 'Default', {
      apiVersion: 'v1',
      ...common,
      kind: 'ServiceAccount',
      annotations: { ...cloud?.annotations, ...props.annotations },
      body: () => ({
        fields:
          secrets.length > 0
            ? { imagePullSecrets: secrets.map((each) => ({ name: typeof each === 'string' ? each : each.name })) }
            : {},
      }),
    });
    new Manifest(this, 'Token', {
      apiVersion: 'v1',
      ...common,
      kind: 'Secret',
      name: `${name}.service-account-token`,
      annotations: { 'kubernetes.io/service-account.name': name },
      body: () => ({ fields: { type: 'kubernetes.io/service-account-token' } }),
    });
    new Manifest(this, 'Role', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      ...common,
      kind: 'Role',
      // Copied: the YAML printer would write a list that occurs twice as an alias.
      body: () => ({ fields: { rules: structuredClone(this.rules) } }),
    });
    new Manifest(this, 'RoleBinding', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      ...common,
      kind: 'RoleBinding',
      body: () => ({
        fields: {
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
          subjects: [{ kind: 'ServiceAccount', name }],
        },
      }),
    });
    if (props.cacheController) this.allowCaching(props.cacheController, common);
    const wrong = [...identityProblems(cloud), ...ruleProblems(props.rules ?? [])];
    const { at } = callSite(new.target);
    this.node.addValidation({
      validate: () =>
        wrong.map(([message, mend]) => renderDiagnostic({ code: 'KFP1283', message, mend, ...(at && { at }) })),
    });
  }

  /** All that the account may do in its namespace. */
  public get rules(): readonly PolicyRule[] {
    return this.allowed;
  }

  /**
   * Lets the account do what resource components do with objects of its namespace: their verbs and kinds, no more.
   *
   * @throws where a component is none of these
   */
  public allow(...components: readonly { readonly definition: ComponentDefinition }[]): this {
    for (const { definition } of components) {
      const { name, implementation } = definition;
      if (implementation.kind !== 'resource') {
        throw new Error(`The component '${name}' needs no rights in the cluster: it is no resource component.`);
      }
      for (const rule of implementation.rules) {
        if (missingRules([rule], this.allowed).length > 0) this.allowed.push(rule);
      }
    }
    return this;
  }

  /** What memoization needs of the API; a hit writes as well. */
  private allowCaching(
    { name: controller = 'argo', namespace }: ControllerAccount,
    own: { readonly namespace?: string },
  ): void {
    const name = `${this.name}-cache`;
    const common = { ...own, name };
    new Manifest(this, 'CacheRole', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      ...common,
      kind: 'Role',
      body: () => ({
        fields: { rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'update'] }] },
      }),
    });
    new Manifest(this, 'CacheRoleBinding', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      ...common,
      kind: 'RoleBinding',
      body: () => ({
        fields: {
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
          subjects: [{ kind: 'ServiceAccount', name: controller, namespace }],
        },
      }),
    });
  }
}

/** What Argo's executor needs. */
const EXECUTOR: PolicyRule = {
  apiGroups: ['argoproj.io'],
  resources: ['workflowtaskresults'],
  verbs: ['create', 'patch'],
};

/** What is wrong with an identity, where it knows. */
export function identityProblems(cloud: IWorkloadIdentity | undefined): WorkloadIdentity['problems'] {
  return (cloud as Partial<WorkloadIdentity> | undefined)?.problems ?? [];
}

/** Rules that allow nothing. */
export function ruleProblems(rules: readonly PolicyRule[]): WorkloadIdentity['problems'] {
  return rules
    .filter((rule) =>
      [rule?.apiGroups, rule?.resources, rule?.verbs].some((list) => !Array.isArray(list) || list.length === 0),
    )
    .map((rule) => [
      `the rule ${JSON.stringify(rule)} allows nothing`,
      "give it groups, resources and verbs; the core group is ''",
    ]);
}
