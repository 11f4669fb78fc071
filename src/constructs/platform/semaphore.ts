import { Construct } from 'constructs';
import { kebab } from '../../graph/names';
import { Manifest } from '../manifest';
import type { ISemaphore } from '../settings/concurrency';
import { factsOf, namespaceOf } from './facts';
import { complain, nameProblems } from './problems';

/** Props of {@link Semaphore}. */
export interface SemaphoreProps {
  /** How many places there are: so many tasks, or runs, hold one at the same time. The others wait. */
  readonly limit: number;
  /** The name of the ConfigMap. @default - the construct's id, in kebab case */
  readonly name?: string | undefined;
}

/**
 * A limited number of places, for tasks (`semaphores: [gpus]` in their settings), for whole runs (the same in a pipeline's
 * props), and for those of several pipelines of a namespace. It is a ConfigMap: whoever changes the number in it changes the
 * limit of what runs.
 *
 * Manifests name it as Argo 3.6 and newer do (`semaphores`, a list); older ones know one `semaphore` only.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/synchronization/
 */
export class Semaphore extends Construct implements ISemaphore {
  public readonly name: string;
  public readonly key = 'limit';

  public constructor(scope: Construct, id: string, { limit, name }: SemaphoreProps) {
    super(scope, id);
    this.name = name ?? kebab(id);
    new Manifest(this, 'Default', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: this.name,
      body: () => ({ fields: { data: { [this.key]: String(limit) } } }),
    });
    factsOf(this).semaphores.push({ name: this.name, namespace: namespaceOf(this) });
    const isLimit = Number.isInteger(limit) && limit >= 1;
    complain(this, new.target, 'KFP1280', [
      ...(isLimit ? [] : [{ message: `the limit of the semaphore is ${limit}`, mend: 'give a whole number from 1' }]),
      ...nameProblems('a semaphore', this.name),
    ]);
  }
}
