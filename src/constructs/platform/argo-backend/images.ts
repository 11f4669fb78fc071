import type { ImageOptions } from '../backend/images';

/** The releases of Argo Workflows that pipelines of this library run on, the default first. */
export const ARGO_VERSIONS = ['4.1.2', '4.0.8', '3.7.18', '3.6.10'] as const;

/** A release of Argo Workflows. */
export type ArgoVersion = (typeof ARGO_VERSIONS)[number];

/** Where Argo publishes its images. */
const PUBLISHED = 'quay.io/argoproj';

/** The images of Argo's programs. */
export type ArgoProgram = 'workflow-controller' | 'argoexec' | 'argocli';

/** An image of Argo's, never a `latest`. */
export function argoImage(
  name: ArgoProgram,
  version: string,
  { registry = PUBLISHED, digests = {} }: ImageOptions,
): string {
  const digest = Object.hasOwn(digests, name) ? digests[name] : undefined;
  return `${registry}/${name}${digest === undefined ? `:v${version}` : `@${digest}`}`;
}
