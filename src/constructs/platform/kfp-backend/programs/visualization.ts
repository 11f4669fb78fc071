import { probe } from '../probes';
import { env, envOfField, type Program, rule } from '../program';
import type { KfpSettings } from '../settings';

/** It draws what Python code of the first version's visualisations says. */
export function visualizationServer(settings: KfpSettings): Program {
  const name = 'ml-pipeline-visualizationserver';
  const health = probe(settings, 8888, '/', { initialDelaySeconds: 3, periodSeconds: 5, timeoutSeconds: 2 });
  return {
    name,
    labels: { app: name },
    account: name,
    services: [{ name, ports: [{ name: 'http', port: 8888, targetPort: 8888, protocol: 'TCP' }] }],
    podAnnotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' },
    calls: ['object-store'],
    pod: {
      containers: [
        {
          name,
          image: settings.image('visualization-server'),
          imagePullPolicy: 'IfNotPresent',
          ports: [{ name: 'http', containerPort: 8888 }],
          livenessProbe: health,
          readinessProbe: health,
          resources: { requests: { cpu: '30m', memory: '500Mi' } },
        },
      ],
    },
  };
}

/** It makes the pods that viewers are: TensorBoards of the first version. */
export function viewerController(settings: KfpSettings): Program {
  const name = 'ml-pipeline-viewer-crd';
  const account = `${name}-service-account`;
  const all = ['create', 'get', 'list', 'watch', 'update', 'patch', 'delete'];
  return {
    name,
    labels: { app: name },
    account,
    access: [
      {
        role: 'ml-pipeline-viewer-controller-role',
        binding: 'ml-pipeline-viewer-crd-binding',
        rules: [
          ...(settings.parity
            ? [rule('*', ['deployments', 'services'], all)]
            : [rule('apps', ['deployments'], all), rule('', ['services'], all)]),
          rule('kubeflow.org', ['viewers', 'viewers/finalizers'], all),
        ],
      },
    ],
    podAnnotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' },
    calls: ['kubernetes'],
    pod: {
      containers: [
        {
          name,
          image: settings.image('viewer-crd-controller'),
          imagePullPolicy: settings.parity ? 'Always' : 'IfNotPresent',
          env: [env('MAX_NUM_VIEWERS', '50'), envOfField('NAMESPACE', 'metadata.namespace')],
        },
      ],
    },
  };
}
