import type { Json } from '../../components/definition';
import type { Connection, KfpAnswer } from './connection';
import { KfpError, reasonOf } from './errors';
import { encode, type Fields, Message, structOf } from './protobuf';

/** An artifact, as the metadata store knows it. */
export interface StoredArtifact {
  /** The output's name. */
  readonly key: string;
  /** Its type, `system.Model`. */
  readonly type: string;
  readonly uri: string;
  readonly metadata: Readonly<Record<string, Json>>;
}

/** What ran: a task, or a group of them. */
export interface StoredExecution {
  readonly id: string;
  /** The task's name; empty for the pipeline itself. */
  readonly name: string;
  readonly state: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CACHED' | 'SKIPPED' | 'UNKNOWN';
  /** True for a task; false for a group. */
  readonly isTask: boolean;
  /** The id of the group that it is in. */
  readonly parent?: string;
  /** Which iteration of a loop it is. */
  readonly iteration?: number;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly artifacts: readonly StoredArtifact[];
}

const SERVICE = '/ml_metadata.MetadataStoreService/';
const BATCH = 100;
/** By the number of `Execution.State`; one that was cancelled was not triggered, in KFP's use of it. */
const STATES = ['UNKNOWN', 'RUNNING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CACHED', 'SKIPPED'] as const;
/** `Event.Type.OUTPUT`. */
const OUTPUT = 4n;
/** Properties that KFP adds to an artifact's metadata. */
const INTERNAL = new Set(['display_name', 'store_session_info']);

/**
 * KFP's metadata store (ML Metadata), which knows what tasks gave. It speaks gRPC; its Envoy proxy, which KFP's UI passes on,
 * takes gRPC-Web, which `fetch` can.
 *
 * @see https://github.com/google/ml-metadata/blob/master/ml_metadata/proto/metadata_store_service.proto
 */
export class MetadataStore {
  public constructor(private readonly connection: Connection) {}

  /** What ran in a run; nothing where it has not begun. @throws KfpError */
  public async executions(runId: string, signal?: AbortSignal): Promise<readonly StoredExecution[]> {
    const named = await this.call('GetContextByTypeAndName', { 1: 'system.PipelineRun', 2: runId }, signal);
    const context = named.message(1)?.int(1);
    if (context === undefined) return [];
    const executions: Message[] = [];
    // A token that came before would go round for ever.
    const seen = new Set<string>();
    for (let token = ''; ; ) {
      const options = encode({ 1: BigInt(BATCH), 3: token === '' ? undefined : token });
      const page = await this.call('GetExecutionsByContext', { 1: context, 2: options }, signal);
      executions.push(...page.messages(1));
      const next = page.text(2) ?? '';
      if (next === '' || seen.has(next)) break;
      seen.add(next);
      token = next;
    }
    const ids = executions.map((execution) => execution.int(1) ?? 0n);
    const events = (await this.inBatches('GetEventsByExecutionIDs', ids, signal)).filter(
      (event) => event.int(4) === OUTPUT,
    );
    const wanted = [...new Set(events.map((event) => event.int(1) ?? 0n))];
    const artifacts = new Map(
      (await this.inBatches('GetArtifactsByID', wanted, signal)).map((artifact) => [artifact.int(1), artifact]),
    );
    const eventsOf = new Map<bigint | undefined, Message[]>();
    for (const event of events) {
      const known = eventsOf.get(event.int(2));
      if (known) known.push(event);
      else eventsOf.set(event.int(2), [event]);
    }
    const parents = new Set(executions.map(parentOf));
    return executions.map((execution): StoredExecution => {
      const id = execution.int(1);
      const given = (eventsOf.get(id) ?? []).flatMap((event) => {
        const artifact = artifacts.get(event.int(1));
        return artifact ? [artifactOf(event.message(3)?.messages(1)[0]?.text(2) ?? '', artifact)] : [];
      });
      return executionOf(execution, given, !parents.has(id));
    });
  }

  private async inBatches(method: string, ids: readonly bigint[], signal?: AbortSignal): Promise<readonly Message[]> {
    const found: Message[] = [];
    for (let at = 0; at < ids.length; at += BATCH) {
      found.push(...(await this.call(method, { 1: ids.slice(at, at + BATCH) }, signal)).messages(1));
    }
    return found;
  }

  private async call(method: string, fields: Fields, signal: AbortSignal | undefined): Promise<Message> {
    const path = `${SERVICE}${method}`;
    const message = encode(fields);
    const frame = Buffer.alloc(5 + message.length);
    frame.writeUInt32BE(message.length, 1);
    frame.set(message, 5);
    let answer: KfpAnswer;
    try {
      answer = await this.connection.send({
        method: 'POST',
        path,
        bytes: { type: 'application/grpc-web+proto', data: frame },
        isRepeatable: true,
        signal,
      });
    } catch (error) {
      if (error instanceof KfpError && (error.status === 404 || error.status === 405))
        throw unavailable(path, reasonOf(error));
      throw error;
    }
    const { status, said, body } = framesOf(answer);
    // NOT_FOUND: nothing has been recorded of the run yet.
    if (status === 5) return new Message(new Uint8Array());
    if (status !== 0)
      throw unavailable(path, status === undefined ? 'what answers is no metadata store' : `${status} ${said}`);
    try {
      return new Message(body);
    } catch (error) {
      throw unavailable(path, (error as Error).message);
    }
  }
}

/** The message and the status of a gRPC-Web answer; the status stands in the last frame, or in the headers where there is none. */
function framesOf({ headers, data }: KfpAnswer): {
  readonly status?: number;
  readonly said: string;
  readonly body: Uint8Array;
} {
  const view = Buffer.from(data);
  let body: Uint8Array = new Uint8Array();
  let trailers = `grpc-status:${headers.get('grpc-status') ?? ''}\ngrpc-message:${headers.get('grpc-message') ?? ''}`;
  if (headers.get('content-type')?.startsWith('application/grpc')) {
    for (let at = 0; at + 5 <= view.length; ) {
      const end = at + 5 + view.readUInt32BE(at + 1);
      const content = view.subarray(at + 5, end);
      if (view[at] === 0x80) trailers = content.toString('latin1');
      else body = content;
      at = end;
    }
  }
  const status = /^grpc-status: *(\d+)/im.exec(trailers)?.[1];
  const said = /^grpc-message: *(.*)/im.exec(trailers)?.[1] ?? '';
  return { ...(status !== undefined && { status: Number(status) }), said: said.trim().slice(0, 500), body };
}

function unavailable(path: string, why: string): KfpError {
  const message = `KFP's metadata store, which knows what runs gave, does not answer: ${why}`;
  const mend = "give the URL of KFP's UI, which passes its calls on, as --metadata-host (metadataHost)";
  return new KfpError({ code: 'KFP1828', message, mend }, { request: { method: 'POST', path } });
}

function executionOf(execution: Message, artifacts: readonly StoredArtifact[], isLeaf: boolean): StoredExecution {
  const properties = execution.map(5);
  const parent = parentOf(execution);
  const type = execution.text(7);
  const iteration = properties.get('iteration_index')?.int(1);
  const outputs = properties.get('outputs')?.message(4);
  return {
    id: String(execution.int(1) ?? 0n),
    name: properties.get('task_name')?.text(3) ?? '',
    state: STATES[Number(execution.int(3) ?? 0n)] ?? 'UNKNOWN',
    isTask: type === undefined ? isLeaf && parent !== undefined : type !== 'system.DAGExecution',
    ...(parent !== undefined && { parent: String(parent) }),
    ...(iteration !== undefined && { iteration: Number(iteration) }),
    parameters: outputs ? structOf(outputs) : {},
    artifacts,
  };
}

/** The group that an execution is in. */
function parentOf(execution: Message): bigint | undefined {
  return execution.map(5).get('parent_dag_id')?.int(1);
}

function artifactOf(key: string, artifact: Message): StoredArtifact {
  const metadata = [...artifact.map(5)].flatMap(([name, value]): [string, Json][] =>
    INTERNAL.has(name) ? [] : [[name, propertyOf(value)]],
  );
  return { key, type: artifact.text(8) ?? '', uri: artifact.text(3) ?? '', metadata: Object.fromEntries(metadata) };
}

/** `ml_metadata.Value` as JSON. */
function propertyOf(value: Message): Json {
  const struct = value.message(4);
  if (struct) return listOrStruct(structOf(struct));
  const int = value.int(1);
  const bool = value.int(6);
  if (int !== undefined) return Number(int);
  if (bool !== undefined) return bool !== 0n;
  return value.double(2) ?? value.text(3) ?? null;
}

/** A list is stored as a struct whose only field is `list`. */
function listOrStruct(struct: Readonly<Record<string, Json>>): Json {
  const keys = Object.keys(struct);
  return keys.length === 1 && keys[0] === 'list' && Array.isArray(struct.list) ? struct.list : struct;
}
