import type { TaskNode } from '../../graph';
import { amountOf } from '../../quantity';
import { isRunValue } from '../../settings';
import type { Report } from '../settings';

/** What is requested apart from its limit, as a setting. */
const SETTINGS: Readonly<Record<string, string>> = {
  cpu: 'resources.cpu',
  memory: 'resources.memory',
  'ephemeral-storage': 'resources.ephemeralStorage',
};

/** Names of resources that only nodes with accelerators have; such nodes are mostly tainted. */
export const ACCELERATOR = /(^|[./-])(gpu|tpu|npu|mig|neuron\w*|gaudi)([./-]|$)/i;

/** Quantities are some, limits are not below requests, and who asks for an accelerator can reach one. */
export function resources({ settings }: TaskNode, report: Report): void {
  const { resources: asked, tolerations, retry } = settings;
  if (retry?.memoryFactor !== undefined && retry.memoryFactor !== 1) {
    if (asked?.requests.memory === undefined && asked?.limits.memory === undefined) {
      report('further attempts get more memory, but it asks for none', 'set resources.memory');
    }
    if (retry.when?.outOfMemory === false) {
      report('further attempts get more memory, but a lack of it is not retried', 'set retry.on.outOfMemory: true');
    }
  }
  if (!asked) return;
  const { requests, limits } = asked;
  for (const [kind, amounts] of Object.entries({ requests, limits })) {
    for (const [name, amount] of Object.entries(amounts)) {
      if (isRunValue(amount) || amountOf(amount) !== undefined) continue;
      // A limit that equals the request is one mistake, not two.
      if (kind === 'limits' && requests[name] === amount) continue;
      report(`'${amount}' is no quantity of ${name}`, "write it as Kubernetes does: '500m', '4', '8Gi'");
    }
  }
  for (const [name, limit] of Object.entries(limits)) {
    const [least, most] = [amountOf(requests[name]), amountOf(limit)];
    if (least !== undefined && most !== undefined && most < least) {
      report(
        `the limit of ${name} (${SETTINGS[name]}Limit), ${String(limit)}, is below the request (${SETTINGS[name]}), ${String(requests[name])}`,
        'raise the limit, or lower the request',
        'KFP1245',
      );
    }
    if (!name.includes('/')) continue;
    if (most !== undefined && !Number.isInteger(most)) {
      report(`'${String(limit)}' of ${name} is no whole number`, 'extended resources come in whole numbers');
    }
    if (most === 0 || !ACCELERATOR.test(name) || tolerations !== undefined) continue;
    report(
      `it asks for ${name} but tolerates no taint: nodes with accelerators are mostly tainted`,
      'run it on a pool (runOn), tolerate the taint, or say tolerations: [] where there is none',
      'KFP1246',
      'warning',
    );
  }
  for (const name of [...Object.keys(requests), ...Object.keys(limits)]) {
    if (/^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/.test(name)) continue;
    report(`'${name}' is no name of a resource`, 'write it as the device plugin does: nvidia.com/gpu');
  }
}
