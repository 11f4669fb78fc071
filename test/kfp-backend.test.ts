import * as fs from 'node:fs';
import * as path from 'node:path';
import { Chart, Duration, Testing, Yaml } from 'cdk8s';
import { parse } from 'yaml';
import {
  ArgoBackend,
  Database,
  KfpBackend,
  type KfpBackendProps,
  type KfpParityProps,
  ObjectStore,
  WorkloadIdentity,
} from '../src';
import { synth } from './synth';

const secret = (name: string, key: string) => ({ secret: name, key });
const KEYS = { accessKey: secret('store', 'access'), secretKey: secret('store', 'secret') };
const STORE = ObjectStore.s3({ bucket: 'ml', region: 'eu-central-1' });
const MYSQL = {
  host: 'db.internal',
  database: 'kfp',
  username: secret('db', 'user'),
  password: secret('db', 'password'),
};
const DATABASE = Database.mysql(MYSQL);
const AZURE = { endpoint: 'https://acme.blob.core.windows.net/', container: 'artifacts', gateway: KEYS };
const ACCOUNT_KEY = { credentials: { accountKey: secret('azure', 'key') } };
const WHO = '00000000-0000-0000-0000-000000000001';

// biome-ignore lint/suspicious/noExplicitAny: tests reach into manifests of every kind
type Objects = any[];
type Props = Partial<KfpBackendProps> | KfpParityProps;

function backend(props: Props = {}, namespace: string | undefined = 'kubeflow') {
  const chart = new Chart(Testing.app(), 'platform', namespace === undefined ? {} : { namespace });
  const all = props.parity === 'upstream' ? props : { database: DATABASE, objectStore: STORE, ...props };
  return { chart, kfp: new KfpBackend(chart, 'kfp', all as KfpBackendProps) };
}

const objectsOf = (props?: Props, namespace?: string): Objects => synth(backend(props, namespace).chart);

const of = (objects: Objects, kind: string, name?: string) =>
  objects.filter((each) => each.kind === kind && (name === undefined || each.metadata.name === name));

const dataOf = (objects: Objects, name: string): Record<string, string> => of(objects, 'ConfigMap', name)[0].data;

const containerOf = (objects: Objects, name: string) =>
  of(objects, 'Deployment', name)[0].spec.template.spec.containers[0];

/** The variables of a program: texts, or where they are taken from. */
function variablesOf(objects: Objects, name: string): Record<string, string> {
  const entries = containerOf(objects, name).env.map(({ name: variable, value, valueFrom }: Objects[0]) => {
    const [[kind, { name: from, key, fieldPath }] = ['', {}]] = Object.entries<Objects[0]>(valueFrom ?? {});
    return [variable, value ?? (kind === 'fieldRef' ? fieldPath : `${from}/${key}`)];
  });
  return Object.fromEntries(entries);
}

let warnings: jest.SpyInstance;
beforeEach(() => {
  warnings = jest.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => warnings.mockRestore());

const warned = () => warnings.mock.calls.map(([text]) => text).join('\n');

/** What synth complains of. */
function complaintsOf(props: Props, namespace?: string): string {
  const { chart } = backend(props, namespace);
  try {
    synth(chart);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('KfpBackend', () => {
  test('has what runs of the second version need, and nothing of the first', () => {
    const objects = objectsOf({ networkPolicies: false });
    const names = (kind: string) => of(objects, kind).map(({ metadata }) => metadata.name);
    expect(names('Deployment')).toEqual([
      'ml-pipeline',
      'ml-pipeline-persistenceagent',
      'ml-pipeline-scheduledworkflow',
      'ml-pipeline-ui',
      'metadata-grpc-deployment',
      'metadata-envoy-deployment',
      'workflow-controller',
    ]);
    expect(names('ConfigMap')).toEqual([
      'pipeline-install-config',
      'kfp-launcher',
      'workflow-controller-configmap',
      'metadata-grpc-configmap',
      'metadata-envoy-configmap',
    ]);
    expect(names('Secret')).toEqual([]);
    expect(names('PersistentVolumeClaim')).toEqual([]);
    expect(names('ClusterRole')).toEqual([]);
    expect(names('CustomResourceDefinition')).toHaveLength(9);
    expect(warned()).toBe('');
    // kubectl's client-side apply keeps the last applied object in an annotation of 256 kB at most.
    for (const crd of of(objects, 'CustomResourceDefinition')) expect(JSON.stringify(crd).length).toBeLessThan(3000);
  });

  test('tells what it is reached by, and what must exist', () => {
    const { kfp } = backend({
      objectStore: ObjectStore.s3({ bucket: 'ml', endpoint: 'store:9000', credentials: KEYS }),
    });
    expect(kfp.apiServer).toEqual({ host: 'ml-pipeline.kubeflow.svc', port: 8888, grpcPort: 8887 });
    expect(kfp.ui).toEqual({ host: 'ml-pipeline-ui.kubeflow.svc', port: 80 });
    expect(kfp.runner.name).toBe('pipeline-runner');
    expect(kfp.secrets).toEqual([
      { name: 'db', key: 'user' },
      { name: 'db', key: 'password' },
      { name: 'store', key: 'access' },
      { name: 'store', key: 'secret' },
    ]);
    expect(kfp.images).toEqual([
      'ghcr.io/kubeflow/kfp-api-server:2.17.0',
      'ghcr.io/kubeflow/kfp-persistence-agent:2.17.0',
      'ghcr.io/kubeflow/kfp-scheduled-workflow-controller:2.17.0',
      'ghcr.io/kubeflow/kfp-frontend:2.17.0',
      'gcr.io/tfx-oss-public/ml_metadata_store_server:1.14.0',
      'ghcr.io/kubeflow/kfp-metadata-envoy:2.17.0',
      'quay.io/argoproj/workflow-controller:v4.0.8',
      'ghcr.io/kubeflow/kfp-driver:2.17.0',
      'ghcr.io/kubeflow/kfp-launcher:2.17.0',
      'quay.io/argoproj/argoexec:v4.0.8',
    ]);
  });

  test('gives runs what KFP’s driver and launcher do, and reads no Secret that is not named', () => {
    const objects = objectsOf({
      objectStore: ObjectStore.s3({ bucket: 'ml', endpoint: 'store:9000', credentials: KEYS }),
    });
    expect(of(objects, 'Role', 'pipeline-runner')[0].rules).toEqual([
      { apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['create', 'get', 'delete'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'], resourceNames: ['kfp-launcher'] },
      { apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: ['store'] },
    ]);
    for (const { metadata, rules } of of(objects, 'Role')) {
      for (const { resources, resourceNames } of rules) {
        if (resources.includes('secrets'))
          expect([metadata.name, resourceNames?.length > 0]).toEqual([metadata.name, true]);
      }
    }
  });

  describe('reaches its database', () => {
    test('with TLS, by what Secrets hold', () => {
      const objects = objectsOf();
      expect(variablesOf(objects, 'ml-pipeline')).toMatchObject({
        DBCONFIG_MYSQLCONFIG_HOST: 'pipeline-install-config/mysqlHost',
        DBCONFIG_MYSQLCONFIG_USER: 'db/user',
        DBCONFIG_MYSQLCONFIG_PASSWORD: 'db/password',
        DBCONFIG_MYSQLCONFIG_EXTRAPARAMS: '{"tls":"true"}',
      });
      expect(dataOf(objects, 'pipeline-install-config')).toMatchObject({
        mysqlHost: 'db.internal',
        mysqlPort: '3306',
        pipelineDb: 'kfp',
        mlmdDb: 'metadb',
      });
    });

    test('that must be MySQL', () => {
      expect(complaintsOf({ database: Database.postgres(MYSQL) })).toContain(
        '[platform/kfp] KFP1734 KFP’s programs do not work with PostgreSQL, though upstream has manifests for it (kubeflow/pipelines#13956)',
      );
    });

    test('and says where a password would be seen', () => {
      objectsOf({ database: Database.mysql({ ...MYSQL, tls: 'disable' }) });
      expect(warned()).toContain("KFP1736 [platform/kfp] the password of the database at 'db.internal' crosses");
      expect(complaintsOf({ database: Database.mysql({ ...MYSQL, tls: 'disable' }), tls: {} })).toContain(
        '[platform/kfp] KFP1736',
      );
    });

    test('whose credentials are no texts', () => {
      const database = { ...DATABASE, password: 'hunter2' } as unknown as typeof DATABASE;
      const found = complaintsOf({ database });
      expect(found).toContain('[platform/kfp] KFP1734 the password of the database is a text');
      expect(found).not.toContain('hunter2');
    });
  });

  describe('keeps artifacts', () => {
    test('in S3, as who its pods are', () => {
      const objects = objectsOf();
      expect(variablesOf(objects, 'ml-pipeline')).toMatchObject({
        OBJECTSTORECONFIG_HOST: 's3.eu-central-1.amazonaws.com',
        OBJECTSTORECONFIG_PORT: '',
        OBJECTSTORECONFIG_SECURE: 'true',
        OBJECTSTORECONFIG_REGION: 'eu-central-1',
        // Its image has upstream's well-known keys inside.
        OBJECTSTORECONFIG_ACCESSKEY: '',
        OBJECTSTORECONFIG_SECRETACCESSKEY: '',
      });
      expect(variablesOf(objects, 'ml-pipeline-ui')).toMatchObject({
        AWS_S3_ENDPOINT: 's3.amazonaws.com',
        AWS_REGION: 'eu-central-1',
        ARGO_ARCHIVE_ARTIFACTORY: 's3',
        ARGO_ARCHIVE_BUCKETNAME: 'ml',
        MINIO_ACCESS_KEY: '',
      });
      const { defaultPipelineRoot, providers } = dataOf(objects, 'kfp-launcher');
      expect(defaultPipelineRoot).toBe('s3://ml/v2/artifacts');
      expect(parse(providers!)).toEqual({
        s3: {
          default: {
            endpoint: 's3.amazonaws.com',
            region: 'eu-central-1',
            disableSSL: false,
            credentials: { fromEnv: true },
          },
        },
      });
      const { artifactRepository } = dataOf(objects, 'workflow-controller-configmap');
      const { s3 } = parse(artifactRepository!);
      expect(s3).toMatchObject({
        bucket: 'ml',
        endpoint: 's3.amazonaws.com',
        region: 'eu-central-1',
        useSDKCreds: true,
      });
      // The user interface looks for logs where the controller puts them.
      expect(variablesOf(objects, 'ml-pipeline-ui').ARGO_KEYFORMAT).toBe(s3.keyFormat);
    });

    test('in what speaks S3’s protocol, with keys', () => {
      const objectStore = ObjectStore.s3({ bucket: 'ml', endpoint: 'store.example.com:9443', credentials: KEYS });
      const objects = objectsOf({ objectStore, runs: { artifactPath: 'team/a' } });
      expect(variablesOf(objects, 'ml-pipeline')).toMatchObject({
        OBJECTSTORECONFIG_HOST: 'store.example.com',
        OBJECTSTORECONFIG_PORT: '9443',
        OBJECTSTORECONFIG_ACCESSKEY: 'store/access',
        OBJECTSTORECONFIG_SECRETACCESSKEY: 'store/secret',
      });
      expect(variablesOf(objects, 'ml-pipeline-ui')).toMatchObject({
        MINIO_HOST: 'store.example.com',
        MINIO_NAMESPACE: '',
        MINIO_PORT: '9443',
        MINIO_SSL: 'true',
        MINIO_ACCESS_KEY: 'store/access',
      });
      const { defaultPipelineRoot, providers } = dataOf(objects, 'kfp-launcher');
      expect(defaultPipelineRoot).toBe('minio://ml/team/a');
      expect(parse(providers!).minio.default).toEqual({
        endpoint: 'store.example.com:9443',
        disableSSL: false,
        credentials: {
          fromEnv: false,
          secretRef: { secretName: 'store', accessKeyKey: 'access', secretKeyKey: 'secret' },
        },
      });
    });

    test('in Google’s', () => {
      const objectStore = ObjectStore.gcs({ bucket: 'ml', hmac: KEYS });
      const objects = objectsOf({ objectStore });
      expect(variablesOf(objects, 'ml-pipeline')).toMatchObject({
        OBJECTSTORECONFIG_HOST: 'storage.googleapis.com',
        OBJECTSTORECONFIG_ACCESSKEY: 'store/access',
      });
      expect(dataOf(objects, 'kfp-launcher').defaultPipelineRoot).toBe('gs://ml/v2/artifacts');
      expect(parse(dataOf(objects, 'kfp-launcher').providers!)).toEqual({
        gs: { default: { credentials: { fromEnv: true } } },
      });
    });

    describe('in Azure’s, behind a gateway', () => {
      test('that speaks S3’s protocol to KFP, and is the one who calls Azure', () => {
        const objects = objectsOf({ objectStore: ObjectStore.azure({ ...AZURE, ...ACCOUNT_KEY }) });
        const place = { endpoint: 'object-store-gateway.kubeflow.svc:9000', region: 'us-east-1', disableSSL: true };
        expect(dataOf(objects, 'kfp-launcher').defaultPipelineRoot).toBe('minio://artifacts/v2/artifacts');
        expect(parse(dataOf(objects, 'kfp-launcher').providers!)).toEqual({
          minio: {
            default: {
              ...place,
              credentials: {
                fromEnv: false,
                secretRef: { secretName: 'store', accessKeyKey: 'access', secretKeyKey: 'secret' },
              },
            },
          },
        });
        expect(variablesOf(objects, 'ml-pipeline')).toMatchObject({
          OBJECTSTORECONFIG_HOST: 'object-store-gateway.kubeflow.svc',
          OBJECTSTORECONFIG_PORT: '9000',
          OBJECTSTORECONFIG_SECURE: 'false',
          OBJECTSTORECONFIG_ACCESSKEY: 'store/access',
          OBJECTSTORECONFIG_SECRETACCESSKEY: 'store/secret',
        });
        expect(dataOf(objects, 'pipeline-install-config').bucketName).toBe('artifacts');
        expect(of(objects, 'Service', 'object-store-gateway')[0].spec).toEqual({
          selector: { app: 'object-store-gateway' },
          ports: [{ name: 'tcp-s3', port: 9000, targetPort: 's3', protocol: 'TCP' }],
        });
        expect(of(objects, 'Role', 'pipeline-runner')[0].rules).toContainEqual({
          apiGroups: [''],
          resources: ['secrets'],
          verbs: ['get'],
          resourceNames: ['store'],
        });
        expect(warned()).toBe('');
      });

      test('that serves one container, by credentials that stand in Secrets', () => {
        const objects = objectsOf({ objectStore: ObjectStore.azure({ ...AZURE, ...ACCOUNT_KEY }) });
        const { image, command, args, env, securityContext } = containerOf(objects, 'object-store-gateway');
        expect(image).toBe('docker.io/rclone/rclone:1.76.0');
        expect(command).toBeUndefined();
        expect(args).toEqual(
          expect.arrayContaining([
            '--combine-upstreams=artifacts=:azureblob:artifacts',
            '--azureblob-account=acme',
            '--azureblob-endpoint=https://acme.blob.core.windows.net',
            '--vfs-cache-mode=off',
            '--dir-cache-time=5s',
          ]),
        );
        expect(args.slice(0, 3)).toEqual(['serve', 's3', ':combine:']);
        expect(args).not.toContain('--azureblob-env-auth');
        const of = (name: string, key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });
        // Kubernetes puts in what stands before.
        expect(env).toEqual([
          { name: 'RCLONE_AZUREBLOB_KEY', ...of('azure', 'key') },
          { name: 'GATEWAY_ACCESS_KEY', ...of('store', 'access') },
          { name: 'GATEWAY_SECRET_KEY', ...of('store', 'secret') },
          { name: 'RCLONE_AUTH_KEY', value: '"$(GATEWAY_ACCESS_KEY),$(GATEWAY_SECRET_KEY)"' },
        ]);
        expect(securityContext).toMatchObject({ readOnlyRootFilesystem: true, runAsNonRoot: true, runAsUser: 1000 });
      });

      test('which is who it is to the cloud, and nobody else is', () => {
        const workloadIdentity = WorkloadIdentity.azure(WHO);
        const objects = objectsOf({ objectStore: ObjectStore.azure(AZURE), workloadIdentity });
        const known = of(objects, 'ServiceAccount')
          .filter(({ metadata }) => metadata.annotations?.['azure.workload.identity/client-id'] === WHO)
          .map(({ metadata }) => metadata.name);
        // Runs are somebody for Argo, which speaks to Azure itself.
        expect(known.sort()).toEqual(['object-store-gateway', 'pipeline-runner']);
        const labelled = of(objects, 'Deployment')
          .filter(({ spec }) => spec.template.metadata.labels['azure.workload.identity/use'] === 'true')
          .map(({ metadata }) => metadata.name);
        expect(labelled).toEqual(['object-store-gateway']);
        const { args, env } = containerOf(objects, 'object-store-gateway');
        expect(args).toContain('--azureblob-env-auth');
        expect(env.map(({ name }: Objects[0]) => name)).not.toContain('RCLONE_AZUREBLOB_KEY');
      });

      test('while logs go to Azure by Argo, and are read through the gateway by the same key', () => {
        for (const keyFormat of [undefined, 'logs/{{workflow.name}}/{{pod.name}}']) {
          const objects = objectsOf({ objectStore: ObjectStore.azure({ ...AZURE, ...ACCOUNT_KEY, keyFormat }) });
          const { azure, ...others } = parse(dataOf(objects, 'workflow-controller-configmap').artifactRepository!);
          expect(others).toEqual({ archiveLogs: true });
          expect(azure).toMatchObject({
            endpoint: 'https://acme.blob.core.windows.net/',
            container: 'artifacts',
            accountKeySecret: { name: 'azure', key: 'key' },
            ...(keyFormat !== undefined && { blobNameFormat: keyFormat }),
          });
          expect(variablesOf(objects, 'ml-pipeline-ui')).toMatchObject({
            MINIO_HOST: 'object-store-gateway.kubeflow.svc',
            MINIO_PORT: '9000',
            MINIO_SSL: 'false',
            MINIO_ACCESS_KEY: 'store/access',
            ARGO_ARCHIVE_ARTIFACTORY: 'minio',
            ARGO_ARCHIVE_BUCKETNAME: 'artifacts',
            ARGO_KEYFORMAT: azure.blobNameFormat,
          });
        }
      });

      test('and tells its Secrets and its image; without it there is neither', () => {
        const { kfp } = backend({ objectStore: ObjectStore.azure({ ...AZURE, ...ACCOUNT_KEY }) });
        expect(kfp.secrets).toEqual([
          { name: 'db', key: 'user' },
          { name: 'db', key: 'password' },
          { name: 'azure', key: 'key' },
          { name: 'store', key: 'access' },
          { name: 'store', key: 'secret' },
        ]);
        expect(kfp.images).toContain('docker.io/rclone/rclone:1.76.0');
        expect(backend().kfp.images.filter((image) => image.includes('rclone'))).toEqual([]);
        expect(of(objectsOf(), 'Deployment', 'object-store-gateway')).toEqual([]);
      });

      test('of which there is one: parts of uploads are known to whom they were sent', () => {
        const objects = objectsOf({ objectStore: ObjectStore.azure(AZURE) });
        expect(of(objects, 'Deployment', 'object-store-gateway')[0].spec.strategy).toEqual({ type: 'Recreate' });
        const programs = { 'object-store-gateway': { replicas: 2 } };
        expect(complaintsOf({ objectStore: ObjectStore.azure(AZURE), programs })).toContain(
          "KFP1740 there can be one 'object-store-gateway' only",
        );
        expect(complaintsOf({ programs })).toContain('which this backend does not have');
      });

      test('and says where what it is sent could be seen', () => {
        objectsOf({ objectStore: ObjectStore.azure(AZURE), tls: {} });
        expect(warned()).toContain(
          'KFP1736 [platform/kfp] programs and runs speak to the gateway before Azure without TLS',
        );
        objectsOf({ objectStore: ObjectStore.azure({ ...AZURE, endpoint: 'http://acme.blob.core.windows.net' }) });
        expect(warned()).toContain("KFP1736 [platform/kfp] what goes to the container 'artifacts' crosses the network");
      });
    });

    test.each([
      [
        'Azure’s without keys of a gateway',
        ObjectStore.azure({ endpoint: 'https://acme.blob.core.windows.net', container: 'artifacts' }),
        'give `gateway` of ObjectStore.azure',
      ],
      [
        'Azure’s by a name that is no account’s',
        ObjectStore.azure({ ...AZURE, endpoint: 'https://files.internal-acme.com:443$(HOME)' }),
        'does not begin with the name of a storage account, or there is more than a host in its URL',
      ],
      [
        'Azure’s with a signature in its URL',
        ObjectStore.azure({ ...AZURE, endpoint: 'https://acme.blob.core.windows.net?sig=hunter2' }),
        "'acme.blob.core.windows.net' does not begin with the name of a storage account, or there is more than a host",
      ],
      [
        'Azure’s by an address',
        ObjectStore.azure({ ...AZURE, endpoint: 'https://10.1.2.3:10000' }),
        "'10.1.2.3' does not begin with the name of a storage account",
      ],
      [
        'a container that is none',
        ObjectStore.azure({ ...AZURE, container: 'ml=:local:/ $(HOME)' }),
        "'ml=:local:/ $(HOME)' is no container",
      ],
      [
        'Azure’s with keys of a gateway in two Secrets',
        ObjectStore.azure({ ...AZURE, gateway: { accessKey: secret('a', 'k'), secretKey: secret('b', 'k') } }),
        'both keys of the object store must stand in one Secret',
      ],
      [
        'Azure’s with a token of a session',
        ObjectStore.azure({ ...AZURE, gateway: { ...KEYS, sessionToken: secret('store', 't') } }),
        'the gateway before Azure knows no token of a session',
      ],
      ['Google’s without keys', ObjectStore.gcs({ bucket: 'ml' }), 'HMAC keys of a service account'],
      ['S3 without a region', ObjectStore.s3({ bucket: 'ml' }), "must be told the region of the bucket 'ml'"],
      [
        'keys in two Secrets',
        ObjectStore.s3({
          bucket: 'ml',
          endpoint: 'store:9000',
          credentials: { accessKey: secret('a', 'k'), secretKey: secret('b', 'k') },
        }),
        'both keys of the object store must stand in one Secret',
      ],
      [
        'a token of a session',
        ObjectStore.s3({ bucket: 'ml', endpoint: 's:9', credentials: { ...KEYS, sessionToken: secret('store', 't') } }),
        'KFP knows no token of a session',
      ],
      ['a bucket that is none', ObjectStore.s3({ bucket: 's3://ml', region: 'x' }), "'s3://ml' is no bucket"],
    ])('but not in %s', (_, objectStore, complaint) => {
      const found = complaintsOf({ objectStore });
      expect(found).toContain('[platform/kfp] KFP1737');
      expect(found).toContain(complaint);
    });
  });

  test('is told what holds for all runs', () => {
    const runs = {
      cache: false,
      publishLogs: false,
      workflowTtl: Duration.hours(2),
      securityContext: { runAsUser: 1000, runAsNonRoot: true },
    };
    const objects = objectsOf({ runs, timezone: 'Europe/Berlin', clusterDomain: 'corp.local' });
    expect(variablesOf(objects, 'ml-pipeline')).toMatchObject({
      CACHEENABLED: 'false',
      PUBLISH_LOGS: 'false',
      DEFAULT_SECURITY_CONTEXT_RUN_AS_USER: '1000',
      DEFAULT_SECURITY_CONTEXT_RUN_AS_NON_ROOT: 'true',
      CLUSTER_DOMAIN: 'corp.local',
    });
    expect(variablesOf(objects, 'ml-pipeline')).not.toHaveProperty('DEFAULT_SECURITY_CONTEXT_RUN_AS_GROUP');
    expect(variablesOf(objects, 'ml-pipeline-persistenceagent').TTL_SECONDS_AFTER_WORKFLOW_FINISH).toBe('7200');
    expect(dataOf(objects, 'pipeline-install-config').cronScheduleTimezone).toBe('Europe/Berlin');
  });

  test('installs Argo Workflows as it is told, or leaves it to somebody else', () => {
    const objects = objectsOf({ argo: { parallelism: 7, retention: { failed: 3 } } });
    expect(dataOf(objects, 'workflow-controller-configmap')).toMatchObject({
      parallelism: '7',
      retentionPolicy: 'failed: 3\n',
    });
    const without = objectsOf({ argo: 'external' });
    expect(of(without, 'Deployment', 'workflow-controller')).toEqual([]);
    expect(of(without, 'CustomResourceDefinition').map(({ metadata }) => metadata.name)).toEqual([
      'scheduledworkflows.kubeflow.org',
    ]);
  });

  test('has what the first version needs, where it is asked for', () => {
    const objects = objectsOf({ v1: true });
    expect(of(objects, 'Deployment').map(({ metadata }) => metadata.name)).toEqual(
      expect.arrayContaining([
        'cache-server',
        'cache-deployer-deployment',
        'metadata-writer',
        'ml-pipeline-viewer-crd',
        'ml-pipeline-visualizationserver',
      ]),
    );
    expect(variablesOf(objects, 'ml-pipeline')).not.toHaveProperty('BLOCK_V1_PIPELINES');
    expect(variablesOf(objectsOf(), 'ml-pipeline')).toMatchObject({
      BLOCK_V1_PIPELINES: 'true',
      ML_PIPELINE_VISUALIZATIONSERVER_SERVICE_HOST: 'ml-pipeline-visualizationserver',
    });
  });

  test('keeps pipelines as objects of Kubernetes, where it is asked to', () => {
    const objects = objectsOf({ kubernetesNative: { issuer: { name: 'corp', kind: 'ClusterIssuer' } } }, 'ml');
    expect(containerOf(objects, 'ml-pipeline').args).toContain('--pipelinesStoreKubernetes=true');
    // The webhook's is the last port: KFP finds it by its place.
    expect(of(objects, 'Service', 'ml-pipeline')[0].spec.ports.at(-1)).toMatchObject({ name: 'webhook', port: 8443 });
    expect(of(objects, 'Issuer')).toEqual([]);
    expect(of(objects, 'Certificate')[0].spec).toMatchObject({
      issuerRef: { kind: 'ClusterIssuer', name: 'corp' },
      dnsNames: expect.arrayContaining(['ml-pipeline.ml.svc']),
    });
    for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
      expect(of(objects, kind)[0].webhooks[0].clientConfig.service).toMatchObject({ namespace: 'ml', port: 8443 });
    }
    expect(complaintsOf({ kubernetesNative: true, version: '2.2.0' })).toContain('[platform/kfp] KFP1732');
  });

  describe('takes images', () => {
    test('from a mirror, by digest, or as they are given', () => {
      const digest = `sha256:${'a'.repeat(64)}`;
      const { chart, kfp } = backend({
        images: {
          registry: 'mirror.example.com/kfp',
          digests: { 'api-server': digest },
          overrides: { frontend: 'own.example.com/ui:7' },
        },
      });
      expect(containerOf(synth(chart), 'ml-pipeline').image).toBe(`mirror.example.com/kfp/kfp-api-server@${digest}`);
      expect(kfp.images).toContain('own.example.com/ui:7');
      expect(kfp.images.filter((image) => !/^(mirror|own)\.example\.com\//.test(image))).toEqual([]);
    });

    test('that exist: those of release 2.2.0 are gone', () => {
      const objectStore = ObjectStore.s3({ bucket: 'ml', endpoint: 'store:9000', credentials: KEYS });
      const found = complaintsOf({ version: '2.2.0', objectStore });
      expect(found).toContain('[platform/kfp] KFP1739 images of KFP 2.2.0 are gone');
      expect(found).toContain('gcr.io/ml-pipeline/api-server:2.2.0');
      expect(complaintsOf({ version: '2.2.0', objectStore, images: { registry: 'mirror.example.com' } })).toBe('');
    });

    test.each([
      [{ registry: 'https://mirror' }, "'https://mirror' is no registry"],
      [{ digests: { 'api-server': 'abc' } }, "'abc' is no digest of 'api-server'"],
      [{ digests: { apiserver: `sha256:${'a'.repeat(64)}` } }, "the backend has no image named 'apiserver'"],
      [{ overrides: { frontend: 'ui:latest' } }, "the image 'ui:latest' of 'frontend' can change without a word"],
      [{ overrides: { frontend: 'registry:5000/ui' } }, "the image 'registry:5000/ui' of 'frontend' can change"],
    ])('but not %j', (images, complaint) => {
      expect(complaintsOf({ images })).toContain(complaint);
    });
  });

  describe('complains', () => {
    test('of a chart without a namespace', () => {
      const chart = new Chart(Testing.app(), 'platform');
      new KfpBackend(chart, 'kfp', { database: DATABASE, objectStore: STORE });
      expect(() => synth(chart)).toThrow('[platform/kfp] KFP1700 the chart of the backend has no namespace');
    });

    test('of an unknown release', () => {
      expect(complaintsOf({ version: '2.5.0' as '2.2.0' })).toContain(
        "[platform/kfp] KFP1731 the `version` of KFP is '2.5.0'",
      );
    });

    test('of another backend in its namespace', () => {
      const { chart } = backend();
      new ArgoBackend(chart, 'argo', { artifactRepository: STORE });
      expect(() => synth(chart)).toThrow("'platform/kfp' runs workflows of the same namespace");
    });

    test('of a missing database, before anything else', () => {
      expect(() => backend({ database: undefined } as never)).toThrow("'platform/kfp': `database` must be an object.");
    });

    test('names the line that made it', () => {
      expect(complaintsOf({ version: '3' as '2.2.0' })).toContain('test/kfp-backend.test.ts:');
    });
  });

  test('changes by an upgrade as the docs say', () => {
    const objectStore = ObjectStore.s3({ bucket: 'ml', endpoint: 'store:9000', credentials: KEYS });
    const images = { registry: 'mirror.example.com/kfp' };
    const [old, young] = (['2.2.0', '2.17.0'] as const).map((version) =>
      Yaml.stringify(...objectsOf({ version, objectStore, images })).split('\n'),
    );
    const docs = fs.readFileSync(path.join(__dirname, '..', 'docs', 'kfp-backend.md'), 'utf8');
    const diff = docs.slice(docs.indexOf('<!-- upgrade -->'), docs.indexOf('<!-- end -->'));
    const lines = diff.split('\n').filter((line) => /^[-+] /.test(line));
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) {
      const [has, lacks] = line.startsWith('-') ? [old!, young!] : [young!, old!];
      expect([line, has.includes(line.slice(1))]).toEqual([line, true]);
      if (!/value: "true"|mountPath/.test(line)) expect([line, lacks.includes(line.slice(1))]).toEqual([line, false]);
    }
  });

  test('with parity, is upstream’s, and warns of its passwords', () => {
    const objects = objectsOf({ parity: 'upstream' });
    expect(of(objects, 'Secret', 'mlpipeline-minio-artifact')[0].stringData).toEqual({
      accesskey: 'minio',
      secretkey: 'minio123',
    });
    expect(warned()).toContain("KFP1733 [platform/kfp] with `parity` there are upstream's well-known passwords");
    expect(JSON.stringify(objectsOf())).not.toContain('minio123');
  });
});
