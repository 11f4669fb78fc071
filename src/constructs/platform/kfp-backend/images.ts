import type { ImageOptions } from '../backend/images';
import type { Program } from './program';
import type { KfpSettings } from './settings';
import { tryOutImages } from './try-out';

/** The images of KFP's backend, by what they are; docs/kfp-backend.md says which program is of which. */
export type KfpImage =
  | 'alpine'
  | 'api-server'
  | 'argoexec'
  | 'busybox'
  | 'cache-deployer'
  | 'cache-server'
  | 'driver'
  | 'frontend'
  | 'launcher'
  | 'metadata-envoy'
  | 'metadata-store'
  | 'metadata-writer'
  | 'mysql'
  | 'object-store'
  | 'object-store-gateway'
  | 'persistence-agent'
  | 'scheduled-workflow-controller'
  | 'viewer-crd-controller'
  | 'visualization-server'
  | 'workflow-controller';

/** Where the images of KFP's backend come from. */
export interface KfpImageOptions extends ImageOptions {
  /**
   * Whole references, by what the image is (`frontend`, not the Deployment's name `ml-pipeline-ui`): they stand as they are given, whatever
   * `registry` and `digests` say.
   * @default - those of the release
   */
  readonly overrides?: { readonly [image in KfpImage]?: string } | undefined;
}

/**
 * An image as pods name it: as it is overridden; else from the mirror, by its digest or its tag.
 *
 * @param published where it is published, with a tag
 */
export function imageOf(
  image: KfpImage,
  published: string,
  { registry, digests = {}, overrides = {} }: KfpImageOptions,
): string {
  const own = Object.hasOwn(overrides, image) ? overrides[image] : undefined;
  if (own !== undefined) return own;
  const { name, tag } = partsOf(published);
  const place = registry === undefined ? name : `${registry}/${name.slice(name.lastIndexOf('/') + 1)}`;
  const digest = Object.hasOwn(digests, image) ? digests[image] : undefined;
  return `${place}${digest === undefined ? tag : `@${digest}`}`;
}

/** Name, and tag or digest with what separates it. */
function partsOf(image: string): { readonly name: string; readonly tag: string } {
  const at = /(?::[^:/@]+|@.+)$/.exec(image)?.index ?? image.length;
  return { name: image.slice(0, at), tag: image.slice(at) };
}

/**
 * Every image that the pods of a backend, and those of its runs beside the tasks' own, are made of: for a mirror. Those of runs stand
 * in no pod: the API server and Argo are told of them.
 */
export function imagesOf(settings: KfpSettings, programs: readonly Program[]): readonly string[] {
  const { image, argo, v1 } = settings;
  const own = programs.flatMap(({ pod }) => [...(pod.initContainers ?? []), ...pod.containers]);
  const runs: readonly KfpImage[] = [
    'driver',
    'launcher',
    ...(argo ? (['argoexec'] as const) : []),
    ...(v1 ? (['busybox'] as const) : []),
  ];
  return [
    ...new Set([...own.map((container) => container.image ?? ''), ...runs.map(image), ...tryOutImages(settings)]),
  ];
}
