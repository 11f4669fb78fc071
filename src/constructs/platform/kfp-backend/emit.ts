import { Construct } from 'constructs';
import { Manifest } from '../../manifest';
import { unshared } from '../unshared';
import type { Access, Program } from './program';

const RBAC = 'rbac.authorization.k8s.io';

/** Makes the objects that a program consists of, in a scope of its own. */
export function emitProgram(parent: Construct, program: Program, namespace: string): void {
  const scope = new Construct(parent, program.name);
  const { name, labels, account, access = [], services = [] } = program;
  if (account !== undefined) {
    emitAccount(scope, account, {
      labels: program.accountLabels ?? {},
      annotations: program.accountAnnotations ?? {},
    });
  }
  access.forEach((each, index) => {
    emitAccess(scope, `Access${index || ''}`, each, { kind: 'ServiceAccount', name: account ?? 'default', namespace });
  });
  new Manifest(scope, 'Deployment', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name,
    labels: program.deploymentLabels ?? labels,
    body: () => ({ fields: { spec: unshared(deploymentSpec(program)) } }),
  });
  services.forEach((service, index) => {
    new Manifest(scope, `Service${index || ''}`, {
      apiVersion: 'v1',
      kind: 'Service',
      name: service.name,
      labels: service.labels ?? {},
      annotations: service.annotations ?? {},
      body: () => ({ fields: { spec: unshared({ selector: labels, ports: service.ports }) } }),
    });
  });
}

/** A service account. */
export function emitAccount(
  scope: Construct,
  name: string,
  about: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly fields?: Readonly<Record<string, unknown>>;
  } = {},
): void {
  new Manifest(scope, 'Account', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    name,
    labels: about.labels ?? {},
    annotations: about.annotations ?? {},
    body: () => ({ fields: unshared(about.fields ?? {}) }),
  });
}

/**
 * A role and its binding.
 *
 * @param subject to whom it is given where the access does not say
 */
export function emitAccess(
  scope: Construct,
  id: string,
  access: Access,
  subject: Readonly<Record<string, string>>,
): void {
  const { role, binding = role, rules, labels = {}, bindingLabels = labels, cluster } = access;
  const kind = cluster ? 'ClusterRole' : 'Role';
  const common = { apiVersion: `${RBAC}/v1`, ...(cluster && { namespace: 'none' }) };
  new Manifest(scope, `${id}Role`, {
    ...common,
    kind,
    name: role,
    labels,
    body: () => ({ fields: { rules: unshared(rules) } }),
  });
  new Manifest(scope, `${id}RoleBinding`, {
    ...common,
    kind: `${kind}Binding`,
    name: binding,
    labels: bindingLabels,
    body: () => ({
      fields: { roleRef: { apiGroup: RBAC, kind, name: role }, subjects: [{ ...(access.subject ?? subject) }] },
    }),
  });
}

function deploymentSpec({ labels, account, replicas, recreate, podLabels, podAnnotations, pod }: Program): object {
  return {
    ...(replicas !== undefined && { replicas }),
    selector: { matchLabels: labels },
    ...(recreate && { strategy: { type: 'Recreate' } }),
    template: {
      metadata: { labels: { ...podLabels, ...labels }, ...(podAnnotations && { annotations: podAnnotations }) },
      spec: { ...(account !== undefined && { serviceAccountName: account }), ...pod },
    },
  };
}
