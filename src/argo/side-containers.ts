import type { ComponentDefinition } from '../components/definition';
import { type GraphEnvVar, type GraphTaskSettings, isRunValue, type Text, type TreeObject } from '../graph/settings';
import { withBrace } from './raw-text';
import { containerSecurity } from './security';
import type { Patch, SettingPrinter } from './setting-printer';
import type { EnvVar, KubernetesObject } from './types';

/** What the library reads of a container beside the main one. The rest is as Kubernetes writes it. */
interface SideContainer {
  readonly name: string;
  readonly command?: readonly Text[];
  readonly args?: readonly Text[];
  readonly env?: readonly GraphEnvVar[];
  readonly resources?: { readonly [kind in 'requests' | 'limits']?: { readonly [resource: string]: Text } };
  readonly volumeMounts?: readonly TreeObject[];
  readonly mirrorVolumeMounts?: boolean;
  readonly securityContext?: TreeObject;
}

/** An environment variable of any container. */
export function envVar(variable: GraphEnvVar, print: SettingPrinter): EnvVar {
  const { name } = variable;
  return 'value' in variable
    ? { name, value: print.argument(variable.value) }
    : { name, valueFrom: print.tree<KubernetesObject>(variable.valueFrom) };
}

/**
 * A container beside the main one, as Argo's template has it. It is confined as the main one is: a namespace refuses the
 * whole pod where one container is not. What {@link lateContainer} gives is left out.
 *
 * @param late names of volumes that the pod's patch gives
 */
export function sideContainer(
  container: TreeObject,
  settings: GraphTaskSettings,
  component: ComponentDefinition,
  print: SettingPrinter,
  late: ReadonlySet<string>,
): KubernetesObject {
  const {
    command,
    args,
    env,
    resources,
    volumeMounts,
    securityContext: own,
    ...rest
  } = container as object as SideContainer;
  const securityContext = {
    ...containerSecurity({ ...(settings.security && { security: settings.security }) }, component),
    ...(own && print.tree<KubernetesObject>(own)),
  };
  const mounts = volumeMounts?.filter(({ name }) => !late.has(name as string)) ?? [];
  const known = resources && amounts(resources, (amount) => !isRunValue(amount));
  const printed = {
    command: command?.map((each) => print.argument(each)),
    args: args?.map((each) => print.argument(each)),
  };
  const variables = withBrace(
    (env ?? []).map((each) => envVar(each, print)),
    [...(printed.command ?? []), ...(printed.args ?? [])],
  );
  return {
    ...print.tree<KubernetesObject>(rest as unknown as TreeObject),
    ...(printed.command && { command: printed.command }),
    ...(printed.args && { args: printed.args }),
    ...(variables.length > 0 && { env: variables }),
    ...(known && { resources: known }),
    ...(mounts.length > 0 && { volumeMounts: print.tree<KubernetesObject[]>(mounts) }),
    ...(Object.keys(securityContext).length > 0 && { securityContext }),
  };
}

/**
 * What the pod's patch gives to a container beside the main one: amounts that only the run knows, and mounts of volumes that
 * the patch brings. Undefined where there is nothing.
 *
 * @param mounts the main container's mounts of such volumes
 */
export function lateContainer(
  container: TreeObject,
  late: ReadonlySet<string>,
  mounts: readonly TreeObject[],
): { readonly [field: string]: Patch } | undefined {
  const { name, resources, volumeMounts = [], mirrorVolumeMounts } = container as object as SideContainer;
  const own = volumeMounts.filter((mount) => late.has(mount.name as string));
  const all = [...(mirrorVolumeMounts ? mounts : []), ...own];
  const amount = resources && amounts(resources, isRunValue);
  if (!amount && all.length === 0) return undefined;
  return { name, ...(amount && { resources: amount }), ...(all.length > 0 && { volumeMounts: all }) };
}

function amounts(resources: NonNullable<SideContainer['resources']>, take: (amount: Text) => boolean) {
  const found = Object.entries(resources)
    .map(([kind, all]) => [kind, Object.fromEntries(Object.entries(all).filter(([, amount]) => take(amount)))] as const)
    .filter(([, taken]) => Object.keys(taken).length > 0);
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}
