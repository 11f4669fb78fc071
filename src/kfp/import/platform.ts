import { Duration } from 'cdk8s';
import { textWithoutTags } from '../../argo/raw-text';
import { Env, type EnvValue } from '../../constructs/settings/environment';
import type { Toleration } from '../../constructs/settings/placement';
import type { NamedObject } from '../../constructs/settings/setting-value';
import type { TaskSettings } from '../../constructs/settings/task-settings';
import { Volume, type VolumeMount } from '../../constructs/settings/volume';
import { Value } from '../../values/value';
import type { IrTaskParameter } from '../ir/types';
import { nodeAffinitySettings, podAffinitySettings } from './affinity';
import type { ExecutorConfig } from './platform-types';

/** Gives what a reference of the configuration means: a literal, or a value of the run; undefined where it is absent. */
export type ConfigValue = (source: IrTaskParameter) => unknown;

/** Where shared memory is. */
const SHARED_MEMORY = '/dev/shm';

/**
 * What a task's executor is told of Kubernetes, as settings that a user could have given. What has a name that is absent is left
 * out, as under KFP.
 */
export function platformSettings(config: ExecutorConfig, value: ConfigValue): TaskSettings {
  const { nodeSelector, nodeAffinity = [], podAffinity = [], imagePullSecret = [], securityContext: security } = config;
  const env = environment(config, value);
  const volumes = mounts(config, value);
  const node =
    nodeAffinity.length > 0 ? nodeAffinitySettings(nodeAffinity, (term) => value(term.nodeAffinityJson!)) : {};
  const pods = podAffinity.length > 0 ? podAffinitySettings(podAffinity) : {};
  const affinity = { ...affinityOf(node), ...affinityOf(pods) };
  const secrets = imagePullSecret.flatMap((each) => nameOf(each.secretNameParameter, each.secretName, value) ?? []);
  const tolerations = tolerationsOf(config, value);
  const selector = nodeSelector?.nodeSelectorJson ? value(nodeSelector.nodeSelectorJson) : undefined;
  const labels = selector ?? nodeSelector?.labels;
  const { labels: podLabels = {}, annotations: notes = {} } = config.podMetadata ?? {};
  // Argo would expand `{{`, and has no escape for it there.
  const annotations = Object.fromEntries(Object.entries(notes).map(([name, text]) => [name, textWithoutTags(text)]));
  const deadline = Number(config.activeDeadlineSeconds ?? 0);
  return {
    ...(Object.keys(env).length > 0 && { env }),
    ...(Object.keys(volumes).length > 0 && { volumes }),
    ...(labels !== undefined && { nodeSelector: labels as NonNullable<TaskSettings['nodeSelector']> }),
    ...(node.nodeAffinity && { nodeAffinity: node.nodeAffinity }),
    ...(pods.podAffinity && { podAffinity: pods.podAffinity }),
    ...(Object.keys(affinity).length > 0 && { extraPodSpec: { affinity } }),
    ...(tolerations && { tolerations }),
    ...(Object.keys(podLabels).length > 0 && { labels: podLabels }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
    ...(secrets.length > 0 && { imagePullSecrets: secrets }),
    ...(config.imagePullPolicy && { imagePullPolicy: config.imagePullPolicy as 'Always' }),
    ...(deadline > 0 && { timeout: Duration.seconds(deadline) }),
    ...(security && { securityContext: securityContext(security) }),
  };
}

function affinityOf({ extraPodSpec }: Pick<TaskSettings, 'extraPodSpec'>): object {
  return extraPodSpec?.affinity ?? {};
}

function environment(config: ExecutorConfig, value: ConfigValue): Record<string, EnvValue> {
  const env: Record<string, EnvValue> = {};
  for (const { secretNameParameter, secretName, keyToEnv = [], optional } of config.secretAsEnv ?? []) {
    const name = nameOf(secretNameParameter, secretName, value);
    if (name === undefined) continue;
    for (const { secretKey, envVar } of keyToEnv) env[envVar] = Env.secret(name, secretKey, { optional });
  }
  for (const { configMapNameParameter, configMapName, keyToEnv = [], optional } of config.configMapAsEnv ?? []) {
    const name = nameOf(configMapNameParameter, configMapName, value);
    if (name === undefined) continue;
    for (const { configMapKey, envVar } of keyToEnv) env[envVar] = Env.configMap(name, configMapKey, { optional });
  }
  for (const { name, fieldPath } of config.fieldPathAsEnv ?? []) env[name] = Env.field(fieldPath);
  return env;
}

function mounts(config: ExecutorConfig, value: ConfigValue): Record<string, Volume | VolumeMount> {
  const volumes: Record<string, Volume | VolumeMount> = {};
  for (const { secretNameParameter, secretName, mountPath, optional } of config.secretAsVolume ?? []) {
    const name = nameOf(secretNameParameter, secretName, value);
    if (name !== undefined) volumes[mountPath] = Volume.secret(name, { optional });
  }
  for (const { configMapNameParameter, configMapName, mountPath, optional } of config.configMapAsVolume ?? []) {
    const name = nameOf(configMapNameParameter, configMapName, value);
    if (name !== undefined) volumes[mountPath] = Volume.configMap(name, { optional });
  }
  for (const { pvcNameParameter, mountPath, subPath, ...deprecated } of config.pvcMount ?? []) {
    const { constant, componentInputParameter: input, taskOutputParameter: output } = deprecated;
    const source = input !== undefined ? { componentInputParameter: input } : output && { taskOutputParameter: output };
    const name = nameOf(pvcNameParameter ?? source, constant, value);
    if (name === undefined) continue;
    const volume = Volume.claim(name);
    volumes[mountPath] = subPath ? { volume, subPath } : volume;
  }
  for (const { volumeName, mountPath, medium, sizeLimit } of config.emptyDirMounts ?? []) {
    const emptyDir = { ...(medium && { medium }), ...(sizeLimit && { sizeLimit }) };
    volumes[mountPath] = Volume.of('', volumeName, { emptyDir });
  }
  for (const { volumeName, mountPath, ...claim } of config.genericEphemeralVolume ?? []) {
    volumes[mountPath] = Volume.of('', volumeName, { ephemeral: { volumeClaimTemplate: claimTemplate(claim) } });
  }
  const { enabledSharedMemory: memory } = config;
  if (memory) {
    const emptyDir = { medium: 'Memory', ...(memory.size && { sizeLimit: memory.size }) };
    volumes[SHARED_MEMORY] = Volume.of('', memory.volumeName || 'shared-memory', { emptyDir });
  }
  return volumes;
}

type EphemeralClaim = Omit<NonNullable<ExecutorConfig['genericEphemeralVolume']>[number], 'volumeName' | 'mountPath'>;

function claimTemplate({
  accessModes = [],
  size,
  defaultStorageClass,
  storageClassName,
  metadata,
}: EphemeralClaim): object {
  const { labels = {}, annotations = {} } = metadata ?? {};
  const meta = {
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
  return {
    ...(Object.keys(meta).length > 0 && { metadata: meta }),
    spec: {
      accessModes: [...accessModes],
      resources: { requests: { storage: size } },
      ...(!defaultStorageClass && storageClassName !== undefined && { storageClassName }),
    },
  };
}

/** The name of an object: a constant, or what a reference gives. */
function nameOf(
  source: IrTaskParameter | undefined,
  constant: string | undefined,
  value: ConfigValue,
): NamedObject | undefined {
  const given = source ? value(source) : constant;
  if (given === undefined || given === null || given === '') return undefined;
  return given instanceof Value ? (given as Value<string>) : String(given);
}

function tolerationsOf({ tolerations = [] }: ExecutorConfig, value: ConfigValue): TaskSettings['tolerations'] {
  if (tolerations.length === 0) return undefined;
  const all = tolerations.flatMap(({ tolerationJson, tolerationSeconds, ...given }): unknown[] => {
    if (tolerationJson) {
      const json = value(tolerationJson);
      return json === undefined || json === null ? [] : Array.isArray(json) ? json : [json];
    }
    const fields = Object.entries(given).filter(([, each]) => each !== '');
    return [
      {
        ...Object.fromEntries(fields),
        ...(tolerationSeconds !== undefined && { tolerationSeconds: Number(tolerationSeconds) }),
      },
    ];
  });
  const [only] = all;
  return all.length === 1 && only instanceof Value ? (only as Value<never>) : (all as readonly Toleration[]);
}

function securityContext({ runAsUser, runAsGroup, runAsNonRoot }: NonNullable<ExecutorConfig['securityContext']>) {
  return {
    ...(runAsUser !== undefined && { runAsUser: Number(runAsUser) }),
    ...(runAsGroup !== undefined && { runAsGroup: Number(runAsGroup) }),
    ...(runAsNonRoot !== undefined && { runAsNonRoot }),
  };
}
