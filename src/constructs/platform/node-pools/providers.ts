import { machinePool } from './providers/cluster-api';
import { computeClass, gkeNodePool } from './providers/gke';
import { eksAuto, karpenterAws } from './providers/karpenter-aws';
import { karpenterAzure } from './providers/karpenter-azure';

/** Karpenter: it makes nodes for the pods that wait. */
export const Karpenter = {
  /** On EKS, with an EC2NodeClass of the pool's own, or one that exists. */
  aws: karpenterAws,
  /** EKS Auto Mode, where AWS runs Karpenter; with a NodeClass that exists. */
  eksAuto,
  /** AKS's node auto-provisioning, with an AKSNodeClass of the pool's own, or one that exists. */
  azure: karpenterAzure,
} as const;

/** Google Kubernetes Engine. */
export const Gke = {
  /** A compute class, by which GKE makes node pools. */
  computeClass,
  /** A node pool, by Config Connector. */
  nodePool: gkeNodePool,
} as const;

/** Cluster API. */
export const ClusterApi = {
  /** A MachinePool. */
  machinePool,
} as const;
