import { Duration } from 'cdk8s';
import type { TaskSettings } from './task-settings';

/** How a provider marks the nodes that it may take back. */
interface SpotNodes {
  readonly label: readonly [key: string, value: string];
  /** True where such nodes have a taint like the label. */
  readonly tainted: boolean;
}

const PROVIDERS = {
  /** @see https://karpenter.sh/docs/concepts/scheduling/ */
  karpenter: { label: ['karpenter.sh/capacity-type', 'spot'], tainted: false },
  /** @see https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html */
  eks: { label: ['eks.amazonaws.com/capacityType', 'SPOT'], tainted: false },
  /** @see https://cloud.google.com/kubernetes-engine/docs/concepts/spot-vms */
  gke: { label: ['cloud.google.com/gke-spot', 'true'], tainted: true },
  /** @see https://learn.microsoft.com/azure/aks/spot-node-pool */
  aks: { label: ['kubernetes.azure.com/scalesetpriority', 'spot'], tainted: true },
} as const satisfies Record<string, SpotNodes>;

/** Options of {@link spot}. */
export interface SpotOptions {
  /** How often a task starts again whose node was taken back. @default 5 */
  readonly retries?: number | undefined;
  /** False to prefer such nodes only, and run elsewhere where there are none. @default true */
  readonly required?: boolean | undefined;
}

/**
 * A preset for nodes that the provider may take back at any time: `presets: [spot('gke')]`. The task asks for such a node,
 * tolerates its taint, and starts again where the node was taken; an error of the program itself, or a lack of memory, is not
 * retried.
 *
 * A `retry` of the task's own, or of all tasks, is merged with this one, field by field, and wins, whichever was given first:
 * `retry: { retries: 3, on: { exitCodes: [3] } }` retries what was taken back and exit code 3.
 *
 * The program starts from the beginning: one that runs for long should keep checkpoints, on a volume for example.
 */
export function spot(provider: keyof typeof PROVIDERS, options: SpotOptions = {}): TaskSettings {
  const { retries = 5, required = true } = options;
  const nodes: SpotNodes | undefined = PROVIDERS[provider];
  if (!nodes) throw new Error(`spot('${provider}'): it is one of ${Object.keys(PROVIDERS).join(', ')}.`);
  const { label, tainted } = nodes;
  const [key, value] = label;
  return {
    ...(required
      ? { nodeSelector: { [key]: value } }
      : { nodeAffinity: { preferred: [{ weight: 100, requirements: [{ key, values: [value] }] }] } }),
    ...(tainted && { tolerations: [{ key, operator: 'Equal', value, effect: 'NoSchedule' }] }),
    // A node that goes takes the pod away, or ends the program by SIGTERM (143) or SIGKILL (137).
    retry: {
      retries,
      policy: 'Always',
      backoff: { duration: Duration.seconds(30), factor: 2, cap: Duration.minutes(10) },
      on: { lost: true, exitCodes: [137, 143], outOfMemory: false },
    },
  };
}
