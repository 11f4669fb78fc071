import { optionalName, optionalObjectOf, optionalSourceOf } from '../graph/optional-objects';
import {
  type GraphResources,
  type GraphTaskSettings,
  type GraphVolume,
  holdsRunValue,
  isRunValue,
  type RunValue,
  type Tree,
  type TreeObject,
} from '../graph/settings';
import { isNothing, string } from './expression-printer';
import { type Patch, PatchExpression, type SettingPrinter } from './setting-printer';
import { lateContainer } from './side-containers';

/**
 * The fields of the pod that Argo's template has no place for, and those that values of the run decide on.
 *
 * @param line what the run decides on of the main container's command line
 */
export function podPatch(
  settings: GraphTaskSettings,
  print: SettingPrinter,
  line: { readonly [field: string]: Patch } = {},
): string | undefined {
  const { lateNodeSelector, affinity, tolerations, extraPodSpec, extraContainerSpec } = settings;
  const resources = lateResources(settings, print);
  const claims = settings.resources?.claims;
  const late = lateVolumesOf(settings);
  const volumes = (settings.volumes ?? []).filter(({ name }) => late.has(name));
  const mounts = (settings.mounts ?? [])
    .filter(({ volume }) => late.has(volume))
    .map(({ volume, path, ...rest }): TreeObject => ({ name: volume, mountPath: path, ...rest }));
  const absent = new Map(volumes.map((volume) => [volume.name, optionalObjectOf(volume)]));
  const lateMounts = listed(
    mounts.map((mount) => [mount, absent.get(mount.name as string)]),
    print,
  );
  const variables = (settings.env ?? []).filter(optionalSourceOf);
  const beside = (containers: readonly TreeObject[] = []) =>
    containers.flatMap((each) => lateContainer(each, late, mounts) ?? []);
  const main: Record<string, Patch> = {
    ...line,
    ...(resources && { resources }),
    ...(claims && {
      resources: {
        ...resources,
        claims: claims.map(({ name, request }) => ({ name: name!, ...(request !== undefined && { request }) })),
      },
    }),
    ...(variables.length > 0 && {
      env: listed(
        variables.map((each) => [each, optionalSourceOf(each)]),
        print,
      ),
    }),
    ...(mounts.length > 0 && { volumeMounts: lateMounts }),
  };
  const { containers: others = [], initContainers: inits = [], ...extra } = (extraPodSpec ?? {}) as Extra;
  const own = [extraContainerSpec ?? {}, ...others.filter(({ name }) => name === 'main')].reduce<Patch>(combined, main);
  const containers = [
    ...(Object.keys(own as object).length > 0 ? [{ name: 'main', ...(own as object) } as Patch] : []),
    ...beside(settings.sidecars),
    ...others.filter(({ name }) => name !== 'main'),
  ];
  const initContainers = [...beside(settings.initContainers), ...inits];
  const typed: Record<string, Patch> = {
    ...(lateNodeSelector && { nodeSelector: lateNodeSelector }),
    ...(affinity && hasLateObject(affinity) && { affinity }),
    ...(isRunValue(tolerations) && { tolerations: new PatchExpression(listOf(print.value(tolerations))) }),
    ...(Array.isArray(tolerations) &&
      tolerations.some(isRunValue) && { tolerations: new PatchExpression(joinedLists(tolerations, print)) }),
    ...(settings.runtimeClassName !== undefined && { runtimeClassName: settings.runtimeClassName }),
    ...(settings.topologySpreadConstraints && { topologySpreadConstraints: settings.topologySpreadConstraints }),
    ...(settings.imagePullSecrets && {
      imagePullSecrets: listed(
        settings.imagePullSecrets.map((name) => [{ name }, optionalName(name)]),
        print,
      ),
    }),
    ...(volumes.length > 0 && {
      volumes: listed(
        volumes.map((volume) => [{ name: volume.name, ...volume.source }, optionalObjectOf(volume)]),
        print,
      ),
    }),
    ...(claims && {
      // Several requests of one claim are one claim of the pod.
      resourceClaims: [...new Map(claims.map(({ request: _, ...claim }) => [claim.name, claim])).values()],
    }),
  };
  const patch = {
    ...(combined(typed, extra) as Readonly<Record<string, Patch>>),
    ...(containers.length > 0 && { containers }),
    ...(initContainers.length > 0 && { initContainers }),
  };
  return Object.keys(patch).length > 0 ? print.patch(patch) : undefined;
}

/** What a user gives besides, as a pod's spec. */
type Extra = TreeObject & { readonly [kind in 'containers' | 'initContainers']?: readonly TreeObject[] };

/** What is given besides, over what the library gives: lists add up, objects are merged. */
function combined(base: Patch, extra: Patch): Patch {
  if (Array.isArray(base) && Array.isArray(extra)) return [...base, ...extra];
  if (!isPlain(base) || !isPlain(extra)) return extra;
  const both = Object.entries(extra).map(([key, each]) => [key, key in base ? combined(base[key]!, each) : each]);
  return { ...base, ...Object.fromEntries(both) };
}

function isPlain(patch: Patch): patch is { readonly [key: string]: Patch } {
  const isLeaf = typeof patch !== 'object' || patch === null || patch instanceof PatchExpression || isRunValue(patch);
  return !isLeaf && !Array.isArray(patch);
}

/** A list less those of its elements that need a value which is absent. */
function listed(
  elements: readonly (readonly [element: Tree, needs: RunValue | undefined])[],
  print: SettingPrinter,
): Patch {
  if (elements.every(([, needs]) => !needs)) return elements.map(([element]) => element);
  const lists = elements.map(([element, needs]) => {
    const list = `[${print.part(element)}]`;
    return needs ? `${isNothing(print.variable(needs))} ? [] : ${list}` : list;
  });
  return new PatchExpression(`flatten([${lists.join(', ')}])`);
}

/** Elements and lists of them that only the run knows, as one list. What is absent is none. */
function joinedLists(elements: readonly Tree[], print: SettingPrinter): string {
  const lists = elements.map((each) =>
    isRunValue(each) ? `map([${print.value(each)}], type(#) == 'map' ? [#] : # ?? [])[0]` : `[${print.part(each)}]`,
  );
  return `flatten([${lists.join(', ')}])`;
}

/** One toleration stands for a list of it. */
function listOf(value: string): string {
  return `map([${value}], type(#) == 'map' ? [#] : #)[0]`;
}

/** True where a whole object of Kubernetes' comes as a value of the run. */
export function hasLateObject(tree: TreeObject): boolean {
  return Object.values(tree).some(isRunValue);
}

/** The names of volumes whose size comes as a value of the run, and of those that may be absent: a template can tell neither. */
export function lateVolumesOf({ volumes = [] }: GraphTaskSettings): ReadonlySet<string> {
  return new Set(volumes.filter(isLateVolume).map(({ name }) => name));
}

function isLateVolume(volume: GraphVolume): boolean {
  const { source } = volume;
  const { emptyDir, ephemeral } = (source ?? {}) as { readonly [kind: string]: Tree | undefined };
  return holdsRunValue(emptyDir) || holdsRunValue(ephemeral) || optionalObjectOf(volume) !== undefined;
}

/** The amounts that are known only when the pipeline runs, and those that grow from attempt to attempt. */
function lateResources(
  { resources, retry }: GraphTaskSettings,
  print: SettingPrinter,
): { readonly [kind: string]: Patch } | undefined {
  if (!resources) return undefined;
  const factor = retry?.memoryFactor;
  const { accelerator } = resources;
  const late = (amounts: GraphResources['requests']): Record<string, Patch> => {
    const found: Record<string, Patch> = {};
    for (const [resource, amount] of Object.entries(amounts)) {
      if (resource === 'memory' && factor !== undefined && factor !== 1) {
        const known = isRunValue(amount) ? print.value(amount) : string(amount);
        found[resource] = new PatchExpression(grown(known, factor, isRunValue(amount)));
      } else if (isRunValue(amount)) {
        found[resource] = amount;
      }
    }
    return found;
  };
  const requests = late(resources.requests);
  const limits = late(resources.limits);
  const hasRequests = Object.keys(requests).length > 0;
  const hasLimits = Object.keys(limits).length > 0 || accelerator !== undefined;
  if (!hasRequests && !hasLimits) return undefined;
  return {
    ...(hasRequests && { requests }),
    ...(hasLimits && {
      limits: accelerator ? new PatchExpression(withAccelerator(limits, accelerator, print)) : limits,
    }),
  };
}

/** An amount of memory that is multiplied with each attempt; its number and its unit are taken apart. JSON writes large numbers out. */
function grown(amount: string, factor: number, isLate: boolean): string {
  if (!isLate) {
    const [, number, unit] = /^'([\d.]+(?:[eE][-+]?\d+)?)(.*)'$/.exec(amount) ?? ['', '0', ''];
    return `toJson(${number} * ${factor} ^ int(retries)) + ${string(unit!)}`;
  }
  const text = `string(${amount})`;
  const number = `sprig.regexFind('^[0-9.]+([eE][-+]?[0-9]+)?', ${text})`;
  const more = `toJson(float(${number}) * ${factor} ^ int(retries)) + trimPrefix(${text}, ${number})`;
  return `${amount} == nil ? nil : ${more}`;
}

/** A map with a key that only the run knows. */
function withAccelerator(
  limits: { readonly [resource: string]: Patch },
  { resource, count }: NonNullable<GraphResources['accelerator']>,
  print: SettingPrinter,
): string {
  const entries = Object.entries(limits).map(([name, amount]) => `${string(name)}: ${print.part(amount)}`);
  return `{ ${[...entries, `(${print.value(resource)}): ${print.part(count)}`].join(', ')} }`;
}
