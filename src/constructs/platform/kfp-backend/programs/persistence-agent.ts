import { EVICTABLE, env, envOfField, LOOK, type Program, rule } from '../program';
import type { KfpSettings } from '../settings';
import { waitFor } from '../waiting';
import { workflowTtl } from '../workflow-ttl';
import { PIPELINE_LOOP_RULE, TEKTON_RULE } from './tekton';
import { tokenMount, tokenVolume } from './token';

const NAME = 'ml-pipeline-persistenceagent';
const TOKEN = 'persistenceagent-sa-token';

/** The persistence agent: it tells the API server how Workflows go on. */
export function persistenceAgent(settings: KfpSettings): Program {
  return {
    name: NAME,
    labels: { app: NAME },
    account: NAME,
    access: [
      {
        role: `${NAME}-role`,
        binding: `${NAME}-binding`,
        rules: [
          rule('argoproj.io', ['workflows'], LOOK),
          rule('kubeflow.org', ['scheduledworkflows'], LOOK),
          rule('pipelines.kubeflow.org', ['scheduledworkflows', 'workflows'], ['report']),
          rule('pipelines.kubeflow.org', ['runs'], ['reportMetrics', 'readArtifact']),
          ...(settings.parity && settings.release.tekton ? [TEKTON_RULE, PIPELINE_LOOP_RULE] : []),
        ],
      },
    ],
    podAnnotations: EVICTABLE,
    calls: ['ml-pipeline', 'kubernetes'],
    pod: {
      ...waitFor(settings, 'ml-pipeline'),
      containers: [
        {
          name: NAME,
          image: settings.image('persistence-agent'),
          imagePullPolicy: 'IfNotPresent',
          env: [
            envOfField('NAMESPACE', 'metadata.namespace'),
            env('TTL_SECONDS_AFTER_WORKFLOW_FINISH', String(workflowTtl(settings))),
            env('NUM_WORKERS', '2'),
            env('LOG_LEVEL', 'info'),
          ],
          resources: { requests: { cpu: '120m', memory: '500Mi' } },
          volumeMounts: [tokenMount(TOKEN)],
        },
      ],
      volumes: [tokenVolume(TOKEN)],
    },
  };
}
