import { versionOfFile } from '../version';
import type { Connection } from './connection';
import { documentIn, isSame, type PipelineDocument } from './document';
import { KfpError, kfpProblem } from './errors';
import { nameOf } from './found';
import type { KfpPipelines } from './pipelines';
import type { KfpApiPipeline, KfpApiPipelineVersion } from './types';

/** Where pipelines are. */
export const PIPELINES_PATH = '/apis/v2beta1/pipelines';

/** What is uploaded, and under which names. */
export interface KfpUploadOptions {
  /** The pipeline's name. @default - what the file says */
  readonly pipeline?: string | undefined;
  /**
   * The version's name.
   * @default - VERSION of a file NAME-VERSION.yaml; else one that changes with the content
   */
  readonly version?: string | undefined;
  /** Describes the version, and the pipeline where it is made. @default - for the pipeline, what the file says */
  readonly description?: string | undefined;
  /** Ends the call. @default - nothing does */
  readonly signal?: AbortSignal | undefined;
}

/** What an upload did. */
export interface KfpUpload {
  /** The pipeline. */
  readonly pipeline: KfpApiPipeline;
  /** The version that was asked for. */
  readonly version: KfpApiPipelineVersion;
  /** True where the pipeline was made; false where it was there. */
  readonly isNewPipeline: boolean;
  /** True where the version was made; false where it was there and is the same. */
  readonly isNewVersion: boolean;
}

/** Uploads of pipelines and versions. @internal */
export class Uploads {
  public constructor(
    private readonly connection: Connection,
    private readonly namespace: string | undefined,
    private readonly pipelines: KfpPipelines,
  ) {}

  /** Uploads a pipeline with its first version; once, because a second time would be refused. @throws KfpError */
  public async pipeline(document: PipelineDocument, options: KfpUploadOptions): Promise<KfpApiPipeline> {
    const name = options.pipeline ?? document.ir.spec.pipelineInfo.name;
    const names = {
      name: await this.objectName(name, undefined, options.signal),
      display_name: name,
      namespace: this.namespace,
    };
    return this.checked(await this.post<KfpApiPipeline>('/upload', document, options, names, false), 'pipeline_id');
  }

  /** Makes sure that a pipeline and a version are there. @throws KfpError */
  public async both(document: PipelineDocument, options: KfpUploadOptions): Promise<KfpUpload> {
    const { signal } = options;
    const name = options.pipeline ?? document.ir.spec.pipelineInfo.name;
    const found = await this.pipelines.find(name, undefined, signal);
    const pipeline = found ?? (await this.ensure(name, document, options));
    const version = options.version ?? versionOfFile(document.from, document.ir);
    const same = found && (await this.pipelines.findVersion(pipeline.pipeline_id, version, signal));
    const result = { pipeline, isNewPipeline: !found };
    if (same) return { ...result, version: this.reused(same, document, name), isNewVersion: false };
    return { ...result, version: await this.version(pipeline, document, options), isNewVersion: true };
  }

  /** Uploads a version; uses the one of its name where it is the same. @throws KfpError */
  public async version(
    pipeline: KfpApiPipeline,
    document: PipelineDocument,
    options: KfpUploadOptions,
  ): Promise<KfpApiPipelineVersion> {
    try {
      return await this.postVersion(pipeline, document, options);
    } catch (error) {
      // Another client was faster, or the answer was lost.
      if (!(error instanceof KfpError) || !(error.status === 409 || error.isAmbiguous)) throw error;
      const name = options.version ?? versionOfFile(document.from, document.ir);
      const made = await this.pipelines.findVersion(pipeline.pipeline_id, name, options.signal);
      if (!made) throw error;
      return this.reused(made, document, nameOf(pipeline));
    }
  }

  private reused(version: KfpApiPipelineVersion, document: PipelineDocument, pipeline: string): KfpApiPipelineVersion {
    const there = documentIn(version.pipeline_spec);
    if (there && isSame(there, document.ir)) return version;
    const message = `the version '${nameOf(version)}' of the pipeline '${pipeline}' exists, and ${document.from} is another one`;
    throw kfpProblem('KFP1822', message, 'give it a version of its own; versions on the server never change');
  }

  private async ensure(name: string, { ir }: PipelineDocument, options: KfpUploadOptions): Promise<KfpApiPipeline> {
    const description = options.description ?? ir.spec.pipelineInfo.description;
    const objectName = await this.objectName(name, undefined, options.signal);
    try {
      const created = await this.connection.json<KfpApiPipeline>({
        method: 'POST',
        path: PIPELINES_PATH,
        json: {
          display_name: name,
          name: objectName,
          ...(description !== undefined && { description }),
          ...(this.namespace !== undefined && { namespace: this.namespace }),
        },
        // A name is taken once in a namespace.
        isRepeatable: true,
        signal: options.signal,
      });
      return this.checked(created, 'pipeline_id');
    } catch (error) {
      if (!(error instanceof KfpError) || !(error.status === 409 || error.isAmbiguous)) throw error;
      const made = await this.pipelines.find(name, undefined, options.signal);
      if (!made) throw error;
      return made;
    }
  }

  private async postVersion(
    pipeline: KfpApiPipeline,
    document: PipelineDocument,
    options: KfpUploadOptions,
  ): Promise<KfpApiPipelineVersion> {
    const version = options.version ?? versionOfFile(document.from, document.ir);
    const names = {
      name: await this.objectName(version, nameOf(pipeline), options.signal),
      display_name: version,
      pipelineid: pipeline.pipeline_id,
    };
    const created = await this.post<KfpApiPipelineVersion>('/upload_version', document, options, names, true);
    return this.checked(created, 'pipeline_version_id');
  }

  /**
   * What the API calls `name`. Where pipelines are Kubernetes objects, it is an object's: a DNS subdomain, and a version's is the
   * only one of its namespace. Elsewhere it is what users see.
   */
  private async objectName(
    name: string,
    pipeline: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const path = '/apis/v2beta1/healthz';
    const request = { method: 'GET', path, isRepeatable: true, signal } as const;
    const health = await this.connection.json<{ readonly pipeline_store?: string }>(request);
    if (health.pipeline_store !== 'kubernetes') return name;
    return (pipeline === undefined ? name : `${pipeline}-${name}`).toLowerCase().replace(/[^a-z0-9.-]+/g, '-');
  }

  private post<T extends object>(
    path: string,
    document: PipelineDocument,
    { description, signal }: KfpUploadOptions,
    query: Readonly<Record<string, string | undefined>>,
    isRepeatable: boolean,
  ): Promise<T> {
    return this.connection.json<T>({
      method: 'POST',
      path: `${PIPELINES_PATH}${path}`,
      query: { ...query, description },
      file: { field: 'uploadfile', name: 'pipeline.yaml', text: document.text },
      isRepeatable,
      signal,
    });
  }

  private checked<T extends object>(created: T, id: keyof T & string): T {
    if (typeof created[id] === 'string') return created;
    throw this.connection.notKfp({ method: 'POST', path: PIPELINES_PATH }, `an object without ${id}`);
  }
}
