import type { Json } from '../../components/definition';
import { camelCase, type IrPath, isObject, type JsonObject } from './message';

/** A part of a KFP document, and where in the file it stands. */
export interface Part {
  readonly document: number;
  readonly path: IrPath;
  readonly value: Json;
}

/** The parts of a KFP document, whatever they are wrapped in. */
export interface Contents {
  readonly spec: Part;
  readonly platform?: Part;
  /** What the wrapping says and nothing here reads. */
  readonly warnings: readonly { readonly message: string; readonly mend: string }[];
}

/** What a file is instead. */
export interface NoContents {
  readonly problem: { readonly message: string; readonly mend?: string; readonly document?: number };
}

const COMPILE = 'compile the pipeline with the KFP SDK 2 (kfp.compiler.Compiler().compile), and give that file';

/**
 * The PipelineSpec and the PlatformSpec of a file, out of: a stream of both, a PipelineJob, a PipelineVersion of Kubernetes with or
 * without its Pipeline, or what KFP's server answers for a version.
 */
export function unwrap(documents: readonly Json[]): Contents | NoContents {
  const parts: Part[] = [];
  for (const [document, value] of documents.entries()) {
    if (value !== null) parts.push({ document, path: [], value });
  }
  const [first] = parts;
  if (!first) return { problem: { message: 'the file is empty', mend: COMPILE } };
  const specs: Part[] = [];
  const platforms: Part[] = [];
  const warnings: Contents['warnings'][number][] = [];
  for (const part of parts) {
    const { value, document } = part;
    if (!isObject(value)) return { problem: { message: notAnObject(value), mend: COMPILE, document } };
    if (value.kind === 'Pipeline' && isKfpObject(value)) continue;
    const wrapped = value.kind === 'PipelineVersion' && isKfpObject(value) ? below(part, 'spec') : part;
    const spec = below(wrapped, 'pipelineSpec');
    if (spec) {
      // The server's answer wraps both once more.
      const inner = below(spec, 'pipelineSpec') ?? spec;
      const platform = below(spec, 'platformSpec') ?? below(wrapped, 'platformSpec');
      if (wrapped === part && (has(value, 'runtimeConfig') || has(value, 'labels'))) {
        const job = fromJob(inner, value);
        specs.push(job.spec);
        warnings.push(...job.warnings);
      } else {
        specs.push(inner);
      }
      if (platform && platform.value !== null) platforms.push(platform);
    } else if (looksLikeSpec(value)) {
      specs.push(part);
    } else if (has(value, 'platforms') || has(value, 'deploymentSpec')) {
      platforms.push(part);
    } else {
      return { problem: { ...whatItIs(value), document } };
    }
  }
  if (specs.length > 1 || platforms.length > 1) {
    const document = (specs[1] ?? platforms[1])!.document;
    return { problem: { message: 'the file holds several pipelines', mend: 'give each a file of its own', document } };
  }
  const [spec] = specs;
  if (!spec) return { problem: { message: 'the file holds no PipelineSpec', mend: COMPILE } };
  return { spec, ...(platforms[0] && { platform: platforms[0] }), warnings };
}

/** A job's arguments are the defaults of its pipeline, and its output directory is the pipeline's root. */
function fromJob(spec: Part, job: JsonObject): { readonly spec: Part; readonly warnings: Contents['warnings'] } {
  const config = below({ document: 0, path: [], value: job }, 'runtimeConfig')?.value;
  const warnings: Contents['warnings'][number][] = [];
  if (has(job, 'labels') && isObject(job.labels!) && Object.keys(job.labels).length > 0) {
    warnings.push({ message: 'the labels of a PipelineJob are not read', mend: 'give the Run these labels' });
  }
  if (!isObject(config) || !isObject(spec.value)) return { spec, warnings };
  const value = structuredClone(spec.value) as Record<string, Json>;
  const root = member(config, 'gcsOutputDirectory');
  if (typeof root === 'string' && root && !has(value, 'defaultPipelineRoot')) value.defaultPipelineRoot = root;
  const given = member(config, 'parameterValues');
  const definitions = ['root', 'inputDefinitions', 'parameters'].reduce<Json | undefined>(
    (at, key) => (isObject(at) ? member(at, key) : undefined),
    value,
  );
  if (isObject(given) && isObject(definitions)) {
    for (const [name, argument] of Object.entries(given)) {
      const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
      if (isObject(definition)) (definition as Record<string, Json>).defaultValue = argument;
      else
        warnings.push({
          message: `the job gives '${name}', and its pipeline has no such parameter`,
          mend: 'leave it out',
        });
    }
  }
  if (isObject(member(config, 'parameters')) && Object.keys(member(config, 'parameters') as object).length > 0) {
    warnings.push({
      message: "a PipelineJob's arguments in the form of KFP 1.8 (runtimeConfig.parameters) are not read",
      mend: 'give the Run these arguments',
    });
  }
  return { spec: { ...spec, value }, warnings };
}

/** A file that is no KFP pipeline: what it is, and what to do. */
function whatItIs(value: JsonObject): NoContents['problem'] {
  const { kind, apiVersion } = value;
  if (typeof apiVersion === 'string' && apiVersion.startsWith('argoproj.io/')) {
    const old = JSON.stringify(value.metadata ?? null).includes('pipelines.kubeflow.org/kfp_sdk_version');
    return old
      ? { message: `this is a ${kind} of Argo, as the KFP SDK 1 compiles it, and no KFP pipeline`, mend: COMPILE }
      : {
          message: `this is a ${kind} of Argo, and no KFP pipeline`,
          mend: 'give the file of a compiled KFP pipeline, or include the manifest in the app with cdk8s',
        };
  }
  if (typeof kind === 'string' && typeof apiVersion === 'string') {
    return { message: `this is a ${kind} of ${apiVersion}, and no KFP pipeline`, mend: COMPILE };
  }
  if (has(value, 'implementation')) {
    return {
      message: 'this is the YAML of a component, and no pipeline',
      mend: 'load it as a component, and make a task of it in a pipeline',
    };
  }
  const keys = Object.keys(value).slice(0, 5).join(', ');
  return { message: `this is no KFP pipeline: its keys are ${keys || 'none'}`, mend: COMPILE };
}

function notAnObject(value: Json): string {
  if (typeof value !== 'string') return `this is no KFP pipeline, but ${Array.isArray(value) ? 'a list' : 'one value'}`;
  return /^\s*</.test(value) ? 'this is a web page, and no KFP pipeline' : 'this is text, and no KFP pipeline';
}

function isKfpObject({ apiVersion }: JsonObject): boolean {
  return typeof apiVersion === 'string' && apiVersion.startsWith('pipelines.kubeflow.org/');
}

function looksLikeSpec(value: JsonObject): boolean {
  return ['pipelineInfo', 'root', 'schemaVersion', 'components'].some((key) => has(value, key));
}

/** A member by its name in camelCase, which the file may write in snake_case. */
function member(value: JsonObject, name: string): Json | undefined {
  const key = keyOf(value, name);
  return key === undefined ? undefined : value[key];
}

function has(value: JsonObject, name: string): boolean {
  return keyOf(value, name) !== undefined;
}

function keyOf(value: JsonObject, name: string): string | undefined {
  if (Object.hasOwn(value, name)) return name;
  return Object.keys(value).find((key) => camelCase(key) === name);
}

function below(part: Part | undefined, name: string): Part | undefined {
  if (!part || !isObject(part.value)) return undefined;
  const key = keyOf(part.value, name);
  if (key === undefined) return undefined;
  return { document: part.document, path: [...part.path, key], value: part.value[key]! };
}
