import type { PolicyRule } from '../../../components/definition';

/** People, by what the cluster calls them. */
export type Person =
  | { readonly group: string }
  | { readonly user: string }
  | { readonly serviceAccount: string; readonly namespace: string };

/**
 * Who may do what with the pipelines of a namespace. Each may do what those before may.
 *
 * A workflow is a pod that says itself who it is and which Secrets it mounts: whoever may start runs can so act as every account of
 * the namespace, and read every Secret in it. Argo's `workflowRestrictions` narrow that, from 3.7.15 and 4.0.6 on. Who may change
 * pipelines can in any case.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/workflow-restrictions/
 */
export interface TenantPeople {
  /** Look: at pipelines, runs, their pods and logs. @default - nobody */
  readonly view?: readonly Person[] | undefined;
  /** Start runs, stop and retry them. @default - nobody */
  readonly run?: readonly Person[] | undefined;
  /** Change pipelines and schedules. @default - nobody */
  readonly edit?: readonly Person[] | undefined;
}

const ARGO = 'argoproj.io';
const READ = ['get', 'list', 'watch'];

const VIEW: readonly PolicyRule[] = [
  {
    apiGroups: [ARGO],
    resources: ['workflows', 'workflowtemplates', 'cronworkflows', 'workflowtaskresults'],
    verbs: READ,
  },
  { apiGroups: [''], resources: ['pods', 'pods/log', 'events'], verbs: READ },
];
/** Argo stops and retries a workflow by changing it. */
const RUN: readonly PolicyRule[] = [
  { apiGroups: [ARGO], resources: ['workflows'], verbs: ['create', 'update', 'patch', 'delete'] },
];
const EDIT: readonly PolicyRule[] = [
  {
    apiGroups: [ARGO],
    resources: ['workflowtemplates', 'cronworkflows'],
    verbs: ['create', 'update', 'patch', 'delete'],
  },
];

/** What each kind of people may do. */
export const RULES: Readonly<Record<keyof TenantPeople, readonly PolicyRule[]>> = {
  view: VIEW,
  run: [...VIEW, ...RUN],
  edit: [...VIEW, ...RUN, ...EDIT],
};

/** People as the subjects of a RoleBinding. */
export function subjectOf(person: Person): Record<string, string> {
  const apiGroup = 'rbac.authorization.k8s.io';
  if ('group' in person) return { kind: 'Group', name: person.group, apiGroup };
  if ('user' in person) return { kind: 'User', name: person.user, apiGroup };
  return { kind: 'ServiceAccount', name: person.serviceAccount, namespace: person.namespace };
}
