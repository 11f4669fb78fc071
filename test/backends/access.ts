import { type Any, isSelected, isThere, nameOf, templatesIn } from './objects';

/** What is wrong with who pods are and what they may do: everybody named is there, every role is bound, none is for everything. */
export function accessComplaints(objects: readonly Any[]): string[] {
  const ofKind = (pattern: RegExp) => objects.filter(({ kind }) => pattern.test(kind));
  return [
    ...templatesIn(objects)
      .filter(({ spec }) => spec.serviceAccountName !== undefined)
      .filter(({ spec, namespace }) => !isThere(objects, 'ServiceAccount', spec.serviceAccountName, namespace))
      .map(({ of, spec }) => `${of}: no account ${spec.serviceAccountName}`),
    ...ofKind(/^(Cluster)?RoleBinding$/).flatMap((binding) => bindingComplaints(objects, binding)),
    ...ofKind(/^(Cluster)?Role$/).flatMap((role) => [
      ...(isGiven(role, objects) ? [] : [`${nameOf(role)}: bound to nobody`]),
      ...(role.rules ?? []).filter(isForEverything).map((rule: Any) => `${nameOf(role)}: ${JSON.stringify(rule)}`),
    ]),
  ];
}

function bindingComplaints(objects: readonly Any[], binding: Any): string[] {
  const { roleRef, subjects, metadata } = binding;
  const roles = objects.filter(({ kind }) => /^(Cluster)?Role$/.test(kind));
  return [
    ...(roles.some((role) => isBound(role, binding)) ? [] : [`${nameOf(binding)}: no ${roleRef.kind} ${roleRef.name}`]),
    ...subjects
      .filter(
        ({ kind, name, namespace = metadata.namespace }: Any) =>
          kind !== 'ServiceAccount' || !isThere(objects, kind, name, namespace),
      )
      .map(({ kind, name }: Any) => `${nameOf(binding)}: no ${kind} ${name}`),
  ];
}

/** It is bound; or Kubernetes gathers it from others, or into another one, which people of teams are given in their namespaces. */
function isGiven(role: Any, objects: readonly Any[]): boolean {
  return (
    role.aggregationRule !== undefined ||
    objects.some((each) => /^(Cluster)?RoleBinding$/.test(each.kind) && isBound(role, each)) ||
    objects
      .flatMap(({ aggregationRule }) => aggregationRule?.clusterRoleSelectors ?? [])
      .some(({ matchLabels }: Any) => isSelected(matchLabels, role.metadata.labels))
  );
}

/** A ClusterRole may be bound in one namespace too. */
function isBound({ kind, metadata }: Any, { roleRef, metadata: { namespace } }: Any): boolean {
  return (
    roleRef.kind === kind &&
    roleRef.name === metadata.name &&
    (kind === 'ClusterRole' || metadata.namespace === namespace)
  );
}

/** Names of signers are written so: all that Kubernetes itself signs for. */
const SIGNERS = 'kubernetes.io/*';

function isForEverything({ apiGroups = [], resources = [], verbs, resourceNames = [], nonResourceURLs = [] }: Any) {
  const isSigners = resources.length === 1 && resources[0] === 'signers';
  const names = resourceNames.filter((name: string) => !(isSigners && name === SIGNERS));
  return [...apiGroups, ...resources, ...verbs, ...names, ...nonResourceURLs].some((each) => each.includes('*'));
}
