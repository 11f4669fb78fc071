import { isObjectName } from '../../../graph/rules/settings';
import { seconds } from '../../settings/setting-value';
import { limitProblems } from '../argo-backend/prop-problems';
import { choiceProblems, type Problem, wholeProblems } from '../problems';
import type { KfpProblem } from './problems';
import type { CertificateIssuer } from './props';
import type { KfpSettings } from './settings';

/** What is wrong with props that are about no program and nothing else of the cluster, each by itself. */
export function optionProblems({ parity, props, kubernetesNative }: KfpSettings): KfpProblem[] {
  const { argo, runs = {}, clusterDomain } = props;
  const { workflowTtl, securityContext = {} } = runs;
  const found = [
    ...choiceProblems('`crds`', props.crds, ['minimal', 'external']),
    ...issuerProblems('kubernetesNative', kubernetesNative?.issuer),
    ...(parity
      ? []
      : [
          ...choiceProblems('`podSecurity`', props.podSecurity, ['restricted', 'baseline']),
          ...(typeof argo === 'object' ? limitProblems(argo, 'argo.') : choiceProblems('`argo`', argo, ['external'])),
          ...(workflowTtl === undefined
            ? []
            : wholeProblems('`runs.workflowTtl`, in seconds,', seconds(workflowTtl), 1)),
          ...wholeProblems('`runs.securityContext.runAsUser`', securityContext.runAsUser, 0),
          ...wholeProblems('`runs.securityContext.runAsGroup`', securityContext.runAsGroup, 0),
          ...(clusterDomain === undefined || isObjectName(clusterDomain)
            ? []
            : [{ message: '`clusterDomain` is no domain', mend: "write it without dots around it: 'cluster.local'" }]),
        ]),
  ];
  return found.map((each) => ({ ...each, code: 'KFP1756' }));
}

/**
 * What is wrong with who signs certificates.
 *
 * @param of the prop that it stands below
 */
export function issuerProblems(of: string, issuer: CertificateIssuer | undefined): Problem[] {
  if (issuer === undefined) return [];
  const { name, kind } = Object(issuer) as Partial<CertificateIssuer>;
  return [
    ...(isObjectName(name)
      ? []
      : [{ message: `the \`issuer\` of \`${of}\` has no name`, mend: "give { name: 'ca', kind: 'ClusterIssuer' }" }]),
    ...choiceProblems(`the kind of the \`issuer\` of \`${of}\``, kind, ['Issuer', 'ClusterIssuer']),
  ];
}
