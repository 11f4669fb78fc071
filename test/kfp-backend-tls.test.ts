import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ApiObject, Chart, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { ArgoBackend } from '../src/constructs/platform/argo-backend';
import { Database, databaseSecrets, type MysqlProps } from '../src/constructs/platform/database';
import { KfpBackend } from '../src/constructs/platform/kfp-backend';
import type { KfpBackendProps } from '../src/constructs/platform/kfp-backend/props';
import { ObjectStore, type S3StoreProps } from '../src/constructs/platform/object-store';
import { KEYS, LOGIN, secret } from './backends/configurations';
import { containerOf, one, podOf } from './backends/lookup';
import { synth } from './synth';
import { keptWarnings } from './warnings';

// biome-ignore lint/suspicious/noExplicitAny: tests reach into manifests of every kind
type Any = any;

const AUTHORITY = secret('db-ca', 'root.pem');
const STORE_AUTHORITY = secret('store-ca', 'ca.pem');

const mysql = (more: Partial<MysqlProps> = {}) =>
  Database.mysql({
    host: 'db.internal',
    database: 'mlpipeline',
    ...LOGIN,
    ...more,
  });
const s3 = (more: Partial<S3StoreProps> = {}) =>
  ObjectStore.s3({ bucket: 'ml', endpoint: 'store.internal:9000', credentials: KEYS, ...more });

function chartOf(props: Partial<KfpBackendProps> = {}, namespace = 'kfp'): Chart {
  const chart = new Chart(Testing.app(), 'platform', { namespace });
  new KfpBackend(chart, 'kfp', { database: mysql(), objectStore: s3(), ...props } as KfpBackendProps);
  return chart;
}

const synthesised = (props: Partial<KfpBackendProps> = {}, namespace?: string): Any[] =>
  synth(chartOf(props, namespace));
const envOf = (container: Any, ...names: string[]): Any =>
  Object.fromEntries(
    container.env.filter(({ name }: Any) => names.includes(name)).map(({ name, value }: Any) => [name, value]),
  );
const volumeOf = (objects: Any[], program: string, name: string): Any =>
  (podOf(objects, program).volumes ?? []).find((each: Any) => each.name === name);

/** What synth says: errors, and warnings that it prints. */
function said(props: Partial<KfpBackendProps>): string[] {
  warnings.forget();
  const errors = chartOf(props)
    .node.findAll()
    .flatMap((each) => each.node.validate());
  return [...errors, ...warnings.all()].map((text) =>
    text
      .replace(/ \[platform\/kfp\]/, '')
      .replace(/\s+/g, ' ')
      .replace(/ at test\/\S+/, ''),
  );
}

const BUNDLE = { configMap: 'authorities', key: 'all.pem' };
const UI = [
  ...['ML_PIPELINE', 'METADATA_ENVOY_SERVICE'].flatMap((of) =>
    ['HOST', 'PORT', 'SCHEME'].map((what) => `${of}_SERVICE_${what}`),
  ),
  'NODE_EXTRA_CA_CERTS',
];
const KEY = ['-----BEGIN PRIVATE KEY-----', 'MC4CAQAwBQYDK2VwBCIEIA+/=', '-----END PRIVATE KEY-----', ''].join('\n');
const CERTIFICATE = KEY.replaceAll('PRIVATE KEY', 'CERTIFICATE').repeat(2);

const warnings = keptWarnings();

describe('KfpBackend with TLS between its programs', () => {
  test('has a certificate for the names that programs call each other by, and an authority of its own', () => {
    const objects = synthesised({ tls: {}, clusterDomain: 'east.example' }, 'ml');
    const specs = objects
      .filter(({ apiVersion }) => apiVersion === 'cert-manager.io/v1')
      .map(({ kind, metadata, spec }) => [`${kind} ${metadata.namespace}/${metadata.name}`, spec]);
    expect(specs).toEqual([
      ['Issuer ml/kfp-api-tls-selfsigned-issuer', { selfSigned: {} }],
      [
        'Certificate ml/kfp-api-tls-ca',
        {
          secretName: 'kfp-api-tls-ca',
          isCA: true,
          commonName: 'kfp-api-tls-ca',
          duration: '87600h',
          privateKey: { rotationPolicy: 'Never' },
          issuerRef: { kind: 'Issuer', name: 'kfp-api-tls-selfsigned-issuer' },
        },
      ],
      ['Issuer ml/kfp-api-tls-ca', { ca: { secretName: 'kfp-api-tls-ca' } }],
      [
        'Certificate ml/kfp-api-tls-cert',
        {
          secretName: 'kfp-api-tls-cert',
          dnsNames: [
            'ml-pipeline',
            'ml-pipeline.ml',
            'ml-pipeline.ml.svc',
            'ml-pipeline.ml.svc.east.example',
            'metadata-grpc-service',
            'metadata-grpc-service.ml',
            'metadata-grpc-service.ml.svc',
            'metadata-grpc-service.ml.svc.east.example',
            'metadata-envoy-service',
            'metadata-envoy-service.ml',
            'metadata-envoy-service.ml.svc',
            'metadata-envoy-service.ml.svc.east.example',
            'localhost',
          ],
          usages: ['digital signature', 'key encipherment', 'server auth'],
          duration: '8760h',
          renewBefore: '4380h',
          issuerRef: { kind: 'Issuer', name: 'kfp-api-tls-ca' },
        },
      ],
    ]);
  });

  test('has it signed by whoever is named', () => {
    const objects = synthesised({ tls: { issuer: { name: 'company', kind: 'ClusterIssuer' } } });
    const made = objects.filter(({ apiVersion }) => apiVersion === 'cert-manager.io/v1');
    expect(made.map(({ kind }) => kind)).toEqual(['Certificate']);
    expect(made[0].spec).toMatchObject({ issuerRef: { kind: 'ClusterIssuer', name: 'company' } });
    expect(made[0].spec.dnsNames).not.toContain('localhost');
    // How long it lasts is the issuer's to say.
    expect(made[0].spec).not.toHaveProperty('duration');
  });

  test('answers by TLS: the API server', () => {
    const objects = synthesised({ tls: {} });
    const container = containerOf(objects, 'ml-pipeline');
    expect(container.command).toEqual(['/bin/apiserver']);
    expect(container.args).toEqual([
      '--config=/config',
      '--sampleconfig=/config/sample_config.json',
      '-logtostderr=true',
      '--logLevel=$(LOG_LEVEL)',
      '--tlsCertPath=/etc/kfp/tls/tls.crt',
      '--tlsCertKeyPath=/etc/kfp/tls/tls.key',
    ]);
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      expect(container[probe].httpGet).toEqual({ path: '/apis/v1beta1/healthz', port: 8888, scheme: 'HTTPS' });
    }
    expect(
      envOf(container, 'METADATA_TLS_ENABLED', 'SSL_CERT_DIR', 'CABUNDLE_SECRET_NAME', 'CABUNDLE_KEY_NAME'),
    ).toEqual({
      METADATA_TLS_ENABLED: 'true',
      // It calls itself, and looks at its own certificate.
      SSL_CERT_DIR: '/etc/ssl/certs:/etc/kfp/authorities',
      CABUNDLE_SECRET_NAME: 'kfp-api-tls-cert',
      CABUNDLE_KEY_NAME: 'ca.crt',
    });
    expect(container.volumeMounts).toEqual([
      { name: 'tls-certs', mountPath: '/etc/kfp/tls', readOnly: true },
      { name: 'authorities', mountPath: '/etc/kfp/authorities', readOnly: true },
    ]);
    expect(volumeOf(objects, 'ml-pipeline', 'tls-certs').secret).toEqual({ secretName: 'kfp-api-tls-cert' });
    const service = one(objects, 'Service', 'ml-pipeline');
    expect(service.metadata.annotations['prometheus.io/scheme']).toBe('https');
    expect(service.spec.ports).toEqual([
      { name: 'http', port: 8888, targetPort: 8888, protocol: 'TCP', appProtocol: 'https' },
      { name: 'grpc', port: 8887, targetPort: 8887, protocol: 'TCP', appProtocol: 'https' },
    ]);
  });

  test('keeps what it is told for pipelines that are objects of Kubernetes', () => {
    const { args } = containerOf(synthesised({ tls: {}, kubernetesNative: true }), 'ml-pipeline');
    expect(args).toEqual(
      expect.arrayContaining(['--pipelinesStoreKubernetes=true', '--tlsCertPath=/etc/kfp/tls/tls.crt']),
    );
    expect(new Set(args).size).toBe(args.length);
  });

  test('calls by TLS: the persistence agent and the controller of recurring runs, without a shell', () => {
    const objects = synthesised({ tls: {} });
    const client = ['--mlPipelineServiceTLSEnabled=true', '--caCertPath=/etc/kfp/authorities/kfp.crt'];
    const agent = containerOf(objects, 'ml-pipeline-persistenceagent');
    expect([agent.command, agent.args]).toEqual([
      ['/bin/persistence_agent'],
      [
        '--logtostderr=true',
        '--namespace=$(NAMESPACE)',
        '--ttlSecondsAfterWorkflowFinish=$(TTL_SECONDS_AFTER_WORKFLOW_FINISH)',
        '--numWorker=$(NUM_WORKERS)',
        '--logLevel=$(LOG_LEVEL)',
        ...client,
      ],
    ]);
    const controller = containerOf(objects, 'ml-pipeline-scheduledworkflow');
    expect([controller.command, controller.args]).toEqual([
      ['/bin/controller'],
      [
        '--logtostderr=true',
        '--namespace=$(NAMESPACE)',
        '--logLevel=$(LOG_LEVEL)',
        '--clientQPS=$(CLIENT_QPS)',
        '--clientBurst=$(CLIENT_BURST)',
        '--recurringRunResyncIntervalSeconds=$(RESYNC_INTERVAL_SECONDS)',
        '--metricsPort=$(METRICS_PORT)',
        ...client,
      ],
    ]);
    // Kubernetes leaves a reference to a variable that is not there as it is, which no number is read from.
    for (const { args, env } of [agent, controller]) {
      const named = [...args.join(' ').matchAll(/\$\((\w+)\)/g)].map(([, name]) => name);
      expect(env.map(({ name }: Any) => name)).toEqual(expect.arrayContaining(named));
    }
    for (const program of ['ml-pipeline-persistenceagent', 'ml-pipeline-scheduledworkflow']) {
      expect(podOf(objects, program).containers[0].volumeMounts).toHaveLength(2);
      // Who only asks has no key.
      expect(volumeOf(objects, program, 'authorities').projected.sources).toEqual([
        { secret: { name: 'kfp-api-tls-cert', items: [{ key: 'ca.crt', path: 'kfp.crt' }] } },
      ]);
    }
  });

  test('calls by TLS: the user interface, by names, and the lineage writer', () => {
    const objects = synthesised({ tls: {}, v1: true, clusterDomain: 'east.example' });
    expect(envOf(containerOf(objects, 'ml-pipeline-ui'), ...UI)).toEqual({
      ML_PIPELINE_SERVICE_HOST: 'ml-pipeline.kfp.svc.east.example',
      ML_PIPELINE_SERVICE_PORT: '8888',
      ML_PIPELINE_SERVICE_SCHEME: 'https',
      METADATA_ENVOY_SERVICE_SERVICE_HOST: 'metadata-envoy-service.kfp.svc.east.example',
      METADATA_ENVOY_SERVICE_SERVICE_PORT: '9090',
      METADATA_ENVOY_SERVICE_SERVICE_SCHEME: 'https',
      NODE_EXTRA_CA_CERTS: '/etc/kfp/authorities/kfp.crt',
    });
    expect(containerOf(objects, 'metadata-writer').env).toEqual([
      { name: 'NAMESPACE_TO_WATCH', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'CLUSTER_DOMAIN', value: '.svc.east.example' },
      { name: 'METADATA_TLS_ENABLED', value: 'true' },
      { name: 'CA_CERT_PATH', value: '/etc/kfp/authorities/kfp.crt' },
    ]);
  });

  test('speaks TLS on both sides of the proxy, which checks the name of the metadata store', () => {
    const objects = synthesised({ tls: {} });
    const text = one(objects, 'ConfigMap', 'metadata-envoy-configmap').data['envoy-config.yaml'];
    const { listeners, clusters } = parse(text).static_resources;
    expect(listeners[0].filter_chains[0].transport_socket.typed_config).toMatchObject({
      common_tls_context: {
        tls_certificates: [
          {
            certificate_chain: { filename: '/etc/kfp/tls/tls.crt' },
            private_key: { filename: '/etc/kfp/tls/tls.key' },
          },
        ],
      },
    });
    expect(clusters[0].transport_socket.typed_config).toMatchObject({
      sni: 'metadata-grpc-service.kfp.svc.cluster.local',
      common_tls_context: {
        validation_context: {
          trusted_ca: { filename: '/etc/kfp/tls/ca.crt' },
          match_typed_subject_alt_names: [
            { san_type: 'DNS', matcher: { exact: 'metadata-grpc-service.kfp.svc.cluster.local' } },
          ],
        },
      },
    });
    expect(containerOf(objects, 'metadata-envoy-deployment').volumeMounts).toContainEqual({
      name: 'tls-certs',
      mountPath: '/etc/kfp/tls',
      readOnly: true,
    });
    for (const [service, port] of [
      ['metadata-envoy-service', 'md-envoy'],
      ['metadata-grpc-service', 'grpc-api'],
    ] as const) {
      expect(one(objects, 'Service', service).spec.ports).toMatchObject([{ name: port, appProtocol: 'https' }]);
    }
  });

  test('is nothing at all where nobody asks', () => {
    const text = JSON.stringify(synthesised({ database: mysql({ tls: 'disable' }) }));
    expect(text).not.toMatch(/tls|TLS|https|authorities|CABUNDLE|NODE_EXTRA|SSL_CERT/);
  });

  test.each<[string, Partial<KfpBackendProps>, string[]]>([
    [
      'with an older release',
      { tls: {}, version: '2.2.0' },
      ["KFP1745 KFP 2.2.0 has programs that speak no TLS mend: leave out `tls`, or take version '2.17.0'"],
    ],
    [
      'with several teams',
      { tls: {}, multiUser: { istio: {} } },
      [
        'KFP1745 with several teams Istio is what encrypts, and pods of runs would lack the certificate in their namespaces mend: leave out `tls`',
      ],
    ],
    [
      'with an issuer that is none',
      { tls: { issuer: { kind: 'Cluster' } as Any } },
      [
        "KFP1745 the `issuer` of `tls` has no name mend: give { name: 'ca', kind: 'ClusterIssuer' }",
        "KFP1745 the kind of the `issuer` of `tls` is 'Cluster' mend: give 'Issuer', 'ClusterIssuer'",
      ],
    ],
    [
      'with a bundle that cannot hold its authority',
      { tls: {}, caBundle: BUNDLE },
      [
        'KFP1745 pods of runs take one bundle of authorities, and that of `caBundle` cannot hold the backend’s own mend: give `tls` an `issuer` whose certificate is in the bundle, or leave out one of both',
      ],
    ],
    [
      'with a store of an authority of its own',
      { tls: {}, objectStore: s3({ caCertificate: STORE_AUTHORITY }) },
      [
        "KFP1745 KFP 2.17.0's launcher asks for its authorities before it knows that of the store, where programs speak TLS mend: leave out `tls`, or have the certificate of the store signed by a public authority",
      ],
    ],
    [
      'with a database without',
      { tls: {}, database: mysql({ tls: 'disable' }) },
      [
        "KFP1736 the password of the database at 'db.internal' crosses the network in the clear mend: where programs speak TLS, so does the database: leave out `tls` of it",
      ],
    ],
    ['as it should', { tls: {} }, []],
    ['as JavaScript may', { tls: true as Any }, []],
    ['with an issuer and a bundle', { tls: { issuer: { name: 'company' } }, caBundle: BUNDLE }, []],
  ])('%s', (_, props, expected) => {
    expect(said({ ...props, ...(props.version && { images: { registry: 'mirror.example' } }) })).toEqual(expected);
  });
});

describe('KfpBackend and the database', () => {
  const plain = { database: mysql({ tls: 'disable' }) };

  test.each(['2.17.0', '2.2.0'] as const)('speaks TLS to it: release %s', (version) => {
    const objects = synthesised({
      version,
      images: { registry: 'mirror.example.com' },
      v1: true,
      database: mysql({ caCertificate: AUTHORITY }),
    });
    const parameters = '{"tls":"true"}';
    const source = [{ secret: { name: 'db-ca', items: [{ key: 'root.pem', path: 'database.crt' }] } }];
    const server = containerOf(objects, 'ml-pipeline');
    expect(envOf(server, 'DBCONFIG_MYSQLCONFIG_EXTRAPARAMS', 'SSL_CERT_DIR')).toEqual({
      DBCONFIG_MYSQLCONFIG_EXTRAPARAMS: parameters,
      SSL_CERT_DIR: '/etc/ssl/certs:/etc/kfp/authorities',
    });
    const cache = containerOf(objects, 'cache-server');
    expect(cache.args).toContain(`--db_extra_params=${parameters}`);
    expect(envOf(cache, 'SSL_CERT_DIR')).toEqual({ SSL_CERT_DIR: '/etc/ssl/certs:/etc/kfp/authorities' });
    for (const program of ['ml-pipeline', 'cache-server']) {
      expect(volumeOf(objects, program, 'authorities').projected.sources).toEqual(source);
      expect(containerOf(objects, program).volumeMounts).toContainEqual({
        name: 'authorities',
        mountPath: '/etc/kfp/authorities',
        readOnly: true,
      });
    }
    expect(volumeOf(objects, 'ml-pipeline-ui', 'authorities')).toBeUndefined();
  });

  test.each([
    ['require', '{"tls":"skip-verify"}'],
    ['verify-full', '{"tls":"true"}'],
    ['disable', undefined],
  ] as const)('%s', (tls, parameters) => {
    const objects = synthesised({ database: mysql({ tls }) });
    expect(envOf(containerOf(objects, 'ml-pipeline'), 'DBCONFIG_MYSQLCONFIG_EXTRAPARAMS')).toEqual(
      parameters === undefined ? {} : { DBCONFIG_MYSQLCONFIG_EXTRAPARAMS: parameters },
    );
  });

  test('tells the metadata store by arguments where nothing speaks TLS', () => {
    const { initContainers, containers, volumes } = podOf(synthesised(plain), 'metadata-grpc-deployment');
    expect([initContainers, volumes]).toEqual([undefined, undefined]);
    expect(containers[0].args).toContain('--mysql_config_password=$(DBCONFIG_PASSWORD)');
  });

  test('tells the metadata store by a file in memory where anything does', () => {
    const { initContainers, containers, volumes } = podOf(synthesised(), 'metadata-grpc-deployment');
    expect(containers[0].args).toEqual([
      '--grpc_port=8080',
      '--grpc_channel_arguments=grpc.max_metadata_size=16384,grpc.max_receive_message_length=104857600,grpc.max_send_message_length=104857600',
      '--metadata_source_config_type=config_file',
      '--metadata_store_server_config_file=/etc/metadata-store/config.proto',
    ]);
    expect(containers[0].env).toBeUndefined();
    expect(containers[0].volumeMounts).toEqual([
      { name: 'configuration', mountPath: '/etc/metadata-store', readOnly: true },
    ]);
    expect(volumes).toEqual([{ name: 'configuration', emptyDir: { medium: 'Memory', sizeLimit: '4Mi' } }]);
    expect(initContainers).toHaveLength(1);
    const pulled = podOf(synthesised({ images: { pullPolicy: 'Always' } }), 'metadata-grpc-deployment');
    expect(pulled.initContainers[0].imagePullPolicy).toBe('Always');
    expect(initContainers[0]).toMatchObject({
      name: 'configuration',
      image: 'ghcr.io/kubeflow/kfp-api-server:2.17.0',
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      },
      volumeMounts: [{ name: 'configuration', mountPath: '/etc/metadata-store' }],
    });
    // The file is its owner's alone.
    expect(containers[0].securityContext.runAsUser).toBe(initContainers[0].securityContext.runAsUser);
  });

  test('is told no text by its script that anybody gave', () => {
    const script = (props: Partial<KfpBackendProps>) =>
      podOf(unchecked(chartOf(props)), 'metadata-grpc-deployment').initContainers[0].args[0];
    // What synth would refuse as well.
    const unchecked = (chart: Chart) =>
      chart.node.findAll().flatMap((each) => (each instanceof ApiObject ? [each.toJson()] : []));
    const odd = mysql({ host: '$(touch /tmp/x)`id`"; exit', database: "a'b", username: secret('u', 'u') });
    expect(script({ database: odd, metadataDatabase: '$HOME' })).toBe(script({ database: mysql() }));
  });

  test('lists the Secret with the certificate', () => {
    expect(databaseSecrets(mysql({ caCertificate: AUTHORITY }))).toEqual([
      { name: 'db', key: 'user' },
      { name: 'db', key: 'password' },
      { name: 'db-ca', key: 'root.pem' },
    ]);
    expect(databaseSecrets(mysql())).toHaveLength(2);
  });

  test('is not Argo’s to check with a certificate', () => {
    const chart = new Chart(Testing.app(), 'platform', { namespace: 'argo' });
    new ArgoBackend(chart, 'argo', { artifactRepository: s3(), database: mysql({ caCertificate: AUTHORITY }) });
    expect(() => Testing.synth(chart)).toThrow(
      'Argo trusts public authorities for a database of MySQL, and takes no `caCertificate`',
    );
  });
});

describe('the file of the metadata store', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'metadata-store-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const VALUES = {
    DBCONFIG_USER: 'ml',
    DBCONFIG_PASSWORD: 'secret',
    MYSQL_HOST: 'db.internal',
    MYSQL_PORT: '3306',
    MYSQL_DATABASE: 'metadb',
  };

  /** Runs what the pod runs first, with the folders of a test. */
  function run(props: Partial<KfpBackendProps>, values: Readonly<Record<string, string>> = {}) {
    const [container] = podOf(synthesised(props), 'metadata-grpc-deployment').initContainers;
    const given = Object.fromEntries(container.env.map(({ name, value = '' }: Any) => [name, value]));
    const places = { FOLDER: folder, CERTIFICATE: folder };
    for (const [name, text] of Object.entries({
      'tls.key': KEY,
      'tls.crt': CERTIFICATE,
    })) {
      fs.writeFileSync(path.join(folder, name), text);
    }
    const [shell, ...options] = container.command;
    return spawnSync(shell, [...options, ...container.args], {
      env: { PATH: process.env.PATH, ...given, ...VALUES, ...values, ...pick(places, Object.keys(given)) },
      encoding: 'utf8',
    });
  }

  const written = () => textProto(fs.readFileSync(path.join(folder, 'config.proto'), 'latin1'));

  test('says everything: a database with TLS, a server with TLS', () => {
    expect(run({ tls: {} })).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(written()).toEqual({
      connection_config: {
        mysql: {
          host: 'db.internal',
          port: 3306,
          database: 'metadb',
          user: 'ml',
          password: 'secret',
          ssl_options: { verify_server_cert: false },
        },
      },
      migration_options: { enable_upgrade_migration: true },
      ssl_config: { server_key: KEY, server_cert: CERTIFICATE },
    });
    expect(fs.statSync(path.join(folder, 'config.proto')).mode & 0o777).toBe(0o600);
  });

  // Its client takes every certificate for another host's, so that it could connect to none that it checks.
  test.each<[string, Partial<KfpBackendProps>, Any]>([
    ['an authority of its own', { database: mysql({ caCertificate: AUTHORITY }) }, { verify_server_cert: false }],
    ['one that is not checked', { database: mysql({ tls: 'require' }) }, { verify_server_cert: false }],
    [
      'none',
      { tls: {}, database: Database.tryOut({ username: secret('db', 'u'), password: secret('db', 'p') }) },
      undefined,
    ],
    ['a public one', {}, { verify_server_cert: false }],
  ])('says how the database speaks TLS: %s', (_, props, options) => {
    expect(run(props).status).toBe(0);
    const { connection_config, ssl_config } = written();
    expect(connection_config.mysql.ssl_options).toEqual(options);
    expect(ssl_config === undefined).toBe(props.tls === undefined);
  });

  test.each([
    ['quotes', `a"b'c"; } }`],
    ['a way out', '" } } ssl_config { client_verify: true } connection_config { mysql { password: "'],
    ['backslashes', 'a\\b\\n\\"\\101\\'],
    ['lines', 'a\nb\r\n\n'],
    ['what a shell would take', '$(touch x) `id` $HOME $$ * ? ~ ! & | ; < > # -n %s %d'],
    ['options', '-n -e --'],
    ['letters of others', 'pässwörd 密码 🔑'],
    ['control characters', '\u0001\u0007\u001b\u007f\t'],
    ['spaces', '  a  b  '],
    ['nothing', ''],
    ['much', 'x"\\'.repeat(5000)],
  ])('takes %s in a password for nothing else', (_, password) => {
    expect(run({ tls: {} }, { DBCONFIG_PASSWORD: password, DBCONFIG_USER: password })).toMatchObject({
      status: 0,
      stderr: '',
    });
    const { connection_config, ...others } = written();
    expect(connection_config.mysql).toMatchObject({ user: password, password, database: 'metadb' });
    expect(Object.keys(connection_config.mysql)).toHaveLength(6);
    expect(Object.keys(others)).toEqual(['migration_options', 'ssl_config']);
    expect(fs.readdirSync(folder).sort()).toEqual(['config.proto', 'tls.crt', 'tls.key']);
  });

  test.each([
    ['a port that is none', { MYSQL_PORT: '3306 password: "x"' }, 'MYSQL_PORT is no number'],
    ['no port', { MYSQL_PORT: '' }, 'MYSQL_PORT is no number'],
    ['a certificate that is not there', { CERTIFICATE: '/nowhere' }, '/nowhere/tls.key'],
  ])('ends with an error: %s', (_, values, message) => {
    const [container] = podOf(synthesised({ tls: {} }), 'metadata-grpc-deployment').initContainers;
    const env = {
      PATH: process.env.PATH,
      FOLDER: folder,
      ...VALUES,
      ...values,
    };
    const { status, stderr } = spawnSync('/bin/sh', ['-c', ...container.args], { env, encoding: 'utf8' });
    expect(status).not.toBe(0);
    expect(stderr).toContain(message);
  });

  test('writes escapes that others read as it does', () => {
    // Protobuf's escapes of bytes are those of C, and so are Python's.
    run({}, { DBCONFIG_PASSWORD: 'a"b\\c\nd 密' });
    const text = fs.readFileSync(path.join(folder, 'config.proto'), 'utf8');
    const literal = /password: ("[^"]*")/.exec(text)![1]!;
    const read = execFileSync('python3', [
      '-c',
      'import ast,sys; sys.stdout.buffer.write(ast.literal_eval("b" + sys.argv[1]))',
      literal,
    ]);
    expect(read.toString('utf8')).toBe('a"b\\c\nd 密');
  });
});

describe('KfpBackend and authorities of runs', () => {
  test('has runs trust a bundle', () => {
    const container = containerOf(synthesised({ caBundle: BUNDLE }), 'ml-pipeline');
    expect(envOf(container, 'CABUNDLE_CONFIGMAP_NAME', 'CABUNDLE_KEY_NAME', 'CABUNDLE_SECRET_NAME')).toEqual({
      CABUNDLE_CONFIGMAP_NAME: 'authorities',
      CABUNDLE_KEY_NAME: 'all.pem',
    });
  });

  test('names the bundle alone where a Secret would win over it', () => {
    const tls = { issuer: { name: 'company' } };
    const names = containerOf(synthesised({ tls, caBundle: BUNDLE }), 'ml-pipeline').env.map(({ name }: Any) => name);
    expect(names.filter((name: string) => name.startsWith('CABUNDLE_'))).toEqual([
      'CABUNDLE_CONFIGMAP_NAME',
      'CABUNDLE_KEY_NAME',
    ]);
  });

  test('has everybody who calls a store trust its authority', () => {
    const objects = synthesised({
      objectStore: s3({ caCertificate: STORE_AUTHORITY }),
      database: mysql({ caCertificate: AUTHORITY }),
    });
    const file = (secretName: string, key: string, as: string) => ({
      secret: { name: secretName, items: [{ key, path: `${as}.crt` }] },
    });
    expect(volumeOf(objects, 'ml-pipeline', 'authorities').projected.sources).toEqual([
      file('db-ca', 'root.pem', 'database'),
      file('store-ca', 'ca.pem', 'store'),
    ]);
    expect(volumeOf(objects, 'ml-pipeline-ui', 'authorities').projected.sources).toEqual([
      file('store-ca', 'ca.pem', 'store'),
    ]);
    expect(envOf(containerOf(objects, 'ml-pipeline-ui'), ...UI)).toEqual({
      NODE_EXTRA_CA_CERTS: '/etc/kfp/authorities/store.crt',
    });
    expect(envOf(containerOf(objects, 'ml-pipeline'), 'CABUNDLE_SECRET_NAME', 'CABUNDLE_KEY_NAME')).toEqual({
      CABUNDLE_SECRET_NAME: 'store-ca',
      CABUNDLE_KEY_NAME: 'ca.pem',
    });
    expect(
      parse(one(objects, 'ConfigMap', 'workflow-controller-configmap').data.artifactRepository).s3.caSecret,
    ).toEqual({
      name: 'store-ca',
      key: 'ca.pem',
    });
  });

  test.each<[string, Partial<KfpBackendProps>, string[]]>([
    [
      'a bundle of an older release',
      { caBundle: BUNDLE, version: '2.2.0' },
      [
        "KFP1746 pods of runs of KFP 2.2.0 trust public authorities only mend: leave out `caBundle`, or take version '2.17.0'",
      ],
    ],
    [
      'a bundle that is a text',
      { caBundle: 'authorities' as Any },
      ["KFP1746 `caBundle` names no key of a ConfigMap mend: give { configMap: 'authorities', key: 'ca.crt' }"],
    ],
    [
      'a bundle by no key',
      { caBundle: { configMap: 'authorities', key: 'a/b' } },
      ["KFP1746 `caBundle` names no key of a ConfigMap mend: give { configMap: 'authorities', key: 'ca.crt' }"],
    ],
    [
      'a bundle without TLS between programs',
      { caBundle: BUNDLE },
      [
        'warning: KFP1746 with `caBundle` importers of KFP 2.17.0 do not work: they speak TLS to the metadata store, which does not mend: where pipelines have importers, give `tls` too, with an `issuer` whose certificate is in the bundle',
      ],
    ],
    [
      'a store with its own',
      { objectStore: s3({ caCertificate: STORE_AUTHORITY }) },
      [
        'warning: KFP1747 with `caCertificate` importers of KFP 2.17.0 do not work: they speak TLS to the metadata store, which does not mend: where pipelines have importers, have the certificate of the store signed by a public authority',
      ],
    ],
    [
      'a store with its own and a bundle',
      { objectStore: s3({ caCertificate: STORE_AUTHORITY }), caBundle: BUNDLE },
      [expect.stringContaining('warning: KFP1746')],
    ],
    [
      'a store with its own, of an older release',
      { objectStore: s3({ caCertificate: STORE_AUTHORITY }), version: '2.2.0' },
      [
        "KFP1747 pods of runs of KFP 2.2.0 trust public authorities only, and not the store’s `caCertificate` mend: take version '2.17.0'",
      ],
    ],
    [
      'a store without TLS',
      { objectStore: s3({ caCertificate: STORE_AUTHORITY, insecure: true }), caBundle: BUNDLE },
      [
        'KFP1747 the `caCertificate` of the object store is for nothing: it is `insecure` mend: leave out one of both',
        expect.stringContaining('warning: KFP1736'),
        expect.stringContaining('warning: KFP1746'),
      ],
    ],
    [
      'a database whose certificate is not checked',
      { database: mysql({ caCertificate: AUTHORITY, tls: 'require' }) },
      [
        "KFP1747 the `caCertificate` of the database is for nothing: its certificate is not checked mend: leave out `tls` of it, or say 'verify-full'",
      ],
    ],
    ['a database with its own', { database: mysql({ caCertificate: AUTHORITY }) }, []],
  ])('%s', (_, props, expected) => {
    expect(said({ ...props, ...(props.version && { images: { registry: 'mirror.example' } }) })).toEqual(expected);
  });
});

/** What a text proto says. Bytes are read as UTF-8; what it does not expect is an error. */
function textProto(source: string): Any {
  const tokens = source.match(/"(?:\\[0-7]{3}|\\.|[^"\\\n])*"|[A-Za-z_]\w*|\d+|[{}:]/g) ?? [];
  if (tokens.join('') !== source.replace(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/g, '')) throw new Error('no text proto');
  let at = 0;
  const value = (token: string): Any => {
    if (token === 'true' || token === 'false') return token === 'true';
    if (!token.startsWith('"')) return Number(token);
    const bytes = token
      .slice(1, -1)
      .replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    return Buffer.from(bytes, 'latin1').toString('utf8');
  };
  const message = (isNested: boolean): Any => {
    const fields: [string, Any][] = [];
    while (at < tokens.length && tokens[at] !== '}') {
      const name = tokens[at++]!;
      if (tokens[at] === ':') {
        fields.push([name, value(tokens[at + 1]!)]);
        at += 2;
      } else {
        at++;
        fields.push([name, message(true)]);
      }
    }
    if (isNested !== (tokens[at] === '}')) throw new Error('a brace too many or too few');
    at++;
    return Object.fromEntries(fields);
  };
  return message(false);
}

function pick(from: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
}
