import type { Connection } from './connection';
import { kfpProblem, reasonOf } from './errors';
import type { KfpExperiments } from './experiments';
import { isId, noSuch, only } from './found';
import { makeOnce } from './once';
import { type KfpListOptions, list } from './pages';
import type { KfpPipelines } from './pipelines';
import {
  concurrency,
  type KfpRecurringRunChanges,
  type KfpRecurringRunOptions,
  type RecurringRunBody,
  replacement,
} from './recurring-run-body';
import { DEFAULT_EXPERIMENT } from './runs';
import { triggerOf } from './schedule';
import { resolveSource } from './source';
import type { KfpApiRecurringRun } from './types';

const PATH = '/apis/v2beta1/recurringruns';

/** The recurring runs of a server. */
export class KfpRecurringRuns {
  /** @internal */
  public constructor(
    private readonly connection: Connection,
    private readonly namespace: string | undefined,
    private readonly pipelines: KfpPipelines,
    private readonly experiments: KfpExperiments,
    private readonly pauseMs: number,
  ) {}

  /** All recurring runs of the namespace, the newest first. @throws KfpError */
  public list(options: KfpListOptions = {}): Promise<readonly KfpApiRecurringRun[]> {
    const query = { namespace: this.namespace };
    return list(this.connection, { path: PATH, field: 'recurringRuns', query, ...options });
  }

  /** A recurring run. @throws KfpError where there is none */
  public get(id: string, signal?: AbortSignal): Promise<KfpApiRecurringRun> {
    return this.connection.json({ method: 'GET', path: pathOf(id), isRepeatable: true, signal });
  }

  /** The recurring runs of a name; the server takes a name any number of times. @throws KfpError */
  public async named(name: string, signal?: AbortSignal): Promise<readonly KfpApiRecurringRun[]> {
    const query = { namespace: this.namespace };
    const request = { path: PATH, field: 'recurringRuns', query, displayName: name, signal };
    return (await list<KfpApiRecurringRun>(this.connection, request)).filter(
      ({ display_name }) => display_name === name,
    );
  }

  /** The recurring run that is named by its id or its name. @throws KfpError where none or several are */
  public async need(nameOrId: string, signal?: AbortSignal): Promise<KfpApiRecurringRun> {
    if (isId(nameOrId)) return this.get(nameOrId, signal);
    const found = await this.named(nameOrId, signal);
    const exact = only('recurring run', nameOrId, found, (each) => each.recurring_run_id);
    if (exact) return exact;
    throw noSuch(
      'there is no recurring run',
      nameOrId,
      (await this.list({ limit: 100, signal })).map((each) => each.display_name),
    );
  }

  /**
   * Makes a recurring run. It is asked for once: where the server does not answer, it is looked for by its name.
   *
   * @throws KfpError also where one of that name exists, which would run everything twice; DiagnosticsError where arguments
   *   are wrong
   */
  public async create(options: KfpRecurringRunOptions): Promise<KfpApiRecurringRun> {
    const { name, signal, followsLatest = false } = options;
    const trigger = triggerOf(options.schedule);
    const maxConcurrency = concurrency(options.maxConcurrency ?? 1);
    const { body } = await resolveSource(this.pipelines, options, { followsLatest, signal });
    const [existing] = await this.named(name, signal);
    if (existing) {
      const message = `there is a recurring run '${name}' already: ${existing.recurring_run_id}`;
      throw kfpProblem('KFP1826', message, 'update it, or take another name');
    }
    const experiment = await this.experiments.create(options.experiment ?? DEFAULT_EXPERIMENT, undefined, signal);
    const { description, serviceAccount } = options;
    return this.post(
      {
        display_name: name,
        experiment_id: experiment.experiment_id,
        ...body,
        trigger,
        mode: options.isEnabled === false ? 'DISABLE' : 'ENABLE',
        max_concurrency: maxConcurrency,
        no_catchup: options.catchUp === false,
        ...(description !== undefined && { description }),
        ...(serviceAccount !== undefined && { service_account: serviceAccount }),
      },
      signal,
    );
  }

  /** Starts no more runs until it is resumed; those that run go on. @throws KfpError */
  public async pause(id: string, signal?: AbortSignal): Promise<void> {
    await this.connection.json({ method: 'POST', path: `${pathOf(id)}:disable`, isRepeatable: true, signal });
  }

  /** Starts runs again. @throws KfpError */
  public async resume(id: string, signal?: AbortSignal): Promise<void> {
    await this.connection.json({ method: 'POST', path: `${pathOf(id)}:enable`, isRepeatable: true, signal });
  }

  /** Removes a recurring run; its runs stay, and those that run go on. @throws KfpError */
  public async delete(id: string, signal?: AbortSignal): Promise<void> {
    await this.connection.json({
      method: 'DELETE',
      path: pathOf(id),
      // Else Kubernetes removes what the recurring run has started. Servers before 2.16 do not know of it.
      query: { propagation_policy: 'ORPHAN' },
      isRepeatable: true,
      signal,
    });
  }

  /**
   * Changes a recurring run. The API cannot, so another one takes its place: it is made paused, the old one is paused, the new
   * one resumed, the old one removed. So no run starts twice, and what fails on the way is taken back. The new one has
   * another id; runs that the old one started go on, and keep its id.
   *
   * @returns the new one
   * @throws KfpError also where what failed cannot be taken back: it says which of the two is left, and how; DiagnosticsError
   *   where arguments are wrong
   */
  public async update(nameOrId: string, changes: KfpRecurringRunChanges): Promise<KfpApiRecurringRun> {
    const { signal } = changes;
    const old = await this.need(nameOrId, signal);
    const wasEnabled = old.status !== 'DISABLED' && old.mode !== 'DISABLE';
    const isEnabled = changes.isEnabled ?? wasEnabled;
    const created = await this.post({ ...(await replacement(this.pipelines, old, changes)), mode: 'DISABLE' }, signal);
    const [was, is] = [old.recurring_run_id, created.recurring_run_id];
    try {
      if (wasEnabled) await this.pause(was, signal);
      if (isEnabled) await this.resume(is, signal);
    } catch (error) {
      await this.takeBack(was, is, wasEnabled, error as Error);
      throw error;
    }
    try {
      await this.delete(was, signal);
    } catch (error) {
      const message = `the recurring run ${is} has taken the place of ${was}, which is paused but not removed: ${reasonOf(error as Error)}`;
      throw kfpProblem('KFP1827', message, `delete ${was}`);
    }
    return { ...created, mode: isEnabled ? 'ENABLE' : 'DISABLE', status: isEnabled ? 'ENABLED' : 'DISABLED' };
  }

  private async takeBack(was: string, is: string, wasEnabled: boolean, reason: Error): Promise<void> {
    try {
      // First the new one goes, so that not both start runs.
      await this.delete(is);
      if (wasEnabled) await this.resume(was);
    } catch {
      const message = `the update of the recurring run ${was} stopped half way: ${reasonOf(reason)}`;
      throw kfpProblem('KFP1827', message, `delete ${is}, if it is there, and resume ${was}`);
    }
  }

  private post(body: RecurringRunBody, signal: AbortSignal | undefined): Promise<KfpApiRecurringRun> {
    const name = body.display_name;
    return makeOnce(
      `the recurring run '${name}'`,
      async () => new Map((await this.named(name, signal)).map((each) => [each.recurring_run_id, each])),
      async () => {
        const request = { method: 'POST', path: PATH } as const;
        const created = await this.connection.json<KfpApiRecurringRun>({
          ...request,
          json: body,
          isRepeatable: false,
          signal,
        });
        if (typeof created.recurring_run_id === 'string') return created;
        throw this.connection.notKfp(request, 'a recurring run without id');
      },
      { pauseMs: this.pauseMs, signal },
    );
  }
}

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}
