import type * as kubernetes from 'kubernetes-types/core/v1';
import { type AzureStorage, GATEWAY, GATEWAY_PORT } from '../azure';
import { env, envOfSecret, type Program } from '../program';
import type { KfpSettings } from '../settings';

/**
 * The gateway before Azure's storage, which KFP does not speak to itself: rclone, as a server of S3's protocol. It keeps nothing that must
 * last: uploads in parts that are under way, and what is in folders, for some seconds.
 *
 * @see https://rclone.org/commands/rclone_serve_s3/
 * @see https://rclone.org/azureblob/
 */
export function objectStoreGateway(settings: KfpSettings): Program {
  const azure = settings.store.azure!;
  const isThere = { tcpSocket: { port: GATEWAY_PORT }, periodSeconds: 10, timeoutSeconds: 5 };
  return {
    name: GATEWAY,
    labels: { app: GATEWAY },
    account: GATEWAY,
    // By its name Istio leaves it alone: signatures are about requests as they were sent.
    services: [{ name: GATEWAY, ports: [{ name: 'tcp-s3', port: GATEWAY_PORT, targetPort: 's3', protocol: 'TCP' }] }],
    // Two would not see at once what the other has written.
    recreate: true,
    calls: ['object-store'],
    pod: {
      containers: [
        {
          name: GATEWAY,
          image: settings.image('object-store-gateway'),
          imagePullPolicy: 'IfNotPresent',
          args: commandLine(azure),
          env: credentials(settings),
          ports: [{ name: 's3', containerPort: GATEWAY_PORT }],
          // It first asks Azure what kind of account it is, and for a while again where it gets no answer.
          startupProbe: { ...isThere, failureThreshold: 60 },
          readinessProbe: isThere,
          // What else it answers, it answers to who has the keys.
          livenessProbe: { ...isThere, failureThreshold: 6 },
          securityContext: { runAsUser: 1000, runAsGroup: 1000, readOnlyRootFilesystem: true },
        },
      ],
    },
  };
}

function commandLine({ account, endpoint, container, accountKey }: AzureStorage): string[] {
  return [
    'serve',
    's3',
    // One bucket, the container: an account's others are not to be reached by these keys, nor need they be listed.
    ':combine:',
    `--combine-upstreams=${container}=:azureblob:${container}`,
    `--addr=:${GATEWAY_PORT}`,
    // A file of configuration there is none.
    '--config=',
    `--azureblob-account=${account}`,
    `--azureblob-endpoint=${endpoint}`,
    ...(accountKey ? [] : ['--azureblob-env-auth']),
    '--azureblob-no-check-container',
    // An upload is held in memory by two pieces at a time, and has 50 000 of them at most: 390 GiB.
    '--azureblob-chunk-size=8Mi',
    '--azureblob-upload-concurrency=2',
    // Parts that come before their turn, of one upload and of all; and what there is of buffers at all. Others wait.
    '--multipart-streaming-buffer-limit=32Mi',
    '--multipart-streaming-buffer-total=128Mi',
    '--max-buffer-memory=512Mi',
    '--use-mmap',
    '--buffer-size=0',
    // Nothing on a disk.
    '--vfs-cache-mode=off',
    // What came through the gateway it knows at once; what Argo has written, so much later. In less time it lists each folder on the way
    // for each request, and forgets without a pause what it is about to write to.
    '--dir-cache-time=5s',
    '--poll-interval=0',
  ];
}

/**
 * Credentials stand in variables alone. rclone reads a list of pairs, in quotes since each has a comma; Kubernetes puts both in, and looks
 * for no more variables in what it has put in. A key with a comma or a quote is no pair, and rclone ends.
 */
function credentials({ store }: KfpSettings): kubernetes.EnvVar[] {
  const { keys, azure } = store;
  return [
    ...(azure?.accountKey ? [envOfSecret('RCLONE_AZUREBLOB_KEY', azure.accountKey)] : []),
    ...(keys
      ? [
          envOfSecret('GATEWAY_ACCESS_KEY', keys.accessKey),
          envOfSecret('GATEWAY_SECRET_KEY', keys.secretKey),
          env('RCLONE_AUTH_KEY', '"$(GATEWAY_ACCESS_KEY),$(GATEWAY_SECRET_KEY)"'),
        ]
      : []),
  ];
}

/** Where there is a gateway, it alone calls the store. */
export function throughGateway(program: Program, { store }: KfpSettings): Program {
  if (!store.azure || program.name === GATEWAY) return program;
  return { ...program, calls: program.calls.map((callee) => (callee === 'object-store' ? GATEWAY : callee)) };
}
