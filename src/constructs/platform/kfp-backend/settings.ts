import type { Construct } from 'constructs';
import { TRY_OUT_STORE_IMAGE } from '../backend/try-out-store';
import { type DatabaseBinding, databaseBinding, UPSTREAM_DATABASE } from './database';
import { imageOf, type KfpImage, type KfpImageOptions } from './images';
import type { KfpMultiUser } from './multi-user-props';
import type { CertificateIssuer, KfpBackendProps, KfpParityProps } from './props';
import { type KfpRelease, releaseOf } from './release';
import { type StoreBinding, storeBinding, upstreamStore } from './store';

/** Everything that the objects of a backend depend on, decided. */
export interface KfpSettings {
  readonly namespace: string;
  readonly release: KfpRelease;
  /** True for upstream's own objects; false for ours, which are secure by default. */
  readonly parity: boolean;
  readonly database: DatabaseBinding;
  readonly store: StoreBinding;
  readonly clusterDomain: string;
  readonly timezone: string;
  readonly ui: boolean;
  readonly v1: boolean;
  /** Where pipelines are objects of Kubernetes: who signs the webhook's certificate, or itself. */
  readonly kubernetesNative?: { readonly issuer?: CertificateIssuer };
  readonly tls?: { readonly issuer?: CertificateIssuer };
  readonly multiUser?: KfpMultiUser;
  /** False where Argo Workflows is somebody else's. */
  readonly argo: boolean;
  /** The props that were given; in parity, none but those of both. */
  readonly props: Partial<Omit<KfpBackendProps, 'parity'>>;
  /** An image as pods name it. */
  image(name: KfpImage): string;
}

/** Decides, from what was given. */
export function settingsOf(
  given: KfpBackendProps | KfpParityProps,
  namespace: string,
  tryOut: TryOutHosts,
): KfpSettings {
  const release = releaseOf(given.version);
  const { kubernetesNative } = given;
  const native = kubernetesNative === true ? {} : kubernetesNative || undefined;
  const common = { namespace, release, ...(native && { kubernetesNative: native }) };
  if (given.parity === 'upstream') {
    const { parity: _, ...props } = given;
    return {
      ...common,
      parity: true,
      database: UPSTREAM_DATABASE,
      store: upstreamStore(release, namespace),
      clusterDomain: 'cluster.local',
      timezone: 'UTC',
      ui: true,
      v1: true,
      argo: true,
      props,
      image: (name) => release.images[name],
    };
  }
  const props = given;
  const { images = {}, database, objectStore, tls, multiUser } = props;
  return {
    ...common,
    parity: false,
    database:
      database.kind === 'mysql' && database.tryOut
        ? { ...databaseBinding(database, props.metadataDatabase), host: tryOut.database, bundled: 'try-out' }
        : databaseBinding(database, props.metadataDatabase),
    store: storeBinding(objectStore, tryOut.store, namespace),
    clusterDomain: props.clusterDomain ?? 'cluster.local',
    timezone: props.timezone ?? 'UTC',
    ui: props.ui ?? true,
    v1: props.v1 ?? false,
    ...(tls && { tls }),
    ...(multiUser && { multiUser }),
    argo: props.argo !== 'external',
    props,
    image: (name) => imageOf(name, publishedImage(name, release), images as KfpImageOptions),
  };
}

/** What each backend was made with, for constructs that belong to it. */
const KNOWN = new WeakMap<object, KfpSettings>();

/** Keeps what a backend was made with. */
export function remember(backend: Construct, settings: KfpSettings): void {
  KNOWN.set(backend, settings);
}

/** What a backend was made with; undefined for what is none. */
export function rememberedSettings(backend: object): KfpSettings | undefined {
  return KNOWN.get(backend);
}

/** Where the stores of a try-out are. */
export interface TryOutHosts {
  readonly store: string;
  readonly database: string;
}

/**
 * Where an image is published: Argo's of the release that this library installs, what upstream names without a version, and stores for
 * trying out, which are the same with every release.
 */
function publishedImage(name: KfpImage, release: KfpRelease): string {
  const argo = `quay.io/argoproj/${name}:v${release.argo}`;
  if (name === 'workflow-controller') return argo;
  // KFP's newer releases start no container of a pod of theirs as root, which Argo's other image of it is.
  if (name === 'argoexec') return release.confined ? `${argo}-nonroot` : argo;
  return OWN_IMAGES[name] ?? release.images[name];
}

const OWN_IMAGES: { readonly [image in KfpImage]?: string } = {
  busybox: 'ghcr.io/containerd/busybox:1.36',
  mysql: 'docker.io/library/mysql:8.4',
  'object-store': TRY_OUT_STORE_IMAGE,
};
