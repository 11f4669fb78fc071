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
  /** The limits of a container that says none. */
  readonly defaults: Readonly<Record<string, string>>;
}

/** A queue that the app makes. */
export interface QueueFact extends NamedFact {
  /** The nodes that it gives out, whose labels and tolerations it adds to pods; undefined where these are any. */
  readonly pools: readonly NodePool[] | undefined;
  /** The most of each resource that one task can be given. */
  readonly most: ReadonlyMap<string, number>;
}

/** How devices of a pool are offered, where that is not one by one. */
export interface OfferFact {
  readonly resource: string;
  /** How many of them one GPU is. */
  readonly perGpu: number;
  /** The most that one pod may ask for. */
  readonly perPod?: number;
}

/** What an app says of the cluster that its pipelines run on, for what they are checked against. */
export interface PlatformFacts {
  readonly pools: NodePool[];
  /** What the devices of a pool are offered as, instead of its own resource. */
  readonly offered: Map<NodePool, OfferFact>;
  readonly claims: ClaimFact[];
  readonly quotas: QuotaFact[];
  readonly runners: NamedFact[];
  readonly queues: QueueFact[];
  /** ConfigMaps of semaphores. */
  readonly semaphores: NamedFact[];
  /** Templates of claims of devices. */
  readonly deviceClaims: NamedFact[];
  /** PodSecurity's level, by namespace. */
  readonly podSecurity: Map<string, string>;
  /** The namespaces that backends run workflows in, each with the backend's path; `*` is every one. */
  readonly engines: Map<string, string>;
}

const FACTS = new WeakMap<Construct, PlatformFacts>();

/** The facts of a construct's app; constructs add to them as they are made. */
export function factsOf(construct: Construct): PlatformFacts {
  const root = construct.node.root as Construct;
  const facts = knownFacts(root) ?? none();
  FACTS.set(root, facts);
  return facts;
}

function none(): PlatformFacts {
  return {
    pools: [],
    offered: new Map(),
    claims: [],
    quotas: [],
    runners: [],
    queues: [],
    semaphores: [],
    deviceClaims: [],
    podSecurity: new Map(),
    engines: new Map(),
  };
}

/** The facts of an app, where it says some. */
export function knownFacts(construct: Construct): PlatformFacts | undefined {
  return FACTS.get(construct.node.root as Construct);
}

/** The namespace of a construct's chart. */
export function namespaceOf(construct: Construct): string | undefined {
  return Chart.of(construct).namespace;
}
