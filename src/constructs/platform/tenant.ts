import { Construct } from 'constructs';
import { kebab } from '../../graph/names';
import { Manifest } from '../manifest';
import { factsOf } from './facts';
import type { Queue } from './queue';
import { Runner, type RunnerProps } from './runner';
import { networkPolicies, type TenantNetwork } from './tenants/network';
import { RULES, subjectOf, type TenantPeople } from './tenants/people';

/** How much of a resource all pods of a namespace may ask for together. */
export interface TenantQuota {
  /** CPUs that are asked for. @default - no limit */
  readonly cpu?: number | string | undefined;
  /** Memory that is asked for: `512Gi`. @default - no limit */
  readonly memory?: string | undefined;
  /** Accelerators and other extended resources, by name: `{ 'nvidia.com/gpu': 8 }`. @default - no limit */
  readonly accelerators?: { readonly [resource: string]: number } | undefined;
  /** Pods. @default - no limit */
  readonly pods?: number | undefined;
  /** Space of all claims. @default - no limit */
  readonly storage?: string | undefined;
}

/** What a container asks for that says nothing, and the most that one may ask for. */
export interface TenantLimits {
  /** What a container asks for that says nothing. @default - 100m and 128Mi */
  readonly defaultRequest?: { readonly [resource: string]: string } | undefined;
  /** The most of memory or the like that a container uses that says nothing. @default - 1Gi of memory */
  readonly defaultLimit?: { readonly [resource: string]: string } | undefined;
  /** The most that one container may ask for. @default - no limit */
  readonly max?: { readonly [resource: string]: string } | undefined;
}

/** Props of {@link Tenant}. */
export interface TenantProps {
  /** The namespace. @default - the construct's id, in kebab case */
  readonly namespace?: string | undefined;
  /** PodSecurity's level; what breaks it does not start. @default 'restricted' */
  readonly podSecurity?: 'restricted' | 'baseline' | 'privileged' | undefined;
  /** How much all pods may ask for together. @default - no limit */
  readonly quota?: TenantQuota | undefined;
  /** What a container asks for that says nothing. @default - a little */
  readonly limits?: TenantLimits | undefined;
  /** What pods may reach; nothing else. */
  readonly network: TenantNetwork;
  /** More about who pipelines' pods run as. @default - what Argo's executor needs */
  readonly runner?: RunnerProps | undefined;
  /** The queue that the tenant's tasks wait in. @default - none */
  readonly queue?: Queue | undefined;
  /** Who may look at pipelines, run them, and change them. @default - nobody */
  readonly people?: TenantPeople | undefined;
  /** More labels of the namespace. @default - none */
  readonly labels?: { readonly [label: string]: string } | undefined;
}

/**
 * A team's place in a cluster: a namespace with PodSecurity, a quota, network policies that let a run reach what it needs and
 * nothing else, a runner, and who may do what. It makes its namespace; the chart's own may be another.
 *
 * ```ts
 * const vision = new Tenant(chart, 'vision', {
 *   quota: { cpu: 200, accelerators: { 'nvidia.com/gpu': 8 } },
 *   network: { apiServer: { cidrs: ['10.0.0.1/32'] }, artifacts: { to: { cidrs: ['10.1.0.0/16'] } } },
 *   people: { view: [{ group: 'company' }], edit: [{ group: 'vision' }] },
 * });
 * const pipelines = new Chart(app, 'vision-pipelines', { namespace: vision.namespace });
 * new Pipeline(pipelines, 'train', { ...vision.pipelineProps, … });
 * ```
 */
export class Tenant extends Construct {
  /** The namespace. */
  public readonly namespace: string;
  /** Who the tenant's pods run as. */
  public readonly runner: Runner;
  private readonly queue: Queue | undefined;

  public constructor(scope: Construct, id: string, props: TenantProps) {
    super(scope, id);
    const {
      namespace = kebab(id),
      podSecurity = 'restricted',
      quota,
      limits = {},
      network,
      people = {},
      labels,
    } = props;
    this.namespace = namespace;
    this.queue = props.queue;
    new Manifest(this, 'Namespace', {
      apiVersion: 'v1',
      kind: 'Namespace',
      name: namespace,
      namespace: 'none',
      labels: {
        ...labels,
        'pod-security.kubernetes.io/enforce': podSecurity,
        'pod-security.kubernetes.io/warn': 'restricted',
      },
      annotations: { 'argocd.argoproj.io/sync-wave': '-1' },
      body: () => ({ fields: {} }),
    });
    const hard = hardOf(quota);
    if (Object.keys(hard).length > 0) this.add('ResourceQuota', 'v1', 'quota', { spec: { hard } });
    this.add('LimitRange', 'v1', 'limits', { spec: { limits: [limitOf(limits)] } });
    for (const { name, spec } of networkPolicies(network)) {
      this.add('NetworkPolicy', 'networking.k8s.io/v1', name, { spec });
    }
    this.runner = new Runner(this, 'Runner', { name: 'runner', ...props.runner, namespace });
    for (const kind of ['view', 'run', 'edit'] as const) this.addPeople(kind, people[kind] ?? []);
    factsOf(this).quotas.push({ namespace, hard, max: { ...limits.max } });
  }

  /** What a pipeline of the tenant's takes: its runner, its queue, and keys of artifacts that begin with its namespace. */
  public get pipelineProps() {
    return {
      runner: this.runner,
      artifactPrefix: this.namespace,
      ...(this.queue && { tasks: this.queue.settings }),
    };
  }

  private addPeople(kind: keyof TenantPeople, people: NonNullable<TenantPeople[keyof TenantPeople]>): void {
    if (people.length === 0) return;
    const name = `pipelines-${kind}`;
    const group = 'rbac.authorization.k8s.io';
    this.add('Role', `${group}/v1`, name, { rules: RULES[kind] });
    this.add('RoleBinding', `${group}/v1`, name, {
      roleRef: { apiGroup: group, kind: 'Role', name },
      subjects: people.map(subjectOf),
    });
  }

  private add(kind: string, apiVersion: string, name: string, fields: Record<string, unknown>): void {
    new Manifest(this, `${kind}-${name}`, {
      apiVersion,
      kind,
      name,
      namespace: this.namespace,
      body: () => ({ fields: structuredClone(fields) }),
    });
  }
}

function hardOf({ cpu, memory, accelerators = {}, pods, storage }: TenantQuota = {}): Record<string, string> {
  return {
    ...(cpu !== undefined && { 'requests.cpu': String(cpu) }),
    ...(memory !== undefined && { 'requests.memory': memory }),
    ...Object.fromEntries(Object.entries(accelerators).map(([name, count]) => [`requests.${name}`, String(count)])),
    ...(pods !== undefined && { pods: String(pods) }),
    ...(storage !== undefined && { 'requests.storage': storage }),
  };
}

function limitOf({ defaultRequest, defaultLimit, max }: TenantLimits): object {
  return {
    type: 'Container',
    defaultRequest: { cpu: '100m', memory: '128Mi', ...defaultRequest },
    default: { memory: '1Gi', ...defaultLimit },
    ...(max && { max: { ...max } }),
  };
}
