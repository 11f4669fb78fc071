import type { Json } from '../../components/definition';
import { allTasks, type PipelineGraph, pipelinesOf } from '../../graph/graph';
import type { GraphRunSettings } from '../../graph/run-settings';
import { holdsRunValue, isRunValue, type TreeObject } from '../../graph/settings';
import type { KubernetesPipelineConfig } from '../ir/types';
import type { ExportProblems } from './problems';

type Settings = Required<GraphRunSettings>;
type Config = { -readonly [K in keyof KubernetesPipelineConfig]: KubernetesPipelineConfig[K] };

/** What a setting of runs is written to, and who is told where it cannot be. */
interface RunTarget {
  readonly config: Config;
  lost(setting: string, mend?: string): void;
}

/** What becomes of each setting of runs. Each has an entry, so that none can be forgotten. */
export const RUN_SETTINGS: {
  readonly [K in keyof Settings]: (value: Settings[K], target: RunTarget, setting: K) => void;
} = {
  timeoutSeconds: (seconds, { config }) => {
    config.activeDeadlineSeconds = Math.ceil(seconds);
  },
  parallelism: (_, target, setting) => target.lost(setting, 'limit the loops: parallelism of a ParallelFor'),
  priority: lost,
  retention: ({ afterSeconds, afterSuccessSeconds, afterFailureSeconds }, { config }) => {
    if (afterSeconds !== undefined) config.resourceTtlOnCompletion = Math.ceil(afterSeconds);
    if (afterSuccessSeconds !== undefined) config.resourceTtlOnSuccess = Math.ceil(afterSuccessSeconds);
    if (afterFailureSeconds !== undefined) config.resourceTtlOnFailure = Math.ceil(afterFailureSeconds);
  },
  podRetention: lost,
  archiveLogs: lost,
  // Each task has them.
  imagePullSecrets: () => {},
  podDisruptionBudget: lost,
  hostNetwork: lost,
  dnsPolicy: lost,
  dnsConfig: lost,
  mutexes: lost,
  semaphores: lost,
  labels: lost,
  annotations: lost,
  metrics: lost,
};

/** What Kubernetes is told of a run as a whole. */
export function pipelineConfig(graph: PipelineGraph, problems: ExportProblems): KubernetesPipelineConfig {
  const target: RunTarget = {
    config: {},
    lost: (setting, mend = 'leave it away, or run the pipeline on Argo') =>
      problems.error('KFP1570', graph.path, `KFP has no counterpart of the setting of runs '${setting}'`, mend),
  };
  for (const [setting, value] of Object.entries(graph.run ?? {})) {
    if (value === undefined) continue;
    const write = RUN_SETTINGS[setting as keyof Settings] as (value: unknown, target: RunTarget, name: string) => void;
    write(value, target, setting);
  }
  if (graph.artifactRepository.gc && graph.artifactRepository.gc !== 'Never') {
    target.lost('artifactGc', 'KFP keeps artifacts: leave it away');
  }
  writeWorkspace(graph, target);
  return target.config;
}

/**
 * Where a run keeps its artifacts; undefined where the server says. A prefix alone is one of the bucket that the server has, of
 * which a document knows nothing.
 */
export function pipelineRoot(graph: PipelineGraph, problems: ExportProblems): string | undefined {
  const { kind, bucket, prefix } = graph.artifactRepository;
  const scheme = { s3: 's3', gcs: 'gs', azure: undefined, none: undefined }[kind];
  if (prefix === undefined) return undefined;
  if (isRunValue(prefix) || bucket === undefined || scheme === undefined) {
    problems.error(
      'KFP1570',
      graph.path,
      'the artifact prefix cannot be the pipeline root of a KFP document, which names a bucket and is known beforehand',
      'name the bucket of the artifact repository and a prefix that is text, or leave the prefix away',
    );
    return undefined;
  }
  return `${scheme}://${bucket}/${prefix}`;
}

function writeWorkspace(graph: PipelineGraph, { config, lost }: RunTarget): void {
  const claim = workspaceClaim(graph);
  if (!claim) return;
  const { accessModes, resources, storageClassName, ...others } = claim;
  const { storage } = (resources as { readonly requests: { readonly storage: Json } }).requests;
  for (const field of Object.keys(others)) lost(`workspace.${field}`);
  if (holdsRunValue(claim)) {
    lost('workspace', 'give a size and a class that are known when the document is written');
    return;
  }
  config.workspace = {
    size: String(storage),
    kubernetes: {
      pvcSpecPatch: {
        accessModes: accessModes as Json,
        ...(storageClassName !== undefined && { storageClassName: storageClassName as Json }),
      },
    },
  };
}

/** The pipeline's workspace, or one that a pipeline that it calls brings, which its tasks mount. */
function workspaceClaim(graph: PipelineGraph): TreeObject | undefined {
  if (graph.workspace) return graph.workspace;
  for (const pipeline of pipelinesOf(graph)) {
    for (const { settings } of allTasks(pipeline)) {
      const found = settings.volumes?.find(({ name, claim }) => name === 'workspace' && claim !== undefined);
      if (found) return found.claim;
    }
  }
  return undefined;
}

function lost(_: unknown, target: RunTarget, setting: string): void {
  target.lost(setting);
}
