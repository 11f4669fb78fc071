import type { Json } from '../components/definition';
import type { LocalArtifacts, LocalRun } from '../local/local-run';

/** An artifact in a result, as KFP describes it. */
interface ArtifactResult {
  readonly uri: string;
  /** KFP's schema title. */
  readonly type: string;
  readonly metadata: Readonly<Record<string, Json>>;
}

/** An output's value, an artifact, or a list of some. */
type OutputResult = Json | ArtifactResult | readonly OutputResult[];

/** What `run --output json` prints. */
export interface RunResult {
  readonly status: LocalRun['state'];
  /** What the pipeline returned. */
  readonly outputs: Readonly<Record<string, OutputResult>>;
  /** By the tasks' keys: `train`, `search-train[2]` in an iteration, `first/load` in a called pipeline. */
  readonly tasks: Readonly<Record<string, TaskResult>>;
}

/** A task in a result. */
interface TaskResult {
  readonly status: string;
  /** What went wrong, where it failed. */
  readonly error?: string;
  readonly outputs: Readonly<Record<string, OutputResult>>;
}

/** A run as its outcome and what it gave, without how it went. */
export function resultOf(run: LocalRun): RunResult {
  const tasks = Object.entries(run.tasks).map(([key, { state, error, outputs, artifacts }]) => {
    const why = state === 'Failed' && error !== undefined ? { error } : {};
    return [key, { status: state, ...why, outputs: outputsOf(outputs, artifacts) }];
  });
  return { status: run.state, outputs: outputsOf(run.outputs, run.artifacts), tasks: Object.fromEntries(tasks) };
}

function outputsOf(
  values: Readonly<Record<string, Json>>,
  artifacts: Readonly<Record<string, LocalArtifacts>>,
): Readonly<Record<string, OutputResult>> {
  const described = Object.entries(artifacts).map(([name, artifact]) => [name, artifactOf(artifact)]);
  return { ...values, ...Object.fromEntries(described) };
}

function artifactOf(artifact: LocalArtifacts): OutputResult {
  if (isList(artifact)) return artifact.map(artifactOf);
  const { uri, type, metadata } = artifact;
  return { uri, type, metadata };
}

function isList(artifact: LocalArtifacts): artifact is readonly LocalArtifacts[] {
  return Array.isArray(artifact);
}

/** JSON of what a run gave. It has no word for a number that is not finite: those are strings. */
export function printResult(result: RunResult | LocalRun): string {
  const printable = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return JSON.stringify(result, printable, 2);
}
