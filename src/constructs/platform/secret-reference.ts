import { isObjectName } from '../../graph/rules/settings';
import type { SecretKey } from '../settings/artifacts';

/** A key of a Secret, as Kubernetes refers to it. */
export interface ISecretReference {
  readonly name: string;
  readonly key: string;
}

/** Secrets that are given by name or by themselves, as pods and accounts refer to them. */
export function secretReferences(secrets: readonly (string | { readonly name: string })[]): { name: string }[] {
  return secrets.map((each) => ({ name: typeof each === 'string' ? each : each?.name }));
}

/** Keys of Secrets, each once. */
export function distinctSecrets(all: readonly ISecretReference[]): readonly ISecretReference[] {
  return [...new Map(all.map((each) => [`${each.name}/${each.key}`, each])).values()];
}

/** Whether Kubernetes takes a key of a Secret or a ConfigMap. */
export function isKey(key: unknown): key is string {
  return typeof key === 'string' && /^[-._a-zA-Z0-9]+$/.test(key);
}

/**
 * A key of a Secret that is given by name or by itself.
 *
 * @throws where it is none; what it is instead may be a credential, and is told to nobody
 */
export function secretKeyOf(given: SecretKey): ISecretReference {
  const { secret, key } = (given ?? {}) as Partial<SecretKey>;
  const name = typeof secret === 'object' ? secret?.name : secret;
  if (typeof name !== 'string' || !isObjectName(name) || !isKey(key)) {
    throw new Error(
      'A credential is given as { secret, key }: the name of a Secret, and of a key in it; never the credential itself.',
    );
  }
  return { name, key };
}
