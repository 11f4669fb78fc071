import type { PolicyRule } from '../components/definition';
import type { PublishedBackend } from '../constructs/publish-backend';
import { type RequiredObject, type RequiredRights, referencesIn } from './requirements';

/** A kind that somebody else's installation defines. */
export interface RequiredKind {
  readonly group: string;
  readonly kind: string;
}

/** What a backend needs of its cluster to run. */
export interface BackendRequirements {
  /** Definitions of its own kinds, beside Argo's: `scheduledworkflows.kubeflow.org`. */
  readonly definitions: readonly string[];
  /** Kinds of its objects that Kubernetes itself does not have. */
  readonly kinds: readonly RequiredKind[];
  /** Its programs, by kind and name. */
  readonly programs: readonly { readonly kind: 'Deployment' | 'StatefulSet'; readonly name: string }[];
  readonly objects: readonly RequiredObject[];
  readonly rights: readonly RequiredRights[];
  /** The classes of its volumes; undefined: the cluster's default. */
  readonly storageClasses: readonly (string | undefined)[];
  /** Claims that must have got a volume. */
  readonly claims: readonly string[];
  /** Webhooks, which certificates are written into. */
  readonly webhooks: readonly { readonly kind: string; readonly name: string }[];
}

/** How what the app's manifests make comes to be. */
export const APPLY = 'apply the app’s manifests';

/** Any object of Kubernetes', of which little is known. */
interface AnyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: specs of every kind
  readonly [field: string]: any;
}

/** What a backend needs, read off its objects. */
export function backendRequirementsOf(backend: PublishedBackend): BackendRequirements {
  const { namespace, runner, secrets, definitions } = backend;
  const all = backend.objects as readonly AnyObject[];
  const own = all.filter(({ metadata }) => metadata.namespace === namespace);
  const of = (...kinds: readonly string[]) => own.filter(({ kind }) => kinds.includes(kind));
  const programs = of('Deployment', 'StatefulSet');
  const templates = programs.flatMap(({ spec }) => spec.volumeClaimTemplates ?? []);
  const claims = of('PersistentVolumeClaim');
  return {
    definitions: definitions.filter((name) => !name.endsWith('.argoproj.io')),
    kinds: foreignKinds(all),
    programs: programs.map(({ kind, metadata }) => ({
      kind: kind as 'Deployment' | 'StatefulSet',
      name: metadata.name,
    })),
    objects: requiredObjects(own, programs, secrets),
    rights: runner === undefined ? [] : [{ account: runner, rules: rulesOf(own, runner) }],
    storageClasses: [
      ...new Set([...claims, ...templates].map(({ spec }): string | undefined => spec.storageClassName)),
    ],
    claims: claims.map(({ metadata }) => metadata.name),
    webhooks: all
      .filter(({ kind }) => /^(Mutating|Validating)WebhookConfiguration$/.test(kind))
      .map(({ kind, metadata }) => ({ kind, name: metadata.name })),
  };
}

function requiredObjects(
  own: readonly AnyObject[],
  programs: readonly AnyObject[],
  secrets: PublishedBackend['secrets'],
): readonly RequiredObject[] {
  const made = new Map<string, string>();
  for (const { kind, metadata, spec } of own) if (kind === 'Certificate') made.set(spec.secretName, metadata.name);
  const configuration = own
    .filter(({ kind }) => kind === 'ConfigMap')
    .map(
      ({ metadata, data }): RequiredObject => ({
        kind: 'ConfigMap',
        name: metadata.name,
        keys: Object.keys(data ?? {}),
      }),
    );
  const certificates = own
    .filter(({ kind }) => kind === 'Ingress')
    .flatMap(({ spec }) => spec.tls ?? [])
    .flatMap(({ secretName }): RequiredObject[] =>
      secretName === undefined ? [] : [{ kind: 'Secret', name: secretName, keys: ['tls.crt', 'tls.key'] }],
    );
  const all = [
    ...programs.flatMap(referencesIn),
    ...configuration,
    ...certificates,
    ...[...made.keys()].map((name): RequiredObject => ({ kind: 'Secret', name, keys: ['tls.crt', 'tls.key'] })),
    ...secrets.map(({ name, key }): RequiredObject => ({ kind: 'Secret', name, keys: [key] })),
  ];
  const found = new Map<string, RequiredObject>();
  for (const each of all) {
    // Claims are looked at by themselves.
    if (each.kind === 'PersistentVolumeClaim') continue;
    const id = `${each.kind}/${each.name}`;
    const keys = [...new Set([...(found.get(id)?.keys ?? []), ...each.keys])];
    found.set(id, { ...each, keys });
  }
  const applied = new Set(own.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  return [...found].map(([id, object]) => ({
    ...object,
    mend: mendOf(object, applied.has(id), made.get(object.name)),
  }));
}

/** How an object comes to be: with the manifests, by cert-manager, or by somebody's hand. */
function mendOf({ kind, keys }: RequiredObject, isApplied: boolean, certificate: string | undefined): string {
  if (isApplied) return APPLY;
  if (kind !== 'Secret') return 'make it: it is none of the app’s';
  if (certificate !== undefined) return `kubectl describe certificate ${certificate}`;
  const named = keys.length === 0 ? '' : ` with ${keys.map((key) => `'${key}'`).join(', ')}`;
  return `make it${named}: no manifest holds it`;
}

/** What roles of a backend's let an account do. */
function rulesOf(own: readonly AnyObject[], account: string): readonly PolicyRule[] {
  const roles = own
    .filter(
      ({ kind, subjects = [] }) =>
        kind === 'RoleBinding' && subjects.some((each: { name: string }) => each.name === account),
    )
    .map(({ roleRef }) => roleRef.name as string);
  return own
    .filter(({ kind, metadata }) => kind === 'Role' && roles.includes(metadata.name))
    .flatMap(({ rules }) => rules);
}

/** Groups of API that a cluster has by itself. */
const BUILT_IN = new Set([
  '',
  'apps',
  'batch',
  'policy',
  'autoscaling',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'coordination.k8s.io',
  'networking.k8s.io',
  'rbac.authorization.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

function foreignKinds(all: readonly AnyObject[]): readonly RequiredKind[] {
  const kinds = all
    .map(({ apiVersion, kind }) => ({ group: apiVersion.includes('/') ? apiVersion.split('/')[0]! : '', kind }))
    .filter(({ group }) => !BUILT_IN.has(group));
  return [...new Map(kinds.map((each) => [`${each.kind}.${each.group}`, each])).values()];
}
