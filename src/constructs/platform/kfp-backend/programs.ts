import { once } from '../../../graph/once';
import { withAuthorities } from './authorities';
import { configured } from './configured';
import { confined } from './confine';
import { identified } from './identity';
import { withMetadataStoreFile } from './metadata-store-file';
import { withMultiUser } from './multi-user';
import { withKubernetesNative } from './native';
import { placed } from './placement';
import type { Program } from './program';
import { apiServer } from './programs/api-server';
import { cacheDeployer, cacheServer } from './programs/cache';
import { objectStoreGateway, throughGateway } from './programs/gateway';
import { metadataEnvoy, metadataStore, metadataWriter } from './programs/metadata';
import { persistenceAgent } from './programs/persistence-agent';
import { scheduledWorkflow } from './programs/scheduled-workflow';
import { ui } from './programs/ui';
import { upstreamMinio, upstreamMysql, upstreamSeaweedfs } from './programs/upstream-stores';
import { viewerController, visualizationServer } from './programs/visualization';
import { workflowController } from './programs/workflow-controller';
import { withProxy } from './proxy';
import { withReadiness } from './readiness';
import { withResources } from './resources';
import type { KfpSettings } from './settings';
import { withTls } from './tls';

/** A way in which programs differ by what was asked for. */
type Feature = (program: Program, settings: KfpSettings) => Program;

/** In this order: each sees what those before it have made. */
const FEATURES: readonly Feature[] = [
  throughGateway,
  withKubernetesNative,
  withMultiUser,
  withTls,
  withMetadataStoreFile,
  withAuthorities,
  withReadiness,
  withProxy,
  identified,
  confined,
  withResources,
  placed,
  configured,
];

/** The programs of a backend, as they are asked for. Made once: its teams look at them too. */
export const programs = once(makePrograms);

function makePrograms(settings: KfpSettings): readonly Program[] {
  const { argo, v1, database, store, release } = settings;
  const stores = release.bundledStore === 'minio' ? upstreamMinio : upstreamSeaweedfs;
  const made = [
    apiServer,
    persistenceAgent,
    scheduledWorkflow,
    ...(settings.ui ? [ui] : []),
    metadataStore,
    metadataEnvoy,
    ...(argo ? [workflowController] : []),
    ...(v1 ? [cacheServer, cacheDeployer, metadataWriter, visualizationServer, viewerController] : []),
    ...(database.bundled === 'upstream' ? [upstreamMysql] : []),
    ...(store.bundled === 'upstream' ? [stores] : []),
    ...(store.azure ? [objectStoreGateway] : []),
  ];
  return made.map((make) => FEATURES.reduce((program, feature) => feature(program, settings), make(settings)));
}
