/** Where images come from, where it is not where they are published. */
export interface ImageOptions {
  /**
   * A registry, with a path where it has one, that holds them by the last segment of their names: of `mirror.example.com/quay`,
   * `quay.io/argoproj/argoexec:v4.0.8` is `mirror.example.com/quay/argoexec:v4.0.8`. `images` of the backend lists them all.
   * @default - where they are published
   */
  readonly registry?: string | undefined;
  /**
   * Digests (`sha256:…`), which stand instead of tags. Their keys are what images are: `workflow-controller`, `argoexec`, `argocli`
   * of an `ArgoBackend`, those of `KfpImage` of a `KfpBackend`.
   * @default - tags of the version
   */
  readonly digests?: { readonly [image: string]: string } | undefined;
  /** Secrets with credentials of the registry. @default - none */
  readonly pullSecrets?: readonly (string | { readonly name: string })[] | undefined;
  /** @default - Kubernetes': `IfNotPresent`, since no image is a `latest` */
  readonly pullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | undefined;
}
