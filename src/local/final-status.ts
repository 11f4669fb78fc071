import { encodeJson } from '../values/codec';
import type { TaskState } from './local-run';

/** The text of a `PipelineTaskFinalStatus`, in the words of the manifests. */
export function finalStatus(run: string, name: string, state: TaskState, errors: readonly string[]): string {
  const failed = state === 'Failed' || state === 'Stopped';
  return encodeJson({
    state: failed ? 'FAILED' : state === 'Succeeded' ? 'SUCCEEDED' : 'SKIPPED',
    pipelineJobResourceName: run,
    pipelineTaskName: name,
    error: failed ? { code: 1, message: errors.join('; ') } : { code: 0, message: '' },
  });
}
