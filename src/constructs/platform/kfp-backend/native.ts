import { amended } from './amend';
import { namesOf } from './hosts';
import type { KfpObject } from './object';
import { MANAGE, type Program, rule } from './program';
import type { KfpSettings } from './settings';

const CERTIFICATE = 'kfp-api-webhook-cert';
const FOLDER = '/etc/webhook/certs';

/**
 * Lets the API server keep pipelines as objects of Kubernetes, and answer for them as a webhook.
 *
 * @see https://www.kubeflow.org/docs/components/pipelines/operator-guides/installation/#kubernetes-native-api
 */
export function withKubernetesNative(program: Program, { kubernetesNative, parity }: KfpSettings): Program {
  if (!kubernetesNative || program.name !== 'ml-pipeline') return program;
  const { access = [], services = [] } = program;
  const { command, args } = program.pod.containers[0]!;
  const changed = amended(program, {
    command: command ?? ['/bin/apiserver'],
    args: [
      ...(args ?? startArguments(parity)),
      `--webhookTLSCertPath=${FOLDER}/tls.crt`,
      `--webhookTLSKeyPath=${FOLDER}/tls.key`,
      '--pipelinesStoreKubernetes=true',
    ],
    volumeMounts: [{ name: 'webhook-certs', mountPath: FOLDER, readOnly: true }],
    volumes: [{ name: 'webhook-certs', secret: { secretName: CERTIFICATE } }],
  });
  const [container, ...others] = changed.pod.containers;
  return {
    ...changed,
    access: access.map((each) => ({ ...each, rules: [...each.rules, ...RULES] })),
    services: services.map((service) => ({
      ...service,
      // The webhook finds it by its place: it is the last one.
      ports: [...service.ports, { name: 'webhook', port: 8443, targetPort: 8443, protocol: 'TCP' }],
    })),
    pod: {
      ...changed.pod,
      containers: [
        { ...container!, ports: [{ name: 'webhook', containerPort: 8443 }, ...(container!.ports ?? [])] },
        ...others,
      ],
    },
  };
}

/** What its image starts the API server with. */
export const API_SERVER_ARGUMENTS = [
  '--config=/config',
  '--sampleconfig=/config/sample_config.json',
  '-logtostderr=true',
];

/** Ours loads no samples: their versions go through the webhook, which does not answer before the API server has started. */
function startArguments(parity: boolean): readonly string[] {
  return API_SERVER_ARGUMENTS.filter((each) => parity || !each.startsWith('--sampleconfig='));
}

const GROUP = 'pipelines.kubeflow.org';
const RULES = [
  rule(GROUP, ['pipelines', 'pipelines/finalizers'], MANAGE),
  rule(GROUP, ['pipelineversions', 'pipelineversions/finalizers', 'pipelineversions/status'], MANAGE),
];

/** The webhooks, and the certificate that cert-manager makes for them. */
export function nativeObjects(settings: KfpSettings): readonly KfpObject[] {
  const { kubernetesNative } = settings;
  if (!kubernetesNative) return [];
  const own = 'kfp-api-webhook-selfsigned-issuer';
  const { issuer } = kubernetesNative;
  return [
    ...(issuer
      ? []
      : [{ apiVersion: 'cert-manager.io/v1', kind: 'Issuer', name: own, fields: { spec: { selfSigned: {} } } }]),
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      name: CERTIFICATE,
      fields: {
        spec: {
          commonName: CERTIFICATE,
          isCA: true,
          dnsNames: [...namesOf('ml-pipeline', settings)],
          issuerRef: { kind: issuer?.kind ?? 'Issuer', name: issuer?.name ?? own },
          secretName: CERTIFICATE,
        },
      },
    },
    webhook('MutatingWebhookConfiguration', 'mutate', settings),
    webhook('ValidatingWebhookConfiguration', 'validate', settings),
  ];
}

function webhook(kind: string, verb: 'mutate' | 'validate', { namespace }: KfpSettings): KfpObject {
  const name = `pipelineversions.${GROUP}`;
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    name,
    cluster: true,
    annotations: { 'cert-manager.io/inject-ca-from': `${namespace}/${CERTIFICATE}` },
    fields: {
      webhooks: [
        {
          name,
          admissionReviewVersions: ['v1'],
          clientConfig: {
            service: { name: 'ml-pipeline', namespace, path: `/webhooks/${verb}-pipelineversion`, port: 8443 },
          },
          failurePolicy: 'Fail',
          sideEffects: 'None',
          rules: [
            {
              apiGroups: [GROUP],
              apiVersions: ['v2beta1'],
              operations: ['CREATE', 'UPDATE'],
              resources: ['pipelineversions'],
              scope: 'Namespaced',
            },
          ],
        },
      ],
    },
  };
}
