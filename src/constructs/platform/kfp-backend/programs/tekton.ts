import { rule } from '../program';

const ALL_VERBS = ['create', 'get', 'list', 'watch', 'update', 'patch', 'delete'];

/** What KFP's older releases may do with Tekton's runs, where Tekton runs them. */
export const TEKTON_RULE = rule(
  'tekton.dev',
  ['pipelineruns', 'taskruns', 'conditions', 'runs', 'tasks', 'customruns'],
  ALL_VERBS,
);

/** The same, with loops. */
export const PIPELINE_LOOP_RULE = rule('custom.tekton.dev', ['pipelineloops'], ALL_VERBS);
