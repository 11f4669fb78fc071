import type { Json } from '../../components/definition';
import {
  type GraphEnvVar,
  type GraphMount,
  type GraphTaskSettings,
  isRunValue,
  type Text,
  type Tree,
  type TreeObject,
  WORKSPACE_DIR,
} from '../../graph/settings';
import { type SettingTarget, twin } from './setting-target';

type Settings = Required<GraphTaskSettings>;
type Fields = { readonly [field: string]: Tree };

/** Labels that a node must have. */
export function writeNodeSelector(labels: Settings['nodeSelector'], target: SettingTarget): void {
  const known = texts('nodeSelector', labels, target);
  if (target.settings.lateNodeSelector)
    target.lost('nodeSelector', 'KFP takes labels or one value of the run, not both');
  else target.platform.nodeSelector = { labels: known };
}

/** Labels that a value of the run holds. */
export function writeLateNodeSelector(value: Settings['lateNodeSelector'], target: SettingTarget): void {
  const reference = target.reference('nodeSelector', value);
  if (reference) target.platform.nodeSelector = { nodeSelectorJson: reference as Json };
}

/** Taints that the pod puts up with. */
export function writeTolerations(tolerations: Settings['tolerations'], target: SettingTarget): void {
  for (const each of isRunValue(tolerations) ? [tolerations] : tolerations) {
    if (isRunValue(each)) {
      const tolerationJson = target.reference('tolerations', each);
      if (tolerationJson) target.append('tolerations', { tolerationJson });
      continue;
    }
    const plain = target.plain('tolerations', each) as Record<string, Json> | undefined;
    if (!plain) continue;
    const { tolerationSeconds: seconds, ...others } = plain;
    target.append('tolerations', {
      ...others,
      ...(seconds !== undefined && seconds !== null && { tolerationSeconds: String(seconds) }),
    });
  }
}

/** Labels or annotations of the pod. */
export function writePodMetadata(
  kind: 'labels' | 'annotations',
  given: { readonly [key: string]: Text },
  target: SettingTarget,
): void {
  const known = texts(kind, given, target);
  target.platform.podMetadata = { ...(target.platform.podMetadata as object | undefined), [kind]: known };
}

/** Secrets with credentials of registries. */
export function writeImagePullSecrets(secrets: readonly Text[], target: SettingTarget): void {
  for (const secret of secrets) {
    const reference = target.reference('imagePullSecrets', secret);
    if (reference)
      target.append('imagePullSecret', { ...twin('secretName', reference), secretNameParameter: reference });
  }
}

/** Environment variables: texts, and where Kubernetes finds them. */
export function writeEnv(env: readonly GraphEnvVar[], target: SettingTarget): void {
  for (const variable of env) {
    const { name } = variable;
    if ('valueFrom' in variable) writeEnvSource(name, variable.valueFrom as unknown as Fields, target);
    else {
      const value = target.known(`env.${name}`, variable.value);
      if (value !== undefined) target.container.env = [...(target.container.env ?? []), { name, value }];
    }
  }
}

function writeEnvSource(name: string, source: Fields, target: SettingTarget): void {
  const { secretKeyRef, configMapKeyRef, fieldRef } = source as Record<string, Fields | undefined>;
  if (fieldRef) {
    target.append('fieldPathAsEnv', { name, fieldPath: fieldRef.fieldPath });
    return;
  }
  const object = secretKeyRef ?? configMapKeyRef;
  const reference = object && target.reference(`env.${name}`, object.name as Text);
  if (!object) target.lost(`env.${name}`, 'KFP takes Secrets, ConfigMaps and fields of the pod: use one of these');
  if (!object || !reference) return;
  const optional = object.optional === true;
  if (secretKeyRef) {
    const keyToEnv = [{ envVar: name, secretKey: object.key }];
    target.append('secretAsEnv', {
      ...twin('secretName', reference),
      secretNameParameter: reference,
      keyToEnv,
      optional,
    });
  } else {
    const keyToEnv = [{ envVar: name, configMapKey: object.key }];
    target.append('configMapAsEnv', {
      ...twin('configMapName', reference),
      configMapNameParameter: reference,
      keyToEnv,
      optional,
    });
  }
}

/** Volumes, where they are mounted. */
export function writeMounts(mounts: readonly GraphMount[], target: SettingTarget): void {
  for (const mount of mounts) {
    const volume = target.settings.volumes?.find(({ name }) => name === mount.volume);
    const source = volume?.source as Fields | undefined;
    // KFP mounts the workspace by itself where a task is told of it.
    if (volume?.claim && mount.volume === 'workspace' && mount.path === WORKSPACE_DIR) continue;
    if (!source)
      target.lost(`volumes.${mount.path}`, 'KFP makes no claim for a run but the workspace: use that, or createClaim');
    else if (source.persistentVolumeClaim) writeClaim(mount, source.persistentVolumeClaim as Fields, target);
    else if (source.secret) writeObject('secret', mount, source.secret as Fields, target);
    else if (source.configMap) writeObject('configMap', mount, source.configMap as Fields, target);
    else if (source.emptyDir) writeEmptyDir(mount, source.emptyDir as Fields, target);
    else if (source.ephemeral) writeEphemeral(mount, source.ephemeral as Fields, target);
    else
      target.lost(
        `volumes.${mount.path}`,
        'KFP has claims, Secrets, ConfigMaps, empty and ephemeral volumes: use one of these',
      );
  }
}

function writeClaim(mount: GraphMount, claim: Fields, target: SettingTarget): void {
  const setting = `volumes.${mount.path}`;
  const reference = target.reference(setting, claim.claimName as Text);
  const subPath = mount.subPath === undefined ? undefined : target.known(setting, mount.subPath);
  if (mount.readOnly || claim.readOnly)
    target.lost(`${setting}.readOnly`, 'KFP mounts claims to be written to: leave it away');
  if (!reference) return;
  const { runtimeValue, ...old } = reference;
  target.append('pvcMount', {
    mountPath: mount.path,
    // What servers read that do not know the parameter.
    ...(runtimeValue ? { constant: runtimeValue.constant } : old),
    pvcNameParameter: reference,
    ...(subPath !== undefined && { subPath }),
  });
}

/** A Secret or a ConfigMap as files. */
function writeObject(kind: 'secret' | 'configMap', mount: GraphMount, source: Fields, target: SettingTarget): void {
  const setting = `volumes.${mount.path}`;
  const { secretName, name, optional, ...others } = source;
  const reference = target.reference(setting, (secretName ?? name) as Text);
  for (const field of Object.keys(others)) target.lost(`${setting}.${field}`, 'KFP mounts all keys as they are');
  if (mount.subPath !== undefined) target.lost(`${setting}.subPath`, 'KFP mounts the whole volume');
  if (!reference) return;
  target.append(`${kind}AsVolume`, {
    ...twin(`${kind}Name`, reference),
    [`${kind}NameParameter`]: reference,
    mountPath: mount.path,
    optional: optional === true,
  });
}

function writeEmptyDir(mount: GraphMount, { medium, sizeLimit }: Fields, target: SettingTarget): void {
  const setting = `volumes.${mount.path}`;
  const size = sizeLimit === undefined ? undefined : target.known(setting, sizeLimit as Text);
  refuseParts(mount, setting, target);
  target.append('emptyDirMounts', {
    mountPath: mount.path,
    volumeName: mount.volume,
    ...(medium !== undefined && { medium }),
    ...(size !== undefined && { sizeLimit: size }),
  });
}

function writeEphemeral(mount: GraphMount, ephemeral: Fields, target: SettingTarget): void {
  const setting = `volumes.${mount.path}`;
  const { metadata, spec } = ephemeral.volumeClaimTemplate as { metadata?: TreeObject; spec: Fields };
  const { accessModes, resources, storageClassName, ...others } = target.plain(setting, spec) === undefined ? {} : spec;
  if (!resources) return;
  refuseParts(mount, setting, target);
  for (const field of Object.keys(others)) target.lost(`${setting}.${field}`);
  target.append('genericEphemeralVolume', {
    mountPath: mount.path,
    volumeName: mount.volume,
    accessModes,
    size: (resources as unknown as { requests: { storage: string } }).requests.storage,
    ...(storageClassName === undefined ? { defaultStorageClass: true } : { storageClassName }),
    ...(metadata && { metadata }),
  });
}

function refuseParts(mount: GraphMount, setting: string, target: SettingTarget): void {
  if (mount.subPath !== undefined) target.lost(`${setting}.subPath`, 'KFP mounts the whole volume');
  if (mount.readOnly) target.lost(`${setting}.readOnly`, 'KFP mounts it to be written to: leave it away');
}

function texts(
  setting: string,
  given: { readonly [key: string]: Text },
  target: SettingTarget,
): Record<string, string> {
  const known = Object.entries(given).map(([key, text]) => [key, target.known(`${setting}.${key}`, text)] as const);
  return Object.fromEntries(known.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}
