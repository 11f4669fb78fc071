import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { isWarning, renderDiagnostic } from '../../diagnostic';
import { callSite } from '../call-site';
import { Manifest } from '../manifest';
import { accounts } from './kfp-backend/accounts';
import { configMaps } from './kfp-backend/configuration';
import { kfpCrds } from './kfp-backend/crds';
import { emitAccess, emitAccount, emitProgram } from './kfp-backend/emit';
import { objects } from './kfp-backend/objects';
import { kfpProblems } from './kfp-backend/problems';
import { programs } from './kfp-backend/programs';
import { expectPropKinds } from './kfp-backend/prop-kinds';
import type { KfpBackendProps, KfpParityProps } from './kfp-backend/props';
import { type KfpSettings, settingsOf } from './kfp-backend/settings';
import { unshared } from './unshared';

/**
 * Kubeflow Pipelines' backend: the API server with its helpers, the user interface, the store of metadata, and Argo Workflows below
 * them. It lives in its chart's namespace.
 */
export class KfpBackend extends Construct {
  /** The namespace that it lives in. */
  public readonly namespace: string;

  /** @throws where a prop is of another kind, or a credential is no reference to a Secret */
  public constructor(scope: Construct, id: string, props: KfpBackendProps | KfpParityProps) {
    super(scope, id);
    expectPropKinds(this, props);
    const { namespace } = Chart.of(this);
    this.namespace = namespace ?? 'kubeflow';
    const settings = settingsOf(props, this.namespace, {
      store: `try-out-object-store.${this.namespace}.svc:8333`,
      database: `try-out-database.${this.namespace}.svc`,
    });
    if (props.createNamespace !== false) this.addNamespace(settings);
    if (props.crds !== 'external') this.addCrds(settings);
    this.addConfigMaps(settings);
    this.addAccounts(settings);
    const all = programs(settings);
    for (const program of all) emitProgram(this, program, this.namespace);
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
    this.complain(settings, namespace, new.target);
  }

  private complain(settings: KfpSettings, namespace: string | undefined, made: Function): void {
    const { path } = this.node;
    const { at } = callSite(made);
    const nowhere = {
      code: 'KFP1700',
      message: 'the chart of the backend has no namespace',
      mend: "give the chart one: super(scope, id, { namespace: 'kubeflow' })",
    };
    const found = [...(namespace === undefined ? [nowhere] : []), ...kfpProblems(settings)];
    const diagnostics = found.map((each) => ({ ...each, path, ...(at && { at }) }));
    for (const each of diagnostics.filter(isWarning)) console.warn(`warning: ${renderDiagnostic(each)}`);
    const errors = diagnostics.filter((each) => !isWarning(each));
    this.node.addValidation({ validate: () => errors.map((each) => renderDiagnostic(each, { withPath: false })) });
  }

  private addNamespace({ parity, release, multiUser, props }: KfpSettings): void {
    const { podSecurity = multiUser ? 'restricted' : 'baseline' } = props;
    const isLabelled = !parity || release.confined;
    new Manifest(this, 'Namespace', {
      apiVersion: 'v1',
      kind: 'Namespace',
      name: this.namespace,
      namespace: 'none',
      labels: isLabelled
        ? { 'pod-security.kubernetes.io/enforce': podSecurity, 'pod-security.kubernetes.io/warn': 'restricted' }
        : {},
      body: () => ({ fields: {} }),
    });
  }

  private addCrds(settings: KfpSettings): void {
    for (const { name, labels, annotations, spec } of kfpCrds(settings)) {
      new Manifest(this, name, {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        name,
        namespace: 'none',
        labels: labels ?? {},
        annotations: { ...annotations, ...(!settings.parity && CRD_FIRST) },
        body: () => ({ fields: { spec: unshared(spec) } }),
      });
    }
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

/** Argo CD: they come first, and are never pruned, because their objects would go with them. */
const CRD_FIRST = { 'argocd.argoproj.io/sync-options': 'Prune=false', 'argocd.argoproj.io/sync-wave': '-2' };
