import { runnerProblems } from '../runners/problems';
import { runLabels } from './identity';
import { pullSecretProblems } from './placement-problems';
import type { KfpProblem } from './problems';
import type { KfpSettings } from './settings';

/** What is wrong with who programs and runs are. */
export function whoProblems(settings: KfpSettings): KfpProblem[] {
  const { parity, props, argo } = settings;
  if (parity) return [];
  const { runner = {}, workloadIdentity } = props;
  const found = [...runnerProblems({ workloadIdentity }), ...runnerProblems(runner)];
  const annotations = {
    ...workloadIdentity?.annotations,
    ...runner.workloadIdentity?.annotations,
    ...runner.annotations,
  };
  const labels = Object.keys(runLabels(settings));
  return [
    ...[
      ...found,
      ...Object.entries(annotations)
        .filter(([, value]) => typeof value !== 'string')
        .map(([name]) => ({ message: `the annotation '${name}' of an account is no text`, mend: 'give a text' })),
      ...pullSecretProblems('`runner.imagePullSecrets`', runner.imagePullSecrets),
    ].map((each) => ({ ...each, code: 'KFP1742' })),
    ...(!argo && labels.length > 0
      ? [
          {
            code: 'KFP1742',
            severity: 'warning' as const,
            message: `pods of runs need the label '${labels.join("', '")}' to be somebody to the cloud, and Argo Workflows is not this backend's`,
            mend: 'put it below spec.podMetadata.labels of `workflowDefaults` in the configuration of Argo',
          },
        ]
      : []),
  ];
}
