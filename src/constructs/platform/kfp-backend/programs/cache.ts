import { databaseKeys, driverParameters } from '../database';
import { CHANGE, env, envOfConfig, envOfField, envOfSecret, type Program, rule } from '../program';
import type { KfpSettings } from '../settings';
import { TEKTON_RULE } from './tekton';

/** The cache of KFP's first version: a webhook that changes pods. */
export function cacheServer(settings: KfpSettings): Program {
  const { database, release, parity } = settings;
  const { host, port } = databaseKeys(settings);
  const parameters = driverParameters(database);
  const labels = { app: 'cache-server' };
  return {
    name: 'cache-server',
    labels,
    account: 'kubeflow-pipelines-cache',
    accountLabels: labels,
    access: [
      {
        role: 'kubeflow-pipelines-cache-role',
        binding: 'kubeflow-pipelines-cache-binding',
        labels,
        rules: [
          rule('', ['pods'], CHANGE),
          rule('', ['configmaps'], ['get']),
          rule('argoproj.io', ['workflows'], CHANGE),
          ...(parity && release.tekton ? [TEKTON_RULE] : []),
        ],
      },
    ],
    services: [{ name: 'cache-server', labels, ports: [{ port: 443, targetPort: 'webhook-api' }] }],
    replicas: 1,
    calls: ['database', 'kubernetes'],
    pod: {
      containers: [
        {
          name: 'server',
          image: settings.image('cache-server'),
          imagePullPolicy: parity ? 'Always' : 'IfNotPresent',
          args: [
            '--db_driver=$(DBCONFIG_DRIVER)',
            '--db_host=$(DBCONFIG_HOST_NAME)',
            '--db_port=$(DBCONFIG_PORT)',
            '--db_name=$(DBCONFIG_DB_NAME)',
            '--db_user=$(DBCONFIG_USER)',
            '--db_password=$(DBCONFIG_PASSWORD)',
            '--namespace_to_watch=$(NAMESPACE_TO_WATCH)',
            '--listen_port=$(WEBHOOK_PORT)',
            ...(parameters === undefined ? [] : [`--db_extra_params=${parameters}`]),
          ],
          env: [
            envOfConfig('DEFAULT_CACHE_STALENESS', 'DEFAULT_CACHE_STALENESS'),
            envOfConfig('MAXIMUM_CACHE_STALENESS', 'MAXIMUM_CACHE_STALENESS'),
            envOfConfig('CACHE_IMAGE', 'cacheImage'),
            envOfConfig('CACHE_NODE_RESTRICTIONS', 'cacheNodeRestrictions'),
            env('DBCONFIG_DRIVER', 'mysql'),
            envOfConfig('DBCONFIG_DB_NAME', 'cacheDb'),
            envOfConfig('DBCONFIG_HOST_NAME', host),
            envOfConfig('DBCONFIG_PORT', port),
            envOfSecret('DBCONFIG_USER', database.username),
            envOfSecret('DBCONFIG_PASSWORD', database.password),
            envOfField('NAMESPACE_TO_WATCH', 'metadata.namespace'),
            env('WEBHOOK_PORT', '8443'),
          ],
          ports: [{ name: 'webhook-api', containerPort: 8443 }],
          volumeMounts: [{ name: 'webhook-tls-certs', mountPath: '/etc/webhook/certs', readOnly: true }],
        },
      ],
      volumes: [{ name: 'webhook-tls-certs', secret: { secretName: 'webhook-server-tls' } }],
    },
  };
}

/** It has Kubernetes sign the webhook's certificate, and registers the webhook; it needs rights in the whole cluster. */
export function cacheDeployer(settings: KfpSettings): Program {
  const labels = { app: 'cache-deployer' };
  const account = 'kubeflow-pipelines-cache-deployer-sa';
  return {
    name: 'cache-deployer-deployment',
    labels,
    account,
    access: [
      {
        role: 'kubeflow-pipelines-cache-deployer-role',
        binding: 'kubeflow-pipelines-cache-deployer-rolebinding',
        labels,
        // Upstream's binding names no namespace, which is the binding's then.
        ...(settings.parity && { subject: { kind: 'ServiceAccount', name: account } }),
        rules: [rule('', ['secrets'], ['create', 'delete', 'get', 'patch', 'list'])],
      },
      {
        role: 'kubeflow-pipelines-cache-deployer-clusterrole',
        binding: 'kubeflow-pipelines-cache-deployer-clusterrolebinding',
        labels: { app: 'kubeflow-pipelines-cache-deployer-clusterrole' },
        bindingLabels: {},
        cluster: true,
        rules: [
          rule(
            'certificates.k8s.io',
            ['certificatesigningrequests', 'certificatesigningrequests/approval'],
            ['create', 'delete', 'get', 'update'],
          ),
          rule(
            'admissionregistration.k8s.io',
            ['mutatingwebhookconfigurations'],
            ['create', 'delete', 'get', 'list', 'patch'],
          ),
          { ...rule('certificates.k8s.io', ['signers'], ['approve']), resourceNames: ['kubernetes.io/*'] },
        ],
      },
    ],
    replicas: 1,
    recreate: true,
    calls: ['kubernetes'],
    pod: {
      restartPolicy: 'Always',
      containers: [
        {
          name: 'main',
          image: settings.image('cache-deployer'),
          imagePullPolicy: settings.parity ? 'Always' : 'IfNotPresent',
          env: [envOfField('NAMESPACE_TO_WATCH', 'metadata.namespace')],
        },
      ],
    },
  };
}
