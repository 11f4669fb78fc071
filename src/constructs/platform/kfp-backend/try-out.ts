import type { Construct } from 'constructs';
import { TryOutDatabase } from '../backend/try-out-database';
import { TryOutStore } from '../backend/try-out-store';
import type { Program } from './program';
import type { KfpSettings, TryOutHosts } from './settings';

/** Where the stores of a try-out are, in a namespace. */
export function tryOutHosts(namespace: string): TryOutHosts {
  return { store: TryOutStore.endpoint(namespace), database: TryOutDatabase.host(namespace) };
}

/** The images of the stores of a try-out. */
export function tryOutImages(settings: KfpSettings): readonly string[] {
  const { store, database } = asked(settings);
  return [store, database].filter((each) => each !== undefined).map(({ image }) => image);
}

/** Makes the stores of a try-out. */
export function addTryOuts(scope: Construct, settings: KfpSettings, programs: readonly Program[]): void {
  const { store, database } = asked(settings);
  const { images = {}, priorityClassName } = settings.props;
  const common = { images, ...(priorityClassName !== undefined && { options: { priorityClassName } }) };
  if (store) new TryOutStore(scope, 'TryOutStore', { ...store, ...common });
  if (database) {
    const clients = programs.filter(({ calls }) => calls.includes('database')).map(({ labels }) => labels);
    new TryOutDatabase(scope, 'TryOutDatabase', { ...database, ...common, clients });
  }
}

/** Those that are asked for, each with its image. */
function asked({ props: { objectStore, database }, image }: KfpSettings) {
  const store = objectStore?.kind === 's3' ? objectStore.tryOut : undefined;
  const own = database?.kind === 'mysql' ? database.tryOut : undefined;
  return {
    store: store && { ...store, image: store.image ?? image('object-store') },
    database: own && { ...own, image: own.image ?? image('mysql') },
  };
}
