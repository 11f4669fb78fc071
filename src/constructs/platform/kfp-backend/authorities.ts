import type * as kubernetes from 'kubernetes-types/core/v1';
import type { ISecretReference } from '../secret-reference';
import { amended } from './amend';
import { CERTIFICATE } from './certificate';
import { env, type KfpProgram, type Program } from './program';
import type { KfpSettings } from './settings';

/** Whose certificate an authority has signed that the public ones have not: KFP's own programs', the database's, the store's. */
export type KfpAuthority = 'kfp' | 'database' | 'store';

const FOLDER = '/etc/kfp/authorities';
const VOLUME = 'authorities';

/** Where the certificate of an authority is in each program that trusts it. */
export function authorityFile(authority: KfpAuthority): string {
  return `${FOLDER}/${authority}.crt`;
}

/** Whom each program calls by TLS. */
const TRUSTED: { readonly [program in KfpProgram]?: readonly KfpAuthority[] } = {
  'cache-server': ['database'],
  'metadata-writer': ['kfp'],
  'ml-pipeline': ['kfp', 'database', 'store'],
  'ml-pipeline-persistenceagent': ['kfp'],
  'ml-pipeline-scheduledworkflow': ['kfp'],
  'ml-pipeline-ui': ['kfp', 'store'],
};

/** Lets programs trust the authorities of those whom they call, and no key come with their certificates. */
export function withAuthorities(program: Program, settings: KfpSettings): Program {
  if (settings.parity) return program;
  const known = authoritiesOf(settings);
  const called = Object.hasOwn(TRUSTED, program.name) ? TRUSTED[program.name]! : [];
  const trusted = called.filter((authority) => known[authority] !== undefined);
  const runs = program.name === 'ml-pipeline' ? bundleOfRuns(settings) : [];
  if (trusted.length === 0) return amended(program, { env: runs });
  const sources = trusted.map((authority) => {
    const { name, key } = known[authority]!;
    return { secret: { name, items: [{ key, path: `${authority}.crt` }] } };
  });
  return amended(program, {
    env: [...trust(program.name, trusted), ...runs],
    volumeMounts: [{ name: VOLUME, mountPath: FOLDER, readOnly: true }],
    volumes: [{ name: VOLUME, projected: { sources } }],
  });
}

function authoritiesOf({ tls, database, store }: KfpSettings): { readonly [of in KfpAuthority]?: ISecretReference } {
  return {
    ...(tls && { kfp: { name: CERTIFICATE, key: 'ca.crt' } }),
    ...(database.caCertificate && { database: database.caCertificate }),
    ...(store.caCertificate && { store: store.caCertificate }),
  };
}

/**
 * How a program is told: Go's read a folder beside the system's authorities, Node's one file beside its own; the others are told
 * the file itself.
 *
 * @see https://pkg.go.dev/crypto/x509#SystemCertPool
 * @see https://nodejs.org/api/cli.html#node_extra_ca_certsfile
 */
function trust(program: KfpProgram, trusted: readonly KfpAuthority[]): kubernetes.EnvVar[] {
  if (program === 'ml-pipeline' || program === 'cache-server') {
    return [env('SSL_CERT_DIR', `/etc/ssl/certs:${FOLDER}`)];
  }
  // One of them: `tls` with a store of its own authority is refused by `tls-problems.ts`.
  return program === 'ml-pipeline-ui' ? [env('NODE_EXTRA_CA_CERTS', authorityFile(trusted[0]!))] : [];
}

/**
 * What the API server mounts into the pods of runs, in their own namespaces: one Secret or one ConfigMap, the Secret where both are
 * named. A `caBundle` therefore holds all that runs trust.
 */
function bundleOfRuns({ props, tls, store }: KfpSettings): kubernetes.EnvVar[] {
  const { caBundle } = props;
  if (caBundle) {
    return [env('CABUNDLE_CONFIGMAP_NAME', caBundle.configMap), env('CABUNDLE_KEY_NAME', caBundle.key)];
  }
  if (tls) return [env('CABUNDLE_SECRET_NAME', CERTIFICATE), env('CABUNDLE_KEY_NAME', 'ca.crt')];
  if (!store.caCertificate) return [];
  const { name, key } = store.caCertificate;
  return [env('CABUNDLE_SECRET_NAME', name), env('CABUNDLE_KEY_NAME', key)];
}
