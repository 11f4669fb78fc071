import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { renderDiagnostic } from '../../diagnostic';
import { kebab } from '../../graph/names';
import { callSite } from '../call-site';
import { Manifest } from '../manifest';
import type { TaskSettings } from '../settings/task-settings';
import { factsOf, namespaceOf } from './facts';
import type { NodePool } from './node-pool';
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

  public constructor(scope: Construct, id: string, props: QueueProps) {
    super(scope, id);
    this.name = props.name ?? kebab(id);
    const { keeper = 'kueue' } = props;
    const found = problemsOf(props);
    const { at } = callSite(new.target);
    this.node.addValidation({
      validate: () => found.map((each) => renderDiagnostic({ code: 'KFP1711', ...each, ...(at && { at }) })),
    });
    if (keeper !== 'kueue') {
      this.settings = { semaphores: [new Semaphore(this, 'Semaphore', { name: this.name, limit: keeper.tasks })] };
      return;
    }
    this.settings = { labels: { [LABEL]: this.name } };
    factsOf(this).queues.push({ name: this.name, namespace: namespaceOf(this) });
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

function problemsOf({ flavors, cohort, keeper = 'kueue' }: QueueProps) {
  if (keeper !== 'kueue') return [];
  const resources = flavors.map(({ quotas }) => Object.keys(quotas).sort().join(', '));
  const first = resources[0];
  if (first === undefined || first === '') {
    return [
      { message: 'the queue gives nothing out', mend: "give flavors: [{ quotas: { cpu: 100, memory: '400Gi' } }]" },
    ];
  }
  const problems = [];
  if (resources.some((each) => each !== first)) {
    problems.push({
      message: `the flavors have quotas of other resources: ${resources.map((each) => `(${each})`).join(', ')}`,
      mend: 'give each a quota of the same resources, 0 where it has none',
    });
  }
  const borrows = flavors.some(({ quotas }) =>
    Object.values(quotas).some(
      (quota) => typeof quota === 'object' && (quota.borrowing ?? quota.lending) !== undefined,
    ),
  );
  if (borrows && cohort === undefined) {
    problems.push({ message: 'the queue borrows or lends, but has no cohort', mend: 'give `cohort`' });
  }
  return problems;
}
