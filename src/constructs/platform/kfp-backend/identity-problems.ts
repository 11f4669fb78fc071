import { isQualifiedName, labelProblems } from '../problems';
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
  const annotations = [workloadIdentity?.annotations, runner.workloadIdentity?.annotations, runner.annotations];
  const labels = Object.keys(runLabels(settings));
  return [
    ...[
      ...found,
      ...annotations
        .flatMap((each) => Object.entries(each ?? {}))
        .filter(([name, value]) => !isQualifiedName(name) || typeof value !== 'string')
        .map(([name]) => ({
          message: `the annotation '${name.slice(0, 80)}' of an account is no text, or has no name`,
          mend: 'give a name, and a text',
        })),
      ...labelProblems('the label of `workloadIdentity`', workloadIdentity?.podLabels),
      ...labelProblems('the label of `runner.workloadIdentity`', runner.workloadIdentity?.podLabels),
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
