import type { PolicyRule } from '../../../components/definition';
import { runnerFields, viewerFields } from './identity';
import { type Access, CHANGE, rule } from './program';
import { PIPELINE_LOOP_RULE, TEKTON_RULE } from './programs/tekton';
import type { KfpSettings } from './settings';
import { launcherSecrets } from './store';

/** An account that is no program's. */
export interface KfpAccount {
  readonly name: string;
  readonly access?: Access;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
}

/** Who the pods of runs are, where a run does not say. */
export const RUNNER = 'pipeline-runner';

/** The accounts that are no program's: that of runs, and what the first version of KFP has. */
export function accounts(settings: KfpSettings): readonly KfpAccount[] {
  const runner: KfpAccount = {
    name: RUNNER,
    ...runnerFields(settings),
    access: {
      role: RUNNER,
      binding: `${RUNNER}-binding`,
      rules: settings.parity ? upstreamRunnerRules(settings) : runnerRules(settings),
    },
  };
  return [
    // Where there are several teams, each has an account of its own for runs.
    ...(settings.multiUser ? [] : [runner]),
    ...(settings.v1
      ? [
          { name: 'kubeflow-pipelines-viewer', ...viewerFields(settings) },
          { name: 'kubeflow-pipelines-container-builder' },
        ]
      : []),
  ];
}

/** What KFP's driver and launcher, and Argo's executor, do as the account of a run. */
function runnerRules(settings: KfpSettings): PolicyRule[] {
  return [
    rule('argoproj.io', ['workflowtaskresults'], ['create', 'patch']),
    ...launcherRules(settings),
    ...(settings.props.runner?.rules ?? []),
  ];
}

/** What KFP's driver and launcher do as the account of a run. */
export function launcherRules({ store }: KfpSettings): PolicyRule[] {
  const names = [...new Set(launcherSecrets(store).map(({ name }) => name))];
  return [
    rule('', ['pods'], ['get']),
    rule('', ['persistentvolumeclaims'], ['create', 'get', 'delete']),
    { ...rule('', ['configmaps'], ['get']), resourceNames: ['kfp-launcher'] },
    ...(names.length > 0 ? [{ ...rule('', ['secrets'], ['get']), resourceNames: names }] : []),
  ];
}

function upstreamRunnerRules({ release }: KfpSettings): PolicyRule[] {
  const all = ['*'];
  return [
    rule('', ['secrets'], ['get']),
    rule('', ['configmaps'], ['get', 'watch', 'list']),
    rule('', ['persistentvolumes', 'persistentvolumeclaims'], all),
    rule('snapshot.storage.k8s.io', ['volumesnapshots'], ['create', 'delete', 'get']),
    rule('argoproj.io', ['workflows'], CHANGE),
    rule('', ['pods', 'pods/exec', 'pods/log', 'services'], all),
    { apiGroups: ['', 'apps', 'extensions'], resources: ['deployments', 'replicasets'], verbs: all },
    rule('kubeflow.org', all, all),
    rule('batch', ['jobs'], all),
    rule('machinelearning.seldon.io', ['seldondeployments'], all),
    ...(release.confined
      ? [
          rule('argoproj.io', ['workflowtaskresults'], ['create', 'patch']),
          rule('mlflow.kubeflow.org', ['experiments'], ['get', 'list', 'create', 'update']),
        ]
      : []),
    ...(release.tekton ? [TEKTON_RULE, PIPELINE_LOOP_RULE] : []),
  ];
}
