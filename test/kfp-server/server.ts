import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { parseAllDocuments } from 'yaml';
import type { Certificate } from './certificate';

type Struct = Record<string, unknown>;

/** A request as it came and what was answered. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: http.IncomingHttpHeaders;
  /** The JSON, or the file of the form. */
  readonly body?: unknown;
  readonly status: number;
  readonly answer: unknown;
}

/** What goes wrong, once, with the next request that matches. */
export interface Fault {
  /** `METHOD /path`, or a part of it. */
  readonly on: string;
  /** Answers so, instead of doing it. */
  readonly status?: number;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly text?: string;
  /** Closes the connection: before it is done, or after. */
  readonly drop?: 'before' | 'after';
  /** Answers so many milliseconds later. */
  readonly delayMs?: number;
}

/** Behaves like a KFP server, in memory, for the calls that the client makes; and badly, where it is told to. */
export class KfpServer {
  /** All that was asked and answered. */
  public readonly exchanges: Exchange[] = [];
  /** What goes wrong next. */
  public readonly faults: Fault[] = [];
  /** The objects of each kind, the newest first. */
  public readonly objects: Record<string, Struct[]> = {
    experiments: [],
    pipelines: [],
    pipeline_versions: [],
    runs: [],
    recurringRuns: [],
  };
  /** The most objects of a page. */
  public pageSize = 200;
  /** Where pipelines are kept. */
  public store = 'database';
  /** Answers of the metadata store, by method. */
  public readonly metadata: Record<string, Buffer> = {};
  /** Is told of each request before it is answered. */
  public onRequest: (line: string) => void = () => {};

  private server: http.Server | undefined;
  private count = 0;

  /** Listens; gives the URL. */
  public async start(certificate?: Certificate): Promise<string> {
    const listener: http.RequestListener = (request, response) => {
      this.handle(request, response).catch((error: Error) => response.writeHead(400).end(error.message));
    };
    this.server = certificate ? https.createServer(certificate, listener) : http.createServer(listener);
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve));
    const { port } = this.server.address() as AddressInfo;
    return certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  }

  /** Stops listening. */
  public async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** The requests as lines, `GET /apis/…`. */
  public get lines(): readonly string[] {
    return this.exchanges.map(({ method, path }) => `${method} ${path.replace('/apis/v2beta1', '')}`);
  }

  private async handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url!, 'http://kfp');
    const method = request.method!;
    const line = `${method} ${url.pathname}`;
    this.onRequest(line);
    const at = this.faults.findIndex(({ on }) => line.includes(on));
    const [fault] = at < 0 ? [] : this.faults.splice(at, 1);
    const raw = Buffer.concat(chunks);
    const type = request.headers['content-type'] ?? '';
    const body = type.startsWith('multipart/')
      ? fileOf(raw, type)
      : raw.length > 0 && type.includes('json')
        ? JSON.parse(String(raw))
        : raw;
    const query = Object.fromEntries(url.searchParams);
    let [status, answer]: [number, unknown] = [fault?.status ?? 200, fault?.text ?? {}];
    const isDone = fault?.status === undefined && fault?.drop !== 'before';
    if (isDone) [status, answer] = this.answer(method, decodeURIComponent(url.pathname), query, body);
    const about = { method, path: url.pathname, query, headers: request.headers };
    this.exchanges.push({ ...about, ...(raw.length > 0 && { body }), status, answer });
    if (fault?.drop) return void request.socket.destroy();
    if (fault?.delayMs) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    const isBytes = Buffer.isBuffer(answer);
    const contentType = isBytes ? 'application/grpc-web+proto' : 'application/json';
    response.writeHead(status, { 'content-type': contentType, ...fault?.headers });
    response.end(isBytes || typeof answer === 'string' ? answer : JSON.stringify(answer));
  }

  private answer(method: string, path: string, query: Record<string, string>, body: unknown): [number, unknown] {
    const call = path.replace('/apis/v2beta1/', '');
    const rpc = /^\/ml_metadata\.MetadataStoreService\/(\w+)$/.exec(path)?.[1];
    if (rpc) return this.metadata[rpc] ? [200, this.metadata[rpc]] : [404, notFound(path)];
    if (call === 'healthz') return [200, { multi_user: false, pipeline_store: this.store }];
    if (method === 'POST' && call === 'pipelines/upload') return this.uploadPipeline(query, body as string);
    if (method === 'POST' && call === 'pipelines/upload_version') return this.uploadVersion(query, body as string);
    const versions = /^pipelines\/([^/]+)\/versions(?:\/([^/]+))?$/.exec(call);
    if (versions) {
      const own = this.objects.pipeline_versions!.filter((each) => each.pipeline_id === versions[1]);
      if (versions[2] === undefined) return this.page('pipeline_versions', own, query);
      const found = own.find((each) => each.pipeline_version_id === versions[2]);
      return found ? [200, found] : [404, notFound(`version ${versions[2]}`)];
    }
    const [, kind = '', id, verb] = /^(\w+)(?:\/([^/:]+)(?::(\w+))?)?$/.exec(call) ?? [];
    const field = kind === 'recurringruns' ? 'recurringRuns' : kind;
    const all = this.objects[field];
    if (!all) return [404, notFound(path)];
    if (id === undefined) return method === 'POST' ? this.create(field, body as Struct) : this.page(field, all, query);
    const key = field === 'recurringRuns' ? 'recurring_run_id' : `${field.slice(0, -1)}_id`;
    const found = all.find((each) => each[key] === id);
    if (!found) return [404, notFound(`${field} ${id}`)];
    if (method === 'DELETE') all.splice(all.indexOf(found), 1);
    if (verb === 'terminate') found.state = 'CANCELING';
    if (verb === 'enable') Object.assign(found, { mode: 'ENABLE', status: 'ENABLED' });
    if (verb === 'disable') Object.assign(found, { mode: 'DISABLE', status: 'DISABLED' });
    return [200, method === 'GET' ? found : {}];
  }

  private page(field: string, all: readonly Struct[], query: Record<string, string>): [number, unknown] {
    // The server decodes the filter once more.
    const filter = query.filter === undefined ? undefined : JSON.parse(decodeURIComponent(query.filter));
    const kept = all.filter((each) =>
      (filter?.predicates ?? []).every((predicate: Struct) => each[predicate.key as string] === predicate.string_value),
    );
    const inExperiment = kept.filter((each) => !query.experiment_id || each.experiment_id === query.experiment_id);
    const start = query.page_token ? Number(Buffer.from(query.page_token, 'base64').toString()) : 0;
    const size = Math.min(Number(query.page_size ?? 20), this.pageSize);
    const next = start + size < inExperiment.length ? Buffer.from(String(start + size)).toString('base64') : '';
    const page = { [field]: inExperiment.slice(start, start + size), total_size: inExperiment.length };
    return [200, { ...page, ...(next && { next_page_token: next }) }];
  }

  private create(field: string, given: Struct): [number, unknown] {
    const isUnique = field === 'experiments' || field === 'pipelines';
    if (isUnique && this.objects[field]!.some((each) => each.display_name === given.display_name)) {
      const message = `Failed to create: the name ${given.display_name} already exists`;
      return [409, { error: message, code: 6, message, details: [] }];
    }
    const extra: Record<string, Struct> = {
      experiments: { experiment_id: this.id(), storage_state: 'AVAILABLE' },
      pipelines: { pipeline_id: this.id() },
      runs: { run_id: this.id(), state: 'PENDING', storage_state: 'AVAILABLE' },
      recurringRuns: { recurring_run_id: this.id(), status: given.mode === 'ENABLE' ? 'ENABLED' : 'DISABLED' },
    };
    return [200, this.add(field, { ...given, ...extra[field] })];
  }

  private uploadPipeline(query: Record<string, string>, text: string): [number, unknown] {
    const { name, display_name = name, description } = query;
    const [status, pipeline] = this.create('pipelines', { display_name, name, ...(description && { description }) });
    if (status !== 200) return [409, { error_message: 'Failed to create a pipeline and a pipeline version' }];
    const { pipeline_id } = pipeline as Struct;
    this.uploadVersion({ ...query, pipelineid: pipeline_id as string }, text);
    return [200, pipeline];
  }

  private uploadVersion(
    { name, display_name, pipelineid, description }: Record<string, string>,
    text: string,
  ): [number, unknown] {
    const own = this.objects.pipeline_versions!.filter((each) => each.pipeline_id === pipelineid);
    if (own.some((each) => each.name === name)) {
      return [409, { error_message: 'Failed to create a pipeline version', error_details: 'exists' }];
    }
    const [spec, platform] = parseAllDocuments(text).map((document) => ('toJS' in document ? document.toJS() : null));
    if (!spec?.pipelineInfo) return [400, { error_message: 'unknown template format: the spec is no pipeline' }];
    const version = {
      pipeline_id: pipelineid,
      pipeline_version_id: this.id(),
      display_name: display_name ?? name,
      name,
      ...(description && { description }),
      pipeline_spec: platform ? { pipeline_spec: spec, platform_spec: platform } : spec,
    };
    return [200, this.add('pipeline_versions', version)];
  }

  private add(field: string, object: Struct): Struct {
    const created = { ...object, created_at: new Date(1_800_000_000_000 + this.count * 1000).toISOString() };
    this.objects[field]!.unshift(created);
    return created;
  }

  private id(): string {
    this.count += 1;
    return `00000000-0000-4000-8000-${String(this.count).padStart(12, '0')}`;
  }
}

function notFound(what: string): object {
  const message = `ResourceNotFoundError: ${what} not found.`;
  return { error: message, code: 5, message, details: [] };
}

/** The only file of a form. */
function fileOf(raw: Buffer, type: string): string {
  const boundary = /boundary=(.+)$/.exec(type)![1];
  const [, head, content] = /^--[^\r]+\r\n(.*?)\r\n\r\n(.*)\r\n--/s.exec(raw.toString('utf8'))!;
  if (!raw.toString('utf8').startsWith(`--${boundary}`) || !head!.includes('name="uploadfile"'))
    throw new Error('no form');
  return content!;
}
