/** An object of Kubernetes'. */
// biome-ignore lint/suspicious/noExplicitAny: pods are read and made field by field
export type Any = any;

/** What tells the elements of a list apart, where a strategic merge does not replace the list. */
const KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  env: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  ports: 'containerPort',
  imagePullSecrets: 'name',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
  resourceClaims: 'name',
};

/**
 * What a strategic merge patch makes of a pod's spec, as far as patches of this library go.
 *
 * @see https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
 */
export function strategicMerge(target: Any, patch: Any, field = ''): Any {
  if (Array.isArray(patch)) return mergedList(Array.isArray(target) ? target : [], patch, field);
  if (typeof patch !== 'object' || patch === null) return patch;
  const merged: Any = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = strategicMerge(merged[key], value, key);
  }
  return merged;
}

function mergedList(target: readonly Any[], patch: readonly Any[], field: string): Any[] {
  const key = KEYS[field];
  if (key === undefined) return patch.map((each) => strategicMerge(undefined, each));
  const merged = [...target];
  for (const each of patch) {
    const at = merged.findIndex((other) => other[key] === each[key]);
    if (at < 0) merged.push(strategicMerge(undefined, each));
    else merged[at] = strategicMerge(merged[at], each);
  }
  return merged;
}
