import { Construct } from 'constructs';
import { yamlText } from '../../argo/yaml-text';
import { renderDiagnostic } from '../../diagnostic';
import { kebab } from '../../graph/names';
import { Manifest } from '../manifest';
import type { PoolUse } from '../settings/placement';
import { CONFIGURATION, devicePluginConfig, type GpuSharing, migConfig, resourceOf } from './devices/sharing';
import { factsOf, namespaceOf, type OfferFact } from './facts';
import { expectKinds } from './kinds';
import type { GpuNodePool } from './node-pool';
import { choiceProblems, complain, nameProblems, type Problem } from './problems';

/** Props of {@link GpuDevices}. */
export interface GpuDevicesProps {
  /** The nodes whose GPUs are offered. */
  readonly pools: readonly GpuNodePool[];
  /**
   * Who offers them: NVIDIA's device plugin, where nodes have their driver; or NVIDIA's GPU operator, which must be installed, and brings
   * drivers as well. GKE, EKS Auto Mode and AKS offer GPUs themselves.
   */
  readonly by: 'device-plugin' | 'gpu-operator';
  /** How a GPU is shared among pods. @default - each is one pod's alone */
  readonly sharing?: GpuSharing | undefined;
  /** The name of the objects. @default - the construct's id, in kebab case */
  readonly name?: string | undefined;
  /** The device plugin's image. @default - a pinned one */
  readonly image?: string | undefined;
  /** Whether the operator installs drivers. @default true */
  readonly drivers?: boolean | undefined;
}

const IMAGE = 'nvcr.io/nvidia/k8s-device-plugin:v0.17.4';

/**
 * What makes the GPUs of nodes known to Kubernetes, so that tasks can ask for them, and how they are shared.
 *
 * ```ts
 * const shared = new GpuDevices(chart, 'nvidia', {
 *   pools: [t4],
 *   by: 'device-plugin',
 *   sharing: { timeSlicing: { replicas: 4 } },
 * });
 * new Task(pipeline, 'embed', { component: embed, inputs: { … }, runOn: shared.on(t4) });
 * ```
 *
 * The device plugin's pods mount a folder of the node, which PodSecurity's "baseline" and "restricted" forbid: put it into a chart of
 * a namespace without, such as `kube-system`.
 */
export class GpuDevices extends Construct {
  /** The extended resource that a GPU, or a part of one, is. */
  public readonly resource: string;

  private readonly sharing: GpuSharing | undefined;

  /** @throws where a prop is of another kind */
  public constructor(scope: Construct, id: string, props: GpuDevicesProps) {
    super(scope, id);
    expectKinds(this, props, { pools: 'a list!', sharing: 'an object', name: 'a text', image: 'a text' });
    const { name = kebab(id), by, sharing } = props;
    if (sharing && !('mig' in sharing)) expectKinds(this, sharing, { timeSlicing: 'an object!' }, 'sharing');
    this.resource = resourceOf(sharing);
    this.sharing = sharing;
    const facts = factsOf(this);
    complain(this, new.target, 'KFP1712', [
      ...nameProblems('devices', name),
      ...problemsOf(props),
      ...props.pools
        .filter((pool) => facts.offered.has(pool))
        .map(({ name: pool }) => ({
          message: `the GPUs of '${pool}' are offered twice`,
          mend: 'offer those of a pool by one GpuDevices',
        })),
    ]);
    for (const pool of props.pools) facts.offered.set(pool, offerOf(this.resource, sharing));
    if (by === 'device-plugin')
      this.node.addValidation({ validate: () => forbidden(namespaceOf(this), facts.podSecurity) });
    const common = { name };
    new Manifest(this, 'Configuration', {
      ...common,
      apiVersion: 'v1',
      kind: 'ConfigMap',
      body: () => ({ fields: { data: { [CONFIGURATION]: yamlText(devicePluginConfig(sharing), {}) } } }),
    });
    const mig = sharing && 'mig' in sharing ? sharing.mig : undefined;
    if (by === 'gpu-operator' && mig) {
      new Manifest(this, 'MigConfiguration', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: `${name}-mig`,
        body: () => ({ fields: { data: { 'config.yaml': yamlText(migConfig(mig), {}) } } }),
      });
    }
    if (by === 'device-plugin') {
      new Manifest(this, 'DevicePlugin', {
        ...common,
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        body: () => ({ fields: daemonSet(name, props) }),
      });
    } else {
      new Manifest(this, 'ClusterPolicy', {
        ...common,
        apiVersion: 'nvidia.com/v1',
        kind: 'ClusterPolicy',
        namespace: 'none',
        body: () => ({ fields: { spec: clusterPolicy(name, props) } }),
      });
    }
  }

  /**
   * So many GPUs, or parts of one, of a pool: what a task's `runOn` takes.
   *
   * @throws where it is no whole number from 1, or several of GPUs that pods use in turn
   */
  public on(pool: GpuNodePool, count = 1): PoolUse {
    if (!Number.isInteger(count) || count < 1) {
      throw new Error(`${count} accelerators of '${pool.node.path}': give a whole number from 1.`);
    }
    if (count > 1 && this.sharing && 'timeSlicing' in this.sharing) {
      throw new Error(
        `${count} accelerators of '${pool.node.path}': of GPUs that pods use in turn, a pod gets one turn.`,
      );
    }
    const { nodeSelector, tolerations } = pool;
    return { pool: { nodeSelector, tolerations, accelerator: { [this.resource]: 1 } }, accelerators: count };
  }
}

/** A part of a GPU is one; turns on it are as many, of which a pod gets one. */
function offerOf(resource: string, sharing: GpuSharing | undefined): OfferFact {
  if (sharing && 'mig' in sharing) return { resource, perGpu: sharing.mig.perGpu };
  return sharing ? { resource, perGpu: sharing.timeSlicing.replicas, perPod: 1 } : { resource, perGpu: 1 };
}

/** Where the namespace forbids the folder of the node that the device plugin mounts. */
function forbidden(namespace: string | undefined, levels: ReadonlyMap<string, string>): string[] {
  const level = levels.get(namespace ?? '');
  if (level === undefined || level === 'privileged') return [];
  const message = `PodSecurity's '${level}' of the namespace '${namespace}' forbids the device plugin's pods`;
  return [
    renderDiagnostic({ code: 'KFP1727', message, mend: "put it into a chart of another namespace: 'kube-system'" }),
  ];
}

function daemonSet(name: string, { pools, image = IMAGE }: GpuDevicesProps): Record<string, unknown> {
  const labels = { 'app.kubernetes.io/name': name };
  return {
    spec: {
      selector: { matchLabels: { ...labels } },
      updateStrategy: { type: 'RollingUpdate' },
      template: {
        metadata: { labels: { ...labels } },
        spec: {
          automountServiceAccountToken: false,
          priorityClassName: 'system-node-critical',
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: pools.map(({ nodeSelector }) => ({
                  matchExpressions: Object.entries(nodeSelector).map(([key, value]) => ({
                    key,
                    operator: 'In',
                    values: [value],
                  })),
                })),
              },
            },
          },
          tolerations: tolerationsOf(pools),
          containers: [
            {
              name: 'device-plugin',
              image,
              args: [`--config-file=/config/${CONFIGURATION}`],
              env: [{ name: 'FAIL_ON_INIT_ERROR', value: 'false' }],
              resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
              volumeMounts: [
                { name: 'device-plugins', mountPath: '/var/lib/kubelet/device-plugins' },
                { name: 'config', mountPath: '/config', readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: 'device-plugins', hostPath: { path: '/var/lib/kubelet/device-plugins' } },
            { name: 'config', configMap: { name } },
          ],
        },
      },
    },
  };
}

function clusterPolicy(name: string, { pools, sharing, drivers = true }: GpuDevicesProps): Record<string, unknown> {
  const mig = sharing && 'mig' in sharing;
  return {
    operator: { defaultRuntime: 'containerd' },
    daemonsets: { tolerations: tolerationsOf(pools) },
    driver: { enabled: drivers },
    toolkit: { enabled: true },
    devicePlugin: { enabled: true, config: { name, default: CONFIGURATION } },
    gfd: { enabled: true },
    dcgm: { enabled: true },
    dcgmExporter: { enabled: true },
    nodeStatusExporter: { enabled: true },
    mig: { strategy: mig ? 'mixed' : 'single' },
    migManager: { enabled: true, ...(mig && { config: { name: `${name}-mig`, default: CONFIGURATION } }) },
  };
}

/** What the taints of all pools ask for, each once. */
function tolerationsOf(pools: readonly GpuNodePool[]): object[] {
  const all = pools.flatMap(({ tolerations }) => tolerations);
  return [...new Map(all.map((each) => [JSON.stringify(each), { ...each }])).values()];
}

function problemsOf({ pools, by, sharing, image }: GpuDevicesProps): Problem[] {
  const problems: Problem[] = [...choiceProblems('`by`', by ?? 'missing', ['device-plugin', 'gpu-operator'])];
  if (image === '') problems.push({ message: 'the image has no name', mend: 'name it, or leave it out' });
  for (const { name, accelerator } of pools) {
    if (accelerator?.['nvidia.com/gpu'] !== undefined) continue;
    problems.push({ message: `the pool '${name}' has no GPUs of NVIDIA's`, mend: 'give pools that have' });
  }
  if (pools.length === 0) problems.push({ message: 'no pool has GPUs to offer', mend: 'give `pools`' });
  const counts = sharing && ('mig' in sharing ? sharing.mig.perGpu : sharing.timeSlicing.replicas);
  if (
    counts !== undefined &&
    !(Number.isInteger(counts) && counts > 1) &&
    !(sharing && 'mig' in sharing && counts === 1)
  ) {
    problems.push({ message: `a GPU is shared by ${counts}`, mend: 'give a whole number from 2' });
  }
  if (sharing && 'mig' in sharing && !/^\d+g\.\d+gb(\+me)?$/.test(sharing.mig.profile)) {
    problems.push({
      message: `'${sharing.mig.profile}' is no part of a GPU`,
      mend: 'write it as NVIDIA does: 1g.10gb',
    });
  }
  if (sharing && 'mig' in sharing && by === 'device-plugin') {
    problems.push({
      message: 'the device plugin offers parts of a GPU, but does not cut it into them',
      mend: "take by: 'gpu-operator', whose MIG manager does",
    });
  }
  return problems;
}
