import type { Json } from '../../components/definition';
import { isRunValue, type Tree, type TreeObject } from '../../graph/settings';
import { nodeTerms } from '../ir/node-affinity';
import type { SettingTarget } from './setting-target';

/** Which nodes, and beside which pods. */
export function writeAffinity(affinity: TreeObject, target: SettingTarget): void {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity as Record<string, Tree | undefined>;
  if (isRunValue(nodeAffinity)) {
    const nodeAffinityJson = target.reference('nodeAffinity', nodeAffinity);
    if (nodeAffinityJson) target.append('nodeAffinity', { nodeAffinityJson });
  } else if (nodeAffinity) {
    for (const term of nodeTerms(target.plain('nodeAffinity', nodeAffinity))) target.append('nodeAffinity', term);
  }
  for (const [given, anti] of [[podAffinity, false] as const, [podAntiAffinity, true] as const]) {
    if (!given) continue;
    for (const term of podTerms(target.plain('podAffinity', given), anti)) target.append('podAffinity', term);
    target.ignored('podAffinity', 'KFP’s backend does not read it');
  }
}

interface PodTerm {
  readonly topologyKey?: string;
  readonly namespaces?: Json;
  readonly labelSelector?: { readonly matchLabels?: Json; readonly matchExpressions?: Json };
  readonly namespaceSelector?: { readonly matchLabels?: Json; readonly matchExpressions?: Json };
}

function podTerms(plain: Json | undefined, anti: boolean): readonly object[] {
  const affinity = (plain ?? {}) as Record<string, Json>;
  const required = (affinity.requiredDuringSchedulingIgnoredDuringExecution ?? []) as readonly PodTerm[];
  const preferred = (affinity.preferredDuringSchedulingIgnoredDuringExecution ?? []) as unknown as readonly {
    readonly weight: number;
    readonly podAffinityTerm: PodTerm;
  }[];
  const term = ({ topologyKey, namespaces, labelSelector, namespaceSelector }: PodTerm, weight?: number) => ({
    ...(topologyKey !== undefined && { topologyKey }),
    ...(labelSelector?.matchLabels && { matchPodLabels: labelSelector.matchLabels }),
    ...(labelSelector?.matchExpressions && { matchPodExpressions: labelSelector.matchExpressions }),
    ...(namespaces && { namespaces }),
    ...(namespaceSelector?.matchLabels && { matchNamespaceLabels: namespaceSelector.matchLabels }),
    ...(namespaceSelector?.matchExpressions && { matchNamespaceExpressions: namespaceSelector.matchExpressions }),
    ...(weight !== undefined && { weight }),
    ...(anti && { anti }),
  });
  return [...required.map((each) => term(each)), ...preferred.map((each) => term(each.podAffinityTerm, each.weight))];
}
