import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { renderDiagnostic } from '../../diagnostic';
import { Manifest } from '../manifest';
import { publishBackend } from '../publish-backend';
import { addDefinitions } from './backend/definitions';
import { report } from './backend/report';
import { orderObjects } from './backend/sync-waves';
import { CLUSTER, takeNamespaces, takenBy, unserved } from './backend/taken-namespaces';
import { factsOf } from './facts';
import { accounts, RUNNER } from './kfp-backend/accounts';
import { configMaps } from './kfp-backend/configuration';
import { kfpCrds } from './kfp-backend/crds';
import { emitAccess, emitAccount, emitProgram } from './kfp-backend/emit';
import { imagesOf } from './kfp-backend/images';
import { TEAM_RUNNER } from './kfp-backend/multi-user';
import { clusterProblems } from './kfp-backend/multi-user-problems';
import { objects } from './kfp-backend/objects';
import { type KfpProblem, kfpProblems } from './kfp-backend/problems';
import type { Program } from './kfp-backend/program';
import { programs } from './kfp-backend/programs';
import { expectPropKinds } from './kfp-backend/prop-kinds';
import type { KfpBackendProps, KfpParityProps } from './kfp-backend/props';
import { secretsOf } from './kfp-backend/secrets';
import { type KfpSettings, remember, settingsOf } from './kfp-backend/settings';
import { addTryOuts, tryOutHosts } from './kfp-backend/try-out';
import type { IRunner } from './runner';
import type { ISecretReference } from './secret-reference';
import { unshared } from './unshared';

/**
 * Kubeflow Pipelines' backend: the API server with its helpers, the user interface, the store of artifacts' metadata, and Argo
 * Workflows below them. It lives in its chart's namespace.
 *
 * ```ts
 * const kfp = new KfpBackend(chart, 'kfp', {
 *   database: Database.mysql({ host: 'db.internal', database: 'mlpipeline', username: …, password: … }),
 *   objectStore: ObjectStore.s3({ bucket: 'ml-artifacts', region: 'eu-central-1' }),
 *   workloadIdentity: WorkloadIdentity.eks('arn:aws:iam::123456789012:role/kfp'),
 * });
 * ```
 *
 * No Secret is among the objects: what is named must exist. Its pods obey PodSecurity's "restricted", its accounts may do what
 * their programs do, and it has nothing of KFP's first version unless that is asked for. With `parity: 'upstream'` the objects are
 * those of KFP's own manifests instead.
 *
 * @see https://www.kubeflow.org/docs/components/pipelines/operator-guides/installation/
 */
export class KfpBackend extends Construct {
  /** The namespace that it lives in. */
  public readonly namespace: string;
  /** Where the API server answers in the cluster: KFP's REST API, and gRPC. */
  public readonly apiServer: { readonly host: string; readonly port: number; readonly grpcPort: number };
  /** Where the user interface answers in the cluster; undefined where there is none. */
  public readonly ui: { readonly host: string; readonly port: number } | undefined;
  /** Who the pods of runs are, where there are several teams in each one's namespace; pipelines of this library can be run as it too. */
  public readonly runner: IRunner;
  /** Every image that its pods, and the pods of runs beside the tasks' own, are made of: for a mirror. */
  public readonly images: readonly string[];
  /** The keys of Secrets that must exist in its namespace; those of the object store, wherever there are runs. */
  public readonly secrets: readonly ISecretReference[];

  /** @throws where a prop is of another kind, or a credential is no reference to a Secret */
  public constructor(scope: Construct, id: string, props: KfpBackendProps | KfpParityProps) {
    super(scope, id);
    expectPropKinds(this, props);
    const { namespace } = Chart.of(this);
    this.namespace = namespace ?? 'kubeflow';
    const settings = settingsOf(props, this.namespace, tryOutHosts(this.namespace));
    remember(this, settings);
    if (props.createNamespace !== false) this.addNamespace(settings);
    if (props.crds !== 'external') addDefinitions(this, kfpCrds(settings), settings.parity);
    this.addConfigMaps(settings);
    this.addAccounts(settings);
    const all = programs(settings);
    this.apiServer = { host: `ml-pipeline.${this.namespace}.svc`, port: 8888, grpcPort: 8887 };
    this.ui = settings.ui ? { host: `ml-pipeline-ui.${this.namespace}.svc`, port: 80 } : undefined;
    this.runner = { name: settings.multiUser ? TEAM_RUNNER : RUNNER };
    this.images = imagesOf(settings, all);
    this.secrets = secretsOf(settings);
    for (const program of all) emitProgram(this, program, this.namespace);
    addTryOuts(this, settings, all);
    for (const object of objects(settings, all)) {
      new Manifest(this, `${object.kind}-${object.name}`, {
        apiVersion: object.apiVersion,
        kind: object.kind,
        name: object.name,
        ...(object.cluster && { namespace: 'none' }),
        labels: object.labels ?? {},
        annotations: object.annotations ?? {},
        body: () => ({ fields: unshared(object.fields) }),
      });
    }
    if (!settings.parity) orderObjects(this);
    report(this, new.target, this.problems(settings, all, namespace), () => {
      this.warnOfArgo(settings);
      this.publish(settings);
    });
  }

  private problems(settings: KfpSettings, all: readonly Program[], namespace: string | undefined): KfpProblem[] {
    const nowhere = {
      code: 'KFP1700',
      message: 'the chart of the backend has no namespace',
      mend: "give the chart one: super(scope, id, { namespace: 'kubeflow' })",
    };
    const wanted = settings.multiUser ? CLUSTER : this.namespace;
    const other = settings.argo ? takeNamespaces(this, wanted) : undefined;
    const clash = clusterProblems(this, settings);
    return [
      ...(namespace === undefined ? [nowhere] : []),
      ...clash,
      ...(other === undefined || clash.length > 0 ? [] : [takenBy(other)]),
      ...kfpProblems(settings, all),
    ];
  }

  /** Argo that is somebody else's, where the app has some, and that does not look after this namespace. */
  private warnOfArgo({ argo, multiUser }: KfpSettings): void {
    const found = argo || multiUser ? [] : unserved(this.namespace, factsOf(this));
    for (const each of found) console.warn(`warning: ${renderDiagnostic({ ...each, path: this.node.path })}`);
  }

  private publish(settings: KfpSettings): void {
    const { namespace, secrets, runner } = this;
    const definitions = kfpCrds({ ...settings, argo: false }).map(({ name }) => name);
    publishBackend(this, { kind: 'kfp', namespace, work: namespace, secrets, definitions, runner: runner.name });
  }

  private addNamespace({ parity, release, multiUser, props }: KfpSettings): void {
    const { podSecurity = multiUser ? 'restricted' : 'baseline' } = props;
    const isLabelled = !parity || release.confined;
    new Manifest(this, 'Namespace', {
      apiVersion: 'v1',
      kind: 'Namespace',
      name: this.namespace,
      namespace: 'none',
      labels: {
        ...(isLabelled && {
          'pod-security.kubernetes.io/enforce': podSecurity,
          'pod-security.kubernetes.io/warn': 'restricted',
        }),
        ...(multiUser && { 'istio-injection': 'enabled' }),
      },
      body: () => ({ fields: {} }),
    });
  }

  private addConfigMaps(settings: KfpSettings): void {
    for (const { name, labels, data } of configMaps(settings)) {
      new Manifest(this, `ConfigMap-${name}`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name,
        labels: labels ?? {},
        body: () => ({ fields: { data: { ...data } } }),
      });
    }
  }

  private addAccounts(settings: KfpSettings): void {
    for (const { name, access, annotations = {}, imagePullSecrets } of accounts(settings)) {
      const scope = new Construct(this, name);
      emitAccount(scope, name, { annotations, ...(imagePullSecrets && { fields: { imagePullSecrets } }) });
      if (access) emitAccess(scope, 'Access', access, { kind: 'ServiceAccount', name, namespace: this.namespace });
    }
  }
}
