import type { ImageOptions } from '../backend/images';

/** The images of KFP's backend, by what they are. */
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
  | 'persistence-agent'
  | 'scheduled-workflow-controller'
  | 'viewer-crd-controller'
  | 'visualization-server'
  | 'workflow-controller';

/** Where the images of KFP's backend come from. */
export interface KfpImageOptions extends ImageOptions {
  /** Whole references, by what the image is: they stand as they are given. @default - those of the release */
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
