import type { Connection } from './connection';
import { type PipelineSource, readDocument } from './document';
import { kfpProblem } from './errors';
import { nameOf, noSuch, only } from './found';
import { type KfpListOptions, list } from './pages';
import type { KfpApiPipeline, KfpApiPipelineVersion } from './types';
import { type KfpUpload, type KfpUploadOptions, PIPELINES_PATH, Uploads } from './uploads';

/** The pipelines of a server and their versions. */
export class KfpPipelines {
  /** @internal */
  public constructor(
    private readonly connection: Connection,
    private readonly namespace: string | undefined,
  ) {}

  /** All pipelines of the namespace, the newest first. @throws KfpError */
  public list(options: KfpListOptions = {}): Promise<readonly KfpApiPipeline[]> {
    return list(this.connection, {
      path: PIPELINES_PATH,
      field: 'pipelines',
      query: { namespace: this.namespace },
      ...options,
    });
  }

  /** A pipeline by its id. @throws KfpError where there is none */
  public get(id: string, signal?: AbortSignal): Promise<KfpApiPipeline> {
    return this.connection.json({ method: 'GET', path: pathOf(id), isRepeatable: true, signal });
  }

  /**
   * A pipeline by its name; undefined where there is none.
   *
   * @param where `'shared'`: the one that all namespaces see, where the namespace has none of its own
   */
  public async find(name: string, where?: 'shared', signal?: AbortSignal): Promise<KfpApiPipeline | undefined> {
    const isShared = where === 'shared' && this.namespace !== undefined;
    for (const namespace of isShared ? [this.namespace, ''] : [this.namespace]) {
      const query = { namespace };
      const request = { path: PIPELINES_PATH, field: 'pipelines', query, displayName: name, signal };
      const exact = (await list<KfpApiPipeline>(this.connection, request)).filter((each) => nameOf(each) === name);
      const found = only('pipeline', name, exact, (each) => each.pipeline_id);
      if (found) return found;
    }
    return undefined;
  }

  /** A pipeline by its name, also a shared one. @throws KfpError where there is none */
  public async need(name: string, signal?: AbortSignal): Promise<KfpApiPipeline> {
    const found = await this.find(name, 'shared', signal);
    if (found) return found;
    throw noSuch('there is no pipeline', name, (await this.list({ limit: 100, signal })).map(nameOf));
  }

  /** All versions of a pipeline, the newest first. @throws KfpError */
  public versions(pipelineId: string, options: KfpListOptions = {}): Promise<readonly KfpApiPipelineVersion[]> {
    return list(this.connection, { path: `${pathOf(pipelineId)}/versions`, field: 'pipeline_versions', ...options });
  }

  /** A version by its id. @throws KfpError where there is none */
  public getVersion(pipelineId: string, id: string, signal?: AbortSignal): Promise<KfpApiPipelineVersion> {
    const path = `${pathOf(pipelineId)}/versions/${encodeURIComponent(id)}`;
    return this.connection.json({ method: 'GET', path, isRepeatable: true, signal });
  }

  /** A version by its name; undefined where there is none. @throws KfpError */
  public async findVersion(
    pipelineId: string,
    name: string,
    signal?: AbortSignal,
  ): Promise<KfpApiPipelineVersion | undefined> {
    const request = { path: `${pathOf(pipelineId)}/versions`, field: 'pipeline_versions', displayName: name, signal };
    const found = await list<KfpApiPipelineVersion>(this.connection, request);
    const exact = found.filter((each) => nameOf(each) === name);
    return only('version', name, exact, (each) => each.pipeline_version_id);
  }

  /**
   * A version by its name; the newest where none is named.
   *
   * @throws KfpError where there is none
   */
  public async needVersion(
    pipeline: KfpApiPipeline,
    name?: string,
    signal?: AbortSignal,
  ): Promise<KfpApiPipelineVersion> {
    const found =
      name === undefined
        ? (await this.versions(pipeline.pipeline_id, { limit: 1, signal }))[0]
        : await this.findVersion(pipeline.pipeline_id, name, signal);
    if (found) return found;
    if (name === undefined) {
      const mend = 'upload a version';
      throw kfpProblem('KFP1820', `the pipeline '${nameOf(pipeline)}' has no version`, mend);
    }
    const known = await this.versions(pipeline.pipeline_id, { limit: 20, signal });
    throw noSuch(`the pipeline '${nameOf(pipeline)}' has no version`, name, known.map(nameOf));
  }

  /**
   * Uploads a pipeline with its first version, which KFP gives the pipeline's name.
   *
   * @throws KfpError also where it exists; {@link upload} takes either
   */
  public async uploadPipeline(source: PipelineSource, options: KfpUploadOptions = {}): Promise<KfpApiPipeline> {
    return this.uploads().pipeline(readDocument(source), options);
  }

  /** Uploads a version of a pipeline that exists. @throws KfpError also where the version exists and is another one */
  public async uploadVersion(
    pipeline: KfpApiPipeline,
    source: PipelineSource,
    options: Omit<KfpUploadOptions, 'pipeline'> = {},
  ): Promise<KfpApiPipelineVersion> {
    return this.uploads().version(pipeline, readDocument(source), options);
  }

  /**
   * Makes sure that a version is there: makes the pipeline where it is missing, uploads the version where it is missing, and
   * uses the one of that name where it is the same.
   *
   * @throws KfpError also where the version exists and is another one: versions never change; DiagnosticsError where the
   *   source is no pipeline
   */
  public async upload(source: PipelineSource, options: KfpUploadOptions = {}): Promise<KfpUpload> {
    return this.uploads().both(readDocument(source), options);
  }

  private uploads(): Uploads {
    return new Uploads(this.connection, this.namespace, this);
  }
}

function pathOf(pipelineId: string): string {
  return `${PIPELINES_PATH}/${encodeURIComponent(pipelineId)}`;
}
