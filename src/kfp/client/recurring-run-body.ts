import type { Json } from '../../components/definition';
import { kfpProblem } from './errors';
import type { KfpPipelines } from './pipelines';
import type { KfpRunSettings } from './runs';
import { type KfpSchedule, resumed, triggerOf } from './schedule';
import { type ResolvedSource, resolveSource, resolveStruct } from './source';
import type { KfpApiRecurringRun, KfpApiTrigger } from './types';

/** A recurring run to be made. */
export interface KfpRecurringRunOptions extends KfpRunSettings {
  /** Its name. */
  readonly name: string;
  /** When runs start. */
  readonly schedule: KfpSchedule;
  /** How many of its runs may be active at once, 1 to 10. @default 1 */
  readonly maxConcurrency?: number | undefined;
  /** True where runs that were missed are made up for, one by one. @default true */
  readonly catchUp?: boolean | undefined;
  /** True where each run takes the pipeline's newest version, false where all take the one found now. @default false */
  readonly followsLatest?: boolean | undefined;
  /** False where no run shall start until it is resumed. @default true */
  readonly isEnabled?: boolean | undefined;
}

/** What of a recurring run is to be another; what is left out, also of its arguments, stays as it is. */
export type KfpRecurringRunChanges = Partial<Omit<KfpRecurringRunOptions, 'name' | 'experiment'>>;

/** A recurring run as the server is told to make it. */
export type RecurringRunBody = ResolvedSource['body'] & {
  readonly display_name: string;
  readonly experiment_id?: string;
  readonly trigger: KfpApiTrigger;
  readonly mode: 'ENABLE' | 'DISABLE';
  readonly max_concurrency: string;
  readonly no_catchup: boolean;
  readonly description?: string;
  readonly service_account?: string;
};

/** How many runs may be active, as the server takes it. @throws KfpError */
export function concurrency(count: number): string {
  if (Number.isInteger(count) && count >= 1 && count <= 10) return String(count);
  throw kfpProblem('KFP1825', `maxConcurrency is ${count}`, 'give a whole number from 1 to 10');
}

/** What takes the place of a recurring run. @throws KfpError DiagnosticsError */
export async function replacement(
  pipelines: KfpPipelines,
  old: KfpApiRecurringRun,
  changes: KfpRecurringRunChanges,
): Promise<Omit<RecurringRunBody, 'mode'>> {
  const { maxConcurrency, catchUp, description = old.description, serviceAccount = old.service_account } = changes;
  return {
    display_name: old.display_name ?? '',
    ...(old.experiment_id !== undefined && { experiment_id: old.experiment_id }),
    ...(await bodyOf(pipelines, old, changes)),
    trigger: changes.schedule ? triggerOf(changes.schedule) : resumed(old.trigger ?? {}, new Date()),
    max_concurrency: maxConcurrency === undefined ? (old.max_concurrency ?? '1') : concurrency(maxConcurrency),
    no_catchup: catchUp === undefined ? (old.no_catchup ?? false) : !catchUp,
    ...(description && { description }),
    ...(serviceAccount && { service_account: serviceAccount }),
  };
}

const OF_SOURCE = [
  'pipeline',
  'version',
  'file',
  'text',
  'arguments',
  'argumentTexts',
  'caching',
  'pipelineRoot',
  'followsLatest',
] as const;

async function bodyOf(
  pipelines: KfpPipelines,
  old: KfpApiRecurringRun,
  changes: KfpRecurringRunChanges,
): Promise<ResolvedSource['body']> {
  const { pipeline_spec, pipeline_version_reference: reference, runtime_config = {} } = old;
  if (OF_SOURCE.every((name) => changes[name] === undefined)) {
    return {
      ...(reference ? { pipeline_version_reference: reference } : { pipeline_spec: pipeline_spec ?? null }),
      runtime_config,
    };
  }
  const { signal } = changes;
  const source = {
    ...changes,
    arguments: { ...runtime_config.parameters, ...changes.arguments } as Record<string, Json>,
    pipelineRoot: changes.pipelineRoot ?? (runtime_config.pipeline_root || undefined),
  };
  if ([changes.pipeline, changes.file, changes.text].some((each) => each !== undefined)) {
    return (await resolveSource(pipelines, source, { followsLatest: changes.followsLatest ?? false, signal })).body;
  }
  if (reference) {
    const { pipeline_id, pipeline_version_id: pinned } = reference;
    const followsLatest = changes.followsLatest ?? (!pinned && changes.version === undefined);
    const version = changes.version ?? (pinned && !followsLatest ? { id: pinned } : undefined);
    const resolved = { ...source, pipeline: { id: pipeline_id }, version };
    return (await resolveSource(pipelines, resolved, { followsLatest, signal })).body;
  }
  if (changes.version !== undefined || changes.followsLatest) {
    const message = `the recurring run '${old.display_name}' runs a file, which has no versions`;
    throw kfpProblem('KFP1830', message, 'name the pipeline too');
  }
  return resolveStruct({ ...source, struct: pipeline_spec ?? null }).body;
}
