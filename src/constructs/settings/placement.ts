import type {
  Affinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  Toleration,
  TopologySpreadConstraint,
} from 'kubernetes-types/core/v1';
import type { Text, Tree, TreeObject } from '../../graph/settings';
import type { List, Struct } from '../../values/types';
import { Value } from '../../values/value';
import { loweredName, loweredTree, runValue, type SettingText } from './setting-value';

/** What a node's label must be. */
export interface NodeRequirement {
  /** The label. */
  readonly key: string;
  /** How it is compared. @default - `In` where values are given, else `Exists` */
  readonly operator?: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt' | undefined;
  /** What it is compared with. @default - nothing */
  readonly values?: readonly SettingText[] | undefined;
}

/**
 * Which nodes a task may run on, by their labels. What several layers (the pipeline, the task, each call of
 * `addNodeAffinity`) require holds together; kfp-kubernetes takes one of them instead.
 */
export interface TaskNodeAffinity {
  /** All of these must hold. @default - none */
  readonly required?: readonly NodeRequirement[] | undefined;
  /** All of one of these lists must hold. @default - none */
  readonly anyOf?: readonly (readonly NodeRequirement[])[] | undefined;
  /** Where there is a choice, nodes of higher weight (1 to 100) are taken. @default - none */
  readonly preferred?:
    | readonly { readonly weight: number; readonly requirements: readonly NodeRequirement[] }[]
    | undefined;
}

/** Whether a task runs near pods of certain labels, or apart from them. */
export interface TaskPodAffinity {
  /** Labels of the other pods. */
  readonly labels: { readonly [label: string]: SettingText };
  /** True to run apart from them. @default false */
  readonly apart?: boolean | undefined;
  /** The label of nodes that says what is one place: `topology.kubernetes.io/zone`. @default 'kubernetes.io/hostname' */
  readonly topologyKey?: string | undefined;
  /** From 1 to 100: a preference, and no requirement. @default - it is required */
  readonly weight?: number | undefined;
}

/**
 * Nodes that tasks can be run on, as a pool construct describes them; any object of this shape does.
 */
export interface INodePool {
  /** Labels that only its nodes have. */
  readonly nodeSelector?: { readonly [label: string]: string } | undefined;
  /** What its nodes' taints ask for. */
  readonly tolerations?: readonly Toleration[] | undefined;
  /** The extended resources that one of its accelerators is: `{ 'nvidia.com/gpu': 1 }`. */
  readonly accelerator?: { readonly [resource: string]: number } | undefined;
}

/** A pool to run on, and how many of its accelerators. */
export interface PoolUse {
  /** The pool. */
  readonly pool: INodePool;
  /** How many accelerators. @default 0 */
  readonly accelerators?: number | undefined;
}

/** Where a task runs. */
export interface TaskPlacement {
  /** A pool of nodes: its labels and tolerations, and the resources of so many accelerators. @default - any node */
  readonly runOn?: INodePool | PoolUse | undefined;
  /** Labels that the node must have; as one value of the run, a dict. Merged by label. @default - none */
  readonly nodeSelector?: { readonly [label: string]: SettingText } | Value<Struct> | undefined;
  /**
   * More about the node. As one value of the run, Kubernetes' NodeAffinity, which stands for that of all layers.
   * @default - none
   */
  readonly nodeAffinity?: TaskNodeAffinity | Value<Struct> | undefined;
  /** Which pods to be near, or apart from. Layers add up. @default - none */
  readonly podAffinity?: readonly TaskPodAffinity[] | undefined;
  /**
   * Taints of nodes that the pod puts up with; layers add up. A value of the run is one of them, or a list; as one value for
   * all, it stands for those of all layers. An empty list says that GPU nodes have none.
   * @default - none
   */
  readonly tolerations?:
    | readonly (Toleration | Value<List> | Value<Struct>)[]
    | Value<List>
    | Value<Struct>
    | undefined;
  /** The pod's PriorityClass. @default - the cluster's default */
  readonly priorityClassName?: string | undefined;
  /** The RuntimeClass: gvisor, kata, nvidia, … @default - the node's default */
  readonly runtimeClassName?: string | undefined;
  /** The scheduler. @default - Kubernetes' own */
  readonly schedulerName?: string | undefined;
  /** How pods are spread over zones and nodes. Layers add up. @default - as the cluster does */
  readonly topologySpread?: readonly TopologySpreadConstraint[] | undefined;
}

/** Labels that a node must have, of several layers: those that are known, and those that one value of the run gives. */
export function lowerNodeSelector(layers: readonly TaskPlacement[]) {
  const given = layers.flatMap(({ nodeSelector, runOn }) => [poolUse(runOn)?.pool.nodeSelector, nodeSelector]);
  const late = given.findLast((each) => each instanceof Value);
  const labels: Record<string, Text> = {};
  for (const each of given) {
    if (each instanceof Value) continue;
    for (const [label, value] of Object.entries(each ?? {})) {
      labels[label] = loweredName(value);
    }
  }
  return {
    nodeSelector: Object.keys(labels).length > 0 ? labels : undefined,
    lateNodeSelector: late instanceof Value ? runValue(late, ['STRUCT'], true) : undefined,
  };
}

/** The tolerations of several layers. */
export function lowerTolerations(layers: readonly TaskPlacement[]) {
  const given = layers.flatMap(({ tolerations, runOn }) => [poolUse(runOn)?.pool.tolerations, tolerations]);
  const late = given.findLast((each) => each instanceof Value);
  if (late instanceof Value) return runValue(late, LATE_TOLERATIONS, true);
  if (given.every((each) => each === undefined)) return undefined;
  const all = given.flatMap((each) => (each ?? []) as readonly (Toleration | Value<unknown>)[]);
  return all.map((each) => (each instanceof Value ? runValue(each, LATE_TOLERATIONS, true) : loweredTree(each)));
}

/** What gives tolerations when the pipeline runs. */
const LATE_TOLERATIONS = ['LIST', 'STRUCT'] as const;

/** What Kubernetes calls affinity, of several layers. */
export function lowerAffinity(layers: readonly TaskPlacement[]): TreeObject | undefined {
  const nodes = layers.flatMap(({ nodeAffinity }) => (nodeAffinity ? [nodeAffinity] : []));
  const late = nodes.findLast((each) => each instanceof Value);
  const pods = layers.flatMap(({ podAffinity }) => podAffinity ?? []);
  const nodeAffinity =
    late instanceof Value ? runValue(late, ['STRUCT'], true) : lowerNodeAffinity(nodes as readonly TaskNodeAffinity[]);
  const podAffinity = lowerPodAffinity(pods.filter(({ apart }) => !apart));
  const podAntiAffinity = lowerPodAffinity(pods.filter(({ apart }) => apart));
  if (!nodeAffinity && !podAffinity && !podAntiAffinity) return undefined;
  return {
    ...(nodeAffinity && { nodeAffinity }),
    ...(podAffinity && { podAffinity }),
    ...(podAntiAffinity && { podAntiAffinity }),
  };
}

function lowerNodeAffinity(layers: readonly TaskNodeAffinity[]): TreeObject | undefined {
  // Kubernetes wants one of its terms to hold: what must hold besides is part of each.
  let terms: readonly (readonly NodeRequirement[])[] = [[]];
  for (const { required = [], anyOf = [[]] } of layers) {
    terms = terms.flatMap((term) => anyOf.map((alternative) => [...term, ...required, ...alternative]));
  }
  const preferred = layers.flatMap((layer) => layer.preferred ?? []);
  const needed = terms.some((term) => term.length > 0);
  if (!needed && preferred.length === 0) return undefined;
  return {
    ...(needed && { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms.map(lowerTerm) } }),
    ...(preferred.length > 0 && {
      preferredDuringSchedulingIgnoredDuringExecution: preferred.map(({ weight, requirements }) => ({
        weight,
        preference: lowerTerm(requirements),
      })),
    }),
  };
}

function lowerTerm(requirements: readonly NodeRequirement[]): TreeObject {
  const matchExpressions = requirements.map(({ key, operator, values }): Tree => {
    const how = operator ?? (values ? 'In' : 'Exists');
    return { key, operator: how, ...(values && { values: values.map(loweredName) }) };
  });
  return { matchExpressions };
}

function lowerPodAffinity(rules: readonly TaskPodAffinity[]): TreeObject | undefined {
  if (rules.length === 0) return undefined;
  const term = ({ labels, topologyKey = 'kubernetes.io/hostname' }: TaskPodAffinity): Tree => ({
    topologyKey,
    labelSelector: {
      matchLabels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, loweredName(value)])),
    },
  });
  const required = rules.filter(({ weight }) => weight === undefined);
  const preferred = rules.filter(({ weight }) => weight !== undefined);
  return {
    ...(required.length > 0 && { requiredDuringSchedulingIgnoredDuringExecution: required.map(term) }),
    ...(preferred.length > 0 && {
      preferredDuringSchedulingIgnoredDuringExecution: preferred.map((rule) => ({
        weight: rule.weight as number,
        podAffinityTerm: term(rule),
      })),
    }),
  };
}

/** A pool with how much of it is used. */
export function poolUse(given: TaskPlacement['runOn']): PoolUse | undefined {
  if (given === undefined) return undefined;
  return 'pool' in given ? given : { pool: given };
}

/** Types of Kubernetes' that placement is written in. */
export type { Affinity, NodeSelectorRequirement, NodeSelectorTerm, Toleration, TopologySpreadConstraint };
