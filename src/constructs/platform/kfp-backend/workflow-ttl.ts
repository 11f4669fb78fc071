import { seconds } from '../../settings/setting-value';
import type { KfpSettings } from './settings';

/** A day: long enough for the persistence agent to see how each run ended, were it away for a while. */
const DAY = 86400;

/** How long finished Workflow objects stay in the cluster, in seconds: KFP labels them for removal by it, and Argo removes them by it. */
export function workflowTtl({ props }: KfpSettings): number {
  const { workflowTtl: given } = props.runs ?? {};
  return given ? seconds(given) : DAY;
}
