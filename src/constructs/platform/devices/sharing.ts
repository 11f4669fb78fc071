/** GPUs that several pods use in turn: none is kept from another's memory. */
export interface TimeSlicing {
  /** How many pods share a GPU. */
  readonly replicas: number;
}

/** GPUs that are cut into parts, each with memory of its own: NVIDIA's multi-instance GPUs. */
export interface MigSlicing {
  /** The part, as NVIDIA calls it: `1g.10gb`. */
  readonly profile: string;
  /** How many of them a GPU is cut into. */
  readonly perGpu: number;
}

/** How GPUs are shared among pods. */
export type GpuSharing = { readonly timeSlicing: TimeSlicing } | { readonly mig: MigSlicing };

/** The name of the one configuration that is written. */
export const CONFIGURATION = 'default';

/** The extended resource that a share of a GPU is. */
export function resourceOf(sharing: GpuSharing | undefined): string {
  return sharing && 'mig' in sharing ? `nvidia.com/mig-${sharing.mig.profile}` : 'nvidia.com/gpu';
}

/**
 * The configuration of NVIDIA's device plugin.
 *
 * @see https://github.com/NVIDIA/k8s-device-plugin#configuration-option-details
 */
export function devicePluginConfig(sharing: GpuSharing | undefined): object {
  return {
    version: 'v1',
    flags: { migStrategy: sharing && 'mig' in sharing ? 'mixed' : 'none' },
    ...(sharing &&
      'timeSlicing' in sharing && {
        sharing: {
          timeSlicing: {
            // A pod that asks for two would get two turns on one GPU.
            failRequestsGreaterThanOne: true,
            resources: [{ name: 'nvidia.com/gpu', replicas: sharing.timeSlicing.replicas }],
          },
        },
      }),
  };
}

/**
 * The configuration of NVIDIA's MIG manager.
 *
 * @see https://github.com/NVIDIA/mig-parted
 */
export function migConfig({ profile, perGpu }: MigSlicing): object {
  return {
    version: 'v1',
    'mig-configs': {
      [CONFIGURATION]: [{ devices: 'all', 'mig-enabled': true, 'mig-devices': { [profile]: perGpu } }],
      'all-disabled': [{ devices: 'all', 'mig-enabled': false }],
    },
  };
}
