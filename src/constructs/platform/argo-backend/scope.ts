import type { PolicyRule } from '../../../components/definition';
import type { BackendObjects } from '../backend/objects';
import { together } from './access';
import type { ArgoScope } from './props';

/** How Argo's programs are told where workflows run. */
export function scopeArguments(scope: ArgoScope = 'namespace'): readonly string[] {
  if (scope === 'cluster') return [];
  return scope === 'namespace' ? ['--namespaced'] : ['--namespaced', '--managed-namespace', scope.managedNamespace];
}

/** What an account may do in its own namespace, and where workflows run. */
export function addRoles(
  objects: BackendObjects,
  id: string,
  account: string,
  scope: ArgoScope = 'namespace',
  { own, work }: { readonly own: readonly PolicyRule[]; readonly work: readonly PolicyRule[] },
): void {
  if (scope === 'namespace') {
    objects.role(`${id}Role`, account, account, together(...own, ...work));
    return;
  }
  objects.role(`${id}Role`, account, account, own);
  // A name of the whole cluster's tells whose it is.
  if (scope === 'cluster') objects.role(`${id}WorkRole`, `${objects.namespace}-${account}`, account, work, 'none');
  else objects.role(`${id}WorkRole`, account, account, work, scope.managedNamespace);
}
