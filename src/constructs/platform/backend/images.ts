/** Where images come from, where it is not where they are published. */
export interface ImageOptions {
  /**
   * A registry, with a path where it has one, that holds them under the same names: `mirror.example.com/quay`.
   * @default - where they are published
   */
  readonly registry?: string | undefined;
  /** Digests (`sha256:…`), by the image's name: they stand instead of tags. @default - tags of the version */
  readonly digests?: { readonly [image: string]: string } | undefined;
  /** Secrets with credentials of the registry. @default - none */
  readonly pullSecrets?: readonly (string | { readonly name: string })[] | undefined;
  /** @default - Kubernetes': `IfNotPresent`, since no image is a `latest` */
  readonly pullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | undefined;
}
