import { Construct } from 'constructs';
import { kebab } from '../../graph/names';
import { Manifest } from '../manifest';
import { type ClaimProps, type ClaimVolumeOptions, claimSpec, Volume } from '../settings/volume';
import { factsOf, namespaceOf } from './facts';

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

  public constructor(scope: Construct, id: string, props: SharedVolumeProps) {
    super(scope, id);
    const { name = kebab(id), keep = true, ...claim } = props;
    this.name = name;
    new Manifest(this, 'Default', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      name,
      annotations: keep ? { 'argocd.argoproj.io/sync-options': 'Prune=false' } : {},
      body: () => ({ fields: { spec: structuredClone(claimSpec(claim)) } }),
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
