import { MANAGE, rule } from '../program';

/** What KFP's older releases may do with Tekton's runs, where Tekton runs them. */
export const TEKTON_RULE = rule(
  'tekton.dev',
  ['pipelineruns', 'taskruns', 'conditions', 'runs', 'tasks', 'customruns'],
  MANAGE,
);

/** The same, with loops. */
export const PIPELINE_LOOP_RULE = rule('custom.tekton.dev', ['pipelineloops'], MANAGE);
