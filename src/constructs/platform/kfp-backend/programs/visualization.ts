import { LIMITS, probe } from '../probes';
import { EVICTABLE, env, envOfField, MANAGE, type Program, rule } from '../program';
import type { KfpSettings } from '../settings';

/** It draws what Python code of the first version's visualisations says. */
export function visualizationServer(settings: KfpSettings): Program {
  const name = 'ml-pipeline-visualizationserver';
  const health = probe(settings, 8888, '/', LIMITS);
  return {
    name,
    labels: { app: name },
    account: name,
    services: [{ name, ports: [{ name: 'http', port: 8888, targetPort: 8888, protocol: 'TCP' }] }],
    podAnnotations: EVICTABLE,
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
            ? [rule('*', ['deployments', 'services'], MANAGE)]
            : [rule('apps', ['deployments'], MANAGE), rule('', ['services'], MANAGE)]),
          rule('kubeflow.org', ['viewers', 'viewers/finalizers'], MANAGE),
        ],
      },
    ],
    podAnnotations: EVICTABLE,
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
