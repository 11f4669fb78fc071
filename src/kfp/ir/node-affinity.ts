import type { Json } from '../../components/definition';

/** What a node has to be; with a weight, what it had better be. */
export interface NodeTerm {
  readonly matchExpressions?: Json;
  readonly matchFields?: Json;
  readonly weight?: number;
}

/** Kubernetes' NodeAffinity as KFP's terms, which stand in one list: one of those without a weight has to hold. */
export function nodeTerms(affinity: Json | undefined): readonly NodeTerm[] {
  const {
    requiredDuringSchedulingIgnoredDuringExecution: required,
    preferredDuringSchedulingIgnoredDuringExecution: preferred,
  } = (affinity ?? {}) as {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms?: readonly NodeTerm[] };
    readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
      readonly weight: number;
      readonly preference: NodeTerm;
    }[];
  };
  const preferences = (preferred ?? []).map(({ weight, preference }) => ({ ...preference, weight }));
  return [...(required?.nodeSelectorTerms ?? []), ...preferences];
}
