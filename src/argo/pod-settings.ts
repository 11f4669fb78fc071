import type { ComponentDefinition } from '../components/definition';
import { optionalSourceOf } from '../graph/optional-objects';
import type { GraphResources, GraphRetry, GraphRunner, GraphTaskSettings } from '../graph/settings';
import { isRunValue } from '../graph/settings';
import { tag } from './expression-printer';
import { metricsOf } from './metrics';
import { PIPELINE_LABEL, podMetadata, taskName, VERSION_LABEL } from './pod-labels';
import { hasLateObject, lateVolumesOf, podPatch } from './pod-patch';
import { SCHEDULED_TIME } from './references';
import { containerSecurity, podSecurity } from './security';
import type { Patch, SettingPrinter } from './setting-printer';
import { envVar, sideContainer } from './side-containers';
import { synchronization } from './synchronization';
import type { Container, EnvVar, KubernetesObject, Template } from './types';

type PodFields = Omit<Template, 'name' | 'inputs' | 'outputs' | 'container' | 'dag' | 'suspend' | 'parallelism'>;

/**
 * What a task's settings are in its template, besides the main container.
 *
 * @param main what else the pod's patch gives to the main container
 */
export function podFields(
  settings: GraphTaskSettings,
  component: ComponentDefinition,
  print: SettingPrinter,
  main: { readonly [field: string]: Patch } = {},
): PodFields {
  const { nodeSelector, affinity, tolerations, serviceAccount, volumes = [] } = settings;
  const securityContext = podSecurity(settings, component);
  const patch = podPatch(settings, print, main);
  const late = lateVolumesOf(settings);
  const own = volumes.filter(({ name, source }) => source && !late.has(name));
  return {
    metadata: podMetadata(settings, component, print),
    ...(nodeSelector && { nodeSelector: print.tree<Record<string, string>>(nodeSelector) }),
    ...(affinity && !hasLateObject(affinity) && { affinity: print.tree<KubernetesObject>(affinity) }),
    ...(tolerations && !isRunValue(tolerations) && !tolerations.some(isRunValue) && tolerations.length > 0
      ? { tolerations: print.tree<KubernetesObject[]>(tolerations) }
      : {}),
    ...(settings.priorityClassName !== undefined && { priorityClassName: settings.priorityClassName }),
    ...(settings.schedulerName !== undefined && { schedulerName: settings.schedulerName }),
    ...(serviceAccount && identity(serviceAccount)),
    ...(securityContext && { securityContext }),
    ...retryAndTime(settings),
    ...synchronization(settings, (name) => print.field(name)),
    ...metricsOf(settings, component, print),
    ...(patch !== undefined && { podSpecPatch: patch }),
    ...(own.length > 0 && {
      volumes: own.map(({ name, source }) => ({ name, ...print.tree<KubernetesObject>(source!) })),
    }),
    ...(settings.initContainers && {
      initContainers: settings.initContainers.map((each) => sideContainer(each, settings, component, print, late)),
    }),
    ...(settings.sidecars && {
      sidecars: settings.sidecars.map((each) => sideContainer(each, settings, component, print, late)),
    }),
  };
}

/** What a task's settings are in its main container, besides the image and the environment. */
export function containerFields(
  settings: GraphTaskSettings,
  component: ComponentDefinition,
  print: SettingPrinter,
): Partial<Container> {
  const { resources, lifecycle } = settings;
  const securityContext = containerSecurity(settings, component);
  return {
    ...(settings.workingDir !== undefined && { workingDir: settings.workingDir }),
    ...(settings.imagePullPolicy !== undefined && { imagePullPolicy: settings.imagePullPolicy }),
    ...(settings.envFrom && { envFrom: print.tree<KubernetesObject[]>(settings.envFrom) }),
    ...(resources && knownResources(resources)),
    ...(lifecycle && { lifecycle: print.tree<KubernetesObject>(lifecycle) }),
    ...(securityContext && { securityContext }),
  };
}

/** What every program is told of where it runs. */
function facts(settings: GraphTaskSettings): readonly EnvVar[] {
  return [
    { name: 'KFP_RUN_NAME', value: '{{workflow.name}}' },
    { name: 'KFP_RUN_ID', value: '{{workflow.uid}}' },
    { name: 'KFP_TASK_NAME', value: taskName(settings) },
    { name: 'KFP_SCHEDULED_TIME', value: tag(SCHEDULED_TIME) },
  ];
}

/** Environment variables that a task has or asks for. */
export function environment(settings: GraphTaskSettings, print: SettingPrinter): EnvVar[] {
  return [
    ...facts(settings),
    ...logging(settings),
    // What may be absent is part of the pod's patch.
    ...(settings.env ?? []).flatMap((variable) => (optionalSourceOf(variable) ? [] : [envVar(variable, print)])),
    ...(settings.debugPause ?? []).map((when) => ({ name: `ARGO_DEBUG_PAUSE_${when.toUpperCase()}`, value: 'true' })),
  ];
}

/** What the lines of a log say of where they come from. The task's own `KFP_LOG` stands after it, and wins. */
function logging({ logs, retry }: GraphTaskSettings): readonly EnvVar[] {
  if (logs !== 'json') return [];
  const label = (name: string) => ({ fieldRef: { fieldPath: `metadata.labels['${name}']` } });
  return [
    { name: 'KFP_LOG', value: 'json' },
    { name: 'KFP_PIPELINE', valueFrom: label(PIPELINE_LABEL) },
    { name: 'KFP_PIPELINE_VERSION', valueFrom: label(VERSION_LABEL) },
    { name: 'KFP_POD_NAME', value: '{{pod.name}}' },
    // Argo knows of attempts only where there may be several.
    ...(retry ? [{ name: 'KFP_ATTEMPT', value: tag('string(int(retries) + 1)') }] : []),
  ];
}

/** Where the main container mounts what the task asks for. */
export function volumeMounts(
  settings: GraphTaskSettings,
  print: SettingPrinter,
): NonNullable<Container['volumeMounts']> {
  const late = lateVolumesOf(settings);
  return (settings.mounts ?? [])
    .filter(({ volume }) => !late.has(volume))
    .map(({ volume, path, subPath, readOnly }) => ({
      name: volume,
      mountPath: path,
      ...(subPath !== undefined && { subPath: print.field(subPath) }),
      ...(readOnly && { readOnly }),
    }));
}

/** The fields of a service account's use. Where the executor has a token of its own, the user's code needs none. */
export function identity({
  serviceAccountName,
  tokenSecret,
}: GraphRunner): Pick<Template, 'serviceAccountName' | 'automountServiceAccountToken' | 'executor'> {
  return {
    serviceAccountName,
    ...(tokenSecret && { automountServiceAccountToken: false, executor: { serviceAccountName } }),
  };
}

function retryAndTime({
  retry,
  timeoutSeconds,
  totalTimeoutSeconds: total,
}: GraphTaskSettings): Pick<Template, 'retryStrategy' | 'activeDeadlineSeconds'> {
  const limits = [timeoutSeconds, total].filter((seconds) => seconds !== undefined);
  return {
    ...(retry && {
      retryStrategy: {
        limit: String(retry.retries),
        retryPolicy: retry.policy,
        ...retryCondition(retry),
        ...((retry.backoffSeconds !== undefined || total !== undefined) && {
          backoff: {
            // Argo wants a wait where it is told anything about waiting.
            duration: `${retry.backoffSeconds ?? 0}s`,
            ...(retry.backoffFactor !== undefined && { factor: String(retry.backoffFactor) }),
            ...(retry.backoffCapSeconds !== undefined && { cap: `${retry.backoffCapSeconds}s` }),
            ...(total !== undefined && { maxDuration: `${total}s` }),
          },
        }),
        ...(retry.otherNode && { affinity: { nodeAntiAffinity: {} } }),
      },
    }),
    // Argo's total begins with the second attempt: the first has a limit of its own.
    ...(limits.length > 0 && { activeDeadlineSeconds: Math.min(...limits) }),
  };
}

/** A pod that was lost ends as Error and has no exit code to ask for. */
function retryCondition({ when, expression }: GraphRetry): { readonly expression?: string } {
  if (expression !== undefined) return { expression };
  if (!when) return {};
  const { exitCodes, outOfMemory } = when;
  const killed = "lastRetry.message contains 'OOMKilled'";
  const codes = `int(lastRetry.exitCode) in [${exitCodes.join(', ')}]`;
  const failed = [
    ...(exitCodes.length > 0 ? [outOfMemory === false ? `${codes} && !(${killed})` : codes] : []),
    ...(outOfMemory ? [killed] : []),
  ].join(' || ');
  const lost = "lastRetry.status == 'Error'";
  if (failed === '') return { expression: when.lost ? lost : 'false' };
  return { expression: when.lost ? `${lost} || ${failed}` : `!(${lost}) && (${failed})` };
}

/** The amounts that are known at synth. */
function knownResources({ requests, limits }: GraphResources): Pick<Container, 'resources'> {
  const known = (amounts: GraphResources['requests']) =>
    Object.fromEntries(Object.entries(amounts).filter((entry): entry is [string, string] => !isRunValue(entry[1])));
  const asked = { requests: known(requests), limits: known(limits) };
  const found = Object.entries(asked).filter(([, amounts]) => Object.keys(amounts).length > 0);
  return found.length > 0 ? { resources: Object.fromEntries(found) } : {};
}
