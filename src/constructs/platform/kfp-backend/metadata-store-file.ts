import type * as kubernetes from 'kubernetes-types/core/v1';
import { amended } from './amend';
import { CERTIFICATE_FOLDER, CERTIFICATE_MOUNT, CERTIFICATE_VOLUME } from './certificate';
import { env, type Program } from './program';
import type { KfpSettings } from './settings';

const FOLDER = '/etc/metadata-store';
const MOUNT = { name: 'configuration', mountPath: FOLDER };

/**
 * Tells the metadata store its configuration by a file, which alone can say that it speaks TLS, and that its database does. The file
 * has the password in it: it is made in the pod, in memory, from the Secret.
 *
 * @see https://github.com/google/ml-metadata/blob/v1.14.0/ml_metadata/proto/metadata_store.proto
 */
export function withMetadataStoreFile(program: Program, settings: KfpSettings): Program {
  const { parity, tls, database } = settings;
  if (parity || program.name !== 'metadata-grpc-deployment' || (!tls && database.tls === 'disable')) return program;
  const [container, ...others] = program.pod.containers;
  const { env: variables = [], args = [], ...rest } = container!;
  const told = { ...program.pod, containers: [rest, ...others] };
  return amended(
    { ...program, pod: { ...told, initContainers: [...(told.initContainers ?? []), writer(settings, variables)] } },
    {
      args: [
        ...args.filter((each) => !/^--(mysql_config_|enable_database_upgrade)/.test(each)),
        // By default it would go on with a database in memory where it does not understand the file.
        '--metadata_source_config_type=config_file',
        `--metadata_store_server_config_file=${FOLDER}/config.proto`,
      ],
      volumeMounts: [{ ...MOUNT, readOnly: true }],
      volumes: [
        { name: MOUNT.name, emptyDir: { medium: 'Memory', sizeLimit: '4Mi' } },
        ...(tls ? [CERTIFICATE_VOLUME] : []),
      ],
    },
  );
}

/** The container that writes it, of the API server's image: a shell is there, and it is pulled anyway. */
function writer(settings: KfpSettings, variables: readonly kubernetes.EnvVar[]): kubernetes.Container {
  const { tls } = settings;
  return {
    name: MOUNT.name,
    image: settings.image('api-server'),
    imagePullPolicy: 'IfNotPresent',
    command: ['/bin/sh', '-c'],
    args: [script(settings)],
    env: [...variables, env('FOLDER', FOLDER), ...(tls ? [env('CERTIFICATE', CERTIFICATE_FOLDER)] : [])],
    resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '64Mi' } },
    volumeMounts: [MOUNT, ...(tls ? [CERTIFICATE_MOUNT] : [])],
  };
}

/**
 * The script that writes it. It is the same whatever it writes: values come to it by variables and files, and go on with each byte
 * in octal, so that neither the shell nor the reader of the file takes one for anything else.
 */
function script(settings: KfpSettings): string {
  const { tls, database } = settings;
  return [
    'set -eu',
    'umask 077',
    'field() {',
    `  printf '%s: "' "$1"`,
    '  bytes=$(od -An -v -to1)',
    '  set -- $bytes',
    `  [ "$#" -eq 0 ] || printf '\\\\%s' "$@"`,
    `  echo '"'`,
    '}',
    `case $MYSQL_PORT in '' | *[!0-9]*) echo 'MYSQL_PORT is no number' >&2; exit 1 ;; esac`,
    '{',
    `  echo 'connection_config { mysql {'`,
    `  printf %s "$MYSQL_HOST" | field host`,
    '  echo "port: $MYSQL_PORT"',
    `  printf %s "$MYSQL_DATABASE" | field database`,
    `  printf %s "$DBCONFIG_USER" | field user`,
    `  printf %s "$DBCONFIG_PASSWORD" | field password`,
    // It encrypts, and does not look at whose certificate it is: with checks, its client finds every name to be another one.
    ...(database.tls === 'disable' ? [] : [`  echo 'ssl_options { verify_server_cert: false }'`]),
    `  echo '} }'`,
    // The option of the command line that says so is not looked at where there is a file.
    `  echo 'migration_options { enable_upgrade_migration: true }'`,
    ...(tls
      ? [
          `  echo 'ssl_config {'`,
          '  field server_key <"$CERTIFICATE/tls.key"',
          '  field server_cert <"$CERTIFICATE/tls.crt"',
          `  echo '}'`,
        ]
      : []),
    '} >"$FOLDER/config.proto"',
    '',
  ].join('\n');
}
