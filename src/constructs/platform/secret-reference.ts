import type { SecretKey } from '../settings/artifacts';

/** A key of a Secret, as Kubernetes refers to it. */
export interface ISecretReference {
  readonly name: string;
  readonly key: string;
}

/** A key of a Secret that is given by name or by itself. */
export function secretKeyOf({ secret, key }: SecretKey): ISecretReference {
  return { name: typeof secret === 'string' ? secret : secret.name, key };
}
