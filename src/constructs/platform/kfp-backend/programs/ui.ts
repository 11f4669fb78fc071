import type * as kubernetes from 'kubernetes-types/core/v1';
import type { PolicyRule } from '../../../../components/definition';
import { LIMITS, probe } from '../probes';
import { EVICTABLE, env, envOfConfig, envOfField, type Program, rule } from '../program';
import type { KfpSettings } from '../settings';
import { uiStore } from '../store';

const NAME = 'ml-pipeline-ui';

/** What the viewers' pods are, of KFP's first version. */
export const UI_CONFIG = `${NAME}-configmap`;

/** The user interface, which hands requests on to the API server. */
export function ui(settings: KfpSettings): Program {
  const { v1 } = settings;
  const health = probe(settings, 3000, '/apis/v1beta1/healthz', LIMITS);
  return {
    name: NAME,
    labels: { app: NAME },
    account: NAME,
    access: [{ role: NAME, labels: { app: NAME }, rules: rules(settings) }],
    services: [
      {
        name: NAME,
        labels: { app: NAME },
        ports: [{ name: 'http', port: 80, targetPort: 3000, protocol: 'TCP' }],
      },
    ],
    podAnnotations: EVICTABLE,
    calls: ['ml-pipeline', 'metadata-envoy-deployment', 'object-store', 'kubernetes'],
    pod: {
      containers: [
        {
          name: NAME,
          image: settings.image('frontend'),
          imagePullPolicy: 'IfNotPresent',
          env: variables(settings),
          ports: [{ containerPort: 3000 }],
          livenessProbe: health,
          readinessProbe: health,
          resources: { requests: { cpu: '10m', memory: '70Mi' } },
          ...(v1 && { volumeMounts: [{ name: 'config-volume', mountPath: '/etc/config', readOnly: true }] }),
        },
      ],
      ...(v1 && { volumes: [{ name: 'config-volume', configMap: { name: UI_CONFIG } }] }),
    },
  };
}

function variables(settings: KfpSettings): kubernetes.EnvVar[] {
  const { release, parity, store, v1 } = settings;
  const optional = (name: string, key = name) => envOfConfig(name, key, true);
  return [
    ...(v1 ? [env('VIEWER_TENSORBOARD_POD_TEMPLATE_SPEC_PATH', '/etc/config/viewer-pod-template.json')] : []),
    ...uiStore(store),
    env('ALLOW_CUSTOM_VISUALIZATIONS', String(v1)),
    ...(release.confined
      ? [
          envOfField('FRONTEND_SERVER_NAMESPACE', 'metadata.namespace'),
          env('ARGO_ARCHIVE_LOGS', 'true'),
          env('DISABLE_GKE_METADATA', 'true'),
        ]
      : []),
    ...(release.confined && parity
      ? [
          optional('ARTIFACT_NAMESPACE_OWNERSHIP_MODE'),
          optional('ARTIFACT_NAMESPACE_KEY_PREFIX'),
          optional('CLUSTER_DOMAIN'),
          optional('ARTIFACTS_SERVICE_PROXY_ENABLED', 'ARTIFACTS_PROXY_ENABLED'),
        ]
      : []),
  ];
}

/** Upstream's may read every Secret, and make viewers; ours reads the store's Secret, where runs name it. */
function rules({ parity, v1, release, store }: KfpSettings): PolicyRule[] {
  const viewers = rule('kubeflow.org', ['viewers'], ['create', 'get', 'list', 'watch', 'delete']);
  const secrets = store.keys ? [...new Set([store.keys.accessKey.name, store.keys.secretKey.name])] : [];
  return [
    rule('', ['pods', 'pods/log'], ['get']),
    rule('', ['events'], ['list']),
    ...(parity ? [rule('', ['secrets', ...(release.confined ? ['configmaps'] : [])], ['get', 'list'])] : []),
    ...(!parity && secrets.length > 0 ? [{ ...rule('', ['secrets'], ['get']), resourceNames: secrets }] : []),
    ...(v1 ? [viewers] : []),
    rule('argoproj.io', ['workflows'], ['get', 'list']),
  ];
}
