import { amountOf } from '../../graph/quantity';
import { type GraphTaskSettings, isRunValue, type Text, type TreeObject } from '../../graph/settings';
import type { IrResources } from '../ir/types';
import { writeAffinity } from './affinity';
import { present } from './builder';
import {
  writeEnv,
  writeImagePullSecrets,
  writeLateNodeSelector,
  writeMounts,
  writeNodeSelector,
  writePodMetadata,
  writeTolerations,
} from './platform';
import type { SettingTarget } from './setting-target';

type Settings = Required<GraphTaskSettings>;

/**
 * What becomes of each setting of a task. Each has an entry, so that none can be forgotten: it is written, or what is lost by
 * leaving it away is reported.
 */
export const TASK_SETTINGS: {
  readonly [K in keyof Settings]: (value: Settings[K], target: SettingTarget, setting: K) => void;
} = {
  image: (image, target, setting) => {
    const text = target.filled(setting, image);
    if (text !== undefined) target.container.image = text;
  },
  resources: writeResources,
  nodeSelector: writeNodeSelector,
  lateNodeSelector: writeLateNodeSelector,
  affinity: (affinity, target) => writeAffinity(affinity, target),
  tolerations: writeTolerations,
  priorityClassName: lost,
  runtimeClassName: lost,
  schedulerName: lost,
  topologySpreadConstraints: lost,
  env: writeEnv,
  envFrom: (_, target, setting) => target.lost(setting, 'name the keys: env: { TOKEN: Env.secret(…) }'),
  // Told of where they are mounted.
  volumes: () => {},
  mounts: writeMounts,
  initContainers: lost,
  sidecars: lost,
  imagePullPolicy: (policy, target) => {
    target.platform.imagePullPolicy = policy;
  },
  imagePullSecrets: (secrets, target) => writeImagePullSecrets(secrets, target),
  labels: (labels, target) => writePodMetadata('labels', labels, target),
  annotations: (annotations, target) => writePodMetadata('annotations', annotations, target),
  workingDir: lost,
  lifecycle: lost,
  security: (level, target, setting) => {
    if (level === 'none') target.ignored(setting, 'a KFP server takes all capabilities from pods');
    writeSecurity(target);
  },
  securityContext: (_, target) => writeSecurity(target),
  podSecurityContext: (_, target) => writeSecurity(target),
  serviceAccount: (_, target, setting) =>
    target.lost(setting, 'KFP has one account for a run: name it when you run it'),
  extraPodSpec: ({ affinity, ...others }, target, setting) => {
    if (affinity !== undefined) writeAffinity(affinity as Settings['affinity'], target);
    for (const field of Object.keys(others)) target.lost(`${setting}.${field}`);
  },
  extraContainerSpec: (fields, target, setting) => {
    for (const field of Object.keys(fields)) target.lost(`${setting}.${field}`);
  },
  templateOverrides: lost,
  retry: writeRetry,
  timeoutSeconds: (seconds, target) => {
    target.platform.activeDeadlineSeconds = String(Math.ceil(seconds));
  },
  totalTimeoutSeconds: (seconds, target) => {
    const { retry, timeoutSeconds } = target.settings;
    if (retry) {
      target.lost('totalTimeout', 'give an attempt a timeout, or the whole run one');
      return;
    }
    target.platform.activeDeadlineSeconds = String(Math.ceil(Math.min(seconds, timeoutSeconds ?? seconds)));
  },
  caching: ({ key, maxAgeSeconds, env }, target, setting) => {
    const cacheKey = key === undefined ? undefined : target.known(`${setting}.key`, key);
    target.task.cachingOptions = { enableCache: true, ...(cacheKey !== undefined && { cacheKey }) };
    if (maxAgeSeconds !== undefined) target.lost(`${setting}.maxAge`, 'KFP reuses results of any age: leave it away');
    if (env.length > 0) target.lost(`${setting}.env`, 'give the values as inputs: KFP looks at those alone');
  },
  mutexes: lost,
  semaphores: lost,
  debugPause: (when, target) => {
    const names = { before: 'ARGO_DEBUG_PAUSE_BEFORE', after: 'ARGO_DEBUG_PAUSE_AFTER' } as const;
    const env = [...new Set(when)].map((each) => ({ name: names[each], value: 'true' }));
    target.container.env = [...(target.container.env ?? []), ...env];
  },
  metrics: lost,
  logs: (_, target, setting) => target.ignored(setting, 'KFP’s executor prints text'),
  artifacts: (places, target, setting) => {
    // Where an importer's artifact is, the importer says.
    if (target.component.implementation.kind === 'importer') return;
    for (const output of Object.keys(places))
      target.lost(`${setting}.${output}`, 'KFP keeps all artifacts in its own store');
  },
  byReference: (_, target, setting) => target.ignored(setting, 'KFP fetches every artifact that a task is given'),
};

/** Writes all settings of a task. */
export function writeSettings(target: SettingTarget): void {
  for (const [setting, value] of Object.entries(target.settings)) {
    if (value === undefined) continue;
    const write = TASK_SETTINGS[setting as keyof Settings] as (
      value: unknown,
      target: SettingTarget,
      name: string,
    ) => void;
    write(value, target, setting);
  }
}

function lost(_: unknown, target: SettingTarget, setting: string): void {
  target.lost(setting);
}

/** Kubernetes' name of a resource → KFP's field for it. */
const AMOUNTS = { cpu: 'Cpu', memory: 'Memory' } as const;

function writeResources(resources: Settings['resources'], target: SettingTarget): void {
  const { requests, limits, accelerator, claims } = resources;
  const written: Record<string, unknown> = {};
  const accelerators: IrResources['accelerator'][] = [];
  for (const [kind, amounts] of [['Request', requests] as const, ['Limit', limits] as const]) {
    for (const [resource, amount] of Object.entries(amounts)) {
      if (resource === 'cpu' || resource === 'memory') {
        const words = amountText(`resources.${resource}`, amount, target);
        if (words === undefined) continue;
        written[`resource${AMOUNTS[resource]}${kind}`] = words;
        const number = isRunValue(amount) ? undefined : oldAmount(resource, words);
        if (number !== undefined) written[`${resource}${kind}`] = number;
      } else if (isExtended(resource) && kind === 'Limit') {
        const count = amountText(`resources.${resource}`, amount, target);
        if (count !== undefined) accelerators.push(acceleratorOf(resource, count, !isRunValue(amount)));
      } else if (!isExtended(resource)) target.lost(`resources.${resource}`);
    }
  }
  if (accelerator) {
    const resource = target.filled('resources.gpuResource', accelerator.resource);
    const count = amountText('resources.gpus', accelerator.count, target);
    if (resource !== undefined && count !== undefined) accelerators.push(acceleratorOf(resource, count, false));
  }
  if (accelerators.length > 1) target.lost('resources', 'KFP knows one kind of accelerator for a task: ask for one');
  if (claims) target.lost('resources.claims');
  target.container.resources = present<IrResources>({ ...written, accelerator: accelerators[0] });
}

/** Devices and the like, by whatever name: those of Google's cloud have no domain. */
function isExtended(resource: string): boolean {
  return !/^(ephemeral-storage|hugepages-.*)$/.test(resource);
}

/** An amount as text. KFP reads those of the run from strings alone. */
function amountText(setting: string, amount: Text, target: SettingTarget): string | undefined {
  if (isRunValue(amount) && /^NUMBER_/.test(amount.expression.type)) {
    target.ignored(setting, 'KFP reads an amount from a string: a number of the run counts as none');
  }
  return target.filled(setting, amount);
}

/** Both of KFP's spellings: what servers read that are older than 2.5, and what newer ones do. */
function acceleratorOf(resourceType: string, resourceCount: string, isKnown: boolean): IrResources['accelerator'] {
  const isNumber = isKnown && /^\d+$/.test(resourceCount);
  return { ...(isNumber && { type: resourceType, count: resourceCount }), resourceType, resourceCount };
}

/** An amount as old servers read it: cores, and units of a thousand million bytes. */
function oldAmount(resource: 'cpu' | 'memory', words: string): number | undefined {
  const amount = amountOf(words);
  if (amount === undefined) return undefined;
  return resource === 'cpu' ? amount : amount / 1e9;
}

/** What KFP gives containers by itself, so that nothing is lost where it is asked for. */
const GIVEN: Readonly<Record<string, (value: unknown) => boolean>> = {
  allowPrivilegeEscalation: (value) => value === false,
  privileged: (value) => value === false,
  capabilities: (value) => (value as { add?: unknown[] }).add === undefined,
  seccompProfile: (value) => (value as { type?: string }).type === 'RuntimeDefault',
};

/** KFP tells the main container alone: its own settings stand above the pod's, and those above what the level gives. */
function writeSecurity(target: SettingTarget): void {
  const { security, securityContext, podSecurityContext } = target.settings;
  const level: TreeObject = security === 'restricted' ? { runAsUser: 1000, runAsGroup: 1000, runAsNonRoot: true } : {};
  const written: Record<string, string | boolean> = {};
  for (const [setting, context] of Object.entries({ security: level, podSecurityContext, securityContext })) {
    const plain = context && target.plain(setting, context);
    for (const [field, value] of Object.entries(plain ?? {})) {
      if (field === 'runAsNonRoot') written[field] = value as boolean;
      else if (field === 'runAsUser' || field === 'runAsGroup') written[field] = String(value);
      else if (!GIVEN[field]?.(value)) target.lost(`${setting}.${field}`);
    }
  }
  if (Object.keys(written).length > 0) target.platform.securityContext = written;
}

function writeRetry(retry: Settings['retry'], target: SettingTarget, setting: string): void {
  const {
    retries,
    policy,
    backoffSeconds,
    backoffFactor,
    backoffCapSeconds,
    when,
    expression,
    memoryFactor,
    otherNode,
  } = retry;
  target.task.retryPolicy = {
    maxRetryCount: retries,
    backoffDuration: `${backoffSeconds ?? 0}s`,
    ...(backoffSeconds !== undefined && { backoffFactor: backoffFactor ?? 2 }),
    ...(backoffCapSeconds !== undefined && { backoffMaxDuration: `${backoffCapSeconds}s` }),
  };
  // KFP leaves the choice to Argo, which retries failed programs.
  if (policy === 'OnError' || policy === 'OnTransientError')
    target.lost(`${setting}.policy`, 'KFP retries what failed');
  const rest = { on: when, expression, memoryFactor, otherNode };
  for (const [field, value] of Object.entries(rest)) if (value !== undefined) target.lost(`${setting}.${field}`);
}
