import { Construct } from 'constructs';
import { kebab } from '../../graph/names';
import { Manifest } from '../manifest';
import { LAUNCHER, launcher, METADATA, metadataAddress } from './kfp-backend/configuration';
import { teamFolder } from './kfp-backend/multi-user';
import { peopleRole } from './kfp-backend/multi-user-access';
import { rememberedSettings } from './kfp-backend/settings';
import { launcherSecrets, teamRepository } from './kfp-backend/store';
import { teamLabels, teamNetwork, teamRunner } from './kfp-tenants/namespace';
import { kfpTenantProblems } from './kfp-tenants/problems';
import type { KfpTenantPeople, KfpTenantProps } from './kfp-tenants/props';
import { expectKinds } from './kinds';
import { complain } from './problems';
import type { Runner } from './runner';
import type { ISecretReference } from './secret-reference';
import { Tenant } from './tenant';
import { subjectOf } from './tenants/people';
import { unshared } from './unshared';

/**
 * A team of a {@link KfpBackend} for many: its namespace, as {@link Tenant} makes it, with what KFP's runs need in it. It stands instead of
 * Kubeflow's profile controller: its objects are there to be read before they are applied, and nothing in the cluster makes Secrets.
 *
 * ```ts
 * const kfp = new KfpBackend(chart, 'kfp', { multiUser: { istio: {} }, … });
 * const vision = new KfpTenant(chart, 'vision', {
 *   backend: kfp,
 *   network: { apiServer: { cidrs: ['10.0.0.1/32'] }, artifacts: { to: { cidrs: ['10.1.0.0/16'] } } },
 *   people: { edit: [{ user: 'jo@example.com' }], view: [{ user: 'kim@example.com' }] },
 * });
 * ```
 *
 * @see docs/kfp-multi-user.md
 */
export class KfpTenant extends Construct {
  /** The namespace. */
  public readonly namespace: string;
  /** Who the team's runs are: `default-editor`. A pipeline takes it as well. */
  public readonly runner: Runner;
  /** The keys of Secrets that must exist in the namespace: those of the object store, best a team's own. No manifest holds them. */
  public readonly secrets: readonly ISecretReference[];
  private readonly tenant: Tenant;

  /** @throws where a prop is of another kind */
  public constructor(scope: Construct, id: string, props: KfpTenantProps) {
    super(scope, id);
    expectKinds(this, props, {
      backend: 'an object!',
      network: 'an object!',
      people: 'an object',
      runner: 'an object',
    });
    expectKinds(this, props.network, { egress: 'a list' }, 'network');
    expectKinds(this, props.people, { view: 'a list', edit: 'a list' }, 'people');
    expectKinds(this, props.runner, { rules: 'a list', imagePullSecrets: 'a list' }, 'runner');
    const { backend, network, people = {}, runner = {}, labels, podSecurity = 'baseline', ...rest } = props;
    const { namespace = kebab(id) } = props;
    this.namespace = namespace;
    const settings = rememberedSettings(backend);
    const wrong = kfpTenantProblems(settings, namespace, people, network);
    complain(this, new.target, 'KFP1753', wrong);
    this.tenant = new Tenant(this, 'Tenant', {
      ...rest,
      namespace,
      podSecurity,
      labels: { ...labels, ...(settings && teamLabels(settings)) },
      network: settings ? teamNetwork(network, settings) : network,
      runner: settings ? teamRunner(runner, settings) : runner,
    });
    this.runner = this.tenant.runner;
    const { caCertificate, azure } = settings?.store ?? {};
    // Argo speaks to Azure itself.
    this.secrets = [
      ...(settings ? launcherSecrets(settings.store) : []),
      ...[caCertificate, azure?.accountKey].filter((key) => key !== undefined),
    ];
    // Nothing could be made of it.
    if (!settings || wrong.length > 0) return;
    this.addConfigMap(LAUNCHER, launcher(settings, teamFolder(namespace)));
    this.addConfigMap(METADATA, metadataAddress(`metadata-grpc-service.${settings.namespace}`));
    this.addConfigMap('artifact-repositories', teamRepository(settings.store, namespace), {
      'workflows.argoproj.io/default-artifact-repository': 'team',
    });
    const account = { serviceAccount: this.runner.name, namespace };
    this.addPeople('edit', [account, ...(people.edit ?? [])]);
    this.addPeople('view', people.view ?? []);
  }

  /**
   * What a pipeline of the team's takes: its runner, its queue, keys of artifacts that begin as those of KFP's runs, and tasks that the
   * namespace's PodSecurity lets start.
   */
  public get pipelineProps() {
    return { ...this.tenant.pipelineProps, artifactPrefix: teamFolder(this.namespace) };
  }

  private addConfigMap(
    name: string,
    data: Readonly<Record<string, string>>,
    annotations: Readonly<Record<string, string>> = {},
  ): void {
    const { namespace } = this;
    new Manifest(this, `ConfigMap-${name}`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name,
      namespace,
      annotations,
      body: () => ({ fields: { data: { ...data } } }),
    });
  }

  private addPeople(kind: keyof KfpTenantPeople, people: NonNullable<KfpTenantPeople['edit']>): void {
    if (people.length === 0) return;
    const apiGroup = 'rbac.authorization.k8s.io';
    const name = peopleRole(kind);
    new Manifest(this, `RoleBinding-${name}`, {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      name,
      namespace: this.namespace,
      body: () => ({
        fields: unshared({ roleRef: { apiGroup, kind: 'ClusterRole', name }, subjects: people.map(subjectOf) }),
      }),
    });
  }
}
