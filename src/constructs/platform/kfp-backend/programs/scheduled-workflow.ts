import { EVICTABLE, env, envOfConfig, envOfField, MANAGE, type Program, rule } from '../program';
import type { KfpSettings } from '../settings';
import { waitFor } from '../waiting';
import { tokenMount, tokenVolume } from './token';

const NAME = 'ml-pipeline-scheduledworkflow';
const TOKEN = 'scheduledworkflow-sa-token';

/** The controller of recurring runs. */
export function scheduledWorkflow(settings: KfpSettings): Program {
  const { confined } = settings.release;
  return {
    name: NAME,
    labels: { app: NAME },
    account: NAME,
    access: [
      {
        role: `${NAME}-role`,
        binding: `${NAME}-binding`,
        labels: { app: `${NAME}-role` },
        bindingLabels: {},
        rules: [
          rule('argoproj.io', ['workflows'], MANAGE),
          rule('kubeflow.org', ['scheduledworkflows', 'scheduledworkflows/finalizers'], MANAGE),
          ...(confined ? [rule('pipelines.kubeflow.org', ['runs'], ['create'])] : []),
          rule('', ['events'], ['create', 'patch']),
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
          image: settings.image('scheduled-workflow-controller'),
          imagePullPolicy: 'IfNotPresent',
          env: [
            env('LOG_LEVEL', 'info'),
            envOfField('NAMESPACE', 'metadata.namespace'),
            envOfConfig('CRON_SCHEDULE_TIMEZONE', 'cronScheduleTimezone'),
            ...(confined
              ? [
                  env('METRICS_PORT', '9090'),
                  env('CLIENT_QPS', '10'),
                  env('CLIENT_BURST', '20'),
                  env('RESYNC_INTERVAL_SECONDS', '30'),
                ]
              : []),
          ],
          ...(confined && { ports: [{ name: 'http', containerPort: 9090 }], volumeMounts: [tokenMount(TOKEN)] }),
        },
      ],
      ...(confined && { volumes: [tokenVolume(TOKEN)] }),
    },
  };
}
