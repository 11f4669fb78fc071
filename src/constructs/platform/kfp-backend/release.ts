import type { KfpImage } from './images';

/** The releases of KFP's backend that are known, the default first. */
export const KFP_VERSIONS = ['2.17.0', '2.2.0'] as const;

/** How what an older release cannot do is mended. */
export const NEWER = `take version '${KFP_VERSIONS[0]}'`;

/** A release of KFP's backend. */
export type KfpVersion = (typeof KFP_VERSIONS)[number];

/**
 * What is particular to a release. Everything that the programs' files say holds for all of them.
 *
 * @see https://github.com/kubeflow/pipelines/tree/master/manifests/kustomize
 */
export interface KfpRelease {
  readonly version: KfpVersion;
  readonly images: Readonly<Record<KfpImage, string>>;
  /** The release of Argo Workflows that this library installs with it. */
  readonly argo: string;
  /** The keys of upstream's `pipeline-install-config` that programs other than the API server find the database by. */
  readonly databaseKeys: { readonly host: string; readonly port: string };
  /** How the programs of KFP's are asked how they are. */
  readonly probes: 'http' | 'exec';
  /** The object store that upstream installs. */
  readonly bundledStore: 'seaweedfs' | 'minio';
  /** Whether upstream confines its pods, and lets them wait for each other. */
  readonly confined: boolean;
  /** Whether its programs may manage Tekton's runs too. */
  readonly tekton: boolean;
  /** Whether pipelines can be objects of Kubernetes. */
  readonly kubernetesNative: boolean;
  /** Whether pods of runs can be told who their containers run as. */
  readonly securityContext: boolean;
  /** Whether its programs can speak TLS with each other. */
  readonly tls: boolean;
  /** Whether the API server finds its object store by itself, with keys or without. */
  readonly storeByIdentity: boolean;
  /** Whether the user interface asks whether a person may see a team's logs and artifacts, before it shows them. */
  readonly uiAsks: boolean;
  /** Whether runs in other namespaces find KFP's programs in any namespace; else, in `kubeflow` alone. */
  readonly anyNamespace: boolean;
}

/** rclone, the same with every release: upstream has no such program. MIT. */
const GATEWAY_IMAGE = 'docker.io/rclone/rclone:1.76.0';

const RELEASES: Readonly<Record<KfpVersion, KfpRelease>> = {
  '2.17.0': {
    version: '2.17.0',
    images: {
      'api-server': 'ghcr.io/kubeflow/kfp-api-server:2.17.0',
      'persistence-agent': 'ghcr.io/kubeflow/kfp-persistence-agent:2.17.0',
      'scheduled-workflow-controller': 'ghcr.io/kubeflow/kfp-scheduled-workflow-controller:2.17.0',
      frontend: 'ghcr.io/kubeflow/kfp-frontend:2.17.0',
      driver: 'ghcr.io/kubeflow/kfp-driver:2.17.0',
      launcher: 'ghcr.io/kubeflow/kfp-launcher:2.17.0',
      'metadata-store': 'gcr.io/tfx-oss-public/ml_metadata_store_server:1.14.0',
      'metadata-envoy': 'ghcr.io/kubeflow/kfp-metadata-envoy:2.17.0',
      'metadata-writer': 'ghcr.io/kubeflow/kfp-metadata-writer:2.17.0',
      'cache-server': 'ghcr.io/kubeflow/kfp-cache-server:2.17.0',
      'cache-deployer': 'ghcr.io/kubeflow/kfp-cache-deployer:2.17.0',
      'viewer-crd-controller': 'ghcr.io/kubeflow/kfp-viewer-crd-controller:2.17.0',
      'visualization-server': 'ghcr.io/kubeflow/kfp-visualization-server:2.17.0',
      'workflow-controller': 'quay.io/argoproj/workflow-controller:v4.0.5',
      argoexec: 'quay.io/argoproj/argoexec:v4.0.5',
      mysql: 'mysql:8.4',
      'object-store': 'ghcr.io/chrislusf/seaweedfs:4.34',
      'object-store-gateway': GATEWAY_IMAGE,
      busybox: 'ghcr.io/containerd/busybox',
      alpine: 'docker.io/alpine:3.23',
    },
    argo: '4.0.8',
    databaseKeys: { host: 'mysqlHost', port: 'mysqlPort' },
    probes: 'http',
    bundledStore: 'seaweedfs',
    confined: true,
    tekton: false,
    kubernetesNative: true,
    securityContext: true,
    tls: true,
    storeByIdentity: true,
    uiAsks: true,
    anyNamespace: true,
  },
  '2.2.0': {
    version: '2.2.0',
    images: {
      'api-server': 'gcr.io/ml-pipeline/api-server:2.2.0',
      'persistence-agent': 'gcr.io/ml-pipeline/persistenceagent:2.2.0',
      'scheduled-workflow-controller': 'gcr.io/ml-pipeline/scheduledworkflow:2.2.0',
      frontend: 'gcr.io/ml-pipeline/frontend:2.2.0',
      driver: 'gcr.io/ml-pipeline/kfp-driver:2.2.0',
      launcher: 'gcr.io/ml-pipeline/kfp-launcher:2.2.0',
      'metadata-store': 'gcr.io/tfx-oss-public/ml_metadata_store_server:1.14.0',
      'metadata-envoy': 'gcr.io/ml-pipeline/metadata-envoy:2.2.0',
      'metadata-writer': 'gcr.io/ml-pipeline/metadata-writer:2.2.0',
      'cache-server': 'gcr.io/ml-pipeline/cache-server:2.2.0',
      'cache-deployer': 'gcr.io/ml-pipeline/cache-deployer:2.2.0',
      'viewer-crd-controller': 'gcr.io/ml-pipeline/viewer-crd-controller:2.2.0',
      'visualization-server': 'gcr.io/ml-pipeline/visualization-server:2.2.0',
      'workflow-controller': 'gcr.io/ml-pipeline/workflow-controller:v3.4.16-license-compliance',
      argoexec: 'gcr.io/ml-pipeline/argoexec:v3.4.16-license-compliance',
      mysql: 'gcr.io/ml-pipeline/mysql:8.0.26',
      'object-store': 'gcr.io/ml-pipeline/minio:RELEASE.2019-08-14T20-37-41Z-license-compliance',
      'object-store-gateway': GATEWAY_IMAGE,
      busybox: 'gcr.io/google-containers/busybox',
      alpine: 'docker.io/alpine:3.23',
    },
    argo: '3.4.17',
    databaseKeys: { host: 'dbHost', port: 'dbPort' },
    probes: 'exec',
    bundledStore: 'minio',
    confined: false,
    tekton: true,
    kubernetesNative: false,
    securityContext: false,
    tls: false,
    storeByIdentity: false,
    uiAsks: false,
    anyNamespace: false,
  },
};

/** What is particular to a release; of the default one where the release is unknown, which `problems.ts` says. */
export function releaseOf(version: KfpVersion = KFP_VERSIONS[0]): KfpRelease {
  return Object.hasOwn(RELEASES, version) ? RELEASES[version] : RELEASES[KFP_VERSIONS[0]];
}
