import type { ComponentDefinition } from '../../../components/definition';
import type { Diagnostic } from '../../../diagnostic';
import type { PipelineGraph, TaskNode } from '../../../graph/graph';
import { securityLevel } from '../../../graph/security-level';
import type { GraphTaskSettings } from '../../../graph/settings';

/** Volumes that PodSecurity's "restricted" lets pods have. */
const ALLOWED_VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/**
 * Where the namespace's PodSecurity refuses a task's pod.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podSecurityProblems(
  { namespace, components, run, path: pipeline }: PipelineGraph,
  tasks: readonly TaskNode[],
  levels: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  const level = levels.get(namespace ?? '');
  if (level === undefined || level === 'privileged') return [];
  const refused = (path: string, offence: string | undefined): Diagnostic[] => {
    if (offence === undefined) return [];
    const message = `${offence}, which PodSecurity's '${level}' of the namespace '${namespace}' refuses`;
    return [
      { code: 'KFP1725', path, message, mend: "set security: 'restricted', or give the tenant another podSecurity" },
    ];
  };
  const ofTasks = tasks.flatMap(({ path, settings, component }): Diagnostic[] => {
    const definition = components[component];
    // Argo's own program runs in the pods of the others.
    if (!definition || definition.implementation.kind === 'resource') return [];
    return refused(
      path,
      ofBaseline(settings) ?? (level === 'restricted' ? ofRestricted(settings, definition) : undefined),
    );
  });
  return [...refused(pipeline, run?.hostNetwork ? 'has hostNetwork' : undefined), ...ofTasks];
}

function ofBaseline({ volumes = [], securityContext, extraPodSpec }: GraphTaskSettings): string | undefined {
  if (volumes.some(({ source }) => source?.hostPath !== undefined)) return 'mounts a folder of the node';
  if (securityContext?.privileged === true) return 'runs privileged';
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].find((field) => extraPodSpec?.[field] === true);
  return shared && `has ${shared}`;
}

function ofRestricted(settings: GraphTaskSettings, component: ComponentDefinition): string | undefined {
  const { securityContext = {}, podSecurityContext = {}, volumes = [], extraPodSpec, extraContainerSpec } = settings;
  const kind = volumes
    .flatMap(({ source }) => Object.keys(source ?? {}))
    .find((each) => !ALLOWED_VOLUMES.includes(each));
  if (kind !== undefined) return `mounts a volume of the kind ${kind}`;
  if (securityContext.allowPrivilegeEscalation === true) return 'lets its processes gain rights';
  // What says it some other way is Kubernetes' to judge.
  if (extraPodSpec?.securityContext ?? extraContainerSpec?.securityContext ?? settings.templateOverrides)
    return undefined;
  const level = securityLevel(settings, component);
  if (level === 'none') return "runs with security: 'none'";
  const isNonRoot = securityContext.runAsNonRoot ?? podSecurityContext.runAsNonRoot ?? level === 'restricted';
  return isNonRoot === false ? 'may run as root' : undefined;
}
