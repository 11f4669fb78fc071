import type { Duration } from 'cdk8s';
import type * as kubernetes from 'kubernetes-types/core/v1';
import type { GraphPodRetention, GraphRetention, GraphRunOverrides, GraphRunSettings } from '../../graph/run-settings';
import type { IRunner } from '../platform/runner';
import { lowerMutexes, lowerSemaphores, type TaskConcurrency } from './concurrency';
import { lowerMetrics, type RunMetric } from './metrics';
import { loweredObject, loweredText, loweredTexts, type SettingText, seconds } from './setting-value';

/** How long finished runs are kept: the Workflow, its pods, and with them what the run owns. */
export interface Retention {
  /** However it has ended. @default - for ever, or as the controller has it */
  readonly after?: Duration | undefined;
  /** A run that has succeeded. @default - as `after` */
  readonly afterSuccess?: Duration | undefined;
  /** A run that has failed. @default - as `after` */
  readonly afterFailure?: Duration | undefined;
}

/** When finished pods are removed. Their logs go with them, unless they are archived. */
export interface PodRetention {
  /**
   * Which pods, and when: each when it has ended, or all when the run has. `Never` keeps them for as long as the run.
   * @default 'OnPodSuccess'
   */
  readonly strategy?:
    | 'OnPodSuccess'
    | 'OnPodCompletion'
    | 'OnWorkflowSuccess'
    | 'OnWorkflowCompletion'
    | 'Never'
    | undefined;
  /** How long after that. @default Duration.minutes(10) */
  readonly delay?: Duration | undefined;
}

/**
 * How many pods of a run may be away at once because a node is drained: one of the two, as a number or as a percentage.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/disruptions/
 */
export interface DisruptionBudget {
  /** How many must stay. @default - not said */
  readonly minAvailable?: number | string | undefined;
  /** How many may be away. @default - not said */
  readonly maxUnavailable?: number | string | undefined;
}

/** What each run of a pipeline asks of Argo as a whole, whoever starts it. Called pipelines are part of the caller's run. */
export interface RunSettings extends TaskConcurrency {
  /** The longest a run may take, waiting included. It fails then. @default - no limit */
  readonly timeout?: Duration | undefined;
  /** How many pods of a run may run at the same time. @default - no limit */
  readonly parallelism?: number | undefined;
  /** Runs of a higher priority start first, where the controller limits how many run at once. @default 0 */
  readonly priority?: number | undefined;
  /**
   * How long finished runs are kept. A `Run` of an app is kept for ever all the same: a GitOps tool would start it again.
   * @default - for ever, or as the controller has it
   */
  readonly retention?: Duration | Retention | undefined;
  /** When finished pods are removed. @default - those that succeeded after ten minutes, others with their run */
  readonly podRetention?: PodRetention | undefined;
  /** Whether the logs of pods are stored beside the artifacts. @default - as the artifact repository has it */
  readonly archiveLogs?: boolean | undefined;
  /** Secrets with credentials of image registries, for all pods of a run. @default - the service account's */
  readonly imagePullSecrets?: readonly (string | { readonly name: string })[] | undefined;
  /** How many pods of a run may be away at once because a node is drained. @default - no budget */
  readonly podDisruptionBudget?: DisruptionBudget | undefined;
  /** Name servers, search domains and options, for all pods of a run. @default - the cluster's */
  readonly dnsConfig?: kubernetes.PodDNSConfig | undefined;
  /** Where pods look names up. @default - `ClusterFirst`, and `ClusterFirstWithHostNet` with `hostNetwork` */
  readonly dnsPolicy?: 'ClusterFirst' | 'ClusterFirstWithHostNet' | 'Default' | 'None' | undefined;
  /** True to use the nodes' network. No Pod Security level but `privileged` allows it. @default false */
  readonly hostNetwork?: boolean | undefined;
  /**
   * Names of locks that a run holds while it runs: of all runs in the namespace that name the same, one runs at a time. A name
   * may hold parameters and facts of the run.
   * @default - none
   */
  readonly mutexes?: readonly SettingText[] | undefined;
  /** Labels of the runs, and of the WorkflowTemplate where they are known at synth. @default - the library's own */
  readonly labels?: { readonly [key: string]: SettingText } | undefined;
  /** Annotations of the runs, and of the WorkflowTemplate where they are known at synth. @default - none */
  readonly annotations?: { readonly [key: string]: SettingText } | undefined;
  /** Prometheus metrics that each run reports when it has ended. @default - none */
  readonly metrics?: readonly RunMetric[] | undefined;
}

/** What a single run may say otherwise than its pipeline. */
export interface RunOverrides {
  /** The longest it may take, waiting included. @default - the pipeline's */
  readonly timeout?: Duration | undefined;
  /** Its place in the controller's queue. @default - the pipeline's */
  readonly priority?: number | undefined;
  /**
   * Who its pods run as. A controller that allows references to templates only (`templateReferencing`) refuses this.
   * @default - the pipeline's runner
   */
  readonly serviceAccount?: IRunner | undefined;
}

/** A pipeline's settings of runs as plain data; undefined where there are none. */
export function lowerRunSettings(props: RunSettings): GraphRunSettings | undefined {
  const { timeout, parallelism, priority, retention, podRetention, archiveLogs, imagePullSecrets } = props;
  const { podDisruptionBudget: budget, dnsConfig, dnsPolicy, hostNetwork, labels, annotations } = props;
  const settings: GraphRunSettings = {
    ...(timeout && { timeoutSeconds: seconds(timeout) }),
    ...(parallelism !== undefined && { parallelism }),
    ...(priority !== undefined && { priority }),
    ...(retention && { retention: lowerRetention(retention) }),
    ...(podRetention && { podRetention: lowerPodRetention(podRetention) }),
    ...(archiveLogs !== undefined && { archiveLogs }),
    ...(imagePullSecrets?.length && {
      imagePullSecrets: imagePullSecrets.map((secret) => (typeof secret === 'string' ? secret : secret.name)),
    }),
    ...(budget && {
      podDisruptionBudget: {
        ...(budget.minAvailable !== undefined && { minAvailable: budget.minAvailable }),
        ...(budget.maxUnavailable !== undefined && { maxUnavailable: budget.maxUnavailable }),
      },
    }),
    ...(hostNetwork && { hostNetwork }),
    ...((dnsPolicy ?? hostNetwork) && { dnsPolicy: dnsPolicy ?? 'ClusterFirstWithHostNet' }),
    ...(dnsConfig && { dnsConfig: loweredObject(dnsConfig) }),
    ...(props.mutexes?.length && { mutexes: lowerMutexes([props]) }),
    ...(props.semaphores?.length && { semaphores: lowerSemaphores([props]) }),
    ...(labels && { labels: loweredTexts(labels, loweredText) }),
    ...(annotations && { annotations: loweredTexts(annotations, loweredText) }),
    ...(props.metrics?.length && { metrics: lowerMetrics(props.metrics) }),
  };
  return Object.keys(settings).length > 0 ? settings : undefined;
}

/** How long runs are kept, as plain data. One duration stands for all that have ended. */
export function lowerRetention(given: Duration | Retention): GraphRetention {
  const { after, afterSuccess, afterFailure } = isDuration(given) ? { after: given } : given;
  return {
    ...(after && { afterSeconds: seconds(after) }),
    ...(afterSuccess && { afterSuccessSeconds: seconds(afterSuccess) }),
    ...(afterFailure && { afterFailureSeconds: seconds(afterFailure) }),
  };
}

/** What a single run says otherwise, as plain data. */
export function lowerRunOverrides({ timeout, priority }: RunOverrides): GraphRunOverrides {
  return { ...(timeout && { timeoutSeconds: seconds(timeout) }), ...(priority !== undefined && { priority }) };
}

function lowerPodRetention({ strategy, delay }: PodRetention): GraphPodRetention {
  return { ...(strategy !== undefined && { strategy }), ...(delay && { delaySeconds: seconds(delay) }) };
}

/** By shape: the app's cdk8s may be another copy than the library's. */
function isDuration(given: Duration | Retention): given is Duration {
  return 'toSeconds' in given;
}
