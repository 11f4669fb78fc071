import type { GraphNode } from '../graph/graph';
import { CACHED_TASK } from './cache';
import { string } from './expression-printer';

/**
 * What an exit task's `PipelineTaskFinalStatus` holds, in KFP's words. Argo gives the failures as JSON in a JSON string.
 *
 * @param isCaching true where some task of the run is cached
 * @see https://argo-workflows.readthedocs.io/en/latest/variables/#exit-handler
 */
export function finalStatusOfRun(pipeline: string, isCaching = false): string {
  const failures = "filter(fromJSON(fromJSON(workflow.failures)), #.message != '')";
  // The pod of a cached task is that of a DAG's one task, whose name says nothing.
  const name = isCaching ? `replace(#.displayName, '${CACHED_TASK}', #.templateName)` : '#.displayName';
  const message = `join(map(${failures}, ${name} + ': ' + #.message), '; ')`;
  return status("workflow.status == 'Succeeded'", "workflow.status in ['Failed', 'Error']", pipeline, message, false);
}

/**
 * The same of a node of a DAG. What failed inside of it, and why, is known at the end of the run only. A hook does not run
 * for what was skipped; an approval that was not given is.
 */
export function finalStatusOf(id: string, name: string, kind: GraphNode['kind'] | undefined): string {
  const failed = `tasks['${id}'].status in ['Failed', 'Error']`;
  const succeeded =
    kind === 'approval'
      ? `tasks['${id}'].outputs?.parameters?.['decision'] == 'approved'`
      : `tasks['${id}'].status == 'Succeeded'`;
  return status(succeeded, failed, name, "''", kind !== 'exit-handler');
}

function status(succeeded: string, failed: string, name: string, message: string, mayBeSkipped: boolean): string {
  const state = `${succeeded} ? 'SUCCEEDED' : ${mayBeSkipped ? `!(${failed}) ? 'SKIPPED' : ` : ''}'FAILED'`;
  return (
    `{'state': ${state}, 'pipelineJobResourceName': workflow.name, 'pipelineTaskName': ${string(name)}, ` +
    `'error': ${failed} ? {'code': 1, 'message': ${message}} : {'code': 0, 'message': ''} }`
  );
}
