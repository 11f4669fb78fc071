import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { NodePool } from './node-pool';

/** An object of a namespace that pods refer to by name. */
interface NamedFact {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** A claim that the app makes. */
export interface ClaimFact extends NamedFact {
  readonly accessModes: readonly string[];
}

/** What a namespace allows all of its pods together, or one container. */
export interface QuotaFact {
  readonly namespace: string;
  /** By resource: `requests.cpu`, `requests.nvidia.com/gpu`, …. */
  readonly hard: Readonly<Record<string, string>>;
  /** The most that one container may ask for, by resource. */
  readonly max: Readonly<Record<string, string>>;
}

/** What an app says of the cluster that its pipelines run on, for what they are checked against. */
export interface PlatformFacts {
  readonly pools: NodePool[];
  /** Resources that devices of a pool are offered as, besides the pool's own. */
  readonly offered: Map<NodePool, string[]>;
  readonly claims: ClaimFact[];
  readonly quotas: QuotaFact[];
  readonly runners: NamedFact[];
  readonly queues: NamedFact[];
}

const FACTS = new WeakMap<Construct, PlatformFacts>();

/** The facts of a construct's app; constructs add to them as they are made. */
export function factsOf(construct: Construct): PlatformFacts {
  const root = construct.node.root as Construct;
  const facts = knownFacts(root) ?? { pools: [], offered: new Map(), claims: [], quotas: [], runners: [], queues: [] };
  FACTS.set(root, facts);
  return facts;
}

/** The facts of an app, where it says some. */
export function knownFacts(construct: Construct): PlatformFacts | undefined {
  return FACTS.get(construct.node.root as Construct);
}

/** The namespace of a construct's chart. */
export function namespaceOf(construct: Construct): string | undefined {
  return Chart.of(construct).namespace;
}
