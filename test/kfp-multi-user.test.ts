import { type App, Chart, Size, Testing } from 'cdk8s';
import { parse } from 'yaml';
import {
  ContainerComponent,
  Database,
  Dataset,
  KfpBackend,
  type KfpBackendProps,
  KfpTenant,
  type KfpTenantProps,
  ObjectStore,
  Pipeline,
  Task,
  WorkloadIdentity,
} from '../src';
import { allows, type Policy } from './backends/authorization-policy';
import { KEYS, LOGIN, secret } from './backends/configurations';
import { of, one, templateOf } from './backends/lookup';
import { synth } from './synth';
import { keptWarnings } from './warnings';

const STORE = ObjectStore.s3({ bucket: 'ml', endpoint: 's3.internal:9000', credentials: KEYS });
const DATABASE = Database.mysql({
  host: 'db.internal',
  database: 'kfp',
  ...LOGIN,
});
const OLDER: Partial<KfpBackendProps> = { version: '2.2.0', images: { registry: 'mirror.example.com' } };
const NETWORK = { apiServer: { cidrs: ['10.0.0.1/32'] }, artifacts: { to: { cidrs: ['10.2.0.0/16'] } } };

// biome-ignore lint/suspicious/noExplicitAny: tests reach into manifests of every kind
type Any = any;

function chartOf(namespace = 'kfp', app: App = Testing.app(), id = 'platform'): Chart {
  return new Chart(app, id, { namespace });
}

function backend(props: Partial<KfpBackendProps> = {}, chart = chartOf()): KfpBackend {
  return new KfpBackend(chart, 'kfp', {
    database: DATABASE,
    objectStore: STORE,
    multiUser: { istio: {} },
    ...props,
  } as KfpBackendProps);
}

function objectsOf(props: Partial<KfpBackendProps> = {}, namespace?: string): Any[] {
  const chart = chartOf(namespace);
  backend(props, chart);
  return synth(chart);
}

/** A team beside a backend, its objects alone. */
function team(props: Partial<KfpTenantProps> = {}, of: Partial<KfpBackendProps> = {}) {
  const chart = chartOf();
  const kfp = backend(of, chart);
  const teams = chartOf('teams', chart.node.root as App, 'teams');
  const tenant = new KfpTenant(teams, 'vision', { backend: kfp, network: NETWORK, ...props });
  return { tenant, teams, objects: synth(teams) };
}

const variablesOf = (objects: Any[], name: string): Record<string, Any> =>
  Object.fromEntries(
    templateOf(objects, name).spec.containers[0].env.map((each: Any) => [each.name, each.value ?? each.valueFrom]),
  );

function complaints(chart: Chart): string[] {
  return chart.node.root.node.findAll().flatMap((each) => each.node.validate());
}

function complaintsOf(props: Partial<KfpBackendProps>, namespace?: string): string[] {
  const chart = chartOf(namespace);
  backend(props, chart);
  return complaints(chart);
}

const warnings = keptWarnings();

describe('a backend for many teams', () => {
  test('asks Kubernetes what a person may do, and whom a token belongs to', () => {
    const objects = objectsOf();
    expect(variablesOf(objects, 'ml-pipeline')).toMatchObject({
      MULTIUSER: 'true',
      MULTIUSER_SHARED_READ: 'false',
      REQUIRE_NAMESPACE_FOR_PIPELINES: 'true',
      DEFAULTPIPELINERUNNERSERVICEACCOUNT: 'default-editor',
      KUBEFLOW_USERID_HEADER: 'kubeflow-userid',
      KUBEFLOW_USERID_PREFIX: '',
      TOKEN_REVIEW_AUDIENCE: 'pipelines.kubeflow.org',
      POD_NAMESPACE: { fieldRef: { fieldPath: 'metadata.namespace' } },
    });
    expect(one(objects, 'ClusterRole', 'kfp-ml-pipeline-reviews').rules).toEqual([
      { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
      { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
    ]);
    expect(one(objects, 'ClusterRoleBinding', 'kfp-ml-pipeline-reviews')).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: 'kfp-ml-pipeline-reviews' },
      subjects: [{ kind: 'ServiceAccount', name: 'ml-pipeline', namespace: 'kfp' }],
    });
    expect(variablesOf(objectsOf({ multiUser: { istio: {}, sharedRead: true } }), 'ml-pipeline')).toMatchObject({
      MULTIUSER_SHARED_READ: 'true',
    });
  });

  test('looks at all namespaces', () => {
    const objects = objectsOf({ v1: true });
    for (const [name, variable] of [
      ['ml-pipeline-persistenceagent', 'NAMESPACE'],
      ['ml-pipeline-scheduledworkflow', 'NAMESPACE'],
      ['ml-pipeline-viewer-crd', 'NAMESPACE'],
      ['cache-server', 'NAMESPACE_TO_WATCH'],
      ['metadata-writer', 'NAMESPACE_TO_WATCH'],
    ] as const) {
      expect([name, variablesOf(objects, name)[variable]]).toEqual([name, '']);
    }
    expect(templateOf(objects, 'workflow-controller').spec.containers[0].args).toEqual([
      '--configmap',
      'workflow-controller-configmap',
      '--executor-image',
      'quay.io/argoproj/argoexec:v4.0.8-nonroot',
    ]);
  });

  test('has rights in the whole cluster under names of its own, none to every verb or kind, and none to Secrets there', () => {
    const objects = objectsOf({ v1: true, kubernetesNative: true });
    const roles = [...of(objects, 'ClusterRole'), ...of(objects, 'Role')];
    const rules = roles.flatMap((role) => (role.rules ?? []).map((rule: Any) => [role, rule]));
    expect(rules.filter(([, rule]) => JSON.stringify(rule).includes('"*"'))).toEqual([]);
    expect(
      rules
        .filter(([, rule]) => rule.apiGroups.includes('') && rule.resources.includes('secrets'))
        .map(([role, rule]) => [role.kind, role.metadata.name, rule.resourceNames ?? rule.verbs]),
    ).toEqual([
      // The certificates of an agent, which Argo's controller reads where a template calls HTTP.
      ['ClusterRole', 'kfp-argo-role', ['argo-workflows-agent-ca-certificates']],
      ['Role', 'ml-pipeline-ui', ['store']],
      ['Role', 'kubeflow-pipelines-cache-deployer-role', ['create', 'delete', 'get', 'patch', 'list']],
    ]);
    expect(of(objects, 'ClusterRole').map(({ metadata }) => metadata.name)).toEqual([
      'kfp-ml-pipeline',
      'kfp-ml-pipeline-reviews',
      'kfp-ml-pipeline-persistenceagent-role',
      'kfp-ml-pipeline-scheduledworkflow-role',
      'kfp-ml-pipeline-ui',
      'kfp-argo-role',
      'kfp-kubeflow-pipelines-cache-role',
      'kubeflow-pipelines-cache-deployer-clusterrole',
      'kfp-kubeflow-pipelines-metadata-writer-role',
      'kfp-ml-pipeline-viewer-controller-role',
      'kubeflow-pipelines-edit',
      'kubeflow-pipelines-view',
      'aggregate-to-kubeflow-pipelines-edit',
      'aggregate-to-kubeflow-pipelines-view',
    ]);
    // What is bound is there, for an account that is there.
    for (const { roleRef, subjects, metadata } of [
      ...of(objects, 'ClusterRoleBinding'),
      ...of(objects, 'RoleBinding'),
    ]) {
      one(objects, roleRef.kind, roleRef.name);
      expect([metadata.name, subjects[0].namespace]).toEqual([metadata.name, 'kfp']);
      one(objects, 'ServiceAccount', subjects[0].name);
    }
  });

  test('lets Argo work for all teams, unless Argo is somebody else’s', () => {
    const objects = objectsOf();
    expect(one(objects, 'ClusterRole', 'kfp-argo-role').rules).toContainEqual({
      apiGroups: [''],
      resources: ['pods', 'pods/exec'],
      verbs: ['create', 'get', 'list', 'watch', 'update', 'patch', 'delete'],
    });
    expect(one(objects, 'Role', 'argo-role').rules).toEqual([
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'get', 'update'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'watch', 'list'] },
    ]);
    const external = objectsOf({ argo: 'external' });
    expect(of(external, 'ClusterRole', 'kfp-argo-role')).toEqual([]);
    expect(complaintsOf({ argo: 'external' })).toEqual([]);
  });

  test('gives people roles that Kubeflow’s take in', () => {
    const objects = objectsOf();
    const label = (name: string) => `rbac.authorization.kubeflow.org/aggregate-to-${name}`;
    const roles = ['edit', 'view'].map((kind) => one(objects, 'ClusterRole', `kubeflow-pipelines-${kind}`));
    expect(roles.map(({ metadata, aggregationRule }) => [metadata.labels, aggregationRule])).toEqual([
      [
        { [label('kubeflow-edit')]: 'true' },
        { clusterRoleSelectors: [{ matchLabels: { [label('kubeflow-pipelines-edit')]: 'true' } }] },
      ],
      [
        { [label('kubeflow-pipelines-edit')]: 'true', [label('kubeflow-view')]: 'true' },
        { clusterRoleSelectors: [{ matchLabels: { [label('kubeflow-pipelines-view')]: 'true' } }] },
      ],
    ]);
    const view = one(objects, 'ClusterRole', 'aggregate-to-kubeflow-pipelines-view');
    expect(view.metadata.labels).toEqual({ [label('kubeflow-pipelines-view')]: 'true' });
    expect(view.rules).toEqual([
      {
        apiGroups: ['pipelines.kubeflow.org'],
        resources: ['pipelines', 'pipelineversions', 'experiments', 'jobs'],
        verbs: ['get', 'list'],
      },
      { apiGroups: ['pipelines.kubeflow.org'], resources: ['runs'], verbs: ['get', 'list', 'readArtifact'] },
      { apiGroups: ['kubeflow.org'], resources: ['viewers'], verbs: ['get'] },
    ]);
    const edit = one(objects, 'ClusterRole', 'aggregate-to-kubeflow-pipelines-edit');
    expect(edit.rules.map((rule: Any) => [rule.resources, rule.verbs])).toEqual([
      [
        ['pipelines', 'pipelineversions'],
        ['create', 'delete', 'update'],
      ],
      [['experiments'], ['archive', 'create', 'delete', 'unarchive']],
      [['runs'], ['archive', 'create', 'delete', 'readArtifact', 'reportMetrics', 'retry', 'terminate', 'unarchive']],
      [['jobs'], ['create', 'delete', 'disable', 'enable']],
    ]);
  });

  test('shows artifacts to the team whose run made them', () => {
    expect(variablesOf(objectsOf(), 'ml-pipeline-ui')).toMatchObject({
      ENABLE_AUTHZ: 'true',
      DEPLOYMENT: 'KUBEFLOW',
      KUBEFLOW_USERID_HEADER: 'kubeflow-userid',
      KUBEFLOW_USERID_PREFIX: '',
      ARTIFACT_NAMESPACE_OWNERSHIP_MODE: 'mlmd-only',
    });
  });

  test('has nothing of what runs need in its own namespace', () => {
    const objects = objectsOf();
    expect(backend().runner).toEqual({ name: 'default-editor' });
    expect(of(objects, 'ServiceAccount', 'pipeline-runner')).toEqual([]);
    expect(of(objects, 'Role', 'pipeline-runner')).toEqual([]);
    expect(of(objects, 'ConfigMap').map(({ metadata }) => metadata.name)).toEqual([
      'pipeline-install-config',
      'workflow-controller-configmap',
      'metadata-envoy-configmap',
    ]);
    expect(
      parse(one(objectsOf({ v1: true }), 'ConfigMap', 'ml-pipeline-ui-configmap').data['viewer-pod-template.json']),
    ).toEqual({
      spec: { serviceAccountName: 'default-editor' },
    });
  });

  test('without it, nothing of Istio’s is there, and runs are in the backend’s namespace', () => {
    const objects = objectsOf({ multiUser: undefined });
    expect(objects.filter(({ apiVersion }) => apiVersion.includes('istio'))).toEqual([]);
    expect(of(objects, 'ClusterRole')).toEqual([]);
    expect(of(objects, 'ServiceAccount', 'pipeline-runner')).toHaveLength(1);
    expect(one(objects, 'Namespace', 'kfp').metadata.labels['istio-injection']).toBeUndefined();
    expect(variablesOf(objects, 'ml-pipeline').MULTIUSER).toBeUndefined();
  });

  test('2.2.0 has a user interface that could not keep teams apart: it can read nothing', () => {
    const objects = objectsOf(OLDER, 'kubeflow');
    const variables = variablesOf(objects, 'ml-pipeline-ui');
    expect([variables.MINIO_ACCESS_KEY, variables.MINIO_SECRET_KEY]).toEqual(['', '']);
    expect([...of(objects, 'Role'), ...of(objects, 'ClusterRole')].map(({ metadata }) => metadata.name)).not.toContain(
      'kubeflow-ml-pipeline-ui',
    );
    expect(of(objects, 'Role', 'ml-pipeline-ui')).toEqual([]);
    expect(warnings.all().join('\n')).toContain(
      'KFP1750 [platform/kfp] KFP 2.2.0 asks nobody who uploads a pipeline of no namespace',
    );
    const viewers = objectsOf({ ...OLDER, v1: true }, 'kubeflow');
    expect(one(viewers, 'ClusterRole', 'kubeflow-ml-pipeline-ui').rules).toEqual([
      {
        apiGroups: ['kubeflow.org'],
        resources: ['viewers'],
        verbs: ['create', 'get', 'list', 'watch', 'delete'],
      },
    ]);
  });
});

describe('what Istio lets through', () => {
  const UI = 'cluster.local/ns/kfp/sa/ml-pipeline-ui';
  const GATEWAY = 'cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account';
  const CLAIM = { 'kubeflow-userid': 'jo@example.com' };
  const TOKEN = { authorization: 'Bearer x' };
  const policyOf = (objects: Any[], name: string): Policy => one(objects, 'AuthorizationPolicy', name).spec;
  const runs = { path: '/apis/v2beta1/runs', port: 8888 };
  const grpc = { path: '/kubeflow.pipelines.backend.api.v2beta1.RunService/CreateRun', port: 8887 };

  test('to the API server: only from the user interface, who somebody is; from anybody, a token or nothing', () => {
    const policy = policyOf(objectsOf(), 'ml-pipeline');
    expect(policy.selector).toEqual({ matchLabels: { app: 'ml-pipeline' } });
    for (const to of [runs, grpc]) {
      expect(allows(policy, { ...to, principal: UI, headers: CLAIM })).toBe(true);
      // A pod of a run: it has no identity of Istio's. Another one of the backend's: it need not say who it is.
      for (const principal of [undefined, 'cluster.local/ns/vision/sa/default-editor', GATEWAY]) {
        expect(allows(policy, { ...to, principal, headers: CLAIM })).toBe(false);
        expect(allows(policy, { ...to, principal, headers: { ...CLAIM, ...TOKEN } })).toBe(false);
        expect(allows(policy, { ...to, principal, headers: TOKEN })).toBe(true);
        expect(allows(policy, { ...to, principal, headers: {} })).toBe(true);
      }
    }
  });

  test('to the API server: nothing that does not ask who calls', () => {
    const policy = policyOf(objectsOf(), 'ml-pipeline');
    for (const path of ['/apis/v1alpha1/runs/1/nodes/2/log', '/apis/v1alpha1%2Fruns/1/nodes/2/log', '/']) {
      for (const principal of [UI, undefined]) {
        expect(allows(policy, { path, port: 8888, principal, headers: {} })).toBe(false);
      }
    }
    expect(allows(policy, { path: '/metrics', port: 8888, headers: {} })).toBe(true);
  });

  test('to the user interface: the gateway', () => {
    const policy = policyOf(objectsOf(), 'ml-pipeline-ui');
    expect(policy.selector).toEqual({ matchLabels: { app: 'ml-pipeline-ui' } });
    for (const path of ['/pipeline/', '/apis/v2beta1/runs']) {
      expect(allows(policy, { path, port: 3000, principal: GATEWAY, headers: CLAIM })).toBe(true);
      for (const principal of [undefined, UI]) {
        for (const headers of [{}, CLAIM, TOKEN])
          expect(allows(policy, { path, port: 3000, principal, headers })).toBe(false);
      }
    }
  });

  test('to the store of metadata and the cache’s webhook: their own ports; to visualisations, the API server', () => {
    const objects = objectsOf({ v1: true });
    const metadata = policyOf(objects, 'metadata-grpc-deployment');
    expect(metadata.selector).toEqual({ matchLabels: { component: 'metadata-grpc-server' } });
    expect(allows(metadata, { path: '/', port: 8080, headers: {} })).toBe(true);
    expect(allows(metadata, { path: '/', port: 15000, headers: {} })).toBe(false);
    expect(allows(policyOf(objects, 'cache-server'), { path: '/', port: 8443, headers: {} })).toBe(true);
    const drawing = policyOf(objects, 'ml-pipeline-visualizationserver');
    const draw = { path: '/', port: 8888, headers: {} };
    expect(allows(drawing, { ...draw, principal: 'cluster.local/ns/kfp/sa/ml-pipeline' })).toBe(true);
    expect(allows(drawing, draw)).toBe(false);
    expect(of(objectsOf(), 'AuthorizationPolicy').map(({ metadata: { name } }) => name)).toEqual([
      'ml-pipeline',
      'ml-pipeline-ui',
      'metadata-grpc-deployment',
    ]);
  });

  test('a domain of trust, a header and a prefix of one’s own', () => {
    const principal = 'mesh.example.com/ns/gateways/sa/in';
    const objects = objectsOf({
      multiUser: {
        istio: { gateway: 'gateways/public', principal },
        userIdHeader: 'X-Goog-Authenticated-User-Email',
        userIdPrefix: 'accounts.google.com:',
      },
      clusterDomain: 'corp.local',
    });
    const policy = policyOf(objects, 'ml-pipeline');
    const headers = { 'x-goog-authenticated-user-email': 'accounts.google.com:jo' };
    expect(allows(policy, { ...runs, principal: 'mesh.example.com/ns/kfp/sa/ml-pipeline-ui', headers })).toBe(true);
    expect(allows(policy, { ...runs, principal: UI, headers })).toBe(false);
    expect(allows(policyOf(objects, 'ml-pipeline-ui'), { path: '/', port: 3000, principal, headers })).toBe(true);
    for (const program of ['ml-pipeline', 'ml-pipeline-ui']) {
      expect(variablesOf(objects, program)).toMatchObject({
        KUBEFLOW_USERID_HEADER: 'x-goog-authenticated-user-email',
        KUBEFLOW_USERID_PREFIX: 'accounts.google.com:',
      });
    }
    expect(one(objects, 'VirtualService', 'ml-pipeline-ui').spec.gateways).toEqual(['gateways/public']);
    expect(one(objects, 'DestinationRule', 'ml-pipeline').spec.host).toBe('ml-pipeline.kfp.svc.corp.local');
  });

  test('guards hold whatever the namespace says: each guarded pod asks for its sidecar itself', () => {
    const objects = objectsOf({ createNamespace: false });
    expect(of(objects, 'Namespace')).toEqual([]);
    for (const name of ['ml-pipeline', 'ml-pipeline-ui', 'metadata-grpc-deployment']) {
      expect(templateOf(objects, name).metadata.labels['sidecar.istio.io/inject']).toBe('true');
      expect(one(objects, 'Deployment', name).spec.selector.matchLabels).not.toHaveProperty([
        'sidecar.istio.io/inject',
      ]);
    }
    expect(one(objectsOf(), 'Namespace', 'kfp').metadata.labels).toEqual({
      'istio-injection': 'enabled',
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    });
  });

  test('runs, which have no sidecar, reach what they need in a mesh that wants one of everybody', () => {
    const modes = of(objectsOf(), 'PeerAuthentication').map(({ spec }) => [spec.selector.matchLabels, spec.mtls.mode]);
    expect(modes).toEqual([
      [{ app: 'ml-pipeline' }, 'PERMISSIVE'],
      [{ component: 'metadata-grpc-server' }, 'PERMISSIVE'],
    ]);
    const tryOut = objectsOf({ objectStore: ObjectStore.tryOut({ credentials: KEYS }) });
    expect(one(tryOut, 'PeerAuthentication', 'try-out-object-store').spec).toEqual({
      selector: { matchLabels: { 'app.kubernetes.io/name': 'try-out-object-store' } },
      mtls: { mode: 'PERMISSIVE' },
    });
  });

  test('Kubernetes reaches the webhook past the sidecar', () => {
    const annotation = 'traffic.sidecar.istio.io/excludeInboundPorts';
    expect(templateOf(objectsOf({ kubernetesNative: true }), 'ml-pipeline').metadata.annotations[annotation]).toBe(
      '8443',
    );
    expect(templateOf(objectsOf(), 'ml-pipeline').metadata.annotations).not.toHaveProperty([annotation]);
    expect(templateOf(objectsOf({ v1: true }), 'cache-server').metadata.annotations[annotation]).toBe('8443');
  });

  test('from outside: pages, the API behind them, and reading of metadata', () => {
    const objects = objectsOf();
    expect(one(objects, 'VirtualService', 'ml-pipeline-ui').spec).toEqual({
      gateways: ['kubeflow/kubeflow-gateway'],
      hosts: ['*'],
      http: [
        {
          match: [{ uri: { exact: '/pipeline' } }, { uri: { prefix: '/pipeline/' } }],
          route: [{ destination: { host: 'ml-pipeline-ui.kfp.svc.cluster.local', port: { number: 80 } } }],
          timeout: '300s',
        },
      ],
    });
    expect(one(objects, 'VirtualService', 'metadata-grpc').spec.http).toEqual([
      {
        match: [{ uri: { prefix: '/ml_metadata.MetadataStoreService/Get' } }],
        route: [{ destination: { host: 'metadata-envoy-service.kfp.svc.cluster.local', port: { number: 9090 } } }],
      },
    ]);
    expect(of(objects, 'DestinationRule').map(({ spec }) => [spec.host, spec.trafficPolicy.tls.mode])).toEqual([
      ['ml-pipeline.kfp.svc.cluster.local', 'ISTIO_MUTUAL'],
      ['ml-pipeline-ui.kfp.svc.cluster.local', 'ISTIO_MUTUAL'],
      ['metadata-grpc-service.kfp.svc.cluster.local', 'ISTIO_MUTUAL'],
    ]);
  });

  test('without a user interface, nobody may say who somebody is, and nothing comes in from outside', () => {
    const objects = objectsOf({ ui: false });
    expect(of(objects, 'VirtualService')).toEqual([]);
    const policy = policyOf(objects, 'ml-pipeline');
    expect(allows(policy, { ...runs, principal: UI, headers: CLAIM })).toBe(false);
    expect(allows(policy, { ...runs, headers: TOKEN })).toBe(true);
  });
});

describe('what is wrong with an installation for many teams', () => {
  const refused = (multiUser: Any, rest: Partial<KfpBackendProps> = {}) => complaintsOf({ ...rest, multiUser });

  test.each([[{}], [{ istio: null }], [{ istio: true }]])('without Istio: %j', (multiUser) => {
    expect(refused(multiUser)).toEqual([
      expect.stringMatching(
        /^KFP1748 without Istio, every pod of the cluster could say who it is, and would be believed\n {4}at .*kfp-multi-user\.test\.ts:\d+\n {4}mend: install Istio, and give multiUser: \{ istio: \{\} \}$/,
      ),
    ]);
  });

  test.each([
    [{ istio: { gateway: 'kubeflow-gateway' } }, "'kubeflow-gateway' is no gateway of Istio's"],
    [{ istio: { gateway: 'a/b/c' } }, "'a/b/c' is no gateway of Istio's"],
    [{ istio: { gateway: 7 } }, "'7' is no gateway of Istio's"],
    [{ istio: { principal: '*' } }, "'*' is nobody to Istio"],
    [{ istio: { principal: 'cluster.local/ns/*/sa/gateway' } }, "'cluster.local/ns/*/sa/gateway' is nobody"],
    [{ istio: { principal: 'spiffe://cluster.local/ns/a/sa/b' } }, 'is nobody to Istio'],
    [{ istio: {}, userIdHeader: 'user id' }, "'user id' is no header"],
    [{ istio: {}, userIdHeader: '' }, "'' is no header"],
    [{ istio: {}, userIdHeader: 'x]' }, "'x]' is no header"],
    [{ istio: {}, userIdHeader: 'Authorization' }, "'authorization' is no header"],
    [{ istio: {}, userIdPrefix: '$(POD_NAMESPACE)' }, 'what stands before the name of a person'],
    [{ istio: {}, userIdPrefix: 'a b' }, 'what stands before the name of a person'],
    [{ istio: {}, sharedRead: 'false' }, '`sharedRead` is neither true nor false'],
  ])('%j', (multiUser, message) => {
    expect(refused(multiUser)).toEqual([expect.stringContaining(message)]);
    expect(refused(multiUser)[0]).toMatch(/^KFP1749 /);
  });

  const OPEN: readonly (readonly [string, Record<string, Record<string, string>>])[] = [
    ['sidecar.istio.io/inject', { labels: { 'sidecar.istio.io/inject': 'false' } }],
    [
      'traffic.sidecar.istio.io/excludeInboundPorts',
      { annotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': '8888' } },
    ],
    ['MULTIUSER', { env: { MULTIUSER: 'false' } }],
    ['KUBEFLOW_USERID_HEADER', { env: { KUBEFLOW_USERID_HEADER: 'x-mine' } }],
  ];

  test.each<[Partial<KfpBackendProps>, string | undefined, string]>([
    [{ runner: { annotations: { a: 'b' } } }, undefined, 'runs are in the namespaces of teams'],
    ...OPEN.map(([name, options]): [Partial<KfpBackendProps>, undefined, string] => [
      { programs: { 'ml-pipeline': options } },
      undefined,
      `'${name}' of 'ml-pipeline' is what keeps teams apart`,
    ]),
    [OLDER, 'kfp', "runs of KFP 2.2.0 look for its programs in the namespace 'kubeflow'"],
  ])('what does not go with it: %j', (props, namespace, message) => {
    const found = complaintsOf(props, namespace).filter((each) => each.startsWith('KFP1750'));
    expect(found).toEqual([expect.stringContaining(message)]);
  });

  test('logs of all teams beside each other', () => {
    const keep = (keyFormat: string) => complaintsOf({ objectStore: { ...STORE, keyFormat } });
    expect(keep('logs/{{workflow.name}}/{{pod.name}}')).toEqual([
      expect.stringContaining(
        "KFP1751 logs of all teams would be kept beside each other, by the key 'logs/{{workflow.name}}",
      ),
    ]);
    expect(keep('private-artifacts/{{workflow.namespace}}/{{pod.name}}')).toEqual([]);
  });

  test('two of them in one app', () => {
    const app = Testing.app();
    backend({ crds: 'external' }, chartOf('first', app, 'first'));
    backend({ crds: 'external', multiUser: undefined }, chartOf('alone', app, 'alone'));
    const second = chartOf('second', app, 'second');
    backend({ crds: 'external' }, second);
    expect(complaints(second).filter((each) => each.includes('KFP1752'))).toEqual([
      expect.stringMatching(
        /^KFP1752 'first\/kfp' works for the teams of the whole cluster already: both would work on each run\n/,
      ),
    ]);
  });
});

describe('KfpTenant', () => {
  test('is a namespace with what KFP’s runs need', () => {
    const { objects, tenant } = team();
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? '-'} ${metadata.name}`)).toEqual([
      'Namespace - vision',
      'LimitRange vision limits',
      'NetworkPolicy vision default-deny',
      'NetworkPolicy vision allow-dns',
      'NetworkPolicy vision allow-api-server',
      'NetworkPolicy vision allow-artifacts',
      'NetworkPolicy vision allow-egress',
      'ServiceAccount vision default-editor',
      'Secret vision default-editor.service-account-token',
      'Role vision default-editor',
      'RoleBinding vision default-editor',
      'ConfigMap vision kfp-launcher',
      'ConfigMap vision metadata-grpc-configmap',
      'ConfigMap vision artifact-repositories',
      'RoleBinding vision kubeflow-pipelines-edit',
    ]);
    expect(one(objects, 'Namespace', 'vision').metadata.labels).toEqual({
      'app.kubernetes.io/part-of': 'kubeflow-profile',
      'istio-injection': 'disabled',
      'pod-security.kubernetes.io/enforce': 'baseline',
      'pod-security.kubernetes.io/warn': 'restricted',
    });
    expect(one(objects, 'Role', 'default-editor').rules).toEqual([
      { apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['create', 'get', 'delete'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'], resourceNames: ['kfp-launcher'] },
      { apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: ['store'] },
    ]);
    expect(tenant.namespace).toBe('vision');
    expect(tenant.secrets).toEqual([
      { name: 'store', key: 'access' },
      { name: 'store', key: 'secret' },
    ]);
  });

  test('keeps artifacts and logs of a team below one folder', () => {
    const { objects } = team({}, { runs: { artifactPath: 'v3' } });
    const launcher = one(objects, 'ConfigMap', 'kfp-launcher').data;
    expect(launcher.defaultPipelineRoot).toBe('minio://ml/private-artifacts/vision/v3');
    expect(parse(launcher.providers)).toEqual({
      minio: {
        default: {
          endpoint: 's3.internal:9000',
          region: 'us-east-1',
          disableSSL: false,
          credentials: {
            fromEnv: false,
            secretRef: { secretName: 'store', accessKeyKey: 'access', secretKeyKey: 'secret' },
          },
        },
      },
    });
    const repositories = one(objects, 'ConfigMap', 'artifact-repositories');
    const name = repositories.metadata.annotations['workflows.argoproj.io/default-artifact-repository'];
    expect(parse(repositories.data[name])).toEqual({
      archiveLogs: true,
      s3: {
        endpoint: 's3.internal:9000',
        bucket: 'ml',
        accessKeySecret: { name: 'store', key: 'access' },
        secretKeySecret: { name: 'store', key: 'secret' },
        keyFormat:
          'private-artifacts/vision/{{workflow.name}}/{{workflow.creationTimestamp.Y}}/{{workflow.creationTimestamp.m}}/{{workflow.creationTimestamp.d}}/{{pod.name}}',
      },
    });
    expect(one(objects, 'ConfigMap', 'metadata-grpc-configmap').data).toEqual({
      METADATA_GRPC_SERVICE_HOST: 'metadata-grpc-service.kfp',
      METADATA_GRPC_SERVICE_PORT: '8080',
    });
  });

  test('knows a store of Google’s, and who its runs are to a cloud', () => {
    const { objects, tenant } = team(
      { runner: { workloadIdentity: WorkloadIdentity.gke('vision@acme.iam.gserviceaccount.com') } },
      { objectStore: ObjectStore.gcs({ bucket: 'ml', hmac: KEYS }) },
    );
    expect(one(objects, 'ConfigMap', 'kfp-launcher').data).toEqual({
      defaultPipelineRoot: 'gs://ml/private-artifacts/vision/v2/artifacts',
      providers: 'gs:\n  default:\n    credentials:\n      fromEnv: true\n',
    });
    expect(parse(one(objects, 'ConfigMap', 'artifact-repositories').data.team).gcs).toMatchObject({ bucket: 'ml' });
    expect(one(objects, 'ServiceAccount', 'default-editor').metadata.annotations).toEqual({
      'iam.gke.io/gcp-service-account': 'vision@acme.iam.gserviceaccount.com',
    });
    // The API server's keys for S3's protocol are read by the API server.
    expect(tenant.secrets).toEqual([]);
    expect(one(objects, 'Role', 'default-editor').rules.flatMap(({ resources }: Any) => resources)).not.toContain(
      'secrets',
    );
  });

  test('knows a store of Azure’s: by the gateway, and for Argo as it is', () => {
    const gateway = { accessKey: secret('gateway', 'access'), secretKey: secret('gateway', 'secret') };
    const azure = { endpoint: 'https://acme.blob.core.windows.net', container: 'artifacts', gateway };
    const objectStore = ObjectStore.azure({ ...azure, credentials: { accountKey: secret('azure', 'key') } });
    const { objects, tenant } = team({}, { objectStore });
    const launcher = one(objects, 'ConfigMap', 'kfp-launcher').data;
    expect(launcher.defaultPipelineRoot).toBe('minio://artifacts/private-artifacts/vision/v2/artifacts');
    expect(parse(launcher.providers).minio.default).toMatchObject({
      endpoint: 'object-store-gateway.kfp.svc:9000',
      credentials: { secretRef: { secretName: 'gateway', accessKeyKey: 'access', secretKeyKey: 'secret' } },
    });
    const { blobNameFormat, ...repository } = parse(one(objects, 'ConfigMap', 'artifact-repositories').data.team).azure;
    expect(blobNameFormat).toMatch(/^private-artifacts\/vision\/\{\{workflow\.name\}\}\//);
    expect(repository).toEqual({
      endpoint: 'https://acme.blob.core.windows.net',
      container: 'artifacts',
      accountKeySecret: { name: 'azure', key: 'key' },
    });
    expect(tenant.secrets).toEqual([
      { name: 'gateway', key: 'access' },
      { name: 'gateway', key: 'secret' },
      { name: 'azure', key: 'key' },
    ]);
    // What mounts the account's key is the kubelet; KFP's containers read the gateway's.
    expect(one(objects, 'Role', 'default-editor').rules.at(-1).resourceNames).toEqual(['gateway']);
    expect(one(objects, 'NetworkPolicy', 'allow-egress').spec.egress).toContainEqual({
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kfp' } },
          podSelector: { matchLabels: { app: 'object-store-gateway' } },
        },
      ],
      ports: [{ protocol: 'TCP', port: 9000 }],
    });
    const [policy] = objectsOf({ objectStore }).filter(
      ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'object-store-gateway',
    );
    expect(policy.spec.ingress).toContainEqual({
      from: [
        {
          namespaceSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'kubeflow-profile' } },
          podSelector: { matchExpressions: [{ key: 'workflows.argoproj.io/workflow', operator: 'Exists' }] },
        },
      ],
      ports: [{ protocol: 'TCP', port: 9000 }],
    });
    expect(one(objectsOf({ objectStore }), 'PeerAuthentication', 'object-store-gateway').spec.mtls.mode).toBe(
      'PERMISSIVE',
    );
  });

  test('names the certificate of the store’s authority among the Secrets, which runs mount', () => {
    const { tenant, objects } = team(
      {},
      { objectStore: ObjectStore.s3({ ...STORE, caCertificate: secret('authority', 'ca.crt') }) },
    );
    expect(tenant.secrets).toEqual([
      { name: 'store', key: 'access' },
      { name: 'store', key: 'secret' },
      { name: 'authority', key: 'ca.crt' },
    ]);
    expect(one(objects, 'Role', 'default-editor').rules.at(-1).resourceNames).toEqual(['store']);
  });

  test('lets runs reach KFP, and a store that is KFP’s own', () => {
    const { objects } = team(
      { network: { ...NETWORK, egress: [{ to: { cidrs: ['10.2.0.0/16'] }, ports: [5432] }] } },
      { objectStore: ObjectStore.tryOut({ credentials: KEYS, size: Size.gibibytes(1) }) },
    );
    const inBackend = (matchLabels: Record<string, string>, ...ports: number[]) => ({
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kfp' } },
          podSelector: { matchLabels },
        },
      ],
      ports: ports.map((port) => ({ protocol: 'TCP', port })),
    });
    expect(one(objects, 'NetworkPolicy', 'allow-egress').spec.egress).toEqual([
      inBackend({ app: 'ml-pipeline' }, 8888, 8887),
      inBackend({ component: 'metadata-grpc-server' }, 8080),
      inBackend({ 'app.kubernetes.io/name': 'try-out-object-store' }, 8333),
      { to: [{ ipBlock: { cidr: '10.2.0.0/16' } }], ports: [{ protocol: 'TCP', port: 5432 }] },
    ]);
    expect(one(objects, 'Namespace', 'vision').metadata.labels).toMatchObject({ 'cdk8s-kfp/object-store': 'try-out' });
  });

  test('binds people, by name, and the team’s own runs', () => {
    const { objects } = team({
      people: {
        view: [{ user: 'kim@example.com' }],
        edit: [{ user: 'jo@example.com' }, { serviceAccount: 'ci', namespace: 'ci' }],
      },
    });
    const apiGroup = 'rbac.authorization.k8s.io';
    expect(one(objects, 'RoleBinding', 'kubeflow-pipelines-edit')).toMatchObject({
      metadata: { namespace: 'vision' },
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'kubeflow-pipelines-edit' },
      subjects: [
        { kind: 'ServiceAccount', name: 'default-editor', namespace: 'vision' },
        { kind: 'User', name: 'jo@example.com', apiGroup },
        { kind: 'ServiceAccount', name: 'ci', namespace: 'ci' },
      ],
    });
    expect(one(objects, 'RoleBinding', 'kubeflow-pipelines-view')).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: 'kubeflow-pipelines-view' },
      subjects: [{ kind: 'User', name: 'kim@example.com', apiGroup }],
    });
  });

  test('takes what a Tenant takes: a quota, labels, another level of PodSecurity, more rights, pull secrets', () => {
    const rules = [{ apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['create'] }];
    const { objects } = team(
      {
        namespace: 'team-vision',
        quota: { cpu: 100, accelerators: { 'nvidia.com/gpu': 8 } },
        podSecurity: 'restricted',
        labels: { team: 'vision' },
        runner: { rules },
      },
      { images: { registry: 'mirror.example.com', pullSecrets: ['registry'] } },
    );
    expect(one(objects, 'Namespace', 'team-vision').metadata.labels).toMatchObject({
      team: 'vision',
      'pod-security.kubernetes.io/enforce': 'restricted',
      'app.kubernetes.io/part-of': 'kubeflow-profile',
    });
    expect(one(objects, 'ResourceQuota', 'quota').spec.hard).toEqual({
      'requests.cpu': '100',
      'requests.nvidia.com/gpu': '8',
    });
    expect(one(objects, 'Role', 'default-editor').rules).toContainEqual(rules[0]);
    expect(one(objects, 'ServiceAccount', 'default-editor').imagePullSecrets).toEqual([{ name: 'registry' }]);
    expect(one(objects, 'ConfigMap', 'kfp-launcher').metadata.namespace).toBe('team-vision');
    const own = team({ runner: { imagePullSecrets: ['own'] } }, { images: { pullSecrets: ['registry'] } }).objects;
    expect(one(own, 'ServiceAccount', 'default-editor').imagePullSecrets).toEqual([{ name: 'own' }]);
  });

  test('a namespace that is there already is left alone', () => {
    const { objects } = team({ createNamespace: false });
    expect(of(objects, 'Namespace')).toEqual([]);
    expect(one(objects, 'ConfigMap', 'kfp-launcher').metadata.namespace).toBe('vision');
  });

  test('has runs of pipelines of ours too', () => {
    const { tenant, teams } = team();
    const write = new ContainerComponent({
      name: 'write',
      image: 'busybox:1.37',
      outputs: { rows: Dataset },
      command: ['touch'],
      args: ({ outputs }) => [outputs.rows.path],
    });
    const chart = chartOf(tenant.namespace, teams.node.root as App, 'pipelines');
    const pipeline = new Pipeline(chart, 'train', { ...tenant.pipelineProps });
    new Task(pipeline, 'write', { component: write });
    const objects = synth(chart);
    const [template] = of(objects, 'WorkflowTemplate');
    expect(template.spec.serviceAccountName).toBe('default-editor');
    expect(JSON.stringify(template)).toContain('private-artifacts/vision/');
    expect(complaints(chart)).toEqual([]);
  });
});

describe('what is wrong with a team', () => {
  const complaintsAbout = (props: Partial<KfpTenantProps>, of: Partial<KfpBackendProps> = {}) => {
    const chart = chartOf();
    new KfpTenant(chart, 'vision', { backend: backend(of, chart), network: NETWORK, ...props });
    return complaints(chart);
  };

  test('its backend is for one team, or none', () => {
    expect(complaintsAbout({}, { multiUser: undefined })).toEqual([
      expect.stringMatching(
        /^KFP1753 the backend is for one team: it runs pipelines in its own namespace alone\n {4}at .*kfp-multi-user\.test\.ts:\d+\n {4}mend: give a KfpBackend with `multiUser`$/,
      ),
    ]);
    expect(complaintsAbout({ backend: {} as Any })).toEqual([
      expect.stringContaining('KFP1753 `backend` is no KfpBackend'),
    ]);
  });

  test('its namespace is the backend’s', () => {
    expect(complaintsAbout({ namespace: 'kfp', createNamespace: false })).toEqual([
      expect.stringContaining("KFP1753 the namespace 'kfp' is that of the backend"),
    ]);
  });

  test('two have one namespace', () => {
    const chart = chartOf();
    const kfp = backend({}, chart);
    for (const id of ['vision', 'speech']) {
      new KfpTenant(chart, id, {
        backend: kfp,
        network: NETWORK,
        namespace: 'shared',
        createNamespace: id === 'vision',
      });
    }
    const found = complaints(chart);
    expect(found).toContainEqual(
      expect.stringContaining(
        "KFP1301 the ConfigMap 'kfp-launcher' has the same name as the one of 'platform/vision/ConfigMap-kfp-launcher' in the same namespace",
      ),
    );
    expect(found.every((each) => each.startsWith('KFP1301'))).toBe(true);
  });

  test('runs that would not reach their artifacts', () => {
    const { apiServer } = NETWORK;
    expect(complaintsAbout({ network: { apiServer } })).toEqual([
      expect.stringContaining("KFP1753 runs of 'vision' would not reach the object store at 's3.internal'"),
    ]);
    expect(complaintsAbout({ network: { apiServer, egress: [{ to: { cidrs: ['0.0.0.0/0'] } }] } })).toEqual([]);
  });

  test('a group, whose people KFP does not know', () => {
    expect(complaintsAbout({ people: { edit: [{ group: 'vision' }] } })).toEqual([
      expect.stringContaining("KFP1754 KFP does not know who is in the group 'vision'"),
    ]);
  });

  test.each([
    [{ people: { view: [null] } }, 'KFP1753 null is nobody'],
    [{ people: { edit: [{ user: '' }] } }, 'KFP1753 {"user":""} is nobody'],
    [{ namespace: 'Vision' }, "KFP1713 'Vision' cannot be the name of a namespace"],
    [{ quota: { cpu: 'many' } }, "KFP1715 the quota of CPUs is 'many'"],
    [{ network: { apiServer: { cidrs: [] } } }, 'KFP1716 network.apiServer has no list of addresses'],
  ])('%j', (props, message) => {
    expect(complaintsAbout(props as Any)).toContainEqual(expect.stringContaining(message));
  });

  test.each([
    [{ network: undefined }, '`network` must be an object'],
    [{ network: { ...NETWORK, egress: 7 } }, '`network.egress` must be a list'],
    [{ backend: undefined }, '`backend` must be an object'],
    [{ network: { ...NETWORK, dns: null } }, '`network.dns` must be an object'],
    [{ quota: { accelerators: null } }, '`quota.accelerators` must be an object'],
    [{ limits: { max: 4 } }, '`limits.max` must be an object'],
    [{ people: [] }, '`people` must be an object'],
    [{ people: { edit: {} } }, '`people.edit` must be a list'],
    [{ runner: { rules: 'all' } }, '`runner.rules` must be a list'],
  ])('what is of another kind: %j', (props, message) => {
    expect(() => complaintsAbout(props as Any)).toThrow(message);
  });
});
