import type { PolicyRule } from '../../../components/definition';
import { controllerRules } from '../argo-backend/access';
import type { KfpObject } from './object';
import { type Access, type KfpProgram, rule } from './program';
import type { KfpSettings } from './settings';

/** Programs that work in the namespaces of all teams. */
const EVERYWHERE: readonly KfpProgram[] = [
  'cache-server',
  'metadata-writer',
  'ml-pipeline',
  'ml-pipeline-persistenceagent',
  'ml-pipeline-scheduledworkflow',
  'ml-pipeline-ui',
  'ml-pipeline-viewer-crd',
];

/** Whom a token belongs to, and what a person may do. */
export const REVIEWS: Access = {
  role: 'ml-pipeline-reviews',
  cluster: true,
  rules: [
    rule('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
    rule('authentication.k8s.io', ['tokenreviews'], ['create']),
  ],
};

/**
 * What a program may do where teams have namespaces of their own. Secrets it reads in its own namespace, and no other. A name of
 * the whole cluster's tells whose it is.
 */
export function acrossNamespaces(
  program: KfpProgram,
  access: readonly Access[],
  { namespace }: KfpSettings,
): readonly Access[] {
  const everywhere = (each: Access, rules: readonly PolicyRule[]): Access => ({
    ...each,
    role: `${namespace}-${each.role}`,
    binding: `${namespace}-${each.binding ?? each.role}`,
    rules,
    cluster: true,
  });
  if (program === 'workflow-controller') {
    return access.flatMap((each) => [each, everywhere(each, controllerRules(true, false))]);
  }
  if (!EVERYWHERE.includes(program)) return access;
  return access.flatMap((each) => {
    if (each.cluster) return [everywhere(each, each.rules)];
    const secrets = each.rules.filter(isAboutSecrets);
    const rules = each.rules.filter((one) => !isAboutSecrets(one));
    return [
      ...(secrets.length > 0 ? [{ ...each, rules: secrets }] : []),
      ...(rules.length > 0 ? [everywhere(each, rules)] : []),
    ];
  });
}

const isAboutSecrets = ({ resources }: PolicyRule) => resources.includes('secrets');

const GROUP = 'pipelines.kubeflow.org';
const AGGREGATE = 'rbac.authorization.kubeflow.org/aggregate-to-';

/**
 * What people may do in the namespace of a team: the roles `kubeflow-pipelines-view` and `-edit`, which a RoleBinding in that namespace
 * gives to them, and which Kubeflow's own roles take in. KFP asks Kubernetes by them; what they name are verbs of KFP's API.
 *
 * @see https://www.kubeflow.org/docs/components/pipelines/operator-guides/multi-user/
 */
export function peopleRoles({ multiUser, v1 }: KfpSettings): readonly KfpObject[] {
  if (!multiUser) return [];
  return [
    gathering('edit', { [`${AGGREGATE}kubeflow-edit`]: 'true' }),
    gathering('view', { [`${AGGREGATE}kubeflow-pipelines-edit`]: 'true', [`${AGGREGATE}kubeflow-view`]: 'true' }),
    part('edit', [
      rule(GROUP, ['pipelines', 'pipelineversions'], ['create', 'delete', 'update']),
      rule(GROUP, ['experiments'], ['archive', 'create', 'delete', 'unarchive']),
      rule(
        GROUP,
        ['runs'],
        ['archive', 'create', 'delete', 'readArtifact', 'reportMetrics', 'retry', 'terminate', 'unarchive'],
      ),
      rule(GROUP, ['jobs'], ['create', 'delete', 'disable', 'enable']),
      ...(v1 ? [rule('kubeflow.org', ['viewers'], ['create', 'delete'])] : []),
    ]),
    part('view', [
      rule(GROUP, ['pipelines', 'pipelineversions', 'experiments', 'jobs'], ['get', 'list']),
      rule(GROUP, ['runs'], ['get', 'list', 'readArtifact']),
      // Before it shows logs and artifacts, the user interface asks for these.
      rule('kubeflow.org', ['viewers'], ['get']),
      ...(v1 ? [rule(GROUP, ['visualizations'], ['create'])] : []),
    ]),
  ];
}

/** The name of what people of a kind are given. */
export function peopleRole(kind: 'view' | 'edit'): string {
  return `kubeflow-pipelines-${kind}`;
}

/** A role of what others say that belongs to it. */
function gathering(kind: 'view' | 'edit', labels: Readonly<Record<string, string>>): KfpObject {
  const matchLabels = { [`${AGGREGATE}${peopleRole(kind)}`]: 'true' };
  return clusterRole(peopleRole(kind), labels, {
    aggregationRule: { clusterRoleSelectors: [{ matchLabels }] },
    rules: [],
  });
}

function part(kind: 'view' | 'edit', rules: readonly PolicyRule[]): KfpObject {
  const whole = `${AGGREGATE}${peopleRole(kind)}`;
  return clusterRole(`aggregate-to-${peopleRole(kind)}`, { [whole]: 'true' }, { rules });
}

function clusterRole(name: string, labels: Readonly<Record<string, string>>, fields: KfpObject['fields']): KfpObject {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name, cluster: true, labels, fields };
}
