import type * as kubernetes from 'kubernetes-types/core/v1';
import type { PolicyRule } from '../../../../components/definition';
import { driverParameters } from '../database';
import { REVIEWS } from '../multi-user-access';
import { LIMITS, probe } from '../probes';
import { EVICTABLE, env, envOfConfig, envOfField, envOfSecret, LOOK, MANAGE, type Program, rule } from '../program';
import type { KfpSettings } from '../settings';
import { apiServerStore } from '../store';
import { waitFor } from '../waiting';
import { PIPELINE_LOOP_RULE, TEKTON_RULE } from './tekton';

/** The API server: it keeps pipelines and runs, and compiles runs to Workflows. */
export function apiServer(settings: KfpSettings): Program {
  const { release, parity } = settings;
  const health = (limits: object) => probe(settings, 8888, '/apis/v1beta1/healthz', limits);
  return {
    name: 'ml-pipeline',
    labels: { app: 'ml-pipeline' },
    account: 'ml-pipeline',
    access: [{ role: 'ml-pipeline', labels: { app: 'ml-pipeline' }, rules: rules(settings) }],
    services: [
      {
        name: 'ml-pipeline',
        annotations: {
          'prometheus.io/scrape': 'true',
          'prometheus.io/scheme': 'http',
          'prometheus.io/port': '8888',
        },
        ports: [
          { name: 'http', port: 8888, targetPort: 8888, protocol: 'TCP' },
          { name: 'grpc', port: 8887, targetPort: 8887, protocol: 'TCP' },
        ],
      },
    ],
    podAnnotations: EVICTABLE,
    calls: [
      'database',
      'object-store',
      'kubernetes',
      // Pipelines are uploaded by their URLs.
      'anywhere',
      ...(settings.v1 ? (['ml-pipeline-visualizationserver'] as const) : []),
    ],
    pod: {
      ...waitFor(settings, 'database', 'metadata-grpc'),
      containers: [
        {
          name: 'ml-pipeline-api-server',
          image: settings.image('api-server'),
          imagePullPolicy: 'IfNotPresent',
          env: variables(settings),
          ports: [
            { name: 'http', containerPort: 8888 },
            { name: 'grpc', containerPort: 8887 },
          ],
          startupProbe: health({ failureThreshold: 12, periodSeconds: 5, timeoutSeconds: 2 }),
          livenessProbe: health(LIMITS),
          readinessProbe: health(LIMITS),
          resources: { requests: { cpu: '250m', memory: '500Mi' } },
          ...(parity && release.confined && { volumeMounts: [{ ...TRACKING_CA, readOnly: true }] }),
        },
      ],
      ...(parity &&
        release.confined && {
          volumes: [{ name: TRACKING_CA.name, configMap: { name: TRACKING_CA.name, optional: true } }],
        }),
    },
  };
}

/** Where upstream's plugin for MLflow looks for a certificate. */
const TRACKING_CA = { name: 'mlflow-tracking-ca', mountPath: '/etc/mlflow-tracking-ca' };

function variables(settings: KfpSettings): kubernetes.EnvVar[] {
  const { parity, release, database, store } = settings;
  return [
    env('LOG_LEVEL', 'info'),
    envOfConfig('AUTO_UPDATE_PIPELINE_DEFAULT_VERSION', 'autoUpdatePipelineDefaultVersion'),
    envOfField('POD_NAMESPACE', 'metadata.namespace'),
    ...apiServerStore(store, release),
    envOfConfig('DBCONFIG_CONMAXLIFETIME', 'ConMaxLifeTime'),
    envOfSecret('DBCONFIG_MYSQLCONFIG_USER', database.username),
    envOfSecret('DBCONFIG_MYSQLCONFIG_PASSWORD', database.password),
    envOfConfig('DBCONFIG_MYSQLCONFIG_DBNAME', 'pipelineDb'),
    envOfConfig('DBCONFIG_MYSQLCONFIG_HOST', 'mysqlHost'),
    envOfConfig('DBCONFIG_MYSQLCONFIG_PORT', 'mysqlPort'),
    ...(parity ? upstreamVariables(settings) : ownVariables(settings)),
    ...(release.confined
      ? [
          env('PUBLISH_LOGS', String(settings.props.runs?.publishLogs ?? true)),
          env('PIPELINE_LOG_LEVEL', '1'),
          env('CLUSTER_DOMAIN', settings.clusterDomain),
          env('COMPILED_PIPELINE_SPEC_PATCH', '{}'),
        ]
      : []),
    ...(release.confined || !parity
      ? [env('V2_DRIVER_IMAGE', settings.image('driver')), env('V2_LAUNCHER_IMAGE', settings.image('launcher'))]
      : []),
  ];
}

/** What upstream's has besides: names of before, and keys that its kustomizations change. */
function upstreamVariables({ release, database }: KfpSettings): kubernetes.EnvVar[] {
  const { host, port } = release.databaseKeys;
  return [
    envOfSecret('DBCONFIG_USER', database.username),
    envOfSecret('DBCONFIG_PASSWORD', database.password),
    envOfConfig('DBCONFIG_DBNAME', 'pipelineDb'),
    envOfConfig('DBCONFIG_HOST', host),
    envOfConfig('DBCONFIG_PORT', port),
    envOfConfig('DB_DRIVER_NAME', 'dbType'),
    ...(release.confined ? [...SECURITY_CONTEXT, ['BLOCK_V1_PIPELINES'], ['V1_ALLOWED_NAMESPACES']] : []).map(
      ([name = '', key = name]) => envOfConfig(name, key, true),
    ),
  ];
}

const SECURITY_CONTEXT = [
  ['DEFAULT_SECURITY_CONTEXT_RUN_AS_USER', 'defaultSecurityContextRunAsUser'],
  ['DEFAULT_SECURITY_CONTEXT_RUN_AS_GROUP', 'defaultSecurityContextRunAsGroup'],
  ['DEFAULT_SECURITY_CONTEXT_RUN_AS_NON_ROOT', 'defaultSecurityContextRunAsNonRoot'],
  ['DEFAULT_SECURITY_CONTEXT_HOST_USERS', 'defaultSecurityContextHostUsers'],
] as const;

function ownVariables({ database, props, v1 }: KfpSettings): kubernetes.EnvVar[] {
  const { cache = true, securityContext = {} } = props.runs ?? {};
  const { runAsUser, runAsGroup, runAsNonRoot } = securityContext;
  const parameters = driverParameters(database);
  const users = [
    ['DEFAULT_SECURITY_CONTEXT_RUN_AS_USER', runAsUser],
    ['DEFAULT_SECURITY_CONTEXT_RUN_AS_GROUP', runAsGroup],
    ['DEFAULT_SECURITY_CONTEXT_RUN_AS_NON_ROOT', runAsNonRoot],
  ] as const;
  return [
    ...(parameters === undefined ? [] : [env('DBCONFIG_MYSQLCONFIG_EXTRAPARAMS', parameters)]),
    ...(cache ? [] : [env('CACHEENABLED', 'false')]),
    ...users.flatMap(([name, value]) => (value === undefined ? [] : [env(name, String(value))])),
    // It asks Kubernetes for them where there is a Service; where there is none, it would not start.
    ...(v1
      ? []
      : [
          env('BLOCK_V1_PIPELINES', 'true'),
          env('ML_PIPELINE_VISUALIZATIONSERVER_SERVICE_HOST', 'ml-pipeline-visualizationserver'),
          env('ML_PIPELINE_VISUALIZATIONSERVER_SERVICE_PORT', '8888'),
        ]),
  ];
}

function rules(settings: KfpSettings): PolicyRule[] {
  const { release, parity } = settings;
  return [
    rule('', ['pods', 'pods/log'], ['get', 'list', 'delete']),
    rule('argoproj.io', ['workflows'], MANAGE),
    rule('kubeflow.org', ['scheduledworkflows'], ['create', 'get', 'list', 'update', 'patch', 'delete']),
    // In a Role these two allow nothing; where there are several teams, they stand in a ClusterRole.
    ...(parity ? REVIEWS.rules : []),
    ...(release.confined
      ? [
          rule('kubeflow.org', ['scheduledworkflows/finalizers'], ['update']),
          rule('pipelines.kubeflow.org', ['pipelines'], LOOK),
          { ...rule('', ['configmaps'], ['get']), resourceNames: ['kfp-launcher'] },
        ]
      : []),
    ...(parity && release.confined
      ? [
          rule('mlflow.kubeflow.org', ['experiments'], ['get', 'list', 'create', 'update']),
          { ...rule('', ['secrets'], ['get']), resourceNames: ['kfp-mlflow-credentials'] },
        ]
      : []),
    ...(parity && release.tekton ? [TEKTON_RULE, PIPELINE_LOOP_RULE] : []),
  ];
}
