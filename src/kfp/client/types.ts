import type { Json } from '../../components/definition';

/**
 * The objects of KFP's REST API, version v2beta1, as far as this client reads or writes them. A server may answer with
 * more; numbers of 64 bits are strings.
 *
 * @see https://www.kubeflow.org/docs/components/pipelines/reference/api/kubeflow-pipeline-api-spec/
 */

/** An error within an answer. */
export interface KfpApiStatus {
  readonly code?: number;
  readonly message?: string;
}

/** A pipeline: a name under which versions are kept. */
export interface KfpApiPipeline {
  readonly pipeline_id: string;
  readonly display_name?: string;
  readonly name?: string;
  readonly description?: string;
  readonly created_at?: string;
  readonly namespace?: string;
}

/** A version of a pipeline; it never changes. */
export interface KfpApiPipelineVersion {
  readonly pipeline_id: string;
  readonly pipeline_version_id: string;
  readonly display_name?: string;
  readonly name?: string;
  readonly description?: string;
  readonly created_at?: string;
  /** The PipelineSpec, or an object with it and the PlatformSpec. */
  readonly pipeline_spec?: Json;
  readonly error?: KfpApiStatus;
}

/** Names a version; without one, the pipeline's latest. */
export interface KfpApiVersionReference {
  readonly pipeline_id: string;
  readonly pipeline_version_id?: string;
}

/** An experiment: a group of runs. */
export interface KfpApiExperiment {
  readonly experiment_id: string;
  readonly display_name?: string;
  readonly description?: string;
  readonly created_at?: string;
  readonly namespace?: string;
  readonly storage_state?: string;
}

/** How a run or a task fares. Later servers may know more states. */
export type KfpApiState =
  | 'RUNTIME_STATE_UNSPECIFIED'
  | 'PENDING'
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'SKIPPED'
  | 'FAILED'
  | 'CANCELING'
  | 'CANCELED'
  | 'PAUSED'
  | (string & {});

/** What a run is given. */
export interface KfpApiRuntimeConfig {
  readonly parameters?: Readonly<Record<string, Json>>;
  readonly pipeline_root?: string;
}

/** A task of a run: of the pipeline, or a helper of KFP's own such as a driver. */
export interface KfpApiTaskDetail {
  readonly run_id?: string;
  readonly task_id?: string;
  readonly display_name?: string;
  readonly start_time?: string;
  readonly end_time?: string;
  readonly state?: KfpApiState;
  readonly error?: KfpApiStatus;
  readonly parent_task_id?: string;
  readonly pod_name?: string;
  readonly child_tasks?: readonly { readonly task_id?: string; readonly pod_name?: string }[];
}

/** A run. */
export interface KfpApiRun {
  readonly run_id: string;
  readonly experiment_id?: string;
  readonly display_name?: string;
  readonly description?: string;
  readonly storage_state?: string;
  readonly pipeline_spec?: Json;
  readonly pipeline_version_reference?: KfpApiVersionReference;
  readonly runtime_config?: KfpApiRuntimeConfig;
  readonly service_account?: string;
  readonly created_at?: string;
  readonly finished_at?: string;
  readonly state?: KfpApiState;
  readonly error?: KfpApiStatus;
  readonly run_details?: { readonly task_details?: readonly KfpApiTaskDetail[] };
  readonly recurring_run_id?: string;
}

/** When a recurring run starts runs: one of the two. */
export interface KfpApiTrigger {
  readonly cron_schedule?: { readonly cron?: string; readonly start_time?: string; readonly end_time?: string };
  readonly periodic_schedule?: {
    readonly interval_second?: string;
    readonly start_time?: string;
    readonly end_time?: string;
  };
}

/** A recurring run. */
export interface KfpApiRecurringRun {
  readonly recurring_run_id: string;
  readonly display_name?: string;
  readonly description?: string;
  readonly pipeline_spec?: Json;
  readonly pipeline_version_reference?: KfpApiVersionReference;
  readonly runtime_config?: KfpApiRuntimeConfig;
  readonly service_account?: string;
  readonly max_concurrency?: string;
  readonly trigger?: KfpApiTrigger;
  readonly mode?: 'MODE_UNSPECIFIED' | 'ENABLE' | 'DISABLE';
  readonly status?: 'STATUS_UNSPECIFIED' | 'ENABLED' | 'DISABLED';
  readonly no_catchup?: boolean;
  readonly created_at?: string;
  readonly experiment_id?: string;
  readonly namespace?: string;
}
