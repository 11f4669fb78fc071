import type * as kubernetes from 'kubernetes-types/core/v1';
import { databaseKeys } from '../database';
import { LIMITS } from '../probes';
import { CHANGE, env, envOfConfig, envOfField, envOfSecret, type Program, rule } from '../program';
import type { KfpSettings } from '../settings';
import { waitFor } from '../waiting';

/** The store of artifacts' metadata: ML Metadata, which speaks gRPC. */
export function metadataStore(settings: KfpSettings): Program {
  const { database, release } = settings;
  const { host, port } = databaseKeys(settings);
  const labels = { component: 'metadata-grpc-server' };
  const isOpen: kubernetes.Probe = { tcpSocket: { port: 'grpc-api' }, ...LIMITS };
  return {
    name: 'metadata-grpc-deployment',
    labels,
    account: 'metadata-grpc-server',
    services: [
      {
        name: 'metadata-grpc-service',
        labels: { app: 'metadata' },
        ports: [{ name: 'grpc-api', port: 8080, protocol: 'TCP' }],
      },
    ],
    replicas: 1,
    calls: ['database'],
    pod: {
      ...waitFor(settings, 'database'),
      containers: [
        {
          name: 'container',
          image: settings.image('metadata-store'),
          command: ['/bin/metadata_store_server'],
          args: [
            '--grpc_port=8080',
            '--mysql_config_database=$(MYSQL_DATABASE)',
            '--mysql_config_host=$(MYSQL_HOST)',
            '--mysql_config_port=$(MYSQL_PORT)',
            '--mysql_config_user=$(DBCONFIG_USER)',
            '--mysql_config_password=$(DBCONFIG_PASSWORD)',
            '--enable_database_upgrade=true',
            ...(release.confined
              ? [
                  `--grpc_channel_arguments=grpc.max_metadata_size=16384,grpc.max_receive_message_length=${MESSAGE},grpc.max_send_message_length=${MESSAGE}`,
                ]
              : []),
          ],
          env: [
            envOfSecret('DBCONFIG_USER', database.username),
            envOfSecret('DBCONFIG_PASSWORD', database.password),
            envOfConfig('MYSQL_DATABASE', 'mlmdDb'),
            envOfConfig('MYSQL_HOST', host),
            envOfConfig('MYSQL_PORT', port),
          ],
          ports: [{ name: 'grpc-api', containerPort: 8080 }],
          livenessProbe: isOpen,
          readinessProbe: isOpen,
        },
      ],
    },
  };
}

/** The longest message, in bytes. */
const MESSAGE = 104857600;

/** A proxy before it, for browsers, which speak no gRPC. */
export function metadataEnvoy(settings: KfpSettings): Program {
  const { confined } = settings.release;
  const labels = { component: 'metadata-envoy' };
  const inject = { 'sidecar.istio.io/inject': 'false' };
  // The older release's image has its configuration inside.
  const mount = { volumeMounts: [{ name: 'envoy-config', mountPath: '/etc/envoy' }] };
  return {
    name: 'metadata-envoy-deployment',
    labels,
    services: [
      {
        name: 'metadata-envoy-service',
        labels: { app: 'metadata-envoy' },
        ports: [{ name: 'md-envoy', port: 9090, protocol: 'TCP' }],
      },
    ],
    replicas: 1,
    ...(confined ? { podLabels: inject } : { podAnnotations: inject }),
    calls: ['metadata-grpc-deployment'],
    pod: {
      containers: [
        {
          name: 'container',
          image: settings.image('metadata-envoy'),
          ...(confined && { args: ['/etc/envoy/envoy-config.yaml'] }),
          ports: [
            { name: 'md-envoy', containerPort: 9090 },
            { name: 'envoy-admin', containerPort: 9901 },
          ],
          ...(confined && mount),
        },
      ],
      ...(confined && { volumes: [{ name: 'envoy-config', configMap: { name: 'metadata-envoy-configmap' } }] }),
    },
  };
}

/** It writes the lineage of runs of KFP's first version. */
export function metadataWriter(settings: KfpSettings): Program {
  const name = 'kubeflow-pipelines-metadata-writer';
  return {
    name: 'metadata-writer',
    labels: { app: 'metadata-writer' },
    account: name,
    access: [
      {
        role: `${name}-role`,
        binding: `${name}-binding`,
        labels: { app: `${name}-role` },
        bindingLabels: {},
        rules: [
          rule('', ['pods'], CHANGE),
          rule('', ['configmaps'], ['get']),
          rule('argoproj.io', ['workflows'], CHANGE),
        ],
      },
    ],
    replicas: 1,
    calls: ['metadata-grpc-deployment', 'kubernetes'],
    pod: {
      ...waitFor(settings, 'metadata-grpc'),
      containers: [
        {
          name: 'main',
          image: settings.image('metadata-writer'),
          env: [
            envOfField('NAMESPACE_TO_WATCH', 'metadata.namespace'),
            // The newer release looks for the metadata store in the namespace 'kubeflow' where it is not told.
            ...(settings.parity || !settings.release.confined
              ? []
              : [
                  envOfField('POD_NAMESPACE', 'metadata.namespace'),
                  env('CLUSTER_DOMAIN', `.svc.${settings.clusterDomain}`),
                ]),
          ],
        },
      ],
    },
  };
}
