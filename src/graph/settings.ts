import { isDeepStrictEqual } from 'node:util';
import type { Json, ParameterDefinition, PolicyRule } from '../components/definition';
import type { Expression } from '../values/expression';
import { once } from './once';

/**
 * A value of the run that stands inside of a task's settings. It reaches the pod as an input of its template, like the
 * values of the component's own inputs.
 *
 * `T` is how a node is referred to: see {@link Expression}.
 */
export interface RunValue<T = string> {
  readonly expression: Expression<T>;
  /** What the setting takes. */
  readonly port: ParameterDefinition;
  /**
   * True for names, amounts and the like: whatever is valid there has one text, encoded or not, so that nothing needs to be
   * decoded.
   */
  readonly plain?: boolean;
}

/** Text that is known at synth, or only when the pipeline runs. */
export type Text = string | RunValue;

/** Kubernetes' own fields, as plain data with values of the run among them. */
export type Tree = null | boolean | number | string | RunValue | readonly Tree[] | { readonly [key: string]: Tree };

/** An object of Kubernetes' or Argo's, as plain data with values of the run among it. */
export type TreeObject = { readonly [key: string]: Tree };

/** What a task asks of its pod, in plain data; objects that Kubernetes defines are as Kubernetes writes them. */
export interface GraphTaskSettings {
  /** The image, where it is not the component's. */
  readonly image?: Text;
  readonly resources?: GraphResources;
  readonly nodeSelector?: { readonly [label: string]: Text };
  /** More labels that a node must have: a dict of the run's. */
  readonly lateNodeSelector?: RunValue;
  readonly affinity?: TreeObject;
  readonly tolerations?: readonly Tree[] | RunValue;
  readonly priorityClassName?: string;
  readonly runtimeClassName?: string;
  readonly schedulerName?: string;
  readonly topologySpreadConstraints?: readonly Tree[];
  /** Environment variables of the main container. */
  readonly env?: readonly GraphEnvVar[];
  /** Secrets and ConfigMaps all of whose keys become variables. */
  readonly envFrom?: readonly Tree[];
  readonly volumes?: readonly GraphVolume[];
  readonly mounts?: readonly GraphMount[];
  readonly initContainers?: readonly TreeObject[];
  readonly sidecars?: readonly TreeObject[];
  readonly imagePullPolicy?: string;
  readonly imagePullSecrets?: readonly Text[];
  readonly labels?: { readonly [key: string]: Text };
  readonly annotations?: { readonly [key: string]: Text };
  readonly workingDir?: string;
  readonly lifecycle?: TreeObject;
  /** How much the pod is confined; the component's kind says where it is absent. */
  readonly security?: SecurityLevel;
  /** Over what the level gives. */
  readonly securityContext?: TreeObject;
  readonly podSecurityContext?: TreeObject;
  readonly serviceAccount?: GraphRunner;
  /** Fields of the pod's spec, of the main container, and of Argo's template, over everything else. */
  readonly extraPodSpec?: TreeObject;
  readonly extraContainerSpec?: TreeObject;
  readonly templateOverrides?: { readonly [key: string]: Json };
  readonly retry?: GraphRetry;
  /** The longest an attempt may take. */
  readonly timeoutSeconds?: number;
  /** The longest all attempts may take together. */
  readonly totalTimeoutSeconds?: number;
  readonly caching?: GraphCaching;
  readonly mutexes?: readonly Text[];
  readonly semaphores?: readonly { readonly name: string; readonly key: string }[];
  readonly debugPause?: readonly ('before' | 'after')[];
  /** Prometheus metrics that the task reports when it has ended. */
  readonly metrics?: readonly GraphMetric[];
  /** Present where its log is lines of JSON. */
  readonly logs?: 'json';
  /** Where output artifacts are kept, by output. */
  readonly artifacts?: { readonly [output: string]: GraphArtifactPlace };
  /** Input artifacts that are not fetched: the program gets their URI alone. */
  readonly byReference?: readonly string[];
}

/** How much a pod is confined. */
export type SecurityLevel = 'restricted' | 'confined' | 'none';

/** Compute resources: quantities by the names of Kubernetes' resources. */
export interface GraphResources {
  readonly requests: { readonly [resource: string]: Text };
  readonly limits: { readonly [resource: string]: Text };
  /** Accelerators whose resource is known only when the pipeline runs. */
  readonly accelerator?: { readonly resource: RunValue; readonly count: Text };
  /** Claims of dynamic resource allocation, as the pod's spec lists them. */
  readonly claims?: readonly TreeObject[];
}

/** The service account of pods. */
export interface GraphRunner {
  readonly serviceAccountName: string;
  /** True where the account has a token Secret named `<account>.service-account-token`, so that pods need no token. */
  readonly tokenSecret: boolean;
  /** Labels that pods must have to act as the account: a cloud asks for them. */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** What the account may do, where that is known. */
  readonly rules?: readonly PolicyRule[];
}

/** An environment variable: a text, or where Kubernetes finds it. */
export type GraphEnvVar =
  | { readonly name: string; readonly value: Text }
  | { readonly name: string; readonly valueFrom: TreeObject };

/** A volume of the pod. */
export interface GraphVolume {
  readonly name: string;
  /** What it is, as Kubernetes writes it. */
  readonly source?: TreeObject;
  /** Instead: the claim that is made for the run, and removed with it; a PersistentVolumeClaimSpec. */
  readonly claim?: TreeObject;
}

/** Where a volume is mounted in the main container. */
export interface GraphMount {
  /** Name of the volume. */
  readonly volume: string;
  readonly path: string;
  readonly subPath?: Text;
  readonly readOnly?: boolean;
}

/** Further attempts after a failed one. */
export interface GraphRetry {
  /** Number of retries after the first attempt. */
  readonly retries: number;
  readonly policy: 'Always' | 'OnFailure' | 'OnError' | 'OnTransientError';
  readonly backoffSeconds?: number;
  readonly backoffFactor?: number;
  readonly backoffCapSeconds?: number;
  /** Retries only what matches. */
  readonly when?: { readonly exitCodes: readonly number[]; readonly lost: boolean; readonly outOfMemory?: boolean };
  /** A condition in Argo's expression language, as it is. */
  readonly expression?: string;
  /** Each further attempt has this many times the memory of the one before. */
  readonly memoryFactor?: number;
  /** Each further attempt runs on another node. */
  readonly otherNode?: boolean;
}

/** Reuse of what an equal task gave before. */
export interface GraphCaching {
  /** Stands for everything that would make the key otherwise. */
  readonly key?: Text;
  readonly maxAgeSeconds?: number;
  /** Names of variables of the environment whose values are part of the key. */
  readonly env: readonly string[];
}

/** A Prometheus metric that a task or a run reports when it has ended. */
export interface GraphMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly value: GraphMetricValue;
  /** The upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
  /** A label's value is text, or how the task or the run has ended. */
  readonly labels?: { readonly [label: string]: Text | { readonly fact: 'status' } };
  /** Reported only where it has ended so. */
  readonly when?: 'succeeded' | 'failed';
}

/** What a metric tells. */
export type GraphMetricValue =
  | { readonly fact: 'duration' }
  | { readonly constant: number }
  /** An output of the task at the path `of`, or the number that it logged on one by the name `metric`. */
  | { readonly output: string; readonly metric?: string; readonly of: string }
  /** What a rule refuses: the kind of the expression. */
  | { readonly unfit: string };

/**
 * Where an output artifact is kept, where that is not under a name of its own in the pipeline's repository. One of `uri`, `key`
 * and `volume` is given, or none.
 */
export interface GraphArtifactPlace {
  /** An object of another store: `s3://bucket/key`, `gs://bucket/key`, the URL of a blob. */
  readonly uri?: Text;
  readonly access?: GraphStoreAccess;
  /** A key in the pipeline's repository. */
  readonly key?: Text;
  /** The name of a volume of the task's, and the path on it. */
  readonly volume?: string;
  readonly path?: Text;
  readonly gc?: ArtifactGc;
  /** True for an artifact that each run takes for another one, so that nothing made of it before is reused. */
  readonly reimport?: boolean;
}

/** When artifacts of a run are removed. */
export type ArtifactGc = 'OnWorkflowDeletion' | 'OnWorkflowCompletion' | 'Never';

/** How an object store is spoken to. */
export interface GraphStoreAccess {
  readonly endpoint?: string;
  readonly region?: string;
  readonly insecure?: boolean;
  /** Keys of Secrets, by what they are, or those of the pod's own identity. With none, objects are not fetched. */
  readonly credentials: 'identity' | 'none' | { readonly [credential: string]: GraphSecretKey };
}

/** A key of a Secret. */
export interface GraphSecretKey {
  readonly name: string;
  readonly key: string;
}

/** Where the volume that all tasks of a run may share is mounted: KFP's `WORKSPACE_PATH_PLACEHOLDER`. */
export const WORKSPACE_DIR = '/kfp-workspace';

/** True for a value of the run among other settings. */
export function isRunValue(tree: unknown): tree is RunValue {
  return typeof tree === 'object' && tree !== null && 'expression' in tree && 'port' in tree;
}

/** True where a value of the run is somewhere inside. */
export function holdsRunValue(tree: Tree | undefined): boolean {
  if (typeof tree !== 'object' || tree === null) return false;
  return isRunValue(tree) || Object.values(tree as object).some(holdsRunValue);
}

/** A copy of settings in which the values of the run are replaced. */
export function mapRunValues<T>(tree: T, map: (value: RunValue) => unknown): T {
  if (isRunValue(tree)) return map(tree) as T;
  if (Array.isArray(tree)) return tree.map((each) => mapRunValues(each, map)) as T;
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, each]) => [key, mapRunValues(each, map)])) as T;
}

/** A value of the run in settings, with the name of the template's input that it arrives by. */
export interface NamedRunValue {
  readonly value: RunValue;
  /** The input's name: no component has one with two hyphens. */
  readonly input: string;
  /** Where it stands, in words: `env HF_HOME`. */
  readonly place: string;
}

/** Keys that say nothing about what a value is for. */
const STRUCTURE: ReadonlySet<string> = new Set(['resources', 'requests', 'limits', 'volumes', 'source', 'valueFrom']);

/** The values of the run in the settings of a task, or of the run itself, in reading order. Equal ones arrive by one input. */
export const runValuesOf = once((settings: object): readonly NamedRunValue[] => {
  const found: NamedRunValue[] = [];
  const taken = new Set<string>();
  collect(settings, [], (value, place) => {
    const known = found.find((other) => isDeepStrictEqual(other.value, value));
    if (known) {
      found.push({ ...known, value, place: place.join(' ') });
      return;
    }
    const parts = place.filter((part) => !STRUCTURE.has(part)).map((part) => part.replace(/[^A-Za-z0-9_]+/g, '-'));
    const base = `setting--${parts.join('-')}`;
    let input = base;
    for (let number = 2; taken.has(input); number++) input = `${base}-${number}`;
    taken.add(input);
    found.push({ value, input, place: place.join(' ') });
  });
  return found;
});

/** The inputs that a task's settings need, each once. */
export function settingInputs(settings: GraphTaskSettings): readonly NamedRunValue[] {
  return [...new Map(runValuesOf(settings).map((each) => [each.input, each])).values()];
}

function collect(tree: unknown, place: readonly string[], take: (value: RunValue, place: readonly string[]) => void) {
  if (isRunValue(tree)) {
    take(tree, place);
  } else if (Array.isArray(tree)) {
    tree.forEach((each, index) => {
      // The name of a list's element stays where others come before it.
      const { name, path } = (each ?? {}) as { readonly name?: unknown; readonly path?: unknown };
      const part = typeof name === 'string' ? name : typeof path === 'string' ? path : String(index);
      collect(each, [...place, part], take);
    });
  } else if (typeof tree === 'object' && tree !== null) {
    for (const [key, each] of Object.entries(tree)) collect(each, key === 'value' ? place : [...place, key], take);
  }
}
