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
import { KEYS, LOGIN, secret } from './backends/configurations';
import { containerOf, of } from './backends/lookup';
import { synth } from './synth';
import { keptWarnings } from './warnings';

const STORE = ObjectStore.s3({ bucket: 'ml', region: 'eu-central-1' });
const MYSQL = {
  host: 'db.internal',
  database: 'kfp',
  ...LOGIN,
};
const DATABASE = Database.mysql(MYSQL);
const OLDER = { version: '2.2.0', images: { registry: 'mirror.example.com' } } as const;
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

const dataOf = (objects: Objects, name: string): Record<string, string> => of(objects, 'ConfigMap', name)[0].data;

/** The variables of a program: texts, or where they are taken from. */
function variablesOf(objects: Objects, name: string): Record<string, string> {
  const entries = containerOf(objects, name).env.map(({ name: variable, value, valueFrom }: Objects[0]) => {
    const [[kind, { name: from, key, fieldPath }] = ['', {}]] = Object.entries<Objects[0]>(valueFrom ?? {});
    return [variable, value ?? (kind === 'fieldRef' ? fieldPath : `${from}/${key}`)];
  });
  return Object.fromEntries(entries);
}

const warnings = keptWarnings();

const warned = () => warnings.all().join('\n');

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
      'quay.io/argoproj/argoexec:v4.0.8-nonroot',
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
        AWS_S3_ENDPOINT: 's3.eu-central-1.amazonaws.com',
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
            endpoint: 's3.eu-central-1.amazonaws.com',
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
        region: 'us-east-1',
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
      ['what is no store', { bucket: 'ml' } as unknown as typeof STORE, "the kind of `objectStore` is 'missing'"],
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
    // The one labels workflows that may go, by the other Argo removes them.
    expect(variablesOf(objects, 'ml-pipeline-persistenceagent').TTL_SECONDS_AFTER_WORKFLOW_FINISH).toBe('7200');
    expect(parse(dataOf(objects, 'workflow-controller-configmap').workflowDefaults!).spec).toEqual({
      ttlStrategy: { secondsAfterCompletion: 7200, secondsAfterSuccess: 7200, secondsAfterFailure: 7200 },
      templateDefaults: { retryStrategy: { limit: '2', retryPolicy: 'OnError' } },
    });
    expect(complaintsOf({ runs, ...OLDER })).toContain('KFP1732 KFP 2.2.0 runs containers as their images say');
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

  test('starts no container of a run as root, which KFP does not allow', () => {
    const configuration = (props: Props) => dataOf(objectsOf(props), 'workflow-controller-configmap');
    expect(containerOf(objectsOf(), 'workflow-controller').args).toContain('quay.io/argoproj/argoexec:v4.0.8-nonroot');
    expect(parse(configuration({}).executor!).securityContext).toMatchObject({ runAsNonRoot: true });
    const executor = { securityContext: { runAsNonRoot: false, runAsUser: 7 } };
    expect(parse(configuration({ argo: { executor } }).executor!).securityContext).toMatchObject({
      runAsNonRoot: false,
      runAsUser: 7,
    });
  });

  test('replaces the pods that read what has changed, and no others', () => {
    const hashes = (props: Props) =>
      Object.fromEntries(
        of(objectsOf(props), 'Deployment').map(({ metadata, spec }) => [
          metadata.name,
          spec.template.metadata.annotations?.['cdk8s-kfp/configuration'],
        ]),
      );
    const [before, after] = [hashes({}), hashes({ timezone: 'Europe/Berlin' })];
    const changed = Object.keys(before).filter((name) => before[name] !== after[name]);
    expect(changed).toEqual(['ml-pipeline-scheduledworkflow']);
    const host = hashes({ database: Database.mysql({ ...MYSQL, host: 'other' }) });
    expect(Object.keys(before).filter((name) => before[name] !== host[name])).toEqual([
      'ml-pipeline',
      'metadata-grpc-deployment',
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

    test('of all that is of another kind, at once', () => {
      const odd = { argo: null, runs: { workflowTtl: 5 }, v1: 'no', images: { overrides: { driver: 1 } } };
      expect(() => backend({ ...odd, database: { kind: 'mysql', host: 5 } } as unknown as Props)).toThrow(
        "'platform/kfp': `argo` must be a text or an object, `v1` must be true or false, `database.host` must be a text, " +
          '`images.overrides.driver` must be a text, `runs.workflowTtl` must be a Duration of cdk8s.',
      );
    });

    test.each<[string, object, string]>([
      ['another word for Argo', { argo: 'externl' }, "KFP1717 `argo` is 'externl'"],
      ['a limit that is none', { argo: { parallelism: 0 } }, 'KFP1717 `argo.parallelism` is 0'],
      ['an amount that is none', { argo: { executor: { resources: { limits: { memory: '1 GB' } } } } }, '1 GB'],
      ['definitions of no kind', { crds: 'full' }, "KFP1717 `crds` is 'full'"],
      ['a level of nobody’s', { podSecurity: 'strict' }, "KFP1717 `podSecurity` is 'strict'"],
      ['a domain that is a list', { clusterDomain: 'a,b' }, 'KFP1717 `clusterDomain` is no domain'],
      ['a variable for a domain', { clusterDomain: '$(POD_NAMESPACE)' }, 'KFP1717 `clusterDomain` is no domain'],
      ['no time zone', { timezone: 'europe/berlin' }, 'KFP1717 `timezone` is none that is known'],
      ['SQL for a name', { metadataDatabase: 'a; drop' }, 'KFP1717 `metadataDatabase` is no name of a database'],
      ['a path out of the bucket', { runs: { artifactPath: '../x' } }, 'KFP1717 `runs.artifactPath` is no path'],
      ['a path with a query', { runs: { artifactPath: 'x?region=y' } }, 'KFP1717 `runs.artifactPath` is no path'],
      ['a user by name', { runs: { securityContext: { runAsUser: 'root' } } }, 'runAsUser` is root'],
      ['an issuer without a name', { kubernetesNative: { issuer: {} } }, 'KFP1717 the `issuer` of `kubernetesNative`'],
      [
        'what an older release does not look at',
        { version: '2.2.0', runs: { securityContext: { runAsUser: 1000 } } },
        'KFP1732 KFP 2.2.0 runs containers as their images say',
      ],
      ['another parity', { parity: 'upstreams' }, "KFP1717 `parity` is 'upstreams'"],
      ['parity and more', { parity: 'upstream', ui: false }, 'nobody looks at `ui`'],
      ['no kind of a store', { objectStore: { kind: 'tape' } }, "KFP1737 the kind of `objectStore` is 'tape'"],
      ['a port of a store', { objectStore: { ...STORE, endpoint: 's3:99999' } }, 'KFP1737 the port'],
      ['a variable for a store', { objectStore: { ...STORE, endpoint: '$(X):9000' } }, 'KFP1737 the endpoint'],
      ['a variable for a region', { objectStore: { ...STORE, region: '$(X)' } }, 'KFP1737 the region'],
      ['a variable in a key', { objectStore: { ...STORE, keyFormat: 'a/$(X)' } }, 'KFP1737 `keyFormat`'],
      ['an image that is none', { images: { overrides: { driver: 'a b:1' } } }, "KFP1738 the image 'a b:1'"],
      [
        'an image of a try-out',
        { database: Database.tryOut({ ...MYSQL, image: 'mysql' }) },
        "KFP1738 the image 'mysql'",
      ],
      [
        'a class of volumes',
        { database: Database.tryOut({ ...MYSQL, storageClassName: 'A B' }) },
        'KFP1717 the `storageClassName` of `database` is no name',
      ],
      [
        'a name of no Secret',
        { images: { pullSecrets: [null] } },
        'KFP1740 `images.pullSecrets` names what is no Secret',
      ],
    ])('of %s', (_, props, expected) => {
      expect(complaintsOf(props as Props)).toContain(expected);
    });

    test('of a namespace that is none', () => {
      expect(complaintsOf({}, 'My Team')).toContain("KFP1717 'My Team' cannot be the namespace of the chart");
    });

    test('of a database by a URL, which it tells nobody', () => {
      const database = Database.mysql({ ...MYSQL, host: 'mysql://kfp:hunter2@db.internal', tls: 'disable' });
      const text = complaintsOf({ database });
      expect(text).toContain('KFP1734 the `host` of the database is no host');
      expect(text + warned()).not.toContain('hunter2');
    });

    test('of another backend in its namespace', () => {
      const { chart } = backend();
      new ArgoBackend(chart, 'argo', { artifactRepository: STORE });
      expect(() => synth(chart)).toThrow("'platform/kfp' runs workflows of the same namespace");
    });

    test('where the Argo of the app looks after another namespace', () => {
      const { chart } = backend({ argo: 'external' });
      const argo = new Chart(chart.node.scope!, 'argo', { namespace: 'argo' });
      const scoped = new ArgoBackend(argo, 'argo', { artifactRepository: STORE });
      synth(chart);
      expect(scoped.namespace).toBe('argo');
      expect(warned()).toContain(
        "KFP1728 [platform/kfp] no backend of the app runs workflows in the namespace 'kubeflow': 'argo/argo' does in 'argo'",
      );
    });

    test('of credentials that are texts, all at once, and tells nobody what they are', () => {
      const keys = { accessKey: 'AKIA', secretKey: 'hunter2' } as never;
      const odd: Props = {
        database: Database.mysql({ ...MYSQL, username: 'root' as never }),
        objectStore: ObjectStore.s3({ bucket: 'ml', region: 'eu-central-1', credentials: keys }),
      };
      expect(() => backend(odd)).toThrow(
        "'platform/kfp': `objectStore.credentials.accessKey` must be a key of a Secret, { secret, key }, `objectStore.credentials.secretKey` must be a key of a Secret, { secret, key }, `database.username` must be a key of a Secret, { secret, key }.",
      );
    });

    test('once of kinds that another backend defines', () => {
      const app = Testing.app();
      for (const namespace of ['one', 'two']) {
        new KfpBackend(new Chart(app, namespace, { namespace }), 'kfp', { database: DATABASE, objectStore: STORE });
      }
      let found = '';
      try {
        app.synthYaml();
      } catch (error) {
        found = (error as Error).message;
      }
      expect(found.match(/KFP1301/g)).toHaveLength(1);
      expect(found).toContain("one/kfp/clusterworkflowtemplates.argoproj.io': a kind is the whole cluster's");
      expect(found).toContain("mend: define kinds once: by `crds: 'external'` of one backend");
    });

    test('of a missing database, before anything else', () => {
      expect(() => backend({ database: undefined } as never)).toThrow("'platform/kfp': `database` must be an object.");
    });

    test('of a parity with nobody known', () => {
      expect(() => backend({ parity: 'downstream', database: undefined } as never)).toThrow(
        '`database` must be an object',
      );
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
