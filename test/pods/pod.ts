import { parse } from 'yaml';
import type { Template, WorkflowTemplateSpec } from '../../src/argo/types';
import type { Environment } from '../interpreter/tags';
import { environmentOf, expand, type Samples } from './arguments';
import { type Any, strategicMerge } from './merge';

/** The fields of a template that its pod is made of. */
const POD_FIELDS = [
  'metadata',
  'container',
  'initContainers',
  'sidecars',
  'volumes',
  'serviceAccountName',
  'automountServiceAccountToken',
  'nodeSelector',
  'affinity',
  'tolerations',
  'schedulerName',
  'priorityClassName',
  'securityContext',
  'activeDeadlineSeconds',
  'hostAliases',
];

/** True for a template that makes a pod. */
export function makesPod(template: Template): boolean {
  return template.container !== undefined || template.resource !== undefined;
}

/**
 * The pod that Argo makes of a template, without what Argo's executor adds to it: its own containers and their volumes.
 *
 * @throws where Argo would make none
 */
export function podOf(spec: WorkflowTemplateSpec, template: Template, samples: Samples = {}): Any {
  const { podSpecPatch, resource } = template;
  const environment = environmentOf(spec, template, samples);
  // What else a template holds is not about its pod, and may read what is known only when that has ended.
  const own: Any = expanded(chosen(POD_FIELDS, template), environment, samples);
  const main = { name: 'main', ...(resource ? { image: 'argoexec:1' } : own.container) };
  const { initContainers = [], sidecars = [] } = own;
  const pod = {
    restartPolicy: 'Never',
    ...chosen(['hostNetwork', 'dnsPolicy', 'dnsConfig', 'imagePullSecrets'], spec),
    // A template's field stands for the run's.
    ...chosen(['serviceAccountName', 'automountServiceAccountToken', 'nodeSelector', 'affinity'], spec, own),
    ...chosen(['tolerations', 'schedulerName', 'priorityClassName', 'securityContext'], spec, own),
    ...chosen(['activeDeadlineSeconds', 'hostAliases'], own),
    volumes: volumesOf(spec, own, [main, ...initContainers, ...sidecars]),
    ...(initContainers.length > 0 && { initContainers: initContainers.map((each: Any) => mirrored(each, main)) }),
    containers: [main, ...sidecars.map((each: Any) => mirrored(each, main))],
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: environment['pod.name'],
      labels: { 'workflows.argoproj.io/workflow': 'run', ...spec.podMetadata?.labels, ...own.metadata?.labels },
      annotations: { ...own.metadata?.annotations },
    },
    spec: podSpecPatch === undefined ? pod : strategicMerge(pod, patchOf(podSpecPatch, environment)),
  };
}

/** A patch as data. Nothing stands in for one that fails: Argo would make no pod. */
function patchOf(text: string, environment: Environment): Any {
  const patch = parse(expand(text, environment, {}));
  if (typeof patch !== 'object' || patch === null) throw new Error(`no patch: ${text}`);
  return patch;
}

function expanded(tree: Any, environment: Environment, samples: Samples): Any {
  if (typeof tree === 'string') return tree.includes('{{') ? expand(tree, environment, samples) : tree;
  if (Array.isArray(tree)) return tree.map((each) => expanded(each, environment, samples));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, each]) => [key, expanded(each, environment, samples)]));
}

function chosen(fields: readonly string[], ...from: readonly Any[]): Any {
  const all: Any = Object.assign({}, ...from);
  return Object.fromEntries(fields.filter((field) => all[field] !== undefined).map((field) => [field, all[field]]));
}

/** Those volumes that a container mounts: the template's, the run's, the run's claims. */
function volumesOf(spec: WorkflowTemplateSpec, { volumes = [] }: Any, containers: readonly Any[]): Any[] {
  const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: `run-${name}` },
  }));
  const all: readonly Any[] = [...volumes, ...(spec.volumes ?? []), ...claims];
  const names = new Set<string>(
    containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }: Any) => name)),
  );
  return [...names].map((name) => {
    const found = all.find((volume) => volume.name === name);
    if (!found) throw new Error(`volume '${name}' not found in workflow spec`);
    return found;
  });
}

/** A container that may mount what the main one mounts. */
function mirrored({ mirrorVolumeMounts, ...container }: Any, main: Any): Any {
  if (!mirrorVolumeMounts) return container;
  const { volumeMounts: own = [] } = container;
  const more = (main.volumeMounts ?? []).filter(({ mountPath }: Any) =>
    own.every((mount: Any) => mount.mountPath !== mountPath),
  );
  return { ...container, volumeMounts: [...own, ...more] };
}
