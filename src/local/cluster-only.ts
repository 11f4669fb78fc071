import { type GraphTaskSettings, type Tree, type TreeObject, WORKSPACE_DIR } from '../graph/settings';

/** What a task asks of a cluster that this machine does not give, in words. */
export function clusterOnly(
  settings: GraphTaskSettings,
  environment: NodeJS.ProcessEnv = process.env,
): readonly string[] {
  const missing = (settings.env ?? []).flatMap((variable) => {
    if (!('valueFrom' in variable) || environment[variable.name] !== undefined) return [];
    const { secretKeyRef, configMapKeyRef } = variable.valueFrom as { readonly [kind: string]: TreeObject | undefined };
    const key = secretKeyRef ?? configMapKeyRef;
    if (!key || key.optional === true) return [];
    const kind = secretKeyRef ? 'Secret' : 'ConfigMap';
    return [`${variable.name} comes from the ${kind} ${nameOf(key.name)}: set it in your environment`];
  });
  const mounts = (settings.mounts ?? []).filter(({ path }) => path !== WORKSPACE_DIR).map(({ path }) => path);
  const lost = mounts.length > 0 ? [`nothing is mounted at ${mounts.join(', ')}: volumes are the cluster's`] : [];
  return [...missing, ...lost];
}

function nameOf(name: Tree | undefined): string {
  return typeof name === 'string' ? `'${name}'` : 'that the run names';
}
