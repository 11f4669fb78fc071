import type { Json } from '../../components/definition';
import type { NodeRequirement, TaskNodeAffinity, TaskPodAffinity } from '../../constructs/settings/placement';
import type { TaskSettings } from '../../constructs/settings/task-settings';
import { Value } from '../../values/value';
import { nodeTerms } from '../ir/node-affinity';
import type { NodeAffinityTerm, PodAffinityTerm, SelectorRequirement } from './platform-types';

type Fields = { readonly [field: string]: unknown };

/**
 * Node affinity. Of the terms that are required, one has to hold. What is said with more than labels of nodes stands as
 * Kubernetes writes it. A value of the run stands for all the others.
 *
 * @param json what the reference to a whole NodeAffinity gives
 */
export function nodeAffinitySettings(
  terms: readonly NodeAffinityTerm[],
  json: (term: NodeAffinityTerm) => unknown,
): Pick<TaskSettings, 'nodeAffinity' | 'extraPodSpec'> {
  const given = terms.map((term) => (term.nodeAffinityJson ? json(term) : term));
  const late = given.findLast((each) => each instanceof Value);
  if (late instanceof Value) return { nodeAffinity: late as Value<never> };
  const written = given
    .flatMap((each, index): readonly unknown[] => (terms[index]!.nodeAffinityJson ? nodeTerms(each as Json) : [each]))
    .map((each) => each as NodeAffinityTerm)
    .filter(({ matchExpressions, matchFields }) => matchExpressions?.length || matchFields?.length);
  if (written.length === 0) return {};
  if (written.some(({ matchFields }) => matchFields?.length))
    return extraAffinity({ nodeAffinity: asKubernetes(written) });
  const required = written.filter(({ weight }) => weight === undefined);
  const preferred = written.filter(({ weight }) => weight !== undefined);
  const affinity: TaskNodeAffinity = {
    ...(required.length === 1 && { required: requirements(required[0]!) }),
    ...(required.length > 1 && { anyOf: required.map(requirements) }),
    ...(preferred.length > 0 && {
      preferred: preferred.map((term) => ({ weight: term.weight!, requirements: requirements(term) })),
    }),
  };
  return { nodeAffinity: affinity };
}

/** Pod affinity: what our settings say by labels alone, and what Kubernetes says besides. */
export function podAffinitySettings(
  terms: readonly PodAffinityTerm[],
): Pick<TaskSettings, 'podAffinity' | 'extraPodSpec'> {
  if (terms.every(isByLabels)) return { podAffinity: terms.map(byLabels) };
  const all = (anti: boolean) => terms.filter((term) => (term.anti ?? false) === anti);
  return extraAffinity({
    ...(all(false).length > 0 && { podAffinity: podTerms(all(false)) }),
    ...(all(true).length > 0 && { podAntiAffinity: podTerms(all(true)) }),
  });
}

function requirements({ matchExpressions = [] }: NodeAffinityTerm): readonly NodeRequirement[] {
  return matchExpressions.map(requirement) as readonly NodeRequirement[];
}

function requirement({ key, operator, values }: SelectorRequirement): SelectorRequirement {
  return { key, operator, ...(values?.length && { values }) };
}

function extraAffinity(affinity: Fields): Pick<TaskSettings, 'extraPodSpec'> {
  return { extraPodSpec: { affinity } as NonNullable<TaskSettings['extraPodSpec']> };
}

function asKubernetes(terms: readonly NodeAffinityTerm[]): Fields {
  const term = ({ matchExpressions, matchFields }: NodeAffinityTerm) => ({
    ...(matchExpressions?.length && { matchExpressions: matchExpressions.map(requirement) }),
    ...(matchFields?.length && { matchFields: matchFields.map(requirement) }),
  });
  const required = terms.filter(({ weight }) => weight === undefined);
  const preferred = terms.filter(({ weight }) => weight !== undefined);
  return {
    ...(required.length > 0 && {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: required.map(term) },
    }),
    ...(preferred.length > 0 && {
      preferredDuringSchedulingIgnoredDuringExecution: preferred.map((each) => ({
        weight: each.weight,
        preference: term(each),
      })),
    }),
  };
}

function isByLabels(term: PodAffinityTerm): boolean {
  const others = [term.matchPodExpressions, term.namespaces, term.matchNamespaceExpressions];
  const namespaceLabels = Object.keys(term.matchNamespaceLabels ?? {});
  return others.every((each) => !each?.length) && namespaceLabels.length === 0;
}

function byLabels({ matchPodLabels, anti, topologyKey, weight }: PodAffinityTerm): TaskPodAffinity {
  return {
    labels: { ...matchPodLabels },
    ...(anti && { apart: true }),
    ...(topologyKey && { topologyKey }),
    ...(weight !== undefined && { weight }),
  };
}

function podTerms(terms: readonly PodAffinityTerm[]): Fields {
  const selector = (labels: PodAffinityTerm['matchPodLabels'], expressions?: readonly SelectorRequirement[]) => ({
    ...(labels && Object.keys(labels).length > 0 && { matchLabels: labels }),
    ...(expressions?.length && { matchExpressions: expressions.map(requirement) }),
  });
  const term = (each: PodAffinityTerm): Fields => {
    const namespaces = selector(each.matchNamespaceLabels, each.matchNamespaceExpressions);
    return {
      topologyKey: each.topologyKey || 'kubernetes.io/hostname',
      labelSelector: selector(each.matchPodLabels, each.matchPodExpressions),
      ...(each.namespaces?.length && { namespaces: each.namespaces }),
      ...(Object.keys(namespaces).length > 0 && { namespaceSelector: namespaces }),
    };
  };
  const required = terms.filter(({ weight }) => weight === undefined);
  const preferred = terms.filter(({ weight }) => weight !== undefined);
  return {
    ...(required.length > 0 && { requiredDuringSchedulingIgnoredDuringExecution: required.map(term) }),
    ...(preferred.length > 0 && {
      preferredDuringSchedulingIgnoredDuringExecution: preferred.map((each) => ({
        weight: each.weight,
        podAffinityTerm: term(each),
      })),
    }),
  };
}
