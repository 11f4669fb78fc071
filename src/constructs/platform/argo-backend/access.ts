import type { PolicyRule } from '../../../components/definition';

const ARGO = 'argoproj.io';

const rule = (apiGroup: string, resources: readonly string[], verbs: readonly string[]): PolicyRule => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});

/** A kind with its finalizers, which whoever makes objects that belong to one must be allowed. */
const withFinalizers = (...kinds: readonly string[]) => kinds.flatMap((kind) => [kind, `${kind}/finalizers`]);

/** The Secret of an agent's certificates, which the controller reads where templates call HTTP or plugins. */
const AGENT_CERTIFICATES = 'argo-workflows-agent-ca-certificates';

/**
 * What the controller does in a namespace with workflows. Argo's own manifests let it read every Secret there; it needs the
 * one.
 *
 * @param cluster whether it runs in the whole cluster
 * @param caching whether it keeps results of tasks for reuse, which is in ConfigMaps
 */
export function controllerRules(cluster: boolean, caching: boolean): PolicyRule[] {
  const templates = ['workflowtemplates', ...(cluster ? ['clusterworkflowtemplates'] : [])];
  return [
    rule('', ['pods', 'pods/exec'], ['create', 'get', 'list', 'watch', 'update', 'patch', 'delete']),
    rule('', ['configmaps', ...(cluster ? ['namespaces'] : [])], ['get', 'watch', 'list']),
    ...(caching ? [rule('', ['configmaps'], ['create', 'update'])] : []),
    rule('', withFinalizers('persistentvolumeclaims'), ['create', 'update', 'delete', 'get']),
    rule(
      ARGO,
      [...withFinalizers('workflows', 'workflowtasksets'), 'workflowartifactgctasks'],
      ['get', 'list', 'watch', 'update', 'patch', 'delete', 'create'],
    ),
    rule(ARGO, withFinalizers(...templates), ['get', 'list', 'watch']),
    rule(ARGO, ['workflowtaskresults'], ['list', 'watch', 'deletecollection']),
    rule(ARGO, withFinalizers('cronworkflows'), ['get', 'list', 'watch', 'update', 'patch', 'delete']),
    rule('', ['serviceaccounts'], ['get', 'list']),
    rule('', ['events'], ['create', 'patch']),
    rule('policy', ['poddisruptionbudgets'], ['create', 'get', 'delete']),
    { ...rule('', ['secrets'], ['get']), resourceNames: [AGENT_CERTIFICATES] },
  ];
}

/** What the controller does in its own namespace: it elects a leader, and reads what its configuration names. */
export function ownRules(secrets: readonly string[]): PolicyRule[] {
  return [
    rule('coordination.k8s.io', ['leases'], ['create', 'get', 'update']),
    rule('', ['configmaps'], ['get', 'watch', 'list']),
    ...(secrets.length > 0 ? [{ ...rule('', ['secrets'], ['get']), resourceNames: [...new Set(secrets)].sort() }] : []),
  ];
}

/** What the server does as itself, in a namespace with workflows. Everything else it does as whoever asks it. */
export function serverRules(cluster: boolean): PolicyRule[] {
  return [
    rule('', ['configmaps'], ['get', 'watch', 'list']),
    rule('', ['pods', 'pods/log'], ['get', 'list', 'watch']),
    rule('', ['events'], ['watch', 'create', 'patch']),
    rule('', ['serviceaccounts'], ['get', 'list', 'watch']),
    rule(
      ARGO,
      [
        'workflows',
        'workfloweventbindings',
        'workflowtemplates',
        'cronworkflows',
        ...(cluster ? ['clusterworkflowtemplates'] : []),
      ],
      ['get', 'list', 'watch'],
    ),
  ];
}

/** Rules of several purposes, those that are equal once. */
export function together(...rules: readonly PolicyRule[]): PolicyRule[] {
  return [...new Map(rules.map((each) => [JSON.stringify(each), each])).values()];
}
