import type { PolicyRule } from '../../../components/definition';
import type { BackendObjects } from '../backend/objects';
import { databaseSecrets } from '../database';
import { secretKeyOf } from '../secret-reference';
import { ownRules, serverRules } from './access';
import { CONFIGURATION } from './configuration';
import { argoImage } from './images';
import type { ArgoBackendProps, ArgoServer } from './props';
import { addRoles, scopeArguments } from './scope';

const NAME = 'argo-server';
const PORT = 2746;

/** It makes the key of its cookies itself, in the Secret `sso`. */
const CREATE_SECRETS: PolicyRule = { apiGroups: [''], resources: ['secrets'], verbs: ['create'] };
const COOKIES = 'sso';

/** Argo's server: its user interface and API, with TLS by a certificate of its own. */
export function addServer(objects: BackendObjects, version: string, props: ArgoBackendProps, server: ArgoServer): void {
  const { images = {}, scope } = props;
  const { sso, basePath } = server;
  objects.account('ServerAccount', NAME);
  addRoles(objects, 'Server', NAME, scope, {
    own: [...ownRules(secretsOf(props, server)), ...(sso ? [CREATE_SECRETS] : [])],
    work: serverRules(scope === 'cluster'),
  });
  objects.deployment(
    'Server',
    {
      name: NAME,
      image: argoImage('argocli', version, images),
      serviceAccount: NAME,
      resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '1Gi' } },
      container: {
        args: [
          'server',
          '--configmap',
          CONFIGURATION,
          '--auth-mode',
          sso ? 'sso' : 'client',
          ...(basePath === undefined ? [] : ['--base-href', basePath]),
          ...scopeArguments(scope),
        ],
        ports: [{ name: 'web', containerPort: PORT }],
        readinessProbe: {
          httpGet: { path: '/', port: PORT, scheme: 'HTTPS' },
          initialDelaySeconds: 10,
          periodSeconds: 20,
        },
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
      volumes: [{ name: 'tmp', emptyDir: {} }],
    },
    server,
  );
  objects.service('ServerService', NAME, NAME, { name: 'web', port: PORT });
}

/** The Secrets that it reads: the database's, the issuer's, and the tokens of whom people act as. */
function secretsOf({ database }: ArgoBackendProps, { sso }: ArgoServer): readonly string[] {
  const tokens = (sso?.accounts ?? []).map((account) => `${account}.service-account-token`);
  return [
    ...(database ? databaseSecrets(database).map(({ name }) => name) : []),
    ...(sso ? [sso.clientId, sso.clientSecret].map((key) => secretKeyOf(key).name) : []),
    ...(sso ? [COOKIES, ...tokens] : []),
  ];
}
