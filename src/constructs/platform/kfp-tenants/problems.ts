import type { KfpSettings } from '../kfp-backend/settings';
import type { Problem } from '../problems';
import type { TenantNetwork } from '../tenants/network';
import type { Person } from '../tenants/people';
import { personProblems } from '../tenants/problems';
import type { KfpTenantPeople } from './props';

/** What is wrong with a team of KFP's, but for what is wrong with any tenant. */
export function kfpTenantProblems(
  settings: KfpSettings | undefined,
  namespace: string,
  people: KfpTenantPeople,
  { artifacts, egress = [] }: TenantNetwork,
): Problem[] {
  if (!settings?.multiUser) {
    return [
      {
        message: settings
          ? 'the backend is for one team: it runs pipelines in its own namespace alone'
          : '`backend` is no KfpBackend',
        mend: 'give a KfpBackend with `multiUser`',
      },
    ];
  }
  const { view = [], edit = [] } = people;
  return [
    ...(namespace === settings.namespace
      ? [
          {
            message: `the namespace '${namespace}' is that of the backend, whose accounts work for all teams`,
            mend: 'give the team a namespace of its own',
          },
        ]
      : []),
    // What is let out elsewhere may be the store: a policy knows addresses alone.
    ...(settings.store.bundled || artifacts || egress.length > 0
      ? []
      : [
          {
            message: `runs of '${namespace}' would not reach the object store at '${settings.store.host}'`,
            mend: 'give `network.artifacts`: where it is',
          },
        ]),
    ...[...view, ...edit].flatMap((person) => [...personProblems(person), ...groupProblems(person)]),
  ];
}

function groupProblems(person: Person): Problem[] {
  const { group } = (person ?? {}) as { readonly group?: unknown };
  if (group === undefined) return [];
  return [
    {
      code: 'KFP1754',
      message: `KFP does not know who is in the group '${group}': it asks Kubernetes about a person's name alone`,
      mend: "name people, { user: 'jo@example.com' }, or service accounts",
    },
  ];
}
