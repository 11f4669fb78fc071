import { Chart, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { Database, ObjectStore, WorkloadIdentity } from '../src';
import { KfpBackend } from '../src/constructs/platform/kfp-backend';
import type { KfpBackendProps } from '../src/constructs/platform/kfp-backend/props';
import { KEYS, LOGIN, secret } from './backends/configurations';
import { containerOf, of, templateOf } from './backends/lookup';
import { type Endpoint, NetworkReach } from './backends/network-reach';
import { synth } from './synth';
import { keptWarnings } from './warnings';

const DATABASE = Database.mysql({
  host: 'db.internal',
  database: 'mlpipeline',
  ...LOGIN,
});
const AZURE = { endpoint: 'https://acme.blob.core.windows.net', container: 'artifacts', gateway: KEYS };
const STORE = ObjectStore.s3({ bucket: 'ml', endpoint: 'store.internal:9000', credentials: KEYS });

// biome-ignore lint/suspicious/noExplicitAny: tests reach into manifests of every kind
type Tree = any;

function chartOf(props: Partial<KfpBackendProps> = {}): Chart {
  const chart = new Chart(Testing.app(), 'platform', { namespace: 'kfp' });
  // The older release's images are nowhere else any more.
  const images = props.version === '2.2.0' ? { registry: 'mirror.example.com' } : {};
  new KfpBackend(chart, 'kfp', { database: DATABASE, objectStore: STORE, images, ...props });
  return chart;
}

const objectsOf = (props: Partial<KfpBackendProps> = {}): Tree[] => synth(chartOf(props));

const namesOf = (objects: Tree[], kind: string): string[] => of(objects, kind).map(({ metadata }) => metadata.name);

/** What synth says against it, without the places. */
function problemsOf(props: unknown): string[] {
  const chart = chartOf(props as Partial<KfpBackendProps>);
  return chart.node
    .findAll()
    .flatMap((each) => each.node.validate())
    .map((text) => text.replace(/\n {4}at .*/, ''));
}

const warnings = keptWarnings();

const warningsOf = (props: unknown): string[] => {
  warnings.forget();
  chartOf(props as Partial<KfpBackendProps>);
  return warnings.all();
};

describe('places of programs', () => {
  test('are those that were given, and the others stay', () => {
    const affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } };
    const objects = objectsOf({
      priorityClassName: 'platform',
      images: { pullSecrets: ['registry', { name: 'mirror' }], pullPolicy: 'Always' },
      programs: {
        'ml-pipeline': {
          replicas: 2,
          resources: { requests: { cpu: '1' }, limits: { memory: '4Gi' } },
          nodeSelector: { pool: 'ops' },
          tolerations: [{ key: 'ops', operator: 'Exists' }],
          affinity,
          priorityClassName: 'first',
          env: { LOG_LEVEL: 'debug', MORE: 'yes' },
          labels: { team: 'ml', app: 'never' },
          annotations: { note: 'ours' },
        },
      },
    });
    const [deployment] = of(objects, 'Deployment', 'ml-pipeline');
    expect(deployment.spec).toMatchObject({
      replicas: 2,
      template: {
        metadata: {
          labels: { team: 'ml', app: 'ml-pipeline' },
          annotations: { note: 'ours', 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' },
        },
        spec: {
          imagePullSecrets: [{ name: 'registry' }, { name: 'mirror' }],
          nodeSelector: { 'kubernetes.io/os': 'linux', pool: 'ops' },
          tolerations: [{ key: 'ops', operator: 'Exists' }],
          affinity,
          priorityClassName: 'first',
          containers: [{ imagePullPolicy: 'Always', resources: { requests: { cpu: '1' }, limits: { memory: '4Gi' } } }],
        },
      },
    });
    const { env } = containerOf(objects, 'ml-pipeline');
    expect(env.filter(({ name }: Tree) => ['LOG_LEVEL', 'MORE'].includes(name))).toEqual([
      { name: 'LOG_LEVEL', value: 'debug' },
      { name: 'MORE', value: 'yes' },
    ]);
    expect(templateOf(objects, 'ml-pipeline-ui').spec).toMatchObject({
      imagePullSecrets: [{ name: 'registry' }, { name: 'mirror' }],
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      priorityClassName: 'platform',
      containers: [{ imagePullPolicy: 'Always' }],
    });
    expect(of(objects, 'PodDisruptionBudget').map(({ metadata, spec }) => [metadata.name, spec])).toEqual([
      ['ml-pipeline', { minAvailable: 1, selector: { matchLabels: { app: 'ml-pipeline' } } }],
    ]);
  });

  test('hold a token where the program does something with it', () => {
    const objects = objectsOf({ v1: true });
    const without = of(objects, 'Deployment')
      .filter(({ spec }) => spec.template.spec.automountServiceAccountToken === false)
      .map(({ metadata }) => metadata.name);
    expect(without).toEqual([
      'metadata-grpc-deployment',
      'metadata-envoy-deployment',
      'ml-pipeline-visualizationserver',
    ]);
    // Each of the others has a role that its account is bound to.
    const bound = [...of(objects, 'RoleBinding'), ...of(objects, 'ClusterRoleBinding')].flatMap(({ subjects }) =>
      subjects.map(({ name }: Tree) => name),
    );
    for (const { metadata, spec } of of(objects, 'Deployment')) {
      if (!without.includes(metadata.name)) expect(bound).toContain(spec.template.spec.serviceAccountName);
    }
    expect(of(objects, 'PodDisruptionBudget')).toEqual([]);
  });

  test('several are refused of what elects no leader', () => {
    const twice = { replicas: 2 };
    expect(
      problemsOf({
        v1: true,
        programs: {
          'ml-pipeline': twice,
          'ml-pipeline-ui': twice,
          'metadata-grpc-deployment': twice,
          'metadata-envoy-deployment': twice,
          'workflow-controller': twice,
          'ml-pipeline-visualizationserver': twice,
          'cache-server': twice,
        },
      }),
    ).toEqual([]);
    const single = [
      'ml-pipeline-persistenceagent',
      'ml-pipeline-scheduledworkflow',
      'metadata-writer',
      'cache-deployer-deployment',
      'ml-pipeline-viewer-crd',
    ];
    const found = problemsOf({ v1: true, programs: Object.fromEntries(single.map((name) => [name, twice])) });
    expect(found.map((text) => /'(.+?)' only/.exec(text)?.[1])).toEqual(single);
    expect(found[1]).toBe(
      "KFP1740 there can be one 'ml-pipeline-scheduledworkflow' only: two would both start each scheduled run\n" +
        '    mend: leave out `replicas` of it',
    );
  });

  test('are told what is wrong with them', () => {
    expect(problemsOf({ programs: { 'ml-pipline': {} } })).toEqual([
      "KFP1740 `programs` names 'ml-pipline', which this backend does not have\n" +
        "    mend: 'ml-pipeline' is meant? It has ml-pipeline, ml-pipeline-persistenceagent, " +
        'ml-pipeline-scheduledworkflow, ml-pipeline-ui, metadata-grpc-deployment, metadata-envoy-deployment, ' +
        'workflow-controller',
    ]);
    // It comes with the first version of KFP.
    expect(problemsOf({ programs: { 'cache-server': { replicas: 1 } } })[0]).toMatch(
      "names 'cache-server', which this backend does not have",
    );
    expect(
      problemsOf({
        priorityClassName: 'Not One',
        images: { pullSecrets: ['Not One'], pullPolicy: 'Sometimes' },
        programs: {
          'ml-pipeline': {
            replicas: -1,
            resources: { requests: { cpu: 'lots', memory: '2Gi' }, limits: { memory: '1Gi' } },
            env: { 'A B': 'x', C: 1 },
            labels: { 'a b': 'c' },
            annotations: { 'e f': 'g', h: 1 },
            nodeSelector: { pool: 'a b' },
            priorityClassName: 7,
          },
        },
      }).map((text) => text.split('\n')[0]),
    ).toEqual([
      "KFP1738 `pullPolicy` is 'Sometimes'",
      "KFP1740 `programs['ml-pipeline'].replicas` is -1",
      "KFP1740 cpu of the program 'ml-pipeline' is 'lots'",
      "KFP1740 the program 'ml-pipeline' asks for 2Gi of memory, and may have 1Gi",
      "KFP1740 the variable 'A B' of the program 'ml-pipeline' is none",
      "KFP1740 the variable 'C' of the program 'ml-pipeline' is none",
      'KFP1740 the label of the program \'ml-pipeline\' {"a b":"c"} is none',
      "KFP1740 the annotation 'e f' of the program 'ml-pipeline' is none",
      "KFP1740 the annotation 'h' of the program 'ml-pipeline' is none",
      'KFP1740 the node selector of the program \'ml-pipeline\' {"pool":"a b"} is none',
      "KFP1740 the priorityClassName of the program 'ml-pipeline' is no name",
      'KFP1740 the priorityClassName of the backend is no name',
      'KFP1740 `images.pullSecrets` names what is no Secret',
    ]);
    expect(() => problemsOf({ programs: { 'ml-pipeline': 'two' } })).toThrow(
      "'platform/kfp': `programs.ml-pipeline` must be an object.",
    );
    expect(() => problemsOf({ programs: { 'ml-pipeline': { env: [] } } })).toThrow(
      "`programs['ml-pipeline'].env` must be an object.",
    );
  });
});

describe('probes', () => {
  test('are there where a program answers', () => {
    const objects = objectsOf({ v1: true });
    const ready = (program: string) => containerOf(objects, program).readinessProbe;
    expect(ready('metadata-envoy-deployment')).toMatchObject({ httpGet: { path: '/ready', port: 9901 } });
    expect(containerOf(objects, 'metadata-envoy-deployment').livenessProbe).toMatchObject({
      httpGet: { path: '/ready', port: 9901 },
      failureThreshold: 6,
    });
    expect(ready('ml-pipeline-scheduledworkflow')).toMatchObject({ httpGet: { path: '/metrics', port: 9090 } });
    expect(ready('cache-server')).toMatchObject({ tcpSocket: { port: 8443 } });
    // They listen nowhere.
    for (const silent of ['ml-pipeline-persistenceagent', 'metadata-writer', 'ml-pipeline-viewer-crd']) {
      expect(ready(silent)).toBeUndefined();
    }
  });

  test('ask of the older release what it answers', () => {
    const objects = objectsOf({ version: '2.2.0' });
    expect(containerOf(objects, 'ml-pipeline-scheduledworkflow').readinessProbe).toBeUndefined();
    expect(containerOf(objects, 'metadata-envoy-deployment').readinessProbe.httpGet.port).toBe(9901);
  });
});

describe('a proxy', () => {
  const proxy = { http: 'http://proxy:3128', https: 'http://proxy:3129', except: ['.corp.example.com'] };
  const proxied = (container: Tree) =>
    Object.fromEntries(
      (container.env ?? [])
        .filter(({ name }: Tree) => /PROXY$/i.test(name))
        .map(({ name, value }: Tree) => [name, value]),
    );

  test('is told to what reaches out of the cluster by HTTP', () => {
    const objects = objectsOf({ proxy, v1: true });
    const told = of(objects, 'Deployment')
      .filter(({ spec }) => Object.keys(proxied(spec.template.spec.containers[0])).length > 0)
      .map(({ metadata }) => metadata.name);
    expect(told).toEqual(['ml-pipeline', 'ml-pipeline-ui', 'ml-pipeline-visualizationserver']);
    const variables = proxied(containerOf(objects, 'ml-pipeline'));
    expect(variables).toMatchObject({ HTTP_PROXY: 'http://proxy:3128', HTTPS_PROXY: 'http://proxy:3129' });
    const except = variables.NO_PROXY.split(',');
    expect(except).toEqual(
      expect.arrayContaining([
        'localhost',
        '127.0.0.1',
        '169.254.0.0/16',
        'kubernetes.default',
        '.svc',
        '.svc.cluster.local',
        '$(KUBERNETES_SERVICE_HOST)',
        '.corp.example.com',
      ]),
    );
    // Each Service of the namespace's, as programs write its name.
    for (const name of namesOf(objects, 'Service'))
      expect(except).toEqual(expect.arrayContaining([name, `${name}.kfp`]));
    expect(except).toHaveLength(new Set(except).size);
  });

  test('is told to Argo’s executor, which brings artifacts to the store', () => {
    const configuration = (props: Partial<KfpBackendProps>) =>
      parse(of(objectsOf(props), 'ConfigMap', 'workflow-controller-configmap')[0].data.executor);
    const given = configuration({
      proxy,
      clusterDomain: 'corp.local',
      argo: { executor: { env: { HTTP_PROXY: 'http://other:1', MORE: 'yes' } } },
    });
    expect(proxied(given)).toMatchObject({ HTTP_PROXY: 'http://other:1', HTTPS_PROXY: 'http://proxy:3129' });
    expect(proxied(given).NO_PROXY).toContain('.svc.corp.local');
    expect(given.env).toContainEqual({ name: 'MORE', value: 'yes' });
    expect(configuration({}).env).toBeUndefined();
  });

  test('is left out where only the other is given, and within the cluster', () => {
    const objects = objectsOf({
      proxy: { https: 'http://proxy:3128' },
      objectStore: ObjectStore.tryOut({ credentials: KEYS }),
    });
    expect(Object.keys(proxied(containerOf(objects, 'ml-pipeline')))).toEqual(['HTTPS_PROXY', 'NO_PROXY']);
    expect(proxied(containerOf(objects, 'ml-pipeline-ui'))).toEqual({});
    expect(parse(of(objects, 'ConfigMap', 'workflow-controller-configmap')[0].data.executor).env).toBeUndefined();
  });

  test('that is none is refused, and its password told to nobody', () => {
    expect(problemsOf({ proxy: {} })).toEqual([
      'KFP1741 `proxy` names no proxy\n    mend: give `http`, `https`, or both',
    ]);
    const found = problemsOf({ proxy: { http: 'proxy', https: 'http://me:hunter2@proxy:3128', except: ['a b'] } });
    expect(found).toEqual([
      "KFP1741 `proxy.http` is no URL\n    mend: write it as a URL: 'http://proxy.example.com:3128'",
      'KFP1741 `proxy.https` holds a name or a password, which would stand in manifests\n' +
        '    mend: let the proxy know the cluster by its address, or run one in the cluster that logs in to it',
      "KFP1741 `proxy.except` names what is no host\n    mend: give a list: ['intranet.example.com', '.example.org', '10.0.0.0/8']",
    ]);
    // Of these, the last but one would be another text to Kubernetes, and the last one to whoever reads it.
    for (const http of [
      'socks5://proxy:1080',
      'http://proxy/?a',
      'http://$(POD_NAMESPACE):3128',
      'http://pro\nxy:3128',
    ]) {
      expect(problemsOf({ proxy: { http } })[0]).toMatch('`proxy.http` is no URL of a proxy');
    }
    expect(() => problemsOf({ proxy: { http: 3128 } })).toThrow('`proxy.http` must be a text');
  });

  test('is a warning in the release that does not hand it on', () => {
    expect(warningsOf({ version: '2.2.0', proxy })).toEqual([
      'warning: KFP1741 [platform/kfp] KFP 2.2.0 tells pods of runs nothing of a proxy; its own programs go through it\n' +
        "    mend: set the variables of pipelines' tasks, or take version '2.17.0'",
    ]);
    expect(warningsOf({ proxy })).toEqual([]);
  });
});

describe('identities', () => {
  const eks = (role: string) => WorkloadIdentity.eks(`arn:aws:iam::123456789012:role/${role}`);
  const account = (objects: Tree[], name: string) => of(objects, 'ServiceAccount', name)[0];
  const ROLE = 'eks.amazonaws.com/role-arn';

  test('are of those who call the store, and of runs', () => {
    const objects = objectsOf({ v1: true, workloadIdentity: eks('kfp') });
    const known = of(objects, 'ServiceAccount').filter(({ metadata }) => metadata.annotations?.[ROLE]);
    expect(known.map(({ metadata }) => metadata.name).sort()).toEqual([
      'kubeflow-pipelines-viewer',
      'ml-pipeline',
      'ml-pipeline-ui',
      'ml-pipeline-visualizationserver',
      'pipeline-runner',
    ]);
  });

  test('of runs are their own where they are given', () => {
    const objects = objectsOf({
      workloadIdentity: eks('kfp'),
      images: { pullSecrets: ['registry'] },
      runner: { workloadIdentity: eks('runs'), annotations: { note: 'ours' }, imagePullSecrets: [{ name: 'models' }] },
    });
    expect(account(objects, 'pipeline-runner')).toMatchObject({
      metadata: { annotations: { [ROLE]: 'arn:aws:iam::123456789012:role/runs', note: 'ours' } },
      imagePullSecrets: [{ name: 'models' }],
    });
    expect(account(objects, 'ml-pipeline').metadata.annotations).toEqual({
      [ROLE]: 'arn:aws:iam::123456789012:role/kfp',
    });
    const plain = objectsOf({ images: { pullSecrets: ['registry'] } });
    expect(account(plain, 'pipeline-runner').imagePullSecrets).toEqual([{ name: 'registry' }]);
    expect(account(objectsOf(), 'pipeline-runner')).not.toHaveProperty('imagePullSecrets');
  });

  test('put labels onto the pods, of runs as well', () => {
    const azure = WorkloadIdentity.azure('12345678-1234-1234-1234-123456789abc');
    const label = { 'azure.workload.identity/use': 'true' };
    const objects = objectsOf({ workloadIdentity: azure });
    expect(templateOf(objects, 'ml-pipeline').metadata.labels).toEqual({ app: 'ml-pipeline', ...label });
    expect(templateOf(objects, 'metadata-grpc-deployment').metadata.labels).toEqual({
      component: 'metadata-grpc-server',
    });
    const defaults = (from: Tree[]) =>
      parse(of(from, 'ConfigMap', 'workflow-controller-configmap')[0].data.workflowDefaults).spec;
    expect(defaults(objects)).toMatchObject({
      podMetadata: { labels: label },
      ttlStrategy: { secondsAfterCompletion: 86400 },
    });
    const own = objectsOf({
      workloadIdentity: azure,
      argo: { workflowDefaults: { spec: { podMetadata: { labels: { team: 'ml' } } } } },
    });
    expect(defaults(own)).toMatchObject({ podMetadata: { labels: { ...label, team: 'ml' } } });
    // What is given stands over what there is besides, and not instead of it.
    expect(defaults(own)).toHaveProperty('templateDefaults.retryStrategy.limit', '2');
    expect(defaults(objectsOf())).not.toHaveProperty('podMetadata');
    expect(warningsOf({ workloadIdentity: azure, argo: 'external' })).toEqual([
      "warning: KFP1742 [platform/kfp] pods of runs need the label 'azure.workload.identity/use' to be somebody to the cloud, and " +
        "Argo Workflows is not this backend's\n" +
        '    mend: put it below spec.podMetadata.labels of `workflowDefaults` in the configuration of Argo',
    ]);
  });

  test('that are none are refused', () => {
    expect(
      problemsOf({
        workloadIdentity: WorkloadIdentity.eks('admin'),
        runner: {
          workloadIdentity: { annotations: { a: 1 } },
          rules: [{ apiGroups: [''], resources: [], verbs: ['get'] }, { verbs: ['get'] }, null],
          imagePullSecrets: [7],
        },
      }),
    ).toEqual([
      "KFP1742 'admin' is no role of AWS\n    mend: write arn:aws:iam::123456789012:role/name",
      'KFP1742 the rule {"apiGroups":[""],"resources":[],"verbs":["get"]} allows nothing\n' +
        "    mend: give it groups, resources and verbs; the core group is ''",
      'KFP1742 the rule {"verbs":["get"]} allows nothing\n' +
        "    mend: give it groups, resources and verbs; the core group is ''",
      "KFP1742 the rule null allows nothing\n    mend: give it groups, resources and verbs; the core group is ''",
      "KFP1742 the annotation 'a' of an account is no text, or has no name\n    mend: give a name, and a text",
      "KFP1742 `runner.imagePullSecrets` names what is no Secret\n    mend: give a list of names: ['registry-credentials']",
    ]);
    expect(
      problemsOf({
        workloadIdentity: { annotations: { 'a b': 'c', a: 1 }, podLabels: { 'd e': 'f', g: 1 } },
        // Programs are told of the other one all the same.
        runner: { annotations: { a: 'b' } },
      }).map((text) => text.split('\n')[0]),
    ).toEqual([
      "KFP1742 the annotation 'a b' of an account is no text, or has no name",
      "KFP1742 the annotation 'a' of an account is no text, or has no name",
      'KFP1742 the label of `workloadIdentity` {"d e":"f"} is none',
      'KFP1742 the label of `workloadIdentity` {"g":1} is none',
    ]);
    expect(() => problemsOf({ workloadIdentity: 'kfp' })).toThrow('`workloadIdentity` must be an object');
    expect(() => problemsOf({ runner: { workloadIdentity: {} } })).toThrow(
      '`runner.workloadIdentity.annotations` must be an object',
    );
  });
});

test('upstream’s own objects have nothing of this', () => {
  const chart = new Chart(Testing.app(), 'platform', { namespace: 'kfp' });
  new KfpBackend(chart, 'kfp', { parity: 'upstream' });
  const objects = synth(chart);
  expect(namesOf(objects, 'NetworkPolicy')).toEqual(['seaweedfs']);
  expect(namesOf(objects, 'PodDisruptionBudget')).toEqual([]);
  for (const { spec } of of(objects, 'Deployment')) {
    expect(spec.template.spec).not.toHaveProperty('automountServiceAccountToken');
  }
  expect(containerOf(objects, 'metadata-envoy-deployment')).not.toHaveProperty('readinessProbe');
});

/** Whom the programs' sources call in the cluster, and the other port of the same Service. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  'ml-pipeline-persistenceagent': ['ml-pipeline:8888', 'ml-pipeline:8887'],
  'ml-pipeline-scheduledworkflow': ['ml-pipeline:8888', 'ml-pipeline:8887'],
  'ml-pipeline-ui': ['ml-pipeline:8888', 'ml-pipeline:8887', 'metadata-envoy-deployment:9090'],
  'metadata-envoy-deployment': ['metadata-grpc-deployment:8080'],
  'metadata-writer': ['metadata-grpc-deployment:8080'],
};

describe('network policies', () => {
  const INTERNET: Endpoint = { address: '8.8.8.8' };
  const run = (namespace = 'kfp'): Endpoint => ({ namespace, labels: { 'workflows.argoproj.io/workflow': 'train-x' } });
  const dns: Endpoint = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
  const pod = (objects: Tree[], program: string): Endpoint => ({
    namespace: 'kfp',
    labels: templateOf(objects, program).metadata.labels,
  });
  const reach = (objects: Tree[]) => new NetworkReach(objects, 'kfp');
  const EVERYTHING: readonly [string, Partial<KfpBackendProps>][] = [
    ['least', {}],
    ['first version', { v1: true }],
    ['native', { kubernetesNative: true }],
    ['2.2.0', { version: '2.2.0', v1: true }],
    ['no user interface', { ui: false }],
    ['identity', { objectStore: ObjectStore.s3({ bucket: 'ml', region: 'eu-central-1' }) }],
    ['by address', { objectStore: ObjectStore.s3({ bucket: 'ml', endpoint: '10.1.2.3:9000', credentials: KEYS }) }],
    ['proxy', { proxy: { http: 'http://proxy:3128' } }],
  ];

  const GATEWAY: [string, Partial<KfpBackendProps>] = ['azure', { objectStore: ObjectStore.azure(AZURE), v1: true }];

  test.each([...EVERYTHING, GATEWAY])(
    'let programs do what they do among each other, and nothing else: %s',
    (_, props) => {
      const objects = objectsOf(props);
      const network = reach(objects);
      const programs = namesOf(objects, 'Deployment');
      expect(namesOf(objects, 'NetworkPolicy').sort()).toEqual([...programs].sort());
      const open = programs.flatMap((from) =>
        programs.flatMap((to) =>
          (containerOf(objects, to).ports ?? [])
            .filter(
              ({ containerPort }: Tree) =>
                from !== to && network.reaches(pod(objects, from), pod(objects, to), containerPort),
            )
            .map(({ containerPort }: Tree) => `${from} -> ${to}:${containerPort}`),
        ),
      );
      const visualises = props.v1 ? ['ml-pipeline -> ml-pipeline-visualizationserver:8888'] : [];
      const stores = ['ml-pipeline', 'ml-pipeline-ui', 'ml-pipeline-visualizationserver'].filter((program) =>
        programs.includes(program),
      );
      const gateway =
        props.objectStore?.kind === 'azure' ? stores.map((program) => `${program} -> object-store-gateway:9000`) : [];
      const expected = programs.flatMap((from) =>
        (CALLS[from] ?? [])
          .filter((callee) => programs.includes(callee.split(':')[0]!))
          .map((callee) => `${from} -> ${callee}`),
      );
      // Kubernetes' webhooks are open to every caller: its address is not known. That says nothing of a program's own way out.
      expect(open.sort()).toEqual([...expected, ...visualises, ...gateway].sort());
    },
  );

  test.each(EVERYTHING)('let programs reach the hosts that their variables and arguments name: %s', (_, props) => {
    const objects = objectsOf(props);
    const network = reach(objects);
    const named = of(objects, 'Deployment').flatMap(({ metadata }) =>
      hostsOf(objects, metadata.name).map((host) => ({ program: metadata.name, ...host })),
    );
    // As a guard against a test of nothing: the database, and the store.
    const store =
      props.objectStore?.kind === 's3'
        ? (props.objectStore.endpoint ?? 's3.eu-central-1.amazonaws.com')
        : 'store.internal';
    expect(named.map(({ program, host }) => `${program} ${host}`)).toEqual(
      expect.arrayContaining([
        'ml-pipeline db.internal',
        'metadata-grpc-deployment db.internal',
        ...(props.version === undefined ? [`ml-pipeline ${store.split(':')[0]}`] : []),
        ...(props.ui === false ? [] : [`ml-pipeline-ui ${store.split(':')[0]}`]),
        ...(props.v1 ? ['cache-server db.internal'] : []),
      ]),
    );
    for (const { program, host, port } of named) {
      const address = /^[\d.]+$/.test(host) ? host : '203.0.113.9';
      expect({ program, host, port, reaches: network.reaches(pod(objects, program), { address }, port) }).toEqual({
        program,
        host,
        port,
        reaches: true,
      });
      expect(network.reaches(pod(objects, program), { address }, port + 1)).toBe(false);
      expect(network.reaches(pod(objects, program), dns, 53, 'UDP')).toBe(true);
    }
  });

  test('let runs do what they do, and concern nothing else of theirs', () => {
    const objects = objectsOf({ v1: true, kubernetesNative: true });
    const network = reach(objects);
    const reached = namesOf(objects, 'Deployment').flatMap((program) =>
      (containerOf(objects, program).ports ?? [])
        .filter(({ containerPort }: Tree) => network.reaches(run(), pod(objects, program), containerPort))
        .map(({ containerPort }: Tree) => `${program}:${containerPort}`),
    );
    // The webhooks' ports are open to all: where Kubernetes' API server is, nobody knows.
    expect(reached.sort()).toEqual([
      'cache-server:8443',
      'metadata-grpc-deployment:8080',
      'ml-pipeline:8443',
      'ml-pipeline:8887',
      'ml-pipeline:8888',
    ]);
    expect(network.reaches(run(), INTERNET, 443)).toBe(true);
    expect(network.reaches(run(), { namespace: 'kfp', labels: { any: 'pod' } }, 5432)).toBe(true);
    expect(network.reaches({ namespace: 'kfp', labels: {} }, pod(objects, 'ml-pipeline'), 8888)).toBe(false);
    expect(network.reaches(run('other'), pod(objects, 'ml-pipeline'), 8888)).toBe(false);
  });

  test('let the gateway alone out to Azure, where it learns who it is, and runs to the gateway', () => {
    const out = (objects: Tree[], program: string, to: Endpoint) =>
      [80, 443, 9000].filter((port) => reach(objects).reaches(pod(objects, program), to, port));
    const identity: Endpoint = { address: '169.254.169.254' };
    const objects = objectsOf({ objectStore: ObjectStore.azure(AZURE) });
    expect(out(objects, 'object-store-gateway', INTERNET)).toEqual([443]);
    expect(out(objects, 'object-store-gateway', identity)).toEqual([80, 443]);
    // Kubernetes' API server may be anywhere by 443.
    expect(out(objects, 'ml-pipeline-ui', INTERNET)).toEqual([443]);
    expect(out(objects, 'ml-pipeline-ui', identity)).toEqual([443]);
    const gateway = pod(objects, 'object-store-gateway');
    expect(reach(objects).reaches(run(), gateway, 9000)).toBe(true);
    expect(reach(objects).reaches({ namespace: 'kfp', labels: { any: 'pod' } }, gateway, 9000)).toBe(false);
    const credentials = { accountKey: secret('azure', 'key') };
    const withKey = objectsOf({ objectStore: ObjectStore.azure({ ...AZURE, credentials }) });
    expect(out(withKey, 'object-store-gateway', identity)).toEqual([443]);
  });

  test('let programs out where they must, and nowhere else', () => {
    const objects = objectsOf();
    const network = reach(objects);
    const out = (program: string) =>
      [80, 443, 3128, 3306, 6443, 9000].filter((port) => network.reaches(pod(objects, program), INTERNET, port));
    expect(out('ml-pipeline')).toEqual([80, 443, 3306, 6443, 9000]);
    expect(out('ml-pipeline-ui')).toEqual([443, 6443, 9000]);
    expect(out('metadata-grpc-deployment')).toEqual([3306]);
    expect(out('metadata-envoy-deployment')).toEqual([]);
    expect(out('workflow-controller')).toEqual([443, 6443]);
    expect(of(objects, 'NetworkPolicy', 'metadata-envoy-deployment')[0].spec).toEqual({
      podSelector: { matchLabels: { component: 'metadata-envoy' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [{ podSelector: { matchLabels: { app: 'ml-pipeline-ui' } } }],
          ports: [{ protocol: 'TCP', port: 9090 }],
        },
      ],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
          ],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
        {
          to: [{ podSelector: { matchLabels: { component: 'metadata-grpc-server' } } }],
          ports: [{ protocol: 'TCP', port: 8080 }],
        },
      ],
    });
    const proxied = objectsOf({ proxy: { http: 'http://proxy:3128', https: 'https://proxy' } });
    const other = reach(proxied);
    expect(other.reaches(pod(proxied, 'ml-pipeline'), INTERNET, 3128)).toBe(true);
    expect(other.reaches(pod(proxied, 'workflow-controller'), INTERNET, 3128)).toBe(false);
  });

  test('know stores and databases of the cluster', () => {
    const inCluster = objectsOf({
      database: Database.mysql({ ...DATABASE, host: 'mysql.data.svc.cluster.local' }),
      objectStore: ObjectStore.s3({ bucket: 'ml', endpoint: 'minio:80', insecure: true, credentials: KEYS }),
    });
    const network = reach(inCluster);
    const store = pod(inCluster, 'metadata-grpc-deployment');
    // The pods' port may be another one than the Service's.
    expect(network.reaches(store, { namespace: 'data', labels: {} }, 33060)).toBe(true);
    expect(network.reaches(store, { namespace: 'other', labels: {} }, 3306)).toBe(false);
    expect(network.reaches(pod(inCluster, 'ml-pipeline-ui'), { namespace: 'kfp', labels: {} }, 9000)).toBe(true);
    const tryOut = objectsOf({
      database: Database.tryOut({ username: secret('db', 'user'), password: secret('db', 'password') }),
      objectStore: ObjectStore.tryOut({ credentials: KEYS }),
    });
    const named = (name: string) => ({ namespace: 'kfp', labels: { 'app.kubernetes.io/name': name } });
    const small = reach(tryOut);
    expect(small.reaches(pod(tryOut, 'ml-pipeline'), named('try-out-database'), 3306)).toBe(true);
    expect(small.reaches(pod(tryOut, 'ml-pipeline-ui'), named('try-out-object-store'), 8333)).toBe(true);
    expect(small.reaches(pod(tryOut, 'ml-pipeline-ui'), named('try-out-database'), 3306)).toBe(false);
    expect(small.reaches(pod(tryOut, 'ml-pipeline-ui'), INTERNET, 8333)).toBe(false);
  });

  test('let those learn who they are to a cloud that must', () => {
    const objects = objectsOf({ objectStore: ObjectStore.s3({ bucket: 'ml', region: 'eu-central-1' }) });
    const network = reach(objects);
    for (const address of ['169.254.169.254', '169.254.170.23']) {
      expect(network.reaches(pod(objects, 'ml-pipeline-ui'), { address }, 80)).toBe(true);
      expect(network.reaches(pod(objects, 'workflow-controller'), { address }, 80)).toBe(false);
    }
    const withKeys = objectsOf();
    expect(reach(withKeys).reaches(pod(withKeys, 'ml-pipeline-ui'), { address: '169.254.169.254' }, 80)).toBe(false);
  });

  test('let in and out who else was named', () => {
    const objects = objectsOf({
      v1: true,
      networkPolicies: {
        dns: { cidrs: ['10.0.0.10/32'] },
        apiServer: { cidrs: ['10.0.0.1/32'] },
        clients: [{ namespace: 'notebooks', labels: { app: 'notebook' } }],
        metrics: { namespace: 'monitoring' },
      },
    });
    const network = reach(objects);
    const notebook = { namespace: 'notebooks', labels: { app: 'notebook' } };
    const prometheus = { namespace: 'monitoring', labels: {} };
    const controller = pod(objects, 'workflow-controller');
    expect(network.reaches(notebook, pod(objects, 'ml-pipeline'), 8888)).toBe(true);
    expect(network.reaches({ ...notebook, labels: {} }, pod(objects, 'ml-pipeline'), 8888)).toBe(false);
    expect(network.reaches(notebook, pod(objects, 'metadata-grpc-deployment'), 8080)).toBe(false);
    expect(network.reaches(prometheus, controller, 9090)).toBe(true);
    expect(network.reaches(prometheus, pod(objects, 'ml-pipeline-scheduledworkflow'), 9090)).toBe(true);
    expect(network.reaches(controller, { address: '10.0.0.1' }, 6443)).toBe(true);
    expect(network.reaches(controller, { address: '10.0.0.2' }, 6443)).toBe(false);
    expect(network.reaches(controller, { address: '10.0.0.10' }, 53, 'UDP')).toBe(true);
    expect(network.reaches(controller, dns, 53, 'UDP')).toBe(false);
    const viewer = { namespace: 'kfp', labels: { app: 'viewer', viewer: 'x' } };
    expect(network.reaches(pod(objects, 'ml-pipeline-ui'), viewer, 6006)).toBe(true);
  });

  test('let in whom the user interface is shown by', () => {
    const shown = (exposure: Partial<NonNullable<KfpBackendProps['exposure']>>, from: Endpoint) => {
      const objects = objectsOf({
        exposure: { by: 'ingress', host: 'kfp.example.com', login: ANNOTATIONS, ...exposure },
      });
      return reach(objects).reaches(from, pod(objects, 'ml-pipeline-ui'), 3000);
    };
    const ingress = { namespace: 'ingress', labels: {} };
    const proxy = { namespace: 'kfp', labels: { app: 'oauth2-proxy' } };
    expect(shown({}, ingress)).toBe(true);
    expect(shown({}, INTERNET)).toBe(true);
    const from = { 'kubernetes.io/metadata.name': 'ingress' };
    expect(shown({ from }, ingress)).toBe(true);
    expect(shown({ from }, { namespace: 'other', labels: {} })).toBe(false);
    const login = { service: 'oauth2-proxy', port: 4180 };
    expect(shown({ login }, proxy)).toBe(true);
    expect(shown({ login }, ingress)).toBe(false);
    expect(shown({ login }, run())).toBe(false);
    const hidden = objectsOf();
    expect(reach(hidden).reaches(proxy, pod(hidden, 'ml-pipeline-ui'), 3000)).toBe(false);
  });

  test('of many teams know their namespaces and Istio’s', () => {
    const objects = objectsOf({ multiUser: { istio: { principal: 'cluster.local/ns/mesh/sa/gateway' } } });
    const network = reach(objects);
    const gateway = { namespace: 'mesh', labels: {} };
    const team = { ...run('team'), namespaceLabels: { 'app.kubernetes.io/part-of': 'kubeflow-profile' } };
    expect(network.reaches(team, pod(objects, 'ml-pipeline'), 8887)).toBe(true);
    // Whoever has a namespace may call a pod of theirs a run's.
    expect(network.reaches(run('nobody'), pod(objects, 'ml-pipeline'), 8887)).toBe(false);
    expect(network.reaches(team, pod(objects, 'ml-pipeline-ui'), 3000)).toBe(false);
    expect(network.reaches(gateway, pod(objects, 'ml-pipeline-ui'), 3000)).toBe(true);
    expect(network.reaches(gateway, pod(objects, 'metadata-grpc-deployment'), 8080)).toBe(false);
    expect(network.reaches(gateway, pod(objects, 'ml-pipeline'), 8888)).toBe(false);
    const istiod = { namespace: 'istio-system', labels: {} };
    expect(network.reaches(pod(objects, 'ml-pipeline'), istiod, 15012)).toBe(true);
    expect(network.reaches(pod(objects, 'ml-pipeline'), { namespace: 'anybody', labels: {} }, 15012)).toBe(false);
  });

  test('are none where nobody wants them, and where a destination is none', () => {
    expect(namesOf(objectsOf({ networkPolicies: false }), 'NetworkPolicy')).toEqual([]);
    expect(
      problemsOf({
        networkPolicies: {
          dns: {},
          apiServer: { cidrs: [] },
          clients: [{ cidrs: ['10.0.0.1/24'] }],
          metrics: { namespace: 'monitoring', labels: { 'a b': 'c' } },
        },
      }).map((text) => text.split('\n')[0]),
    ).toEqual([
      'KFP1743 networkPolicies.dns names no destination',
      'KFP1743 networkPolicies.apiServer has no list of addresses',
      "KFP1743 '10.0.0.1/24' of networkPolicies.clients[0] is no range of addresses",
      'KFP1743 the label of networkPolicies.metrics {"a b":"c"} is none',
    ]);
    for (const labels of [null, 'app', ['app'], 0]) {
      expect(problemsOf({ networkPolicies: { metrics: { namespace: 'monitoring', labels } } })[0]).toMatch(
        'KFP1743 the labels of networkPolicies.metrics are none',
      );
    }
    for (const networkPolicies of [null, 'all', 7]) {
      expect(problemsOf({ networkPolicies })).toEqual([
        'KFP1743 `networkPolicies` is none of what it can be\n' +
          '    mend: give true, false, or { dns, apiServer, clients, metrics }',
      ]);
    }
    expect(problemsOf({ networkPolicies: { clients: 'all' } })).toEqual([
      "KFP1743 `networkPolicies.clients` is no list\n    mend: give [{ namespace: '…' }]",
    ]);
  });
});

/** The hosts outside of the namespace that a container's variables and arguments name, with their ports. */
function hostsOf(objects: Tree[], program: string): { host: string; port: number }[] {
  const installed = of(objects, 'ConfigMap', 'pipeline-install-config')[0].data;
  // The metadata store is told of its database by a file, which an init container writes.
  const { containers, initContainers = [] } = templateOf(objects, program).spec;
  const env = [...containers, ...initContainers].flatMap((each: Tree) => each.env ?? []);
  const args = [...containers].flatMap((each: Tree) => each.args ?? []);
  const values = new Map<string, string>(
    env.map(({ name, value, valueFrom }: Tree) => [name, value ?? installed[valueFrom?.configMapKeyRef?.key] ?? '']),
  );
  const resolved = (text: string) => text.replace(/\$\((\w+)\)/g, (_, name) => values.get(name) ?? '');
  for (const text of args.map(resolved)) {
    const [, name, value] = /^--(\w+)=(.*)$/.exec(text) ?? [];
    if (name !== undefined) values.set(name, value ?? '');
  }
  const services = namesOf(objects, 'Service');
  return [...values]
    .filter(([name, host]) => /(host|host_name|endpoint)$/i.test(name) && host !== '' && !services.includes(host))
    .filter(([, host]) => host !== 'ml-pipeline-visualizationserver')
    .map(([name, host]) => {
      const port = values.get(name.replace(/HOST(_NAME)?$|ENDPOINT$/, 'PORT').replace(/host$/, 'port'));
      return { host, port: Number(port || 443) };
    });
}

const ANNOTATIONS = {
  annotations: { 'nginx.ingress.kubernetes.io/auth-url': 'https://login.example.com/oauth2/auth' },
};

describe('exposure', () => {
  const exposure = { by: 'ingress', host: 'kfp.example.com', login: ANNOTATIONS, tlsSecret: 'kfp-tls' } as const;

  test('is an Ingress whose controller asks who people are', () => {
    const objects = objectsOf({
      exposure: { ...exposure, ingressClassName: 'nginx', annotations: { 'cert-manager.io/cluster-issuer': 'public' } },
    });
    expect(of(objects, 'Ingress')).toEqual([
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: {
          name: 'ml-pipeline-ui',
          namespace: 'kfp',
          annotations: {
            'argocd.argoproj.io/sync-wave': '6',
            'cert-manager.io/cluster-issuer': 'public',
            ...ANNOTATIONS.annotations,
          },
        },
        spec: {
          ingressClassName: 'nginx',
          tls: [{ hosts: ['kfp.example.com'], secretName: 'kfp-tls' }],
          rules: [
            {
              host: 'kfp.example.com',
              http: {
                paths: [
                  {
                    path: '/',
                    pathType: 'Prefix',
                    backend: { service: { name: 'ml-pipeline-ui', port: { number: 80 } } },
                  },
                ],
              },
            },
          ],
        },
      },
    ]);
    expect(of(objects, 'Service', 'ml-pipeline-ui')[0].spec.type).toBeUndefined();
    expect(warningsOf({ exposure })).toEqual([]);
  });

  test('is a route of a Gateway, to the Service that lets people in', () => {
    const objects = objectsOf({
      exposure: {
        by: { gateway: 'public', namespace: 'gateways', section: 'https' },
        host: 'kfp.example.com',
        login: { service: 'oauth2-proxy', port: 4180 },
      },
    });
    expect(of(objects, 'Ingress')).toEqual([]);
    expect(of(objects, 'HTTPRoute')[0]).toMatchObject({
      apiVersion: 'gateway.networking.k8s.io/v1',
      metadata: { name: 'ml-pipeline-ui', namespace: 'kfp' },
      spec: {
        parentRefs: [{ name: 'public', namespace: 'gateways', sectionName: 'https' }],
        hostnames: ['kfp.example.com'],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            backendRefs: [{ name: 'oauth2-proxy', port: 4180 }],
          },
        ],
      },
    });
    expect(warnings.all()).toEqual([]);
  });

  test('without TLS or a login is a warning that says what that is', () => {
    expect(warningsOf({ exposure: { ...exposure, tlsSecret: undefined, login: 'i-accept-no-login' } })).toEqual([
      "warning: KFP1744 [platform/kfp] what people see and send at 'kfp.example.com' crosses the network in the clear, as far as this " +
        'Ingress knows\n    mend: give `exposure.tlsSecret`',
      "warning: KFP1744 [platform/kfp] whoever reaches 'kfp.example.com' can read and delete all pipelines, runs and artifacts, and " +
        'run any container in the cluster as the account of runs\n' +
        '    mend: give `exposure.login`: a Service such as oauth2-proxy, or annotations that have the controller ask one',
    ]);
  });

  test('of nothing, to nowhere or guarded by nobody is refused', () => {
    const first = (props: unknown) => problemsOf(props).map((text) => text.split('\n')[0]);
    const of = (more: object) => first({ exposure: { ...exposure, ...more } });
    expect(first({ ui: false, exposure })).toEqual([
      'KFP1744 `exposure` leads to the user interface, which `ui: false` leaves out',
    ]);
    expect(first({ multiUser: { istio: {} }, exposure })).toContain(
      'KFP1744 with `multiUser`, people come in by Istio’s gateway alone, which says who they are',
    );
    for (const host of [
      'https://kfp.example.com',
      'kfp.example.com:443',
      '10.0.0.1',
      '*.example.com',
      '',
      undefined,
      7,
    ]) {
      expect(of({ host })).toEqual(['KFP1744 `exposure.host` is no name of a host']);
    }
    expect(of({ from: {} })).toEqual(['KFP1744 `exposure.from` has no label, which to Kubernetes is every namespace']);
    const nobody = 'KFP1744 nobody lets people in: KFP has no login of its own';
    for (const login of [undefined, null, 'none', {}, { annotations: {} }, 7]) expect(of({ login })).toEqual([nobody]);
    expect(of({ login: { service: 'ml-pipeline-ui', port: 80 } })).toEqual([
      "KFP1744 'ml-pipeline-ui' is no Service that lets people in",
    ]);
    expect(of({ login: { service: 'oauth2-proxy' } })).toEqual(['KFP1744 `exposure.login.port` is missing']);
    expect(of({ login: { annotations: { 'a b': 'c' } }, annotations: { d: 1 } })).toEqual([
      "KFP1744 the annotation 'a b' of `exposure.login` is none",
      "KFP1744 the annotation 'd' of `exposure` is none",
    ]);
    expect(of({ ingressClassName: 'A B', tlsSecret: 7, from: { 'a b': 'c' } })).toEqual([
      'KFP1744 `exposure.ingressClassName` is no name of an object',
      'KFP1744 `exposure.tlsSecret` is no name of an object',
      'KFP1744 the label of `exposure.from` {"a b":"c"} is none',
    ]);
    for (const namespace of [null, 5]) {
      expect(of({ by: { gateway: 'public', namespace } })[0]).toBe(
        'KFP1744 `exposure.by.namespace` is no name of an object',
      );
    }
    for (const by of [undefined, null, 'route', {}]) expect(of({ by })).toEqual(['KFP1744 `exposure.by` is neither']);
    expect(of({ by: { gateway: 'public', namespace: 'A B', section: 7 } })).toEqual([
      'KFP1744 `exposure.by.namespace` is no name of an object',
      'KFP1744 `exposure.by.section` is no name of an object',
      "KFP1744 `exposure.tlsSecret` is an Ingress', and there is a Gateway",
      'KFP1744 annotations have an Ingress’ controller ask who people are, and a Gateway nobody',
    ]);
    expect(() => first({ exposure: 'kfp.example.com' })).toThrow('`exposure` must be an object');
  });
});
