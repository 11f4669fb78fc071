import { parse } from 'yaml';
import { type Any, containersOf, isThere, type Template, templatesIn } from './objects';

/** Something that a pod reads: one key, or all of an object. */
interface Reference {
  readonly of: string;
  readonly namespace: string | undefined;
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly key?: string;
}

type Told = readonly { readonly name: string; readonly key: string }[];

/** Secrets that a program of the backend makes when it runs, by the name of its Deployment. */
const MADE_AT_RUN_TIME: Readonly<Record<string, string>> = { 'webhook-server-tls': 'cache-deployer-deployment' };

/** What pods read, and is neither among the objects, nor told to be made by whoever installs them. */
export function referenceComplaints(objects: readonly Any[], told: Told): string[] {
  const named = [...templatesIn(objects).flatMap(referencesOf), ...configured(objects)];
  return [...new Set(named.filter((each) => !isFound(each, objects, told)).map(describe))];
}

function isFound({ kind, name, key, namespace }: Reference, objects: readonly Any[], told: Told): boolean {
  if (kind === 'ConfigMap') {
    const [map] = objects.filter((each) => each.kind === kind && each.metadata.name === name);
    return map?.metadata.namespace === namespace && (key === undefined || Object.hasOwn(map.data ?? {}, key));
  }
  const maker = MADE_AT_RUN_TIME[name];
  return (
    told.some((each) => each.name === name && (key === undefined || each.key === key)) ||
    objects.some((each) => each.kind === 'Certificate' && each.spec.secretName === name) ||
    (maker !== undefined && isThere(objects, 'Deployment', maker, namespace))
  );
}

function describe({ of, kind, name, key }: Reference): string {
  return `${of}: ${kind} ${name}${key === undefined ? '' : `, key ${key}`}`;
}

function referencesOf(template: Template): Reference[] {
  const { of, namespace, spec } = template;
  const found: Reference[] = [];
  const add = (kind: Reference['kind'], name: string, key: string | undefined, optional: boolean | undefined) => {
    if (!optional) found.push({ of, namespace, kind, name, ...(key !== undefined && { key }) });
  };
  for (const container of containersOf(template)) {
    for (const { valueFrom = {} } of container.env ?? []) {
      const { secretKeyRef: secret, configMapKeyRef: map } = valueFrom;
      if (secret) add('Secret', secret.name, secret.key, secret.optional);
      if (map) add('ConfigMap', map.name, map.key, map.optional);
    }
    for (const { secretRef: secret, configMapRef: map } of container.envFrom ?? []) {
      if (secret) add('Secret', secret.name, undefined, secret.optional);
      if (map) add('ConfigMap', map.name, undefined, map.optional);
    }
  }
  for (const volume of spec.volumes ?? []) {
    for (const { secret, configMap } of [volume, ...(volume.projected?.sources ?? [])]) {
      const keys = (source: Any): (string | undefined)[] => source.items?.map(({ key }: Any) => key) ?? [undefined];
      for (const key of secret ? keys(secret) : [])
        add('Secret', secret.secretName ?? secret.name, key, secret.optional);
      for (const key of configMap ? keys(configMap) : []) add('ConfigMap', configMap.name, key, configMap.optional);
    }
  }
  return found;
}

/** The Secrets that programs and pods of runs are told to read by ConfigMaps: Argo's configuration, KFP's launcher's. */
function configured(objects: readonly Any[]): Reference[] {
  return objects
    .filter(({ kind }) => kind === 'ConfigMap')
    .flatMap(({ metadata, data = {} }) =>
      Object.entries<string>(data).flatMap(([field, text]) =>
        keysIn(parse(text)).map(([name, key]) => ({
          of: `ConfigMap ${metadata.name}, ${field}`,
          namespace: metadata.namespace,
          kind: 'Secret' as const,
          name,
          key,
        })),
      ),
    );
}

function keysIn(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const { name, key, secretName, ...others } = value as Readonly<Record<string, unknown>>;
  const fields = Object.keys(value);
  if (typeof name === 'string' && typeof key === 'string' && fields.length === 2) return [[name, key]];
  if (typeof secretName === 'string') return Object.values(others).map((each) => [secretName, String(each)]);
  return Object.values(value).flatMap(keysIn);
}
