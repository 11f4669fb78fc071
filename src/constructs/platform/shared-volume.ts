import type { Size } from 'cdk8s';
import { Construct } from 'constructs';
import { kebab } from '../../graph/names';
import { amountOf } from '../../graph/quantity';
import { isObjectName } from '../../graph/rules/settings';
import { Manifest } from '../manifest';
import { type ClaimProps, type ClaimVolumeOptions, claimSpec, Volume } from '../settings/volume';
import { afterBackend } from './backend/sync-waves';
import { factsOf, namespaceOf } from './facts';
import { expectKinds } from './kinds';
import { amountProblems, choiceProblems, complain, nameProblems, type Problem } from './problems';
import { unshared } from './unshared';

/** Props of {@link SharedVolume}. */
export interface SharedVolumeProps extends ClaimProps {
  /** The claim's name. @default - the construct's id, in kebab case */
  readonly name?: string | undefined;
  /**
   * Whether the claim, and what is on it, stays when it is taken out of the app: GitOps tools are told not to remove it.
   * @default true
   */
  readonly keep?: boolean | undefined;
}

/**
 * A volume that outlives runs, and that tasks of any pipeline in the namespace mount: data sets, caches of models. One that each
 * run makes for itself is `Volume.perRun(…)`.
 *
 * ```ts
 * const models = new SharedVolume(chart, 'models', { size: Size.tebibytes(1), accessModes: ['ReadWriteMany'], storageClass: 'efs' });
 * new Task(pipeline, 'train', { component: train, inputs: { … }, volumes: { '/models': models.volume() } });
 * ```
 */
export class SharedVolume extends Construct {
  /** The claim's name. */
  public readonly name: string;

  /** @throws where a prop is of another kind */
  public constructor(scope: Construct, id: string, props: SharedVolumeProps) {
    super(scope, id);
    expectKinds(this, props, {
      size: 'a Size of cdk8s or a text!',
      accessModes: 'a list',
      name: 'a text',
      storageClass: 'a text',
      volumeName: 'a text',
      dataSource: 'an object',
    });
    const { name = kebab(id), keep = true, ...claim } = props;
    this.name = name;
    complain(this, new.target, 'KFP1714', problemsOf(name, claim));
    new Manifest(this, 'Default', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      name,
      annotations: keep ? { 'argocd.argoproj.io/sync-options': 'Prune=false' } : {},
      body: () => ({ annotations: afterBackend(this), fields: { spec: unshared(claimSpec(claim)) } }),
    });
    factsOf(this).claims.push({
      name,
      namespace: namespaceOf(this),
      accessModes: claim.accessModes ?? ['ReadWriteOnce'],
    });
  }

  /** The volume, for a task to mount. */
  public volume(options: ClaimVolumeOptions = {}): Volume {
    return Volume.claim(this.name, options);
  }
}

const MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];

function problemsOf(
  name: string,
  { size, accessModes = ['ReadWriteOnce'], storageClass, dataSource }: ClaimProps,
): Problem[] {
  const amount = typeof size === 'string' ? size : (size as Size).asString();
  const source = Object.values(dataSource ?? { name: 'none' })[0];
  return [
    ...nameProblems('a volume', name),
    ...(amountOf(amount) === 0
      ? [{ message: 'the size is 0', mend: 'give some' }]
      : amountProblems('the size', amount)),
    ...accessModes.flatMap((mode) => choiceProblems('an access mode', mode, MODES)),
    ...(accessModes.length === 0
      ? [{ message: 'nobody may mount it', mend: 'give an access mode, or leave it out' }]
      : []),
    ...(accessModes.length > 1 && accessModes.includes('ReadWriteOncePod')
      ? [
          {
            message: 'ReadWriteOncePod stands beside other access modes',
            mend: 'Kubernetes takes it alone: leave one out',
          },
        ]
      : []),
    ...(typeof storageClass === 'string' && storageClass !== '' && !isObjectName(storageClass)
      ? [{ message: `'${storageClass}' cannot be the name of a StorageClass`, mend: 'see kubectl get storageclass' }]
      : []),
    ...(isObjectName(source)
      ? []
      : [{ message: 'the data source names nothing', mend: "give { snapshot: '…' } or { claim: '…' }" }]),
  ];
}
