import { SizeRoundingBehavior } from 'cdk8s';
import type { NodePoolProvider } from '../provider';
import { karpenter } from './karpenter';

/** What nodes of AKS are made of. */
export interface AksNodeClassProps {
  /** The image's family. @default 'Ubuntu2204' */
  readonly imageFamily?: 'Ubuntu2204' | 'AzureLinux' | (string & {}) | undefined;
  /** The subnet's id. @default - the cluster's */
  readonly subnetId?: string | undefined;
  /** Tags of the machines. @default - none */
  readonly tags?: { readonly [tag: string]: string } | undefined;
}

/**
 * Node auto-provisioning on AKS: Karpenter's NodePool, and an AKSNodeClass `karpenter.azure.com/v1beta1`; or one that exists,
 * by its name.
 *
 * @see https://learn.microsoft.com/en-us/azure/aks/node-auto-provisioning
 */
export function karpenterAzure(nodeClass: AksNodeClassProps | string = {}): NodePoolProvider {
  const group = 'karpenter.azure.com';
  const kind = 'AKSNodeClass';
  return karpenter({
    name: 'Azure',
    models: 'azure',
    labels: {
      accelerator: `${group}/sku-gpu-name`,
      accelerators: `${group}/sku-gpu-count`,
      cpu: `${group}/sku-cpu`,
      memory: `${group}/sku-memory`,
    },
    nodeClass: ({ name, diskSize }) => {
      if (typeof nodeClass === 'string') return { reference: { group, kind, name: nodeClass } };
      const { imageFamily = 'Ubuntu2204', subnetId, tags } = nodeClass;
      return {
        reference: { group, kind, name },
        object: {
          apiVersion: `${group}/v1beta1`,
          kind,
          clusterScoped: true,
          fields: {
            spec: {
              imageFamily,
              ...(diskSize && { osDiskSizeGB: diskSize.toGibibytes({ rounding: SizeRoundingBehavior.FLOOR }) }),
              ...(subnetId !== undefined && { vnetSubnetID: subnetId }),
              ...(tags && { tags: { ...tags } }),
            },
          },
        },
      };
    },
  });
}
