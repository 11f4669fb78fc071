import type { Connection } from './connection';
import { KfpError } from './errors';
import { noSuch, only } from './found';
import { type KfpListOptions, list } from './pages';
import type { KfpApiExperiment } from './types';

const PATH = '/apis/v2beta1/experiments';

/** The experiments of a server: groups of runs. */
export class KfpExperiments {
  /** @internal */
  public constructor(
    private readonly connection: Connection,
    private readonly namespace: string | undefined,
  ) {}

  /** All experiments of the namespace, the newest first. @throws KfpError */
  public list(options: KfpListOptions = {}): Promise<readonly KfpApiExperiment[]> {
    return list(this.connection, {
      path: PATH,
      field: 'experiments',
      query: { namespace: this.namespace },
      ...options,
    });
  }

  /** An experiment by its id. @throws KfpError where there is none */
  public get(id: string, signal?: AbortSignal): Promise<KfpApiExperiment> {
    const path = `${PATH}/${encodeURIComponent(id)}`;
    return this.connection.json({ method: 'GET', path, isRepeatable: true, signal });
  }

  /** An experiment by its name; undefined where there is none. @throws KfpError */
  public async find(name: string, signal?: AbortSignal): Promise<KfpApiExperiment | undefined> {
    const query = { namespace: this.namespace };
    const found = await list<KfpApiExperiment>(this.connection, {
      path: PATH,
      field: 'experiments',
      query,
      displayName: name,
      signal,
    });
    const exact = found.filter((each) => each.display_name === name);
    return only('experiment', name, exact, (each) => each.experiment_id);
  }

  /** An experiment by its name. @throws KfpError where there is none */
  public async need(name: string, signal?: AbortSignal): Promise<KfpApiExperiment> {
    const found = await this.find(name, signal);
    if (found) return found;
    throw noSuch(
      'there is no experiment',
      name,
      (await this.list({ limit: 100, signal })).map((each) => each.display_name),
    );
  }

  /**
   * The experiment of a name, which is made where there is none.
   *
   * @param description describes it where it is made
   * @throws KfpError
   */
  public async create(name: string, description?: string, signal?: AbortSignal): Promise<KfpApiExperiment> {
    const found = await this.find(name, signal);
    if (found) return found;
    const request = { method: 'POST', path: PATH } as const;
    try {
      const created = await this.connection.json<KfpApiExperiment>({
        ...request,
        json: {
          display_name: name,
          ...(description !== undefined && { description }),
          ...(this.namespace !== undefined && { namespace: this.namespace }),
        },
        // A name is taken once in a namespace.
        isRepeatable: true,
        signal,
      });
      if (typeof created.experiment_id === 'string') return created;
    } catch (error) {
      // Another client was faster, or the answer was lost.
      if (!(error instanceof KfpError) || !(error.status === 409 || error.isAmbiguous)) throw error;
      const made = await this.find(name, signal);
      if (!made) throw error;
      return made;
    }
    throw this.connection.notKfp(request, 'an experiment without id');
  }
}
