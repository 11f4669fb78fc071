import type { PolicyRule } from '../../components/definition';
import { isObjectName } from '../../graph/rules/settings';
import type { RequiredObject, Requirements } from '../../review/requirements';
import type { Controller } from './engine';
import type { Finding } from './findings';
import type { Kubectl } from './kubectl';

/** Whether a namespace has what runs need of it. */
export function examineNamespace(
  kubectl: Kubectl,
  namespace: string,
  { objects, rights, caching, artifacts }: Requirements,
  repository: { readonly configMap?: string },
  controller: Controller | undefined,
): Finding[] {
  const { found, unknown } = kubectl.get('namespace', namespace);
  if (!found && unknown === undefined) {
    return [
      {
        verdict: 'missing',
        subject: `namespace ${namespace}`,
        detail: 'there is none',
        mend: `kubectl create namespace ${namespace}`,
      },
    ];
  }
  return [
    ...objects.map((object) => examineObject(kubectl, namespace, object)),
    ...rights.flatMap(({ account, rules }) =>
      allowed(kubectl, namespace, account, `system:serviceaccount:${namespace}:${account}`, rules),
    ),
    ...(caching && controller ? cacheOf(kubectl, namespace, controller) : []),
    ...(artifacts && repository.configMap === undefined ? [repositoryOf(kubectl, namespace, controller)] : []),
  ];
}

/** Whether an object is there, with its keys. */
export function examineObject(
  kubectl: Kubectl,
  namespace: string,
  { kind, name, keys, mend }: RequiredObject,
): Finding {
  const subject = `${kind} ${name}`;
  // kubectl would take what begins with a hyphen for an option.
  if (!isObjectName(name)) {
    return { verdict: 'missing', subject, detail: 'is no name of an object', mend: 'name one that exists' };
  }
  const holds = kind === 'Secret' || kind === 'ConfigMap';
  const { found, unknown } = holds ? kubectl.keys(kind, name, namespace) : kubectl.get(kind, name, '-n', namespace);
  if (unknown !== undefined) return { verdict: 'unknown', subject, detail: unknown };
  if (found === undefined)
    return {
      verdict: 'missing',
      subject,
      detail: `is not in '${namespace}'`,
      mend: mend ?? 'apply the app’s manifests, or make it',
    };
  const missing = holds ? keys.filter((key) => !(found as readonly string[]).includes(key)) : [];
  if (missing.length === 0) return { verdict: 'ok', subject, detail: 'is there' };
  return {
    verdict: 'missing',
    subject,
    detail: `has no ${missing.map((key) => `'${key}'`).join(', ')}`,
    mend: mend ?? 'add the key',
  };
}

/** What somebody may not do of some rules; asked of the API server, as them. */
export function allowed(
  kubectl: Kubectl,
  namespace: string,
  name: string,
  who: string,
  rules: readonly PolicyRule[],
): Finding[] {
  const asked = rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [undefined] }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) => resourceNames.map((object) => ({ verb, resource: inGroup(resource, group), object }))),
      ),
    ),
  );
  const answers = asked.map((each) => ({
    ...each,
    may: kubectl.may(who, each.verb, each.resource, namespace, each.object),
  }));
  const subject = `rights of ${name}`;
  const denied = answers.filter(({ may }) => may === false);
  if (denied.length > 0) {
    return [
      {
        verdict: 'missing',
        subject,
        detail: `may not ${denied.map(({ verb, resource, object }) => [verb, resource, ...(object === undefined ? [] : [object])].join(' ')).join(', ')}`,
        mend: 'a Runner of the app has these rights: apply it, or add them to the account’s role',
      },
    ];
  }
  return answers.some(({ may }) => may === undefined)
    ? [{ verdict: 'unknown', subject, detail: 'cannot be asked: you may not impersonate the account' }]
    : [{ verdict: 'ok', subject, detail: `${asked.length} of ${asked.length}` }];
}

/** As kubectl names resources of a group: `jobs.batch`, `workflows.argoproj.io/status`. */
function inGroup(resource: string, group: string): string {
  const [kind, ...parts] = resource.split('/');
  return [group === '' ? kind : `${kind}.${group}`, ...parts].join('/');
}

/** Reuse of results is the controller's work, and fails in silence. */
function cacheOf(kubectl: Kubectl, namespace: string, { namespace: home, account }: Controller): Finding[] {
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'update'] }];
  const found = allowed(
    kubectl,
    namespace,
    `${home}/${account}, to keep results`,
    `system:serviceaccount:${home}:${account}`,
    rules,
  );
  const mend = 'give the runner `cacheController`, or the backend `caching`';
  return found.map((each) => (each.verdict === 'missing' ? { ...each, mend } : each));
}

function repositoryOf(kubectl: Kubectl, namespace: string, controller: Controller | undefined): Finding {
  const subject = 'artifact repository';
  const own = kubectl.keys('ConfigMap', 'artifact-repositories', namespace);
  if (own.found && own.found.length > 0)
    return { verdict: 'ok', subject, detail: `the ConfigMap 'artifact-repositories' of '${namespace}'` };
  if (!controller) return { verdict: 'unknown', subject, detail: 'the controller’s configuration is not known' };
  const { configMap, namespace: home } = controller;
  const { found, unknown } = kubectl.keys('ConfigMap', configMap, home);
  if (unknown !== undefined) return { verdict: 'unknown', subject, detail: unknown };
  if (found?.includes('artifactRepository'))
    return { verdict: 'ok', subject, detail: `the controller’s, in '${home}'` };
  return {
    verdict: 'missing',
    subject,
    detail: `neither '${namespace}' nor the controller has one`,
    mend: 'configure one: https://argo-workflows.readthedocs.io/en/latest/configure-artifact-repository/',
  };
}
