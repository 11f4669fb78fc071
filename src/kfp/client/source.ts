import type { Json } from '../../components/definition';
import type { IrDocument } from '../ir/types';
import { type GivenArguments, runArguments } from './arguments';
import { documentIn, readDocument, structOf, withCaching } from './document';
import { kfpProblem } from './errors';
import { nameOf } from './found';
import type { KfpPipelines } from './pipelines';
import type { KfpApiRuntimeConfig, KfpApiVersionReference } from './types';

/** What is run, and with what. */
export interface KfpRunSource {
  /** The name of a pipeline on the server; or its id, as `{ id }`. @default - a file or a text is run */
  readonly pipeline?: string | { readonly id: string } | undefined;
  /** The name of a version of that pipeline; or its id, as `{ id }`. @default - the newest */
  readonly version?: string | { readonly id: string } | undefined;
  /** A compiled pipeline, which is run as it is and not uploaded. @default - a pipeline on the server is run */
  readonly file?: string | undefined;
  /** The text of a compiled pipeline. @default - a pipeline on the server is run */
  readonly text?: string | undefined;
  /** The pipeline's arguments, by parameter. @default - its defaults */
  readonly arguments?: Readonly<Record<string, Json | undefined>> | undefined;
  /** Arguments `name=value`, as on a command line: strings as they stand, all else as JSON. @default - none */
  readonly argumentTexts?: readonly string[] | undefined;
  /**
   * True where every task may reuse results, false where none may. The API knows no such thing for a version, so what is run
   * is then the version's content with other flags, and the run names no version.
   * @default - as the pipeline says
   */
  readonly caching?: boolean | undefined;
  /** Where artifacts are stored. @default - the server's */
  readonly pipelineRoot?: string | undefined;
}

/** A source that is the content of what is on the server. @internal */
export interface StructSource extends Omit<KfpRunSource, 'file' | 'text' | 'pipeline' | 'version'> {
  readonly struct: Json;
}

/** The part of a run or a recurring run that says what is run. */
export interface ResolvedSource {
  /** The pipeline's name. */
  readonly name: string;
  readonly body: {
    readonly pipeline_spec?: Json;
    readonly pipeline_version_reference?: KfpApiVersionReference;
    readonly runtime_config: KfpApiRuntimeConfig;
  };
}

/**
 * Finds what is to be run, and checks the arguments.
 *
 * @param followsLatest true where no version is pinned
 * @throws KfpError where it is not there, DiagnosticsError where arguments are wrong
 */
export async function resolveSource(
  pipelines: KfpPipelines,
  source: KfpRunSource,
  {
    followsLatest = false,
    signal,
  }: { readonly followsLatest?: boolean; readonly signal?: AbortSignal | undefined } = {},
): Promise<ResolvedSource> {
  const { file, text, pipeline, caching, pipelineRoot } = source;
  if ([file, text, pipeline].filter((each) => each !== undefined).length !== 1) {
    const message = 'what is to be run is not said, or said twice';
    throw kfpProblem('KFP1830', message, 'give one: a pipeline of the server, a file or a text');
  }
  const given = { values: source.arguments, texts: source.argumentTexts };
  if (pipeline === undefined) {
    if (source.version !== undefined) {
      throw kfpProblem(
        'KFP1830',
        'a file has no versions',
        'leave the version out, or name the pipeline on the server',
      );
    }
    const { ir } = readDocument(file !== undefined ? { file } : { text: text! });
    return specSource(ir, given, source);
  }
  if (followsLatest && (source.version !== undefined || caching !== undefined)) {
    const what = caching === undefined ? 'a version is named' : 'caching is set for all tasks';
    const mend = 'leave one of them out: what follows the newest version runs it as it is';
    throw kfpProblem('KFP1830', `the newest version is to be followed, and ${what}`, mend);
  }
  const found = await (typeof pipeline === 'string'
    ? pipelines.need(pipeline, signal)
    : pipelines.get(pipeline.id, signal));
  const { version } = source;
  const chosen = await (typeof version === 'object'
    ? pipelines.getVersion(found.pipeline_id, version.id, signal)
    : pipelines.needVersion(found, version, signal));
  const document = documentIn(chosen.pipeline_spec);
  const name = nameOf(found);
  if (!document) {
    const mend = 'name a version that KFP v2 can run';
    throw kfpProblem('KFP1823', `the version '${nameOf(chosen)}' of '${name}' holds no pipeline of KFP v2`, mend);
  }
  if (caching !== undefined) return specSource(document, given, source, name);
  return {
    name,
    body: {
      pipeline_version_reference: {
        pipeline_id: found.pipeline_id,
        ...(!followsLatest && { pipeline_version_id: chosen.pipeline_version_id }),
      },
      runtime_config: runtimeConfig(runArguments(document.spec, given), pipelineRoot),
    },
  };
}

/** As {@link resolveSource}, of a spec. @throws KfpError DiagnosticsError @internal */
export function resolveStruct({ struct, ...source }: StructSource): ResolvedSource {
  const document = documentIn(struct);
  if (!document) throw kfpProblem('KFP1823', 'what is run holds no pipeline of KFP v2', 'name a pipeline or a file');
  return specSource(document, { values: source.arguments, texts: source.argumentTexts }, source);
}

function specSource(
  document: IrDocument,
  given: GivenArguments,
  { caching, pipelineRoot }: KfpRunSource,
  name = document.spec.pipelineInfo.name,
): ResolvedSource {
  const runtime_config = runtimeConfig(runArguments(document.spec, given), pipelineRoot);
  return {
    name,
    body: {
      pipeline_spec: structOf(caching === undefined ? document : withCaching(document, caching)),
      runtime_config,
    },
  };
}

function runtimeConfig(parameters: Record<string, Json>, root: string | undefined): KfpApiRuntimeConfig {
  return { parameters, ...(root !== undefined && { pipeline_root: root }) };
}
