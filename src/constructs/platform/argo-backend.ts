import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { Manifest } from '../manifest';
import { publishBackend } from '../publish-backend';
import { CONFIGURATION, configuration } from './argo-backend/configuration';
import { addController } from './argo-backend/controller';
import { argoCrds } from './argo-backend/crds';
import { ARGO_VERSIONS, type ArgoProgram, argoImage } from './argo-backend/images';
import { problems } from './argo-backend/problems';
import type { ArgoBackendProps, ArgoScope } from './argo-backend/props';
import { addServer } from './argo-backend/server';
import { addDefinitions } from './backend/definitions';
import { BackendObjects } from './backend/objects';
import { report } from './backend/report';
import { orderObjects } from './backend/sync-waves';
import { TryOutStore } from './backend/try-out-store';
import { databaseCredentialKinds, storeCredentialKinds } from './credential-kinds';
import { databaseSecrets } from './database';
import { expectAllKinds, expectKinds } from './kinds';
import { type ObjectStore, storeSecrets } from './object-store';
import type { ControllerAccount } from './runner';
import { distinctSecrets, type ISecretReference, secretKeyOf } from './secret-reference';

/**
 * Argo Workflows, as pipelines need it: the controller, the definitions of its kinds, what it may do, where it keeps artifacts,
 * logs and finished workflows, and its server where one is asked for. It lives in its chart's namespace.
 *
 * ```ts
 * const argo = new ArgoBackend(chart, 'argo', {
 *   artifactRepository: ObjectStore.s3({ bucket: 'ml-artifacts', region: 'eu-central-1' }),
 *   database: Database.postgres({ host: 'db.internal', database: 'argo', username: …, password: … }),
 *   server: {},
 * });
 * const runner = new Runner(chart, 'runner');
 * new Pipeline(chart, 'train', { runner, artifactRepository: argo.artifactRepository, crds: 'minimal' });
 * ```
 *
 * No Secret is among the objects: what is named must exist. Its pods obey PodSecurity's "restricted".
 */
export class ArgoBackend extends Construct {
  /** The namespace that it lives in. */
  public readonly namespace: string;
  /** The account of the controller, for a runner's `cacheController` in namespaces where it may not keep results. */
  public readonly controller: Required<ControllerAccount>;
  /** What pipelines take as `artifactRepository`. */
  public readonly artifactRepository: ObjectStore | { readonly kind: 'none' };
  /** Every image that its pods, and the pods of workflows beside the tasks' own, are made of: for a mirror. */
  public readonly images: readonly string[];
  /** The keys of Secrets that must exist in its namespace; those of the object store, wherever workflows run. */
  public readonly secrets: readonly ISecretReference[];

  /** @throws where a prop is of another kind, or a credential is no reference to a Secret */
  public constructor(scope: Construct, id: string, props: ArgoBackendProps) {
    super(scope, id);
    const kinds = {
      artifactRepository: props?.artifactRepository === 'none' ? 'a text' : 'an object!',
      database: 'an object',
      retention: 'an object',
      server: 'an object',
      controller: 'an object',
      images: 'an object',
      extraConfiguration: 'an object',
    } as const;
    expectAllKinds(this, [
      { props, kinds },
      ...storeCredentialKinds('artifactRepository', props?.artifactRepository),
      ...databaseCredentialKinds('database', props?.database),
    ]);
    if (props.archive) expectKinds(this, props.archive, { ttl: 'a Duration of cdk8s', labels: 'an object' }, 'archive');
    const { namespace } = Chart.of(this);
    this.namespace = namespace ?? 'argo';
    this.controller = { name: 'argo', namespace: this.namespace };
    const { artifactRepository: store, version = ARGO_VERSIONS[0], images = {} } = props;
    this.artifactRepository = store === 'none' ? { kind: 'none' } : store;
    const tryOut = store !== 'none' && store.kind === 's3' ? store.tryOut : undefined;
    const own = tryOut && new TryOutStore(this, 'ObjectStore', { ...tryOut, images });
    const programs: readonly ArgoProgram[] = ['workflow-controller', 'argoexec', ...(props.server ? SERVER : [])];
    this.images = [...programs.map((name) => argoImage(name, version, images)), ...(own ? [own.image] : [])];
    this.secrets = secretsOf(props);
    if (props.crds !== 'external') addDefinitions(this, argoCrds());
    new Manifest(this, 'Configuration', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: CONFIGURATION,
      body: () => ({ fields: { data: configuration(props, own && TryOutStore.endpoint(this.namespace)) } }),
    });
    const objects = new BackendObjects(this, this.namespace, images);
    addController(objects, this.controller.name, version, props);
    if (props.server) addServer(objects, version, props, props.server);
    orderObjects(this);
    report(this, new.target, problems(this, namespace, props), () => this.publish(props.scope));
  }

  private publish(scope: ArgoScope = 'namespace'): void {
    const { namespace, secrets } = this;
    const work = typeof scope === 'object' ? scope.managedNamespace : namespace;
    publishBackend(this, { kind: 'argo', namespace, work, secrets, definitions: argoCrds().map(({ name }) => name) });
  }
}

const SERVER = ['argocli'] as const;

/** The keys that are named, each once. */
function secretsOf({ artifactRepository: store, database, server }: ArgoBackendProps): readonly ISecretReference[] {
  const all = [
    ...(store === 'none' ? [] : storeSecrets(store)),
    ...(database ? databaseSecrets(database) : []),
    ...(server?.sso ? [server.sso.clientId, server.sso.clientSecret].map(secretKeyOf) : []),
  ];
  return distinctSecrets(all);
}
