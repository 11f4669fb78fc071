import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { kebab } from '../../graph/names';
import { amountOf } from '../../graph/quantity';
import { Manifest } from '../manifest';
import type { TaskSettings } from '../settings/task-settings';
import { factsOf, namespaceOf } from './facts';
import { expectKinds } from './kinds';
import type { NodePool } from './node-pool';
import { complain } from './problems';
import { queueProblems } from './queues/problems';
import { Semaphore } from './semaphore';

/** How much of a resource a queue's tasks may hold. */
export interface QueueQuota {
  /** What is always theirs. */
  readonly nominal: number | string;
  /** How much they may borrow of what other queues of the cohort leave. @default - all */
  readonly borrowing?: number | string | undefined;
  /** How much of theirs others may borrow. @default - all */
  readonly lending?: number | string | undefined;
}

/** Nodes that a queue gives out, and how much of them. */
export interface QueueFlavor {
  /** The nodes. @default - any node */
  readonly pool?: NodePool | undefined;
  /** Quotas by resource: `cpu`, `memory`, `nvidia.com/gpu`. Every flavor has the same ones. */
  readonly quotas: { readonly [resource: string]: number | string | QueueQuota };
}

/** Props of {@link Queue}. */
export interface QueueProps {
  /** Nodes that it gives out: a task gets the first that has room. */
  readonly flavors: readonly QueueFlavor[];
  /** The name. @default - the construct's id, in kebab case */
  readonly name?: string | undefined;
  /** Queues of one cohort borrow from each other what is not used. @default - none */
  readonly cohort?: string | undefined;
  /**
   * Whose tasks are stopped to make room. A task that is stopped fails, and starts again where it has retries.
   * @default 'never'
   */
  readonly preemption?: 'never' | 'lower-priority' | undefined;
  /**
   * The namespaces whose queues may take from it, by labels.
   * @default - that of the chart
   */
  readonly namespaces?: { readonly [label: string]: string } | undefined;
  /**
   * Who keeps the queue: Kueue, which knows resources; or, where there is no Kueue, Argo itself, which counts tasks alone and keeps no
   * quotas. `{ tasks: 4 }`: four at a time.
   * @default 'kueue'
   */
  readonly keeper?: 'kueue' | { readonly tasks: number } | undefined;
}

const LABEL = 'kueue.x-k8s.io/queue-name';

/**
 * A queue that tasks wait in until there is room for them: Kueue's LocalQueue, with a ClusterQueue, and a ResourceFlavor for each
 * pool.
 *
 * ```ts
 * const queue = new Queue(chart, 'training', {
 *   flavors: [{ pool: a100, quotas: { cpu: 200, memory: '2Ti', 'nvidia.com/gpu': 16 } }],
 * });
 * pipeline.tasks.configure(queue.settings);                          // all tasks of a pipeline
 * new Task(pipeline, 'train', { …, presets: [queue.settings] });     // or one
 * ```
 *
 * Kueue must handle pods (its integration `pod`) in the namespace. A pod that waits counts as pending: no task's `timeout` runs.
 *
 * @see https://kueue.sigs.k8s.io/docs/tasks/run/plain_pods/
 */
export class Queue extends Construct {
  /** The queue's name. */
  public readonly name: string;
  /** What makes a task wait in it, as a layer of its settings. */
  public readonly settings: TaskSettings;

  /** @throws where a prop is of another kind */
  public constructor(scope: Construct, id: string, props: QueueProps) {
    super(scope, id);
    expectKinds(this, props, { flavors: 'a list!', name: 'a text', cohort: 'a text', namespaces: 'an object' });
    for (const [index, flavor] of props.flavors.entries()) {
      expectKinds(this, flavor, { quotas: 'an object!' }, `flavors[${index}]`);
      if (flavor.pool) expectKinds(this, flavor.pool, { intent: 'an object!' }, `flavors[${index}].pool`);
    }
    this.name = props.name ?? kebab(id);
    const { keeper = 'kueue' } = props;
    const found = queueProblems(this.name, props);
    complain(this, new.target, 'KFP1711', found);
    if (typeof keeper !== 'string') {
      this.settings = { semaphores: [new Semaphore(this, 'Semaphore', { name: this.name, limit: keeper.tasks })] };
      return;
    }
    this.settings = { labels: { [LABEL]: this.name } };
    factsOf(this).queues.push({
      name: this.name,
      namespace: namespaceOf(this),
      pools: props.flavors.every(({ pool }) => pool) ? props.flavors.map(({ pool }) => pool!) : undefined,
      most: mostOf(props),
    });
    if (found.length === 0) this.addKueue(props);
  }

  private addKueue({ flavors, cohort, preemption = 'never', namespaces }: QueueProps): void {
    const apiVersion = 'kueue.x-k8s.io/v1beta2';
    const named = flavors.map((flavor, index) => ({ ...flavor, name: flavorName(this.name, flavor, index) }));
    for (const { name, pool } of named) {
      new Manifest(this, `Flavor-${name}`, {
        apiVersion,
        kind: 'ResourceFlavor',
        name,
        namespace: 'none',
        body: () => ({
          fields: {
            spec: pool
              ? {
                  nodeLabels: { ...pool.nodeSelector },
                  ...(pool.taints.length > 0 && { nodeTaints: pool.taints.map((taint) => ({ ...taint })) }),
                  ...(pool.tolerations.length > 0 && { tolerations: pool.tolerations.map((each) => ({ ...each })) }),
                }
              : {},
          },
        }),
      });
    }
    const clusterQueue = this.name;
    const { namespace } = Chart.of(this);
    new Manifest(this, 'ClusterQueue', {
      apiVersion,
      kind: 'ClusterQueue',
      name: clusterQueue,
      namespace: 'none',
      body: () => ({
        fields: {
          spec: {
            namespaceSelector: {
              matchLabels: { ...(namespaces ?? (namespace ? { 'kubernetes.io/metadata.name': namespace } : {})) },
            },
            ...(cohort !== undefined && { cohortName: cohort }),
            resourceGroups: [
              {
                coveredResources: Object.keys(named[0]!.quotas),
                flavors: named.map(({ name, quotas }) => ({ name, resources: Object.entries(quotas).map(quotaOf) })),
              },
            ],
            ...(preemption === 'lower-priority' && {
              preemption: {
                withinClusterQueue: 'LowerPriority',
                ...(cohort !== undefined && { reclaimWithinCohort: 'LowerPriority' }),
              },
            }),
          },
        },
      }),
    });
    new Manifest(this, 'LocalQueue', {
      apiVersion,
      kind: 'LocalQueue',
      name: this.name,
      body: () => ({ fields: { spec: { clusterQueue } } }),
    });
  }
}

/** Named after the queue as well: a pool may stand in several queues. */
function flavorName(queue: string, { pool }: QueueFlavor, index: number): string {
  return `${queue}-${pool?.name ?? `flavor-${index + 1}`}`;
}

function quotaOf([name, quota]: [string, number | string | QueueQuota]): object {
  if (typeof quota !== 'object') return { name, nominalQuota: String(quota) };
  const { nominal, borrowing, lending } = quota;
  return {
    name,
    nominalQuota: String(nominal),
    ...(borrowing !== undefined && { borrowingLimit: String(borrowing) }),
    ...(lending !== undefined && { lendingLimit: String(lending) }),
  };
}

/** The most of each resource that one task can be given; what can be borrowed without a limit has none. */
function mostOf({ flavors, cohort }: QueueProps): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  for (const [resource, quota] of flavors.flatMap(({ quotas }) => Object.entries(quotas))) {
    const { nominal, borrowing = cohort === undefined ? 0 : Number.POSITIVE_INFINITY } =
      typeof quota === 'object' && quota !== null ? quota : { nominal: quota };
    const all = (amountOf(String(nominal)) ?? 0) + (amountOf(String(borrowing)) ?? Number(borrowing));
    most.set(resource, Math.max(all, most.get(resource) ?? 0));
  }
  return most;
}
