import type { GraphRetention, GraphRunOverrides, GraphRunSettings } from '../graph/run-settings';
import { type GraphRunner, isRunValue, type Text } from '../graph/settings';
import { type Resolve, tag, typed } from './expression-printer';
import { identity } from './pod-settings';
import { withoutTags } from './raw-text';
import { synchronization } from './synchronization';
import type { KubernetesObject, WorkflowTemplateSpec } from './types';

/** Finished pods of successful tasks go after this long; failed ones stay for as long as their run. */
const POD_RETENTION = { strategy: 'OnPodSuccess', delaySeconds: 600 };

/** The longest that Argo's field can hold: 68 years. */
const FOR_EVER = 2 ** 31 - 1;

type RunFields = Pick<
  WorkflowTemplateSpec,
  | 'activeDeadlineSeconds'
  | 'parallelism'
  | 'priority'
  | 'ttlStrategy'
  | 'podGC'
  | 'archiveLogs'
  | 'imagePullSecrets'
  | 'podDisruptionBudget'
  | 'hostNetwork'
  | 'dnsPolicy'
  | 'dnsConfig'
  | 'synchronization'
>;

/**
 * The fields of a run's spec that settings of runs give.
 *
 * @param resolve how the parameters and facts of the run are referred to
 */
export function runFields(settings: GraphRunSettings = {}, resolve: Resolve): RunFields {
  const { timeoutSeconds, parallelism, priority, retention, archiveLogs, imagePullSecrets } = settings;
  const { podDisruptionBudget, hostNetwork, dnsPolicy, dnsConfig } = settings;
  const { strategy, delaySeconds } = { ...POD_RETENTION, ...settings.podRetention };
  return {
    ...(timeoutSeconds !== undefined && { activeDeadlineSeconds: timeoutSeconds }),
    ...(parallelism !== undefined && { parallelism }),
    ...(priority !== undefined && { priority }),
    ...(retention && { ttlStrategy: timeToLive(retention) }),
    // Argo has no word for never: what says nothing keeps the pods.
    ...(strategy !== 'Never' && { podGC: { strategy, deleteDelayDuration: `${delaySeconds}s` } }),
    ...(archiveLogs !== undefined && { archiveLogs }),
    ...(imagePullSecrets && { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    ...(podDisruptionBudget && { podDisruptionBudget: { ...podDisruptionBudget } }),
    ...(hostNetwork && { hostNetwork }),
    ...(dnsPolicy !== undefined && { dnsPolicy }),
    ...(dnsConfig && { dnsConfig: structuredClone(dnsConfig) as KubernetesObject }),
    ...synchronization(settings, (name) => textOfRun(name, resolve)),
  };
}

/** Labels or annotations that each run gets. */
export function metadataOfRuns(given: GraphRunSettings['labels'] = {}, resolve: Resolve): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([key, text]) => [key, textOfRun(text, resolve)]));
}

/** Those of them that the template can have itself. */
export function knownMetadata(given: GraphRunSettings['labels'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => !isRunValue(entry[1])));
}

/** Text that Argo puts together before the run starts. It expands nothing a second time there but its own labels. */
function textOfRun(text: Text, resolve: Resolve): string {
  if (!isRunValue(text)) return text;
  return tag(withoutTags(typed(text.expression, resolve)));
}

/** Argo's fields for how long finished runs are kept. */
function timeToLive({ afterSeconds, afterSuccessSeconds, afterFailureSeconds }: GraphRetention) {
  return {
    ...(afterSeconds !== undefined && { secondsAfterCompletion: afterSeconds }),
    ...(afterSuccessSeconds !== undefined && { secondsAfterSuccess: afterSuccessSeconds }),
    ...(afterFailureSeconds !== undefined && { secondsAfterFailure: afterFailureSeconds }),
  };
}

/**
 * What stands for a template's retention in a run that has its own. Argo merges the two field by field, and prefers the more
 * exact field: one that the run's own `after` stands for must not be left to the template.
 */
export function ownTimeToLive(own: GraphRetention, template: GraphRetention = {}) {
  const { afterSeconds } = own;
  const covered = afterSeconds === undefined ? {} : mapValues(template, () => afterSeconds);
  return timeToLive({ ...covered, ...own });
}

/** What keeps a run for ever although its template has a retention. */
export function keptForEver(template: GraphRetention) {
  return timeToLive(mapValues(template, () => FOR_EVER));
}

function mapValues(retention: GraphRetention, map: () => number): GraphRetention {
  return Object.fromEntries(Object.keys(retention).map((key) => [key, map()]));
}

/** What a single run says otherwise than its template. */
export function overrideFields({ timeoutSeconds, priority }: GraphRunOverrides, runner: GraphRunner | undefined) {
  return {
    ...(runner && accountFields(runner)),
    ...(timeoutSeconds !== undefined && { activeDeadlineSeconds: timeoutSeconds }),
    ...(priority !== undefined && { priority }),
  };
}

/** Who all pods of a run are, and the labels that their cloud wants for that. */
function accountFields(
  runner: GraphRunner,
): Pick<WorkflowTemplateSpec, 'serviceAccountName' | 'automountServiceAccountToken' | 'executor' | 'podMetadata'> {
  return {
    ...identity(runner),
    ...(runner.podLabels && { podMetadata: { labels: { ...runner.podLabels } } }),
  };
}
