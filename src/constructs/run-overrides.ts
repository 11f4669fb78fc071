import type { Duration } from 'cdk8s';
import { overrideFields } from '../argo/run-settings';
import { renderDiagnostic } from '../diagnostic';
import { isPriority, isSeconds } from '../graph/rules/run-settings';
import type { Pipeline } from './pipeline';
import { lowerRunner } from './settings/identity';
import { lowerRetention, lowerRunOverrides, type Retention, type RunOverrides } from './settings/run-settings';

/** What a single run says otherwise than its pipeline, as fields of its spec. */
export function printOverrides(props: RunOverrides) {
  return overrideFields(lowerRunOverrides(props), props.serviceAccount && lowerRunner(props.serviceAccount));
}

/** What is wrong with that, as validation messages of the construct that holds it. */
export function overrideProblems(
  props: RunOverrides & { readonly retention?: Duration | Retention | undefined },
  pipeline: Pipeline,
  at: string | undefined,
): string[] {
  const { timeoutSeconds, priority } = lowerRunOverrides(props);
  const { serviceAccount: own } = props;
  const problems: { readonly message: string; readonly mend: string }[] = [];
  if (timeoutSeconds !== undefined && !isSeconds(timeoutSeconds)) {
    const message = `the timeout of ${timeoutSeconds} s is not a whole number of seconds`;
    problems.push({ message, mend: 'give whole seconds, from 1' });
  }
  if (priority !== undefined && !isPriority(priority)) {
    problems.push({ message: `the priority is ${priority}`, mend: 'give a whole number of 32 bits' });
  }
  for (const seconds of Object.values(props.retention ? lowerRetention(props.retention) : {})) {
    if (seconds === 0 || isSeconds(seconds)) continue;
    const message = `the retention of ${seconds} s is not a whole number of seconds`;
    problems.push({ message, mend: 'give whole seconds, 68 years at most' });
  }
  const { runner } = pipeline.props;
  if (own && !own.tokenSecret && runner?.tokenSecret) {
    problems.push({
      message: `the service account '${own.name}' has no token Secret, and that of the pipeline, '${runner.name}', has one: Argo's executor would go on as '${runner.name}'`,
      mend: `give a Runner, or { name: '${own.name}', tokenSecret: true } where the Secret '${own.name}.service-account-token' exists`,
    });
  }
  return problems.map((problem) => renderDiagnostic({ code: 'KFP1288', ...problem, ...(at && { at }) }));
}
