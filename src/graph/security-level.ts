import type { ComponentDefinition } from '../components/definition';
import type { GraphTaskSettings, SecurityLevel } from './settings';

/** How much a task's pod is confined. A Python component needs nothing of its image's user; a container's program may. */
export function securityLevel({ security }: GraphTaskSettings, { implementation }: ComponentDefinition): SecurityLevel {
  return security ?? (implementation.kind === 'python' ? 'restricted' : 'confined');
}
