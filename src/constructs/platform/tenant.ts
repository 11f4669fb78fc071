import { Construct } from 'constructs';
import { kebab } from '../../graph/names';
import { Manifest } from '../manifest';
import { SYNC_WAVE, waveOf } from './backend/sync-waves';
import { factsOf } from './facts';
import { expectKinds } from './kinds';
import { complain, nameProblems } from './problems';
import type { Queue } from './queue';
import { Runner, type RunnerProps } from './runner';
import { containerLimits } from './tenants/limits';
import { networkPolicies, networkProblems, type TenantNetwork } from './tenants/network';
import { RULES, subjectOf, type TenantPeople } from './tenants/people';
import { tenantProblems } from './tenants/problems';
import { unshared } from './unshared';

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
  /** Whether the namespace is among the objects. @default true */
  readonly createNamespace?: boolean | undefined;
  /** PodSecurity's level; what breaks it does not start. @default 'restricted' */
  readonly podSecurity?: 'restricted' | 'baseline' | 'privileged' | undefined;
  /** How much all pods may ask for together. @default - no limit */
  readonly quota?: TenantQuota | undefined;
  /** What a container asks for that says nothing. @default - a little */
  readonly limits?: TenantLimits | undefined;
  /** What pods may reach; nothing else. */
  readonly network: TenantNetwork;
  /** More about who pipelines' pods run as. @default - what Argo's executor needs */
  readonly runner?: Omit<RunnerProps, 'namespaces'> | undefined;
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
  private readonly isRestricted: boolean;

  /** @throws where a prop is of another kind */
  public constructor(scope: Construct, id: string, props: TenantProps) {
    super(scope, id);
    expectKinds(this, props, {
      network: 'an object!',
      createNamespace: 'true or false',
      namespace: 'a text',
      quota: 'an object',
      limits: 'an object',
      people: 'an object',
      labels: 'an object',
      queue: 'an object',
    });
    expectKinds(this, props.network, { apiServer: 'an object!', dns: 'an object', egress: 'a list' }, 'network');
    expectKinds(this, props.quota, { accelerators: 'an object' }, 'quota');
    const amounts = { defaultRequest: 'an object', defaultLimit: 'an object', max: 'an object' } as const;
    expectKinds(this, props.limits, amounts, 'limits');
    expectKinds(this, props.people, { view: 'a list', run: 'a list', edit: 'a list' }, 'people');
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
    this.isRestricted = podSecurity === 'restricted';
    const wrong = [
      ...nameProblems('a namespace', namespace, 'label'),
      ...tenantProblems(namespace, props),
      ...networkProblems(network).map((each) => ({ code: 'KFP1716', ...each })),
    ];
    complain(this, new.target, 'KFP1715', wrong);
    // Nothing could be made of it.
    const { network: reach, people: who } =
      wrong.length === 0 ? { network, people } : { network: undefined, people: {} };
    if (props.createNamespace !== false) {
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
        annotations: { [SYNC_WAVE]: String(waveOf('Namespace', namespace)) },
        body: () => ({ fields: {} }),
      });
    }
    const hard = hardOf(quota);
    if (Object.keys(hard).length > 0) this.add('ResourceQuota', 'v1', 'quota', { spec: { hard } });
    this.add('LimitRange', 'v1', 'limits', { spec: { limits: [containerLimits(limits)] } });
    for (const { name, spec } of reach ? networkPolicies(reach) : []) {
      this.add('NetworkPolicy', 'networking.k8s.io/v1', name, { spec });
    }
    this.runner = new Runner(this, 'Runner', { name: 'runner', ...props.runner, namespace });
    for (const kind of ['view', 'run', 'edit'] as const) this.addPeople(kind, who[kind] ?? []);
    const facts = factsOf(this);
    facts.quotas.push({ namespace, hard, max: { ...limits.max }, defaults: containerLimits(limits).default });
    facts.podSecurity.set(namespace, podSecurity);
  }

  /**
   * What a pipeline of the tenant's takes: its runner, its queue, keys of artifacts that begin with its namespace, and tasks that
   * the namespace's PodSecurity lets start.
   */
  public get pipelineProps() {
    return {
      runner: this.runner,
      artifactPrefix: this.namespace,
      tasks: { ...this.queue?.settings, ...(this.isRestricted && { security: 'restricted' as const }) },
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
      body: () => ({ fields: unshared(fields) }),
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
