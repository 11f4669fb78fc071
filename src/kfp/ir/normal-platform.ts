import type { Json } from '../../components/definition';
import { nodeTerms } from './node-affinity';
import { compact, numberOf, unordered } from './normal-values';
import type { IrTaskParameter, KubernetesExecutorConfig } from './types';

type Fields = { readonly [field: string]: Json };
/** Gives what a reference among the configuration stands for. */
type Resolve = (source: IrTaskParameter) => Json;

/**
 * What Kubernetes is told of a task's pod: variables by name, mounts by path, and what is said in two places, for old servers and
 * new ones, once.
 */
export function normalPlatform(config: KubernetesExecutorConfig, resolve: Resolve): Json {
  const { secretAsEnv, configMapAsEnv, fieldPathAsEnv, secretAsVolume, configMapAsVolume, pvcMount, ...rest } = config;
  const { genericEphemeralVolume, emptyDirMounts, enabledSharedMemory, nodeSelector, nodeAffinity, ...others } = rest;
  const { tolerations, imagePullSecret, podMetadata, activeDeadlineSeconds, securityContext, podAffinity, ...unknown } =
    others;
  const env: Record<string, Json> = {};
  for (const [kind, list] of [
    ['secret', secretAsEnv],
    ['configMap', configMapAsEnv],
  ] as const) {
    for (const each of listOf(list)) {
      const { keyToEnv, ...object } = each;
      for (const { envVar, ...key } of listOf(keyToEnv))
        env[String(envVar)] = compact({ ...key, ...named(object, kind, resolve) });
    }
  }
  for (const { name, ...field } of listOf(fieldPathAsEnv)) env[String(name)] = compact(field);
  const memory = enabledSharedMemory as Fields | undefined;
  const shared = memory
    ? [
        compact({
          volumeName: memory.volumeName || 'shared-memory',
          medium: 'Memory',
          sizeLimit: memory.size,
          mountPath: '/dev/shm',
        }) as Fields,
      ]
    : [];
  return compact({
    ...unknown,
    env,
    mounts: normalMounts([
      ...listOf(secretAsVolume).map((each): Fields => ({ kind: 'secret', ...named(each, 'secret', resolve) })),
      ...listOf(configMapAsVolume).map((each): Fields => ({ kind: 'configMap', ...named(each, 'configMap', resolve) })),
      ...listOf(pvcMount).map((each): Fields => ({ kind: 'claim', ...claimOf(each, resolve) })),
      ...listOf(genericEphemeralVolume).map((each): Fields => ({ kind: 'ephemeral', ...each })),
      ...[...listOf(emptyDirMounts), ...shared].map((each): Fields => ({ kind: 'empty', ...each })),
    ]),
    nodeSelector: selectorOf(nodeSelector as Fields | undefined, resolve),
    nodeAffinity: unordered(listOf(nodeAffinity).flatMap((term) => affinityOf(term, resolve))),
    podAffinity: unordered(listOf(podAffinity).map((term) => compact(term))),
    tolerations: unordered(listOf(tolerations).flatMap((each) => tolerationsOf(each, resolve))),
    imagePullSecrets: unordered(listOf(imagePullSecret).map((each) => named(each, 'secret', resolve).object ?? null)),
    podMetadata: podMetadata ? compact(podMetadata as Fields) : {},
    activeDeadlineSeconds: activeDeadlineSeconds === undefined ? {} : numberOf(activeDeadlineSeconds),
    securityContext: securityContext ? numbers(securityContext as Fields) : {},
  });
}

function listOf(list: Json | undefined): readonly Fields[] {
  return (list ?? []) as unknown as readonly Fields[];
}

/** An object by its name, whichever of the two fields has it. */
function named(given: Fields, kind: 'secret' | 'configMap', resolve: Resolve): Fields {
  const { [`${kind}Name`]: constant, [`${kind}NameParameter`]: parameter, ...others } = given;
  const object = parameter ? resolve(parameter as IrTaskParameter) : constant === undefined ? null : { constant };
  return { ...others, object };
}

function claimOf(given: Fields, resolve: Resolve): Fields {
  const { constant, componentInputParameter, taskOutputParameter, pvcNameParameter, ...others } = given;
  const old =
    constant === undefined ? { componentInputParameter, taskOutputParameter } : { runtimeValue: { constant } };
  const source = pvcNameParameter ?? Object.fromEntries(Object.entries(old).filter(([, each]) => each !== undefined));
  return { ...others, object: resolve(source as IrTaskParameter) };
}

/** Mounts by path. What their volume is called means nothing but which of them share it. */
function normalMounts(mounts: readonly Fields[]): Json {
  const first = new Map<Json, Json>();
  const sorted = [...mounts].sort((a, b) => (String(a.mountPath) < String(b.mountPath) ? -1 : 1));
  for (const { volumeName, mountPath } of sorted) {
    if (volumeName !== undefined && !first.has(volumeName)) first.set(volumeName, mountPath!);
  }
  const entries = sorted.map(({ mountPath, volumeName, accessModes, ...mount }): [string, Json] => {
    const shared = volumeName === undefined ? undefined : first.get(volumeName);
    const modes = accessModes && { accessModes: unordered(accessModes as readonly Json[]) };
    return [
      String(mountPath),
      compact({ ...mount, ...modes, ...(shared !== undefined && shared !== mountPath && { sameAs: shared }) }),
    ];
  });
  return Object.fromEntries(entries);
}

function selectorOf(selector: Fields | undefined, resolve: Resolve): Json {
  if (!selector) return {};
  const { nodeSelectorJson, labels, ...others } = selector;
  if (!nodeSelectorJson) return compact({ ...others, labels });
  const json = resolve(nodeSelectorJson as IrTaskParameter);
  const { constant } = json as { readonly constant?: Json };
  // It stands above the labels.
  return compact({ ...others, ...(constant === undefined ? { json } : { labels: constant }) });
}

function affinityOf(term: Fields, resolve: Resolve): readonly Json[] {
  const { nodeAffinityJson, weight, ...others } = term;
  if (!nodeAffinityJson) return [compact({ ...others, ...(weight !== undefined && { weight: numberOf(weight) }) })];
  const json = resolve(nodeAffinityJson as IrTaskParameter);
  const { constant } = json as { readonly constant?: Json };
  if (constant === undefined) return [{ json }];
  return nodeTerms(constant).map((each) => compact({ ...each }));
}

function tolerationsOf(given: Fields, resolve: Resolve): readonly Json[] {
  const { tolerationJson, ...toleration } = given;
  if (!tolerationJson) return [numbers(toleration)];
  const json = resolve(tolerationJson as IrTaskParameter);
  const { constant } = json as { readonly constant?: Json };
  if (constant === undefined) return [{ json }];
  return listOf(Array.isArray(constant) ? constant : ([constant] as unknown as Json)).map(numbers);
}

function numbers(object: Fields): Json {
  const entries = Object.entries(object).map(([key, value]): [string, Json] => [
    key,
    key === 'value' || key === 'key' ? value : numberOf(value),
  ]);
  return withZeros(Object.fromEntries(entries));
}

/** Zero and false say something here: the root user, and that it may be. */
function withZeros(object: Fields): Json {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== '' && value !== undefined));
}
