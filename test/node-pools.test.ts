import { Chart, Duration, Size, Testing } from 'cdk8s';
import { ContainerComponent, Pipeline, Task } from '../src';
import { GpuNodePool, type GpuNodePoolProps, NodePool } from '../src/constructs/platform/node-pool';
import type { NodePoolProps } from '../src/constructs/platform/node-pools/intent';
import type { NodePoolProvider } from '../src/constructs/platform/node-pools/provider';
import { ClusterApi, Gke, Karpenter } from '../src/constructs/platform/node-pools/providers';
import { synth } from './synth';

const step = new ContainerComponent({ name: 'step', image: 'busybox:1.37', command: ['true'] });

const PROVIDERS: Record<string, NodePoolProvider> = {
  aws: Karpenter.aws({ role: 'nodes', clusterName: 'ml', image: 'bottlerocket@1.49.0' }),
  eksAuto: Karpenter.eksAuto(),
  azure: Karpenter.azure({ subnetId: '/subscriptions/x/subnets/y' }),
  computeClass: Gke.computeClass({ machineFamily: 'g2' }),
  gkeNodePool: Gke.nodePool({ cluster: 'ml', location: 'europe-west4' }),
  clusterApi: ClusterApi.machinePool({
    clusterName: 'ml',
    infrastructure: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'OpenStackMachinePool', name: 'a100' },
    bootstrap: { apiGroup: 'bootstrap.cluster.x-k8s.io', kind: 'KubeadmConfig', name: 'a100' },
  }),
};

// biome-ignore lint/suspicious/noExplicitAny: tests reach into manifests of every kind
type Objects = any[];

function objectsOf(provider: string, props: Partial<GpuNodePoolProps> = {}): { pool: GpuNodePool; objects: Objects } {
  const chart = new Chart(Testing.app(), 'pools', { namespace: 'ml' });
  const pool = new GpuNodePool(chart, 'a100', {
    provider: PROVIDERS[provider]!,
    accelerator: { model: 'a100-80gb', perNode: 8 },
    ...props,
  });
  return { pool, objects: synth(chart) };
}

const complaints = (props: NodePoolProps) => {
  const chart = new Chart(Testing.app(), 'pools', { namespace: 'ml' });
  new NodePool(chart, 'pool', props);
  return chart.node.findAll().flatMap((each) => each.node.validate());
};

describe('one intent, several providers', () => {
  test('Karpenter on AWS: a NodePool and its EC2NodeClass', () => {
    const { objects } = objectsOf('aws', {
      capacity: ['reserved', 'spot'],
      zones: ['eu-central-1a'],
      limits: { accelerators: 16, cpu: 400 },
      disruption: { after: Duration.minutes(10), expireAfter: Duration.days(30), atOnce: 1 },
      diskSize: Size.gibibytes(200),
      labels: { team: 'vision' },
    });
    expect(objects).toEqual([
      {
        apiVersion: 'karpenter.sh/v1',
        kind: 'NodePool',
        metadata: { name: 'a100' },
        spec: {
          template: {
            metadata: { labels: { team: 'vision' } },
            spec: {
              nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'a100' },
              requirements: [
                { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['reserved', 'spot'] },
                { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
                { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
                { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['eu-central-1a'] },
                { key: 'karpenter.k8s.aws/instance-gpu-name', operator: 'In', values: ['a100'] },
                { key: 'karpenter.k8s.aws/instance-gpu-count', operator: 'In', values: ['8'] },
                // Both of them are called a100: the memory tells which.
                { key: 'karpenter.k8s.aws/instance-gpu-memory', operator: 'Gt', values: ['81919'] },
              ],
              taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
              expireAfter: '2592000s',
            },
          },
          disruption: {
            consolidationPolicy: 'WhenEmpty',
            consolidateAfter: '600s',
            budgets: [{ nodes: '1' }],
          },
          limits: { cpu: '400', 'nvidia.com/gpu': '16' },
        },
      },
      {
        apiVersion: 'karpenter.k8s.aws/v1',
        kind: 'EC2NodeClass',
        metadata: { name: 'a100' },
        spec: {
          role: 'nodes',
          amiSelectorTerms: [{ alias: 'bottlerocket@1.49.0' }],
          subnetSelectorTerms: [{ tags: { 'karpenter.sh/discovery': 'ml' } }],
          securityGroupSelectorTerms: [{ tags: { 'karpenter.sh/discovery': 'ml' } }],
          instanceStorePolicy: 'RAID0',
          blockDeviceMappings: [
            {
              deviceName: '/dev/xvdb',
              ebs: { volumeSize: '200Gi', volumeType: 'gp3', encrypted: true, deleteOnTermination: true },
            },
          ],
          metadataOptions: {
            httpEndpoint: 'enabled',
            httpProtocolIPv6: 'disabled',
            httpPutResponseHopLimit: 1,
            httpTokens: 'required',
          },
        },
      },
    ]);
  });

  test.each([
    [
      'eksAuto',
      { group: 'eks.amazonaws.com', kind: 'NodeClass', name: 'default' },
      'eks.amazonaws.com/instance-gpu-name',
      'a100',
    ],
    [
      'azure',
      { group: 'karpenter.azure.com', kind: 'AKSNodeClass', name: 'a100' },
      'karpenter.azure.com/sku-gpu-name',
      'A100',
    ],
  ])('%s: the same NodePool with another node class', (provider, reference, label, model) => {
    const [nodePool, ...more] = objectsOf(provider).objects;
    expect(nodePool.spec.template.spec.nodeClassRef).toEqual(reference);
    expect(nodePool.spec.template.spec.requirements).toContainEqual({ key: label, operator: 'In', values: [model] });
    expect(more.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual(
      provider === 'azure' ? ['karpenter.azure.com/v1beta1 AKSNodeClass'] : [],
    );
  });

  test("GKE's compute class: a rule for each capacity", () => {
    const [{ apiVersion, spec }] = objectsOf('computeClass', {
      capacity: ['spot', 'on-demand'],
      zones: ['europe-west4-a'],
    }).objects;
    expect(apiVersion).toBe('cloud.google.com/v1');
    expect(spec.priorities).toEqual([
      { machineFamily: 'g2', gpu: { type: 'nvidia-a100-80gb', count: 8, driverVersion: 'default' }, spot: true },
      { machineFamily: 'g2', gpu: { type: 'nvidia-a100-80gb', count: 8, driverVersion: 'default' }, spot: false },
    ]);
    expect(spec).toMatchObject({
      priorityDefaults: { location: { zones: ['europe-west4-a'] } },
      nodePoolAutoCreation: { enabled: true },
      autoscalingPolicy: { consolidationDelayMinutes: 5 },
      whenUnsatisfiable: 'DoNotScaleUp',
    });
  });

  test("GKE's node pool, by Config Connector", () => {
    const [{ metadata, spec }] = objectsOf('gkeNodePool', {
      machineTypes: ['a2-ultragpu-8g'],
      capacity: 'spot',
      limits: { nodes: 4 },
    }).objects;
    expect(metadata.namespace).toBe('ml');
    expect(spec).toMatchObject({
      clusterRef: { name: 'ml' },
      autoscaling: { totalMinNodeCount: 0, totalMaxNodeCount: 4 },
      nodeConfig: {
        machineType: 'a2-ultragpu-8g',
        spot: true,
        guestAccelerator: [
          { type: 'nvidia-a100-80gb', count: 8, gpuDriverInstallationConfig: { gpuDriverVersion: 'DEFAULT' } },
        ],
        taint: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NO_SCHEDULE' }],
      },
    });
  });

  test('Cluster API: a MachinePool that an autoscaler bounds', () => {
    const [{ metadata, spec }] = objectsOf('clusterApi', { limits: { nodes: 3 } }).objects;
    expect(metadata.annotations).toEqual({
      'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size': '0',
      'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size': '3',
    });
    expect(spec).not.toHaveProperty('replicas');
    expect(spec.template).toMatchObject({
      metadata: { labels: { 'node.cluster.x-k8s.io/pool': 'a100' } },
      spec: { taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule', propagation: 'Always' }] },
    });
  });

  test('a provider of the user’s own', () => {
    const chart = new Chart(Testing.app(), 'pools');
    const provider: NodePoolProvider = {
      name: 'mine',
      provide: ({ name, capacity }) => ({
        nodeSelector: { pool: name },
        taints: [{ key: 'mine', effect: 'NoExecute' }],
        objects: [{ apiVersion: 'v1', kind: 'ConfigMap', fields: { data: { capacity: capacity.join() } } }],
      }),
    };
    const pool = new NodePool(chart, 'own', { provider, capacity: 'spot' });
    expect(pool).toMatchObject({
      nodeSelector: { pool: 'own' },
      tolerations: [{ key: 'mine', operator: 'Exists', effect: 'NoExecute' }],
    });
    expect(synth(chart)).toEqual([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'own' }, data: { capacity: 'spot' } },
    ]);
  });
});

describe('tasks refer to a pool by the object', () => {
  test.each([
    ['aws', { 'karpenter.sh/nodepool': 'a100' }],
    ['computeClass', { 'cloud.google.com/compute-class': 'a100' }],
    ['gkeNodePool', { 'cloud.google.com/gke-nodepool': 'a100' }],
    ['clusterApi', { 'node.cluster.x-k8s.io/pool': 'a100' }],
  ])('%s: request, selector and tolerations in one', (provider, nodeSelector) => {
    const chart = new Chart(Testing.app(), 'app', { namespace: 'ml' });
    const pool = new GpuNodePool(chart, 'a100', {
      provider: PROVIDERS[provider]!,
      accelerator: { model: 'a100-80gb', perNode: 8 },
      machineTypes: provider === 'gkeNodePool' ? ['a2-ultragpu-8g'] : undefined,
      limits: provider === 'gkeNodePool' ? { nodes: 1 } : undefined,
    });
    const pipeline = new Pipeline(chart, 'train', { artifactRepository: { kind: 'none' } });
    new Task(pipeline, 'fit', { component: step, runOn: pool.gpus(2) });
    const { spec } = synth(chart).find(({ kind }) => kind === 'WorkflowTemplate');
    const template = spec.templates.find(({ container }: { container?: object }) => container);
    expect(template.nodeSelector).toEqual(nodeSelector);
    expect(template.container.resources.limits).toEqual({ 'nvidia.com/gpu': '2' });
    for (const { key, value, effect } of pool.taints) {
      expect(template.tolerations).toContainEqual({ key, operator: 'Equal', value, effect });
    }
  });

  test('more accelerators than a node has, or a part of one', () => {
    const { pool } = objectsOf('aws');
    expect(() => pool.gpus(9)).toThrow("9 accelerators of 'pools/a100': its nodes have 8, and a pod is on one node.");
    expect(() => pool.gpus(0.5)).toThrow("0.5 accelerators of 'pools/a100': give a whole number from 1.");
  });
});

describe('what a provider cannot do is said', () => {
  test.each([
    [
      'an accelerator that it does not have',
      { provider: Karpenter.azure(), accelerator: { model: 'l40s' } },
      /^KFP1710 the provider has no nodes with the accelerator 'l40s'\n {4}at .*node-pools\.test\.ts:\d+\n {4}mend: it has t4, v100, a100-40gb, a100-80gb, h100, h200; give its own name for another one$/,
    ],
    [
      'several kinds of machine in one node pool',
      {
        provider: PROVIDERS.gkeNodePool!,
        machineTypes: ['a', 'b'],
        capacity: ['spot', 'on-demand'] as const,
        limits: { nodes: 1 },
      },
      /a node pool of GKE has one kind of machine, and this one 2 machine types and 2 capacities/,
    ],
    ['no bound', { provider: PROVIDERS.gkeNodePool!, machineTypes: ['a'] }, /must be told how many nodes it may have/],
    [
      'limits of a compute class',
      { provider: Gke.computeClass(), limits: { cpu: 3 } },
      /a compute class has no limits of its own/,
    ],
    [
      'what the infrastructure says',
      { provider: PROVIDERS.clusterApi!, capacity: 'spot' as const },
      /a MachinePool says nothing of capacity/,
    ],
    ['limits that are none', { provider: Karpenter.eksAuto(), limits: { nodes: 0 } }, /the pool's limit of nodes is 0/],
    ['no capacity', { provider: Karpenter.eksAuto(), capacity: [] }, /the pool has no capacity/],
  ])('%s', (_, props, expected) => {
    expect(complaints(props as NodePoolProps)).toEqual([expect.stringMatching(expected)]);
  });

  test.each<[string, Partial<GpuNodePoolProps>, string]>([
    ['name', { name: 'Pool_A' }, "KFP1713 'Pool_A' cannot be the name of a pool"],
    ['long name', { name: 'a'.repeat(64) }, `KFP1713 '${'a'.repeat(64)}' cannot be the name of a pool`],
    ['capacity', { capacity: ['cheap' as 'spot'] }, "KFP1710 the capacity is 'cheap'"],
    ['architecture', { architectures: [] }, 'KFP1710 the pool has no architectures'],
    ['zone', { zones: [1 as unknown as string] }, 'KFP1710 1 is no name of a zone'],
    ['label', { labels: { team: 'a b' } }, 'KFP1710 the label {"team":"a b"} is none'],
    ['taint', { taints: [{ key: 'a', effect: 'Never' }] }, 'KFP1710 {"key":"a","effect":"Never"} is no taint'],
    ['CPUs', { limits: { cpu: Number.NaN } }, "KFP1710 the pool's limit of CPUs is 'NaN'"],
    ['memory', { limits: { memory: '-5Gi' } }, "KFP1710 the pool's limit of memory is '-5Gi'"],
    ['percentage', { disruption: { atOnce: '110%' } }, "KFP1710 disruption.atOnce is '110%'"],
    ['age', { disruption: { after: Duration.millis(1500) } }, 'KFP1710 disruption.after is 1 second 500 millis'],
    ['disk', { diskSize: Size.mebibytes(100) }, 'KFP1710 diskSize is 100Mi'],
    ['accelerators', { accelerator: { model: 't4', perNode: 0 } }, 'KFP1710 the number of accelerators of a node is 0'],
    ['resource', { accelerator: { model: 't4', resource: 'gpu' } }, "KFP1710 'gpu' is no extended resource"],
    [
      'image',
      { provider: Karpenter.aws({ role: 'r', clusterName: 'c', image: 'al2' as 'al2023@1' }) },
      "KFP1710 'al2' is no image of nodes",
    ],
  ])('what is given is none: %s', (_, props, expected) => {
    const chart = new Chart(Testing.app(), 'pools', { namespace: 'ml' });
    new GpuNodePool(chart, 'pool', { provider: Karpenter.eksAuto(), accelerator: { model: 't4' }, ...props });
    const found = chart.node.findAll().flatMap((each) => each.node.validate());
    expect(found).toEqual([expect.stringContaining(expected)]);
  });

  test('props of another kind, as JavaScript lets them be', () => {
    const props = { provider: Karpenter.eksAuto(), zones: 'eu-1a', diskSize: '100Gi' };
    expect(() => complaints(props as unknown as NodePoolProps)).toThrow(
      "'pools/pool': `zones` must be a list, `diskSize` must be a Size of cdk8s.",
    );
    const after = { provider: Karpenter.eksAuto(), disruption: { after: '5m' } };
    expect(() => complaints(after as unknown as NodePoolProps)).toThrow(
      "'pools/pool': `disruption.after` must be a Duration of cdk8s.",
    );
  });

  test('no provider', () => {
    expect(() => complaints({} as NodePoolProps)).toThrow(
      "The pool 'pools/pool' has no provider: give Karpenter.aws(…), Gke.computeClass() or the like.",
    );
  });
});
