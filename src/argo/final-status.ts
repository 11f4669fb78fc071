import { string } from './expression-printer';

/**
 * What an exit task's `PipelineTaskFinalStatus` holds, in KFP's words. Argo gives the failures as JSON in a JSON string.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/variables/#exit-handler
 */
export function finalStatusOfRun(pipeline: string): string {
  const failures = "filter(fromJSON(fromJSON(workflow.failures)), #.message != '')";
  const message = `join(map(${failures}, #.displayName + ': ' + #.message), '; ')`;
  return status('workflow.status', pipeline, message, false);
}

/**
 * The same of a node of a DAG. What failed inside of it, and why, is known at the end of the run only. A hook does not
 * run for what was skipped; other readers may ask.
 */
export function finalStatusOf(id: string, name: string, mayBeSkipped: boolean): string {
  return status(`tasks['${id}'].status`, name, "''", mayBeSkipped);
}

function status(variable: string, name: string, message: string, mayBeSkipped: boolean): string {
  const skipped = mayBeSkipped ? `${variable} in ['Skipped', 'Omitted'] ? 'SKIPPED' : ` : '';
  const state = `${variable} == 'Succeeded' ? 'SUCCEEDED' : ${skipped}'FAILED'`;
  return (
    `{'state': ${state}, 'pipelineJobResourceName': workflow.name, 'pipelineTaskName': ${string(name)}, ` +
    `'error': ${variable} in ['Failed', 'Error'] ? {'code': 1, 'message': ${message}} : {'code': 0, 'message': ''} }`
  );
}
