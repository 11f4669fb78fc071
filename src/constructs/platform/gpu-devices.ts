import { Construct } from 'constructs';
import { yamlText } from '../../argo/yaml-text';
import { renderDiagnostic } from '../../diagnostic';
import { kebab } from '../../graph/names';
import { callSite } from '../call-site';
import { Manifest } from '../manifest';
import type { PoolUse } from '../settings/placement';
import { CONFIGURATION, devicePluginConfig, type GpuSharing, migConfig, resourceOf } from './devices/sharing';
import { factsOf } from './facts';
import type { GpuNodePool } from './node-pool';

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
 */
export class GpuDevices extends Construct {
  /** The extended resource that a GPU, or a part of one, is. */
  public readonly resource: string;

  public constructor(scope: Construct, id: string, props: GpuDevicesProps) {
    super(scope, id);
    const { name = kebab(id), by, sharing } = props;
    this.resource = resourceOf(sharing);
    for (const pool of props.pools) offer(pool, this.resource);
    const found = problemsOf(props);
    const { at } = callSite(new.target);
    this.node.addValidation({
      validate: () => found.map((each) => renderDiagnostic({ code: 'KFP1712', ...each, ...(at && { at }) })),
    });
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
   * @throws where it is no whole number from 1
   */
  public on(pool: GpuNodePool, count = 1): PoolUse {
    if (!Number.isInteger(count) || count < 1) {
      throw new Error(`${count} accelerators of '${pool.node.path}': give a whole number from 1.`);
    }
    const { nodeSelector, tolerations } = pool;
    return { pool: { nodeSelector, tolerations, accelerator: { [this.resource]: 1 } }, accelerators: count };
  }
}

function offer(pool: GpuNodePool, resource: string): void {
  const { offered } = factsOf(pool);
  offered.set(pool, [...(offered.get(pool) ?? []), resource]);
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

function problemsOf({ pools, by, sharing }: GpuDevicesProps) {
  const problems = [];
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
