import type { PolicyRule } from '../components/definition';
import { ARTIFACT_GC } from '../graph/artifact-gc';
import { allTasks, type PipelineGraph, pipelinesOf } from '../graph/graph';
import type { ArtifactGc } from '../graph/settings';

/** An object that a run needs and does not make. */
export interface RequiredObject {
  readonly kind:
    | 'ServiceAccount'
    | 'Secret'
    | 'ConfigMap'
    | 'PersistentVolumeClaim'
    | 'ResourceClaimTemplate'
    | 'ResourceClaim'
    | 'LocalQueue'
    | 'PriorityClass'
    | 'RuntimeClass';
  readonly name: string;
  /** The keys that it must hold. */
  readonly keys: readonly string[];
  /** How it comes to be. @default - by applying the app's manifests, or by hand */
  readonly mend?: string;
}

/** What an account must be allowed in the namespace. */
export interface RequiredRights {
  readonly account: string;
  readonly rules: readonly PolicyRule[];
}

/** What the runs of a pipeline need of the namespace that they are in. */
export interface Requirements {
  readonly objects: readonly RequiredObject[];
  readonly rights: readonly RequiredRights[];
  /** True where the controller must be allowed to keep results. */
  readonly caching: boolean;
  /** True where there are artifacts to store. */
  readonly artifacts: boolean;
}

const EXECUTOR: PolicyRule = {
  apiGroups: ['argoproj.io'],
  resources: ['workflowtaskresults'],
  verbs: ['create', 'patch'],
};

/**
 * What the runs of a pipeline need: read off its manifest and its tasks' settings, in which every reference stands.
 *
 * @param body the WorkflowTemplate, with what of its metadata tells something
 */
export function requirementsOf(graph: PipelineGraph, body: unknown): Requirements {
  const { need, objects } = collection();
  collect(body, need);
  const tasks = pipelinesOf(graph).flatMap(allTasks);
  const accounts = new Map<string, PolicyRule[]>();
  for (const { settings, component } of tasks) {
    // What a patch of the pod says is text in the manifest.
    collect(settings, need);
    const runner = settings.serviceAccount ?? graph.runner;
    const account = runner?.serviceAccountName ?? 'default';
    if (runner?.tokenSecret) need('Secret', `${account}.service-account-token`);
    need('ServiceAccount', account);
    const { implementation } = graph.components[component]!;
    accounts.set(account, [
      ...(accounts.get(account) ?? [EXECUTOR]),
      ...(settings.artifacts && Object.values(settings.artifacts).some(({ gc }) => removes(gc)) ? ARTIFACT_GC : []),
      ...(implementation.kind === 'resource' ? implementation.rules : []),
    ]);
  }
  const { configMap, key, gc } = graph.artifactRepository;
  if (removes(gc)) {
    // It is the run's account that artifacts are removed as.
    const account = graph.runner?.serviceAccountName ?? 'default';
    accounts.set(account, [...(accounts.get(account) ?? []), ...ARTIFACT_GC]);
  }
  if (configMap !== undefined) need('ConfigMap', configMap, key);
  return {
    objects: objects(),
    rights: [...accounts].map(([account, rules]) => ({ account, rules: distinct(rules) })),
    caching: tasks.some(({ settings }) => settings.caching !== undefined),
    artifacts:
      graph.artifactRepository.kind !== 'none' &&
      tasks.some(({ component }) =>
        Object.values(graph.components[component]!.outputs).some(({ kind }) => kind === 'artifact'),
      ),
  };
}

/** The objects that a manifest names, and their keys. */
export function referencesIn(manifest: unknown): readonly RequiredObject[] {
  const { need, objects } = collection();
  collect(manifest, need);
  return objects();
}

type Need = (kind: RequiredObject['kind'], name: unknown, key?: unknown) => void;

function collection(): { readonly need: Need; readonly objects: () => readonly RequiredObject[] } {
  const found = new Map<string, { kind: RequiredObject['kind']; name: string; keys: Set<string> }>();
  const need: Need = (kind, name, key) => {
    // What is known when the pipeline runs cannot be looked up now.
    if (typeof name !== 'string' || name === '' || name.includes('{{')) return;
    const id = `${kind}/${name}`;
    const object = found.get(id) ?? { kind, name, keys: new Set<string>() };
    found.set(id, object);
    if (typeof key === 'string' && !key.includes('{{')) object.keys.add(key);
  };
  return { need, objects: () => [...found.values()].map(({ keys, ...object }) => ({ ...object, keys: [...keys] })) };
}

function removes(gc: ArtifactGc | undefined): boolean {
  return gc !== undefined && gc !== 'Never';
}

/** Fields whose value is the name of an object. */
const NAMES: Readonly<Record<string, RequiredObject['kind']>> = {
  serviceAccountName: 'ServiceAccount',
  claimName: 'PersistentVolumeClaim',
  resourceClaimTemplateName: 'ResourceClaimTemplate',
  resourceClaimName: 'ResourceClaim',
  priorityClassName: 'PriorityClass',
  runtimeClassName: 'RuntimeClass',
  'kueue.x-k8s.io/queue-name': 'LocalQueue',
};

/** Fields that name an object, and a key of it. */
function collect(tree: unknown, need: Need): void {
  if (typeof tree !== 'object' || tree === null) return;
  for (const [field, value] of Object.entries(tree)) {
    const { name, key, optional, secretName } = (value ?? {}) as Readonly<Record<string, unknown>>;
    if (optional === true) continue;
    if (Object.hasOwn(NAMES, field)) need(NAMES[field]!, value);
    else if (field === 'secretKeyRef' || /[sS]ecretRef$|Secret$/.test(field)) need('Secret', name, key);
    else if (field === 'configMapKeyRef' || field === 'configMapRef' || field === 'configMap')
      need('ConfigMap', name, key);
    else if (field === 'secret') need('Secret', secretName ?? name);
    else if (field === 'imagePullSecrets' && Array.isArray(value))
      for (const each of value) need('Secret', typeof each === 'string' ? each : each?.name);
    // The cache is made when it is first used.
    if (field !== 'memoize') collect(value, need);
  }
}

function distinct(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}
