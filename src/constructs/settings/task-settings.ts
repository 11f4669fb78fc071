import type { GraphTaskSettings } from '../../graph/settings';
import { type ArtifactSettings, lowerArtifacts } from './artifacts';
import { lowerCaching, type TaskCaching } from './caching';
import { lowerMutexes, lowerSemaphores, type TaskConcurrency } from './concurrency';
import { lowerSideContainer, type TaskContainers } from './containers';
import { lowerEnv, lowerEnvFrom, type TaskEnvironment } from './environment';
import { lowerRunner, type TaskIdentity } from './identity';
import { lowerMetrics, type TaskObservability } from './metrics';
import { lowerAffinity, lowerNodeSelector, lowerTolerations, poolUse, type TaskPlacement } from './placement';
import { lowerResources, type TaskResources } from './resources';
import { lowerRetry, type TaskRetry, type TaskTiming } from './retry';
import { loweredName, loweredObject, loweredText, loweredTexts, loweredTree, nameOf, seconds } from './setting-value';
import { lowerMounts, PodVolumes, type TaskVolumes } from './volume';

/**
 * What a task may ask of its pod, its storage and its past.
 *
 * Settings come in layers: the pipeline's `tasks`, what `pipeline.tasks.configure` adds, the task's props, what its `add…`
 * methods and `configure` add. Later layers win, field by field; maps are merged by name, lists add up. The `retry` of a preset is
 * below that of every layer.
 */
export interface TaskSettings
  extends TaskPlacement,
    TaskEnvironment,
    TaskVolumes,
    TaskContainers,
    TaskIdentity,
    TaskTiming,
    TaskCaching,
    TaskConcurrency,
    TaskObservability {
  /** Compute resources. @default - the namespace's defaults */
  readonly resources?: TaskResources | undefined;
  /**
   * Settings that belong together, applied before these: `spot('gke')`, `Credentials.aws('aws')`, what a pool gives.
   * @default - none
   */
  readonly presets?: readonly TaskSettings[] | undefined;
}

/** A layer of a task's own settings: it knows the names of its component's artifacts. */
export interface TaskLayer extends TaskSettings, ArtifactSettings {}

/** A layer after the presets that it names. */
function expanded(layer: TaskLayer): readonly TaskLayer[] {
  if (layer.presets !== undefined && !Array.isArray(layer.presets)) {
    throw new Error('presets is no list: write presets: [spot(…)]');
  }
  return layer.presets ? [...layer.presets.flatMap(expanded), layer] : [layer];
}

/**
 * Retries, the strongest last. What a layer says itself is stronger than any preset, also than one of a later layer: a preset such
 * as `spot` says what is retried where nobody else did.
 */
function retriesOf(layers: readonly TaskLayer[]): readonly TaskRetry[] {
  const presets = layers.flatMap((layer) => expanded(layer).slice(0, -1));
  return [...presets, ...layers].flatMap(({ retry }) => (retry ? [retry] : []));
}

/** Settings as plain data. */
export function lowerSettings(given: readonly TaskLayer[]): GraphTaskSettings {
  const layers = given.flatMap(expanded).filter((layer) => !isEmptyLayer(layer));
  if (layers.length === 0) return {};
  const last = <K extends keyof TaskSettings>(name: K) => layers.findLast((layer) => layer[name] !== undefined)?.[name];
  const serviceAccount = last('serviceAccount');
  const merged = (name: 'labels' | 'annotations', first: Readonly<Record<string, string>> = {}) => {
    const all: NonNullable<TaskSettings['labels']> = Object.assign(
      {},
      first,
      ...layers.map((layer) => layer[name] ?? {}),
    );
    const lower = name === 'labels' ? loweredName : loweredText;
    return Object.keys(all).length > 0 ? loweredTexts(all, lower) : undefined;
  };
  const mounted: NonNullable<TaskSettings['volumes']> = Object.assign(
    {},
    ...layers.map((layer) => layer.volumes ?? {}),
  );
  const pod = new PodVolumes();
  const mounts = lowerMounts(mounted, pod);
  const inits = layers
    .flatMap(({ initContainers }) => initContainers ?? [])
    .map((each) => lowerSideContainer(each, pod));
  const sides = layers.flatMap(({ sidecars }) => sidecars ?? []).map((each) => lowerSideContainer(each, pod));
  const retries = retriesOf(given);
  const timeout = last('timeout');
  const totalTimeout = last('totalTimeout');
  const image = last('image');
  return present({
    image: image === undefined ? undefined : loweredName(image),
    resources: resources(layers),
    ...lowerNodeSelector(layers),
    affinity: lowerAffinity(layers),
    tolerations: lowerTolerations(layers),
    priorityClassName: last('priorityClassName'),
    runtimeClassName: last('runtimeClassName'),
    schedulerName: last('schedulerName'),
    topologySpreadConstraints: filled(layers.flatMap(({ topologySpread }) => topologySpread ?? []).map(loweredTree)),
    env: filled(lowerEnv(layers)),
    envFrom: filled(lowerEnvFrom(layers)),
    volumes: filled(pod.all),
    mounts: filled(mounts),
    initContainers: filled(inits),
    sidecars: filled(sides),
    imagePullPolicy: last('imagePullPolicy'),
    imagePullSecrets: filled(
      layers.flatMap(({ imagePullSecrets }) => imagePullSecrets ?? []).map((secret) => loweredName(nameOf(secret))),
    ),
    // What the account's cloud looks for.
    labels: merged('labels', serviceAccount?.podLabels),
    annotations: merged('annotations'),
    workingDir: last('workingDir'),
    lifecycle: object(last('lifecycle')),
    security: last('security'),
    securityContext: object(last('securityContext')),
    podSecurityContext: object(last('podSecurityContext')),
    serviceAccount: serviceAccount && lowerRunner(serviceAccount),
    extraPodSpec: object(last('extraPodSpec')),
    extraContainerSpec: object(last('extraContainerSpec')),
    templateOverrides: last('templateOverrides'),
    debugPause: last('debugPause'),
    retry: retries.length > 0 ? lowerRetry(retries) : undefined,
    timeoutSeconds: timeout && seconds(timeout),
    totalTimeoutSeconds: totalTimeout && seconds(totalTimeout),
    caching: lowerCaching(last('caching')),
    mutexes: filled(lowerMutexes(layers)),
    semaphores: filled(lowerSemaphores(layers)),
    artifacts: layers.some((layer) => layer.artifacts)
      ? lowerArtifacts(Object.assign({}, ...layers.map((layer) => layer.artifacts ?? {})), mounted, pod)
      : undefined,
    byReference: filled(layers.flatMap(({ byReference }) => byReference ?? []).map(String)),
    metrics: filled(lowerMetrics(layers.flatMap(({ metrics }) => metrics ?? []))),
    logs: last('logs') === 'json' ? 'json' : undefined,
  });
}

function resources(layers: readonly TaskSettings[]) {
  const asked = layers.flatMap(({ resources, runOn }): TaskResources[] => {
    const { pool, accelerators = 0 } = poolUse(runOn) ?? { pool: {} };
    const entries = Object.entries(pool.accelerator ?? {});
    return [
      ...(accelerators > 0
        ? [{ extended: Object.fromEntries(entries.map(([name, amount]) => [name, amount * accelerators])) }]
        : []),
      ...(resources ? [resources] : []),
    ];
  });
  return asked.length > 0 ? lowerResources(asked) : undefined;
}

/** True for a layer that says nothing. */
export function isEmptyLayer(layer: TaskSettings): boolean {
  for (const setting in layer) if (layer[setting as keyof TaskSettings] !== undefined) return false;
  return true;
}

function object(given: object | undefined) {
  return given && loweredObject(given);
}

function filled<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function present(settings: { [K in keyof GraphTaskSettings]: GraphTaskSettings[K] | undefined }): GraphTaskSettings {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as GraphTaskSettings;
}
