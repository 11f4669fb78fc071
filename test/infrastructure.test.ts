import { App, Chart, Size, Testing, Yaml } from 'cdk8s';
import {
  ContainerComponent,
  If,
  ParallelFor,
  Pipeline,
  type PipelineProps,
  Runner,
  Semaphore,
  SubPipeline,
  str,
  Task,
  Volume,
} from '../src';
import { DeviceClaim, DeviceClass } from '../src/constructs/platform/device-class';
import { GpuDevices } from '../src/constructs/platform/gpu-devices';
import { GpuNodePool, NodePool } from '../src/constructs/platform/node-pool';
import { Karpenter } from '../src/constructs/platform/node-pools/providers';
import { Queue } from '../src/constructs/platform/queue';
import { SharedVolume } from '../src/constructs/platform/shared-volume';
import { Tenant, type TenantProps } from '../src/constructs/platform/tenant';
import { synth } from './synth';

const step = new ContainerComponent({
  name: 'step',
  image: 'busybox:1.37',
  inputs: { x: str('') },
  outputs: { y: str() },
  command: ['true'],
  args: ({ inputs, outputs }) => [inputs.x, outputs.y.path],
});
const eks = Karpenter.eksAuto();
const NETWORK = { apiServer: { cidrs: ['10.0.0.1/32'] } };

// biome-ignore lint/suspicious/noExplicitAny: tests reach into manifests of every kind
type Objects = any[];
const of = (objects: Objects, kind: string, name?: string) =>
  objects.filter((each) => each.kind === kind && (name === undefined || each.metadata.name === name));
const one = (objects: Objects, kind: string, name?: string) => of(objects, kind, name)[0];

function chartOf(namespace: string | undefined = 'ml', app: App = Testing.app()): Chart {
  return new Chart(app, `chart-${namespace}`, namespace === undefined ? {} : { namespace });
}

const a100 = (chart: Chart) =>
  new GpuNodePool(chart, 'a100', { provider: eks, accelerator: { model: 'a100-80gb', perNode: 8 } });

function pipelineOf(chart: Chart, props: PipelineProps<{}, {}> = {}): Pipeline {
  return new Pipeline(chart, 'train', { artifactRepository: { kind: 'none' }, ...props }) as unknown as Pipeline;
}

/** Codes and messages of what is wrong, and of what is doubtful. */
function said(pipeline: Pipeline): string[] {
  return pipeline.diagnostics.map(({ code, severity, message }) => `${severity ?? 'error'} ${code} ${message}`);
}

describe('Queue', () => {
  const flavors = (chart: Chart) => [
    { pool: a100(chart), quotas: { cpu: 200, memory: '2Ti', 'nvidia.com/gpu': { nominal: 16, borrowing: 8 } } },
    { quotas: { cpu: 100, memory: '400Gi', 'nvidia.com/gpu': 0 } },
  ];

  test("is Kueue's queue, with a flavor for each pool", () => {
    const chart = chartOf();
    new Queue(chart, 'training', { flavors: flavors(chart), cohort: 'all', preemption: 'lower-priority' });
    const objects = synth(chart);
    expect(one(objects, 'ResourceFlavor', 'training-a100')).toEqual({
      apiVersion: 'kueue.x-k8s.io/v1beta2',
      kind: 'ResourceFlavor',
      metadata: { name: 'training-a100' },
      spec: {
        nodeLabels: { 'karpenter.sh/nodepool': 'a100' },
        nodeTaints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
        tolerations: [{ key: 'nvidia.com/gpu', operator: 'Equal', value: 'present', effect: 'NoSchedule' }],
      },
    });
    expect(one(objects, 'ClusterQueue').spec).toEqual({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ml' } },
      cohortName: 'all',
      resourceGroups: [
        {
          coveredResources: ['cpu', 'memory', 'nvidia.com/gpu'],
          flavors: [
            {
              name: 'training-a100',
              resources: [
                { name: 'cpu', nominalQuota: '200' },
                { name: 'memory', nominalQuota: '2Ti' },
                { name: 'nvidia.com/gpu', nominalQuota: '16', borrowingLimit: '8' },
              ],
            },
            {
              name: 'training-flavor-2',
              resources: [
                { name: 'cpu', nominalQuota: '100' },
                { name: 'memory', nominalQuota: '400Gi' },
                { name: 'nvidia.com/gpu', nominalQuota: '0' },
              ],
            },
          ],
        },
      ],
      preemption: { withinClusterQueue: 'LowerPriority', reclaimWithinCohort: 'LowerPriority' },
    });
    expect(one(objects, 'LocalQueue')).toMatchObject({
      metadata: { name: 'training', namespace: 'ml' },
      spec: { clusterQueue: 'training' },
    });
  });

  test('holds the pods of a pipeline, or of one task', () => {
    const chart = chartOf();
    const queue = new Queue(chart, 'training', { flavors: [{ quotas: { cpu: 10 } }] });
    const pipeline = pipelineOf(chart);
    new Task(pipeline, 'one', { component: step, presets: [queue.settings] });
    new Task(pipeline, 'two', { component: step });
    const labels = (objects: Objects) =>
      one(objects, 'WorkflowTemplate')
        .spec.templates.filter(({ container }: { container?: object }) => container)
        .map(
          ({ metadata }: { metadata?: { labels?: Record<string, string> } }) =>
            metadata?.labels?.['kueue.x-k8s.io/queue-name'],
        );
    expect(labels(synth(chart)).sort()).toEqual(['training', undefined]);
  });

  test('without Kueue, Argo counts tasks', () => {
    const chart = chartOf();
    const queue = new Queue(chart, 'training', { flavors: [], keeper: { tasks: 4 } });
    const pipeline = pipelineOf(chart);
    new Task(pipeline, 'one', { component: step, presets: [queue.settings] });
    const objects = synth(chart);
    expect(one(objects, 'ConfigMap', 'training').data).toEqual({ limit: '4' });
    const template = one(objects, 'WorkflowTemplate').spec.templates.find(
      ({ container }: { container?: object }) => container,
    );
    expect(template.synchronization).toEqual({ semaphores: [{ configMapKeyRef: { name: 'training', key: 'limit' } }] });
  });

  test.each([
    [[], 'KFP1711 the queue gives nothing out'],
    [
      [{ quotas: { cpu: 1 } }, { quotas: { cpu: 1, memory: '1Gi' } }],
      'KFP1711 the flavors have quotas of other resources: (cpu), (cpu, memory)',
    ],
    [[{ quotas: { cpu: { nominal: 1, lending: 1 } } }], 'KFP1711 the queue borrows or lends, but has no cohort'],
    [[{ quotas: { cpu: Number.NaN } }], "KFP1711 the quota of cpu is 'NaN'"],
    [[{ quotas: { memory: '4 TB' } }], "KFP1711 the quota of memory is '4 TB'"],
    [[{ quotas: { 'g p u': 1 } }], "KFP1711 'g p u' is no name of a resource"],
  ])('refuses %j', (given, message) => {
    const chart = chartOf();
    new Queue(chart, 'q', { flavors: given as never });
    expect(chart.node.findAll().flatMap((each) => each.node.validate())).toEqual([expect.stringContaining(message)]);
  });
});

test('a queue of a name that Kubernetes does not take, or that lends what it has not', () => {
  const chart = chartOf();
  new Queue(chart, 'q', {
    name: 'Q_1',
    cohort: 'all',
    flavors: [{ quotas: { cpu: { nominal: 1, lending: 2 } } }],
    preemption: 'always' as 'never',
  });
  const found = chart.node.findAll().flatMap((each) => each.node.validate());
  expect(found).toEqual([
    expect.stringContaining("KFP1713 'Q_1' cannot be the name of a queue"),
    expect.stringContaining("KFP1711 `preemption` is 'always'"),
    expect.stringContaining('KFP1711 more of cpu may be lent, 2, than there is, 1'),
  ]);
  expect(() => new Queue(chart, 'none', {} as never)).toThrow("'chart-ml/none': `flavors` must be a list.");
});

describe('devices', () => {
  test('the device plugin, with GPUs that pods use in turn', () => {
    const chart = chartOf('kube-system');
    const pool = a100(chart);
    const devices = new GpuDevices(chart, 'nvidia', {
      pools: [pool],
      by: 'device-plugin',
      sharing: { timeSlicing: { replicas: 4 } },
    });
    const objects = synth(chart);
    expect(one(objects, 'ConfigMap', 'nvidia').data.default).toBe(
      [
        'version: v1',
        'flags:',
        '  migStrategy: none',
        'sharing:',
        '  timeSlicing:',
        '    failRequestsGreaterThanOne: true',
        '    resources:',
        '      - name: nvidia.com/gpu',
        '        replicas: 4',
        '',
      ].join('\n'),
    );
    const { spec } = one(objects, 'DaemonSet').spec.template;
    expect(spec.tolerations).toEqual(pool.tolerations);
    expect(spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms).toEqual([
      { matchExpressions: [{ key: 'karpenter.sh/nodepool', operator: 'In', values: ['a100'] }] },
    ]);
    expect(spec.containers[0].image).toMatch(/:v\d+\.\d+\.\d+$/);
    expect(devices.on(pool)).toEqual({
      accelerators: 1,
      pool: { nodeSelector: pool.nodeSelector, tolerations: pool.tolerations, accelerator: { 'nvidia.com/gpu': 1 } },
    });
  });

  test('the GPU operator, with GPUs in parts', () => {
    const chart = chartOf('gpu-operator');
    const pool = a100(chart);
    const devices = new GpuDevices(chart, 'nvidia', {
      pools: [pool],
      by: 'gpu-operator',
      sharing: { mig: { profile: '1g.10gb', perGpu: 7 } },
    });
    const objects = Testing.synth(chart) as Objects;
    expect(one(objects, 'ClusterPolicy')).toMatchObject({
      apiVersion: 'nvidia.com/v1',
      spec: {
        daemonsets: { tolerations: pool.tolerations },
        mig: { strategy: 'mixed' },
        devicePlugin: { config: { name: 'nvidia', default: 'default' } },
        migManager: { config: { name: 'nvidia-mig', default: 'default' } },
      },
    });
    expect(one(objects, 'ConfigMap', 'nvidia-mig').data['config.yaml']).toContain('1g.10gb: 7');
    const pipelines = chartOf('ml', App.of(chart) as App);
    const pipeline = pipelineOf(pipelines);
    new Task(pipeline, 'embed', { component: step, runOn: devices.on(pool, 2) });
    expect(said(pipeline)).toEqual([]);
    const template = one(Testing.synth(pipelines), 'WorkflowTemplate').spec.templates.find(
      ({ container }: { container?: object }) => container,
    );
    expect(template.container.resources.limits).toEqual({ 'nvidia.com/mig-1g.10gb': '2' });
  });

  test('dynamic resource allocation', () => {
    const chart = chartOf();
    const deviceClass = new DeviceClass(chart, 'big-gpu', {
      selectors: ["device.driver == 'gpu.nvidia.com'"],
      extendedResourceName: 'example.com/gpu',
    });
    const gpus = new DeviceClaim(chart, 'two-gpus', { deviceClass, count: 2 });
    const pipeline = pipelineOf(chart);
    new Task(pipeline, 'train', { component: step, resources: { claims: [gpus.claim] } });
    const objects = synth(chart);
    expect(one(objects, 'DeviceClass')).toMatchObject({
      apiVersion: 'resource.k8s.io/v1',
      metadata: { name: 'big-gpu' },
      spec: {
        selectors: [{ cel: { expression: "device.driver == 'gpu.nvidia.com'" } }],
        extendedResourceName: 'example.com/gpu',
      },
    });
    expect(one(objects, 'ResourceClaimTemplate').spec.spec.devices.requests).toEqual([
      { name: 'devices', exactly: { deviceClassName: 'big-gpu', allocationMode: 'ExactCount', count: 2 } },
    ]);
    expect(() => new DeviceClaim(chart, 'none', { deviceClass, count: 0 })).toThrow('claims 0 devices');
  });

  test('a class of everything, and names that are none', () => {
    const chart = chartOf();
    new DeviceClass(chart, 'all', { selectors: [], extendedResourceName: 'gpu' });
    new DeviceClaim(chart, 'dotted', { name: 'a.b', deviceClass: 'x', selectors: [''] });
    expect(chart.node.findAll().flatMap((each) => each.node.validate())).toEqual([
      expect.stringContaining('KFP1712 the class is of every device of every driver'),
      expect.stringContaining("KFP1712 'gpu' is no extended resource"),
      expect.stringContaining("KFP1713 'a.b' cannot be the name of a claim of devices"),
      expect.stringContaining('KFP1712 the selectors are no expressions'),
    ]);
    expect(() => new DeviceClaim(chart, 'none', {} as never)).toThrow('`deviceClass` must be a text.');
  });

  test('the device plugin needs a namespace without PodSecurity', () => {
    const app = Testing.app();
    new Tenant(chartOf('platform', app), 'vision', { network: NETWORK });
    const chart = chartOf('vision', app);
    new GpuDevices(chart, 'nvidia', { pools: [a100(chart)], by: 'device-plugin' });
    expect(chart.node.findAll().flatMap((each) => each.node.validate())).toEqual([
      expect.stringContaining(
        "KFP1727 PodSecurity's 'restricted' of the namespace 'vision' forbids the device plugin's pods",
      ),
    ]);
  });

  test('of GPUs that pods use in turn, a pod gets one turn', () => {
    const chart = chartOf();
    const pool = a100(chart);
    const shared = new GpuDevices(chart, 'nvidia', {
      pools: [pool],
      by: 'device-plugin',
      sharing: { timeSlicing: { replicas: 4 } },
    });
    expect(() => shared.on(pool, 2)).toThrow('a pod gets one turn');
    new GpuDevices(chart, 'again', { pools: [pool], by: 'device-plugin' });
    expect(chart.node.findAll().flatMap((each) => each.node.validate())).toEqual([
      expect.stringContaining("KFP1712 the GPUs of 'a100' are offered twice"),
    ]);
  });

  test.each([
    [{ pools: [], by: 'device-plugin' as const }, 'KFP1712 no pool has GPUs to offer'],
    [{ by: 'gpu-operator' as const, sharing: { timeSlicing: { replicas: 1 } } }, 'KFP1712 a GPU is shared by 1'],
    [
      { by: 'gpu-operator' as const, sharing: { mig: { profile: 'small', perGpu: 2 } } },
      "KFP1712 'small' is no part of a GPU",
    ],
    [
      { by: 'device-plugin' as const, sharing: { mig: { profile: '1g.10gb', perGpu: 7 } } },
      'KFP1712 the device plugin offers parts of a GPU, but does not cut it',
    ],
  ])('refuses %j', (props, message) => {
    const chart = chartOf();
    new GpuDevices(chart, 'nvidia', { pools: [a100(chart)], ...props });
    expect(chart.node.findAll().flatMap((each) => each.node.validate())).toEqual([expect.stringContaining(message)]);
  });
});

describe('Tenant', () => {
  const tenantOf = (props: Partial<TenantProps> = {}) => {
    const chart = chartOf('platform');
    const tenant = new Tenant(chart, 'vision', { network: NETWORK, ...props });
    return { chart, tenant };
  };

  test('is a namespace with all that keeps it apart', () => {
    const { chart } = tenantOf({
      quota: { cpu: 200, accelerators: { 'nvidia.com/gpu': 8 }, pods: 100, storage: '2Ti' },
      limits: { max: { memory: '512Gi' } },
    });
    const objects = synth(chart);
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? '-'}/${metadata.name}`)).toEqual([
      'Namespace -/vision',
      'ResourceQuota vision/quota',
      'LimitRange vision/limits',
      'NetworkPolicy vision/default-deny',
      'NetworkPolicy vision/allow-dns',
      'NetworkPolicy vision/allow-api-server',
      'ServiceAccount vision/runner',
      'Secret vision/runner.service-account-token',
      'Role vision/runner',
      'RoleBinding vision/runner',
    ]);
    expect(one(objects, 'Namespace').metadata.labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
    expect(one(objects, 'ResourceQuota').spec.hard).toEqual({
      'requests.cpu': '200',
      'requests.nvidia.com/gpu': '8',
      pods: '100',
      'requests.storage': '2Ti',
    });
    expect(one(objects, 'LimitRange').spec.limits).toEqual([
      {
        type: 'Container',
        defaultRequest: { cpu: '100m', memory: '128Mi' },
        default: { memory: '1Gi' },
        max: { memory: '512Gi' },
      },
    ]);
  });

  test('says who may look, run and change', () => {
    const { chart } = tenantOf({
      people: { view: [{ group: 'all' }], run: [{ user: 'jo' }], edit: [{ serviceAccount: 'ci', namespace: 'ci' }] },
    });
    const objects = synth(chart);
    const may = (kind: string, verb: string, resource: string) =>
      one(objects, 'Role', `pipelines-${kind}`).rules.some(
        ({ resources, verbs }: { resources: string[]; verbs: string[] }) =>
          resources.includes(resource) && verbs.includes(verb),
      );
    const table = ['view', 'run', 'edit'].map((kind) => [
      may(kind, 'get', 'pods/log'),
      may(kind, 'create', 'workflows'),
      may(kind, 'patch', 'workflowtemplates'),
      may(kind, 'get', 'secrets'),
    ]);
    expect(table).toEqual([
      [true, false, false, false],
      [true, true, false, false],
      [true, true, true, false],
    ]);
    expect(one(objects, 'RoleBinding', 'pipelines-edit').subjects).toEqual([
      { kind: 'ServiceAccount', name: 'ci', namespace: 'ci' },
    ]);
  });

  test('gives its pipelines what they take', () => {
    const chart = chartOf('platform');
    const queue = new Queue(chartOf('vision', App.of(chart) as App), 'training', {
      flavors: [{ quotas: { cpu: 10 } }],
    });
    const tenant = new Tenant(chart, 'vision', { network: NETWORK, queue });
    const pipelines = new Chart(App.of(chart), 'pipelines', { namespace: tenant.namespace });
    const pipeline = new Pipeline(pipelines, 'train', tenant.pipelineProps);
    new Task(pipeline, 'fit', { component: step });
    expect(said(pipeline as unknown as Pipeline)).toEqual([]);
    expect(pipeline.graph.settings.security).toBe('restricted');
    expect(pipeline.graph.runner?.serviceAccountName).toBe('runner');
    expect(pipeline.graph.settings.labels).toEqual({ 'kueue.x-k8s.io/queue-name': 'training' });
    expect(pipeline.graph.artifactRepository.prefix).toBe('vision');
  });

  /** A flow from a pod of the namespace to somewhere. */
  interface Flow {
    readonly to: { readonly ip: string } | { readonly namespace: string; readonly labels: Record<string, string> };
    readonly port: number;
    readonly protocol?: string;
  }

  /** Whether NetworkPolicies let a flow out, as Kubernetes reads them: with one that denies, only what one allows. */
  function letsOut(policies: Objects, { to, port, protocol = 'TCP' }: Flow): boolean {
    const outs = policies.filter(({ spec }) => spec.policyTypes.includes('Egress'));
    if (outs.length === 0) return true;
    return outs
      .flatMap(({ spec }) => spec.egress ?? [])
      .some(
        (rule: Objects[0]) =>
          rule.ports.some((each: Objects[0]) => each.port === port && each.protocol === protocol) &&
          rule.to.some((peer: Objects[0]) =>
            'ip' in to
              ? peer.ipBlock !== undefined && within(to.ip, peer.ipBlock.cidr)
              : peer.namespaceSelector?.matchLabels['kubernetes.io/metadata.name'] === to.namespace &&
                Object.entries<string>(peer.podSelector?.matchLabels ?? {}).every(
                  ([key, value]) => to.labels[key] === value,
                ),
          ),
      );
  }

  const number = (ip: string) => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  function within(ip: string, cidr: string): boolean {
    const [base, bits] = cidr.split('/') as [string, string];
    const size = 2 ** (32 - Number(bits));
    return Math.floor(number(ip) / size) === Math.floor(number(base) / size);
  }

  test('lets out every flow that a run needs, and no other', () => {
    const { chart } = tenantOf({
      network: {
        apiServer: { cidrs: ['10.0.0.1/32'], ports: [6443] },
        artifacts: { to: { namespace: 'minio', labels: { app: 'minio' } }, ports: [9000] },
        egress: [{ to: { cidrs: ['192.168.7.0/24'] }, ports: [443] }],
      },
    });
    const policies = of(synth(chart), 'NetworkPolicy');
    const dns = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
    const allowed: Flow[] = [
      { to: dns, port: 53, protocol: 'UDP' },
      { to: dns, port: 53 },
      { to: { ip: '10.0.0.1' }, port: 6443 },
      { to: { namespace: 'minio', labels: { app: 'minio' } }, port: 9000 },
      { to: { ip: '192.168.7.20' }, port: 443 },
    ];
    const denied: Flow[] = [
      { to: { ip: '10.0.0.1' }, port: 443 },
      { to: { ip: '10.0.0.2' }, port: 6443 },
      { to: { ip: '192.168.8.20' }, port: 443 },
      { to: { ip: '8.8.8.8' }, port: 443 },
      { to: { ip: '169.254.169.254' }, port: 80 },
      { to: { namespace: 'minio', labels: { app: 'other' } }, port: 9000 },
      { to: { namespace: 'minio', labels: { app: 'minio' } }, port: 9001 },
      { to: { namespace: 'vision', labels: {} }, port: 8080 },
      { to: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }, port: 443 },
      { to: { namespace: 'other', labels: { 'k8s-app': 'kube-dns' } }, port: 53 },
    ];
    expect(allowed.map((flow) => letsOut(policies, flow))).toEqual(allowed.map(() => true));
    expect(denied.map((flow) => letsOut(policies, flow))).toEqual(denied.map(() => false));
    // Nothing comes in: one policy takes every pod, and none lets anything in.
    expect(policies.filter(({ spec }) => spec.policyTypes.includes('Ingress')).map(({ spec }) => spec)).toEqual([
      { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    ]);
    expect(policies.every(({ spec }) => Object.keys(spec.podSelector).length === 0)).toBe(true);
  });

  test.each<[Partial<TenantProps['network']>, string]>([
    [{ apiServer: { cidrs: [] } }, 'network.apiServer has no list of addresses'],
    [{ apiServer: { cidrs: ['10.0.0.1/32'], ports: [] } }, 'network.apiServer has no list of ports'],
    [{ apiServer: { cidrs: ['10.0.0.1'] } }, "'10.0.0.1' of network.apiServer is no range of addresses"],
    [{ apiServer: { cidrs: ['10.0.0.1/24'] } }, "'10.0.0.1/24' of network.apiServer is no range of addresses"],
    [{ dns: { cidrs: [] } }, 'network.dns has no list of addresses'],
    [{ artifacts: {} as never }, 'network.artifacts names no destination'],
    [{ egress: [{ to: {} as never }] }, 'network.egress[0] names no destination'],
    [{ egress: [{ to: { namespace: undefined as never } }] }, 'network.egress[0] names no destination'],
    [
      { egress: [{ to: { namespace: 'x', labels: { a: undefined as never } } }] },
      'the label of network.egress[0] {} is none',
    ],
    [{ egress: [{ to: { cidrs: ['::/0'] }, ports: [0.5] }] }, 'a port of network.egress[0] is 0.5'],
  ])('refuses what Kubernetes would read as everything: %j', (network, expected) => {
    const { chart } = tenantOf({ network: { ...NETWORK, ...network } });
    const found = chart.node.findAll().flatMap((each) => each.node.validate());
    expect(found).toEqual([expect.stringContaining(`KFP1716 ${expected}`)]);
    expect(() => Testing.synth(chart)).toThrow('KFP1716');
  });

  test.each<[Partial<TenantProps>, string]>([
    [{ namespace: 'A_B' }, "KFP1713 'A_B' cannot be the name of a namespace"],
    [{ namespace: 'kube-system' }, "KFP1715 'kube-system' is Kubernetes' own"],
    [{ podSecurity: 'strict' as 'baseline' }, "KFP1715 `podSecurity` is 'strict'"],
    [{ labels: { team: 'a b' } }, 'KFP1715 the namespace\'s label {"team":"a b"} is none'],
    [{ quota: { cpu: -1 } }, "KFP1715 the quota of CPUs is '-1'"],
    [{ quota: { pods: 1.5 } }, 'KFP1715 the quota of pods is 1.5'],
    [{ quota: { accelerators: { gpu: 1 } } }, "KFP1715 'gpu' is no extended resource"],
    [{ limits: { max: { memory: 'x' } } }, "KFP1715 limits.max.memory is 'x'"],
    [
      { limits: { max: { memory: '1Gi' }, defaultLimit: { memory: '2Gi' } } },
      'KFP1715 a container gets 2Gi of memory by default, and may have 1Gi at most',
    ],
    [{ people: { view: [{ group: '' }] } }, 'KFP1715 {"group":""} is nobody'],
    [{ people: { view: [{ serviceAccount: 'x' } as never] } }, 'KFP1715 {"serviceAccount":"x"} is nobody'],
    [{ people: { admin: [] } as never }, "KFP1715 a kind of `people` is 'admin'"],
    [
      { people: { run: [{ group: 'system:unauthenticated' }] } },
      "KFP1715 'system:unauthenticated' is everyone who reaches the API server",
    ],
  ])('refuses %j', (props, expected) => {
    const { chart } = tenantOf(props);
    const found = chart.node.findAll().flatMap((each) => each.node.validate());
    expect(found).toEqual([expect.stringContaining(expected)]);
  });

  test('refuses a queue of another namespace, and props of another kind', () => {
    const app = Testing.app();
    const queue = new Queue(chartOf('other', app), 'q', { flavors: [{ quotas: { cpu: 1 } }] });
    const chart = chartOf('platform', app);
    new Tenant(chart, 'vision', { network: NETWORK, queue });
    expect(chart.node.findAll().flatMap((each) => each.node.validate())).toEqual([
      expect.stringContaining("KFP1715 the queue 'q' is in the namespace 'other', and the tenant is 'vision'"),
    ]);
    expect(() => new Tenant(chart, 'none', {} as never)).toThrow("'chart-platform/none': `network` must be an object.");
  });

  test('defaults of containers give way to what is said', () => {
    const limits = (given: TenantProps['limits']) => {
      const [{ spec }] = of(synth(tenantOf({ limits: given }).chart), 'LimitRange');
      const { type: _, ...all } = spec.limits[0];
      return all;
    };
    expect(limits({ max: { memory: '512Mi', cpu: '50m' } })).toEqual({
      defaultRequest: { cpu: '50m', memory: '128Mi' },
      default: { memory: '512Mi' },
      max: { memory: '512Mi', cpu: '50m' },
    });
    expect(limits({ defaultRequest: { memory: '8Gi' } })).toEqual({
      defaultRequest: { cpu: '100m', memory: '8Gi' },
      default: { memory: '8Gi' },
    });
    expect(limits({ defaultLimit: { memory: '64Mi' } })).toEqual({
      defaultRequest: { cpu: '100m', memory: '64Mi' },
      default: { memory: '64Mi' },
    });
  });

  test('no object of its manifest is an alias', () => {
    const { chart } = tenantOf({ people: { view: [{ group: 'a' }], run: [{ group: 'b' }], edit: [{ group: 'c' }] } });
    expect(Yaml.stringify(...synth(chart))).not.toMatch(/[&*]a\d/);
  });

  test('nobody may read Secrets, make tokens, or give rights', () => {
    const { chart } = tenantOf({ people: { view: [{ group: 'a' }], run: [{ group: 'b' }], edit: [{ group: 'c' }] } });
    const rules = of(synth(chart), 'Role').flatMap((role: Objects[0]) => role.rules);
    expect(rules.length).toBeGreaterThan(5);
    for (const { apiGroups, resources, verbs } of rules) {
      expect(['', 'argoproj.io']).toEqual(expect.arrayContaining(apiGroups));
      for (const each of [...resources, ...verbs]) {
        expect(each).not.toMatch(/\*|secrets|serviceaccounts|roles|exec|attach|ephemeral|bind|escalate|impersonate/);
      }
    }
  });

  test('without a store, nothing reaches one', () => {
    const policies = of(synth(tenantOf().chart), 'NetworkPolicy');
    expect(letsOut(policies, { to: { ip: '10.1.2.3' }, port: 443 })).toBe(false);
  });
});

describe('SharedVolume', () => {
  test('is a claim that stays, and that tasks mount', () => {
    const chart = chartOf();
    const models = new SharedVolume(chart, 'models', {
      size: Size.tebibytes(1),
      accessModes: ['ReadWriteMany'],
      storageClass: 'efs',
      dataSource: { snapshot: 'yesterday' },
    });
    const pipeline = pipelineOf(chart);
    new Task(pipeline, 'train', { component: step, volumes: { '/models': models.volume({ readOnly: true }) } });
    const objects = synth(chart);
    expect(one(objects, 'PersistentVolumeClaim')).toEqual({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'models', namespace: 'ml', annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false' } },
      spec: {
        accessModes: ['ReadWriteMany'],
        resources: { requests: { storage: '1Ti' } },
        storageClassName: 'efs',
        dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'yesterday' },
      },
    });
    const template = one(objects, 'WorkflowTemplate').spec.templates.find(
      ({ container }: { container?: object }) => container,
    );
    expect(template.volumes).toContainEqual(
      expect.objectContaining({ persistentVolumeClaim: { claimName: 'models', readOnly: true } }),
    );
  });
});

describe('SharedVolume refuses', () => {
  test.each<[object, string]>([
    [{ size: 'big' }, "KFP1714 the size is 'big'"],
    [{ size: '0' }, 'KFP1714 the size is 0'],
    [{ name: 'V V' }, "KFP1713 'V V' cannot be the name of a volume"],
    [{ accessModes: ['Many'] }, "KFP1714 an access mode is 'Many'"],
    [{ accessModes: [] }, 'KFP1714 nobody may mount it'],
    [{ accessModes: ['ReadWriteOncePod', 'ReadWriteMany'] }, 'KFP1714 ReadWriteOncePod stands beside'],
    [{ storageClass: 'A B' }, "KFP1714 'A B' cannot be the name of a StorageClass"],
    [{ dataSource: {} }, 'KFP1714 the data source names nothing'],
  ])('%j', (props, expected) => {
    const chart = chartOf();
    new SharedVolume(chart, 'v', { size: '1Gi', ...props });
    expect(chart.node.findAll().flatMap((each) => each.node.validate())).toEqual([expect.stringContaining(expected)]);
  });

  test('what is no size', () => {
    expect(() => new SharedVolume(chartOf(), 'v', { size: 5 } as never)).toThrow(
      "'chart-ml/v': `size` must be a Size of cdk8s or a text.",
    );
  });
});

describe('pipelines are held against what the app says of its cluster', () => {
  test('an app that says nothing is checked for nothing', () => {
    const pipeline = pipelineOf(chartOf());
    new Task(pipeline, 'train', { component: step, resources: { gpus: 64 }, tolerations: [{ key: 'mine' }] });
    expect(said(pipeline)).toEqual([]);
  });

  test('accelerators', () => {
    const chart = chartOf();
    const pool = a100(chart);
    const pipeline = pipelineOf(chart);
    new Task(pipeline, 'fits', { component: step, runOn: pool.gpus(8) });
    new Task(pipeline, 'too-many', { component: step, runOn: { pool, accelerators: 9 } });
    new Task(pipeline, 'another-kind', {
      component: step,
      tolerations: pool.tolerations,
      resources: { extended: { 'amd.com/gpu': 1 } },
    });
    new Task(pipeline, 'closed', {
      component: step,
      nodeSelector: pool.nodeSelector,
      tolerations: [],
      resources: { gpus: 1 },
    });
    expect(said(pipeline)).toEqual([
      "error KFP1720 asks for 9 nvidia.com/gpu, which the pool 'a100' does not have on one node",
      'warning KFP1720 asks for 1 amd.com/gpu, which no pool of the app has on one node',
      "error KFP1720 asks for 1 nvidia.com/gpu, but does not tolerate the taint 'nvidia.com/gpu' of the pool 'a100'",
    ]);
  });

  test('tolerations of what nothing is tainted with', () => {
    const chart = chartOf();
    new NodePool(chart, 'spot', { provider: eks, taints: [{ key: 'spot', value: 'yes', effect: 'NoSchedule' }] });
    const pipeline = pipelineOf(chart);
    new Task(pipeline, 'right', { component: step, tolerations: [{ key: 'spot', operator: 'Exists' }] });
    new Task(pipeline, 'other-value', { component: step, tolerations: [{ key: 'spot', value: 'no' }] });
    new Task(pipeline, 'other-key', { component: step, tolerations: [{ key: 'sport', operator: 'Exists' }] });
    new Task(pipeline, 'cloud', {
      component: step,
      tolerations: [{ key: 'cloud.google.com/gke-spot', operator: 'Exists' }],
    });
    expect(said(pipeline)).toEqual([
      "warning KFP1721 tolerates the taint 'spot', which no pool of the app has so",
      "warning KFP1721 tolerates the taint 'sport', which no pool of the app has so",
    ]);
  });

  describe('claims that one node has at a time', () => {
    const withClaim = (
      build: (pipeline: Pipeline, settings: { volumes: Record<string, ReturnType<SharedVolume['volume']>> }) => void,
      accessModes?: ['ReadWriteMany'] | ['ReadWriteOncePod'],
    ) => {
      const chart = chartOf();
      const data = new SharedVolume(chart, 'data', { size: '1Gi', accessModes });
      const pipeline = pipelineOf(chart);
      build(pipeline, { volumes: { '/data': data.volume() } });
      return said(pipeline);
    };

    test('tasks side by side', () => {
      const build = (pipeline: Pipeline, settings: object) => {
        new Task(pipeline, 'one', { component: step, ...settings });
        new Task(pipeline, 'two', { component: step, ...settings });
      };
      expect(withClaim(build)).toEqual([
        "warning KFP1722 mounts 'data' at the same time as 'one' may, but one node has it at a time (ReadWriteOnce)",
      ]);
      expect(withClaim(build, ['ReadWriteOncePod'])).toEqual([
        "error KFP1722 mounts 'data' at the same time as 'one' may, but one pod has it at a time (ReadWriteOncePod)",
      ]);
      expect(withClaim(build, ['ReadWriteMany'])).toEqual([]);
    });

    test('tasks one after the other, and branches of which one runs', () => {
      expect(
        withClaim((pipeline, settings) => {
          const first = new Task(pipeline, 'first', { component: step, ...settings });
          const between = new Task(pipeline, 'between', { component: step, inputs: { x: first.outputs.y } });
          const choice = new If(pipeline, 'choice', { condition: between.outputs.y.eq('a') });
          new Task(choice, 'then', { component: step, ...settings });
          new Task(choice.else('otherwise'), 'else', { component: step, ...settings });
        }),
      ).toEqual([]);
    });

    test('iterations of a loop', () => {
      const loop = (parallelism?: number) => (pipeline: Pipeline, settings: object) => {
        const each = new ParallelFor(pipeline, 'each', { items: ['a', 'b'], parallelism });
        new Task(each, 'work', { component: step, inputs: { x: each.item }, ...settings });
      };
      expect(withClaim(loop())).toEqual([
        "warning KFP1722 mounts 'data' at the same time in several iterations, but one node has it at a time (ReadWriteOnce)",
      ]);
      expect(withClaim(loop(1))).toEqual([]);
    });
  });

  test('quotas and limits of the namespace', () => {
    const app = Testing.app();
    new Tenant(chartOf('platform', app), 'ml', {
      network: NETWORK,
      quota: { cpu: 10, accelerators: { 'nvidia.com/gpu': 2 } },
      limits: { max: { memory: '8Gi' } },
    });
    const pipeline = pipelineOf(chartOf('ml', app));
    new Task(pipeline, 'fits', { component: step, resources: { cpu: 10, memory: '8192Mi' } });
    new Task(pipeline, 'too-large', {
      component: step,
      tolerations: [],
      resources: { cpu: '10500m', memory: '9Gi', gpus: 4 },
    });
    expect(said(pipeline).filter((each) => each.includes('KFP1723'))).toEqual([
      "error KFP1723 asks for 10500m of cpu, but the namespace 'ml' allows 10 of it altogether",
      "error KFP1723 asks for 9Gi of memory, but a container in 'ml' may have 8Gi at most",
      "error KFP1723 asks for 4 of nvidia.com/gpu, but the namespace 'ml' allows 2 of it altogether",
    ]);
  });

  test('objects of another namespace', () => {
    const app = Testing.app();
    const other = chartOf('other', app);
    const runner = new Runner(other, 'runner');
    const data = new SharedVolume(other, 'data', { size: '1Gi' });
    const queue = new Queue(other, 'queue', { flavors: [{ quotas: { cpu: 1 } }] });
    const pipeline = pipelineOf(chartOf('ml', app), { runner });
    new Task(pipeline, 'train', { component: step, volumes: { '/data': data.volume() }, presets: [queue.settings] });
    expect(said(pipeline)).toEqual([
      "error KFP1724 the runner 'runner' is in the namespace 'other', and the pods are in 'ml'",
      "warning KFP1724 the volume 'data' is in the namespace 'other', and the pods are in 'ml'",
      "warning KFP1724 the queue 'queue' is in the namespace 'other', and the pods are in 'ml'",
    ]);
  });

  test("a task's own account, semaphores and claims of devices of another namespace", () => {
    const app = Testing.app();
    const other = chartOf('other', app);
    const semaphore = new Semaphore(other, 'places', { limit: 1 });
    const gpus = new DeviceClaim(other, 'gpus', { deviceClass: 'x' });
    const pipeline = pipelineOf(chartOf('ml', app));
    new Task(pipeline, 'train', {
      component: step,
      serviceAccount: new Runner(other, 'writer'),
      semaphores: [semaphore],
      resources: { claims: [gpus.claim] },
    });
    // An account of the same name that is not the app's.
    new Task(pipeline, 'own', { component: step, serviceAccount: { name: 'writer' } });
    expect(said(pipeline)).toEqual([
      "error KFP1724 the runner 'writer' is in the namespace 'other', and the pods are in 'ml'",
      "warning KFP1724 the claim of devices 'gpus' is in the namespace 'other', and the pods are in 'ml'",
      "warning KFP1724 the semaphore 'places' is in the namespace 'other', and the pods are in 'ml'",
    ]);
  });

  test('tasks of called pipelines, in the namespace of who calls', () => {
    const app = Testing.app();
    new Tenant(chartOf('platform', app), 'ml', { network: NETWORK, podSecurity: 'baseline', quota: { cpu: 4 } });
    const chart = chartOf('ml', app);
    const data = new SharedVolume(chart, 'data', { size: '1Gi', accessModes: ['ReadWriteOncePod'] });
    const called = new Pipeline(chartOf('library', app), 'called', {
      artifactRepository: { kind: 'none' },
      standalone: false,
    });
    new Task(called, 'work', { component: step, resources: { cpu: 8 }, volumes: { '/data': data.volume() } });
    const pipeline = pipelineOf(chart);
    const each = new ParallelFor(pipeline, 'each', { items: ['a', 'b'] });
    new SubPipeline(each, 'call', { pipeline: called, inputs: {} });
    expect(said(called as unknown as Pipeline)).toEqual([]);
    expect(said(pipeline)).toEqual([
      "error KFP1723 asks for 8 of cpu, but the namespace 'ml' allows 4 of it altogether",
      "error KFP1722 mounts 'data' at the same time in several iterations, but one pod has it at a time (ReadWriteOncePod)",
    ]);
  });

  test('pods that PodSecurity refuses', () => {
    const found = (podSecurity?: 'baseline') => {
      const app = Testing.app();
      new Tenant(chartOf('platform', app), 'ml', { network: NETWORK, podSecurity });
      const pipeline = pipelineOf(chartOf('ml', app));
      new Task(pipeline, 'confined', { component: step });
      new Task(pipeline, 'nonroot', { component: step, securityContext: { runAsNonRoot: true } });
      new Task(pipeline, 'restricted', { component: step, security: 'restricted' });
      new Task(pipeline, 'free', { component: step, security: 'none' });
      new Task(pipeline, 'privileged', { component: step, securityContext: { privileged: true } });
      new Task(pipeline, 'folder', {
        component: step,
        security: 'restricted',
        volumes: { '/host': Volume.of('host', 'host', { hostPath: { path: '/data' } }) },
      });
      new Task(pipeline, 'share', {
        component: step,
        security: 'restricted',
        volumes: { '/nfs': Volume.of('nfs', 'share', { nfs: { server: 'nas', path: '/' } }) },
      });
      return said(pipeline)
        .filter((each) => each.includes('KFP1725'))
        .map((each) => each.replace(/, which PodSecurity's .*/, ''));
    };
    expect(found()).toEqual([
      'error KFP1725 may run as root',
      "error KFP1725 runs with security: 'none'",
      'error KFP1725 runs privileged',
      'error KFP1725 mounts a folder of the node',
      'error KFP1725 mounts a volume of the kind nfs',
    ]);
    expect(found('baseline')).toEqual(['error KFP1725 runs privileged', 'error KFP1725 mounts a folder of the node']);
  });

  test('more than a queue gives out, and what it gives the tolerations for', () => {
    const chart = chartOf();
    const pool = a100(chart);
    const queue = new Queue(chart, 'training', {
      flavors: [{ pool, quotas: { cpu: 8, 'nvidia.com/gpu': 4 } }],
    });
    const pipeline = pipelineOf(chart);
    const task = (id: string, resources: object) =>
      new Task(pipeline, id, { component: step, presets: [queue.settings], tolerations: [], resources });
    task('fits', { cpu: 8, gpus: 4 });
    task('too-much', { gpus: 5 });
    task('uncovered', { memory: '1Gi' });
    expect(said(pipeline)).toEqual([
      "error KFP1726 asks for 5 of nvidia.com/gpu, but the queue 'training' gives 4 to one task at most",
      "warning KFP1726 asks for memory, of which the queue 'training' gives out none",
    ]);
  });

  test('GPUs that are offered otherwise, taints that keep nobody away, and what is no accelerator', () => {
    const chart = chartOf();
    const pool = a100(chart);
    const soft = new GpuNodePool(chart, 'soft', {
      provider: eks,
      accelerator: { model: 't4', perNode: 1 },
      taints: [{ key: 'rather-not', effect: 'PreferNoSchedule' }],
    });
    const parts = new GpuDevices(chart, 'nvidia', {
      pools: [pool],
      by: 'gpu-operator',
      sharing: { mig: { profile: '1g.10gb', perGpu: 7 } },
    });
    const pipeline = pipelineOf(chart);
    new Task(pipeline, 'parts', { component: step, runOn: parts.on(pool, 56) });
    new Task(pipeline, 'too-many-parts', { component: step, runOn: parts.on(pool, 57) });
    new Task(pipeline, 'whole', { component: step, runOn: pool.gpus(1) });
    new Task(pipeline, 'soft', {
      component: step,
      nodeSelector: soft.nodeSelector,
      tolerations: [],
      resources: { gpus: 1 },
    });
    new Task(pipeline, 'network', {
      component: step,
      runOn: pool,
      resources: { extended: { 'vpc.amazonaws.com/efa': 4 } },
    });
    expect(said(pipeline)).toEqual([
      "error KFP1720 asks for 57 nvidia.com/mig-1g.10gb, which the pool 'a100' does not have on one node",
      "error KFP1720 asks for 1 nvidia.com/gpu, which the pool 'a100' does not have on one node",
    ]);
    expect(pipeline.diagnostics.at(-1)!.mend).toBe(
      'its GPUs are offered as nvidia.com/mig-1g.10gb: take them by GpuDevices.on(pool)',
    );
  });

  test('limits: above the most, given by default, and of the last attempt', () => {
    const app = Testing.app();
    new Tenant(chartOf('platform', app), 'ml', {
      network: NETWORK,
      podSecurity: 'privileged',
      limits: { max: { memory: '8Gi' } },
    });
    const pipeline = pipelineOf(chartOf('ml', app));
    new Task(pipeline, 'limit', { component: step, resources: { memory: '4Gi', memoryLimit: '16Gi' } });
    new Task(pipeline, 'no-limit', { component: step, resources: { memory: '4Gi', memoryLimit: null } });
    new Task(pipeline, 'retried', {
      component: step,
      resources: { memory: '4Gi' },
      retry: { retries: 2, memoryFactor: 2 },
    });
    new Task(pipeline, 'retried-once', {
      component: step,
      resources: { memory: '4Gi' },
      retry: { retries: 1, memoryFactor: 2 },
    });
    expect(said(pipeline)).toEqual([
      "error KFP1723 asks for 16Gi of memory, but a container in 'ml' may have 8Gi at most",
      "error KFP1723 asks for 4Gi of memory without a limit, and the namespace 'ml' gives it a limit of 1Gi",
      "warning KFP1723 its last attempt asks for 4 times the memory, which is more than the namespace 'ml' allows",
    ]);
  });

  test('a claim that a lock keeps tasks apart at, and one of a thousand tasks in a row', () => {
    const chart = chartOf();
    const data = new SharedVolume(chart, 'data', { size: '1Gi', accessModes: ['ReadWriteOncePod'] });
    const settings = { component: step, volumes: { '/data': data.volume() } };
    const locked = new Pipeline(chart, 'locked', { artifactRepository: { kind: 'none' } });
    for (const id of ['one', 'two']) new Task(locked, id, { ...settings, mutexes: ['data'] });
    expect(said(locked as unknown as Pipeline)).toEqual([]);
    const long = new Pipeline(chart, 'long', { artifactRepository: { kind: 'none' }, crds: 'minimal' });
    let last = new Task(long, 'first', settings);
    for (let index = 0; index < 999; index++) {
      last = new Task(long, `t${index}`, { ...settings, inputs: { x: last.outputs.y } });
    }
    const from = performance.now();
    expect(said(long as unknown as Pipeline).filter((each) => each.includes('KFP1722'))).toEqual([]);
    expect(performance.now() - from).toBeLessThan(10_000);
  });
});
