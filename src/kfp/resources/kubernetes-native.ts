import { renderDiagnostic } from '../../diagnostic';

/** The API of KFP's Kubernetes-native mode. */
export const KFP_API_VERSION = 'pipelines.kubeflow.org/v2beta1';

/** The longest name of an object: KFP's own are DNS subdomains. */
const LONGEST = 253;

/** A DNS subdomain: DNS labels joined by dots. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** What is wrong with the name of an object of KFP, as validation messages. */
export function nameProblems(kind: string, name: string, mend: string, at: string | undefined): string[] {
  if (name.length <= LONGEST && SUBDOMAIN.test(name)) return [];
  const message = `the ${kind}'s name '${name}' is not a DNS subdomain of at most ${LONGEST} characters`;
  return [renderDiagnostic({ code: 'KFP1610', message, mend, ...(at && { at }) })];
}
