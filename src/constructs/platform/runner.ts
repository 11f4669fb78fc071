import { Construct } from 'constructs';
import type { ComponentDefinition, PolicyRule } from '../../components/definition';
import { missingRules } from '../../components/resource-rules';
import { renderDiagnostic } from '../../diagnostic';
import { ARTIFACT_GC } from '../../graph/artifact-gc';
import { kebab } from '../../graph/names';
import { callSite } from '../call-site';
import { Manifest } from '../manifest';
import { factsOf, namespaceOf } from './facts';
import { expectKinds } from './kinds';
import { accountProblems, possibleNamespaces, runnerProblems } from './runners/problems';
import { secretReferences } from './secret-reference';

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
   * Several namespaces, whose pipelines may all take it: pods use accounts of their own namespace alone, so that each gets an account
   * of this name, with a token and rights of its own. To a cloud each is somebody of its own too.
   * @default - the one of `namespace`
   */
  readonly namespaces?: readonly string[] | undefined;
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
    expectKinds(this, props, {
      name: 'a text',
      annotations: 'an object',
      workloadIdentity: 'an object',
      imagePullSecrets: 'a list',
      rules: 'a list',
      cacheController: 'an object',
    });
    const { workloadIdentity } = props;
    expectKinds(this, workloadIdentity, { annotations: 'an object', podLabels: 'an object' }, 'workloadIdentity');
    this.name = props.name ?? kebab(id);
    const { workloadIdentity: cloud } = props;
    this.podLabels = Object.keys(cloud?.podLabels ?? {}).length > 0 ? cloud?.podLabels : undefined;
    this.allowed = [EXECUTOR, ...(props.artifactGc ? ARTIFACT_GC : []), ...(props.rules ?? [])];
    if (props.namespaces === undefined) this.addAccount(this, props, props.namespace);
    for (const namespace of possibleNamespaces(props.namespaces)) {
      this.addAccount(new Construct(this, namespace), props, namespace);
    }
    const { at } = callSite(new.target);
    const wrong = [...runnerProblems(props), ...accountProblems(this.name, props)];
    this.node.addValidation({ validate: () => wrong.map((each) => renderDiagnostic({ ...each, ...(at && { at }) })) });
  }

  /** All that the account may do, in its own namespace. */
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

  /** An account in one namespace, with its token and rights. */
  private addAccount(scope: Construct, props: RunnerProps, namespace: string | undefined): void {
    const { name } = this;
    const { workloadIdentity: cloud, imagePullSecrets: secrets = [], cacheController } = props;
    factsOf(this).runners.push({ name, namespace: namespace ?? namespaceOf(this) });
    const common = { name, ...(namespace !== undefined && { namespace }) };
    new Manifest(scope, 'Default', {
      apiVersion: 'v1',
      ...common,
      kind: 'ServiceAccount',
      annotations: { ...cloud?.annotations, ...props.annotations },
      body: () => ({
        fields: secrets.length > 0 ? { imagePullSecrets: secretReferences(secrets) } : {},
      }),
    });
    new Manifest(scope, 'Token', {
      apiVersion: 'v1',
      ...common,
      kind: 'Secret',
      name: `${name}.service-account-token`,
      annotations: { 'kubernetes.io/service-account.name': name },
      body: () => ({ fields: { type: 'kubernetes.io/service-account-token' } }),
    });
    addRole(scope, '', common, () => this.rules, { kind: 'ServiceAccount', name });
    if (!cacheController) return;
    const { name: controller = 'argo', namespace: home } = cacheController;
    const keeper = { kind: 'ServiceAccount', name: controller, namespace: home };
    addRole(scope, 'Cache', { ...common, name: `${name}-cache` }, () => [CACHE], keeper);
  }
}

/** A role, and who has it. */
function addRole(
  scope: Construct,
  prefix: string,
  common: { readonly name: string; readonly namespace?: string },
  rules: () => readonly PolicyRule[],
  subject: object,
): void {
  const group = 'rbac.authorization.k8s.io';
  new Manifest(scope, `${prefix}Role`, {
    apiVersion: `${group}/v1`,
    ...common,
    kind: 'Role',
    // Copied: the YAML printer would write a list that occurs twice as an alias.
    body: () => ({ fields: { rules: structuredClone(rules()) } }),
  });
  new Manifest(scope, `${prefix}RoleBinding`, {
    apiVersion: `${group}/v1`,
    ...common,
    kind: 'RoleBinding',
    body: () => ({
      fields: { roleRef: { apiGroup: group, kind: 'Role', name: common.name }, subjects: [{ ...subject }] },
    }),
  });
}

/** What memoization needs of the API; a hit writes as well. */
const CACHE: PolicyRule = { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'update'] };

/** What Argo's executor needs. Keys of the artifact repository are no part of it: Kubernetes mounts them into the pods. */
const EXECUTOR: PolicyRule = {
  apiGroups: ['argoproj.io'],
  resources: ['workflowtaskresults'],
  verbs: ['create', 'patch'],
};
