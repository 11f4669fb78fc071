import type { Connection } from './connection';
import { kfpProblem } from './errors';
import type { KfpExperiments } from './experiments';
import { isId, noSuch, only } from './found';
import { makeOnce } from './once';
import { type KfpListOptions, list } from './pages';
import type { KfpPipelines } from './pipelines';
import { type KfpRunSource, resolveSource } from './source';
import type { KfpApiRun } from './types';
import { type KfpWaitOptions, waitFor } from './wait';

const PATH = '/apis/v2beta1/runs';

/** The experiment that KFP has for runs of which none is named. */
export const DEFAULT_EXPERIMENT = 'Default';

/** What all runs and recurring runs can be given. */
export interface KfpRunSettings extends KfpRunSource {
  /** The experiment's name; it is made where there is none. @default 'Default' */
  readonly experiment?: string | undefined;
  /** Describes the run. @default - nothing does */
  readonly description?: string | undefined;
  /** The Kubernetes service account of the run's pods. @default - the server's */
  readonly serviceAccount?: string | undefined;
  /** Ends the call. @default - nothing does */
  readonly signal?: AbortSignal | undefined;
}

/** A run to be made. */
export interface KfpRunOptions extends KfpRunSettings {
  /** The run's name. @default - the pipeline's with the time */
  readonly name?: string | undefined;
}

/** Which runs to list. */
export interface KfpListRunsOptions extends KfpListOptions {
  /** The id of the experiment whose runs are listed. @default - all of the namespace */
  readonly experimentId?: string | undefined;
}

/** The runs of a server. */
export class KfpRuns {
  /** @internal */
  public constructor(
    private readonly connection: Connection,
    private readonly namespace: string | undefined,
    private readonly pipelines: KfpPipelines,
    private readonly experiments: KfpExperiments,
    private readonly pauseMs: number,
  ) {}

  /**
   * Starts a run. It is asked for once: where the server does not answer, the run is looked for by its name.
   *
   * @throws KfpError also where it is not known whether it was made; DiagnosticsError where arguments are wrong
   */
  public async create(options: KfpRunOptions): Promise<KfpApiRun> {
    const { signal } = options;
    const { name: pipeline, body } = await resolveSource(this.pipelines, options, { signal });
    const experiment = await this.experiments.create(options.experiment ?? DEFAULT_EXPERIMENT, undefined, signal);
    const name = options.name ?? `${pipeline} ${new Date().toISOString().slice(0, 19).replace('T', ' ')}`;
    const query = { experiment_id: experiment.experiment_id };
    return makeOnce(
      `the run '${name}'`,
      async () => {
        const request = { path: PATH, field: 'runs', query, displayName: name, signal };
        return new Map((await list<KfpApiRun>(this.connection, request)).map((run) => [run.run_id, run]));
      },
      async () => {
        const request = { method: 'POST', path: PATH } as const;
        const run = await this.connection.json<KfpApiRun>({
          ...request,
          json: {
            display_name: name,
            experiment_id: experiment.experiment_id,
            ...body,
            ...(options.description !== undefined && { description: options.description }),
            ...(options.serviceAccount !== undefined && { service_account: options.serviceAccount }),
          },
          isRepeatable: false,
          signal,
        });
        if (typeof run.run_id !== 'string') throw this.connection.notKfp(request, 'a run without id');
        return run;
      },
      { pauseMs: this.pauseMs, signal },
    );
  }

  /** Runs, the newest first. @throws KfpError */
  public list({ experimentId, ...options }: KfpListRunsOptions = {}): Promise<readonly KfpApiRun[]> {
    const query = experimentId !== undefined ? { experiment_id: experimentId } : { namespace: this.namespace };
    return list(this.connection, { path: PATH, field: 'runs', query, ...options });
  }

  /** A run, with the states of its tasks. @throws KfpError where there is none */
  public get(id: string, signal?: AbortSignal): Promise<KfpApiRun> {
    return this.connection.json({ method: 'GET', path: pathOf(id), isRepeatable: true, signal });
  }

  /** The id of a run that is named by its id or its name. @throws KfpError where none or several are */
  public async idOf(run: string, signal?: AbortSignal): Promise<string> {
    if (isId(run)) return run;
    const query = { namespace: this.namespace };
    const request = { path: PATH, field: 'runs', query, displayName: run, signal };
    const found = (await list<KfpApiRun>(this.connection, request)).filter(({ display_name }) => display_name === run);
    const id = only('run', run, found, (each) => each.run_id)?.run_id;
    if (id === undefined) throw noSuch('there is no run', run);
    return id;
  }

  /** Stops a run. Doing so twice does no more. @throws KfpError also where it has ended */
  public async terminate(id: string, signal?: AbortSignal): Promise<void> {
    await this.connection.json({ method: 'POST', path: `${pathOf(id)}:terminate`, isRepeatable: true, signal });
  }

  /**
   * Waits until a run has ended, however it ends.
   *
   * @returns the run as it ended
   * @throws KfpError where the server does not answer any more, or the time is up
   */
  public wait(id: string, options: KfpWaitOptions = {}): Promise<KfpApiRun> {
    if (id === '') throw kfpProblem('KFP1820', 'the id of the run is empty', 'give the id');
    return waitFor((signal) => this.get(id, signal), options);
  }
}

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}
