import { Chart } from 'cdk8s';
import { type ArgoBackend, GpuNodePool, Karpenter, Queue, type Runner, SharedVolume, Tenant } from 'cdk8s-kfp';
import type { Construct } from 'constructs';

/** Props of {@link MlPlatform}. */
export interface MlPlatformProps {
  /** The engine that runs the team's pipelines. @default - one that is there already */
  readonly engine?: ArgoBackend;
}

/** What the team's pipelines run on: its namespace, its GPUs, the queue for them, and a volume that its runs share. */
export class MlPlatform extends Chart {
  /** Who the pods run as. */
  public readonly runner: Runner;
  /** Nodes with GPUs, which AWS may take back. */
  public readonly gpus: GpuNodePool;
  /** Where tasks wait for the GPUs. */
  public readonly queue: Queue;
  /** What was downloaded before. */
  public readonly models: SharedVolume;

  public constructor(scope: Construct, id: string, { engine }: MlPlatformProps = {}) {
    super(scope, id, { namespace: 'ml' });

    this.gpus = new GpuNodePool(this, 'l4', {
      provider: Karpenter.eksAuto(),
      accelerator: { model: 'l4', perNode: 1 },
      capacity: 'spot',
      limits: { accelerators: 4 },
    });
    this.queue = new Queue(this, 'training', {
      flavors: [{ pool: this.gpus, quotas: { cpu: 32, memory: '128Gi', 'nvidia.com/gpu': 4 } }],
    });
    this.models = new SharedVolume(this, 'models', {
      size: '500Gi',
      accessModes: ['ReadWriteMany'],
      storageClass: 'efs',
    });
    const team = new Tenant(this, 'ml', {
      quota: { cpu: 128, memory: '512Gi', accelerators: { 'nvidia.com/gpu': 4 } },
      network: {
        apiServer: { cidrs: ['10.0.0.0/28'] },
        // The artifact store, the index of packages and the model hub have no addresses of their own.
        egress: [{ to: { cidrs: ['0.0.0.0/0'] } }],
      },
      runner: { name: 'pipeline-runner', ...(engine && { cacheController: engine.controller }) },
      people: { view: [{ group: 'company' }], edit: [{ group: 'ml' }] },
    });
    this.runner = team.runner;
  }
}
