import type { ObjectStore } from '../object-store';
import type { KfpProblem } from './problems';
import type { KfpSettings } from './settings';

/** What is wrong with Azure's storage, for the gateway before it. */
export function azureProblems(
  { gateway, container, endpoint }: Extract<ObjectStore, { kind: 'azure' }>,
  { store: { azure }, tls }: KfpSettings,
): KfpProblem[] {
  const problem = (message: string, mend: string): KfpProblem => ({ code: 'KFP1737', message, mend });
  return [
    ...(gateway
      ? []
      : [
          problem(
            'KFP does not speak Azure’s protocol; the gateway that the backend puts before it needs keys',
            'give `gateway` of ObjectStore.azure: two keys of one Secret, with texts that you make up',
          ),
        ]),
    ...(gateway?.sessionToken ? [problem('the gateway before Azure knows no token of a session', NO_TOKEN)] : []),
    ...(isContainer(container)
      ? []
      : [problem(`'${container}' is no container`, 'write lower-case letters, digits and single hyphens, 3 to 63')]),
    ...(azure && isAccount(azure.account, azure.host) && endpoint.replace(/\/$/, '') === azure.endpoint
      ? []
      : [
          problem(
            `'${azure?.host}' does not begin with the name of a storage account, or there is more than a host in its URL`,
            'write https://<account>.blob.core.windows.net',
          ),
        ]),
    ...(azure?.endpoint.startsWith('http:')
      ? [
          {
            code: 'KFP1736',
            severity: 'warning' as const,
            message: `what goes to the container '${container}' crosses the network in the clear`,
            mend: 'write https: in `endpoint`',
          },
        ]
      : []),
    ...(tls
      ? [
          {
            code: 'KFP1736',
            severity: 'warning' as const,
            message: 'programs and runs speak to the gateway before Azure without TLS, inside of the cluster',
            mend: 'leave `networkPolicies` on, and let the network of the cluster encrypt',
          },
        ]
      : []),
  ];
}

const NO_TOKEN = 'leave out `sessionToken` of `gateway`';

/** @see https://learn.microsoft.com/en-us/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
function isContainer(container: unknown): boolean {
  return typeof container === 'string' && /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(container);
}

function isAccount(account: string, host: string): boolean {
  return /^[a-z0-9]{3,24}$/.test(account) && /^[a-z0-9]+(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/.test(host);
}
