import type { Tree } from '../graph/settings';
import type { PolicyRule, ResourceAction } from './definition';

/** What kubectl asks of the cluster for an action. */
const VERBS: Readonly<Record<ResourceAction, readonly string[]>> = {
  create: ['create'],
  apply: ['create', 'get', 'patch'],
  replace: ['get', 'update'],
  patch: ['get', 'patch'],
  delete: ['delete'],
  get: ['get'],
};

/**
 * What an account must be allowed for an action on an object, no more.
 *
 * @param asks whether the object is looked at when the action is done
 * @param plural the plural of its kind, where that is no plain one
 */
export function resourceRules(
  action: ResourceAction,
  manifest: Tree,
  asks: boolean,
  plural?: string,
): readonly PolicyRule[] {
  const { apiVersion, kind, metadata } = { ...(manifest as object) } as Readonly<Record<string, unknown>>;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
  const verbs = new Set([...(VERBS[action] ?? []), ...(asks ? ['get'] : [])]);
  const { name } = { ...(metadata as object) } as Readonly<Record<string, unknown>>;
  // What is created has no name to be allowed by.
  const isNamed = typeof name === 'string' && !verbs.has('create');
  return [
    {
      apiGroups: [apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.lastIndexOf('/')) : ''],
      resources: [plural ?? pluralOf(kind)],
      verbs: [...verbs].sort(),
      ...(isNamed && { resourceNames: [name] }),
    },
  ];
}

/** The plural that Kubernetes and Argo would guess. */
function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  if (/(s|x|z|ch|sh)$/.test(singular)) return `${singular}es`;
  return /[^aeiou]y$/.test(singular) ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}

/** What of some rules is not allowed by others: `create persistentvolumeclaims`. */
export function missingRules(needed: readonly PolicyRule[], allowed: readonly PolicyRule[]): readonly string[] {
  const missing = needed.flatMap(({ apiGroups, resources, verbs, resourceNames = [undefined] }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs
          .filter(
            (verb) => !resourceNames.every((name) => allowed.some((rule) => allows(rule, group, resource, verb, name))),
          )
          .map((verb) => `${verb} ${resource}${group === '' ? '' : `.${group}`}`),
      ),
    ),
  );
  return [...new Set(missing)];
}

function allows(rule: PolicyRule, group: string, resource: string, verb: string, name: string | undefined): boolean {
  const has = (list: readonly string[], value: string) => list.includes(value) || list.includes('*');
  const { apiGroups, resources, verbs, resourceNames } = rule;
  const isNamed = !resourceNames?.length || (name !== undefined && resourceNames.includes(name));
  return has(apiGroups, group) && has(resources, resource) && has(verbs, verb) && isNamed;
}
