import { byCodePoint } from './json.mjs';
import { LABELS_OF_KUSTOMIZE } from './normal.mjs';

/** An object by what it is: version, kind, namespace and name. */
export function idOf({ apiVersion, kind, metadata }) {
  return [apiVersion, kind, metadata.namespace ?? '-', metadata.name].join('|');
}

/** What a person would compare of an object, in the form of the facts of upstream's. */
export function factsOf(object) {
  return FACTS[object.kind]?.(object) ?? {};
}

const FACTS = {
  Deployment: programFacts,
  StatefulSet: programFacts,
  Role: ruleFacts,
  ClusterRole: ruleFacts,
  RoleBinding: bindingFacts,
  ClusterRoleBinding: bindingFacts,
  Service: ({ spec: { ports, selector = {} } }) => ({
    ports: ports.map(({ name = null, port, targetPort = null }) => [name, port, targetPort]),
    selector: Object.fromEntries(Object.entries(selector).filter(([key]) => !LABELS_OF_KUSTOMIZE.includes(key))),
  }),
  ConfigMap: keyFacts,
  Secret: keyFacts,
  CustomResourceDefinition: ({ spec }) => ({ versions: spec.versions.map(({ name }) => name), scope: spec.scope }),
};

function programFacts({ spec }) {
  const { serviceAccountName = null, initContainers = [], containers } = spec.template.spec;
  const byName = (list) => Object.fromEntries(list.map((container) => [container.name, containerFacts(container)]));
  return {
    sa: serviceAccountName,
    ...(initContainers.length > 0 && { initContainers: byName(initContainers) }),
    containers: byName(containers),
  };
}

function containerFacts({ image, ports = [], env = [], args = [] }) {
  return {
    image,
    ports: ports.map(({ containerPort }) => containerPort),
    env: Object.fromEntries(env.map((each) => [each.name, sourceOf(each)])),
    args: args.length,
  };
}

function sourceOf({ value, valueFrom = {} }) {
  if (value !== undefined) return value;
  const [[kind, source] = []] = Object.entries(valueFrom);
  if (kind === undefined) return '';
  return `${kind}:${source.name ?? ''}:${source.key ?? source.fieldPath ?? ''}${source.optional ? '?' : ''}`;
}

function ruleFacts({ rules = [] }) {
  const sorted = (list) => [...list].sort(byCodePoint).join(',');
  const texts = rules.map(({ apiGroups = [], resources = [], verbs, resourceNames = [] }) => {
    const names = resourceNames.length > 0 ? ` @${resourceNames.join(',')}` : '';
    return `${apiGroups.join('/')} ${sorted(resources)} ${sorted(verbs)}${names}`;
  });
  return { rules: texts.sort(byCodePoint) };
}

function bindingFacts({ roleRef, subjects = [] }) {
  return {
    ref: roleRef.name,
    subjects: subjects.map(({ kind, namespace = '', name }) => `${kind}:${namespace}/${name}`),
  };
}

function keyFacts({ data = {}, stringData = {} }) {
  return { keys: Object.keys(Object.keys(data).length > 0 ? data : stringData).sort(byCodePoint) };
}
