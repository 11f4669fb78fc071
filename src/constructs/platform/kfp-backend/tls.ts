import type * as kubernetes from 'kubernetes-types/core/v1';
import { amended } from './amend';
import { authorityFile } from './authorities';
import { CERTIFICATE_FOLDER, CERTIFICATE_MOUNT, CERTIFICATE_VOLUME } from './certificate';
import { hostOf } from './hosts';
import { API_SERVER_ARGUMENTS } from './native';
import { env, type KfpProgram, type Program, type ProgramService } from './program';
import type { KfpSettings } from './settings';

/**
 * Lets KFP's programs speak TLS with each other. What each of them is told stands in its own sources; the metadata store is told by
 * a file, see `metadata-store-file.ts`.
 *
 * @see https://github.com/kubeflow/pipelines/tree/2.17.0/manifests/kustomize/env/cert-manager/platform-agnostic-standalone-tls
 */
export function withTls(program: Program, settings: KfpSettings): Program {
  if (settings.parity || !settings.tls) return program;
  const change = Object.hasOwn(CHANGES, program.name) ? CHANGES[program.name] : undefined;
  return change ? change(program, settings) : program;
}

const CHANGES: { readonly [program in KfpProgram]?: (program: Program, settings: KfpSettings) => Program } = {
  'ml-pipeline': apiServer,
  'ml-pipeline-persistenceagent': persistenceAgent,
  'ml-pipeline-scheduledworkflow': scheduledWorkflow,
  'ml-pipeline-ui': ui,
  'metadata-grpc-deployment': (program) => ({ ...program, services: secured(program.services) }),
  'metadata-envoy-deployment': (program) =>
    amended(
      { ...program, services: secured(program.services) },
      { volumeMounts: [CERTIFICATE_MOUNT], volumes: [CERTIFICATE_VOLUME] },
    ),
  'metadata-writer': (program) =>
    amended(program, { env: [env('METADATA_TLS_ENABLED', 'true'), env('CA_CERT_PATH', authorityFile('kfp'))] }),
};

function apiServer(program: Program): Program {
  const { command, args, startupProbe, livenessProbe, readinessProbe } = program.pod.containers[0]!;
  const changed = amended(program, {
    command: command ?? ['/bin/apiserver'],
    args: [
      ...(args ?? API_SERVER_ARGUMENTS),
      '--logLevel=$(LOG_LEVEL)',
      `--tlsCertPath=${CERTIFICATE_FOLDER}/tls.crt`,
      `--tlsCertKeyPath=${CERTIFICATE_FOLDER}/tls.key`,
    ],
    // What it tells the pods of runs of the metadata store.
    env: [env('METADATA_TLS_ENABLED', 'true')],
    volumeMounts: [CERTIFICATE_MOUNT],
    volumes: [CERTIFICATE_VOLUME],
  });
  const [container, ...others] = changed.pod.containers;
  const probes = {
    startupProbe: overTls(startupProbe),
    livenessProbe: overTls(livenessProbe),
    readinessProbe: overTls(readinessProbe),
  };
  return {
    ...changed,
    services: secured(program.services),
    pod: { ...changed.pod, containers: [{ ...container!, ...probes }, ...others] },
  };
}

/** Its image starts both clients by a shell that knows nothing of TLS: here they are told the same without one. */
function persistenceAgent(program: Program): Program {
  return amended(program, {
    command: ['/bin/persistence_agent'],
    args: [
      '--logtostderr=true',
      '--namespace=$(NAMESPACE)',
      '--ttlSecondsAfterWorkflowFinish=$(TTL_SECONDS_AFTER_WORKFLOW_FINISH)',
      '--numWorker=$(NUM_WORKERS)',
      '--logLevel=$(LOG_LEVEL)',
      ...CLIENT,
    ],
  });
}

function scheduledWorkflow(program: Program): Program {
  return amended(program, {
    command: ['/bin/controller'],
    args: [
      '--logtostderr=true',
      '--namespace=$(NAMESPACE)',
      '--logLevel=$(LOG_LEVEL)',
      '--clientQPS=$(CLIENT_QPS)',
      '--clientBurst=$(CLIENT_BURST)',
      '--recurringRunResyncIntervalSeconds=$(RESYNC_INTERVAL_SECONDS)',
      '--metricsPort=$(METRICS_PORT)',
      ...CLIENT,
    ],
  });
}

const CLIENT = ['--mlPipelineServiceTLSEnabled=true', `--caCertPath=${authorityFile('kfp')}`];

/** Left to itself it would call both by their addresses, which stand in no certificate. */
function ui(program: Program, settings: KfpSettings): Program {
  const callee = (prefix: string, service: string, port: string) => [
    env(`${prefix}_SERVICE_HOST`, hostOf(service, settings)),
    env(`${prefix}_SERVICE_PORT`, port),
    env(`${prefix}_SERVICE_SCHEME`, 'https'),
  ];
  return amended(program, {
    env: [
      ...callee('ML_PIPELINE', 'ml-pipeline', '8888'),
      ...callee('METADATA_ENVOY_SERVICE', 'metadata-envoy-service', '9090'),
    ],
  });
}

/** Services whose ports speak TLS, by the same names as without. */
function secured(services: readonly ProgramService[] = []): readonly ProgramService[] {
  const scheme = 'prometheus.io/scheme';
  return services.map((service) => ({
    ...service,
    ...(service.annotations?.[scheme] && { annotations: { ...service.annotations, [scheme]: 'https' } }),
    ports: service.ports.map((port) => ({ ...port, appProtocol: 'https' })),
  }));
}

/** The kubelet asks without checking the certificate. */
function overTls(probe: kubernetes.Probe | undefined): kubernetes.Probe | undefined {
  return probe?.httpGet ? { ...probe, httpGet: { ...probe.httpGet, scheme: 'HTTPS' } } : probe;
}
