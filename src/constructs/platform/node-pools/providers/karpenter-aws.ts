import { SizeRoundingBehavior } from 'cdk8s';
import type { NodePoolIntent } from '../intent';
import type { Unknown } from '../models';
import type { NodePoolProvider } from '../provider';
import { karpenter } from './karpenter';

/** What subnets and security groups of AWS are found by: tags, or ids. */
export type AwsSelector = { readonly tags: { readonly [tag: string]: string } } | { readonly ids: readonly string[] };

/** What nodes of EC2 are made of. */
export interface Ec2NodeClassProps {
  /** The IAM role of the nodes. */
  readonly role: string;
  /** The cluster's name, by whose tag `karpenter.sh/discovery` subnets and security groups are found. */
  readonly clusterName: string;
  /** Family and version of the machine image: `bottlerocket@1.49.0`. With `@latest`, nodes are replaced whenever there is a newer one. */
  readonly image: `${'al2023' | 'bottlerocket'}@${string}`;
  /** @default - by the cluster's tag */
  readonly subnets?: AwsSelector | undefined;
  /** @default - by the cluster's tag */
  readonly securityGroups?: AwsSelector | undefined;
  /** Whether the disks that an instance has of its own are put together, for pods' temporary files. @default true */
  readonly instanceStore?: boolean | undefined;
  /** Tags of the instances. @default - none */
  readonly tags?: { readonly [tag: string]: string } | undefined;
  /** Capacity that was reserved, for pools with `reserved`: ids of reservations, or tags. @default - none */
  readonly reservations?: AwsSelector | undefined;
}

const LABELS = (prefix: string) => ({
  accelerator: `${prefix}/instance-gpu-name`,
  accelerators: `${prefix}/instance-gpu-count`,
  acceleratorMemory: `${prefix}/instance-gpu-memory`,
  cpu: `${prefix}/instance-cpu`,
  memory: `${prefix}/instance-memory`,
});

/**
 * Karpenter on EKS: a NodePool and an EC2NodeClass `karpenter.k8s.aws/v1`; or an EC2NodeClass that exists, by its name.
 *
 * @see https://karpenter.sh/docs/concepts/nodeclasses/
 */
export function karpenterAws(nodeClass: Ec2NodeClassProps | string): NodePoolProvider {
  const group = 'karpenter.k8s.aws';
  const kind = 'EC2NodeClass';
  return karpenter({
    name: 'AWS',
    models: 'aws',
    labels: LABELS(group),
    nodeClass: (intent) =>
      typeof nodeClass === 'string'
        ? { reference: { group, kind, name: nodeClass } }
        : {
            reference: { group, kind, name: intent.name },
            object: {
              apiVersion: `${group}/v1`,
              kind,
              clusterScoped: true,
              fields: { spec: ec2NodeClass(nodeClass, intent) },
            },
            problems: problemsOf(nodeClass),
          },
  });
}

/** EKS Auto Mode: the same NodePool; nodes are made of a NodeClass of EKS's own. */
export function eksAuto(nodeClass = 'default'): NodePoolProvider {
  return karpenter({
    name: 'EKS Auto Mode',
    models: 'aws',
    labels: LABELS('eks.amazonaws.com'),
    nodeClass: () => ({ reference: { group: 'eks.amazonaws.com', kind: 'NodeClass', name: nodeClass } }),
  });
}

function ec2NodeClass(props: Ec2NodeClassProps, { diskSize, capacity }: NodePoolIntent) {
  const { role, clusterName, image, instanceStore = true, tags, reservations } = props;
  const ofCluster: AwsSelector = { tags: { 'karpenter.sh/discovery': clusterName } };
  return {
    role,
    amiSelectorTerms: [{ alias: image }],
    subnetSelectorTerms: termsOf(props.subnets ?? ofCluster),
    securityGroupSelectorTerms: termsOf(props.securityGroups ?? ofCluster),
    ...(reservations && capacity.includes('reserved') && { capacityReservationSelectorTerms: termsOf(reservations) }),
    ...(instanceStore && { instanceStorePolicy: 'RAID0' }),
    ...(diskSize && {
      blockDeviceMappings: [disk(image, diskSize.toGibibytes({ rounding: SizeRoundingBehavior.FLOOR }))],
    }),
    // Only tokens; and no hop further, so that pods do not act as the node.
    metadataOptions: {
      httpEndpoint: 'enabled',
      httpProtocolIPv6: 'disabled',
      httpPutResponseHopLimit: 1,
      httpTokens: 'required',
    },
    ...(tags && { tags: { ...tags } }),
  };
}

function problemsOf({ role, clusterName, image, subnets, securityGroups, reservations }: Ec2NodeClassProps): Unknown[] {
  const isEmpty = (selector: AwsSelector | undefined) =>
    selector !== undefined && Object.keys('ids' in selector ? selector.ids : selector.tags).length === 0;
  return [
    ...(role && clusterName ? [] : [{ message: 'nodes of EC2 have no `role` or no `clusterName`', mend: 'give both' }]),
    ...(/^(al2023|bottlerocket)@\S+$/.test(image)
      ? []
      : [{ message: `'${image}' is no image of nodes`, mend: "give family and version: 'bottlerocket@1.49.0'" }]),
    // An empty selector finds whatever there is in the account, or is refused.
    ...Object.entries({ subnets, securityGroups, reservations }).flatMap(([what, selector]) =>
      isEmpty(selector) ? [{ message: `\`${what}\` selects by nothing`, mend: 'give tags or ids' }] : [],
    ),
  ];
}

function termsOf(selector: AwsSelector): object[] {
  return 'ids' in selector ? selector.ids.map((id) => ({ id })) : [{ tags: { ...selector.tags } }];
}

/** The disk that images and containers are on: Bottlerocket has its own for its system. */
function disk(image: string, gibibytes: number): object {
  return {
    deviceName: image.startsWith('bottlerocket') ? '/dev/xvdb' : '/dev/xvda',
    ebs: { volumeSize: `${gibibytes}Gi`, volumeType: 'gp3', encrypted: true, deleteOnTermination: true },
  };
}
